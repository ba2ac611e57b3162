"""The three answers about drift in plain words, one sentence each, and the sentence on top."""

from __future__ import annotations

from analytics import formatting as text
from analytics.band_stages import LEAST, NOUNS, VERB, Outcome, in_hundred, picks
from analytics.periods import Unit
from analytics.score_drift import LEAST_HITS, Period, ScoreDrift, ranked

_WORDS = {
    Unit.MONTH: ("month", "months"),
    Unit.QUARTER: ("quarter", "quarters"),
    Unit.WEEK: ("week", "weeks"),
}


def answer(result: ScoreDrift) -> str:
    """The three answers in one breath: what moved, what did not, what cannot be told yet."""
    if not result.quotable:
        leads = sum(one.scored for one in result.periods)
        return f"Too few leads to see any drift: {text.plural(leads, 'lead')} with a score; come back at {LEAST} a period."
    parts = {
        "moved": _listed(result, "moved"),
        "held": _listed(result, "not beyond luck"),
        "open": _listed(result, "cannot tell"),
        "withheld": _joined([_NAMES[one] for one in result.withheld]),
    }
    told = []
    if parts["moved"]:
        told.append(f"{parts['moved']} moved")
    if parts["held"]:
        told.append(f"{parts['held']} did not move beyond luck")
    if parts["open"]:
        told.append(
            f"for {parts['open']} it is too early to tell"
            if told
            else f"Too early to tell for {parts['open']}"
        )
    if parts["withheld"]:
        why = text.could_change(result.undated, *NOUNS[result.outcome])
        told.append(
            f"{'for' if told else 'cannot tell for'} {parts['withheld']}{' it cannot be told' if told else ''}: {why}"
        )
        sentence = "; ".join(told)
        return f"{sentence[0].upper()}{sentence[1:]}."
    sentence = "; ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}: {_evidence(result)}."


_NAMES = {"scores": "the scores", "ranking": "the ranking", "rates": "the bands\u2019 rates"}


def _listed(result: ScoreDrift, wanted: str) -> str:
    """The questions with that answer; one that is withheld for want of dates stands apart."""
    found = {"scores": result.scores, "ranking": result.ranking, "rates": result.rates}
    return _joined(
        [_NAMES[one] for one, told in found.items() if told == wanted and one not in result.withheld]
    )


def _joined(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]} and {names[2]}"


def _evidence(result: ScoreDrift) -> str:
    """The one figure a leader would ask for: the ranking then and now, else the share of leads in another band."""
    compared = ranked(result.judged)
    if compared:
        first, last = compared[0], compared[-1]
        then = f"the score picked right {picks(first.auc)} in {first.label}"
        return then if first is last else f"{then}, {picks(last.auc)} in {last.label}"
    first, last = result.quotable[0], result.quotable[-1]
    if first is last:
        return f"only {first.label} has {LEAST} scored leads"
    return f"{_share(result)} leads stand in another band in {last.label} than in {first.label}"


def _share(result: ScoreDrift) -> str:
    return f"{text.in_hundred(result.mix_change)} of 100"


def scores(result: ScoreDrift) -> str:
    """Did the scores themselves move?"""
    _, many = _WORDS[result.unit]
    if len(result.quotable) < 2:
        return f"Cannot tell if the scores moved: it takes two {many} with {LEAST} scored leads each."
    first, last = result.quotable[0], result.quotable[-1]
    change = f"{_share(result)} leads stand in another band in {last.label} than in {first.label}"
    if result.scores == "moved":
        return f"The scores moved: {change}, and over all {many} that is more than luck brings."
    return f"The scores have not moved beyond luck: {change}, which is what {many} of this size differ by anyway."


def ranking(result: ScoreDrift) -> str:
    """Did the ranking move?"""
    if "ranking" in result.withheld:
        return (
            f"Cannot tell if the ranking moved: {text.could_change(result.undated, *NOUNS[result.outcome])}."
        )
    compared = ranked(result.judged)
    _, many = _WORDS[result.unit]
    if len(compared) < 2:
        return (
            f"Cannot tell if the ranking moved: it takes two {many} of full age with {LEAST_HITS} leads that"
            f" {VERB[result.outcome]} and {LEAST_HITS} that did not."
        )
    first, last = compared[0], compared[-1]
    then = f"the score picked right {picks(first.auc)} in {first.label} and {picks(last.auc)} in {last.label}"
    if result.ranking == "moved":
        return f"The ranking moved: {then}."
    return f"The ranking has not moved beyond luck: {then}."


def rates(result: ScoreDrift) -> str:
    """Did a band's rate move?"""
    if "rates" in result.withheld:
        why = text.could_change(result.undated, *NOUNS[result.outcome])
        return f"Cannot tell if a band\u2019s rate moved: {why}."
    _, many = _WORDS[result.unit]
    if result.rates == "cannot tell":
        return (
            f"Cannot tell if a band\u2019s rate moved: no band has {LEAST} leads of full age in two {many}."
        )
    if not result.moves:
        return f"No band\u2019s rate moved beyond luck over the {text.plural(len(result.judged), *_WORDS[result.unit])} of full age."
    told = "; ".join(
        f"of {result.bands[move.band]}, {in_hundred(move.first)} {VERB[result.outcome]} at first and {in_hundred(move.last)} at last"
        for move in result.moves[:2]
    )
    more = len(result.moves) - 2
    return f"A band\u2019s rate moved: {told}{f', and {more} more' if more > 0 else ''}."


def notes(result: ScoreDrift) -> tuple[str, ...]:
    """Which periods stay out of judgement and since when they could be judged, and which leads stand in no rate."""
    young = [one for one in result.periods if one.judged_on is not None and one.leads]
    few = [one for one in result.periods if one.judged_on is None and 0 < one.mature < LEAST]
    return (
        _young(young),
        f"too few to judge: {_names(few)}" if few else "",
        f"{text.plural(result.unscored, 'lead')} without a score" if result.unscored else "",
        text.not_counted(result.undated, *NOUNS[result.outcome]),
    )


def _young(young: list[Period]) -> str:
    """The periods too young to judge, and when the last of them comes of age."""
    dates = [one.judged_on for one in young if one.judged_on is not None]
    return f"too young to judge until {text.day(max(dates))}: {_names(young)}" if dates else ""


def _names(found: list[Period]) -> str:
    names = [one.label for one in found]
    return ", ".join(names) if len(names) < 4 else f"{names[0]} to {names[-1]}"


def outcome_words(outcome: Outcome) -> str:
    """What a lead did that reached the outcome."""
    return {Outcome.ACCEPTED: "accepted", Outcome.OPPORTUNITY: "opportunity", Outcome.WON: "won"}[outcome]
