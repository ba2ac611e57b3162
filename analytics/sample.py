"""The bundled sample: imported once into a workspace, so that the first screen has something to show."""

from __future__ import annotations

from pathlib import Path

from analytics.importing.choices import Choices
from analytics.importing.pipeline import Import, SourceFile
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace

FOLDER = Path(__file__).parents[1] / "data" / "sample"
ZONE = "America/New_York"


def ensure_sample(workspace: Workspace) -> Manifest:
    """The sample's snapshot, imported now if the workspace does not hold it yet."""
    for manifest in workspace.snapshots():
        if manifest.is_sample:
            return workspace.manifest(manifest.fingerprint)
    choices = Choices(zone=ZONE)
    files = [SourceFile(FOLDER / name, name) for name in ("leads.csv", "touches.csv", "spend.csv")]
    with Import.open(workspace) as work:
        work.read(files, choices)
        return work.finish(choices, is_sample=True)
