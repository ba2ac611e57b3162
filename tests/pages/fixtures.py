"""A hand-written read-out, so that pages and figures are tested on numbers that can be checked by eye."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from analytics.acceptance import Acceptance, WeekOfHandoff
from analytics.plumbing.audit import Audit
from analytics.readout import CohortFacts, Readout
from analytics.results import Rate, Unmeasurable
from analytics.score_bands import ScoreBand, ScoreBands
from analytics.so_far import Lag, SoFar, SoFarRow
from analytics.speed_to_lead import MARKS, ClockReading, SpeedToLead
from analytics.stats.bands import Auc
from analytics.stats.intervals import wilson_interval
from analytics.stats.survival import wait_curve
from analytics.verdict import Judgement, Verdict
from analytics.working_rate import WorkingRate

HOSTILE = "<b>Bold</b> ![x](https://evil.example/x.png) **md** & R&D <img src=x onerror=alert(1)>"


def rate(numerator: int, denominator: int, pending: int = 0) -> Rate:
    """A rate with Wilson's interval."""
    low, high = wilson_interval(numerator, denominator) or (None, None)
    return Rate(numerator, denominator, low, high, pending)


def acceptance() -> Acceptance:
    """13 weeks, the last two partly pending, the very last wholly so."""
    monday = date(2026, 3, 2)
    weeks = []
    sizes = [(52, 33, 45), (61, 37, 50), (48, 26, 38), (57, 35, 46), (66, 36, 52), (59, 38, 49), (55, 30, 44)]
    sizes += [(60, 33, 47), (49, 30, 41), (63, 35, 50), (58, 34, 47), (40, 24, 33), (0, 0, 0)]
    for index, (settled, accepted, decided) in enumerate(sizes):
        pending = {11: 16, 12: 41}.get(index, 0)
        weeks.append(
            WeekOfHandoff(
                monday + timedelta(weeks=index),
                rate(accepted, settled, pending),
                rate(accepted, decided, pending),
                pending,
            )
        )
    settled = sum(size[0] for size in sizes)
    accepted = sum(size[1] for size in sizes)
    decided = sum(size[2] for size in sizes)
    return Acceptance(
        of_settled=rate(accepted, settled, 57),
        of_decided=rate(accepted, decided, 57),
        decided=rate(decided, settled, 57),
        late=14,
        implied=6,
        disqualified_later=9,
        target=0.75,
        window_days=14,
        weeks=tuple(weeks),
    )


def clock(name: str, scale: float, day: int) -> ClockReading:
    """600 touched and 108 never touched leads on one clock."""
    rng = np.random.default_rng(7)
    waits = np.sort((rng.lognormal(9.1, 1.6, 600) * scale).astype(np.int64))
    times, events = np.unique(waits, return_counts=True)
    horizon = 90 * day
    curve = wait_curve(
        np.concatenate([times, [horizon]]), np.concatenate([events, [0]]), np.concatenate([0 * events, [108]])
    )
    assert curve is not None
    marks = dict(zip(MARKS, (300, 3600, 14400, day, 3 * day), strict=True))
    low, high = curve.quantile_interval(0.5)
    return ClockReading(
        clock="working" if name == "working" else "wall",
        curve=curve,
        touched_only_median=float(np.median(waits)),
        median=curve.quantile(0.5),
        median_low=low,
        median_high=high,
        p75=curve.quantile(0.75),
        p90=curve.quantile(0.9),
        p95=curve.quantile(0.95),
        p99=curve.quantile(0.99),
        touched_within={mark: curve.share_by(seconds) for mark, seconds in marks.items()},
        mark_seconds=marks,
    )


def speed() -> SpeedToLead:
    return SpeedToLead(
        leads=725,
        touched=600,
        never_touched=108,
        touched_before_handoff=17,
        inside_limit=rate(391, 702, 6),
        inside_limit_target=0.8,
        limit_minutes_high=60,
        limit_minutes_standard=240,
        working=clock("working", 1.0, 28_800),
        wall=clock("wall", 3.2, 86_400),
        undated=0,
        bounds=None,
    )


