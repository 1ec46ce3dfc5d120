"""Makes a model whose frozen classifier computes in whole numbers of another one.

    python -m spae.prepare.precision --data DATA --model Assets/models/small \\
        --output Assets/models/small-int8

Its files are links to those of the other model, but for config.json: that holds, for each layer of
bytes, the largest number of its input that a byte stands for. It is the one with the least squared
error on some training pictures. Numbers beyond it are cut off, which costs less than a coarser step.

The words of the other model decode to the same pictures: its identity is one of the new model's
`former_identities`.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from spae.evaluate.published import identity
from spae.model.configuration import ByteLayers, Configuration, Precision
from spae.model.network import SPAE
from spae.model.semantic_branch import SemanticBranch
from spae.model.whole_numbers import BYTE, in_bytes
from spae.train.datasets import PictureSet

# Pictures of each set that the numbers are measured on.
PICTURES = {"train-imagenette": 20, "train-bsds": 20, "train-imagenet1k": 40, "train-scenes": 20}
SAMPLES = 4000  # numbers of each layer of a picture
SHARES = np.linspace(0.2, 1, 81)  # of the largest number, that are tried


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

    def largest(self, layer: int) -> float:
        """The largest number that gets a byte, by the least squared error, to four digits."""
        numbers = torch.cat(self.samples[layer])
        tried = [float(f"{self.most[layer] * share:.4g}") for share in SHARES]
        return min(tried, key=lambda most: squared_error(numbers, most))


def squared_error(numbers: Tensor, most: float) -> float:
    return float((in_bytes(numbers, most) * (most / BYTE) - numbers).square().mean())


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


def save(model: Path, output: Path, precision: Precision) -> None:
    """A folder of links to another model's files, with a configuration of its own."""
    output.mkdir(parents=True, exist_ok=True)
    for path in sorted([*model.glob("*.safetensors"), model / "vocabulary.txt"]):
        link = output / path.name
        link.unlink(missing_ok=True)
        link.symlink_to(Path("..") / model.name / path.name)
    own = Configuration.load(model / "config.json")
    former = (identity(model), *own.former_identities)
    replace(own, name=output.name, precision=precision, former_identities=former).save(
        output / "config.json"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder of training data")
    add("--model", type=Path, required=True, help="the folder of the model in float32")
    add("--output", type=Path, required=True, help="the new folder, beside that of the model")
    arguments = parser.parse_args()
    branch = SPAE.load(arguments.model).semantic_branch
    precision = Precision(semantic=measured(branch, arguments.data))
    save(arguments.model, arguments.output, precision)
    print(f"{arguments.output}: {len(precision.semantic.largest)} layers of bytes")


if __name__ == "__main__":
    main()
