"""Where does that show up in the cohort? A name or a plain rule, answered with the matched leads against all the rest."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from analytics import formatting
from analytics.cohort import Cohort
from analytics.errors import RequestError, nearest
from analytics.measurable import NO_FIRST_TOUCH, has_wins, knows_first_touch, obstacle
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import count_sets, counts_of, metric_rate, rate, relation
from analytics.results import Rate
from analytics.rules.conditions import Condition, condition_of
from analytics.rules.fields import vocabulary_of
from analytics.rules.nodes import Node, TextHas, TextIs, mentioned
from analytics.rules.reading import describe
from analytics.rules.syntax import Rule, has_rule_words, parse
from analytics.rules.terms import Vocabulary
from analytics.rules.tokens import MOST_CHARACTERS, RuleError, tokens_of
from analytics.search_contrasts import (
    METHOD,
    WAIT,
    Claim,
    Contrast,
    Judgement,
    WaitContrast,
    judged,
    rate_contrast,
    wait_contrast,
    wait_side,
)
from analytics.search_values import Choice, choices_for, unknown_values
from analytics.stats.survival import WaitCurve, wait_curve
from analytics.warehouse import Warehouse

__all__ = [
    "METHOD",
    "WAIT",
    "Choice",
    "Choices",
    "Found",
    "RuleError",
    "find",
    "find_choice",
    "find_rule",
    "judge",
    "words_of",
]


@dataclass(frozen=True, slots=True)
class Found:
    """The leads that a rule picks, against the rest of the cohort.

    Attributes:
        text: what was typed.
        rule: the rule as understood, for opening its rows.
        reading: the rule in plain words.
        leads: matched leads, of ``of`` leads of the cohort; ``share`` is the same as a rate with its interval.
        unknown: leads for which the export does not say; they count among the rest.
        contrasts: acceptance rate, accepted of decided, touched inside the limit, and won (or became an opportunity)
            within the horizon.
        wait: the median working wait.
        sentence: the answer in words that blame nobody.
        hint: a value of the rule that no lead has, with the nearest ones; else empty.
        others: further readings of a free text.
    """

    text: str
    rule: Rule
    reading: str
    leads: int
    of: int
    unknown: int
    share: Rate
    contrasts: tuple[Contrast, ...]
    wait: WaitContrast
    sentence: str
    hint: str = ""
    others: tuple[Choice, ...] = ()

    @property
    def rest(self) -> int:
        """All other leads of the cohort."""
        return self.of - self.leads

    def contrast(self, metric: str) -> Contrast | WaitContrast:
        """The contrast of a metric's slug, or of ``working_wait``.

        Raises:
            RequestError: the search gives no such number; names the nearest.
        """
        known: dict[str, Contrast | WaitContrast] = {one.slug: one for one in self.contrasts}
        known[WAIT] = self.wait
        if metric not in known:
            near = nearest(metric, known) or "."
            raise RequestError(f"The search gives no number '{metric[:60]}'{near} Known: {', '.join(known)}.")
        return known[metric]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a free text can mean, the likeliest first; no choices: no lead of the cohort has it anywhere."""

    text: str
    choices: tuple[Choice, ...]
    sentence: str


def words_of(cohort: Cohort) -> Vocabulary:
    """The words that rules over this cohort understand, for suggestions on the page."""
    return vocabulary_of(cohort.manifest, cohort.contract, cohort.bands)


def find(warehouse: Warehouse, cohort: Cohort, text: str) -> Found | Choices:
    """The answer to a name or a rule.

    A rule is a text that reads as one (``phone missing and source webinar``); where it matches nobody, or is no rule,
    the text is looked for among companies, campaigns, reps, sources, industries, countries, kept columns and lead
    ids. One value equal to it, or one field that contains it, is answered at once; else the choices come back.

    Raises:
        RuleError: the text was meant as a rule and cannot be understood, or is longer than 300 characters.
    """
    _check(text)
    vocabulary = words_of(cohort)
    try:
        rule = parse(text, vocabulary)
    except RuleError:
        answer = _named(warehouse, cohort, vocabulary, text)
        if not (isinstance(answer, Choices) and not answer.choices):
            return answer
        if has_rule_words(text, vocabulary):
            raise
        return answer
    found = find_rule(warehouse, cohort, rule)
    if found.leads == 0:
        answer = _named(warehouse, cohort, vocabulary, text)
        if isinstance(answer, Found) or answer.choices:
            return answer
    hint = unknown_values(warehouse, cohort, vocabulary, rule.root)
    return replace(found, hint=hint) if hint else found


