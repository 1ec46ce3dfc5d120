import math

import torch

from spae.evaluate import meaning
from spae.model.evidence import Named
from spae.model.pyramid import shape
from spae.model.teacher import SemanticMap
from spae.train.datasets import EvaluationSet


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


def test_a_place_that_a_branch_names_is_judged_by_the_words_of_its_class(model, monkeypatch):
    class Evidence:
        def words(self, named):
            return torch.tensor([2, 3])

    sky = Named("segmentation", 3, 0.5)
    semantics = SemanticMap(torch.ones(1, 16), torch.ones(1, 4, 4, 16))
    pictures = EvaluationSet(["a"], torch.zeros(1, 3, 8, 8), semantics)
    monkeypatch.setattr(model, "evidence", Evidence())
    judged = meaning.Judged(pictures, [[[None], [None] * 3 + [sky], [None] * 16]])
    assert judged.unnamed(2).tolist() == [[True, True, True, False]]
    places, lowest = torch.arange(4), len(model.words)
    found = judged.class_ranks(model, torch.tensor([[2, 2, 2, 3]]), 2, places)
    assert found.tolist() == [[lowest] * 3 + [1]]
    found = judged.class_ranks(model, torch.tensor([[2, 2, 2, 7]]), 2, places)
    assert found.tolist() == [[lowest] * 4]
    assert meaning.Judged(pictures, None).unnamed(3).all()


def test_own_place_counts_pairs_of_counted_places_alone(model):
    model.codebook.text.copy_(torch.nn.functional.normalize(model.codebook.text, dim=-1))
    words = torch.tensor([[0, 1, 2]])
    texts = model.codebook.text[torch.tensor([[0, 1, 1]])]
    counted = torch.tensor([[True, True, False]])
    assert float(meaning.own_place_wins(model, words, texts, False, counted)) == 1
    assert float(meaning.own_place_wins(model, words, texts)) < 1


def test_places_of_deep_layers_are_those_of_the_map():
    places = meaning.positions_of(4, shape(16), 4).view(8, 8)
    assert places[0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert places[7, 7] == 15


def test_lemmas_are_counted_once(model):
    words = torch.tensor([[0, 1, 2, 3, 0], [0, 2, 4, 6, 8]])
    assert meaning.different_lemmas(model, words).tolist() == [2, 5]


def test_use_of_one_word():
    rows = meaning.use_rows(torch.zeros(3, shape(8).word_count(), dtype=torch.long), shape(8))
    assert [row.values["1"].mean for row in rows] == [1, 100, 1]
