"""The contract on paper: two A4 pages, every text literal, signatures and hashes where they belong."""

from __future__ import annotations

import http.server
import json
import threading
import time
import zlib
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analytics import contract_pdf
from analytics.contract import default_contract, read_table
from analytics.contract_document import DRAFT, MOST_NUMBERS, document_html
from analytics.contract_pdf import has_browser, pages_of, pdf_of
from analytics.criteria import Criterion
from analytics.errors import RequestError, WorkspaceError
from analytics.store.contract_history import Signature, Version

SNAPSHOT = "f3a9" * 16
NUMBERS = {"accepted_of_decided": {"count": 412, "of": 580}, "working_rate": None}
EIGHT = [
    {"kind": "fit", "field": "employees", "operator": "at least", "value": 50},
    {"kind": "fit", "field": "country", "operator": "in", "value": ["DE", "AT", "CH"]},
    {
        "kind": "fit",
        "field": "industry",
        "operator": "in",
        "value": ["software", "logistics"],
        "group": "where",
    },
    {"kind": "fit", "field": "seniority", "operator": "in", "value": ["director", "vp"], "group": "where"},
    {
        "kind": "intent",
        "field": "pricing_page_visits_7d",
        "operator": "at least",
        "value": 2,
        "window_days": 7,
    },
    {"kind": "intent", "field": "demo_request_at", "operator": "within", "window_days": 14},
    {"kind": "disqualify", "field": "email domain", "operator": "contains", "value": "gmail"},
    {"kind": "disqualify", "field": "company", "operator": "missing"},
]
HOSTILE = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "\" onclick='x' & &amp; <b>",
    "]]><!-- {{ }} \\0 %s",
)
NEEDS_BROWSER = pytest.mark.skipif(
    not has_browser(), reason="No Chromium on this machine: the pages of the PDF cannot be counted."
)


def eight():
    return read_table(
        {
            "definition": {"criteria": EIGHT},
            "marketing": {"monthly_volume": 400},
            "calendar": {"holiday_country": "DE", "extra_holidays": ["2026-12-24", "2026-12-31"]},
            "terms": {"review_on": "2027-01-15"},
        },
        "ours.toml",
    )


