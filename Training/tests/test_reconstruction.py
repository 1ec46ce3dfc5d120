import numpy as np
import pytest
import torch
from PIL import Image

from spae.evaluate import reconstruction
from spae.model.pyramid import shape


def noise(seed: int = 0, count: int = 2) -> torch.Tensor:
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_similarity_of_a_picture_with_itself_and_with_another():
    a, b = noise(0), noise(1)
    assert torch.allclose(reconstruction.ssim(a, a), torch.ones(2, dtype=torch.float64))
    assert (reconstruction.ssim(a, b) < 0.2).all()
    assert torch.allclose(
        reconstruction.luma(torch.ones(1, 3, 2, 2)), torch.full((1, 1, 2, 2), 255.0)
    )


def test_similarity_of_flat_pictures_has_a_closed_form():
    black, white = -torch.ones(1, 3, 16, 16), torch.ones(1, 3, 16, 16)
    c1 = (0.01 * 255) ** 2
    assert float(reconstruction.ssim(black, white)) == pytest.approx(c1 / (255**2 + c1), rel=1e-4)


def test_budgets_count_whole_bits_a_word():
    assert reconstruction.budgets(12382, shape(16))[-1] == 597 * 14 / 8
    assert reconstruction.budgets(16, shape(16))[0] == 0.5


@pytest.mark.parametrize("codec", ["JPEG", "WebP"])
def test_a_codec_takes_the_best_quality_within_the_bytes(codec):
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8))
    whole = reconstruction.payload(reconstruction.compressed(image, codec, 100), codec)
    best, fits = reconstruction.best_within(image, codec, whole)
    some, _ = reconstruction.best_within(image, codec, whole / 3)
    best, some, original = (np.asarray(view, float) for view in (best, some, image))
    assert fits and np.abs(best - original).mean() < np.abs(some - original).mean()
    assert not reconstruction.best_within(image, codec, 1)[1]


def test_payload_of_a_jpeg_is_its_scan():
    file = b"\xff\xd8\xff\xda\x00\x0c" + bytes(10) + b"scan" + b"\xff\xd9"
    assert reconstruction.payload(file, "JPEG") == 4
