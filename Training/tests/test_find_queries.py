from pathlib import Path

import pytest

from spae.evaluate.find_queries import ARCHIVES, Query, queries


def test_queries_name_photographs_once():
    asked = queries()
    assert len({query.text for query in asked}) == len(asked) == 20
    for query in asked:
        assert query.shown
        assert {Path(name).parent.name for name in query.shown} <= ARCHIVES.keys()


@pytest.mark.parametrize(
    "found, precision",
    [(["a", "b"], 1.0), (["a", "c", "b"], 0.5), (["c", "d"], 0.0), (["b"], 0.5), ([], 0.0)],
)
def test_precision_counts_as_many_answers_as_are_right(found, precision):
    assert Query("red car", frozenset({"a", "b"})).precision(found) == precision
