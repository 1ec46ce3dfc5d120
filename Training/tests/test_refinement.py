import numpy as np
import pytest
import torch
import torch.nn.functional as F

from spae.model.configuration import Search
from spae.model.decoder import ConditionalLinearDecoder
from spae.model.pyramid import LatentUpsampling, shape
from spae.model.quantizer import Candidates, estimates_of, upsampled, upsampled_transposed
from spae.model.refinement import Refinement, gram_matrices

SHAPE = shape(8)  # layers of 1, 2, 4, 8 and 8 cells a side
CELLS, LATENT, NUMBERS = 64, 5, 12
LAYERS = range(1, SHAPE.depth + 1)


@pytest.fixture
def linear_decoder() -> ConditionalLinearDecoder:
    torch.manual_seed(1)
    linear_decoder = ConditionalLinearDecoder(LATENT, NUMBERS)
    torch.nn.init.normal_(linear_decoder.basis)
    torch.nn.init.normal_(linear_decoder.around, std=0.2)
    return linear_decoder


def cell_classes_of(layer: int) -> torch.Tensor:
    return torch.from_numpy(SHAPE.upsampling(layer).cell_class)


def linear_picture(
    linear_decoder: ConditionalLinearDecoder, words: torch.Tensor, codes: torch.Tensor, layer: int
):
    """The linear decoder's picture of words down to a layer."""
    estimates = upsampled(estimates_of(words, codes, SHAPE, layer), SHAPE.upsampling(layer))
    return F.pixel_shuffle(
        linear_decoder(estimates, cell_classes_of(layer).expand(len(words), -1)), 2
    )


@pytest.mark.parametrize("layer", LAYERS)
@torch.no_grad()
def test_the_transposed_decoder_is_its_transpose(linear_decoder, layer):
    cell_classes = cell_classes_of(layer).expand(2, -1)
    estimates, errors = torch.randn(2, CELLS, LATENT), torch.randn(2, NUMBERS, 8, 8)
    written = linear_decoder(estimates, cell_classes) - linear_decoder.mean[:, None, None]
    back = linear_decoder.transposed(errors, cell_classes)
    assert torch.allclose((written * errors).sum(), (estimates * back).sum(), rtol=1e-4)


