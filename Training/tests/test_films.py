"""Films of words: what stays, what changes, cuts, and their figures."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file

from spae.evaluate.films import ClipError, flicker, frames_of, kept_by_layer, rows_of
from spae.model.film_search import preimages
from spae.model.films import FilmEncoder, FilmFrame, UpperWords, film_of, pictures_of
from spae.model.frame_errors import FilmSettings, FrameErrors
from spae.model.network import SPAE
from spae.model.pyramid import Grid, Pyramid, PyramidShape
from spae.model.quantizer import Candidates
from spae.model.shots import ShotDetector
from spae.model.steady_filter import filtered
from spae.prepare.film_golden import SIZE, clip

ROOT = Path(__file__).parents[2]
GOLDEN = load_file(ROOT / "Tests/SPAEEngineTests/Fixtures/film.safetensors")


@pytest.fixture(scope="module")
def shipped() -> SPAE:
    return SPAE.load(ROOT / "Assets/models/small")


def test_a_film_has_the_words_that_the_engine_is_held_to(shipped):
    film = list(film_of(shipped, clip()[:4], size=SIZE))
    assert [frame.is_key for frame in film] == [True, False, False, False]
    assert film[2].changed.size == 0  # where the clip stands still
    for frame, words in zip(film, GOLDEN["words"]):
        assert (frame.pyramid.words == words).all()


def test_a_tolerance_that_nothing_reaches_keeps_all_words(model):
    film = list(film_of(model, clip()[:3], FilmSettings(tolerance=1e9), SIZE))
    assert [frame.changed.size for frame in film[1:]] == [0, 0]


def test_the_name_of_a_shot_goes_after_two_looks_and_the_next_after_sixteen():
    shape = PyramidShape(Grid(8, 8))
    names, pyramid = UpperWords(), Pyramid(shape, np.zeros(shape.word_count(), np.int32))
    named = []
    for look in range(40):
        one = torch.full((1, 1, 1), 3 if look < 2 else 5 if look < 20 else 7)
        four = torch.full((1, 4, 1), look + 1)
        renamed = names.renamed(pyramid, {1: Candidates(one, one), 2: Candidates(four, four)})
        for index, word in renamed.items():
            pyramid.words[index] = word
        named += [look] * (0 in renamed)
        assert (1 in renamed) == (look % 2 == 1)  # layer 2 follows after two looks, every time
    assert named == [1, 17]


def test_frames_of_another_shape_are_refused(model):
    encoder = FilmEncoder(model, size=SIZE, fit="whole")
    encoder.encode(Image.new("RGB", (64, 64)))
    with pytest.raises(ValueError, match="shape"):
        encoder.encode(Image.new("RGB", (128, 64)))


def test_a_cut_is_new_and_motion_is_not():
    detector, frames = ShotDetector(), clip()
    assert detector.novelty(frames[0]) == 1.0
    assert detector.novelty(frames[1]) < 0.3
    assert detector.novelty(frames[5]) > FilmSettings.cut


def test_settings_are_in_proportion_to_the_error():
    settings = FilmSettings(tolerance=10, steadiness=0.5)
    assert settings.scaled(400).tolerance == 20 and settings.scaled(0).tolerance > 0
    assert [settings.levels(error) for error in (0, 49, 400, 1e9)] == [0, 2, 10, 255]


def test_what_is_gained_is_shared_by_the_cells_around():
    grid, source = Grid(2, 2), np.zeros((16, 16, 3), np.uint8)
    shown, decoded = source + 10, source.copy()
    errors = FrameErrors(source, grid, shown, shown, levels=0)
    gains = errors.gains([0, 1], decoded)
    assert gains[0] == pytest.approx(gains[1])
    assert sum(gains.values()) == pytest.approx(4 * 192 * 100)
    assert errors.cells_changed(shown, least=99) == {0, 1, 2, 3}


def test_a_preimage_has_its_image():
    torch.manual_seed(0)
    factor, vectors = torch.randn(4, 4), torch.randn(3, 4)
    metric = factor @ factor.T + torch.eye(4)
    assert torch.allclose(preimages(metric, vectors @ metric), vectors, atol=1e-4)


def test_of_a_small_change_a_frame_shows_a_part_and_of_a_great_one_all():
    shown = np.full((1, 7, 3), 100, np.uint8)
    decoded = shown.copy()
    decoded[0, :, 0] = [101, 102, 90, 113, 115, 84, 200]
    decoded[0, 6, 2] = 99  # the greatest change of a pixel decides for all of its channels
    held = filtered(decoded, shown, levels=8)
    assert held[0, :, 0].tolist() == [100, 101, 96, 108, 113, 84, 200]
    assert held[0, 6].tolist() == [200, 100, 99]
    assert (filtered(decoded, shown, levels=0) == decoded).all()


def test_pixels_of_frames_that_are_no_key_frames_are_held(model):
    shape = model.shape(SIZE)
    words = np.zeros((3, shape.word_count()), np.int32)
    words[1:] = 5
    film = [
        FilmFrame(Pyramid(shape, own), key, np.arange(0), 200)
        for own, key in zip(words, (True, False, True))
    ]
    decoded = [np.asarray(model.decode(frame.pyramid)) for frame in film]
    shown = [np.asarray(picture) for picture in pictures_of(model, film)]
    assert (shown[0] == decoded[0]).all() and (shown[2] == decoded[2]).all()
    assert (shown[1] == filtered(decoded[1], decoded[0], 200)).all()
    assert (shown[1] != decoded[1]).any()


def test_flicker_counts_still_pixels_alone():
    originals = torch.zeros(2, 3, 4, 4)
    originals[1, :, 0] = 1.0  # a row that moves
    shown = torch.zeros(2, 3, 4, 4)
    shown[1] = 2 / 127.5
    assert flicker(shown, originals).mean == pytest.approx(4, rel=1e-4)
    assert flicker(originals, originals).mean == 0


def test_figures_of_a_clip(model, tmp_path):
    frames = clip()[:3]
    for number, frame in enumerate(frames):
        frame.save(tmp_path / f"{number}.png")
    again = list(frames_of(tmp_path, 3))
    assert all((np.asarray(a) == np.asarray(b)).all() for a, b in zip(again, frames))
    rows = {row.name: row for row in rows_of(model, "clip", again, SIZE)}
    assert rows["frames"].values["all"].mean == 3
    assert rows["key frames"].values["all"].mean == 1
    assert {"PSNR dB, film", "flicker, film", "flicker, frame by frame"} <= set(rows)
    with pytest.raises(ClipError, match="two frames"):
        rows_of(model, "clip", again[:1], SIZE)


def test_words_kept_by_layer(model):
    film = list(film_of(model, clip()[1:3], size=SIZE))
    assert [value.mean for value in kept_by_layer(film)] == [100.0] * model.shape(SIZE).depth
