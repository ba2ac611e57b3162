"""The drawer of the search: what was asked against the rest of the leads, its rows, and the anecdote kept with its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from analytics import cohort as cohorts
from analytics import cohort_search, wording
from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.cohort_search import WAIT, Choice, Choices, Found, RuleError
from analytics.cohort_search_rows import Part, open_rule_leads
from analytics.evidence import Evidence, neutralised
from analytics.metrics.catalog import LEAD_SETS, METRICS
from analytics.results import Rate
from analytics.rules.contrasts import Claim, Contrast, WaitContrast, WaitSide
from analytics.rules.tokens import MOST_CHARACTERS
from analytics.schema import label_of
from analytics.stats.calendar import opening_day_seconds
from analytics.store.records import Hypothesis, Records
from pages.ui import cache, controls, definitions, markup, view
from pages.ui.lead_table import LIMIT, _columns, _timeline, _what_is_shown
from pages.ui.search_box import LABEL
from pages.ui.shell import Frame, boundary, problem

EXAMPLES = ("phone missing and source webinar", "score under 40", "touched after 3 days", "never touched")
MOST_HYPOTHESES = 50
MOST_NAME = 80
_WIDTH = 860
_BEFORE_CARET = 48
_NOTHING_ASKED = "Nothing was asked yet."

BOX, ASKED, CHOSEN, ROWS, LOOK = (
    "answer_text",
    "answer_asked",
    "answer_chosen",
    "answer_rows",
    "answer_look",
)
LEADS, SAVE, SAVED, DEFINITION = "The leads", "Save as a hypothesis", "Saved hypotheses", "Definition"
_WAIT_PARTS = ("touched", "timed")
_SIDES: dict[Part, str] = {"matched": "These leads", "rest": "All others", "unknown": "Not known whether"}
_NAMES = {
    "acceptance_rate": "Accepted of settled",
    "accepted_of_decided": "Accepted of decided",
    "touched_inside_limit": "Touched inside the limit",
    WAIT: "Half touched after, working time",
    "won_in_horizon": "Won within the horizon",
    "opportunity_in_horizon": "Opportunity within the horizon",
}
_READINGS = {
    "higher": "higher",
    "lower": "lower",
    "cannot tell": "cannot tell",
    "too few": text.TOO_FEW,
    "not measurable": "cannot be measured",
}
_WAIT_READINGS = {**_READINGS, "higher": "longer", "lower": "shorter"}
_CLAIMS: dict[Claim, str] = {"lower": "lower, or shorter", "higher": "higher, or longer"}


def open_answer(frame: Frame, asked: str) -> None:
    """Open the drawer on a new question."""
    st.session_state[BOX] = asked
    _ask()
    _answer(frame)


def _ask() -> None:
    """Take what stands in the drawer's box as the question; nothing of the one before stays chosen."""
    st.session_state[ASKED] = st.session_state.get(BOX) or ""
    for key in (CHOSEN, ROWS, LOOK):
        st.session_state.pop(key, None)


@st.dialog(LABEL, position="right", width=_WIDTH)
def _answer(frame: Frame) -> None:
    content(frame)


def content(frame: Frame) -> None:
    """What stands in the drawer: the question, its answer, and what can be opened or kept of it."""
    with boundary():
        _question()
        asked = st.session_state.get(ASKED, "")
        if not frame.facts().leads:
            _nothing_to_search(frame)
        elif not asked.strip():
            view.paragraphs((_NOTHING_ASKED,), "sentence")
            _examples()
        else:
            _say(frame, asked)


