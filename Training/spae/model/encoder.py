"""The encoder (SPAE, section 3.1): pixels and what a classifier sees in them -> the latent z."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.model.configuration import Configuration
from spae.model.layers import AttentionBlock, Blocks, TokenNorm
from spae.model.pyramid import KINDS, Grid, shape


class LinearEncoder(nn.Module):
    """The best linear codec of a patch, which sees the eight patches around it as well."""

    def __init__(self, numbers: int, latent: int):
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(numbers))
        self.weight = nn.Parameter(torch.zeros(latent, numbers, 3, 3))

    def forward(self, patches: Tensor) -> Tensor:
        """[batch, numbers, row, column] -> [batch, cell, latent]; outside is the mean patch."""
        z = F.conv2d(patches - self.mean[:, None, None], self.weight, padding=1)
        return z.flatten(2).transpose(1, 2)


class SemanticSkip(nn.Module):
    """From the semantics straight to z, with one output for each kind of cell."""

    def __init__(self, text: int, hidden: int, latent: int):
        super().__init__()
        self.first = nn.Linear(2 * text, hidden)
        self.second = nn.Linear(hidden, KINDS * latent)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, semantics: Tensor, kinds: Tensor) -> Tensor:
        """[batch, cell, 2 text], kinds [cell] -> [batch, cell, latent]."""
        batch, cells, _ = semantics.shape
        every = self.second(F.silu(self.first(semantics))).view(batch, cells, KINDS, -1)
        return every[:, torch.arange(cells), kinds]


class Encoder(nn.Module):
    def __init__(self, configuration: Configuration):
        super().__init__()
        sizes, latent = configuration.encoder, configuration.latent
        widths = [stage.width for stage in sizes.stages]
        width = widths[-1]
        self.patch, self.frequencies = configuration.patch, sizes.frequencies
        self.flat = configuration.quantization.flat
        self.linear = LinearEncoder(configuration.patch_numbers, latent)
        self.whole: nn.Module | None = (
            None  # the convolutions, where a model has them in whole numbers
        )
        self.stem = nn.Conv2d(12, widths[0], 3, padding=1)
        self.stages = nn.ModuleList(
            Blocks(stage)
            if i == 0
            else Blocks(stage, down=nn.Conv2d(widths[i - 1], stage.width, 2, stride=2))
            for i, stage in enumerate(sizes.stages)
        )
        self.position = nn.Linear(4 * sizes.frequencies, width, bias=False)
        self.kind = nn.Embedding(KINDS, width)
        self.semantic = nn.Linear(2 * configuration.text, width) if configuration.semantic else None
        self.direct = (
            SemanticSkip(configuration.text, sizes.semantic_skip, latent)
            if configuration.semantic
            else None
        )
        self.attention = nn.Sequential(
            *(
                AttentionBlock(width, sizes.attention.heads, sizes.attention.expansion)
                for _ in range(sizes.attention.blocks)
            )
        )
        self.norm = TokenNorm(width)
        self.output = nn.Linear(width, latent)
        for silent in (self.output, self.position):
            nn.init.zeros_(silent.weight)
        nn.init.zeros_(self.output.bias)
        nn.init.normal_(self.kind.weight, std=0.02)

    def forward(self, picture: Tensor, semantics: Tensor | None, in_floats: bool = False) -> Tensor:
        """[batch, 3, height, width] in [-1, 1] and [batch, cell, 2 text] -> z [batch, cell, latent]."""
        x = self.convolved(picture) if in_floats or self.whole is None else self.whole(picture)
        grid = Grid(*x.shape[-2:])
        kinds = torch.from_numpy(shape(grid, self.flat).kinds).to(x.device)
        tokens = x.flatten(2).transpose(1, 2)
        tokens = tokens + self.position(positions(grid, self.frequencies, x)) + self.kind(kinds)
        if self.semantic is not None:
            tokens = tokens + self.semantic(semantics)
        z = self.output(self.norm(self.attention(tokens))).float()
        if self.direct is not None:
            z = z + self.direct(semantics, kinds).float()
        with torch.autocast(picture.device.type, enabled=False):
            return z + self.linear(F.pixel_unshuffle(picture.float(), self.patch))

    def convolved(self, picture: Tensor) -> Tensor:
        """The stages from pixels to the latent grid, [batch, width, row, column]."""
        x = self.stem(F.pixel_unshuffle(picture, 2))
        for stage in self.stages:
            if hasattr(stage, "down"):
                x = stage.down(x)
            x = stage.blocks(x)
        return x


def positions(grid: Grid, frequencies: int, like: Tensor) -> Tensor:
    """Sines and cosines of a cell's position, x before y: [cell, 4 frequencies].

    A side of any length has the same waves.
    """
    x = waves_along(grid.columns, frequencies, like)[None, :, :].expand(*grid, -1)
    y = waves_along(grid.rows, frequencies, like)[:, None, :].expand(*grid, -1)
    return torch.cat([x, y], -1).reshape(grid.cells, -1)


def waves_along(length: int, frequencies: int, like: Tensor) -> Tensor:
    """[length, 2 frequencies]"""
    axis = (torch.arange(length, device=like.device, dtype=torch.float32) + 0.5) / length
    waves = [
        wave(2**k * math.pi * axis) for k in range(frequencies) for wave in (torch.sin, torch.cos)
    ]
    return torch.stack(waves, -1)
