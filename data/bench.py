"""The benchmarks: every figure is a ratio or a count measured in this one run, so that machines can be compared.

``python -m data.bench [--leads N] [--touches N] [--large] [--folder DIR]`` writes generated files, imports them, reads the
four numbers, and does the same with bare scans and with the baseline script.
"""

from __future__ import annotations

import argparse
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analytics.cohort import CohortRequest, leads_relation, open_cohort
from analytics.contract import default_contract
from analytics.importing.choices import Choices
from analytics.importing.pipeline import SourceFile, import_files
from analytics.importing.reading.limits import ReadLimits
from analytics.readout import build_readout
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace
from analytics.warehouse import Warehouse, literal, open_import_engine
from data.generate import generate

ZONE = "America/New_York"
SCANNED = "handoff_at, first_touch_at, prior_touch_at, accepted_at, disposition, has_opportunity, opportunity_at, outcome, closed_at, score, employees, intent, touch_count"
COUNTED = "is_settled, is_accepted, is_rejected, is_touched, working_wait, wall_wait, is_cadence_settled, cadence_touches, cadence_channels, is_engaged, score_band, is_mature, is_won_in_horizon, is_opportunity_in_horizon, limit_seconds, working_follow_up, handoff_day"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that a piece of work takes, and what it returns."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def median_seconds(work: Callable[[], Any], times: int = 5) -> float:
    """The median of several runs."""
    return statistics.median(timed(work)[0] for _ in range(times))


def make_files(folder: Path, leads: int, touches: int) -> tuple[Path, Path]:
    """Generated CSV files with 20 columns of leads, and touches cut to a number of rows."""
    generate("healthy", 7, leads, folder, footers=False, warts=False, plain=True)
    cut = folder / "touches_cut.csv"
    with (folder / "touches.csv").open("rb") as source, cut.open("wb") as target:
        for number, line in enumerate(source):
            if number > touches:
                break
            target.write(line)
    (folder / "touches.csv").unlink()
    return folder / "leads.csv", cut


def bare_copy(folder: Path, files: tuple[Path, Path]) -> None:
    """What the engine alone needs from CSV to Parquet."""
    connection = open_import_engine(folder)
    for path in files:
        connection.execute(
            f"COPY (SELECT * FROM read_csv({literal(str(path))})) TO {literal(str(path) + '.parquet')} (FORMAT parquet)"
        )
    connection.close()


def import_once(home: Path, files: tuple[Path, Path]) -> Manifest:
    """One import with the product."""
    sources = [SourceFile(files[0], "leads.csv"), SourceFile(files[1], "touches.csv")]
    return import_files(Workspace(home), sources, Choices(zone=ZONE), limits=ReadLimits(upload_mb=20_000))


def measure_million(folder: Path, leads: int, touches: int) -> None:
    """Import, shaping, counting, and the baseline, on one pair of files."""
    files = make_files(folder, leads, touches)
    print(
        f"{leads:,} leads, {touches:,} touches as CSV ({sum(p.stat().st_size for p in files) / 1e6:.0f} MB)"
    )
    bare, _ = timed(lambda: bare_copy(folder, files))
    importing, manifest = timed(lambda: import_once(folder / "home", files))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"import: {importing / bare:.2f} times a bare read_csv to Parquet (at most 3); peak memory {peak:.2f} GB (under 3)"
    )
    warehouse = Warehouse(folder / "home" / "snapshots", milliseconds=600_000)
    contract, request = default_contract(), CohortRequest(manifest.fingerprint, is_whole_file=True)
    relation = leads_relation(warehouse, manifest)
    touches_relation = warehouse.parquet(warehouse.root / manifest.fingerprint / "touches.parquet")
    scan = median_seconds(
        lambda: (
            warehouse.run(_scan(relation, SCANNED)),
            warehouse.run(_scan(touches_relation, "lead_no, touched_at, channel, is_human, touches")),
        )
    )
    shaping, cohort = timed(lambda: open_cohort(warehouse, manifest, contract, request))
    print(f"shaping the cohort: {shaping / scan:.2f} times the bare scan of its columns (at most 10)")
    scan_cohort = median_seconds(lambda: warehouse.run(_scan(cohort.table, COUNTED)))
    counting = median_seconds(lambda: _four(warehouse, cohort))
    print(
        f"four numbers from the cohort: {counting / scan_cohort:.2f} times the bare scan of its columns (at most 4)"
    )
    fresh = Warehouse(folder / "home" / "snapshots", milliseconds=600_000)
    stored, _ = timed(lambda: build_readout(fresh, manifest, contract, request))
    baseline_read, baseline_count = run_baseline(files)
    print(
        f"from CSV to the four numbers: {(baseline_read + baseline_count) / (importing + stored):.2f} times faster than pandas and lifelines (at least 5)"
    )
    print(
        f"from the stored snapshot: {baseline_count / stored:.2f} times faster than pandas and lifelines on frames in memory (at least 3)"
    )
    warm = median_seconds(lambda: build_readout(warehouse, manifest, contract, request))
    print(f"warm read-out without any page cache: {warm * 1000:.0f} ms")