def _check(text: str) -> None:
    """Refuse what is too long, empty or no text, before anything looks at it."""
    is_odd = any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\n\r" for sign in text)
    if is_odd or len(text) > MOST_CHARACTERS or not text.strip():
        tokens_of(text)


def _named(warehouse: Warehouse, cohort: Cohort, vocabulary: Vocabulary, text: str) -> Found | Choices:
    """A free text: the one value or field that it names, else the choices."""
    wanted = text.strip().strip("\"'“”„").strip()
    choices = choices_for(warehouse, cohort, vocabulary, wanted)
    exact = [one for one in choices if one.is_exact]
    wide = [one for one in choices if one.is_contained]
    only = None
    if len(exact) == 1:
        only = exact[0]
    elif not exact and len({one.field for one in choices}) == 1 and (wide or len(choices) == 1):
        only = wide[0] if wide else choices[0]
    if only is not None:
        found = find_choice(warehouse, cohort, only)
        return replace(found, text=text, others=tuple(one for one in choices if one is not only))
    if choices:
        return Choices(
            text, choices, f"“{wanted}” can mean {formatting.plural(len(choices), 'thing')}; choose one."
        )
    return Choices(
        text,
        (),
        f"No company, campaign, rep, source, industry, country, kept column or lead id contains “{wanted}”.",
    )


def find_choice(warehouse: Warehouse, cohort: Cohort, choice: Choice) -> Found:
    """The answer to one of the choices.

    Raises:
        RequestError: the snapshot has no such field.
    """
    field = words_of(cohort).field_named(choice.field)
    if field is None:
        raise RequestError(f"There is no column '{choice.field[:60]}' to search.")
    root: Node = TextHas(field, choice.value) if choice.is_contained else TextIs(field, (choice.value,))
    return find_rule(warehouse, cohort, Rule(choice.words, root))


def find_rule(warehouse: Warehouse, cohort: Cohort, rule: Rule) -> Found:
    """The matched leads of an understood rule against the rest of the cohort, counted in the engine."""
    condition = condition_of(rule.root, cohort.zone, cohort.manifest.as_of)
    win = "won_in_horizon" if has_wins(cohort.manifest) else "opportunity_in_horizon"
    slugs = ("acceptance_rate", "accepted_of_decided", "touched_inside_limit", win)
    matched, rest, unknown = _sides(warehouse, cohort, condition, slugs)
    subjects = frozenset(meant.subject for meant in mentioned(rule.root))
    contrasts = tuple(
        rate_contrast(
            slug,
            metric_rate(matched.counts, slug),
            metric_rate(rest.counts, slug),
            subjects,
            obstacle(cohort.manifest, slug),
        )
        for slug in slugs
    )
    leads, of = matched.counts["leads"], matched.counts["leads"] + rest.counts["leads"]
    why = None if knows_first_touch(cohort.manifest) else NO_FIRST_TOUCH
    share = rate(leads, of)
    return Found(
        text=rule.text,
        rule=rule,
        reading=describe(rule.root, cohort.zone),
        leads=leads,
        of=of,
        unknown=unknown,
        share=share,
        contrasts=contrasts,
        wait=wait_contrast(wait_side(matched.curve), wait_side(rest.curve), subjects, why),
        sentence=_sentence(share, unknown, contrasts),
    )


