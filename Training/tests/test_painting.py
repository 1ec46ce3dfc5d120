import math
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from spae.cielab import lab
from spae.evaluate import painting, stuff
from spae.evaluate.meaning import FITTING
from spae.evaluate.painting import (
    BY_CELLS,
    BY_WORD,
    KINDS,
    Painted,
    all_painted,
    edit_painted,
    edit_rows,
    outline_rows,
)
from spae.evaluate.painting_marks import (
    cells_of,
    cells_region,
    detail_kept,
    outline_region,
    painted_shares,
    pixels_shifted,
    shift,
)
from spae.evaluate.painting_program import Edit, NotDone, Program, edit_texts, edits, outlines

VOCABULARY = Path(__file__).parents[2] / "Assets" / "models" / "small" / "vocabulary.txt"
RED = (255, 0, 0)

# Words are a PNG; an edit makes its cells red, and of all layers only their left half.
PROGRAM = """#!{python}
import re, shutil, sys
from PIL import Image
command, source, *rest = sys.argv[1:]
out = rest[rest.index("-o") + 1]
if command == "edit":
    picture, half = Image.open(source).convert("RGB"), {half}
    for text in rest[: rest.index("-o")]:
        if "->" in text:
            sys.exit("no such word")
        layer, row, first, last = re.fullmatch(r"(\\d):(\\d),(\\d)(?:-(\\d))? = .*", text).groups()
        side = 128 >> (int(layer) - 1)
        for column in range(int(first), int(last or first) + 1):
            left, top = (column - 1) * side, (int(row) - 1) * side
            picture.paste((255, 0, 0), (left, top, left + side // half, top + side))
    picture.save(out, "PNG")
else:
    shutil.copy(source, out)
"""


def flat(*colour: int, size: int = 128) -> torch.Tensor:
    return (torch.tensor(colour) / 127.5 - 1)[:, None, None].expand(3, size, size).clone()


@pytest.fixture
def photograph() -> np.ndarray:
    return np.random.default_rng(0).integers(60, 120, (128, 128, 3), np.uint8)


@pytest.fixture
def data(tmp_path, photograph, monkeypatch) -> Path:
    """A set of one photograph, one edit of each kind, and one outline of its lower half."""
    with zipfile.ZipFile(tmp_path / "eval-bsds.zip", "w") as archive:
        with archive.open("bsds/1.webp", "w") as file:
            Image.fromarray(photograph).save(file, "WEBP", lossless=True)
    lines = [f"{kind}\tbsds/1.webp\t3\t1,1 1,2 3,4\tbal\n" for kind in KINDS]
    (tmp_path / "edits.tsv").write_text("# a comment\n" + "".join(lines))
    (tmp_path / "outlines.tsv").write_text("bsds/1.webp\tban -> bal\t0,0.5 1,0.5 1,1 0,1\n")
    monkeypatch.setattr(stuff, "TABLES", tmp_path)
    return tmp_path


def program(folder: Path, half: int = 1) -> Program:
    path = folder / "spae"
    path.write_text(PROGRAM.format(python=sys.executable, half=half))
    path.chmod(0o755)
    (folder / "work").mkdir()
    return Program(path, folder, folder / "work")


def test_cells_and_outlines_cover_the_same_pixels():
    cells = [(2, 1), (2, 2), (3, 1), (3, 2)]
    region = cells_region(cells, 3, 128)
    assert region.sum() == 4 * 32 * 32 and region[32, 0] and not region[31, 0]
    square = [(0, 0.25), (0.5, 0.25), (0.5, 0.75), (0, 0.75)]
    assert outline_region(square, 128).equal(region)
    assert cells_of(region, 3) == cells
    assert cells_region([(1, 1)], 1, 128).all()


def test_an_outline_may_be_concave():
    notched = [(0, 0), (1, 0), (1, 1), (0.5, 0.5), (0, 1)]
    region = outline_region(notched, 64)
    assert region.float().mean() == pytest.approx(0.75, abs=0.01)
    assert not region[60, 32] and region[10, 32] and region[60, 1]


def test_a_shift_is_that_of_the_mean_colour_of_the_region():
    before, after = flat(100, 100, 100), flat(100, 100, 100)
    after[:, :64] = flat(*RED)[:, :64]
    top = cells_region([(1, 1), (1, 2)], 2, 128)
    expected = lab(torch.tensor([1.0, -1, -1])) - lab(torch.full((3,), 100 / 127.5 - 1))
    assert torch.allclose(shift(before, after, top), expected, atol=1e-3)
    assert shift(before, after, ~top).norm() == 0
    whole = shift(before, after, top | ~top)
    assert 0 < whole.norm() < expected.norm()


def test_painted_pixels_inside_and_outside():
    before, after = flat(100, 100, 100), flat(104, 104, 104)  # less than 10
    assert not pixels_shifted(before, after).any()
    after[:, :, 32:112] = flat(*RED)[:, :, 32:112]
    painted, region = pixels_shifted(before, after), cells_region([(1, 1), (2, 1)], 2, 128)
    assert painted_shares(painted, region) == (0.5, 0.6)
    inside, outside = painted_shares(torch.zeros_like(painted), region)
    assert inside == 0 and math.isnan(outside)


