"""The pyramid's geometry (SPAE, section 3.1).

Layers, the dilation subsampler, latent upsampling and the classes of cells.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

GREATEST_CLASS_STRIDE = 4  # log2; coarser layers of large pictures share the classes of stride 16
STRIDES = GREATEST_CLASS_STRIDE + 1
CLASSES_A_STRIDE = 4  # without own words, or with one, two, three or more
CLASSES = CLASSES_A_STRIDE * STRIDES
KINDS = 5


@dataclass(frozen=True)
class LatentUpsampling:
    """Which estimates each latent cell takes at some depth, and the class of each cell."""

    source: np.ndarray  # [cell, count], flat positions in the latent grid
    weight: np.ndarray  # [cell, count], of each source; a cell's sum to 1
    cell_class: np.ndarray  # [cell]


@dataclass(frozen=True)
class PyramidShape:
    """Layers of 1, 2, 4 ... h and once more h cells per axis over one latent grid of h x h."""

    grid: int
    flat: int = 0  # so many layers of the whole grid instead, for plain vector quantization
    blended_stride: int = 4  # from which on a cell without words blends the positions around it

    def __post_init__(self):
        if self.grid < 2 or self.grid & (self.grid - 1):
            raise ValueError(f"a latent grid is a power of two, not {self.grid}")

    @cached_property
    def sides(self) -> tuple[int, ...]:
        if self.flat:
            return (self.grid,) * self.flat
        return tuple(1 << i for i in range(self.grid.bit_length())) + (self.grid,)

    @property
    def depth(self) -> int:
        return len(self.sides)

    def word_count(self, depth: int | None = None) -> int:
        return sum(side * side for side in self.sides[:depth])

    def layer_of(self, words, layer: int):
        """The words of one layer, of an array or tensor [..., words]."""
        return words[..., self.word_count(layer - 1) : self.word_count(layer)]

    def stride(self, layer: int) -> int:
        return self.grid // self.sides[layer - 1]

    def visited(self, layer: int) -> np.ndarray:
        """The dilation subsampler P(l): flat positions in the latent grid, row by row."""
        stride = self.stride(layer)
        axis = np.arange(self.sides[layer - 1]) * stride + stride // 2
        return (axis[:, None] * self.grid + axis[None, :]).reshape(-1)

    @cached_property
    def kinds(self) -> np.ndarray:
        """The kind of each latent cell: 0, or 1 ... 4 by the stride of its upper layer."""
        kinds = np.zeros(self.grid * self.grid, np.int64)
        for layer in range(1, self.depth - 1):
            kinds[self.visited(layer)] = max(1, KINDS - (self.stride(layer).bit_length() - 1))
        return kinds

    def upsampling(self, depth: int) -> LatentUpsampling:
        """What each latent cell takes at this depth.

        A cell with words of its own takes their mean. A cell without takes the estimate of the
        deepest layer's cell that contains it, or from `blended_stride` on a bilinear blend of those
        around it. The class tells the decoder which it was.
        """
        cells = self.grid * self.grid
        stride, side = self.stride(depth), self.sides[depth - 1]
        row, column = np.divmod(np.arange(cells), self.grid)
        place, part = self._places_along(depth)
        places = place[row][:, :, None] * side + place[column][:, None, :]
        source = self.visited(depth)[places.reshape(cells, -1)]
        weight = (part[row][:, :, None] * part[column][:, None, :]).reshape(cells, -1)
        cell_class = np.full(cells, CLASSES_A_STRIDE * _class_stride(stride), np.int64)
        visits = np.zeros(cells, np.int64)
        for layer in range(1, depth + 1):
            own = self.visited(layer)
            visits[own] += 1
            source[own], weight[own] = own[:, None], np.eye(1, weight.shape[1])
            cell_class[own] = CLASSES_A_STRIDE * _class_stride(self.stride(layer))
            cell_class[own] += np.minimum(visits[own], CLASSES_A_STRIDE - 1)
        return LatentUpsampling(source, weight, cell_class)

    def _places_along(self, depth: int) -> tuple[np.ndarray, np.ndarray]:
        """The layer's places that a row (or column) of cells takes of, and how much of each.

        [grid, 1], or [grid, 2] where they are blended.
        """
        cells, stride, last = np.arange(self.grid), self.stride(depth), self.sides[depth - 1] - 1
        if stride < self.blended_stride:
            return (cells // stride)[:, None], np.ones((self.grid, 1), np.float32)
        at = np.clip((cells + 0.5) / stride - 0.5, 0, last)
        place = np.floor(at).astype(np.int64)
        weight = (at - place).astype(np.float32)
        return np.stack([place, np.minimum(place + 1, last)], 1), np.stack([1 - weight, weight], 1)


def _class_stride(stride: int) -> int:
    return min(stride.bit_length() - 1, GREATEST_CLASS_STRIDE)


@lru_cache
def shape(grid: int, flat: int = 0, blended_stride: int = 4) -> PyramidShape:
    return PyramidShape(grid, flat, blended_stride)


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
        """The words of one layer as a square grid."""
        side = self.shape.sides[layer - 1]
        return self.shape.layer_of(self.words, layer).reshape(side, side)
