"""Networks in whole numbers: what a frozen branch computes where its precision is int8.

Activations and weights become whole numbers, sums of their products are exact, and one multiplication
and one rounding make numbers of the next layer of them. So every processor gives the same bits:
docs/algorithm.md, "Precision".
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BYTE = 127  # the largest magnitude of a weight
STEPS = 1023  # of an activation from 0 on that a depthwise convolution sees
UNSIGNED = 255  # the largest byte of what no negative number is among
SIX = 6.0
EXACT = 16_760_000  # sums up to this are exact in float32, and some roundings beyond


def quotient(number: float, divisor: Tensor) -> Tensor:
    """A number over each of a tensor's, by one rounding: PyTorch's own takes the reciprocal first."""
    return torch.full_like(divisor, number) / divisor


class ByteWeights(nn.Module):
    """A dense convolution's weights as bytes, a scale for each output channel."""

    def __init__(self, weight: Tensor, bias: Tensor):
        super().__init__()
        weight = weight.detach()
        most = weight.flatten(1).abs().amax(1)
        inverse = torch.where(most > 0, quotient(BYTE, most), torch.ones_like(most))
        whole = (weight.flatten(1) * inverse[:, None]).round().clamp(-BYTE, BYTE)
        self.register_buffer("inverse", inverse, persistent=False)
        self.register_buffer("whole", whole.view_as(weight).double(), persistent=False)
        self.register_buffer("bias", bias.detach().clone(), persistent=False)

    def sums(
        self, x: Tensor, step: float, padding: int | tuple[int, ...] = 0, stride: int = 1
    ) -> Tensor:
        """The sums of whole numbers [batch, inputs, height, width] of such a step."""
        bias = (self.bias.double() * self.inverse.double() / step).round()
        return F.conv2d(x.double(), self.whole, bias, stride, padding)

    def scales(self, step: float, target: float) -> Tensor:
        """What makes numbers of the target's step of the sums."""
        return (quotient(step, self.inverse.double()) / target).float()


class ExactWeights(nn.Module):
    """Weights as whole numbers so large that float32 still holds every sum, one scale a channel.

    `most` is the largest magnitude of an input, in steps.
    """

    def __init__(self, weight: Tensor, bias: Tensor, step: float, most: int):
        super().__init__()
        weight, bias, self.step = weight.detach().double(), bias.detach().double(), step
        largest = most * weight.flatten(1).abs().sum(1) + bias.abs() / step
        factor = torch.where(largest > 0, quotient(EXACT, largest), torch.ones_like(largest))
        whole = (weight.flatten(1) * factor[:, None]).round().view_as(weight)
        self.register_buffer("factor", factor, persistent=False)
        self.register_buffer("whole", whole.float(), persistent=False)
        self.register_buffer("bias", (bias * factor / step).round().float(), persistent=False)

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
