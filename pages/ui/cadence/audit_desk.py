"""Before an audit is revealed: its leads are drawn, each side is taken by one person, and the leads are marked one by one."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics import lead_audit_words as words
from analytics.cohort import CohortRequest
from analytics.lead_audit import METHOD
from analytics.lead_audit_sample import SIZES, Drawn, draw_leads, lead_facts
from analytics.store import lead_audits as log
from analytics.store.lead_audit_shapes import PARTS, AuditedLead, Frozen
from analytics.store.lead_audits import CANNOT_TELL, NAMES, NO, OTHER, YES, Audit, Reviewer
from pages.ui import cache, controls, markup, so_far, tables, view
from pages.ui.cadence import audit_keys, writing
from pages.ui.shell import Frame, problem

BLIND = "Until both sides are done nobody sees a mark of the other side, nor how many there are."
FREEZES = "Starting freezes the list of leads, and what definition and record say of them; later imports never change it."
LINK_WORDS = (
    "Whoever opens your personal link marks for your side: keep it, do not pass it on. Without it a reload of this page"
    " loses your place."
)
RELOAD = " · a reload loses your place, unless the address is your personal link"
LOST = "A side whose personal link is lost cannot be taken again: start a new audit then."
_BUTTONS = {YES: "Yes", NO: "No", CANNOT_TELL: "Cannot tell"}
_WIDE = 170
_COLUMNS = 3


def widened(frame: Frame) -> Frame:
    """The whole file with the same filters, unless a period was chosen: the last leads stand outside the usual one."""
    if frame.request.starts_on or frame.request.ends_on or frame.request.is_whole_file:
        return frame
    return replace(frame, request=replace(frame.request, is_whole_file=True))


def begin(frame: Frame) -> None:
    """What the next audit would look at, and the button that freezes it."""
    st.html(audit_keys.STYLE)
    whole = widened(frame)
    top = st.container()
    with view.tools(whole, "audit", view.Definition(METHOD), view.Drawn("audit", "", None, "")):
        audit_keys.choose(audit_keys.entries())
        size = st.segmented_control("Leads", SIZES, default=SIZES[0], key="audit_size", required=True)
    drawn = whole.ask(draw_leads, size or SIZES[0])
    if not drawn.frozen.leads:
        so_far.nothing_selected(whole, whole.facts())
        return
    with top:
        view.answer(words.draw_answer(drawn), *words.draw_notes(drawn))
    if said := audit_keys.refused():
        problem(said)
    with st.container(key="audit_begin", border=True, gap="small"):
        view.paragraphs((FREEZES,), "sentence")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            writing.who()
            st.button(
                "Start the audit", key="audit_start", type="primary", on_click=_start, args=(drawn.frozen,)
            )
    _sources(drawn)


def _start(frozen: Frozen) -> None:
    if entry := audit_keys.write(log.start(str(st.session_state.get(writing.WHO) or ""), frozen)):
        audit_keys.show_next(entry.subject)


def _sources(drawn: Drawn) -> None:
    """How the leads spread over the sources."""
    counts: dict[str | None, int] = {}
    for lead in drawn.frozen.leads:
        counts[lead.source] = counts.get(lead.source, 0) + 1
    rows = [
        (controls.shown(source), leads) for source, leads in sorted(counts.items(), key=lambda one: -one[1])
    ]
    view.heading("Drawn from each source", "In proportion to the leads of each source, by largest remainder.")
    frame = pl.DataFrame(rows, schema={"Source": pl.String, "Leads drawn": pl.Int64}, orient="row")
    st.dataframe(frame, hide_index=True, height="content", alt="Leads drawn from each source")
    tables.download(frame, "audit-draw")


def show(frame: Frame, audit: Audit) -> None:
    """The desk of whoever holds a side that is not done, and both sides in the same size."""
    st.html(audit_keys.STYLE)
    is_marking = bool(audit.own_side) and not audit.reviewer(audit.own_side).is_done
    view.answer(words.open_answer(audit), *words.notes(audit))
    drawn = view.Drawn("audit", "", None, "")
    with view.tools(frame, "audit", view.Definition(METHOD), drawn, related=()):
        audit_keys.choose(audit_keys.entries())
        st.button("Look again", key="audit_look_again", help="See whether the other side is done")
        if is_marking:
            _own_tools(audit)
    if said := audit_keys.refused():
        problem(said)
    if is_marking:
        _desk(frame, audit)
    is_taken = all(one.name for one in audit.reviewers)
    view.paragraphs((BLIND, LOST if is_taken and not audit.own_side else ""))
    if not audit.own_side and not is_taken:
        writing.who()
    columns = st.columns(2)
    for column, reviewer in zip(columns, audit.reviewers, strict=True):
        with column, st.container(key=f"audit_{reviewer.side}", border=True, gap="small"):
            _side(audit, reviewer)


def _side(audit: Audit, reviewer: Reviewer) -> None:
    markup.show(markup.plain("h2", "name", NAMES[reviewer.side]))
    if reviewer.name:
        own = " (you)" if reviewer.side == audit.own_side else ""
        view.paragraphs((f"{reviewer.name}{own} {words.state(reviewer)}.",), "sentence")
        return
    view.paragraphs(("Nobody marks for this side yet.",), "sentence")
    if not audit.own_side:
        st.button(
            f"Mark for {reviewer.side}",
            key=f"audit_take_{reviewer.side}",
            on_click=_take,
            args=(audit.subject, reviewer.side),
        )


def _take(subject: str, side: str) -> None:
    key = audit_keys.new_key()
    if audit_keys.write(log.claim(subject, side, str(st.session_state.get(writing.WHO) or ""), key)):
        audit_keys.hold(subject, key)


def _desk(frame: Frame, audit: Audit) -> None:
    """One lead at a time: what was known of it at its handoff, and the questions that the definition leaves open."""
    places = list(dict.fromkeys(place for place, _ in audit.frozen.needed))
    left = {place for place, _ in audit.missing()}
    at = _at(audit, places)
    done = len(places) - len(left)
    said = "" if audit_keys.is_in_address(audit.subject) else RELOAD
    st.progress(
        done / len(places),
        text=f"{text.count(done)} of {text.count(len(places))} leads marked{said}",
    )
    lead = audit.frozen.leads[at]
    with st.container(key="audit_lead", border=True, gap="small"):
        _lead(frame, audit, lead, places.index(at) + 1, len(places))
        for part in PARTS:
            if (at, part) in audit.frozen.needed:
                _question(audit, at, part)
        with st.container(key="audit_moves", horizontal=True, gap="small"):
            for name, step in (("Previous lead", -1), ("Next lead", 1)):
                place = places.index(at) + step
                st.button(
                    name,
                    key=f"audit_move_{step}",
                    disabled=not 0 <= place < len(places),
                    on_click=_go,
                    args=(audit.subject, places[place % len(places)]),
                )


def _own_tools(audit: Audit) -> None:
    """Being done, and the personal link."""
    is_complete = not audit.missing()
    st.button(
        "I am done",
        key="audit_done",
        type="primary" if is_complete else "secondary",
        disabled=not is_complete,
        help="Your marks then stand and can no longer be changed.",
        on_click=_finish,
        args=(audit.subject,),
    )
    if audit_keys.is_in_address(audit.subject):
        view.paragraphs(("The address of this page is your personal link.",))
        return
    st.button(
        "Make the address my personal link",
        key="audit_link",
        help=LINK_WORDS,
        on_click=audit_keys.put_into_address,
        args=(audit.subject,),
    )


def _at(audit: Audit, places: list[int]) -> int:
    """The lead on the desk: the one gone to, else the first that is not fully marked."""
    at = st.session_state.get(f"audit_at_{audit.subject}")
    if at in places:
        return int(at)
    return next((place for place, _ in audit.missing()), places[0])


def _go(subject: str, place: int) -> None:
    st.session_state[f"audit_at_{subject}"] = place
    st.session_state.pop("audit_no", None)


def _lead(frame: Frame, audit: Audit, lead: AuditedLead, number: int, leads: int) -> None:
    markup.show(markup.plain("h2", "name", f"Lead {lead.lead_id}"))
    markup.show(
        markup.line(
            "aside",
            (
                f"{text.count(number)} of {text.count(leads)}",
                f"source: {controls.shown(lead.source)}",
                f"handed off {text.moment(lead.handoff_at)} UTC",
            ),
        )
    )
    facts = _facts(frame, audit)
    if facts is None:
        view.paragraphs(("The snapshot of this audit is no longer here; look the lead up by its id.",))
        return
    known = [f"{label}: {value}" for label, value in facts.get(lead.lead_no, ())]
    for column, some in zip(st.columns(_COLUMNS), (known[n::_COLUMNS] for n in range(_COLUMNS)), strict=True):
        if some:
            with column:
                markup.show("".join(markup.plain("p", "aside", one) for one in some))


def _facts(frame: Frame, audit: Audit) -> dict[int, tuple[tuple[str, str], ...]] | None:
    """What the snapshot of the audit knows of its leads; None where it was erased."""
    fingerprint = audit.frozen.fingerprint
    if fingerprint != frame.manifest.fingerprint and fingerprint not in {
        one.fingerprint for one in cache.snapshots()
    }:
        return None
    request = CohortRequest(fingerprint, is_whole_file=True)
    own = replace(frame, manifest=cache.verified(fingerprint), request=request)
    return own.ask(lead_facts, tuple(one.lead_no for one in audit.frozen.leads), audit.frozen.criteria)


def _question(audit: Audit, place: int, part: str) -> None:
    """One question, the criteria behind it, the mark as it is, and a button per answer."""
    criteria = audit.frozen.criteria_of(part)
    mark = audit.marks[audit.own_side].get((place, part))
    with st.container(key=f"audit_ask_{part}", gap="xsmall"):
        markup.show(markup.plain("h3", "name", words.QUESTIONS[part]))
        view.paragraphs(
            [
                f"{number}. {_said(audit.frozen, cause)}"
                for number, cause in enumerate(criteria, 1)
            ]
            or ["No criterion is agreed: say what your side says today."]
        )  # fmt: skip
        with st.container(horizontal=True, gap="small"):
            for answer, label in _BUTTONS.items():
                asks_cause = answer == NO and bool(criteria)
                st.button(
                    label,
                    key=f"audit_{part}_{answer.replace(' ', '_')}",
                    type="primary" if mark is not None and mark.answer == answer else "secondary",
                    width=_WIDE,
                    on_click=_ask_cause if asks_cause else _mark,
                    args=(audit.subject, place, part)
                    if asks_cause
                    else (audit.subject, place, part, answer, OTHER if answer == NO else None),
                )
        if st.session_state.get("audit_no") == (place, part):
            _causes(audit.subject, place, part, criteria)
        if mark is not None:
            view.paragraphs((f"Your mark: {words.mark_words(audit.frozen, mark)}",))


def _said(frozen: Frozen, cause: int) -> str:
    one = frozen.criteria[cause]
    return f"not so: {one.words}" if one.kind == "disqualify" else one.words


def _causes(subject: str, place: int, part: str, criteria: tuple[int, ...]) -> None:
    """Which criterion a "no" misses, by its number in the list above."""
    view.paragraphs(("Which one does it miss?",), "sentence")
    with st.container(horizontal=True, gap="small"):
        for number, cause in enumerate((*criteria, OTHER), 1):
            st.button(
                "Another reason" if cause == OTHER else f"Number {number}",
                key=f"audit_{part}_cause_{number if cause != OTHER else 'other'}",
                on_click=_mark,
                args=(subject, place, part, NO, cause),
            )


def _ask_cause(_subject: str, place: int, part: str) -> None:
    st.session_state["audit_no"] = (place, part)


def _mark(subject: str, place: int, part: str, answer: str, cause: int | None) -> None:
    """Write the mark at once; a lead that is fully marked makes place for the next."""
    st.session_state.pop("audit_no", None)
    key = audit_keys.key_of(subject)
    if not audit_keys.write(log.mark(subject, key, place, part, answer, cause)):
        return
    missing = [other for other, _ in log.audit_of(audit_keys.entries(), subject, key).missing()]
    if missing and place not in missing:
        st.session_state[f"audit_at_{subject}"] = next((one for one in missing if one > place), missing[0])
    else:
        st.session_state[f"audit_at_{subject}"] = place


def _finish(subject: str) -> None:
    audit_keys.write(log.finish(subject, audit_keys.key_of(subject)))
