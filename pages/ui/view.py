"""A page with one question: the answer in a sentence, at most three controls, one figure, at most one companion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from analytics.metrics.catalog import LEAD_SETS
from analytics.results import Unmeasurable
from pages.ui import drawers, markup
from pages.ui.chart import chart
from pages.ui.shell import Frame

Picks = Sequence[tuple[str, str | tuple[str, ...] | None]]


@dataclass(frozen=True, slots=True)
class Definition:
    """What stands behind "Definition": how the numbers are made, and the metrics of the catalog they use."""

    method: str
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """One figure with its name, a note beside the name, and its reading in words for those who cannot see it."""

    slug: str
    name: str
    figure: go.Figure | None
    alt: str
    note: str = ""
    missing: str = ""
    """What is said in the figure's place where there is nothing to draw."""


def answer(sentence: str, *notes: str) -> None:
    """The sentence that the data wrote, and below it what is pending, too young or not known."""
    with st.container(key="answer", gap=None):
        markup.show(markup.plain("p", "answer", sentence))
        markup.show(markup.line("notes", notes))


@contextmanager
def tools(
    frame: Frame, slug: str, definition: Definition, drawn: Drawn, related: tuple[str, ...] = ("leads",)
) -> Iterator[None]:
    """The row of controls (the body of the ``with``), with the doors to the leads and the definition at its end."""
    with st.container(key="tools", horizontal=True, vertical_alignment="bottom", gap="small"):
        with st.container(key="controls", horizontal=True, vertical_alignment="bottom", gap="small"):
            yield
        sets = tuple((one, LEAD_SETS[one].label) for one in related)
        with st.container(key="doors", horizontal=True, width="content", gap="small"):
            if sets and st.button("Leads", key=f"leads_{slug}", type="tertiary"):
                drawers.leads(frame, sets[0][0], sets)
            if st.button("Definition", key=f"definition_{slug}", type="tertiary"):
                drawers.explanation(definition.method, definition.metrics, drawn.figure)


def figures(
    frame: Frame,
    *drawn: Drawn,
    picks: Picks = (),
    related: tuple[str, ...] = (),
    words: tuple[str, Callable[[], None]] | None = None,
) -> None:
    """The figure and its companion, side by side; a click on a mark opens its leads beside them.

    ``words``: a companion that is no figure, as a name and what writes it.

    A mark's key may begin with ``pick:N.``: its leads are those of the N-th of ``picks`` (a field and its value).
    """
    asked = None
    with st.container(key="figures", horizontal=True, gap="small", wrap=False):
        for number, one in enumerate(drawn):
            asked = _figure(one, is_companion=number > 0) or asked
        if words is not None:
            with st.container(key=f"companion_{words[0]}", gap=None):
                words[1]()
    if asked:
        open_leads(frame, asked, picks, related)


def figure(
    frame: Frame, drawn: Drawn, *, height: int, picks: Picks = (), related: tuple[str, ...] = ()
) -> None:
    """A figure below the fold, ``height`` CSS pixels high; clicks as in ``figures``."""
    with st.container(key=f"lower_{drawn.slug}", height=height, border=False):
        asked = _figure(drawn, is_companion=False)
    if asked:
        open_leads(frame, asked, picks, related)


def _figure(drawn: Drawn, *, is_companion: bool) -> str | None:
    kind = "companion" if is_companion else "main"
    with st.container(key=f"{kind}_{drawn.slug}", gap=None):
        if drawn.name:
            with st.container(key=f"head_{drawn.slug}", horizontal=True, vertical_alignment="center"):
                markup.show(markup.plain("h2", "name", drawn.name))
                markup.show(markup.line("notes", (drawn.note,)))
        if drawn.figure is None:
            markup.show(markup.plain("p", "unknown", drawn.missing))
            return None
        with st.container(key=f"figure_{drawn.slug}", height="stretch", gap=None):
            return chart(drawn.figure, key=f"chart_{drawn.slug}", alt=drawn.alt)


def open_leads(frame: Frame, key: str, picks: Picks = (), related: tuple[str, ...] = ()) -> None:
    """Open the leads of a key beside the figure; see ``figures`` for ``picks``."""
    first, _, rest = key.partition(".")
    if first.startswith("pick:"):
        number = first.removeprefix("pick:")
        if not number.isdigit() or int(number) >= len(picks):
            return
        field, value = picks[int(number)]
        frame, key = frame.within(field, value), rest or "leads"
    drawers.leads(frame, key, tuple((one, LEAD_SETS[one].label) for one in related))


def cannot(number: Unmeasurable) -> None:
    """In the place of the figure: why this cannot be measured and which column would bring it."""
    with st.container(key="cannot", gap="small"):
        markup.show(markup.plain("p", "cannot", "cannot be measured from this export"))
        markup.show(markup.plain("p", "sentence", number.why))
        if number.column:
            markup.show(markup.plain("p", "unknown", f"What would bring it: {number.column}."))


def heading(words: str, *asides: str) -> None:
    """A heading below the fold, with lines of small print."""
    st.header(words, anchor=False)
    paragraphs(asides)


def paragraphs(lines: Iterable[str], css: str = "aside") -> None:
    """Lines of plain text."""
    for line in lines:
        if line:
            markup.show(markup.plain("p", css, line))
