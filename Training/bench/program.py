"""The engine's program, asked for its own measurements."""

import json
import resource
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """`spae`, with the model and the picture that `spae-bench` beside it measures it on."""

    path: Path
    model: Path
    picture: Path
    precision: str = "model"
    bench: tuple[str, ...] = ()  # the command that measures; by default `spae-bench`

    def version(self) -> str:
        return answer(self.path, "--version").strip()

    def figures(self, work: str, size: int, threads: int, runs: int) -> dict:
        """What `spae-bench` says about a decode, an edit, an encode or the search for words."""
        sizes = "--size", size, "--threads", threads, "--runs", runs
        # A former program knows no precisions.
        precision = () if self.precision == "model" else ("--precision", self.precision)
        return self._bench(work, self.picture, "--model", self.model, *precision, *sizes)

    def folder_milliseconds(self, pictures: list[Path]) -> float:
        """The processor time of each further picture of those that a run encodes on one thread."""

        def encode(some: list[Path], output: str) -> None:
            self._encode(*some, "--output", output)

        return each_further(encode, pictures)

    def stream_milliseconds(self, pictures: list[Path]) -> float:
        """The same of a stream of pictures."""

        def encode(some: list[Path], _: str) -> None:
            lines = [json.dumps({"file": str(path)}) for path in some]
            self._encode("--stream", lines="\n".join(lines))

        return each_further(encode, pictures)

    def _encode(self, *arguments: object, lines: str = "") -> None:
        own = "--model", self.model, "--fit", "crop", "--threads", 1
        command = [str(part) for part in (self.path, "encode", *arguments, *own)]
        subprocess.run(command, check=True, input=lines, text=True, stdout=subprocess.DEVNULL)

    def layers(self, runs: int) -> dict:
        """Every layer's time and share of the processor's peak."""
        return self._bench("layers", self.picture, "--model", self.model, "--runs", runs)

    def memory(self, size: int) -> dict:
        return self._bench("memory", self.picture, "--model", self.model, "--size", size)

    def graphics(self, runs: int) -> list[dict]:
        return self._bench("graphics", self.picture, "--runs", runs)

    def history(self, runs: int, revisions: int) -> dict:
        return self._bench("history", "--runs", runs, "--revisions", revisions)

    def explore(self, edits: int) -> list[dict]:
        """Edits that change one word, and words that paint."""
        return self.exact_edits(edits) + self._explore(edits // 4, "--paint")

    def exact_edits(self, edits: int) -> list[dict]:
        """Edits that change one word."""
        return self._explore(edits)

    def neighbours_milliseconds(self, word: str) -> float:
        """The processor time, outside the kernel, of a program that lists a word's neighbours."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        answer(self.path, "words", "--near", word, "--model", self.model)
        return 1000 * (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)

    def _explore(self, edits: int, *options: str) -> list[dict]:
        arguments = self.picture, "--model", self.model, "--terminal", "sixel"
        return self._bench("explore", *arguments, "--edits", edits, *options)

    def _bench(self, *arguments: object):
        command = self.bench or (str(self.path.with_name("spae-bench")),)
        return json.loads(answer(*command, *arguments, "--json"))


def each_further(encode: Callable[[list[Path], str], None], pictures: list[Path]) -> float:
    """Milliseconds of processor time of a picture: that of all less that of one."""
    times = []
    for some in (pictures[:1], pictures):
        before = processor_time()
        with tempfile.TemporaryDirectory() as output:
            encode(some, output)
        times.append(processor_time() - before)
    return 1000 * (times[1] - times[0]) / (len(pictures) - 1)


def processor_time() -> float:
    """Seconds that the processes which this one waited for have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def answer(program: Path | str, *arguments: object) -> str:
    """What a program writes to its standard output."""
    command = [str(part) for part in (program, *arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
