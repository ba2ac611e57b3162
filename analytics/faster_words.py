"""What may be said about fast and slow leads: the wording ladder, never a factor, never the raw gap alone."""

from __future__ import annotations

from analytics import formatting as text
from analytics.faster_wins import METHOD, FasterWins
from analytics.results import Rate
from analytics.second_look import Natural

_HETEROGENEOUS = 0.05


def verb(result: FasterWins) -> str:
    """What the outcome is called of several leads."""
    return "won" if result.outcome == "won" else "became opportunities"


def nouns(result: FasterWins) -> tuple[str, str]:
    """One outcome, and several."""
    return ("win", "wins") if result.outcome == "won" else ("opportunity", "opportunities")


def answer(result: FasterWins) -> str:
    """Both comparisons in one sentence, the one as it is and the one like with like, and what follows from them."""
    fast, slow = result.fast, result.slow
    if result.verdict == "cannot tell":
        return f"Cannot tell if faster does better: {text.could_change(result.hits_undated, *nouns(result))}."
    days = text.days(result.horizon_days)
    if result.verdict == "too few":
        return (
            f"Too few leads to compare: {text.plural(fast.denominator, 'lead')} touched inside the limit and"
            f" {text.count(slow.denominator)} not, still open at that moment and followed for {days} after it."
        )
    if result.verdict == "too different" or result.comparison is None:
        share = text.percent(result.comparison.comparable_share) if result.comparison else text.DASH
        return f"Fast and slow leads are too different to compare: only {share} have a counterpart of {_kinds(result)}."
    if result.fast_alike is None or result.slow_alike is None:
        return "Fast and slow leads have no stratum in common."
    raw = (
        f"As they are, {text.percent(fast.value)} of the leads touched inside their limit {verb(result)} within {days},"
        f" and {text.percent(slow.value)} of the others"
    )
    alike = (
        f"like with like, {text.percent(result.fast_alike.value)} and {text.percent(result.slow_alike.value)}"
    )
    return f"{raw}; {alike}: {_conclusion(result)}."


def _conclusion(result: FasterWins) -> str:
    if result.verdict == "fits with speed helping":
        return f"that fits with speed helping ({gap_range(result)}), and is no proof"
    if result.verdict == "slower wins more":
        return (
            f"among like leads the slower ones did better ({gap_range(result)}); this export does not say why"
        )
    if result.verdict == "mostly hot leads first":
        crude = result.comparison.crude_difference.value if result.comparison else None
        alike = result.comparison.standardised_difference if result.comparison else None
        return f"the gap goes from {text.points(crude)} to {text.points(alike)}, mostly because hot leads get called first"
    return f"no difference can be seen ({gap_range(result)})"


def gap_range(result: FasterWins) -> str:
    """The interval of the compared gap in words."""
    gap = result.comparison.risk_difference if result.comparison else None
    if gap is None or gap.low is None or gap.high is None:
        return "its size cannot be told"
    return f"a gap anywhere from {text.points(gap.low)} to {text.points(gap.high)}"


def _kinds(result: FasterWins) -> str:
    kinds = [
        word
        for word, holds in (
            ("score band", result.has_score),
            ("source", result.has_source),
            ("company size", result.has_size),
        )
        if holds
    ]
    if not kinds:
        return "the same kind (the export holds neither score nor source)"
    return f"the same {kinds[0] if len(kinds) == 1 else ', '.join(kinds[:-1]) + ' and ' + kinds[-1]}"


def notes(result: FasterWins) -> tuple[str, ...]:
    """What stands under the sentence: who is compared, and who is left out."""
    comparison = result.comparison
    share = (
        f"{text.percent(comparison.comparable_share)} of {text.plural(comparison.leads, 'lead')} have a counterpart of"
        f" {_kinds(result)}"
        if comparison
        else ""
    )
    chosen = (
        f"opportunities, because only {text.plural(result.wins, 'lead')} won"
        + (
            f" on a known day ({text.count(result.wins_undated)} more without a date)"
            if result.wins_undated
            else ""
        )
        if _is_second_choice(result)
        else ""
    )
    differs = comparison is not None and (comparison.heterogeneity_p or 1.0) < _HETEROGENEOUS
    return (
        share,
        chosen,
        f"left out: {text.count(result.resolved)} already rejected, won or lost when their limit ran out"
        if result.resolved
        else "",
        f"{text.count(result.early)} already an opportunity when their limit ran out, left out"
        if result.early
        else "",
        f"{text.count(result.young)} not followed for {text.days(result.horizon_days)} yet"
        if result.young
        else "",
        f"{text.plural(result.undated, 'lead')} rejected, won or lost without a date {'stays' if result.undated == 1 else 'stay'} in"
        if result.undated
        else "",
        text.not_counted(result.hits_undated, *nouns(result)),
        "the gap is not the same in every stratum: see the strata below" if differs else "",
    )


def _is_second_choice(result: FasterWins) -> bool:
    return result.outcome == "opportunity" and result.knows_wins


def definition(result: FasterWins) -> str:
    """The method with the strength that something unseen would need."""
    if result.e_value is None or result.e_value <= 1.0:
        return METHOD
    return (
        f"{METHOD} E-value (VanderWeele and Ding 2017) of the interval's end nearer to no difference: {result.e_value:.1f}."
        " Something not in this export would have to make leads so many times likelier both to be touched in time and to"
        " end well, beyond score and source, to explain the compared gap away."
    )


def natural_answer(natural: Natural, result: FasterWins) -> str:
    """The second look: arrivals out of hours wait longer for reasons unrelated to intent."""
    waits = (
        f"wait {text.duration(natural.wait_out_of_hours)} by the wall clock at the median, the others"
        f" {text.duration(natural.wait_in_hours)}"
        if natural.wait_out_of_hours is not None
        else f"wait longer (half are never reached in time, of the others half within {text.duration(natural.wait_in_hours)})"
    )
    gap = natural.comparison.risk_difference
    around = (
        f" (a gap anywhere from {text.points(gap.low)} to {text.points(gap.high)} within score bands)"
        if gap and gap.low is not None
        else ""
    )
    ends = {
        "fits with speed helping": f"they did better all the same{around}: that does not fit with speed helping",
        "slower wins more": f"they did worse{around}: that fits with speed helping, and is no proof",
    }
    words = ends.get(natural.verdict, f"no difference can be seen{around}")
    if natural.is_withheld:
        words = f"what follows cannot be told: {text.could_change(natural.undated, *nouns(result))}"
    return (
        f"Second look: leads that arrive out of hours {waits}, for reasons unrelated to their intent."
        f" {_rate(natural.out_of_hours)} of them {verb(result)} within {text.days(result.horizon_days)} of the handoff,"
        f" {_rate(natural.in_hours)} of the others; {words}."
    )


def _rate(value: Rate) -> str:
    return text.percent(value.value)
