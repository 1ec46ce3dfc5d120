"""What a training run is made of, and the switches of its command."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from spae.model.configuration import Clip, Configuration, Quantization, base, small

TEACHERS = ("efficientnet-lite2", "clip")
SIZES = {"small": small, "base": base}


@dataclass
class Options:
    """One run: its folders, its budget, its objective, and what it controls for."""

    data: Path
    model: Path
    run: Path
    size: str = "small"
    teacher: str = TEACHERS[0]
    clip: tuple[str, str] = (Clip.architecture, Clip.weights)
    minutes: float | None = None
    steps: int | None = None
    rate: float = 1e-3
    warm_up: int = 100
    batch: int = 16
    small_share: float = 0.25
    falling: float = 0.6
    pixels: float = 0.12
    perceptual: float = 0.3
    commitment: float = 0.6
    codebook_loss: float = 0.3
    palette: float = 0.0
    palette_words: int = 16
    paint: bool = False
    adversarial: float = 0.0
    adversarial_from: int = 0
    average: float = 0.995
    seed: int = 1
    start: str = "linear"
    linear_steps: int = 300
    network: Path | None = None
    shuffled: bool = False
    residual: bool = False
    vq: int = 0
    unguided: bool = False
    semantic: float = 0.0
    threads: int = 1
    evaluate_every: int = 500

    def configuration(self, vocabulary: int, text: int) -> Configuration:
        """The blueprint of the model that this run trains, for text vectors of this width."""
        quantization = Quantization(
            residual=self.residual,
            shuffled=self.seed if self.shuffled else None,
            learned=self.vq > 0,
            flat=self.vq,
        )
        changes = {"quantization": quantization, "text": text}
        if self.unguided or self.vq:
            changes["guided"] = None
        if self.teacher == "clip":
            changes["semantic"] = Clip(*self.clip)
        return SIZES[self.size](vocabulary, **changes)


def add_clip(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--clip", nargs=2, default=(Clip.architecture, Clip.weights),
        metavar=("ARCHITECTURE", "WEIGHTS"), help="open_clip's names of it, for --teacher clip",
    )  # fmt: skip


def add_controls(parser: argparse.ArgumentParser) -> None:
    """The switches that each take one thing away from the recipe, to see what it was worth."""
    add = parser.add_argument_group("controls").add_argument
    add("--shuffled", action="store_true", help="the words swap their embeddings, by the seed")
    add("--residual", action="store_true", help="a cell's words add up, they are not averaged")
    add(
        "--vq", type=int, choices=(0, 1, 2), default=0,
        help="plain vector quantization by learned codes: 1 or 2 layers of the finest grid alone",
    )  # fmt: skip
    add("--unguided", action="store_true", help="plain nearest word in every layer")
    add(
        "--semantic", type=float, default=0.0,
        help="the weight of the paper's semantic loss (0.06), for --unguided",
    )  # fmt: skip


def parsed(arguments: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(prog="spae.train", description="Trains a model.")
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder of training data")
    add("--model", type=Path, required=True, help="the folder of the frozen files")
    add("--folder", dest="run", type=Path, required=True, help="where checkpoint and log are")
    add("--minutes", type=float, help="the budget of this call")
    add("--steps", type=int, help="the same in steps")
    add("--size", choices=sorted(SIZES), default="small")
    add("--rate", type=float, default=1e-3, help="the highest learning rate")
    add("--warm-up", type=int, default=100, help="the steps until that rate")
    add("--batch", type=int, default=16, help="pictures of 128 px a step and process")
    add("--small-share", type=float, default=0.25, help="the share of steps on 64 px crops")
    add("--falling", type=float, default=0.6, help="the share of the budget with a falling rate")
    add("--perceptual", type=float, default=0.3, help="the weight of LPIPS")
    add("--palette", type=float, default=0.0, help="the weight of the words' own colours (2)")
    add("--palette-words", type=int, default=16, help="words a step and process for it")
    add(
        "--paint", action="store_true",
        help="begin with a projection bent so that words have the colours of tables/colours.tsv",
    )  # fmt: skip
    add("--adversarial", type=float, default=0.0, help="the weight of a discriminator (0.1)")
    add("--adversarial-from", type=int, default=0, help="the step it begins at")
    add("--start", "--begin", default="linear", help="linear, random, or a weights file")
    add("--linear-steps", type=int, default=300, help="to fit the linear start to its quantizer")
    add(
        "--network", type=Path, help="weights of an earlier model whose hidden layers to begin with"
    )
    add("--teacher", choices=TEACHERS, default=TEACHERS[0], help="what says which words fit")
    add_clip(parser)
    add("--threads", type=int, default=1, help="threads a process")
    add("--seed", type=int, default=1)
    add_controls(parser)
    options = Options(**vars(parser.parse_args(arguments)))
    if (options.minutes is None) == (options.steps is None):
        parser.error("give --minutes or --steps")
    if (options.palette or options.paint) and (options.vq or options.residual or options.shuffled):
        parser.error("--palette and --paint need words that are averaged: no such control")
    if options.semantic and not options.unguided:
        parser.error("--semantic needs --unguided: guided words are right without it")
    return options
