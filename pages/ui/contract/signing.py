"""The life of a contract: propose the draft, sign it on both sides, the sponsor's word, versions, document, files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import streamlit as st
import tomli_w

from analytics import compliance, contract_document, contract_pdf, contract_words
from analytics import formatting as text
from analytics.compliance import measure_compliance
from analytics.contract import Contract, read_contract, read_table
from analytics.contract_table import table_of
from analytics.errors import HandoffError, RequestError
from analytics.results import Rate
from analytics.store.contract_history import MARKETING, SALES, SPONSOR, Version
from pages.ui import markup, view
from pages.ui.contract import candidates, draft
from pages.ui.shell import Frame, problem

MOST_NAME, MOST_FILE = 80, 60_000
SIDES = {MARKETING: "Marketing", SALES: "Sales", SPONSOR: "Sponsor"}
METHOD = (
    "A version is canonical text with its hash and the hash of the version before it; nothing that was proposed or signed is ever"
    " changed, only superseded. It comes in force when the second of marketing and sales signs; the sponsor acknowledges. With each"
    " signature stand the name, the role, the time in UTC, the snapshot on the screen and both sides' numbers at that moment."
)


def show(frame: Frame, controls: Callable[[], None]) -> None:
    """What is in force, what waits for whom, and the signatures of both sides in the same size."""
    with candidates.contracts() as log:
        versions = log.versions()
    view.answer(answer(versions), *notes(versions))
    with view.tools(frame, "signatures", view.Definition(METHOD), view.Drawn("signatures", "", None, "")):
        controls()
    said = st.session_state.pop("contract_said", "")
    with st.container(key="contract_life", gap="small"):
        if said:
            problem(said)
        open_one = next((one for one in versions if one.state == "proposed"), None)
        if open_one is not None:
            _version(frame, open_one, versions)
        in_force = next((one for one in versions if one.state == "in force"), None)
        if in_force is not None:
            _version(frame, in_force, versions)
        _propose(frame)


def answer(versions: tuple[Version, ...]) -> str:
    """Where the contract stands, in one sentence."""
    in_force = next((one for one in versions if one.state == "in force"), None)
    waiting = next((one for one in versions if one.state == "proposed"), None)
    stands = (
        f"Version {in_force.number} is in force since {text.day(in_force.in_force_since.date())}"
        if in_force is not None and in_force.in_force_since is not None
        else "No contract is signed yet; the defaults hold"
    )
    if waiting is None:
        return f"{stands}."
    missing = [SIDES[side] for side in (MARKETING, SALES) if waiting.signature(side) is None]
    return f"{stands}. Version {waiting.number} waits for {' and '.join(missing).lower()}."


def notes(versions: tuple[Version, ...]) -> tuple[str, ...]:
    """When the review is due, and how many versions there are."""
    in_force = next((one for one in versions if one.state == "in force"), None)
    due = read(in_force).terms if in_force is not None else ()
    review = dict(due).get("review_on", "")
    return (
        f"next review on {review}" if review else "",
        text.plural(len(versions), "version") if versions else "",
    )


def read(version: Version) -> Contract:
    """The contract of a version."""
    return read_table(json.loads(version.text), f"version {version.number}")


def _before(version: Version, versions: tuple[Version, ...]) -> Contract | None:
    found = next((one for one in versions if one.hash == version.previous), None)
    return read(found) if found is not None else None


def _version(frame: Frame, version: Version, versions: tuple[Version, ...]) -> None:
    with st.container(key=f"version_{version.number}", border=True, gap="small"):
        markup.show(
            markup.plain("h2", "name", f"Version {version.number} · {version.state}"),
        )
        markup.show(
            markup.line(
                "notes",
                (
                    f"proposed by {version.proposed_by}"
                    + (f", {version.proposed_role}" if version.proposed_role else ""),
                    f"{text.moment(version.proposed_at)} UTC",
                    f"hash {text.short_hash(version.hash)}",
                    version.note,
                ),
            )
        )
        columns = st.columns(3)
        for column, side in zip(columns, (MARKETING, SALES, SPONSOR), strict=True):
            with column:
                _signature(frame, version, side)
        _documents(frame, read(version), version)
        changed = contract_words.differences(_before(version, versions), read(version))
        with st.expander(f"What it changes: {text.plural(len(changed), 'point')}"):
            view.paragraphs(changed, "sentence")


def _signature(frame: Frame, version: Version, side: str) -> None:
    """One side's line: signed, or the place to sign."""
    markup.show(markup.plain("h3", "name", SIDES[side]))
    found = version.signature(side)
    if found is not None:
        said = f"{found.by}, {found.role}" if found.role else found.by
        verb = "acknowledged" if side == SPONSOR else "signed"
        view.paragraphs((said,), "signed")
        view.paragraphs(
            (f"{verb} {text.moment(found.at)} UTC on snapshot {text.short_hash(found.fingerprint)}",)
        )
        return
    with st.form(f"sign_{side}_{version.number}", border=False):
        by = st.text_input("Name", max_chars=MOST_NAME, key=f"name_{side}_{version.number}")
        role = st.text_input("Role", max_chars=MOST_NAME, key=f"role_{side}_{version.number}")
        words = "Acknowledge" if side == SPONSOR else f"Sign for {SIDES[side].lower()}"
        is_sent = st.form_submit_button(words, key=f"go_{side}_{version.number}")
    if is_sent:
        _sign(frame, version, side, by or "", role or "")