def working_rate() -> WorkingRate:
    touches = (
        (0, 24),
        (1, 31),
        (2, 38),
        (3, 35),
        (4, 30),
        (5, 22),
        (6, 38),
        (7, 27),
        (8, 14),
        (9, 6),
        (10, 3),
        (11, 1),
        (12, 2),
    )
    return WorkingRate(
        rate=rate(125, 271, 18),
        full_by_touches=82,
        full_by_engagement=43,
        no_touch_recorded=24,
        touches=touches,
        cadence_touches=6,
        cadence_channels=2,
        cadence_days=14,
        target=0.8,
        is_undated=False,
    )


def score_bands() -> ScoreBands:
    rows = [
        (0, "0–19", 96, 1),
        (1, "20–39", 168, 4),
        (2, "40–59", 214, 14),
        (3, "60–79", 152, 21),
        (4, "80+", 71, 17),
    ]
    bands = [
        ScoreBand(number, label, label, leads, rate(won, leads), rate(2 * won, leads))
        for number, label, leads, won in rows
    ]
    bands.append(ScoreBand(-1, "no score", "no score", 24, rate(2, 24), rate(3, 24)))
    return ScoreBands(
        bands=tuple(bands),
        verdict="ordered",
        outcome="won",
        auc=Auc(0.742, 0.03, 0.03, 0.683, 0.801),
        horizon_days=90,
        is_equal_count=False,
        unmeasurable=None,
    )


def so_far(dimension: str = "source") -> SoFar:
    rows = (
        SoFarRow("Webinar", 302, 160, 95, 41, 22, 30, 410_000.0, 198_000.0),
        SoFarRow(HOSTILE, 221, 131, 50, 33, 19, 20, 372_000.0, 150_500.0),
        SoFarRow("Partner", 160, 96, 30, 28, 16, 11, 290_000.0, 120_000.0),
        SoFarRow(None, 42, 20, 12, 4, 2, 3, 51_000.0, 12_000.0),
    )
    return SoFar(
        total=SoFarRow(None, 725, 407, 187, 106, 59, 64, 1_123_000.0, 480_500.0),
        dimension=dimension,
        rows=rows,
        days_to_decision=Lag(594, 4.0, 5.2, 12.0, 0),
        days_to_won=Lag(59, 48.0, 51.3, 79.0, 1),
        has_decisions=True,
        has_outcomes=True,
        has_amounts=True,
    )


def cohort(leads: int = 725, filters: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> CohortFacts:
    return CohortFacts(
        starts_on=date(2026, 3, 2),
        ends_on=date(2026, 5, 31),
        leads=leads,
        maturity=Rate(leads, leads),
        without_clock=3,
        as_of=datetime.fromisoformat("2026-08-29T06:00:00"),
        zone="Europe/Berlin",
        filters=filters,
        why="leads handed off 180 to 90 days before the extract",
    )


def readout(dimension: str = "source") -> Readout:
    """Everything measurable."""
    return Readout(cohort(), acceptance(), speed(), working_rate(), score_bands(), so_far(dimension))


def unmeasurable_readout() -> Readout:
    """What a bare export gives: scores, nothing else."""
    bands = ScoreBands(
        (), "cannot tell", "won", None, 90, False, "Wins cannot be measured from this export.", "won date"
    )
    return Readout(
        cohort(),
        Unmeasurable("This export does not say which leads sales accepted.", "acceptance date"),
        Unmeasurable("This export does not say when leads were first touched.", "first human touch"),
        Unmeasurable("This export holds no touches.", "number of touches"),
        bands,
        so_far(),
    )


def empty_readout() -> Readout:
    """A selection without a lead."""
    nobody = Rate(0, 0)
    bands = ScoreBands((), "cannot tell", "won", None, 90, False, None)
    none = Lag(0, None, None, None, 0)
    return Readout(
        cohort(0, (("source", (HOSTILE,)),)),
        Acceptance(nobody, nobody, nobody, 0, 0, 0, 0.75, 14, ()),
        Unmeasurable("No lead is in this selection."),
        WorkingRate(nobody, 0, 0, 0, (), 6, 2, 14, 0.8, False),
        bands,
        SoFar(SoFarRow(None, 0, 0, 0, 0, 0, 0, 0.0, 0.0), "source", (), none, none, True, True, True),
    )


def judgement() -> Judgement:
    """A sound record, and a verdict in words that could come from anywhere."""
    return Judgement(
        Audit(725, (), (), ()), Verdict("undecided", "No number is clearly off its target.", (), (), (), "")
    )
