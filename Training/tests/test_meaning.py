import math

import pytest
import torch

from spae import meaning
from spae.datasets import EvaluationSet
from spae.evidence import Named
from spae.pyramid import shape
from spae.teacher import SemanticMap


def test_ranks_follow_the_scores(model):
    texts = torch.randn(1, 4, 16)
    order = model.codebook.scores(texts[0]).argsort(-1, descending=True)
    places = torch.arange(4)
    for rank in (0, 5):
        found = meaning.ranks(model, order[None, :, rank], texts, places)
        assert found.tolist() == [[rank] * 4]


def test_the_best_word_of_the_true_class_is_a_hit(model):
    scores = model.codebook.scores(model.semantic_branch.class_text[3])
    top = torch.stack([scores.argmax(), scores.argmin()])
    assert meaning.true_class_hits(model, top, torch.tensor([3, 3])).tolist() == [True, False]


def test_own_place_wins_where_the_text_is_the_words_own(model):
    words = torch.tensor([[0, 1, 2, 3]])
    texts = torch.nn.functional.normalize(model.codebook.text[words], dim=-1)
    model.codebook.text.copy_(torch.nn.functional.normalize(model.codebook.text, dim=-1))
    assert float(meaning.own_place_wins(model, words, texts)) == 1
    assert float(meaning.own_place_wins(model, words, texts.flip(1))) < 0.5
    same = torch.zeros(1, 4, dtype=torch.long)
    assert math.isnan(float(meaning.own_place_wins(model, same, texts, differing=True)))


def test_a_place_that_a_branch_names_means_the_words_of_its_class(model, monkeypatch):
    class Evidence:
        def words(self, named):
            return torch.tensor([2, 3])

    model.codebook.text.copy_(torch.nn.functional.normalize(model.codebook.text, dim=-1))
    sky = Named("segmentation", 3, 0.5)
    names = [[[None], [None] * 3 + [sky], [None] * 16]]
    pictures = EvaluationSet(
        ["a"], torch.zeros(1, 3, 8, 8), SemanticMap(torch.ones(1, 16), torch.ones(1, 4, 4, 16))
    )
    monkeypatch.setattr(model, "evidence", Evidence())
    monkeypatch.setattr(model, "named", lambda images, semantics: names)
    whole, quarters, cells = meaning.evidence_texts(model, pictures)
    assert torch.equal(whole, torch.ones(1, 1, 16)) and torch.equal(cells, torch.ones(1, 16, 16))
    assert torch.equal(quarters[0, :3], torch.ones(3, 16))
    assert quarters[0, 3].norm() == pytest.approx(0.5)
    first, second = (model.codebook.text[[2, 3]] @ quarters[0, 3]).tolist()
    assert first == pytest.approx(second) and first > 0


def test_places_of_deep_layers_are_those_of_the_map():
    places = meaning.places_of(4, shape(16), 4).view(8, 8)
    assert places[0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert places[7, 7] == 15


def test_lemmas_are_counted_once(model):
    words = torch.tensor([[0, 1, 2, 3, 0], [0, 2, 4, 6, 8]])
    assert meaning.different_lemmas(model, words).tolist() == [2, 5]


def test_use_of_one_word():
    rows = meaning.use_rows(torch.zeros(3, shape(8).word_count(), dtype=torch.long), shape(8))
    assert [row.values["1"].mean for row in rows] == [1, 100, 1]
