"""The wishes that revisions are judged by, and what counts as right."""

from collections import Counter

from spae.evaluate.revisions import wishes


def test_each_photograph_has_ten_wishes():
    table = wishes()
    assert Counter(Counter(wish.photograph for wish in table).values()) == {10: 4}
    assert all(wish.allowed and wish.subject for wish in table)


def test_the_subject_stays_unless_it_is_to_be_replaced():
    table = {(wish.photograph, wish.kind): wish for wish in wishes()}
    winter = table["206062", "winter"]
    assert winter.permits("meadow", "snow")
    assert not winter.permits("horse", "snow")
    assert not winter.permits("meadow", "sand")
    zebra = table["206062", "zebra"]
    assert zebra.permits("horse", "zebra")
    assert not zebra.permits("meadow", "zebra")
    assert table["28083", "winter"].permits("mountain", "snow")
