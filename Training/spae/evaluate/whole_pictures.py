"""What the middle square of a picture loses, or gains, when the picture is encoded whole.

    python -m spae.evaluate.whole_pictures --model Assets/models/small --pictures photos.zip

Each picture is encoded whole, and its middle square alone, both with cells of the same pixels: the
middle columns of the one beside all of the other, by PSNR to the same pixels, at every depth. Pictures
that are squares, or whose middle square does not fall on whole cells, are left out.
"""

import argparse
import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from spae.evaluate.figures import Row, Value, by_layer, save, table
from spae.evaluate.reconstruction import psnr
from spae.images import resized, rgb, to_tensor
from spae.model.network import SPAE
from spae.model.pyramid import Grid, Pyramid


def pictures(path: Path) -> Iterator[Image.Image]:
    """Of a folder or a ZIP file, in the order of their names."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                yield rgb(Image.open(file))
        return
    with zipfile.ZipFile(path) as file:
        for name in sorted(file.namelist()):
            if not name.endswith("/"):
                yield rgb(Image.open(io.BytesIO(file.read(name))))


def middle(grid: Grid) -> tuple[int, int] | None:
    """The rows and columns of cells before the middle square; None where they are not whole."""
    above, left = grid.rows - min(grid), grid.columns - min(grid)
    return None if above % 2 or left % 2 or not above + left else (above // 2, left // 2)


@torch.no_grad()
def losses(model: SPAE, image: Image.Image, size: int) -> list[Tensor] | None:
    """PSNR of the middle square within the whole picture, and of that square alone, by depth."""
    shape, patch = model.shape(size, image.size), model.configuration.patch
    start = middle(shape.grid)
    if start is None:
        return None
    top, left = (patch * cells for cells in start)
    whole = resized(image, shape.grid.scaled(patch))
    square = whole.crop((left, top, left + size, top + size))
    # What the branches see of the square is as sharp as what they see of the picture.
    scale = min(image.size) / size
    source = image.crop(tuple(round(scale * edge) for edge in (left, top, left + size, top + size)))
    original = to_tensor(square).unsqueeze(0)

    def within(picture: Tensor) -> Tensor:
        return picture[..., top : top + size, left : left + size]

    every, alone = model.encode(image, size, fit="whole"), model.encode(source, size)
    return [
        torch.stack([psnr(within(a), original)[0], psnr(b, original)[0]])
        for a, b in zip(views(model, every), views(model, alone), strict=True)
    ]


def views(model: SPAE, pyramid: Pyramid) -> list[Tensor]:
    """The pictures of all depths, each [1, 3, height, width]."""
    words = torch.from_numpy(pyramid.words).unsqueeze(0)
    return [
        model.decode_words(words, pyramid.shape, depth)
        for depth in range(1, pyramid.shape.depth + 1)
    ]


def rows(model: SPAE, path: Path, size: int, count: int) -> list[Row]:
    found = (losses(model, image, size) for image in pictures(path))
    measured = torch.stack(
        [torch.stack(own) for own in islice((own for own in found if own is not None), count)]
    )  # [picture, depth, whole or alone]
    columns = measured.unbind(1)
    name = path.stem
    return [
        Row(
            name,
            "middle square, in the whole dB",
            by_layer([Value.over(c[:, 0]) for c in columns]),
            2,
        ),
        Row(name, "middle square, alone dB", by_layer([Value.over(c[:, 1]) for c in columns]), 2),
        Row(name, "difference dB", by_layer([Value.over(c[:, 0] - c[:, 1]) for c in columns]), 2),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--model", type=Path, required=True, help="the model's folder")
    add("--pictures", type=Path, required=True, help="a folder of pictures, or a ZIP file")
    add("--size", type=int, default=128, help="pixels of the shorter side")
    add("--count", type=int, default=50, help="how many pictures, at most")
    add(
        "--output", type=Path, default=Path("runs/whole-pictures"), help="the folder of the figures"
    )
    options = parser.parse_args()
    found = rows(SPAE.load(options.model), options.pictures, options.size, options.count)
    print(table(found))
    options.output.mkdir(parents=True, exist_ok=True)
    save(found, options.output)


if __name__ == "__main__":
    main()
