"""The pay plan and its replay in words: the answer, the plan in ninety seconds, the warnings, each gate by how many leads."""

from __future__ import annotations

from analytics import formatting as text
from analytics.contract import Contract
from analytics.pay_gates import (
    LAGGING_DAYS,
    LEAST_SHARE,
    MOST_CONDITIONS,
    MOST_SHARE,
    Condition,
    PayReplay,
    QuarterPay,
    SharedNumber,
    State,
)
from analytics.periods import Unit, label
from analytics.results import Unmeasurable

SHADOW = "Shadow: nobody’s pay depends on it yet"
MOST_WORDS = 230
"""Ninety seconds at the pace of speech, 153 words a minute."""
NAMES = {
    "accepted_of_decided": "acceptance",
    "accepted_to_opportunity": "opportunity",
    "touched_inside_limit": "speed",
    "working_rate": "effort",
    "decided_in_window": "decision",
}
"""Metric -> the name of its part of a gate."""
SHARED_NAMES = {
    "net_new_revenue": "net new revenue",
    "advancing_pipeline": "advancing pipeline",
}
_FINAL = (State.MET, State.MISSED, State.NOT_JUDGED, State.UNKNOWN)


def subject(replay: PayReplay) -> QuarterPay | None:
    """The quarter the answer speaks of: the latest of which both sides are judged, else one side, else the latest."""
    if not replay.quarters:
        return None
    latest = replay.quarters[::-1]
    both = (one for one in latest if one.marketing in _FINAL and one.sales in _FINAL)
    either = (one for one in latest if one.marketing in _FINAL or one.sales in _FINAL)
    return next(both, None) or next(either, latest[0])


def answer(replay: PayReplay) -> str:
    """What the plan would have paid in the latest quarter that can be judged; marketing first, then sales."""
    one = subject(replay)
    if one is None:
        return "No lead is in this selection, so there is no quarter to judge."
    name = label(Unit.QUARTER, one.number)
    if one.marketing is State.MET and one.sales is State.MET:
        return f"{name} would have paid marketing and sales in full."
    if one.marketing is one.sales and one.marketing in {State.PENDING, State.IN_PART, State.ZERO}:
        return f"{name} cannot be judged: {_waiting(one, one.marketing)}."
    return f"{name} {marketing_words(one)}; {sales_words(one)}."


def marketing_words(one: QuarterPay) -> str:
    """Marketing's outcome, to follow the quarter's name: ``would have paid marketing in full``."""
    if one.marketing is State.MET:
        return "would have paid marketing in full"
    if one.marketing is State.MISSED:
        parts = []
        if one.volume.state is State.MISSED:
            parts.append(f"volume fell short by {text.plural(-one.volume.by, 'lead')}")
        if one.quality is State.MISSED:
            parts.append(f"the quality gate was missed: {_missed(one, 'marketing')}")
        return f"would have paid marketing no volume bonus: {', and '.join(parts)}"
    if one.marketing is State.NOT_JUDGED:
        return (
            f"would not have judged marketing: sales decided {text.rate(one.decided)} of the settled leads,"
            f" under {text.percent(0.9)}"
        )
    if one.marketing is State.UNKNOWN:
        return "cannot be measured from this export for marketing"
    return f"leaves marketing open: {_waiting(one, one.marketing, 'marketing')}"


def sales_words(one: QuarterPay) -> str:
    """Sales' outcome as the second half of a sentence: ``sales missed the speed gate by 41 leads``."""
    if one.sales is State.MET:
        return "it would have paid sales in full"
    if one.sales is State.MISSED:
        return f"sales missed {_missed(one, 'sales')}"
    if one.sales is State.UNKNOWN:
        return "sales cannot be measured from this export"
    return f"sales is open: {_waiting(one, one.sales, 'sales')}"


