"""A printable page as PDF, made by the machine's own Chromium in a child process; nobody else starts a browser."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import zlib
from pathlib import Path

from analytics.errors import WorkspaceError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SECONDS = 60
_INSTEAD = "Open the page in a browser and print it, or save it as PDF from there."
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no name is found, so nothing is fetched
    "--proxy-server=127.0.0.1:9",  # nor by address: everything goes to a proxy that is not there,
    "--proxy-bypass-list=<-loopback>",  # this machine's own addresses too
    "--no-pdf-header-footer",
)
_PREFERENCES = '{"profile":{"default_content_setting_values":{"javascript":2}}}'
"""Settings of the profile: scripts of pages are blocked (turned off as a whole, Chromium could not print)."""
_ONE_AT_A_TIME = threading.Lock()
_STREAM = re.compile(rb"<<((?:(?!endobj).)*?)>>\s*stream\r?\n(.*?)endstream", re.DOTALL)
_TEXT = re.compile(rb"\((?:\\.|[^\\()])*\)", re.DOTALL)
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")


def has_browser() -> bool:
    """Whether this machine has a browser that ``pdf_of`` can use."""
    return _browser() is not None


def pdf_of(html: str, *, runs_scripts: bool = False) -> bytes:
    """The page as PDF, in the paper size that its own style asks for.

    The browser has a profile of its own that is thrown away, no network and no scripts, unless the page draws its
    figures with its own (``runs_scripts``). One page is printed at a time; printing takes a few seconds and is stopped
    after 60.

    Raises:
        WorkspaceError: there is no browser, it failed, or it took too long; says what to do instead.
    """
    browser = _browser()
    if browser is None:
        raise WorkspaceError(f"No Chromium was found on this machine to make a PDF. {_INSTEAD}")
    with (
        _ONE_AT_A_TIME,
        tempfile.TemporaryDirectory(prefix="handoff-pdf-", ignore_cleanup_errors=True) as folder,
    ):
        page, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        try:
            page.write_text(html, "utf-8", errors="replace")
            settings = Path(folder) / "profile" / "Default" / "Preferences"
            settings.parent.mkdir(parents=True)
            settings.write_text("{}" if runs_scripts else _PREFERENCES, "utf-8")
            code = _run(_command(browser, Path(folder), page, made, runs_scripts=runs_scripts), Path(folder))
            pdf = made.read_bytes() if made.exists() else b""
        except OSError as error:
            raise WorkspaceError(f"The PDF could not be made: {error.strerror}. {_INSTEAD}") from error
    if code != 0 or not pdf.startswith(b"%PDF-"):
        raise WorkspaceError(f"The PDF could not be made: Chromium gave none. {_INSTEAD}")
    return pdf


def pages_of(pdf: bytes) -> int:
    """The number of pages of a PDF; 0 where there is none to be found.

    Page objects are counted as they stand and inside compressed object streams; texts and other streams are skipped.
    """
    found = len(_PAGE.findall(_TEXT.sub(b"", _STREAM.sub(b"", pdf))))
    for head, body in _STREAM.findall(pdf):
        if b"/ObjStm" in head:
            with contextlib.suppress(zlib.error):
                plain = zlib.decompressobj().decompress(body) if b"/FlateDecode" in head else body
                found += len(_PAGE.findall(_TEXT.sub(b"", plain)))
    return found


def _browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _command(browser: str, folder: Path, page: Path, made: Path, *, runs_scripts: bool) -> list[str]:
    # Chromium refuses to start for root with its sandbox on.
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        browser,
        *_FLAGS,
        *as_root,
        *(["--virtual-time-budget=10000"] if runs_scripts else []),  # until the figures are drawn
        f"--user-data-dir={folder / 'profile'}",
        f"--print-to-pdf={made}",
        page.as_uri(),
    ]


def _run(command: list[str], folder: Path) -> int:
    """The exit code of the child.

    Raises:
        WorkspaceError: it took longer than ``SECONDS``; it and its own children are ended.
    """
    child = subprocess.Popen(  # noqa: S603 - a browser of the machine, our own flags, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        return child.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise WorkspaceError(
            f"The PDF could not be made: Chromium was stopped after {SECONDS} seconds. {_INSTEAD}"
        ) from None
    finally:
        if child.poll() is None:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    child.wait()
