"""The pictures of a folder that is encoded."""

from pathlib import Path

from PIL import Image

BULK = 40  # pictures of a folder


def views(image: Image.Image, folder: Path, count: int = BULK) -> list[Path]:
    """Parts of a picture as files of their own."""
    folder.mkdir()
    side = 3 * min(image.size) // 4
    for number in range(count):
        left, top = (
            part * (length - side) // 8
            for part, length in zip((number % 8, number // 8), image.size, strict=True)
        )
        image.crop((left, top, left + side, top + side)).save(folder / f"{number:02}.png")
    return sorted(folder.iterdir())
