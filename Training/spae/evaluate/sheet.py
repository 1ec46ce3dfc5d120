"""A contact sheet: pictures, what each depth gives back, and the words of the first layers.

    python -m spae.evaluate.sheet --model Assets/models/small --pictures Assets/pictures --output sheet.png

`--worst 6` shows where the model fails: the pictures of the folder that all their words bring back
with the least PSNR, the worst first.
"""

import argparse
from itertools import zip_longest
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from spae.evaluate.reconstruction import psnr
from spae.images import rgb, square_view, to_tensor
from spae.model.network import SPAE
from spae.model.pyramid import Pyramid
from spae.picture_files import read

PICTURES = ("balloon", "cat", "coffee", "goldfish", "moose", "pagoda", "raccoon", "sunflower")
VIEW, GAP, MARGIN, HEADING = 176, 12, 32, 52
COLUMN = VIEW + GAP
WORD_WIDTH = {1: COLUMN, 2: COLUMN // 2, 3: 2 * COLUMN // 3}  # of one word of a layer
LINE, WORDS_TOP, BLOCK_GAP = 19, 10, 30
BLOCK = VIEW + WORDS_TOP + 4 * LINE + BLOCK_GAP
PAPER, INK, PALE = (255, 255, 255), (24, 24, 27), (113, 113, 122)
HEADING_SIZE, LABEL_SIZE, SMALLEST = 15, 12, 8
WORD_SIZE = {1: 18, 2: 14, 3: 14}


def fitting(text: str, size: int, width: int) -> ImageFont.FreeTypeFont:
    """The font at this size, or smaller where the text is too wide."""
    font = ImageFont.load_default(size)
    while font.getlength(text) > width and size > SMALLEST:
        size -= 1
        font = ImageFont.load_default(size)
    return font


def views(model: SPAE, image: Image.Image, pyramid: Pyramid) -> list[Image.Image]:
    """The original and what each depth gives."""
    depths = range(1, pyramid.shape.depth + 1)
    original = square_view(rgb(image), 8 * pyramid.shape.grid.rows)
    return [original] + [model.decode(pyramid, depth) for depth in depths]


def draw_words(draw: ImageDraw.ImageDraw, words: list[str], pyramid: Pyramid, top: int) -> None:
    """The words of the first layers in rows and columns, as they lie in the picture.

    Each layer stands below the picture that it completes.
    """
    for layer, width in WORD_WIDTH.items():
        for row, column in np.ndindex(pyramid.layer(layer).shape):
            word = words[pyramid.layer(layer)[row, column]]
            place = (MARGIN + layer * COLUMN + column * width, top + row * LINE + 14)
            font = fitting(word, WORD_SIZE[layer], width - 8)
            draw.text(place, word, INK, font, anchor="ls")


def draw_block(sheet: Image.Image, model: SPAE, image: Image.Image, top: int) -> None:
    """One picture: a row of views, and its words below."""
    pyramid = model.encode(image)
    for column, view in enumerate(views(model, image, pyramid)):
        enlarged = view.resize((VIEW, VIEW), Image.Resampling.BICUBIC)
        sheet.paste(enlarged, (MARGIN + column * COLUMN, top))
    draw_words(ImageDraw.Draw(sheet), model.words, pyramid, top + VIEW + WORDS_TOP)


def headings(model: SPAE, size: int = 128) -> list[tuple[str, str]]:
    """A title and what stands below the pictures of each column."""
    pyramid_shape = model.shape(size)
    counts = [pyramid_shape.word_count(depth) for depth in range(1, pyramid_shape.depth + 1)]
    titles = ["original"] + [f"{n} word{'s' * (n > 1)}" for n in counts]
    notes = ["", "below: layer 1", "layer 2, 2 x 2", "layer 3, 4 x 4"]
    return list(zip_longest(titles, notes, fillvalue=""))


def contact_sheet(model: SPAE, images: list[Image.Image]) -> Image.Image:
    titles = headings(model)
    size = (2 * MARGIN + len(titles) * COLUMN - GAP, MARGIN + HEADING + len(images) * BLOCK)
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    for column, (title, note) in enumerate(titles):
        left = MARGIN + column * COLUMN
        draw.text((left, MARGIN), title, INK, ImageFont.load_default(HEADING_SIZE))
        draw.text((left, MARGIN + 22), note, PALE, ImageFont.load_default(LABEL_SIZE))
    for row, image in enumerate(images):
        draw_block(sheet, model, image, MARGIN + HEADING - 4 + row * BLOCK)
    return sheet


@torch.no_grad()
def fidelity(model: SPAE, image: Image.Image, size: int = 128) -> float:
    """The PSNR of a picture that all its words give, in dB."""
    original = to_tensor(square_view(rgb(image), size)).unsqueeze(0)
    words = torch.from_numpy(model.encode(image, size).words).unsqueeze(0)
    pyramid_shape = model.shape(size)
    return float(psnr(model.decode_words(words, pyramid_shape, pyramid_shape.depth), original))


def worst(model: SPAE, images: list[Image.Image], count: int) -> list[Image.Image]:
    return sorted(images, key=lambda image: fidelity(model, image))[:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="the model's folder")
    parser.add_argument("--pictures", type=Path, required=True, help="the bundled pictures' folder")
    parser.add_argument("--output", type=Path, required=True, help="the sheet, a PNG or JPEG")
    parser.add_argument("--quality", type=int, default=75, help="of a JPEG")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--names", nargs="+", default=PICTURES, help="which of them")
    which.add_argument("--worst", type=int, help="so many of all, where the model does worst")
    arguments = parser.parse_args()
    model, folder = SPAE.load(arguments.model), arguments.pictures
    if arguments.worst:
        every = [read(path) for path in sorted(folder.glob("*.png"))]
        images = worst(model, every, arguments.worst)
    else:
        images = [read(folder / f"{name}.png") for name in arguments.names]
    sheet = contact_sheet(model, images)
    sheet.save(arguments.output, optimize=True, quality=arguments.quality)


if __name__ == "__main__":
    main()
