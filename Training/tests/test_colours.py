from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import WORDS
from safetensors.torch import load_file

import spae.prepare.colours
import spae.train.palette
from spae.cielab import lab
from spae.evaluate.colour_figures import colour_rows
from spae.prepare.colours import (
    KINDS,
    TRAINED,
    Colours,
    colours_of,
    distances,
    filled_with,
    guesses,
    mean_colours,
    pictures_of,
    table_rows,
    typed_words,
)
from spae.prepare.frozen import excluded_words
from spae.train.colour_fit import Goal, fit, slopes_of
from spae.train.colour_start import bend, ridge
from spae.train.palette import Palette, palette

MODEL = Path(__file__).parents[2] / "Assets" / "models" / "small"
VOCABULARY = MODEL / "vocabulary.txt"
HELD_OUT = 80


@pytest.fixture
def table(tmp_path, monkeypatch) -> Path:
    """Twenty words of the tiny model, with colours that a screen shows well."""
    random = np.random.default_rng(0)
    lines = [
        "\t".join([word, KINDS[i % 3], *map(str, random.integers(60, 200, 3)), "own"])
        for i, word in enumerate(WORDS[::6])
    ]
    path = tmp_path / "colours.tsv"
    path.write_text("# word\n" + "".join(f"{line}\n" for line in lines))
    monkeypatch.setattr(spae.prepare.colours, "TABLE", path)
    return path


@pytest.fixture
def known(table) -> Colours:
    return colours_of(WORDS, table)


def test_every_word_of_the_table_is_in_the_vocabulary_once_and_none_is_excluded():
    words = [row[0] for row in table_rows()]
    assert len(words) == len(set(words))
    assert set(words) <= set(VOCABULARY.read_text().split())
    assert not set(words) & excluded_words()


def test_no_word_that_is_held_out_has_a_form_that_is_trained_on():
    lemma = load_file(MODEL / "codebook.safetensors")["lemma"].tolist()
    index = {word: number for number, word in enumerate(VOCABULARY.read_text().split())}
    lemmas = defaultdict(set)
    for word, kind, _ in table_rows():
        lemmas[kind == "held-out"].add(lemma[index[word]])
    assert not lemmas[True] & lemmas[False]
    assert sum(kind == "held-out" for _, kind, _ in table_rows()) == HELD_OUT


def test_words_that_people_type_are_trained_on():
    trained = {word for word, kind, _ in table_rows() if kind in TRAINED}
    assert typed_words() <= trained


@pytest.mark.parametrize(
    "line",
    ["red\tname\t255\t0\t0", "red\tcolour\t255\t0\t0\town", "red\tname\t256\t0\t0\town", "red"],
)
def test_a_row_that_is_none_is_named(tmp_path, line):
    path = tmp_path / "colours.tsv"
    path.write_text(f"# word\nblue\tname\t0\t0\t255\town\n{line}\n")
    with pytest.raises(ValueError, match="colours.tsv:3: expected a word"):
        table_rows(path)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((1, 1, 1), (100, 0, 0)),
        ((-1, -1, -1), (0, 0, 0)),
        ((1, -1, -1), (53.24, 80.09, 67.20)),
        ((-1, -1, 1), (32.30, 79.19, -107.86)),
        ((0.0039, 0.0039, 0.0039), (53.59, 0, 0)),  # 128 of 255
    ],
)
def test_lab_is_that_of_the_books(colour, expected):
    found = lab(torch.tensor([colour], dtype=torch.float32))[0]
    assert found.tolist() == pytest.approx(expected, abs=0.05)


def test_lab_can_be_learned_from_at_black():
    black = torch.full((1, 3), -1.0, requires_grad=True)
    lab(black).sum().backward()
    assert torch.isfinite(black.grad).all() and black.grad.abs().max() > 0


def test_a_picture_of_its_colour_costs_nothing_and_an_uneven_one_more_than_an_even():
    colours = torch.tensor([[0.5, -0.2, 0.0]])
    even = colours[:, :, None, None].expand(1, 3, 8, 8)
    checks = torch.ones(8, 8)
    checks[::2, ::2] = checks[1::2, 1::2] = -1
    assert palette(even, colours) == pytest.approx(0, abs=1e-6)
    assert palette(even + 0.1 * checks, colours) > 1e-4
    # A far colour counts by its distance, not by the square of it.
    near, far, further = (float(palette(even + step, colours)) for step in (0.01, 0.4, -0.8))
    assert near < 1e-4 and far > 400 * near and far < further < 4 * far


def test_one_word_fills_the_layers(model, known):
    shape, word = model.shape(128), int(known.words[0])
    for depth in (1, 2, 3):
        words = torch.full((1, shape.word_count()), word)
        found = pictures_of(model, torch.tensor([word]), shape, depth).clamp(-1, 1)
        assert torch.allclose(found, model.decode_words(words, shape, depth), atol=1e-5)


def test_a_batch_holds_both_kinds_and_no_word_that_is_held_out(known):
    random, seen = np.random.default_rng(0), set()
    held_out = set(known.of("held-out").words)
    for _ in range(50):
        batch = known.batch(8, random)
        assert sorted(batch.kinds) == ["name"] * 2 + ["thing"] * 6
        assert len(set(batch.words)) == 8
        seen |= set(batch.words)
    assert seen == set(known.of(*TRAINED).words) and not seen & held_out


