"""Edits of a pyramid as people write them: `grass -> snow`, or `2:1,2 = sunset`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from spae.model.pyramid import PyramidShape

FORM = "expected 'OLD -> NEW' or 'LAYER:ROW,COLUMN = WORD'"


class EditError(ValueError):
    """An edit that cannot be read or done; `place` says which of several, from 1."""

    def __init__(self, problem: str, edit: str, place: int = 1):
        self.problem, self.edit, self.place = problem, edit, place
        super().__init__(f"edit {place}, '{edit}': {problem}")


@dataclass(frozen=True)
class Replace:
    """One word becomes another wherever the picture has it."""

    old: int
    new: int


@dataclass(frozen=True)
class Put:
    """Some cells become a word."""

    cells: tuple[tuple[int, int], ...]  # the layer, from 1, and the position in it, from 0
    word: int


Change = Replace | Put


def read_edits(
    edits: str | Iterable[str], shape: PyramidShape, words: list[str]
) -> list[tuple[str, Change]]:
    """The edits of some lines, each with its text; `#` begins a comment."""
    lines = edits.splitlines() if isinstance(edits, str) else list(edits)
    index = {word: number for number, word in enumerate(words)}
    found = []
    for place, line in enumerate(lines, 1):
        text = line.split("#")[0].strip()
        if not text:
            continue
        try:
            found.append((text, change_of(text, shape, index)))
        except ValueError as problem:
            raise EditError(str(problem), text, place) from None
    return found


def change_of(text: str, shape: PyramidShape, index: dict[str, int]) -> Change:
    if put := re.fullmatch(r"(\d+)\s*:([\d\s,-]+)=\s*([^\W\d_]+)", text):
        layer, blocks, word = put.groups()
        cells = cells_of(int(layer), blocks, shape)
        return Put(tuple(cells), number_of(word, index))
    if replace := re.fullmatch(r"([^\W\d_]+)\s*->\s*([^\W\d_]+)", text):
        return Replace(*(number_of(word, index) for word in replace.groups()))
    raise ValueError(FORM)


def cells_of(layer: int, blocks: str, shape: PyramidShape) -> list[tuple[int, int]]:
    """The cells of `1,2` or of `1-2,1-4`, or of several such blocks with spaces between them."""
    if not 1 <= layer <= shape.depth:
        raise ValueError(f"there is no layer {layer}; this pyramid has layers 1 to {shape.depth}")
    size, found = shape.layers[layer - 1], []
    span = r"(\d+)(?:\s*-\s*(\d+))?"
    block = rf"\s*{span}\s*,\s*{span}\s*"
    if not re.fullmatch(rf"(?:{block})+", blocks):
        raise ValueError(FORM)
    for top, bottom, left, right in re.findall(block, blocks):
        rows = positions("row", top, bottom, layer, size.rows)
        columns = positions("column", left, right, layer, size.columns)
        found += [(layer, row * size.columns + column) for row in rows for column in columns]
    return found


def positions(what: str, first: str, last: str, layer: int, count: int) -> range:
    own = range(int(first) - 1, int(last or first))
    for number in (first, last or first):
        if not 1 <= int(number) <= count:
            there = f"layer {layer}, which has 1 to {count}"
            raise ValueError(f"there is no {what} {number} in {there}")
    if len(own) == 0:
        raise ValueError(f"{what}s {first}-{last} end before they begin")
    return own


def number_of(word: str, index: dict[str, int]) -> int:
    for form in (word, word.lower()):
        if form in index:
            return index[form]
    near = get_close_matches(word.lower(), index, 3)
    hint = f"; nearest in spelling are {', '.join(near)}" if near else ""
    raise ValueError(f"'{word}' is not in the vocabulary{hint}")
