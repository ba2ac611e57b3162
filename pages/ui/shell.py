"""The frame that every page opens: question, sidebar, chips, footer line, and the one boundary for errors."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import streamlit as st

from analytics import formatting as text
from analytics import wording
from analytics.cohort import UNKNOWN, CohortRequest
from analytics.contract import Contract
from analytics.contract_review import review_due
from analytics.errors import HandoffError
from analytics.readout import CohortFacts, Readout, cohort_facts
from analytics.store.manifest import Manifest
from pages.ui import browser_files, cache, controls, kept, light, many_looks, markup, search_box
from pages.ui.cache import Answer
from pages.ui.page_list import CONTRACT, IMPORT, PLUMBING, has_page

_log = logging.getLogger("handoff.pages")
_MEETING_STYLE = "<style>html { font-size: 20px !important; } :root { --meeting: 1.12; }</style>"


@dataclass(frozen=True)
class Frame:
    """What a page works with: the snapshot, the contract and the cohort asked for."""

    manifest: Manifest
    contract: Contract
    request: CohortRequest

    def facts(self) -> CohortFacts:
        """Period, leads and maturity of this cohort."""
        return cache.answer(cohort_facts, self.manifest, self.contract, self.request)

    def readout(self, dimension: str = "source") -> Readout:
        """The four numbers of this cohort."""
        return cache.numbers(self.manifest, self.contract, self.request, dimension)

    def ask(self, measure: Callable[..., Answer], *further: object) -> Answer:
        """What ``measure(warehouse, cohort, *further)`` of the analytics package says of this cohort."""
        return cache.answer(measure, self.manifest, self.contract, self.request, *further)

    def within(self, field: str, value: str | tuple[str, ...] | None) -> Frame:
        """The same frame narrowed to one value of a field, or any of several; None being unknown."""
        chosen = value if isinstance(value, tuple) else (value or UNKNOWN,)
        kept = tuple(pair for pair in self.request.filters if pair[0] != field)
        filters = tuple(sorted((*kept, (field, chosen))))
        return replace(self, request=replace(self.request, filters=filters))


@contextmanager
def page(
    question: str, *, is_slide: bool = False, is_view: bool = False, is_whole_file: bool = False
) -> Iterator[Frame]:
    """Open the frame; the body of the ``with`` is the page.

    ``is_slide``: the page's container ``slide`` fills the screen without scrolling, footer included; what is written
    under ``below`` stands below the fold. ``is_view``: the same with one answer and its figure (see ``view``).
    ``is_whole_file``: the page looks at the whole file whatever period is chosen, under the same filters.
    """
    fills = is_slide or is_view
    st.set_page_config(
        page_title="Handoff",
        layout="wide",
        initial_sidebar_state="collapsed" if fills else "auto",
    )
    browser_files.load_style()
    kept.enter(question)
    screen = st.container(key="screen" if fills else "sheet", gap=None)
    is_whole = False
    with screen, boundary():
        with st.sidebar:
            manifest, request = _choose()
            if is_whole_file:
                request = replace(request, starts_on=None, ends_on=None, is_whole_file=True)
            if controls.meeting_mode():
                st.html(_MEETING_STYLE)
        frame = Frame(cache.verified(manifest.fingerprint), cache.contract(), request)
        facts = frame.facts()
        gate = light.words(frame)
        _head(question, frame, facts, gate, is_slide=is_slide)
        if gone := controls.gone():
            problem(gone)
        controls.chips(frame.manifest, replace(request, is_whole_file=False) if is_whole_file else request)
        many_looks.show(frame.contract, request)
        body = st.container(key="slide" if is_slide else "view" if is_view else "body", gap="small")
        with st.container(key="foot"):
            markup.show(footer(frame, facts, gate))
        with body:
            yield frame
        is_whole = True
    if not is_whole:  # what the page would put below the fold stands on what failed above
        st.stop()


@contextmanager
def below() -> Iterator[None]:
    """The place below the fold of a slide, with its own boundary for errors."""
    with st.container(key="below", gap="small"), boundary():
        yield


@contextmanager
def boundary() -> Iterator[None]:
    """Turn errors of file and request into a sentence, and bugs into a traceback in the log and a short reference."""
    try:
        yield
    except HandoffError as error:
        problem(str(error))
    except Exception:  # noqa: BLE001 - the one place where a bug becomes a reference
        reference = secrets.token_hex(4)
        _log.exception("bug %s", reference)
        problem(
            f"Something went wrong on our side; nothing was changed. The server's log has it as {reference}."
        )


def problem(sentence: str) -> None:
    """One sentence about what is in the way, shown as plain text."""
    markup.show(markup.plain("p", "problem", sentence))


def _choose() -> tuple[Manifest, CohortRequest]:
    manifests = cache.snapshots() or (cache.sample(),)
    manifest = controls.choose_snapshot(manifests)
    return manifest, controls.choose_request(manifest, cache.choices(manifest))


def _head(question: str, frame: Frame, facts: CohortFacts, gate: str, *, is_slide: bool) -> None:
    with st.container(key="head", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(question, anchor=False)
        search_box.show(frame)
        markup.show(
            markup.line(
                "context",
                (
                    text.period(facts.starts_on, facts.ends_on),
                    text.plural(facts.leads, "lead"),
                    _clock(frame),
                ),
            )
        )
        if "red" in gate and has_page(PLUMBING):
            with st.container(key="gate", width="content"):
                st.page_link(
                    PLUMBING, label=gate, help="A fault of the record that changes what is said here"
                )
        due = review_due(frame.contract, datetime.now(UTC).date()) if is_slide else ""
        if due and has_page(CONTRACT):
            with st.container(key="due", width="content"):
                st.page_link(CONTRACT, label=due)
        if frame.manifest.is_sample:
            with st.container(
                key="sample", horizontal=True, width="content", gap="small", vertical_alignment="center"
            ):
                markup.show(markup.plain("span", "sample", "sample data"))
                if has_page(IMPORT):
                    st.page_link(IMPORT, label="Upload yours")


def _clock(frame: Frame) -> str:
    """Said only where it isn't the handoff itself that starts the clock."""
    starts_at = frame.manifest.clock_starts_at
    return "" if starts_at == "handoff date" else f"clock starts at: {starts_at}"


def footer(frame: Frame, facts: CohortFacts, gate: str) -> str:
    """The line that says what everything on the page stands on."""
    manifest = frame.manifest
    return markup.line(
        "footer",
        (
            f"snapshot {text.short_hash(manifest.fingerprint)}",
            gate,
            ", ".join(file.name for file in manifest.files),
            f"as of {text.moment(facts.as_of)} UTC",
            wording.cohort(facts),
            f"clock starts at: {manifest.clock_starts_at}",
            f"contract {text.short_hash(frame.contract.hash)}",
        ),
    )
