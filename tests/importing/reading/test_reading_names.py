"""What a file is called, and which names are refused."""

import pytest

from analytics.errors import FileRefusedError
from analytics.importing.reading.display_name import display_name, refuse_dangerous_ending


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("leads.csv", "leads.csv"),
        ("../../../../tmp/evil.csv", "evil.csv"),
        ("..\\..\\evil.csv", "evil.csv"),
        ("leads\n.csv", "leads.csv"),
        ("leads\u202evsc.exe", "leadsvsc.exe"),
        ("a\x00b\u200bc.csv", "abc.csv"),
        ("", "unnamed file"),
        ("///", "unnamed file"),
        ("<img src=x>.csv", "<img src=x>.csv"),
        ("a" * 120, "a" * 120),
        ("a" * 121, "a" * 119 + "…"),
        ("a" * 200 + ".csv", "a" * 115 + "….csv"),
    ],
)
def test_display_name(given: str, shown: str) -> None:
    assert display_name(given) == shown
    assert len(shown) <= 120


@pytest.mark.parametrize(
    "name",
    [
        "leads.csv.exe",
        "leads.EXE",
        "a.bat",
        "a.js",
        "a.ps1",
        "a.sh",
        "a.jar",
        "a.scr ",
        "a.exe.",
        "ａ．ｅｘｅ",
    ],
)
def test_a_name_that_ends_like_a_program_is_refused(name: str) -> None:
    with pytest.raises(FileRefusedError, match="program"):
        refuse_dangerous_ending(name)


@pytest.mark.parametrize(
    "name", ["leads.csv", "exe", "leads.exe.csv", "CON.csv", "=1+1.csv", "ｌｅａｄｓ．ｃｓｖ", "leads"]
)
def test_other_names_are_accepted(name: str) -> None:
    refuse_dangerous_ending(name)


def test_a_direction_character_makes_the_visible_name_another_one() -> None:
    refuse_dangerous_ending("leads\u202evsc.exe")  # shown as "leadsexe.csv"
