"""Parts in whole numbers: exact sums, and a model that names them."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from spae.model.configuration import ByteLayers, Configuration, Precision
from spae.model.network import SPAE
from spae.model.whole_decoder import SiLUBytes, exact_silu, lane_sums, rounded_root
from spae.model.whole_detection import (
    WholeDetection,
    approximate_silu,
    group_outputs,
    step_groups,
)
from spae.model.whole_encoder import WholeEncoder
from spae.model.whole_encoder import layer_inputs as encoder_inputs
from spae.model.whole_numbers import BYTE, EXACT, ByteWeights, ExactWeights, in_bytes, quotient
from spae.model.whole_segmentation import WholeSegmentation, number_count
from spae.model.whole_segmentation import layer_inputs as segmentation_inputs

MODELS = Path(__file__).parents[2] / "Assets" / "models"


def random(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_a_quotient_is_rounded_once():
    divisors = random(1000).abs() + 0.1
    expected = np.float32(BYTE) / divisors.numpy()
    assert (quotient(BYTE, divisors).numpy() == expected).all()


def test_a_square_root_is_rounded_once():
    numbers = random(100_000).abs() * 100
    assert (rounded_root(numbers).numpy() == np.sqrt(numbers.numpy())).all()


def test_bytes_are_half_to_even_and_limited():
    numbers = torch.tensor([0.5, 1.5, -0.5, -1.5, 126.5, 1e9, -128.5, -1e9])
    assert in_bytes(numbers, BYTE).tolist() == [0, 2, 0, -2, 126, 127, -128, -128]


def test_weights_of_bytes_come_near():
    weight, bias, x = random(8, 16, 3, 3), random(8), (random(1, 16, 6, 6) * 127).round()
    layer = ByteWeights(weight, bias)
    found = layer.sums(x, 1 / 127, 1).float() * layer.scales(1 / 127, 1)[:, None, None]
    expected = F.conv2d(x / 127, weight, bias, padding=1)
    assert (found - expected).abs().max() < 0.02 * expected.abs().max()


def test_sums_of_exact_weights_are_whole_and_below_the_limit():
    layer = ExactWeights(random(8, 1, 5, 5) * 3, random(8), 6 / 1023, 1023)
    x = torch.full((1, 8, 9, 9), 1023.0)
    for sign in (1, -1):
        most = F.conv2d(x, layer.whole.abs() * sign, layer.bias.abs() * sign, groups=8)
        assert (most == most.round()).all() and most.abs().max() < 2**24
    assert EXACT < 2**24


def test_lane_sums_are_sums():
    x = random(2, 48, 3, 3)
    assert torch.allclose(lane_sums(x.square())[:, 0], x.square().sum(1))


def test_the_silu_is_a_silu_and_its_zero_is_zero():
    x = torch.linspace(-100, 100, 4001)
    assert torch.allclose(exact_silu(x), F.silu(x), atol=1e-6)
    assert float(SiLUBytes(6.0)(torch.zeros(1))) == 0


@pytest.fixture(scope="module")
def model() -> SPAE:
    return SPAE.load(MODELS / "small")


def test_the_model_names_its_parts(model):
    precision = model.configuration.precision
    assert len(precision.semantic.largest) == 21 and len(precision.refinement.largest) == 20
    assert model.semantic_branch.whole is not None and model.whole is not None
    assert not [name for name in model.learned() if name.startswith("whole")]


@pytest.fixture(scope="module")
def floats() -> SPAE:
    return SPAE.load(MODELS / "small").in_float32()


def largest(layers) -> tuple[float, ...]:
    return tuple(max(float(x.abs().max()), 0.01) for x in layers)


def test_the_encoder_in_whole_numbers_comes_near(floats):
    picture, encoder = random(1, 3, 64, 64), floats.encoder
    whole = WholeEncoder(encoder, largest(encoder_inputs(encoder, picture)))
    expected = encoder.convolved(picture)
    assert (whole(picture) - expected).square().mean() < 0.001 * expected.square().mean()


def test_the_segmentation_branch_in_whole_numbers_comes_near(floats):
    branch = floats.segmentation_branch
    view = (random(1, 3, 128, 128) * 127.5).round() / 127.5
    numbers = largest(segmentation_inputs(branch, view))
    assert len(numbers) == number_count(branch.sizes)
    found = WholeSegmentation(branch, numbers)(view)
    for own, expected in zip(found, branch.features(view), strict=True):
        assert (own - expected).square().mean() < 0.02 * expected.square().mean()


def test_the_approximate_silu_is_near_and_its_zero_is_zero():
    x = torch.linspace(-20, 20, 4001)
    assert (approximate_silu(x) - F.silu(x)).abs().max() < 0.012
    assert (approximate_silu(x) - F.silu(x))[x.abs() < 7].abs().max() < 0.0023
    assert float(approximate_silu(torch.zeros(1))) == 0


def test_the_detection_branch_in_whole_numbers_comes_near(floats):
    branch = floats.detection_branch
    view = (random(1, 3, 128, 128) * 127.5 + 127.5).round()
    numbers = tuple(
        max(max(float(x.abs().max()) for x in group), 0.01) for group in group_outputs(branch, view)
    )
    assert len(numbers) == len(step_groups(branch))
    for own, expected in zip(WholeDetection(branch, numbers).raw(view), branch.raw(view)):
        assert (own - expected).square().mean() < 0.02 * expected.square().mean()


def test_both_decoders_come_near_and_a_person_sees_the_one_in_float32(model, floats):
    shape = model.shape(64)
    words = torch.randint(0, len(model.words), (1, shape.word_count(shape.depth)))
    seen, refined = model.decode_words(words, shape, 5), model.decode_refined(words, shape, 5)
    difference = (seen - refined).square().mean().sqrt()
    assert 0 < difference < 0.02
    assert torch.equal(floats.decode_words(words, shape, 5), seen)
    assert torch.equal(floats.decode_refined(words, shape, 5), seen)


def test_a_precision_comes_back_from_a_file(tmp_path):
    path = tmp_path / "config.json"
    own = Configuration.load(MODELS / "small" / "config.json")
    assert own.precision is not None
    precision = Precision(semantic=ByteLayers((1.5, 2.0)))
    for given in (None, precision):
        Configuration(**{**own.__dict__, "precision": given}).save(path)
        assert Configuration.load(path).precision == given
