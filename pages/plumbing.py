"""Can the numbers be trusted? Every fault of the record with its leads and its price; three questions in words."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analytics.charts.fault_bars import fault_bars, shown_checks
from analytics.plumbing import audit as plumbing
from analytics.plumbing import audit_words
from analytics.plumbing.audit import Audit
from pages.ui import audit_tables, cache, light, shell, so_far, view


def faults_drawn(audit: Audit) -> view.Drawn:
    """The main figure."""
    is_drawn = bool(shown_checks(audit))
    return view.Drawn(
        "faults", "Leads at fault, of those each check applies to", cache.made(fault_bars, audit) if is_drawn else None,
        audit_words.answer(audit), missing="No check finds a lead at fault.",
    )  # fmt: skip


with shell.page("Can the numbers be trusted?", is_view=True) as frame:
    audit = None
    if frame.facts().leads:
        is_known = light.is_at_once(frame)
        audit = light.judgement(frame).audit
        if not is_known:  # the light of the frame knows it from now on
            st.rerun()
    if audit is None:
        so_far.nothing_selected(frame, frame.facts())
    else:
        view.answer(audit_words.answer(audit), *audit_words.notes(audit))
        drawn = faults_drawn(audit)
        with view.tools(frame, "plumbing", view.Definition(plumbing.METHOD), drawn):
            pass
        view.figures(frame, drawn, words=("questions", partial(audit_tables.questions, audit)))

if audit is not None:
    with shell.below():
        audit_tables.checks(frame, audit)
        audit_tables.export_findings(frame, audit)
        audit_tables.completeness(frame)
