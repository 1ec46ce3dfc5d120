import json

import pytest
import torch

from spae.evaluate import figures
from spae.evaluate.figures import Row, Value


def test_table_and_files(tmp_path):
    rows = [
        Row("a", "b", {"1": Value(1.25, (1, 1.5)), "2": None}),
        Row("a", "c", {"all": Value(3)}, 0),
    ]
    lines = figures.table(rows).splitlines()
    assert lines[1].split() == ["a", "b", "1.25", "-"]
    assert lines[2].split() == ["a", "c", "3"]
    figures.save(rows, tmp_path)
    content = json.loads((tmp_path / "figures.json").read_text())
    expected = {"set": "a", "figure": "b", "column": "1", "value": 1.25, "low": 1, "high": 1.5}
    assert content[0] == expected
    assert (tmp_path / "figures.tsv").read_text().splitlines()[2] == "a\tb\t2\t\t\t"


def test_a_bootstrap_interval_is_that_of_the_mean():
    value = Value.over(torch.tensor([0.0, 1.0] * 50), 100)
    assert value.mean == 50
    assert value.interval == pytest.approx((50 - 9.8, 50 + 9.8), abs=1.5)
    assert Value.over(torch.tensor([2.0])).interval == (2, 2)


def test_a_median_has_the_interval_of_a_median():
    value = Value.median_over(torch.tensor([1.0] * 30 + [2.0, 3.0] + [900.0] * 29))
    assert value.mean == 2
    assert value.interval == (1, 900)
