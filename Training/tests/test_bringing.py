"""Words that are brought into quarters: the trials, and how they are judged."""

import pytest
import torch
from PIL import Image

from spae.evaluate.bringing import Brought, Trial, best_rank, brought, rows, trials
from spae.evaluate.painting_program import NotDone
from spae.images import to_tensor


def test_the_trials_are_sixty_different_ones():
    found = trials()
    assert len(found) == 60
    assert len({own.word for own in found}) == len({own.picture for own in found}) == 60
    assert {own.quarter for own in found} <= {(1, 1), (1, 2), (2, 1), (2, 2)}


@pytest.mark.parametrize(
    ("quarter", "positions"), [((1, 1), [0, 1, 4, 5]), ((2, 2), [10, 11, 14, 15])]
)
def test_a_quarter_has_four_positions(quarter, positions):
    trial = Trial("a.webp", quarter, "dog")
    assert trial.positions == positions
    assert trial.edit == f"2:{quarter[0]},{quarter[1]} = dog"


def test_the_best_rank_is_that_of_the_position_where_the_word_fits_best(model, picture):
    image = to_tensor(Image.fromarray(picture).resize((64, 64)))
    texts = model.semantics(Image.fromarray(picture).resize((64, 64))).positions(3)[0]
    order = model.codebook.scores(texts).argsort(-1, descending=True)
    best = model.words[int(order[5, 0])]
    assert best_rank(model, image, best, [0, 1, 4, 5]) == 0
    ranks = [best_rank(model, image, best, [position]) for position in range(16)]
    assert best_rank(model, image, best, list(range(16))) == min(ranks)


class Program:
    """One that refuses to bring anything."""

    def encoded(self, photograph, *options):
        return photograph

    def decoded(self, words):
        return torch.zeros(3, 64, 64)

    def edited(self, *arguments):
        raise NotDone("no picture shows it")


def test_what_is_refused_counts_as_it_was(model, tmp_path):
    trial = Trial("a.webp", (1, 1), model.words[3])
    found = brought(Program(), model, tmp_path / "a.png", trial, tmp_path, 64)
    assert found.before == found.after and found.refusal == "no picture shows it"


def test_the_table_has_the_shares_of_words_that_are_seen():
    trial = Trial("a.webp", (1, 1), "dog")
    found = [Brought(trial, 500, 3), Brought(trial, 99, 100), Brought(trial, 900, 0)]
    before, after = rows(found, 128)
    assert round(before.values["all"].mean) == 33 and round(after.values["all"].mean) == 67
