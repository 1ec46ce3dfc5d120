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
