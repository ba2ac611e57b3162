"""Two more tables by hand: touches that are only counted, and leads around the edges of the default period."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from tests.metrics.worlds import World, csv_text, world, world_of

COUNTED_HEADER = (
    "Lead ID", "Handoff Date", "SAL Date", "First Touch", "Touch Count", "Channels", "First Response Date",
    "Meeting Date", "Opportunity: Created Date",
)  # fmt: skip
RUN = {"Handoff Date": "2026-05-05 10:00:00", "SAL Date": "2026-05-05 12:00:00"}
END, AFTER = "2026-05-19 12:00:00", "2026-05-19 12:00:01"
TOUCH, BEFORE = "2026-05-05 11:00:00", "2026-05-05 10:59:59"


def _counted() -> list[dict[str, str]]:
    rows = [
        {"Lead ID": "enough", "Touch Count": "6", "Channels": "2"},
        {"Lead ID": "five", "Touch Count": "5", "Channels": "2"},
        {"Lead ID": "one-channel", "Touch Count": "9", "Channels": "1"},
        {"Lead ID": "channels-blank", "Touch Count": "6"},
        {"Lead ID": "count-blank"},
    ]
    for kind in ("First Response Date", "Meeting Date", "Opportunity: Created Date"):
        name = kind.split()[0 if "Response" not in kind else 1].lower().strip(":")
        rows += [
            {"Lead ID": f"{name}-at-end", "Touch Count": "1", kind: END},
            {"Lead ID": f"{name}-after-end", "Touch Count": "1", kind: AFTER},
            {"Lead ID": f"{name}-at-touch", "First Touch": TOUCH, kind: TOUCH},
            {"Lead ID": f"{name}-before-touch", "Touch Count": "1", "First Touch": TOUCH, kind: BEFORE},
            {"Lead ID": f"{name}-at-handoff", "Touch Count": "1", kind: RUN["Handoff Date"]},
            {"Lead ID": f"{name}-uncounted", "Touch Count": "0", kind: END},
            {"Lead ID": f"{name}-blank", kind: END},
        ]
    return [RUN | row for row in rows]


ENGAGED_WHEN_COUNTED = {
    f"{name}-{when}"
    for name in ("response", "meeting", "opportunity")
    for when in ("at-end", "at-touch", "at-handoff")
}


@cache
def counted_world() -> World:
    """Touches as a number per lead: the working rate is "at most"."""
    return world_of(_counted(), as_of="2026-06-30 12:00:00", header=COUNTED_HEADER, zone="UTC")


UNDATED_LEADS = (
    ("handoff-response", 1, RUN["Handoff Date"]),
    ("before-handoff", 1, "2026-05-05 09:59:59"),
    ("end-response", 1, END),
    ("after-response", 1, AFTER),
    ("untouched-response", 0, END),
    ("six", 6, ""),
    ("five", 5, ""),
)


@cache
def undated_world() -> World:
    """A file of touches without their times, one row per touch: counted whole, "undated, at most"."""
    leads = [RUN | {"Lead ID": name, "First Response Date": at} for name, _, at in UNDATED_LEADS]
    touches = [
        {"Lead ID": name, "Channel": ("Call", "Email")[number % 2]}
        for name, count, _ in UNDATED_LEADS
        for number in range(count)
    ]
    files = {
        "leads.csv": csv_text(leads),
        "touches.csv": csv_text(touches, ("Lead ID", "Channel")),
    }
    return world(files, zone="UTC", as_of=datetime.fromisoformat("2026-06-30 12:00:00"))


def default_period_rows(inside: int) -> list[dict[str, str]]:
    """``inside`` leads of the default period in New York, and others around its edges and those of the fall-back.

    The extract is of 2026-09-01 12:00 UTC, so the period is 5 March 00:00 (EST, 05:00 UTC) to 3 June 00:00 (EDT,
    04:00 UTC): the offset differs at its two ends.
    """
    edges = {
        "first-second": "2026-03-05 05:00:00",
        "second-before": "2026-03-05 04:59:59",
        "last-second": "2026-06-03 03:59:59",
        "second-after": "2026-06-03 04:00:00",
        "old": "2025-01-01 12:00:00",
        "window-edge": "2026-08-18 12:00:00",
        "inside-window": "2026-08-18 12:00:01",
    }
    start = datetime.fromisoformat("2026-04-01 12:00:00")
    middle = {f"L{n}": str(start + timedelta(hours=n)) for n in range(inside - 2)}
    return [{"Lead ID": name, "Handoff Date": at} for name, at in (edges | middle).items()]


@cache
def default_period_worlds() -> dict[str, World]:
    """29, 30 and 31 leads in the default period."""
    # A zone of its own for the contract would do as well; here the import's zone is New York and stamps carry offsets.
    worlds = {}
    for inside in (29, 30, 31):
        rows = [
            row | {"Handoff Date": row["Handoff Date"].replace(" ", "T") + "Z"}
            for row in default_period_rows(inside)
        ]
        worlds[f"{inside} inside"] = world_of(rows, as_of="2026-09-01 12:00:00", zone="America/New_York")
    return worlds