def _missed(one: QuarterPay, side: str) -> str:
    """``the speed gate by 41 leads``, ``the speed gate by 41 and the effort gate by 12 leads``."""
    noun = "gate" if side == "sales" else "part"
    short = [(NAMES[found.slug], -(found.by or 0)) for found in one.of(side) if found.state is State.MISSED]
    last = len(short) - 1
    parts = [
        f"the {name} {noun} by {text.plural(leads, 'lead') if place == last else text.count(leads)}"
        for place, (name, leads) in enumerate(short)
    ]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _waiting(one: QuarterPay, state: State, side: str = "") -> str:
    """What a side still waits for; both sides without one. A day that has passed is not named again."""
    if state is State.IN_PART:
        return "only part of the quarter is in the selection or the file"
    if state is State.ZERO:
        return "it holds no leads to judge"
    days = [day for whose, day in one.judged_on.items() if side in {"", whose}]
    when = f"; it can be judged from {text.day(max(days))}"
    if not one.counts.is_over:
        return f"the quarter was not over at the extract{when}"
    if one.counts.extract_on is not None and max(days) <= one.counts.extract_on:
        when = ""
    conditions = one.of(side) if side else one.conditions
    most = max(found.pending for found in conditions)
    return f"{text.plural(most, 'lead')} can still change it{when}"


def notes(replay: PayReplay) -> tuple[str, ...]:
    """Who funds the fix, what luck could have brought, and the quarters that are still open."""
    one = subject(replay)
    if one is None:
        return ()
    funds = " and ".join(one.funded_by)
    lucky = [
        NAMES[found.slug]
        for found in one.conditions
        if found.is_within_luck and found.state in {State.MET, State.MISSED}
    ]
    waiting = [
        label(Unit.QUARTER, other.number)
        for other in replay.quarters
        if other is not one and State.PENDING in {other.marketing, other.sales}
    ]
    return tuple(
        words
        for words in (
            f"{funds} would fund the fix" if funds else "",
            f"within luck: {', '.join(lucky)}" if lucky else "",
            f"still pending: {', '.join(waiting[-3:])}" if waiting else "",
            "no volume is agreed: marketing is judged by its quality gate alone"
            if one.volume.state is State.NOT_AGREED
            else "",
        )
        if words
    )


def condition_words(one: Condition) -> str:
    """One condition of one quarter: ``missed by 41 leads``, ``met by 3 leads, within luck``, ``pending: 12 leads``."""
    luck = ", within luck" if one.is_within_luck else ""
    if one.state in {State.MET, State.MISSED}:
        return f"{one.state.value} by {text.plural(abs(one.by or 0), 'lead')}{luck}"
    if one.state is State.PENDING:
        return (
            f"pending: {text.plural(one.pending, 'lead')}"
            if one.pending
            else "pending: the quarter is not over"
        )
    if one.state is State.UNKNOWN and one.why is None:
        if one.is_at_most and (one.by or 0) >= 0:
            return "at most, so it cannot be called met"
        lacking = "number of touches" if one.slug == "working_rate" else "date"
        return f"cannot be measured: it turns on {text.plural(one.unsure, 'lead')} without a {lacking}"
    if one.state is State.NOT_JUDGED:
        return f"not judged: under {text.percent(0.9)} decided"
    return one.state.value


def rate_words(one: Condition) -> str:
    """The rate of a condition with its interval; "at most" where touches are undated."""
    if one.rate is None:
        return State.UNKNOWN.value
    at_most = "at most " if one.is_at_most and one.rate.denominator else ""
    return f"{at_most}{text.rate_with_interval(one.rate)}"


def volume_words(one: QuarterPay) -> str:
    """Marketing's volume of one quarter against three months of what was agreed."""
    if one.volume.state is State.NOT_AGREED:
        return State.NOT_AGREED.value
    if one.volume.state in {State.MET, State.MISSED}:
        return f"{one.volume.state.value} by {text.plural(abs(one.volume.by), 'lead')}"
    return f"{one.volume.state.value}: {text.plural(-one.volume.by, 'lead')} to go"


def outcome_words(state: State, side: str) -> str:
    """What a side would have got."""
    if state is State.MET:
        return "paid in full"
    if state is State.MISSED:
        return "no volume bonus" if side == "marketing" else "gate missed"
    return state.value


def funded_words(one: QuarterPay) -> str:
    """Who funds the fix of a missed gate."""
    return " and ".join(one.funded_by) if one.funded_by else "nobody"


def shared_words(one: SharedNumber, contract: Contract) -> str:
    """The shared number of one quarter: ``1,200,000 from 12 opportunities``, with what is open and what carries no amount."""
    if not one.opportunities:
        return "0 from no opportunity"
    is_open = contract.pay_number == "advancing_pipeline" and one.at_most > one.amount
    amount = text.money(one.amount)
    if is_open:
        amount = f"{amount} to {text.money(one.at_most)}"
    blank = f"; {text.count(one.without_amount)} without an amount" if one.without_amount else ""
    return f"{amount} from {text.plural(one.opportunities, 'opportunity', 'opportunities')}{blank}"


