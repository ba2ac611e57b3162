"""Delimited text, rule by rule: literal in, literal out."""

from __future__ import annotations

import bz2
import gzip
import lzma

import pytest

from analytics.errors import FileRefusedError
from analytics.importing.reading import ReadLimits
from tests.importing.reading.vocabulary import COLUMNS, lead, table

PLAIN = table(lead(1), lead(2), lead(3))


def refusal(read, source: bytes | str, name: str = "leads.csv", **options: object) -> str:
    with pytest.raises(FileRefusedError) as refused:
        read(source, name, **options)
    message = str(refused.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


# --- encodings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bom", "codec"),
    [
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
    ],
)
def test_unicode_encodings(read, bom: bytes, codec: str) -> None:
    text = table(lead(1, name="Zoë Łukasz Σοφία 𝐓"), lead(2))
    found = read(bom + text.encode(codec))
    assert found.raw.headers[0] == "lead_id"
    assert found.rows == [lead(1, name="Zoë Łukasz Σοφία 𝐓"), lead(2)]
    assert found.raw.notices == []


def test_windows_1252_is_read_and_said_with_a_place(read) -> None:
    found = read(table(lead(1), lead(2, name="Zoë Müller"), lead(3, source="“web” – ads €")).encode("cp1252"))
    assert found.rows[1][5] == "Zoë Müller"
    assert found.rows[2][3] == "“web” – ads €"
    assert found.codes == ["encoding"]
    assert "line 3, column name has 'ë'" in found.sentences


@pytest.mark.parametrize(
    ("codec", "names"),
    [
        ("shift_jis", ["田中 太郎", "鈴木 花子", "山田 一郎"]),
        ("gbk", ["王小明", "李芳芳", "张伟"]),
        ("big5", ["王小明", "李芳芳", "陳大文"]),
        ("euc_kr", ["김민수", "이영희", "박지성"]),
        ("koi8-r", ["Иван Петров", "Анна Смирнова", "Олег"]),
        ("cp1251", ["Иван Петров", "Анна Смирнова", "Олег"]),
        ("cp1253", ["Γιώργος", "Σοφία", "Νίκος"]),
        ("cp1255", ["דוד כהן", "שרה לוי", "משה"]),
        ("cp1256", ["محمد علي", "فاطمة", "أحمد"]),
        ("cp1250", ["Łukasz Żółw", "Jiří Dvořák", "Grzegorz Brzęczyszczykiewicz"]),
        ("iso8859-2", ["Łukasz Żółw", "Paweł Gołąb", "Małgorzata"]),
        ("cp1254", ["Ayşe Yılmaz", "Işık Doğan", "Gülşen"]),
        ("cp850", ["Müller", "Schröder", "Groß"]),
        ("mac-roman", ["Müller", "Schröder", "Zoë"]),
    ],
)
def test_other_code_pages_are_refused_rather_than_misread(read, codec: str, names: list[str]) -> None:
    rows = [lead(i + 1, name=names[i % len(names)]) for i in range(12)]
    assert "save it as UTF-8" in refusal(read, table(*rows).encode(codec))


@pytest.mark.parametrize(
    "names",
    [
        ["Müller", "Groß", "Jürgen", "Öztürk"],
        ["José Núñez", "¿Qué?", "Peña"],
        ["À bientôt", "Œuvre", "Noël", "façade"],
        ["Åsa", "Ægir Ørsted", "Smörgås"],
        ["São Paulo", "AÇÃO", "João"],
        ["O’Brien", "“quoted”", "5 € – 7 €", "10 °C", "20 m²"],
        ["Þór", "Guðrún Ævarsdóttir", "Sigurður"],
    ],
)
def test_western_texts_are_windows_1252(read, names: list[str]) -> None:
    rows = [lead(i + 1, name=names[i % len(names)]) for i in range(12)]
    found = read(table(*rows).encode("cp1252"))
    assert found.rows == rows
    assert found.codes == ["encoding"]


def test_a_few_bad_bytes_are_damage_of_a_utf8_file(read) -> None:
    data = (
        table(lead(1, name="Zoë"), lead(2, name="M?ller"), lead(3, name="Łódź"))
        .encode()
        .replace(b"M?ller", b"M\xfcller")
    )
    found = read(data)
    assert found.rows[1][5] == "M\ufffdller"
    assert found.codes == ["damaged_text"]
    assert "line 3, column name" in found.sentences


