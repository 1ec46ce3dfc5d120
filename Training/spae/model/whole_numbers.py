"""Networks in whole numbers: what a frozen branch computes where its precision is int8.

Activations and weights become whole numbers, sums of their products are exact, and one multiplication
and one rounding make numbers of the next layer of them. So every processor gives the same bits:
docs/algorithm.md, "Precision".
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BYTE = 127  # the largest magnitude of a weight
STEPS = 1023  # of an activation between 0 and 6 that a depthwise convolution sees
SIX = 6.0
EXACT = 16_760_000  # sums up to this are exact in float32, and some roundings beyond


def quotient(number: float, divisor: Tensor) -> Tensor:
    """A number over each of a tensor's, by one rounding: PyTorch's own takes the reciprocal first."""
    return torch.full_like(divisor, number) / divisor


class ByteWeights(nn.Module):
    """A dense convolution's weights as bytes, a scale for each output channel."""

    def __init__(self, weight: Tensor, bias: Tensor):
        super().__init__()
        most = weight.flatten(1).abs().amax(1)
        self.inverse = torch.where(most > 0, quotient(BYTE, most), torch.ones_like(most))
        whole = (weight.flatten(1) * self.inverse[:, None]).round().clamp(-BYTE, BYTE)
        self.whole = whole.view_as(weight).double()
        self.bias = bias

    def sums(self, x: Tensor, step: float) -> Tensor:
        """The sums of whole numbers [batch, inputs, height, width] of such a step."""
        bias = (self.bias.double() * self.inverse.double() / step).round()
        return F.conv2d(x.double(), self.whole, bias)

    def scales(self, step: float, target: float) -> Tensor:
        """What makes numbers of the target's step of the sums."""
        return (quotient(step, self.inverse.double()) / target).float()


class ExactWeights(nn.Module):
    """Weights as whole numbers so large that float32 still holds every sum, one scale a channel.

    `most` is the largest magnitude of an input, in steps.
    """

    def __init__(self, weight: Tensor, bias: Tensor, step: float, most: int):
        super().__init__()
        sizes = weight.double().flatten(1).abs().sum(1)
        largest = most * sizes + bias.double().abs() / step
        self.factor = torch.where(largest > 0, quotient(EXACT, largest), torch.ones_like(largest))
        shape = (-1,) + (1,) * (weight.dim() - 1)
        self.whole = (weight.double() * self.factor.view(shape)).round().float()
        self.bias = (bias.double() * self.factor / step).round().float()
        self.step = step

    def scales(self, target: float) -> Tensor:
        return (quotient(self.step, self.factor) / target).float()


def scaled(sums: Tensor, scales: Tensor) -> Tensor:
    """Sums as numbers of float32, by one rounding."""
    return sums.float() * scales[:, None, None]


def requantized(sums: Tensor, scales: Tensor, most: float) -> Tensor:
    """Whole numbers of the next layer: 0 to `most`, half to even."""
    return scaled(sums, scales).clamp(0, most).round()


def in_bytes(x: Tensor, most: float) -> Tensor:
    """Numbers as signed bytes, of which 127 stands for `most`."""
    return (x * torch.tensor(BYTE / most).float()).clamp(-BYTE - 1, BYTE).round()