def _question() -> None:
    """The box again, so that a question can be mended beside its answer."""
    with st.form("answer_box", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Ask", key=BOX, max_chars=MOST_CHARACTERS, label_visibility="collapsed")
        st.form_submit_button("Ask", key="answer_go", on_click=_ask)


def _nothing_to_search(frame: Frame) -> None:
    """The way out of an empty selection."""
    view.paragraphs(("No lead is in this selection, so there is nothing to search.",), "answer")
    words = "Remove the filters" if frame.request.filters else "Look at the whole file"
    if st.button(
        words, key="answer_remove_all", on_click=controls.remove_all, args=(frame.manifest, frame.request)
    ):
        st.rerun()


def _examples() -> None:
    view.paragraphs((f"For example: {' · '.join(EXAMPLES)}, or a company’s name.",))


def _say(frame: Frame, asked: str) -> None:
    try:
        result: Found | Choices = frame.ask(cohort_search.find, asked)
    except RuleError as error:
        _mistake(error, asked)
        return
    choices = result.choices if isinstance(result, Choices) else result.others
    chosen = st.session_state.get(CHOSEN)
    if isinstance(chosen, int) and chosen < len(choices):
        found: Found = frame.ask(cohort_search.find_choice, choices[chosen])
    elif isinstance(result, Choices):
        view.paragraphs((result.sentence,), "answer")
        if choices:
            _candidates(choices, "It can mean")
        else:
            _examples()
        return
    else:
        found = result
    opened = cohorts.open_cohort(cache.warehouse(), frame.manifest, frame.contract, frame.request)
    with st.container(key="answer_said", gap="xsmall"):
        view.paragraphs((found.sentence,), "answer")
        view.paragraphs((found.hint,), "sentence")
        view.paragraphs((f"Understood as: {found.reading}",))
    if found.leads:
        _numbers(found, opening_day_seconds(opened.calendar))
    if choices:
        _candidates(choices, "It can also mean" if isinstance(result, Found) else "It can mean")
    _more(frame, opened, found)


def _mistake(error: RuleError, asked: str) -> None:
    """The sentence with the nearest word, and the text with a caret under the place."""
    view.paragraphs((str(error),), "answer")
    line, caret = error.pointer(asked).split("\n")
    cut = max(0, error.position - _BEFORE_CARET)
    lead = "…" if cut else ""
    markup.show(
        markup.element(
            "pre", "mistake", markup.escaped(lead + line[cut:]), "\n", markup.escaped(" " * len(lead) + caret[cut:])
        )
    )  # fmt: skip
    _examples()


def _candidates(choices: tuple[Choice, ...], name: str) -> None:
    """The readings of a free text; the buttons carry numbers only, the names of the file stand beside them."""
    chosen = st.session_state.get(CHOSEN)
    with st.container(key="answer_choices", gap=None):
        markup.show(markup.plain("h3", "name", name))
        for number, one in enumerate(choices):
            with st.container(
                key=f"choice_{number}", horizontal=True, vertical_alignment="center", gap="small", wrap=False
            ):
                st.button(
                    str(number + 1),
                    key=f"answer_choice_{number}",
                    type="primary" if number == chosen else "secondary",
                    on_click=_choose,
                    args=(number,),
                )
                parts = [text.plural(one.leads, "lead")]
                if one.values > 1:
                    parts.insert(0, f"{text.count(one.values)} different ones")
                markup.show(markup.plain("p", "choice", f"{one.words} · {' · '.join(parts)}"))


def _choose(number: int) -> None:
    for key in (ROWS, LOOK):
        st.session_state.pop(key, None)
    st.session_state[CHOSEN] = number


# --- these leads against all others, number by number


def _numbers(found: Found, day_seconds: int) -> None:
    """A row per number: its reading in words, these leads and all others with intervals; a number opens its leads."""
    with st.container(key="answer_numbers", gap=None):
        with st.container(key="answer_row_head", horizontal=True, gap="small", wrap=False):
            for words in (
                "Compared with the rest",
                f"These {text.count(found.leads)}",
                f"The other {text.count(found.rest)}",
            ):
                markup.show(markup.plain("p", "column", words))
        for one in _contrasts(found):
            with st.container(
                key=f"answer_row_{one.slug}", horizontal=True, vertical_alignment="center", gap="small", wrap=False
            ):  # fmt: skip
                _number(one, day_seconds)


def _contrasts(found: Found) -> list[Contrast | WaitContrast]:
    """All numbers of the answer in the order of the funnel."""
    return [*found.contrasts[:-1], found.wait, found.contrasts[-1]]


def _number(one: Contrast | WaitContrast, day_seconds: int) -> None:
    readings = _WAIT_READINGS if isinstance(one, WaitContrast) else _READINGS
    name = markup.plain("span", "what", _NAMES[one.slug])
    if one.why is not None:
        column = f" What would bring it: {one.why.column}." if one.why.column else ""
        markup.show(
            markup.element("p", "number", name, markup.plain("span", "reading", readings[one.reading]))
        )
        markup.show(markup.plain("p", "why", f"{one.why.why}{column}"))
        return
    note = "the rule itself chooses by this" if one.is_chosen_by_rule else _difference(one, day_seconds)
    markup.show(
        markup.element(
            "p",
            "number",
            name,
            markup.plain("span", "reading", "proves nothing" if one.is_chosen_by_rule else readings[one.reading]),
            markup.plain("span", "note", note),
        )
    )  # fmt: skip
    key = _parts(one.slug)[0]
    sides: tuple[tuple[Part, Rate | WaitSide], ...] = (("matched", one.matched), ("rest", one.rest))
    for part, value in sides:
        # the words of this button are ours, never a file's
        st.button(
            _value(value, day_seconds),
            key=f"answer_{part}_{one.slug}",
            type="tertiary",
            on_click=_show_rows,
            args=(part, key),
        )


def _difference(one: Contrast | WaitContrast, day_seconds: int) -> str:
    if one.difference is None or one.reading == "too few":
        return ""
    if isinstance(one, Contrast):
        ends = " to ".join(text.points(end).partition(text.NBSP)[0] for end in (one.low, one.high))
        return f"{text.points(one.difference)} ({ends})"
    ends = " to ".join(_longer(end, day_seconds) for end in (one.low, one.high))
    return f"{_longer(one.difference, day_seconds)} ({ends})"


def _longer(seconds: float | None, day_seconds: int) -> str:
    """A difference of waits in words."""
    if seconds is None:
        return "open"
    size = text.duration(abs(seconds), day_seconds)
    return f"{size} {'longer' if seconds > 0 else 'shorter'}" if seconds else "the same"


def _value(value: Rate | WaitSide, day_seconds: int) -> str:
    """The number in bold, its interval, and in italics the counts it stands on."""
    if isinstance(value, Rate):
        if not text.is_quotable(value):
            return (
                f"**{text.of(value)}** *{text.TOO_FEW}*" if value.denominator else f"**{text.rate(value)}**"
            )
        interval = text.percent_range(value.low, value.high)
        return f"**{text.percent(value.value)}** ({interval}) *{text.of(value)}*"
    counts = f"{text.count(value.touched)} of {text.count(value.leads)} touched"
    if value.leads < text.QUOTABLE:
        return f"**{counts}** *{text.TOO_FEW}*"
    interval = text.duration_range(value.low, value.high, day_seconds) if value.median is not None else ""
    details = " · ".join(part for part in (interval, counts) if part)
    return f"**{text.duration(value.median, day_seconds)}** *{details}*"


def _parts(slug: str) -> tuple[str, str]:
    """The lead sets a number is made of: counted, and out of."""
    if slug == WAIT:
        return _WAIT_PARTS
    return METRICS[slug].numerator, METRICS[slug].denominator


def _show_rows(part: Part, key: str) -> None:
    st.session_state[ROWS] = f"{part}.{key}"
    st.session_state[LOOK] = LEADS


# --- below: the rows, the hypotheses, the definition


def _more(frame: Frame, opened: Cohort, found: Found) -> None:
    looks = (LEADS, SAVE, SAVED, DEFINITION)
    look = st.segmented_control(
        "More", looks, default=None if LOOK in st.session_state else LEADS, required=True, key=LOOK,
        label_visibility="collapsed",
    )  # fmt: skip
    if look == SAVE:
        _save(frame, found)
    elif look == SAVED:
        _saved(frame)
    elif look == DEFINITION:
        definitions.show_all(cohort_search.METHOD, tuple(one.slug for one in found.contrasts))
    else:
        _rows(frame, opened, found)


@dataclass(frozen=True, slots=True)
class _RowSet:
    part: Part
    key: str

    @property
    def words(self) -> str:
        side = _SIDES[self.part]
        return side if self.key == "leads" else f"{side}: {LEAD_SETS[self.key].label}"


def _row_sets(found: Found) -> dict[str, _RowSet]:
    """Every count that the drawer shows, by its name in the session."""
    parts: tuple[Part, ...] = ("matched", "rest", *(("unknown",) if found.unknown else ()))
    sets = [_RowSet(part, "leads") for part in parts]
    for one in _contrasts(found):
        if one.why is None:
            sides: tuple[Part, ...] = ("matched", "rest")
            sets += [_RowSet(part, key) for part in sides for key in _parts(one.slug)]
    return {f"{one.part}.{one.key}": one for one in sets}


def _rows(frame: Frame, opened: Cohort, found: Found) -> None:
    sets = _row_sets(found)
    if st.session_state.get(ROWS) not in sets:
        st.session_state.pop(ROWS, None)
    with st.container(key="answer_set", horizontal=True, vertical_alignment="center", gap="small"):
        count = st.container(width="content")
        name = st.selectbox(
            "Which leads",
            list(sets),
            format_func=lambda one: sets[one].words,
            key=ROWS,
            label_visibility="collapsed",
        )
    chosen = sets[name or "matched.leads"]
    rows = open_rule_leads(cache.warehouse(), opened, found, LIMIT, part=chosen.part, key=chosen.key)
    with count:
        markup.show(markup.plain("p", "count", text.plural(rows.count, "lead")))
    markup.show(
        markup.line("aside", (rows.sentence.rstrip("."), *(_what_is_shown(rows, "") if rows.count else ())))
    )
    if rows.count:
        _table(frame, rows, f"{chosen.part}_{chosen.key}")
        st.download_button(
            "Download these leads",
            data=partial(_file, opened, found, chosen),
            file_name=f"handoff-{text.short_hash(frame.manifest.fingerprint)}-search.csv",
            mime="text/csv",
            key="answer_download",
            on_click="ignore",
            type="tertiary",
        )


def _table(frame: Frame, rows: Evidence, name: str) -> None:
    """The rows, and the timeline of the one that was chosen."""
    picked = st.dataframe(
        rows.frame,
        key=f"answer_table_{name}",
        height=min(380, 36 * (rows.frame.height + 1) + 3),
        hide_index=True,
        column_config=_columns(rows.frame),
        on_select="rerun",
        selection_mode="single-row",
        lazy=False,
        placeholder="",
        alt=f"{text.plural(rows.count, 'lead')} of the search",
    ).selection.rows
    if picked and picked[0] < rows.frame.height:
        _timeline(frame, str(rows.frame["lead_id"][picked[0]]))


def _file(opened: Cohort, found: Found, chosen: _RowSet) -> bytes:
    rows = open_rule_leads(
        cache.warehouse(), opened, found, 20_000_000, part=chosen.part, key=chosen.key
    ).frame
    return neutralised(rows).write_csv(line_terminator="\r\n").encode("utf-8-sig")


def _save(frame: Frame, found: Found) -> None:
    """Who says what of these leads; the cohort's verdict is kept with it."""
    numbers = {one.slug: _NAMES[one.slug] for one in _contrasts(found)}
    verdict = st.container(key="answer_verdict", gap="xsmall")
    view.paragraphs((f"The claim is about: {found.reading}",))
    with st.form("hypothesis", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            who = st.text_input(
                "Raised by", key="hypothesis_who", max_chars=MOST_NAME, persist_state="session"
            )
            metric = st.selectbox(
                "For these leads",
                list(numbers),
                format_func=lambda one: numbers[one],
                key="hypothesis_metric",
            )
            claim = st.selectbox(
                "is said to be", list(_CLAIMS), format_func=lambda one: _CLAIMS[one], key="hypothesis_claim"
            )
        is_sent = st.form_submit_button("Judge and save", key="hypothesis_save")
    if not is_sent:
        return
    if not who or not who.strip():
        with verdict:
            problem("Say who raised it; nothing was saved.")
        return
    kept = _judged(frame, found, metric or found.wait.slug, claim or "lower", who.strip())
    records = Records(cache.workspace())
    try:
        records.add_hypothesis(kept)
    finally:
        records.close()
    with verdict:
        _hypothesis(kept)
        view.paragraphs(("Saved with this snapshot; it will not change when the data do.",))


def _judged(frame: Frame, found: Found, metric: str, claim: Claim, who: str) -> Hypothesis:
    verdict = cohort_search.judge(found, metric, claim)
    return Hypothesis(
        fingerprint=frame.manifest.fingerprint,
        contract=frame.contract.hash,
        selection=_selection(frame),
        rule=found.text,
        reading=found.reading,
        metric=metric,
        claim=claim,
        raised_by=who,
        raised_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        verdict=verdict.verdict,
        sentence=verdict.sentence,
    )


def _selection(frame: Frame) -> str:
    facts = frame.facts()
    filters = [
        f"{label_of(field)}: {', '.join(controls.shown(value) for value in values)}"
        for field, values in facts.filters
    ]
    return " · ".join([wording.cohort(facts), *filters])


def _saved(frame: Frame) -> None:
    """What was raised about this snapshot, the newest first."""
    records = Records(cache.workspace())
    try:
        kept = records.hypotheses(frame.manifest.fingerprint)
    finally:
        records.close()
    if not kept:
        view.paragraphs(("No hypothesis was saved about this snapshot yet.",), "sentence")
    for one in kept[:MOST_HYPOTHESES]:
        _hypothesis(one)
    if len(kept) > MOST_HYPOTHESES:
        view.paragraphs((f"and {text.count(len(kept) - MOST_HYPOTHESES)} older ones",))


def _hypothesis(one: Hypothesis) -> None:
    words = _WAIT_READINGS if one.metric == WAIT else _READINGS
    name = _NAMES.get(one.metric, one.metric)
    markup.show(
        markup.element(
            "div",
            "hypothesis",
            markup.element(
                "p",
                "claim",
                markup.plain("span", "verdict", one.verdict),
                markup.escaped(f" {name} is {words.get(one.claim, one.claim)} where {one.reading}"),
            ),
            markup.plain("p", "sentence", one.sentence),
            markup.line(
                "aside", (f"raised by {one.raised_by}", f"{text.moment(one.raised_at)} UTC", one.selection)
            ),
        )
    )