def test_a_nul_in_a_cell_is_removed_and_named(read) -> None:
    found = read(table(lead(1), lead(2, name="Test\x00Person"), lead(3)))
    assert found.rows[1][5] == "TestPerson"
    assert found.codes == ["nul"]
    assert "line 3" in found.sentences


@pytest.mark.parametrize("tail", [2, 64, 5000])
def test_a_tail_of_nuls_is_damage(read, tail: int) -> None:
    data = (PLAIN + "L-00004,2026").encode() + b"\x00" * tail
    assert "damaged after line 5" in refusal(read, data)


def test_a_hole_of_nuls_is_damage(read) -> None:
    data = PLAIN.encode() + b"\x00" * 64 + PLAIN.encode()
    assert "damaged after line 4" in refusal(read, data)


def test_double_encoded_text_is_kept_and_flagged(read) -> None:
    broken = "Zoë".encode().decode("cp1252")
    found = read(table(lead(1), lead(2, name=broken)))
    assert found.rows[1][5] == broken
    assert found.codes == ["mojibake"]
    assert "line 3, column name" in found.sentences
    assert read(table(lead(1, name="SÃO JOÃO"))).codes == []


# --- dialects ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(read, delimiter: str, end: str) -> None:
    found = read(table(lead(1), lead(2), lead(3), delimiter=delimiter, end=end))
    assert found.rows == [lead(1), lead(2), lead(3)]
    assert found.lines == [2, 3, 4]
    assert found.raw.notices == []


def test_mixed_line_ends(read) -> None:
    text = "\r\n".join([COLUMNS, ",".join(lead(1))]) + "\r" + ",".join(lead(2)) + "\n" + ",".join(lead(3))
    found = read(text)
    assert found.rows == [lead(1), lead(2), lead(3)]
    assert found.lines == [2, 3, 4]


@pytest.mark.parametrize("delimiter", ["||", ";;", "|||", "^^"])
def test_repeated_delimiters(read, delimiter: str) -> None:
    found = read(table(lead(1, owner=""), lead(2), delimiter=delimiter))
    assert found.rows == [[cell or None for cell in lead(1, owner="")], lead(2)]
    assert found.codes == ["dialect"]


def test_space_between_quoted_cells(read) -> None:
    rows = [COLUMNS.split(","), lead(1), lead(2)]
    found = read("\n".join(" ".join(f'"{cell}"' for cell in row) for row in rows))
    assert found.rows == [lead(1), lead(2)]
    assert found.codes == ["dialect"]


def test_space_after_the_delimiter_before_quotes(read) -> None:
    rows = [COLUMNS.split(","), lead(1, name="Doe, Jane"), lead(2)]
    found = read("\n".join(", ".join(f'"{cell}"' for cell in row) for row in rows))
    assert found.rows == [lead(1, name="Doe, Jane"), lead(2)]


def test_apostrophes_as_quotes(read) -> None:
    rows = [COLUMNS.split(","), lead(1, name="Doe, Jane"), lead(2)]
    found = read("\n".join(",".join(f"'{cell}'" for cell in row) for row in rows))
    assert found.rows == [lead(1, name="Doe, Jane"), lead(2)]


@pytest.mark.parametrize("instruction", ["sep=;", "SEP=;", '"sep=;"'])
def test_an_instruction_line_is_no_record(read, instruction: str) -> None:
    found = read(instruction + "\r\n" + table(lead(1), lead(2), delimiter=";", end="\r\n"))
    assert found.rows == [lead(1), lead(2)]
    assert found.lines == [3, 4]
    assert found.raw.notices == []


def test_quoted_line_ends_keep_the_physical_line(read) -> None:
    text = table(lead(1, name='"a\nb\r\nc"'), lead(2), lead(3, name='"x\ry"'), lead(4))
    found = read(text)
    assert [row[5] for row in found.rows] == ["a\nb\r\nc", "Test Person 2", "x\ry", "Test Person 4"]
    assert found.lines == [2, 5, 6, 7]


