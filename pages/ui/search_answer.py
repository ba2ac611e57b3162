"""The drawer of the search: what was asked against the rest of the leads, its rows, and the anecdote that can be kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from analytics import cohort as cohorts
from analytics import cohort_search
from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.cohort_search import Choice, Choices, Found, RuleError
from analytics.cohort_search_rows import Part, open_rule_leads
from analytics.evidence import Evidence, neutralised
from analytics.metrics.catalog import LEAD_SETS
from analytics.rules.tokens import MOST_CHARACTERS
from analytics.stats.calendar import opening_day_seconds
from pages.ui import cache, controls, definitions, hypotheses, lead_table, markup, search_numbers, view
from pages.ui.search_box import LABEL
from pages.ui.search_numbers import LEADS, LOOK, ROWS
from pages.ui.shell import Frame, boundary

EXAMPLES = ("phone missing and source webinar", "score under 40", "touched after 3 days", "never touched")
_WIDTH = 860
_BEFORE_CARET = 48
_NOTHING_ASKED = "Nothing was asked yet."

BOX, ASKED, CHOSEN = "answer_text", "answer_asked", "answer_chosen"
SAVE, SAVED, DEFINITION = "Save as a hypothesis", "Saved hypotheses", "Definition"
_SIDES: dict[Part, str] = {"matched": "These leads", "rest": "All others", "unknown": "Not known whether"}


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
        search_numbers.show(found, opening_day_seconds(opened.calendar))
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


def _more(frame: Frame, opened: Cohort, found: Found) -> None:
    looks = (LEADS, SAVE, SAVED, DEFINITION)
    look = st.segmented_control(
        "More", looks, default=None if LOOK in st.session_state else LEADS, required=True, key=LOOK,
        label_visibility="collapsed",
    )  # fmt: skip
    if look == SAVE:
        hypotheses.save(frame, found)
    elif look == SAVED:
        hypotheses.saved(frame)
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
    for one in search_numbers.contrasts(found):
        if one.why is None:
            sides: tuple[Part, ...] = ("matched", "rest")
            sets += [_RowSet(part, key) for part in sides for key in search_numbers.parts(one.slug)]
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
    rows = open_rule_leads(
        cache.warehouse(), opened, found, lead_table.LIMIT, part=chosen.part, key=chosen.key
    )
    with count:
        markup.show(markup.plain("p", "count", text.plural(rows.count, "lead")))
    markup.show(
        markup.line(
            "aside", (rows.sentence.rstrip("."), *(lead_table.what_is_shown(rows, "") if rows.count else ()))
        )
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
        column_config=lead_table.columns(rows.frame),
        on_select="rerun",
        selection_mode="single-row",
        lazy=False,
        placeholder="",
        alt=f"{text.plural(rows.count, 'lead')} of the search",
    ).selection.rows
    if picked and picked[0] < rows.frame.height:
        lead_table.timeline(frame, str(rows.frame["lead_id"][picked[0]]))


def _file(opened: Cohort, found: Found, chosen: _RowSet) -> bytes:
    rows = open_rule_leads(
        cache.warehouse(), opened, found, 20_000_000, part=chosen.part, key=chosen.key
    ).frame
    return neutralised(rows).write_csv(line_terminator="\r\n").encode("utf-8-sig")
