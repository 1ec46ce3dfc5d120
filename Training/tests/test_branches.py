"""The segmentation and the detection branch: their sizes, their files, and what others find."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.numpy import load_file

from spae.evaluate.published import identity
from spae.images import rgb
from spae.model.configuration import Configuration
from spae.model.detection import DetectionBranch, decoded
from spae.model.pyramid import square
from spae.model.segmentation import SegmentationBranch, enlarged
from spae.prepare.branch_files import (
    detection_names,
    mosaic_r4,
    segmentation_names,
    unfocused,
    yolox_nano,
)

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "Assets" / "models" / "small"
# Written by tests/branch_oracles.py.
ORACLES = load_file(Path(__file__).parent / "fixtures" / "branch-oracles.safetensors")
CELLS, PIXELS = 5, 4
PICTURES = ("beach", "car")


def picture(name: str) -> Image.Image:
    return rgb(Image.open(ROOT / "Assets" / "pictures" / f"{name}.png"))


def loaded(branch, file: str):
    branch.load_frozen(MODEL / file)
    return branch.eval()


@pytest.mark.parametrize("name", PICTURES)
def test_the_detection_is_that_of_onnxruntime(name):
    branch = loaded(DetectionBranch(yolox_nano()), "detection.safetensors")
    raw = branch.raw(branch.view(picture(name))[None])
    found = torch.cat([own.flatten(2) for own in raw], 2)[0].T
    found[:, 4:] = found[:, 4:].sigmoid()
    expected = torch.from_numpy(ORACLES[f"detection.{name}"])
    assert expected[:, 4:].max() > 0.3
    torch.testing.assert_close(found[::CELLS], expected, atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("name", PICTURES)
def test_the_segmentation_is_that_of_the_file_of_bytes(name):
    branch = loaded(SegmentationBranch(mosaic_r4(512)), "segmentation.safetensors")
    found = branch(branch.view(picture(name))[None])[0].permute(1, 2, 0)[::PIXELS, ::PIXELS]
    found, expected = found.numpy(), ORACLES[f"segmentation.{name}"].astype(np.float32)
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.995
    assert (found.argmax(2) == expected.argmax(2)).mean() > 0.96


def test_the_names_of_the_files_convolutions_are_those_of_the_networks():
    for names, branch in (
        (segmentation_names(mosaic_r4()), SegmentationBranch(mosaic_r4())),
        (detection_names(yolox_nano()), DetectionBranch(yolox_nano())),
    ):
        assert {f"{name}.weight" for name in names} == {
            name for name in branch.state_dict() if name.endswith(".weight")
        }


def test_a_convolution_of_quarters_is_one_of_the_whole():
    picture, weight = torch.rand(1, 3, 12, 12), torch.rand(5, 12, 3, 3)
    blue_first = picture.flip(1)
    quarters = [blue_first[..., y::2, x::2] for x in (0, 1) for y in (0, 1)]
    expected = F.conv2d(torch.cat(quarters, 1), weight, padding=1)
    found = F.conv2d(picture, torch.from_numpy(unfocused(weight.numpy()).copy()), None, 2, 2)
    torch.testing.assert_close(found, expected)


def test_a_larger_side_looks_at_whole_places_and_between_them():
    x = torch.tensor([[[[0.0, 4.0], [8.0, 12.0]]]])
    assert enlarged(x, square(4))[0, 0].tolist() == [
        [0, 2, 4, 4],
        [4, 6, 8, 8],
        [8, 10, 12, 12],
        [8, 10, 12, 12],
    ]


def test_a_cell_of_the_detection_is_in_pixels():
    raw = torch.zeros(1, 7, 2, 2)
    raw[0, :, 1, 0] = torch.tensor([0.5, 0.25, 0.0, 1.0, 0.0, 2.0, -2.0])
    cell = decoded(raw, 16)[0, 2]
    sigmoid = torch.tensor([0.0, 2.0, -2.0]).sigmoid()
    expected = torch.tensor([8, 20, 16, 16 * torch.e, *sigmoid])
    torch.testing.assert_close(cell, expected)


def test_branches_survive_the_configuration_and_count_in_the_identity(tmp_path):
    plain = Configuration.load(MODEL / "config.json")
    plain = replace(plain, segmentation=None, detection=None)
    named = replace(plain, segmentation=mosaic_r4(), detection=yolox_nano())
    (tmp_path / "segmentation.safetensors").write_text("the same")
    identities = []
    for configuration in (plain, named):
        configuration.save(tmp_path / "config.json")
        assert Configuration.load(tmp_path / "config.json") == configuration
        for content in ("one", "other"):
            (tmp_path / "detection.safetensors").write_text(content)
            identities.append(identity(tmp_path))
    assert identities[0] == identities[1]
    assert len(set(identities)) == 3