def test_blank_lines_are_no_records_but_count_as_lines(read) -> None:
    found = read(COLUMNS + "\n\n" + ",".join(lead(1)) + "\n\n\n" + ",".join(lead(2)) + "\n\n")
    assert found.lines == [3, 6]
    assert found.raw.records == 2


def test_doubled_quotes_and_delimiters_in_quotes(read) -> None:
    found = read(table(lead(1, name='"a ""b"", c"'), lead(2, name='""""'), lead(3, name='""')))
    assert [row[5] for row in found.rows] == ['a "b", c', '"', None]
    assert found.raw.notices == []


def test_backslash_quotes_are_understood_and_said(read) -> None:
    found = read(table(lead(1), lead(2, name=r'"Test \"Ace\" Person, x"'), lead(3, name=r"C:\temp")))
    assert [row[5] for row in found.rows] == ["Test Person 1", 'Test "Ace" Person, x', r"C:\temp"]
    assert found.codes == ["backslash_quotes"]


def test_a_backslash_before_a_closing_quote_is_text(read) -> None:
    found = read(table(lead(1, name='"C:\\"'), lead(2)))
    assert found.rows[0][5] == "C:\\"
    assert found.raw.notices == []


@pytest.mark.parametrize("written", ['Test "Person 3', '15"', 'a "b" c', '"Ace" Person'])
def test_a_stray_quote_is_kept_and_named(read, written: str) -> None:
    found = read(table(lead(1), lead(2), lead(3, name=written), lead(4)))
    assert [row[5] for row in found.rows] == ["Test Person 1", "Test Person 2", written, "Test Person 4"]
    assert found.codes == ["stray_quote"]
    assert "line 4" in found.sentences


@pytest.mark.parametrize("later", ["", '"Doe, Jane"', '""', '"a ""b"" c"'])
def test_an_unclosed_quote_is_refused_where_it_was_opened(read, later: str) -> None:
    rows = [lead(number) for number in range(1, 60)]
    rows[49][5] = '"Test Person 50'
    rows[55][5] = later or rows[55][5]
    message = refusal(read, table(*rows))
    assert "line 51: unclosed quote in column name" in message


def test_two_unclosed_quotes_cannot_merge_leads_in_silence(read) -> None:
    rows = [lead(number) for number in range(1, 20)]
    rows[4][5] = '"Test Person 5'
    rows[7][5] = 'Test Person 8"'
    assert "line 6: unclosed quote" in refusal(read, table(*rows))


def test_an_unclosed_quote_in_a_fully_quoted_file(read) -> None:
    rows = [[f'"{cell}"' for cell in lead(number)] for number in range(1, 30)]
    rows[9][5] = '"Test Person 10'
    rows[9][6:] = []
    assert "line 11: unclosed quote" in refusal(read, table(*rows))


# --- head --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("CRM export\n", 2),
        ("CRM export\n\nRun by Ana\n\n", 5),
        ("Report,,,,,,,,,\n", 2),
        ("Lead,Lead,Lead,Lead,Lead,Person,Person,Person,Person,Person\n", 2),
        ("# exported 2026-03-01\n# by Ana, Ben\n", 3),
        ("\n\n\n", 4),
    ],
)
def test_the_header_may_stand_below_other_lines(read, above: str, line: int) -> None:
    found = read(above + PLAIN)
    assert found.raw.headers == tuple(COLUMNS.split(","))
    assert found.rows == [lead(1), lead(2), lead(3)]
    assert found.lines == [line + 1, line + 2, line + 3]
    assert found.codes == (["preamble"] if above.strip() else [])


def test_unknown_names_are_a_header_too(read) -> None:
    found = read("alpha;beta;gamma\n1;x;2026-01-01\n2;y;2026-01-02\n")
    assert found.raw.headers == ("alpha", "beta", "gamma")
    assert found.rows == [["1", "x", "2026-01-01"], ["2", "y", "2026-01-02"]]


def test_no_header_is_refused(read) -> None:
    text = PLAIN.partition("\n")[2]
    message = refusal(read, text)
    assert "line 1 looks like data" in message
    assert "add a header row" in message


