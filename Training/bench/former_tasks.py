"""What this program and that of another commit are timed at, in rounds that alternate."""

import statistics
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.networks import lacking, without_later
from bench.pictures import views
from bench.program import Program
from spae.picture_files import read

SIZE, LARGE = 128, 512
RUNS, LARGE_RUNS, STARTS = 15, 5, 5  # of one round
# The second slowest is the 99th of 100, in commits too that take the slowest of a hundred for it.
EDITS = 190
WORD = "sun"

ONE, TWO = f"encode {SIZE} px, 1 thread", f"encode {SIZE} px, 2 threads"
BIG = f"encode {LARGE} px, 2 threads"
FOLDER, STREAM = f"encode {SIZE} px, each of 40 files", f"encode {SIZE} px, each of a stream of 40"
NEAR = "words --near, user time"
KEYS, KEYS_LATE = "key to picture, median", "key to picture, 99th of 100"
RESIDENT = "explorer, resident"

Figures = dict[str, float]
Measure = Callable[[Program, list[Path]], Figures]


def encodes(program: Program, pictures: list[Path]) -> Figures:
    """Milliseconds of an encode, and of the processor for a picture among many."""
    work = {ONE: (SIZE, 1, RUNS), TWO: (SIZE, 2, RUNS), BIG: (LARGE, 2, LARGE_RUNS)}
    times = {
        name: program.figures("encode", *how)["medianMilliseconds"] for name, how in work.items()
    }
    return times | {
        FOLDER: program.folder_milliseconds(pictures),
        STREAM: program.stream_milliseconds(pictures),
    }


def everything(program: Program, pictures: list[Path]) -> Figures:
    """The same, and the start and the explorer."""
    near = statistics.median(program.neighbours_milliseconds(WORD) for _ in range(STARTS))
    explorer = program.exact_edits(EDITS)[0]
    return encodes(program, pictures) | {
        NEAR: near,
        KEYS: explorer["medianMilliseconds"],
        KEYS_LATE: explorer["p99Milliseconds"],
        RESIDENT: explorer["residentKilobytes"][-1] / 1024,
    }


def measured(ours: Program, theirs: Program, rounds: int, folder: Path) -> dict[str, Figures]:
    """The medians over the rounds: of ours, of theirs and, where their model has fewer networks, of
    ours without what is missing there."""
    pictures = views(read(ours.picture), folder / "pictures")
    turns: dict[str, tuple[Program, Measure]] = {
        "ours": (ours, everything),
        "theirs": (theirs, everything),
    }
    if lacking(ours.model, theirs.model):
        model = without_later(ours.model, folder / "model")
        turns["same"] = replace(ours, model=model), encodes
    return medians(
        [
            {name: measure(program, pictures) for name, (program, measure) in turns.items()}
            for _ in range(rounds)
        ]
    )


def medians(rounds: list[dict[str, Figures]]) -> dict[str, Figures]:
    return {
        who: {work: statistics.median(each[who][work] for each in rounds) for work in figures}
        for who, figures in rounds[0].items()
    }
