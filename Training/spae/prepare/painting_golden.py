"""Writes what edits that paint make of the bundled pictures, for the Swift engine to agree with.

    python -m spae.prepare.painting_golden --model Assets/models/small --pictures Assets/pictures \\
        --output Tests/SPAEEngineTests/Fixtures/painting.safetensors

It holds the words after each edit. The edits are written beside it: `painting.json`.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import save_file

from spae.images import resized
from spae.model.network import SPAE
from spae.model.painter import Painter
from spae.model.pyramid import Pyramid, PyramidShape
from spae.model.word_edits import read_edits
from spae.picture_files import read


@dataclass
class Case:
    name: str
    picture: str
    edits: list[str]
    outlines: bool = True  # whether edits follow the outlines of the segmentation branch
    exact: bool = False
    layer: int = 0  # to which replacements are limited, if any
    box: tuple[int, int, int, int] | None = None  # left, top, right and bottom of a part
    size: int = 128  # the pixels that the shorter side becomes


EDITS = [
    Case("grass", "mountain", ["grass -> snow"]),
    Case("winter", "mountain", ["1:1,1 = winter"]),
    Case("sky", "beach", ["2:1,1-2 = sunset"]),
    Case("sky-free", "beach", ["2:1,1-2 = sunset"], outlines=False),
    Case("night", "pagoda", ["3:1,1-4 2,2 = night"]),
    Case("colour", "car", ["4:3-5,2-6 = red"]),
    Case("colour-free", "car", ["3:3,2-3 = blue"], outlines=False),
    Case("twice", "beach", ["2:1,1-2 = sunset", "3:3-4,1-4 = snow"]),
    Case("one-layer", "sunflower", ["botanical -> blue"], layer=3),
    Case("thing", "dog", ["dog -> blue"]),
    Case("kind", "pagoda", ["palace -> gold"]),
    Case("glass", "beach", ["glass -> gold"]),
    Case("exact", "mountain", ["2:1,1 = ocean"], exact=True),
    Case("wide", "beach", ["sky -> sunset"], box=(0, 32, 256, 224)),
    Case("tall", "dog", ["2:1-2,1-2 = snow"], False, box=(57, 0, 201, 256)),
    Case("small", "car", ["2:1,1-2 = sunset", "grass -> sand"], size=64),
]

# The words of the lower layers of a moose's middle, rewritten towards a pagoda.
FROM, TOWARDS, HOLDING, MARGIN = "moose", "pagoda", (1, 2), 4


def pixels(path: Path, box: tuple[int, int, int, int] | None) -> Image.Image:
    image = read(path)
    return image.crop(box) if box else image


def edited(model: SPAE, case: Case, pictures: Path) -> np.ndarray:
    image = pixels(pictures / f"{case.picture}.png", case.box)
    pyramid = model.encode(image, case.size, fit="whole")
    evidence = model.evidence_in(image, pyramid.shape, "whole")
    painter = Painter(model, pyramid, evidence if case.outlines else evidence.without_outlines())
    for text, change in read_edits(case.edits, pyramid.shape, model.words):
        if not painter.apply(change, case.exact, case.layer or None):
            raise SystemExit(f"{case.name}: {text}: the picture has no such word")
    return painter.pyramid.words


def middle(shape: PyramidShape) -> list[int]:
    """The cells that are so far from the rim of the latent grid."""
    rows, columns = (range(MARGIN, count - MARGIN) for count in shape.grid)
    return [row * shape.grid.columns + column for row in rows for column in columns]


def rewritten(model: SPAE, pictures: Path) -> Pyramid:
    pyramid = model.encode(read(pictures / f"{FROM}.png"))
    size = pyramid.shape.grid.scaled(model.configuration.patch)
    target = resized(read(pictures / f"{TOWARDS}.png"), size)
    return model.rewrite(pyramid, target, middle(pyramid.shape), holding=HOLDING)


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    model = SPAE.load(arguments.model)
    found = {f"words.{case.name}": edited(model, case, arguments.pictures) for case in EDITS}
    found["rewritten"] = rewritten(model, arguments.pictures).words
    save_file(found, arguments.output)
    arguments.output.chmod(0o644)
    cases = json.dumps([asdict(case) for case in EDITS], indent=1)
    arguments.output.with_suffix(".json").write_text(cases + "\n")


if __name__ == "__main__":
    main()
