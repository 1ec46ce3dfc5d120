"""Whether words name the sky, the trees, the grass, the water, the roads and the earth they cover.

`tables/stuff-cells.tsv` says which of these fills each cell of a 4 x 4 grid over 100 photographs,
`tables/stuff-synonyms.tsv` which words name it. Both were made by eye, before any word of a model
on these photographs was seen.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from spae.evaluate.figures import Row, Value
from spae.model.network import SPAE
from spae.prepare.branch_files import TABLES
from spae.train.datasets import PictureSet

LAYER = 3  # its words cover the cells of the grid
CELLS = 16
UNLABELLED = "-"
SIZE = 128


@dataclass(frozen=True)
class LabelledPicture:
    set: str
    name: str
    labels: tuple[str, ...]  # of the cells, row by row; UNLABELLED where nothing fills a cell


def table_lines(name: str) -> list[list[str]]:
    """The columns of each line of a table that is no comment."""
    lines = (TABLES / name).read_text().splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def synonyms() -> dict[str, frozenset[str]]:
    """The words that count as right for each class."""
    return {name: frozenset(words.split()) for name, words in table_lines("stuff-synonyms.tsv")}


def labelled_pictures() -> list[LabelledPicture]:
    """The pictures of the table. Labels that are no classes, or not 16, are an error."""
    known, found = {UNLABELLED, *synonyms()}, []
    for archive, name, text in table_lines("stuff-cells.tsv"):
        labels = tuple(text.split())
        if len(labels) != CELLS or not known.issuperset(labels):
            raise ValueError(f"stuff-cells.tsv: {name}: not {CELLS} of {', '.join(sorted(known))}")
        found.append(LabelledPicture(archive, name, labels))
    return found


def rights(words: list[list[str]], labels: list[tuple[str, ...]], name: str) -> Tensor:
    """Of each picture how many cells of a class hold a word that names it, and how many there are.

    [picture, 2] of the words and the labels of each picture's cells.
    """
    right = synonyms()[name]
    counts = []
    for said, own in zip(words, labels, strict=True):
        cells = [word in right for word, label in zip(said, own, strict=True) if label == name]
        counts.append([sum(cells), len(cells)])
    return torch.tensor(counts)


def rows_of(words: list[list[str]], pictures: list[LabelledPicture]) -> list[Row]:
    """The share of right cells, of all and of each class, of the words of each picture's cells."""
    labels = [picture.labels for picture in pictures]
    by_class = {name: rights(words, labels, name) for name in synonyms()}
    every = {"stuff": torch.stack(list(by_class.values())).sum(0), **by_class}
    sets = " + ".join(sorted({picture.set for picture in pictures}))
    return [
        Row(sets, f"{name} named %", {str(LAYER): Value.ratio_over(*counts.T, 100)}, 1)
        for name, counts in every.items()
        if counts[:, 1].any()
    ]


def words_of(model: SPAE, data: Path, pictures: list[LabelledPicture]) -> list[list[str]]:
    """The words of layer 3 of each picture, as `encode` gives them."""
    sets, found = {}, []
    for picture in pictures:
        if picture.set not in sets:
            sets[picture.set] = PictureSet(data, picture.set)
        own = sets[picture.set]
        if picture.name not in own.names:
            raise ValueError(f"{data / picture.set}.zip holds no {picture.name}")
        pyramid = model.encode(own.image(own.names.index(picture.name)), SIZE)
        words = pyramid.shape.layer_of(pyramid.words, LAYER)
        found.append([model.words[word] for word in words])
    return found


def stuff_rows(model: SPAE, data: Path, limit: int | None = None) -> list[Row]:
    """No rows, and a line that says so, where the pictures of the table are not at hand."""
    pictures = labelled_pictures()[:limit]
    archives = sorted({data / f"{picture.set}.zip" for picture in pictures})
    missing = [str(archive) for archive in archives if not archive.exists()]
    if missing:
        print(f"stuff named %: left out, for want of {', '.join(missing)}", file=sys.stderr)
        return []
    return rows_of(words_of(model, data, pictures), pictures)
