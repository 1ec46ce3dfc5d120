"""The decoder (SPAE, section 3.1): the mean of each cell's words -> pixels.

Nothing here looks at a whole plane: a changed word reaches a bounded rectangle of the picture.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.model.configuration import Configuration
from spae.model.layers import Blocks, ChannelNorm
from spae.model.pyramid import CLASSES, CLASSES_A_STRIDE, STRIDES, Grid


class ConditionalLinearDecoder(nn.Module):
    """The inverse of the linear encoder.

    What a cell says of its own patch has a matrix for each class of cells. What it says of the
    patches around has one for each stride: that of the deepest layer, so of the smallest class.
    """

    def __init__(self, latent: int, numbers: int):
        super().__init__()
        self.basis = nn.Parameter(torch.zeros(CLASSES, latent, numbers))
        self.around = nn.Parameter(torch.zeros(STRIDES, numbers, latent, 3, 3))
        self.mean = nn.Parameter(torch.zeros(numbers))

    def forward(self, estimate: Tensor, cell_classes: Tensor, grid: Grid | None = None) -> Tensor:
        """[batch, cell, latent], classes [(batch,) cell] -> [batch, numbers, row, column].

        Without a grid the cells are a square.
        """
        batch, cells, latent = estimate.shape
        grid = grid or square_of(cells)
        plane = estimate.transpose(1, 2).reshape(batch, latent, *grid)
        around = per_group(
            lambda stride, planes: F.conv2d(planes, self.around[stride], padding=1),
            plane,
            cell_classes.amin(-1) // CLASSES_A_STRIDE,
        )
        own = per_cell(estimate, self.basis, cell_classes).transpose(1, 2).reshape(around.shape)
        return own + around + self.mean[:, None, None]

    def kernel(self, cell_class: int) -> Tensor:
        """What a cell of a class writes, as a convolution: [numbers, latent, 3, 3]."""
        kernel = self.around[cell_class // CLASSES_A_STRIDE].clone()
        kernel[:, :, 1, 1] += self.basis[cell_class].T
        return kernel

    def transposed(self, patches: Tensor, cell_classes: Tensor) -> Tensor:
        """The transposed map, of the errors of patches to a gradient of each cell's estimate.

        [batch, numbers, row, column], classes [(batch,) cell] -> [batch, cell, latent].
        """
        around = per_group(
            lambda stride, planes: F.conv_transpose2d(planes, self.around[stride], padding=1),
            patches,
            cell_classes.amin(-1) // CLASSES_A_STRIDE,
        )
        own = per_cell(patches.flatten(2).transpose(1, 2), self.basis.transpose(1, 2), cell_classes)
        return around.flatten(2).transpose(1, 2) + own


def square_of(cells: int) -> Grid:
    """The square grid of so many cells."""
    return Grid(math.isqrt(cells), math.isqrt(cells))


def per_cell(rows: Tensor, matrices: Tensor, cell_classes: Tensor) -> Tensor:
    """Each cell's row times its class's matrix, [batch, cell, in] and [class, in, out].

    The classes are those of each picture, [batch, cell], or of all, [cell].
    """
    if cell_classes.dim() == 1:
        return (rows.transpose(0, 1) @ matrices[cell_classes]).transpose(0, 1)
    own = per_group(
        lambda cell_class, rows: rows @ matrices[cell_class],
        rows.flatten(0, 1),
        cell_classes.flatten(),
    )
    return own.view(*cell_classes.shape, -1)


def per_group(function: Callable[[int, Tensor], Tensor], rows: Tensor, groups: Tensor) -> Tensor:
    """Applies a function of the group to the rows of each group, and puts them back in order.

    A single group, without a dimension, is that of all rows.
    """
    if groups.dim() == 0:
        return function(int(groups), rows)
    parts, order = [], []
    for group in groups.unique().tolist():
        chosen = (groups == group).nonzero().squeeze(1)
        parts.append(function(group, rows[chosen]))
        order.append(chosen)
    return torch.cat(parts)[torch.cat(order).argsort()]


class Decoder(nn.Module):
    def __init__(self, configuration: Configuration):
        super().__init__()
        stages, latent = configuration.decoder.stages, configuration.latent
        self.patch = configuration.patch
        self.scale = nn.Parameter(torch.ones(latent), requires_grad=False)
        self.linear = ConditionalLinearDecoder(latent, configuration.patch_numbers)
        self.input = nn.Conv2d(latent, stages[0].width, 1)
        self.label = nn.Embedding(CLASSES, stages[0].width)
        self.stages = nn.ModuleList(
            Blocks(stage)
            if i == 0
            else Blocks(stage, up=nn.Conv2d(stages[i - 1].width, 4 * stage.width, 1))
            for i, stage in enumerate(stages)
        )
        self.norm = ChannelNorm(stages[-1].width)
        self.output = nn.Conv2d(stages[-1].width, 12, 3, padding=1)
        nn.init.normal_(self.label.weight, std=0.1)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, estimate: Tensor, cell_classes: Tensor, grid: Grid | None = None) -> Tensor:
        """Estimates [batch, cell, latent], classes [(batch,) cell] -> [batch, 3, height, width].

        Without a grid the cells are a square.
        """
        batch, cells, _ = estimate.shape
        grid = grid or square_of(cells)
        plane = (estimate * self.scale).transpose(1, 2).reshape(batch, -1, *grid)
        x = self.input(plane) + self.label(cell_classes).transpose(-1, -2).unflatten(-1, grid)
        for stage in self.stages:
            if hasattr(stage, "up"):
                x = F.pixel_shuffle(stage.up(x), 2)
            x = stage.blocks(x)
        detail = F.pixel_shuffle(self.output(self.norm(x)), 2).float()
        with torch.autocast(estimate.device.type, enabled=False):
            patches = self.linear(estimate.float(), cell_classes, grid)
        return F.pixel_shuffle(patches, self.patch) + detail