def _scan(relation: str, columns: str) -> str:
    """A query that reads every value of some columns once and returns one row.

    The condition is always true; without it the engine answers from stored statistics and reads nothing.
    """
    parts = [
        f"count(*) FILTER (WHERE {name})" if name.startswith(("is_", "has_")) else f"max({name})"
        for name in map(str.strip, columns.split(","))
    ]
    return f"SELECT {', '.join(parts)} FROM {relation} WHERE lead_no % 1000003 >= 0"


def _four(warehouse: Warehouse, cohort: Any) -> None:
    from analytics.acceptance import measure_acceptance
    from analytics.score_bands import measure_score_bands
    from analytics.speed_to_lead import measure_speed
    from analytics.working_rate import measure_working_rate

    for measure in (measure_acceptance, measure_speed, measure_working_rate, measure_score_bands):
        measure(warehouse, cohort)


def run_baseline(files: tuple[Path, Path]) -> tuple[float, float]:
    """Seconds of the baseline in a process of its own: reading the files, and the four numbers from its frames."""
    script = (
        "import sys, time\nfrom pathlib import Path\nimport pandas as pd\nimport warnings\nwarnings.simplefilter('ignore')\n"
        "import lifelines\nfrom data import baseline\n"
        "start = time.perf_counter()\nleads = baseline.read_leads(Path(sys.argv[1]))\ntouches = baseline.read_touches(Path(sys.argv[2]))\n"
        "middle = time.perf_counter()\nbaseline.four_numbers(leads, touches, pd.Timestamp('2026-09-30 18:00'))\n"
        "print(middle - start, time.perf_counter() - middle)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, files)], capture_output=True, text=True, check=True
    )
    reading, counting = map(float, done.stdout.split()[-2:])
    return reading, counting


def measure_growth(folder: Path, sizes: list[int]) -> None:
    """How the cost of shaping and counting grows with the rows: the slope of log seconds over log rows."""
    points = []
    for size in sizes:
        home = folder / f"n{size}"
        files = make_files(home, size, size)
        manifest = import_once(home / "home", files)
        contract = default_contract()
        request = CohortRequest(manifest.fingerprint, is_whole_file=True)
        runs = []
        for _ in range(2 if size > 1_000_000 else 5):
            warehouse = Warehouse(home / "home" / "snapshots", milliseconds=600_000)
            start = time.perf_counter()
            build_readout(warehouse, manifest, contract, request)
            runs.append(time.perf_counter() - start)
            warehouse.close()
        seconds = min(runs)
        points.append((math.log(size), math.log(seconds)))
        print(f"{size:>12,} leads: {seconds:.3f} s from the stored snapshot to the read-out")
    mean_x, mean_y = (statistics.mean(values) for values in zip(*points, strict=True))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    print(f"growth exponent over all sizes: {slope:.2f} (at most 1.05)")


def main() -> None:
    """Run all benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--touches", type=int, default=5_000_000)
    parser.add_argument("--large", action="store_true", help="grow up to ten million leads")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        measure_million(Path(name) / "million", options.leads, options.touches)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        measure_growth(Path(name), [10_000, 100_000, 1_000_000, *([10_000_000] if options.large else [])])


if __name__ == "__main__":
    main()
