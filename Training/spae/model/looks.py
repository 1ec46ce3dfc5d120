"""What classes of the segmentation look like in some colours: a red sky is a sunset.

Times of day and seasons are no class of any frozen branch. The colour of what stands at a position
tells them: see `Look` in the configuration, and the words in tables/looks.tsv.
"""

from dataclasses import InitVar, dataclass

import numpy as np
import torch
from torch import Tensor

from spae.cielab import lab
from spae.model.colour_candidates import region_colours
from spae.model.configuration import Look
from spae.model.pyramid import Grid

ZERO = 0.5 / 127.5  # of a view, in which 128 is 0; of a picture it is 127.5


@dataclass
class LookOfClasses:
    """A look, and the numbers of its classes among those of the segmentation."""

    look: Look
    stuff: InitVar[list[str]]

    def __post_init__(self, stuff: list[str]):
        self.classes = [stuff.index(name) for name in self.look.classes]
        self.colours = lab(torch.tensor(self.look.colours) / 127.5 - 1)

    def shares(self, stuff: np.ndarray, colours: Tensor) -> np.ndarray:
        """Its share of each cell, from those of the classes, [class, row, column], and colours."""
        distance = (colours[:, None] - self.colours).square().sum(-1).sqrt().amin(1)
        fit = (2 - distance / self.look.radius).clamp(0, 1).numpy()
        return sum(stuff[at] for at in self.classes) * fit.reshape(stuff.shape[1:])


def cell_colours(view: Tensor, grid: Grid) -> Tensor:
    """The mean colour of each cell of what the segmentation sees, [1, 3, N, N] -> [cell, 3]."""
    return lab(region_colours(view + ZERO, grid))[0]
