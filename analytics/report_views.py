"""The views and the verdict as JSON: ``funnel``, ``threshold``, ``rejections``, ``segments`` and ``verdict``."""

from __future__ import annotations

from typing import Any

from analytics.bridge import measure_bridge
from analytics.cohort import Cohort
from analytics.funnel_stages import measure_stages
from analytics.measurable import NO_SCORE, has_opportunities, has_wins, knows_acceptance
from analytics.metrics.compose import counts_of, journey_relation
from analytics.rejections import measure_rejections
from analytics.results import Rate, Unmeasurable
from analytics.segments import measure_segments
from analytics.verdict import Verdict, measure_judgement
from analytics.verdict_evidence import Evidence
from analytics.warehouse import Warehouse

POINTS = 101
_SETS = ("leads", "mature", "mature_accepted", "opportunity_in_horizon", "won_in_horizon")


def views_json(warehouse: Warehouse, cohort: Cohort) -> dict[str, Any]:
    """All objects; what cannot be measured is ``{"unmeasurable": why, "column": what would bring it}``."""
    return {
        "funnel": _funnel(warehouse, cohort),
        "threshold": _threshold(warehouse, cohort),
        "rejections": _rejections(warehouse, cohort),
        "segments": _segments(warehouse, cohort),
        "verdict": _verdict(measure_judgement(warehouse, cohort).verdict),
    }


def _unmeasurable(number: Unmeasurable) -> dict[str, Any]:
    return {"unmeasurable": number.why, "column": number.column}


def _share(rate: Rate | None) -> float | None:
    return rate.value if rate else None


def _funnel(warehouse: Warehouse, cohort: Cohort) -> dict[str, Any]:
    """Nested stages by the extract time; null where the export cannot say. The bridge adds up from its first step."""
    return {
        "stages": [
            {
                "stage": stage.slug, "leads": stage.leads, "touched": stage.touched, "of_all": _share(stage.of_all),
                "of_previous": _share(stage.of_previous), "skipped": stage.skipped,
            }
            for stage in measure_stages(warehouse, cohort)
        ],
        "bridge": [
            {"step": step.slug, "leads": step.leads, "kind": step.kind, "words": step.words}
            for step in measure_bridge(warehouse, cohort).steps
        ],
    }  # fmt: skip


def _threshold(warehouse: Warehouse, cohort: Cohort) -> list[dict[str, Any]] | dict[str, Any]:
    """One row per score from 0 to 100, cumulative from the top; null for outcomes that the export does not know."""
    manifest = cohort.manifest
    if not manifest.has("score"):
        return _unmeasurable(NO_SCORE)
    counted = [[0] * len(_SETS) for _ in range(POINTS)]
    query = (
        f"SELECT CAST(least({POINTS - 1}, floor(score)) AS INTEGER) AS point, {counts_of(_SETS)} "
        f"FROM {journey_relation(warehouse, cohort)} WHERE score >= 0 GROUP BY 1"
    )
    for point, *counts in warehouse.run(query).rows():
        counted[point] = counts
    known = (True, True, knows_acceptance(manifest), has_wins(manifest) or has_opportunities(manifest), has_wins(manifest))  # fmt: skip
    rows, kept = [], [0] * len(_SETS)
    for score in range(POINTS - 1, -1, -1):
        kept = [total + more for total, more in zip(kept, counted[score], strict=True)]
        leads, mature, accepted, opportunities, won = (
            total if is_known else None for total, is_known in zip(kept, known, strict=True)
        )
        rows.append(
            {"score": score, "leads": leads, "mature": mature, "accepted": accepted, "opportunities": opportunities, "won": won}
        )  # fmt: skip
    return rows[::-1]


def _rejections(warehouse: Warehouse, cohort: Cohort) -> dict[str, Any]:
    """Rejected leads by month of handoff and reason, each once; ``stuck`` reasons lead for months and do not fall."""
    result = measure_rejections(warehouse, cohort, "month")
    if isinstance(result, Unmeasurable):
        return _unmeasurable(result)
    return {
        "unit": str(result.unit),
        "period": [
            {"from": period.starts_on.isoformat(), "leads": period.leads, "rejected": period.rejected,
             "reasons": {code: count for code, count in period.reasons if count}}
            for period in result.periods
        ],
        "stuck": list(result.stuck),
    }  # fmt: skip


def _segments(warehouse: Warehouse, cohort: Cohort) -> dict[str, Any]:
    """Company-size bands: ``leads`` of any age, ``wins`` within the horizon of the ``mature`` ones."""
    result = measure_segments(warehouse, cohort)
    if isinstance(result, Unmeasurable):
        return _unmeasurable(result)
    knows_wins = has_wins(cohort.manifest)
    return {
        "bands": [
            {"band": band.label, "leads": band.leads, "mature": band.mature, "wins": band.wins if knows_wins else None}
            for band in result.bands
        ],
        "total_variation": result.total_variation,
        "chance_p95": result.chance_p95,
        "direction_bands": result.direction_bands,
        "verdict": result.verdict,
    }  # fmt: skip


def _verdict(found: Verdict) -> dict[str, Any]:
    """The sentence with its numbers; ``leads`` of an item are those its value is a share of."""
    return {
        "kind": found.kind,
        "sentence": found.sentence,
        "evidence": [_evidence(one) for one in found.evidence],
        "against": [_evidence(one) for one in found.against],
        "others": [{"kind": one.kind, "sentence": one.sentence} for one in found.others],
        "would_change": found.would_change,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "metric": one.metric, "label": one.label, "value": one.rate.value, "low": one.rate.low, "high": one.rate.high,
        "target": one.target, "leads": one.rate.denominator, "words": one.words,
    }  # fmt: skip
