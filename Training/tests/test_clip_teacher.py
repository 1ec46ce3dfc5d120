import dataclasses
import sys
import types

import pytest
import torch
from conftest import WORDS, tiny_configuration
from PIL import Image
from safetensors.torch import save_file

from spae.images import to_tensor
from spae.model.clip_teacher import ClipTeacher, boxes_of, clip_tables
from spae.model.configuration import Clip, Configuration
from spae.model.network import SPAE
from spae.model.teacher import MissingTeacher

WIDTH = 16


class ColourNetwork(torch.nn.Module):
    """Sees the mean colour of a picture, and reads a text as its number of letters."""

    def encode_image(self, pictures):
        return torch.nn.functional.pad(pictures.mean((2, 3)) + 1, (0, WIDTH - 3))

    def encode_text(self, tokens):
        return torch.nn.functional.one_hot(tokens % WIDTH, WIDTH).float()


@pytest.fixture
def open_clip(monkeypatch):
    """An open_clip that opens the network of colours."""
    package = types.ModuleType("open_clip")
    package.create_model_and_transforms = lambda architecture, pretrained: (
        ColourNetwork(), None, lambda image: to_tensor(image.resize((8, 8)))
    )  # fmt: skip
    package.get_tokenizer = lambda name: lambda texts: torch.tensor([len(t) for t in texts])
    monkeypatch.setitem(sys.modules, "open_clip", package)


def quarters() -> Image.Image:
    """Red, green over blue, white."""
    image = Image.new("RGB", (2, 2))
    image.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])
    return image.resize((64, 64), Image.Resampling.NEAREST)


def test_each_place_has_its_own_crop(open_clip):
    teacher = ClipTeacher(Clip(), WIDTH)
    seen = teacher(teacher.view(quarters()).unsqueeze(0))
    assert seen.whole.shape == (1, WIDTH) and seen.cells.shape == (1, 4, 4, WIDTH)
    assert seen.cells[0, 0, 0, 0] > 0.99  # red
    assert seen.cells[0, 0, 3, 1] > 0.99  # green
    assert seen.cells[0, 3, 0, 2] > 0.99  # blue
    assert len(boxes_of(4)) == 16 and boxes_of(4)[5] == (0.125, 0.125, 0.625, 0.625)


def test_a_model_works_with_the_other_teacher(open_clip, picture, tmp_path):
    configuration = dataclasses.replace(tiny_configuration(), semantic=Clip())
    model = SPAE(configuration, WORDS)
    words = model.encode(Image.fromarray(picture), 64).words
    assert len(words) == model.shape(64).word_count()
    model.save_weights(tmp_path)
    assert Configuration.load(tmp_path / "config.json") == configuration


def test_the_tables_hold_the_words_and_the_classes(open_clip):
    tables = clip_tables(Clip(), WORDS, ["goldfish", "tench"])
    assert tables["text"].shape == (len(WORDS), WIDTH)
    assert tables["class_text"].shape == (2, WIDTH)
    assert tables["bias"].shape == (len(WORDS),)


def test_without_its_package_the_teacher_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "open_clip", None)
    with pytest.raises(MissingTeacher, match="pip install open_clip_torch"):
        ClipTeacher(Clip(), WIDTH).view(quarters())


def test_the_files_of_another_teacher_are_refused(model, tmp_path):
    branch = {name: t.contiguous() for name, t in model.semantic_branch.state_dict().items()}
    save_file(branch, tmp_path / "semantic.safetensors")
    with pytest.raises(MissingTeacher, match="--teacher clip"):
        ClipTeacher(Clip(), WIDTH).load_frozen(tmp_path / "semantic.safetensors")
