import dataclasses

import pytest
import torch
from conftest import WORDS

from spae.evaluate import meaning
from spae.model.colour_candidates import nearest_names, region_colours
from spae.model.configuration import ColourCandidates, Configuration, Guided
from spae.model.teacher import SemanticMap

NAMES = ((WORDS[3], 255, 0, 0), (WORDS[7], 0, 0, 255), (WORDS[50], 250, 250, 250))
RED, BLUE, WHITE = 3, 7, 50
COLOURS = ColourCandidates(counts=(0, 1, 2, 2), score=0.5, names=NAMES)


@pytest.fixture
def pictures() -> torch.Tensor:
    """A picture of which the left half is a dark red, the right half a light blue."""
    pictures = torch.full((1, 3, 64, 64), -0.9)
    pictures[:, 0, :, :32] = 0.6
    pictures[:, 2, :, 32:] = 0.95
    return pictures


@pytest.fixture
def guided(model):
    """A tiny model that has names of colours among its candidates, and guides layer 4."""
    guided = Guided((2, 3, 4, 4), 0.3, (0, 0.5), (1.0, 2.0, 3.0, 4.0), COLOURS)
    model.configuration = dataclasses.replace(model.configuration, guided=guided)
    return model


def semantics(batch: int = 1) -> SemanticMap:
    torch.manual_seed(1)
    return SemanticMap(torch.randn(batch, 16), torch.randn(batch, 4, 4, 16))


def test_each_region_gets_the_names_that_are_nearest_to_its_colour(pictures):
    found = nearest_names(pictures, 4, 2, COLOURS, WORDS)
    assert found.shape == (1, 16, 2)
    assert found[0, :, 0].view(4, 4).tolist() == [[RED, RED, BLUE, BLUE]] * 4


def test_a_regions_colour_is_its_mean(pictures):
    assert region_colours(pictures, 1)[0, 0].tolist() == pytest.approx([-0.15, -0.9, 0.025])
    assert torch.allclose(region_colours(pictures, 2)[0, 0], pictures[0, :, 0, 0])


def test_a_name_that_the_vocabulary_lacks_is_named(pictures):
    colours = dataclasses.replace(COLOURS, names=(*NAMES, ("mauve", 1, 2, 3)))
    with pytest.raises(ValueError, match="guided.colours: not in the vocabulary: mauve"):
        nearest_names(pictures, 2, 1, colours, WORDS)


def test_the_penalty_of_a_colour_is_what_its_score_falls_short_of_the_best(guided, pictures):
    candidates_by_layer = guided.candidates(
        semantics(), pictures=torch.nn.functional.interpolate(pictures, size=128)
    )
    plain = guided.candidates(semantics())
    assert [candidates.words.shape[-1] for candidates in candidates_by_layer.values()] == [
        2,
        4,
        6,
        6,
    ]
    assert [candidates.words.shape[-1] for candidates in plain.values()] == [2, 3, 4, 4]
    for layer, side, penalty, share in ((2, 2, 2.0, 0.5), (3, 4, 3.0, 1.0)):
        own, before = candidates_by_layer[layer], plain[layer]
        assert (own.penalty.diff() >= 0).all() and (own.penalty[..., 0] == 0).all()
        text = semantics().positions(layer)
        text = 0.3 * semantics().whole[:, None] + 0.7 * text
        others = (text.sum(1, keepdim=True) - text) / (text.shape[1] - 1)
        scores = guided.codebook.scores(text)
        if layer == 2:
            scores = scores - 0.5 * guided.codebook.scores(others)
        best = scores.gather(-1, before.words)[..., 0].clamp(min=0.5 * share)
        for place in range(side * side):
            target = RED if place % side < side // 2 else BLUE
            at = own.words[0, place].tolist().index(target)
            expected = penalty * (best[0, place] - 0.5 * share)
            penalties = own.penalty[0, place][own.words[0, place] == target]
            assert (penalties - expected).abs().min() < 1e-4, (layer, place, at)


def test_layer_4_asks_the_place_of_the_map_that_holds_it(guided):
    cells = semantics().cells
    places = semantics().positions(4).view(8, 8, 16)
    assert torch.equal(places[5, 2], cells[0, 2, 1]) and torch.equal(places[7, 7], cells[0, 3, 3])


def test_the_finest_grid_is_left_to_the_latent(guided, pictures):
    assert list(guided.candidates(semantics(), pictures=pictures)) == [1, 2, 3]
    assert list(guided.candidates(semantics(), pictures=torch.zeros(1, 3, 128, 128))) == [
        1,
        2,
        3,
        4,
    ]


def test_words_of_the_guided_layers_are_among_their_candidates(guided):
    torch.manual_seed(3)
    pictures = torch.rand(2, 3, 128, 128) * 2 - 1
    shape = guided.shape(128)
    words = guided.choose_words(pictures, semantics(2), 1.0, shape)
    for layer, candidates in guided.candidates(semantics(2), pictures=pictures).items():
        own = shape.layer_of(words, layer).unsqueeze(-1)
        assert (own == candidates.words).any(-1).all(), layer


def test_candidates_survive_their_file_and_their_lack_leaves_no_trace(guided, tmp_path):
    path = tmp_path / "config.json"
    guided.configuration.save(path)
    assert Configuration.load(path) == guided.configuration
    plain = dataclasses.replace(guided.configuration.guided, colours=None)
    dataclasses.replace(guided.configuration, guided=plain).save(path)
    assert '"colours"' not in path.read_text() and Configuration.load(path).guided == plain


def test_a_name_fits_where_the_region_has_its_colour(model, pictures, monkeypatch, tmp_path):
    table = tmp_path / "colours.tsv"
    table.write_text("".join(f"{n}\tname\t{r}\t{g}\t{b}\town\n" for n, r, g, b in NAMES))
    monkeypatch.setattr("spae.prepare.colours.TABLE", table)
    pictures[0, 0, :, :32] = 0.98
    words = torch.tensor([[RED, RED, BLUE, 1]])
    found = meaning.names_its_colour(model, pictures, words, 2)
    assert found.tolist() == [[True, False, False, False]]  # the blue region is at the right
