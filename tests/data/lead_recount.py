"""An independent reading of the exports: csv module, plain Python, written definitions, no code of the generator."""

from __future__ import annotations

import csv
import io
import math
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

AS_OF = datetime.fromisoformat("2026-09-30T18:00:00")
COHORT = (datetime.fromisoformat("2026-04-03"), datetime.fromisoformat("2026-07-02"))
WINDOW, HORIZON = timedelta(days=14), timedelta(days=90)
SIZE_BANDS = ((1, 10), (11, 50), (51, 200), (201, 1000), (1001, 5000), (5001, 10**9))


@dataclass
class Lead:
    row: dict[str, str]
    touches: list[tuple[datetime, str]] = field(default_factory=list)  # human only, sorted

    def at(self, column: str) -> datetime | None:
        return datetime.fromisoformat(self.row[column]) if self.row[column] else None

    @property
    def handoff(self) -> datetime:
        return datetime.fromisoformat(self.row["Handoff Date"])

    @property
    def is_in_cohort(self) -> bool:
        return COHORT[0] <= self.handoff < COHORT[1]

    @property
    def is_accepted(self) -> bool:
        return bool(self.row["SAL Date"] or self.row["Converted Opportunity ID"])

    @property
    def is_rejected(self) -> bool:
        return bool(self.row["Rejected Date"]) and not self.is_accepted

    @property
    def is_decided(self) -> bool:
        return self.is_accepted or self.is_rejected

    @property
    def is_won(self) -> bool:
        return self.row["Won"] == "TRUE"

    @property
    def first_touch(self) -> datetime | None:
        return next((at for at, _ in self.touches if at >= self.handoff), None)

    @property
    def limit_minutes(self) -> int:
        return 60 if self.row["Buying Intent"] == "High" else 240

    def is_touched_within(self, minutes: float, start: datetime | None = None) -> bool:
        touch = self.first_touch
        return touch is not None and working_time(start or self.handoff, touch) <= timedelta(minutes=minutes)

    @property
    def is_decided_in_window(self) -> bool:
        decided = self.at("SAL Date") or self.at("Opportunity: Created Date") or self.at("Rejected Date")
        has_reason = self.is_accepted or bool(self.row["Rejection Reason"])
        return decided is not None and has_reason and decided - self.handoff <= WINDOW

    @property
    def cadence_end(self) -> datetime:
        return (self.at("SAL Date") or self.handoff) + WINDOW

    @property
    def is_fully_worked(self) -> bool:
        end, first = self.cadence_end, self.first_touch
        inside = [channel for at, channel in self.touches if self.handoff <= at <= end]
        if len(inside) >= 6 and len(set(inside)) >= 2:
            return True
        columns = ("First Response Date", "Meeting Date", "Opportunity: Created Date")
        return any(first and (at := self.at(column)) and first <= at <= end for column in columns)

    @property
    def has_opportunity_in_horizon(self) -> bool:
        opened = self.at("Opportunity: Created Date")
        return opened is not None and opened - self.handoff <= HORIZON

    @property
    def is_won_in_horizon(self) -> bool:
        closed = self.at("Opportunity: Close Date")
        return self.is_won and closed is not None and closed - self.handoff <= HORIZON

    @property
    def score(self) -> int | None:
        return int(self.row["Lead Score"]) if self.row["Lead Score"] else None

    @property
    def size_band(self) -> int | None:
        text = self.row["No. of Employees"]
        if not text:
            return None
        low, _, high = text.rstrip("+").partition("-")
        size = (int(low) + int(high)) / 2 if high else int(low)
        return next(place for place, (_, top) in enumerate(SIZE_BANDS) if size <= top)


def data_rows(path: Path) -> list[dict[str, str]]:
    """The rows up to the first blank line, after which a Salesforce report prints its footer."""
    text = path.read_bytes().decode().split("\n\n", 1)[0]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_leads(folder: Path) -> list[Lead]:
    """One lead per id (a copied row says the same), with its human touches."""
    leads = {row["Lead ID"]: Lead(row) for row in data_rows(folder / "leads.csv")}
    for row in data_rows(folder / "touches.csv"):
        if row["Activity Source"] == "human":
            at = datetime.fromisoformat(row["Completed Date/Time"])
            leads[row["Lead ID"]].touches.append((at, row["Type"]))
    for lead in leads.values():
        lead.touches.sort()
    return list(leads.values())


