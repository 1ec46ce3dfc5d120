"""The decoder's network in whole numbers, for the pictures that refine words.

Numbers between the layers are bytes, the sums over residuals float32. What is no sum of whole
numbers (norms, SiLU) is made of single operations of float32 in a fixed order, so that the engine
has the same bits: docs/algorithm.md, "Precision".
"""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.model.decoder import Decoder
from spae.model.layers import EPSILON, ChannelNorm, ResidualBlock
from spae.model.pyramid import Grid
from spae.model.whole_numbers import BYTE, ByteWeights, ExactWeights, in_bytes, quotient, scaled

STEPS = 2047  # of the largest latent
LANES = 16  # in which squares are added
LEAST = 0.2785  # no SiLU gives less than minus this


def lane_sums(squares: Tensor) -> Tensor:
    """The sums over channels, [batch, channels, ...]: in 16 lanes, and then in halves."""
    lanes = squares.unflatten(1, (-1, LANES))
    total = lanes[:, 0]
    for part in lanes.unbind(1)[1:]:
        total = total + part
    while total.shape[1] > 1:
        half = total.shape[1] // 2
        total = total[:, :half] + total[:, half:]
    return total


def rounded_root(x: Tensor) -> Tensor:
    """Square roots, each rounded once: PyTorch's own of float32 may be the number beside it."""
    return x.double().sqrt().float()


def normalised(x: Tensor, norm: ChannelNorm) -> Tensor:
    padding = -x.shape[1] % LANES
    total = lane_sums(F.pad(x.square(), (0, 0, 0, 0, 0, padding)))
    scale = quotient(1.0, rounded_root(total / x.shape[1] + EPSILON))
    return x * scale * norm.gain[:, None, None]


def exact_silu(x: Tensor) -> Tensor:
    """x / (1 + e^-x), where e^x is 2^n times a polynomial; no operation is contracted."""
    minus = (-x).clamp(-87, 87)
    n = (minus * 1.44269504).round()
    r = minus - n * 0.693359375
    r = r + n * 2.12194440e-4
    p = torch.full_like(r, 1.9875691500e-4)
    for coefficient in (
        1.3981999507e-3,
        8.3334519073e-3,
        4.1665795894e-2,
        1.6666665459e-1,
        5.0000001201e-1,
    ):
        p = p * r + coefficient
    p = p * (r * r) + r + 1.0
    power = ((n.to(torch.int32) + 127) << 23).view(torch.float32)
    return x / (p * power + 1.0)


class SiLUBytes:
    """Bytes of what a SiLU gives, or a sum of some, up to a largest number."""

    def __init__(self, largest: float, terms: int = 1):
        least = LEAST * terms
        self.step = (largest + least) / 255
        self.zero = float(np.rint(least / (largest + least) * 255))
        self.inverse = torch.tensor(255 / (largest + least)).float()

    def __call__(self, x: Tensor) -> Tensor:
        """Numbers less the zero, so that zero is 0."""
        return ((x * self.inverse).round() + self.zero).clamp(0, 255) - self.zero


class WholeBlock(nn.Module):
    def __init__(self, block: ResidualBlock, numbers: Iterator[float]):
        super().__init__()
        self.layers = [block]
        self.largest, self.silu = next(numbers), SiLUBytes(next(numbers))
        self.first = ByteWeights(block.first.weight, block.first.bias)
        self.second = ByteWeights(block.second.weight, block.second.bias)

    def forward(self, x: Tensor) -> Tensor:
        block, step = self.layers[0], self.largest / BYTE
        y = in_bytes(normalised(x, block.norm), self.largest)
        y = scaled(self.first.sums(y, step, block.first.padding), self.first.scales(step, 1))
        y = self.second.sums(self.silu(exact_silu(y)), self.silu.step, block.second.padding)
        return scaled(y, self.second.scales(self.silu.step, 1)) + x


class WholeDecoder(nn.Module):
    """`largest` holds the largest number of each layer's input, in the order of their use."""

    def __init__(self, decoder: Decoder, largest: tuple[float, ...]):
        super().__init__()
        numbers = iter([float(np.float32(number)) for number in largest])
        self.layers = [decoder]
        step = next(numbers) / STEPS
        self.inverse = torch.tensor(1 / step).float()
        self.input = ExactWeights(decoder.input.weight, decoder.input.bias, step, STEPS)
        self.seen, self.ups, self.stages = [], nn.ModuleList(), nn.ModuleList()
        for stage in decoder.stages:
            if hasattr(stage, "up"):
                self.seen.append(next(numbers))
                self.ups.append(ByteWeights(stage.up.weight, stage.up.bias))
            self.stages.append(nn.Sequential(*(WholeBlock(b, numbers) for b in stage.blocks)))
        self.largest = next(numbers)
        self.output = ByteWeights(decoder.output.weight, decoder.output.bias)

    def forward(self, estimate: Tensor, cell_classes: Tensor, grid: Grid) -> Tensor:
        """Estimates [batch, cell, latent], classes [cell] -> [batch, 3, height, width]."""
        decoder = self.layers[0]
        plane = (estimate * decoder.scale).transpose(1, 2).unflatten(-1, grid)
        plane = (plane * self.inverse).round().clamp(-STEPS, STEPS)
        x = scaled(F.conv2d(plane, self.input.whole, self.input.bias), self.input.scales(1))
        x = x + decoder.label(cell_classes).transpose(-1, -2).unflatten(-1, grid)
        for index, blocks in enumerate(self.stages):
            if index > 0:
                largest, weights = self.seen[index - 1], self.ups[index - 1]
                y = weights.sums(in_bytes(x, largest), largest / BYTE)
                x = F.pixel_shuffle(scaled(y, weights.scales(largest / BYTE, 1)), 2)
            x = blocks(x)
        x = in_bytes(normalised(x, decoder.norm), self.largest)
        x = self.output.sums(x, self.largest / BYTE, decoder.output.padding)
        detail = F.pixel_shuffle(scaled(x, self.output.scales(self.largest / BYTE, 1)), 2)
        patches = decoder.linear(estimate, cell_classes, grid)
        return F.pixel_shuffle(patches, decoder.patch) + detail


@torch.no_grad()
def layer_inputs(decoder: Decoder, estimate: Tensor, classes: Tensor, grid: Grid):
    """What each of those layers reads in float32, in their order."""
    plane = (estimate * decoder.scale).transpose(1, 2).unflatten(-1, grid)
    yield plane
    x = decoder.input(plane) + decoder.label(classes).transpose(-1, -2).unflatten(-1, grid)
    for stage in decoder.stages:
        if hasattr(stage, "up"):
            yield x
            x = F.pixel_shuffle(stage.up(x), 2)
        for block in stage.blocks:
            y = block.norm(x)
            yield y
            y = F.silu(block.first(y))
            yield y
            x = x + block.second(y)
    yield decoder.norm(x)
