"""Pages run over a hand-written read-out, where nothing is counted, or over an imported world; what stands on them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from analytics import evidence
from analytics.evidence import Evidence
from analytics.metrics.catalog import selection_of
from analytics.readout import cohort_facts
from analytics.store.manifest import FileFacts, Manifest
from analytics.verdict import measure_judgement
from pages.ui import cache
from tests.metrics.worlds import World, engine, workspace
from tests.pages import fixtures

APP = Path(__file__).parents[2] / "app.py"
AS_OF = datetime.fromisoformat("2026-08-29T06:00:00")
CHOICES = {
    "source": (("Webinar", 302), (fixtures.HOSTILE, 221), ("Partner", 160), (None, 42)),
    "owner": (("Ann", 400), ("Ben", 325)),
    fixtures.HOSTILE: (("x", 400), ("y", 325)),
}


def manifest(*, is_sample: bool = True) -> Manifest:
    return Manifest(
        fingerprint="3fa9c1d2" + "0" * 56,
        imported_at=AS_OF,
        as_of=AS_OF,
        as_of_source="file",
        zone="Europe/Berlin",
        files=(FileFacts(f"{fixtures.HOSTILE}.csv", "leads", "0" * 64, 1, 1400, 1390, 10),),
        rows_read=1400,
        leads=1390,
        duplicates=4,
        rejected=6,
        footers=0,
        without_clock=3,
        clock_field="handoff_at",
        clock_starts_at="handoff date",
        fields=("lead_id", "handoff_at"),
        columns={},
        mapping={},
        values={},
        merges=[],
        extra_columns={"extra_1": fixtures.HOSTILE},
        notices=(),
        stored={},
        is_sample=is_sample,
    )


class Stage:
    """The app on a stage: what the engine would answer is set here."""

    def __init__(self) -> None:
        self.readout = fixtures.readout()
        self.asked: list[object] = []

    def numbers(self, _manifest, _contract, request, _dimension="source"):
        self.asked.append(request)
        return replace(self.readout, cohort=replace(self.readout.cohort, filters=request.filters))

    def answer(self, measure, _manifest, _contract, request, *_further):
        if measure is measure_judgement:
            return fixtures.judgement()
        assert measure is cohort_facts, f"the stage has no answer of {measure}"
        self.asked.append(request)
        return replace(self.readout.cohort, filters=request.filters)

    def open_leads(self, _warehouse, _manifest, _contract, _request, key, **options):
        found = selection_of(key)
        frame = pl.DataFrame(
            {
                "lead_id": [f"L{n}" for n in range(7)],
                "source": [fixtures.HOSTILE] * 7,
                "handoff_at": [AS_OF] * 7,
            }
        )
        return Evidence(
            key, found.parts[0][0].label, found.sentence, 412, 3 if options["search"] else 412, frame
        )

    def run(self, page: str = "", **query: str | list[str]) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        return at.switch_page(page).run() if page else at


def page_over(monkeypatch: pytest.MonkeyPatch, of: World, page: str, **query: str | list[str]) -> AppTest:
    """A page of the app over one imported world, as the address asks for it."""
    monkeypatch.setattr(cache, "workspace", workspace)
    monkeypatch.setattr(cache, "warehouse", engine)
    monkeypatch.setattr(cache, "snapshots", lambda: (of.manifest,))
    monkeypatch.setattr(cache, "verified", lambda _: of.manifest)
    at = AppTest.from_file(str(APP), default_timeout=240)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    return at.switch_page(page).run()


def markup_of(at: AppTest) -> str:
    """All markup of a page, as it is sent to the browser."""
    return "\n".join(element.proto.body for element in at.get("html"))


def plain(text: str) -> str:
    """Text without the marks that keep words together."""
    return text.replace("\u2060", "").replace("\u00a0", " ")


def figures_on(at: AppTest) -> list[tuple[str, dict[str, Any]]]:
    """The figures of a page in their order: their reading in words, and their data."""
    sent = (json.loads(element.proto.json) for element in at.get("bidi_component"))
    return [(one["alt"], json.loads(one["figure"])) for one in sent if "figure" in one]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    on = Stage()
    monkeypatch.setattr(cache, "snapshots", lambda: (manifest(),))
    monkeypatch.setattr(cache, "verified", lambda _: manifest())
    monkeypatch.setattr(cache, "choices", lambda _: CHOICES)
    monkeypatch.setattr(cache, "numbers", on.numbers)
    monkeypatch.setattr(cache, "answer", on.answer)
    monkeypatch.setattr(cache, "warehouse", lambda: None)
    monkeypatch.setattr(evidence, "open_leads", on.open_leads)
    monkeypatch.setattr(evidence, "lead_timeline", lambda *_: [(AS_OF, "passed to sales", "")])
    return on
