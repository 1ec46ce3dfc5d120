"""The rows of the table: our time beside a peer's, and the mark that we set ourselves."""

from collections.abc import Iterator
from dataclasses import dataclass

OPEN_REVISIONS = 2000
IN_FLOATS = "encode 128 px, float32"  # by a model that computes in bytes unless it is told not to
WITH_BYTES = "classifier in bytes"
FOLDER, STREAM = "encode 128 px, each of 40 files", "encode 128 px, each of a stream of 40"


@dataclass(frozen=True)
class Faster:
    """A mark: so many times as fast as the peer."""

    times: float

    def __str__(self) -> str:
        return f"{self.times:g} x"

    def reached(self, row: "Row") -> bool | None:
        return None if row.ratio is None else row.ratio >= self.times


@dataclass(frozen=True)
class Within:
    """A mark: less than so many milliseconds."""

    milliseconds: float

    def __str__(self) -> str:
        return f"< {self.milliseconds:g} ms"

    def reached(self, row: "Row") -> bool | None:
        return row.ours < self.milliseconds


@dataclass(frozen=True)
class Row:
    """One comparison, in milliseconds; a peer without a time is not installed here."""

    work: str
    ours: float
    peer: str
    theirs: float | None
    mark: Faster | Within | None = None

    @property
    def ratio(self) -> float | None:
        """How many times as fast as the peer we are."""
        return self.theirs and self.theirs / self.ours

    @property
    def reached(self) -> bool | None:
        """Nothing where no mark is set, or where the peer it speaks of is missing."""
        return self.mark and self.mark.reached(self)

    @property
    def lost(self) -> bool:
        """A mark missed or, where none is set, a peer that is faster."""
        if self.mark:
            return self.reached is False
        return self.ratio is not None and self.ratio < 1


# What the engine does


def engine_rows(medians: dict[tuple, float]) -> Iterator[Row]:
    """The rows of what was timed in rounds, from medians by (who, work, threads, busy)."""
    for name, ours, peers in comparisons():
        for peer, mark in peers:
            if ours in medians and peer in medians:
                yield Row(name, medians[ours], peer_name(ours, peer), medians[peer], mark)
    yield from gains(medians)


def mixed(medians: dict[tuple, float]) -> dict[tuple, float]:
    """Our encode in bytes with the peer's classifier in bytes in place of ours."""
    found = {}
    for threads in (2, 1):
        ours, theirs = ((who, WITH_BYTES, threads, False) for who in ("spae", "onnxruntime"))
        whole = "encode 128 px", threads, False
        if ours in medians:
            found[("mixed", *whole)] = medians[("spae", *whole)] - medians[ours] + medians[theirs]
    return found


def gains(medians: dict[tuple, float]) -> Iterator[Row]:
    """What a second thread gains, ours and a peer's."""
    theirs = None
    for who, name in (("onnxruntime", "onnxruntime"), ("spae", "SPAE")):
        two, one = (medians.get((who, "encode 128 px", threads, False)) for threads in (2, 1))
        if two is None or one is None:
            continue
        mark = theirs and Faster(round(theirs, 2))
        yield Row(f"encode 128 px by {name}, 2 threads", two, f"{name} on 1 thread", one, mark)
        theirs = theirs or one / two


def peer_name(ours: tuple, peer: tuple) -> str:
    who, work, *_ = peer
    if who == "faiss":
        return "faiss IndexFlatL2"
    if who == "spae":
        return "SPAE, the model in float32"
    if who == "mixed":
        return "SPAE, with onnxruntime's classifier in int8"
    if ours[1] == IN_FLOATS:
        return who
    if ours[1] == WITH_BYTES:
        return f"{who}, int8" if work == WITH_BYTES else f"{who}, float32"
    if work == "branch":
        return f"{who}, the classifier alone"
    return who if work == ours[1] else f"{who}, full decode"


