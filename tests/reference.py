"""Reads the larger table of published values that may lie beside the repository; tests skip where it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

GOLDEN_PATH = Path(__file__).resolve().parents[1].parent / "shared" / "reference" / "golden.json"


def golden(prefix: str) -> list[dict[str, Any]]:
    """All cases whose id starts with ``prefix``; at least one, else the test fails. Skips without the table."""
    if not GOLDEN_PATH.exists():
        pytest.skip(
            "The larger table of published values is not beside this checkout; the literal ones still ran."
        )
    cases = [
        case for case in json.loads(GOLDEN_PATH.read_text("utf-8"))["cases"] if case["id"].startswith(prefix)
    ]
    assert cases, f"no published case starts with {prefix!r}"
    return cases
