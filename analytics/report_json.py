"""The read-out as JSON: the keys that scripts rely on. Rates in [0, 1], durations in minutes, None = not reached."""

from __future__ import annotations

from typing import Any

from analytics.readout import Readout
from analytics.results import Rate, Unmeasurable
from analytics.so_far import Lag, SoFar, SoFarRow
from analytics.speed_to_lead import ClockReading
from analytics.store.manifest import Manifest


def snapshot_json(manifest: Manifest) -> dict[str, Any]:
    """The ``snapshot`` object: what was imported, counted so that rows_read = leads + duplicates + rejected + footers."""
    return {
        "fingerprint": manifest.fingerprint,
        "files": [
            {"name": file.name, "role": file.role, "sha256": file.sha256, "rows_read": file.rows_read,
             "rows_used": file.rows_used, "set_aside": file.set_aside}
            for file in manifest.files
        ],
        "rows_read": manifest.rows_read,
        "leads": manifest.leads,
        "duplicates": manifest.duplicates,
        "rejected": manifest.rejected,
        "footers": manifest.footers,
        "without_clock": manifest.without_clock,
        "as_of": manifest.as_of.isoformat() + "Z",
        "as_of_source": manifest.as_of_source,
        "zone": manifest.zone,
        "clock_starts_at": manifest.clock_starts_at,
        "columns": manifest.columns,
        "notices": [{"code": notice.code, "sentence": notice.sentence, "count": notice.count} for notice in manifest.notices],
    }  # fmt: skip


def readout_json(manifest: Manifest, readout: Readout) -> dict[str, Any]:
    """The whole read-out; a number that cannot be measured is ``{"unmeasurable": why}``."""
    cohort = readout.cohort
    return {
        "snapshot": snapshot_json(manifest),
        "cohort": {
            "from": cohort.starts_on.isoformat() if cohort.starts_on else None,
            "to": cohort.ends_on.isoformat() if cohort.ends_on else None,
            "leads": cohort.leads,
            "maturity": cohort.maturity.value,
            "mature": cohort.maturity.numerator,
            "without_clock": cohort.without_clock,
            "zone": cohort.zone,
            "filters": {name: list(values) for name, values in cohort.filters},
            "why": cohort.why,
        },
        "acceptance_rate": _acceptance(readout),
        "speed_to_lead": _speed(readout),
        "working_rate": _working_rate(readout),
        "score_bands": _score_bands(readout),
        "so_far": _so_far(readout),
    }


def _rate(rate: Rate, *, pending: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {"numerator": rate.numerator, "denominator": rate.denominator}
    if pending:
        found["pending"] = rate.pending
    return found | {"value": rate.value, "low": rate.low, "high": rate.high}


def _unmeasurable(number: Unmeasurable) -> dict[str, Any]:
    return {"unmeasurable": number.why, "column": number.column}


def _acceptance(readout: Readout) -> dict[str, Any]:
    number = readout.acceptance
    if isinstance(number, Unmeasurable):
        return _unmeasurable(number)
    twin = number.twin_unmeasurable
    return _rate(number.of_settled) | {
        "decided": _unmeasurable(twin) if twin else _rate(number.of_decided, pending=False),
        "share_decided": _unmeasurable(twin) if twin else _rate(number.decided, pending=False),
        "late": number.late,
        "implied": number.implied,
        "disqualified_later": number.disqualified_later,
        "target_of_decided": number.target,
    }


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _clock(reading: ClockReading) -> dict[str, Any]:
    return {
        "touched_only_median_minutes": _minutes(reading.touched_only_median),
        "median_minutes": _minutes(reading.median),
        "median_low_minutes": _minutes(reading.median_low),
        "median_high_minutes": _minutes(reading.median_high),
        "p75_minutes": _minutes(reading.p75),
        "p90_minutes": _minutes(reading.p90),
        "p95_minutes": _minutes(reading.p95),
        "p99_minutes": _minutes(reading.p99),
        "touched_within": {
            mark: share.value if share else None for mark, share in reading.touched_within.items()
        },
    }


def _speed(readout: Readout) -> dict[str, Any]:
    number = readout.speed
    if isinstance(number, Unmeasurable):
        return _unmeasurable(number)
    found: dict[str, Any] = {
        "leads": number.leads,
        "touched": number.touched,
        "never_touched": number.never_touched,
        "touched_before_handoff": number.touched_before_handoff,
        "working": _clock(number.working),
        "wall": _clock(number.wall),
        "touched_inside_limit": _rate(number.inside_limit),
        "undated": number.undated,
    }
    if number.bounds:
        bounds = number.bounds
        found["bounds"] = {
            "median_minutes": [_minutes(bounds.median_best), _minutes(bounds.median_worst)],
            "touched_within_4h": [bounds.within_4h_best, bounds.within_4h_worst],
        }
    return found


def _working_rate(readout: Readout) -> dict[str, Any]:
    number = readout.working_rate
    if isinstance(number, Unmeasurable):
        return _unmeasurable(number)
    return _rate(number.rate) | {
        "full_by_touches": number.full_by_touches,
        "full_by_engagement": number.full_by_engagement,
        "undated_at_most": number.is_undated,
        "channels_unknown_at_most": number.is_channel_unknown,
    }


def _score_bands(readout: Readout) -> dict[str, Any]:
    """``value``, ``low`` and ``high`` are about wins; all null, as ``won``, where the export does not know wins."""
    number = readout.score_bands
    unknown = Rate(0, 0)
    found: dict[str, Any] = {
        "verdict": number.verdict,
        "outcome": number.outcome,
        "auc": {"value": number.auc.value, "low": number.auc.low, "high": number.auc.high} if number.auc else None,
        "bands": [
            {
                "band": band.interval, "leads": band.leads, "mature": band.mature,
                "opportunities": band.opportunity.numerator if number.has_opportunities else None,
                "won": band.won.numerator if number.has_wins else None,
                "value": won.value, "low": won.low, "high": won.high,
            }
            for band in number.bands
            for won in (band.won if number.has_wins else unknown,)
        ],
    }  # fmt: skip
    if number.unmeasurable:
        found |= {"unmeasurable": number.unmeasurable, "column": number.unmeasurable_column}
    return found


def _so_far(readout: Readout) -> dict[str, Any]:
    number = readout.so_far
    return _row(number.total, number) | {
        "days_to_decision": _lag(number.days_to_decision),
        "days_to_won": _lag(number.days_to_won),
        "by": number.dimension,
        "groups": [{"value": row.value} | _row(row, number) for row in number.rows],
    }


def _row(row: SoFarRow, so_far: SoFar) -> dict[str, Any]:
    """Counts of a row; None for what no column of the export can say (unknown is not zero)."""
    decided, ended, priced = so_far.has_decisions, so_far.has_outcomes, so_far.has_amounts
    return {
        "leads": row.leads,
        "accepted": row.accepted if decided else None,
        "rejected": row.rejected if decided and so_far.has_rejections else None,
        "undecided": row.undecided if decided and so_far.has_rejections else None,
        "opportunities": row.opportunities,
        "won": row.won if ended else None,
        "lost": row.lost if ended else None,
        "accepted_amount": round(row.accepted_amount, 2) if decided and priced else None,
        "won_amount": round(row.won_amount, 2) if ended and priced else None,
    }


def _lag(lag: Lag) -> dict[str, Any]:
    return {
        "leads": lag.leads,
        "median": lag.median,
        "mean": lag.mean,
        "p90": lag.p90,
        "negative": lag.negative,
    }
