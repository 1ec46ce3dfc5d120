"""The encoder's convolutions in whole numbers: the stages from pixels to the latent grid.

What follows them (attention, the linear encoder) computes in float32: docs/algorithm.md,
"Precision".
"""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.model.encoder import Encoder
from spae.model.whole_decoder import WholeBlock
from spae.model.whole_numbers import BYTE, ByteWeights, ExactWeights, in_bytes, scaled

PIXELS = 255  # steps of a picture's numbers, from 0 to 1 and from 0 to -1


class WholeEncoder(nn.Module):
    """`largest` holds the largest number of each layer's input, in the order of their use."""

    def __init__(self, encoder: Encoder, largest: tuple[float, ...]):
        super().__init__()
        numbers = iter([float(np.float32(number)) for number in largest])
        self.stem = ExactWeights(encoder.stem.weight, encoder.stem.bias, 1 / PIXELS, PIXELS)
        self.seen, self.downs, self.stages = [], nn.ModuleList(), nn.ModuleList()
        for stage in encoder.stages:
            if hasattr(stage, "down"):
                self.seen.append(next(numbers))
                self.downs.append(ByteWeights(stage.down.weight, stage.down.bias))
            self.stages.append(nn.Sequential(*(WholeBlock(b, numbers) for b in stage.blocks)))

    def forward(self, picture: Tensor) -> Tensor:
        """[batch, 3, height, width] in [-1, 1] -> [batch, width, row, column]."""
        x = (F.pixel_unshuffle(picture, 2) * PIXELS).round()
        x = scaled(F.conv2d(x, self.stem.whole, self.stem.bias, padding=1), self.stem.scales(1))
        for index, blocks in enumerate(self.stages):
            if index > 0:
                largest, weights = self.seen[index - 1], self.downs[index - 1]
                y = weights.sums(in_bytes(x, largest), largest / BYTE, stride=2)
                x = scaled(y, weights.scales(largest / BYTE, 1))
            x = blocks(x)
        return x


@torch.no_grad()
def layer_inputs(encoder: Encoder, picture: Tensor) -> Iterator[Tensor]:
    """What each of those layers reads in float32, in their order."""
    x = encoder.stem(F.pixel_unshuffle(picture, 2))
    for stage in encoder.stages:
        if hasattr(stage, "down"):
            yield x
            x = stage.down(x)
        for block in stage.blocks:
            y = block.norm(x)
            yield y
            y = F.silu(block.first(y))
            yield y
            x = x + block.second(y)
