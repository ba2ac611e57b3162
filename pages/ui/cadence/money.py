"""Spend beside leads on a page: the answer with its figure, the tables whose counts open, the payback, the limits."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics import money_words as words
from analytics.charts.money import KEYS, MOST, mark_key, money_panels
from analytics.money import METHOD, PENDING_KEY, SOURCE, measure_money
from analytics.money_bill import Bill, Money, Standing, What
from analytics.money_left_out import left_out
from analytics.money_payback import PER, payback, payback_sentence, payback_words
from analytics.money_spend import NO_SPEND
from analytics.periods import Unit, label
from analytics.results import Unmeasurable
from pages.ui import cache, kept, tables, view
from pages.ui.page_list import IMPORT, has_page
from pages.ui.shell import Frame

MARGIN, VALUE, VALUE_PER = "margin", "contract_value", "value_per"
RELATED = ("leads", "so_far_accepted", "so_far_won", "immature")
_Cells = dict[str, int | str | None]
_Table = tuple[pl.DataFrame, list[dict[str, str | None]]]


def main(frame: Frame) -> Money | None:
    """The answer, the door to the definition and the figure of a page of its own; None where nothing can be said."""
    found = frame.ask(measure_money)
    if isinstance(found, Unmeasurable):
        view.answer("What a customer costs cannot be said.")
        cannot(found)
        return None
    view.answer(words.answer(found), *words.notes(found))
    drawn = drawn_of(found)
    with view.tools(frame, "money", view.Definition(METHOD), drawn, related=RELATED):
        view.paragraphs((words.apart(found),), "sentence")
    view.figures(frame, drawn, picks=picks_of(found), related=RELATED)
    return found


def cannot(why: Unmeasurable) -> None:
    """Why there is no cost, what would bring it, and the way to the place where it is brought."""
    view.cannot(why)
    if why == NO_SPEND and has_page(IMPORT):
        st.page_link(IMPORT, label="Import")


def drawn_of(found: Money) -> view.Drawn:
    """The figure; a sentence in its place without a counted month."""
    hidden = len(found.lines) - MOST
    more = f" · {text.plural(hidden, 'smaller source')} in the table below" if hidden > 0 else ""
    return view.Drawn(
        "money",
        "Cost by source",
        cache.made(money_panels, found) if found.counted else None,
        f"Costs by source. {words.answer(found)} {words.apart(found)}",
        note=f"{words.SPEND_ONLY} · dot: cost · line: 95{text.NBSP}% interval · hollow: under 30 leads{more}",
        missing="No whole month to count.",
    )


def picks_of(found: Money) -> view.Picks:
    """The values behind the lines, in their order."""
    return [
        (
            SOURCE,
            tuple(value or "" for value in one.values) if len(one.values) > 1 else next(iter(one.values), ""),
        )
        for one in found.lines
    ]


def further(frame: Frame, found: Money) -> None:
    """Below the fold: every source, every month, the payback, what is left out, and what no file can know."""
    if found.counted:
        view.heading("Every source", _gaps(found))
        rows, keys = by_source(found)
        tables.numbers(
            frame,
            rows,
            columns=_grouped(rows),
            key="money_sources",
            alt="Spend, leads and costs by source",
            keys=keys,
            picks=picks_of(found),
        )
    view.heading("Every month", words.immature_words(found))
    rows, keys = by_month(found)
    tables.numbers(
        frame,
        rows,
        key="money_months",
        alt="Spend, leads and costs by month",
        keys=keys,
        columns=_grouped(rows),
    )
    if found.counted and found.no_wins is None:
        pays_back(frame, found)
    view.heading("What is left out, and how it is matched")
    view.paragraphs(
        left_out(found) or ("Every lead and every row of the spend file is counted.",), "sentence"
    )
    view.paragraphs(unmeasured(found))
    view.heading("What this cannot know")
    view.paragraphs(words.CANNOT_KNOW, "sentence")


def _gaps(found: Money) -> str:
    if found.counted and found.prefix is None:
        return (
            "The counted months have gaps between them, so the leads open month by month, in the table below."
        )
    return ""


def unmeasured(found: Money) -> tuple[str, ...]:
    """Why costs cannot be measured, with what would bring them."""
    return tuple(
        f"{words.NAMES[what]}: {why.why} What would bring it: {why.column}."
        for what in What
        if (why := found.obstacle(what)) is not None
    )


def _costs(bill: Bill, found: Money) -> dict[str, str]:
    """Every cost with its interval; why there is none where it cannot be measured."""
    cells = {}
    for what in What:
        why = found.obstacle(what)
        cells[words.SHORT[what]] = (
            words.cost_with_interval(bill.cost(what), found.currency)
            if why is None
            else "not agreed"
            if words.is_not_agreed(why)
            else "cannot be measured"
        )
    return cells


def _counts(bill: Bill, found: Money) -> _Cells:
    """The counts of a row in the order of the table; those that the export cannot give are left empty."""
    won = found.no_wins is None
    cells: _Cells = {
        "Spend": "no spend in the file" if bill.spend is None else words.amount(bill.spend, found.currency),
        "Leads": bill.leads,
    }
    if found.no_definition is None:
        cells |= {"Qualified": bill.qualified, "Not checkable": bill.qualified_unknown}
    if found.no_acceptance is None:
        cells |= {"Accepted": bill.accepted, "Pending": bill.pending}
    if won:
        cells |= {"Won leads": bill.won_leads, "Customers": bill.customers}
        if found.has_amounts:
            cells["Won amount"] = words.amount(bill.won_amount, found.currency)
    return cells


_OPENS = {
    "Leads": KEYS[What.LEAD],
    "Qualified": KEYS[What.QUALIFIED],
    "Not checkable": "definition_unknown",
    "Accepted": KEYS[What.ACCEPTED],
    "Pending": PENDING_KEY,
    "Won leads": KEYS[What.CUSTOMER],
}
"""Column -> the lead set it counts; customers open only where each of them is one won lead."""


def _opening(bill: Bill) -> dict[str, str]:
    return _OPENS if bill.followers else _OPENS | {"Customers": KEYS[What.CUSTOMER]}


def by_source(found: Money) -> _Table:
    """Every source, then the sources with spend alone, then all; each count opens its leads."""
    rows: list[_Cells] = []
    keys: list[dict[str, str | None]] = []
    lines: list[tuple[str, int | None, Bill]] = [
        (words.name_of(one), place, one.bill) for place, one in enumerate(found.lines)
    ]
    for name, place, bill in (*lines, (words.ALL, None, found.total)):
        rows.append({"Source": name, **_counts(bill, found), **_costs(bill, found)})
        keys.append({column: mark_key(found, place, key) for column, key in _opening(bill).items()})
    if found.paid != found.total and found.paid.spend is not None:
        rows.append({"Source": words.PAID, **_counts(found.paid, found), **_costs(found.paid, found)})
        keys.append({})
    return _frame(rows), keys


def by_month(found: Money) -> _Table:
    """Every month with its standing; each count opens its leads, those of months left out too."""
    rows: list[_Cells] = []
    keys: list[dict[str, str | None]] = []
    for one in found.months:
        is_counted = one.standing is Standing.COUNTED
        costs = _costs(one.bill, found) if is_counted else dict.fromkeys(words.SHORT.values(), "")
        state = "can still bring customers" if one.bill.immature and found.no_wins is None else "counted"
        cells = _counts(one.bill, found) | ({} if is_counted else {"Spend": ""})
        standing = state if is_counted else f"left out: {one.standing}"
        rows.append({"Month": label(Unit.MONTH, one.number), "Standing": standing, **cells, **costs})
        keys.append({column: f"month:{one.number}.{key}" for column, key in _opening(one.bill).items()})
    return _frame(rows), keys


def _grouped(rows: pl.DataFrame) -> dict[str, Any]:
    """Thousands separators for every count."""
    form = st.column_config.NumberColumn(format="localized")
    return {name: form for name, kind in rows.schema.items() if kind.is_integer()}


def _frame(rows: list[_Cells]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def pays_back(frame: Frame, found: Money) -> None:
    """The payback, from a margin and a value that somebody enters; nothing is shown until both are there."""
    view.heading(
        "Payback",
        "Gross margin and contract value are not in any file: enter yours. They stand in the address, so a link repeats them.",
    )
    margin, value, per = _entered()
    if margin is None or value is None:
        view.paragraphs(("Nothing is assumed: the payback appears when both are entered.",), "unknown")
        return
    monthly, share = value / PER[per], margin / 100
    total = payback(found.total.cost(What.CUSTOMER), monthly, share)
    view.paragraphs((payback_sentence(found, total, value, per, share),), "sentence")
    rows = [
        (
            words.name_of(one),
            payback_words(
                one.bill.cost(What.CUSTOMER), payback(one.bill.cost(What.CUSTOMER), monthly, share)
            ),
        )
        for one in found.lines
    ]
    tables.numbers(
        frame,
        pl.DataFrame(rows, schema=["Source", "Payback"], orient="row"),
        key="money_payback",
        alt="Payback by source",
    )


def _entered() -> tuple[float | None, float | None, str]:
    """Gross margin in per cent, contract value, and whether that is for a year or a month."""
    with st.container(key="payback", horizontal=True, vertical_alignment="bottom", gap="small"):
        margin = _number("Gross margin, %", MARGIN, 0.1, 100.0, 1.0)
        value = _number("Contract value per customer", VALUE, 0.01, 1e12, 100.0)
        kept.restore(VALUE_PER, PER.__contains__)
        per = st.selectbox(
            "for a", list(PER), key=VALUE_PER, bind="query-params", filter_mode=None, width=140
        )
        kept.remember(VALUE_PER, per)
    return margin, value, per


def _number(name: str, key: str, least: float, most: float, step: float) -> float | None:
    kept.restore(key, lambda value: isinstance(value, int | float), str)
    value = st.number_input(
        name, min_value=least, max_value=most, value=None, step=step, key=key, bind="query-params", width=240
    )
    kept.remember(key, value)
    return value