def working_time(start: datetime, end: datetime) -> timedelta:
    """9 to 17, Monday to Friday, day by day."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        if day.weekday() < 5:
            opens, closes = datetime.combine(day, time(9)), datetime.combine(day, time(17))
            total += max(timedelta(), min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


def whole_file(folder: Path, leads: list[Lead]) -> dict[str, int]:
    deals = {
        lead.row["Converted Opportunity ID"]: lead for lead in leads if lead.row["Converted Opportunity ID"]
    }
    amounts = {key: int(lead.row["Amount"]) for key, lead in deals.items()}
    return {
        "rows": len(data_rows(folder / "leads.csv")),
        "leads": len(leads),
        "accepted": sum(lead.is_accepted for lead in leads),
        "rejected": sum(lead.is_rejected for lead in leads),
        "undecided": sum(not lead.is_decided for lead in leads),
        "leads_with_opportunity": sum(bool(lead.row["Converted Opportunity ID"]) for lead in leads),
        "opportunities": len(deals),
        "leads_won": sum(lead.is_won for lead in leads),
        "opportunities_won": sum(lead.is_won for lead in deals.values()),
        "amount_of_opportunities": sum(amounts.values()),
        "amount_won": sum(amounts[key] for key, lead in deals.items() if lead.is_won),
        "touches": len(data_rows(folder / "touches.csv")),
        "human_touches": sum(len(lead.touches) for lead in leads),
    }


def default_cohort(leads: list[Lead]) -> dict[str, int]:
    cohort = [lead for lead in leads if lead.is_in_cohort]
    accepted = [lead for lead in cohort if lead.is_accepted]
    over = [lead for lead in accepted if lead.cadence_end <= AS_OF]
    return {
        "leads": len(cohort),
        "settled": sum(lead.handoff + WINDOW <= AS_OF for lead in cohort),
        "accepted": len(accepted),
        "rejected": sum(lead.is_rejected for lead in cohort),
        "undecided": sum(not lead.is_decided for lead in cohort),
        "decided_in_window": sum(lead.is_decided_in_window for lead in cohort),
        "never_touched": sum(not lead.touches for lead in cohort),
        "touched_only_before_handoff": sum(
            bool(lead.touches) and lead.first_touch is None for lead in cohort
        ),
        "touched_within_4_working_hours": sum(lead.is_touched_within(240) for lead in cohort),
        "touched_inside_limit": sum(lead.is_touched_within(lead.limit_minutes) for lead in cohort),
        "touched_within_a_minute_of_handoff": sum(
            lead.first_touch is not None and lead.first_touch - lead.handoff <= timedelta(minutes=1)
            for lead in cohort
        ),
        "accepted_with_cadence_settled": len(over),
        "accepted_worked_to_the_full": sum(lead.is_fully_worked for lead in over),
        "accepted_with_opportunity_within_90_days": sum(lead.has_opportunity_in_horizon for lead in accepted),
        "wins_within_90_days": sum(lead.is_won_in_horizon for lead in cohort),
    }


def wilson(successes: int, total: int) -> tuple[float, float]:
    z, p = 1.959964, successes / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return middle - half, middle + half


def judged(successes: int, total: int, target: float) -> str:
    """Missed, met or open, by the 95 % interval against a target."""
    low, high = wilson(successes, total)
    if high < target and successes / total <= target - 0.02:
        return "missed"
    return "met" if low > target else "open"


def newcombe_high(a: tuple[int, int], b: tuple[int, int]) -> float:
    """The upper end of the interval for the first rate minus the second."""
    first, second = a[0] / a[1], b[0] / b[1]
    return first - second + math.hypot(wilson(*a)[1] - first, second - wilson(*b)[0])


def is_segment_mismatch(cohort: list[Lead]) -> bool:
    """Wins sit in other size bands than leads: beyond luck, another top band, and both bands clear of the average."""
    known = [(lead.size_band, lead.is_won_in_horizon) for lead in cohort if lead.size_band is not None]
    bands = [band for band, _ in known]
    leads, wins = Counter(bands), Counter(band for band, is_won in known if is_won)
    if wins.total() < 20:
        return False

    def variation(sample: Counter[int]) -> float:
        return sum(abs(leads[k] / len(bands) - sample[k] / wins.total()) for k in range(6)) / 2

    luck = random.Random(1)
    by_luck = sorted(variation(Counter(luck.sample(bands, wins.total()))) for _ in range(200))
    overall = wins.total() / len(bands)
    top_leads, top_wins = leads.most_common(1)[0][0], wins.most_common(1)[0][0]
    return (
        variation(wins) > by_luck[190]
        and top_leads != top_wins
        and wilson(wins[top_leads], leads[top_leads])[1] < overall
        and wilson(wins[top_wins], leads[top_wins])[0] > overall
    )


def rates(leads: list[Lead]) -> dict[str, str]:
    """Each contract number of the default cohort, judged against its default target."""
    counts = default_cohort(leads)
    return {
        "acceptance": judged(counts["accepted"], counts["accepted"] + counts["rejected"], 0.75),
        "touched": judged(counts["touched_inside_limit"], counts["leads"], 0.80),
        "working": judged(
            counts["accepted_worked_to_the_full"], counts["accepted_with_cadence_settled"], 0.80
        ),
        "decided": judged(counts["decided_in_window"], counts["leads"], 0.90),
        "opportunity": judged(counts["accepted_with_opportunity_within_90_days"], counts["accepted"], 0.20),
    }


def lower_half_wins_less(cohort: list[Lead]) -> bool:
    scored = sorted((lead.score, lead.is_won_in_horizon) for lead in cohort if lead.score is not None)
    median = scored[len(scored) // 2][0]
    low = [is_won for score, is_won in scored if score < median]
    high = [is_won for score, is_won in scored if score >= median]
    return sum(low) + sum(high) >= 20 and newcombe_high((sum(low), len(low)), (sum(high), len(high))) < 0


def is_plumbing_red(cohort: list[Lead]) -> bool:
    """The hand-off is stamped at the touch for a tenth of the leads, and the MQL clock at least doubles the wait."""
    touched = [lead for lead in cohort if lead.first_touch]
    at_once = [lead for lead in touched if lead.first_touch - lead.handoff <= timedelta(minutes=1)]
    if len(at_once) < 0.1 * len(touched):
        return False
    shown = sorted(working_time(lead.handoff, lead.first_touch) for lead in touched)
    repaired = sorted(working_time(lead.at("MQL Date"), lead.first_touch) for lead in touched)
    return repaired[len(repaired) // 2] > 2 * shown[len(shown) // 2] + timedelta(minutes=10)


def verdict(leads: list[Lead]) -> str:
    """The first verdict that matches, in the written order."""
    cohort = [lead for lead in leads if lead.is_in_cohort]
    if sum(lead.handoff + WINDOW <= AS_OF for lead in cohort) < 30:
        return "not_enough_leads"
    if is_plumbing_red(cohort):
        return "plumbing"
    if is_segment_mismatch(cohort):
        return "segment_mismatch"
    judged_rates = rates(leads)
    if judged_rates["acceptance"] == "missed" and lower_half_wins_less(cohort):
        return "quality_threshold"
    sales = [judged_rates[name] for name in ("touched", "working", "decided")]
    if judged_rates["acceptance"] != "missed" and "missed" in sales:
        return "sales_execution"
    if "missed" not in (judged_rates["acceptance"], *sales) and judged_rates["opportunity"] == "missed":
        return "strategy_fit"
    needed = [judged_rates[name] for name in ("acceptance", "touched", "opportunity", "working")]
    return "healthy" if needed == ["met"] * 4 else "undecided"


def by_contact(leads: list[Lead]) -> dict[str, list[Lead]]:
    groups: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        if lead.row["Email"]:
            groups[lead.row["Email"]].append(lead)
    return groups
