"""A frozen classifier says what stands where, as text vectors: the semantic branch.

EfficientNet-Lite2 looks at the centre square of the source picture. Its likeliest classes, for the
whole picture and for each of 4x4 places, become mean sentence embeddings of those classes' texts.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from spae.configuration import MobileBlock, Semantic
from spae.images import centre_square


@dataclass
class SemanticMap:
    """Text vectors of what a picture shows."""

    whole: Tensor  # [batch, text]
    cells: Tensor  # [batch, row, column, text]

    def __getitem__(self, rows) -> "SemanticMap":
        return SemanticMap(self.whole[rows], self.cells[rows])

    def to(self, device: torch.device) -> "SemanticMap":
        return SemanticMap(self.whole.to(device), self.cells.to(device))

    def tokens(self, grid: int, scale: float) -> Tensor:
        """[cell's place, whole picture] for each cell of a latent grid, [batch, cell, 2 text]."""
        side = self.cells.shape[1]
        axis = torch.arange(grid, device=self.cells.device) * side // grid
        cells = self.cells[:, axis][:, :, axis].flatten(1, 2)
        whole = self.whole.unsqueeze(1).expand_as(cells)
        return torch.cat([cells, whole], -1) * scale

    def places(self, layer: int) -> Tensor:
        """What stands at each place of a layer (1, 2 or 3), [batch, place, text]."""
        if layer == 1:
            return self.whole.unsqueeze(1)
        side = 1 << (layer - 1)
        size = self.cells.shape[1] // side
        batch, _, _, width = self.cells.shape
        blocks = self.cells.view(batch, side, size, side, size, width)
        return blocks.mean((2, 4)).flatten(1, 2)


class SameConvolution(nn.Conv2d):
    """A convolution with TensorFlow's SAME padding: the odd pixel goes below and right."""

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        before, after = zip(*(same_padding(length, kernel, stride) for length in x.shape[-2:]))
        x = F.pad(x, (before[1], after[1], before[0], after[0]))
        return super().forward(x)


def same_padding(length: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after a line, so that the output has ceil(length / stride) places."""
    total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
    return total // 2, total - total // 2


class InvertedBottleneck(nn.Module):
    def __init__(self, width: int, block: MobileBlock):
        super().__init__()
        inner = width * block.expansion
        self.expand = SameConvolution(width, inner, 1) if block.expansion > 1 else None
        self.depthwise = SameConvolution(
            inner, inner, block.kernel, stride=block.stride, groups=inner
        )
        self.project = SameConvolution(inner, block.output, 1)
        self.residual = block.stride == 1 and width == block.output

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self.expand(x)) if self.expand is not None else x
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.residual else y


class SemanticBranch(nn.Module):
    """EfficientNet-Lite with its batch norms folded into the convolutions."""

    def __init__(self, sizes: Semantic, text: int):
        super().__init__()
        self.sizes = sizes
        self.stem = SameConvolution(3, sizes.stem, 3, stride=2)
        widths = [sizes.stem] + [block.output for block in sizes.blocks]
        self.blocks = nn.Sequential(
            *(InvertedBottleneck(w, b) for w, b in zip(widths, sizes.blocks, strict=False))
        )
        self.head = SameConvolution(widths[-1], sizes.head, 1)
        self.classifier = nn.Linear(sizes.head, sizes.classes)
        self.register_buffer("class_text", torch.zeros(sizes.classes, text))
        self.requires_grad_(False)

    def load_frozen(self, path: Path) -> None:
        self.load_state_dict({name: t.float() for name, t in load_file(path).items()})

    def probabilities(self, view: Tensor) -> tuple[Tensor, Tensor]:
        """[batch, 3, 260, 260] -> probabilities, whole [batch, C] and of cells [batch, 16, C]."""
        features = F.relu6(self.head(self.blocks(F.relu6(self.stem(view)))))
        whole = self.classifier(features.mean((2, 3)))
        cells = F.adaptive_avg_pool2d(features, self.sizes.grid).flatten(2).transpose(1, 2)
        return whole.softmax(-1), self.classifier(cells).softmax(-1)

    @torch.no_grad()
    def forward(self, view: Tensor) -> SemanticMap:
        whole, cells = self.probabilities(view)
        grid = self.sizes.grid
        return SemanticMap(
            whole=self.text(*likeliest(whole, self.sizes.whole_top)),
            cells=self.text(*likeliest(cells, self.sizes.cell_top)).unflatten(1, (grid, grid)),
        )

    def text(self, classes: Tensor, shares: Tensor) -> Tensor:
        """The mean text vector of some classes, [..., k] and [..., k] -> [..., text]."""
        return (self.class_text[classes] * shares.float().unsqueeze(-1)).sum(-2)

    def view(self, image: Image.Image) -> Tensor:
        """What the classifier sees of a picture, [3, 260, 260]."""
        side = self.sizes.input
        square = centre_square(image).resize((side, side), Image.Resampling.BICUBIC)
        pixels = torch.from_numpy(np.asarray(square, np.float32).copy())
        return ((pixels - 127) / 128).permute(2, 0, 1)


def likeliest(probabilities: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The likeliest classes and their probabilities, not renormalised, as float16 keeps them."""
    shares, classes = probabilities.topk(count, -1)
    return classes, shares.half()
