"""What would the pay plan have paid? The quarters replayed for both sides, the plan, its warnings, and patterns to ask about."""

from __future__ import annotations

from dataclasses import replace

from analytics import formatting as text
from analytics import gaming
from analytics import pay_words as words
from analytics.charts.pay_gates import MOST_QUARTERS, pay_gates
from analytics.gaming import measure_gaming
from analytics.pay_gates import CONDITIONS, METHOD, PayReplay, measure_pay, whole_quarters
from pages.ui import cache, shell, so_far, view
from pages.ui import pay_tables as lists
from pages.ui.shell import Frame

RELATED = ("leads", *(misses for _, misses in CONDITIONS.values()), "undecided_settled", "pending_decision")


def in_quarters(frame: Frame) -> Frame:
    """The same frame over whole quarters: nobody is paid for a part of one."""
    facts = frame.facts()
    starts_on, ends_on = whole_quarters(facts.starts_on, facts.ends_on)
    if (starts_on, ends_on) == (facts.starts_on, facts.ends_on):
        return frame
    return replace(frame, request=replace(frame.request, starts_on=starts_on, ends_on=ends_on))


def main(frame: Frame, asked: Frame) -> PayReplay:
    """Answer, shadow, and the quarters side by side."""
    replay = frame.ask(measure_pay)
    widened = (
        f"whole quarters: {text.period(frame.request.starts_on, frame.request.ends_on)}"
        if frame is not asked
        else ""
    )
    sentence = words.answer(replay)
    view.answer(sentence, *words.notes(replay), widened)
    left_out = len(replay.quarters) - MOST_QUARTERS
    drawn = view.Drawn(
        "pay_gates", "Both sides, quarter by quarter", cache.made(pay_gates, replay, frame.contract),
        f"Both sides of the pay plan by quarter of handoff. {sentence}",
        note="by so many leads" + (f" · {text.plural(left_out, 'earlier quarter')} below" if left_out > 0 else ""),
    )  # fmt: skip
    definition = view.Definition(f"{METHOD}\n{gaming.METHOD}", tuple(CONDITIONS))
    with view.tools(frame, "pay_gates", definition, drawn, related=RELATED):
        view.paragraphs((words.SHADOW,), "sentence")
    view.figures(frame, drawn, related=RELATED)
    return replay


def further(frame: Frame, replay: PayReplay) -> None:
    """Below the fold: the plan, what could go wrong with it, the counts, the patterns."""
    view.heading("The plan, in ninety seconds", words.SHADOW)
    view.paragraphs(words.plan(frame.contract), "sentence")
    view.heading("What to watch in the plan itself")
    view.paragraphs(words.warnings(replay, frame.contract), "sentence")
    view.heading("Every quarter")
    lists.show(frame, lists.by_quarter(replay), "pay_quarters", "What each quarter would have paid")
    view.heading("The shared number", *words.shared_notes(replay, frame.contract))
    whole = replace(frame, request=replace(frame.request, starts_on=None, ends_on=None, is_whole_file=True))
    lists.show(whole, lists.shared(replay, frame.contract), "pay_shared", "The shared number by quarter")
    view.heading(
        "Every condition", "A gate stands on the counts; the interval says whether luck could have tipped it."
    )
    view.paragraphs(unmeasured(replay))
    lists.show(frame, lists.by_condition(replay), "pay_conditions", "Every condition of every quarter")
    patterns(frame)


def unmeasured(replay: PayReplay) -> tuple[str, ...]:
    """Why conditions cannot be measured, each reason once, with the column that would bring it."""
    found = (one.why for quarter in replay.quarters for one in quarter.conditions if one.why is not None)
    return tuple(dict.fromkeys(f"{why.why} What would bring it: {why.column}." for why in found))


def patterns(frame: Frame) -> None:
    """Patterns to ask about, beside their innocent explanations."""
    flags = frame.ask(measure_gaming)
    view.heading(
        "Patterns to ask about",
        "Nobody is accused: a pattern is a reason to ask, and each has an innocent explanation.",
    )
    view.paragraphs((gaming.summary(flags),), "sentence")
    lists.show(frame, lists.patterns(flags), "pay_patterns", "Patterns to ask about")
    view.paragraphs(lists.explained(flags))
    for one in flags:
        if one.parts:
            view.heading(one.name, one.found)
            lists.show(frame, lists.months(one), f"pay_{one.slug}", one.name)


with shell.page("What would the pay plan have paid?", is_view=True) as frame:
    replay = None
    if frame.facts().leads:
        quarters = in_quarters(frame)
        replay = main(quarters, frame)
    else:
        so_far.nothing_selected(frame, frame.facts())
if replay is not None:
    with shell.below():
        further(quarters, replay)
