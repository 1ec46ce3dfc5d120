import argparse
import dataclasses

import pytest
import torch
from conftest import WORDS, tiny_configuration

from spae.evaluate import controls
from spae.evaluate.controls import CONTROLS, Control, length, write
from spae.model.codebook import permutation
from spae.model.configuration import Configuration, Guided, Quantization
from spae.model.network import SPAE
from spae.model.pyramid import shape
from spae.model.quantizer import Candidates, upsampled
from spae.train.losses import semantic_loss
from spae.train.options import parsed
from spae.train.random_start import random_start


def controlled(guided: Guided | None = None, **changes) -> SPAE:
    """A tiny model with another quantization, its weights random."""
    torch.manual_seed(0)
    configuration = dataclasses.replace(
        tiny_configuration(), guided=guided, quantization=Quantization(**changes)
    )  # fmt: skip
    model = SPAE(configuration, WORDS)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    model.codebook.embedding.normal_()
    return model.eval()


def options_of(*switches: str):
    folders = ["--data", "a", "--model", "b", "--folder", "c"]
    budget = [] if "--steps" in switches else ["--steps", "1"]
    return parsed([*folders, *budget, *switches])


QUANTIZATIONS = [{"residual": True}, {"shuffled": 3}, {"learned": True, "flat": 2}]


@pytest.mark.parametrize("changes", QUANTIZATIONS)
def test_a_control_survives_its_file(changes, tmp_path):
    model = controlled(**changes)
    model.save_weights(tmp_path)
    assert Configuration.load(tmp_path / "config.json") == model.configuration


@pytest.mark.parametrize("changes", [*QUANTIZATIONS, {"flat": 1}])
def test_the_decoder_of_a_control_hears_what_its_quantizer_found(changes):
    model, pictures = controlled(**changes), torch.rand(2, 3, 64, 64)
    pyramid_shape = model.shape(64)
    found = model.quantized(torch.randn(2, 64, 16), pyramid_shape, {})
    decoded = model.decode_words(found.words, pyramid_shape, pyramid_shape.depth)
    upsampling = pyramid_shape.upsampling(pyramid_shape.depth)
    estimates, cell_class = (
        upsampled(found.estimates[-1], upsampling),
        torch.from_numpy(upsampling.cell_class),
    )
    own = model.decoder(estimates, cell_class.expand(2, -1)).clamp(-1, 1)
    assert decoded.shape == pictures.shape and torch.allclose(decoded, own, atol=1e-5)


def test_shuffled_words_have_each_others_codes():
    plain, shuffled = controlled(), controlled(shuffled=3)
    shuffled.load_state_dict(plain.state_dict(), strict=False)
    shuffled.codebook.embedding.copy_(plain.codebook.embedding)
    order = permutation(len(WORDS), 3)
    assert torch.equal(shuffled.codebook.codes(), plain.codebook.codes()[order])
    assert order.sort().values.tolist() == list(range(len(WORDS))) != order.tolist()


@pytest.mark.parametrize("layers", [1, 2])
def test_plain_vector_quantization_has_tokens_of_the_finest_grid_alone(layers):
    flat = shape(16, layers)
    assert [flat.word_count(d) for d in range(1, flat.depth + 1)] == [256, 512][:layers]
    assert not flat.kinds.any()
    assert set(flat.upsampling(layers).cell_class.tolist()) == {layers}


def test_learned_codes_begin_at_the_words_and_are_trained():
    model = controlled(learned=True, flat=1)
    projection = torch.randn(24, 16)
    model.codebook.begin(projection)
    assert torch.equal(model.codebook.codes(), model.codebook.embedding @ projection)
    found = model.quantized(torch.randn(1, 64, 16), model.shape(64), {})
    found.estimates[0].sum().backward()
    assert model.codebook.learned.grad.abs().sum() > 0


