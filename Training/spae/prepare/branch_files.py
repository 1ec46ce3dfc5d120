"""Reads the two frozen branches from the files that their makers publish.

    MOSAIC R4   mobile_segmenter_r4_quant_argmax_uint8.tflite, the package tflite
    YOLOX-nano  yolox_nano.onnx, the package onnx

Both list their operations in the order in which they are run, so the convolutions of a file are
those of our network in the order of `segmentation_names` and `detection_names`.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from spae.model.configuration import (
    Detection,
    DetectionStage,
    Evidence,
    Look,
    PersonGate,
    PooledGrids,
    SeenClass,
    Segmentation,
    SegmentationBlock,
    SegmentationDecoder,
    StuffGate,
    ThingGate,
    WholeGate,
)

TABLES = Path(__file__).parents[1] / "tables"
SEGMENTATION_SOURCE = "mobile_segmenter_r4_quant_argmax_uint8.tflite"
DETECTION_SOURCE = "yolox_nano.onnx"
INPUT = 256  # pixels a side that both look at

Tensors = dict[str, np.ndarray]


def seen_classes(table: str) -> tuple[SeenClass, ...]:
    """The classes of a branch and the words that say them, in the branch's order."""
    lines = (TABLES / table).read_text().splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple(SeenClass(name, tuple(words.split())) for name, words in rows)


def mosaic_r4(side: int = INPUT) -> Segmentation:
    """The sizes of the mobile segmenter R4."""
    blocks = (
        (3, 2, 1, 96, 32),
        (3, 1, 1, 64, 32),
        (5, 2, 1, 160, 64),
        (3, 1, 1, 192, 64),
        (3, 1, 1, 128, 64),
        (3, 1, 1, 192, 64),
        (5, 2, 1, 384, 128),
        (3, 1, 1, 384, 128),
        (3, 1, 1, 384, 128),
        (3, 1, 1, 384, 128),
        (3, 1, 1, 768, 160),
        (3, 1, 1, 640, 160),
        (3, 1, 1, 960, 192),
        (5, 1, 2, 384, 96),
        (5, 1, 2, 384, 96),
        (5, 1, 2, 384, 96),
    )
    return Segmentation(
        input=side,
        stem=32,
        blocks=tuple(SegmentationBlock(*block) for block in blocks),
        head=448,
        pyramid=PooledGrids((4, 8, 16), (3, 5), 64, 128),
        decoder=SegmentationDecoder(middle=5, fine=1, width=64),
        classes=seen_classes("ade-words.tsv"),
    )


def yolox_nano(side: int = INPUT) -> Detection:
    """The sizes of YOLOX-nano."""
    return Detection(
        input=side,
        stem=16,
        stages=tuple(DetectionStage(*s) for s in ((32, 1), (64, 3), (128, 3), (256, 1))),
        pools=(5, 9, 13),
        neck=1,
        head=64,
        classes=seen_classes("coco-words.tsv"),
    )


NEVER = 1.0  # a share that no class reaches: where the classifier is sure it goes first


def evidence_gates() -> Evidence:
    """When the two name a position: chosen on the pictures of train-bsds, by eye."""
    return Evidence(
        unsure=0.2,
        whole=WholeGate(area=0.4, unsure=0.1),
        person=PersonGate(box=0.3, area=0.01, cell=0.3),
        thing=ThingGate(box=0.6, area=0.01, cover=0.5),
        stuff=(
            StuffGate("sky", 0.6, NEVER),
            StuffGate("tree", 0.6, NEVER),
            StuffGate("grass", 0.5, NEVER),
            StuffGate("field", 0.5, NEVER),
            StuffGate("water", 0.65, NEVER),
            StuffGate("sea", 0.8, NEVER),
            StuffGate("earth", 0.65, NEVER),
            StuffGate("road", 0.6, NEVER),
            StuffGate("sidewalk", 0.7, NEVER),
            StuffGate("plant", 0.75, NEVER),
            StuffGate("building", 0.7, NEVER),
            StuffGate("house", 0.8, NEVER),
            StuffGate("floor", 0.75, NEVER),
            StuffGate("mountain", 0.85, NEVER),
        ),
        step=0.012,
        cell_unsure=0.3,
        looks_unsure=0.5,
        looks=looks(),
    )


def looks() -> tuple[Look, ...]:
    """What classes of the segmentation look like in some colours, as `looks.tsv` has it."""
    lines = (TABLES / "looks.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return tuple(
        Look(
            *(name, tuple(classes.split()), tuple(words.split())),
            tuple(tuple(bytes.fromhex(colour)) for colour in colours.split()),
            *(float(radius), float(least)),
        )
        for name, classes, words, colours, radius, least in rows
    )


def reserved_words() -> tuple[str, ...]:
    """Words that would guess who a person is: no picture is given them by itself."""
    lines = (TABLES / "reserved-words.tsv").read_text().splitlines()
    return tuple(line.split("\t")[0] for line in lines if not line.startswith("#"))


