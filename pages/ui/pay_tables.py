"""The tables below the pay plan: every quarter, every condition with its leads, and the patterns that ask a question."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics import pay_words as words
from analytics.contract import Contract
from analytics.gaming import Flag
from analytics.metrics.catalog import METRICS
from analytics.pay_gates import CONDITIONS, PayReplay
from analytics.periods import Unit, first_day, label
from pages.ui import tables
from pages.ui.shell import Frame

_EPOCH = date(1970, 1, 1)
Table = tuple[pl.DataFrame, list[dict[str, str | None]]]


def by_quarter(replay: PayReplay) -> Table:
    """Every quarter with both outcomes, and who funds the fix."""
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str | None]] = []
    for one in replay.quarters:
        rows.append(
            (
                label(Unit.QUARTER, one.number), one.counts.leads, words.volume_words(one),
                words.outcome_words(one.marketing, "marketing"), words.outcome_words(one.sales, "sales"),
                words.funded_words(one),
            )
        )  # fmt: skip
        keys.append({"Leads": f"quarter:{one.number}"})
    columns = ("Quarter", "Leads", "Volume", "Marketing’s bonus", "Sales’ gate", "Funds the fix")
    schema = dict.fromkeys(columns, pl.String) | {"Leads": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def shared(replay: PayReplay, contract: Contract) -> Table:
    """The shared number quarter by quarter, over the whole file; a click opens the leads of its opportunities."""
    named = words.SHARED_NAMES[contract.pay_number].capitalize()
    earlier = "Won from earlier quarters’ leads"
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str | None]] = []
    for one in replay.quarters:
        found = replay.shared_in(one.number)
        name = label(Unit.QUARTER, one.number)
        if found is None:
            rows.append((name, "cannot be measured", ""))
            keys.append({})
            continue
        is_revenue = contract.pay_number == "net_new_revenue"
        first = (first_day(Unit.QUARTER, one.number) - _EPOCH).days
        counted = f"won_quarter:{one.number}" if is_revenue else f"opportunity_quarter:{one.number}.not_lost"
        won = counted if is_revenue else f"{counted}.so_far_won"
        rows.append((name, words.shared_words(found, contract), text.money(found.earlier)))
        keys.append({named: counted, earlier: f"{won}.handed_before:{first}"})
    schema = dict.fromkeys(("Quarter", named, earlier), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def by_condition(replay: PayReplay) -> Table:
    """Every condition of every quarter, the latest quarter first; each count opens its leads."""
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str | None]] = []
    for one in reversed(replay.quarters):
        for found in one.conditions:
            is_known = found.rate is not None
            hits, leads = (found.rate.numerator, found.rate.denominator) if found.rate else (None, None)
            rows.append(
                (
                    label(Unit.QUARTER, one.number), CONDITIONS[found.slug][0], METRICS[found.slug].label,
                    text.percent(found.target), hits, leads, words.rate_words(found), words.condition_words(found),
                    None if hits is None or leads is None else leads - hits, found.pending if is_known else None,
                )
            )  # fmt: skip
            names = ("Kept", "Out of", "Not kept", "Pending")
            keys.append(dict(zip(names, found.keys, strict=True)) if is_known else {})
    counts = {"Kept", "Out of", "Not kept", "Pending"}
    columns = (
        "Quarter", "Whose pay", "Condition", "Target", "Kept", "Out of", "Rate", "Result", "Not kept", "Pending",
    )  # fmt: skip
    schema = {name: pl.Int64 if name in counts else pl.String for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def patterns(flags: tuple[Flag, ...]) -> Table:
    """The four patterns, those worth a question first; ``explained`` stands below."""
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str | None]] = []
    for one in flags:
        is_known = one.can_be_looked_for
        seen = "worth a question" if one.is_raised else "nothing to ask" if is_known else "nothing to look at"
        rows.append(
            (
                one.name, "cannot be measured" if one.why else seen,
                one.rate.numerator if is_known else None, one.rate.denominator if is_known else None,
                "" if one.why else text.rate_with_interval(one.rate),
            )
        )  # fmt: skip
        keys.append({"Leads": one.key or None, "Out of": one.of_key or None})
    columns = ("Pattern", "Seen", "Leads", "Out of", "Share")
    schema = {name: pl.Int64 if name in {"Leads", "Out of"} else pl.String for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def explained(flags: tuple[Flag, ...]) -> tuple[str, ...]:
    """A line per pattern: its innocent explanation, what was counted, and from where on it is named."""
    return tuple(_explained(one) for one in flags)


def _explained(one: Flag) -> str:
    said = [f"{one.name}. It can be innocent: {_sentence(one.innocent)}"]
    if one.why:
        said.append(f"Cannot be measured: {_sentence(one.why.why)}")
    elif one.found:
        said.append(f"Counted: {_sentence(one.found)}")
    return " ".join((*said, f"Named from: {_sentence(one.threshold)}"))


def _sentence(said: str) -> str:
    return said if said.endswith((".", "?", "!")) else f"{said}."


def months(flag: Flag) -> Table:
    """The months of a pattern; each count opens its leads."""
    rows = [
        (one.label, one.rate.numerator, one.rate.denominator, text.rate_with_interval(one.rate))
        for one in flag.parts
    ]
    schema = {"Month": pl.String, "Last three days": pl.Int64, "Leads": pl.Int64, "Share": pl.String}
    keys: list[dict[str, str | None]] = [
        {"Last three days": one.key, "Leads": one.of_key} for one in flag.parts
    ]
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def show(frame: Frame, table: Table, key: str, alt: str) -> None:
    """One of these tables on the page."""
    rows, keys = table
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(format="localized")
        for name, kind in rows.schema.items()
        if kind == pl.Int64
    }
    tables.numbers(frame, rows, key=key, alt=alt, keys=keys, columns=columns)
