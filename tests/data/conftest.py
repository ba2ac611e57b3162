"""One export per story and seed for the whole run: generating is quick, reading back is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from lead_recount import Lead, data_rows, read_leads

from data.generate import generate


@dataclass
class Export:
    folder: Path
    truth: dict[str, Any]

    @cached_property
    def leads(self) -> list[Lead]:
        return read_leads(self.folder)

    @cached_property
    def cohort(self) -> list[Lead]:
        return [lead for lead in self.leads if lead.is_in_cohort]

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        return data_rows(self.folder / "leads.csv")


@pytest.fixture(scope="session")
def export(tmp_path_factory) -> Callable[[str, int], Export]:
    made: dict[tuple[str, int], Export] = {}

    def exported(story: str, seed: int) -> Export:
        if (story, seed) not in made:
            folder = tmp_path_factory.mktemp(f"{story}_{seed}")
            made[story, seed] = Export(folder, generate(story, seed, 3_000, folder))
        return made[story, seed]

    return exported
