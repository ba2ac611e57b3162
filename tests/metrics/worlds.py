"""Small imported worlds for tests: CSV text in, snapshot, engine and counts out. One private workspace per run."""

from __future__ import annotations

import atexit
import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from analytics.cohort import Cohort, CohortRequest, open_cohort
from analytics.contract import Contract, default_contract
from analytics.evidence import Evidence, open_leads
from analytics.importing.choices import Choices
from analytics.importing.pipeline import SourceFile, import_files
from analytics.metrics.compose import JOURNEY_SETS, PLAIN_SETS, counting_query, journey_query
from analytics.readout import Readout, build_readout
from analytics.sample import ensure_sample
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace
from analytics.warehouse import Warehouse
from data.generate import generate

Filters = tuple[tuple[str, tuple[str, ...]], ...]


@cache
def home() -> Path:
    """A folder that goes away with the run."""
    folder = Path(tempfile.mkdtemp(prefix="handoff-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def workspace() -> Workspace:
    return Workspace(home() / "workspace")


@dataclass(frozen=True)
class World:
    """One snapshot with an engine of its own; requests default to the whole file and the default contract."""

    manifest: Manifest
    warehouse: Warehouse
    contract: Contract = field(default_factory=default_contract)

    def request(self, *, filters: Filters = (), **period: Any) -> CohortRequest:
        return CohortRequest(
            self.manifest.fingerprint, filters=filters, **(period or {"is_whole_file": True})
        )

    def cohort(self, request: CohortRequest | None = None) -> Cohort:
        return open_cohort(self.warehouse, self.manifest, self.contract, request or self.request())

    def counts(
        self, request: CohortRequest | None = None, slugs: Iterable[str] = PLAIN_SETS
    ) -> dict[str, int]:
        query = counting_query(self.cohort(request), list(slugs))
        return self.warehouse.run(query).row(0, named=True)

    def journeys(
        self, request: CohortRequest | None = None, slugs: Iterable[str] = JOURNEY_SETS
    ) -> dict[str, int]:
        """Counts of any lead sets of the cohort, those that need journeys too."""
        query = journey_query(self.warehouse, self.cohort(request), list(slugs))
        return self.warehouse.run(query).row(0, named=True)

    def readout(self, request: CohortRequest | None = None, dimension: str = "source") -> Readout:
        return build_readout(
            self.warehouse, self.manifest, self.contract, request or self.request(), dimension
        )

    def evidence(self, key: str, request: CohortRequest | None = None, **options: Any) -> Evidence:
        return open_leads(
            self.warehouse, self.manifest, self.contract, request or self.request(), key, **options
        )

    def ids(self, key: str, request: CohortRequest | None = None) -> set[str]:
        return set(self.evidence(key, request).frame["lead_id"])

    def rows(self) -> list[dict[str, Any]]:
        return pl.read_parquet(workspace().path(self.manifest, "leads.parquet")).to_dicts()

    def touches(self) -> list[dict[str, Any]]:
        path = workspace().path(self.manifest, "touches.parquet")
        return pl.read_parquet(path).to_dicts() if path.exists() else []

    def under(self, contract: Contract) -> World:
        return World(self.manifest, self.warehouse, contract)

    def afresh(self) -> World:
        """The same snapshot in an engine that has shaped nothing yet; close it when done."""
        return World(self.manifest, Warehouse(workspace().snapshots_root), self.contract)


@cache
def engine() -> Warehouse:
    opened = Warehouse(workspace().snapshots_root, milliseconds=120_000)
    atexit.register(opened.close)
    return opened


def csv_text(rows: Sequence[Mapping[str, Any]], header: Sequence[str] | None = None) -> str:
    """Rows as a CSV file; the columns are those of ``header``, else all keys in the order they appear."""
    columns = list(header) if header else list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def world(files: Mapping[str, str], contract: Contract | None = None, **choices: Any) -> World:
    """Import CSV texts, file name -> text, and open the snapshot."""
    folder = Path(tempfile.mkdtemp(dir=home()))
    sources = []
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
        sources.append(SourceFile(folder / name, name))
    manifest = import_files(workspace(), sources, Choices(**choices))
    return World(manifest, engine(), contract or default_contract())


def world_of(
    leads: Sequence[Mapping[str, Any]],
    touches: Sequence[Mapping[str, Any]] | None = None,
    *,
    as_of: str | None = None,
    header: Sequence[str] | None = None,
    contract: Contract | None = None,
    **choices: Any,
) -> World:
    """Import rows as leads.csv and touches.csv; ``as_of`` is naive UTC in ISO."""
    files = {"leads.csv": csv_text(leads, header)}
    if touches is not None:
        files["touches.csv"] = csv_text(
            touches, ("Lead ID", "Completed Date/Time", "Type", "Activity Source")
        )
    if as_of:
        choices["as_of"] = datetime.fromisoformat(as_of)
    return world(files, contract, **choices)


@cache
def sample() -> World:
    return World(ensure_sample(workspace()), engine())


@cache
def story(name: str, seed: int, leads: int) -> tuple[World, dict[str, Any]]:
    """A generated story, imported, with its truth."""
    folder = home() / f"{name}-{seed}-{leads}"
    truth = generate(name, seed, leads, folder)
    sources = [SourceFile(folder / file, file) for file in ("leads.csv", "touches.csv")]
    return World(import_files(workspace(), sources, Choices(zone="America/New_York")), engine()), truth
