"""Runs the parsing worker in a process of its own, with limits on memory, time and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from analytics.errors import FileRefusedError
from analytics.importing.reading.limits import ReadLimits

_WORKER = Path(__file__).with_name("worker.py")
_MB = 1_000_000


def run_worker(
    request: dict[str, Any], *, staging: Path, unpacked: int, limits: ReadLimits, shown: str
) -> dict[str, Any]:
    """Return the worker's answer.

    Args:
        request: what to read; ``source`` must lie in ``staging``.
        staging: private directory for the request, the answer and the output.
        unpacked: bytes after unpacking; large files get more time.
        limits: sizes and times.
        shown: display name of the file, for messages.

    Raises:
        FileRefusedError: the worker refused the file, crashed, or took too long.
    """
    seconds = int(limits.child_seconds + unpacked / (4 * _MB))
    ask, answer = staging / "request.json", staging / "answer.json"
    full = request | {
        "answer": str(answer),
        "memory_bytes": limits.child_memory_mb * _MB,
        "cpu_seconds": seconds,
        "file_bytes": int(limits.unpacked_mb * 2 * _MB),
    }
    ask.write_text(json.dumps(full), encoding="utf-8")
    # Threads of the parsers each reserve address space, which the memory limit counts.
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "2",
        "RAYON_NUM_THREADS": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own script, no shell
            [sys.executable, "-I", str(_WORKER), str(ask)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=staging,
            env=environment,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileRefusedError(
            f"{shown}: reading was stopped after {seconds} seconds; save the leads as .csv, or export a shorter period."
        ) from None
    if done.returncode != 0 or not answer.exists():
        raise FileRefusedError(
            f"{shown}: the file is damaged or needs more memory than the limit of {limits.child_memory_mb:,} MB; upload "
            "again, or save the leads as .csv."
        )
    found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "refused" in found:
        raise FileRefusedError(f"{shown}: {found['refused']}.")
    if "damaged" in found:
        raise FileRefusedError(
            f"{shown}: the file is damaged and cannot be read; upload again, or export it anew."
        )
    return found
