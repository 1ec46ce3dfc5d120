import pytest
import torch

from spae.model.teacher import SemanticMap
from spae.train.datasets import Batch
from spae.train.linear_fit import fit, loss


@pytest.fixture
def batch() -> Batch:
    """Smooth pictures, whose patches tell much of their neighbours."""
    coarse = torch.rand(4, 3, 9, 9, generator=torch.Generator().manual_seed(2))
    pictures = torch.nn.functional.interpolate(coarse, size=64, mode="bicubic").clamp(0, 1)
    semantics = SemanticMap(torch.randn(4, 16), torch.randn(4, 4, 4, 16))
    return Batch(2 * pictures - 1, semantics)


def started(model):
    """The linear paths as principal components would have them: nothing of the neighbours."""
    for path in (model.encoder.linear, model.decoder.linear):
        for parameter in path.parameters():
            torch.nn.init.normal_(parameter, std=0.05)
    torch.nn.init.zeros_(model.decoder.linear.around)
    return model


def test_the_fit_lowers_the_error_and_leaves_the_network_alone(model, batch):
    started(model)
    network = {n: t.clone() for n, t in model.learned().items() if ".linear." not in n}
    before = loss(model, batch).item()
    fit(model, lambda number: batch, 30, average=lambda module: None)
    assert loss(model, batch).item() < 0.9 * before
    changed = {n for n, t in network.items() if not torch.equal(t, model.learned()[n])}
    assert changed == {"codebook.projection", "decoder.scale"}
    assert model.decoder.linear.around[0].abs().sum() > 0


def test_the_network_is_told_the_spread_of_each_component(model, batch):
    fit(started(model), lambda number: batch, 0, average=lambda module: None)
    z = model.encoder.linear(torch.nn.functional.pixel_unshuffle(batch.pictures, 8))
    spread = (z * model.decoder.scale).flatten(0, 1).std(0)
    torch.testing.assert_close(spread, torch.ones(16))


def test_several_processes_average_each_step(model, batch):
    averaged = []
    fit(started(model), lambda number: batch, 3, average=averaged.append)
    assert averaged == [model] * 3
