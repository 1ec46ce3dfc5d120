import pytest
import torch
import torch.nn.functional as F

from spae.decoder import LabelledLinearPath
from spae.pyramid import shape
from spae.quantizer import estimates_of
from spae.refinement import normal_matrices, refined

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


def filled(layer: int) -> tuple[torch.Tensor, torch.Tensor]:
    source, label = SHAPE.fill(layer)
    return torch.from_numpy(source), torch.from_numpy(label)


@pytest.mark.parametrize("layer", LAYERS)
@torch.no_grad()
def test_the_transposed_path_is_its_transpose(path, layer):
    labels = filled(layer)[1].expand(2, -1)
    estimates, errors = torch.randn(2, CELLS, LATENT), torch.randn(2, NUMBERS, 8, 8)
    written = path(estimates, labels) - path.mean[:, None, None]
    back = path.transposed(errors, labels)
    assert torch.allclose((written * errors).sum(), (estimates * back).sum(), rtol=1e-4)


@pytest.mark.parametrize("layer", LAYERS[1:])
@torch.no_grad()
def test_a_normal_matrix_is_the_square_of_what_a_place_writes(path, layer):
    source, label = filled(layer)
    kinds, matrices = normal_matrices(path, SHAPE, layer)
    # A cell's patches count as a whole, so the place may not stand at the edge.
    away_from_edges = [p for p, cell in enumerate(SHAPE.visited(layer)) if inside(source, cell)]
    for place in away_from_edges:
        estimates = torch.zeros(LATENT, CELLS, LATENT)
        estimates[range(LATENT), SHAPE.visited(layer)[place], range(LATENT)] = 1
        written = path(estimates[:, source], label.expand(LATENT, -1))
        written = (written - path.mean[:, None, None]).flatten(1)
        assert torch.allclose(matrices[kinds[place]], written @ written.T, rtol=1e-3, atol=1e-3)
    assert away_from_edges or layer < 3


def inside(source: torch.Tensor, cell: int) -> bool:
    filled = (source == cell).view(8, 8)
    return not (filled[[0, -1]].any() or filled[:, [0, -1]].any())


@pytest.mark.parametrize("is_decoded", (True, False))
@pytest.mark.parametrize("layer", LAYERS)
@torch.no_grad()
def test_a_layer_chosen_again_comes_nearer_and_no_other_moves(path, layer, is_decoded):
    codes, pictures = torch.randn(60, LATENT), torch.randn(3, 3, 16, 16)
    words = torch.randint(60, (3, SHAPE.word_count(layer)))
    source, label = filled(layer)

    def decoded(words):
        estimates = estimates_of(words, codes, SHAPE, layer)[:, source]
        return F.pixel_shuffle(path(estimates, label.expand(3, -1)), 2)

    given = words.clone()
    picture = decoded(words) if is_decoded else None
    own = refined(words, layer, pictures, picture, codes, SHAPE, path)
    assert torch.equal(words, given)
    found = torch.cat([words[:, : SHAPE.word_count(layer - 1)], own], 1)
    before, after = ((pictures - decoded(each)).square().mean((1, 2, 3)) for each in (words, found))
    assert (after < before).all(), (before, after)


@torch.no_grad()
def test_within_a_pool_it_finds_the_best_of_a_place_alone(path):
    codes, pictures = torch.randn(60, LATENT), torch.randn(3, 3, 16, 16)
    source, label = filled(1)
    pool = torch.randint(60, (3, 1, 4))

    def decoded(words):
        estimates = estimates_of(words, codes, SHAPE, 1)[:, source]
        return F.pixel_shuffle(path(estimates, label.expand(3, -1)), 2)

    words = pool[:, :, 0]
    own = refined(words, 1, pictures, decoded(words), codes, SHAPE, path, pool)
    errors = [(pictures - decoded(pool[:, :, i])).square().mean((1, 2, 3)) for i in range(4)]
    # Nearly: the matrix counts what would be written beyond the edge.
    chosen = (pictures - decoded(own)).square().mean((1, 2, 3))
    assert (chosen <= torch.stack(errors).sort(0).values[1]).all()


@torch.no_grad()
def test_a_path_of_zeros_moves_no_word():
    codes, pictures = torch.randn(60, LATENT), torch.randn(3, 3, 16, 16)
    words = torch.randint(60, (3, SHAPE.word_count(4)))
    silent = LabelledLinearPath(LATENT, NUMBERS)
    own = refined(words, 4, pictures, torch.zeros_like(pictures), codes, SHAPE, silent)
    assert torch.equal(own, SHAPE.layer_of(words, 4))