@pytest.mark.parametrize(
    ("source", "fact"),
    [
        ("", "the file is empty"),
        ("\ufeff", "0 data rows"),
        ("\n\n  \n\r", "0 data rows"),
        (COLUMNS, "0 data rows"),
        (COLUMNS + "\n,,,,,,,,,\n", "0 data rows"),
        (COLUMNS + "\nTotal,,,,,,,,,0\n", "0 data rows"),
        ("x" * 1_000_000, "not a table"),
        ("just a sentence\nand another one\n", "not a table"),
    ],
)
def test_files_without_a_table(read, source: str, fact: str) -> None:
    assert fact in refusal(read, source)


def test_names_are_trimmed_unique_and_never_empty(read) -> None:
    header = "  LEAD_ID ,email,email,,\ufeffvalue,E-Mail,column 4"
    found = read(header + "\n1,a@b.de,c@d.de,x,5,e@f.de,z\n")
    assert found.raw.headers == (
        "LEAD_ID",
        "email",
        "email (2)",
        "column 4 (2)",
        "value",
        "E-Mail",
        "column 4",
    )
    assert found.raw.repeated_headers == {"email": (2, 3)}
    assert found.codes == ["similar_headers"]
    assert "'email' (column 2) and 'E-Mail' (column 6)" in found.sentences


def test_an_unnamed_empty_column_at_the_end_is_dropped(read) -> None:
    found = read("lead_id,owner,,\n1,Ana,,\n2,Ben,,\n")
    assert found.raw.headers == ("lead_id", "owner")
    assert found.rows == [["1", "Ana"], ["2", "Ben"]]
    assert found.codes == ["empty_column"]


def test_an_unnamed_column_with_values_is_kept(read) -> None:
    found = read("lead_id,owner,\n1,Ana,\n2,Ben,x\n")
    assert found.raw.headers == ("lead_id", "owner", "column 3")
    assert found.rows == [["1", "Ana", None], ["2", "Ben", "x"]]


# --- rows --------------------------------------------------------------------------------------------------


def test_a_short_row_is_padded_listed_and_named(read) -> None:
    found = read(table(lead(1), lead(2), lead(3)[:9], lead(4)))
    assert found.rows[2] == [*lead(3)[:9], None]
    assert found.short == [(4, 9)]
    assert "line 4: 9 fields instead of 10" in found.sentences


def test_a_wide_row_is_set_aside(read) -> None:
    found = read(table(lead(1), lead(2), [*lead(3), "x"], lead(4)))
    assert found.aside == [(4, "reject", "11 fields instead of 10")]
    assert found.lines == [2, 3, 5]


def test_empty_surplus_cells_are_cut(read) -> None:
    found = read(table(lead(1), [*lead(2), "", ""], lead(3)))
    assert found.rows == [lead(1), lead(2), lead(3)]
    assert found.codes == ["surplus_cells"]


def test_rows_that_are_all_too_wide_are_refused(read) -> None:
    message = refusal(read, "lead_id,owner\n1,Ana,x\n2,Ben,y\n")
    assert "line 2: 3 fields instead of 2" in message


def test_a_line_with_another_delimiter_is_set_aside(read) -> None:
    found = read(table(lead(1), [";".join(lead(2))], lead(3)))
    assert found.aside == [(3, "reject", "1 field instead of 10 (the line uses semicolons)")]


def test_rows_of_delimiters_are_blank_rows(read) -> None:
    found = read(table(lead(1), [""] * 10, [" "] * 10, [""] * 4, lead(2)))
    assert found.aside == [(line, "footer", "blank row") for line in (3, 4, 5)]
    assert "rows 3-5 blank" in found.sentences
    assert found.raw.footer_texts == []


