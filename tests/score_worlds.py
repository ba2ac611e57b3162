"""Leads by hand for the score page: a why for each, and one exactly on every edge of band, age and horizon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tests.metrics.worlds import World, world_of

AS_OF = "2026-06-30 12:00:00"
HEADER = (
    "Lead ID", "Handoff Date", "SAL Date", "Rejected Date", "Converted Opportunity ID", "Opportunity: Created Date",
    "Opportunity: Close Date", "Won", "Lead Score", "Company", "Lead Source",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """``band`` as counted by hand; ``facts``: mature, settled, accepted, rejected, opportunity and won in the horizon."""

    id: str
    why: str
    facts: str
    band: int
    cells: dict[str, str]

    def has(self, fact: str) -> bool:
        return fact in self.facts.split()


OLD, EDGE, YOUNG = "2026-03-02 09:00:00", "2026-04-01 12:00:00", "2026-04-01 12:00:01"


def _row(name, why, facts, band, handoff, score, **cells) -> Row:
    short = {"accepted": "SAL Date", "rejected": "Rejected Date", "deal": "Converted Opportunity ID",
             "opened": "Opportunity: Created Date", "closed": "Opportunity: Close Date", "won": "Won"}  # fmt: skip
    row = {
        "Lead ID": name,
        "Handoff Date": handoff,
        "Lead Score": score,
        "Company": f"{name} Ltd",
        "Lead Source": "Web",
    }
    return Row(name, why, facts, band, row | {short[key]: value for key, value in cells.items()})


ROWS = (
    _row("floor", "the lowest score there is", "mature settled rejected", 0, OLD, "0", rejected="2026-03-03 09:00:00"),
    _row("under-20", "a hair under the second band", "mature settled", 0, OLD, "19"),
    _row("at-20", "exactly on the second band's edge", "mature settled accepted", 1, OLD, "20", accepted="2026-03-04 09:00:00"),
    _row("at-40", "on the third edge, opportunity in the last second of the horizon",
         "mature settled accepted opportunity", 2, OLD, "40", accepted="2026-03-04 09:00:00", deal="O1", opened="2026-05-31 09:00:00"),
    _row("late-opportunity", "one second after the horizon: no opportunity within it", "mature settled accepted", 2,
         OLD, "41", accepted="2026-03-04 09:00:00", deal="O2", opened="2026-05-31 09:00:01"),
    _row("won-edge", "won in the last second of the horizon", "mature settled accepted opportunity won", 3, OLD, "60",
         accepted="2026-03-04 09:00:00", deal="O3", opened="2026-04-01 09:00:00", closed="2026-05-31 09:00:00", won="true"),
    _row("won-late", "won a second later: an opportunity within it, no win", "mature settled accepted opportunity", 3,
         OLD, "60", accepted="2026-03-04 09:00:00", deal="O4", opened="2026-04-01 09:00:00", closed="2026-05-31 09:00:01", won="true"),
    _row("top", "the highest score", "mature settled accepted opportunity won", 4, OLD, "100",
         accepted="2026-03-04 09:00:00", deal="O5", opened="2026-04-01 09:00:00", closed="2026-05-01 09:00:00", won="true"),
    _row("at-80", "on the last edge, of age in this very second", "mature settled rejected", 4, EDGE, "80", rejected="2026-04-03 09:00:00"),
    _row("young", "a second too young, though won", "settled accepted", 4, YOUNG, "85",
         accepted="2026-04-02 09:00:00", deal="O6", opened="2026-04-05 09:00:00", closed="2026-04-20 09:00:00", won="true"),
    _row("pending", "inside the disposition window", "", 2, "2026-06-20 09:00:00", "55"),
    _row("no-score", "no score, and won", "mature settled accepted opportunity won", -1, OLD, "",
         accepted="2026-03-04 09:00:00", deal="O7", opened="2026-04-01 09:00:00", closed="2026-05-01 09:00:00", won="true"),
)  # fmt: skip


@cache
def hand_world() -> World:
    return world_of([row.cells for row in ROWS], as_of=AS_OF, header=HEADER)


def number_of(row: Row) -> float | None:
    return float(row.cells["Lead Score"]) if row.cells["Lead Score"] else None


@cache
def many(floor: int = 40, below: int = 0, wins: tuple[int, ...] = (45, 52, 60, 71, 88)) -> World:
    """200 leads of one month, scores ``floor`` to ``floor`` + 49 four times each, ``below`` further ones under the floor.

    The first lead at each score of ``wins`` is won. Decided: all; accepted: scores of 60 and above, opportunity: 70.
    """
    rows = [
        _many(f"{turn}-{score}", score, is_won=turn == 0 and score in wins)
        for turn in range(4)
        for score in range(floor, floor + 50)
    ]
    rows += [_many(f"under-{number}", floor - 5 - number) for number in range(below)]
    return world_of(rows, as_of=AS_OF, header=HEADER)


def _many(name: str, score: int, *, is_won: bool = False) -> dict[str, str]:
    row = {
        "Lead ID": name,
        "Handoff Date": OLD,
        "Lead Score": str(score),
        "Company": f"Company {name}",
        "Lead Source": "Web",
    }
    row |= (
        {"SAL Date": "2026-03-04 09:00:00"}
        if score >= 60 or is_won
        else {"Rejected Date": "2026-03-05 09:00:00"}
    )
    if score >= 70 or is_won:
        row |= {"Converted Opportunity ID": f"O{name}", "Opportunity: Created Date": "2026-03-20 09:00:00"}
    if is_won:
        row |= {"Opportunity: Close Date": "2026-04-20 09:00:00", "Won": "true"}
    return row
