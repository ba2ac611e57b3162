"""Snapshots on disk: whole or not there, checked on every opening, private, published once."""

from __future__ import annotations

import json
import os
import stat
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from analytics.errors import RequestError, WorkspaceError
from analytics.importing.notices import Notice
from analytics.store.manifest import FileFacts, Manifest, read_manifest
from analytics.store.workspace import Workspace


def manifest(fingerprint: str = "ab" * 32, **changes: object) -> Manifest:
    facts: dict[str, object] = {
        "fingerprint": fingerprint, "imported_at": datetime(2026, 3, 1), "as_of": datetime(2026, 2, 1), "as_of_source": "chosen at import",
        "zone": "UTC", "files": (FileFacts("a.csv", "leads", "00", 1, 2, 2, 0),), "rows_read": 2, "leads": 2, "duplicates": 0, "rejected": 0,
        "footers": 0, "without_clock": 0, "clock_field": "created_at", "clock_starts_at": "creation date", "fields": ("created_at",),
        "columns": {"created_at": "leads.Created"}, "mapping": {}, "values": {}, "merges": [], "extra_columns": {},
        "notices": (Notice("code", 'A "quoted" sentence,\n "seal": "', 2, (1, 2)),), "stored": {},
    }  # fmt: skip
    return Manifest(**(facts | changes))  # type: ignore[arg-type]


def published(workspace: Workspace, what: Manifest | None = None) -> Manifest:
    with workspace.staging() as staging:
        folder = staging / "snapshot"
        folder.mkdir()
        pl.DataFrame({"lead_no": [0, 1]}).write_parquet(folder / "leads.parquet")
        return workspace.publish(folder, what or manifest())


def test_a_snapshot_is_read_back_as_it_was_written(tmp_path: Path):
    workspace = Workspace(tmp_path)
    written = published(workspace)
    assert Workspace(tmp_path).manifest(written.fingerprint) == written
    assert Workspace(tmp_path).manifest(written.fingerprint[:8]) == written
    assert workspace.snapshots() == [written]
    assert read_manifest(written.to_json()) == written
    json.loads((tmp_path / "snapshots" / written.fingerprint / "manifest.json").read_text("utf-8"))


def test_files_are_private(tmp_path: Path):
    home = tmp_path / "home"
    workspace = Workspace(home)
    written = published(workspace)
    workspace.secret()
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (home / "snapshots" / written.fingerprint).iterdir()
    }
    assert modes == {"leads.parquet": 0o600, "manifest.json": 0o600}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["leads.parquet", "manifest.json"])
def test_any_changed_byte_is_noticed_on_opening(tmp_path: Path, name: str):
    written = published(Workspace(tmp_path))
    path = tmp_path / "snapshots" / written.fingerprint / name
    whole = path.read_bytes()
    for position in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(WorkspaceError, match=r"[Ii]mport the files again"):
            Workspace(tmp_path).manifest(written.fingerprint)
    path.write_bytes(whole)
    assert Workspace(tmp_path).manifest(written.fingerprint) == written


def test_a_byte_changed_after_the_first_opening_is_noticed_too(tmp_path: Path):
    workspace = Workspace(tmp_path)
    written = published(workspace)
    assert workspace.manifest(written.fingerprint) == written
    path = workspace.path(written, "leads.parquet")
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(WorkspaceError, match=r"leads\.parquet of snapshot abababab was changed or lost"):
        workspace.manifest(written.fingerprint)
    path.unlink()
    with pytest.raises(WorkspaceError):
        workspace.manifest(written.fingerprint)


def test_importing_again_mends_a_damaged_snapshot(tmp_path: Path):
    workspace = Workspace(tmp_path)
    written = published(workspace)
    workspace.path(written, "leads.parquet").write_bytes(b"damaged")
    published(workspace)
    assert Workspace(tmp_path).manifest(written.fingerprint).leads == 2
    (tmp_path / "snapshots" / written.fingerprint / "manifest.json").write_text("{", "utf-8")
    assert workspace.snapshots() == []
    published(workspace)
    assert Workspace(tmp_path).manifest(written.fingerprint).leads == 2


def test_publishing_twice_keeps_the_first(tmp_path: Path):
    workspace = Workspace(tmp_path)
    first = published(workspace)
    second = published(workspace, manifest(imported_at=datetime(2027, 1, 1)))
    assert second == first
    assert workspace.snapshots() == [first]
    assert list((tmp_path / "staging").iterdir()) == []


def test_newest_first_and_damaged_ones_left_out(tmp_path: Path):
    workspace = Workspace(tmp_path)
    old = published(workspace, manifest("aa" * 32))
    new = published(workspace, manifest("bb" * 32, imported_at=datetime(2026, 3, 2)))
    assert workspace.snapshots() == [new, old]
    (tmp_path / "snapshots" / ("cc" * 32)).mkdir()
    (tmp_path / "snapshots" / old.fingerprint / "manifest.json").write_text("[]", "utf-8")
    assert workspace.snapshots() == [new]


def test_names_of_snapshots(tmp_path: Path):
    workspace = Workspace(tmp_path)
    published(workspace, manifest("abcdef01" + "0" * 56))
    published(workspace, manifest("abcdef01" + "1" * 56))
    with pytest.raises(RequestError, match="fits 2 snapshots"):
        workspace.manifest("abcdef01")
    for unknown in ("abcdef0", "deadbeef", "../../etc/passwd", "*", ""):
        with pytest.raises(RequestError, match="There is no snapshot"):
            workspace.manifest(unknown)


def test_a_deleted_snapshot_is_gone(tmp_path: Path):
    workspace = Workspace(tmp_path)
    written = published(workspace)
    workspace.delete(written.fingerprint)
    assert workspace.snapshots() == []
    assert list((tmp_path / "staging").iterdir()) == []
    with pytest.raises(RequestError):
        workspace.manifest(written.fingerprint)


def test_staging_of_dead_processes_is_swept(tmp_path: Path):
    workspace = Workspace(tmp_path)
    dead, alive = tmp_path / "staging" / "99999999-x", tmp_path / "staging" / f"{os.getpid()}-y"
    dead.mkdir()
    alive.mkdir()
    with workspace.staging() as folder:
        assert folder.exists()
    assert (dead.exists(), alive.exists(), folder.exists()) == (False, True, False)


def test_the_key_is_made_once(tmp_path: Path):
    first, second = Workspace(tmp_path / "one"), Workspace(tmp_path / "two")
    assert first.secret() == Workspace(tmp_path / "one").secret()
    assert first.secret() != second.secret()
    assert len(first.secret()) == 22


def test_a_workspace_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        Workspace(tmp_path / "file")