@pytest.mark.parametrize("layer", LAYERS)
@torch.no_grad()
def test_the_transposed_fill_is_its_transpose(layer):
    estimates, gradient, upsampling = *torch.randn(2, 3, CELLS, LATENT), SHAPE.upsampling(layer)
    taken, back = upsampled(estimates, upsampling), upsampled_transposed(gradient, upsampling)
    assert torch.allclose((taken * gradient).sum(), (estimates * back).sum(), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("layer", LAYERS[1:])
@torch.no_grad()
def test_a_gram_matrix_is_the_square_of_what_a_position_writes(linear_decoder, layer):
    upsampling = SHAPE.upsampling(layer)
    kinds, matrices = gram_matrices(linear_decoder, SHAPE, layer)
    # A cell's patches count as a whole, so the place may not stand at the edge.
    away_from_edges = [p for p, cell in enumerate(SHAPE.visited(layer)) if inside(upsampling, cell)]
    for place in away_from_edges:
        estimates = torch.zeros(LATENT, CELLS, LATENT)
        estimates[range(LATENT), SHAPE.visited(layer)[place], range(LATENT)] = 1
        written = linear_decoder(
            upsampled(estimates, upsampling), cell_classes_of(layer).expand(LATENT, -1)
        )
        written = (written - linear_decoder.mean[:, None, None]).flatten(1)
        assert torch.allclose(matrices[kinds[place]], written @ written.T, rtol=1e-3, atol=1e-3)
    assert away_from_edges or layer < 3


def inside(upsampling: LatentUpsampling, cell: int) -> bool:
    taken = (upsampling.weight * (upsampling.source == cell)).sum(1).reshape(8, 8)
    return not (taken[[0, -1]].any() or taken[:, [0, -1]].any())


@pytest.mark.parametrize("is_decoded", (True, False))
@pytest.mark.parametrize("layer", LAYERS)
@torch.no_grad()
def test_a_refined_layer_comes_nearer_and_no_other_moves(linear_decoder, layer, is_decoded):
    codes, pictures = torch.randn(60, LATENT), torch.randn(3, 3, 16, 16)
    words = torch.randint(60, (3, SHAPE.word_count(layer)))

    def decoded(words):
        return linear_picture(linear_decoder, words, codes, layer)

    prediction = words.clone()
    picture = decoded(words) if is_decoded else None
    own = Refinement(codes, SHAPE, linear_decoder).refined(words, layer, pictures, picture)
    assert torch.equal(words, prediction)
    found = torch.cat([words[:, : SHAPE.word_count(layer - 1)], own], 1)
    before, after = ((pictures - decoded(each)).square().mean((1, 2, 3)) for each in (words, found))
    assert (after < before).all(), (before, after)


@torch.no_grad()
def test_among_candidates_it_finds_the_best_of_a_position_alone(linear_decoder):
    codes, pictures = torch.randn(60, LATENT), torch.randn(3, 3, 16, 16)
    candidates = Candidates(torch.randint(60, (3, 1, 4)), torch.zeros(3, 1, 4))

    def decoded(words):
        return linear_picture(linear_decoder, words, codes, 1)

    words = candidates.words[:, :, 0]
    own = Refinement(codes, SHAPE, linear_decoder).refined(
        words, 1, pictures, decoded(words), candidates
    )
    errors = [
        (pictures - decoded(candidates.words[:, :, i])).square().mean((1, 2, 3)) for i in range(4)
    ]
    # Nearly: the matrix counts what would be written beyond the edge.
    chosen = (pictures - decoded(own)).square().mean((1, 2, 3))
    assert (chosen <= torch.stack(errors).sort(0).values[1]).all()


@torch.no_grad()
def test_a_word_whose_penalty_exceeds_what_it_saves_is_not_chosen(linear_decoder):
    codes, pictures = torch.randn(60, LATENT), torch.randn(1, 3, 16, 16)
    words = torch.randint(60, (1, 1, 4))

    def chosen(penalty: float) -> int:
        candidates = Candidates(words, penalty * torch.arange(4.0).view(1, 1, 4))
        refinement = Refinement(codes, SHAPE, linear_decoder)
        return int(refinement.refined(words[:, :, 0], 1, pictures, None, candidates))

    errors = [
        float((pictures - linear_picture(linear_decoder, words[:, :, i], codes, 1)).square().sum())
        for i in range(4)
    ]
    spared = 1 - min(errors) / errors[0]
    assert chosen(0) == words[0, 0, int(np.argmin(errors))] != words[0, 0, 0]
    assert chosen(4 * spared) == words[0, 0, 0]


@torch.no_grad()
def test_penalties_are_halved_where_words_reduce_no_error(linear_decoder):
    codes, pictures = torch.randn(60, LATENT), torch.randn(40, 3, 16, 16)
    words = torch.randint(60, (40, SHAPE.word_count(2)))
    # The first candidate has no penalty, the others a greater one than they could save.
    dear = torch.tensor([0.0, 3.0, 3.0, 3.0]).expand(40, 4, 4)
    candidates = Candidates(torch.randint(60, (40, 4, 4)), dear)
    words[:, 1:] = candidates.words[:, :, 0]
    refinement = Refinement(codes, SHAPE, linear_decoder)
    found = refinement.refine(words, 2, pictures, None, candidates)
    once = refinement.refined(words, 2, pictures, None, candidates)
    most = (1 - Search().least_gain) * refinement.linear_error(words[:, :1], 1, pictures)
    improves = refinement.linear_error(words, 2, pictures) <= most
    assert torch.equal(once, words[:, 1:]) and improves.any() and not improves.all()
    assert torch.equal((found == words).all(1), improves)


@torch.no_grad()
def test_a_path_of_zeros_moves_no_word():
    codes, pictures = torch.randn(60, LATENT), torch.randn(3, 3, 16, 16)
    words = torch.randint(60, (3, SHAPE.word_count(4)))
    silent = ConditionalLinearDecoder(LATENT, NUMBERS)
    refinement = Refinement(codes, SHAPE, silent)
    own = refinement.refined(words, 4, pictures, torch.zeros_like(pictures))
    assert torch.equal(own, SHAPE.layer_of(words, 4))
