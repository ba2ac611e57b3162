"""The snapshot and the read-out as plain text for a terminal: the same sentences as on the screen."""

from __future__ import annotations

from analytics import formatting, wording
from analytics.acceptance import Acceptance
from analytics.plumbing.audit_words import light
from analytics.readout import Readout
from analytics.results import Unmeasurable
from analytics.score_bands import ScoreBand, ScoreBands
from analytics.so_far import SoFar, SoFarRow
from analytics.speed_to_lead import ClockReading, SpeedToLead
from analytics.store.manifest import Manifest
from analytics.verdict import Judgement


def snapshot_text(manifest: Manifest) -> str:
    """Fingerprint first, then what was read and what became of every row."""
    files = "; ".join(
        f"{file.name} ({file.role}, {formatting.count(file.rows_read)} rows)" for file in manifest.files
    )
    return "\n".join(
        (
            manifest.fingerprint,
            f"files: {files}",
            (
                f"rows read {formatting.count(manifest.rows_read)} = leads {formatting.count(manifest.leads)} "
                f"+ duplicates {formatting.count(manifest.duplicates)} + rejected {formatting.count(manifest.rejected)} "
                f"+ footers {formatting.count(manifest.footers)}"
            ),
            (
                f"extracted {formatting.moment(manifest.as_of)} UTC ({manifest.as_of_source}); "
                f"clock starts at: {manifest.clock_starts_at}; zone {manifest.zone}"
            ),
        )
    )


def readout_text(manifest: Manifest, readout: Readout) -> str:
    """The four numbers, one sentence each, with the table of what has happened so far below."""
    parts = [snapshot_text(manifest), wording.cohort(readout.cohort), wording.maturity(readout.cohort), ""]
    if readout.cohort.without_clock:
        parts.insert(
            3,
            f"{formatting.count(readout.cohort.without_clock)} leads have no clock start and stand outside every cohort.",
        )
    number = readout.acceptance
    parts += [
        "Acceptance rate",
        _absent(number) if isinstance(number, Unmeasurable) else wording.acceptance(number),
        *_twin_absent(number),
        "",
    ]
    speed = readout.speed
    parts += ["Speed to lead", _absent(speed) if isinstance(speed, Unmeasurable) else _speed(speed), ""]
    working = readout.working_rate
    parts += [
        "Working rate",
        _absent(working) if isinstance(working, Unmeasurable) else wording.working_rate(working),
        "",
    ]
    parts += ["Conversion by score band", wording.score_bands(readout.score_bands)]
    parts += [
        f"  {band.label:>12}  leads {formatting.count(band.leads):>9}  {_outcome(readout.score_bands, band)}"
        for band in readout.score_bands.bands
    ]
    parts += ["", "Decisions and outcomes so far", wording.so_far(readout.so_far)]
    parts += [_group(row, readout.so_far) for row in readout.so_far.rows[:25]]
    return "\n".join(parts)


def verdict_text(judgement: Judgement) -> str:
    """The problem in one sentence, what it stands on, what speaks against it, and the plumbing light."""
    found = judgement.verdict
    lines = ["", "The problem in one sentence", found.sentence]
    lines += [f"  stands on: {one.label}: {one.words}" for one in found.evidence]
    lines += [f"  against it: {one.label}: {one.words}" for one in found.against]
    lines += [f"  also: {one.sentence}" for one in found.others]
    return "\n".join([*lines, f"  {found.would_change}", light(judgement.audit)])


def _group(row: SoFarRow, so_far: SoFar) -> str:
    """One line of the table; what no column of the export can say is left out."""
    line = f"  {(row.value if row.value is not None else 'not given')[:30]:>30}  leads {formatting.count(row.leads):>9}"
    if so_far.has_decisions:
        line += f"  accepted {formatting.count(row.accepted):>8}"
    if so_far.has_decisions and so_far.has_rejections:
        line += f"  rejected {formatting.count(row.rejected):>8}"
    return f"{line}  won {formatting.count(row.won):>7}" if so_far.has_outcomes else line


def _absent(number: Unmeasurable) -> str:
    return f"cannot be measured from this export. {number.why} {wording.missing_column(number)}"


def _twin_absent(number: Acceptance | Unmeasurable) -> tuple[str, ...]:
    """Why accepted of decided cannot be measured where the acceptance rate can; nothing where both can or neither."""
    twin = None if isinstance(number, Unmeasurable) else number.twin_unmeasurable
    return (f"Accepted of decided {_absent(twin)}",) if twin else ()


def _outcome(bands: ScoreBands, band: ScoreBand) -> str:
    """Wins of a band; opportunities where the export does not know wins."""
    if bands.has_wins:
        return f"won {formatting.rate_with_interval(band.won)}"
    known = formatting.rate_with_interval(band.opportunity) if bands.has_opportunities else "not known"
    return f"opportunity {known}"


def _speed(speed: SpeedToLead) -> str:
    lines = [wording.speed(speed)]
    lines += [_clock(reading) for reading in (speed.working, speed.wall)]
    if speed.touched_before_handoff:
        lines.append(
            f"{formatting.count(speed.touched_before_handoff)} leads were touched only before handoff and are not timed."
        )
    return "\n".join(lines)


def _clock(reading: ClockReading) -> str:
    day = reading.mark_seconds["1d"]
    quantiles = ", ".join(
        f"{name} {formatting.duration(value, day)}"
        for name, value in (
            ("median", reading.median),
            ("P75", reading.p75),
            ("P90", reading.p90),
            ("P95", reading.p95),
            ("P99", reading.p99),
        )
    )
    return f"  {reading.clock} clock: {quantiles}; touched leads only, as CRMs report: {formatting.duration(reading.touched_only_median, day)}"
