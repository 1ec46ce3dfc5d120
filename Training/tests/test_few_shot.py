import torch

from spae.evaluate import few_shot
from spae.model.pyramid import Grid, PyramidShape


def test_episodes_of_separate_classes_are_always_right():
    points = torch.eye(6).unsqueeze(1) + torch.zeros(6, 8, 6)
    assert few_shot.episodes(points, 5, 1, count=10).tolist() == [1] * 10
    mixed = torch.randn(6, 40, 6, generator=torch.Generator().manual_seed(0))
    assert abs(float(few_shot.episodes(mixed, 5, 1, count=100).mean()) - 0.2) < 0.05


def test_the_direction_of_common_words_is_taken_off():
    meaning = torch.randn(200, 8, generator=torch.Generator().manual_seed(0))
    common = 20 * torch.randn(200, 1, generator=torch.Generator().manual_seed(1))
    direction = torch.zeros(1, 8).index_fill(1, torch.tensor([2]), 1)
    rest = few_shot.without_first_direction(meaning + common * direction)
    assert rest[:, 2].abs().max() < 1.5
    assert torch.allclose(rest[:, :2], meaning[:, :2], atol=0.3)


def test_a_word_counts_half_of_one_of_the_layer_above():
    weights = few_shot.layer_weights(PyramidShape(Grid(16, 16)), 3)
    assert weights.tolist() == [1] + 4 * [0.5] + 16 * [0.25]
    embedding = torch.eye(3)
    point = few_shot.features(embedding, torch.tensor([[0, 1, 1]]), torch.tensor([1, 0.5, 0.5]))
    assert point.tolist() == [[0.5, 0.5, 0]]
