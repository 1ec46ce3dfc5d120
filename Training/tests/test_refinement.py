import numpy as np
import pytest
import torch
import torch.nn.functional as F

from spae.decoder import LabelledLinearPath
from spae.pyramid import Fill, shape
from spae.quantizer import Pool, estimates_of, filled, filled_transposed
from spae.configuration import Search
from spae.refinement import Refinement, normal_matrices

SHAPE = shape(8)  # layers of 1, 2, 4, 8 and 8 cells a side
CELLS, LATENT, NUMBERS = 64, 5, 12
LAYERS = range(1, SHAPE.depth + 1)


@pytest.fixture
def path() -> LabelledLinearPath:
    torch.manual_seed(1)
    path = LabelledLinearPath(LATENT, NUMBERS)
    torch.nn.init.normal_(path.basis)
    torch.nn.init.normal_(path.around, std=0.2)
    return path


def labels_of(layer: int) -> torch.Tensor:
    return torch.from_numpy(SHAPE.fill(layer).label)


def linear_picture(path: LabelledLinearPath, words: torch.Tensor, codes: torch.Tensor, layer: int):
    """The linear path's picture of words down to a layer."""
    estimates = filled(estimates_of(words, codes, SHAPE, layer), SHAPE.fill(layer))
    return F.pixel_shuffle(path(estimates, labels_of(layer).expand(len(words), -1)), 2)


@pytest.mark.parametrize("layer", LAYERS)
@torch.no_grad()
def test_the_transposed_path_is_its_transpose(path, layer):
    labels = labels_of(layer).expand(2, -1)
    estimates, errors = torch.randn(2, CELLS, LATENT), torch.randn(2, NUMBERS, 8, 8)
    written = path(estimates, labels) - path.mean[:, None, None]
    back = path.transposed(errors, labels)
    assert torch.allclose((written * errors).sum(), (estimates * back).sum(), rtol=1e-4)


