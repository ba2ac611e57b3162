"""The doorkeeper: unknown hosts and origins are refused, and every answer carries the security headers."""

from __future__ import annotations

import contextlib

import pytest

from pages.ui import browser_files, server
from pages.ui.chart import evidence_key
from pages.ui.markup import escaped
from pages.ui.security import Doorkeeper, content_policy, inline_script_hashes

HOSTS = frozenset({"localhost", "127.0.0.1"})


async def inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(kind: str = "http", path: str = "/", **headers: str) -> list[dict]:
    sent: list[dict] = []

    async def receive():
        return {"type": "websocket.connect" if kind == "websocket" else "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    scope = {
        "type": kind,
        "path": path,
        "method": "GET",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    with contextlib.suppress(StopIteration):  # nothing here waits, so no event loop is needed
        Doorkeeper(inner, HOSTS)(scope, receive, send).send(None)
    return sent


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "LOCALHOST"])
def test_known_hosts_are_served(host):
    assert ask(host=host)[0]["status"] == 200


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "localhost:8501@evil.example", "[::1", "192.0.2.1"]
)
def test_unknown_hosts_are_refused(host):
    assert ask(host=host)[0]["status"] == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:9999", "http://localhost:8501.evil.example"]
)
def test_other_origins_are_refused_before_the_app_sees_them(origin):
    assert ask(host="localhost:8501", origin=origin)[0]["status"] == 403
    assert ask("websocket", host="localhost:8501", origin=origin) == [
        {"type": "websocket.close", "code": 1008}
    ]


def test_the_own_origin_is_served():
    assert ask(host="localhost:8501", origin="http://localhost:8501")[0]["status"] == 200


def test_headers_forbid_foreign_content():
    headers = dict(ask(host="localhost:8501")[0]["headers"])
    policy = headers[b"content-security-policy"].decode()
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'sha256-" in policy
    assert "blob:" not in policy.split("script-src")[1].split(";")[0]
    assert "frame-ancestors 'none'" in policy
    assert "connect-src 'self' ws://localhost:8501 wss://localhost:8501" in policy
    assert headers[b"x-content-type-options"] == b"nosniff"


def test_only_the_library_is_cached_for_a_year():
    library = dict(ask(host="localhost", path=browser_files.LIBRARY_URL.split("?")[0])[0]["headers"])
    assert b"immutable" in library[b"cache-control"]
    assert b"cache-control" not in dict(ask(host="localhost")[0]["headers"])


def test_the_inline_script_of_the_installed_skeleton_is_known():
    assert len(inline_script_hashes()) == 1
    assert content_policy("localhost").count("sha256-") == 1


def test_the_server_refuses_to_start_with_other_options():
    with pytest.raises(SystemExit, match=r"browser\.gatherUsageStats is .*, must be 'never'"):
        server.refuse_other_options({"browser": {"gatherUsageStats": "never"}})


def test_a_taken_port_is_said_with_a_free_one():
    taken = server.bound_socket("127.0.0.1", 0)
    taken.listen()
    with taken, pytest.raises(SystemExit, match=r"Start with --port \d+"):
        server.bound_socket("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    "value",
    [None, 3, ["settled"], "", "x y", "../etc", "settled:", "settled:1e3", "a" * 60, "touches:" + "9" * 16],
)
def test_what_a_browser_sends_is_no_key_unless_it_looks_like_one(value):
    assert evidence_key(value) is None


@pytest.mark.parametrize("value", ["settled", "touches:3", "band_won:-1", "week_settled:20514"])
def test_keys_are_recognised(value):
    assert evidence_key(value) == value


def test_markup_shows_text_literally():
    assert escaped('<b a="1">&\u202e\x00') == "&lt;b a=&quot;1&quot;&gt;&amp;"