def comparisons() -> Iterator[tuple[str, tuple, list[tuple[tuple, Faster | None]]]]:
    """A row's name, what we do, and what each peer does with the mark for it."""

    def pair(work: str, threads: int, busy: bool, onnxruntime: float | None, torch: float | None):
        return ("spae", work, threads, busy), [
            (("onnxruntime", work, threads, busy), onnxruntime and Faster(onnxruntime)),
            (("PyTorch", work, threads, busy), torch and Faster(torch)),
        ]

    yield "full decode 128 px, 2 threads", *pair("decode 128 px", 2, False, 1.15, 1.5)
    yield "full decode 128 px, 1 thread", *pair("decode 128 px", 1, False, None, None)
    busy = "full decode 128 px, 2 threads, another process on one core"
    yield busy, *pair("decode 128 px", 2, True, 1.5, None)
    yield "full decode 512 px, 2 threads", *pair("decode 512 px", 2, False, 1.1, 1.1)
    for size, times in ((128, 8), (512, 60)):
        whole = ("onnxruntime", f"decode {size} px", 2, False)
        ours = ("spae", f"edit {size} px", 2, False)
        yield f"one word changed, {size} px, 2 threads", ours, [(whole, Faster(times))]
    for threads, name, times in ((2, "2 threads", 1.5), (1, "1 thread", 1.45)):
        yield f"encode 128 px, {name}", *pair("encode 128 px", threads, False, times, None)
        whole = "encode 128 px", threads, False
        floats = ("spae", IN_FLOATS, threads, False)
        mixed = ("mixed", *whole), Faster(1.0)
        yield f"encode 128 px, {name}", ("spae", *whole), [(floats, None), mixed]
        peers = [(("onnxruntime", *whole), Faster(1.0))]
        yield f"{IN_FLOATS}, {name}", floats, peers
        both = [
            (("onnxruntime", work, threads, False), Faster(1.0)) for work in (WITH_BYTES, "branch")
        ]
        yield f"{WITH_BYTES}, {name}", ("spae", WITH_BYTES, threads, False), both
    for work, times in (("encode", 0.5), ("decode", 5)):
        ours, branch = [
            (who, name, 2, False)
            for who, name in (("spae", f"{work} 128 px"), ("onnxruntime", "branch"))
        ]
        yield f"{work} 128 px, 2 threads", ours, [(branch, Faster(times))]
    for threads, name in ((2, "2 threads"), (1, "1 thread")):
        ours, peer = [(who, "quantize", threads, False) for who in ("spae", "faiss")]
        yield f"nearest word, 600 x vocabulary, {name}", ours, [(peer, Faster(1.0))]


def bulk_rows(medians: dict[tuple, float]) -> Iterator[Row]:
    """What each picture among many takes of a processor."""
    for work in (FOLDER, STREAM):
        yield Row(f"{work}, processor time", medians[("spae", work, 1, False)], "", None)


# What the programs measure themselves


def graphics_rows(figures: list[dict]) -> Iterator[Row]:
    """The rows of `spae-bench graphics`; work without a peer has one too, without a ratio."""
    for work in figures:
        ours = work["medianMilliseconds"]
        for peer in work["peers"]:
            theirs = peer["medianMilliseconds"]
            yield Row(work["work"], ours, peer["command"], theirs, Faster(5))
        if not work["peers"]:
            yield Row(work["work"], ours, "", None)


def explore_rows(figures: list[dict]) -> Iterator[Row]:
    """The rows of `spae-bench explore`: from a key to its picture's last byte."""
    for each in figures:
        name = f"key to picture, 128 px, {each['terminal']}"
        name, median, last = (f"{name}, painted", 50, 100) if each["paints"] else (name, 16, 33)
        yield Row(f"{name}, median", each["medianMilliseconds"], "", None, Within(median))
        yield Row(f"{name}, 99th of 100", each["p99Milliseconds"], "", None, Within(last))


def history_rows(figures: dict) -> Iterator[Row]:
    """The rows of `spae-bench history`; its mark for opening is for 100,000 revisions."""
    commit, git = figures["commit"], figures.get("gitCommit")
    median, vim = commit["medianMilliseconds"], figures.get("vimWriteMilliseconds")
    theirs, last = git and git["medianMilliseconds"], git and git["p99Milliseconds"]
    yield Row("history: commit, median", median, "git commit", theirs, Within(1))
    yield Row("history: commit, median", median, "vim :write, undo file", vim)
    sync = figures["sync"]["medianMilliseconds"]
    yield Row("history: commit, median", median, "4 KiB and fdatasync", sync)
    slowest = commit["p99Milliseconds"]
    yield Row("history: commit, 99th of 100", slowest, "git commit", last, Within(15))
    yield Row("history: undo, median", figures["undo"]["medianMilliseconds"], "", None, Within(1))
    opening = f"history: opened, {figures['revisions']:,} revisions"
    yield Row(opening, figures["open"]["medianMilliseconds"], "", None)
