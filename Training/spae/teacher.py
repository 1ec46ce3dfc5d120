"""What says which words fit a picture and its places: the interface of the two teachers."""

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


@dataclass
class SemanticMap:
    """Text vectors of what a picture shows."""

    whole: Tensor  # [batch, text]
    cells: Tensor  # [batch, row, column, text]
    sure: Sureness | None = None

    def __getitem__(self, rows) -> "SemanticMap":
        sure = self.sure and Sureness(self.sure.whole[rows], self.sure.cells[rows])
        return SemanticMap(self.whole[rows], self.cells[rows], sure)

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