def _sign(frame: Frame, version: Version, side: str, by: str, role: str) -> None:
    numbers = numbers_seen(frame)
    try:
        with candidates.contracts() as log:
            if side == SPONSOR:
                log.acknowledge(version.hash, by, role, frame.manifest.fingerprint, numbers)
            else:
                log.sign(version.hash, side, by, role, frame.manifest.fingerprint, numbers)
    except HandoffError as error:
        problem(str(error))
        return
    st.rerun()


def numbers_seen(frame: Frame) -> dict[str, Any]:
    """Both sides' numbers on the screen at this moment, as they are kept with a signature."""
    found = frame.ask(measure_compliance)
    sides: dict[str, Any] = {"leads": found.leads, "sentence": compliance.sentence(found)}
    for side in (found.marketing, found.sales):
        kept = side.kept
        sides[side.name] = (
            {"kept": kept.numerator, "of": kept.denominator, "pending": kept.pending}
            if isinstance(kept, Rate)
            else {"cannot": kept.why}
        )
    return sides


def _propose(frame: Frame) -> None:
    """The draft at hand, and the form that proposes it."""
    with st.container(key="propose", border=True, gap="small"):
        markup.show(markup.plain("h2", "name", "The draft"))
        try:
            drafted = draft.contract(frame)
        except RequestError as error:
            problem(str(error))
            return
        changed = contract_words.differences(frame.contract, drafted)
        if not changed:
            view.paragraphs(
                ("The draft says what is in force. Change the definition or the numbers, or bring a file.",)
            )
        else:
            view.paragraphs(changed, "sentence")
        _documents(frame, drafted, None)
        _files(frame, drafted)
        with (
            st.form("propose_form", border=False),
            st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
        ):
            by = st.text_input("Proposed by", max_chars=MOST_NAME, key="propose_by")
            role = st.text_input("Role", max_chars=MOST_NAME, key="propose_role")
            note = st.text_input("Why", max_chars=240, key="propose_note")
            is_sent = st.form_submit_button("Propose for signature", key="propose_go", type="primary")
        if is_sent:
            try:
                with candidates.contracts() as log:
                    log.propose(table_of(drafted), by or "", role or "", note or "")
            except HandoffError as error:
                problem(str(error))
                return
            st.rerun()


def _documents(frame: Frame, agreed: Contract, version: Version | None) -> None:
    """The two-page document as a page to print, and as PDF where a browser is found."""
    name = f"handoff-contract-{f'v{version.number}' if version else 'draft'}"
    place = f"v{version.number}" if version else "draft"

    def html() -> str:
        return contract_document.document_html(agreed, version=version, snapshot=frame.manifest.fingerprint)

    with st.container(key=f"documents_{place}", horizontal=True, gap="small"):
        st.download_button(
            "Document (HTML)", data=lambda: html().encode(), file_name=f"{name}.html", mime="text/html",
            key=f"html_{place}", on_click="ignore", type="tertiary",
        )  # fmt: skip
        if contract_pdf.has_browser():
            st.download_button(
                "Document (PDF)", data=lambda: contract_pdf.pdf_of(html()), file_name=f"{name}.pdf",
                mime="application/pdf", key=f"pdf_{place}", on_click="ignore", type="tertiary",
            )  # fmt: skip
        else:
            view.paragraphs(("For a PDF open the HTML and print it.",))
        st.download_button(
            "Contract file (TOML)", data=lambda: tomli_w.dumps(table_of(agreed)).encode(), file_name=f"{name}.toml",
            mime="application/toml", key=f"toml_{place}", on_click="ignore", type="tertiary",
        )  # fmt: skip


def _files(frame: Frame, drafted: Contract) -> None:
    """A contract file becomes the draft; the draft can be thrown away."""
    with st.expander("Keep this draft under a name, or take one up again"):
        candidates.show(frame, drafted)
    with st.expander("Bring a contract file, or begin again"):
        given = st.file_uploader(
            "Contract file (TOML)", type=["toml"], key=f"contract_file_{draft.round_number()}"
        )
        if given is not None:
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
                draft.start(table_of(brought), frame.contract.hash)
                st.rerun()
        if drafted.hash != frame.contract.hash and st.button(
            "Throw the draft away", key="draft_away", help="begin again from what is in force"
        ):
            draft.start(table_of(frame.contract), frame.contract.hash)
            st.rerun()


def further() -> None:
    """Below the fold: every version that ever was, the newest first."""
    with candidates.contracts() as log:
        versions = log.versions()
    if not versions:
        return
    view.heading("All versions", "Nothing is ever changed, only superseded.")
    for one in versions:
        signed = (
            ", ".join(f"{SIDES[signature.side]}: {signature.by}" for signature in one.signatures)
            or "nobody signed"
        )
        with st.expander(f"Version {one.number}: {one.state}"):
            view.paragraphs((signed, f"hash {one.hash}", f"predecessor {one.previous or 'none'}"), "sentence")
            view.paragraphs(contract_words.differences(_before(one, versions), read(one)))
