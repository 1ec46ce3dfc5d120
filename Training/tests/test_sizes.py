"""The same photographs at several sizes."""

from pathlib import Path

import torch
from PIL import Image

from spae.evaluate.figures import table
from spae.evaluate.sizes import rows, square
from spae.model.network import SPAE

ROOT = Path(__file__).parents[2]


def test_the_middle_square_is_taken():
    image = Image.new("RGB", (30, 20), "white")
    image.paste("black", (5, 0, 25, 20))
    assert square(image).getcolors() == [(400, (0, 0, 0))]


def test_a_larger_size_has_a_column_more_for_each_layer_more():
    model = SPAE.load(ROOT / "Assets/models/small")
    picture = Image.open(ROOT / "Assets/pictures/dog.png").convert("RGB")
    found = [
        row
        for size in (64, 256)
        for row in rows(model, [picture], size, lambda a, b: torch.ones(1))
    ]
    assert [len(row.values) for row in found] == [5, 5, 5, 7, 7, 7]
    psnr = found[3].values
    assert psnr["1"].mean < psnr["4"].mean < psnr["7"].mean
    lines = table(found).splitlines()
    assert lines[0].split() == ["set", "figure", "1", "2", "3", "4", "5", "6", "7", "all"]
    assert lines[4].split()[:3] == ["256", "px", "PSNR"]