@pytest.mark.parametrize(
    "footer",
    [
        "Total,,,,,6 leads,,,,283.50",
        "Grand Totals (5700 records)",
        "Grand Totals (5700 records),,,,,,,,,",
        '"Grand Totals (5700 records)"',
        "Total",
        "TOTAL:,,,,,,,,,99",
        "Subtotal,,,,,,,,,99",
        "Sub-Total (3)",
        "Summe,,,,,,,,,99",
        "Gesamt: 3",
        ",,,Total,,,,,,99",
        "Sum of value,,,,,,,,,99",
        "Count,3",
        "3 records",
        "(3 rows)",
        '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."',
        "Copyright © 2000-2026 salesforce.com, inc. All rights reserved.",
        "Confidential Information - Do Not Distribute",
        "Generated By:  Ana Example  3/1/2026 9:00 AM",
        "Filtered By: Status equals Open",
        "Leads by Source",
        "ACME Inc. - Sales",
        "# end of file",
    ],
)
def test_a_footer_is_set_aside_with_its_text(read, footer: str) -> None:
    found = read(PLAIN + footer + "\n")
    assert found.rows == [lead(1), lead(2), lead(3)]
    assert [(line, kind) for line, kind, _ in found.aside] == [(5, "footer")]
    assert "line 5" in found.sentences
    assert found.raw.footer_texts[0].startswith(footer.strip('",').partition(",")[0].strip('"')[:12])


def test_a_footer_of_a_fully_quoted_report(read) -> None:
    body = "\r\n".join(
        ",".join(f'"{cell}"' for cell in row) for row in [COLUMNS.split(","), lead(1), lead(2)]
    )
    footer = (
        '\r\n\r\n"Lead Report March"\r\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\r\n'
        '"Confidential Information - Do Not Distribute"\r\n"Generated By:  Ana Example  3/1/2026 9:00 AM"\r\n"ACME Inc."\r\n'
    )
    found = read(body + footer)
    assert found.rows == [lead(1), lead(2)]
    assert [line for line, _, _ in found.aside] == [5, 6, 7, 8, 9]
    assert found.raw.footer_texts[3] == "Generated By:  Ana Example  3/1/2026 9:00 AM"


@pytest.mark.parametrize(
    "row",
    [
        lead(4, lead_id="Total Solutions"),
        lead(4, lead_id="Total"),
        ["Total Solutions", "2026-03-01"] + [""] * 8,
        ["L-00004"] + [""] * 9,
        ["L-00004"],
        lead(4, lead_id="Count Basie"),
        lead(4, name="Copyright Clerk"),
        lead(4, lead_id="# 4"),
    ],
)
def test_a_lead_is_never_taken_for_a_footer(read, row: list[str]) -> None:
    found = read(table(lead(1), lead(2), lead(3), row))
    assert len(found.rows) == 4
    assert found.aside == []


def test_a_repeated_header_in_the_middle_is_set_aside(read) -> None:
    found = read(PLAIN + table(lead(4), lead(5)))
    assert found.aside == [(5, "footer", "repeated header")]
    assert found.lines == [2, 3, 4, 6, 7]


def test_subtotals_in_the_middle_are_set_aside(read) -> None:
    found = read(table(lead(1), ["Subtotal", *[""] * 8, "1"], lead(2), ["Total", *[""] * 8, "2"], lead(3)))
    assert [line for line, _, _ in found.aside] == [3, 5]
    assert found.lines == [2, 4, 6]


# --- limits: exactly on the limit, and one beyond ----------------------------------------------------------


def test_columns(read) -> None:
    def wide(count: int) -> str:
        return ",".join(f"name {i}" for i in range(count)) + "\n" + ",".join("x" * count) + "\n"

    assert len(read(wide(500)).raw.headers) == 500
    assert "501 columns, the limit is 500" in refusal(read, wide(501))
    assert "20000 columns" in refusal(read, wide(20_000))
    assert "100000 columns" in refusal(read, wide(100_000))


def test_cell_characters(read) -> None:
    for name in ("é" * 32_767, "x" * 32_767):
        assert read(table(lead(1, name=name), lead(2))).rows[0][5] == name
        message = refusal(read, table(lead(1), lead(2, name=name + "y"), lead(3)))
        assert "line 3, column name: the cell holds 32,768 characters" in message
    assert "line 2, column name" in refusal(read, table(lead(1, name="x" * 1_000_000)))
    assert "line 2, column name" in refusal(read, table(lead(1, name='"' + "x\n" * 20_000 + '"')))


def test_header_characters(read) -> None:
    assert read(f"{'n' * 200},owner\n1,Ana\n").raw.headers[0] == "n" * 200
    assert "column 1 name longer than 200 characters" in refusal(read, f"{'n' * 201},owner\n1,Ana\n")


