"""Where does that show up in the cohort: counted again in plain Python, opened row by row, judged on known stories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.cohort_search import Choice, Choices, Found, find, find_choice, judge
from analytics.cohort_search_rows import open_rule_leads
from analytics.errors import RequestError
from analytics.measurable import NO_ACCEPTANCE, NO_FIRST_TOUCH
from analytics.metrics.catalog import METRICS
from analytics.results import Rate
from analytics.rules.tokens import RuleError
from analytics.search_contrasts import WaitSide, judged, rate_contrast, wait_contrast
from analytics.speed_to_lead import measure_speed
from tests.metrics.worlds import World, sample, workspace, world_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AS_OF = datetime(2026, 9, 30, 22)


@cache
def leads() -> pl.DataFrame:
    return pl.read_parquet(workspace().path(sample().manifest, "leads.parquet"))


def ask(text: str, world: World | None = None, **period: object) -> Found:
    world = world or sample()
    found = find(world.warehouse, world.cohort(world.request(**period)), text)
    assert isinstance(found, Found), found
    return found


def opened(found: Found, world: World | None = None, **options: object) -> pl.DataFrame:
    world = world or sample()
    evidence = open_rule_leads(world.warehouse, world.cohort(), found, 1_000_000, **options)
    assert evidence.count == evidence.matching == evidence.frame.height
    return evidence.frame


Row = dict[str, object]
Fact = Callable[[Row], bool | None]


def low(text: object) -> str | None:
    return str(text).strip().lower() if text is not None else None


def accepted(row: Row) -> bool:
    return row["disposition"] == "accepted" or bool(row["has_opportunity"]) or row["outcome"] == "won"


def within(row: Row, stamp: str, span: timedelta) -> bool | None:
    if row[stamp] is not None:
        return row[stamp] - row["handoff_at"] <= span
    if stamp == "first_touch_at" and row["prior_touch_at"] is not None:
        return None
    return False if AS_OF - row["handoff_at"] >= span else None


def unless(value: object, answer: Callable[[], bool]) -> bool | None:
    return None if value is None else answer()


# the zone of the sample is New York: four hours behind UTC in summer, five until 8 March
RULES: list[tuple[str, Fact]] = [
    ("phone missing and source webinar", lambda r: not r["has_phone"] and low(r["source"]) == "webinar"),
    ("score under 40", lambda r: unless(r["score"], lambda: r["score"] < 40)),
    ("score >= 60 and not (country is 'united states')", lambda r: low(r["country"]) != "united states"
        and unless(r["score"], lambda: r["score"] >= 60)),
    ("touched after 3 days", lambda r: None if r["first_touch_at"] is None and r["prior_touch_at"] is not None
        else r["first_touch_at"] is not None and r["first_touch_at"] - r["handoff_at"] > 3 * DAY),
    ("touched within 4 hours", lambda r: within(r, "first_touch_at", 4 * HOUR)),
    ("never touched", lambda r: r["first_touch_at"] is None and r["prior_touch_at"] is None),
    ("accepted", accepted),
    ("rejected because in (duplicate, timing)", lambda r: not accepted(r) and r["disposition"] == "rejected"
        and r["rejection_reason"] in {"duplicate", "timing"}),
    ("won", lambda r: r["outcome"] == "won"),
    ('source = "Trade Show" or source in (webinar, "google ads")',
        lambda r: low(r["source"]) in {"trade show", "webinar", "google ads"}),
    ("company contains WORKS", lambda r: unless(r["company"], lambda: "works" in low(r["company"]))),
    ("employees between 50 and 200", lambda r: unless(r["employees"], lambda: 50 <= r["employees"] <= 200)),
    ("handed off after 2026-03-01", lambda r: r["handoff_at"] >= datetime(2026, 3, 2, 5)),
    ("handoff before 2026-06-01", lambda r: r["handoff_at"] < datetime(2026, 6, 1, 4)),
    ("accepted within 2 days", lambda r: None if accepted(r) and r["accepted_at"] is None
        else within(r, "accepted_at", 2 * DAY)),
    ("closed_at - handoff_at > 30 days", lambda r: unless(r["closed_at"], lambda: r["closed_at"] - r["handoff_at"] > 30 * DAY)),
    ("accepted_at > handoff_at + 14 days", lambda r: unless(r["accepted_at"], lambda: r["accepted_at"] > r["handoff_at"] + 14 * DAY)),
    ("touches at least 3", lambda r: (r["touch_count"] or 0) >= 3),
    ("size band is 1001-5000", lambda r: unless(r["employees"], lambda: 1001 <= r["employees"] < 5001)),
    ("owner is missing or campaign is missing", lambda r: r["owner"] is None or r["campaign"] is None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fact"), RULES, ids=[text for text, _ in RULES])
def test_counted_again_in_plain_python(text, fact):
    found = ask(text)
    rows = leads().to_dicts()
    answers = {row["lead_id"]: fact(row) for row in rows}
    names = {name for name, answer in answers.items() if answer}
    assert found.leads == len(names)
    assert found.unknown == sum(answer is None for answer in answers.values())
    assert found.of == len(rows)
    frame = opened(found)
    assert set(frame["lead_id"]) == names
    assert set(opened(found, part="rest")["lead_id"]) == set(answers) - names
    assert opened(found, part="unknown").height == found.unknown
    settled = [row for row in rows if row["handoff_at"] + 14 * DAY <= AS_OF]
    for side, is_in in (("matched", True), ("rest", False)):
        own = [row for row in settled if (row["lead_id"] in names) == is_in]
        rate = getattr(found.contrast("acceptance_rate"), side)
        assert (rate.numerator, rate.denominator) == (sum(map(accepted, own)), len(own))
        decided = [row for row in own if accepted(row) or row["disposition"] == "rejected"]
        assert getattr(found.contrast("accepted_of_decided"), side).denominator == len(decided)
        old = [row for row in own if row["handoff_at"] + 90 * DAY <= AS_OF]
        wins = [
            r
            for r in old
            if r["outcome"] == "won" and r["closed_at"] and r["closed_at"] <= r["handoff_at"] + 90 * DAY
        ]
        rate = getattr(found.contrast("won_in_horizon"), side)
        assert (rate.numerator, rate.denominator) == (len(wins), len(old))


@pytest.mark.parametrize("text", [text for text, _ in RULES[:8]])
def test_matched_and_rest_are_all_and_every_count_opens(text):
    world, found = sample(), ask(text)
    counts = world.counts()
    for contrast in found.contrasts:
        metric = METRICS[contrast.slug]
        for part in ("numerator", "denominator"):
            name = getattr(metric, part)
            sides = {side: getattr(getattr(contrast, side), part) for side in ("matched", "rest")}
            assert sum(sides.values()) == counts[name]
            for side, count in sides.items():
                assert opened(found, part=side, key=name).height == count
    assert found.wait.matched.leads + found.wait.rest.leads == counts["timed"]
    assert found.wait.matched.touched + found.wait.rest.touched == counts["touched"]
    assert found.rest + found.leads == found.of == counts["leads"]


def test_all_leads_wait_as_on_the_page_of_waits():
    found = ask("score missing or score is known")
    assert found.leads == found.of
    assert found.wait.rest.leads == 0
    speed = measure_speed(sample().warehouse, sample().cohort())
    for own, page in (
        (found.wait.matched.median, speed.working.median),
        (found.wait.matched.low, speed.working.median_low),
    ):
        assert page <= own < page + 60  # the histogram rounds up to whole minutes
    assert found.contrast("touched_inside_limit").matched == speed.inside_limit
    assert "no rest" in found.sentence


def test_the_waits_of_each_side_again():
    """The median by hand where everybody was touched: the middle wait, or the middle between two."""
    world, found = sample(), ask("touched and source webinar")
    names = leads().filter(
        pl.col("first_touch_at").is_not_null() & (pl.col("source").str.to_lowercase() == "webinar")
    )["lead_no"]
    cohort = world.cohort()
    waits = world.warehouse.run(f"SELECT lead_no, working_wait FROM {cohort.table}").filter(
        pl.col("lead_no").is_in(names.implode())
    )["working_wait"]
    rounded = sorted(-(-wait // 60) * 60 for wait in waits)
    middle = (rounded[(len(rounded) - 1) // 2] + rounded[len(rounded) // 2]) / 2
    assert found.wait.matched.median == middle
    assert found.wait.matched.leads == found.wait.matched.touched == len(rounded)


def test_a_period_and_filters_hold():
    world = sample()
    request = world.request(filters=(("source", ("Webinar",)),))
    found = find(world.warehouse, world.cohort(request), "score under 40")
    assert isinstance(found, Found)
    own = leads().filter(pl.col("source") == "Webinar")
    assert (found.leads, found.of) == (own.filter(pl.col("score") < 40).height, own.height)
    evidence = open_rule_leads(world.warehouse, world.cohort(request), found, 5)
    assert (evidence.count, evidence.frame.height) == (found.leads, 5)


def test_rows_have_the_columns_of_any_evidence():
    world, found = sample(), ask("won")
    assert opened(found).columns == world.evidence("so_far_won").frame.columns
    assert opened(found).equals(world.evidence("so_far_won").frame)
    for options in ({"part": "all"}, {"key": "reached_opportunity"}, {"key": "nothing"}):
        with pytest.raises(RequestError):
            open_rule_leads(world.warehouse, world.cohort(), found, 5, **options)


# --- free text

ROWS = [
    *({"Lead ID": f"A{n:03}", "Company / Account": "Acme GmbH" if n % 3 else "ACME Ltd", "Lead Owner": "Ada Ray"} for n in range(60)),
    *({"Lead ID": f"B{n:03}", "Company / Account": "Bolt", "Lead Owner": "Bo Lund", "Lead Source": "Show"} for n in range(50)),
    {"Lead ID": "C000", "Company / Account": "Source Five", "Lead Owner": "Open Sesame", "Plan": 'x"y', "Lead Source": "ada"},
    {"Lead ID": "C001", "Company / Account": "Smith and Sons", "Lead Owner": "Bo Lund", "Plan": "Show", "Lead Source": "web"},
]  # fmt: skip


@cache
def names() -> World:
    rows = [
        {"Handoff Date": "2026-03-02 10:00:00", **one, "Created Date": "2026-03-01", "Lead Status":
         "Accepted" if number % 2 else "Rejected"} for number, one in enumerate(ROWS)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-09-01", keep=frozenset({"Plan"}))


def test_a_name_in_one_field_is_answered_at_once():
    found = ask("  aCme ", names())
    assert (found.reading, found.leads, found.of) == ("company contains aCme", 60, 112)
    assert [(one.field, one.value, one.leads) for one in found.others] == [
        ("company", "Acme GmbH", 40), ("company", "ACME Ltd", 20),
    ]  # fmt: skip
    assert ask("acme ltd", names()).leads == 20
    assert ask('"Bo Lund"', names()).leads == 51
    assert ask("C001", names()).reading == "lead id is C001"
    assert ask("sesame", names()).reading == "owner is “Open Sesame”"


def test_a_name_in_several_fields_asks_back():
    answer = find(names().warehouse, names().cohort(), "Show")
    assert isinstance(answer, Choices)
    assert [(one.field, one.value, one.leads, one.is_exact) for one in answer.choices] == [
        ("source", "Show", 50, True), ("Plan", "Show", 1, True),
    ]  # fmt: skip
    counts = [find_choice(names().warehouse, names().cohort(), one).leads for one in answer.choices]
    assert counts == [50, 1]
    wide = find(names().warehouse, names().cohort(), "o")
    assert isinstance(wide, Choices)
    assert wide.choices[0] == Choice("company", "company", "o", 52, is_contained=True, values=3)
    assert len(wide.choices) <= 8
    for one in wide.choices:
        assert find_choice(names().warehouse, names().cohort(), one).leads == one.leads


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Smith and Sons", "company is “Smith and Sons”"),  # reads like two conditions
        ("source five", "company is “Source Five”"),  # reads like a rule that nobody meets
        ('x"y', '“Plan” is “x"y”'),
        ("ada ray", "owner is “Ada Ray”"),
        ("source ada", "source is ada"),
    ],
)
def test_a_name_that_looks_like_a_rule_is_still_found(text, reading):
    assert ask(text, names()).reading == reading
    assert ask(text, names()).leads > 0


def test_a_name_nobody_has():
    answer = find(names().warehouse, names().cohort(), "zebra")
    assert isinstance(answer, Choices)
    assert answer.choices == ()
    assert "zebra" in answer.sentence
    with pytest.raises(RequestError):
        find_choice(names().warehouse, names().cohort(), Choice("zebra", "zebra", "x", 1))
    for text, position in (("scroe under 40", 0), ("", 0), ("a\x00", 1), ("x" * 400, 300)):
        with pytest.raises(RuleError) as caught:
            find(names().warehouse, names().cohort(), text)
        assert caught.value.position == position


def test_a_value_that_no_lead_has_is_hinted_at():
    found = ask("score >= 60 and not (country is US)")
    assert found.hint == "No lead of this selection has the country “US”; near it: “United States”."
    assert ask("country is germany").hint == ""


@pytest.mark.parametrize(
    "text", ["x' OR 1=1 --", """source = "x' OR 1=1 --" """, "'; DROP TABLE leads; --", '[a"b] = 1', "%", "_"]
)
def test_nothing_breaks_out_of_a_text(text):
    try:
        answer = find(names().warehouse, names().cohort(), text)
    except RuleError:
        return
    assert (answer.leads if isinstance(answer, Found) else len(answer.choices)) == 0


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=40), st.sampled_from(["acme", "bo", "show", "a", "C00"]).map(str.upper)))
def test_any_text_is_answered_or_our_error(text):
    try:
        answer = find(names().warehouse, names().cohort(), text)
    except RuleError as error:
        is_inside = 0 <= error.position <= len(text)
        answer = None
    assert is_inside if answer is None else answer.sentence


# --- what an export does not know


def test_without_touches_score_or_decisions():
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-03-02 10:00:00", "Lead Source": "web" if n % 2 else "show"}
        for n in range(80)
    ]
    bare = world_of(rows, as_of="2026-09-01")
    found = ask("source web", bare)
    assert (found.leads, found.of) == (40, 80)
    assert [one.reading for one in found.contrasts] == ["not measurable"] * 4
    assert found.contrast("acceptance_rate").why == NO_ACCEPTANCE
    assert found.contrast("opportunity_in_horizon").why is not None
    assert (found.wait.reading, found.wait.why) == ("not measurable", NO_FIRST_TOUCH)
    assert found.wait.matched == WaitSide(0, 0, None, None, None)
    assert found.sentence == "40 of 80 leads (50\u00a0%) match."
    for metric in ("acceptance_rate", "working_wait"):
        assert judge(found, metric, "lower").verdict == "cannot tell"
    with pytest.raises(RuleError, match="no score"):
        find(bare.warehouse, bare.cohort(), "score under 40")


def test_with_a_touches_file_nobody_listed_is_zero_touches():
    rows = [{"Lead ID": name, "Handoff Date": "2026-03-02 10:00:00"} for name in ("a", "b", "c")]
    touches = [
        {"Lead ID": name, "Completed Date/Time": f"2026-03-02 1{hour}:00:00", "Type": "Call", "Activity Source": "human"}
        for name, hour in (("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2))
    ]  # fmt: skip
    world = world_of(rows, touches, as_of="2026-09-01")
    assert opened(ask("touches at least 3", world), world)["lead_id"].to_list() == ["a"]
    assert opened(ask("touches = 0", world), world)["lead_id"].to_list() == ["c"]
    assert opened(ask("touched within 1 hour", world), world)["lead_id"].to_list() == ["a", "b"]
    plain = world_of(
        [{**rows[0], "Number of Touches": "3"}, {**rows[1], "Number of Touches": ""}], as_of="2026-09-01"
    )
    counted = ask("touches at least 3", plain)
    assert (counted.leads, counted.unknown) == (1, 1)


def test_an_empty_cohort():
    world = sample()
    request = world.request(starts_on=datetime(1999, 1, 1).date(), ends_on=datetime(1999, 2, 1).date())
    found = find(world.warehouse, world.cohort(request), "score under 40")
    assert isinstance(found, Found)
    assert (found.leads, found.of, found.share.value) == (0, 0, None)
    assert found.wait.reading == "too few"
    assert found.sentence == "There are no leads in this selection."
    assert open_rule_leads(world.warehouse, world.cohort(request), found, 5).count == 0


# --- readings and verdicts


def contrast(hits: int, trials: int, rest_hits: int, rest_trials: int):
    return rate_contrast("won_in_horizon", Rate(hits, trials), Rate(rest_hits, rest_trials), frozenset())


@pytest.mark.parametrize(
    ("counts", "reading", "lower", "higher"),
    [
        ((30, 100, 600, 1000), "lower", "confirmed", "not seen"),
        ((90, 100, 600, 1000), "higher", "not seen", "confirmed"),
        ((60, 100, 600, 1000), "cannot tell", "cannot tell", "cannot tell"),
        ((3000, 5000, 3000, 5000), "cannot tell", "not seen", "not seen"),  # the same, within 5 points
        ((0, 29, 900, 1000), "too few", "cannot tell", "cannot tell"),
        ((0, 30, 900, 1000), "lower", "confirmed", "not seen"),
        ((0, 0, 900, 1000), "too few", "cannot tell", "cannot tell"),
    ],
)
def test_readings_and_verdicts(counts, reading, lower, higher):
    one = contrast(*counts)
    assert one.reading == reading
    assert judged(one, "lower").verdict == lower
    assert judged(one, "higher").verdict == higher


def test_the_difference_is_newcombes():
    one = contrast(56, 70, 48, 80)  # Newcombe 1998, method 10, Table II
    assert (one.difference, one.low, one.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_medians_that_are_not_reached():
    long, short = WaitSide(50, 10, None, 9000.0, None), WaitSide(50, 50, 600.0, 500.0, 700.0)
    assert wait_contrast(long, short, frozenset()).reading == "higher"
    assert wait_contrast(short, long, frozenset()).reading == "lower"
    assert wait_contrast(long, long, frozenset()).reading == "cannot tell"
    assert wait_contrast(short, WaitSide(29, 29, 9000.0, 8000.0, 9900.0), frozenset()).reading == "too few"
    told = wait_contrast(short, WaitSide(50, 50, 900.0, 780.0, 1000.0), frozenset())
    assert (told.difference, told.reading) == (-300.0, "lower")
    assert (told.low, told.high) == pytest.approx(
        (-300 - (100**2 + 100**2) ** 0.5, -300 + (100**2 + 120**2) ** 0.5)
    )


def test_a_rule_proves_nothing_about_what_it_chooses_by():
    found = ask("accepted")
    assert found.contrast("acceptance_rate").is_chosen_by_rule
    assert found.contrast("won_in_horizon").is_chosen_by_rule
    assert not found.contrast("touched_inside_limit").is_chosen_by_rule
    assert judge(found, "acceptance_rate", "higher").verdict == "cannot tell"
    assert "proves nothing" in found.sentence
    assert ask("never touched").wait.is_chosen_by_rule
    assert not any(one.is_chosen_by_rule for one in ask("source webinar").contrasts)


def test_a_claim_names_its_number_and_direction():
    found = ask("source webinar")
    with pytest.raises(RequestError, match="did you mean 'won_in_horizon'"):
        judge(found, "won_in_horizn", "lower")
    with pytest.raises(RequestError, match="'lower' or 'higher'"):
        judge(found, "won_in_horizon", "worse")


def test_the_sentence_blames_nobody():
    found = ask("phone missing and source webinar")
    assert found.sentence.startswith("58 of 6,000 leads (1.0\u00a0%) match. Sales accepted ")
    assert "; of the rest 8" in found.sentence
    none = ask("score over 99 and score under 1")
    assert none.sentence.startswith("None of the 6,000 leads matches.")
