import io
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import WORDS
from PIL import Image
from safetensors.torch import load_file

import spae.prepare.colours
import spae.train.colour_start
import spae.train.datasets
import spae.train.palette
import spae.train.training
from spae.model.configuration import small
from spae.model.refinement import Refinement
from spae.model.teacher import SemanticMap, Sureness, cropped
from spae.prepare.branch_files import evidence_gates, mosaic_r4, yolox_nano
from spae.train.datasets import PictureSet
from spae.train.training import Options, Trainer


class NoMetric(torch.nn.Module):
    def __init__(self, path):
        super().__init__()

    def forward(self, a, b):
        return (a - b).square().mean((1, 2, 3))


@pytest.fixture
def options(tmp_path, model, monkeypatch) -> Options:
    """A run on eight pictures of noise, without the metric's weights."""
    random = np.random.default_rng(0)
    with zipfile.ZipFile(tmp_path / "train-bsds.zip", "w") as archive:
        for i in range(8):
            pixels = random.integers(0, 256, (12, 12, 3), np.uint8)
            image = Image.fromarray(pixels).resize((140, 140))
            buffer = io.BytesIO()
            image.save(buffer, "WEBP")
            archive.writestr(f"bsds/{i}.webp", buffer.getvalue())
    monkeypatch.setattr(spae.train.training, "LPIPS", NoMetric)
    monkeypatch.setattr(spae.train.training, "new_model", lambda options: model.train())
    (tmp_path / "run").mkdir()
    run = tmp_path / "run"
    return Options(tmp_path, tmp_path, run, steps=4, batch=2, evaluate_every=2, linear_steps=2)


def test_resuming_is_bit_exact(options, model):
    start = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    options.rate = 1e-4
    whole = Trainer(options)
    for _ in range(4):
        whole.train_step()
    expected = {name: tensor.clone() for name, tensor in whole.average.items()}

    model.load_state_dict(start)
    first = Trainer(options)
    for _ in range(2):
        first.train_step()
    first.save()
    model.load_state_dict(start)
    second = Trainer(options)
    assert second.step == 2
    for _ in range(2):
        second.train_step()
    assert all(torch.equal(second.average[name], expected[name]) for name in expected)


def test_a_run_logs_and_keeps_a_checkpoint(options):
    trainer = Trainer(options)
    trainer.run()
    assert trainer.step == 4 and trainer.checkpoint.exists()
    assert (options.run / "log.csv").read_text().startswith("step,pictures")


def test_the_words_that_fill_many_cells_are_refined(options, model, monkeypatch):
    layers = []
    refined = Refinement.refined

    def noted(self, words, layer, *rest):
        layers.append(layer)
        return refined(self, words, layer, *rest)

    monkeypatch.setattr(Refinement, "refined", noted)
    options.small_share = 0.0
    trainer = Trainer(options)
    own = trainer.model.configuration
    # No penalty is halved, however little a layer reduces the error: that is another test's matter.
    trainer.model.configuration = replace(own, search=replace(own.search, halvings=0))
    trainer.train_step()
    assert layers == [1, 1, 2, 2, 3, 3, 4]


@pytest.mark.parametrize("depth", range(1, 7))
def test_a_picture_moves_its_words_or_the_latent(model, depth):
    z = torch.randn(1, 256, model.configuration.latent, requires_grad=True)
    shape = model.shape(128)
    refined_layers = spae.train.training.refined_layers(model, shape)
    found = model.quantized(z, shape, {})
    estimate, _ = spae.train.training.truncated(
        z, found, shape, torch.tensor([depth]), refined_layers
    )
    leaves = (z, model.codebook.projection)
    loss = estimate.square().sum() + 0 * sum(leaf.sum() for leaf in leaves)
    moved = torch.autograd.grad(loss, leaves)
    assert [bool(gradient.any()) for gradient in moved] == [depth > 4, depth != 4]


@pytest.fixture
def painted(options, tmp_path, monkeypatch) -> Options:
    """The same run with colours: of every fifth word, a third of them held out."""
    kinds = ("name", "thing", "held-out")
    lines = [f"{word}\t{kinds[i % 3]}\t90\t150\t120\town\n" for i, word in enumerate(WORDS[::5])]
    (tmp_path / "colours.tsv").write_text("".join(lines))
    monkeypatch.setattr(spae.prepare.colours, "TABLE", tmp_path / "colours.tsv")
    options.palette, options.palette_words, options.paint = 2.0, 6, True
    options.start = "weights"  # those of the model
    return options


