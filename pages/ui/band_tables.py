"""Tables below the fold of the score page: every number of its figures, opened by a click."""

from __future__ import annotations

import polars as pl

from analytics import drift_reading
from analytics import formatting as text
from analytics import threshold_reading as reading
from analytics.band_stages import KEYS, WHOLE, BandStages, Outcome, picks
from analytics.charts.threshold_curve import HIT_SETS, NOUNS
from analytics.score_drift import ScoreDrift
from analytics.threshold import Threshold
from pages.ui import tables, view
from pages.ui.shell import Frame

_COLUMNS = {Outcome.ACCEPTED: "Accepted", Outcome.OPPORTUNITY: "Opportunity", Outcome.WON: "Won"}


def bands(frame: Frame, result: BandStages) -> None:
    """One row per band, and all of them together."""
    rows, keys = [], []
    for place, band in enumerate(result.bands):
        row: dict[str, object] = {"Score": band.label, "Leads": band.leads, "Of full age": band.mature}
        key: dict[str, str | None] = {
            "Leads": f"band_leads:{band.number}", "Of full age": f"band_mature:{band.number}"
        }  # fmt: skip
        for outcome in result.measurable:
            rate = result.stage(outcome).rates[place]
            row |= {
                _COLUMNS[outcome]: rate.numerator,
                f"{_COLUMNS[outcome]} rate": text.rate_with_interval(rate),
            }
            key[_COLUMNS[outcome]] = f"{KEYS[outcome]}:{band.number}"
        rows.append(row)
        keys.append(key)
    total: dict[str, object] = {"Score": "all leads", "Leads": result.leads, "Of full age": result.mature}
    total_key: dict[str, str | None] = {"Leads": "leads", "Of full age": "mature"}
    for outcome in result.measurable:
        overall = result.stage(outcome).overall
        total |= {
            _COLUMNS[outcome]: overall.numerator,
            f"{_COLUMNS[outcome]} rate": text.rate_with_interval(overall),
        }
        total_key[_COLUMNS[outcome]] = WHOLE[outcome]
    tables.numbers(
        frame, pl.DataFrame([*rows, total]), key="bands_table", alt="Every stage per score band", keys=[*keys, total_key]
    )  # fmt: skip


def thresholds(frame: Frame, result: Threshold) -> None:
    """Every tenth threshold from today's line up, and what may lie below it."""
    view.heading("Thresholds side by side", reading.lowering_words(result), _outside(result))
    step = max(1, (len(result.rows) - 1) // 10)
    shown = [
        row
        for place, row in enumerate(result.rows)
        if place == result.base or (place > result.base and place % step == 0 and row.leads)
    ]
    hit, noun = HIT_SETS[result.hit], NOUNS[result.hit]
    rows, keys = [], []
    for row in shown:
        read = reading.read(result, row.score)
        rows.append(
            {
                "Score at least": reading.score_words(row.score), "Leads passed": row.leads,
                "Of today's leads": text.rate(read.leads), f"{noun.capitalize()} kept": result.hits(row),
                f"Of today's {noun}": text.rate_with_interval(read.hits), f"{noun.capitalize()} given up": read.given_up,
                "Accepted of decided": text.rate_with_interval(read.acceptance), "Gate": read.acceptance_gate,
                "Accepted to opportunity": text.rate_with_interval(read.to_opportunity),
                "Second gate": read.opportunity_gate,
            }
        )  # fmt: skip
        keys.append(
            {
                "Leads passed": result.key("from", row.number),
                f"{noun.capitalize()} kept": result.key("from", row.number, hit),
                f"{noun.capitalize()} given up": result.key(
                    "below", row.number, result.key("from", result.today.number, hit)
                ),
            }
        )
    tables.numbers(frame, pl.DataFrame(rows), key="thresholds", alt="Thresholds side by side", keys=keys)


def _outside(result: Threshold) -> str:
    """What the table leaves out."""
    parts = []
    if result.below_base:
        parts.append(f"{reading.outside_words(result)}.")
    if result.unscored:
        verb = "has" if result.unscored == 1 else "have"
        parts.append(
            f"{text.plural(result.unscored, 'lead')} {verb} no score; {text.count(result.unscored_hits)} of them {NOUNS[result.hit]}."
        )
    return " ".join(parts)


def drift(frame: Frame, result: ScoreDrift) -> None:
    """The three sentences, and one row per period."""
    view.heading("Three questions, kept apart")
    view.paragraphs(
        (drift_reading.scores(result), drift_reading.ranking(result), drift_reading.rates(result)), "sentence"
    )
    hits = _COLUMNS[result.outcome]
    rows, keys = [], []
    for one in result.periods:
        unit = f"{result.unit.value}:{one.number}"
        rows.append(
            {
                "Period": one.label, "Leads with a score": one.scored, "Of full age": one.mature, hits: one.hits,
                "Ranking": picks(one.auc), "Stability index": f"{one.shift.value:.3f}" if one.shift else "",
                "Luck stays under": f"{one.shift.limit:.3f}" if one.shift else "",
                "Judged": f"from {text.day(one.judged_on)}" if one.judged_on else "yes" if one.is_judged else text.TOO_FEW,
            }
        )  # fmt: skip
        keys.append(
            {
                "Leads with a score": f"scored.{unit}", "Of full age": f"scored.mature.{unit}",
                hits: f"scored.mature.{_SETS[result.outcome]}.{unit}",
            }
        )  # fmt: skip
    tables.numbers(frame, pl.DataFrame(rows), key="drift_table", alt="Drift period by period", keys=keys)


_SETS = {
    Outcome.ACCEPTED: "mature_accepted",
    Outcome.OPPORTUNITY: "opportunity_in_horizon",
    Outcome.WON: "won_in_horizon",
}
