"""Trains the recipe and its controls for equally long, and writes what each costs and gains.

    python -m spae.evaluate.controls --data DATA --model Assets/models/small --output runs/controls \\
        --minutes 30

Every run starts anew, with one switch of `spae.train` changed. The recipe trains for the minutes
and the controls for as many steps, so that all see the same pictures however busy the machine is.
A run whose folder holds weights is not trained again, nor judged again once its row is there; what
was cut off begins anew. The table, controls.tsv and controls.md, is written after every row.
"""

import argparse
import csv
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from spae.evaluate.few_shot import accuracy_row, centred, few_shot_words
from spae.evaluate.reconstruction import decoded, distances, psnr
from spae.model.network import SPAE
from spae.train.datasets import EvaluationSet
from spae.train.losses import LPIPS

SIZE = 128
SHOTS = (1, 5)


@dataclass(frozen=True)
class Control:
    """A run: what to call it, and the switches that make it differ from the recipe."""

    name: str
    title: str
    switches: tuple[str, ...] = ()


RECIPE = Control("recipe", "the recipe")
CONTROLS = (
    Control("untrained", "linear start, no training", ("--steps", "0")),
    Control("shuffled", "shuffled vocabulary", ("--shuffled",)),
    Control("residual", "residual quantization", ("--residual",)),
    Control("vq-256", "learned codes, 256 tokens", ("--vq", "1")),
    Control("vq-512", "learned codes, 512 tokens", ("--vq", "2")),
    Control("unguided", "plain nearest word", ("--unguided",)),
    Control("unguided-shuffled", "the same, shuffled", ("--unguided", "--shuffled")),
    Control("semantic", "the paper's semantic loss", ("--unguided", "--semantic", "0.06")),
    Control("random", "random start", ("--start", "random")),
)


def train(control: Control, options: argparse.Namespace, budget: tuple[str, str]) -> None:
    """Trains one control in a process of its own; what it prints goes to its folder."""
    folder = options.output / control.name
    if (folder / "weights.safetensors").exists():
        return
    # A resumed run would train longer than the others.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "spae.train", "--data", options.data, "--model", options.model]
    command += ["--folder", folder, "--seed", options.seed]
    command += ["--batch", options.batch, "--warm-up", options.warm_up]
    command += [] if "--steps" in control.switches else budget
    with (folder / "out.txt").open("w") as printed:
        subprocess.run(
            [*map(str, command), *control.switches], check=True, stdout=printed, stderr=printed
        )  # fmt: skip


def length(folder: Path) -> tuple[int, int]:
    """The steps that a run took and the pictures that it saw."""
    if not (folder / "log.csv").exists():
        return 0, 0
    with (folder / "log.csv").open() as file:
        last = list(csv.DictReader(file))[-1]
    return int(last["step"]), int(last["pictures"])


def judged(control: Control, options: argparse.Namespace) -> dict[str, str]:
    """One row of the table, kept in the run's folder."""
    path = options.output / control.name / "row.json"
    if not path.exists():
        path.write_text(json.dumps(measured(control, options)))
    return json.loads(path.read_text())


def measured(control: Control, options: argparse.Namespace) -> dict[str, str]:
    folder, data = options.output / control.name, options.data
    model, cache = SPAE.load(folder, options.model), options.output / "cache"
    photographs = EvaluationSet.load(
        data, "eval-bsds", model.semantic_branch, cache, options.limit
    )  # fmt: skip
    words = model.words_of(photographs.pictures, photographs.semantics)
    lpips = LPIPS(data / "weights" / "squeezenet-lpips.safetensors")
    figures = reconstruction_cells(model, words, photographs, lpips)
    if not model.configuration.quantization.flat:
        shots = few_shot_words(model, data, cache, options.each)
        figures |= few_shot_cells(model, shots, words)
    steps, pictures = length(folder)
    return {"control": control.title, "steps": str(steps), "pictures": str(pictures), **figures}


def reconstruction_cells(
    model: SPAE, words: Tensor, photographs: EvaluationSet, lpips: LPIPS
) -> dict[str, str]:
    """PSNR and distinct words by depth, LPIPS of all words."""
    pyramid_shape = model.shape(SIZE)
    depths, originals = range(1, pyramid_shape.depth + 1), photographs.pictures
    views = [decoded(model, words, pyramid_shape, depth) for depth in depths]
    levels = [float(psnr(view, originals).mean()) for view in views]
    distinct = [len(pyramid_shape.layer_of(words, layer).unique()) for layer in depths]
    return {
        "words": str(pyramid_shape.word_count()),
        "PSNR by depth": " ".join(f"{level:.1f}" for level in levels),
        "LPIPS": f"{float(distances(lpips, views[-1], originals).mean()):.3f}",
        "distinct words": " ".join(map(str, distinct)),
    }


def few_shot_cells(model: SPAE, shots: Tensor, ground: Tensor) -> dict[str, str]:
    """Five-way accuracy from the words of layers 1 to 3, by their own embeddings."""
    count = model.shape(SIZE).word_count(3)
    points = centred(model.codebook.embedding, shots[..., :count], ground[:, :count])
    rows = {n: accuracy_row(points, 5, n, count).values["all"] for n in SHOTS}
    return {f"5-way {n}-shot %": f"{value.mean:.1f}" for n, value in rows.items()}


def write(rows: list[dict[str, str]], folder: Path) -> str:
    """controls.tsv and controls.md; returns the latter."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [columns] + [[row.get(column, "") for column in columns] for row in rows]
    (folder / "controls.tsv").write_text("".join("\t".join(line) + "\n" for line in lines))
    lines.insert(1, ["---"] * len(columns))
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    (folder / "controls.md").write_text(text)
    return text


def chosen(options: argparse.Namespace) -> list[Control]:
    return [c for c in CONTROLS if options.only is None or c.name in options.only]


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder of training and evaluation data")
    add("--model", type=Path, required=True, help="the folder of the frozen files")
    add("--output", type=Path, required=True, help="the folder of the runs and the table")
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float, help="how long the recipe trains")
    budget.add_argument("--steps", type=int, help="the same in steps")
    add("--only", nargs="+", choices=[c.name for c in CONTROLS], help="some of them")
    add("--parallel", type=int, default=1, help="runs at a time, each of one thread")
    add("--batch", type=int, default=16, help="pictures of 128 px a step")
    add("--warm-up", type=int, default=100, help="the steps until the highest learning rate")
    add("--limit", type=int, help="at most this many pictures of eval-bsds")
    add("--each", type=int, default=40, help="few-shot pictures a class")
    add("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = parsed()
    torch.set_num_threads(1)
    unit, amount = ("minutes", options.minutes) if options.minutes else ("steps", options.steps)
    train(RECIPE, options, (f"--{unit}", amount))
    steps = ("--steps", length(options.output / RECIPE.name)[0])

    def row(control: Control) -> dict[str, str]:
        train(control, options, steps)
        return judged(control, options)

    rows, text = [], ""
    with ThreadPoolExecutor(options.parallel) as pool:
        for found in pool.map(row, [RECIPE, *chosen(options)]):
            rows.append(found)
            text = write(rows, options.output)
    print(text)


if __name__ == "__main__":
    main()
