"""Do we sell to whom we market? Where the leads come from against where the wins come from, and one verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import NO_OUTCOME, NO_SIZE, has_opportunities, has_wins, knows_acceptance
from analytics.metrics.compose import journey_relation, rate
from analytics.results import Unmeasurable
from analytics.segment_bands import SIZE, UNKNOWN, SegmentBand, segment_bands, with_undated
from analytics.segment_words import (
    NOUNS,
    alone,
    in_points,
    leans_to,
    no_difference,
    no_mismatch,
    ordered_drift,
    peaks_apart,
    short,
)
from analytics.stats.mismatch import ENOUGH_WINS, Mismatch, MismatchVerdict, mismatch
from analytics.store.manifest import Manifest
from analytics.warehouse import Warehouse

BY: tuple[str, ...] = (SIZE, "industry", "country", "source")
Verdict = MismatchVerdict | Literal["cannot tell"]
Side = Literal["wins", "opportunities", "accepted", "won_amount", "pipeline_amount"]
SIDE_WORDS: dict[Side, str] = {
    "wins": "wins",
    "opportunities": "opportunities",
    "accepted": "accepted leads",
    "won_amount": "won amount",
    "pipeline_amount": "pipeline",
}
METHOD = (
    "Leads at least one horizon old (contract, 90 days by default) are compared with the wins among them inside the"
    " horizon, so that every lead had the same time. The gap is the total variation of the two shares: of 100 wins, so"
    " many would have to come from another band to match the leads; the rest is the overlap, and the direction is the"
    " mean band of the wins minus that of the leads. Wins are some of the leads, so luck means drawing that many leads"
    " blindly (20,000 times): 95 of 100 such draws stay under the chance line. A mismatch needs all three: a gap above"
    " that line, most leads and most wins in different bands, and of these the first surely below and the second surely"
    " above its fair share (Wilson 1927, 95 %); under 20 wins of known band nothing is said. A size given as a range"
    " counts by its middle; unknown is a band of its own, outside direction and peaks; beyond 40 values the smallest are"
    " tested as one. An amount counts once per opportunity, in the band of its first lead. A win without a date cannot be"
    " placed inside the horizon and is not counted; where counting all of them would change the verdict, it is withheld."
)
_NO_VALUE = {
    "industry": Unmeasurable("The export does not say in which industry the companies are.", "the industry"),
    "country": Unmeasurable("The export does not say in which country the companies are.", "the country"),
    "source": Unmeasurable("The export does not say where the leads come from.", "the lead source"),
}


@dataclass(frozen=True, slots=True)
class Segments:
    """The mirror of one dimension.

    ``bands`` in order, unknown last. ``is_ordered``: sizes have an order, so ``direction_bands`` (mean band of the
    wins minus mean band of the leads, positive up-market) can be said. ``total_variation``, ``overlap``,
    ``chance_p95`` and ``chance_mean`` lie in [0, 1]; None without a win or within one band. ``verdict`` is None where
    the export knows no wins or all leads stand in one band. ``modal_leads``, ``modal_wins``: numbers of the known bands
    with most leads and wins. ``ranges`` leads carry a size given as a range. ``ripe_on``: the day on which the youngest
    lead has had its horizon, None when all have. ``sides``: what the right side of the mirror can show. ``undated``
    wins of full age carry no date and are not counted; the verdict is "cannot tell" where counting them would change
    what is said.
    """

    dimension: str
    is_ordered: bool
    bands: tuple[SegmentBand, ...]
    leads: int
    mature: int
    accepted: int
    opportunities: int
    wins: int
    total_variation: float | None
    overlap: float | None
    chance_p95: float | None
    chance_mean: float | None
    direction_bands: float | None
    verdict: Verdict | None
    modal_leads: int | None
    modal_wins: int | None
    ranges: int
    ripe_on: date | None
    horizon_days: int
    sides: tuple[Side, ...]
    undated: int = 0

    @property
    def known_wins(self) -> int:
        """Wins whose band is known: the verdict asks for 20 of them."""
        return sum(band.wins for band in self.bands if band.number != UNKNOWN)

    @property
    def is_above_chance(self) -> bool:
        """Whether the gap exceeds what luck gives in 95 of 100 cases."""
        return is_beyond_luck(self.total_variation, self.chance_p95)


def is_beyond_luck(gap: float | None, line: float | None) -> bool:
    """Whether a gap exceeds its chance line; equal up to rounding is still luck."""
    return gap is not None and line is not None and gap > line + 1e-12


def measure_segments(warehouse: Warehouse, cohort: Cohort, dimension: str = SIZE) -> Segments | Unmeasurable:
    """Leads and wins per band of a dimension, how far they lie apart, and what luck alone would give.

    Definition: product section "The numbers", row segment mismatch; statistics and their source: ``stats.mismatch``.
    """
    manifest = cohort.manifest
    missing = obstacle(manifest, dimension)
    if missing:
        return missing
    bands = segment_bands(warehouse, cohort, dimension)
    found = compared(bands, is_ordered=dimension == SIZE) if has_wins(manifest) else None
    ranges, ripe_at = warehouse.run(
        "SELECT count(*) FILTER (WHERE is_size_range), max(handoff_at) FILTER (WHERE NOT is_mature) + $horizon"
        f" FROM {journey_relation(warehouse, cohort)}",
        cohort.params,
    ).row(0)
    return Segments(
        dimension=dimension,
        is_ordered=dimension == SIZE,
        bands=_with_index(bands, found),
        leads=sum(band.leads for band in bands),
        mature=sum(band.mature for band in bands),
        accepted=sum(band.accepted for band in bands),
        opportunities=sum(band.opportunities for band in bands),
        wins=sum(band.wins for band in bands),
        total_variation=found.total_variation if found else None,
        overlap=found.overlap if found else None,
        chance_p95=found.chance_p95 if found else None,
        chance_mean=found.chance_mean if found else None,
        direction_bands=found.direction_bands if found else None,
        verdict=_verdict(manifest, bands, found, is_ordered=dimension == SIZE),
        modal_leads=_number(bands, found.modal_lead_band if found else None),
        modal_wins=_number(bands, found.modal_win_band if found else None),
        ranges=int(ranges) if dimension == SIZE else 0,
        ripe_on=local_day(ripe_at, cohort.zone),
        horizon_days=cohort.contract.horizon_days,
        sides=known_sides(manifest),
        undated=sum(band.wins_undated for band in bands) if has_wins(manifest) else 0,
    )


def obstacle(manifest: Manifest, dimension: str) -> Unmeasurable | None:
    """Why the mirror of a dimension cannot be drawn from this export; None where it can."""
    if dimension == SIZE and not manifest.has("employees"):
        return NO_SIZE
    if dimension != SIZE and not manifest.has(dimension):
        return _NO_VALUE[dimension]
    return None if known_sides(manifest) else NO_OUTCOME


def known_sides(manifest: Manifest) -> tuple[Side, ...]:
    """What the right side of the mirror can show, the first one by default."""
    wins, opportunities = has_wins(manifest), has_wins(manifest) or has_opportunities(manifest)
    has_amounts = manifest.has("amount")
    known: tuple[tuple[Side, bool], ...] = (
        ("wins", wins),
        ("opportunities", opportunities),
        ("accepted", knows_acceptance(manifest)),
        ("won_amount", wins and has_amounts),
        ("pipeline_amount", opportunities and has_amounts),
    )
    return tuple(side for side, is_known in known if is_known)


def compared(bands: Iterable[SegmentBand], *, is_ordered: bool) -> Mismatch | None:
    """The statistics of the bands' mature leads against their wins; None without a win or within one band."""
    listed = tuple(bands)
    known = [band for band in listed if band.number != UNKNOWN]
    unknown = next(((band.mature, band.wins) for band in listed if band.number == UNKNOWN), None)
    leads, wins = [band.mature for band in known], [band.wins for band in known]
    return mismatch(leads, wins, ordered=is_ordered, unknown=unknown) if known else None


