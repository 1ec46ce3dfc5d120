import pytest
import torch
from safetensors.torch import save_file

from spae.train.earlier_network import take_hidden_layers


def test_only_what_the_network_hides_is_taken(model, tmp_path):
    own = {name: tensor.clone() for name, tensor in model.learned().items()}
    earlier = {name: torch.full_like(t, 0.5).contiguous() for name, t in own.items()}
    save_file(earlier, tmp_path / "weights.safetensors")
    take_hidden_layers(model, tmp_path / "weights.safetensors")
    taken = {name for name, t in model.learned().items() if not torch.equal(t, own[name])}
    assert {"encoder.stem.weight", "decoder.norm.gain", "decoder.input.weight"} <= taken
    kept = {"decoder.output.weight", "encoder.linear.weight", "codebook.projection"}
    assert not taken & (kept | {"encoder.output.bias", "decoder.scale"})


def test_another_size_is_refused_by_name(model, tmp_path):
    save_file({"encoder.stages.9.down.weight": torch.ones(1)}, tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match="encoder.stages.9.down.weight"):
        take_hidden_layers(model, tmp_path / "w.safetensors")
