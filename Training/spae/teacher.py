"""What says which words fit a picture and its places: the interface of the two teachers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor


class MissingTeacher(RuntimeError):
    """A teacher whose package or files are not there."""


@dataclass
class Sureness:
    """The highest probability that a classifier gives a class."""

    whole: np.ndarray  # [batch]
    cells: np.ndarray  # [batch, row, column]

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

    def tokens(self, grid: int, scale: float) -> Tensor:
        """[cell's place, whole picture] for each cell of a latent grid, [batch, cell, 2 text]."""
        side = self.cells.shape[1]
        axis = torch.arange(grid, device=self.cells.device) * side // grid
        cells = self.cells[:, axis][:, :, axis].flatten(1, 2)
        whole = self.whole.unsqueeze(1).expand_as(cells)
        return torch.cat([cells, whole], -1) * scale

    def places(self, layer: int) -> Tensor:
        """What stands at each place of a layer, [batch, place, text].

        A layer that is finer than the map has several places in each of the map's.
        """
        if layer == 1:
            return self.whole.unsqueeze(1)
        side = 1 << (layer - 1)
        if side > self.cells.shape[1]:
            axis = torch.arange(side, device=self.cells.device) * self.cells.shape[1] // side
            return self.cells[:, axis][:, :, axis].flatten(1, 2)
        size = self.cells.shape[1] // side
        batch, _, _, width = self.cells.shape
        blocks = self.cells.view(batch, side, size, side, size, width)
        return blocks.mean((2, 4)).flatten(1, 2)


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

    def view(self, image: Image.Image) -> Tensor:
        """What the teacher sees of a picture."""

    def answers(self, view: Tensor) -> dict[str, np.ndarray]:
        """What it says of a batch of views, a row each, compact enough to be cached."""

    def map(self, answers: dict[str, np.ndarray]) -> SemanticMap:
        """The text vectors of such answers."""

    def table_name(self, set_name: str) -> str:
        """The file that caches its answers for a set of pictures."""
