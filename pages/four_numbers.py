"""The four numbers on one screen: what both leaders look at first, with what has happened so far below."""

from __future__ import annotations

from pages.ui import attention, panels, shell, so_far, take_home, verdict_line
from pages.ui.cards import card

with shell.page("How do leads fare between marketing and sales?", is_slide=True) as frame:
    readout = frame.readout()
    if readout.cohort.leads:
        card(panels.acceptance(readout.acceptance), frame)
        card(panels.speed(readout.speed), frame)
        card(panels.working_rate(readout.working_rate), frame)
        card(panels.score_bands(readout.score_bands), frame)
        verdict_line.show(frame)
    else:
        so_far.nothing_selected(frame, readout.cohort)
if readout.cohort.leads:
    with shell.below():
        attention.show(frame)
        so_far.table(frame)
        take_home.show(frame)
