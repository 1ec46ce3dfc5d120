"""Edits that should paint, and the command line that does them."""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from PIL import Image
from torch import Tensor

from spae.evaluate.stuff import table_lines
from spae.images import rgb, to_tensor

Cell = tuple[int, int]  # row and column, from 1


@dataclass(frozen=True)
class Edit:
    kind: str
    picture: str
    layer: int
    cells: tuple[Cell, ...]
    word: str


@dataclass(frozen=True)
class Outline:
    picture: str
    edit: str  # word -> word
    points: list[tuple[float, float]]  # x and y in shares of the side

    @property
    def word(self) -> str:
        return self.edit.split(" -> ")[1]


def pairs(text: str, number: type) -> list[tuple]:
    return [tuple(map(number, pair.split(","))) for pair in text.split()]


def edits() -> list[Edit]:
    return [
        Edit(kind, picture, int(layer), tuple(pairs(cells, int)), word)
        for kind, picture, layer, cells, word in table_lines("edits.tsv")
    ]


def outlines() -> list[Outline]:
    lines = table_lines("outlines.tsv")
    return [Outline(picture, edit, pairs(points, float)) for picture, edit, points in lines]


def edit_texts(layer: int, cells: Iterable[Cell], word: str) -> list[str]:
    """What the command line takes for a word in some cells: one edit for each run in a row."""
    runs = groupby(enumerate(sorted(cells)), lambda at: (at[1][0], at[1][1] - at[0]))
    found = []
    for (row, _), members in runs:
        columns = [column for _, (_, column) in members]
        span = f"{columns[0]}-{columns[-1]}" if len(columns) > 1 else f"{columns[0]}"
        found.append(f"{layer}:{row},{span} = {word}")
    return found


class NotDone(Exception):
    """The program refused an edit."""


@dataclass
class Program:
    """`spae`, with a folder of its own for what it writes and remembers."""

    path: Path
    model: Path
    folder: Path

    def run(self, command: str, *arguments: str | int | Path) -> None:
        kinds = ("STATE", "CACHE", "CONFIG")
        homes = {f"XDG_{kind}_HOME": str(self.folder / kind) for kind in kinds}
        line = [str(self.path.resolve()), command, *map(str, arguments), "--model", str(self.model)]
        done = subprocess.run(line, env=os.environ | homes, capture_output=True, text=True)
        if done.returncode == 1 and command == "edit":
            raise NotDone(done.stderr.strip())
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(line)}: exit status {done.returncode}\n{done.stderr}")

    def encoded(self, photograph: Path, *options: str | int) -> Path:
        words = photograph.with_suffix(".before.spae")
        if not words.exists():
            self.run("encode", photograph, "-o", words, *options)
        return words

    def edited(
        self, photograph: Path, texts: list[str], name: str, *options: str | int | Path
    ) -> Path:
        words = photograph.with_name(f"{name}.spae")
        self.run("edit", photograph, *texts, "-o", words, *options)
        return words

    def decoded(self, words: Path, depth: int | None = None) -> Tensor:
        """The picture of the first `depth` layers or of all, [3, N, N]."""
        picture = words.with_suffix(f".{depth or 'all'}.png")
        if not picture.exists():
            self.run("decode", words, *(["--depth", depth] if depth else []), "-o", picture)
        return to_tensor(rgb(Image.open(picture)))
