"""The quarterly review: the scorecard read aloud, both sides, the shadow pay result, and what becomes of the contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import streamlit as st

from analytics import compliance, pay_words, scorecard
from analytics import formatting as text
from analytics.charts.rejection_lines import rejection_lines
from analytics.charts.two_sides import two_sides
from analytics.compliance import measure_compliance
from analytics.council import Council
from analytics.pay_gates import measure_pay
from analytics.periods import Unit
from analytics.rejections import answer as rejections_answer
from analytics.rejections import measure_rejections
from analytics.results import Unmeasurable
from analytics.scorecard import Score
from analytics.store.contract_history import Version
from analytics.store.go_lives import enter_go_live
from pages.ui import cache, markup, tables, view
from pages.ui.cadence import gatherings, writing
from pages.ui.page_list import CONTRACT, has_page
from pages.ui.shell import Frame, boundary

PAY = "pages/pay_gates.py"
HEADS = ("Before the contract", "During its first quarter", "After")


def show(frame: Frame, council: Council, switch: Callable[[], None]) -> None:
    """The scorecard: eight measures, three phases."""
    scores = scorecard.scorecard(council)
    sentence, notes = answer(council, scores)
    view.answer(sentence, *notes)
    drawn = view.Drawn("scorecard", "", None, sentence)
    with view.tools(frame, "scorecard", view.Definition(scorecard.METHOD), drawn):
        switch()
    with st.container(key="scorecard", gap=None):
        markup.show(_table(council, scores))


def answer(council: Council, scores: tuple[Score, ...]) -> tuple[str, tuple[str, ...]]:
    """How many of the eight moved since the contract, and what cannot be compared."""
    if not council.go_lives:
        return (
            "No contract is live yet, so there is no before and after.",
            ("the scorecard shows what is measured until then",),
        )
    live = council.go_lives[0]
    later = [one for one in scores if one.cells[1].months or one.cells[2].months]
    if not later:
        return (
            f"The contract is live from {text.day(live.on)}; no month since is of full age yet.",
            ("the scorecard shows what was before it",),
        )
    moved = [one for one in later if ": up by" in one.sentence or ": down by" in one.sentence]
    said = f"{text.plural(len(moved), 'rate')} moved beyond luck since {live.name} went live on {text.day(live.on)}"
    return f"{said}; {text.plural(len(later), 'measure')} can be compared.", ()


def _table(council: Council, scores: tuple[Score, ...]) -> str:
    head = "".join(markup.plain("th", "head", one) for one in ("", *HEADS))
    body = "".join(
        markup.element(
            "tr",
            "score",
            markup.plain("th", one.trend.side.split(" ", maxsplit=1)[0], one.trend.name),
            *(
                markup.plain("td", "cell", scorecard.cell_words(one.trend, cell, council.day_seconds))
                for cell in one.cells
            ),
        )
        for one in scores
    )
    return markup.element(
        "table", "scorecard", markup.element("thead", "head", markup.element("tr", "head", head)), markup.element("tbody", "body", body)
    )  # fmt: skip


def further(frame: Frame, council: Council) -> None:
    """Read aloud, both sides, pay in shadow, the contract, the meetings."""
    scores = scorecard.scorecard(council)
    view.heading("Read aloud")
    view.paragraphs((one.sentence for one in scores), "sentence")
    view.heading("Both sides of the contract")
    both_sides(frame)
    _pay(frame)
    _contract(council)
    gatherings.review(frame)
    _download(frame, council, scores)


def both_sides(frame: Frame) -> None:
    """The compliance of both sides over the whole file, as on the contract page."""
    found = frame.ask(measure_compliance)
    view.paragraphs((compliance.sentence(found),), "sentence")
    drawn = view.Drawn(
        "council_sides", "What each side kept", cache.made(two_sides, found),
        f"Both sides of the contract. {compliance.sentence(found)}", "95 % intervals; dashed: the aim",
    )  # fmt: skip
    view.figure(frame, drawn, height=420)


def rejections(frame: Frame) -> None:
    """The rejection mix by month, as on its own page."""
    found = frame.ask(measure_rejections, Unit.MONTH.value)
    if isinstance(found, Unmeasurable):
        view.cannot(found)
        return
    view.paragraphs((rejections_answer(found),), "sentence")
    if not found.of_leads.numerator:
        return
    drawn = view.Drawn(
        "council_rejections", "Rejections per 100 leads handed off", cache.made(rejection_lines, found, "per 100 leads", None),
        f"Rejections per 100 leads by month. {rejections_answer(found)}",
    )  # fmt: skip
    view.figure(frame, drawn, height=360)


def _pay(frame: Frame) -> None:
    view.heading("Pay, in shadow")
    replay = frame.ask(measure_pay)
    view.paragraphs((pay_words.answer(replay),), "sentence")
    view.paragraphs(pay_words.notes(replay))
    if has_page(PAY):
        st.page_link(PAY, label="Every quarter and every condition")


def _contract(council: Council) -> None:
    view.heading("The contract", "Re-ratified as it is, or amended: both sides sign on the contract page.")
    versions = [one for one in cache.contract_versions() if one.in_force_since is not None]
    for live in council.go_lives:
        view.paragraphs((f"{live.name.capitalize()} is live from {text.day(live.on)}.",), "sentence")
    if not versions:
        view.paragraphs(("No version is signed by both sides yet.",), "sentence")
    if has_page(CONTRACT):
        st.page_link(CONTRACT, label="Amend or sign the contract")
    if versions:
        _go_live(versions)


def _go_live(versions: list[Version]) -> None:
    """The day from which a version holds in practice: the limits of all charts begin anew there."""
    names = {f"Version {one.number}": one for one in versions}
    with st.form("go_live", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.selectbox("Version", list(names), key="live_version", filter_mode=None, width=160)
            on = st.date_input("Is live from", None, key="live_on", format="YYYY-MM-DD", width=170)
            who = writing.who(key="live_who")
        is_sent = st.form_submit_button("Enter", key="live_go")
    if not is_sent:
        return
    with boundary():
        if not isinstance(on, date):
            view.paragraphs(("Choose the day from which it is live.",), "sentence")
            return
        writing.add(enter_go_live(names[name], on, who))
        st.rerun()


def _download(frame: Frame, council: Council, scores: tuple[Score, ...]) -> None:
    view.heading("The scorecard as a table")
    schema = {"Measure": pl.String, **dict.fromkeys(HEADS, pl.String), "Read aloud": pl.String}
    rows = [
        (one.trend.name, *(scorecard.cell_words(one.trend, cell, council.day_seconds) for cell in one.cells), one.sentence)
        for one in scores
    ]  # fmt: skip
    tables.numbers(
        frame,
        pl.DataFrame(rows, schema=schema, orient="row"),
        key="scorecard_rows",
        alt="The scorecard in numbers",
    )
