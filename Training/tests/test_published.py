"""Published models stay what they were, and are found by their identity."""

import shutil
from pathlib import Path

import pytest

from spae import SPAE
from spae.evaluate.published import SUMS, check, folder_of, identity, sums

MODELS = Path(__file__).parents[2] / "Assets/models"
FIRST = MODELS / "small-2026-11"
FIRST_IDENTITY = "e1193159c3aae804dd2e9d2326249ac57e6c951687aec7fd304ba4bacf3b7e61"


def test_first_published_model_keeps_its_identity():
    assert identity(FIRST) == FIRST_IDENTITY
    assert (FIRST / SUMS).read_text() == sums(FIRST)
    assert len(SPAE.load(FIRST).words) == 12134


def test_model_is_found_by_its_identity(tmp_path):
    shutil.copytree(FIRST, tmp_path / "first", symlinks=False)
    assert folder_of(FIRST_IDENTITY, tmp_path) == tmp_path / "first"
    assert folder_of("f5565de794", tmp_path) == tmp_path / "first"  # an earlier form
    with pytest.raises(LookupError, match="identity 00"):
        folder_of("00", tmp_path)


def test_shared_file_that_became_another_is_refused(tmp_path):
    shutil.copytree(FIRST, tmp_path / "first", symlinks=False)
    other = tmp_path / "first" / "vocabulary.txt"
    words = other.read_text().replace("cat\n", "catt\n", 1)
    (tmp_path / "words").write_text(words)
    other.unlink()
    other.symlink_to("../words")
    with pytest.raises(ValueError, match=r"vocabulary\.txt, a link to \.\./words: not the file"):
        SPAE.load(tmp_path / "first")
    other.unlink()
    with pytest.raises(ValueError, match=r"vocabulary\.txt: not the file"):
        check(tmp_path / "first")
