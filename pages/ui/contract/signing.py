"""The life of a contract: what waits for whom, what is in force, the draft and its proposal, and every version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from analytics import contract_words
from analytics import formatting as text
from analytics.contract_table import table_of
from analytics.errors import HandoffError, RequestError
from analytics.store.contract_history import MARKETING, SALES, Version
from pages.ui import markup, view
from pages.ui.contract import candidates, draft, papers, wrapping
from pages.ui.contract import versions as cards
from pages.ui.contract.versions import MOST_NAME, SIDES
from pages.ui.shell import Frame, problem

METHOD = (
    "A version is canonical text with its hash and the hash of the version before it; nothing that was proposed or signed is ever"
    " changed, only superseded. It comes in force when the second of marketing and sales signs; the sponsor acknowledges. With each"
    " signature stand the name, the role, the time in UTC, the snapshot on the screen and both sides' numbers at that moment."
)


def show(frame: Frame, controls: Callable[[], None]) -> None:
    """What waits for a signature, what is in force, and the draft; every side in the same size."""
    with candidates.contracts() as log:
        versions = log.versions()
    view.answer(answer(versions), *notes(versions))
    with view.tools(frame, "signatures", view.Definition(METHOD), view.Drawn("signatures", "", None, "")):
        controls()
    wrapping.style("contract_life", "below")
    with st.container(key="contract_life", gap="small"):
        for sentence in cards.too_late(versions):
            problem(sentence)
        for state in ("proposed", "in force"):
            for one in versions:
                if one.state == state:
                    cards.show(frame, one, versions)
        _propose(frame)


def answer(versions: tuple[Version, ...]) -> str:
    """Where the contract stands, in one or more sentences: a sentence for each proposal that waits."""
    in_force = next((one for one in versions if one.state == "in force"), None)
    stands = (
        f"Version {in_force.number} is in force since {text.day(in_force.in_force_since.date())}"
        if in_force is not None and in_force.in_force_since is not None
        else "No contract is signed yet; the defaults hold"
    )
    waiting = (_waits(one) for one in versions if one.state == "proposed")
    return " ".join((f"{stands}.", *waiting))


def _waits(version: Version) -> str:
    missing = [SIDES[side].lower() for side in (MARKETING, SALES) if version.signature(side) is None]
    return f"Version {version.number} waits for {' and '.join(missing)}."


def notes(versions: tuple[Version, ...]) -> tuple[str, ...]:
    """When the review is due, and how many versions there are."""
    in_force = next((one for one in versions if one.state == "in force"), None)
    agreed = candidates.contract_of(in_force.text) if in_force is not None else ""
    review = "" if isinstance(agreed, str) else dict(agreed.terms).get("review_on", "")
    return (
        f"next review on {text.day(date.fromisoformat(review))}" if review else "",
        text.plural(len(versions), "version") if versions else "",
    )


def _propose(frame: Frame) -> None:
    """The draft at hand, and the form that proposes it; one that does not fit can still be thrown away."""
    with st.container(key="propose", border=True, gap="small"):
        markup.show(markup.plain("h2", "name", "The draft"))
        try:
            drafted = draft.contract(frame)
        except RequestError as error:
            problem(draft.said(error))
            papers.files(frame, None)
            return
        changed = contract_words.differences(frame.contract, drafted)
        if not changed:
            view.paragraphs(
                ("The draft says what is in force. Change the definition or the numbers, or bring a file.",)
            )
        elif draft.is_behind(frame):
            problem(
                "Another contract came in force since this draft was begun. What you did not mean to set back stands among"
                " the changes below; take it over, or throw the draft away."
            )
        view.paragraphs(changed, "sentence")
        papers.documents(frame, drafted, None)
        papers.files(frame, drafted)
        with (
            st.form("propose_form", border=False),
            st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
        ):
            by = st.text_input("Proposed by", max_chars=MOST_NAME, key="propose_by")
            role = st.text_input("Role", max_chars=MOST_NAME, key="propose_role")
            note = st.text_input("Why", max_chars=240, key="propose_note")
            is_sent = st.form_submit_button("Propose for signature", key="propose_go")
        if is_sent:
            try:
                with candidates.contracts() as log:
                    log.propose(table_of(drafted), by or "", role or "", note or "")
            except HandoffError as error:
                problem(str(error))
                return
            st.rerun()


def further(frame: Frame) -> None:
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
            view.paragraphs(cards.changes(one, versions))
            agreed = candidates.contract_of(one.text)
            if one.state in ("superseded", "outdated") and not isinstance(agreed, str):
                papers.documents(frame, agreed, one)
