"""Every way of writing a date that exports use, the order of a column, and the engine against the slow reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.errors import QuestionOpenError
from analytics.importing.choices import Choices
from analytics.importing.notices import RawTable
from analytics.importing.stamp_columns import StampColumn, plan_stamp_column
from analytics.importing.stamps import Stamp, read_stamp
from analytics.importing.typed import TypedTable, type_table
from analytics.schema import Role


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    yield connection
    connection.close()


def column(engine: duckdb.DuckDBPyConnection, texts: list[str | None]) -> None:
    engine.register(
        "_texts",
        pl.DataFrame(
            {"line": range(2, len(texts) + 2), "c1": texts}, schema={"line": pl.Int64, "c1": pl.String}
        ),
    )
    engine.execute("CREATE OR REPLACE TEMP TABLE raw AS SELECT * FROM _texts")
    engine.unregister("_texts")


def typed(
    engine: duckdb.DuckDBPyConnection, texts: list[str | None], **choices: object
) -> tuple[list[datetime | None], list[bool], TypedTable]:
    """Moments and bare-date flags of one creation-date column, in row order."""
    column(engine, texts)
    raw = RawTable("a.csv", "0" * 64, 1, "csv", ("Created",), "raw", len(texts))
    result = type_table(engine, Role.LEADS, [raw], {"created_at": "Created"}, {}, Choices(**choices))  # type: ignore[arg-type]
    rows = engine.execute(
        f"SELECT created_at, created_at_is_date FROM {result.name} ORDER BY line"
    ).fetchall()
    return [row[0] for row in rows], [row[1] for row in rows], result


WAYS = [
    ("2026-03-04", "2026-03-04 00:00:00"),
    ("2026-3-4", "2026-03-04 00:00:00"),
    ("2026-03-04 05:06", "2026-03-04 05:06:00"),
    ("2026-03-04T05:06:07", "2026-03-04 05:06:07"),
    ("2026-03-04 05:06:07.891", "2026-03-04 05:06:07.891000"),
    ("2026/03/04 05:06", "2026-03-04 05:06:00"),
    ("20260304", "2026-03-04 00:00:00"),
    ("20260304T050607", "2026-03-04 05:06:07"),
    ("04.03.2026", "2026-03-04 00:00:00"),
    ("4.3.2026 5:06", "2026-03-04 05:06:00"),
    ("4.3.2026, 17:06 Uhr", "2026-03-04 17:06:00"),
    ("4/3/2026 5:06", "2026-03-04 05:06:00"),
    ("04/03/2026 05:06:07 PM", "2026-03-04 17:06:07"),
    ("04/03/2026, 12:30 a.m.", "2026-03-04 00:30:00"),
    ("04/03/2026 12:30 PM", "2026-03-04 12:30:00"),
    ("04/03/26", "2026-03-04 00:00:00"),
    ("04/03/70", None),
    ("04/03/99", "1999-03-04 00:00:00"),
    ("04-03-2026", "2026-03-04 00:00:00"),
    ("15 Apr, 2021 00:03:00", "2021-04-15 00:03:00"),
    ("15-Apr-21", "2021-04-15 00:00:00"),
    ("Apr 15, 2021 3:05 PM", "2021-04-15 15:05:00"),
    ("April 15, 2021 at 3:05 PM", "2021-04-15 15:05:00"),
    ("15. März 2021 um 10:30 Uhr", "2021-03-15 10:30:00"),
    ("1er avril 2021 à 10h30", "2021-04-01 10:30:00"),
    ("15 févr. 2021", "2021-02-15 00:00:00"),
    ("15 de diciembre de 2021", "2021-12-15 00:00:00"),
    ("15 dez 2021", "2021-12-15 00:00:00"),
    ("Thu, 15 Apr 2021 00:03:00", "2021-04-15 00:03:00"),
    ("2026年3月4日 10:30", "2026-03-04 10:30:00"),
    ("46085.5", "2026-03-04 12:00:00"),
    ("46085", "2026-03-04 00:00:00"),
    ("46085,25", "2026-03-04 06:00:00"),
    ("2026-03-04 24:00", "2026-03-05 00:00:00"),
    ("2026-12-31 23:59:60", "2027-01-01 00:00:00"),
    ("2024-02-29", "2024-02-29 00:00:00"),
    ("2026-02-29", None),
    ("2026-13-01", None),
    ("32.01.2026", None),
    ("2026-03-04 25:00", None),
    ("2026-03-04 10:61", None),
    ("13:00 PM 04/03/2026", None),
    ("04/03/2026 13:00 PM", None),
    ("1979-12-31", None),
    ("1980-01-01", "1980-01-01 00:00:00"),
    ("2100-12-31", "2100-12-31 00:00:00"),
    ("2101-01-01", None),
    ("19999", None),
    ("soon", None),
    ("12", None),
]  # fmt: skip
IN_UTC = [
    ("2026-03-04T05:06:07Z", "2026-03-04 05:06:07"),
    ("2026-03-04T05:06:07.000+0000", "2026-03-04 05:06:07"),
    ("2026-03-04T05:06:07+05:30", "2026-03-03 23:36:07"),
    ("2026-03-04 05:06:07 -0800", "2026-03-04 13:06:07"),
    ("2026-03-04 05:06 UTC", "2026-03-04 05:06:00"),
    ("Thu Apr 15 2021 10:00:00 GMT+0200 (Central European Summer Time)", "2021-04-15 08:00:00"),
    ("1618444800", "2021-04-15 00:00:00"),
    ("1618444800123", "2021-04-15 00:00:00.123000"),
]
PLACEHOLDERS = [
    "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00.00.0000", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+05:00", "1900-01-01", "01/01/1900", "1.1.1900 0:00", "1970-01-01", "1970-01-01T00:00:00Z", "1899-12-30",
    "9999-12-31", "31/12/9999", "9999-12-31T23:59:59", "9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59-05:00", "2999-12-31",
]  # fmt: skip
NOTHING = [
    "",
    " ",
    "N/A",
    "null",
    "NULL",
    "-",
    "--None--",
    "#N/A",
    "unknown",
    "TBD",
    "never",
    "(blank)",
    "\u00a0",
    "nan",
]


@pytest.mark.parametrize(("text", "moment"), WAYS)
def test_one_text_in_local_time(text: str, moment: str | None):
    stamp = read_stamp(text, "dmy")
    assert (stamp and not isinstance(stamp, str) and str(stamp.at)) == (moment or stamp)
    assert stamp is None or (isinstance(stamp, Stamp) and not stamp.is_utc)


@pytest.mark.parametrize(("text", "moment"), IN_UTC)
def test_one_text_with_an_offset(text: str, moment: str):
    stamp = read_stamp(text, "mdy")
    assert isinstance(stamp, Stamp)
    assert (str(stamp.at), stamp.is_utc) == (moment, True)


def test_the_same_ways_through_a_whole_column(engine: duckdb.DuckDBPyConnection):
    texts: list[str | None] = [text for text, _ in WAYS + IN_UTC] + [*PLACEHOLDERS, *NOTHING, "13/01/2026"]
    moments, _, result = typed(engine, texts)
    wanted = [moment and datetime.fromisoformat(moment) for _, moment in WAYS + IN_UTC]
    assert dict(zip(texts, moments, strict=True)) == dict(
        zip(
            texts, [*wanted, *[None] * (len(PLACEHOLDERS) + len(NOTHING)), datetime(2026, 1, 13)], strict=True
        )
    )
    assert {cell.value for cell in result.refused} == {text for text, moment in WAYS if moment is None}
    told = {notice.code: notice.count for notice in result.notices}
    assert told["placeholder"] == len(PLACEHOLDERS)
    assert told["serial"] == 3
    assert told["epoch"] == 2
    assert told["two_digit_year"] == 3
    assert told["carried"] == 2
    assert result.date_orders == {"leads.Created": "dmy"}


@pytest.mark.parametrize(
    ("last", "order"),
    [("13/01/2026", "dmy"), ("01/13/2026", "mdy"), ("13-01-2026 10:00", "dmy"), ("1/13/26 1:00 PM", "mdy")],
)
def test_one_decisive_value_in_the_last_of_ten_thousand_rows(
    engine: duckdb.DuckDBPyConnection, last: str, order: str
):
    moments, _, result = typed(engine, ["03/04/2026"] * 9_999 + [last])
    assert result.date_orders == {"leads.Created": order}
    assert moments[0] == (datetime(2026, 4, 3) if order == "dmy" else datetime(2026, 3, 4))
    assert moments[-1] is not None
    assert moments[-1].date() == datetime(2026, 1, 13).date()


def test_the_order_is_asked_where_no_value_tells_it(engine: duckdb.DuckDBPyConnection):
    with pytest.raises(
        QuestionOpenError, match="03/04/2026 can be read in two ways; choose day-first or month-first"
    ) as asked:
        typed(engine, ["2026-01-01"] * 3_000 + ["12/12/2026", "03/04/2026"])
    assert (asked.value.question, asked.value.options) == ("date_order", ("dmy", "mdy"))
    with pytest.raises(QuestionOpenError, match="fit only day-first and values that fit only month-first"):
        typed(engine, ["13/01/2026", "01/13/2026"])
    assert typed(engine, ["03/04/2026"], date_order="dmy")[0] == [datetime(2026, 4, 3)]
    assert typed(engine, ["03/04/2026"], date_order="mdy")[0] == [datetime(2026, 3, 4)]


def test_what_is_decided_needs_no_answer_and_ignores_a_wrong_one(engine: duckdb.DuckDBPyConnection):
    assert typed(engine, ["03/04/2026", "13/04/2026"], date_order="mdy")[0][0] == datetime(2026, 4, 3)


def test_dotted_dates_are_day_first_whatever_stands_beside_them(engine: duckdb.DuckDBPyConnection):
    assert typed(engine, ["03.04.2026", "05.06.2026"])[0][0] == datetime(2026, 4, 3)
    assert typed(engine, ["03.04.2026", "05.06.2026"], date_order="mdy")[0][0] == datetime(2026, 4, 3)
    assert typed(engine, ["03.04.2026", "05/13/2026", "05/06/2026"])[0] == [
        datetime(2026, 4, 3),
        datetime(2026, 5, 13),
        datetime(2026, 5, 6),
    ]
    assert typed(engine, ["03.04.2026", "04.13.2026"])[0] == [datetime(2026, 3, 4), datetime(2026, 4, 13)]


def test_gap_and_fold_of_a_zone(engine: duckdb.DuckDBPyConnection):
    texts: list[str | None] = [
        "2026-03-29 01:59:59", "2026-03-29 02:00", "2026-03-29 02:30", "2026-03-29 03:00",
        "2026-10-25 01:59:59", "2026-10-25 02:00", "2026-10-25 02:30", "2026-10-25 03:00", "2026-03-29T00:30:00Z",
    ]  # fmt: skip
    moments, _, result = typed(engine, texts, zone="Europe/Berlin")
    assert [str(moment) for moment in moments] == [
        "2026-03-29 00:59:59", "2026-03-29 01:00:00", "2026-03-29 01:30:00", "2026-03-29 01:00:00",
        "2026-10-24 23:59:59", "2026-10-25 00:00:00", "2026-10-25 00:30:00", "2026-10-25 02:00:00", "2026-03-29 00:30:00",
    ]  # fmt: skip
    told = {notice.code: (notice.count, notice.lines) for notice in result.notices}
    assert told["dst_gap"] == (2, (3, 4))
    assert told["dst_fold"] == (2, (7, 8))
    assert "mixed_offsets" in told


def test_dates_without_a_time_are_remembered(engine: duckdb.DuckDBPyConnection):
    assert typed(engine, ["2026-03-04", "2026-03-05 10:00", None])[1] == [True, False, False]
    assert typed(engine, ["2026-03-04 00:00", "2026-03-05 00:00:00"])[1] == [True, True]
    assert typed(engine, ["3/4/2026 0:00", "3/25/2026 12:00 AM"])[1] == [True, True]
    assert typed(engine, ["2026-03-04 00:00", "2026-03-05 00:01"])[1] == [False, False]
    assert typed(engine, ["46085", "46085.5"])[1] == [True, False]
    assert typed(engine, ["2026-03-04", "2026-03-05"])[2].date_only == {"created_at"}


YEARS = st.sampled_from(
    ["1979", "1980", "2026", "2100", "2101", "1900", "1970", "9999", "0001", "26", "99", "0000", "2024"]
)
PARTS = st.integers(0, 32).flatmap(lambda number: st.sampled_from([str(number), f"{number:02}"]))
SIGNS = st.sampled_from(["-", "/", ".", " ", ""])
TIMES = st.sampled_from([
    "", " 10:00", "T10:00", " 24:00", " 24:00:00", " 23:59:60", " 1:05", "  10:00", " 10:00:00.123", " 10:00:00.1234567",
    "T10:00:00Z", "T10:00:00+0530", "T10:00:00+05:30", "T10:00:00 +01:00", "T10:00:00-00:30", "T24:00:00Z", "T23:59:60Z",
    " 12:30 AM", " 0:30 AM", " 13:00 PM", " 1:00:00 pm", " 10:61", " 10:00Z", " 10:00+01", " 25:00", "T10:00:00.999999999Z",
    "T00:00:00Z", "T23:59:59.9999999Z", "+01", " 10:0", "\t10:00", " 1:00PM", "T10:00:00+24:00", "T10:00:00+15:59", " 10:00:00 ",
    " -10:00", "T1:00:00Z", " UTC", "Z",
])  # fmt: skip
TEXTS = (
    st.builds(lambda y, s, m, t, d, time: y + s + m + t + d + time, YEARS, SIGNS, PARTS, SIGNS, PARTS, TIMES)
    | st.builds(
        lambda a, s, b, t, y, time: a + s + b + t + y + time, PARTS, SIGNS, PARTS, SIGNS, YEARS, TIMES
    )
    | st.text(alphabet="0123456789-/. :TZ+APMapm", min_size=1, max_size=22)
)
ALL_WAYS = [
    "2026-01-01", "2026-01-01T10:00:00Z", "20260101",
    *(f"13{sign}1{sign}2026{time}" for sign in "./-" for time in ("", " 10:00", " 10:00:00", " 10:00 AM", " 10:00:00 AM")),
]  # fmt: skip


def disagreements(engine: duckdb.DuckDBPyConnection, plan: StampColumn) -> list[tuple[object, ...]]:
    local, utc = plan.local.replace("@x", "c1"), plan.utc.replace("@x", "c1")
    wrong: list[tuple[object, ...]] = []
    for text, in_local, in_utc in engine.execute(f"SELECT c1, {local}, {utc} FROM raw").fetchall():
        if in_local is None and in_utc is None:
            continue
        dotted = text.strip()[:3].count(".") == 1
        stamp = read_stamp(text, plan.dotted if dotted else plan.order)
        if (
            not isinstance(stamp, Stamp)
            or (in_utc if stamp.is_utc else in_local) != stamp.at
            or (in_local and in_utc)
        ):
            wrong.append((text, in_local, in_utc, stamp))
        elif stamp.how == "carried":
            wrong.append((text, "read without a word"))
    return wrong


@settings(max_examples=35, deadline=None)
@example(
    texts=[
        "1980-01-01T10:00:00+24:00",
        "1980-01-01T10:00:00+14:00",
        "2100-12-31T23:00:00-05:00",
        "2026-01-01T10:00:00+15:00",
    ],
    answer="dmy",
)
@given(texts=st.lists(TEXTS, min_size=60, max_size=120), answer=st.sampled_from(["dmy", "mdy"]))
def test_what_the_engine_reads_the_slow_reader_reads_alike(texts: list[str], answer: str):
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        column(engine, [*ALL_WAYS, *texts])
        plan = plan_stamp_column(engine, "raw", "c1", "Created", answer)  # type: ignore[arg-type]
        assert disagreements(engine, plan) == []


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=40) | TEXTS, order=st.sampled_from(["dmy", "mdy", None]))
def test_no_text_breaks_the_slow_reader(text: str, order: str | None):
    stamp = read_stamp(text, order)  # type: ignore[arg-type]
    assert stamp in ("missing", "placeholder", None) or 1979 <= stamp.at.year <= 2101  # type: ignore[union-attr]
