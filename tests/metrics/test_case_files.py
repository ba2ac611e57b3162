"""Each metric against its case file: the counts expected of the sample, and a check query in another engine."""

from __future__ import annotations

import sqlite3
import tomllib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analytics.cohort import CohortRequest
from analytics.metrics.catalog import METRICS
from analytics.metrics.compose import journey_relation, metric_query
from tests.metrics import recount
from tests.metrics.hand_table import hand_world
from tests.metrics.recount import Agreement, WorkingClock
from tests.metrics.worlds import World, sample, story

CASES = Path(__file__).parent / "cases"
COLUMNS = ("rejection_reason", "lead_no", "handoff_at", "accepted_at", "rejected_at", "disposition", "opportunity_id", "opportunity_at", "outcome",
           "closed_at", "responded_at", "meeting_at", "intent", "has_company", "has_email", "has_phone")  # fmt: skip
every = pytest.mark.parametrize("slug", METRICS)


def case(slug: str) -> dict[str, Any]:
    path = CASES / f"{slug}.toml"
    assert path.exists(), (
        f"the metric {slug} has no case file: why, a check query, and the counts of the sample"
    )
    return tomllib.loads(path.read_text("utf-8"))


def seconds(value: Any) -> Any:
    return int(value.replace(tzinfo=UTC).timestamp()) if isinstance(value, datetime) else value


@cache
def ledger(name: str, *, whole: bool) -> sqlite3.Connection:
    """The imported rows in SQLite, stamps as seconds since 1970; ``worked`` is the second opinion's clock."""
    world = opened(name)
    rows, zone, as_of = world.rows(), world.manifest.zone, world.manifest.as_of
    clock = WorkingClock(Agreement(zone=zone), date(2025, 1, 1), as_of.date())
    kept = [row for row in rows if row["handoff_at"] is not None]
    if not whole:
        leads = recount.recounted(rows, world.touches(), as_of, Agreement(zone=zone))
        inside = {lead.row["lead_no"] for lead in recount.default_period(leads, as_of, zone)}
        kept = [row for row in kept if row["lead_no"] in inside]

    def worked(start: int | None, end: int | None) -> int | None:
        if start is None or end is None:
            return None
        low, high = (datetime.fromtimestamp(at, UTC).replace(tzinfo=None) for at in (start, end))
        return clock.worked(high) - clock.worked(low)

    book = sqlite3.connect(":memory:")
    book.create_function("worked", 2, worked, deterministic=True)
    book.execute(f"CREATE TABLE leads ({', '.join(COLUMNS)}, as_of)")
    book.execute("CREATE TABLE touches (lead_no, touched_at, channel, is_human)")
    book.execute("CREATE INDEX by_lead ON touches (lead_no, touched_at)")
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    stamped = [(*(seconds(row[name]) for name in COLUMNS), seconds(as_of)) for row in kept]
    book.executemany(f"INSERT INTO leads VALUES ({marks})", stamped)
    touches = [(t["lead_no"], seconds(t["touched_at"]), t["channel"], t["is_human"]) for t in world.touches()]
    book.executemany("INSERT INTO touches VALUES (?, ?, ?, ?)", touches)
    book.execute("CREATE VIEW old AS SELECT * FROM leads WHERE as_of >= handoff_at + 14 * 86400")
    return book


def opened(name: str) -> World:
    if name == "by hand":
        return hand_world()
    return sample() if name == "sample" else story(name, 11, 900)[0]


def checked(slug: str, name: str, *, whole: bool) -> dict[str, int]:
    cursor = ledger(name, whole=whole).execute(case(slug)["check"])
    names = [column[0] for column in cursor.description]
    return dict(zip(names, (value or 0 for value in cursor.fetchone()), strict=True))


def counted(slug: str, name: str, *, whole: bool) -> dict[str, int]:
    world = opened(name)
    cohort = world.cohort(CohortRequest(world.manifest.fingerprint, is_whole_file=whole))
    query = metric_query(METRICS[slug]).replace(
        "FROM cohort", f"FROM {journey_relation(world.warehouse, cohort)}"
    )
    return world.warehouse.run(query).row(0, named=True)


@every
def test_the_counts_of_the_sample(slug):
    told = case(slug)
    assert told["why"]
    assert counted(slug, "sample", whole=True) == told["sample_whole_file"]
    assert counted(slug, "sample", whole=False) == told["sample_default_cohort"]


@every
@pytest.mark.parametrize("name", ["sample", "by hand", "threshold_too_low"])
def test_the_check_query_counts_the_same(slug, name):
    assert checked(slug, name, whole=True) == counted(slug, name, whole=True)
    if name == "sample":
        assert checked(slug, name, whole=False) == counted(slug, name, whole=False)


def test_no_case_file_is_left_over():
    assert {path.stem for path in CASES.glob("*.toml")} == set(METRICS)
