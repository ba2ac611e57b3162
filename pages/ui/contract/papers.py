"""The contract on paper and as a file: the document to print, the file to take away, and a file brought."""

from __future__ import annotations

import streamlit as st
import tomli_w

from analytics import contract_document, contract_fit, contract_paper, contract_pdf
from analytics import formatting as text
from analytics.contract import Contract, read_contract
from analytics.contract_table import table_of
from analytics.errors import RequestError
from analytics.store.contract_history import Version
from pages.ui import view
from pages.ui.contract import candidates, draft
from pages.ui.shell import Frame, problem

MOST_FILE = 60_000


def documents(frame: Frame, agreed: Contract, version: Version | None) -> None:
    """The two-page document as a page to print, and as PDF where a browser is found; says before signing if it is longer."""
    name = f"handoff-contract-{f'v{version.number}' if version else 'draft'}"
    place = f"v{version.number}" if version else "draft"
    snapshot = frame.manifest.fingerprint

    def html() -> bytes:
        return contract_document.document_html(agreed, version=version, snapshot=snapshot).encode()

    def pdf() -> bytes:
        return contract_paper.document_pdf(agreed, version=version, snapshot=snapshot)

    too_long = contract_fit.too_long(agreed, is_signed=version is not None and bool(version.signatures))
    view.paragraphs((too_long,), "warning")
    with st.container(key=f"documents_{place}", horizontal=True, gap="small"):
        st.download_button(
            "Document (HTML)", data=html, file_name=f"{name}.html", mime="text/html",
            key=f"html_{place}", on_click="ignore", type="tertiary",
        )  # fmt: skip
        if contract_pdf.has_browser():
            st.download_button(
                "Document (PDF)", data=pdf, file_name=f"{name}.pdf", mime="application/pdf",
                key=f"pdf_{place}", on_click="ignore", type="tertiary",
            )  # fmt: skip
        else:
            view.paragraphs(("For a PDF open the HTML and print it.",))
        st.download_button(
            "Contract file (TOML)", data=lambda: tomli_w.dumps(table_of(agreed)).encode(), file_name=f"{name}.toml",
            mime="application/toml", key=f"toml_{place}", on_click="ignore", type="tertiary",
        )  # fmt: skip


def files(frame: Frame, drafted: Contract | None) -> None:
    """Keep the draft or take one up, bring a contract file, begin again; None: the draft holds no contract as it is."""
    if drafted is not None:
        with st.expander("Keep this draft under a name, or take one up again"):
            candidates.show(frame, drafted)
    with st.expander("Bring a contract file, or begin again"):
        _bring(frame)
        with st.container(horizontal=True, gap="small"):
            is_changed = drafted is None or drafted.hash != frame.contract.hash
            if is_changed and st.button(
                "Throw the draft away", key="draft_away", help="begin again from what is in force"
            ):
                draft.replace(frame, table_of(frame.contract))
                st.rerun()
            if draft.can_take_back() and st.button(
                "Take back the draft before", key="draft_back", help="the one that was replaced last"
            ):
                draft.take_back()
                st.rerun()


def _bring(frame: Frame) -> None:
    """A contract file becomes the draft; the one it replaces can be taken back."""
    given = st.file_uploader(
        "Contract file (TOML)", type=["toml"], key=f"contract_file_{draft.round_number()}"
    )
    if given is None:
        return
    try:
        raw = given.getvalue()
        if len(raw) > MOST_FILE:
            raise RequestError(
                f"The file holds {text.count(len(raw))} bytes; a contract has {text.count(MOST_FILE)} at most."
            )
        brought = read_contract(raw, given.name[:60])
    except RequestError as error:
        problem(str(error))
    else:
        draft.replace(frame, table_of(brought))
        st.rerun()
