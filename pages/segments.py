"""Do we sell to whom we market? Leads and wins by company size, industry, country or source, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from analytics import accounts as buying_groups
from analytics import formatting as text
from analytics import segments as home
from analytics import segments_over_time as over_time
from analytics.accounts import measure_accounts
from analytics.charts.account_dots import account_dots
from analytics.charts.mirror import band_key, mirror, shown_bands
from analytics.charts.mirror_over_time import mirror_over_time
from analytics.charts.representation import overlap_column, representation
from analytics.results import Rate, Unmeasurable
from analytics.segment_bands import SegmentBand
from analytics.segment_words import in_points, index_words, share_of_leads, share_of_wins
from analytics.segments import BY, SIDE_WORDS, Segments, measure_segments, obstacle
from analytics.segments_over_time import measure_segments_over_time
from pages.ui import below, cache, kept, shell, so_far, tables, view
from pages.ui.shell import Frame

NAMES = {"size_band": "Company size", "industry": "Industry", "country": "Country", "source": "Source"}
SIDES = {side: words[:1].upper() + words[1:] for side, words in SIDE_WORDS.items()}
RATES = ("won_in_horizon", "opportunity_in_horizon", "accepted_of_decided", "acceptance_rate")
SETS = ("mature", "won_in_horizon", "mature_won_undated", "opportunity_in_horizon", "immature", "leads")
SIZE_SETS = (*SETS, "size_known", "size_is_range")
_ROW_HEIGHT = 34


def chosen(key: str, options: Sequence[str], usual: str) -> str:
    """What a control stands on; asked before it is drawn, as the answer is above it."""
    kept.restore(key, options.__contains__, lambda value: "" if value == usual else str(value))
    asked = st.session_state.get(key, st.query_params.get(key))
    return asked if asked in options else usual


def dimension_control(usual: str) -> None:
    """By what the mirror is cut; the first dimension that this export has is the usual one."""
    value = st.segmented_control(
        "By",
        list(NAMES.values()),
        default=usual,
        key="mirror",
        bind="query-params",
        label_visibility="collapsed",
        required=True,
    )
    kept.remember("mirror", value)


def side_control(sides: list[str]) -> None:
    """What stands on the right of the mirror."""
    value = st.selectbox(
        "Right side",
        sides,
        key="against",
        bind="query-params",
        label_visibility="collapsed",
        filter_mode=None,
        width=260,
    )
    kept.remember("against", value)


def picks_of(result: Segments) -> view.Picks:
    """The values behind the bands of an unordered dimension, in the order in which they are drawn."""
    if result.is_ordered:
        return ()
    return [(result.dimension, tuple(value or "" for value in band.values)) for band in shown_bands(result)]


def main(frame: Frame) -> Segments | None:
    """Answer, controls, mirror and overlap; what was measured, None where it cannot be."""
    usual = NAMES[next((one for one in BY if obstacle(frame.manifest, one) is None), BY[0])]
    asked = chosen("mirror", list(NAMES.values()), usual)
    result = frame.ask(measure_segments, next(field for field, name in NAMES.items() if name == asked))
    if isinstance(result, Unmeasurable):
        view.answer("This export cannot say whether wins come from where the leads do.")
        dimension_control(usual)
        view.cannot(result)
        return None
    sides = {SIDES[side]: side for side in result.sides}
    side = sides[chosen("against", list(sides), SIDES[result.sides[0]])]
    sentence, by = home.answer(result), NAMES[result.dimension].lower()
    view.answer(sentence, *home.notes(result))
    drawn = view.Drawn(
        "mirror", f"Leads and {SIDE_WORDS[side]} by {by}", cache.made(mirror, result, side),
        f"Share of leads and share of {SIDE_WORDS[side]} by {by}. {sentence}",
        note=f"leads at least {result.horizon_days} days old, outcomes within {result.horizon_days} days",
    )  # fmt: skip
    related = SIZE_SETS if result.is_ordered else SETS
    with view.tools(
        frame, "segments", view.Definition(home.METHOD, ("won_in_horizon",)), drawn, related=related
    ):
        dimension_control(usual)
        side_control(list(sides))
    overlap = view.Drawn(
        "overlap",
        "Overlap, against luck",
        cache.made(overlap_column, result),
        f"{text.in_hundred(result.overlap)} of 100 wins overlap with the leads.",
    )
    can_tell = result.verdict in {"mismatch", "no mismatch"}
    view.figures(frame, *((drawn, overlap) if can_tell else (drawn,)), picks=picks_of(result))
    return result


def further(frame: Frame, result: Segments | None) -> None:
    """Below the fold."""
    if result is not None and result.mature:
        represented(frame, result)
        moved(frame, result)
    grouped(frame)
    if result is not None:
        listed(frame, result)
    below.breakdown(frame, RATES)
    below.comparison(frame, RATES)


def represented(frame: Frame, result: Segments) -> None:
    """Each band against its fair share."""
    bands = [band for band in shown_bands(result) if band.index is not None]
    if not bands:
        return
    view.heading(
        "Who wins more than their share?",
        "A band's share of the wins over its share of the leads: 1 is its fair share. Dots clear of 1 are dark; hollow"
        " ones stand on under 30 leads."
        + (f" {text.not_counted(result.undated, 'win')}." if result.undated else ""),
    )
    drawn = view.Drawn(
        "representation",
        "",
        cache.made(representation, result),
        "Share of wins over share of leads, per band",
    )
    view.figure(frame, drawn, height=90 + _ROW_HEIGHT * max(3, len(bands)), picks=picks_of(result))


def moved(frame: Frame, result: Segments) -> None:
    """The gap period by period."""
    found = frame.ask(measure_segments_over_time, result.dimension)
    if isinstance(found, Unmeasurable):
        return
    view.heading("Does the gap grow?")
    view.paragraphs((over_time.answer(found),), "sentence")
    longer = "" if frame.request.is_whole_file else " Choose the whole file for a longer view."
    view.paragraphs((over_time.notes(found) + longer,))
    if any(not one.is_few and one.total_variation is not None for one in found.periods):
        view.figure(
            frame,
            view.Drawn("gap", "", cache.made(mirror_over_time, found), over_time.answer(found)),
            height=340,
        )
    rows = [
        (one.label, one.leads, one.mature, one.wins, over_time.reading(one), in_points(one.chance_p95))
        for one in found.periods
    ]
    key = found.unit.value
    keys = [
        {
            "Leads": f"{key}:{one.number}",
            "Old enough": f"{key}:{one.number}.mature",
            "Wins": f"{key}:{one.number}.won_in_horizon",
        }
        for one in found.periods
    ]
    schema = {
        key.capitalize(): pl.String, "Leads": pl.Int64, "Old enough": pl.Int64, "Wins": pl.Int64, "Gap": pl.String,
        "Luck alone, up to": pl.String,
    }  # fmt: skip
    tables.numbers(
        frame, pl.DataFrame(rows, schema=schema, orient="row"), key="gaps", alt="The gap by period", keys=keys
    )


def grouped(frame: Frame) -> None:
    """Several people of one company as one buying group."""
    found = frame.ask(measure_accounts)
    if isinstance(found, Unmeasurable):
        view.heading(
            "How many companies are these leads?", f"{found.why} What would bring it: {found.column}."
        )
        return
    view.heading("How many companies are these leads?")
    view.paragraphs((buying_groups.answer(found),), "sentence")
    view.paragraphs((" · ".join(filter(None, buying_groups.notes(found))),))
    drawn = view.Drawn("accounts", "", cache.made(account_dots, found), buying_groups.answer(found))
    view.figure(frame, drawn, height=400)
    view.paragraphs((buying_groups.METHOD,))
    rows = [
        (one.label, text.count(one.accounts), one.leads, one.settled_leads, _told(one.accepted), one.mature_leads,
         _told(one.opportunity), text.percent(one.expected), _told(one.won))
        for one in found.groups
    ]  # fmt: skip
    keys = [
        {"Leads": one.key, "Settled leads": f"{one.key}.settled", "Leads old enough": f"{one.key}.mature"}
        for one in found.groups
    ]
    schema = {
        "Contacts passed": pl.String, "Accounts": pl.String, "Leads": pl.Int64, "Settled leads": pl.Int64,
        "Accounts accepted": pl.String, "Leads old enough": pl.Int64, "Accounts with an opportunity": pl.String,
        "Separate leads alone": pl.String, "Accounts won": pl.String,
    }  # fmt: skip
    tables.numbers(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="accounts",
        alt="Outcomes by contacts passed",
        keys=keys,
    )


def _told(rate: Rate) -> str:
    """A rate over accounts with its counts."""
    return f"{text.of(rate)} · {text.rate_with_interval(rate)}" if text.is_quotable(rate) else text.rate(rate)


def listed(frame: Frame, result: Segments) -> None:
    """The mirror as a table."""
    view.heading(f"By {NAMES[result.dimension].lower()}")
    bands = shown_bands(result)
    rows = [_row(result, band) for band in bands]
    sets = {
        "Leads": "leads", "Old enough": "mature", "Accepted": "mature_accepted", "Opportunities": "opportunity_in_horizon",
        "Wins": "won_in_horizon",
    }  # fmt: skip
    keys = [
        {column: band_key(result, place, band, slug) for column, slug in sets.items()}
        for place, band in enumerate(bands)
    ]
    tables.numbers(
        frame,
        pl.DataFrame(rows),
        key="mirror_table",
        alt="Leads, wins and their shares by band",
        keys=keys,
        picks=picks_of(result),
    )


def _row(result: Segments, band: SegmentBand) -> dict[str, str | int]:
    row: dict[str, str | int] = {
        NAMES[result.dimension]: band.label,
        "Leads": band.leads,
        "Old enough": band.mature,
        "Share of leads": text.rate_with_interval(share_of_leads(result.bands, band)),
    }
    if "accepted" in result.sides:
        row["Accepted"] = band.accepted
    if "opportunities" in result.sides:
        row["Opportunities"] = band.opportunities
    if "wins" in result.sides:
        row["Wins"] = band.wins
        row["Share of wins"] = text.rate_with_interval(share_of_wins(result.bands, band))
        row["Over its fair share"] = index_words(band)
    if "pipeline_amount" in result.sides:
        row["Pipeline"] = text.money(band.pipeline_amount or 0.0)
    if "won_amount" in result.sides:
        row["Won amount"] = text.money(band.won_amount or 0.0)
    return row


with shell.page("Do we sell to whom we market?", is_view=True) as frame:
    mirrored = None
    if not frame.facts().leads:
        so_far.nothing_selected(frame, frame.facts())
    else:
        mirrored = main(frame)
if frame.facts().leads:
    with shell.below():
        further(frame, mirrored)
