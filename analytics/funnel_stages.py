"""The nested stages of a cohort by the extract time: how many leads reached each, and who left in between."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.cohort import Cohort
from analytics.measurable import (
    NO_ACCEPTANCE,
    NO_OPPORTUNITIES,
    NO_WINS,
    has_opportunities,
    has_wins,
    knows_acceptance,
    knows_first_touch,
    knows_losses,
    knows_rejections,
)
from analytics.metrics.catalog import selection_of
from analytics.metrics.compose import journey_relation, rate
from analytics.results import Rate, Unmeasurable
from analytics.warehouse import Warehouse

HANDED_OFF, ACCEPTED, OPPORTUNITY, WON = "handed_off", "accepted", "opportunity", "won"
LABELS = {
    HANDED_OFF: "Passed to sales",
    ACCEPTED: "Accepted by sales",
    OPPORTUNITY: "Opportunity",
    WON: "Won",
}
STAGE_KEYS = {
    HANDED_OFF: "leads",
    ACCEPTED: "so_far_accepted",
    OPPORTUNITY: "reached_opportunity",
    WON: "so_far_won",
}
SKIPPED_KEYS = {ACCEPTED: "skipped_acceptance", OPPORTUNITY: "skipped_opportunity"}


@dataclass(frozen=True, slots=True)
class Exit:
    """Leads of a stage that did not go on to the next one. ``is_open``: they still may; ``key`` opens them."""

    slug: str
    label: str
    leads: int
    key: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One nested stage, by the extract time. ``leads`` is None where ``unmeasurable`` says why.

    ``touched``: leads of the stage with a recorded touch at or after the handoff, None where touches are unknown.
    ``of_previous`` is the share of ``previous``, the nearest earlier stage that can be measured; None for the first.
    ``skipped``: leads that are here only by implication of a later stage. ``exits`` are the leads that did not go on
    to the next measurable stage; with that stage they add up to ``leads``. ``key`` opens the stage's leads.
    """

    slug: str
    label: str
    key: str
    leads: int | None
    touched: int | None
    of_all: Rate | None
    of_previous: Rate | None
    previous: str
    skipped: int
    exits: tuple[Exit, ...]
    unmeasurable: Unmeasurable | None


def measure_stages(warehouse: Warehouse, cohort: Cohort) -> tuple[Stage, ...]:
    """Every stage in order, measured or with the reason why it cannot be; all in one scan."""
    obstacles = _obstacles(cohort)
    known = [slug for slug in LABELS if obstacles[slug] is None]
    exits = _exits(known, knows_rejections(cohort.manifest), knows_losses(cohort.manifest))
    wanted = {STAGE_KEYS[slug] for slug in LABELS} | set(SKIPPED_KEYS.values())
    wanted |= {f"{STAGE_KEYS[slug]}.is_touched" for slug in LABELS}
    wanted |= {one[2] for parts in exits.values() for one in parts}
    counts = count_keys(warehouse, cohort, wanted)
    knows_touch = knows_first_touch(cohort.manifest)
    return tuple(_stage(slug, known, obstacles[slug], counts, exits, knows_touch) for slug in LABELS)


def count_keys(warehouse: Warehouse, cohort: Cohort, keys: Iterable[str]) -> dict[str, int]:
    """Evidence key (of sets without values) -> its leads, all in one scan; the keys are constants of this package."""
    wanted = sorted(set(keys))
    columns = ", ".join(
        f"count(*) FILTER (WHERE {selection_of(key).predicate}) AS key_{number}"
        for number, key in enumerate(wanted)
    )
    row = warehouse.run_once(
        cohort.table, f"SELECT {columns} FROM {journey_relation(warehouse, cohort)}"
    ).row(0)
    return {key: int(leads) for key, leads in zip(wanted, row, strict=True)}


def _obstacles(cohort: Cohort) -> dict[str, Unmeasurable | None]:
    manifest = cohort.manifest
    return {
        HANDED_OFF: None,
        ACCEPTED: None if knows_acceptance(manifest) else NO_ACCEPTANCE,
        OPPORTUNITY: None if has_opportunities(manifest) else NO_OPPORTUNITIES,
        WON: None if has_wins(manifest) else NO_WINS,
    }


