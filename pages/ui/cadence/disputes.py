"""Disputed leads: both sides' view in the same size, what the written definition says, and the clock that runs on."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analytics import dispute_ruling as home
from analytics import formatting as text
from analytics import weekly_words as words
from analytics.dispute_ruling import LeadRuling, measure_ruling
from analytics.errors import RequestError
from analytics.store import disputes as store
from analytics.store.cadence_log import Entry, Maker
from analytics.store.contract_texts import MOST_NOTE
from analytics.store.disputes import SIDES, Dispute
from pages.ui import drawers, markup, view
from pages.ui.cadence import agenda
from pages.ui.shell import Frame

_WHOSE = {"marketing": "Marketing’s", "sales": "Sales’"}
_RULINGS = {"accept": "Accept it", "reject": "Reject it", "work_on": "Work on"}


def show(whole: Frame, entries: tuple[Entry, ...], by: str) -> None:
    """Every dispute, the open ones first; ``whole``: the frame over the whole file without filters."""
    found = store.in_order(store.disputes(entries))
    still = [one for one in found if one.ruling is None]
    term = dict(whole.contract.terms).get("disputed", "")
    view.heading("Disputed leads", f"The contract says: {term}" if term else "")
    if not still:
        view.paragraphs(("No lead is disputed.",), "sentence")
    for one in still:
        _card(whole, one, by)
    _open(whole, by)
    settled = [one for one in found if one.ruling is not None]
    if settled:
        with st.expander(f"{text.plural(len(settled), 'dispute')} settled"):
            for one in settled:
                _card(whole, one, by)


def _open(whole: Frame, by: str) -> None:
    turn = agenda.round_number()
    with st.form(f"dispute_form_{turn}", border=True):
        lead_id = st.text_input("Id of the lead that is disputed", key=f"dispute_lead_{turn}", max_chars=200)
        columns = st.columns(2)
        views = []
        for column, side in zip(columns, SIDES, strict=True):
            with column:
                views.append(
                    st.text_area(
                        f"{_WHOSE[side]} view (may come later)",
                        key=f"dispute_{side}_{turn}",
                        max_chars=MOST_NOTE,
                        height=90,
                    )
                )
        is_sent = st.form_submit_button("Open the dispute", key="dispute_open", type="primary")
    if is_sent:
        agenda.write(lambda: _opening(whole, (lead_id or "").strip(), by, views[0] or "", views[1] or ""))


def _opening(whole: Frame, lead_id: str, by: str, marketing: str, sales: str) -> Maker:
    """The entry of a new dispute, with what the definition says of the lead, frozen.

    Raises:
        RequestError: this snapshot holds no such lead, or a text does not fit.
    """
    if not lead_id:
        raise RequestError("Write the id of the lead, as it stands in the export.")
    found = whole.ask(measure_ruling, lead_id)
    if found is None:
        raise RequestError(
            f"No lead of this snapshot has the id '{lead_id[:60]}'; look it up on the Leads page. Nothing was written."
        )
    return store.open_dispute(
        lead_id,
        by,
        fingerprint=whole.manifest.fingerprint,
        contract=whole.contract.hash,
        seen=found.table(),
        marketing=marketing,
        sales=sales,
    )


def _card(whole: Frame, one: Dispute, by: str) -> None:
    now = whole.ask(measure_ruling, one.lead_id)
    with st.container(key=f"dispute_card_{one.number}", border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            markup.show(markup.plain("h3", "name", f"Dispute {one.number}: lead {one.lead_id}"))
            if now is not None and st.button(
                "Open the lead", key=f"dispute_leads_{one.number}", type="tertiary"
            ):
                drawers.leads(whole, f"lead:{now.number}", ())
        view.paragraphs(
            (words.ruling_words(one), *_clock(whole, now, is_open=one.ruling is None)), "sentence"
        )
        if one.ruling is not None:
            view.paragraphs((f"Why: {one.ruling.why}",))
        for raised in one.escalations:
            view.paragraphs(_raised(raised))
        _views(one, by)
        _definition(whole, one)
        if one.ruling is None:
            _decide(whole, one, by)


def _clock(whole: Frame, now: LeadRuling | None, *, is_open: bool) -> tuple[str, ...]:
    if now is None:
        return ("This snapshot does not hold the lead; choose one that does to see its clock.",)
    said = f"Sales has {now.disposition} it." if now.disposition else "Sales has not decided on it."
    extract = f"{text.moment(whole.manifest.as_of)} UTC"
    return (words.clock_words(now.clock, extract, is_open=is_open), said)


def _raised(raised: store.Escalation) -> tuple[str, ...]:
    handed = f"{text.day(raised.at.date())}, handed on by {raised.by} to the {raised.step}: {raised.why}"
    return handed, f"The contract then: {raised.term}" if raised.term else ""


def _views(one: Dispute, by: str) -> None:
    """Both views side by side, in the same size; the missing one is said, not hidden."""
    for column, side in zip(st.columns(2), SIDES, strict=True):
        said = one.view(side)
        with column, st.container(key=f"dispute_side_{side}_{one.number}", gap="xsmall"):
            markup.show(markup.element("p", "caption", markup.plain("span", side, f"{_WHOSE[side]} view")))
            if said is None:
                view.paragraphs(("not given yet",), "unknown")
            else:
                view.paragraphs((said.text,), "sentence")
                view.paragraphs((f"{said.by}, {text.day(said.at.date())}",))
            view.paragraphs(
                f"before: {earlier.text} ({earlier.by}, {text.day(earlier.at.date())})"
                for whose, earlier in one.earlier
                if whose == side
            )
            if one.ruling is None:
                _say(one, side, by)


def _say(one: Dispute, side: str, by: str) -> None:
    turn = agenda.round_number()
    with (
        st.popover(
            "Say it" if one.view(side) is None else "Say it anew", key=f"dispute_say_{side}_{one.number}"
        ),
        st.form(f"dispute_view_{side}_{one.number}_{turn}", border=False),
    ):
        said = st.text_area(
            f"{_WHOSE[side]} view", key=f"dispute_text_{side}_{one.number}_{turn}", max_chars=MOST_NOTE
        )
        if st.form_submit_button("Write it down", key=f"dispute_send_{side}_{one.number}"):
            agenda.write(lambda: store.say_view(one.subject, side, said or "", by))


def _definition(whole: Frame, one: Dispute) -> None:
    """What the definition said when the dispute was opened: frozen, whatever was imported or signed since."""
    seen = one.seen
    frozen = f"frozen on {text.day(one.at.date())}: snapshot {text.short_hash(one.fingerprint)}, contract {text.short_hash(one.contract)}"
    view.paragraphs((home.SAID.get(seen.get("verdict", ""), ""),), "sentence")
    complete: dict[bool | None, str] = {
        True: "It carries the data the contract asks for.",
        False: "It lacks data the contract asks for.",
    }
    view.paragraphs((complete.get(seen.get("is_complete", None), ""), frozen))
    criteria = home.frozen_criteria(seen)
    if criteria:
        rows = [
            (
                row.kind,
                row.words,
                f"one of group “{row.group}” is enough" if row.group else "",
                row.answer,
                row.why,
            )
            for row in criteria
        ]
        schema = dict.fromkeys(("Kind", "Criterion", "Group", "This lead", "Why not"), pl.String)
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        empty = [name for name in ("Group", "Why not") if not any(frame[name])]
        st.dataframe(
            frame.drop(empty).to_arrow(compat_level=pl.CompatLevel.oldest()),
            key=f"dispute_definition_{one.number}",
            hide_index=True,
            height="content",
            alt="What the written definition says of this lead",
        )
    if one.contract != whole.contract.hash:
        view.paragraphs(("Another contract is in force now; the answers above are those of the one then.",))


def _decide(whole: Frame, one: Dispute, by: str) -> None:
    turn, step = agenda.round_number(), store.next_step(one)
    with (
        st.form(f"dispute_rule_{one.number}_{turn}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        ruling = st.selectbox(
            "Decision",
            list(_RULINGS),
            format_func=lambda name: _RULINGS[name],
            key=f"dispute_ruling_{one.number}_{turn}",
            width=170,
        )
        why = st.text_input("Why", key=f"dispute_why_{one.number}_{turn}", max_chars=MOST_NOTE)
        is_ruled = st.form_submit_button("Decide", key=f"dispute_decide_{one.number}", type="primary")
        handed = f"Hand on to the {step}" if step else "The sponsor has the last word"
        is_raised = st.form_submit_button(handed, key=f"dispute_escalate_{one.number}", disabled=step is None)
    if is_ruled:
        agenda.write(lambda: store.rule(one.subject, ruling or "", by, why or ""))
    elif is_raised:
        agenda.write(lambda: store.escalate(one.subject, by, why or "", dict(whole.contract.terms)))