def test_the_semantic_loss_is_less_the_nearer_z_is_to_its_candidates():
    codes = torch.nn.functional.one_hot(torch.arange(6), 8).float()
    codes.requires_grad_()
    far, near = (codes[i].detach().view(1, 1, 8).clone().requires_grad_() for i in (4, 0))

    def loss(z: torch.Tensor, words: list[int]) -> torch.Tensor:
        own = torch.tensor([[words]])
        return semantic_loss([z], codes, {1: Candidates(own, torch.zeros(own.shape))})

    losses = [loss(z, [0, 1]) for z in (far, near)]
    assert losses[0] > losses[1] > 0
    losses[0].backward()
    assert far.grad.abs().sum() > 0 and codes.grad is None
    assert abs(loss(far, list(range(6)))) < 1e-5


def test_a_random_start_gives_pictures_and_gradients():
    model = controlled()
    for parameter in model.parameters():
        torch.nn.init.zeros_(parameter)
    random_start(model)
    assert model.codebook.codes().std() > 0.1
    z = model.encoder(torch.rand(1, 3, 64, 64), torch.rand(1, 64, 32))
    assert z.std() > 0.1


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_every_control_differs_from_the_recipe(control):
    changed, recipe = options_of(*control.switches), options_of()
    assert changed != recipe
    same = changed.configuration(9, 16) == recipe.configuration(9, 16)
    assert same == (control.name in ("untrained", "random"))


@pytest.mark.parametrize("control", [("--vq", "1"), ("--residual",), ("--shuffled",)])
@pytest.mark.parametrize("colours", [("--palette", "2"), ("--paint",)])
def test_a_control_without_averaged_words_paints_nothing(control, colours, capsys):
    with pytest.raises(SystemExit):
        options_of(*control, *colours)
    assert "--palette and --paint need words that are averaged" in capsys.readouterr().err


def test_the_semantic_loss_is_refused_beside_guided_words(capsys):
    with pytest.raises(SystemExit):
        options_of("--semantic", "0.06")
    assert "needs --unguided" in capsys.readouterr().err


def test_the_table_of_controls_leaves_blank_what_a_control_has_not(tmp_path):
    text = write([{"control": "a", "LPIPS": "0.2"}, {"control": "b"}], tmp_path)
    assert text.splitlines() == ["| control | LPIPS |", "| --- | --- |", "| a | 0.2 |", "| b |  |"]
    assert (tmp_path / "controls.tsv").read_text().splitlines()[2] == "b\t"


def test_the_length_of_a_run_is_in_its_log(tmp_path):
    assert length(tmp_path) == (0, 0)
    (tmp_path / "log.csv").write_text("step,pictures,loss\n10,80,1\n20,160,0.5\n")
    assert length(tmp_path) == (20, 160)


def test_a_run_that_was_cut_off_begins_anew_and_a_whole_one_is_kept(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(controls.subprocess, "run", lambda command, **_: commands.append(command))
    options = argparse.Namespace(
        data=tmp_path, model=tmp_path, output=tmp_path, batch=4, warm_up=2, seed=1
    )  # fmt: skip
    folder = tmp_path / "shuffled"
    folder.mkdir()
    (folder / "checkpoint.pt").touch()
    shuffled = Control("shuffled", "shuffled vocabulary", ("--shuffled",))
    controls.train(shuffled, options, ("--steps", "9"))
    assert commands[0][-3:] == ["--steps", "9", "--shuffled"]
    assert not (folder / "checkpoint.pt").exists()
    (folder / "weights.safetensors").touch()
    controls.train(shuffled, options, ("--steps", "9"))
    assert len(commands) == 1


def test_a_row_is_kept_with_its_run(tmp_path, monkeypatch):
    options = argparse.Namespace(output=tmp_path)
    monkeypatch.setattr(controls, "measured", lambda control, options: {"control": control.title})
    (tmp_path / "recipe").mkdir()
    assert controls.judged(controls.RECIPE, options) == {"control": "the recipe"}
    monkeypatch.delattr(controls, "measured")
    assert controls.judged(controls.RECIPE, options) == {"control": "the recipe"}