def test_colours_are_guessed_by_meaning_for_words_that_the_table_lacks(model, known):
    trained, held_out = known.of(*TRAINED), known.of("held-out")
    with torch.no_grad():  # a word that the table lacks, and one held out, mean what two words mean
        model.codebook.text[1] = model.codebook.text[trained.words[0]]
        model.codebook.text[held_out.words[0]] = model.codebook.text[trained.words[1]]
    found = guesses(model, trained, 30)
    assert len(found) == 30 and found.words[0] == 1
    assert not set(found.words) & set(known.words)
    assert torch.allclose(found.colours[0], trained.colours[0], atol=0.1)


def test_a_palette_teaches_no_word_that_is_held_out(model, known, monkeypatch):
    seen = set()

    def noted(model, words, shape, depth):
        seen.update(words.tolist())
        return filled_with(model, words, shape, depth)

    monkeypatch.setattr(spae.train.palette, "filled_with", noted)
    random, own = np.random.default_rng(0), Palette.of(model)
    losses = [own.loss(model, 8, random) for _ in range(12)]
    assert all(torch.isfinite(loss) and loss > 0 for loss in losses)
    assert seen >= set(known.of(*TRAINED).words) and not seen & set(known.of("held-out").words)


@torch.no_grad()
def linear_start(model):
    """As at the linear start: three components of the code are the colour."""
    linear, numbers = model.decoder.linear, 8 * 8  # of a patch and channel
    for tensor in (model.decoder.output.weight, model.decoder.output.bias, linear.around):
        tensor.zero_()
    linear.basis.zero_()
    for channel in range(3):
        linear.basis[:, channel, numbers * channel : numbers * (channel + 1)] = 0.2


def test_bending_the_projection_halves_the_distance(model, known):
    shape, trained = model.shape(128), known.of(*TRAINED)
    linear_start(model)
    before = distances(model, trained, shape, 1).median()
    bend(model, trained, strength=0.01)
    assert distances(model, trained, shape, 1).median() < before / 2


def test_a_fit_brings_words_nearer_to_their_colours_and_holds_others(model, known):
    words, shape = torch.from_numpy(known.words), model.shape(64)
    linear_start(model)
    model.requires_grad_(False)
    goal = Goal(words, known.colours, torch.ones(len(words)), (2, 3))
    held = model.codebook.embedding.T @ model.codebook.embedding
    others = np.setdiff1d(np.arange(len(model.words)), known.words)
    codes, start = model.codebook.codes()[others].clone(), model.codebook.projection.clone()
    before, missed, moved = distances(model, known, shape, 3).mean(), [], []
    for hold in (0.001, 1.0, 100.0):
        with torch.no_grad():
            model.codebook.projection.copy_(start)
        fit(model, [goal], held, iterations=2, hold=hold)
        missed.append(float(distances(model, known, shape, 3).mean()))
        moved.append(float((model.codebook.codes()[others] - codes).square().mean()))
    assert missed == sorted(missed) and moved == sorted(moved, reverse=True)
    assert missed[0] < before / 2


def test_slopes_are_those_of_small_differences(model):
    model.requires_grad_(False)
    words = torch.tensor([3, 7])
    slopes, colours = slopes_of(model, words, 2)
    assert slopes.shape == (2, 3, 16) and colours.shape == (2, 3)
    embedding, step = model.codebook.embedding, torch.zeros(16)
    step[5] = 1e-2
    own = embedding[words[0]]
    with torch.no_grad():  # moves the code of the first word alone by the step
        model.codebook.projection.add_(own[:, None] * step / own.square().sum())
    moved = slopes_of(model, words[:1], 2)[1][0]
    torch.testing.assert_close(moved - colours[0], slopes[0, :, 5] * 1e-2, atol=2e-2, rtol=0.1)


def test_the_ridge_moves_other_words_less_the_stronger_it_is(model, known):
    words = torch.from_numpy(known.words)
    embedding, change = model.codebook.embedding, torch.ones(len(words), 16)
    weights = torch.ones(len(words))
    moved, missed = [], []
    for strength in (0.01, 0.1, 1.0):
        projection = ridge(embedding, words, change, weights, strength)
        codes = embedding @ projection
        moved.append(float(codes.square().mean()))
        missed.append(float((codes[words] - change).square().mean()))
    assert moved == sorted(moved, reverse=True) and missed == sorted(missed)
    assert missed[0] < 0.1


def test_the_loss_falls_when_it_is_trained(model, known):
    shape, trained = model.shape(128), known.of(*TRAINED)
    words = torch.from_numpy(trained.words)
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=3e-3)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        loss = palette(pictures_of(model, words, shape, 2), trained.colours)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_figures_tell_names_things_and_things_held_out_apart(model, known):
    rows = {row.name: row.values for row in colour_rows(model, model.shape(128))}
    assert list(rows) == [
        f"{kind} {figure}"
        for kind in ("names", "things", "things held out")
        for figure in ("CIE76", "within 20 %")
    ]
    held_out = distances(model, known.of("held-out"), model.shape(128), 3)
    value = rows["things held out CIE76"]["3"]
    assert value.mean == pytest.approx(float(np.median(held_out.numpy())))
    assert value.interval[0] <= value.mean <= value.interval[1]
    near = float((held_out < 20).float().mean())
    assert rows["things held out within 20 %"]["3"].mean == pytest.approx(100 * near)


def test_a_vocabulary_without_such_words_has_no_such_figures(model, table):
    table.write_text("snow\tthing\t250\t251\t253\town\n")
    assert colour_rows(model, model.shape(128)) == []


def test_mean_colours_come_in_the_words_order(model):
    shape, words = model.shape(128), torch.tensor([5, 3, 9])
    whole = mean_colours(model, words, shape, 1, batch=2)
    assert torch.allclose(whole[1], mean_colours(model, words[1:2], shape, 1)[0], atol=1e-6)
