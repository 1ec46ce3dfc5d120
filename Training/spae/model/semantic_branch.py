"""A frozen classifier says what stands where, as text vectors: the semantic branch.

EfficientNet-Lite2 looks at the centre square of the source picture. Its likeliest classes, for the
whole picture and for each of 4x4 positions, become mean sentence embeddings of those classes' texts.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from spae.images import centre_square, view_size
from spae.model.configuration import ByteLayers, MobileBlock, Semantic
from spae.model.pyramid import Grid, PyramidShape, square
from spae.model.teacher import SemanticMap, Sureness
from spae.model.whole_numbers import (
    BYTE,
    SIX,
    STEPS,
    UNSIGNED,
    ByteWeights,
    ExactWeights,
    in_bytes,
    requantized,
    scaled,
)

PIXEL = 128  # steps of a picture's numbers between 0 and 1
MAP_LAYER = 3  # the layer with a position for each of the map's cells


class SameConvolution(nn.Conv2d):
    """A convolution with TensorFlow's SAME padding: the odd pixel goes below and right."""

    def forward(self, x: Tensor) -> Tensor:
        return self.sums(x, self.weight, self.bias)

    def sums(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """The convolution with weights of its shape, or others."""
        sizes = self.kernel_size[0], self.stride[0], self.dilation[0]
        before, after = zip(*(same_padding(length, *sizes) for length in x.shape[-2:]))
        x = F.pad(x, (before[1], after[1], before[0], after[0]))
        return self._conv_forward(x, weight, bias)


def same_padding(length: int, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Zeros before and after a line, so that the output has ceil(length / stride) positions."""
    extent = (kernel - 1) * dilation + 1
    total = max((-(-length // stride) - 1) * stride + extent - length, 0)
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

    def __init__(self, sizes: Semantic, text: int, precision: ByteLayers | None = None):
        super().__init__()
        self.sizes = sizes
        self.precision = precision
        self.whole: WholeClassifier | None = None
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
        if self.precision is not None:
            self.whole = WholeClassifier(self, self.precision.largest)

    def features(self, view: Tensor) -> Tensor:
        """[batch, 3, 260, 260] -> [batch, 1280, 9, 9], in whole numbers if the model asks for it."""
        if self.whole is not None:
            return self.whole(view)
        return F.relu6(self.head(self.blocks(F.relu6(self.stem(view)))))

    def grid(self, shape: PyramidShape | None) -> Grid:
        """The map's cells: a square's, or the positions of layer 3."""
        return shape.layers[MAP_LAYER - 1] if shape else square(self.sizes.grid)

    def probabilities(self, view: Tensor, grid: Grid | None = None) -> tuple[Tensor, Tensor]:
        """[batch, 3, 260, 260] -> probabilities, whole [batch, C] and of cells [batch, 16, C].

        Or of another size, with so many cells.
        """
        grid = grid or self.grid(None)
        features = self.features(view)
        whole = self.classifier(features.mean((2, 3)))
        cells = F.adaptive_avg_pool2d(features, grid).flatten(2).transpose(1, 2)
        return whole.softmax(-1), self.classifier(cells).softmax(-1)

    @torch.no_grad()
    def answers(self, view: Tensor, shape: PyramidShape | None = None) -> dict[str, np.ndarray]:
        """The likeliest classes of pictures, whole and of each cell, as they are cached."""
        grid = self.grid(shape)
        whole, cells = self.probabilities(view, grid)
        index, prob = likeliest(whole, self.sizes.whole_top)
        cell_index, cell_prob = likeliest(cells.unflatten(1, grid), self.sizes.cell_top)
        found = {"index": index, "prob": prob, "cell_index": cell_index, "cell_prob": cell_prob}
        return {name: tensor.cpu().numpy() for name, tensor in found.items()}

    def map(self, answers: dict[str, np.ndarray]) -> SemanticMap:
        def text(index: str, prob: str) -> Tensor:
            classes = torch.from_numpy(answers[index].astype(np.int64))
            return self.text(classes, torch.from_numpy(answers[prob]))

        of_objects = ~np.isin(answers["cell_index"], self.sizes.places)
        sure = Sureness(answers["prob"][..., 0], (answers["cell_prob"] * of_objects).max(-1))
        return SemanticMap(text("index", "prob"), text("cell_index", "cell_prob"), sure)

    def forward(self, view: Tensor, shape: PyramidShape | None = None) -> SemanticMap:
        return self.map(self.answers(view, shape))

    def table_name(self, set_name: str) -> str:
        precision = "" if self.precision is None else "int8-"
        return f"semantic-{precision}{set_name}.npz"

    def text(self, classes: Tensor, shares: Tensor) -> Tensor:
        """The mean text vector of some classes, [..., k] and [..., k] -> [..., text]."""
        device = self.class_text.device
        shares = shares.to(device).float().unsqueeze(-1)
        return (self.class_text[classes.to(device)] * shares).sum(-2)

    def view(self, image: Image.Image, shape: PyramidShape | None = None) -> Tensor:
        """What the classifier sees of a picture's middle square, [3, 260, 260].

        With the shape of its pyramid all of a picture that is framed.
        """
        image = image if shape else centre_square(image)
        size = view_size(self.sizes.input, shape.grid if shape else square(1))
        view = image.resize((size.columns, size.rows), Image.Resampling.BICUBIC)
        pixels = torch.from_numpy(np.asarray(view, np.float32).copy())
        return ((pixels - 127) / 128).permute(2, 0, 1)


class WholeBlock(nn.Module):
    """An inverted bottleneck in whole numbers; the sum over the residuals stays in float32."""

    def __init__(self, block: InvertedBottleneck, largest: float | None):
        super().__init__()
        self.block, self.largest = block, largest
        expand, depthwise, project = block.expand, block.depthwise, block.project
        self.expand = None if expand is None else ByteWeights(expand.weight, expand.bias)
        self.depthwise = ExactWeights(depthwise.weight, depthwise.bias, SIX / STEPS, STEPS)
        self.project = ByteWeights(project.weight, project.bias)

    def forward(self, x: Tensor) -> Tensor:
        y = x
        if self.expand is not None:
            step = self.largest / BYTE
            y = self.expand.sums(in_bytes(x, self.largest), step)
            y = requantized(y, self.expand.scales(step, SIX / STEPS), STEPS)
        step = SIX / UNSIGNED
        y = self.block.depthwise.sums(y, self.depthwise.whole, self.depthwise.bias)
        y = requantized(y, self.depthwise.scales(step), UNSIGNED)
        y = scaled(self.project.sums(y, step), self.project.scales(step, 1))
        return x + y if self.block.residual else y


class WholeClassifier(nn.Module):
    """The classifier's layers but the last in whole numbers.

    `largest` is the number of each block that expands, and of the head, that 127 stands for.
    """

    def __init__(self, branch: SemanticBranch, largest: tuple[float, ...]):
        super().__init__()
        numbers = [float(np.float32(number)) for number in largest]
        self.stem_layer = [branch.stem]
        self.stem = ExactWeights(branch.stem.weight, branch.stem.bias, 1 / PIXEL, PIXEL)
        self.blocks = nn.Sequential(
            *(WholeBlock(b, n) for b, n in zip(branch.blocks, [None, *numbers], strict=False))
        )
        self.head = ByteWeights(branch.head.weight, branch.head.bias)
        self.largest = numbers[-1]

    def forward(self, view: Tensor) -> Tensor:
        x = self.stem_layer[0].sums(view * PIXEL, self.stem.whole, self.stem.bias)
        x = self.blocks(requantized(x, self.stem.scales(SIX / STEPS), STEPS))
        step = self.largest / BYTE
        x = self.head.sums(in_bytes(x, self.largest), step)
        return scaled(x, self.head.scales(step, 1)).clamp(0, SIX)


def likeliest(probabilities: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The likeliest classes and their probabilities, not renormalised, as float16 keeps them."""
    shares, classes = probabilities.topk(count, -1)
    return classes, shares.half()
