"""The tables of the what-if page: every number as it is, kept and removed; hits per tier; what became of late leads."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics import formatting as text
from analytics import what_if as engine
from analytics import what_if_words as words
from analytics.metrics.catalog import METRICS
from analytics.what_if import SHOWN, WON_OPPORTUNITIES, AllInTime, Part, Parted

Asked = tuple[Part, str] | None
"""A part and a lead set in it; None: nothing opens."""


def parted_table(result: Parted) -> tuple[pl.DataFrame, list[dict[str, Asked]]]:
    """Every number over all leads, those kept and those removed; a count opens its leads."""
    parts: tuple[tuple[Part, engine.Side], ...] = (
        ("all", result.all), ("kept", result.kept), ("removed", result.removed),
    )  # fmt: skip
    rows: list[list[object]] = []
    keys: list[dict[str, Asked]] = []

    def add(name: str, cells: list[list[object]], hits: str, of: str, unknown: int | None) -> None:
        rows.append([name, *(cell for three in cells for cell in three), unknown])
        found: dict[str, Asked] = {"Of them unknown": ("unknown", hits) if unknown is not None else None}
        for (part, _), title in zip(parts, _TITLES, strict=True):
            found |= {title: (part, hits), f"{title}: out of": (part, of) if of else None}
        keys.append(found)

    leads: list[list[object]] = [[side.leads, None, ""] for _, side in parts]
    add("Leads", leads, "leads", "", result.unknown.leads)
    for slug in SHOWN:
        if slug in result.why:
            continue
        metric = METRICS[slug]
        rates = [side.rate(slug) for _, side in parts]
        cells: list[list[object]] = [
            [one.numerator, one.denominator, text.rate_with_interval(one)] for one in rates
        ]
        unknown = result.unknown.rate(slug).numerator
        add(words.NAMES[slug], cells, metric.numerator, metric.denominator, unknown)
        if metric.pending:
            waiting: list[list[object]] = [[one.pending, None, ""] for one in rates]
            pending = result.unknown.rate(slug).pending
            add(f"{words.NAMES[slug]}: still pending", waiting, metric.pending, "", pending)
    deals = result.deals
    if deals is not None:
        won: list[list[object]] = [[side.counts["so_far_won"], None, ""] for _, side in parts]
        add("Won leads so far", won, "so_far_won", "", result.unknown.counts["so_far_won"])
        amounts = (deals.amount, deals.kept_amount, deals.given_up_amount)
        told = ["" if one is None else text.money(one) for one in amounts]
        counts = (deals.all, deals.kept, deals.given_up)
        each: list[list[object]] = [[n, None, amount] for n, amount in zip(counts, told, strict=True)]
        add("Won opportunities so far, and their amount", each, WON_OPPORTUNITIES, "", None)
    schema: dict[str, Any] = {"Number": pl.String}
    for title in _TITLES:
        schema |= {title: pl.Int64, f"{title}: out of": pl.Int64, f"{title}: rate": pl.String}
    schema["Of them unknown"] = pl.Int64
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


_TITLES = ("As it is", "Kept", "Removed")


def in_time_table(result: AllInTime) -> tuple[pl.DataFrame, list[dict[str, str | None]]]:
    """Hits and late leads per tier, and what became of the late ones anyway; a count opens its leads."""
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str | None]] = []
    for tier in (result.total, *result.tiers):
        limit = "" if tier.limit_minutes is None else text.minutes(tier.limit_minutes)
        rows.append(
            (words.TIER_NAMES[tier.slug], limit, tier.hits.numerator, tier.hits.denominator, tier.missed,
             text.rate_with_interval(tier.hits))
        )  # fmt: skip
        sets = ("limit_met", "limit_settled", "limit_missed")
        keys.append(dict(zip(("Hits today", "Hits then", "More hits"), map(tier.key, sets), strict=True)))
    schema = {
        "Tier": pl.String, "Limit, working time": pl.String, "Hits today": pl.Int64, "Hits then": pl.Int64,
        "More hits": pl.Int64, "Rate today": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def late_table(result: AllInTime) -> tuple[pl.DataFrame, list[dict[str, str | None]]]:
    """What became of the late leads anyway, each count with its leads."""
    rows: list[tuple[object, ...]] = [("Never touched", result.never, result.total.missed, "")]
    keys: list[dict[str, str | None]] = [
        {"Leads": "limit_missed.never_touched", "Late leads": "limit_missed"}
    ]
    for slug, one in result.late.items():
        rows.append((words.LATE_NAMES[slug], one.numerator, one.denominator, text.rate_with_interval(one)))
        keys.append({"Leads": f"limit_missed.{slug}", "Late leads": "limit_missed"})
    schema = {"What became of them": pl.String, "Leads": pl.Int64, "Late leads": pl.Int64, "Share": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row"), keys
