"""Writes what other programs make of the frozen branches' files, for ours to agree with.

    python tests/branch_oracles.py --weights DATA/weights --pictures ../Assets/pictures

Needs the packages of the extras `frozen` and `oracles`. onnxruntime runs YOLOX with weights rounded
as we ship them; LiteRT runs MOSAIC's own file, whose every number is a byte.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from PIL import Image
from safetensors.numpy import save_file

from spae.prepare.branch_files import DETECTION_SOURCE, INPUT, SEGMENTATION_SOURCE

FIXTURE = Path(__file__).parent / "fixtures" / "branch-oracles.safetensors"
PICTURES = ("beach", "car")
CELLS = 5  # every fifth cell of YOLOX's three grids
PIXELS = 4  # every fourth row and column of MOSAIC's output
LOGITS = 240  # the tensor `decoder/add` of MOSAIC's file


def pixels(path: Path, side: int) -> np.ndarray:
    """[row, column, RGB]"""
    image = Image.open(path).convert("RGB")
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC))


def detector(path: Path) -> onnxruntime.InferenceSession:
    model = onnx.load(path)
    for constant in model.graph.initializer:
        values = onnx.numpy_helper.to_array(constant)
        if values.ndim > 1 and values.dtype == np.float32:
            rounded = values.astype(np.float16).astype(np.float32)
            constant.CopyFrom(onnx.numpy_helper.from_array(rounded, constant.name))
    for dimension in model.graph.input[0].type.tensor_type.shape.dim[2:]:
        dimension.dim_value = INPUT
    # The shapes of its own size.
    del model.graph.value_info[:]
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_param = "cells"
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    arguments = parser.parse_args()
    yolox = detector(arguments.weights / DETECTION_SOURCE)
    mosaic = Interpreter(
        str(arguments.weights / SEGMENTATION_SOURCE), experimental_preserve_all_tensors=True
    )
    mosaic.allocate_tensors()
    found = {}
    for name in PICTURES:
        path = arguments.pictures / f"{name}.png"
        view = pixels(path, INPUT)[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)
        found[f"detection.{name}"] = yolox.run(None, {"images": view})[0][0, ::CELLS].copy()
        mosaic.set_tensor(0, pixels(path, 512)[None])
        mosaic.invoke()
        logits = mosaic.get_tensor(LOGITS)[0, ::PIXELS, ::PIXELS]
        found[f"segmentation.{name}"] = np.ascontiguousarray(logits)
    FIXTURE.parent.mkdir(exist_ok=True)
    save_file(found, FIXTURE)
    FIXTURE.chmod(0o644)


if __name__ == "__main__":
    main()
