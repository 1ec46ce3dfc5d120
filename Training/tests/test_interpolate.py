import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

from spae.train import interpolate
from spae.train.interpolate import between

START = {"a": torch.zeros(2), "b": torch.ones(1, 3)}
END = {"a": torch.full((2,), 4.0), "b": torch.ones(1, 3)}


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0.0), (0.75, 3.0), (1.0, 4.0)])
def test_weights_lie_on_the_way(share, expected):
    found = between(START, END, share)
    assert found["a"].tolist() == [expected] * 2 and found["b"].tolist() == [[1.0] * 3]
    assert all(tensor.dtype == torch.float16 for tensor in found.values())


@pytest.mark.parametrize("other", [{"a": torch.zeros(2)}, {**END, "b": torch.ones(3)}])
def test_weights_of_another_model_are_named(other):
    with pytest.raises(ValueError, match="different models: b"):
        between(START, other, 0.5)


def test_the_command_writes_a_file_and_refuses_a_share_beyond_the_way(
    tmp_path, monkeypatch, capsys
):
    for name, tensors in (("start", START), ("end", END)):
        save_file(tensors, tmp_path / name)
    arguments = [str(tmp_path / "start"), str(tmp_path / "end"), "--output", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["interpolate", *arguments, "--share", "0.5"])
    interpolate.main()
    assert load_file(tmp_path / "out")["a"].tolist() == [2.0, 2.0]
    for share, status in (("1.5", 2), ("0.5", 1)):
        save_file({"a": torch.zeros(2)}, tmp_path / "end")
        monkeypatch.setattr(sys, "argv", ["interpolate", *arguments, "--share", share])
        with pytest.raises(SystemExit) as exit:
            interpolate.main()
        assert exit.value.code == status
    assert "different models: b" in capsys.readouterr().err
