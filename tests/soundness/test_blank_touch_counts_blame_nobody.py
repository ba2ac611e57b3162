"""Was: rejections for no engagement were one side's because their number of touches was blank in the export."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from analytics.rejection_fixes import Fix, Fixes, measure_fixes
from analytics.schema import REASON_CODES
from pages.ui import rejection_tables
from tests.metrics.worlds import World, world_of

AS_OF = "2026-09-30 12:00:00"
WHOSE = f"so_far_rejected.reason:{REASON_CODES.index('no_engagement')}"


def rejected(counts: Sequence[str], touched: str | None) -> World:
    """Leads rejected for no engagement with these touch counts; ``touched``: their first touch, None without a column."""
    rows = [
        {
            "Lead ID": str(n),
            "Handoff Date": "2026-03-02 10:00:00",
            "Touch Count": count,
            "Rejected Date": "2026-03-04 10:00:00",
            "Rejection Reason": "No response",
        }
        | ({} if touched is None else {"First Touch": touched})
        for n, count in enumerate(counts)
    ]
    return world_of(rows, as_of=AS_OF, zone="UTC")


def fixes_of(of: World) -> tuple[Fixes, Fix]:
    found = measure_fixes(of.warehouse, of.cohort())
    assert isinstance(found, Fixes)
    (task,) = found.tasks
    return found, task


TOUCHED = "2026-03-02 11:00:00"


@pytest.mark.parametrize(
    ("counts", "touched", "side", "known"),
    [
        (["1"] * 10 + [""] * 50, TOUCHED, "both sides", (10, 10, 50)),
        (["1"] * 5 + [""] * 55, None, "both sides", (5, 5, 55)),
        (
            ["1"] * 35 + [""] * 25,
            TOUCHED,
            "both sides",
            (35, 35, 25),
        ),  # 35 of 60 at least: not clear of a half
        (["1"] * 50 + [""] * 10, TOUCHED, "sales", (50, 50, 10)),
        (
            ["9"] * 35 + [""] * 25,
            TOUCHED,
            "both sides",
            (0, 35, 25),
        ),  # as many as 25 of 60: not clear of a half
        (["9"] * 50 + [""] * 10, TOUCHED, "marketing", (0, 50, 10)),
    ],
)
def test_a_side_is_named_only_if_it_holds_for_every_unknown_count(counts, touched, side, known):
    of = rejected(counts, touched)
    found, task = fixes_of(of)
    under, leads, unknown = known
    assert found.unanswered.unknown == unknown
    rate = found.unanswered.under_worked
    assert (rate.numerator, rate.denominator) == (under, leads)
    assert task.side == side
    assert f"of the {leads} leads whose number of touches is known" in task.why
    assert task.why.endswith(f"of {unknown} it is not known.")
    for key, count in (("under_worked:6", under), ("touches_known", leads), ("touches_unknown", unknown)):
        assert of.evidence(f"{WHOSE}.{key}", limit=1).count == count


def test_few_known_counts_are_not_quoted():
    _, task = fixes_of(rejected(["1"] * 10 + [""] * 50, TOUCHED))
    assert task.why == (
        "10 of the 10 leads whose number of touches is known had fewer than 6 recorded touches, too few to quote;"
        " of 50 it is not known."
    )


def test_no_first_touch_where_the_column_is_there_is_no_touch():
    found, task = fixes_of(rejected([""] * 60, ""))
    assert (found.unanswered.unknown, found.unanswered.under_worked.numerator, task.side) == (0, 60, "sales")


def test_no_row_in_a_file_of_touches_is_no_touch():
    leads = [
        {"Lead ID": str(n), "Handoff Date": "2026-03-02 10:00:00", "Rejected Date": "2026-03-04 10:00:00", "Rejection Reason": "No response"}
        for n in range(60)
    ]  # fmt: skip
    touches = [{"Lead ID": "0", "Completed Date/Time": TOUCHED, "Type": "Call", "Activity Source": "Rep"}]
    found, task = fixes_of(world_of(leads, touches, as_of=AS_OF))
    assert (found.unanswered.unknown, found.unanswered.under_worked.numerator, task.side) == (0, 60, "sales")


@pytest.mark.parametrize(("untouched", "side"), [(50, "sales"), (5, "both sides")])
def test_a_first_touch_alone_does_not_say_that_a_lead_was_worked(untouched, side):
    rows = [
        {"Lead ID": str(n), "Handoff Date": "2026-03-02 10:00:00", "Rejected Date": "2026-03-04 10:00:00",
         "Rejection Reason": "No response", "First Touch": "" if n < untouched else TOUCHED}
        for n in range(60)
    ]  # fmt: skip
    _, task = fixes_of(world_of(rows, as_of=AS_OF, zone="UTC"))
    assert task.side == side
    assert task.why.endswith("had no recorded touch; how often the others were touched is not known.")


def test_the_table_opens_the_known_and_the_unknown():
    of = rejected(["1"] * 10 + [""] * 50, TOUCHED)
    found, _ = fixes_of(of)
    rows, keys = rejection_tables.unanswered(found.unanswered)
    assert rows.select("Counted", "Out of").rows() == [(0, 60), (10, 10), (50, 60)]
    for (counted, base), opens in zip(rows.select("Counted", "Out of").rows(), keys, strict=True):
        assert of.evidence(opens["Counted"], limit=1).count == counted
        assert of.evidence(opens["Out of"], limit=1).count == base
