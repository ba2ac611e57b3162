"""Refuses requests from unknown hosts and origins before anything else sees them, and sets the security headers."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.ui import browser_files

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_YEAR = 31_536_000
_LIBRARY_PATH = urlsplit(browser_files.LIBRARY_URL).path


def inline_script_hashes() -> tuple[str, ...]:
    """The hashes of the inline scripts of the installed page skeleton, as a policy names them."""
    skeleton = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(skeleton)
    )


def content_policy(host: str) -> str:
    """The content security policy for a page served from ``host``: own origin only, no inline or evaluated script."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(inline_script_hashes())}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' ws://{host} wss://{host}",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Doorkeeper:
    """ASGI middleware: only the names in ``hosts`` are served, and only to pages of the same origin."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts
        self._policies: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on and add the headers."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_known(host) or not _is_same_origin(headers.get("origin"), host):
            await _refuse(scope, receive, send)
            return
        policy = (
            self._policies.setdefault(host, content_policy(host))
            if len(self._policies) < 16
            else content_policy(host)
        )

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), policy, scope["path"], message["status"])
            await send(message)

        await self.app(scope, receive, guarded)

    def _is_known(self, host: str) -> bool:
        try:
            return urlsplit(f"//{host}").hostname in self.hosts
        except ValueError:
            return False


def _is_same_origin(origin: str | None, host: str) -> bool:
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse("This host or origin is not served here.", status_code=403)(scope, receive, send)


def _add_headers(headers: MutableHeaders, policy: str, path: str, status: int) -> None:
    headers["Content-Security-Policy"] = policy
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    if path == _LIBRARY_PATH and status == 200:
        headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
