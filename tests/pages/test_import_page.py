"""The import page with real files and a real engine: everything is reached with what the page offers."""

from __future__ import annotations

import gc
import logging
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.cohort import CohortRequest
from analytics.contract import default_contract
from analytics.readout import build_readout
from analytics.schema import Role
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace
from analytics.warehouse import Warehouse
from pages.ui.importing import aside

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data"
HOSTILE = "<img src=x onerror=alert(1)> **b** ![x](https://evil.example/x.png)"
PLAIN = """lead_id,handoff_at,first_touch_at,status,score,source,email
L1,2026-01-05 09:00,2026-01-05 10:00,Accepted,80,Ads,ann@example.com
L2,2026-01-06 09:00,,Rejected,20,Ads,ben@example.com
L3,2026-01-07 09:00,2026-01-09 10:00,Parked,50,Event,cyd@example.com
L3,2026-01-07 09:00,2026-01-09 11:00,Parked,50,Event,cyd@example.com
"""


class ImportPage:
    """The page as a person uses it: one method per thing that can be clicked."""

    def __init__(self, home: Path) -> None:
        self.workspace = Workspace(home)
        self.at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        self.at.switch_page("pages/import_leads.py").run()
        assert not self.at.exception

    def upload(self, *files: tuple[str, bytes]) -> ImportPage:
        uploader = self.at.file_uploader[0]
        for name, content in files:
            uploader.upload(name, content)
        uploader.run()
        assert not self.at.exception
        return self

    def click(self, key: str) -> ImportPage:
        self.at.button(key=key).click().run()
        assert not self.at.exception
        return self

    def choose(self, key: str, value: object) -> ImportPage:
        self.at.selectbox(key=key).set_value(value).run()
        assert not self.at.exception
        return self

    @property
    def desk(self):
        return self.at.session_state["import_desk"]

    def place(self, file: str, header: str) -> str:
        """The end of the keys of a column's widgets."""
        for index, view in enumerate(self.desk.proposal.files):
            for position, column in enumerate(view.columns):
                if (view.name, column.header) == (file, header):
                    return f"{self.desk.number}_{index}_{position}"
        raise AssertionError(f"{file} has no column {header}")

    def bring(self, file: str, header: str, field: str) -> ImportPage:
        return self.choose(f"field_{self.place(file, header)}", field)

    def brings(self, file: str, header: str) -> str:
        return self.at.selectbox(key=f"field_{self.place(file, header)}").value

    def code(self, name: str, word: str) -> str:
        """The key of the select box of a word."""
        said = self.desk.choices.values.get(name, {})
        found = self.desk.proposal.values[name]
        words = sorted(found, key=lambda one: one[2] != "unknown" and one[0] not in said)
        position = next(index for index, (text, _, _) in enumerate(words) if text == word)
        return f"code_{self.desk.number}_{name}_{position}"

    def text(self) -> str:
        return "\n".join(element.proto.body for element in self.at.get("html"))

    def title(self) -> str:
        return self.at.title[0].value

    def buttons(self) -> set[str]:
        return {button.key for button in self.at.button}

    def manifest(self) -> Manifest:
        found = self.desk.manifest
        assert found is not None, self.text()
        return found

    def so_far(self):
        warehouse = Warehouse(self.workspace.snapshots_root)
        manifest = self.manifest()
        request = CohortRequest(manifest.fingerprint, is_whole_file=True)
        try:
            return build_readout(warehouse, manifest, default_contract(), request)
        finally:
            warehouse.close()


@pytest.fixture
def page(tmp_path, monkeypatch, caplog):
    """The page over an empty workspace; fails the test when a bug reached the log."""
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    opened = ImportPage(tmp_path / "home")
    yield opened
    if "import_desk" in opened.at.session_state:
        opened.desk.close()
    st.cache_resource.clear()
    gc.collect()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_an_empty_workspace_says_what_to_bring(page):
    assert page.title() == "What happened to your leads?"
    assert "None yet" in page.text()
    assert "date it was passed to sales" in page.text()


