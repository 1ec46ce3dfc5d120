"""What clips lose as films of words: error, flicker, words a frame, and how long words stay.

    python -m spae.evaluate.films --model Assets/models/small clip.mp4 frames/ dance.gif

A clip is a folder of pictures, an animation that Pillow reads, or anything that the program ffmpeg
reads. Every figure stands beside that of the same clip frame by frame. LPIPS needs the weights of
--data; without them it is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageSequence
from torch import Tensor

from spae.clips import ClipError, opened
from spae.evaluate.figures import Row, Value, by_layer, save, table
from spae.evaluate.reconstruction import psnr
from spae.images import framed, resized, rgb, to_tensor
from spae.model.films import FilmFrame, pictures_of
from spae.model.frame_errors import FilmSettings
from spae.model.network import SPAE
from spae.train.losses import LPIPS

STILL = 6  # of 255: a pixel that changes by less from frame to frame stands still


def frames_of(path: Path, count: int) -> Iterator[Image.Image]:
    """The first frames of a clip, as RGB."""
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.is_file())
        yield from (rgb(Image.open(file)) for file in files[:count])
        return
    if path.suffix.lower() in (".gif", ".webp", ".png", ".apng"):
        with Image.open(path) as animation:
            for frame in islice(ImageSequence.Iterator(animation), count):
                yield rgb(frame.copy())
        return
    yield from islice(opened(path).frames, count)


def flicker(shown: Tensor, originals: Tensor) -> Value | None:
    """How much pixels that stand still in the clip change, as a mean squared error of 0 to 255.

    Both [frame, 3, height, width] in [-1, 1]; the mean is over all such pixels.
    """
    moved = ((originals[1:] - originals[:-1]).abs() * 127.5).round().amax(1)
    still = moved < STILL
    if not still.any():
        return None
    change = ((shown[1:] - shown[:-1]) * 127.5).square().mean(1)
    return Value(float(change[still].double().mean()))


def kept_by_layer(film: list[FilmFrame]) -> list[Value | None]:
    """The share of each layer's words, in percent, that a frame takes from the one before.

    Key frames do not count.
    """
    pairs = [
        (before.pyramid, after.pyramid) for before, after in zip(film, film[1:]) if not after.is_key
    ]
    if not pairs:
        return [None]
    shape = pairs[0][0].shape
    return [
        Value.over(torch.tensor([float((a.layer(l) == b.layer(l)).mean()) for a, b in pairs]), 100)
        for l in range(1, shape.depth + 1)
    ]


def originals_of(
    model: SPAE, frames: Iterable[Image.Image], size: int, fit: str
) -> tuple[list[Image.Image], Tensor]:
    """The frames, and what their pyramids' pictures should be, [frame, 3, height, width]."""
    images, pictures = [], []
    for frame in frames:
        image = framed(frame, fit)
        shape = model.shape(size, image.size if fit == "whole" else None)
        pixels = shape.grid.scaled(model.configuration.patch)
        images.append(frame)
        pictures.append(to_tensor(resized(image, pixels)))
    return images, torch.stack(pictures) if pictures else torch.empty(0)


def rows_of(
    model: SPAE,
    name: str,
    frames: Iterable[Image.Image],
    size: int = 128,
    fit: str = "crop",
    settings: FilmSettings = FilmSettings(),
    lpips: LPIPS | None = None,
) -> list[Row]:
    """The figures of a clip as a film, beside those of its frames one by one."""
    images, originals = originals_of(model, frames, size, fit)
    if len(images) < 2:
        raise ClipError(f"a clip needs two frames, it has {len(images)}")
    film = list(model.encode_film(images, size, fit, settings))
    single = [model.encode(image, size, fit=fit) for image in images]
    changes = [frame.changed.size for frame in film if not frame.is_key]
    rows = [
        Row(name, "frames", {"all": Value(len(film))}, 0),
        Row(name, "key frames", {"all": Value(sum(frame.is_key for frame in film))}, 0),
        Row(name, "words a frame", {"all": Value(float(np.mean(changes))) if changes else None}, 1),
        Row(name, "words kept %", by_layer(kept_by_layer(film)), 1),
        Row(name, "flicker, clip", {"all": flicker(originals, originals)}),
    ]
    ways = {"film": pictures_of(model, film), "frame by frame": map(model.decode, single)}
    for way, pictures in ways.items():
        shown = torch.stack([to_tensor(picture) for picture in pictures])
        rows.append(Row(name, f"PSNR dB, {way}", {"all": Value.over(psnr(shown, originals))}))
        if lpips is not None:
            own = torch.cat([lpips(a, b) for a, b in zip(shown.split(20), originals.split(20))])
            rows.append(Row(name, f"LPIPS, {way}", {"all": Value.over(own)}, 3))
        rows.append(Row(name, f"flicker, {way}", {"all": flicker(shown, originals)}))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--model", type=Path, required=True, help="the model's folder")
    add("--data", type=Path, help="the folder of the data sets, for the weights of LPIPS")
    add("--size", type=int, default=128, help="pixels of the shorter side")
    add("--fit", default="crop", help="crop: the middle square; whole: all of a frame")
    add("--frames", type=int, default=24, help="how many of each clip, at most")
    add("--tolerance", type=float, default=FilmSettings.tolerance, help="as spae encode has it")
    add("--output", type=Path, default=Path("runs/films"), help="the folder of the figures")
    add("clips", type=Path, nargs="+")
    options = parser.parse_args()
    weights = options.data and options.data / "weights" / "squeezenet-lpips.safetensors"
    lpips = LPIPS(weights) if weights else None
    model, found = SPAE.load(options.model), []
    for clip in options.clips:
        try:
            found += rows_of(
                model,
                clip.name,
                frames_of(clip, options.frames),
                options.size,
                options.fit,
                FilmSettings(tolerance=options.tolerance),
                lpips,
            )
        except (ClipError, OSError) as error:
            raise SystemExit(f"{clip}: {error}") from error
    print(table(found))
    options.output.mkdir(parents=True, exist_ok=True)
    save(found, options.output)


if __name__ == "__main__":
    main()
