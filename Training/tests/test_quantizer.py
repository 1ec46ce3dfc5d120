import pytest
import torch

from spae.model.pyramid import shape
from spae.model.quantizer import Candidates, estimates_of, nearest, nearest_candidate, quantize


def sample():
    torch.manual_seed(1)
    return torch.randn(2, 256, 4), torch.randn(300, 4)


def test_the_running_mean_equals_z_up_to_the_last_error():
    z, codes = sample()
    result = quantize(z, codes, shape(16), {})
    visits = result.visits[-1]
    # n z - (the sum of the n words) is the error of the last word at its target.
    last = visits[:, None] * (z - result.estimates[-1])
    targets = last + codes[result.words[:, -256:]]
    chosen = nearest(targets, codes)
    assert (chosen == result.words[:, -256:]).all()


def test_a_second_word_brings_every_mean_nearer_on_average():
    z, codes = sample()
    result = quantize(z, codes, shape(16), {})
    errors = [(z - e).square().mean() for e in result.estimates]
    assert errors[-1] < errors[-2]


def test_the_words_alone_give_the_same_estimates():
    z, codes = sample()
    result = quantize(z, codes, shape(16), {})
    for depth in range(1, 7):
        again = estimates_of(result.words, codes, shape(16), depth)
        assert torch.allclose(again, result.estimates[depth - 1], atol=1e-5)


def free(words: torch.Tensor) -> Candidates:
    """Candidates without penalties."""
    return Candidates(words, torch.zeros(words.shape))


def test_guided_layers_choose_among_their_candidates():
    z, codes = sample()
    candidates = free(torch.randint(0, 300, (2, 4, 3)))
    result = quantize(z, codes, shape(16), {2: candidates})
    words = result.words[:, 1:5]
    assert (candidates.words == words.unsqueeze(2)).any(2).all()


def test_residual_quantization_adds():
    z, codes = sample()
    result = quantize(z, codes, shape(16), {}, residual=True)
    assert torch.allclose(
        result.estimates[-1] - result.estimates[-2], codes[result.words[:, -256:]], atol=1e-5
    )


@pytest.mark.parametrize("index", [0, 7])
def test_ties_go_to_the_lowest_index(index):
    codes = torch.zeros(20, 4) + 5
    codes[index] = codes[index + 3] = 0
    assert nearest(torch.zeros(1, 1, 4), codes).item() == index


def test_the_nearest_in_a_metric_is_that_of_the_least_distance():
    z, codes = sample()
    root = torch.randn(4, 4)
    metric, apart = root @ root.T, z[:, :, None] - codes
    distances = torch.einsum("bnvi,ij,bnvj->bnv", apart, metric, apart)
    assert torch.equal(nearest(z @ metric, codes, metric), distances.argmin(2))
    candidates = free(torch.randint(0, 300, (2, 256, 5)))
    far = distances.gather(2, candidates.words)
    among = candidates.words.gather(2, far.argmin(2, keepdim=True)).squeeze(2)
    error = torch.tensor([3.0, 2.0])
    assert torch.equal(nearest_candidate(z @ metric, codes, candidates, error, metric), among)
    candidates.penalty = 10 * torch.rand(2, 256, 5)
    dear = (far + error[:, None, None] * candidates.penalty).argmin(2, keepdim=True)
    dear = candidates.words.gather(2, dear).squeeze(2)
    assert torch.equal(nearest_candidate(z @ metric, codes, candidates, error, metric), dear)
    assert not torch.equal(dear, among)


def test_a_layer_chosen_again_is_what_the_next_one_builds_on():
    z, codes = sample()
    seen = []

    def refine(layer, words):
        seen.append(words.shape[1])
        return shape(16).layer_of(words, layer) * 0 + layer

    result = quantize(z, codes, shape(16), {}, refine=refine)
    assert seen == [1, 5, 21, 85, 341, 597]
    assert all((shape(16).layer_of(result.words, layer) == layer).all() for layer in range(1, 7))
    assert torch.allclose(result.estimates[5], estimates_of(result.words, codes, shape(16), 6))
