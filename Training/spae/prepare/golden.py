"""Writes what this package makes of some pictures, for the Swift engine to agree with.

    python -m spae.prepare.golden --model Assets/models/small --pictures Assets/pictures \\
        --output Tests/SPAEEngineTests/Fixtures/golden.safetensors

Of parts of some pictures that are no squares, encoded whole, it writes rectangles.safetensors beside
that. With --float32 it writes the words alone, of both, of the model whose layers compute in float32:
it decodes words to the same pictures.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from spae.model.network import SPAE
from spae.picture_files import read

SEMANTIC_WEIGHT = 0.25  # penalties so high that layers save nothing and halve them
STEP = 5  # every fifth row and column: prime to a patch's eight, so every position in it is seen


# Left, top, right and bottom of a part of a picture, and the pixels that its shorter side becomes:
# 3:2; 9:16; 4:3, where no layer divides the longer side evenly; and 88 cells, no multiple of 16.
RECTANGLES = {
    "parrot": ((0, 40, 256, 211), 128),
    "dog": ((57, 0, 201, 256), 128),
    "beach": ((0, 32, 256, 224), 128),
    "car": ((0, 40, 256, 232), 64),
}


@torch.no_grad()
def golden_rectangle(model: SPAE, path: Path) -> dict[str, np.ndarray]:
    """The words of a part of a picture, and samples of what they give at depths 3 and all."""
    box, size = RECTANGLES[path.stem]
    pyramid = model.encode(read(path).crop(box), size, fit="whole")
    words = torch.from_numpy(pyramid.words).unsqueeze(0)
    found = {f"words.{path.stem}": pyramid.words}
    for name, depth in (("upper", 3), ("pixels", pyramid.shape.depth)):
        picture = model.decode_words(words, pyramid.shape, depth)[0, :, ::STEP, ::STEP]
        found[f"{name}.{path.stem}"] = picture.permute(1, 2, 0).half().contiguous().numpy()
    return found


@torch.no_grad()
def golden(model: SPAE, path: Path) -> dict[str, np.ndarray]:
    """The words, samples of the picture that they give at every depth, and words that mean more."""
    image = read(path)
    pyramid = model.encode(image)
    words = torch.from_numpy(pyramid.words).unsqueeze(0)
    samples = [
        model.decode_words(words, pyramid.shape, depth)[0, :, ::STEP, ::STEP].permute(1, 2, 0)
        for depth in range(1, pyramid.shape.depth + 1)
    ]
    name, upper = path.stem, pyramid.shape.word_count(3)
    return {
        f"words.{name}": pyramid.words,
        f"meant.{name}": model.encode(image, semantic_weight=SEMANTIC_WEIGHT).words[:upper],
        f"whole.{name}": model.semantics(image).whole[0].numpy(),
        f"pixels.{name}": torch.stack(samples).half().contiguous().numpy(),
    }


@torch.no_grad()
def golden_words(model: SPAE, path: Path) -> dict[str, np.ndarray]:
    """The words of a picture, those that mean more, and those of a part that is no square."""
    image, name = read(path), path.stem
    meant = model.encode(image, semantic_weight=SEMANTIC_WEIGHT)
    found = {
        f"words.{name}": model.encode(image).words,
        f"meant.{name}": meant.words[: meant.shape.word_count(3)],
    }
    if name in RECTANGLES:
        box, size = RECTANGLES[name]
        found[f"part.{name}"] = model.encode(image.crop(box), size, fit="whole").words
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--float32", action="store_true", help="the words alone, in float32")
    parser.add_argument("--names", nargs="+", help="of the pictures; default all")
    arguments = parser.parse_args()
    model = SPAE.load(arguments.model)
    if arguments.float32:
        model = model.in_float32()
    paths = sorted(arguments.pictures.glob("*.png"))
    if arguments.names:
        paths = [path for path in paths if path.stem in arguments.names]
    tensors: dict[str, np.ndarray] = {}
    for path in paths:
        tensors |= golden_words(model, path) if arguments.float32 else golden(model, path)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, arguments.output)
    if arguments.float32:
        return
    rectangles: dict[str, np.ndarray] = {}
    for path in paths:
        if path.stem in RECTANGLES:
            rectangles |= golden_rectangle(model, path)
    save_file(rectangles, arguments.output.with_name("rectangles.safetensors"))


if __name__ == "__main__":
    main()
