"""The direction of dependencies, and the sentences "only X does Y" that a new reader relies on."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path for folder in ("analytics", "pages", "data") for path in sorted((ROOT / folder).rglob("*.py"))
] + [ROOT / "app.py"]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, at the top or inside a function, for types or for good."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def who_imports(package: str) -> set[str]:
    return {
        name_of(path)
        for path in SOURCES
        if any(name == package or name.startswith(f"{package}.") for name in imported(path))
    }


def test_the_import_contracts_hold():
    found = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr
    assert "0 broken" in found.stdout


def test_only_the_warehouse_and_the_import_know_the_engine():
    strangers = {
        name
        for name in who_imports("duckdb")
        if name != "analytics.warehouse" and not name.startswith("analytics.importing.")
    }
    assert strangers == set()


def test_only_the_warehouse_opens_the_engine():
    openers = {name_of(path) for path in SOURCES if "duckdb.connect(" in path.read_text("utf-8")}
    assert openers == {"analytics.warehouse"}


def test_nothing_but_pages_knows_the_screen():
    assert all(name == "app" or name.startswith("pages") for name in who_imports("streamlit"))


def test_only_one_module_caches_on_the_screen():
    users = {name_of(path) for path in SOURCES if "st.cache_" in path.read_text("utf-8")}
    assert users == {"pages.ui.cache"}


@pytest.mark.parametrize("oracle", ["lifelines", "statsmodels", "pandas"])
def test_the_oracles_of_the_tests_stay_in_the_tests(oracle):
    product = {
        name for name in who_imports(oracle) if not name.startswith("data.")
    }  # the benchmark has a rival
    assert product == set()


def test_query_text_comes_from_disk_in_one_place():
    """Shaping queries are read by name; each file opens with its grain, its zone and what NULL means."""
    for path in sorted((ROOT / "analytics" / "queries").glob("*.sql")):
        opening = path.read_text("utf-8").split("\nSELECT", 1)[0].split("\nWITH", 1)[0]
        assert opening.startswith("-- Grain:"), path.name
        assert "Zone:" in opening, path.name
        assert "NULL" in opening, path.name


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_the_first_line_says_what_only_this_file_does(path):
    text = path.read_text("utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), path.name


def test_analytics_runs_without_a_screen():
    code = (
        "import sys, analytics.readout, analytics.__main__, analytics.evidence, analytics.charts.wait_curve;"
        "loaded = sorted(m for m in sys.modules if m.split('.')[0] in ('streamlit', 'pages', 'lifelines', 'pandas'));"
        "sys.exit(', '.join(loaded[:5]) or 0)"
    )
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
