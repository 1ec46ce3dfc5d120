import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from spae.evaluate import stuff
from spae.evaluate.figures import Value
from spae.evaluate.stuff import LabelledPicture, labelled_pictures, rows_of, stuff_rows, synonyms

VOCABULARY = Path(__file__).parents[2] / "Assets" / "models" / "small" / "vocabulary.txt"
CLASSES = ["sky", "tree", "grass", "water", "road", "earth"]


def picture(*labels: str) -> LabelledPicture:
    return LabelledPicture("set", "name", labels)


def values(words, pictures) -> dict[str, float]:
    return {row.name: row.values["3"].mean for row in rows_of(words, pictures)}


def test_all_labelled_cells_count_and_no_others():
    pictures = [picture("sky", "sky", "grass", "-"), picture("sky", "-", "-", "water")]
    words = [["clouds", "lawn", "lawn", "sky"], ["website", "sky", "sky", "lake"]]
    found = values(words, pictures)
    assert found["stuff named %"] == pytest.approx(60)
    assert found["sky named %"] == pytest.approx(100 / 3)
    assert found["grass named %"] == found["water named %"] == 100
    assert "road named %" not in found


def test_right_words_of_other_classes_are_wrong():
    every = [picture(*[name] * 16) for name in CLASSES]
    own = [[name] * 16 for name in CLASSES]
    assert set(values(own, every).values()) == {100}
    assert set(values(own[1:] + own[:1], every).values()) == {0}


def test_an_interval_is_of_pictures():
    counts = torch.tensor([[8, 8], [0, 8]] * 8)
    value = Value.ratio_over(*counts.T, 100)
    assert value.mean == 50
    low, high = value.interval
    assert 20 <= low < 35 and 65 < high <= 80


def test_the_table_has_100_pictures_and_enough_cells_of_each_class():
    pictures = labelled_pictures()
    assert len({(own.set, own.name) for own in pictures}) == 100
    for name in CLASSES:
        assert sum(own.labels.count(name) for own in pictures) >= 40


def test_the_synonyms_are_words_of_the_vocabulary_and_of_one_class():
    vocabulary, found = set(VOCABULARY.read_text().split()), synonyms()
    assert list(found) == CLASSES
    every = [word for words in found.values() for word in words]
    assert len(every) == len(set(every)) and vocabulary.issuperset(every)


@pytest.mark.parametrize("labels", ["sky " * 15, "sky " * 15 + "cheese"])
def test_a_row_that_is_wrong_is_an_error(labels, tmp_path, monkeypatch):
    (tmp_path / "stuff-cells.tsv").write_text(f"set\tname\t{labels}\n")
    (tmp_path / "stuff-synonyms.tsv").write_text("sky\tsky\n")
    monkeypatch.setattr(stuff, "TABLES", tmp_path)
    with pytest.raises(ValueError, match="name"):
        labelled_pictures()


def test_the_words_are_those_of_encode(model, tmp_path, monkeypatch):
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (100, 100, 3), np.uint8))
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive, archive.open("a/b.webp", "w") as f:
        image.save(f, "WEBP", lossless=True)
    words = [model.words[word] for word in model.encode(image).layer(3).flatten()]
    own = LabelledPicture("set", "a/b.webp", ("sky",) * 8 + ("-",) * 8)
    right = {"sky": frozenset(words[:4])}
    monkeypatch.setattr(stuff, "labelled_pictures", lambda: [own])
    monkeypatch.setattr(stuff, "synonyms", lambda: right)
    count = sum(word in right["sky"] for word in words[:8])
    found = [row.values["3"].mean for row in stuff_rows(model, tmp_path)]
    assert found == [pytest.approx(100 * count / 8)] * 2


def test_a_missing_set_is_said(model, tmp_path, capsys):
    assert stuff_rows(model, tmp_path) == []
    assert "train-scenes.zip" in capsys.readouterr().err
