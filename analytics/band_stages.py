"""Does the score still sort? Accepted, opportunity and won per score band, each with its own verdict and reading."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import NO_ACCEPTANCE, NO_OPPORTUNITIES, NO_SCORE, NO_WINS, knows_acceptance
from analytics.metrics.compose import counting_query, rate
from analytics.results import Rate, Unmeasurable
from analytics.score_bands import ScoreBand, is_order_open, measure_score_bands
from analytics.stats.bands import (
    Auc,
    Inversion,
    OrderVerdict,
    auc_from_bands,
    inversions,
    isotonic_fit,
    order_verdict,
)
from analytics.warehouse import Warehouse

LEAST = 30
"""Fewer scored leads of full age than this are too few for any verdict."""
NO_BAND = -1
_MATURE = 0.9

METHOD = (
    "Every lead stands in the band of its score at handoff. Counted are leads at least one horizon old (contract,"
    " default 90 days): how many of them sales accepted, how many became an opportunity and how many were won within"
    " the horizon, each with Wilson's 95 % interval. The score sorts when it ranks a lead that made it above one that"
    " did not clearly more often than a coin (area under the ROC curve of the bands, DeLong's interval). Two"
    " neighbouring bands count as the wrong way round only when Newcombe's interval of their difference, after Holm's"
    " correction for all neighbours, excludes zero. The thin line is the closest fit that never falls (isotonic"
    " regression). Only leads that were passed to sales are seen, so the ranking is not comparable with a vendor's"
    " own figure. An outcome without a date cannot be placed inside the horizon and is not counted; where counting"
    " all of them would change the verdict, it is withheld."
)


class Outcome(StrEnum):
    """What a lead can make of itself within the horizon, from the first stage to the last."""

    ACCEPTED = "accepted"
    OPPORTUNITY = "opportunity"
    WON = "won"


VERB = {Outcome.ACCEPTED: "were accepted", Outcome.OPPORTUNITY: "became opportunities", Outcome.WON: "won"}
NOUNS = {
    Outcome.ACCEPTED: ("acceptance", "acceptances"),
    Outcome.OPPORTUNITY: ("opportunity", "opportunities"),
    Outcome.WON: ("win", "wins"),
}
KEYS = {Outcome.ACCEPTED: "band_accepted", Outcome.OPPORTUNITY: "band_opportunity", Outcome.WON: "band_won"}
"""Lead set of a band's leads that made it, by outcome; the number of the band follows the colon."""
WHOLE = {
    Outcome.ACCEPTED: "mature_accepted",
    Outcome.OPPORTUNITY: "opportunity_in_horizon",
    Outcome.WON: "won_in_horizon",
}
"""The same over all bands."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One outcome over the bands.

    ``rates`` are of mature leads, one per band of the result, "no score" last; ``overall`` is of all mature leads.
    ``fit`` is the rising sequence closest to the scored bands' rates, None for a band without mature leads.
    ``inversions`` name scored bands by their number. ``missing`` says why the export cannot give this outcome; its
    rates then count nothing and the verdict is "cannot tell". ``undated`` per band: mature leads that made it on an
    unknown day, outside the rates. ``is_withheld``: with all of them counted the verdict would be another one, so it
    is "cannot tell" and no inversion is named.
    """

    outcome: Outcome
    rates: tuple[Rate, ...]
    overall: Rate
    fit: tuple[float | None, ...]
    verdict: OrderVerdict
    auc: Auc | None
    inversions: tuple[Inversion, ...]
    missing: Unmeasurable | None = None
    undated: tuple[int, ...] = ()
    is_withheld: bool = False

    @property
    def confirmed(self) -> tuple[Inversion, ...]:
        """The neighbours that stand the wrong way round beyond luck."""
        return tuple(pair for pair in self.inversions if pair.is_confirmed)


@dataclass(frozen=True, slots=True)
class BandStages:
    """All bands from the lowest to the highest score, "no score" last, and each stage over them, acceptance first.

    ``leads`` counts the whole cohort, ``mature`` its leads at least one horizon old, ``scored`` those of the mature
    ones that have a score.
    """

    bands: tuple[ScoreBand, ...]
    stages: tuple[Stage, ...]
    leads: int
    mature: int
    scored: int
    horizon_days: int
    is_equal_count: bool

    def stage(self, outcome: Outcome) -> Stage:
        """The stage of an outcome."""
        return next(one for one in self.stages if one.outcome is outcome)

    @property
    def measurable(self) -> tuple[Outcome, ...]:
        """The outcomes that this export can give, from the first stage to the last; at least one."""
        return tuple(one.outcome for one in self.stages if one.missing is None)

    @property
    def is_mature(self) -> bool:
        """Whether nine in ten leads of the cohort have had the whole horizon."""
        return self.mature >= _MATURE * self.leads


