"""Writes the exports of a story: ``python -m data.generate --story NAME|all --seed N --leads N --out DIR``.

The same story, seed and number of leads give the same bytes on every run. Leads are made in chunks, so memory does
not grow with their number.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from data.defects import Looks, add_warts, break_plumbing, clean_looks, repeat_contacts
from data.exports import FOOTER, LEAD_COLUMNS, PLAIN_COLUMNS, lead_table, spend_table, touch_table, write_rows
from data.journeys import Leads, draw_setting, plan_leads
from data.stories import BY_NAME, Story, story_index
from data.touches import Touches, plan_touches
from data.truth import Tally, earliest

FOLDER = Path(__file__).parent
SAMPLE_STORY, SAMPLE_SEED = "slow_follow_up", 7
CHUNK = 200_000  # leads; a chunk has its own stream of random numbers
SPEND_STREAM = 1_000_000


def generate(
    story: str,
    seed: int,
    leads: int | None,
    out: Path | str,
    *,
    footers: bool = True,
    warts: bool = True,
    plain: bool = False,
) -> dict[str, Any]:
    """Writes leads.csv, touches.csv, spend.csv and truth.json into ``out`` and returns the truth.

    ``leads`` of None is the story's own size, and no story grows beyond its cap. ``plain`` writes the 20 columns of
    the benchmarks, without footer and warts.
    """
    told = BY_NAME[story]
    total = min(leads or told.leads, told.leads_cap or leads or told.leads)
    columns = PLAIN_COLUMNS if plain else tuple(LEAD_COLUMNS)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    with (folder / "leads.csv").open("wb") as lead_file, (folder / "touches.csv").open("wb") as touch_file:
        for part, looks, touches in _chunks(told, seed, total, tally, warts=warts and not plain):
            header = not tally.whole
            write_rows(lead_table(part, looks, earliest(touches, part), columns), lead_file, header=header)
            write_rows(touch_table(part, touches, tally.whole["touches"]), touch_file, header=header)
            tally.add(part, touches, looks)
        if footers and not plain:
            lead_file.write(FOOTER.encode())
    with (folder / "spend.csv").open("wb") as spend_file:
        rng = np.random.default_rng([seed, story_index(story), SPEND_STREAM])
        write_rows(spend_table(rng, tally.spend_leads), spend_file, header=True)
    truth = _truth(told, seed, tally)
    (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8", newline="\n")
    return truth


def _chunks(
    story: Story, seed: int, total: int, tally: Tally, *, warts: bool
) -> Iterator[tuple[Leads, Looks, Touches]]:
    """The leads in order of arrival, each chunk from its own stream; counts the planted defects."""
    setting = draw_setting(story, np.random.default_rng([seed, story_index(story.name)]), total)
    for place, start in enumerate(range(0, total, CHUNK)):
        rng = np.random.default_rng([seed, story_index(story.name), place + 1])
        leads = plan_leads(setting, rng, np.arange(start, min(start + CHUNK, total)))
        touches = plan_touches(story, rng, leads)
        looks = clean_looks(len(leads))
        if story.opening_stamp_share:
            touches = break_plumbing(story, rng, leads, touches, tally.planted)
        if warts:
            touches = add_warts(rng, leads, touches, looks, tally.planted)
        if warts or story.opening_stamp_share:
            tally.planted["repeat_contacts"] += repeat_contacts(story.repeat_contact_share, rng, leads, looks)
        yield leads, looks, touches


def _truth(story: Story, seed: int, tally: Tally) -> dict[str, Any]:
    """Everything that truth.json says."""
    return {
        "story": story.sentence,
        "name": story.name,
        "verdict": story.verdict,
        "seed": seed,
        "as_of": "2026-09-30 18:00:00",
        "zone": "America/New_York",
        "whole_file": {name: int(count) for name, count in tally.whole.items()},
        "default_cohort": tally.cohort_truth(),
        "planted": {name: int(count) for name, count in tally.planted.items()},
    }


def write_sample(folder: Path = FOLDER / "sample") -> dict[str, Any]:
    """Writes the export that the dashboard opens with."""
    return generate(SAMPLE_STORY, SAMPLE_SEED, None, folder)


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m data.generate", description="Writes invented lead exports."
    )
    parser.add_argument("--story", default="all", choices=["all", *BY_NAME], help="which story; default: all")
    parser.add_argument("--seed", type=int, default=SAMPLE_SEED, help="a whole number; default: 7")
    parser.add_argument(
        "--leads", type=int, help="how many leads; default: the story's own size, 6,000 or 28"
    )
    parser.add_argument(
        "--out", type=Path, default=FOLDER / "generated", help="a folder per story is made in here"
    )
    parser.add_argument(
        "--plain", action="store_true", help="20 columns, no warts, no footer: for benchmarks"
    )
    parser.add_argument("--no-footers", action="store_true", help="leave out the lines after the data")
    parser.add_argument("--no-warts", action="store_true", help="leave out the warts that every story has")
    parser.add_argument("--sample", action="store_true", help="rewrite the bundled sample and nothing else")
    chosen = parser.parse_args(arguments)
    if chosen.sample:
        _report(write_sample())
        return
    for name in BY_NAME if chosen.story == "all" else [chosen.story]:
        flags = {"footers": not chosen.no_footers, "warts": not chosen.no_warts, "plain": chosen.plain}
        _report(generate(name, chosen.seed, chosen.leads, chosen.out / name, **flags))


def _report(truth: dict[str, Any]) -> None:
    """One line about what was written."""
    counts = truth["whole_file"]
    print(
        f"{truth['name']}: {counts['leads']:,} leads, {counts['touches']:,} touches, verdict {truth['verdict']}"
    )


if __name__ == "__main__":
    main()