def shared_notes(replay: PayReplay, contract: Contract) -> tuple[str, ...]:
    """How to read the shared number; why it cannot be measured."""
    if isinstance(replay.shared, Unmeasurable):
        return (replay.shared.why, f"What would bring it: {replay.shared.column}.")
    counted = "won" if contract.pay_number == "net_new_revenue" else "created"
    lines = [
        f"Each opportunity counts once, in the quarter in which it was {counted}, whichever period is selected; the filters hold."
    ]
    if contract.pay_number == "advancing_pipeline":
        lines.append(
            "The first amount is won; the second adds what is open, of which the export does not say whether it advanced."
        )
    if replay.undated:
        lines.append(
            f"{text.not_counted(replay.undated, 'opportunity', 'opportunities')}: nobody knows its quarter."
        )
    return tuple(lines)


def warnings(replay: PayReplay, contract: Contract) -> tuple[str, ...]:
    """What could go wrong with the plan itself, the most dangerous first."""
    found = []
    if (
        contract.pay_number == "net_new_revenue"
        and replay.days_to_win is not None
        and replay.days_to_win > LAGGING_DAYS
    ):
        found.append(
            f"Half of the wins took {text.days(replay.days_to_win)} or more from handoff: pay by net new revenue would follow"
            " leads passed before the quarter. Advancing pipeline answers sooner."
        )
    if not LEAST_SHARE <= contract.pay_share <= MOST_SHARE:
        reason = (
            "too little to change what anybody does"
            if contract.pay_share < LEAST_SHARE
            else "more than one shared number should carry before it is trusted"
        )
        found.append(
            f"{text.percent(contract.pay_share)} of variable pay hangs on the shared number: {reason}."
            f" Usual: {text.percent_range(LEAST_SHARE, MOST_SHARE)}."
        )
    found.append(
        f"Sales’ gate has three conditions; {_number(MOST_CONDITIONS)} are easier to remember. Agree on the two that matter most."
    )
    if not contract.monthly_volume:
        found.append(
            "No monthly volume is agreed: marketing’s bonus has a quality gate, but nothing it is paid for."
        )
    return tuple(found)


def _number(small: int) -> str:
    return {1: "one", 2: "two", 3: "three"}.get(small, str(small))


def plan(contract: Contract) -> tuple[str, ...]:
    """The plan as it can be said aloud in ninety seconds; at most 230 words."""
    volume = (
        f"Marketing passes {text.count(contract.monthly_volume)} leads a month, {text.count(contract.monthly_volume * 3)} a quarter."
        if contract.monthly_volume
        else "Marketing passes the volume agreed; none is agreed yet."
    )
    aim = text.percent
    limits = (
        f"{text.minutes(contract.limit_minutes_high)} for high intent, "
        f"{text.minutes(contract.limit_minutes_standard)} for the rest"
    )
    return (
        (
            f"One number for both. {aim(contract.pay_share)} of the variable pay of both leaders hangs on one shared number:"
            f" {SHARED_NAMES[contract.pay_number]}. {_shared_meaning(contract)}"
        ),
        (
            f"Marketing’s volume bonus. {volume} The bonus pays only if the quality gate holds too: of the leads sales decided, at least"
            f" {aim(contract.target_acceptance_of_decided)} accepted; of the accepted, at least"
            f" {aim(contract.target_accepted_to_opportunity)} an opportunity within {text.days(contract.horizon_days)}. While sales leaves"
            f" more than a tenth undecided, marketing is not judged: silence is not a no."
        ),
        (
            f"Sales’ gate. At least {aim(contract.target_touched_inside_limit)} of leads touched inside the limit ({limits}, working time);"
            f" at least {aim(contract.target_working_rate)} of accepted leads worked in full; at least"
            f" {aim(contract.target_decided_in_window)} decided with a reason in {text.days(contract.disposition_days)}."
        ),
        "A miss has a payer. Quality gate missed: marketing funds the fix. Follow-up gate missed: sales does.",
        "Volume without quality pays nothing. All of it runs in shadow for a quarter before anybody’s pay depends on it.",
    )


def _shared_meaning(contract: Contract) -> str:
    if contract.pay_number == "net_new_revenue":
        return "What was won in the quarter, each opportunity once."
    return "Opportunities created in the quarter that were won or have advanced, each once."
