"""How fast data sets are encoded, beside the program on files and a PyTorch DataLoader."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from spae.data import DataError, say
from spae.data.engines import NativeEngine, native_command, native_identity, native_model
from spae.data.listing import listed
from spae.data.names import kind_of
from spae.data.pictures import Picture

FILES = "spae encode FILES"
FEW = 2  # pictures of the run that tells what starting costs
TICK = os.sysconf("SC_CLK_TCK")
BATCH = 16


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds on the wall, and of processors, its children's too."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Rate:
    """Pictures a second, and for each second of a processor; starting is left out of both."""

    wall: float
    cpu: float

    @classmethod
    def between(cls, few: Cost, all: Cost, pictures: int) -> "Rate":
        wall, cpu = all.wall - few.wall, all.cpu - few.cpu
        if wall <= 0 or cpu <= 0:
            raise DataError("the start outweighs the pictures: more --pictures are needed")
        return cls(pictures / wall, pictures / cpu)


@dataclass(frozen=True)
class Call:
    command: list[str]
    given: Path | None = None  # on standard input


# Pictures


def pictures(folder: Path) -> list[Path]:
    names = listed(folder, lambda name, reason: None)
    found = [folder / name for name in names if kind_of(name) == "picture"]
    if not found:
        raise DataError(f"{folder}: holds no pictures; bench reads loose ones")
    return found


def copied(source: list[Path], folder: Path, count: int) -> Path:
    """So many pictures as files of their own, with a list of them as the stream reads it."""
    folder.mkdir()
    for number, path in enumerate(islice(cycle(source), count)):
        shutil.copy(path, folder / f"{number:06}{path.suffix}")
    lines = (f'{{"file": "{path}"}}\n' for path in sorted(folder.iterdir()))
    folder.with_suffix(".ndjson").write_text("".join(lines))
    return folder


# Contestants


def calls(options: Namespace, folder: Path, output: Path) -> dict[str, Call]:
    """Who is timed, each with the pictures of a folder."""
    files = sorted(map(str, folder.iterdir()))
    return {
        FILES: Call(by_files(options, files, output)),
        **{f"--stream, threads {n}": streamed(options, folder, n) for n in (1, 2)},
        **{f"spae.data, workers {n}": shared(options, folder, output, n) for n in (1, 2)},
        "DataLoader, workers 2": loaded(options, folder),
    }


def by_files(options: Namespace, files: list[str], output: Path) -> list[str]:
    named = ["--model", options.model] if options.model else []
    given = ["--threads", "1", "--quiet", "-o", f"{output}/", *named]
    return [options.program, "encode", *given, *files]


def streamed(options: Namespace, folder: Path, threads: int) -> Call:
    command = native_command(options.program, options.model, threads)
    return Call(command, folder.with_suffix(".ndjson"))


def shared(options: Namespace, folder: Path, output: Path, workers: int) -> Call:
    each = max(1, len(list(folder.iterdir())) // 8)
    named = ["--model", options.model] if options.model else []
    given = ["--program", options.program, "--workers", str(workers), *named]
    encode = ["encode", str(folder), str(output), "--files-in-a-shard", str(each), *given]
    return Call([sys.executable, "-m", "spae.data", *encode])


def loaded(options: Namespace, folder: Path) -> Call:
    model = options.model or native_model(options.program)
    return Call([sys.executable, "-m", "spae.data.bench", str(folder), model, "2"])


# Time


def timed(call: Call) -> Cost:
    """Runs it and watches what it and its children use; standard output goes nowhere."""
    with open(call.given or os.devnull, "rb") as given, tempfile.TemporaryFile() as said:
        started = time.monotonic()
        process = subprocess.Popen(
            call.command, stdin=given, stdout=subprocess.DEVNULL, stderr=said
        )
        watch = Watch(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = max(watch.stopped(), used.ru_utime + used.ru_stime)
        if process.returncode:
            said.seek(0)
            reason = said.read().decode(errors="replace").strip()
            raise DataError(reason or f"{call.command[0]}: ended with {process.returncode}")
    return Cost(wall, cpu)


class Watch:
    """Adds up the processor seconds of a process and its descendants until it is stopped.

    Ray's workers are nobody's children when they end, so that waiting alone would not count them.
    """

    PERIOD = 0.05

    def __init__(self, pid: int):
        self.family, self.ticks = {pid}, {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def stopped(self) -> float:
        self.over.set()
        self.thread.join()
        return sum(self.ticks.values()) / TICK

    def _watch(self) -> None:
        while not self.over.wait(self.PERIOD):
            for pid, parent, ticks in processes():
                if pid in self.family or parent in self.family:
                    self.family.add(pid)
                    self.ticks[pid] = ticks


def processes() -> Iterator[tuple[int, int, int]]:
    """The number, the parent and the ticks of every process there is."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        yield int(name), int(fields[1]), int(fields[11]) + int(fields[12])


