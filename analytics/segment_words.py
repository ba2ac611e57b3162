"""The words of the mirror: which bands hold the leads and which the wins, how far apart they sit, and which way."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from analytics import formatting as text
from analytics.metrics.compose import rate
from analytics.results import Rate
from analytics.segment_bands import SIZE, UNKNOWN, SegmentBand

NO_LEAN = 0.05
_LITTLE = 0.05
NOUNS = {
    SIZE: ("company size", "sizes"),
    "industry": ("industry", "industries"),
    "country": ("country", "countries"),
    "source": ("source", "sources"),
}
"""One band of a dimension, and its bands, in words."""

Bands = Sequence[SegmentBand]


def share_of_leads(bands: Bands, *part: SegmentBand) -> Rate:
    """The share of some bands in the leads at least one horizon old."""
    return rate(sum(band.mature for band in part), sum(band.mature for band in bands))


def share_of_wins(bands: Bands, *part: SegmentBand) -> Rate:
    """The share of some bands in the wins within the horizon."""
    return rate(sum(band.wins for band in part), sum(band.wins for band in bands))


def in_points(share: float | None) -> str:
    """A gap of shares in whole points, of 100 wins; never rounded to nothing."""
    if share is None:
        return text.DASH
    return text.rounded(share * 100) if share == 0 or share >= 0.0095 else "<1"


def bands_words(distance: float) -> str:
    """A distance over bands without its direction: ``1.3 bands``, ``1 band``."""
    digits = text.rounded(abs(distance), 1).removesuffix(".0")
    return f"{digits}{text.NBSP}band{'' if digits == '1' else 's'}"


def direction_words(direction: float) -> str:
    """Where wins sit against leads: ``1.3 bands up-market``; under 0.05 bands neither way."""
    if abs(direction) < NO_LEAN:
        return "neither up- nor down-market"
    return f"{bands_words(direction)} {'up' if direction > 0 else 'down'}-market"


def times(value: float) -> str:
    """A ratio as ``× 2.4``; under 1 with two decimals."""
    digits = f"{value:.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"
    return f"×{text.NBSP}{digits.rstrip('0').rstrip('.') if '.' in digits else digits}"


def index_words(band: SegmentBand) -> str:
    """A band's share of wins over its share of leads with its interval; counts where it stands on too few leads."""
    wins = rate(band.wins, band.mature)
    if band.index is None or band.index_low is None or band.index_high is None:
        return text.DASH
    if not text.is_quotable(wins):
        return text.rate(wins)
    return f"{times(band.index)} ({times(band.index_low)} to {times(band.index_high)})"


def short(name: str, most: int = 40) -> str:
    """A name from the file, cut where it would fill the sentence."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def ordered_drift(bands: Bands, direction: float) -> str:
    """Half the leads from one end against half the wins from the other end, and how far apart they sit."""
    is_up = direction >= 0
    known = [band for band in bands if band.number != UNKNOWN]
    order = known if is_up else known[::-1]
    near, far = _halves(bands, order)
    low, high = "companies of up to {} people", "companies above {} people"
    leads = low.format(_upper(order[near - 1])) if is_up else high.format(_upper(order[near]))
    wins = high.format(_upper(order[-far - 1])) if is_up else low.format(_upper(order[-far]))
    of_leads = part_words(share_of_leads(bands, *order[:near]), "leads")
    of_wins = part_words(share_of_wins(bands, *order[-far:]), "wins")
    return f"{of_leads} are {leads}, {of_wins} {wins}: wins sit {direction_words(direction)}."


def _halves(bands: Bands, order: list[SegmentBand]) -> tuple[int, int]:
    """How many bands from the start hold half the leads, and from the end half the wins.

    Where the two meet, or half is never reached, the one cut at which the running shares differ most.
    """
    mature, won = sum(band.mature for band in bands), sum(band.wins for band in bands)
    near = _reached([band.mature for band in order], mature)
    far = _reached([band.wins for band in reversed(order)], won)
    if near and far and near + far <= len(order):
        return near, far
    leads, wins = accumulate(band.mature for band in order), accumulate(band.wins for band in order)
    gaps = [held * won - taken * mature for held, taken in zip(leads, wins, strict=True)][:-1]
    cut = gaps.index(max(gaps)) + 1
    return cut, len(order) - cut


def _reached(counts: list[int], total: int) -> int | None:
    """The first number of entries that hold half of the total."""
    return next((number for number, held in enumerate(accumulate(counts), 1) if 2 * held >= total), None)


def _upper(band: SegmentBand) -> str:
    """The largest size of a closed band, by its name ``51–200``."""
    return band.label.rpartition(text.DASH)[2]


def part_words(share: Rate, noun: str) -> str:
    """A share with its noun: ``52 % of the wins``, or ``12 of 24 wins`` where a percentage cannot be quoted."""
    return (
        f"{text.percent(share.value)} of the {noun}"
        if text.is_quotable(share)
        else f"{text.of(share)} {noun}"
    )


def leans_to(direction: float, most: SegmentBand, won: SegmentBand) -> bool:
    """Whether wins lean on average the way in which the band with most wins lies from the one with most leads.

    With two peaks they may not; then the average and the peaks would tell two stories in one sentence.
    """
    return abs(direction) >= NO_LEAN and (direction > 0) == (won.number > most.number)


def alone(bands: Bands, noun: str) -> str:
    """Why there is nothing to compare: one band holds all leads old enough to be judged, or nobody knows theirs."""
    if not any(band.mature for band in bands if band.number != UNKNOWN):
        return f"The {noun} is unknown for all leads old enough to judge"
    return f"All leads old enough to judge stand in one {noun}"


def no_difference(wins: int, overlap: float, nouns: str) -> str:
    """A gap within luck: nothing was seen, which is not to say that nothing is there."""
    return (
        f"With {text.plural(wins, 'win')}, no difference beyond luck can be seen between the {nouns} of the leads and those"
        f" of the wins: {text.in_hundred(overlap)} of 100 overlap."
    )


def peaks_apart(bands: Bands, most: SegmentBand, won: SegmentBand, noun: str) -> str:
    """The band with most leads and the one with most wins, with their shares."""
    leads, wins = share_of_leads(bands, most), share_of_wins(bands, won)
    return (
        f"More leads come from {short(most.label)} ({part_words(leads, 'leads')}) than from any other {noun},"
        f" more wins from {short(won.label)} ({part_words(wins, 'wins')})."
    )


def no_mismatch(overlap: float, line: float, most: str, won: str | None) -> str:
    """A gap beyond luck that is still no mismatch: ``most`` and ``won`` hold most leads and most wins, None the same."""
    shared, luck = text.in_hundred(overlap), text.in_hundred(1 - line)
    if shared == luck:
        start = f"{shared} of 100 overlap, just under what luck alone leaves"
    else:
        amount = "a little less" if 1 - line - overlap < _LITTLE else "less"
        start = f"{shared} of 100 overlap, {amount} than luck alone leaves ({luck} or more)"
    if won is None:
        return f"No mismatch: {start}, but most leads and most wins are alike {most}."
    return f"No mismatch can be shown: {start}. Whether {most} win less than their share and {won} more cannot be told yet."