def segmentation_names(sizes: Segmentation) -> Iterator[str]:
    """Our names of the file's convolutions."""
    yield "stem"
    for i in range(len(sizes.blocks)):
        yield from (f"blocks.{i}.{part}" for part in ("expand", "depthwise", "project"))
    yield from ("head", "fine")
    for grid in range(len(sizes.pyramid.grids)):
        for kernel in range(len(sizes.pyramid.kernels)):
            yield from (f"pyramid.{grid}.{kernel}.{part}" for part in ("depthwise", "project"))
    yield from ("merge", "join", "coarse.depthwise", "coarse.project")


def segmentation_tensors(path: Path, sizes: Segmentation) -> Tensors:
    """MOSAIC's weights as numbers, (q - zero point) * scale, under our names."""
    import tflite

    model = tflite.Model.GetRootAsModel(path.read_bytes(), 0)
    graph, dense = model.Subgraphs(0), tflite.BuiltinOperator.CONV_2D
    depthwise = tflite.BuiltinOperator.DEPTHWISE_CONV_2D
    names, tensors = segmentation_names(sizes), {}
    for i in range(graph.OperatorsLength()):
        operator = graph.Operators(i)
        code = model.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        if kind in (dense, depthwise):
            name, (_, weight, bias) = next(names), operator.InputsAsNumpy()
            # [output, row, column, input], and [1, row, column, channel] of a depthwise one.
            order = (0, 3, 1, 2) if kind == dense else (3, 0, 1, 2)
            tensors[f"{name}.weight"] = dequantized(model, graph, weight).transpose(order)
            tensors[f"{name}.bias"] = dequantized(model, graph, bias)
    return tensors


def dequantized(model, graph, index: int) -> np.ndarray:
    """A constant of a quantized graph as float32."""
    import tflite

    tensor = graph.Tensors(int(index))
    kinds = {tflite.TensorType.UINT8: np.uint8, tflite.TensorType.INT32: np.int32}
    numbers = model.Buffers(tensor.Buffer()).DataAsNumpy().view(kinds[tensor.Type()])
    scale = tensor.Quantization().ScaleAsNumpy()[0].astype(np.float64)
    zero = int(tensor.Quantization().ZeroPointAsNumpy()[0])
    values = (numbers.astype(np.int64) - zero) * scale
    return values.astype(np.float32).reshape(tensor.ShapeAsNumpy())


def detection_names(sizes: Detection) -> Iterator[str]:
    """Our names of the file's convolutions; those of one name are parts of one."""

    def separable(name: str) -> Iterator[str]:
        yield from (f"{name}.depthwise", f"{name}.project")

    def partial(name: str, blocks: int) -> Iterator[str]:
        yield from (f"{name}.split", f"{name}.split")
        for i in range(blocks):
            yield from (f"{name}.blocks.{i}.enter", *separable(f"{name}.blocks.{i}.filter"))
        yield f"{name}.join"

    yield "stem"
    for i, stage in enumerate(sizes.stages):
        yield from separable(f"stages.{i}.down")
        if i == len(sizes.stages) - 1:
            yield from (f"stages.{i}.pooling.enter", f"stages.{i}.pooling.leave")
        yield from partial(f"stages.{i}.partial", stage.blocks)
    for i in range(2):
        yield f"neck.lateral.{i}"
        yield from partial(f"neck.finer.{i}", sizes.neck)
    for i in range(2):
        yield from separable(f"neck.down.{i}")
        yield from partial(f"neck.coarser.{i}", sizes.neck)
    for i in range(3):
        yield f"heads.{i}.enter"
        for kind, parts in (("classify", ["classes"]), ("locate", ["box", "box"])):
            for j in range(2):
                yield from separable(f"heads.{i}.{kind}.{j}")
            yield from (f"heads.{i}.{part}" for part in parts)


def detection_tensors(path: Path, sizes: Detection) -> Tensors:
    """YOLOX's weights under our names."""
    import onnx

    graph = onnx.load(path).graph
    constants = {c.name: onnx.numpy_helper.to_array(c) for c in graph.initializer}
    names, tensors = detection_names(sizes), {}
    for node in graph.node:
        if node.op_type != "Conv":
            continue
        name = next(names)
        for kind, own in zip(("weight", "bias"), node.input[1:], strict=True):
            before = tensors.get(f"{name}.{kind}")
            parts = [constants[own]] if before is None else [before, constants[own]]
            tensors[f"{name}.{kind}"] = np.concatenate(parts)
    tensors["stem.weight"] = unfocused(tensors["stem.weight"])
    return tensors


def unfocused(weight: np.ndarray) -> np.ndarray:
    """A convolution of the four quarters of a BGR picture's pixels as one of the RGB picture.

    [output, quarter * colour, 3, 3] -> [output, colour, 6, 6], to be moved by two pixels. The
    quarters are the pixels of even and odd rows, first in even columns and then in odd ones.
    """
    quarters = weight.reshape(len(weight), 2, 2, 3, 3, 3)  # output, column, row, colour, y, x
    whole = quarters.transpose(0, 3, 4, 2, 5, 1).reshape(len(weight), 3, 6, 6)
    return np.ascontiguousarray(whole[:, ::-1])
