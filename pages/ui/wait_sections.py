"""What stands below the fold of Speed to lead: tiers, fast against slow leads, owners, hours of arrival, parts of the way."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from analytics import faster_words
from analytics import formatting as text
from analytics.charts.arrival_map import Shown as MapShown
from analytics.charts.arrival_map import arrival_map
from analytics.charts.faster_wins import faster_wins
from analytics.charts.owner_plot import owner_plot
from analytics.faster_wins import FasterWins, measure_faster_wins
from analytics.long_tail import TIER_WORDS, LongTail, tier_key
from analytics.metrics.naming import size_band_words
from analytics.results import Unmeasurable
from analytics.speed_to_lead import TIER_SETS, Tier
from analytics.wait_arrivals import arrivals_answer, delays_answer, measure_arrivals, measure_delays
from analytics.wait_groups import measure_owners, measure_tiers, owners_answer, tiers_answer
from pages.ui import cache, controls, drawers, kept, tables, view
from pages.ui.shell import Frame

OWNERS_METHOD = (
    "A funnel plot (Spiegelhalter 2005): each owner stands at the number of its leads and its share touched inside the"
    " limit. Between the lines lies what luck alone explains around the rate of all owners together: exact binomial"
    " limits, widened by as much as the owners scatter more than luck would. An owner is named only outside the 95 %"
    " limits, with at least 10 leads, and after a correction for the number of owners looked at (Benjamini–Hochberg at"
    " 10 %). It is no ranking: two owners inside the lines cannot be told apart."
)
_SUSPECT = (
    "Not compared: so many leads were touched within a minute of their handoff that the handoff is probably stamped when"
    " the rep opens the lead. Who was fast cannot be told before that is repaired."
)
_ON_PARTS = (
    "All by the wall clock, leads still waiting counted. What lies between creation and handoff is scoring, nurture and"
    " routing; no person of sales can shorten it."
)
_MAPS: dict[str, MapShown] = {"Leads that arrive": "leads", "Touched inside the limit": "inside"}


def tiers(frame: Frame) -> None:
    """Each intent tier against its limit, as a table whose numbers open their leads."""
    result = frame.ask(measure_tiers)
    if isinstance(result, Unmeasurable):
        return
    view.heading("By intent, against the limit")
    view.paragraphs((tiers_answer(result),), css="sentence")
    rows, keys = [], []
    for row in result.rows:
        rows.append((
            TIER_WORDS[row.tier].capitalize() if row.tier != "all" else "All leads",
            text.minutes(row.limit_minutes) if row.limit_minutes else "by tier",
            row.timed, row.inside.numerator, row.inside.denominator,
            text.rate_with_interval(row.inside) if text.is_quotable(row.inside) else text.rate(row.inside),
            text.percent(result.target), row.inside.pending, text.duration(row.median, result.day_seconds),
            text.duration(row.p90, result.day_seconds), row.never.numerator, text.rate(row.never),
        ))  # fmt: skip
        sets = {
            "Timed leads": "timed", "Inside the limit": "limit_met", "Past the limit": "limit_settled",
            "Still inside": "limit_pending", "Never touched": "never_touched",
        }  # fmt: skip
        keys.append({name: tier_key(one, row.tier) for name, one in sets.items()})
    schema = {
        "Leads": pl.String, "Limit": pl.String, "Timed leads": pl.Int64, "Inside the limit": pl.Int64,
        "Past the limit": pl.Int64, "Share inside": pl.String, "Aim": pl.String, "Still inside": pl.Int64,
        "Half within": pl.String, "Nine in ten within": pl.String, "Never touched": pl.Int64, "Share never": pl.String,
    }  # fmt: skip
    _table(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="wait_tiers",
        alt=tiers_answer(result),
        keys=keys,
    )


def longest(frame: Frame, result: LongTail) -> None:
    """The longest-waiting leads with everything that names them; each row opens its lead."""
    view.heading(
        "The leads that waited longest", "Untouched and open first, then untouched and closed, then touched."
    )
    rows = [
        (
            lead.company or "", lead.lead_id, text.moment(lead.handed_off_at),
            "touched" if lead.is_touched else "closed, untouched" if lead.is_closed else "untouched",
            text.duration(lead.wall_wait), text.duration(lead.working_wait, result.speed.working.mark_seconds["1d"]),
            lead.owner or "", text.DASH if lead.score is None else f"{lead.score:g}", 1,
        )
        for lead in result.waiting
    ]  # fmt: skip
    names = ("Company", "Lead", "Handed off (UTC)", "State", "Wall clock", "Working clock", "Owner", "Score")
    schema = dict.fromkeys(names, pl.String) | {"Leads": pl.Int64}
    keys = [dict.fromkeys((*names, "Leads"), f"lead:{lead.number}") for lead in result.waiting]
    _table(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="wait_longest",
        alt="The leads that waited longest",
        keys=keys,
    )


def fast_and_slow(frame: Frame, *, is_suspect: bool) -> None:
    """Does faster win more? Both pairs of rates, the strata, and the second look."""
    view.heading("Does faster win more?")
    result = frame.ask(measure_faster_wins)
    if isinstance(result, Unmeasurable):
        view.paragraphs((result.why, f"What would bring it: {result.column}."))
        return
    if is_suspect:
        view.paragraphs((_SUSPECT,))
        return
    view.paragraphs((faster_words.answer(result),), css="sentence")
    view.paragraphs((" · ".join(note for note in faster_words.notes(result) if note),))
    figure = cache.made(faster_wins, result)
    if result.fast_alike is not None and result.verdict not in {"too few", "too different"}:
        view.figure(
            frame,
            view.Drawn(
                "faster",
                "",
                figure,
                f"{faster_words.answer(result)} The dots as they are open their leads; those like with like do not: the"
                " strata below do.",
            ),
            height=290,
            related=_faster_sets(result),
        )
    if result.natural is not None:
        view.paragraphs((faster_words.natural_answer(result.natural, result),))
        _natural_table(frame, result)
    with st.container(key="faster_more", horizontal=True, gap="small"):
        _definition("faster", faster_words.definition(result), (), figure)
    if result.strata:
        with st.expander("The strata"):
            _strata_table(frame, result)


def _faster_sets(result: FasterWins) -> tuple[str, ...]:
    exposures = ("limit_met", "limit_missed") if result.strata else ()
    return (*exposures, "opportunity_by_limit") if result.early else exposures


def _natural_table(frame: Frame, result: FasterWins) -> None:
    natural = result.natural
    if natural is None:
        return
    hit = "won_in_horizon" if result.outcome == "won" else "opportunity_in_horizon"
    rows, keys = [], []
    for words, side, value, wait in (
        ("out of hours", "out_of_hours", natural.out_of_hours, natural.wait_out_of_hours),
        ("in opening hours", "in_hours", natural.in_hours, natural.wait_in_hours),
    ):
        rows.append((
            words, text.duration(wait), value.numerator, value.denominator, text.rate_with_interval(value),
        ))  # fmt: skip
        base = f"mature.timed.{side}"
        keys.append({"Leads": base, faster_words.verb(result).capitalize(): f"{base}.{hit}"})
    schema = {
        "Arrived": pl.String, "Half touched within (wall clock)": pl.String, faster_words.verb(result).capitalize(): pl.Int64,
        "Leads": pl.Int64, "Rate": pl.String,
    }  # fmt: skip
    _table(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="wait_natural",
        alt="Arrivals out of hours and in hours",
        keys=keys,
    )


def _strata_table(frame: Frame, result: FasterWins) -> None:
    """Fast and slow leads of every stratum; a cell opens its leads."""
    picks = [("source", one.source) for one in result.strata]
    rows, keys = [], []
    hits = faster_words.verb(result)
    for number, one in enumerate(result.strata):
        size = one.size_band
        rows.append((
            one.label, controls.shown(one.source), _size(frame, size), one.fast.denominator, one.fast.numerator,
            text.rate(one.fast), one.slow.denominator, one.slow.numerator, text.rate(one.slow),
        ))  # fmt: skip
        own = f"pick:{number}.score_band:{one.score_band}" + (f".size:{size}" if size is not None else "")
        fast, slow = (f"{own}.{result.base_key}.{exposure}" for exposure in ("limit_met", "limit_missed"))
        keys.append({
            "Inside the limit": fast, f"of these {hits}": f"{fast}.{result.hit_key}",
            "Later or never": slow, f"of those {hits}": f"{slow}.{result.hit_key}",
        })  # fmt: skip
    schema = {
        "Score": pl.String, "Source": pl.String, "Company size": pl.String, "Inside the limit": pl.Int64,
        f"of these {hits}": pl.Int64, "Rate inside": pl.String, "Later or never": pl.Int64, f"of those {hits}": pl.Int64,
        "Rate later": pl.String,
    }  # fmt: skip
    table = pl.DataFrame(rows, schema=schema, orient="row")
    if not result.has_size:
        table = table.drop("Company size")
    _table(frame, table, key="wait_strata", alt="Fast and slow leads per stratum", keys=keys, picks=picks)


def _size(frame: Frame, number: int | None) -> str:
    return "" if number is None else size_band_words(number, frame.contract)


def owners(frame: Frame, tier: Tier) -> None:
    """Owners on a funnel plot."""
    view.heading(_of("Owners, and what luck explains", tier))
    result = frame.ask(measure_owners, tier)
    if isinstance(result, Unmeasurable):
        view.paragraphs((result.why, f"What would bring it: {result.column}."))
        return
    view.paragraphs((owners_answer(result),), css="sentence")
    left = (
        f"{text.plural(result.unlisted, 'owner')} with {text.plural(result.unlisted_leads, 'lead')} are counted and not drawn."
        if result.unlisted
        else ""
    )
    view.paragraphs(("Hollow: too few leads to quote. Click a dot to see the owner's leads.", left))
    figure = cache.made(owner_plot, result)
    picks = [("owner", one.owner) for one in result.owners]
    view.figure(
        frame, view.Drawn("owners", "", figure, owners_answer(result)), height=420, picks=picks,
        related=("limit_settled", "limit_met", "limit_missed"),
    )  # fmt: skip
    _definition("owners", OWNERS_METHOD, ("touched_inside_limit",), figure)


def arrivals(frame: Frame, tier: Tier) -> None:
    """Hours of arrival as a map, of leads or of the share touched inside the limit."""
    view.heading(_of("When leads arrive", tier))
    result = frame.ask(measure_arrivals, tier)
    if isinstance(result, Unmeasurable):
        view.paragraphs((result.why, f"What would bring it: {result.column}."))
        return
    view.paragraphs((arrivals_answer(result),), css="sentence")
    first = next(iter(_MAPS))
    kept.restore("map", _MAPS.__contains__, lambda value: "" if value == first else str(value))
    words = st.segmented_control(
        "Map",
        list(_MAPS),
        default=first,
        key="map",
        bind="query-params",
        label_visibility="collapsed",
        required=True,
    )
    kept.remember("map", words)
    shown = _MAPS.get(words, "leads")
    figure = cache.made(arrival_map, result, shown)
    note = "Cells under 30 leads show counts." if shown == "inside" else ""
    view.figure(frame, view.Drawn("arrivals", "", figure, arrivals_answer(result), note=note), height=400)
    outside, inside = result.inside_out_of_hours, result.inside_in_hours
    rows = [
        ("out of hours", result.out_of_hours.numerator, outside.numerator, outside.denominator, text.rate_with_interval(outside)),
        (
            "in opening hours", result.out_of_hours.denominator - result.out_of_hours.numerator, inside.numerator,
            inside.denominator, text.rate_with_interval(inside),
        ),
    ]  # fmt: skip
    keys = [
        {
            "Leads": tier_key(side, tier), "Inside the limit": tier_key(f"{side}.limit_met", tier),
            "Past the limit": tier_key(f"{side}.limit_settled", tier),
        }
        for side in ("out_of_hours", "in_hours")
    ]  # fmt: skip
    schema = {
        "Arrived": pl.String, "Leads": pl.Int64, "Inside the limit": pl.Int64, "Past the limit": pl.Int64,
        "Share inside": pl.String,
    }  # fmt: skip
    _table(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="wait_hours",
        alt=arrivals_answer(result),
        keys=keys,
    )


def delays(frame: Frame) -> None:
    """The system's delay apart from the people's."""
    view.heading("The system's delay and the people's")
    parts = frame.ask(measure_delays)
    if isinstance(parts, Unmeasurable):
        view.paragraphs((parts.why, f"What would bring it: {parts.column}."))
        return
    view.paragraphs((delays_answer(parts),), css="sentence")
    view.paragraphs((_ON_PARTS,))
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str | None]] = []
    for part in parts:
        rows.append(
            (
                part.name,
                part.who,
                part.done,
                part.waiting,
                text.duration(part.median),
                text.duration(part.p90),
            )
        )
        keys.append({"Leads": part.done_key, "Still waiting": part.waiting_key or None})
        for one in part.left_out:
            rows.append((f"not timed there: {one.words}", "", one.leads, None, "", ""))
            keys.append({"Leads": one.key})
    schema = {
        "Part of the way": pl.String, "Whose": pl.String, "Leads": pl.Int64, "Still waiting": pl.Int64, "Half within": pl.String,
        "Nine in ten within": pl.String,
    }  # fmt: skip
    _table(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="wait_parts",
        alt=delays_answer(parts),
        keys=keys,
    )


def _of(words: str, tier: Tier) -> str:
    return words if tier not in TIER_SETS else f"{words}: {TIER_WORDS[tier]}"


def _definition(slug: str, method: str, metrics: tuple[str, ...], figure: go.Figure) -> None:
    if st.button("Definition", key=f"definition_{slug}", type="tertiary"):
        drawers.explanation(method, metrics, figure)


def _table(
    frame: Frame, rows: pl.DataFrame, *, key: str, alt: str, keys: tables.Keys, picks: view.Picks = ()
) -> None:
    """A table whose counts have thousands separators."""
    columns = {
        name: st.column_config.NumberColumn(format="localized")
        for name, kind in rows.schema.items()
        if kind == pl.Int64
    }
    tables.numbers(frame, rows, key=key, alt=alt, keys=keys, picks=picks, columns=columns)