def _with_index(bands: tuple[SegmentBand, ...], found: Mismatch | None) -> tuple[SegmentBand, ...]:
    """The bands with their representation."""
    if found is None:
        return bands
    known = iter(found.index)
    indices = [found.unknown_index if band.number == UNKNOWN else next(known) for band in bands]
    return tuple(
        replace(band, index=index.value, index_low=index.low, index_high=index.high) if index else band
        for band, index in zip(bands, indices, strict=True)
    )


def _verdict(
    manifest: Manifest, bands: tuple[SegmentBand, ...], found: Mismatch | None, *, is_ordered: bool
) -> Verdict | None:
    """The rule's verdict; where nothing can be compared, too few wins outrank a single band.

    Withheld where counting the wins without a date would change what is said.
    """
    if not has_wins(manifest):
        return None
    if not found:
        return "not enough wins" if sum(band.wins for band in bands) < ENOUGH_WINS else None
    if found.verdict == "not enough wins" or not any(band.wins_undated for band in bands):
        return found.verdict
    other = compared(with_undated(bands), is_ordered=is_ordered)
    return found.verdict if other and _said(other) == _said(found) else "cannot tell"


def _said(found: Mismatch) -> tuple[object, ...]:
    """What the sentence rests on: the verdict, whether the gap is luck, and for a mismatch which way it goes."""
    if found.verdict != "mismatch":
        return found.verdict, is_beyond_luck(found.total_variation, found.chance_p95)
    way = found.modal_win_band if found.direction_bands is None else found.direction_bands > 0
    return found.verdict, way


