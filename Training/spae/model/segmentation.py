"""A frozen network says which of some classes each pixel is: the segmentation branch.

MOSAIC (arXiv 2112.11623), as the mobile segmenter R4: inverted bottlenecks down to a sixteenth of
the picture's side, a pyramid of pooled grids, and a decoder up to a quarter of the side.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from spae.images import resized, square_view, view_size
from spae.model.configuration import Segmentation, SegmentationBlock
from spae.model.pyramid import Grid, PyramidShape
from spae.model.semantic_branch import SameConvolution


class Bottleneck(nn.Module):
    """An inverted bottleneck, which also gives what it filtered."""

    def __init__(self, width: int, block: SegmentationBlock):
        super().__init__()
        self.expand = SameConvolution(width, block.inner, 1)
        self.depthwise = SameConvolution(
            block.inner,
            block.inner,
            block.kernel,
            stride=block.stride,
            dilation=block.dilation,
            groups=block.inner,
        )
        self.project = SameConvolution(block.inner, block.output, 1)
        self.residual = block.stride == 1 and width == block.output

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        filtered = F.relu(self.depthwise(F.relu(self.expand(x))))
        y = self.project(filtered)
        return (x + y if self.residual else y), filtered


class Separable(nn.Module):
    """A depthwise convolution and one across the channels, each with ReLU."""

    def __init__(self, width: int, kernel: int, output: int):
        super().__init__()
        self.depthwise = SameConvolution(width, width, kernel, groups=width)
        self.project = SameConvolution(width, output, 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.project(F.relu(self.depthwise(x))))


class AdaptivePooling(nn.Module):
    """The mean of each part of a plane."""

    def forward(self, x: Tensor, size: Grid) -> Tensor:
        return F.adaptive_avg_pool2d(x, size)


class SegmentationBranch(nn.Module):
    def __init__(self, sizes: Segmentation):
        super().__init__()
        self.sizes = sizes
        self.whole: nn.Module | None = (
            None  # what computes in whole numbers, where a model asks for it
        )
        pyramid, decoder = sizes.pyramid, sizes.decoder
        widths = [sizes.stem] + [block.output for block in sizes.blocks]
        self.stem = SameConvolution(3, sizes.stem, 3, stride=2)
        self.blocks = nn.ModuleList(
            Bottleneck(width, block) for width, block in zip(widths, sizes.blocks, strict=False)
        )
        self.head = SameConvolution(widths[-1], sizes.head, 1)
        self.pool = AdaptivePooling()
        part = sizes.head // len(pyramid.kernels)
        self.pyramid = nn.ModuleList(
            nn.ModuleList(Separable(part, kernel, pyramid.width) for kernel in pyramid.kernels)
            for _ in pyramid.grids
        )
        pooled = len(pyramid.grids) * len(pyramid.kernels) * pyramid.width
        self.merge = SameConvolution(pooled + sizes.head, pyramid.output, 1)
        middle, fine = (sizes.blocks[i].inner for i in (decoder.middle, decoder.fine))
        self.join = SameConvolution(pyramid.output + middle, decoder.width, 1)
        self.coarse = Separable(decoder.width, 3, len(sizes.classes))
        self.fine = SameConvolution(fine, len(sizes.classes), 1)
        self.requires_grad_(False)

    def load_frozen(self, path: Path) -> None:
        self.load_state_dict({name: t.float() for name, t in load_file(path).items()})

    def forward(self, view: Tensor) -> Tensor:
        """[batch, 3, N, N] -> logits of the classes, [batch, classes, N / 4, N / 4]."""
        features, middle, fine = self.whole(view) if self.whole else self.features(view)
        x = F.relu(self.merge(self._pyramid(features)))
        x = torch.cat([enlarged(x, Grid(*middle.shape[-2:])), middle], 1)
        x = self.coarse(F.relu(self.join(x)))
        return enlarged(x, Grid(*fine.shape[-2:])) + fine

    def features(self, view: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The features, what the middle block filtered, and the fine logits."""
        x, filtered = F.relu(self.stem(view)), []
        for block in self.blocks:
            x, own = block(x)
            filtered.append(own)
        middle, fine = (filtered[i] for i in (self.sizes.decoder.middle, self.sizes.decoder.fine))
        return F.relu(self.head(x)), middle, F.relu(self.fine(fine))

    def _pyramid(self, x: Tensor) -> Tensor:
        """The features beside what is seen in them from farther away."""
        parts, size = [], Grid(*x.shape[-2:])
        for grid, branches in zip(self.sizes.pyramid.grids, self.pyramid, strict=True):
            pooled = self.pool(x, self._pooled(grid, size))
            halves = pooled.chunk(len(branches), 1)
            seen = [branch(half) for branch, half in zip(branches, halves, strict=True)]
            parts.append(enlarged(torch.cat(seen, 1), size))
        return torch.cat([*parts, x], 1)

    def _pooled(self, side: int, features: Grid) -> Grid:
        """The grid for features whose like of a square view are pooled to `side` cells a side."""
        square = -(-self.sizes.input // 2)
        for block in self.sizes.blocks:
            square = -(-square // block.stride)
        return Grid(
            *(
                min(length, max(1, (2 * side * length + square) // (2 * square)))
                for length in features
            )
        )

    def view(self, image: Image.Image, shape: PyramidShape | None = None) -> Tensor:
        """What the network sees of a picture's middle square, [3, N, N].

        With the shape of its pyramid all of a picture that is framed.
        """
        side = self.sizes.input
        view = resized(image, view_size(side, shape.grid)) if shape else square_view(image, side)
        pixels = np.asarray(view, np.float32)
        return ((torch.from_numpy(pixels.copy()) - 128) / 127.5).permute(2, 0, 1)


def enlarged(x: Tensor, size: Grid) -> Tensor:
    """Bilinear interpolation without half pixels: target position p looks at p * (from / to)."""
    first, second, share = between(x.shape[-1], size.columns, x)
    x = x[..., first] + (x[..., second] - x[..., first]) * share
    first, second, share = between(x.shape[-2], size.rows, x)
    return x[..., first, :] + (x[..., second, :] - x[..., first, :]) * share[:, None]


def between(length: int, target: int, like: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The two positions of a line that each of a target's looks at, and the second one's share."""
    at = torch.arange(target, dtype=torch.float32, device=like.device) * (length / target)
    first = at.floor().long().clamp(max=length - 1)
    return first, (first + 1).clamp(max=length - 1), at - first