def test_detail_is_kept_by_a_change_of_colour_and_lost_by_blur_or_noise():
    random = torch.Generator().manual_seed(0)
    before = torch.rand(3, 128, 128, generator=random) * 0.5 - 0.5
    other = torch.rand(3, 128, 128, generator=random) * 0.5 - 0.5
    region = cells_region([(1, 1)], 2, 128)
    ramp = torch.linspace(0, 0.5, 128)[None, None].expand(3, 128, 128)
    assert detail_kept(before, before * 0.7 + ramp, region) > 0.99
    assert abs(detail_kept(before, other, region)) < 0.1
    assert detail_kept(before, flat(90, 90, 90), region) == pytest.approx(0, abs=1e-3)
    assert detail_kept(before, -before, region) < -0.99
    assert math.isnan(detail_kept(flat(90, 90, 90), before, region))


def test_edits_of_runs_of_cells():
    cells = [(4, 2), (1, 1), (4, 1), (4, 4), (3, 4)]
    assert edit_texts(3, cells, "snow") == [
        "3:1,1 = snow",
        "3:3,4 = snow",
        "3:4,1-2 = snow",
        "3:4,4 = snow",
    ]


def test_what_edits_did_is_measured(model, data, tmp_path):
    found = all_painted(program(tmp_path), model, data, None)
    rows = {row.name: row.values for row in edit_rows(found) + outline_rows(found)}
    assert rows["all edits: shift error"]["3"].mean == 0
    assert rows["stuff: shift wanted"]["all"].mean > 50
    assert abs(rows["all edits: detail kept"]["all"].mean) < 0.2
    assert "colour: fits after %" not in rows and "season: fits after %" in rows
    assert rows["outline by cells: painted inside %"]["all"].mean == 100
    assert rows["outline by cells: painted outside %"]["all"].mean == 0
    assert rows["outline by word: painted inside %"]["all"].mean == 0
    assert rows["outline by word: edits done %"]["all"].mean == 0
    assert "outline by word: painted outside %" not in rows
    assert [own.source for own in found] == [*KINDS, BY_WORD, BY_CELLS]


def test_half_of_a_shift_is_an_error(model, data, tmp_path, monkeypatch):
    own, path = program(tmp_path, half=2), tmp_path / "work" / "1.png"
    Image.new("RGB", (128, 128), (100, 100, 100)).save(path)
    decoded = Program.decoded

    def all_red_above(self, words, depth=None):
        edited = depth is not None and "before" not in words.name
        return flat(*RED) if edited else decoded(self, words, depth)

    monkeypatch.setattr(Program, "decoded", all_red_above)
    edit = edit_painted(own, model, path, edits()[-1], "half")
    assert 20 < edit.error < edit.wanted and math.isnan(edit.fits)


def test_a_word_fits_by_its_rank(model, photograph):
    picture = torch.from_numpy(photograph).permute(2, 0, 1) / 127.5 - 1
    semantics = model.semantics(Image.fromarray(photograph))
    scores = model.codebook.scores(semantics.positions(3)[0])[5]
    order = scores.argsort(descending=True).tolist()
    assert len(order) > FITTING
    for rank, expected in ((0, 1), (FITTING - 1, 1), (FITTING, 0), (len(order) - 1, 0)):
        edit = Edit("stuff", "bsds/1.webp", 3, ((2, 2),), model.words[order[rank]])
        assert painting.fits_after(model, picture, edit) == expected


def test_a_refused_edit_of_cells_ends_the_run(model, data, tmp_path, monkeypatch):
    def refused(*arguments):
        raise NotDone("no such cell")

    monkeypatch.setattr(Program, "edited", refused)
    with pytest.raises(SystemExit, match="no such cell"):
        all_painted(program(tmp_path), model, data, None)


def test_edits_that_do_not_apply_do_not_count():
    found = [Painted("stuff", 1, "", "", True, 4.0, 9.0, math.nan, 1.0)]
    found += [Painted("colour", 3, "", "", True, 8.0, 9.0, 0.5)] * 2
    rows = {row.name: row.values for row in edit_rows(found)}
    errors = {column: value.mean for column, value in rows["all edits: shift error"].items()}
    assert errors == {"1": 4, "3": 8, "all": 8}
    assert rows["all edits: fits after %"]["all"].mean == 100
    assert list(rows["all edits: detail kept"]) == ["3", "all"]


def test_the_tables_are_whole():
    vocabulary, listed, drawn = set(VOCABULARY.read_text().split()), edits(), outlines()
    assert [sum(edit.kind == kind for edit in listed) for kind in KINDS] == [20] * 4
    assert len(set(listed)) == 80
    for edit in listed:
        side = 1 << (edit.layer - 1)
        assert 1 <= edit.layer <= 3 and edit.word in vocabulary
        assert all(1 <= at <= side for cell in edit.cells for at in cell)
    assert len({outline.picture for outline in drawn}) == 20
    for outline in drawn:
        assert vocabulary.issuperset(outline.edit.split(" -> "))
        assert all(0 <= at <= 1 for point in outline.points for at in point)
        assert 0.05 < outline_region(outline.points, 128).float().mean() < 0.75
        assert cells_of(outline_region(outline.points, 128), 3)