_NOT_YET = {ACCEPTED: "not accepted so far", OPPORTUNITY: "no opportunity so far", WON: "not won so far"}
_REST = {ACCEPTED: "so_far_undecided", OPPORTUNITY: "not_opportunity", WON: "not_won"}
_ExitPlan = tuple[str, str, str, bool]


def _exits(known: list[str], has_rejections: bool, has_losses: bool) -> dict[str, tuple[_ExitPlan, ...]]:
    """Stage -> (slug, label, key, whether still open) of those that did not go on to the next measurable stage.

    Where losses are not known, nobody is counted as lost and the rest is not called open.
    """
    found: dict[str, tuple[_ExitPlan, ...]] = {}
    for slug, following in itertools.pairwise(known):
        rest = "still open" if has_losses else _NOT_YET[following]
        if slug == HANDED_OFF:
            plans = _exits_of_passed(following, has_rejections, has_losses, rest)
        elif slug == ACCEPTED and following == OPPORTUNITY:
            plans = (
                ("lost", "lost without one", "accepted_lost", False),
                ("disqualified", "disqualified later", "accepted_disqualified", False),
                ("open", rest, "open_accepted", True),
            )
        elif slug == ACCEPTED:
            stem = "so_far_accepted.not_won.not_lost"
            plans = (
                ("lost", "lost", "so_far_accepted.not_won.stage_lost", False),
                ("disqualified", "disqualified later", f"{stem}.disqualified_any", False),
                ("open", rest, f"{stem}.not_disqualified", True),
            )
        else:
            plans = (("lost", "lost", "opportunity_lost", False), ("open", rest, "open_opportunity", True))
        found[slug] = tuple(plan for plan in plans if has_losses or plan[0] != "lost")
    return found


def _exits_of_passed(
    following: str, has_rejections: bool, has_losses: bool, rest: str
) -> tuple[_ExitPlan, ...]:
    if following == ACCEPTED:
        rejected: tuple[_ExitPlan, ...] = (("rejected", "rejected", "so_far_rejected", False),)
        words = "no decision" if has_rejections else "not accepted so far"
        lost = "lost without a decision" if has_rejections else "lost, never accepted"
        return (
            *(rejected if has_rejections else ()),
            ("lost", lost, "so_far_undecided.stage_lost", False),
            ("undecided", words, "so_far_undecided.not_lost" if has_losses else "so_far_undecided", True),
        )
    stem = f"{_REST[following]}.not_rejected"
    return (
        *(
            (("rejected", "rejected", f"{_REST[following]}.so_far_rejected", False),)
            if has_rejections
            else ()
        ),
        ("lost", "lost", f"{stem}.stage_lost", False),
        ("open", rest, f"{stem}.not_lost", True),
    )


def _stage(
    slug: str,
    known: list[str],
    unmeasurable: Unmeasurable | None,
    counts: dict[str, int],
    exits: dict[str, tuple[_ExitPlan, ...]],
    knows_touch: bool,
) -> Stage:
    key = STAGE_KEYS[slug]
    if unmeasurable is not None:
        return Stage(slug, LABELS[slug], key, None, None, None, None, "", 0, (), unmeasurable)
    place = known.index(slug)
    previous = known[place - 1] if place else ""
    leads = counts[key]
    return Stage(
        slug=slug,
        label=LABELS[slug],
        key=key,
        leads=leads,
        touched=counts[f"{key}.is_touched"] if knows_touch else None,
        of_all=rate(leads, counts["leads"]),
        of_previous=rate(leads, counts[STAGE_KEYS[previous]]) if previous else None,
        previous=previous,
        skipped=counts[SKIPPED_KEYS[slug]] if slug in SKIPPED_KEYS else 0,
        exits=tuple(
            Exit(one, words, counts[opens], opens, is_open)
            for one, words, opens, is_open in exits.get(slug, ())
        ),
        unmeasurable=None,
    )