def test_two_clicks_lead_from_the_upload_to_the_numbers(page):
    page.upload(("leads.csv", PLAIN.encode()))
    assert page.title() == "Is this what your columns mean?"
    assert "3 leads in 4 rows" in page.text()
    page.click("import")
    assert page.title() == "What became of every row?"
    manifest = page.manifest()
    assert (manifest.rows_read, manifest.leads, manifest.duplicates) == (4, 3, 1)
    shown = {
        key: page.at.button(key=f"part_{key}").label for key in ("leads", "duplicate", "reject", "footer")
    }
    assert shown == {"leads": "3", "duplicate": "1", "reject": "0", "footer": "0"}
    page.click("see_numbers")
    assert page.title() == "How do leads fare between marketing and sales?"
    assert page.at.selectbox(key="snapshot").value == f"{manifest.fingerprint[:8]} leads.csv"
    assert list((page.workspace.home / "staging").iterdir()) == []


def test_staged_files_are_private_named_by_number_and_gone_after_start_over(page):
    page.upload(("../../etc/passwd.csv", PLAIN.encode()))
    staged = [path for path in (page.workspace.home / "staging").rglob("*") if path.is_file()]
    assert [path.name for path in staged if path.parent.name == "uploads"] == ["0"]
    assert page.at.file_uploader[0].value == []
    page.click("start_over")
    assert "import_desk" not in page.at.session_state
    assert list((page.workspace.home / "staging").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "empty"),
        ("page.csv", b"<!DOCTYPE html><html><body>log in</body></html>", "HTML"),
        ("run.exe", b"MZ" + bytes(200), "run.exe"),
        ("book.xlsx", b"PK\x03\x04" + bytes(500), "book.xlsx"),
        (f"{HOSTILE}.csv", b"a,b\n", "header"),
        ("no.parquet", b"PAR1" + bytes(64) + b"PAR1", "no.parquet"),
    ],
)
def test_a_refused_file_is_one_sentence_and_changes_nothing(page, name, content, words):
    page.upload((name, content))
    text = page.text()
    assert 'class="problem"' in text
    assert words in text
    assert "--" not in text.split('class="problem"')[1].split("</p>")[0]
    assert "<img" not in text
    assert page.workspace.snapshots() == []
    page.upload(("leads.csv", PLAIN.encode())).click("import")
    assert page.manifest().leads == 3


def test_one_refused_file_of_two_can_be_left_out(page):
    page.upload(("leads.csv", PLAIN.encode()), ("notes.pdf", b"%PDF-1.7 x"))
    assert "notes.pdf" in page.text()
    page.click("leave_out")
    assert [view.name for view in page.desk.proposal.files] == ["leads.csv"]


def test_an_open_date_order_is_asked_with_the_value(page):
    rows = "lead_id,created_at,status\nL1,03/04/2026 10:00,won\nL2,05/04/2026 11:00,lost\n"
    page.upload(("dates.csv", rows.encode()))
    assert "What does 03/04/2026 10:00 in column created_at mean?" in page.text()
    assert "import" not in page.buttons()
    labels = {page.at.button(key=f"order_{order}").label.replace("\u00a0", " ") for order in ("dmy", "mdy")}
    assert labels == {"Day first: 3 Apr 2026", "Month first: 4 Mar 2026"}
    page.click("order_dmy").click("import")
    assert page.manifest().mapping["date_orders"] == {"leads.created_at": "dmy"}
    assert f"{page.manifest().as_of:%Y-%m-%d}" == "2026-04-05"


def test_many_rejects_are_asked_about_and_listed(page):
    rows = ["lead_id,created_at,status"] + [f"L{n},2026-01-0{1 + n % 9} 10:00,won" for n in range(16)]
    rows += ["=2+5,not a date,lost", "L18,never mind,lost"]
    page.upload(("leads.csv", "\n".join(rows).encode()))
    assert "2 of 18 rows" in page.text()
    assert "import" not in page.buttons()
    page.click("accept_rejects").click("import")
    manifest = page.manifest()
    assert (manifest.leads, manifest.rejected) == (16, 2)
    page.click("part_reject")
    assert page.at.segmented_control(key="aside_part").value == "reject"
    assert page.at.dataframe[0].value["value"].to_list() == ["not a date", "never mind"]


def test_downloads_of_rows_set_aside_are_harmless():
    rows = pl.DataFrame({"file": ["a"], "row": [7], "column": ["x"], "value": ["=2+5"], "reason": ["@x"]})
    assert b"a,7,x,'=2+5,'@x\r\n" in aside.as_csv(rows)


def test_a_missing_clock_is_chosen_on_the_page(page):
    rows = "lead_id,eingang,status\nL1,2026-01-05,won\nL2,2026-01-06,lost\n"
    page.upload(("leads.csv", rows.encode()))
    assert "Which date starts the clock of a lead?" in page.text()
    number = page.desk.number
    page.choose(f"clock_field_{number}", "mql_at").click("use_clock").click("import")
    assert page.manifest().clock_field == "mql_at"