def measure_band_stages(warehouse: Warehouse, cohort: Cohort) -> BandStages | Unmeasurable:
    """Every stage per score band on mature leads, with its verdict by the order of ``order_verdict``.

    Unmeasurable: no score column, or neither acceptance, opportunities nor wins.
    """
    manifest = cohort.manifest
    if not manifest.has("score"):
        return NO_SCORE
    base = measure_score_bands(warehouse, cohort)
    missing = {
        Outcome.ACCEPTED: None if knows_acceptance(manifest) else NO_ACCEPTANCE,
        Outcome.OPPORTUNITY: None if base.has_opportunities else NO_OPPORTUNITIES,
        Outcome.WON: None if base.has_wins else NO_WINS,
    }
    if all(missing.values()):
        return missing[Outcome.WON] or NO_WINS
    accepted = _accepted(warehouse, cohort)
    rates = {
        Outcome.ACCEPTED: tuple(rate(accepted.get(band.number, 0), band.mature) for band in base.bands),
        Outcome.OPPORTUNITY: tuple(band.opportunity for band in base.bands),
        Outcome.WON: tuple(band.won for band in base.bands),
    }
    undated = {
        Outcome.ACCEPTED: (0,) * len(base.bands),
        Outcome.OPPORTUNITY: tuple(band.opportunity_undated for band in base.bands),
        Outcome.WON: tuple(band.won_undated for band in base.bands),
    }
    return BandStages(
        bands=base.bands,
        stages=tuple(_stage(one, rates[one], missing[one], undated[one]) for one in Outcome),
        leads=sum(band.leads for band in base.bands),
        mature=sum(band.mature for band in base.bands),
        scored=sum(band.mature for band in base.bands if band.number != NO_BAND),
        horizon_days=base.horizon_days,
        is_equal_count=base.is_equal_count,
    )


def _accepted(warehouse: Warehouse, cohort: Cohort) -> dict[int, int]:
    """Band number -> mature leads that sales accepted."""
    rows = warehouse.run_once(cohort.table, counting_query(cohort, ["mature_accepted"], "score_band")).rows()
    return {int(number): int(leads) for number, leads in rows}


def _stage(
    outcome: Outcome, rates: tuple[Rate, ...], missing: Unmeasurable | None, undated: tuple[int, ...] = ()
) -> Stage:
    """A stage from its rates; the last of them is of the leads without a score, outside the order."""
    hits = np.array([one.numerator for one in rates[:-1]], dtype=np.int64)
    total = np.array([one.denominator for one in rates[:-1]], dtype=np.int64)
    overall = rate(sum(one.numerator for one in rates), sum(one.denominator for one in rates))
    is_judged = missing is None and int(total.sum()) >= LEAST
    is_withheld = is_judged and is_order_open(hits.tolist(), undated[:-1] or (0,) * hits.size, total.tolist())
    return Stage(
        outcome=outcome,
        rates=rates,
        overall=overall,
        fit=_fit(rates[:-1]),
        verdict=order_verdict(hits, total) if is_judged and not is_withheld else "cannot tell",
        auc=auc_from_bands(total - hits, hits) if is_judged else None,
        inversions=tuple(inversions(hits, total)) if is_judged and not is_withheld else (),
        missing=missing,
        undated=undated,
        is_withheld=is_withheld,
    )


def _fit(rates: tuple[Rate, ...]) -> tuple[float | None, ...]:
    """The isotonic fit of the scored bands, weighted by their leads."""
    seen = [(place, one.value, one.denominator) for place, one in enumerate(rates) if one.value is not None]
    heights = isotonic_fit([value for _, value, _ in seen], [weight for _, _, weight in seen])
    fitted = dict(zip((place for place, _, _ in seen), heights.tolist(), strict=True))
    return tuple(fitted.get(place) for place in range(len(rates)))


# --- reading


def answer(result: BandStages, outcome: Outcome) -> str:
    """Whether the score sorts this outcome, by its best and lowest band and how often it picks the right lead."""
    stage = result.stage(outcome)
    if result.scored < LEAST:
        return (
            f"Too few leads to judge the score: {text.plural(result.scored, 'lead')} with a score"
            f" {'has' if result.scored == 1 else 'have'} had {text.days(result.horizon_days)} so far; come back at {LEAST}."
        )
    if stage.is_withheld:
        why = text.could_change(sum(stage.undated), *NOUNS[outcome])
        return f"{_verdict(stage)}: {why}. By the dated ones, {_extremes(result, stage)}."
    confirmed = _inversions(result, stage)
    told = confirmed or _extremes(result, stage)
    return f"{_verdict(stage)}: {told}{_picks(stage)}."