@pytest.mark.parametrize("layer", LAYERS)
@torch.no_grad()
def test_the_transposed_fill_is_its_transpose(layer):
    estimates, gradient, fill = *torch.randn(2, 3, CELLS, LATENT), SHAPE.fill(layer)
    taken, back = filled(estimates, fill), filled_transposed(gradient, fill)
    assert torch.allclose((taken * gradient).sum(), (estimates * back).sum(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("layer", LAYERS[1:])
@torch.no_grad()
def test_a_normal_matrix_is_the_square_of_what_a_place_writes(path, layer):
    fill = SHAPE.fill(layer)
    kinds, matrices = normal_matrices(path, SHAPE, layer)
    # A cell's patches count as a whole, so the place may not stand at the edge.
    away_from_edges = [p for p, cell in enumerate(SHAPE.visited(layer)) if inside(fill, cell)]
    for place in away_from_edges:
        estimates = torch.zeros(LATENT, CELLS, LATENT)
        estimates[range(LATENT), SHAPE.visited(layer)[place], range(LATENT)] = 1
        written = path(filled(estimates, fill), labels_of(layer).expand(LATENT, -1))
        written = (written - path.mean[:, None, None]).flatten(1)
        assert torch.allclose(matrices[kinds[place]], written @ written.T, rtol=1e-3, atol=1e-3)
    assert away_from_edges or layer < 3


def inside(fill: Fill, cell: int) -> bool:
    taken = (fill.share * (fill.source == cell)).sum(1).reshape(8, 8)
    return not (taken[[0, -1]].any() or taken[:, [0, -1]].any())


@pytest.mark.parametrize("is_decoded", (True, False))
@pytest.mark.parametrize("layer", LAYERS)
@torch.no_grad()
def test_a_layer_chosen_again_comes_nearer_and_no_other_moves(path, layer, is_decoded):
    codes, pictures = torch.randn(60, LATENT), torch.randn(3, 3, 16, 16)
    words = torch.randint(60, (3, SHAPE.word_count(layer)))

    def decoded(words):
        return linear_picture(path, words, codes, layer)

    given = words.clone()
    picture = decoded(words) if is_decoded else None
    own = Refinement(codes, SHAPE, path).refined(words, layer, pictures, picture)
    assert torch.equal(words, given)
    found = torch.cat([words[:, : SHAPE.word_count(layer - 1)], own], 1)
    before, after = ((pictures - decoded(each)).square().mean((1, 2, 3)) for each in (words, found))
    assert (after < before).all(), (before, after)


@torch.no_grad()
def test_within_a_pool_it_finds_the_best_of_a_place_alone(path):
    codes, pictures = torch.randn(60, LATENT), torch.randn(3, 3, 16, 16)
    pool = Pool(torch.randint(60, (3, 1, 4)), torch.zeros(3, 1, 4))

    def decoded(words):
        return linear_picture(path, words, codes, 1)

    words = pool.words[:, :, 0]
    own = Refinement(codes, SHAPE, path).refined(words, 1, pictures, decoded(words), pool)
    errors = [(pictures - decoded(pool.words[:, :, i])).square().mean((1, 2, 3)) for i in range(4)]
    # Nearly: the matrix counts what would be written beyond the edge.
    chosen = (pictures - decoded(own)).square().mean((1, 2, 3))
    assert (chosen <= torch.stack(errors).sort(0).values[1]).all()


@torch.no_grad()
def test_a_word_that_costs_more_than_it_spares_is_not_taken(path):
    codes, pictures = torch.randn(60, LATENT), torch.randn(1, 3, 16, 16)
    words = torch.randint(60, (1, 1, 4))

    def chosen(price: float) -> int:
        pool = Pool(words, price * torch.arange(4.0).view(1, 1, 4))
        refinement = Refinement(codes, SHAPE, path)
        return int(refinement.refined(words[:, :, 0], 1, pictures, None, pool))

    errors = [
        float((pictures - linear_picture(path, words[:, :, i], codes, 1)).square().sum())
        for i in range(4)
    ]
    spared = 1 - min(errors) / errors[0]
    assert chosen(0) == words[0, 0, int(np.argmin(errors))] != words[0, 0, 0]
    assert chosen(4 * spared) == words[0, 0, 0]


@torch.no_grad()
def test_words_that_spare_nothing_are_chosen_for_less(path):
    codes, pictures = torch.randn(60, LATENT), torch.randn(40, 3, 16, 16)
    words = torch.randint(60, (40, SHAPE.word_count(2)))
    # The first of a pool costs nothing, and the others more than they could spare.
    dear = torch.tensor([0.0, 3.0, 3.0, 3.0]).expand(40, 4, 4)
    pool = Pool(torch.randint(60, (40, 4, 4)), dear)
    words[:, 1:] = pool.words[:, :, 0]
    refinement = Refinement(codes, SHAPE, path)
    found = refinement.chosen_again(words, 2, pictures, None, pool)
    once = refinement.refined(words, 2, pictures, None, pool)
    most = (1 - Search().least_gain) * refinement.linear_error(words[:, :1], 1, pictures)
    spares = refinement.linear_error(words, 2, pictures) <= most
    assert torch.equal(once, words[:, 1:]) and spares.any() and not spares.all()
    assert torch.equal((found == words).all(1), spares)


@torch.no_grad()
def test_a_path_of_zeros_moves_no_word():
    codes, pictures = torch.randn(60, LATENT), torch.randn(3, 3, 16, 16)
    words = torch.randint(60, (3, SHAPE.word_count(4)))
    silent = LabelledLinearPath(LATENT, NUMBERS)
    refinement = Refinement(codes, SHAPE, silent)
    own = refinement.refined(words, 4, pictures, torch.zeros_like(pictures))
    assert torch.equal(own, SHAPE.layer_of(words, 4))
