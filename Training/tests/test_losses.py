import pytest
import torch

from spae.train.losses import pixel_loss


def test_half_of_any_pictures_error_counts_the_same():
    originals = torch.zeros(2, 3, 8, 8)
    noise = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    bad = 0.5 * noise
    loss = pixel_loss(torch.stack([bad[0], 0.3 * bad[1]]), originals)
    first = pixel_loss(torch.stack([bad[0] / 2**0.5, 0.3 * bad[1]]), originals)
    second = pixel_loss(torch.stack([bad[0], 0.3 * bad[1] / 2**0.5]), originals)
    assert first.item() == pytest.approx(second.item(), abs=0.05)
    assert loss.item() - first.item() == pytest.approx(0.3466, abs=0.05)  # log 2, of one in two


def test_a_picture_that_is_right_teaches_nothing():
    pictures = torch.zeros(1, 3, 8, 8, requires_grad=True)
    pixel_loss(pictures, torch.zeros(1, 3, 8, 8)).backward()
    assert pictures.grad.abs().max() == 0
