"""A contact sheet of edits: each photograph before, painted, and as its words give it.

    python -m spae.evaluate.edit_sheet --program .build/release/spae --pictures Assets/pictures \
        --output Assets/painting.jpg 'mountain: grass -> snow' 'beach: sky -> sunset'

`--photographs-only` leaves out the pictures that the words give.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from spae.images import rgb, square_view

GAP, LABEL, LABEL_SIZE, COLUMNS = 12, 24, 15, 2
PAPER, INK = (255, 255, 255), (0, 0, 0)


def edited(program: Path, picture: Path, edit: str, *options: str) -> Image.Image:
    """What the program makes of a picture by one edit."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "edited.png"
        command = [program.resolve(), "edit", picture, edit, "-o", output, "--history", "none"]
        subprocess.run([*command, *options], check=True)
        return rgb(Image.open(output)).copy()


def row_of(program: Path, picture: Path, edit: str, with_words: bool) -> list[Image.Image]:
    row = [Image.open(picture), edited(program, picture, edit)]
    return row + ([edited(program, picture, edit, "--words-only")] if with_words else [])


def contact_sheet(rows: list[tuple[str, list[Image.Image]]], side: int) -> Image.Image:
    """Labelled rows of pictures of such a side, two beside each other."""
    width, height = side * len(rows[0][1]), side + LABEL
    lines = -(-len(rows) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (width + GAP) - GAP, lines * height), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(LABEL_SIZE)
    for number, (label, pictures) in enumerate(rows):
        left, top = number % COLUMNS * (width + GAP), number // COLUMNS * height
        for at, picture in enumerate(pictures):
            sheet.paste(square_view(rgb(picture), side), (left + at * side, top))
        draw.text((left + 4, top + side + 2), label, INK, font)
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--program", type=Path, required=True, help="spae, as built")
    add("--pictures", type=Path, required=True, help="a folder of PNG files")
    add("--side", type=int, default=200, help="pixels of each picture")
    add("--photographs-only", action="store_true", help="leave out what the words give")
    add("--output", type=Path, required=True, help="the picture to write")
    add("edits", nargs="+", metavar="EDIT", help="NAME: WORD -> WORD, the name without .png")
    arguments = parser.parse_args()
    rows = []
    for text in arguments.edits:
        name, _, edit = text.partition(": ")
        picture = arguments.pictures / f"{name}.png"
        with_words = not arguments.photographs_only
        rows.append((text, row_of(arguments.program, picture, edit, with_words)))
    contact_sheet(rows, arguments.side).save(arguments.output, quality=88)


if __name__ == "__main__":
    main()
