"""Picture files: the same pixels as the engine's tests expect (Tests/SPAEPixelsTests/Fixtures)."""

import base64
import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spae.images import rgb
from spae.picture_files import MOST_PIXELS, PictureError, read, registered

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/SPAEPixelsTests/Fixtures"
KINDS = json.loads((FIXTURES / "kinds.json").read_text())
# A JPEG and an AVIF differ between the versions of their libraries.
TOLERANCES = {".jpg": 2, ".avif": 2, ".heic": 4}


def pixels(row: dict) -> np.ndarray:
    contents = base64.b64decode(row["rgb"])
    return np.frombuffer(contents, np.uint8).reshape(row["height"], row["width"], 3)


@pytest.mark.parametrize("name", KINDS)
def test_a_picture_of_any_kind_is_read_as_the_engine_reads_it(name):
    suffix = Path(name).suffix
    needed = {".avif": "AVIF", ".heic": "HEIF"}.get(suffix)
    if needed and needed not in registered():
        pytest.skip(f"nothing here reads {needed}")
    image = read(FIXTURES / "kinds" / name)
    expected = pixels(KINDS[name])
    assert (image.mode, image.size) == ("RGB", expected.shape[1::-1])
    difference = np.abs(np.asarray(image).astype(int) - expected)
    assert difference.max() <= TOLERANCES.get(suffix, 0)


def test_the_kinds_are_there():
    assert len(KINDS) > 150


@pytest.mark.parametrize("name", ["rgb-16-key-interlaced.png", "grey-2-key.png"])
def test_an_image_that_pillow_opened_is_read_alike(name):
    image = rgb(Image.open(FIXTURES / "kinds" / name))
    assert (np.asarray(image) == pixels(KINDS[name])).all()


@pytest.mark.parametrize(
    "exif", [b"not a TIFF", b"II*\0\xff\xff\xff\xff", b"", b"MM\0*\0\0\0\x08\0\x09"]
)
def test_damaged_exif_turns_nothing(exif):
    file = io.BytesIO()
    Image.new("RGB", (4, 2), "red").save(file, "PNG", exif=exif)
    assert read(file.getvalue()).size == (4, 2)


def jpeg_of(width: int, height: int) -> bytes:
    contents = (FIXTURES / "colour.jpg").read_bytes()
    place = contents.index(b"\xff\xc0") + 5
    return contents[:place] + struct.pack(">HH", height, width) + contents[place + 4 :]


@pytest.mark.parametrize(
    "contents, words",
    [
        (b"", "the file is empty"),
        (b"hello", "not a picture that can be read; PNG, JPEG, WebP, GIF, AVIF and HEIC are"),
        ((FIXTURES / "colour.png").read_bytes()[:90], "the PNG picture is damaged"),
        ((FIXTURES / "colour.jpg").read_bytes()[:20], "the JPEG picture is damaged"),
        ((FIXTURES / "kinds/still.gif").read_bytes()[:90], "the GIF picture is damaged"),
        (jpeg_of(60000, 60000), f"pixels; at most {MOST_PIXELS}"),
        (jpeg_of(8000, 6000), f"8000 x 6000 pixels; at most {MOST_PIXELS}"),
    ],
)
def test_what_cannot_be_read_says_why(contents, words):
    with pytest.raises(PictureError, match=words):
        read(contents)


@pytest.mark.parametrize("name", ["TIFF", "BMP", "PPM"])
def test_a_format_that_is_not_read_is_named_with_its_remedy(name):
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, name)
    words = f"{name} files are not read; .*convert x.{name.lower()}"
    with pytest.raises(PictureError, match=words):
        read(file.getvalue())
