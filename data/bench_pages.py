"""How long a page takes: warm runs on the server, and from a key on the threshold slider to the painted figure.

``python -m data.bench_pages [--leads N] [--few N] [--folder DIR]`` imports two generated files, a large and a small one,
serves each, and drives a real Chromium. Figures are milliseconds of this machine and their ratio in this one run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analytics.importing.choices import Choices
from analytics.importing.pipeline import SourceFile, import_files
from analytics.importing.reading.limits import ReadLimits
from analytics.store.workspace import Workspace
from data.bench import ZONE, make_files

ROOT = Path(__file__).parents[1]
PAGES = (
    "four_numbers",
    "funnel",
    "speed_to_lead",
    "score_bands",
    "rejections",
    "segments",
    "plumbing",
    "contract",
)
SLIDER = "score_bands?period=Whole+file&look=What+if"
RUNS, KEYS = 15, 20
WATCH = """() => {
    const box = document.querySelector('.st-key-figures .handoff-chart') ?? document.querySelector('.handoff-chart');
    window.painted = 0;
    document.addEventListener('keydown', () => { window.pressed = performance.now(); }, true);
    box.on('plotly_afterplot', () => requestAnimationFrame(() => { window.painted = performance.now(); }));
}"""


def prepare(home: Path, leads: int) -> None:
    """One generated export, imported into a workspace of its own; the files are gone afterwards."""
    files = make_files(home / "files", leads, leads * 3)
    sources = [SourceFile(files[0], "leads.csv"), SourceFile(files[1], "touches.csv")]
    import_files(Workspace(home), sources, Choices(zone=ZONE), limits=ReadLimits(upload_mb=20_000))
    shutil.rmtree(home / "files")


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The dashboard over one workspace."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "pages.ui.server", "--no-browser", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "HANDOFF_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://localhost:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def pace() -> float:
    """Milliseconds of a plain loop, the median of several: how much of a core this machine gives at the moment."""
    taken = []
    for _ in range(RUNS):
        start, total = time.perf_counter(), 0
        for number in range(1_000_000):
            total += number
        taken.append(1_000 * (time.perf_counter() - start))
    return statistics.median(taken)


def warm_runs(home: Path) -> dict[str, float]:
    """Milliseconds of a page run on the server, everything asked for once before; the median of several."""
    script = (
        "import gc, statistics, sys, time\n"
        "import pages.ui.search_answer\n"
        "gc.collect(); gc.freeze()\n"  # as the server does when it starts
        "from streamlit.testing.v1 import AppTest\n"
        "for page in sys.argv[1:]:\n"
        "    at = AppTest.from_file('app.py', default_timeout=600)\n"
        "    at.query_params['period'] = 'Whole file'\n"
        "    at.run()\n"
        "    at.switch_page(f'pages/{page}.py').run()\n"
        "    assert not at.exception, page\n"
        "    runs = []\n"
        f"    for _ in range({RUNS}):\n"
        "        start = time.perf_counter(); at.run(); runs.append(time.perf_counter() - start)\n"
        "    print(page, statistics.median(runs) * 1000)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *PAGES],
        cwd=ROOT, env={**os.environ, "HANDOFF_HOME": str(home)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = (line.split() for line in done.stdout.splitlines())
    return {parts[0]: float(parts[1]) for parts in found if len(parts) == 2 and parts[0] in PAGES}


def slider(url: str) -> float:
    """Milliseconds from an arrow key on the slider to the painted figure, the median of several."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport={"width": 1280, "height": 720}, bypass_csp=True
        )  # to watch for the paint
        page.set_default_timeout(600_000)
        page.goto(f"{url}/{SLIDER}")
        page.wait_for_selector(".handoff-chart[data-drawn]")
        page.wait_for_selector(".stSlider")
        page.wait_for_timeout(2_000)
        page.evaluate(WATCH)
        page.locator(".st-key-line input[type=range]").focus()
        waits = []
        for number in range(KEYS + 3):
            before = page.evaluate("window.painted")
            page.keyboard.press("ArrowRight")
            page.wait_for_function(f"window.painted > {before} && window.painted > window.pressed")
            if number >= 3:  # the first presses warm the browser
                waits.append(float(page.evaluate("window.painted - window.pressed")))
            page.wait_for_timeout(250)
        browser.close()
    return statistics.median(waits)


def main() -> None:
    """Measure both workspaces and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    print(f"a loop of a million additions takes {pace():.0f} ms here (about 45 on an idle core)")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        painted = {}
        for leads in (options.few, options.leads):
            home = Path(name) / f"n{leads}"
            prepare(home, leads)
            for page, milliseconds in warm_runs(home).items():
                print(f"{leads:>11,} leads, {page}: warm page run {milliseconds:.0f} ms (under 150)")
            if shutil.which("chromium"):
                with served(home) as url:
                    painted[leads] = slider(url)
                print(f"{leads:>11,} leads: slider key to paint {painted[leads]:.0f} ms (under 150)")
        if painted:
            ratio = painted[options.leads] / painted[options.few]
            print(f"slider with many leads: {ratio:.2f} times the same page with few (at most 1.3)")


if __name__ == "__main__":
    main()
