"""What the pay plan would have paid: hand-made counts on every inequality, quarters by hand, and the stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics import pay_words as words
from analytics.charts.pay_gates import pay_gates, rows_of
from analytics.contract import default_contract
from analytics.measurable import NO_ACCEPTANCE, NO_TOUCHES
from analytics.pay_gates import (
    NO_AMOUNTS,
    PayReplay,
    QuarterCounts,
    SharedNumber,
    State,
    judge_quarter,
    least_hits,
    measure_pay,
    whole_quarters,
)
from analytics.results import Unmeasurable
from tests.metrics.opened_keys import opened
from tests.metrics.worlds import sample, story, world_of

Q2 = 2026 * 4 + 1
AGREED = replace(default_contract(), monthly_volume=1_000)


def counts(leads: int = 4_000, accepted: int = 3_000, **other: int | bool | tuple) -> QuarterCounts:
    """A mature quarter in which everybody kept everything, unless said otherwise; all leads are decided."""
    usual = {
        "leads": leads, "settled": leads, "accepted_settled": accepted, "decided_settled": leads,
        "mature_accepted": accepted, "mature_accepted_opportunity": accepted, "limit_settled": leads, "limit_met": leads,
        "cadence_settled": accepted, "cadence_full": accepted, "decided_in_window": leads,
    }  # fmt: skip
    return QuarterCounts(Q2, **(usual | other))


def judged(**other):
    return judge_quarter(counts(**other), AGREED)


def state_of(pay, slug):
    return next(one for one in pay.conditions if one.slug == slug)


def test_five_thousand_at_half_pay_nothing_and_three_and_a_half_at_four_fifths_pay_in_full():
    many = judged(leads=5_000, accepted=2_500)
    assert many.volume.state is State.MET
    assert (many.quality, many.marketing) == (State.MISSED, State.MISSED)
    assert state_of(many, "accepted_of_decided").by == -1_250
    assert many.funded_by == ("marketing",)
    good = judged(leads=3_500, accepted=2_800)
    assert (good.volume.state, good.quality, good.marketing) == (State.MET, State.MET, State.MET)
    assert state_of(good, "accepted_of_decided").by == 175
    assert good.funded_by == ()


@pytest.mark.parametrize(
    ("target", "leads", "least"), [(0.8, 35, 28), (0.75, 4, 3), (0.75, 5, 4), (0.2, 5, 1), (0.07, 100, 7), (0.0, 9, 0)]
)  # fmt: skip
def test_the_fewest_hits_are_exact(target, leads, least):
    assert least_hits(target, leads) == least


@pytest.mark.parametrize(
    ("slug", "numerator", "at", "side"),
    [
        ("accepted_of_decided", "accepted_settled", 3_000, "marketing"),
        ("accepted_to_opportunity", "mature_accepted_opportunity", 600, "marketing"),
        ("touched_inside_limit", "limit_met", 3_200, "sales"),
        ("working_rate", "cadence_full", 2_400, "sales"),
        ("decided_in_window", "decided_in_window", 3_600, "sales"),
    ],
)
def test_a_gate_holds_exactly_on_its_target_and_not_one_lead_below(slug, numerator, at, side):
    on, under = judged(**{numerator: at}), judged(**{numerator: at - 1})
    assert (state_of(on, slug).state, state_of(on, slug).by) == (State.MET, 0)
    assert (state_of(under, slug).state, state_of(under, slug).by) == (State.MISSED, -1)
    gate = {"marketing": "quality", "sales": "sales"}[side]
    assert getattr(on, gate) is State.MET
    assert getattr(under, gate) is State.MISSED
    assert under.funded_by == (side,)
    assert state_of(on, slug).is_within_luck
    assert not state_of(judged(accepted=4_000), slug).is_within_luck


@pytest.mark.parametrize(("leads", "state", "by"), [(3_000, State.MET, 0), (2_999, State.MISSED, -1)])
def test_volume_is_three_months_of_what_was_agreed(leads, state, by):
    pay = judged(leads=leads, accepted=leads)
    assert (pay.volume.state, pay.volume.by, pay.marketing) == (state, by, state)
    assert pay.funded_by == ()  # a missed volume has no fix to fund


def test_volume_not_agreed_leaves_the_gate_alone():
    pay = judge_quarter(counts(leads=10, accepted=10), default_contract())
    assert (pay.volume.state, pay.marketing) == (State.NOT_AGREED, State.MET)


@pytest.mark.parametrize(("decided", "state"), [(3_600, State.MISSED), (3_599, State.NOT_JUDGED)])
def test_marketing_is_not_judged_while_under_nine_tenths_are_decided(decided, state):
    pay = judged(accepted_settled=1_000, decided_settled=decided)
    assert state_of(pay, "accepted_of_decided").state is state
    assert (pay.quality, pay.marketing) == (state, state)


def test_silence_is_not_judged_even_where_the_way_to_opportunity_is_missed():
    pay = judged(decided_settled=3_500, mature_accepted_opportunity=0)
    assert pay.marketing is State.NOT_JUDGED
    assert pay.funded_by == ()


@pytest.mark.parametrize(
    ("slug", "pending"),
    [
        ("accepted_of_decided", "pending_decision"),
        ("decided_in_window", "pending_decision"),
        ("accepted_to_opportunity", "young_open"),
        ("touched_inside_limit", "limit_pending"),
        ("working_rate", "cadence_pending"),
    ],
)
def test_one_lead_that_can_still_change_it_leaves_a_gate_open(slug, pending):
    pay = judged(**{pending: 1})
    assert (state_of(pay, slug).state, state_of(pay, slug).pending) == (State.PENDING, 1)


def test_pending_unknown_zero_and_not_judged_are_four_things():
    unknown = tuple(
        (slug, NO_ACCEPTANCE) for slug in ("accepted_of_decided", "accepted_to_opportunity", "working_rate")
    )
    assert judged(pending_decision=1).marketing is State.PENDING
    assert judged(is_over=False).sales is State.PENDING
    assert judged(obstacles=unknown).marketing is State.UNKNOWN
    assert judged(accepted_settled=0, decided_settled=1).marketing is State.NOT_JUDGED
    assert judge_quarter(QuarterCounts(Q2), default_contract()).marketing is State.ZERO
    assert judged(is_whole=False).marketing is State.IN_PART
    assert judged(accepted=0, mature_accepted_opportunity=0).quality is State.MISSED
    assert state_of(judged(accepted=0), "working_rate").state is State.ZERO


def test_a_miss_is_certain_though_another_condition_is_unknown():
    effort = (("working_rate", NO_TOUCHES),)
    assert judged(obstacles=effort).sales is State.UNKNOWN
    assert judged(obstacles=effort, limit_met=0).sales is State.MISSED


def test_touches_without_dates_are_the_most_it_can_be():
    assert state_of(judged(is_at_most=True), "working_rate").state is State.UNKNOWN
    assert state_of(judged(is_at_most=True, cadence_full=2_399), "working_rate").state is State.MISSED


@pytest.mark.parametrize(("unknown", "state"), [(100, State.UNKNOWN), (99, State.MISSED)])
def test_decisions_on_unknown_days_are_counted_both_ways(unknown, state):
    pay = judged(decided_in_window=3_500, decided_unknown_when=unknown)
    assert state_of(pay, "decided_in_window").state is state
    pay = judged(mature_accepted_opportunity=500, opportunity_undated=unknown)
    assert state_of(pay, "accepted_to_opportunity").state is state


def test_a_missed_volume_is_certain_before_the_gate_is():
    pay = judged(leads=2_000, accepted=1_500, young_open=1)
    assert (pay.quality, pay.marketing) == (State.PENDING, State.MISSED)


def test_whole_quarters():
    assert whole_quarters(date(2026, 4, 3), date(2026, 7, 2)) == (date(2026, 4, 1), date(2026, 10, 1))
    assert whole_quarters(date(2026, 4, 1), date(2026, 7, 1)) == (date(2026, 4, 1), date(2026, 7, 1))
    assert whole_quarters(None, None) == (None, None)
    assert whole_quarters(None, date(2027, 1, 1)) == (None, date(2027, 1, 1))


def replay_of(*quarters: QuarterCounts, **other) -> PayReplay:
    usual = {"shared": NO_AMOUNTS, "days_to_win": 40.0, "dated_wins": 9}
    return PayReplay(tuple(judge_quarter(one, AGREED) for one in quarters), **(usual | other))


def plain(said: str) -> str:
    return said.replace("\u00a0", " ")


def said(**other) -> str:
    return plain(words.answer(replay_of(counts(**other))))


def test_the_answer_names_the_gate_and_by_how_many_leads():
    assert said() == "Q2 2026 would have paid marketing and sales in full."
    assert (
        said(limit_met=3_159)
        == "Q2 2026 would have paid marketing in full; sales missed the speed gate by 41 leads."
    )
    assert said(limit_met=3_159, cadence_full=2_388).endswith(
        "sales missed the speed gate by 41 and the effort gate by 12 leads."
    )
    assert said(accepted=2_999, mature_accepted_opportunity=599) == (
        "Q2 2026 would have paid marketing no volume bonus: the quality gate was missed: the acceptance part by 1 and the"
        " opportunity part by 1 lead; it would have paid sales in full."
    )
    assert said(leads=2_600, accepted=2_600).startswith(
        "Q2 2026 would have paid marketing no volume bonus: volume fell short by 400 leads"
    )
    assert said(accepted_settled=0, decided_settled=2_000).startswith(
        "Q2 2026 would not have judged marketing: sales decided 50 % of the settled leads, under 90 %"
    )
    assert said(pending_decision=7) == (
        "Q2 2026 cannot be judged: 7 leads can still change it; it can be judged from 29 Sep 2026."
    )
    assert "No lead is in this selection" in words.answer(replay_of())


def test_the_answer_speaks_of_the_latest_quarter_that_can_be_judged():
    young = replace(counts(), number=Q2 + 1, is_over=False)
    replay = replay_of(counts(), young)
    assert words.subject(replay).number == Q2
    assert "still pending: Q3 2026" in [plain(one) for one in words.notes(replay)]


@pytest.mark.parametrize("number", ["net_new_revenue", "advancing_pipeline"])
def test_the_plan_can_be_said_in_ninety_seconds(number):
    for contract in (AGREED, replace(default_contract(), pay_number=number)):
        assert len(" ".join(words.plan(contract)).split()) <= words.MOST_WORDS


def warned(contract=AGREED, **other) -> str:
    return plain(" ".join(words.warnings(replay_of(counts(), **other), contract)))


def test_the_trap_of_a_lagging_number_speaks_beyond_a_quarter():
    assert "would follow" not in warned(days_to_win=91.0)
    assert "would follow leads passed before the quarter" in warned(days_to_win=91.5)
    assert "would follow" not in warned(days_to_win=None)
    assert "would follow" not in warned(replace(AGREED, pay_number="advancing_pipeline"), days_to_win=200.0)


@pytest.mark.parametrize(("share", "is_odd"), [(0.15, False), (0.30, False), (0.149, True), (0.301, True)])
def test_a_share_outside_the_usual_is_said(share, is_odd):
    assert ("Usual: 15–30 %" in warned(replace(AGREED, pay_share=share))) is is_odd


def test_three_conditions_are_said_plainly():
    assert "three conditions; two are easier to remember" in warned()
    assert "No monthly volume is agreed" not in warned()
    assert "No monthly volume is agreed" in warned(default_contract())


AS_OF = "2026-12-31 12:00:00"
FIELDS = {
    "id": "Lead ID", "handoff": "Handoff Date", "accepted": "SAL Date", "rejected": "Rejected Date",
    "why": "Rejection Reason", "opened": "Opportunity: Created Date", "deal": "Converted Opportunity ID",
    "closed": "Opportunity: Close Date", "won": "Won", "amount": "Amount",
}  # fmt: skip


def small(*leads: dict[str, str], contract=None):
    rows = [
        {FIELDS[key]: value for key, value in {"id": str(n), **one}.items()} for n, one in enumerate(leads)
    ]
    return world_of(rows, as_of=AS_OF, header=tuple(FIELDS.values()), contract=contract)


def won(handoff: str, closed: str, deal: str = "", amount: str = "100") -> dict[str, str]:
    return {"handoff": handoff, "opened": handoff, "closed": closed, "won": "TRUE", "deal": deal, "amount": amount}  # fmt: skip


def test_revenue_counts_an_opportunity_once_in_the_quarter_in_which_it_was_won():
    of = small(
        won("2026-03-30 10:00:00", "2026-06-30 23:59:59", "D1", "100"),
        won("2026-04-01 10:00:00", "2026-06-30 23:59:59", "D1", "100"),  # the same opportunity
        won("2026-04-02 10:00:00", "2026-06-30 23:00:00", "D2", "50"),
        won("2026-04-02 10:00:00", "2026-07-01 00:00:01", "D3", "7"),
        won("2026-04-02 10:00:00", "2026-05-01 10:00:00", "D4", ""),
        won("2026-04-02 10:00:00", "", "D5", "1"),
    )
    replay = measure_pay(of.warehouse, of.cohort())
    assert replay.shared_in(Q2) == SharedNumber(Q2, 3, 150.0, 150.0, 100.0, 1)
    assert replay.shared_in(Q2 + 1) == SharedNumber(Q2 + 1, 1, 7.0, 7.0, 7.0, 0)
    assert replay.shared_in(Q2 - 1).opportunities == 0
    assert replay.undated == 1
    only = measure_pay(
        of.warehouse, of.cohort(of.request(starts_on=date(2026, 4, 1), ends_on=date(2026, 7, 1)))
    )
    assert only.shared_in(Q2) == replay.shared_in(Q2)  # whatever period is selected


def test_pipeline_says_what_is_won_and_what_is_open():
    lost = {"handoff": "2026-04-02 10:00:00", "opened": "2026-04-03 10:00:00", "closed": "2026-05-02 10:00:00", "won": "FALSE", "amount": "9"}  # fmt: skip
    still = {"handoff": "2026-04-02 10:00:00", "opened": "2026-04-03 10:00:00", "amount": "30"}
    contract = replace(default_contract(), pay_number="advancing_pipeline")
    of = small(won("2026-04-01 10:00:00", "2026-08-01 10:00:00"), lost, still, contract=contract)
    shared = measure_pay(of.warehouse, of.cohort()).shared_in(Q2)
    assert (shared.opportunities, shared.amount, shared.at_most) == (2, 100.0, 130.0)
    assert plain(words.shared_words(shared, contract)) == "100 to 130 from 2 opportunities"


def test_a_quarter_is_over_with_its_last_second_and_cut_by_the_selection():
    of = small({"handoff": "2026-07-01 00:00:00"}, {"handoff": "2026-10-01 00:00:00"})
    third, fourth = measure_pay(of.warehouse, of.cohort()).quarters
    assert (third.counts.is_over, fourth.counts.is_over) == (True, False)  # 31 December is not over
    cut = of.request(starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))
    assert measure_pay(of.warehouse, of.cohort(cut)).quarters[0].sales is State.IN_PART
    whole = of.request(starts_on=date(2026, 7, 1), ends_on=date(2026, 10, 1))
    assert measure_pay(of.warehouse, of.cohort(whole)).quarters[0].counts.is_whole


@pytest.mark.parametrize(("first", "is_whole"), [("2026-07-08 00:00:00", True), ("2026-07-08 00:00:01", False)])  # fmt: skip
def test_a_file_that_begins_inside_a_quarter_holds_only_part_of_it(first, is_whole):
    of = small({"handoff": first}, {"handoff": "2026-10-01 00:00:00"})
    quarters = measure_pay(of.warehouse, of.cohort()).quarters
    assert [one.counts.is_whole for one in quarters] == [is_whole, True]


def test_an_export_without_touches_or_amounts_says_so():
    rows = [{"Lead ID": str(n), "Handoff Date": "2026-04-01 10:00:00", "SAL Date": "2026-04-02 10:00:00"} for n in range(3)]  # fmt: skip
    of = world_of(rows, as_of=AS_OF)
    replay = measure_pay(of.warehouse, of.cohort())
    assert isinstance(replay.shared, Unmeasurable)
    (quarter,) = replay.quarters
    assert (quarter.marketing, quarter.sales) == (State.UNKNOWN, State.UNKNOWN)
    assert all(one.why is not None for one in quarter.conditions)
    assert (
        plain(words.answer(replay))
        == "Q2 2026 cannot be measured from this export for marketing; sales cannot be measured from this export."
    )
    pay_gates(replay, of.contract)


def test_an_empty_cohort_has_no_quarters():
    of = small({"handoff": "2026-04-01 10:00:00"})
    empty = of.request(starts_on=date(2025, 1, 1), ends_on=date(2025, 4, 1))
    replay = measure_pay(of.warehouse, of.cohort(empty))
    assert replay.quarters == ()
    assert len(pay_gates(replay, of.contract).data) == 4


def test_the_sample_blames_the_follow_up_and_not_the_leads():
    of = sample()
    replay = measure_pay(of.warehouse, of.cohort())
    one = words.subject(replay)
    assert (one.number, one.marketing, one.sales) == (Q2, State.NOT_JUDGED, State.MISSED)
    assert one.funded_by == ("sales",)


def test_the_healthy_story_pays_both_in_full():
    of, _ = story("healthy", 11, 6_000)
    assert (
        plain(words.answer(measure_pay(of.warehouse, of.cohort())))
        == "Q2 2026 would have paid marketing and sales in full."
    )


def test_every_count_opens_as_many_leads():
    of = sample()
    replay = measure_pay(of.warehouse, of.cohort())
    wanted = {}
    for quarter in replay.quarters:
        wanted[quarter.volume.key] = quarter.volume.leads
        for one in quarter.conditions:
            hits, leads, misses, pending = one.keys
            wanted |= {
                hits: one.rate.numerator, leads: one.rate.denominator, pending: one.pending,
                misses: one.rate.denominator - one.rate.numerator,
            }  # fmt: skip
    assert opened(of, wanted) == wanted


def test_the_figure_gives_both_sides_the_same_size_and_every_cell_its_leads():
    of = sample()
    replay = measure_pay(of.warehouse, of.cohort())
    figure = pay_gates(replay, of.contract)
    sides = [side for side, _ in rows_of(of.contract)]
    assert sides == ["marketing"] * 4 + ["sales"] * 4
    cells = [cell for trace in figure.data for cell in zip(trace.y, trace.base, trace.customdata, strict=True)]  # fmt: skip
    assert len(cells) == 8 * len(replay.quarters)
    assert {int(y) for y, _, _ in cells} == set(range(8))
    opened(of, [key for _, _, key in cells])
    said = " ".join(text for trace in figure.data for text in trace.text)
    assert "✕ missed by 1,208" in said
    assert "✓ met by 105" in said
    pending = next(trace for trace in figure.data if trace.name == "sales, pending")
    assert pending.marker.pattern.shape == "/"
