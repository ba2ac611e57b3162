"""A link to a snapshot: by its name, by its fingerprint alone, and one that is not here any more says so."""

from __future__ import annotations

import html

from pages.ui import controls
from tests.metrics.worlds import sample
from tests.pages.conftest import markup_of, page_over, plain


def said(at) -> str:
    return plain(html.unescape(markup_of(at)))


def test_a_link_to_a_deleted_snapshot_says_so(monkeypatch):
    of = sample()
    for asked in ("00112233 gone.csv", "00112233", of.manifest.fingerprint[:7], "<b>x</b> **y**"):
        at = page_over(monkeypatch, of, "pages/four_numbers.py", snapshot=asked)
        assert f"about snapshot “{asked}”, which is not in this workspace" in said(at)
        assert "<b>x</b>" not in markup_of(at)
        assert f"snapshot {of.manifest.fingerprint[:8]}" in said(at)


def test_it_is_said_until_another_page_is_opened(monkeypatch):
    at = page_over(monkeypatch, sample(), "pages/four_numbers.py", snapshot="00112233")
    assert "not in this workspace" in said(at)
    at.query_params.clear()
    assert "not in this workspace" in said(at.run())
    assert "not in this workspace" not in said(at.switch_page("pages/definitions.py").run())


def test_a_fingerprint_alone_names_its_snapshot(monkeypatch):
    of = sample()
    for asked in (
        of.manifest.fingerprint,
        of.manifest.fingerprint[:8],
        controls.snapshot_name(of.manifest),
    ):
        at = page_over(monkeypatch, of, "pages/four_numbers.py", snapshot=asked)
        assert "not in this workspace" not in said(at)
        assert not at.exception
