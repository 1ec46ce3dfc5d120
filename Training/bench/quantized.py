"""A peer's own whole numbers: onnxruntime's static quantization of a graph."""

from pathlib import Path

from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from bench.graphs import Work


class OwnInputs(CalibrationDataReader):
    """What the graph is fed here is what its ranges are measured on: it cannot fit them better."""

    def __init__(self, work: Work):
        feed = {f"input{i}": tensor.numpy() for i, tensor in enumerate(work.inputs)}
        self.rest = iter([feed])

    def get_next(self) -> dict | None:
        return next(self.rest, None)


def quantized(work: Work, path: Path) -> Path:
    """The graph with bytes in all of its layers, a scale for each output channel (QDQ)."""
    folded, output = path.with_suffix(".folded.onnx"), path.with_suffix(".int8.onnx")
    quant_pre_process(str(path), str(folded), skip_symbolic_shape=True)
    quantize_static(
        str(folded),
        str(output),
        OwnInputs(work),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    return output