def test_words_that_are_held_out_are_in_no_batch_and_no_start(painted, monkeypatch):
    seen = set()

    def noted(original):
        def function(first, words, *rest):
            seen.update(words.tolist())
            return original(first, words, *rest)

        return function

    monkeypatch.setattr(spae.train.palette, "filled_with", noted(spae.train.palette.filled_with))
    monkeypatch.setattr(spae.train.colour_start, "ridge", noted(spae.train.colour_start.ridge))
    trainer = Trainer(painted)
    trained, held_out = (
        {i for i in range(0, len(WORDS), 5) if (i // 5 % 3 == 2) == out} for out in (False, True)
    )
    assert seen == trained
    assert all(trainer.train_step()["palette"] > 0 for _ in range(6))
    assert seen > trained and not seen & held_out


def test_a_run_bends_the_projection_once(painted, model, monkeypatch):
    bent = []
    monkeypatch.setattr(
        spae.train.training, "bend", lambda model, colours: bent.append(len(colours))
    )
    Trainer(painted).save()
    began = load_file(painted.run / "start.safetensors")
    assert all(torch.equal(began[name], t.half()) for name, t in model.learned().items())
    Trainer(painted)
    assert bent == [17]


def test_a_vocabulary_without_colours_cannot_paint(painted, tmp_path):
    (tmp_path / "colours.tsv").write_text("snow\tthing\t250\t251\t253\town\n")
    with pytest.raises(ValueError, match="no word of tables/colours.tsv"):
        Trainer(painted)


def test_the_rate_warms_up_and_falls(options):
    trainer = Trainer(options)

    def rate(progress: float, since: int) -> float:
        trainer.set_rate(progress, since)
        rates = [group["lr"] / group["share"] for group in trainer.optimizer.param_groups]
        assert rates == pytest.approx([rates[0]] * len(rates))
        return rates[0]

    assert rate(0.0, 0) < rate(0.3, 1000) == pytest.approx(options.rate)
    assert rate(1.0, 1000) == pytest.approx(0.02 * options.rate)


def test_a_missing_folder_is_named(options, tmp_path):
    options.data = tmp_path / "nowhere"
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Trainer(options)


def test_the_map_of_the_whole_is_the_map():
    cells = torch.randn(2, 4, 4, 3)
    assert torch.allclose(cropped(cells, [0.0, 0.0, 1.0]), cells, atol=1e-6)


def test_a_crop_knows_how_sure_the_classifier_was_of_its_part():
    sure = np.zeros((1, 4, 4), np.float32)
    sure[0, :2, :2] = 0.9
    semantics = SemanticMap(torch.zeros(1, 3), torch.zeros(1, 4, 4, 3), Sureness(np.ones(1), sure))
    corner = semantics.cropped([0.0, 0.0, 0.5])
    assert corner.sure.cells[0, :3, :3] == pytest.approx(0.9, abs=0.3)
    assert corner.flipped().sure.cells[0] == pytest.approx(corner.sure.cells[0, :, ::-1])
    joined = SemanticMap.joined([semantics, corner])
    assert np.array_equal(joined.sure.cells, np.concatenate([sure, corner.sure.cells]))
    assert SemanticMap.joined([semantics, replace(corner, sure=None)]).sure is None


def test_a_run_keeps_the_models_rules_for_candidates_and_a_control_its_own(tmp_path):
    named = small(9, segmentation=mosaic_r4(), detection=yolox_nano(), evidence=evidence_gates())
    named = replace(named, guided=replace(named.guided, candidates=(1, 2, 3, 4)), search=None)
    path, own = tmp_path / "config.json", small(9)
    assert spae.train.training.with_choice(own, path) == own
    replace(named, search=own.search).save(path)
    chosen = spae.train.training.with_choice(own, path)
    assert (chosen.evidence, chosen.guided) == (named.evidence, named.guided)
    control = replace(own, guided=None)
    assert spae.train.training.with_choice(control, path) == control


def test_crops_are_named_as_pictures_are_and_small_ones_are_not(options, monkeypatch):
    trainer = Trainer(options)
    assert trainer.named(trainer.batch(0, 128)) is None  # of a model without the branches
    monkeypatch.setattr(trainer.model, "evidence", object())
    monkeypatch.setattr(trainer.observer, "named", lambda images, semantics: list(images))
    assert [image.size for image in trainer.named(trainer.batch(0, 128))] == [(128, 128)] * 2
    assert trainer.named(trainer.batch(0, 64)) is None


def test_the_adversary_joins_at_its_step_and_is_resumed(options):
    options.adversarial, options.adversarial_from = 0.1, 1
    trainer = Trainer(options)
    losses = [trainer.train_step()["adversarial"] for _ in range(2)]
    assert losses[0] == 0 != losses[1]
    trainer.save()
    resumed = Trainer(options)
    expected = trainer.adversary.discriminator.state_dict()
    found = resumed.adversary.discriminator.state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_table_that_a_set_lacks_is_computed_and_cached(options, model):
    pictures = PictureSet(options.data, "train-bsds")
    pictures.load_table(model.semantic_branch, options.run / "cache")
    computed = pictures.map(np.array([3])).cells
    view = model.semantic_branch.view(pictures.image(3)).unsqueeze(0)
    assert torch.allclose(computed, model.semantic_branch(view).cells, atol=1e-5)
    again = PictureSet(options.data, "train-bsds")
    again.load_table(model.semantic_branch, options.run / "cache")
    assert (options.run / "cache" / "semantic-train-bsds.npz").exists()
    assert torch.equal(again.map(np.array([3])).cells, computed)


def test_a_nice_run_is_nice_to_other_sessions_too(tmp_path):
    group, code = tmp_path / "autogroup", "from pathlib import Path; import os, sys; "
    code += "from spae.train.training import yield_to_others; os.nice(int(sys.argv[1])); "
    code += "yield_to_others(Path(sys.argv[2]))"
    for niceness, expected in ((0, ""), (7, "7")):
        group.write_text("")
        subprocess.run([sys.executable, "-c", code, str(niceness), str(group)], check=True)
        assert group.read_text() == expected
