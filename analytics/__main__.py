"""The command line: import, readout, sla and report, the same code as the dashboard without a screen."""

from __future__ import annotations

import argparse
import functools
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from analytics.cohort import CohortRequest, open_cohort
from analytics.compliance import measure_compliance
from analytics.contract import Contract, default_contract, load_contract, zone_info
from analytics.errors import (
    CancelledError,
    FileRefusedError,
    HandoffError,
    RequestError,
    WorkspaceError,
    nearest,
)
from analytics.importing.choices import Choices, Join
from analytics.importing.pipeline import SourceFile, import_files
from analytics.importing.stamps import YEARS, read_moment
from analytics.readout import build_readout
from analytics.report import build_report
from analytics.report_json import readout_json, snapshot_json
from analytics.report_page import report_html, report_pdf
from analytics.report_sla import sla_json, sla_text
from analytics.report_text import readout_text, snapshot_text, verdict_text
from analytics.report_views import views_json
from analytics.schema import ALL_FIELD_NAMES, Role
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace
from analytics.verdict import measure_judgement
from analytics.warehouse import Warehouse

ENVIRONMENT, WRONG_REQUEST, FILE_REFUSED = 1, 2, 3
SHOWN_NOTICES = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 the environment is in the way, 2 wrong request, 3 file refused."""
    parser = _parser()
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Unicode still gets every word
    try:
        code = _COMMANDS[options.command](options)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left, such as head
        return 0
    except FileRefusedError as error:
        print(f"{error}", file=sys.stderr)
        return FILE_REFUSED
    except (RequestError, CancelledError) as error:
        print(f"{error}", file=sys.stderr)
        return WRONG_REQUEST
    except HandoffError as error:
        print(f"{error}", file=sys.stderr)
        return ENVIRONMENT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analytics",
        description="Handoff without a screen: import lead exports and read the four numbers.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    importer = commands.add_parser(
        "import", help="import files as an immutable snapshot and print its fingerprint"
    )
    readout = commands.add_parser("readout", help="the four numbers of files or of a stored snapshot")
    sla = commands.add_parser("sla", help="did both sides keep the contract, and by which leads not")
    report = commands.add_parser("report", help="the whole read-out as one HTML file, or as PDF")
    for command in (importer, readout, sla, report):
        _import_options(command)
    for command in (readout, sla, report):
        _cohort_options(command)
    report.add_argument("--out", required=True, metavar="F", help="readout.html or readout.pdf")
    readout.add_argument(
        "--by",
        default="source",
        metavar="FIELD",
        help="group decisions and outcomes so far by this field, or by month",
    )
    return parser


def _cohort_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--from", dest="starts", metavar="D", help="first day of handoff, YYYY-MM-DD")
    command.add_argument("--to", dest="ends", metavar="D", help="day after the last day of handoff")
    command.add_argument("--all", dest="whole", action="store_true", help="the whole file")
    command.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="only leads with this value; repeat a field for either value, an empty value for unknown",
    )
    command.add_argument("--contract", metavar="F", help="contract file (TOML); default: the shipped one")


def _import_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "files", nargs="*", metavar="FILE", help="CSV, XLSX or Parquet files; for readout also a fingerprint"
    )
    command.add_argument(
        "--file",
        action="append",
        default=[],
        metavar="ROLE=PATH",
        help="a file with its role: leads, opportunities, touches, spend",
    )
    command.add_argument(
        "--preset",
        metavar="P",
        help="salesforce, hubspot, marketo, dynamics365, pipedrive, zoho, generic; default: guessed",
    )
    command.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="[ROLE.]FIELD=HEADER",
        help="bring a field from this column; an empty header leaves the field out",
    )
    command.add_argument(
        "--values",
        action="append",
        default=[],
        metavar="FIELD:TEXT=CODE,…",
        help="codes of the CRM's words, such as disposition:TRUE=accepted,FALSE=rejected",
    )
    command.add_argument(
        "--join",
        action="append",
        default=[],
        metavar="leads.HEADER=ROLE.HEADER",
        help="how another file finds its lead",
    )
    command.add_argument(
        "--date-order",
        choices=("dmy", "mdy"),
        help="answers for columns whose order of day and month cannot be told",
    )
    command.add_argument(
        "--zone", default=None, metavar="Z", help="zone of stamps without offset; default UTC"
    )
    command.add_argument(
        "--as-of", metavar="T", help="extract time, ISO; read in the zone when it has no offset"
    )
    command.add_argument(
        "--sheet", action="append", default=[], metavar="[FILE=]SHEET", help="sheet of a workbook"
    )
    command.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="HEADER",
        help="keep a further column although it looks personal or is free text",
    )
    command.add_argument(
        "--keep-personal-data",
        action="store_true",
        help="keep names, e-mail addresses and phone numbers readable",
    )
    command.add_argument(
        "--accept-rejects",
        action="store_true",
        help="go on although more than 5 %% of the rows cannot be read",
    )
    command.add_argument("--json", action="store_true", help="print JSON")


def _import(options: argparse.Namespace) -> int:
    manifest = _import_now(options, Workspace.default())
    if options.json:
        print(json.dumps({"snapshot": snapshot_json(manifest)}, ensure_ascii=False, indent=1))
    else:
        print(snapshot_text(manifest))
    return 0


def _import_now(options: argparse.Namespace, workspace: Workspace) -> Manifest:
    files, choices = _files_and_choices(options)
    known = {snapshot.fingerprint for snapshot in workspace.snapshots()}
    manifest = import_files(workspace, files, choices)
    for notice in manifest.notices[:SHOWN_NOTICES]:
        print(f"note: {notice.sentence}", file=sys.stderr)
    if len(manifest.notices) > SHOWN_NOTICES:
        print(f"note: and {len(manifest.notices) - SHOWN_NOTICES} more, in the manifest.", file=sys.stderr)
    if manifest.fingerprint in known:
        print(
            "note: the same files with the same mapping were imported before; nothing is stored twice.",
            file=sys.stderr,
        )
    return manifest


def _readout(options: argparse.Namespace) -> int:
    manifest, contract, request, warehouse = _asked(options)
    readout = build_readout(warehouse, manifest, contract, request, options.by)
    cohort = open_cohort(warehouse, manifest, contract, request)
    if options.json:
        views = views_json(warehouse, cohort)
        print(json.dumps(readout_json(manifest, readout) | views, ensure_ascii=False, indent=1))
    else:
        print(readout_text(manifest, readout))
        print(verdict_text(measure_judgement(warehouse, cohort)))
    return 0


def _sla(options: argparse.Namespace) -> int:
    manifest, contract, request, warehouse = _asked(options)
    cohort = open_cohort(warehouse, manifest, contract, request)
    found = measure_compliance(warehouse, cohort)
    if options.json:
        print(json.dumps(sla_json(warehouse, cohort, found), ensure_ascii=False, indent=1))
    else:
        print(sla_text(found))
    return 0


def _report(options: argparse.Namespace) -> int:
    """Write the read-out as a file; nothing is left behind where it could not be written whole."""
    target = Path(options.out)
    if target.suffix.lower() not in (".html", ".pdf"):
        raise RequestError(f"--out {options.out[:200]!r}: write a name that ends in .html or .pdf.")
    manifest, contract, request, warehouse = _asked(options)
    cohort = open_cohort(warehouse, manifest, contract, request)

    @functools.cache
    def ask(measure: Callable[..., object], *further: object) -> object:
        return measure(warehouse, cohort, *further)

    readout = build_readout(warehouse, manifest, contract, request)
    name = Path(options.contract).name if options.contract else "defaults"
    report = build_report(ask, readout, manifest, contract, request, name)
    made = report_pdf(report) if target.suffix.lower() == ".pdf" else report_html(report).encode()
    unfinished = target.with_name(f".{target.name}.part")
    try:
        unfinished.write_bytes(made)
        unfinished.replace(target)
    except OSError as error:
        raise WorkspaceError(f"{options.out[:200]} cannot be written: {error.strerror}.") from error
    print(target)
    return 0


def _asked(options: argparse.Namespace) -> tuple[Manifest, Contract, CohortRequest, Warehouse]:
    """The snapshot, imported now or stored, the contract, and the cohort that a command asks for."""
    if options.whole and (options.starts or options.ends):
        raise RequestError("--all takes the whole file; leave --from and --to out.")
    period = _day(options.starts, "--from"), _day(options.ends, "--to")
    filters = _filters(options.where)
    workspace = Workspace.default()
    contract: Contract = load_contract(Path(options.contract)) if options.contract else default_contract()
    stored = _stored_fingerprint(options)
    if stored:
        _refuse_import_flags(options)
        manifest = workspace.manifest(stored)
    else:
        manifest = _import_now(options, workspace)
    request = CohortRequest(manifest.fingerprint, *period, options.whole, filters)
    return manifest, contract, request, Warehouse(workspace.snapshots_root, milliseconds=600_000)


def _stored_fingerprint(options: argparse.Namespace) -> str | None:
    """A single argument of hex digits that is no file names a stored snapshot."""
    if len(options.files) != 1 or options.file:
        return None
    text: str = options.files[0]
    is_hex = 8 <= len(text) <= 64 and all(character in "0123456789abcdef" for character in text)
    return text if is_hex and not Path(text).exists() else None


def _refuse_import_flags(options: argparse.Namespace) -> None:
    given = [
        flag for flag, value in (("--as-of", options.as_of), ("--map", options.map), ("--values", options.values),
                                 ("--join", options.join), ("--zone", options.zone), ("--preset", options.preset),
                                 ("--date-order", options.date_order), ("--keep-personal-data", options.keep_personal_data),
                                 ("--keep", options.keep), ("--sheet", options.sheet),
                                 ("--accept-rejects", options.accept_rejects))
        if value not in (None, False, [])
    ]  # fmt: skip
    if given:
        raise RequestError(
            f"{given[0]} belongs to an import; a stored snapshot is fixed. Import the files again with it."
        )


def _files_and_choices(options: argparse.Namespace) -> tuple[list[SourceFile], Choices]:
    files = [_source(text) for text in options.files]
    choices = Choices(
        zone="UTC" if options.zone is None else options.zone, date_order=options.date_order, keep_personal=options.keep_personal_data,
        accept_rejects=options.accept_rejects, preset=options.preset, keep=frozenset(options.keep),
    )  # fmt: skip
    for text in options.file:
        role, path = _split(text, "--file", "ROLE=PATH")
        choices.roles[len(files)] = _role(role)
        files.append(_source(path))
    zone = zone_info(choices.zone)
    if options.as_of is not None:
        choices.as_of = _extract_time(options.as_of, zone)
    for text in options.map:
        target, header = _split(text, "--map", "[ROLE.]FIELD=HEADER")
        role_text, dot, name = target.rpartition(".")
        choices.fields[(_role(role_text) if dot else None, name)] = header or None
    for text in options.values:
        name, _, pairs = text.partition(":")
        if name not in ALL_FIELD_NAMES or not pairs:
            raise RequestError(f"--values {text!r}: write FIELD:TEXT=CODE,…{nearest(name, ALL_FIELD_NAMES)}")
        choices.values.setdefault(name, {}).update(
            dict(_split(pair, "--values", "TEXT=CODE") for pair in pairs.split(","))
        )
    choices.joins = [_join(text) for text in options.join]
    for text in options.sheet:
        _sheet(text, files, choices)
    return files, choices


def _extract_time(text: str, zone: ZoneInfo) -> datetime:
    """The moment of ``--as-of``, as naive UTC, inside the years that stamps may have."""
    try:
        moment = read_moment(text, zone)
    except (ValueError, OverflowError) as error:
        raise RequestError(
            f"--as-of {text!r} is no ISO date or time, such as 2026-09-30 or 2026-09-30T18:00."
        ) from error
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise RequestError(f"--as-of {text!r} lies outside the years {YEARS[0]} to {YEARS[1]}.")
    return moment


def _source(text: str) -> SourceFile:
    path = Path(text)
    try:
        is_file = path.is_file()
    except (OSError, ValueError) as error:  # a folder nobody may look into, a name too long
        raise RequestError(
            f"The file {text[:60]!r} cannot be reached: {getattr(error, 'strerror', error)}."
        ) from error
    if not is_file:
        raise RequestError(f"There is no file {text[:200]!r}.")
    return SourceFile(path, path.name)


def _split(text: str, flag: str, form: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not sign or not left:
        raise RequestError(f"{flag} {text!r}: write {form}.")
    return left.strip(), right.strip()


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise RequestError(
            f"'{text}' is no role{nearest(text, list(Role))} Roles: {', '.join(Role)}."
        ) from None


def _join(text: str) -> Join:
    left, right = _split(text, "--join", "leads.HEADER=ROLE.HEADER")
    ends = []
    for end in (left, right):
        role, dot, header = end.partition(".")
        if not dot:
            raise RequestError(f"--join {text!r}: write leads.HEADER=ROLE.HEADER.")
        ends.append((_role(role), header))
    return Join(ends[0][0], ends[0][1], ends[1][0], ends[1][1])


def _sheet(text: str, files: list[SourceFile], choices: Choices) -> None:
    name, sign, sheet = text.partition("=")
    if not sign:
        choices.sheets |= dict.fromkeys(range(len(files)), text)
        return
    index = next((i for i, source in enumerate(files) if source.name == Path(name).name), None)
    if index is None:
        raise RequestError(f"--sheet {text!r}: there is no file {name!r}.")
    choices.sheets[index] = sheet


def _day(text: str | None, flag: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RequestError(f"{flag} {text!r} is no day; write YYYY-MM-DD.") from error


def _filters(texts: list[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for text in texts:
        name, value = _split(text, "--where", "FIELD=VALUE")
        found.setdefault(name, []).append(value)
    return tuple((name, tuple(values)) for name, values in found.items())


_COMMANDS = {"import": _import, "readout": _readout, "sla": _sla, "report": _report}


if __name__ == "__main__":
    sys.exit(main())
