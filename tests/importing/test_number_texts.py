"""Money, sizes and bands as exports write them; the decimal sign of a column."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.importing.choices import Choices
from analytics.importing.column_plans import ColumnPlanner
from analytics.importing.numbers import decimal_sign, read_number, read_size
from analytics.schema import Field, Kind

EITHER_WAY = [
    ("$1,117.10K", 1_117_100.0), ("$342.09K", 342_090.0), ("$9,99,999.99 ", 999_999.99), ("1.234,56", 1234.56), ("1,234.56", 1234.56),
    ("(500.00)", -500.0), ("($1,500.00)", -1500.0), ("12 %", None), ("12%", None), ("NaN", "not_finite"), ("Infinity", "not_finite"),
    ("-inf", "not_finite"), ("N/A", "missing"), ("", "missing"), ("-", "missing"), ("1'000.00", 1000.0), ("CHF 1’234.50", 1234.5),
    ("1 234,56 €", 1234.56), ("1\u202f234,56\u00a0€", 1234.56), ("€ 1,234.56", 1234.56), ("99.50", 99.5), ("12,50", 12.5), ("0,125", 0.125),
    ("1.234.567", 1_234_567.0), ("1,234,567", 1_234_567.0), ("1,23,4567", None), ("1,234.567.890", None), ("1,5 Mio €", 1_500_000.0),
    ("1,5 Mio. EUR", 1_500_000.0), ("2 Mrd €", 2e9), ("1.5M", 1_500_000.0), ("12k€", 12_000.0), ("USD1,234.50", 1234.5),
    ("1.234,-", 1234.0), ("5-", -5.0), ("+5", 5.0), ("--5", None), ("−5", -5.0), ("-$5", -5.0), ("$-5", -5.0), ("R$ 1.234,56", 1234.56),
    ("CA$12.50", 12.5), ("kr 1 234,50", 1234.5), ("1e5", 100_000.0), ("12 apr", None), ("12 abc 5", None), ("12 5", None), ("twelve", None),
    ("5 000", 5000.0), (".5", 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), EITHER_WAY)
@pytest.mark.parametrize("sign", [".", ","])
def test_numbers_that_need_no_column(text: str, value: object, sign: str):
    assert read_number(text, sign) == value  # type: ignore[arg-type]


def test_three_digits_behind_one_sign_need_the_column():
    assert (read_number("1.234", "."), read_number("1.234", ",")) == (1.234, 1234.0)
    assert (read_number("1,234", "."), read_number("1,234", ",")) == (1234.0, 1.234)


@pytest.mark.parametrize(
    ("texts", "kind", "sign"),
    [
        (["1.234,56", "99,50"], Kind.MONEY, ","),
        (["1,234.56", "99.50"], Kind.MONEY, "."),
        (["1.234", "2.500"], Kind.MONEY, ","),
        (["1,234", "2,500"], Kind.MONEY, "."),
        (["1.234", "2.500"], Kind.NUMBER, "."),
        (["1.234", "13.5"], Kind.MONEY, "."),
        (["$9,99,999.99 "], Kind.MONEY, "."),
        (["1.234.567"], Kind.MONEY, ","),
        (["0.125"], Kind.MONEY, "."),
        ([], Kind.MONEY, "."),
    ],
)  # fmt: skip
def test_the_decimal_sign_is_the_columns(texts: list[str], kind: Kind, sign: str):
    assert decimal_sign(texts, kind) == sign


SIZES = [
    ("12", (12.0, False)), ("1,234", (1234.0, False)), ("1.234", (1234.0, False)), ("5-25", (15.0, True)), ("51 – 200", (125.5, True)),
    ("51-200 employees", (125.5, True)), ("501-1.000", (750.5, True)), ("1,001-5,000", (3000.5, True)), ("51 bis 200 Mitarbeiter", (125.5, True)),
    ("1000+", (1001.0, True)), ("1,000+", (1001.0, True)), ("10.001 und mehr", (10_002.0, True)), ("> 500", (501.0, True)),
    ("1K-5K", (3000.0, True)), ("10k+", (10_001.0, True)), ("<10", (5.5, True)), ("25-May", (15.0, True)), ("5-Jan", (3.0, True)),
    ("1-May", (3.0, True)), ("Nov-50", (30.5, True)), ("2. Okt", (6.0, True)), ("N/A", None), ("-5", None), ("200-51", None), ("many", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), SIZES)
def test_sizes_and_bands(text: str, wanted: tuple[float, bool] | None):
    size = read_size(text, ".")
    assert (None if size is None or isinstance(size, str) else (size.employees, size.is_range)) == wanted


def read_column(texts: list[str | None], kind: Kind) -> list[float | None]:
    """The numbers of a column as an import reads them."""
    frame = pl.DataFrame({"line": range(len(texts)), "c1": texts}, schema={"line": pl.Int64, "c1": pl.String})
    with duckdb.connect() as engine:
        engine.register("raw", frame)
        plan = ColumnPlanner(engine, "raw", Choices(), "test").plan(
            Field("amount", kind, "amount"), "Amount", "c1"
        )
        select = plan.selects[0].replace("@x", "raw.c1").replace("@r", "rest")
        rows = engine.execute(
            f"SELECT {select} FROM raw LEFT JOIN {plan.rest} AS rest ON rest.x = raw.c1 ORDER BY line"
        ).fetchall()
    return [row[0] for row in rows]


def test_columns_of_money():
    assert read_column(["1.234", "2.500", None], Kind.MONEY) == [1234.0, 2500.0, None]
    assert read_column(["1.234", "13.5"], Kind.MONEY) == [1.234, 13.5]
    assert read_column(["1.234,56", "99.50", "7"], Kind.MONEY) == [1234.56, 99.5, 7.0]
    assert read_column(["12 %", "NaN", "Infinity", "n/a", "5"], Kind.MONEY) == [None, None, None, None, 5.0]
    assert read_column(["1.234", "1,001-5,000", "1.001"], Kind.SIZE) == [1234.0, 3000.5, 1001.0]
    assert read_column(["-5", "0", "3.0"], Kind.MONEY) == [-5.0, 0.0, 3.0]


def test_one_decisive_amount_behind_many_others():
    numbers = read_column([f"{n // 1000 + 1}.{n % 1000:03}" for n in range(9_999)] + ["13.5"], Kind.MONEY)
    assert (numbers[1], numbers[-1]) == (1.001, 13.5)


@given(st.decimals(-1_000_000_000, 1_000_000_000, places=2))
def test_whatever_is_written_in_either_style_is_read_back(value: object):
    english = f"{value:,.2f}"
    continental = english.translate(str.maketrans(",.", ".,"))
    for sign in (".", ","):
        assert read_number(english, sign) == read_number(continental, sign) == float(value)  # type: ignore[arg-type]


@given(st.text(max_size=25))
def test_no_text_breaks_the_reader(text: str):
    for sign in (".", ","):
        assert read_number(text, sign) in ("missing", "not_finite", None) or isinstance(
            read_number(text, sign), float
        )  # type: ignore[arg-type]
        read_size(text, sign)  # type: ignore[arg-type]
