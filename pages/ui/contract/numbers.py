"""The numbers of both sides, each with what the last months really were, and a warning where no month ever reached it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from analytics import contract_past as past
from analytics import formatting as text
from analytics.cohort import CohortRequest
from analytics.contract import PAY_NUMBERS, Contract
from analytics.contract_past import Month, measure_past
from analytics.errors import RequestError
from pages.ui import cache, markup, view
from pages.ui.contract import draft
from pages.ui.contract.definition import agreed_words
from pages.ui.shell import Frame, problem


@dataclass(frozen=True, slots=True)
class _Field:
    """One number of the draft; ``slug``: the metric whose past stands under it."""

    section: str
    key: str
    label: str
    low: float
    high: float
    is_share: bool = False
    slug: str = ""


MARKETING = (
    _Field("marketing", "monthly_volume", "Leads a month (0: not agreed)", 0, 10_000_000, slug="monthly_volume"),
    _Field("targets", "acceptance_of_decided", "Accepted of decided, at least", 0, 100, True, "accepted_of_decided"),
    _Field("targets", "completeness", "Complete data, at least", 0, 100, True, "complete_data"),
)  # fmt: skip
SALES = (
    _Field("first_touch", "high_minutes", "First touch, high intent: working minutes", 1, 100_000),
    _Field("first_touch", "standard_minutes", "First touch, all others: working minutes", 1, 100_000),
    _Field("targets", "touched_inside_limit", "Touched inside the limit, at least", 0, 100, True, "touched_inside_limit"),
    _Field("cadence", "touches", "Full cadence: touches", 1, 100),
    _Field("cadence", "channels", "Full cadence: channels", 1, 10),
    _Field("windows", "cadence_days", "Full cadence: days", 1, 365),
    _Field("targets", "working_rate", "Worked to full cadence, at least", 0, 100, True, "working_rate"),
    _Field("windows", "disposition_days", "Decision with a reason: days", 1, 365),
    _Field("targets", "decided_in_window", "Decided in time, at least", 0, 100, True, "decided_in_window"),
)  # fmt: skip
BOTH = (
    _Field("windows", "horizon_days", "Horizon of outcomes: days", 1, 1825),
    _Field("targets", "accepted_to_opportunity", "Accepted to opportunity, at least", 0, 100, True, "accepted_to_opportunity"),
    _Field("pay", "share", "Share of variable pay", 0, 100, True),
)  # fmt: skip


def show(frame: Frame, controls: Callable[[], None]) -> None:
    """The answer, the controls of the page, and the three columns of numbers."""
    top = st.container()
    with view.tools(frame, "numbers", view.Definition(METHOD), view.Drawn("numbers", "", None, "")):
        controls()
    with st.container(key="contract_numbers", gap="small"):
        try:
            agreed = draft.contract(frame)
        except RequestError as error:  # its fields stay, or nobody could mend it
            with top:
                view.answer("A value of the draft does not fit; mend it and the numbers are judged again.")
            problem(draft.said(error))
            months, warned = None, dict[str, str]()
        else:
            months = _months(frame, agreed)
            warned = past.heroic(months, agreed)
            with top:
                view.answer(_answer(warned, months), agreed_words(frame))
        columns = st.columns(3)
        for column, name, fields in zip(
            columns, ("Marketing owes", "Sales owes", "Both"), (MARKETING, SALES, BOTH), strict=True
        ):
            with column:
                markup.show(markup.plain("h2", "name", name))
                for field in fields:
                    _number(frame, field, months, warned)
                if fields is BOTH:
                    _shared(frame)


METHOD = (
    "Under each number stand the last months of the whole file, counted with the windows and limits of the draft. A target that no"
    " month with at least 30 leads ever reached is called demanding, or heroic: people who cannot reach a number stop trying to."
)


def _months(frame: Frame, agreed: Contract) -> tuple[Month, ...]:
    """The months of the whole file under the draft's own windows."""
    request = CohortRequest(frame.request.fingerprint, is_whole_file=True, filters=frame.request.filters)
    found: tuple[Month, ...] = cache.answer(measure_past, frame.manifest, agreed, request)
    return found


def _answer(warned: dict[str, str], months: tuple[Month, ...]) -> str:
    judged = sum(past.best(months, slug) is not None for slug in past.TARGETS)
    if not months:
        return "There is no month yet to hold the numbers against."
    if warned:
        return (
            f"{text.plural(len(warned), 'target')} of the draft {'was' if len(warned) == 1 else 'were'} never reached in any"
            " month: demanding, or heroic?"
        )
    if not judged:
        return "No target of the draft can be judged: no month has enough leads that this export can measure."
    if judged < len(past.TARGETS):
        return (
            f"{judged} of {len(past.TARGETS)} targets of the draft can be judged, and"
            f" {'it was' if judged == 1 else 'each was'} reached in some month."
        )
    return "Every target of the draft was reached in some month that can be judged."


def _number(frame: Frame, field: _Field, months: tuple[Month, ...] | None, warned: dict[str, str]) -> None:
    """One number with what the last months were; None: the draft cannot be read, so nothing is counted."""
    held = draft.table(frame)[field.section][field.key]
    key = f"number_{field.section}_{field.key}_{draft.round_number()}"
    kind = float if field.is_share else int
    st.number_input(
        f"{field.label}{' (%)' if field.is_share else ''}",
        min_value=kind(field.low),
        max_value=kind(field.high),
        value=round(held * 100, 1) if field.is_share else held,
        step=kind(1),
        format="%g" if field.is_share else "%d",
        key=key,
        on_change=_changed,
        args=(frame, field, key),
    )
    if months is None:
        return
    if field.slug and field.slug != "monthly_volume":
        view.paragraphs((past.lately(months, field.slug),))
    elif field.slug:
        view.paragraphs((_volumes(months),))
    if field.slug in warned:
        view.paragraphs((warned[field.slug],), "warning")


def _changed(frame: Frame, field: _Field, key: str) -> None:
    value: Any = st.session_state[key]
    said = round(value / 100, 4) if field.is_share else int(value)
    draft.change(frame, field.section, field.key, said)


def _volumes(months: tuple[Month, ...]) -> str:
    whole = [one for one in months if one.is_whole][-3:]
    return " · ".join(f"{one.label} {text.count(one.leads)}" for one in whole) or "no whole month to show"


def _shared(frame: Frame) -> None:
    """Calendar and what both share pay on."""
    sections = draft.table(frame)
    names = {"net_new_revenue": "Net new revenue", "advancing_pipeline": "Pipeline that advances"}
    _select(
        frame,
        "pay",
        "shared_number",
        "Shared number of pay",
        dict(zip(PAY_NUMBERS, names.values(), strict=True)),
    )
    zones = ["import", *sorted(available_timezones())]
    held = sections["calendar"]["zone"]
    _select(
        frame, "calendar", "zone", "Zone of the calendar",
        {name: "as the file was read" if name == "import" else name for name in dict.fromkeys([held, *zones])},
    )  # fmt: skip


def _select(frame: Frame, section: str, name: str, label: str, options: dict[str, str]) -> None:
    held = draft.table(frame)[section][name]
    key = f"number_{section}_{name}_{draft.round_number()}"

    def changed() -> None:
        draft.change(frame, section, name, st.session_state[key])

    st.selectbox(
        label,
        list(options),
        index=list(options).index(held),
        format_func=options.__getitem__,
        key=key,
        on_change=changed,
    )