def test_a_column_can_bring_something_else_or_be_kept(page):
    page.upload(("leads.csv", PLAIN.encode()))
    assert page.brings("leads.csv", "handoff_at") == "handoff_at"
    page.bring("leads.csv", "handoff_at", "mql_at")
    assert page.brings("leads.csv", "handoff_at") == "mql_at"
    page.bring("leads.csv", "first_touch_at", "mql_at")
    assert page.brings("leads.csv", "handoff_at") == ""
    page.bring("leads.csv", "handoff_at", "handoff_at").bring("leads.csv", "source", "")
    assert "speed to lead, working rate and score bands cannot be measured" in page.text()
    key = f"keep_{page.place('leads.csv', 'source')}"
    assert page.at.checkbox(key=key).value is True
    page.at.checkbox(key=key).uncheck().run()
    page.click("import")
    manifest = page.manifest()
    assert manifest.columns["mql_at"] == "leads.first_touch_at"
    assert not manifest.has("source")
    assert manifest.extra_columns == {}


def test_personal_columns_stay_out_until_ticked(page):
    page.upload(("leads.csv", PLAIN.replace("email", "private e-mail").encode()))
    if page.brings("leads.csv", "private e-mail"):
        page.bring("leads.csv", "private e-mail", "")
    key = f"keep_{page.place('leads.csv', 'private e-mail')}"
    assert page.at.checkbox(key=key).value is False
    assert "ann@example.com" not in page.text()
    page.at.checkbox(key=key).check().run()
    page.click("import")
    assert list(page.manifest().extra_columns.values()) == ["private e-mail"]


def test_a_word_nobody_knows_gets_its_meaning(page):
    page.upload(("leads.csv", PLAIN.encode()))
    assert "1 word of your CRM is not known" in page.text()
    page.choose(page.code("disposition", "Parked"), "rejected")
    assert "is not known" not in page.text()
    page.click("import")
    assert page.manifest().values["disposition"]["Parked"] == "rejected"


def test_zone_and_extract_time_are_fixed_in_the_snapshot(page):
    page.upload(("leads.csv", PLAIN.encode()))
    assert "9 Jan 2026, 11:00 UTC" in page.text().replace("\u00a0", " ")
    assert "the latest stamp in the files" in page.text()
    page.choose(f"zone_{page.desk.number}", "Europe/Berlin")
    assert "9 Jan 2026, 11:00 Europe/Berlin" in page.text().replace("\u00a0", " ")
    page.at.datetime_input[0].set_value(datetime.fromisoformat("2026-02-01T12:00")).run()
    page.click("use_as_of")
    assert "chosen by you" in page.text()
    page.click("import")
    manifest = page.manifest()
    assert manifest.zone == "Europe/Berlin"
    assert manifest.as_of == datetime.fromisoformat("2026-02-01T11:00")
    assert manifest.as_of_source == "chosen at import"


def test_a_cancelled_import_stores_nothing_and_can_go_on(page):
    page.upload(("leads.csv", PLAIN.encode()))
    desk = page.desk
    desk.work.cancel()
    page.click("import")
    assert "Cancelled; nothing was stored." in page.text()
    assert page.workspace.snapshots() == []
    page.click("import")
    assert page.manifest().leads == 3


def test_a_confirmed_mapping_is_remembered_for_the_same_header(page, tmp_path):
    page.upload(("leads.csv", PLAIN.encode()))
    page.bring("leads.csv", "handoff_at", "mql_at")
    page.choose(page.code("disposition", "Parked"), "rejected")
    page.choose(f"zone_{page.desk.number}", "Asia/Tokyo").click("import").click("start_over")
    page.upload(("next month.csv", PLAIN.replace("2026-01", "2026-02").encode()))
    assert "Mapping remembered from" in page.text()
    assert page.brings("next month.csv", "handoff_at") == "mql_at"
    assert page.at.selectbox(key=page.code("disposition", "Parked")).value == "rejected"
    assert page.at.selectbox(key=f"zone_{page.desk.number}").value == "Asia/Tokyo"
    page.click("from_guess")
    assert page.brings("next month.csv", "handoff_at") == "handoff_at"
    assert "Mapping remembered" not in page.text()


