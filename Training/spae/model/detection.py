"""A frozen network finds things of some classes and draws boxes around them: the detection branch.

YOLOX (arXiv 2107.08430), its smallest size: every dense convolution of more than one pixel, but the
first, is a depthwise one and one across the channels.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from spae.images import resized, square_view, view_size
from spae.model.configuration import Detection
from spae.model.pyramid import PyramidShape


class Convolution(nn.Conv2d):
    """A convolution and SiLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups=1):
        super().__init__(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        return F.silu(super().forward(x))


class Separable(nn.Module):
    """A depthwise convolution of 3 x 3 and one across the channels, each with SiLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.depthwise = Convolution(inputs, inputs, 3, stride, inputs)
        self.project = Convolution(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.project(self.depthwise(x))


class Bottleneck(nn.Module):
    def __init__(self, width: int, residual: bool):
        super().__init__()
        self.residual = residual
        self.enter = Convolution(width, width)
        self.filter = Separable(width, width)

    def forward(self, x: Tensor) -> Tensor:
        y = self.filter(self.enter(x))
        return x + y if self.residual else y


class PartialStage(nn.Module):
    """Blocks that work on one half of the channels while the other passes (CSP)."""

    def __init__(self, inputs: int, outputs: int, blocks: int, residual: bool):
        super().__init__()
        self.split = Convolution(inputs, outputs)
        self.blocks = nn.Sequential(*(Bottleneck(outputs // 2, residual) for _ in range(blocks)))
        self.join = Convolution(outputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        own, other = self.split(x).chunk(2, 1)
        return self.join(torch.cat([self.blocks(own), other], 1))


class PoolingPyramid(nn.Module):
    """The greatest values around each pixel, at several distances, beside its own."""

    def __init__(self, width: int, pools: tuple[int, ...]):
        super().__init__()
        self.pools = pools
        self.enter = Convolution(width, width // 2)
        self.leave = Convolution(width // 2 * (1 + len(pools)), width)

    def forward(self, x: Tensor) -> Tensor:
        x = self.enter(x)
        greatest = [F.max_pool2d(x, pool, 1, pool // 2) for pool in self.pools]
        return self.leave(torch.cat([x, *greatest], 1))


class Stage(nn.Module):
    """One halving of the side."""

    def __init__(self, inputs: int, outputs: int, blocks: int, pools: tuple[int, ...] = ()):
        super().__init__()
        self.down = Separable(inputs, outputs, 2)
        self.pooling = PoolingPyramid(outputs, pools) if pools else None
        self.partial = PartialStage(outputs, outputs, blocks, residual=not pools)

    def forward(self, x: Tensor) -> Tensor:
        x = self.down(x)
        return self.partial(x if self.pooling is None else self.pooling(x))


class Neck(nn.Module):
    """Features of three scales, each told what the others saw: first downward, then up again."""

    def __init__(self, widths: tuple[int, int, int], blocks: int):
        super().__init__()
        fine, middle, coarse = widths
        self.lateral = nn.ModuleList([Convolution(coarse, middle), Convolution(middle, fine)])
        self.finer = nn.ModuleList(
            PartialStage(2 * width, width, blocks, residual=False) for width in (middle, fine)
        )
        self.down = nn.ModuleList(Separable(width, width, 2) for width in (fine, middle))
        self.coarser = nn.ModuleList(
            PartialStage(2 * width, 2 * width, blocks, residual=False) for width in (fine, middle)
        )

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> list[Tensor]:
        coarse = self.lateral[0](coarse)
        middle = self.lateral[1](self.finer[0](torch.cat([doubled(coarse), middle], 1)))
        fine = self.finer[1](torch.cat([doubled(middle), fine], 1))
        middle = self.coarser[0](torch.cat([self.down[0](fine), middle], 1))
        coarse = self.coarser[1](torch.cat([self.down[1](middle), coarse], 1))
        return [fine, middle, coarse]


class Head(nn.Module):
    """What stands in the cells of one scale, and where."""

    def __init__(self, inputs: int, width: int, classes: int):
        super().__init__()
        self.enter = Convolution(inputs, width)
        self.classify = nn.Sequential(Separable(width, width), Separable(width, width))
        self.classes = nn.Conv2d(width, classes, 1)
        self.locate = nn.Sequential(Separable(width, width), Separable(width, width))
        self.box = nn.Conv2d(width, 5, 1)  # x, y, width, height, and whether anything is there

    def forward(self, x: Tensor) -> Tensor:
        x = self.enter(x)
        return torch.cat([self.box(self.locate(x)), self.classes(self.classify(x))], 1)


class DetectionBranch(nn.Module):
    def __init__(self, sizes: Detection):
        super().__init__()
        self.sizes = sizes
        # What computes in whole numbers, where a model asks for it.
        self.whole: nn.Module | None = None
        widths = [sizes.stem] + [stage.width for stage in sizes.stages]
        # Of three colours and a step of two: the paper's "focus" on quarters of the pixels.
        self.stem = nn.Conv2d(3, sizes.stem, 6, 2, 2)
        pools = [()] * (len(sizes.stages) - 1) + [sizes.pools]
        self.stages = nn.ModuleList(
            Stage(inputs, stage.width, stage.blocks, own)
            for inputs, stage, own in zip(widths, sizes.stages, pools, strict=False)
        )
        self.neck = Neck(tuple(widths[-3:]), sizes.neck)
        self.heads = nn.ModuleList(
            Head(width, sizes.head, len(sizes.classes)) for width in widths[-3:]
        )
        self.requires_grad_(False)

    def load_frozen(self, path: Path) -> None:
        self.load_state_dict({name: t.float() for name, t in load_file(path).items()})

    def raw(self, view: Tensor) -> list[Tensor]:
        """[batch, 3, N, N] -> for each scale [batch, 5 + classes, side, side], before sigmoids."""
        if self.whole is not None:
            return self.whole.raw(view)
        x, features = F.silu(self.stem(view)), []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return [head(x) for head, x in zip(self.heads, self.neck(*features[-3:]), strict=True)]

    def forward(self, view: Tensor) -> Tensor:
        """[batch, 3, N, N] -> [batch, cells, 5 + classes]: centre and size in pixels, scores."""
        found = [decoded(raw, view.shape[-1] // raw.shape[-1]) for raw in self.raw(view)]
        return torch.cat(found, 1)

    def view(self, image: Image.Image, shape: PyramidShape | None = None) -> Tensor:
        """What the network sees of a picture's middle square, [3, N, N].

        With the shape of its pyramid all of a picture that is framed.
        """
        side, stride = self.sizes.input, 2 << len(self.sizes.stages)
        view = square_view(image, side)
        if shape:
            view = resized(image, view_size(side, shape.grid, stride))
        pixels = np.asarray(view, np.float32)
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1)


def doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


def decoded(raw: Tensor, stride: int) -> Tensor:
    """One scale's output as [batch, cells, 5 + classes], in pixels and probabilities."""
    rows, columns = (torch.arange(length, device=raw.device) for length in raw.shape[-2:])
    position = torch.stack([columns.repeat(len(rows)), rows.repeat_interleave(len(columns))], 1)
    raw = raw.flatten(2).transpose(1, 2)
    centre, size = (raw[..., :2] + position) * stride, raw[..., 2:4].exp() * stride
    return torch.cat([centre, size, raw[..., 4:].sigmoid()], -1)
