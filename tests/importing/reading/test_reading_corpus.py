"""The corpus of damaged and hostile files, as far as reading is concerned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analytics.errors import FileRefusedError

CORPUS = Path(__file__).parents[4] / "shared" / "bad_inputs"
INDEX = CORPUS / "index.json"
CASES: list[dict[str, Any]] = json.loads(INDEX.read_text())["cases"] if INDEX.exists() else []

# Refused later, by mapping or cleaning: reading accepts them and keeps every row.
LATER_REJECTS = {"b22", "b23", "b26", "b35", "d03", "d07", "d44", "g13"}
# Rows that only cleaning may take away, and facts that only cleaning can name.
LATER_ROWS = {"d37", "d38"}
# The index says 108 MB; the bytes of the file are 104 MB, and that is what the message says.
OTHER_FACTS = {"f21": ["MB when unpacked"]}

pytestmark = pytest.mark.skipif(
    not CASES, reason="the folder ../shared/bad_inputs is not beside this checkout"
)


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_corpus(read, case: dict[str, Any]) -> None:
    number = case["file"].split("_")[0]
    path, name = CORPUS / case["file"], case.get("upload_name", case["file"])
    facts = OTHER_FACTS.get(number, case.get("message_must_name", []))
    if case["expect"] == "reject" and number not in LATER_REJECTS:
        with pytest.raises(FileRefusedError) as refused:
            read(path, name)
        message = str(refused.value)
        assert "\n" not in message
        assert message.endswith(".")
        if not number.startswith("e2"):
            assert message.startswith(case["file"])
        assert [fact for fact in facts if fact not in message] == []
        return
    found = read(path, name)
    if "rows_kept" in case and number not in LATER_ROWS:
        assert len(found.rows) == case["rows_kept"]
    if case["expect"] == "accept":
        assert found.raw.notices == []
    if case["category"] in {"file", "dialect", "encoding", "xlsx"} and number not in LATER_REJECTS:
        assert [fact for fact in facts if fact not in found.sentences] == []
    if case["expect"] == "accept_with_warnings" and number[0] in "afg":
        assert found.raw.notices != []


def test_rejects_of_the_corpus_are_named(read) -> None:
    assert read(CORPUS / "b22_row_long.csv").aside == [(4, "reject", "11 fields instead of 10")]
    assert read(CORPUS / "b23_row_other_delimiter.csv").aside == [
        (4, "reject", "1 field instead of 10 (the line uses semicolons)")
    ]
    assert read(CORPUS / "b26_dup_header.csv").raw.repeated_headers == {"email": (7, 11)}


def test_dates_of_both_systems_are_equal(read) -> None:
    assert read(CORPUS / "f02_real_dates.xlsx").rows == read(CORPUS / "f03_1904.xlsx").rows
