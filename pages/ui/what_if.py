"""The threshold slider: what passing fewer leads would spare and cost. Moving it reruns this fragment alone."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import formatting as text
from analytics import threshold_reading as reading
from analytics.charts.threshold_curve import HIT_SETS, NOUNS, moving_parts, threshold_curve
from analytics.results import Rate
from analytics.threshold import Threshold
from analytics.threshold_reading import Gate, Reading
from pages.ui import browser_files, cache, kept, markup, shell, view
from pages.ui.chart import chart
from pages.ui.shell import Frame

LINE = "line"
HOURS_PER_LEAD, HOURS_PER_WEEK = "hours_per_lead", "hours_per_week"
MOST_NAMES = 40
Tile = tuple[str, str, str, str | None]


def show(frame: Frame, result: Threshold, top: DeltaGenerator, slot: DeltaGenerator) -> None:
    """The sentence (in ``top``), the slider (in ``slot``), the numerals, the curve and the wins given up."""
    low, high = result.rows[0].score, result.rows[-1].score
    kept.restore(
        LINE,
        lambda value: isinstance(value, int | float) and low <= value <= high,
        lambda value: "" if value == _default(result) else str(value),
    )
    with slot:
        place = st.container(width=540)
        hours = _hours()
    with st.container(key="line_screen", gap=None):
        _slide(frame, result, hours, top, place)
        _follow_at_once(result)


def _follow_at_once(result: Threshold) -> None:
    """Hand every step to the browser, once per page: a key then moves figure and numbers without waiting for us."""
    try:
        mount = browser_files.steps_renderer()
    except (AttributeError, TypeError, ImportError):  # as in ``chart``: the slider then waits for the server
        return
    mount(
        key="line_steps",
        data={
            "input": ".st-key-line input[type=range]",
            "chart": ".st-key-main_line .handoff-chart",
            "answer": ".st-key-answer p.answer",
            "number": ".st-key-line_number_",
            "names": ".st-key-companion_given_up ul.given",
            "steps": cache.made(_steps, result),
        },
        height=1,
    )


def _steps(result: Threshold) -> dict[str, dict[str, Any]]:
    """Slider value -> what the page shows there: the answer, the numbers, the names given up, the parts of the figure."""
    return {f"{row.score:g}": _step(result, row.score) for row in result.rows}


def _step(result: Threshold, score: float) -> dict[str, Any]:
    read = reading.read(result, score)
    return {
        "answer": reading.answer(result, score),
        "numbers": [(numeral, words, detail) for numeral, words, detail, _ in _tiles(result, read)],
        "names": _names(result, read),
        "figure": moving_parts(result, score),
    }


def _default(result: Threshold) -> float:
    """The next round line above today's: one that shows what a threshold does."""
    today, step = result.today.score, 10 * result.step
    return min(result.rows[-1].score, (today // step + 1) * step)


@st.fragment
def _slide(
    frame: Frame,
    result: Threshold,
    hours: tuple[float | None, float | None],
    top: DeltaGenerator,
    slot: DeltaGenerator,
) -> None:
    """Everything that follows the slider: works on the table of thresholds, never on a lead."""
    with shell.boundary():
        with slot:
            score = _slider(result)
        read = reading.read(result, score)
        with top:
            view.answer(reading.answer(result, score), *_notes(result, score, hours))
        asked = _numerals(result, read)
        with st.container(key="figures", horizontal=True, gap="small", wrap=False):
            with (
                st.container(key="main_line", gap=None),
                st.container(key="figure_line", height="stretch", gap=None),
            ):
                figure = cache.made(threshold_curve, result, score)
                asked = chart(figure, key="chart_line", alt=reading.answer(result, score)) or asked
            with st.container(key="companion_given_up", gap=None):
                _given_up(result, read)
        if asked:
            view.open_leads(frame, asked)


def _slider(result: Threshold) -> float:
    """The threshold; whole points where the scores are whole."""
    low, high, default, step = result.rows[0].score, result.rows[-1].score, _default(result), result.step
    if not result.is_fine:
        low, high, default, step = int(low), int(high), int(default), int(step)
    score = st.slider(
        "Pass only leads scored at least", low, high, default, step, key=LINE, bind="query-params", width=520
    )
    kept.remember(LINE, score)
    return float(score)


def _hours() -> tuple[float | None, float | None]:
    """Hours of work per lead and hours available per week, as somebody stated them; there is no default."""
    found = []
    with st.popover("More"):
        for label, key in (
            ("Hours of work per lead", HOURS_PER_LEAD),
            ("Hours available per week", HOURS_PER_WEEK),
        ):
            kept.restore(key, lambda value: isinstance(value, int | float), str)
            value = st.number_input(label, min_value=0.0, value=None, step=0.5, key=key, bind="query-params")
            kept.remember(key, value)
            found.append(value)
    return found[0], found[1]


def _notes(result: Threshold, score: float, hours: tuple[float | None, float | None]) -> tuple[str, ...]:
    unscored = f"{text.plural(result.unscored, 'lead')} without a score left out" if result.unscored else ""
    return (
        reading.price_words(result, score),
        reading.hours_words(result, score, *hours),
        reading.outside_words(result),
        unscored,
        reading.undated_words(result, score),
        reading.ASSUMPTION,
    )


def _numerals(result: Threshold, read: Reading) -> str | None:
    """The numbers of this threshold in a row; each opens its leads."""
    asked = None
    with st.container(key="numerals_line", horizontal=True, gap="small", wrap=False):
        for place, (numeral, words, detail, key) in enumerate(_tiles(result, read)):
            # one element per number keeps the slider quick; the words are ours, never a file's
            if st.button(f"**{numeral}** *{words}* {detail}", key=f"line_number_{place}", type="tertiary"):
                asked = key
    return asked


def _tiles(result: Threshold, read: Reading) -> tuple[Tile, ...]:
    """Each number with its words, its detail and the key of its leads."""
    number, hit = read.row.number, HIT_SETS[result.hit]
    noun = NOUNS[result.hit]
    given_up = result.key("below", number, result.key("from", result.today.number, hit))
    kept_range = text.percent_range(read.hits.low, read.hits.high) if text.is_quotable(read.hits) else ""
    tiles: tuple[Tile, ...] = (
        (_quoted(read.leads), "leads passed", text.of(read.leads), result.key("from", number)),
        (_quoted(read.hits), f"{noun} kept", " · ".join(one for one in (text.of(read.hits), kept_range) if one),
         result.key("from", number, hit)),
        (text.count(read.given_up), f"{noun} given up", _price(read), given_up),
        _gate_tile(read.acceptance, f"accepted of {text.count(read.acceptance.denominator)} decided", read.acceptance_gate,
                   result.target_acceptance, result.key("from", number, "accepted_settled")),
        _gate_tile(read.to_opportunity, f"opportunity of {text.count(read.to_opportunity.denominator)} accepted",
                   read.opportunity_gate, result.target_opportunity, result.key("from", number, "mature_accepted_opportunity")),
    )  # fmt: skip
    if not read.is_seen:
        return tuple((text.DASH, words, "no data", None) for _, words, _, _ in tiles)
    return tiles


def _quoted(value: Rate) -> str:
    return text.percent(value.value) if text.is_quotable(value) else text.count(value.numerator)


def _price(read: Reading) -> str:
    return f"of {text.count(read.hits.denominator)} today"


def _gate_tile(
    value: Rate, words: str, gate: Gate, target: float, key: str
) -> tuple[str, str, str, str | None]:
    """A rate with the state of its pay gate; a dash where the export cannot give it."""
    if gate == "cannot be measured":
        return text.DASH, "accepted", gate, None
    return _quoted(value), words, f"pay gate {text.percent(target)}: {gate}", key


def _given_up(result: Threshold, read: Reading) -> None:
    """The companies whose wins would be given up, the nearest to the line first."""
    noun = NOUNS[result.hit]
    head = markup.plain("h2", "name", f"{noun.capitalize()} given up")
    if not read.given_up:
        words = (
            f"None of the {noun} scored under the line."
            if read.is_seen
            else "Below today’s line nothing was observed."
            if result.since is None
            else "Below today’s line hardly any lead was passed since it rose."
        )
        markup.show(head + markup.plain("p", "aside", words))
        return
    rows = [
        markup.element(
            "li", "given", markup.plain("span", "company", name), markup.plain("span", "score", score)
        )
        if score
        else markup.plain("li", "given", name)
        for name, score in _names(result, read)
    ]
    markup.show(head + markup.element("ul", "given", *rows))


def _names(result: Threshold, read: Reading) -> list[tuple[str, str]]:
    """The companies given up with their scores, the nearest to the line first; then how many more there are."""
    named = reading.given_up(result, read.row)[:MOST_NAMES] if read.given_up else ()
    rows = [(one.company or one.lead_id, reading.score_words(one.score)) for one in named]
    left = read.given_up - len(rows)
    return [*rows, (f"and {text.count(left)} more", "")] if left else rows
