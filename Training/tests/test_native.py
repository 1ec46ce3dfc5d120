"""The library by its Python binding, beside what PyTorch makes of the same pictures."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from spae import native

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "Assets/models/small"
GOLDEN = load_file(ROOT / "Tests/SPAEEngineTests/Fixtures/golden.safetensors")


@pytest.fixture(scope="module")
def engine():
    return native.Model(FOLDER)


@pytest.fixture(scope="module")
def parrot():
    return native.read_picture(ROOT / "Assets/pictures/parrot.png")


@pytest.fixture(scope="module")
def words(engine, parrot):
    return engine.encode(parrot)


def test_the_words_are_those_of_pytorch(words):
    assert (words == GOLDEN["words.parrot"]).all()


@pytest.fixture(scope="module")
def wide(parrot):
    return parrot[40:211]


def test_the_words_of_a_picture_that_is_no_square_are_those_of_pytorch(engine, wide):
    rectangles = load_file(ROOT / "Tests/SPAEEngineTests/Fixtures/rectangles.safetensors")
    words, size = engine.encode(wide, fit="whole"), native.encoded_size(wide, fit="whole")
    assert size == (192, 128) and (words == rectangles["words.parrot"]).all()
    assert native.layer_grids(size) == [(1, 2), (2, 3), (4, 6), (8, 12), (16, 24), (16, 24)]
    picture = engine.decode(words, size=size)
    assert picture.shape == (128, 192, 3)
    session = engine.session(words, size=size)
    assert (session.picture == picture).all()
    changed = words.copy()
    changed[-1] = engine.number("castle")
    area = session.apply(changed)
    assert 0 < area.width < 192 and (session.picture == engine.decode(changed, size=size)).all()


def test_a_model_knows_its_words_and_itself(engine):
    assert len(engine.words) == 12134 and len(engine.identity) == 64
    assert engine.words[engine.number("castle")] == "castle"
    with pytest.raises(KeyError, match="qwertz"):
        engine.number("qwertz")


def test_pixels_are_read_where_they_are_or_copied(engine, parrot, words):
    wide = np.zeros((parrot.shape[0], parrot.shape[1] + 7, 3), np.uint8)
    wide[:, :-7] = parrot
    assert (engine.encode(wide[:, :-7]) == words).all()
    assert (engine.encode(np.asfortranarray(parrot)) == words).all()
    assert (engine.encode(parrot[::-1, ::-1][::-1, ::-1]) == words).all()


def test_a_session_follows_its_words(engine, words):
    session = engine.session(words)
    assert (session.picture == engine.decode(words)).all()
    changed = words.copy()
    changed[-1] = engine.number("castle")
    area = session.apply(changed)
    assert 0 < area.width < 128 and (session.picture == engine.decode(changed)).all()
    assert session.apply(changed) == (0, 0, 0, 0)
    session.apply(changed, depth=2)
    assert (session.picture == engine.decode(changed, depth=2)).all()


def test_a_session_outlives_its_model(words):
    session = native.Model(FOLDER).session(words)
    assert session.picture.shape == (128, 128, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, w: m.decode(w[:-1]), "596 words"),
        (lambda m, w: m.decode(w, depth=7), "depth 7"),
        (lambda m, w: m.decode(np.full_like(w, 12134)), "word number 12134"),
        (lambda m, w: m.decode(w.astype(float)), "whole numbers"),
        (lambda m, w: m.decode(w + (np.int64(1) << 32)), "no word has the number"),
        (lambda m, w: m.decode(w, size=(-8, 128)), "-8x128 pixels"),
        (lambda m, w: m.encode(np.zeros((0, 4, 3), np.uint8)), "4x0 pixels"),
        (lambda m, w: m.encode(np.zeros((4, 4), np.uint8)), "uint8 .height, width, 3."),
        (lambda m, w: m.encode(np.zeros((4, 4, 3), np.uint8), size=100), "100 pixels"),
        (lambda m, w: m.encode(np.zeros((4, 4, 3), np.uint8), fit="round"), "fit round"),
        (lambda m, w: m.encode(np.zeros((4, 4, 3), np.uint8), semantic_weight=-1), "weight"),
        (lambda m, w: native.Model("/nowhere"), "/nowhere/config.json"),
        (lambda m, w: native.read_picture(FOLDER / "card.md"), "card.md"),
        (lambda m, w: m.session(w).apply(np.zeros(149, np.int32)), "grid"),
        (lambda m, w: m.decode(w, size=(192, 128)), "grid of 24x16 cells has 896"),
        (lambda m, w: m.decode(w, size=(128, 100)), "128x100 pixels"),
        (lambda m, w: native.layer_grids(100), "100x100 pixels"),
    ],
)
def test_what_cannot_be_done_is_an_exception(engine, words, call, message):
    with pytest.raises(native.SPAEError, match=message):
        call(engine, words)


def test_a_picture_of_one_pixel_has_words(engine):
    assert engine.encode(np.full((1, 1, 3), 200, np.uint8)).shape == (597,)


def test_other_threads_run_while_a_picture_is_encoded(engine, parrot):
    thread = threading.Thread(target=engine.encode, args=(parrot, 512))
    thread.start()
    turns = 0
    while thread.is_alive():
        turns += 1
    # With the interpreter locked this thread would have had its turn before and after, no more.
    assert turns > 1000


def test_a_file_name_of_any_bytes_is_opened(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"gr\xfcn.png")
    Image.new("RGB", (3, 2), "green").save(os.fsdecode(path))
    assert native.read_picture(os.fsdecode(path)).tolist() == [[[0, 128, 0]] * 3] * 2


def test_it_needs_no_pytorch():
    code = "import sys, spae.native; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