def test_importing_the_same_again_says_so_and_stores_nothing(page):
    page.upload(("leads.csv", PLAIN.encode())).click("import").click("back").click("import")
    assert "nothing is stored twice" in page.text()
    assert len(page.workspace.snapshots()) == 1


def test_touches_can_be_added_later_and_linked(page):
    touches = "lead,at,channel\nL1,2026-01-05 10:00,Call\nL2,2026-01-08 10:00,Email\n"
    page.upload(("leads.csv", PLAIN.encode()))
    assert "working rate and score bands cannot be measured" in page.text()
    page.upload(("touches.csv", touches.encode()))
    assert [view.role for view in page.desk.proposal.files] == [Role.LEADS, Role.TOUCHES]
    number = page.desk.number
    if page.desk.question == "join":
        page.choose(f"join_left_{number}_touches", "lead_id").choose(f"join_right_{number}_touches", "lead")
    page.bring("touches.csv", "at", "touched_at").click("import")
    assert page.manifest().facts["touches"] == 2
    assert page.manifest().facts["touches_without_lead"] == 0


def test_a_snapshot_is_opened_or_deleted_after_asking(page):
    page.upload(("leads.csv", PLAIN.encode())).click("import").click("start_over")
    code = page.workspace.snapshots()[0].fingerprint[:8]
    assert code in page.text()
    page.click(f"delete_{code}")
    assert len(page.workspace.snapshots()) == 1
    page.click("delete_now")
    assert page.workspace.snapshots() == []


def test_a_second_import_does_not_disturb_who_looks_at_the_first(page):
    page.upload(("leads.csv", PLAIN.encode())).click("import")
    first = page.manifest().fingerprint[:8]
    reader = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    reader.query_params["snapshot"] = f"{first} leads.csv"
    reader.run()
    page.click("start_over").upload(("other.csv", PLAIN.replace("L1", "M1").encode())).click("import")
    assert len(page.workspace.snapshots()) == 2
    reader.run()
    assert not reader.exception
    assert reader.selectbox(key="snapshot").value == f"{first} leads.csv"


def test_hostile_headers_words_and_names_are_only_text(page):
    rows = f'lead_id,created_at,"{HOSTILE}",status\nL1,2026-01-05,"{HOSTILE}","{HOSTILE}"\nL2,2026-01-06,x,Accepted\n'
    page.upload((f"{HOSTILE}.csv", rows.encode())).click("import")
    assert "<img" not in page.text()
    assert page.manifest().leads == 2


def test_a_wide_file_is_shown_page_by_page(page):
    headers = ["lead_id", "created_at", *(f"column {n}" for n in range(60))]
    row = ["L1", "2026-01-05", *("x" for _ in range(60))]
    page.upload(("wide.csv", "\n".join([",".join(headers), ",".join(row)]).encode()))
    boxes = [box for box in page.at.selectbox if str(box.key).startswith("field_")]
    assert len(boxes) == 40


def real(folder: str, *names: str) -> list[tuple[str, bytes]]:
    if not (REAL / folder).is_dir():
        pytest.skip(
            f"the real export '{folder}' is not on this machine; its licence keeps it out of the repository"
        )
    return [(name, (REAL / folder / name).read_bytes()) for name in names]


def test_a_marketplace_funnel_is_imported_with_what_the_page_offers(page):
    leads, deals = "olist_marketing_qualified_leads_dataset.csv", "olist_closed_deals_dataset.csv"
    page.upload(*real("olist", leads, deals))
    number = page.desk.number
    page.choose(f"clock_column_{number}", (Role.LEADS, "first_contact_date"))
    page.choose(f"clock_field_{number}", "created_at").click("use_clock").click("import")
    readout = page.so_far()
    assert readout.so_far.total.leads == 8000
    assert readout.so_far.total.won == 842


def test_a_handoff_in_the_opportunities_is_imported_with_what_the_page_offers(page):
    page.upload(*real("marketstar", "Leads.csv", "Opportunities.csv", "experience-map.csv"))
    file = "Opportunities.csv"
    page.bring(file, "CreatedDate", "handoff_at").bring(file, "AcceptedDecisionDate", "decided_at")
    page.bring(file, "IsAccepted", "disposition")
    number = page.desk.number
    page.choose(f"join_left_{number}_opportunities", "ConvertedOpportunityId")
    page.choose(f"join_right_{number}_opportunities", "OpportunityId").click("import")
    readout = page.so_far()
    assert page.manifest().without_clock == 43033 - 1061
    assert readout.cohort.leads == 1061
    assert readout.so_far.total.accepted == 697
