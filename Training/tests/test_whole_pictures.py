"""What the middle square of a picture loses where it is encoded whole."""

from pathlib import Path

import pytest
from PIL import Image

from spae.evaluate.whole_pictures import losses, middle, rows
from spae.model.network import SPAE
from spae.model.pyramid import Grid

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("grid", "start"),
    [
        ((16, 24), (0, 4)),
        ((24, 16), (4, 0)),
        ((16, 16), None),
        ((16, 21), None),
        ((16, 28), (0, 6)),
    ],
)
def test_the_middle_square_is_whole_cells_or_left_out(grid, start):
    assert middle(Grid(*grid)) == start


def test_a_middle_square_is_as_good_in_the_whole_as_alone(tmp_path):
    model = SPAE.load(ROOT / "Assets/models/small")
    picture = Image.open(ROOT / "Assets/pictures/dog.png").convert("RGB")
    part = picture.crop((0, 43, 256, 213)).resize((192, 128))
    measured = losses(model, part, 64)
    assert len(measured) == 5
    whole, alone = measured[-1].tolist()
    assert whole > 20 and abs(whole - alone) < 1
    assert losses(model, picture, 64) is None
    part.save(tmp_path / "part.png")
    picture.save(tmp_path / "square.png")
    within, beside, difference = rows(model, tmp_path, 64, 5)
    assert difference.values["5"].mean == pytest.approx(whole - alone, abs=1e-3)