def asked_rows(cohort: Cohort, condition: Condition) -> str:
    """The cohort's rows that the rule does not deny, as a relation: ``answer`` is 1 (true) or -1 (unknown).

    Rows for which the rule is false are left out, so that the join stays small.
    """
    return (
        f"(SELECT c.*, asked.answer FROM {relation(cohort)} AS c JOIN (SELECT lead_no, answer FROM ("
        f"SELECT l.lead_no, {condition.answer} AS answer FROM {cohort.leads} AS l) WHERE answer <> 0) AS asked "
        "USING (lead_no))"
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """Counts of lead sets, and the waits: one row per working minute, rounded up, with ``touched`` and ``waiting``."""

    counts: dict[str, int]
    waits: pl.DataFrame

    def without(self, part: _Side) -> _Side:
        """All leads of this side but those of a part of it."""
        fewer = [pl.col("touched", "waiting") * -1]
        waits = pl.concat([self.waits, part.waits.with_columns(fewer)])
        return _Side({name: many - part.counts[name] for name, many in self.counts.items()}, _summed(waits))

    @property
    def curve(self) -> WaitCurve | None:
        """Kaplan-Meier over the waits in seconds; None without leads."""
        columns: list[Any] = [self.waits[name].to_numpy() for name in ("wait", "touched", "waiting")]
        return wait_curve(*columns)


_WAIT_COLUMNS = (
    "CASE WHEN NOT is_touched_before THEN (working_wait + 59) // 60 * 60 END AS wait, "
    "count(*) FILTER (WHERE is_touched) AS touched, count(*) FILTER (WHERE NOT is_touched) AS waiting"
)


def _sides(
    warehouse: Warehouse, cohort: Cohort, condition: Condition, slugs: tuple[str, ...]
) -> tuple[_Side, _Side, int]:
    """Matched leads, the rest (unknown included), and how many are unknown.

    The whole cohort is counted once and kept; one query counts the matched leads, and the rest is what remains.
    """
    metrics = [METRICS[slug] for slug in slugs]
    parts = (
        "leads",
        *(part for one in metrics for part in (one.numerator, one.denominator, one.pending) if part),
    )
    sets = tuple(dict.fromkeys(parts))
    waits = warehouse.run_once(cohort.table, f"SELECT {_WAIT_COLUMNS} FROM {cohort.table} GROUP BY 1")
    everybody = _Side(count_sets(warehouse, cohort, sets), _summed(waits))
    frame = warehouse.run(
        f"SELECT answer, {_WAIT_COLUMNS}, {counts_of(sets)} FROM {asked_rows(cohort, condition)} GROUP BY 1, 2",
        condition.params,
    )
    found = frame.filter(pl.col("answer") == 1)
    totals = found.select(pl.col(*sets).sum().cast(pl.Int64)).row(0, named=True)
    matched = _Side(totals, _summed(found))
    unknown = int(frame.filter(pl.col("answer") == -1)["leads"].sum())
    return matched, everybody.without(matched), unknown


def _summed(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per wait of timed leads; those touched only before their handoff are not timed."""
    timed = frame.select("wait", pl.col("touched", "waiting").cast(pl.Int64)).filter(
        pl.col("wait").is_not_null()
    )
    return timed.group_by("wait").sum().sort("wait")


def _sentence(share: Rate, unknown: int, contrasts: tuple[Contrast, ...]) -> str:
    """How many match, and the first number that the rule does not choose by itself; nobody is blamed."""
    if share.denominator == 0:
        return "There are no leads in this selection."
    if share.numerator == 0:
        parts = [f"None of the {formatting.plural(share.denominator, 'lead')} matches."]
    else:
        verb = "matches" if share.numerator == 1 else "match"
        part = f" ({formatting.percent(share.value)})" if formatting.is_quotable(share) else ""
        parts = [f"{formatting.of(share)} leads{part} {verb}."]
        measured = [one for one in contrasts if one.why is None and one.slug != "acceptance_rate"]
        free = next((one for one in measured if not one.is_chosen_by_rule), None)
        if any(one.is_chosen_by_rule for one in measured):
            parts.append("The rule itself chooses by an outcome, so its own number proves nothing.")
        if free is not None:
            parts.append(_against_rest(free))
    if unknown:
        parts.append(
            f"For {formatting.plural(unknown, 'lead')} the export does not say; {'it counts' if unknown == 1 else 'they count'} among the rest."
        )
    return " ".join(parts)


_DID = {
    "accepted_of_decided": "Sales accepted {} decided",
    "touched_inside_limit": "Touched inside the limit: {}",
    "won_in_horizon": "Won within the horizon: {}",
    "opportunity_in_horizon": "Became an opportunity within the horizon: {}",
}


def _against_rest(contrast: Contrast) -> str:
    matched, rest = contrast.matched, contrast.rest
    own = formatting.of(matched)
    if formatting.is_quotable(matched):
        own = f"{formatting.rate_with_interval(matched)}, {own}"
    others = (
        "there is no rest to compare with"
        if rest.denominator == 0
        else f"of the rest {formatting.rate_with_interval(rest)}"
    )
    return f"{_DID[contrast.slug].format(own)}; {others}."


def judge(found: Found, metric: str, claim: Claim) -> Judgement:
    """The verdict on an anecdote as a hypothesis: confirmed, not seen or cannot tell.

    Args:
        found: the answer to what was typed.
        metric: a slug of its contrasts, or ``working_wait``.
        claim: whether the number is said to be "lower" or "higher" for these leads; a higher wait is a longer one.

    Raises:
        RequestError: no such number or direction.
    """
    if claim not in {"lower", "higher"}:
        raise RequestError(f"A claim is 'lower' or 'higher'; found '{str(claim)[:40]}'.")
    return judged(found.contrast(metric), claim)
