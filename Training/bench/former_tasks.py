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


def encode(work: str, size: int, threads: int, runs: int) -> Measure:
    """Milliseconds of an encode."""
    return lambda program, _: {
        work: program.figures("encode", size, threads, runs)["medianMilliseconds"]
    }


def folder(program: Program, pictures: list[Path]) -> Figures:
    """Milliseconds of the processor for a picture among many."""
    return {FOLDER: program.folder_milliseconds(pictures)}


def stream(program: Program, pictures: list[Path]) -> Figures:
    return {STREAM: program.stream_milliseconds(pictures)}


def near(program: Program, _: list[Path]) -> Figures:
    """The start: what the words next to another take."""
    times = (program.neighbours_milliseconds(WORD) for _ in range(STARTS))
    return {NEAR: statistics.median(times)}


def explorer(program: Program, _: list[Path]) -> Figures:
    found = program.exact_edits(EDITS)[0]
    return {
        KEYS: found["medianMilliseconds"],
        KEYS_LATE: found["p99Milliseconds"],
        RESIDENT: found["residentKilobytes"][-1] / 1024,
    }


ENCODES: tuple[Measure, ...] = (
    encode(ONE, SIZE, 1, RUNS),
    encode(TWO, SIZE, 2, RUNS),
    encode(BIG, LARGE, 2, LARGE_RUNS),
    folder,
    stream,
)
OTHERS: tuple[Measure, ...] = (near, explorer)


def measured(ours: Program, theirs: Program, rounds: int, temporary: Path) -> dict[str, Figures]:
    """The medians over the rounds: of ours, of theirs and, where their model has fewer networks, of
    ours without what is missing there."""
    pictures = views(read(ours.picture), temporary / "pictures")
    sides, same = {"ours": ours, "theirs": theirs}, {}
    if lacking(ours.model, theirs.model):
        same = {"same": replace(ours, model=without_later(ours.model, temporary / "model"))}
    turns = [(sides | same, ENCODES), (sides, OTHERS)]
    return medians([one_round(turns, pictures) for _ in range(rounds)])


def one_round(
    turns: list[tuple[dict[str, Program], tuple[Measure, ...]]], pictures: list[Path]
) -> dict[str, Figures]:
    """All figures once. All programs do one work before the next: a machine that is busy for half a
    minute is busy for all of them."""
    found: dict[str, Figures] = {}
    for programs, measures in turns:
        for measure in measures:
            for who, program in programs.items():
                found[who] = found.get(who, {}) | measure(program, pictures)
    return found


def medians(rounds: list[dict[str, Figures]]) -> dict[str, Figures]:
    return {
        who: {work: statistics.median(each[who][work] for each in rounds) for work in figures}
        for who, figures in rounds[0].items()
    }
