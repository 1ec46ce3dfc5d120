"""Says in which parts a model computes in whole numbers, and by which steps.

    python -m spae.prepare.precision --data DATA --model Assets/models/small

The frozen classifier, segmentation and detection branch, the encoder's convolutions, and the
decoder where it refines words. The model's config.json gets, for each of their layers, the largest
number of its input that has a step: the one with the least squared error on some training pictures.
Numbers beyond it are cut off, which costs less than a coarser step.

New weights need new numbers. They are measured in float32, whatever config.json held before.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from spae.images import square_view, to_tensor
from spae.model.configuration import ByteLayers, Configuration, Precision, Stage
from spae.model.detection import DetectionBranch
from spae.model.network import SPAE
from spae.model.pyramid import PyramidShape
from spae.model.quantizer import estimates_of, upsampled
from spae.model.segmentation import SegmentationBranch
from spae.model.semantic_branch import SemanticBranch
from spae.model.whole_decoder import SiLUBytes, layer_inputs
from spae.model.whole_detection import group_outputs, step_groups
from spae.model.whole_encoder import layer_inputs as encoder_inputs
from spae.model.whole_numbers import BYTE, STEPS, UNSIGNED, in_bytes
from spae.model.whole_segmentation import NUMBERS
from spae.model.whole_segmentation import layer_inputs as segmentation_inputs
from spae.train.datasets import PictureSet

# Pictures of each set that the numbers are measured on.
PICTURES = {"train-imagenette": 20, "train-bsds": 20, "train-imagenet1k": 40, "train-scenes": 20}
PARTS = ("semantic", "refinement", "segmentation", "encoder", "detection")
DECODED = {"train-bsds": 5, "train-imagenet1k": 5}  # the decoder's
SIZE = 128  # of the pictures that the encoder's are measured on
SAMPLES = 4000  # numbers of each layer of a picture
SHARES = np.linspace(0.2, 1, 81)  # of the largest number, that are tried


# Gives numbers as steps hold them, of which the last is the largest number.
Rounding = Callable[[Tensor, float], Tensor]


def signed(numbers: Tensor, most: float) -> Tensor:
    return in_bytes(numbers, most) * (most / BYTE)


def silus(terms: int) -> Rounding:
    """Of sums of so many SiLUs."""

    def rounded(numbers: Tensor, most: float) -> Tensor:
        bytes = SiLUBytes(most, terms)
        return bytes(numbers) * bytes.step

    return rounded


silu = silus(1)


def unsigned(numbers: Tensor, most: float, steps: int = UNSIGNED) -> Tensor:
    return (numbers * (steps / most)).round().clamp(0, steps) * (most / steps)


def stepped(numbers: Tensor, most: float) -> Tensor:
    return unsigned(numbers, most, STEPS)


class LayerInputs:
    """Samples of what each layer of bytes reads."""

    def __init__(self) -> None:
        self.generator = torch.Generator().manual_seed(0)
        self.samples: list[list[Tensor]] = []
        self.most: list[float] = []

    def note(self, layer: int, x: Tensor) -> None:
        if layer == len(self.samples):
            self.samples.append([])
            self.most.append(0.0)
        numbers = x.flatten()
        rows = torch.randint(len(numbers), (SAMPLES,), generator=self.generator)
        self.samples[layer].append(numbers[rows])
        self.most[layer] = max(self.most[layer], float(numbers.abs().max()))

    def largest(self, layer: int, rounded: Rounding = signed) -> float:
        """The largest number that has a step, by the least squared error, to four digits."""
        numbers = torch.cat(self.samples[layer])
        tried = [float(f"{self.most[layer] * share:.4g}") for share in SHARES]
        return min(tried, key=lambda most: squared_error(numbers, rounded(numbers, most)))


def squared_error(numbers: Tensor, found: Tensor) -> float:
    return float((found - numbers).square().mean())


@torch.no_grad()
def note_inputs(branch: SemanticBranch, view: Tensor, inputs: LayerInputs) -> None:
    """Runs the classifier in float32, and notes what the layers of bytes are to read."""
    x, layer = F.relu6(branch.stem(view)), 0
    for block in branch.blocks:
        if block.expand is not None:
            inputs.note(layer, x)
            layer += 1
        x = block(x)
    inputs.note(layer, x)


def measured(branch: SemanticBranch, data: Path) -> ByteLayers:
    inputs, random = LayerInputs(), np.random.default_rng(0)
    for name, count in PICTURES.items():
        pictures = PictureSet(data, name)
        for row in random.permutation(len(pictures.names))[:count]:
            note_inputs(branch, branch.view(pictures.image(int(row))).unsqueeze(0), inputs)
    return ByteLayers(tuple(inputs.largest(layer) for layer in range(len(inputs.most))))


def measured_segmentation(branch: SegmentationBranch, data: Path) -> ByteLayers:
    inputs, random = LayerInputs(), np.random.default_rng(0)
    for name, count in PICTURES.items():
        pictures = PictureSet(data, name)
        for row in random.permutation(len(pictures.names))[:count]:
            view = branch.view(pictures.image(int(row))).unsqueeze(0)
            for layer, x in enumerate(segmentation_inputs(branch, view)):
                inputs.note(layer, x)
    kinds = (signed, stepped, unsigned)
    return ByteLayers(
        tuple(inputs.largest(layer, kinds[layer % NUMBERS]) for layer in range(len(inputs.most)))
    )


def measured_detection(branch: DetectionBranch, data: Path) -> ByteLayers:
    inputs, random = LayerInputs(), np.random.default_rng(0)
    for name, count in PICTURES.items():
        pictures = PictureSet(data, name)
        for row in random.permutation(len(pictures.names))[:count]:
            view = branch.view(pictures.image(int(row))).unsqueeze(0)
            for group, outputs in enumerate(group_outputs(branch, view)):
                inputs.note(group, torch.cat([x.flatten() for x in outputs]))
    terms = [group.terms for group in step_groups(branch)]
    return ByteLayers(
        tuple(inputs.largest(group, silus(count)) for group, count in enumerate(terms))
    )


@torch.no_grad()
def measured_decoder(model: SPAE, data: Path) -> ByteLayers:
    inputs, random = LayerInputs(), np.random.default_rng(0)
    for name, count in DECODED.items():
        pictures = PictureSet(data, name)
        for row in random.permutation(len(pictures.names))[:count]:
            pyramid = model.encode(pictures.image(int(row)))
            words = torch.from_numpy(pyramid.words).unsqueeze(0)
            for depth in refined_depths(model, pyramid.shape):
                upsampling = pyramid.shape.upsampling(depth)
                estimates = estimates_of(words, model.codebook.codes(), pyramid.shape, depth)
                classes = torch.from_numpy(upsampling.cell_class)
                latents = upsampled(estimates, upsampling)
                layers = layer_inputs(model.decoder, latents, classes, pyramid.shape.grid)
                for layer, x in enumerate(layers):
                    inputs.note(layer, x)
    silus = residual_silus(model.configuration.decoder.stages, first=1)
    largest = [
        inputs.largest(layer, silu if layer in silus else signed)
        for layer in range(len(inputs.most))
    ]
    # The latents have steps enough for the largest.
    return ByteLayers((float(f"{inputs.most[0]:.4g}"), *largest[1:]))


@torch.no_grad()
def measured_encoder(model: SPAE, data: Path) -> ByteLayers:
    inputs, random = LayerInputs(), np.random.default_rng(0)
    for name, count in PICTURES.items():
        pictures = PictureSet(data, name)
        for row in random.permutation(len(pictures.names))[:count]:
            picture = to_tensor(square_view(pictures.image(int(row)), SIZE)).unsqueeze(0)
            for layer, x in enumerate(encoder_inputs(model.encoder, picture)):
                inputs.note(layer, x)
    silus = residual_silus(model.configuration.encoder.stages, first=0)
    return ByteLayers(
        tuple(
            inputs.largest(layer, silu if layer in silus else signed)
            for layer in range(len(inputs.most))
        )
    )


def refined_depths(model: SPAE, shape: PyramidShape) -> list[int]:
    passes = model.configuration.search.decoded_passes
    return [shape.depth - below for below, count in enumerate(passes) if count > 0]


def residual_silus(stages: tuple[Stage, ...], first: int) -> set[int]:
    """Which layers read what a SiLU gives, where the first stage's begin with `first`."""
    found, layer = set(), first
    for index, stage in enumerate(stages):
        layer += int(index > 0)
        found |= {layer + 2 * block + 1 for block in range(len(stage.blocks))}
        layer += 2 * len(stage.blocks)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder of training data")
    add("--model", type=Path, required=True, help="the model's folder")
    add("--parts", choices=PARTS, nargs="+", default=PARTS, help="which are measured; others stay")
    arguments = parser.parse_args()
    model = SPAE.load(arguments.model).in_float32()
    parts = {
        "semantic": lambda: measured(model.semantic_branch, arguments.data),
        "refinement": lambda: measured_decoder(model, arguments.data),
        "segmentation": lambda: measured_segmentation(model.segmentation_branch, arguments.data),
        "encoder": lambda: measured_encoder(model, arguments.data),
        "detection": lambda: measured_detection(model.detection_branch, arguments.data),
    }
    path = arguments.model / "config.json"
    configuration = Configuration.load(path)
    own = {part: parts[part]() for part in arguments.parts}
    precision = replace(configuration.precision or Precision(), **own)
    replace(configuration, precision=precision).save(path)
    print(f"{path}: {', '.join(arguments.parts)}")


if __name__ == "__main__":
    main()
