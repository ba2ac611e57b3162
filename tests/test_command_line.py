"""The command line: the keys that scripts rely on, exit codes, and a sentence instead of a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analytics.__main__ import main
from tests.metrics.worlds import csv_text, home, sample, workspace

ROOT = Path(__file__).resolve().parents[1]
LEADS = [
    {"Lead ID": "A", "Handoff Date": "2026-03-02 10:00:00", "SAL Date": "2026-03-03 10:00:00", "First Touch": "2026-03-02 11:00:00",
     "Lead Source": "Web", "Lead Score": "85", "Won": "TRUE", "Opportunity: Close Date": "2026-04-01 10:00:00"},
    {"Lead ID": "B", "Handoff Date": "2026-03-03 03:00:00", "SAL Date": "", "First Touch": "", "Lead Source": "Partner",
     "Lead Score": "15", "Won": "", "Opportunity: Close Date": ""},
    {"Lead ID": "C", "Handoff Date": "2026-03-04 10:00:00", "SAL Date": "2026-03-04 12:00:00", "First Touch": "2026-03-04 10:04:00",
     "Lead Source": "", "Lead Score": "", "Won": "", "Opportunity: Close Date": ""},
]  # fmt: skip
AS_OF = ("--as-of", "2026-09-01T12:00:00Z")


@pytest.fixture(autouse=True)
def _workspace(monkeypatch):
    monkeypatch.setenv("HANDOFF_HOME", str(workspace().home))


@pytest.fixture
def leads() -> str:
    path = home() / "cli-leads.csv"
    path.write_text(csv_text(LEADS), "utf-8")
    return str(path)


@pytest.fixture
def run(capsys):
    """Arguments in; exit code, standard output and standard error out."""

    def ran(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main([*arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return ran


@pytest.fixture
def told(run):
    """The JSON of a read-out that must succeed; nothing else may stand on standard output."""

    def read(*arguments: str) -> dict[str, Any]:
        code, out, err = run("readout", *arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    return read


# --- what scripts rely on


def test_the_keys_of_the_read_out(told):
    found = told(sample().manifest.fingerprint)
    assert {
        "fingerprint",
        "files",
        "rows_read",
        "leads",
        "duplicates",
        "rejected",
        "footers",
        "as_of",
        "clock_starts_at",
    } <= found["snapshot"].keys()
    snapshot = found["snapshot"]
    assert (
        snapshot["rows_read"]
        == snapshot["leads"] + snapshot["duplicates"] + snapshot["rejected"] + snapshot["footers"]
    )
    assert (snapshot["rows_read"], snapshot["leads"], snapshot["duplicates"], snapshot["footers"]) == (
        6033,
        6000,
        30,
        3,
    )
    assert snapshot["as_of"] == "2026-09-30T22:00:00Z"
    assert {key: found["cohort"][key] for key in ("from", "to", "leads", "maturity")} == {
        "from": "2026-04-03", "to": "2026-07-02", "leads": 2076, "maturity": 1.0,
    }  # fmt: skip
    rate = {"numerator", "denominator", "pending", "value", "low", "high"}
    assert rate <= found["acceptance_rate"].keys()
    assert rate <= found["working_rate"].keys()
    assert rate - {"pending"} <= found["acceptance_rate"]["decided"].keys()
    speed = found["speed_to_lead"]
    assert {"leads", "touched", "never_touched", "touched_before_handoff", "working", "wall"} <= speed.keys()
    assert speed["leads"] == speed["touched"] + speed["never_touched"] + speed["touched_before_handoff"]
    minutes = {
        "touched_only_median_minutes",
        "median_minutes",
        "p75_minutes",
        "p90_minutes",
        "p95_minutes",
        "p99_minutes",
    }
    for clock in ("working", "wall"):
        assert minutes | {"touched_within"} <= speed[clock].keys()
        assert list(speed[clock]["touched_within"]) == ["5m", "1h", "4h", "1d", "3d"]
    assert speed["working"]["p99_minutes"] is None  # not reached
    bands = found["score_bands"]
    assert bands["verdict"] in ("ordered", "not ordered", "cannot tell")
    assert [band["band"] for band in bands["bands"]] == [
        "[0,20)",
        "[20,40)",
        "[40,60)",
        "[60,80)",
        "[80,∞)",
        "no score",
    ]
    for band in bands["bands"]:
        assert {"band", "leads", "mature", "opportunities", "won", "value", "low", "high"} <= band.keys()


def test_rates_are_in_zero_to_one_and_minutes_are_minutes(told, leads):
    found = told(leads, "--all", *AS_OF)
    assert found["acceptance_rate"]["value"] == pytest.approx(2 / 3)
    assert found["speed_to_lead"]["wall"]["touched_only_median_minutes"] == pytest.approx(32)
    assert found["speed_to_lead"]["wall"]["median_minutes"] == pytest.approx(60)
    assert found["speed_to_lead"]["working"]["touched_within"]["5m"] == pytest.approx(1 / 3)
    assert found["working_rate"]["unmeasurable"].startswith("The export does not say how often")
    assert "numerator" not in found["working_rate"]


def test_an_export_without_acceptance_is_unmeasurable_not_zero(told, tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(
        csv_text(
            [
                {key: row[key] for key in ("Lead ID", "Handoff Date", "Won", "Opportunity: Close Date")}
                for row in LEADS
            ]
        )
    )
    found = told(str(path), "--all")
    for number in ("acceptance_rate", "speed_to_lead", "working_rate"):
        assert set(found[number]) == {"unmeasurable", "column"}, number
    assert found["score_bands"]["unmeasurable"]


def test_import_prints_the_fingerprint_first_and_twice_the_same(run, leads):
    code, out, _ = run("import", leads, *AS_OF)
    again, out_again, err_again = run("import", leads, *AS_OF)
    assert (code, again) == (0, 0)
    assert out == out_again
    fingerprint = out.splitlines()[0]
    assert len(fingerprint) == 64
    assert "nothing is stored twice" in err_again
    _, out, _ = run("import", leads, *AS_OF, "--json")
    assert json.loads(out)["snapshot"]["fingerprint"] == fingerprint


def test_a_fingerprint_and_its_beginning_open_the_snapshot(run, told):
    fingerprint = sample().manifest.fingerprint
    assert told(fingerprint) == told(fingerprint[:8])
    code, _, err = run("readout", fingerprint[:7])
    assert (code, "There is no file" in err) == (2, True)
    code, _, err = run("readout", "0" * 64)
    assert (code, "There is no snapshot" in err) == (2, True)


@pytest.mark.parametrize(
    "flag",
    [["--as-of", "2026-01-01"], ["--as-of", ""], ["--zone", "UTC"], ["--map", "score="], ["--values", "outcome:a=won"],
     ["--preset", "hubspot"], ["--date-order", "dmy"], ["--keep-personal-data"], ["--keep", "X"], ["--sheet", "X"],
     ["--join", "leads.a=touches.b"], ["--accept-rejects"]],
    ids=lambda flag: flag[0],
)  # fmt: skip
def test_a_stored_snapshot_is_fixed(run, flag):
    code, out, err = run("readout", sample().manifest.fingerprint, *flag)
    assert (code, out) == (2, "")
    assert flag[0] in err


# --- the cohort by flags


def test_days_are_half_open_in_the_contracts_zone(told, leads, tmp_path):
    # Lead B was handed off on 3 March 03:00 UTC: still 2 March in New York.
    contract = tmp_path / "new_york.toml"
    contract.write_text('[calendar]\nzone = "America/New_York"\n')
    utc = told(leads, *AS_OF, "--from", "2026-03-02", "--to", "2026-03-03")
    local = told(leads, *AS_OF, "--from", "2026-03-02", "--to", "2026-03-03", "--contract", str(contract))
    assert (utc["cohort"]["leads"], local["cohort"]["leads"]) == (1, 2)
    assert (utc["cohort"]["from"], utc["cohort"]["to"]) == ("2026-03-02", "2026-03-03")
    assert told(leads, *AS_OF, "--from", "2026-03-03")["cohort"]["leads"] == 2
    assert told(leads, *AS_OF, "--to", "2026-03-03")["cohort"]["leads"] == 1
    assert local["cohort"]["zone"] == "America/New_York"


def test_where(told, leads):
    whole = ("--all", *AS_OF)
    assert told(leads, *whole, "--where", "source=Web")["cohort"]["leads"] == 1
    assert told(leads, *whole, "--where", "source=Web", "--where", "source=Partner")["cohort"]["leads"] == 2
    assert told(leads, *whole, "--where", "source=")["cohort"]["leads"] == 1
    assert told(leads, *whole, "--where", "source=", "--where", "source=Web")["cohort"]["leads"] == 2
    assert told(leads, *whole, "--where", "source=Web", "--where", "score_band=80+")["cohort"]["leads"] == 1
    assert told(leads, *whole, "--where", "Lead Source=Web")["cohort"]["leads"] == 1
    assert told(leads, *whole, "--where", "source=Nowhere")["cohort"]["leads"] == 0
    assert told(leads, *whole, "--where", "source=' OR 1=1 --")["cohort"]["leads"] == 0


def test_by(told, leads):
    groups = told(leads, "--all", *AS_OF, "--by", "month")["so_far"]["groups"]
    assert [(group["value"], group["leads"]) for group in groups] == [("2026-03", 3)]
    groups = told(leads, "--all", *AS_OF, "--by", "source")["so_far"]["groups"]
    assert {group["value"]: group["leads"] for group in groups} == {"Web": 1, "Partner": 1, None: 1}


def test_text_says_what_json_says(run):
    code, out, _ = run("readout", sample().manifest.fingerprint)
    assert code == 0
    assert out.splitlines()[0] == sample().manifest.fingerprint
    assert "1,018 of 2,076" in out
    assert "464 of 1,018" in out


# --- refusals


def refusals() -> list[tuple[str, list[str], int, str]]:
    fingerprint = sample().manifest.fingerprint
    leads = str(home() / "cli-leads.csv")
    stem = ["readout", leads, *AS_OF]
    return [
        ("no command", [], 2, "required"),
        ("unknown command", ["reports"], 2, "invalid choice"),
        ("unknown flag", ["readout", "--nonsense"], 2, "unrecognized"),
        ("bad choice", ["readout", leads, "--date-order", "ymd"], 2, "invalid choice"),
        ("no file", ["import"], 2, "No file"),
        ("missing file", ["import", "nowhere.csv"], 2, "nowhere.csv"),
        ("a folder", ["import", str(home())], 2, "There is no file"),
        ("a name too long", ["import", "x" * 5_000 + ".csv"], 2, "cannot be reached"),
        ("bad role", ["import", "--file", f"lead={leads}"], 2, "did you mean 'leads'"),
        ("role without path", ["import", "--file", "leads"], 2, "ROLE=PATH"),
        ("role of a missing file", ["import", "--file", "leads=nowhere.csv"], 2, "nowhere.csv"),
        ("bad zone", ["import", leads, "--zone", "Europe/Berln"], 2, "Europe/Berlin"),
        ("no zone", ["import", leads, "--zone", ""], 2, "time zone"),
        ("bad moment", ["import", leads, "--as-of", "yesterday"], 2, "no ISO date"),
        ("no moment", ["import", leads, "--as-of", ""], 2, "no ISO date"),
        ("impossible day", ["import", leads, "--as-of", "2026-02-30"], 2, "no ISO date"),
        ("before time began", ["import", leads, "--as-of", "0001-01-01", "--zone", "Europe/Berlin"], 2, "--as-of"),
        ("far too early", ["import", leads, "--as-of", "1850-01-01"], 2, "1980"),
        ("far too late", ["import", leads, "--as-of", "9999-12-31"], 2, "2100"),
        ("unknown field", ["import", leads, "--map", "scoer=Lead Score"], 2, "did you mean 'score'"),
        ("unknown column", ["import", leads, "--map", "score=Leed Score"], 2, "Lead Score"),
        ("map of a bad role", ["import", leads, "--map", "boss.score=Lead Score"], 2, "no role"),
        ("map without sign", ["import", leads, "--map", "score"], 2, "FIELD=HEADER"),
        ("values without pairs", ["import", leads, "--values", "outcome"], 2, "FIELD:TEXT=CODE"),
        ("values of no field", ["import", leads, "--values", "outcom:TRUE=won"], 2, "outcome"),
        ("values to no code", ["import", leads, "--values", "outcome:TRUE=victory"], 2, "no code"),
        ("values without code", ["import", leads, "--values", "outcome:TRUE"], 2, "TEXT=CODE"),
        ("bad join", ["import", leads, "--join", "a=b"], 2, "leads.HEADER=ROLE.HEADER"),
        ("join of a bad role", ["import", leads, "--join", "leads.a=deals.b"], 2, "no role"),
        ("join of one file", ["import", leads, "--join", "leads.Lead ID=touches.Lead ID"], 2, "join"),
        ("bad preset", ["import", leads, "--preset", "salesforc"], 2, "salesforce"),
        ("sheet of no file", ["import", leads, "--sheet", "other.xlsx=One"], 2, "other.xlsx"),
        ("bad day", [*stem, "--from", "2026-13-01"], 2, "YYYY-MM-DD"),
        ("period backwards", [*stem, "--from", "2026-05-02", "--to", "2026-05-01"], 2, "not after its start"),
        ("empty period", [*stem, "--from", "2026-05-01", "--to", "2026-05-01"], 2, "not after its start"),
        ("first day of all", [*stem, "--from", "0001-01-01"], 2, "1970"),
        ("last day of all", [*stem, "--to", "9999-12-31"], 2, "2199"),
        ("all of a period", [*stem, "--all", "--from", "2026-05-01"], 2, "--all"),
        ("where without sign", [*stem, "--where", "source"], 2, "FIELD=VALUE"),
        ("where of no field", [*stem, "--where", "sauce=Web"], 2, "did you mean 'source'"),
        ("by no field", [*stem, "--by", "sauce"], 2, "did you mean 'source'"),
        ("missing contract", [*stem, "--contract", "nowhere.toml"], 2, "nowhere.toml"),
        ("contract is a folder", [*stem, "--contract", str(home())], 2, "Contract file"),
        ("contract is no contract", [*stem, "--contract", leads], 2, "not valid TOML"),
        ("contract for a snapshot", ["readout", fingerprint, "--contract", "nowhere.toml"], 2, "nowhere.toml"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(45))
def test_a_wrong_request_ends_with_a_sentence(run, leads, number):
    what, arguments, code, words = refusals()[number]
    found, out, err = run(*arguments)
    assert (found, out) == (code, ""), what
    assert words in err, f"{what}: {err}"
    assert "Traceback" not in err


def test_all_refusals_are_tried():
    assert len(refusals()) == 45


FILES = {
    "empty.csv": b"",
    "zeros.csv": b"\0" * 500,
    "no-columns.csv": b"\n\n\n",
    "no-id.csv": b"Colour,Size\nred,1\nblue,2\n",
    "no-clock.csv": b"Lead ID,Lead Source\nA,Web\nB,Web\n",
    "no-rows.csv": b"Lead ID,Handoff Date\n",
    "open-order.csv": b"Lead ID,Handoff Date\nA,01/02/2026\nB,03/04/2026\n",
    "no-dates.csv": b"Lead ID,Handoff Date\nA,soon\nB,later\n",
    "not.xlsx": b"PK\x03\x04 not a workbook",
    "not.parquet": b"PAR1 not a table PAR1",
}


@pytest.mark.parametrize("name", FILES)
def test_a_refused_file_ends_with_three_and_a_sentence(run, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FILES[name])
    for command in (["import"], ["readout", "--json"]):
        code, out, err = run(*command, str(path))
        assert (code, out) == (3, ""), err
        assert name in err or "Column Handoff Date" in err
        assert "Traceback" not in err
        assert len(err.strip().splitlines()) == 1


def test_the_environment_in_the_way_ends_with_one(run, leads, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("HANDOFF_HOME", str(blocked / "inside"))
    code, out, err = run("import", leads)
    assert (code, out) == (1, "")
    assert "workspace" in err


# --- as a program


def spawned(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "LANG", "LC_ALL")}
    env = {**kept, "PYTHONPATH": str(ROOT), "HANDOFF_HOME": str(workspace().home), **environment}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "analytics", *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        check=False,
    )


def test_from_another_folder_on_a_terminal_without_unicode(leads, tmp_path):
    done = spawned(
        "readout", leads, "--all", *AS_OF, "--json", cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["score_bands"]["bands"][4]["band"] == "[80,∞)"
    plain = spawned("readout", leads, "--all", *AS_OF, cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert plain.returncode == 0, plain.stderr
    assert b"Traceback" not in done.stderr + plain.stderr


def test_a_reader_that_leaves_is_no_error(leads, tmp_path):
    command = f"{sys.executable} -m analytics readout {leads} --all {' '.join(AS_OF)} --json | head -c 1"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HANDOFF_HOME": str(workspace().home)}
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, check=False)
    assert done.stdout == b"{"
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
