"""The honest baseline of the benchmarks: the same four numbers by pandas and lifelines, written well, as one would.

Not part of the product. Reads the plain benchmark files of ``data.generate --plain`` (dates in New York time), vectorised
throughout: working hours by numpy's business-day count, Kaplan-Meier by lifelines, Wilson by formula.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ZONE = "America/New_York"
OPENS, CLOSES = 9 * 3600, 17 * 3600
DATES = ["Created Date", "Handoff Date", "First Activity", "SAL Date", "Rejected Date", "Opportunity: Created Date",
         "Opportunity: Close Date"]  # fmt: skip


def read_leads(path: Path) -> pd.DataFrame:
    """Leads with parsed local dates, the columns that the four numbers need."""
    columns = ["Lead ID", "Buying Intent", "Lead Score", "Converted Opportunity ID", "Won", *DATES]
    frame = pd.read_csv(path, usecols=columns, dtype={"Won": "string", "Converted Opportunity ID": "string"})
    for name in DATES:
        frame[name] = pd.to_datetime(frame[name], format="ISO8601")
    return frame.drop_duplicates("Lead ID", keep="last")


def read_touches(path: Path) -> pd.DataFrame:
    """Human touches with their local time and channel."""
    columns = ["Lead ID", "Completed Date/Time", "Type", "Activity Source"]
    frame = pd.read_csv(path, usecols=columns, dtype={"Type": "category", "Activity Source": "category"})
    frame = frame[frame["Activity Source"] == "human"].copy()
    frame["at"] = pd.to_datetime(frame["Completed Date/Time"], format="ISO8601")
    return frame[["Lead ID", "at", "Type"]]


def working_seconds(moments: pd.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Working seconds since an origin, 9 to 17 Monday to Friday on local wall time."""
    days = moments.to_numpy().astype("datetime64[D]")
    second = (moments.to_numpy() - days).astype("timedelta64[s]").astype(np.int64)
    whole = np.busday_count(np.datetime64("2020-01-01"), days).astype(np.int64) * (CLOSES - OPENS)
    today = np.where(np.is_busday(days), np.clip(second - OPENS, 0, CLOSES - OPENS), 0)
    seconds: np.ndarray[Any, np.dtype[np.int64]] = whole + today
    return seconds


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval."""
    z, share = 1.959963984540054, successes / trials
    middle, spread = (
        share + z * z / (2 * trials),
        z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2)),
    )
    scale = 1 + z * z / trials
    return (middle - spread) / scale, (middle + spread) / scale


def four_numbers(leads: pd.DataFrame, touches: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, Any]:
    """Acceptance, speed to lead, working rate and conversion by score band for the whole file; ``as_of`` is local."""
    handoff = leads["Handoff Date"]
    accepted = (
        leads["SAL Date"].notna()
        | leads["Opportunity: Created Date"].notna()
        | (leads["Won"] == "TRUE").fillna(value=False)
    )
    settled = handoff + pd.Timedelta(days=14) <= as_of
    done = int((accepted & settled).sum())
    result: dict[str, Any] = {"acceptance": (done, int(settled.sum()), wilson(done, int(settled.sum())))}

    joined = touches.merge(leads[["Lead ID", "Handoff Date"]], on="Lead ID")
    first = joined[joined["at"] >= joined["Handoff Date"]].groupby("Lead ID")["at"].min()
    leads = leads.assign(first=leads["Lead ID"].map(first))
    result["speed"] = _speed(leads, joined, as_of)
    result["working"] = _working(leads, joined, accepted, as_of)
    result["bands"] = _bands(leads, as_of)
    return result


def _speed(leads: pd.DataFrame, joined: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, Any]:
    from lifelines import KaplanMeierFitter

    ever = leads["Lead ID"].isin(joined["Lead ID"].unique())
    timed = leads[leads["first"].notna() | ~ever]
    touched = timed["first"].notna()
    start, end = timed["Handoff Date"], timed["first"].fillna(as_of)
    found = {}
    for clock, waits in (
        ("working", working_seconds(end) - working_seconds(start)),
        ("wall", (end - start).dt.total_seconds().to_numpy()),
    ):
        fitter = KaplanMeierFitter().fit(waits, touched)
        found[clock] = [fitter.percentile(1 - share) for share in (0.5, 0.75, 0.9, 0.95, 0.99)]
        found[f"{clock} within"] = [1 - float(fitter.predict(mark)) for mark in (300, 3600, 14400)]
    return found


def _working(
    leads: pd.DataFrame, joined: pd.DataFrame, accepted: pd.Series, as_of: pd.Timestamp
) -> tuple[int, int]:
    until = leads["SAL Date"].fillna(leads["Handoff Date"]) + pd.Timedelta(days=14)
    due = accepted & (until <= as_of)
    window = joined.merge(leads.assign(until=until)[due][["Lead ID", "until"]], on="Lead ID")
    window = window[(window["at"] >= window["Handoff Date"]) & (window["at"] <= window["until"])]
    effort = window.groupby("Lead ID").agg(touches=("at", "size"), channels=("Type", "nunique"))
    full = set(effort[(effort["touches"] >= 6) & (effort["channels"] >= 2)].index)
    answered = leads["Opportunity: Created Date"].le(until) & leads["first"].le(
        leads["Opportunity: Created Date"]
    )
    return int((due & (leads["Lead ID"].isin(full) | answered)).sum()), int(due.sum())


def _bands(leads: pd.DataFrame, as_of: pd.Timestamp) -> list[tuple[int, int]]:
    horizon = leads["Handoff Date"] + pd.Timedelta(days=90)
    mature = leads[horizon <= as_of]
    won = (mature["Won"] == "TRUE").fillna(value=False) & (
        mature["Opportunity: Close Date"] <= horizon[mature.index]
    )
    band = pd.cut(mature["Lead Score"], [0, 20, 40, 60, 80, np.inf], right=False)
    grouped = won.groupby(band, observed=False).agg(["sum", "size"])
    return [(int(row["sum"]), int(row["size"])) for _, row in grouped.iterrows()]
