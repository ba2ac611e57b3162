"""Parquet: every type as text, limits from the footer, damage in the child."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import random
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.errors import FileRefusedError
from analytics.importing.reading import ReadLimits
from tests.importing.reading.vocabulary import COLUMNS, lead


def packed(table: pa.Table, **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def leads(count: int) -> pa.Table:
    rows = [lead(number) for number in range(1, count + 1)]
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(COLUMNS.split(","))})


def refusal(read, source: bytes, **options: object) -> str:
    with pytest.raises(FileRefusedError) as refused:
        read(source, "leads.parquet", **options)
    message = str(refused.value)
    assert message.startswith("leads.parquet")
    assert message.endswith(".")
    return message


def test_text_columns(read) -> None:
    found = read(packed(leads(3)), "leads.parquet")
    assert found.raw.kind == "parquet"
    assert found.raw.headers == tuple(COLUMNS.split(","))
    assert found.rows == [lead(1), lead(2), lead(3)]
    assert found.lines == [1, 2, 3]
    assert found.raw.notices == []


def test_every_type_becomes_plain_text(read) -> None:
    moment = dt.datetime.fromisoformat("2026-03-01T15:00:00.120000")
    table = pa.table(
        {
            "lead_id": pa.array([1, None], pa.int64()),
            "aware": pa.array([moment, None], pa.timestamp("us", tz="Europe/Berlin")),
            "naive": pa.array([moment.replace(microsecond=0), None], pa.timestamp("ns")),
            "day": pa.array([dt.date(2026, 3, 1), None], pa.date32()),
            "time": pa.array([dt.time(15, 30), None], pa.time32("s")),
            "whole": pa.array([50.0, None], pa.float64()),
            "part": pa.array([1e-7, float("nan")], pa.float64()),
            "money": pa.array([Decimal("1234.50"), None], pa.decimal128(12, 2)),
            "flag": pa.array([True, False], pa.bool_()),
            "kind": pa.array(["ads", None]).dictionary_encode(),
            "raw": pa.array([b"Zo\xc3\xab", None], pa.binary()),
            "tags": pa.array([["a", "ß"], None], pa.list_(pa.string())),
            "empty": pa.array(["", None], pa.string()),
        }
    )
    found = read(packed(table), "leads.parquet")
    assert found.rows[0] == [
        "1", "2026-03-01 15:00:00.12Z", "2026-03-01 15:00:00", "2026-03-01", "15:30:00", "50", "0.0000001", "1234.50",
        "true", "ads", "Zoë", '["a", "ß"]', None,
    ]  # fmt: skip
    assert found.rows[1] == [None] * 6 + ["nan", None, "false"] + [None] * 4
    assert found.codes == ["nested", "mixed_zones"]


@pytest.mark.parametrize(
    ("table", "fact"),
    [
        (leads(0), "0 data rows"),
        (
            pa.table(
                [pa.array(["1"]), pa.array(["a"]), pa.array(["b"])], names=["lead_id", "email", "email"]
            ),
            "column 'email'",
        ),
        (pa.table({f"n{i}": ["x"] for i in range(501)}), "501 columns, the limit is 500"),
        (pa.table({"n" * 201: ["x"]}), "longer than 200"),
    ],
)
def test_refused_schemas(read, table: pa.Table, fact: str) -> None:
    assert fact in refusal(read, packed(table))


def test_limits_exactly(read) -> None:
    data = packed(leads(3))
    assert len(read(data, "leads.parquet", limits=ReadLimits(rows=3, columns=10)).rows) == 3
    assert "3 rows, the limit is 2" in refusal(read, data, limits=ReadLimits(rows=2))
    assert "10 columns, the limit is 9" in refusal(read, data, limits=ReadLimits(columns=9))
    assert "when unpacked" in refusal(read, data, limits=ReadLimits(unpacked_mb=0.0005))


def test_repeated_rows_that_blow_up_are_refused_and_real_ones_are_not(read) -> None:
    bomb = pa.table({"lead_id": pa.array(["x" * 50]).take(pa.array([0] * 200_000))})
    message = refusal(read, packed(bomb))
    assert "200,000 rows in" in message
    dice = random.Random(3)
    real = pa.table(
        {
            "lead_id": [f"L-{number:07d}" for number in range(100_001)],
            "source": ["ads"] * 100_001,
            "owner": [dice.choice(["Ana", "Ben"]) for _ in range(100_001)],
        }
    )
    assert len(read(packed(real), "leads.parquet").rows) == 100_001


def test_few_repeated_rows_are_fine(read) -> None:
    same = pa.table({"lead_id": ["x"] * 100_000, "owner": ["Ana"] * 100_000})
    assert len(read(packed(same), "leads.parquet").rows) == 100_000


def test_damage(read) -> None:
    data = packed(leads(50), compression="none", write_page_checksum=True)
    assert "damaged" in refusal(read, data[:-20])
    place = data.find(b"L-00007") + 3
    assert "damaged" in refusal(read, data[:place] + b"9" + data[place + 1 :])


def test_mutated_files_are_read_or_refused_never_fatal(read) -> None:
    data = packed(leads(20), write_page_checksum=True)
    dice = random.Random(5)
    for _ in range(4):
        broken = bytearray(data)
        broken[dice.randrange(4, len(data) - 8)] = dice.randrange(256)
        with contextlib.suppress(FileRefusedError):
            assert len(read(bytes(broken), "leads.parquet").raw.headers) == 10