def _verdict(stage: Stage) -> str:
    what = {Outcome.ACCEPTED: " what sales accepts", Outcome.OPPORTUNITY: " opportunities", Outcome.WON: ""}
    more = {
        Outcome.ACCEPTED: "is not accepted more often",
        Outcome.OPPORTUNITY: "does not bring more opportunities",
        Outcome.WON: "does not win more",
    }
    if stage.verdict == "ordered":
        return f"The score still sorts{what[stage.outcome]}"
    if stage.verdict == "not ordered":
        return f"A higher score {more[stage.outcome]}"
    return f"Cannot tell{'' if stage.is_withheld else ' yet'} if the score sorts{what[stage.outcome]}"


def _inversions(result: BandStages, stage: Stage) -> str:
    """The confirmed wrong-way pair with the widest gap, and how many more there are."""
    if not stage.confirmed:
        return ""
    worst = min(stage.confirmed, key=lambda pair: pair.difference)
    upper, lower = (_spoken(result, stage, number) for number in (worst.upper, worst.lower))
    more = len(stage.confirmed) - 1
    further = f", and {text.plural(more, 'more pair')} of neighbours the wrong way round" if more else ""
    return f"{upper}, yet {lower}{further}"


def extremes(result: BandStages, outcome: Outcome) -> tuple[int, ...]:
    """Numbers of the highest and the lowest scored band that can be quoted, highest first; fewer where there are not two."""
    rates = result.stage(outcome).rates
    scored = [number for number, one in enumerate(rates[:-1]) if one.denominator]
    quotable = [number for number in scored if text.is_quotable(rates[number])]
    named = quotable if len(quotable) > 1 else scored
    return tuple(dict.fromkeys((named[-1], named[0]))) if named else ()


def _extremes(result: BandStages, stage: Stage) -> str:
    return ", ".join(_spoken(result, stage, number) for number in extremes(result, stage.outcome))


def _spoken(result: BandStages, stage: Stage, number: int) -> str:
    """One band as it is said: ``80+ won 23 in 100 (16–32)``."""
    band, rates = result.bands[number].label, in_hundred(stage.rates[number])
    return (
        f"{band} won {rates}" if stage.outcome is Outcome.WON else f"of {band}, {rates} {VERB[stage.outcome]}"
    )


def in_hundred(value: Rate) -> str:
    """A rate as times in 100 with its interval, or its counts where there are too few to quote."""
    if not text.is_quotable(value):
        return text.rate(value)
    return f"{text.in_hundred(value.value)} in 100 ({_bare(value.low, value.high)})"


def _bare(low: float | None, high: float | None) -> str:
    return text.percent_range(low, high).removesuffix(f"{text.NBSP}%")


def picks(auc: Auc | None) -> str:
    """How often the score ranks the right lead above the other: ``74 times in 100 (68–80)``; empty when unknown."""
    if auc is None:
        return ""
    return f"{text.in_hundred(auc.value)} times in 100 ({_bare(auc.low, auc.high)})"


def _picks(stage: Stage) -> str:
    """What the ranking says; a coin gets it right 50 times in 100."""
    if stage.auc is None:
        none = stage.overall.numerator == 0
        word = {Outcome.ACCEPTED: "was accepted", Outcome.OPPORTUNITY: "became one", Outcome.WON: "won"}
        return f"; {'none' if none else 'every lead'} {word[stage.outcome]}, so nothing can be ranked"
    who = {
        Outcome.ACCEPTED: "the accepted lead over the other",
        Outcome.OPPORTUNITY: "the opportunity over the other lead",
        Outcome.WON: "the winner over the non-winner",
    }
    coin = ", where a coin gets 50" if stage.verdict != "ordered" else ""
    return f"; it picks {who[stage.outcome]} {picks(stage.auc)}{coin}"


def notes(result: BandStages, outcome: Outcome) -> tuple[str, ...]:
    """What stands outside the rates (too young, no score, no date), and dips that luck alone can bring."""
    young = result.leads - result.mature
    unscored = next(band.leads for band in result.bands if band.number == NO_BAND)
    stage = result.stage(outcome)
    luck = [pair for pair in stage.inversions if not pair.is_confirmed]
    return (
        f"of {text.plural(result.mature, 'lead')} at least {text.days(result.horizon_days)} old",
        f"{text.plural(young, 'lead')} still too young to judge" if young else "",
        f"{text.plural(unscored, 'lead')} without a score" if unscored else "",
        text.not_counted(sum(stage.undated), *NOUNS[outcome]),
        f"{text.plural(len(luck), 'pair')} of neighbours {'dips' if len(luck) == 1 else 'dip'} within luck"
        if luck
        else "",
        "bands of equal counts, as scores lie outside 0 to 100" if result.is_equal_count else "",
    )
