"""Writes what this package makes of a small clip, for the Swift engine to agree with.

    python -m spae.prepare.film_golden --model Assets/models/small \\
        --output Tests/SPAEEngineTests/Fixtures/film.safetensors

The clip is drawn here and in FilmGoldenTests.swift, by whole numbers alone: a square that moves over
waves, which stand still for a frame, and a cut to rings that grow.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

from spae.model.films import film_of
from spae.model.network import SPAE

SIZE = 64
SQUARES = (8, 12, 12, 20, 30)  # the columns where the square begins, frame by frame
RINGS = (7, 8, 9)


def clip() -> list[Image.Image]:
    rows, columns = np.mgrid[:SIZE, :SIZE]
    frames = []
    for square in SQUARES:
        value = 90 + (rows * rows // 9 + 3 * columns) % 90
        frame = np.stack([value, 250 - value, value // 2], 2)
        frame[20:36, square : square + 16] = 230, 20, 20
        frames.append(frame)
    for width in RINGS:
        value = 60 + ((rows - 32) ** 2 + (columns - 32) ** 2) // width % 140
        frames.append(np.stack([value, 250 - value, value // 2], 2))
    return [Image.fromarray(frame.astype(np.uint8)) for frame in frames]


def golden(model: SPAE) -> dict[str, np.ndarray]:
    """The words of each frame, which of them are key frames, and the levels of the filter."""
    film = list(film_of(model, clip(), size=SIZE))
    return {
        "words": np.stack([frame.pyramid.words for frame in film]),
        "keys": np.array([frame.is_key for frame in film], np.int32),
        "levels": np.array([frame.levels for frame in film], np.int32),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    save_file(golden(SPAE.load(arguments.model)), arguments.output)


if __name__ == "__main__":
    main()
