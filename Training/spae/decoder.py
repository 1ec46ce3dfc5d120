"""The decoder (SPAE, section 3.1): the mean of each cell's words -> pixels.

Nothing here looks at a whole plane: a changed word reaches a bounded rectangle of the picture.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.configuration import Configuration
from spae.layers import Blocks, ChannelNorm
from spae.pyramid import LABELS


class LabelledLinearPath(nn.Module):
    """The inverse of the encoder's linear path, with a matrix for each label of a cell."""

    def __init__(self, latent: int, numbers: int):
        super().__init__()
        self.basis = nn.Parameter(torch.zeros(LABELS, latent, numbers))
        self.mean = nn.Parameter(torch.zeros(numbers))

    def forward(self, estimate: Tensor, labels: Tensor) -> Tensor:
        """[batch, cell, latent], labels [batch, cell] -> [batch, cell, numbers]."""
        batch, cells, latent = estimate.shape
        flat, flat_labels = estimate.reshape(-1, latent), labels.reshape(-1)
        patches = flat.new_empty(flat.shape[0], self.mean.shape[0])
        for label in flat_labels.unique().tolist():
            chosen = (flat_labels == label).nonzero().squeeze(1)
            patches = patches.index_copy(0, chosen, flat[chosen] @ self.basis[label])
        return patches.view(batch, cells, -1) + self.mean


class Decoder(nn.Module):
    def __init__(self, configuration: Configuration):
        super().__init__()
        stages, latent = configuration.decoder.stages, configuration.latent
        self.patch = configuration.patch
        self.scale = nn.Parameter(torch.ones(latent), requires_grad=False)
        self.linear = LabelledLinearPath(latent, configuration.patch_numbers)
        self.input = nn.Conv2d(latent, stages[0].width, 1)
        self.label = nn.Embedding(LABELS, stages[0].width)
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

    def forward(self, estimate: Tensor, labels: Tensor) -> Tensor:
        """Estimates [batch, cell, latent] and labels [batch, cell] -> [batch, 3, N, N]."""
        batch, cells, _ = estimate.shape
        grid = int(cells**0.5)
        plane = (estimate * self.scale).transpose(1, 2).reshape(batch, -1, grid, grid)
        x = self.input(plane) + self.label(labels).transpose(1, 2).reshape(batch, -1, grid, grid)
        for stage in self.stages:
            if hasattr(stage, "up"):
                x = F.pixel_shuffle(stage.up(x), 2)
            x = stage.blocks(x)
        detail = F.pixel_shuffle(self.output(self.norm(x)), 2).float()
        with torch.autocast(estimate.device.type, enabled=False):
            patches = self.linear(estimate.float(), labels)
        patches = patches.transpose(1, 2).reshape(batch, -1, grid, grid)
        return F.pixel_shuffle(patches, self.patch) + detail