def test_rows(read) -> None:
    few = ReadLimits(rows=3)
    assert len(read(PLAIN, limits=few).rows) == 3
    assert "4 rows" in refusal(read, table(*(lead(i) for i in range(4))), limits=few)
    ragged = table(lead(1)[:9], *(lead(i) for i in range(3)))
    assert "3 rows" in refusal(read, ragged, limits=few)


def test_upload_size(read) -> None:
    size = len(PLAIN.encode())
    assert read(PLAIN, limits=ReadLimits(upload_mb=size / 1_000_000)).raw.size == size
    assert "MB, the limit is" in refusal(read, PLAIN, limits=ReadLimits(upload_mb=(size - 1) / 1_000_000))


# --- what is not text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "fact"),
    [
        (gzip.compress(PLAIN.encode()), "gzip"),
        (bz2.compress(PLAIN.encode()), "bzip2"),
        (lzma.compress(PLAIN.encode()), "xz"),
        (b"\x28\xb5\x2f\xfd" + b"\x00" * 40, "zstd"),
        (b"7z\xbc\xaf\x27\x1c" + b"\x00" * 40, "7z"),
        (b"Rar!\x1a\x07\x00" + b"\x00" * 40, "RAR"),
        (b"%PDF-1.7\n", "PDF"),
        (b"MZ\x90\x00\x03" + b"\x00" * 40, "Windows program"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 40, "Linux program"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "PNG"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 40, "JPEG"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "HTML page, not a CSV"),
        (b"\n\n  <HTML lang=en><head>", "HTML page, not a CSV"),
        (b"\xef\xbb\xbf<html>", "HTML page, not a CSV"),
        (b"<?xml version='1.0'?><leads><lead/></leads>", "XML"),
        (b'[{"lead_id": 1}]', "JSON"),
        (b'{"leads": []}', "JSON"),
        (b"PARE" + b"\x00" * 40 + b"PARE", "without encryption"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "save it as .xlsx"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (b"#!/bin/sh\nrm -rf /\n", "script"),
    ],
)
def test_other_content_is_refused_by_name(read, head: bytes, fact: str) -> None:
    for name in ("leads.csv", "leads.xlsx"):
        message = refusal(read, head, name)
        assert message.startswith(name)
        assert fact in message


@pytest.mark.parametrize("first", ["MZ-Nr", "ORC id", "RIFF", "#id", "BZhouse"])
def test_letters_that_look_like_magic_may_begin_a_header(read, first: str) -> None:
    found = read(f"{first},created_at,owner\n1,2026-01-01,Ana\n")
    assert found.raw.headers[0] == first


def test_text_named_otherwise_is_read_and_said(read) -> None:
    found = read(PLAIN, "leads.parquet")
    assert found.raw.kind == "csv"
    assert found.codes == ["other_content"]
    assert read(PLAIN, "leads.txt").codes == []


def test_hash_and_size_are_those_of_the_original_bytes(read) -> None:
    import hashlib

    data = b"\xff\xfe" + PLAIN.encode("utf-16-le")
    found = read(data)
    assert (found.raw.sha256, found.raw.size) == (hashlib.sha256(data).hexdigest(), len(data))


def test_cancelling_leaves_nothing_behind(read) -> None:
    from analytics.errors import CancelledError

    def cancel(_text: str, share: float) -> None:
        if share > 0.2:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        read(PLAIN, progress=cancel)


def test_an_apostrophe_in_the_table_name_and_path_is_harmless(read, tmp_path) -> None:
    folder = tmp_path / "o'brien; drop"
    folder.mkdir()
    path = folder / "a'b.csv"
    path.write_text(PLAIN)
    assert len(read(path, "a'b.csv").rows) == 3


def test_the_end_mark_of_dos_is_no_record(read) -> None:
    assert read(PLAIN + "\x1a").rows == [lead(1), lead(2), lead(3)]


def test_half_a_character_at_the_end_is_no_record(read) -> None:
    assert read(b"\xff\xfe" + PLAIN.encode("utf-16-le") + b"\x41").rows == [lead(1), lead(2), lead(3)]
