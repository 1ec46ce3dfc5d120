"""The pyramid's geometry (SPAE, section 3.1).

Layers, the dilation subsampler, latent upsampling and the classes of cells.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

GREATEST_CLASS_STRIDE = 4  # log2; coarser layers of large pictures share the classes of stride 16
STRIDES = GREATEST_CLASS_STRIDE + 1
CLASSES_A_STRIDE = 4  # without own words, or with one, two, three or more
CLASSES = CLASSES_A_STRIDE * STRIDES
KINDS = 5
GREATEST_ASPECT = 4


class Grid(NamedTuple):
    """The rows and columns of a grid."""

    rows: int
    columns: int

    @property
    def cells(self) -> int:
        return self.rows * self.columns

    def scaled(self, factor: int) -> "Grid":
        return Grid(factor * self.rows, factor * self.columns)


def square(side: int) -> Grid:
    return Grid(side, side)


def grid_for(cells: int, width: int, height: int) -> Grid:
    """The grid of a picture that is seen whole, whose shorter side has so many cells.

    The longer side has the number whose aspect is nearest to the picture's, a half to the smaller
    number, at most four times as many.
    """
    short, long = sorted((width, height))
    nearest = (2 * cells * long + short - 1) // (2 * short)
    other = min(nearest, GREATEST_ASPECT * cells)
    return Grid(cells, other) if width >= height else Grid(other, cells)


def window(part: int, count: int, length: int) -> slice:
    """What part of `count` equal parts of a line touches (adaptive pooling)."""
    return slice(part * length // count, -(-(part + 1) * length // count))


@dataclass(frozen=True)
class LatentUpsampling:
    """Which estimates each latent cell takes at some depth, and the class of each cell."""

    source: np.ndarray  # [cell, count], flat positions in the latent grid
    weight: np.ndarray  # [cell, count], of each source; a cell's sum to 1
    cell_class: np.ndarray  # [cell]


@dataclass(frozen=True)
class PyramidShape:
    """Layers of 1, 2, 4 ... h and once more h positions along the shorter side of a latent grid.

    The shorter side has h cells; along the other there are as many more as it is longer.
    """

    grid: Grid
    flat: int = 0  # so many layers of the whole grid instead, for plain vector quantization
    blended_stride: int = 4  # from which on a cell without words blends the positions around it

    def __post_init__(self):
        short, long = min(self.grid), max(self.grid)
        if short < 2 or short & (short - 1):
            raise ValueError(f"a latent grid is a power of two, not {short}")
        if long > GREATEST_ASPECT * short:
            raise ValueError(f"a latent grid of {long} cells by {short} is longer than 4:1")

    @cached_property
    def layers(self) -> tuple[Grid, ...]:
        """The positions of each layer, coarsest first."""
        if self.flat:
            return (self.grid,) * self.flat
        short, long = min(self.grid), max(self.grid)
        sides = [1 << i for i in range(short.bit_length())] + [short]
        others = [(2 * side * long + short) // (2 * short) for side in sides]
        if self.grid.rows <= self.grid.columns:
            return tuple(map(Grid, sides, others))
        return tuple(map(Grid, others, sides))

    @property
    def depth(self) -> int:
        return len(self.layers)

    def word_count(self, depth: int | None = None) -> int:
        return sum(layer.cells for layer in self.layers[:depth])

    def layer_of(self, words, layer: int):
        """The words of one layer, of an array or tensor [..., words]."""
        return words[..., self.word_count(layer - 1) : self.word_count(layer)]

    def stride(self, layer: int) -> int:
        """The cells from one position to the next along the shorter side: the square pyramid's."""
        return min(self.grid) // min(self.layers[layer - 1])

    def visited(self, layer: int) -> np.ndarray:
        """The dilation subsampler P(l): flat positions in the latent grid, row by row.

        Position j of c along n cells visits the one that holds the middle of its part.
        """
        rows, columns = (
            (2 * np.arange(count) + 1) * length // (2 * count)
            for count, length in zip(self.layers[layer - 1], self.grid)
        )
        return (rows[:, None] * self.grid.columns + columns[None, :]).reshape(-1)

    @cached_property
    def kinds(self) -> np.ndarray:
        """The kind of each latent cell: 0, or 1 ... 4 by the stride of its upper layer."""
        kinds = np.zeros(self.grid.cells, np.int64)
        for layer in range(1, self.depth - 1):
            kinds[self.visited(layer)] = max(1, KINDS - (self.stride(layer).bit_length() - 1))
        return kinds

    def upsampling(self, depth: int, first: int = 1) -> LatentUpsampling:
        """What each latent cell takes of the words of layers `first` ... `depth`.

        A cell with words of its own takes their mean. A cell without takes the estimate of the
        deepest layer's cell that contains it, or from `blended_stride` on a bilinear blend of those
        around it. The class tells the decoder which it was.
        """
        cells, stride = self.grid.cells, self.stride(depth)
        row, column = np.divmod(np.arange(cells), self.grid.columns)
        (down, upper), (right, left) = (
            self._positions_along(count, length, stride)
            for count, length in zip(self.layers[depth - 1], self.grid)
        )
        positions = (
            down[row][:, :, None] * self.layers[depth - 1].columns + right[column][:, None, :]
        )
        source = self.visited(depth)[positions.reshape(cells, -1)]
        weight = (upper[row][:, :, None] * left[column][:, None, :]).reshape(cells, -1)
        cell_class = np.full(cells, CLASSES_A_STRIDE * _class_stride(stride), np.int64)
        visits = np.zeros(cells, np.int64)
        for layer in range(first, depth + 1):
            own = self.visited(layer)
            visits[own] += 1
            source[own], weight[own] = own[:, None], np.eye(1, weight.shape[1])
            cell_class[own] = CLASSES_A_STRIDE * _class_stride(self.stride(layer))
            cell_class[own] += np.minimum(visits[own], CLASSES_A_STRIDE - 1)
        return LatentUpsampling(source, weight, cell_class)

    def _positions_along(
        self, count: int, length: int, stride: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The layer's positions along a side, `count`, that its cells take of, and how much of each.

        [length, 1], or [length, 2] where they are blended.
        """
        cells, last = np.arange(length), count - 1
        if stride < self.blended_stride:
            return (cells * count // length)[:, None], np.ones((length, 1), np.float32)
        at = np.clip((cells + 0.5) * count / length - 0.5, 0, last)
        position = np.floor(at).astype(np.int64)
        weight = (at - position).astype(np.float32)
        return np.stack([position, np.minimum(position + 1, last)], 1), np.stack(
            [1 - weight, weight], 1
        )


def _class_stride(stride: int) -> int:
    return min(stride.bit_length() - 1, GREATEST_CLASS_STRIDE)


@lru_cache
def shape(grid: int | Grid, flat: int = 0, blended_stride: int = 4) -> PyramidShape:
    """The shape over a grid, or over a square one of so many cells a side."""
    return PyramidShape(square(grid) if isinstance(grid, int) else grid, flat, blended_stride)


@dataclass
class Pyramid:
    """A picture as words: indices into the vocabulary, layer after layer, row after row."""

    shape: PyramidShape
    words: np.ndarray  # int32 [shape.word_count()]

    def __post_init__(self):
        self.words = np.asarray(self.words, np.int32)
        expected = self.shape.word_count()
        if self.words.shape != (expected,):
            raise ValueError(f"{self.words.shape} words for a pyramid of {expected}")

    def layer(self, layer: int) -> np.ndarray:
        """The words of one layer, [row, column]."""
        return self.shape.layer_of(self.words, layer).reshape(self.shape.layers[layer - 1])