def _number(bands: tuple[SegmentBand, ...], place: int | None) -> int | None:
    """The number of a known band by its place among the known ones."""
    known = [band.number for band in bands if band.number != UNKNOWN]
    return None if place is None else known[place]


def local_day(moment: datetime | None, zone: str) -> date | None:
    """The day of a moment (naive UTC) in a zone."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() if moment else None


def answer(result: Segments) -> str:
    """The sentence of the mirror: a drift only where the verdict is a mismatch, and never a blame."""
    noun, nouns = NOUNS[result.dimension]
    if not result.mature:
        when = f" until {text.day(result.ripe_on)}" if result.ripe_on else ""
        return f"None of these leads has had its {result.horizon_days} days yet: too young to judge{when}."
    if "wins" not in result.sides:
        return (
            "The export does not say which leads were won, so nobody can say whether wins come from where the leads do."
            f" The mirror shows {SIDE_WORDS[result.sides[0]]} instead."
        )
    if result.verdict == "not enough wins":
        known = f" of known {noun}" if result.known_wins < result.wins else ""
        return f"{text.plural(result.known_wins, 'win')}{known}: not enough wins to say. The mirror speaks from {ENOUGH_WINS} on."
    if result.verdict is None:
        return f"{alone(result.bands, noun)}: there is nothing to compare."
    if result.verdict == "cannot tell":
        why = text.could_change(result.undated, "win")
        return f"Cannot tell if wins come from the {nouns} the leads come from: {why}."
    if result.verdict == "mismatch":
        gap, luck = in_points(result.total_variation), in_points(result.chance_p95)
        return f"{_drift(result)} The gap is {gap}{text.NBSP}points; luck alone would give up to {luck}."
    if not result.is_above_chance:
        return no_difference(result.wins, result.overlap or 0.0, nouns)
    most, won = _members(result, result.modal_leads), _members(result, result.modal_wins)
    return no_mismatch(result.overlap or 0.0, result.chance_p95 or 0.0, most, None if most == won else won)


def notes(result: Segments) -> tuple[str, ...]:
    """What the sentence stands on: how many leads and wins, what is too young, unknown or a range."""
    young, days = result.leads - result.mature, result.horizon_days
    unknown = sum(band.leads for band in result.bands if band.number == UNKNOWN)
    ripe = f", too young to judge until {text.day(result.ripe_on)}" if result.ripe_on else ""
    wins = f", {text.plural(result.wins, 'win')} within {days} days" if "wins" in result.sides else ""
    of_all = (
        "all leads"
        if unknown == result.leads
        else f"{text.percent(rate(unknown, result.leads).value)} of the leads"
    )
    return (
        "a targeting decision, not a handoff fix" if result.verdict == "mismatch" else "",
        f"{text.plural(result.mature, 'lead')} at least {days} days old{wins}",
        text.not_counted(result.undated, "win"),
        f"{text.plural(young, 'younger lead')} left out{ripe}" if young else "",
        f"{NOUNS[result.dimension][0]} unknown for {of_all}" if unknown else "",
        f"{text.plural(result.ranges, 'size')} given as a range, placed by the middle"
        if result.ranges
        else "",
    )


def _drift(result: Segments) -> str:
    most, won = _band(result, result.modal_leads), _band(result, result.modal_wins)
    direction = result.direction_bands or 0.0
    if result.is_ordered and leans_to(direction, most, won):
        return ordered_drift(result.bands, direction)
    return peaks_apart(result.bands, most, won, NOUNS[result.dimension][0])


def _members(result: Segments, number: int | None) -> str:
    label = _band(result, number).label
    return f"companies of {label} people" if result.is_ordered else f"leads from {short(label)}"


def _band(result: Segments, number: int | None) -> SegmentBand:
    return next(band for band in result.bands if band.number == number)
