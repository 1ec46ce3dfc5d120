"""The engine's program, asked for its own measurements."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """`spae`, with the model and the picture that `spae-bench` beside it measures it on."""

    path: Path
    model: Path
    picture: Path

    def version(self) -> str:
        return answer(self.path, "--version").strip()

    def figures(self, work: str, size: int, threads: int, runs: int) -> dict:
        """What `spae-bench` says about a decode, an edit, an encode or the search for words."""
        sizes = "--size", size, "--threads", threads, "--runs", runs
        return self._bench(work, self.picture, "--model", self.model, *sizes)

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
        arguments = self.picture, "--model", self.model, "--terminal", "sixel"
        exact = self._bench("explore", *arguments, "--edits", edits)
        return exact + self._bench("explore", *arguments, "--edits", edits // 4, "--paint")

    def _bench(self, *arguments: object):
        return json.loads(answer(self.path.with_name("spae-bench"), *arguments, "--json"))


def answer(program: Path, *arguments: object) -> str:
    """What a program writes to its standard output."""
    command = [str(part) for part in (program, *arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
