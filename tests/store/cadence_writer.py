"""A process that forks writers and kills each with SIGKILL in the middle of its writing; prints what was acknowledged.

Arguments: workspace, kills, seed. A writer sends the hash of every entry through a pipe once the log has returned it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from analytics.store.cadence_log import CadenceLog, NewLine
from analytics.store.workspace import Workspace


def write(home, turn, pipe):
    log = CadenceLog(Workspace(Path(home)))
    for number in range(10_000):
        body = {"turn": turn, "number": number, "filler": "x" * (number % 7 * 500)}
        entry = log.add(lambda _, body=body: NewLine("killed", f"writer-{turn}", body))
        os.write(pipe, f"{entry.hash}\n".encode())


def main(home, kills, seed):
    chance = random.Random(int(seed))
    CadenceLog(Workspace(Path(home))).close()
    acknowledged = []
    for turn in range(int(kills)):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            try:
                write(home, turn, writing)
            finally:
                os._exit(3)
        os.close(writing)
        first = os.read(reading, 65)  # it has begun to write
        time.sleep(chance.uniform(0.0, 0.05))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"the writer ended by itself with status {status}.")
        rest = b""
        while part := os.read(reading, 65536):
            rest += part
        os.close(reading)
        lines = (first + rest).decode().split("\n")
        acknowledged += [line for line in lines if len(line) == 64]
    print(json.dumps(acknowledged))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
