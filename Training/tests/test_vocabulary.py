from pathlib import Path

from spae.prepare.frozen import excluded_words

ASSETS = Path(__file__).parents[2] / "Assets" / "models"


def test_no_excluded_word_is_in_a_shipped_vocabulary():
    excluded = excluded_words()
    assert len(excluded) > 300
    for path in ASSETS.glob("*/vocabulary.txt"):
        assert not excluded & set(path.read_text().split()), path
