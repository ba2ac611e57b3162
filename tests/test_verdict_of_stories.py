"""Every generated company gets its own verdict, at three seeds, whatever the order of rows and the names of headers."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta

import pytest

from analytics.cohort import CohortRequest
from analytics.importing.choices import Choices
from analytics.importing.pipeline import SourceFile, import_files
from analytics.key_numbers import measure_key_numbers
from analytics.plumbing.checks import BY_SLUG
from analytics.plumbing.faults import open_faults
from analytics.plumbing.price import price_of
from analytics.verdict import Judgement, measure_judgement
from data.stories import BY_NAME, STORIES
from tests.metrics.worlds import World, engine, home, story, workspace

SEEDS = (11, 23, 47)
LEADS = 6_000
FILES = ("leads.csv", "touches.csv")


def world(name: str, seed: int) -> World:
    return story(name, seed, BY_NAME[name].leads_cap or LEADS)[0]


def judged(of: World) -> Judgement:
    return measure_judgement(of.warehouse, of.cohort(CohortRequest(of.manifest.fingerprint)))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", [one.name for one in STORIES])
def test_a_story_gets_its_own_verdict(name, seed):
    found = judged(world(name, seed))
    assert found.verdict.kind == BY_NAME[name].verdict, found.verdict.sentence


@pytest.mark.parametrize("seed", SEEDS)
def test_the_audit_finds_what_was_planted_and_nothing_on_the_healthy_company(seed):
    broken = {one.check.slug: one.state for one in judged(world("broken_plumbing", seed)).audit.checks}
    assert broken["stamp_on_opening"] == "red"
    assert broken["opportunity_without_touch"] == "red"
    assert broken["bulk_decision"] in ("red", "amber")
    assert broken["repeated_contact"] in ("red", "amber")
    assert judged(world("healthy", seed)).audit.state == "green"


def test_what_was_planted_is_counted_in_the_whole_file():
    of, truth = story("broken_plumbing", 11, LEADS)
    planted = truth["planted"]
    assert of.evidence("fault_bulk_decision").count == planted["dispositions_stamped_at_midnight"]
    stamped = of.evidence("fault_stamp_on_opening").count
    assert (
        abs(stamped - planted["handoff_stamped_on_opening"]) <= 0.02 * stamped
    )  # later warts move a few touches
    silent = of.evidence("fault_opportunity_without_touch").count
    assert abs(silent - planted["opportunities_without_touch"]) <= 0.02 * silent + 4


def rewritten(name: str, label: str, change) -> World:
    """A story's files with the rows of its leads changed, imported anew; ``change(header, rows) -> header, rows, names``."""
    world(name, 11)  # makes the files
    source, folder = home() / f"{name}-11-{BY_NAME[name].leads_cap or LEADS}", home() / f"{name}-{label}"
    folder.mkdir(exist_ok=True)
    with (source / "leads.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    width = len(table[0])
    rows, footers = (
        [row for row in table[1:] if len(row) == width],
        [row for row in table[1:] if len(row) != width],
    )
    header, rows, names = change(table[0], rows)
    with (folder / "leads.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows, *footers])
    (folder / "touches.csv").write_bytes((source / "touches.csv").read_bytes())
    choices = Choices(
        zone="America/New_York", fields={(None, field): column for field, column in names.items()}
    )
    return World(
        import_files(workspace(), [SourceFile(folder / one, one) for one in FILES], choices), engine()
    )


@pytest.mark.parametrize(
    "name", ["healthy", "threshold_too_low", "slow_follow_up", "segment_drift", "broken_plumbing"]
)
def test_the_order_of_rows_and_the_names_of_headers_change_nothing(name):
    new_names = {
        "score": "Punkte",
        "handoff_at": "Uebergabe",
        "accepted_at": "Angenommen am",
        "source": "Herkunft",
    }
    old_names = {
        "Lead Score": "score",
        "Handoff Date": "handoff_at",
        "SAL Date": "accepted_at",
        "Lead Source": "source",
    }

    def change(header, rows):
        rows = list(rows)
        random.Random(5).shuffle(rows)
        return [new_names[old_names[one]] if one in old_names else one for one in header], rows, new_names

    before, after = judged(world(name, 11)).verdict, judged(rewritten(name, "renamed", change)).verdict
    assert after.kind == before.kind
    assert after.sentence == before.sentence


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - as it stands in the file


def test_a_healthy_company_with_a_late_stamp_is_plumbing_and_healthy_again_once_it_is_repaired():
    def late(header, rows):
        """Nine in ten touched leads are stamped seconds before their first touch; the MQL date says what was."""
        handoff, touch, mql = (header.index(one) for one in ("Handoff Date", "First Activity", "MQL Date"))
        for number, row in enumerate(rows):
            if row[touch] and number % 10 and at(row[touch]) > at(row[handoff]):
                row[mql] = row[handoff]
                row[handoff] = f"{at(row[touch]) - timedelta(seconds=4):%Y-%m-%d %H:%M:%S}"
        return header, rows, {}

    spoiled = rewritten("healthy", "late", late)
    found = judged(spoiled)
    assert found.verdict.kind == "plumbing"
    assert found.verdict.evidence[0].metric == "stamp_on_opening"
    cohort = spoiled.cohort(CohortRequest(spoiled.manifest.fingerprint))
    price = price_of(
        spoiled.warehouse, cohort, open_faults(spoiled.warehouse, cohort), BY_SLUG["stamp_on_opening"]
    )
    assert price is not None
    assert price.verdict_after == "healthy"
    assert judged(world("healthy", 11)).verdict.kind == "healthy"


def test_the_price_is_what_the_repaired_file_says():
    """The same leads with their clock moved by hand in the file, imported: every number equals the price's."""
    of = world("broken_plumbing", 11)
    cohort = of.cohort(of.request())
    faults = open_faults(of.warehouse, cohort)
    price = price_of(of.warehouse, cohort, faults, BY_SLUG["stamp_on_opening"])
    assert price is not None
    guilty = set(of.evidence("fault_stamp_on_opening", limit=100_000).frame["lead_id"])

    def repaired(header, rows):
        handoff, mql, key = (header.index(one) for one in ("Handoff Date", "MQL Date", "Lead ID"))
        for row in rows:
            if row[key] in guilty and row[mql] and row[mql] <= row[handoff]:
                row[handoff] = row[mql]
        return header, rows, {}

    by_hand = rewritten("broken_plumbing", "repaired", repaired)
    truth = measure_key_numbers(by_hand.warehouse, by_hand.cohort())
    assert price.after.leads == truth.leads
    assert price.after.median_wait == truth.median_wait
    assert price.after.rates == truth.rates


def test_leaving_out_a_repeated_person_is_what_the_file_without_them_says():
    of = world("broken_plumbing", 11)
    cohort = of.cohort(of.request())
    price = price_of(of.warehouse, cohort, open_faults(of.warehouse, cohort), BY_SLUG["repeated_contact"])
    assert price is not None
    again = set(of.evidence("fault_repeated_contact", limit=100_000).frame["lead_id"])
    by_hand = rewritten(
        "broken_plumbing",
        "once",
        lambda header, rows: (header, [row for row in rows if row[header.index("Lead ID")] not in again], {}),
    )
    truth = measure_key_numbers(by_hand.warehouse, by_hand.cohort())
    assert (price.after.leads, price.after.median_wait) == (truth.leads, truth.median_wait)
    assert {slug: (one.numerator, one.denominator) for slug, one in price.after.rates.items()} == {
        slug: (one.numerator, one.denominator) for slug, one in truth.rates.items()
    }
