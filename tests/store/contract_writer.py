"""A process of its own that proposes and signs as fast as it can; prints what it was granted as JSON.

Arguments: workspace, rounds, name, side. Each round proposes one contract (the other process proposes the same ones)
and signs every version that is still open, for both sides in turn, each time under a new name.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from signed_contracts import contract

from analytics.errors import RequestError
from analytics.store.contract_log import ContractLog
from analytics.store.workspace import Workspace


def main(home, rounds, name):
    log = ContractLog(Workspace(Path(home)))
    granted = []
    for turn in range(int(rounds)):
        try:
            made = log.propose(contract(2 + turn % 5), name, "", f"{turn}")
            granted.append(["proposed", made.hash, "", name])
        except RequestError:
            pass
        for version in log.versions():
            if version.state != "proposed":
                continue
            for side in ("marketing", "sales"):
                by = f"{name} {turn} {side}"
                try:
                    log.sign(version.hash, side, by, "", "f" * 64, {"turn": turn})
                    granted.append(["signed", version.hash, side, by])
                except RequestError:
                    pass
    print(json.dumps(granted))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
