import pytest
import torch

from spae.pyramid import shape
from spae.quantizer import estimates_of, nearest, quantize


def sample():
    torch.manual_seed(1)
    return torch.randn(2, 256, 4), torch.randn(300, 4)


def test_the_running_mean_equals_z_up_to_the_last_error():
    z, codes = sample()
    found = quantize(z, codes, shape(16), {})
    visits = found.visits[-1]
    # n z - (the sum of the n words) is the error of the last word at its target.
    last = visits[:, None] * (z - found.estimates[-1])
    targets = last + codes[found.words[:, -256:]]
    chosen = nearest(targets, codes)
    assert (chosen == found.words[:, -256:]).all()


def test_a_second_word_brings_every_mean_nearer_on_average():
    z, codes = sample()
    found = quantize(z, codes, shape(16), {})
    errors = [(z - e).square().mean() for e in found.estimates]
    assert errors[-1] < errors[-2]


def test_the_words_alone_give_the_same_estimates():
    z, codes = sample()
    found = quantize(z, codes, shape(16), {})
    for depth in range(1, 7):
        again = estimates_of(found.words, codes, shape(16), depth)
        assert torch.allclose(again, found.estimates[depth - 1], atol=1e-5)


def test_guided_layers_choose_within_their_pools():
    z, codes = sample()
    pool = torch.randint(0, 300, (2, 4, 3))
    found = quantize(z, codes, shape(16), {2: pool})
    words = found.words[:, 1:5]
    assert (pool == words.unsqueeze(2)).any(2).all()


def test_residual_quantization_adds():
    z, codes = sample()
    found = quantize(z, codes, shape(16), {}, residual=True)
    assert torch.allclose(
        found.estimates[-1] - found.estimates[-2], codes[found.words[:, -256:]], atol=1e-5
    )


@pytest.mark.parametrize("index", [0, 7])
def test_ties_go_to_the_lowest_index(index):
    codes = torch.zeros(20, 4) + 5
    codes[index] = codes[index + 3] = 0
    assert nearest(torch.zeros(1, 1, 4), codes).item() == index
