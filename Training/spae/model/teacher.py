"""What says which words fit a picture and its positions: the interface of the two teachers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from spae.model.pyramid import Grid, PyramidShape, square, window


class MissingTeacher(RuntimeError):
    """A teacher whose package or files are not there."""


@dataclass
class Sureness:
    """The highest probability that a classifier gives a class."""

    whole: np.ndarray  # [batch]
    cells: np.ndarray  # [batch, row, column], of classes that are no places

    @classmethod
    def joined(cls, parts: Sequence["Sureness"]) -> "Sureness":
        return cls(*(np.concatenate([getattr(p, n) for p in parts]) for n in ("whole", "cells")))


@dataclass
class SemanticMap:
    """Text vectors of what a picture shows."""

    whole: Tensor  # [batch, text]
    cells: Tensor  # [batch, row, column, text]
    sure: Sureness | None = None

    def __getitem__(self, rows) -> "SemanticMap":
        sure = self.sure and Sureness(self.sure.whole[rows], self.sure.cells[rows])
        return SemanticMap(self.whole[rows], self.cells[rows], sure)

    @classmethod
    def joined(cls, parts: Sequence["SemanticMap"]) -> "SemanticMap":
        """One batch of several."""
        whole, cells = (torch.cat([getattr(p, n) for p in parts]) for n in ("whole", "cells"))
        sure = [p.sure for p in parts if p.sure is not None]
        return cls(whole, cells, Sureness.joined(sure) if len(sure) == len(parts) else None)

    def cropped(self, box: Sequence[float]) -> "SemanticMap":
        """The map of a part (left, top, side in shares) of the pictures."""
        sure = self.sure
        if sure is not None:
            own = cropped(torch.from_numpy(sure.cells).unsqueeze(-1), box).squeeze(-1)
            sure = Sureness(sure.whole, own.numpy())
        return SemanticMap(self.whole, cropped(self.cells, box), sure)

    def flipped(self) -> "SemanticMap":
        """The map of the pictures' mirror images."""
        sure = self.sure and Sureness(self.sure.whole, self.sure.cells[:, :, ::-1])
        return SemanticMap(self.whole, self.cells.flip(2), sure)

    def to(self, device: torch.device) -> "SemanticMap":
        return SemanticMap(self.whole.to(device), self.cells.to(device), self.sure)

    def tokens(self, grid: Grid, scale: float) -> Tensor:
        """[cell's region, whole picture] for each cell of a latent grid, [batch, cell, 2 text]."""
        cells = self._enlarged(grid)
        whole = self.whole.unsqueeze(1).expand_as(cells)
        return torch.cat([cells, whole], -1) * scale

    def positions(self, layer: int, size: Grid | None = None) -> Tensor:
        """What stands at each position of a layer, [batch, position, text].

        The whole where there is one position alone, else the mean of the map's cells in its
        region. A layer that is finer than the map has several positions in each of the map's.
        `size` is the layer's, a square's where there is none.
        """
        size = size or square(1 << (layer - 1))
        if size.cells == 1:
            return self.whole.unsqueeze(1)
        if size.rows > self.cells.shape[1]:
            return self._enlarged(size)
        rows, columns = (
            [window(part, count, length) for part in range(count)]
            for count, length in zip(size, self.cells.shape[1:3])
        )
        means = [self.cells[:, row, column].mean((1, 2)) for row in rows for column in columns]
        return torch.stack(means, 1)

    def _enlarged(self, size: Grid) -> Tensor:
        """The map's cell that holds each cell of a finer grid, [batch, cell, text]."""
        rows, columns = (
            torch.arange(count, device=self.cells.device) * length // count
            for count, length in zip(size, self.cells.shape[1:3])
        )
        return self.cells[:, rows][:, :, columns].flatten(1, 2)


def cropped(cells: Tensor, box: Sequence[float]) -> Tensor:
    """A part (left, top, side in shares) of square maps, by bilinear interpolation.

    [batch, row, column, width] -> the same.
    """
    left, top, side = box
    grid = cells.shape[1]

    def weights(start: float) -> Tensor:
        centres = (start + side * (torch.arange(grid) + 0.5) / grid) * grid - 0.5
        centres = centres.clamp(0, grid - 1)
        return (1 - (centres[:, None] - torch.arange(grid)[None, :]).abs()).clamp(min=0)

    return torch.einsum("yv,xu,bvuc->byxc", weights(top).to(cells), weights(left).to(cells), cells)


class Teacher(Protocol):
    """Turns a picture into text vectors; the codebook's `text` . t is then a word's score."""

    class_text: Tensor  # [classes, text]: what the true classes of judged pictures are as text

    def load_frozen(self, path: Path) -> None:
        """Reads what is shipped of the teacher."""

    def view(self, image: Image.Image, shape: PyramidShape | None = None) -> Tensor:
        """What the teacher sees of a picture: of its middle square, or of all that is framed."""

    def answers(self, view: Tensor, shape: PyramidShape | None = None) -> dict[str, np.ndarray]:
        """What it says of a batch of views, a row each, compact enough to be cached."""

    def map(self, answers: dict[str, np.ndarray]) -> SemanticMap:
        """The text vectors of such answers."""

    def table_name(self, set_name: str) -> str:
        """The file that caches its answers for a set of pictures."""
