"""The rules by which words are searched are a part of the model: another rule, another identity."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from test_model import saved

from spae.data import DataError
from spae.data.run import Settings
from spae.evaluate.published import identity
from spae.model.configuration import Configuration, Search

SHIPPED = Path(__file__).parents[2] / "Assets/models/small/config.json"
OTHER = {
    "decoded_passes": (1, 0, 1),
    "linear_passes": 3,
    "step": 0.7,
    "least_gain": 0.05,
    "halvings": 2,
    "specificity_factor": 3,
    "lemma_factor": 3,
    "lemma_extra": 17,
    "blended_stride": 8,
}


def test_the_shipped_model_says_every_rule_and_they_are_the_defaults():
    content = json.loads(SHIPPED.read_text())["search"]
    assert set(content) == set(Search.__dataclass_fields__)
    assert Configuration.load(SHIPPED).search == Search()


@pytest.mark.parametrize("rule", OTHER)
def test_another_rule_is_another_model(model, tmp_path, rule):
    saved(model, tmp_path)
    before = identity(tmp_path)
    path = tmp_path / "config.json"
    own = Configuration.load(path)
    replace(own, search=replace(own.search, **{rule: OTHER[rule]})).save(path)
    assert identity(tmp_path) != before
    assert getattr(Configuration.load(path).search, rule) == OTHER[rule]


def test_every_rule_is_tried():
    assert set(OTHER) | {"revision"} == set(Search.__dataclass_fields__)


def test_a_data_set_begun_by_other_rules_is_not_resumed(tmp_path):
    Settings.agreed(tmp_path, Settings("native", "hash of one rule", 6, "jsonl", False))
    with pytest.raises(DataError, match="hash of one rule"):
        Settings.agreed(tmp_path, Settings("native", "hash of another", 6, "jsonl", False))


def test_a_revision_of_a_newer_encoder_is_refused():
    with pytest.raises(ValueError, match="search.revision is 2"):
        Search(revision=2)


def test_another_format_is_refused_by_name(tmp_path):
    content = json.loads(SHIPPED.read_text()) | {"format": 1}
    (tmp_path / "config.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match="format 1; this reads format 2"):
        Configuration.load(tmp_path / "config.json")
