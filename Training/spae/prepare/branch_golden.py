"""Writes what the frozen branches make of pictures, for the Swift engine to agree with.

    python -m spae.prepare.branch_golden --model Assets/models/small \\
        --pictures Assets/pictures Tests/SPAEEngineTests/Fixtures \\
        --output Tests/SPAEEngineTests/Fixtures/branches.safetensors

It holds the output of the segmentation and the detection branch for two pictures; and for all, the
class that names each position (its number, of the detection 1000 more, with a look 10000 more for
each look up to it, or -1) and the words that a model chooses which has both; and what names
positions of which the branches say things at random. That model's configuration, as far as it is
another than the shipped one, is written beside it: `branches.json`; and
`branch-rectangles.safetensors` with the classes and words of parts of some pictures that are no
squares, encoded whole.
"""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import save_file
from torch import Tensor

from spae.images import rgb
from spae.model.configuration import BRANCHES, Configuration
from spae.model.evidence import Boxes, EvidenceMap, Named, Seen
from spae.model.network import SPAE
from spae.prepare.branch_files import evidence_gates, mosaic_r4, reserved_words, yolox_nano

PICTURES = ("beach", "car")
# Left, top, right and bottom of parts of pictures that are no squares.
RECTANGLES = {
    "astronaut": (40, 0, 210, 256),
    "beach": (0, 43, 256, 213),
    "mountain": (0, 60, 256, 204),
}
CASES, THINGS = 40, 3
DETECTION = 1000  # is added to the numbers of its classes
LOOK = 10000  # is added as often as a look's number, from 1
PIXELS = 3  # every third row and column of the segmentation
CELLS = 5  # every fifth cell of the detection's three grids


def numbers(tensor: Tensor) -> np.ndarray:
    return np.ascontiguousarray(tensor.numpy())


def configured(model: Path) -> Configuration:
    """The configuration of a model that uses both branches."""
    return replace(
        Configuration.load(model / "config.json"),
        segmentation=mosaic_r4(),
        detection=yolox_nano(),
        evidence=evidence_gates(),
        reserved=reserved_words(),
    )


def loaded(folder: Path) -> SPAE:
    with TemporaryDirectory() as other:
        for path in folder.glob("*.*"):
            Path(other, path.name).symlink_to(path.resolve())
        Path(other, "config.json").unlink()
        configured(folder).save(Path(other, "config.json"))
        return SPAE.load(other)


def outputs(model: SPAE, name: str, image: Image.Image) -> dict[str, np.ndarray]:
    """Samples of what the two branches give."""
    segmenter, detector = model.segmentation_branch, model.detection_branch
    logits = segmenter(segmenter.view(image)[None])[0].permute(1, 2, 0)
    raw = detector.raw(detector.view(image)[None])
    cells = torch.cat([own[0].flatten(1) for own in raw], 1).T
    return {
        f"segmentation.{name}": numbers(logits[::PIXELS, ::PIXELS]),
        f"detection.{name}": numbers(cells[::CELLS]),
    }


def named_and_words(model: SPAE, name: str, image: Image.Image) -> dict[str, np.ndarray]:
    named = model.named([image], model.semantics(image))[0]
    return {f"named.{name}": coded(named), f"words.{name}": model.encode(image).words}


def rectangle(model: SPAE, name: str, image: Image.Image) -> dict[str, np.ndarray]:
    """What names each position of a part of a picture, and its words."""
    image = image.crop(RECTANGLES[name])
    shape = model.shape(128, image.size)
    named = model.named([image], model.semantics(image, shape), shape)[0]
    words = model.encode(image, fit="whole").words
    return {f"named.{name}": coded(named), f"words.{name}": words}


def coded(named: list[list[Named | None]]) -> np.ndarray:
    """The classes that name all positions as numbers."""
    found = [
        -1
        if own is None
        else own.number
        + DETECTION * (own.branch == "detection")
        + LOOK * (0 if own.look is None else own.look + 1)
        for own in sum(named, [])
    ]
    return np.array(found, np.int32)


def at_random(evidence: EvidenceMap) -> dict[str, np.ndarray]:
    """What branches might say, and what is decided of it."""
    random, looking, columns = np.random.default_rng(1), np.random.default_rng(2), []
    classes = len(evidence.segmentation.sizes.classes)
    for _ in range(CASES):
        side = random.choice([1, 4])  # as many parts of the picture, each of one mixture
        stuff = random.dirichlet(np.full(classes, 0.02), (side, side)).transpose(2, 0, 1)
        stuff = stuff.repeat(4 // side, 1).repeat(4 // side, 2)
        people = (random.random((4, 4)) * (random.random((4, 4)) < random.random())) ** 2
        corners = np.sort(random.random((2, 2, THINGS)), 0).astype(np.float32)
        edges = corners.reshape(4, THINGS).T  # left, top, right, bottom
        numbers, scores = random.integers(1, 80, THINGS), random.uniform(0.6, 1, THINGS)
        things = Boxes(edges, numbers, scores.astype(np.float32))[: random.integers(THINGS + 1)]
        cells = random.random((4, 4)) ** 3
        whole = random.choice([0.05, 0.2, 0.8])
        parts = stuff, people, cells, np.array(whole)
        stuff, people, cells, whole = (own.astype(np.float32) for own in parts)
        looks = looking.random((len(evidence.looks), 4, 4)).astype(np.float32) ** 6
        named = evidence.decided(Seen(stuff, people, things, float(whole), cells, looks))
        boxes = np.zeros((THINGS, 6), np.float32)
        rows = np.column_stack([things.edges, things.classes, things.scores])
        boxes[: len(rows)] = rows
        parts = stuff.reshape(-1, 16), people, cells, whole, boxes, looks.reshape(-1, 16)
        columns.append((*parts, coded(named)))
    keys = ("stuff", "people", "cells", "whole", "boxes", "looks", "named")
    return {
        f"random.{key}": np.ascontiguousarray(np.stack(own))
        for key, own in zip(keys, zip(*columns))
    }


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, nargs="+", required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    model, floats = loaded(arguments.model), loaded(arguments.model).in_float32()
    found, rectangles = at_random(model.evidence), {}
    for path in sorted(path for folder in arguments.pictures for path in folder.glob("*.png")):
        image = rgb(Image.open(path))
        found |= named_and_words(model, path.stem, image)
        if path.stem in PICTURES:
            found |= outputs(floats, path.stem, image)
        if path.stem in RECTANGLES:
            rectangles |= rectangle(model, path.stem, image)
    save_file(rectangles, arguments.output.with_name("branch-rectangles.safetensors"))
    save_file(found, arguments.output)
    arguments.output.chmod(0o644)
    configuration = asdict(configured(arguments.model))
    sections = {key: configuration[key] for key in (*BRANCHES, "reserved")}
    arguments.output.with_suffix(".json").write_text(json.dumps(sections, indent=1) + "\n")


if __name__ == "__main__":
    main()
