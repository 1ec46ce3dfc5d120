import torch

from spae.evaluate import few_shot


def test_episodes_of_separate_classes_are_always_right():
    points = torch.eye(6).unsqueeze(1) + torch.zeros(6, 8, 6)
    assert few_shot.episodes(points, 5, 1, count=10).tolist() == [1] * 10
    mixed = torch.randn(6, 40, 6, generator=torch.Generator().manual_seed(0))
    assert abs(float(few_shot.episodes(mixed, 5, 1, count=100).mean()) - 0.2) < 0.05
