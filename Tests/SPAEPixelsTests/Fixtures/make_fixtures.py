"""Makes the small pictures of this folder, and what Pillow reads in them, with Pillow 10 or later.

    python make_fixtures.py

expected.json holds, by file, the size and some pixels (row, column, red, green, blue).
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

HERE = Path(__file__).parent
HEIGHT, WIDTH = 23, 37
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
rgb = np.stack([x * 6, y * 10, (x * y) % 256], -1).astype(np.uint8)
image = Image.fromarray(rgb)
alpha = Image.fromarray(np.dstack([rgb, (x * 7 % 256).astype(np.uint8)]), "RGBA")

image.save(HERE / "colour.png")
image.convert("L").save(HERE / "grey.png")
image.quantize(16).save(HERE / "palette.png")
alpha.save(HERE / "alpha.png")
Image.fromarray((np.asarray(image.convert("L")).astype(np.uint16) * 257)).save(HERE / "grey16.png")
image.resize((1, 1)).save(HERE / "single.png")
image.save(HERE / "colour.jpg", quality=90)
image.save(HERE / "progressive.jpg", quality=90, progressive=True)
image.convert("L").save(HERE / "grey.jpg", quality=90)
image.convert("CMYK").save(HERE / "cmyk.jpg", quality=95)
for turn in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = turn
    image.save(HERE / f"turned{turn}.jpg", quality=90, exif=exif)
    image.save(HERE / f"turned{turn}.png", exif=exif)
    image.save(HERE / f"turned{turn}.webp", lossless=True, exif=exif)
image.save(HERE / "colour.webp", lossless=True)
alpha.save(HERE / "alpha.webp", lossless=True, exact=True)
image.save(
    HERE / "animated.webp", save_all=True, lossless=True, append_images=[ImageOps.invert(image)]
)
image.save(HERE / "animated.png", save_all=True, append_images=[ImageOps.invert(image)])
# Linear light, as the file says; Pillow keeps the numbers.
gamma = PngImagePlugin.PngInfo()
gamma.add(b"gAMA", (100_000).to_bytes(4, "big"))
image.save(HERE / "gamma.png", pnginfo=gamma)


def seen(path: Path) -> dict:
    picture = ImageOps.exif_transpose(Image.open(path))
    if path.name == "grey16.png":
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(ground, picture)
    array = np.asarray(picture.convert("RGB"))
    rows, columns = array.shape[:2]
    places = [(r, c) for r in range(0, rows, 5) for c in range(0, columns, 7)]
    return {
        "width": columns,
        "height": rows,
        "pixels": [[r, c, *map(int, array[r, c])] for r, c in places],
    }


files = sorted(p for p in HERE.iterdir() if p.suffix in (".png", ".jpg", ".webp"))
resized = {}
for width, height in [(16, 16), (5, 40), (80, 7), (37, 11), (1, 1), (74, 46)]:
    # One axis at a time: which one goes first differs between versions of Pillow.
    wide = image.resize((width, HEIGHT), Image.Resampling.BICUBIC)
    array = np.asarray(wide.resize((width, height), Image.Resampling.BICUBIC))
    resized[f"{width}x{height}"] = array.reshape(-1).tolist()
(HERE / "expected.json").write_text(
    json.dumps({"files": {p.name: seen(p) for p in files}, "resized": resized}) + "\n"
)