def long_terms(letters):
    agreed = default_contract()
    return replace(
        agreed, terms=tuple((key, "word " * (letters // 5)) for key, _ in agreed.terms if key != "review_on")
    )


def signature(side, by="Ann Lee", role="CMO", hour=12, numbers=None):
    text = json.dumps(NUMBERS if numbers is None else numbers)
    return Signature(side, by, role, datetime(2027, 3, 3, hour), SNAPSHOT, text)


def version(agreed, *signatures, **changes):
    made = Version(
        3, "ab12" * 16, "cd34" * 16, agreed.text, "Ann", "CMO", "", datetime(2027, 3, 1), signatures
    )
    return replace(made, **changes)


def signed(agreed, **numbers):
    return version(
        agreed,
        signature("sponsor", "Cleo", "Chief Executive Officer", 11, **numbers),
        signature("marketing", "Ann Lee", "Chief Marketing Officer", 12, **numbers),
        signature("sales", "Bob Ray", "", 13, **numbers),
        state="in force",
        in_force_since=datetime(2027, 3, 3, 13),
    )


class Reader(HTMLParser):
    """What a browser makes of a page: its tags, its attributes, and its text outside of the style."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(page)
        self.text = " ".join("".join(self.texts).split()).replace("\u2060", "")

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(f"{data} ")


def page_of(agreed, at=None, note=""):
    return document_html(agreed, version=at, snapshot=SNAPSHOT, draft_note=note)


def read(agreed, at=None, note=""):
    return Reader(page_of(agreed, at, note)).text


def test_the_page_is_whole_and_fetches_nothing():
    page = page_of(eight(), signed(eight()))
    found = Reader(page)
    assert found.open == []
    assert {"script", "link", "img", "iframe", "a", "form"} & set(found.tags) == set()
    assert {name for name, _ in found.attributes} <= {"class", "lang", "charset", "http-equiv", "content"}
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert "size: A4" in page


def test_everything_agreed_stands_on_the_page():
    agreed = eight()
    said = read(agreed)
    for code, meaning in agreed.reasons:
        assert f"{code} {meaning}" in said
    for _, term in agreed.terms[:5]:
        assert term in said
    for one in agreed.criteria:
        assert one.words in said
    assert "at least 75 % Acceptance" in said
    assert "at least 400 Volume leads a month" in said
    assert "Next review 15 Jan 2027" in said


def test_a_draft_says_so_with_its_note():
    said = read(default_contract(), note="Acceptance: at least 75 %, was 70 %.")
    assert said.index(DRAFT) < said.index("Contract on the handoff of leads", 40)
    assert "Acceptance: at least 75 %, was 70 %." in said
    assert "not in the contract log" in said
    for label in ("Signature", "Name", "Role", "Date"):
        assert said.count(label) >= 3
    assert "Seen:" not in said


def test_the_state_of_a_version_stands_on_top():
    agreed = default_contract()
    assert DRAFT in read(agreed, version(agreed))
    half = read(agreed, version(agreed, signature("sales", "Bob")))
    assert "Signed by sales only – not in force" in half
    assert DRAFT not in half
    assert DRAFT in read(agreed, version(agreed, signature("sponsor", "Cleo")))
    assert "Outdated – can no longer be signed" in read(agreed, version(agreed, state="outdated"))
    past = version(agreed, state="superseded", superseded_at=datetime(2027, 6, 1))
    assert "Superseded on 1 Jun 2027 – no longer in force" in read(agreed, past)
    whole = read(agreed, signed(agreed), note="not shown")
    assert DRAFT not in whole
    assert "not in force" not in whole
    assert "not shown" not in whole
    assert "Version 3, between marketing and sales. In force since 3 Mar 2027, 13:00 UTC." in whole


def test_a_signature_shows_who_when_and_what_was_seen():
    said = read(default_contract(), signed(default_contract()))
    assert "For marketing Signed Ann Lee Role Chief Marketing Officer Date 3 Mar 2027, 12:00 UTC" in said
    assert "For sales Signed Bob Ray Role – Date 3 Mar 2027, 13:00 UTC" in said
    assert "Acknowledged by the sponsor Signed Cleo" in said
    assert (
        said.count("Seen: snapshot f3a9f3a9f3a9; accepted of decided: 412 of 580; working rate: not known.")
        == 3
    )


def test_many_numbers_are_counted_not_dropped():
    numbers = {f"number_{place}": 1.5 for place in range(MOST_NUMBERS + 4)}
    said = read(default_contract(), signed(default_contract(), numbers={**numbers}))
    assert "number 5: 1.5; and 4 more on record." in said
    assert "number 6" not in said
    said = read(default_contract(), signed(default_contract(), numbers={"x" * 200: [True, "y"], "ok": True}))
    assert f"{'x' * 59}…; ok: yes." in said
    assert "Seen: snapshot f3a9f3a9f3a9." in read(default_contract(), signed(default_contract(), numbers={}))


def test_both_sides_have_the_same_form():
    """The markup of both signatures is the same but for what was written in it."""
    agreed = default_contract()
    for at in (None, version(agreed)):
        left, right = page_of(agreed, at).split("<h3>For marketing</h3>")[1].split("<h3>For sales</h3>")
        shape = left.split('</div><div class="party">')[0]
        assert right.startswith(shape)


def test_the_foot_names_the_version_and_its_hashes():
    agreed = default_contract()
    said = read(agreed, version(agreed))
    assert (
        f"Version 3 · Contract {agreed.hash[:12]} · follows cd34cd34cd34 · printed beside snapshot f3a9f3a9f3a9"
        in said
    )
    assert f"Version hash {'ab12' * 16}" in said
    assert "follows no earlier version" in read(agreed, version(agreed, previous=""))
    assert "printed without a snapshot" in Reader(document_html(agreed, version=None, snapshot="")).text
    assert f"Version 3 · {agreed.hash[:12]}" in page_of(agreed, version(agreed)).split("</style>")[0]


def test_signatures_never_stand_under_another_contract():
    with pytest.raises(RequestError, match="Version 3 holds another contract"):
        page_of(eight(), signed(default_contract()))


@pytest.mark.parametrize("bad", HOSTILE)
def test_hostile_texts_are_shown_literally(bad):
    agreed = replace(
        default_contract(),
        zone=bad,
        holiday_country=bad,
        criteria=(Criterion("fit", bad, "is", bad), Criterion("intent", f"x{bad}", "in", (bad, "b"), 0, bad)),
        terms=tuple((key, bad) for key, _ in default_contract().terms if key != "review_on"),
        reasons=((bad, bad),),
    )
    at = version(
        agreed,
        signature("marketing", bad, bad, numbers={bad: bad}),
        replace(signature("sponsor", bad, bad), fingerprint=bad),
        hash=bad,
        previous=bad,
    )
    found = Reader(document_html(agreed, version=at, snapshot=bad, draft_note=bad))
    clean = Reader(page_of(default_contract(), version(default_contract())))
    assert set(found.tags) - set(clean.tags) <= {"br", "dl"}
    assert {name for name, _ in found.attributes} == {name for name, _ in clean.attributes}
    shown = " ".join(bad.split())
    assert found.text.count(shown) >= 6 + 2 + 3 + 2 + 3
    assert found.open == []


def test_characters_that_reorder_a_line_are_dropped():
    agreed = replace(default_contract(), reasons=(("other", "gnihtyna\u202e\u2066\x07\x9f fine"),))
    assert "gnihtyna fine" in read(agreed)


def test_a_long_contract_says_what_to_shorten():
    assert "likely to take more than two pages" not in read(eight())
    said = read(long_terms(2000))
    assert (
        "This contract is likely to take more than two pages even in small type."
        " Shorten the terms (12,000 characters) and the reasons" in said
    )
    many = replace(
        default_contract(),
        criteria=tuple(Criterion("fit", "x" * 80, "is", f"{n}" * 40) for n in range(10, 30)),
    )
    assert "Shorten the 20 criteria" in read(many)


@NEEDS_BROWSER
@pytest.mark.parametrize("name", ["default", "eight", "proposed", "signed"])
def test_the_printed_contract_has_two_pages(name):
    agreed = default_contract() if name == "default" else eight()
    at = {"proposed": version(agreed, signature("sales")), "signed": signed(agreed)}.get(name)
    pdf = pdf_of(
        page_of(agreed, at, "Acceptance: at least 75 %, was 70 %. First touch: within 1 h, was 2 h.")
    )
    assert pages_of(pdf) == 2
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf or b"/MediaBox [0 0 595" in pdf


@NEEDS_BROWSER
def test_a_long_contract_flows_on():
    page = page_of(long_terms(2000))
    assert 'class="second"' not in page
    assert pages_of(pdf_of(page)) > 2


@NEEDS_BROWSER
def test_nothing_is_fetched_and_no_script_runs():
    asked = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Ear) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            at = f"127.0.0.1:{server.server_port}"
            pdf = pdf_of(
                f'<img src="http://{at}/a"><iframe src="http://localhost:{server.server_port}/b"></iframe>'
                f'<link rel="stylesheet" href="http://{at}/c"><p>one page</p>'
                "<script>document.body.innerHTML += '<p style=\"break-before: page\">ran</p>'</script>"
            )
        finally:
            server.shutdown()
            thread.join()
    assert asked == []
    assert pages_of(pdf) == 1


def test_without_a_browser_the_sentence_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_browser()
    with pytest.raises(WorkspaceError, match=r"No Chromium was found .* print it"):
        pdf_of("<p>x</p>")


def browser(tmp_path, monkeypatch, script):
    made = tmp_path / "chromium"
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert has_browser()


@pytest.mark.parametrize(
    "script", ["exit 1", "exit 0", 'for a; do case $a in --print-to-pdf=*) echo no > "${a#*=}";; esac; done']
)
def test_a_browser_that_gives_no_pdf_is_a_sentence(tmp_path, monkeypatch, script):
    browser(tmp_path, monkeypatch, script)
    with pytest.raises(WorkspaceError, match=r"Chromium gave none\. Open the page in a browser and print it"):
        pdf_of("<p>x</p>")


def test_a_browser_that_hangs_is_ended_with_its_children(tmp_path, monkeypatch):
    browser(tmp_path, monkeypatch, f"sleep 30 & echo $! > {tmp_path}/child; wait")
    monkeypatch.setattr(contract_pdf, "SECONDS", 1)
    with pytest.raises(WorkspaceError, match="stopped after 1 seconds"):
        pdf_of("<p>x</p>")
    state = Path("/proc") / (tmp_path / "child").read_text().strip() / "stat"
    until = time.monotonic() + 5
    while is_running(state) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_running(state)


def is_running(state):
    try:
        return state.read_text().split()[2] not in ("Z", "X")
    except OSError:
        return False


def test_pages_are_counted_in_compressed_objects_and_not_in_texts():
    packed = zlib.compress(b"1 0 2 40 <</Type /Page /Parent 9 0 R>> <</Type/Page>> <</Type /Pages /Count 2>>")
    stream = (
        b"5 0 obj\n<</Type /ObjStm /Filter /FlateDecode /N 3>> stream\n" + packed + b"\nendstream\nendobj\n"
    )
    content = b"6 0 obj\n<</Length 12>> stream\n/Type /Page \nendstream\nendobj\n"
    plain = b"7 0 obj\n<</Type /Page\n/Title (a /Type /Page \\) b)>>\nendobj\n"
    assert pages_of(b"%PDF-1.7\n" + plain + content + stream) == 3
    assert pages_of(b"%PDF-1.7\n") == 0
    assert pages_of(b"") == 0
