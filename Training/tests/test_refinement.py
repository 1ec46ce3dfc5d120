import pytest
import torch
import torch.nn.functional as F

from spae.decoder import LabelledLinearPath
from spae.pyramid import shape
from spae.quantizer import estimates_of
from spae.refinement import correction, refined

SHAPE = shape(4)  # layers of 1, 2, 4 and 4 cells a side
LABEL = 2  # of two words at stride 1


@pytest.fixture
def path() -> LabelledLinearPath:
    torch.manual_seed(1)
    path = LabelledLinearPath(latent=5, numbers=12)
    torch.nn.init.normal_(path.basis)
    torch.nn.init.normal_(path.around, std=0.2)
    return path


@torch.no_grad()
def test_what_one_cell_is_short_of_is_what_it_is_told(path):
    labels = torch.full((1, 16), LABEL)
    short = torch.zeros(1, 16, 5)
    short[0, 5] = torch.randn(5)
    errors = path(short, labels) - path.mean[:, None, None]
    steps = F.conv2d(errors, correction(path, LABEL), padding=1)
    assert torch.allclose(steps[0, :, 1, 1], short[0, 5], atol=1e-4)


def test_a_path_of_zeros_asks_for_nothing():
    assert not correction(LabelledLinearPath(latent=5, numbers=12), LABEL).any()


@torch.no_grad()
def test_the_last_words_come_nearer_to_the_picture_and_no_others_move(path):
    codes, pictures = torch.randn(60, 5), torch.randn(3, 3, 8, 8)
    words = torch.randint(60, (3, SHAPE.word_count()))
    labels = torch.from_numpy(SHAPE.fill(SHAPE.depth)[1]).expand(3, -1)

    def decoded(words):
        estimates = estimates_of(words, codes, SHAPE, SHAPE.depth)
        return F.pixel_shuffle(path(estimates, labels), 2)

    found = refined(words, pictures, decoded(words), codes, SHAPE, path)
    upper = SHAPE.word_count(SHAPE.depth - 1)
    assert torch.equal(found[:, :upper], words[:, :upper])
    before, after = ((pictures - decoded(each)).square().mean((1, 2, 3)) for each in (words, found))
    assert (after < before).all(), (before, after)
