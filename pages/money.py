"""What does a customer cost, and where from? Spend by source beside leads, accepted leads and customers."""

from __future__ import annotations

from pages.ui import shell, so_far
from pages.ui.cadence import money

with shell.page("What does a customer cost, and where from?", is_view=True) as frame:
    found = None
    if frame.facts().leads:
        found = money.main(frame)
    else:
        so_far.nothing_selected(frame, frame.facts())
if found is not None:
    with shell.below():
        money.further(frame, found)
