"""The contract is read strictly: what is wrong is named with its key, and what is right always has the same hash."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.cohort import working_calendar
from analytics.contract import default_contract, load_contract, read_contract, zone_info
from analytics.errors import RequestError
from analytics.stats.calendar import opening_day_seconds

ROOT = Path(__file__).resolve().parents[1]


def contract(text: str):
    return read_contract(text.encode(), "ours.toml")


def test_the_defaults_are_those_of_the_definitions():
    agreed = default_contract()
    assert agreed.zone == "import"
    assert agreed.zone_name("Europe/Paris") == "Europe/Paris"
    assert agreed.opening_minutes == (((540, 1020),),) * 5 + ((), ())
    assert (agreed.holiday_country, agreed.holiday_subdivision, agreed.extra_holidays) == ("", "", ())
    assert (agreed.disposition_window, agreed.horizon) == (timedelta(hours=14 * 24), timedelta(hours=90 * 24))
    assert (agreed.cadence_days, agreed.cadence_touches, agreed.cadence_channels) == (14, 6, 2)
    assert (agreed.limit_minutes_high, agreed.limit_minutes_standard) == (60, 240)
    assert agreed.score_edges == (0, 20, 40, 60, 80)
    assert agreed.size_edges == (1, 11, 51, 201, 1001, 5001)
    assert (agreed.target_acceptance_of_decided, agreed.target_completeness) == (0.75, 0.90)
    assert (agreed.target_touched_inside_limit, agreed.target_decided_in_window) == (0.80, 0.90)
    assert (agreed.target_working_rate, agreed.target_accepted_to_opportunity) == (0.80, 0.20)
    assert len(agreed.reasons) == 10


def test_an_empty_file_is_the_defaults():
    assert contract("") == default_contract()
    assert contract("# nothing agreed yet\n").hash == default_contract().hash


def test_single_keys_replace_those_of_the_defaults():
    agreed = contract("[windows]\ndisposition_days = 7\n")
    assert agreed == replace(default_contract(), disposition_days=7)
    assert agreed.hash != default_contract().hash


def test_hours_and_reasons_are_taken_whole():
    agreed = contract('[hours]\nmonday = ["09:00-12:00", "13:00-17:00"]\n[reasons]\nother = "Anything"\n')
    assert agreed.opening_minutes == (((540, 720), (780, 1020)),) + ((),) * 6
    assert agreed.reasons == (("other", "Anything"),)


def test_the_hash_is_the_same_in_every_process():
    code = "from analytics.contract import default_contract; print(default_contract().hash, end='')"
    found = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert found == {default_contract().hash}


def test_the_order_of_days_off_changes_nothing():
    first = contract('[calendar]\nextra_holidays = ["2026-12-24", 2026-12-31]\n')
    second = contract('[calendar]\nextra_holidays = ["2026-12-31", "2026-12-24", "2026-12-24"]\n')
    assert first == second
    assert first.hash == second.hash
    assert first.extra_holidays == (date(2026, 12, 24), date(2026, 12, 31))


WRONG = {
    "[windos]\na = 1": "unknown key 'windos', did you mean 'windows'?",
    "[windows]\ndispositon_days = 7": "unknown key 'windows.dispositon_days', did you mean 'disposition_days'?",
    "[hours]\nmonntag = []": "unknown key 'hours.monntag'",
    "zone = 'UTC'": "unknown key 'zone'",
    "windows = 3": "'windows' must be a section",
    "reasons = 'none'": "'reasons' must be a section",
    "[windows]\ndisposition_days = '14'": "windows.disposition_days must be a whole number",
    "[windows]\ndisposition_days = 14.5": "windows.disposition_days must be a whole number",
    "[windows]\ndisposition_days = true": "windows.disposition_days must be a whole number",
    "[windows]\ndisposition_days = 0": "from 1 to 365",
    "[windows]\ndisposition_days = 366": "from 1 to 365",
    "[windows]\nhorizon_days = 1826": "from 1 to 1825",
    "[cadence]\ntouches = 0": "cadence.touches",
    "[cadence]\nchannels = 11": "cadence.channels",
    "[first_touch]\nhigh_minutes = -5": "first_touch.high_minutes",
    "[targets]\nworking_rate = 80": "targets.working_rate must be a number from 0 to 1",
    "[targets]\nworking_rate = nan": "targets.working_rate",
    "[bands]\nscore = [20, 0]": "two rising numbers",
    "[bands]\nscore = [0, 0]": "two rising numbers",
    "[bands]\nscore = [0]": "two rising numbers",
    "[bands]\nscore = '0-20'": "two rising numbers",
    "[bands]\nscore = [0, nan]": "two rising numbers",
    "[bands]\nscore = [0, inf]": "two rising numbers",
    "[bands]\nscore = [0, true]": "two rising numbers",
    "[bands]\nscore = [10, 50]": "bands.score must begin with 0",
    "[bands]\nemployees = [50, 200]": "bands.employees must begin with 1",
    "[bands]\nemployees = [1, 10.5]": "whole numbers",
    "[calendar]\nzone = 'Europe/Berln'": "did you mean 'Europe/Berlin'?",
    "[calendar]\nzone = ['UTC']": "calendar.zone must be text",
    "[calendar]\nholiday_country = 49": "calendar.holiday_country must be text",
    "[calendar]\nholiday_country = 'Germany'": "No public holidays are known for country 'Germany'",
    "[calendar]\nholiday_country = 'US'\nholiday_subdivision = 'New York'": "No public holidays are known for 'New York' in US",
    "[calendar]\nholiday_subdivision = 'NY'": "needs a calendar.holiday_country",
    "[calendar]\nextra_holidays = '2026-12-24'": "a list of dates",
    "[calendar]\nextra_holidays = ['24.12.2026']": "a list of dates",
    "[calendar]\nextra_holidays = [2026-12-24T00:00:00]": "a list of dates",
    "[hours]\nmonday = ['9-17']": "hours.monday wants text like '09:00-17:00'",
    "[hours]\nmonday = ['09:00-24:30']": "hours.monday wants text",
    "[hours]\nmonday = ['24:00-08:00']": "hours.monday wants text",
    "[hours]\nmonday = ['09:60-17:00']": "hours.monday wants text",
    "[hours]\nmonday = [900]": "hours.monday wants text",
    "[hours]\nmonday = []": "no weekday has opening hours",
    "[reasons]\nother = 3": "reasons.other must be text",
    "[windows\n": "not valid TOML",
    "[windows]\nhorizon_days = 90\nhorizon_days = 91": "not valid TOML",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_named(text):
    with pytest.raises(RequestError) as refused:
        contract(text)
    assert WRONG[text] in str(refused.value)


def test_bytes_that_are_no_text():
    with pytest.raises(RequestError, match="not valid TOML"):
        read_contract(b"\xff\xfe", "ours.toml")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(RequestError, match=r"nowhere\.toml"):
        load_contract(tmp_path / "nowhere.toml")
    with pytest.raises(RequestError, match="Contract file"):
        load_contract(tmp_path)


def test_zones_are_known_or_the_nearest_is_named():
    assert str(zone_info("Asia/Tokyo")) == "Asia/Tokyo"
    with pytest.raises(RequestError, match="did you mean 'Asia/Tokyo'"):
        zone_info("Asia/Tokio")


@pytest.mark.parametrize(
    ("hours", "minutes", "opening_day"),
    [
        ("['22:00-06:00']", (1320, 1800), 8),
        ("['16:00-24:00']", (960, 1440), 8),
        ("['00:00-24:00']", (0, 1440), 24),
        ("'08:30-17:00'", (510, 1020), 8.5),
    ],
)
def test_night_shifts_and_round_the_clock(hours, minutes, opening_day):
    agreed = contract(f"[hours]\nmonday = {hours}\ntuesday = {hours}\n")
    assert agreed.opening_minutes[0] == (minutes,)
    assert opening_day_seconds(working_calendar(agreed, "UTC", 2026)) == opening_day * 3_600


def test_holidays_come_by_country_and_subdivision():
    def days_off(lines: str) -> frozenset[date]:
        return working_calendar(contract(f"[calendar]\n{lines}"), "UTC", 2026).holidays

    assert days_off("") == frozenset()
    assert date(2026, 7, 3) in days_off("holiday_country = 'US'")  # observed: the 4th is a Saturday
    assert date(2026, 6, 19) in days_off("holiday_country = 'US'")
    bavaria, germany = (
        days_off("holiday_country = 'DE'\nholiday_subdivision = 'BY'"),
        days_off("holiday_country = 'DE'"),
    )
    assert date(2026, 1, 6) in bavaria - germany
    assert date(2027, 1, 1) in germany  # a year beyond the extract, for waits that end in it
    ours = days_off("holiday_country = 'US'\nextra_holidays = [2026-12-24]")
    assert date(2026, 12, 24) in ours
