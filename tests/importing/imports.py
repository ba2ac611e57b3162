"""Imports hand-written texts in one line, and finds the larger test files that may lie beside the repository."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics.importing.choices import Choices
from analytics.importing.pipeline import SourceFile, import_files
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace

BESIDE = Path(__file__).resolve().parents[2].parent / "shared"


def beside(*parts: str) -> Path:
    """A folder of test files beside the repository; skips the test where it is absent."""
    path = BESIDE.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"The test files of {'/'.join(parts)} are not beside this checkout.")
    return path


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an import left behind."""

    workspace: Workspace
    manifest: Manifest

    @property
    def rows(self) -> list[dict[str, Any]]:
        return pl.read_parquet(self.workspace.path(self.manifest, "leads.parquet")).to_dicts()

    @property
    def leads(self) -> dict[str, dict[str, Any]]:
        return {row["lead_id"]: row for row in self.rows}

    @property
    def aside(self) -> list[dict[str, Any]]:
        return pl.read_parquet(self.workspace.path(self.manifest, "aside.parquet")).to_dicts()

    def said(self, code: str) -> list[str]:
        return [notice.sentence for notice in self.manifest.notices if notice.code == code]


def imported(
    folder: Path, *texts: str, names: tuple[str, ...] = (), choices: Choices | None = None
) -> Snapshot:
    """Import CSV texts (leads first) into a workspace below ``folder``."""
    sources = []
    for number, text in enumerate(texts):
        name = names[number] if names else f"file_{number}.csv"
        path = folder / f"in_{number}.csv"
        path.write_bytes(text.encode("utf-8"))
        sources.append(SourceFile(path, name))
    workspace = Workspace(folder / "home")
    return Snapshot(workspace, import_files(workspace, sources, choices or Choices()))


def at(text: str) -> datetime:
    """A naive UTC moment."""
    return datetime.fromisoformat(text)
