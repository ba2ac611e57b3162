"""Every number opens its leads: as many rows as were counted, searched and exported without being changed or run."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest

from analytics.cohort import CohortRequest
from analytics.errors import RequestError
from analytics.evidence import FORMULA_STARTS, export, lead_timeline
from analytics.metrics.catalog import LEAD_SETS, METRICS, selection_of
from analytics.metrics.compose import JOURNEY_SETS, PLAIN_SETS, counting_query, journey_relation, metric_query
from tests.metrics.hand_table import LEADS, hand_world
from tests.metrics.key_values import VALUES
from tests.metrics.worlds import World, csv_text, sample, world, world_of

KEYS = [*JOURNEY_SETS, *(f"{slug}:{value}" for slug, values in VALUES.items() for value in values)]


def requests(of: World) -> dict[str, CohortRequest]:
    return {
        "default": CohortRequest(of.manifest.fingerprint),
        "whole file": of.request(),
        "two sources": of.request(filters=(("source", ("Webinar", "Google Ads")),)),
        "unknown and a band": of.request(
            filters=(("industry", ("", "Software")), ("score_band", ("40–59",)))
        ),
        "nobody": of.request(filters=(("source", ("'; DROP TABLE leads; --",)),)),
    }


def predicate(key: str) -> str:
    ((lead_set, value),) = selection_of(key).parts
    return lead_set.predicate.replace("$value", str(value))


@pytest.mark.parametrize("which", ["default", "unknown and a band", "nobody"])
def test_every_key_opens_as_many_leads_as_were_counted(which):
    """All keys of the catalog, counted once by the composer's relation and opened one by one."""
    of = sample()
    request = requests(of)[which]
    cohort = of.cohort(request)
    inner = journey_relation(of.warehouse, cohort)
    sums = ", ".join(f"count(*) FILTER (WHERE {predicate(key)})" for key in KEYS)
    counted = dict(zip(KEYS, of.warehouse.run(f"SELECT {sums} FROM {inner}").row(0), strict=True))
    assert counted["leads"] == {"default": 2076, "whole file": 6000, "nobody": 0}.get(which, counted["leads"])
    for key, leads in counted.items():
        found = of.evidence(key, request, limit=10_000)
        assert (found.count, found.matching, found.frame.height) == (leads, leads, leads), key
    plain = of.warehouse.run(counting_query(cohort, PLAIN_SETS)).row(0, named=True)
    assert plain == {slug: counted[slug] for slug in PLAIN_SETS}


def test_every_set_that_takes_a_value_is_opened():
    assert set(VALUES) == {slug for slug, one in LEAD_SETS.items() if one.takes_value}


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.slug)
def test_a_metric_counts_its_lead_sets(metric):
    of = sample()
    cohort = of.cohort()
    inner = journey_relation(of.warehouse, cohort)
    shown = of.warehouse.run(metric_query(metric).replace("FROM cohort", f"FROM {inner}")).row(0, named=True)
    for part in ("numerator", "denominator", "pending"):
        if slug := getattr(metric, part):
            assert shown[part] == of.evidence(slug, limit=1).count
    assert shown["numerator"] <= shown["denominator"]


def test_a_row_of_a_breakdown_opens_its_leads():
    of = sample()
    for field in ("source", "size_band", "industry", "seniority"):
        for row in of.readout(dimension=field).so_far.rows:
            also = [(field, row.value or "")]
            for slug, leads in (
                ("leads", row.leads),
                ("so_far_accepted", row.accepted),
                ("so_far_won", row.won),
                ("so_far_undecided", row.undecided),
            ):
                assert of.evidence(slug, also=also, limit=1).count == leads, (field, row.value, slug)


def test_the_limit_cuts_rows_not_the_count():
    found = sample().evidence("leads", limit=7)
    assert (found.count, found.matching, found.frame.height) == (6000, 6000, 7)


@pytest.mark.parametrize(
    "key",
    ["", "nonsense", "settled:1", "band_won", "band_won:", "band_won:x", "band_won:1.5", "band_won:--1", "band_won:²",
     "band_won:٣", "band_won:1e3", "band_won:1; DROP", "band_won:" + "9" * 16, "Settled", "settled "],
)  # fmt: skip
def test_keys_that_are_none_are_refused(key):
    with pytest.raises(RequestError):
        sample().evidence(key)


def test_a_misspelt_key_names_the_nearest():
    with pytest.raises(RequestError, match="did you mean 'settled'"):
        sample().evidence("setled")


# --- search

COMPANIES = {"A": "100% Pure_Oil", "B": "100 Pure Oil", "C": 'O\'Hara "and" Sons', "D": "PURE oil\\", "E": ""}
HOSTILE = [
    {"Lead ID": key, "Handoff Date": "2026-01-02 10:00:00", "Company": name, "Lead Source": "=1+1"}
    for key, name in COMPANIES.items()
]


def searched() -> World:
    return world_of(HOSTILE, as_of="2026-12-31")


