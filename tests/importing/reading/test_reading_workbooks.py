"""Workbooks: what is read, what is said, what the gate refuses before anything parses it."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile

import pytest

from analytics.errors import FileRefusedError, QuestionOpenError
from analytics.importing.reading import ReadLimits
from tests.importing.reading.vocabulary import COLUMNS, lead
from tests.importing.reading.workbooks import ROWS, sheet, workbook


def refusal(read, source: bytes, **options: object) -> str:
    with pytest.raises(FileRefusedError) as refused:
        read(source, "leads.xlsx", **options)
    message = str(refused.value)
    assert message.startswith("leads.xlsx")
    assert message.endswith(".")
    assert "\n" not in message
    return message


def repacked(source: bytes, change) -> bytes:
    """Return a workbook with its list of (name, bytes) changed."""
    with zipfile.ZipFile(io.BytesIO(source)) as container:
        parts = [(part.filename, container.read(part)) for part in container.infolist()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in change(parts):
            container.writestr(name, data)
    return buffer.getvalue()


def test_titles_footers_blank_rows_and_an_offset_table(read) -> None:
    rows = [["CRM report"], [], *ROWS, [], ["Total", *[""] * 8, "3"], ["Copyright (c) 2026 ACME"]]
    found = read(workbook({"Leads": sheet(rows, first_row=3, first_column=2)}), "leads.xlsx")
    assert found.raw.kind == "xlsx"
    assert found.raw.headers == tuple(COLUMNS.split(","))
    assert found.rows == ROWS[1:]
    assert found.lines == [6, 7, 8]
    assert [(line, reason) for line, _, reason in found.aside] == [
        (10, "total row ('Total')"),
        (11, "report text"),
    ]
    assert found.codes == ["preamble", "footers"]


def test_typed_cells_become_plain_text(read) -> None:
    values = [
        '<c r="@"><v>50</v></c>',
        '<c r="@" s="1"><v>46082</v></c>',
        '<c r="@" s="2"><v>46082.625</v></c>',
        '<c r="@" s="3"><v>0.5</v></c>',
        '<c r="@" t="b"><v>1</v></c>',
        '<c r="@"><v>13.5</v></c>',
        '<c r="@"><v>1E-7</v></c>',
        '<c r="@" t="str"><f>A1</f><v>x</v></c>',
        "",
        '<c r="@"><v>900000000000000</v></c>',
    ]
    found = read(workbook({"S": sheet([ROWS[0], values, lead(2)])}), "leads.xlsx")
    assert found.rows[0] == [
        "50", "2026-03-01 00:00:00", "2026-03-01 15:00:00", "12:00:00", "true", "13.5", "0.0000001", "x", None,
        "900000000000000",
    ]  # fmt: skip


def test_the_1904_date_system_is_honoured(read) -> None:
    rows = [["lead_id", "created_at"], ["1", '<c r="@" s="2"><v>44620.625</v></c>'], ["2", ""]]
    book = workbook({"S": sheet(rows)}, settings='<workbookPr date1904="1"/>')
    assert read(book, "leads.xlsx").rows[0] == ["1", "2026-03-01 15:00:00"]


def test_formulas_and_errors_without_a_value_are_named(read) -> None:
    rows = [
        ["lead_id", "a", "b", "c"],
        ["1", '<c r="@"><f>1+1</f><v>0</v></c>', '<c r="@" t="e"><v>#N/A</v></c>', '<c r="@"><f>X</f></c>'],
        ["2", "x", "y", "z"],
    ]
    never = workbook({"S": sheet(rows)}, settings='<calcPr fullCalcOnLoad="1"/>')
    found = read(never, "leads.xlsx")
    assert found.rows[0] == ["1", None, None, None]
    assert "cells D2, B2 hold a formula" in found.sentences
    assert "cell C2 holds an error" in found.sentences
    computed = read(workbook({"S": sheet(rows)}), "leads.xlsx")
    assert computed.rows[0] == ["1", "0", None, None]
    assert "cell D2 holds a formula" in computed.sentences


def test_hidden_rows_are_data(read) -> None:
    book = workbook({"S": sheet(ROWS).replace('<row r="3">', '<row r="3" hidden="1">')})
    found = read(book, "leads.xlsx")
    assert found.rows == ROWS[1:]
    assert "1 hidden row" in found.sentences


def test_the_sheet_with_the_table_is_read_and_said(read) -> None:
    book = workbook(
        {
            "Read me": sheet([["see next sheet"]]),
            "Empty": sheet([]),
            "Data": sheet(ROWS),
            "Old": sheet(ROWS[:2]),
        },
        hidden=("Old",),
    )
    found = read(book, "leads.xlsx")
    assert (found.raw.sheet, found.raw.sheets) == ("Data", ("Read me", "Data", "Old"))
    assert "sheet 'Data' was read; not read: 'Read me', 'Empty', 'Old'" in found.sentences
    assert read(book, "leads.xlsx", sheet="Old").rows == ROWS[1:2]
    with pytest.raises(QuestionOpenError, match="there is no sheet 'Leads'") as asked:
        read(book, "leads.xlsx", sheet="Leads")
    assert asked.value.question == "sheet"
    assert asked.value.options == ("Read me", "Empty", "Data", "Old")


def test_far_cells(read) -> None:
    def far(place: str, value: str = "<v>1</v>") -> bytes:
        return workbook({"S": sheet(ROWS, extra=f'<row r="1048576"><c r="{place}">{value}</c></row>')})

    assert "cell XFD1048576" in refusal(read, far("XFD1048576"))
    assert "limit of 500 columns" in refusal(read, far("SG1048576"))
    assert "cell SF1048576: it stretches the sheet to 524,288,000 cells" in refusal(read, far("SF1048576"))
    assert "row 1048577" in refusal(
        read, workbook({"S": sheet(ROWS, extra='<row r="1048577"><c r="A1048577"><v>1</v></c></row>')})
    )


def test_used_cells_exactly_on_the_limit(read) -> None:
    book = workbook({"S": sheet(ROWS)})  # 4 rows of 10 cells
    assert len(read(book, "leads.xlsx", limits=ReadLimits(sheet_cells=40)).rows) == 3
    assert "40 cells, the limit is 39" in refusal(read, book, limits=ReadLimits(sheet_cells=39))


def test_a_claimed_size_is_not_believed(read) -> None:
    xml = sheet(ROWS, extra='<row r="1048576"><c r="A1048576" s="1"/></row>')
    xml = xml.replace("<sheetData>", '<dimension ref="A1:J1048576"/><sheetData>')
    found = read(workbook({"S": xml}), "leads.xlsx")
    assert found.rows == ROWS[1:]
    assert "claims 1,048,576 rows" in found.sentences


def test_parts_of_the_container(read) -> None:
    book = workbook({"S": sheet(ROWS)})
    count = len(zipfile.ZipFile(io.BytesIO(book)).infolist())
    unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(book)).infolist())
    assert (
        len(read(book, "leads.xlsx", limits=ReadLimits(zip_members=count, unpacked_mb=unpacked / 1e6)).rows)
        == 3
    )
    assert f"{count} parts, the limit is {count - 1}" in refusal(
        read, book, limits=ReadLimits(zip_members=count - 1)
    )
    assert "MB when unpacked" in refusal(read, book, limits=ReadLimits(unpacked_mb=(unpacked - 1) / 1e6))


def test_the_ratio_counts_above_one_megabyte_only(read) -> None:
    padded = workbook({"S": sheet(ROWS)}, xl__pad__xml=" " * 1_000_000)
    assert len(read(padded, "leads.xlsx").rows) == 3
    message = refusal(read, workbook({"S": sheet(ROWS)}, xl__pad__xml=" " * 7_000_000))
    assert "7 MB when unpacked" in message
    assert "to 1" in message


@pytest.mark.parametrize(
    ("parts", "fact"),
    [
        ({"xl__vbaProject.bin": "x"}, "macros"),
        ({"xl__workbook.bin": "x"}, ".xlsb"),
        ({"xl__workbook.xml": None}, "xl/workbook.xml is missing"),
        ({"xl__worksheets__sheet1.xml": None}, "sheet 'S' is missing"),
        ({"xl__sharedStrings.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><sst/>"}, "contains a DTD"),
        ({"docProps__app.xml": " " * 70 + "<!ENTITY x 'y'>"}, "contains a DTD"),
        ({"xl__workbook.xml": "<workbook/>"}, "no worksheet"),
        ({"xl__worksheets__sheet1.xml": "<worksheet><sheetData/></worksheet>"}, "0 data rows"),
        ({"xl__worksheets__sheet1.xml": "<worksheet><sheetData><row><c><v>"}, "0 data rows"),
    ],
)
def test_other_and_damaged_workbooks_are_refused(read, parts: dict[str, str | None], fact: str) -> None:
    assert fact in refusal(read, workbook({"S": sheet(ROWS)}, **parts))


def test_containers_of_other_programs(read) -> None:
    def packed(*names: str) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as container:
            for name in names:
                container.writestr(name, "application/vnd.oasis.opendocument.spreadsheet")
        return buffer.getvalue()

    assert "unzip it first" in refusal(read, packed("leads.csv"))
    assert "OpenDocument" in refusal(read, packed("mimetype", "content.xml"))
    assert "without sheets" in refusal(read, packed("word/document.xml"))
    assert "Numbers" in refusal(read, packed("Index/Document.iwa"))
    assert "Java" in refusal(read, packed("META-INF/MANIFEST.MF"))


def test_equal_member_names_are_refused(read) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        book = repacked(workbook({"S": sheet(ROWS)}), lambda parts: [*parts, parts[-1]])
    assert "two parts named 'xl/worksheets/sheet1.xml'" in refusal(read, book)


def test_truncated_and_flipped_containers_are_damaged(read) -> None:
    book = workbook({"S": sheet(ROWS)})
    for cut in (100, len(book) // 2, len(book) - 5):
        message = refusal(read, book[:cut])
        assert "damaged" in message
        assert "upload again" in message
    place = book.find(b"xl/worksheets/sheet1.xml") + 60
    flipped = book[:place] + bytes([book[place] ^ 0x10]) + book[place + 1 :]
    assert "damaged" in refusal(read, flipped)


def test_a_shared_text_that_does_not_exist_is_damage(read) -> None:
    rows = [ROWS[0], ['<c r="@" t="s"><v>99</v></c>', *lead(1)[1:]]]
    assert "damaged" in refusal(read, workbook({"S": sheet(rows)}))


def test_reading_is_stopped_after_the_time_limit(read) -> None:
    assert "stopped after 0 seconds" in refusal(
        read, workbook({"S": sheet(ROWS)}), limits=ReadLimits(child_seconds=0)
    )


def test_a_long_cell_is_refused_by_place(read) -> None:
    limits = ReadLimits(cell_chars=20)
    book = workbook({"S": sheet([["lead_id", "name"], ["1", "x" * 20], ["2", "x" * 21]])})
    assert "row 3, column name" in refusal(read, book, limits=limits)
    assert (
        len(
            read(workbook({"S": sheet([["lead_id", "name"], ["1", "x" * 20]])}), "l.xlsx", limits=limits).rows
        )
        == 1
    )


def test_mutated_workbooks_are_read_or_refused_never_fatal(read) -> None:
    book = workbook({"Leads": sheet(ROWS)})
    stored = repacked(book, lambda parts: parts)
    dice = random.Random(7)
    outcomes = set()
    for _ in range(8):
        data = bytearray(stored)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            outcomes.add(len(read(bytes(data), "leads.xlsx").rows))
        except FileRefusedError:
            outcomes.add(-1)
    assert outcomes <= {-1, 3}


def test_mutated_sheets_reach_the_parser_and_stay_harmless(read) -> None:
    dice = random.Random(11)
    for _ in range(4):
        xml = bytearray(sheet(ROWS).encode())
        for _ in range(3):
            xml[dice.randrange(len(xml))] = dice.randrange(32, 127)
        data = repacked(
            workbook({"Leads": sheet(ROWS)}),
            lambda parts, xml=xml: [(n, bytes(xml) if n.endswith("sheet1.xml") else d) for n, d in parts],
        )
        with contextlib.suppress(FileRefusedError):
            assert len(read(data, "leads.xlsx").raw.headers) >= 1
