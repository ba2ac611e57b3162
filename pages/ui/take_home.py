"""What is taken home: the read-out of this selection as one offline file, and as PDF where a browser is found."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics import contract_pdf, report_page
from analytics.report import Report, build_report
from pages.ui import cache, view
from pages.ui.shell import Frame


def show(frame: Frame) -> None:
    """The two downloads; each is made when it is asked for, of the same numbers as the pages."""
    view.heading(
        "Take it home",
        "The whole read-out of this selection in one file: every figure as on the screen, no connection needed. "
        "Every page says snapshot, extract time, filters and contract.",
    )
    day = frame.facts().as_of.date()
    short = frame.manifest.fingerprint[:8]

    def html() -> bytes:
        return report_page.report_html(report_of(frame)).encode()

    def pdf() -> bytes:
        return report_page.report_pdf(report_of(frame))

    with st.container(key="take_home", horizontal=True, gap="small"):
        st.download_button(
            "Read-out (HTML)", data=html, file_name=f"handoff-readout-{short}-{day.isoformat()}.html", mime="text/html",
            key="take_html", on_click="ignore",
        )  # fmt: skip
        if contract_pdf.has_browser():
            st.download_button(
                "Read-out (PDF)", data=pdf, file_name=f"handoff-readout-{short}-{day.isoformat()}.pdf", mime="application/pdf",
                key="take_pdf", on_click="ignore",
            )  # fmt: skip
        else:
            view.paragraphs(("For a PDF open the HTML and print it.",))


def report_of(frame: Frame) -> Report:
    """The read-out of a frame, from what its pages were told."""
    version = cache.agreed().version
    name = f"version {version.number}" if version else "defaults"

    def ask(measure: Any, *further: object) -> object:
        return frame.ask(measure, *further)

    return build_report(ask, frame.readout(), frame.manifest, frame.contract, frame.request, name)
