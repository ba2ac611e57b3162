"""Are accepted leads worked? Full cadence of accepted leads whose cadence window has passed."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.cohort import Cohort
from analytics.measurable import has_channels, is_cadence_undated, obstacle
from analytics.metrics.compose import count_sets, metric_rate, relation
from analytics.results import Rate, Unmeasurable
from analytics.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class WorkingRate:
    """Full cadence / accepted leads with a settled cadence window.

    ``touches`` maps the number of human touches in the window (capped at twice the cadence) to settled accepted
    leads; ``full_by_touches`` of ``rate.numerator`` made the cadence by touches and channels, the others by a
    response, meeting or opportunity after a touch. ``is_undated``: from an undated touch count, so "at most";
    ``is_channel_unknown``: the export does not say over how many channels, so "at most" as well. ``not_known`` leads have
    a blank touch count: they count as not worked, and are named.
    """

    rate: Rate
    full_by_touches: int
    full_by_engagement: int
    no_touch_recorded: int
    touches: tuple[tuple[int, int], ...]
    cadence_touches: int
    cadence_channels: int
    cadence_days: int
    target: float
    is_undated: bool
    is_channel_unknown: bool = False
    not_known: int = 0


def measure_working_rate(warehouse: Warehouse, cohort: Cohort) -> WorkingRate | Unmeasurable:
    """Full cadence of accepted leads; closing or answering early does not settle a lead before its window ends."""
    why = obstacle(cohort.manifest, "working_rate")
    if why is not None:
        return why
    contract = cohort.contract
    counts = count_sets(
        warehouse,
        cohort,
        ("cadence_settled", "cadence_full", "cadence_by_touches", "cadence_pending"),
    )
    most = 2 * contract.cadence_touches
    histogram = warehouse.run(
        f"SELECT CASE WHEN cadence_touches > $most THEN $most ELSE cadence_touches END AS touches, count(*) AS leads "
        f"FROM {relation(cohort)} WHERE is_cadence_settled GROUP BY 1 ORDER BY 1",
        {"most": most},
    ).rows()
    untouched = sum(leads for touches, leads in histogram if touches == 0)
    return WorkingRate(
        rate=metric_rate(counts, "working_rate"),
        full_by_touches=counts["cadence_by_touches"],
        full_by_engagement=counts["cadence_full"] - counts["cadence_by_touches"],
        no_touch_recorded=untouched,
        touches=tuple((int(touches), int(leads)) for touches, leads in histogram),
        cadence_touches=contract.cadence_touches,
        cadence_channels=contract.cadence_channels,
        cadence_days=contract.cadence_days,
        target=contract.target_working_rate,
        is_undated=is_cadence_undated(cohort.manifest),
        is_channel_unknown=contract.cadence_channels > 1 and not has_channels(cohort.manifest),
        not_known=_blank(warehouse, cohort),
    )


def _blank(warehouse: Warehouse, cohort: Cohort) -> int:
    """Leads that may have been worked: only an undated count can be blank, dated touches are listed or they are not."""
    if not is_cadence_undated(cohort.manifest):
        return 0
    return count_sets(warehouse, cohort, ("cadence_unknown",))["cadence_unknown"]
