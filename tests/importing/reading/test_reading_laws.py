"""Laws: what csv.writer wrote is read back cell by cell, and the fast and the slow path agree."""

from __future__ import annotations

import contextlib
import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from analytics.errors import FileRefusedError
from analytics.importing.reading.delimited import read_delimited
from analytics.importing.reading.fast_path import looks_merged
from analytics.importing.reading.findings import Findings
from analytics.importing.reading.limits import ReadLimits
from analytics.importing.reading.structure import copy_and_scan
from tests.importing.reading.vocabulary import known_headers

LAWS = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
HEADER = ["lead_id", "created_at", "owner", "name", "value"]
PIECES = st.sampled_from([*"abcxyzäß€𝐓019 .-_/@", ",", ";", "\t", "|", '"', "'", "\n", "\r\n", "\\"])
CELL = st.lists(PIECES, max_size=12).map("".join)
ROWS = st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=12)


def read_text(
    engine, data: bytes, *, is_fast: bool = True
) -> tuple[list[tuple], list[tuple], list[tuple[int, str]]]:
    """Return rows, short records and what was set aside."""
    folder = Path(tempfile.mkdtemp(dir=engine[1]))
    path = folder / "upload"
    path.write_bytes(data)
    findings = Findings("leads.csv")
    with engine[0].cursor() as connection:
        raw = read_delimited(
            path, findings, connection=connection, table="law", staging=folder, known_headers=known_headers,
            limits=ReadLimits(), progress=lambda _text, _share: None, is_fast=is_fast,
        )  # fmt: skip
        rows = connection.execute("SELECT * FROM law ORDER BY line").fetchall()
        short = connection.execute("SELECT * FROM law_short ORDER BY line").fetchall()
    assert raw.records == len(rows) + len(raw.aside)
    return rows, short, [(record.line, record.reason) for record in raw.aside]


@LAWS
@given(
    rows=ROWS,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    style=st.tuples(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.sampled_from(["\n", "\r\n"])),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read_back(engine, rows, delimiter, style, codec) -> None:
    quoting, end = style
    full = [[f"L-{number}", *row] for number, row in enumerate(rows)]
    assume(not any(looks_merged(cell, delimiter, len(HEADER)) for row in rows for cell in row))
    assume(
        '\\"' not in "".join(cell + "\n" for row in rows for cell in row)
        and not any(c.endswith("\\") for r in rows for c in r)
    )
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows([HEADER, *full])
    found, short, aside = read_text(engine, text.getvalue().encode(codec))
    assert [list(row[1:]) for row in found] == [[cell or None for cell in row] for row in full]
    assert (short, aside) == ([], [])


@LAWS
@given(
    rows=ROWS,
    delimiter=st.sampled_from([",", ";"]),
    end=st.sampled_from(["\n", "\r\n"]),
    breaks=st.lists(
        st.sampled_from(
            ["", "Total{d}{d}{d}{d}5", "{d}{d}{d}{d}", "L-9{d}x", "Copyright (c) 2026 ACME", "lone"]
        ),
        max_size=3,
    ),
)
def test_fast_and_slow_path_agree(engine, rows, delimiter, end, breaks) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(HEADER)
    for number, row in enumerate(rows):
        writer.writerow([f"L-{number}", *row])
        if number < len(breaks):
            text.write(breaks[number].replace("{d}", delimiter) + end)
    data = text.getvalue().encode()

    def outcome(*, is_fast: bool) -> object:
        try:
            return read_text(engine, data, is_fast=is_fast)
        except FileRefusedError as error:
            return str(error)

    assert outcome(is_fast=True) == outcome(is_fast=False)


@LAWS
@given(rows=ROWS, end=st.sampled_from(["\n", "\r\n"]), block=st.integers(1, 40))
def test_the_structure_does_not_depend_on_where_blocks_end(tmp_path, rows, end, block) -> None:
    from analytics.importing.reading import structure

    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerows(rows)
    path = tmp_path / "body"
    data = text.getvalue().encode()
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        whole = copy_and_scan(path, (0, len(data)), tmp_path / "a", ",")
        patch.setattr(structure, "BLOCK", block)
        pieces = copy_and_scan(path, (0, len(data)), tmp_path / "b", ",")
        patch.setattr(structure, "TWO_HALVES", 1)
        halves = copy_and_scan(path, (0, len(data)), tmp_path / "c", ",")
    assert whole.is_sound
    for other, name in ((pieces, "b"), (halves, "c")):
        assert (other.is_sound, other.records, other.lines, other.quoted_ends) == (
            True, whole.records, whole.lines, whole.quoted_ends,
        )  # fmt: skip
        assert other.shifts == whole.shifts
        assert other.longest == whole.longest
        assert (other.has_lone_cr, other.has_lf_ends, other.has_crlf_ends) == (
            whole.has_lone_cr, whole.has_lf_ends, whole.has_crlf_ends,
        )  # fmt: skip
        assert (tmp_path / name).read_bytes() == (tmp_path / "a").read_bytes()


@LAWS
@given(data=st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(engine, data) -> None:
    with contextlib.suppress(FileRefusedError):
        read_text(engine, b"lead_id,owner\n" + data)
