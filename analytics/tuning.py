"""What the council could decide: a channel to retire and a criterion to refine, each only where it is beyond luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics import formatting as text
from analytics.breakdown import measure_breakdown
from analytics.cohort import Cohort
from analytics.definition_trial import Tried, try_definition
from analytics.measurable import has_wins, obstacle
from analytics.results import Rate
from analytics.stats.intervals import newcombe_difference
from analytics.stats.limits import place_groups
from analytics.warehouse import Warehouse

MOST_PROPOSED = 2
METHOD = (
    "At most two proposals. A scenario that somebody flagged for the council comes first. A channel is proposed where its leads"
    " become wins (opportunities where the export knows no wins) less often than all leads of full age together by more than"
    " luck gives among so many channels (exact binomial limits widened by how much channels scatter, one in ten false at most),"
    " the one with the most leads. A criterion of the contract is proposed where, with at least 30 leads of full age on each side,"
    " those that fail it became wins more often than those that pass it by more than luck gives among so many criteria (Newcombe's"
    " interval of the difference, 95 % over all criteria together): it turns the better leads away. These are observed counts;"
    " nothing says what would happen instead."
)
_LEAST = 30


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to decide on.

    Attributes:
        kind: "scenario", "channel" or "criterion".
        title: what would be decided, as a command.
        numbers: what speaks for and against it, a sentence each.
        measure: the trend it should move, and in which ``direction``.
        scenario: the number of the saved scenario, None for the others.
        field, value: what its leads are picked by, empty where they are not of one group.
        key: the lead set that it would touch.
    """

    kind: str
    title: str
    numbers: tuple[str, ...]
    measure: str
    direction: str
    scenario: int | None = None
    field: str = ""
    value: str | None = None
    key: str = "leads"


def measure_proposals(warehouse: Warehouse, cohort: Cohort) -> tuple[Proposal, ...]:
    """A channel and a criterion, as far as there is one; see ``METHOD``."""
    found = (_channel(warehouse, cohort), _criterion(warehouse, cohort))
    return tuple(one for one in found if one is not None)


def together(scenarios: Sequence[Proposal], measured: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The two that are shown: the newest flagged scenario first, then what was measured, at most one of a kind."""
    first = list(scenarios[:1])
    return tuple([*first, *measured][:MOST_PROPOSED])


def _outcome(cohort: Cohort) -> str | None:
    slug = "won_in_horizon" if has_wins(cohort.manifest) else "opportunity_in_horizon"
    return slug if obstacle(cohort.manifest, slug) is None else None


def _channel(warehouse: Warehouse, cohort: Cohort) -> Proposal | None:
    slug = _outcome(cohort)
    if slug is None or not cohort.manifest.has("source"):
        return None
    found = measure_breakdown(warehouse, cohort, "source", (slug,))
    groups = [one for one in found.groups if one.value is not None]
    places = place_groups(
        [one.rates[0].numerator for one in groups], [one.rates[0].denominator for one in groups]
    )
    if places is None:  # no lead is of full age yet
        return None
    total = found.total[0]
    weak = [
        one
        for one, place in zip(groups, places, strict=True)
        if place.is_outside and (one.rates[0].value or 0.0) < (total.value or 0.0) and one.rates[0].denominator >= _LEAST
    ]  # fmt: skip
    worst = max(weak, key=lambda one: one.leads, default=None)
    if worst is None or worst.value is None:
        return None
    own = worst.rates[0]
    won, _ = _words(slug)
    rest = Rate(total.numerator - own.numerator, total.denominator - own.denominator)
    return Proposal(
        "channel",
        f"Retire the source {worst.value}, or change what it passes",
        (
            f"{text.rate_with_interval(own)} of its leads of full age {won} ({text.of(own)}); all others {text.percent(rest.value)} ({text.of(rest)}).",
            (f"It passed {text.plural(worst.leads, 'lead')}, {text.percent(Rate(worst.leads, found.leads).value)} of all;"
            f" {text.plural(own.numerator, 'lead')} that {won} came through it."),
        ),
        "accepted_to_opportunity" if slug.startswith("opportunity") else "win_rate",
        "up",
        field="source",
        value=worst.value,
    )  # fmt: skip


def _criterion(warehouse: Warehouse, cohort: Cohort) -> Proposal | None:
    slug, criteria = _outcome(cohort), cohort.contract.criteria
    if slug is None or not criteria:
        return None
    trial = try_definition(warehouse, cohort, criteria)
    tried = [one for one in trial.tried if not one.why]
    weak = [one for one in tried if _sorts_wrongly(one, len(tried))]
    worst = max(weak, key=lambda one: (one.alone or 0, one.failing.leads), default=None)
    if worst is None:
        return None
    passing, failing = worst.passing.won, worst.failing.won
    won, what = _words(slug)
    alone = f" It alone turns away {text.plural(worst.alone, 'lead')}." if worst.alone else ""
    return Proposal(
        "criterion",
        f"Refine or drop the criterion {worst.criterion.words}",
        (
            (
                f"Leads that fail it {won} {text.rate_with_interval(failing)} of the time ({text.of(failing)}), leads that pass it"
                f" {text.rate_with_interval(passing)} ({text.of(passing)}): it turns the better ones away, beyond luck."
            ),
            (
                f"Of {text.plural(worst.known, 'lead')} that can be checked, {text.count(worst.failing.leads)} fail it.{alone}"
                f" Those that fail it brought {text.plural(failing.numerator, *what)}."
            ),
        ),
        "marketing_sla",
        "up",
        key="definition_missed",
    )


def _sorts_wrongly(one: Tried, many: int) -> bool:
    """Whether leads that fail it fare better beyond luck among so many criteria, with enough on both sides to say so."""
    passing, failing = one.passing.won, one.failing.won
    if passing.denominator < _LEAST or failing.denominator < _LEAST:
        return False
    found = newcombe_difference(
        failing.numerator, failing.denominator, passing.numerator, passing.denominator, 1 - 0.05 / many
    )
    return found is not None and found[1] > 0.0


def _words(slug: str) -> tuple[str, tuple[str, str]]:
    if slug.startswith("won"):
        return "became a win", ("win", "wins")
    return "became an opportunity", ("opportunity", "opportunities")
