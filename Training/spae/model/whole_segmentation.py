"""The segmentation branch in whole numbers, but for its pyramid and its decoder.

The stem, the blocks and the head compute as docs/algorithm.md, "Precision", says; what follows
them, and the sums over residuals, in float32.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.model.configuration import Segmentation
from spae.model.segmentation import Bottleneck, SegmentationBranch
from spae.model.whole_numbers import (
    BYTE,
    STEPS,
    UNSIGNED,
    ByteWeights,
    ExactWeights,
    in_bytes,
    requantized,
    scaled,
)

PIXEL, PIXELS = 1 / 127.5, 128  # the step of a picture's numbers, and the most steps of one
NUMBERS = 3  # of a block: the largest of its input, of its expansion, and of what it filtered


def number_count(sizes: Segmentation) -> int:
    return NUMBERS * len(sizes.blocks) + 1


class WholeBottleneck(nn.Module):
    def __init__(self, block: Bottleneck, largest: tuple[float, float, float]):
        super().__init__()
        self.layers = [block]
        seen, inner, filtered = largest
        self.largest = seen
        self.steps = seen / BYTE, inner / STEPS, filtered / UNSIGNED
        self.expand = ByteWeights(block.expand.weight, block.expand.bias)
        self.depthwise = ExactWeights(
            block.depthwise.weight, block.depthwise.bias, self.steps[1], STEPS
        )
        self.project = ByteWeights(block.project.weight, block.project.bias)

    def forward(self, x: Tensor, whole: Tensor) -> tuple[Tensor, Tensor]:
        """The block's output for x, which is `whole` in bytes, and the bytes that it filtered."""
        (block,), (seen, inner, filtered) = self.layers, self.steps
        y = requantized(self.expand.sums(whole, seen), self.expand.scales(seen, inner), STEPS)
        y = block.depthwise.sums(y, self.depthwise.whole, self.depthwise.bias)
        kept = requantized(y, self.depthwise.scales(filtered), UNSIGNED)
        y = scaled(self.project.sums(kept, filtered), self.project.scales(filtered, 1))
        return (x + y if block.residual else y), kept


class WholeSegmentation(nn.Module):
    """`largest` holds the three numbers of each block, and that of the head's input."""

    def __init__(self, branch: SegmentationBranch, largest: tuple[float, ...]):
        super().__init__()
        numbers = [float(np.float32(number)) for number in largest]
        self.layers, decoder = [branch], branch.sizes.decoder
        self.stem = ExactWeights(branch.stem.weight, branch.stem.bias, PIXEL, PIXELS)
        self.stem_step = numbers[0] / BYTE
        self.blocks = nn.ModuleList(
            WholeBottleneck(block, tuple(numbers[NUMBERS * i : NUMBERS * (i + 1)]))
            for i, block in enumerate(branch.blocks)
        )
        self.head = ByteWeights(branch.head.weight, branch.head.bias)
        self.largest = numbers[-1]
        self.fine = ByteWeights(branch.fine.weight, branch.fine.bias)
        self.middle_step, self.fine_step = (
            self.blocks[i].steps[2] for i in (decoder.middle, decoder.fine)
        )

    def forward(self, view: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The features, what the middle block filtered, and the fine logits."""
        (branch,) = self.layers
        decoder = branch.sizes.decoder
        x = branch.stem.sums((view / PIXEL).round(), self.stem.whole, self.stem.bias)
        x = requantized(x, self.stem.scales(self.stem_step), BYTE)
        kept: list[Tensor] = []
        for block in self.blocks:
            x, own = block(x, in_bytes(x, block.largest) if kept else x)
            kept.append(own)
        step = self.largest / BYTE
        x = self.head.sums(in_bytes(x, self.largest), step)
        features = F.relu(scaled(x, self.head.scales(step, 1)))
        middle = kept[decoder.middle] * torch.tensor(self.middle_step).float()
        fine = self.fine.sums(kept[decoder.fine], self.fine_step)
        return features, middle, F.relu(scaled(fine, self.fine.scales(self.fine_step, 1)))


@torch.no_grad()
def layer_inputs(branch: SegmentationBranch, view: Tensor):
    """What each of those numbers is the largest of, in float32, in their order."""
    x = F.relu(branch.stem(view))
    for block in branch.blocks:
        yield x
        inner = F.relu(block.expand(x))
        yield inner
        yield F.relu(block.depthwise(inner))
        x, _ = block(x)
    yield x
