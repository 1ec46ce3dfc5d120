import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from spae.evaluate.published import identity
from spae.images import to_image, to_tensor
from spae.model.configuration import Configuration
from spae.model.network import SPAE
from spae.train.linear_start import water_filled


def saved(model: SPAE, folder) -> None:
    model.save_weights(folder)
    codebook = {
        "embedding": model.codebook.embedding.half(),
        "text": model.codebook.text.half(),
        "bias": model.codebook.bias,
        "lemma": model.codebook.lemma.int(),
    }
    save_file(codebook, folder / "codebook.safetensors")
    branch = {k: v.half().contiguous() for k, v in model.semantic_branch.state_dict().items()}
    save_file(branch, folder / "semantic.safetensors")
    (folder / "vocabulary.txt").write_text("\n".join(model.words) + "\n")


def test_a_model_saved_and_loaded_gives_the_same_words(model, picture, tmp_path):
    saved(model, tmp_path)
    loaded = SPAE.load(tmp_path)
    saved(loaded, tmp_path)
    again = SPAE.load(tmp_path)
    image = Image.fromarray(picture)
    assert (loaded.encode(image, 64).words == again.encode(image, 64).words).all()
    assert len(identity(tmp_path)) == 64


def test_a_tensor_too_few_is_named(model, tmp_path):
    saved(model, tmp_path)
    weights = model.learned()
    weights.pop("decoder.output.bias")
    save_file({k: v.contiguous() for k, v in weights.items()}, tmp_path / "weights.safetensors")
    with pytest.raises(ValueError, match="decoder.output.bias"):
        SPAE.load(tmp_path)


@pytest.mark.parametrize("size", [64, 128])
def test_every_depth_gives_a_picture(model, picture, size):
    pyramid = model.encode(Image.fromarray(picture), size)
    pictures = [model.decode(pyramid, d) for d in range(1, pyramid.shape.depth + 1)]
    assert {p.size for p in pictures} == {(size, size)}
    assert (np.asarray(pictures[0]) != np.asarray(pictures[-1])).any()


def test_gradients_reach_the_encoder(model):
    z = model.encoder(torch.rand(1, 3, 64, 64), torch.rand(1, 64, 32))
    z.square().sum().backward()
    assert model.encoder.stem.weight.grad.abs().sum() > 0
    assert model.encoder.linear.weight.grad.abs().sum() > 0


def test_a_changed_cell_reaches_a_bounded_rectangle(model):
    estimate = torch.randn(1, 256, 16)
    labels = torch.ones(1, 256, dtype=torch.long)
    before = model.decoder(estimate, labels)
    estimate[0, 0] += 1
    changed = (model.decoder(estimate, labels) - before).abs().amax(1)[0] > 0
    assert changed[:8, :8].any() and not changed[64:].any() and not changed[:, 64:].any()


def test_candidates_have_distinct_lemmas(model):
    candidates = model.codebook.candidates(torch.randn(2, 3, 16), 5)
    lemmas = model.codebook.lemma[candidates.words]
    assert all(len(set(place.tolist())) == 5 for row in lemmas for place in row)


def test_specificity_keeps_the_words_that_tell_a_position_from_the_others(model):
    text = torch.randn(2, 4, 16)
    codebook = model.codebook
    wide, plain = codebook.candidates(text, 10).words, codebook.candidates(text, 5).words
    specific = codebook.candidates(text, 5, specificity=0.5).words
    assert all((words.unsqueeze(-1) == wide[i, p]).any(-1).all() for i, p, words in each(specific))

    def apart(candidates):
        own, other = (
            torch.einsum("bpkt,bpt->bpk", codebook.text[candidates], each)
            for each in (text, (text.sum(1, keepdim=True) - text) / 3)
        )
        return (own - 0.5 * other - 0.5 * codebook.bias[candidates]).sum(-1)

    assert (apart(specific) >= apart(plain) - 1e-5).all() and (
        apart(specific) > apart(plain) + 1e-5
    ).any()


def test_a_position_alone_has_nothing_to_differ_from(model):
    text = torch.randn(2, 1, 16)
    specific, plain = (
        model.codebook.candidates(text, 5, specificity=0.5),
        model.codebook.candidates(text, 5),
    )
    assert torch.equal(specific.words, plain.words)


@pytest.mark.parametrize("specificity", (0.0, 0.5))
def test_a_penalty_is_what_a_score_falls_short_of_the_best(model, specificity):
    text, codebook = torch.randn(2, 4, 16), model.codebook
    candidates = codebook.candidates(text, 5, specificity, penalty=3.0)
    others = (text.sum(1, keepdim=True) - text) / 3
    scores = codebook.scores(text) - specificity * codebook.scores(others)
    own = scores.gather(-1, candidates.words)
    assert torch.allclose(candidates.penalty, 3 * (own[..., :1] - own), atol=1e-5)
    assert (candidates.penalty.diff() >= 0).all() and candidates.penalty[..., -1].max() > 0


def each(candidates):
    return (
        (i, p, candidates[i, p])
        for i in range(candidates.shape[0])
        for p in range(candidates.shape[1])
    )


def test_a_configuration_survives_its_file(model, tmp_path):
    model.configuration.save(tmp_path / "config.json")
    assert Configuration.load(tmp_path / "config.json") == model.configuration


def test_pixels_survive_the_tensor(picture):
    assert (np.asarray(to_image(to_tensor(Image.fromarray(picture)))) == picture).all()


def test_water_filling_spends_the_bits():
    spectrum = torch.tensor([16.0, 8, 4, 2, 1, 0.5])
    variances = water_filled(spectrum, 6.0)
    theta = spectrum[0] - variances[0]
    assert abs(float((0.5 * (spectrum / theta).log2()).clamp(min=0).sum()) - 6.0) < 1e-3
