"""The detection branch in whole numbers, but for what its stem and its heads give.

Every other convolution gives bytes of its SiLU, by a polynomial; those that lie beside each other,
or are added, have one step: docs/algorithm.md, "Precision". Numbers are bytes less that of zero.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.model.detection import (
    Bottleneck,
    DetectionBranch,
    Head,
    Neck,
    PartialStage,
    Separable,
    Stage,
    doubled,
)
from spae.model.whole_decoder import SiLUBytes, exact_silu
from spae.model.whole_numbers import ByteWeights, ExactWeights, scaled

BYTES = 255  # the largest magnitude of a number


class StepGroup(NamedTuple):
    """Convolutions whose bytes have one step."""

    layers: list[nn.Conv2d]
    terms: int = 1  # the most SiLUs that one of their numbers is the sum of


def step_groups(branch: DetectionBranch) -> list[StepGroup]:
    """In the order in which they first give bytes."""
    groups, neck = [], branch.neck
    beside = [[neck.lateral[1], neck.down[0].project], [neck.lateral[0], neck.down[1].project], []]
    for stage, others in zip(branch.stages, [[]] * (len(branch.stages) - 3) + beside, strict=True):
        groups += _each(stage.down.depthwise, stage.down.project)
        if stage.pooling is not None:
            groups += _each(stage.pooling.enter, stage.pooling.leave)
        groups += _partial_groups(stage.partial, others)
    for finer in neck.finer:
        groups += _partial_groups(finer, [])
    for down, coarser in zip(neck.down, neck.coarser, strict=True):
        groups += [*_each(down.depthwise), *_partial_groups(coarser, [])]
    for head in branch.heads:
        groups += _each(head.enter)
        for layer in (*head.locate, *head.classify):
            groups += _each(layer.depthwise, layer.project)
    return groups


def _each(*layers: nn.Conv2d) -> list[StepGroup]:
    return [StepGroup([layer]) for layer in layers]


def _partial_groups(partial: PartialStage, others: list[nn.Conv2d]) -> list[StepGroup]:
    """`others` lie beside what the stage gives."""
    own = [partial.split, *(block.filter.project for block in partial.blocks)]
    groups = [StepGroup(own, 1 + sum(block.residual for block in partial.blocks))]
    for block in partial.blocks:
        groups += _each(block.enter, block.filter.depthwise)
    return [*groups, StepGroup([partial.join, *others])]


def approximate_silu(x: Tensor) -> Tensor:
    """x times a polynomial that comes near the sigmoid, in single operations."""
    t = x.clamp(-7, 7)
    square, p = t * t, torch.full_like(t, 5.98547878e-11)
    for coefficient in (
        -1.16125785e-8,
        9.28531676e-7,
        -3.99195305e-5,
        1.02313247e-3,
        -1.70326121e-2,
        2.44891912e-1,
    ):
        p = p * square + coefficient
    return x * (p * t + 0.5)


class WholeLayer(nn.Module):
    """A dense convolution of bytes of a step."""

    def __init__(self, layer: nn.Conv2d, step: float):
        super().__init__()
        self.step, self.padding, self.stride = step, layer.padding, layer.stride
        self.weights = ByteWeights(layer.weight, layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        sums = self.weights.sums(x, self.step, self.padding, self.stride)
        return scaled(sums, self.weights.scales(self.step, 1))


class WholeFilter(nn.Module):
    """A depthwise convolution of bytes of a step."""

    def __init__(self, layer: nn.Conv2d, step: float, most: int):
        super().__init__()
        self.layers = [layer]
        self.weights = ExactWeights(layer.weight, layer.bias, step, most)

    def forward(self, x: Tensor) -> Tensor:
        (layer,), weights = self.layers, self.weights
        sums = F.conv2d(
            x, weights.whole, weights.bias, layer.stride, layer.padding, groups=layer.groups
        )
        return scaled(sums, weights.scales(1))


class FirstFilter(nn.Module):
    """A depthwise convolution of 3 x 3 of float32: products are added in the order of the taps."""

    def __init__(self, layer: nn.Conv2d):
        super().__init__()
        self.layers = [layer]

    def forward(self, x: Tensor) -> Tensor:
        (layer,), (rows, columns) = self.layers, x.shape[-2:]
        x, total = F.pad(x, (1, 1, 1, 1)), layer.bias.detach()[:, None, None]
        for y in range(3):
            for z in range(3):
                seen = x[..., y : y + rows : layer.stride[0], z : z + columns : layer.stride[1]]
                total = total + seen * layer.weight.detach()[:, 0, y, z][:, None, None]
        return total


class Bytes(NamedTuple):
    numbers: Tensor
    step: float
    zero: int = 0  # the byte of zero

    def __or__(self, other: "Bytes") -> "Bytes":
        """The channels of both, of one step."""
        assert self.step == other.step
        return self._replace(numbers=torch.cat([self.numbers, other.numbers], 1))

    def half(self, index: int) -> "Bytes":
        return self._replace(numbers=self.numbers.chunk(2, 1)[index])


class WholeDetection(nn.Module):
    """`largest` holds the largest number of each group of convolutions of one step."""

    def __init__(self, branch: DetectionBranch, largest: tuple[float, ...]):
        super().__init__()
        self.branch = [branch]
        self.stem, self.first = WholeLayer(branch.stem, 1.0), branch.stages[0].down.depthwise
        self.silus: dict[nn.Conv2d, SiLUBytes] = {}
        # Made as a picture comes to them: then the steps that they see are known.
        self.layers: dict[nn.Conv2d, nn.Module] = {self.first: FirstFilter(self.first)}
        for group, most in zip(step_groups(branch), largest, strict=True):
            silu = SiLUBytes(float(np.float32(most)), group.terms)
            self.silus |= {layer: silu for layer in group.layers}

    def raw(self, view: Tensor) -> list[Tensor]:
        """As the branch has it."""
        (branch,), features = self.branch, []
        x = Bytes(exact_silu(self.stem(view)), 1.0)
        for stage in branch.stages:
            x = self._stage(stage, x)
            features.append(x)
        outputs = self._neck(branch.neck, *features[-3:])
        return [self._head(head, x) for head, x in zip(branch.heads, outputs, strict=True)]

    def _sums(self, layer: nn.Conv2d, x: Bytes) -> Tensor:
        if layer not in self.layers:
            self.layers[layer] = (
                WholeLayer(layer, x.step)
                if layer.groups == 1
                else WholeFilter(layer, x.step, BYTES + x.zero)
            )
        return self.layers[layer](x.numbers)

    def _run(self, layer: nn.Conv2d, x: Bytes, residual: Bytes | None = None) -> Bytes:
        silu = self.silus[layer]
        y = approximate_silu(self._sums(layer, x)) * silu.inverse
        y = y if residual is None else y + residual.numbers
        return Bytes(y.clamp(-silu.zero, BYTES - silu.zero).round(), silu.step, int(silu.zero))

    def _separable(self, both: Separable, x: Bytes, residual: Bytes | None = None) -> Bytes:
        return self._run(both.project, self._run(both.depthwise, x), residual)

    def _stage(self, stage: Stage, x: Bytes) -> Bytes:
        x = self._separable(stage.down, x)
        if stage.pooling is not None:
            x = seen = self._run(stage.pooling.enter, x)
            for pool in stage.pooling.pools:
                seen = seen | x._replace(numbers=F.max_pool2d(x.numbers, pool, 1, pool // 2))
            x = self._run(stage.pooling.leave, seen)
        return self._partial(stage.partial, x)

    def _partial(self, partial: PartialStage, x: Bytes) -> Bytes:
        parts = self._run(partial.split, x)
        own = parts.half(0)
        for block in partial.blocks:
            entered = self._run(block.enter, own)
            own = self._separable(block.filter, entered, own if block.residual else None)
        return self._run(partial.join, own | parts.half(1))

    def _neck(self, neck: Neck, fine: Bytes, middle: Bytes, coarse: Bytes) -> list[Bytes]:
        coarse = self._run(neck.lateral[0], coarse)
        middle = self._partial(neck.finer[0], twice(coarse) | middle)
        middle = self._run(neck.lateral[1], middle)
        fine = self._partial(neck.finer[1], twice(middle) | fine)
        middle = self._partial(neck.coarser[0], self._separable(neck.down[0], fine) | middle)
        coarse = self._partial(neck.coarser[1], self._separable(neck.down[1], middle) | coarse)
        return [fine, middle, coarse]

    def _head(self, head: Head, x: Bytes) -> Tensor:
        x = self._run(head.enter, x)
        found = []
        for layers, last in ((head.locate, head.box), (head.classify, head.classes)):
            y = x
            for layer in layers:
                y = self._separable(layer, y)
            found.append(self._sums(last, y))
        return torch.cat(found, 1)


def twice(x: Bytes) -> Bytes:
    return x._replace(numbers=doubled(x.numbers))


@torch.no_grad()
def group_outputs(branch: DetectionBranch, view: Tensor) -> Iterator[list[Tensor]]:
    """What each of those numbers is the largest of, in float32, in their order."""
    found: dict[nn.Conv2d, Tensor] = {}

    def noting(layer: nn.Conv2d):
        def note(_module: nn.Module, _inputs: tuple, output: Tensor) -> None:
            found[layer] = output

        return note

    groups = step_groups(branch)
    layers = [layer for group in groups for layer in group.layers]
    hooks = [layer.register_forward_hook(noting(layer)) for layer in layers]
    # What a block adds to is in its bytes too.
    for module in branch.modules():
        if isinstance(module, Bottleneck):
            hooks.append(module.register_forward_hook(noting(module.filter.project)))
    branch.raw(view)
    for hook in hooks:
        hook.remove()
    for group in groups:
        yield [found[layer] for layer in group.layers]
