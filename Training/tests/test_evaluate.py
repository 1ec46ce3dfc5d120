import json
import math

import numpy as np
import pytest
import torch
from PIL import Image

from spae import evaluate
from spae.evaluate import Row, Value
from spae.pyramid import Pyramid, shape
from spae.sheet import contact_sheet, fitting


def noise(seed: int = 0, count: int = 2) -> torch.Tensor:
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_similarity_of_a_picture_with_itself_and_with_another():
    a, b = noise(0), noise(1)
    assert torch.allclose(evaluate.ssim(a, a), torch.ones(2, dtype=torch.float64))
    assert (evaluate.ssim(a, b) < 0.2).all()
    assert torch.allclose(evaluate.luma(torch.ones(1, 3, 2, 2)), torch.full((1, 1, 2, 2), 255.0))


def test_similarity_of_flat_pictures_has_a_closed_form():
    black, white = -torch.ones(1, 3, 16, 16), torch.ones(1, 3, 16, 16)
    c1 = (0.01 * 255) ** 2
    assert float(evaluate.ssim(black, white)) == pytest.approx(c1 / (255**2 + c1), rel=1e-4)


def test_budgets_count_whole_bits_a_word():
    assert evaluate.budgets(12382, shape(16))[-1] == 597 * 14 / 8
    assert evaluate.budgets(16, shape(16))[0] == 0.5


@pytest.mark.parametrize("codec", ["JPEG", "WebP"])
def test_a_codec_takes_the_best_quality_within_the_bytes(codec):
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8))
    whole = evaluate.payload(evaluate.compressed(image, codec, 100), codec)
    best, fits = evaluate.best_within(image, codec, whole)
    some, _ = evaluate.best_within(image, codec, whole / 3)
    best, some, original = (np.asarray(view, float) for view in (best, some, image))
    assert fits and np.abs(best - original).mean() < np.abs(some - original).mean()
    assert not evaluate.best_within(image, codec, 1)[1]


def test_payload_of_a_jpeg_is_its_scan():
    file = b"\xff\xd8\xff\xda\x00\x0c" + bytes(10) + b"scan" + b"\xff\xd9"
    assert evaluate.payload(file, "JPEG") == 4


def test_ranks_follow_the_scores(model):
    texts = torch.randn(1, 4, 16)
    order = model.codebook.scores(texts[0]).argsort(-1, descending=True)
    places = torch.arange(4)
    for rank in (0, 5):
        found = evaluate.ranks(model, order[None, :, rank], texts, places)
        assert found.tolist() == [[rank] * 4]


def test_the_best_word_of_the_true_class_is_a_hit(model):
    scores = model.codebook.scores(model.semantic_branch.class_text[3])
    top = torch.stack([scores.argmax(), scores.argmin()])
    assert evaluate.true_class_hits(model, top, torch.tensor([3, 3])).tolist() == [True, False]


def test_own_place_wins_where_the_text_is_the_words_own(model):
    words = torch.tensor([[0, 1, 2, 3]])
    texts = torch.nn.functional.normalize(model.codebook.text[words], dim=-1)
    model.codebook.text.copy_(torch.nn.functional.normalize(model.codebook.text, dim=-1))
    assert float(evaluate.own_place_wins(model, words, texts)) == 1
    assert float(evaluate.own_place_wins(model, words, texts.flip(1))) < 0.5
    same = torch.zeros(1, 4, dtype=torch.long)
    assert math.isnan(float(evaluate.own_place_wins(model, same, texts, differing=True)))


def test_places_of_deep_layers_are_those_of_the_map():
    places = evaluate.places_of(4, shape(16), 4).view(8, 8)
    assert places[0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert places[7, 7] == 15


def test_lemmas_are_counted_once(model):
    words = torch.tensor([[0, 1, 2, 3, 0], [0, 2, 4, 6, 8]])
    assert evaluate.different_lemmas(model, words).tolist() == [2, 5]


def test_episodes_of_separate_classes_are_always_right():
    points = torch.eye(6).unsqueeze(1) + torch.zeros(6, 8, 6)
    assert evaluate.episodes(points, 5, 1, count=10).tolist() == [1] * 10
    mixed = torch.randn(6, 40, 6, generator=torch.Generator().manual_seed(0))
    assert abs(float(evaluate.episodes(mixed, 5, 1, count=100).mean()) - 0.2) < 0.05


def test_use_of_one_word():
    rows = evaluate.use_rows(torch.zeros(3, shape(8).word_count(), dtype=torch.long), shape(8))
    assert [row.values["1"].mean for row in rows] == [1, 100, 1]


def test_table_and_files(tmp_path):
    rows = [Row("a", "b", {"1": Value(1.25, 0.5), "2": None}), Row("a", "c", {"all": Value(3)}, 0)]
    lines = evaluate.table(rows).splitlines()
    assert lines[1].split() == ["a", "b", "1.25", "-"]
    assert lines[2].split() == ["a", "c", "3"]
    evaluate.save(rows, tmp_path)
    content = json.loads((tmp_path / "figures.json").read_text())
    assert content[0] == {"set": "a", "figure": "b", "column": "1", "value": 1.25, "interval": 0.5}
    assert (tmp_path / "figures.tsv").read_text().splitlines()[2] == "a\tb\t2\t\t"


def test_an_interval_is_that_of_the_mean():
    value = Value.over(torch.tensor([0.0, 1.0] * 50), 100)
    assert value.mean == 50
    assert value.interval == pytest.approx(1.96 * 50.25 / 10, rel=1e-3)


def test_evaluate_contact_sheet(model, picture):
    images = [Image.fromarray(picture)] * 2
    assert isinstance(model.encode(images[0]), Pyramid)
    sheet = contact_sheet(model, images)
    assert len(sheet.getcolors(1 << 24)) > 10
    assert fitting("incomprehensibilities", 20, 60).size < 20
