from spae.evaluate.caption_classes import Relatives
from spae.evaluate.captions import names, subjects


def test_each_photograph_has_words():
    wanted = subjects()
    assert len(wanted) == 60
    assert all(wanted.values())
    assert "person" not in wanted
    assert all("woman" in words for words in wanted.values() if "person" in words)


def test_a_caption_is_right_if_it_has_a_whole_word():
    assert names("A bear in a meadow.", frozenset({"bear", "bears"}))
    assert not names("bearings of a catamaran", frozenset({"bear", "cat"}))


class Kinds:
    """An animal, and kinds of it."""

    parents = {1: [], 2: [1], 3: [2], 4: [3], 5: [2], 6: [5]}
    senses = {"animal": [1], "fish": [2], "carp": [3], "koi": [4], "eel": [5], "moray": [6]}


def test_relatives_are_two_steps_away_at_most():
    relatives = Relatives(Kinds())
    assert relatives.near(3) == {1, 2, 3, 4, 5}
    assert relatives.names("two eels", 3)
    assert relatives.names("a koi in the water", 3)
    assert not relatives.names("a moray", 3)
