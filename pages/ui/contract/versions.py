"""One version of the contract: who proposed it, what it says and changes, and the three places to sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analytics import compliance, contract_words
from analytics import formatting as text
from analytics.compliance import measure_compliance
from analytics.contract import Contract
from analytics.errors import HandoffError
from analytics.results import Rate
from analytics.schema import label_of
from analytics.store.contract_history import MARKETING, SALES, SPONSOR, Signature, Version
from pages.ui import controls, markup, view
from pages.ui.contract import candidates, papers
from pages.ui.shell import Frame, problem

MOST_NAME = 80
SIDES = {MARKETING: "Marketing", SALES: "Sales", SPONSOR: "Sponsor"}


def show(frame: Frame, version: Version, versions: Sequence[Version]) -> None:
    """The version with its signatures of the same size, its document, its words, and what it changes."""
    with st.container(key=f"version_{version.number}", border=True, gap="small"):
        markup.show(markup.plain("h2", "name", f"Version {version.number} · {version.state}"))
        parts = (
            f"proposed by {version.proposed_by}"
            + (f", {version.proposed_role}" if version.proposed_role else ""),
            f"{text.moment(version.proposed_at)} UTC",
            f"hash {text.short_hash(version.hash)}",
            version.note,
        )
        markup.show(markup.line("notes", parts))
        columns = st.columns(3)
        for column, side in zip(columns, SIDES, strict=True):
            with column:
                _side(frame, version, side)
        agreed = candidates.contract_of(version.text)
        if isinstance(agreed, str):
            problem(f"Version {version.number} can no longer be read: {agreed}")
            return
        papers.documents(frame, agreed, version)
        with st.expander("The whole version in words"):
            whole(agreed)
        changed = changes(version, versions)
        with st.expander(f"What it changes: {text.plural(len(changed), 'point')}"):
            view.paragraphs(changed, "sentence")


def whole(agreed: Contract) -> None:
    """A contract in plain words, topic by topic: what one reads before signing."""
    for clause in contract_words.clauses(agreed):
        markup.show(markup.plain("h3", "name", clause.heading))
        view.paragraphs(clause.sentences, "sentence")


def changes(version: Version, versions: Sequence[Version]) -> tuple[str, ...]:
    """What a version changes against the one it was proposed on, in words."""
    now = candidates.contract_of(version.text)
    found = next((one for one in versions if one.hash == version.previous), None)
    before = candidates.contract_of(found.text) if found is not None else None
    for one, number in ((now, version.number), (before, found.number if found else 0)):
        if isinstance(one, str):
            return (f"Version {number} can no longer be read: {one}",)
    if isinstance(now, str) or isinstance(before, str):
        return ()
    return contract_words.differences(before, now)


def too_late(versions: Sequence[Version]) -> tuple[str, ...]:
    """A sentence for each place where "sign" was pressed just now after it was gone; nothing was signed by it."""
    said = []
    for one in versions:
        for side, name in SIDES.items():
            if not st.session_state.get(f"go_{side}_{one.number}"):
                continue
            earlier = one.signature(side)
            if earlier is not None:
                why = f"{earlier.by} did so for {name.lower()} at {text.moment(earlier.at)} UTC"
            elif one.state in ("superseded", "outdated"):
                why = "another version came in force meanwhile"
            else:
                continue
            said.append(f"Your signature under version {one.number} was not taken: {why}.")
    return tuple(said)


def _side(frame: Frame, version: Version, side: str) -> None:
    """One side's line: signed, or the place to sign."""
    markup.show(markup.plain("h3", "name", SIDES[side]))
    found = version.signature(side)
    if found is not None:
        _signed(found, side)
        return
    with st.form(f"sign_{side}_{version.number}", border=False):
        by = st.text_input("Name", max_chars=MOST_NAME, key=f"name_{side}_{version.number}")
        role = st.text_input("Role", max_chars=MOST_NAME, key=f"role_{side}_{version.number}")
        words = "Acknowledge" if side == SPONSOR else f"Sign for {SIDES[side].lower()}"
        is_sent = st.form_submit_button(words, key=f"go_{side}_{version.number}")
    if is_sent:
        _sign(frame, version, side, by or "", role or "")


def _signed(found: Signature, side: str) -> None:
    verb = "acknowledged" if side == SPONSOR else "signed"
    view.paragraphs((f"{found.by}, {found.role}" if found.role else found.by,), "signed")
    view.paragraphs((f"{verb} {text.moment(found.at)} UTC on snapshot {text.short_hash(found.fingerprint)}",))


def _sign(frame: Frame, version: Version, side: str, by: str, role: str) -> None:
    try:
        numbers = numbers_seen(frame)
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
    """Both sides' numbers at this moment and the leads they count, as they are kept with a signature."""
    found, facts = frame.ask(measure_compliance), frame.facts()
    seen: dict[str, Any] = {
        "leads": found.leads,
        "handed off": text.period(facts.starts_on, facts.ends_on),
        "sentence": compliance.sentence(found),
    }
    if frame.request.filters:
        seen["only"] = "; ".join(
            f"{label_of(field)}: {', '.join(map(controls.shown, values))}"
            for field, values in frame.request.filters
        )[:400]
    for side in (found.marketing, found.sales):
        kept = side.kept
        seen[side.name] = (
            {"kept": kept.numerator, "of": kept.denominator, "pending": kept.pending}
            if isinstance(kept, Rate)
            else {"cannot": kept.why}
        )
    return seen