def measured(options: Namespace, scratch: Path) -> dict[str, Rate]:
    """The median rates; each round times everybody once, so that a busy minute hits all."""
    source = pictures(options.input)
    few = copied(source, scratch / "few", FEW)
    many = copied(source, scratch / "many", FEW + options.pictures)
    starts = {name: fresh(options, few, scratch, name) for name in calls(options, few, scratch)}
    rounds: dict[str, list[Rate]] = {name: [] for name in starts}
    for _ in range(options.rounds):
        for name, start in starts.items():
            cost = fresh(options, many, scratch, name)
            rounds[name].append(Rate.between(start, cost, options.pictures))
    return {name: middle(rates) for name, rates in rounds.items()}


def fresh(options: Namespace, folder: Path, scratch: Path, name: str) -> Cost:
    """One run into an empty folder."""
    with tempfile.TemporaryDirectory(dir=scratch) as output:
        return timed(calls(options, folder, Path(output))[name])


def middle(rates: list[Rate]) -> Rate:
    return Rate(median(rate.wall for rate in rates), median(rate.cpu for rate in rates))


# Memory


def resident(options: Namespace) -> Iterator[tuple[int, float]]:
    """Megabytes of `spae encode --stream` after a tenth, a half and all of the pictures."""
    contents = [path.read_bytes() for path in pictures(options.input)]
    stream = (Picture(str(n), each) for n, each in zip(range(options.memory), cycle(contents)))
    engine = NativeEngine(native_command(options.program, options.model, 2))
    places = {max(1, options.memory * part // 10) for part in (1, 5, 10)}
    try:
        for number, _ in enumerate(engine.answers(stream), 1):
            if number in places:
                yield number, megabytes(engine.process.pid)
    finally:
        engine.close()


def megabytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


# The table


def table(rates: dict[str, Rate]) -> Iterator[str]:
    base = rates[FILES].cpu
    yield f"{'':24}{'pictures/s':>12}{'per CPU second':>16}{'beside files':>14}"
    for name, rate in rates.items():
        yield f"{name:24}{rate.wall:12.1f}{rate.cpu:16.1f}{rate.cpu / base:13.2f}x"


def marks(rates: dict[str, Rate]) -> Iterator[str]:
    files, stream, _, one, two, loader = rates.values()
    yield mark("stream per core, beside files", stream.cpu / files.cpu, 0.95)
    yield mark("two workers beside one", two.wall / one.wall, 1.8)
    yield mark("two workers beside DataLoader", two.wall / loader.wall, 2)


def mark(what: str, ratio: float, wanted: float) -> str:
    return f"{what}: {ratio:.2f}x, {'reaches' if ratio >= wanted else 'misses'} {wanted}x"


def report(options: Namespace) -> int:
    native_identity(options.program, options.model)
    with tempfile.TemporaryDirectory(prefix="spae-bench-") as scratch:
        rates = measured(options, Path(scratch))
    say("\n".join([*table(rates), "", *marks(rates)]))
    for count, size in resident(options):
        say(f"--stream after {count} pictures: {size:.1f} MB resident")
    return 0


# The DataLoader


def load(folder: Path, model: Path, workers: int) -> None:
    """The words of a folder's pictures as PyTorch's own way has it; they are not kept."""
    import torch
    from torch.utils.data import DataLoader

    from spae.data.torch_engine import TorchEngine

    engine = TorchEngine(model, workers)
    read = Views(engine, pictures(folder))
    for batch in DataLoader(read, BATCH, num_workers=workers):
        with torch.no_grad():
            engine.words_of(*batch)


class Views:
    """The pictures as the model wants them: read by the workers of a DataLoader."""

    def __init__(self, engine, paths: list[Path]):
        self.engine, self.paths = engine, paths

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, number: int):
        from spae.data.torch_engine import opened

        path = self.paths[number]
        image = opened(Picture(path.name, path.read_bytes()))
        if isinstance(image, str):
            raise DataError(f"{path}: {image}")
        return self.engine.views(image)


if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