@pytest.mark.parametrize(
    ("search", "found"),
    [("%", "A"), ("100%", "A"), ("_", "A"), ("pure_oil", "A"), ("Pure oil", "BD"), ("'", "C"), ('"and"', "C"), ("\\", "D"),
     ("o'hara", "C"), ("  100  ", "AB"), ("", "ABCDE"), ("   ", "ABCDE"), ("nothing", ""), ("=1+1", "ABCDE"), ("a", "AC"),
     ("' OR 1=1 --", ""), ("$value", ""), ("100% Pure_Oil" + "x" * 300, "")],
)  # fmt: skip
def test_search_takes_every_character_as_it_is(search, found):
    opened = searched().evidence("leads", search=search)
    assert "".join(sorted(opened.frame["lead_id"])) == found
    assert (opened.count, opened.matching) == (5, len(found))


# --- columns and exports

HEADERS = ('a"b', "a'b", "$value", "select", "*", "x;--", "LEAD_ID", "lead_id", "=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0", "+sum",
           "@x", "-x", "{leads}", "naïve — Ω", "search", "most")  # fmt: skip


def with_hostile_headers() -> World:
    rows = [
        {
            "Lead ID": str(n),
            "Handoff Date": "2026-01-02 10:00:00",
            **dict.fromkeys(HEADERS, f"{start}{n}"),
        }
        for n, start in enumerate((*FORMULA_STARTS, "plain ", "1", "'"), start=1)
    ]
    return world(
        {"leads.csv": csv_text(rows)}, fields={(None, "lead_id"): "Lead ID"}, keep=frozenset(HEADERS)
    )


def test_hostile_headers_survive_and_can_be_filtered_by():
    of = with_hostile_headers()
    kept = set(of.manifest.extra_columns.values())
    assert len(kept & set(HEADERS)) >= len(HEADERS) - 2
    found = of.evidence("leads")
    assert len(set(found.frame.columns)) == len(found.frame.columns)
    for header in kept:
        assert of.counts(of.request(filters=((header, ("plain 8",)),)))["leads"] == 1, header
        assert sum(row.leads for row in of.readout(dimension=header).so_far.rows) == found.count


def exported(of: World, key: str, form: str, **options) -> bytes:
    return export(
        of.warehouse, of.manifest, of.contract, options.pop("request", of.request()), key, form, **options
    )


def test_exports_hold_the_rows_that_were_counted():
    of = sample()
    request = CohortRequest(of.manifest.fingerprint)
    for key in ("never_touched", "band_won:4", "cadence_not_full"):
        found = of.evidence(key, request, limit=10_000)
        stored = pl.read_parquet(io.BytesIO(exported(of, key, "parquet", request=request)))
        assert stored.equals(found.frame), key
        text = exported(of, key, "csv", request=request).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert len(rows) - 1 == found.count, key
        assert [row[0] for row in rows[1:]] == found.frame["lead_id"].to_list()
    assert exported(of, "leads", "csv").startswith(b"\xef\xbb\xbf")


def test_no_cell_of_an_export_is_a_formula():
    of = with_hostile_headers()
    rows = list(csv.reader(io.StringIO(exported(of, "leads", "csv").decode("utf-8-sig"), newline="")))
    assert len(rows) == 1 + of.manifest.leads
    risky = [cell for row in rows for cell in row if cell.startswith(FORMULA_STARTS)]
    assert risky == ["-3.0"]  # a number in a column of numbers, which no spreadsheet runs
    assert "'=cmd|' /C calc'!A0" in rows[0]
    assert len(set(rows[0])) == len(rows[0])


def test_an_empty_set_exports_its_header():
    of = sample()
    rows = list(csv.reader(io.StringIO(exported(of, "band_won:99", "csv").decode("utf-8-sig"), newline="")))
    assert len(rows) == 1
    assert rows[0][0] == "lead_id"


def test_personal_columns_stay_out():
    columns = sample().evidence("leads", limit=1).frame.columns
    assert not {"email", "phone", "person_name", "contact_key"} & set(columns)


# --- one lead


def test_a_timeline_tells_what_happened_in_order():
    of = hand_world()
    events = lead_timeline(of.warehouse, of.manifest, of.contract, "cadence-full")
    assert [at for at, _, _ in events] == sorted(at for at, _, _ in events)
    assert [what for _, what, _ in events].count("touch") == 6
    assert events[0][1].startswith("passed to sales")
    machine = lead_timeline(of.warehouse, of.manifest, of.contract, "touched-by-machine")
    assert [what for _, what, _ in machine] == [machine[0][1], "automated touch"]
    assert lead_timeline(of.warehouse, of.manifest, of.contract, "nobody's id") == []


def test_every_lead_by_hand_can_be_opened():
    of = hand_world()
    assert all(
        lead_timeline(of.warehouse, of.manifest, of.contract, one.id)
        for one in LEADS
        if "no-clock" not in one.facts
    )
