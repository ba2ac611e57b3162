"""One import has one fingerprint, by whatever route; killed imports leave nothing half; changed bytes are noticed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from analytics.errors import CancelledError, FileRefusedError
from analytics.importing.choices import Choices, Join, Mapping, fingerprint
from analytics.importing.pipeline import Import, SourceFile, import_files
from analytics.schema import Role
from analytics.store.workspace import Workspace
from tests.importing.imports import at, imported

TEXT = 'Lead No,Created,Stage of lead,Value,Team\nA,03/04/2026,Accepted,"1,5",X\nB,13/04/2026,Rejected,2,Y\nC,14/04/2026,New,3,X\n'
MAPPING = Mapping(
    (Role.LEADS,), {Role.LEADS: {"lead_id": "Lead No", "created_at": "Created"}}, (), {"disposition": {"Yes": "accepted"}},
    {"leads.Created": "dmy"}, ("Team",), keep_personal=False, preset=None,
)  # fmt: skip
MOMENT = datetime(2026, 4, 14)


def code(**changes: object) -> str:
    parts = {"roles": MAPPING.roles, "fields": MAPPING.fields, "joins": MAPPING.joins, "values": MAPPING.values,
             "date_orders": MAPPING.date_orders, "kept": MAPPING.kept, "keep_personal": False, "preset": None}  # fmt: skip
    extra = {name: changes.pop(name) for name in ("hashes", "zone", "as_of") if name in changes}
    mapping = Mapping(**(parts | changes))  # type: ignore[arg-type]
    return fingerprint(
        extra.get("hashes", ["aa"]), mapping, extra.get("zone", "UTC"), extra.get("as_of", MOMENT)
    )  # type: ignore[arg-type]


def test_every_part_of_an_import_is_in_its_fingerprint():
    codes = [
        code(), code(hashes=["ab"]), code(hashes=["aa", "aa"]), code(zone="Europe/Berlin"), code(as_of=datetime(2026, 4, 14, 0, 0, 1)),
        code(values={"disposition": {"Yes": "rejected"}}), code(values={}), code(date_orders={"leads.Created": "mdy"}), code(kept=()),
        code(keep_personal=True), code(fields={Role.LEADS: {"lead_id": "Lead No", "mql_at": "Created"}}), code(roles=(Role.TOUCHES,)),
        code(joins=(Join(Role.LEADS, "a", Role.TOUCHES, "b"),)),
    ]  # fmt: skip
    assert len(set(codes)) == len(codes)
    assert code(preset="hubspot") == code()
    fields = {Role.LEADS: {"created_at": "Created", "lead_id": "Lead No"}}
    assert code(fields=fields) == code()


def test_the_route_and_the_file_name_do_not_matter(tmp_path: Path):
    guessed = imported(
        tmp_path, TEXT, names=("one.csv",), choices=Choices(fields={(None, "disposition"): "Stage of lead"})
    )
    chosen = Choices(
        roles={0: Role.LEADS}, fields={(Role.LEADS, "lead_id"): "lead no", (None, "created_at"): "Created", (Role.LEADS, "disposition"): "Stage of lead", (None, "amount"): "Value"},
        date_order="dmy", values={"disposition": {"Accepted": "accepted", "New": "none"}}, preset="generic", keep=frozenset({"team"}), as_of=guessed.manifest.as_of,
    )  # fmt: skip
    again = imported(tmp_path, TEXT, names=("renamed elsewhere.csv",), choices=chosen)
    assert again.manifest.fingerprint == guessed.manifest.fingerprint
    assert len(again.workspace.snapshots()) == 1
    assert again.manifest.files[0].name == "one.csv"  # the snapshot stays as it was written


def test_any_other_choice_is_another_snapshot(tmp_path: Path):
    base = Choices(fields={(None, "disposition"): "Stage of lead"})
    others = [
        base, Choices(fields=base.fields, zone="Europe/Berlin"), Choices(fields=base.fields, as_of=at("2026-05-01")),
        Choices(fields=base.fields, values={"disposition": {"New": "rejected"}}), Choices(fields=base.fields, drop=frozenset({"Team"})),
    ]  # fmt: skip
    snapshots = [imported(tmp_path, TEXT, choices=choices) for choices in others]
    assert len({snapshot.manifest.fingerprint for snapshot in snapshots}) == len(others)
    assert len(snapshots[0].workspace.snapshots()) == len(others)


def test_a_refused_import_changes_nothing(tmp_path: Path):
    kept = imported(tmp_path, TEXT)
    before = sorted(str(path) for path in kept.workspace.home.rglob("*"))
    for wrong in ("", "lead_id,owner\nA,B\n", "lead_id,created_at\nA,soon\n"):
        with pytest.raises(FileRefusedError):
            imported(tmp_path, wrong)
    assert sorted(str(path) for path in kept.workspace.home.rglob("*")) == before


def test_a_cancelled_import_changes_nothing(tmp_path: Path):
    workspace = Workspace(tmp_path / "home")
    (tmp_path / "in.csv").write_text(TEXT, "utf-8")
    with Import.open(workspace) as work:
        work.read([SourceFile(tmp_path / "in.csv", "in.csv")], Choices())
        work.cancel()
        with pytest.raises(CancelledError):
            work.finish(Choices())
    assert workspace.snapshots() == []
    assert list((workspace.home / "staging").iterdir()) == []


CHILD = """
import sys
from pathlib import Path
from analytics.importing.choices import Choices
from analytics.importing.pipeline import SourceFile, import_files
from analytics.store.workspace import Workspace
print("ready", flush=True)
for number in range(1000):
    import_files(Workspace(Path(sys.argv[1])), [SourceFile(Path(sys.argv[2]), "in.csv")], Choices(zone="UTC", values={"disposition": {str(number): "none"}}, as_of=__import__("datetime").datetime(2026, 5, 1, number // 60, number % 60)))
"""


def test_an_import_killed_at_any_moment_leaves_whole_snapshots_only(tmp_path: Path):
    kept = imported(tmp_path, TEXT)
    source = tmp_path / "big.csv"
    source.write_text(
        "lead_id,created_at,Team\n"
        + "".join(f"L{n},2026-04-{n % 28 + 1:02} 10:00,T{n % 7}\n" for n in range(20_000)),
        "utf-8",
    )
    chance = random.Random(7)
    root = Path(__file__).resolve().parents[2]
    for _ in range(10):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(kept.workspace.home), str(source)],
            cwd=root,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.0, 0.9))
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
    workspace = Workspace(kept.workspace.home)
    assert workspace.manifest(kept.manifest.fingerprint) == kept.manifest
    for folder in workspace.snapshots_root.iterdir():
        assert workspace.manifest(folder.name).leads in (3, 20_000)
    (tmp_path / "in.csv").write_text(TEXT, "utf-8")
    import_files(workspace, [SourceFile(tmp_path / "in.csv", "in.csv")], Choices(as_of=at("2026-06-01")))
    assert list((workspace.home / "staging").iterdir()) == []
