"""Trains a model: resumable, with a budget of minutes or steps.

    torchrun --nproc-per-node 2 -m spae.train --data DATA --model Assets/models/small \\
        --folder runs/small --minutes 120

The model's folder must hold the frozen files (python -m spae.frozen). A run folder keeps the
checkpoint and the log; the first call starts it, every later call resumes it.
"""

import argparse
import csv
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as distributed
from safetensors.torch import load_file
from torch import Tensor

from spae.configuration import Configuration, base, small
from spae.data import Batch, EvaluationSet, Sampler
from spae.linear_start import start
from spae.losses import LPIPS, pixel_loss, quantization_losses
from spae.model import SPAE
from spae.pyramid import shape
from spae.quantizer import Quantized, quantize
from spae.reconstruction import psnr_by_depth
from spae.warm_start import prototype_weights

DEPTH_SHARES = (0.075, 0.075, 0.075, 0.075, 0.2, 0.5)  # of the samples, at depths 1 ... 6
PLAIN_SHARE = 0.1  # steps without pools, so that the decoder knows any word a person may type
LINEAR_RATE = 0.03  # the learning rate of the linear paths, as a share of the others'


@dataclass
class Options:
    """What a run is made of."""

    data: Path
    model: Path
    run: Path
    size: str = "small"
    minutes: float | None = None
    steps: int | None = None
    rate: float = 1e-3
    batch: int = 16
    small_share: float = 0.25
    falling: float = 0.6
    perceptual: float = 0.3
    commitment: float = 0.6
    mirrored: float = 0.3
    average: float = 0.995
    seed: int = 1
    start: str = "linear"
    residual: bool = False
    unguided: bool = False
    threads: int = 1
    evaluate_every: int = 500


class Trainer:
    """One process of a run; several average their gradients."""

    def __init__(self, options: Options):
        self.options = options
        self.rank = int(os.environ.get("RANK", 0))
        self.world = int(os.environ.get("WORLD_SIZE", 1))
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.step, self.seen = 0, 0
        self.model = new_model(options).to(self.device)
        branch = self.model.semantic_branch
        self.sampler = Sampler(
            options.data, branch, options.run / "cache", options.seed + 1000 * self.rank
        )
        self.lpips = LPIPS(options.data / "weights" / "squeezenet-lpips.safetensors")
        self.lpips.to(self.device)
        self.optimizer = optimizer_for(self.model, options.rate)
        self.average = {n: t.clone() for n, t in self.model.learned().items()}
        if self.checkpoint.exists():
            self.resume()

    @property
    def checkpoint(self) -> Path:
        return self.options.run / "checkpoint.pt"

    # The loop

    def run(self) -> None:
        began, first_step, last_report = time.monotonic(), self.step, time.monotonic()
        sums: list[dict[str, float]] = []
        while (progress := self.progress(began, first_step)) < 1:
            self.set_rate(progress, self.step - first_step)
            sums.append(self.train_step())
            if time.monotonic() - last_report > 60:
                self.report(sums, began)
                sums, last_report = [], time.monotonic()
            if self.step % self.options.evaluate_every == 0:
                self.save()
        self.report(sums, began)
        self.save()

    def progress(self, began: float, first_step: int) -> float:
        """How much of this call's budget is spent, the same on every process."""
        if self.options.steps is not None:
            return (self.step - first_step) / self.options.steps
        spent = torch.tensor((time.monotonic() - began) / 60 / self.options.minutes)
        if self.world > 1:
            distributed.broadcast(spent, 0)
        return float(spent)

    def set_rate(self, progress: float, since: int) -> None:
        """Warm-up over 100 steps, constant, then falling to 2 % over the last part."""
        fall = max(0.0, (progress - (1 - self.options.falling)) / self.options.falling)
        rate = self.options.rate * min(1, (since + 1) / 100) * (1 - 0.98 * fall)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["share"]

    def train_step(self) -> dict[str, float]:
        random = np.random.default_rng((self.options.seed, self.step))  # the same everywhere
        size = 64 if random.random() < self.options.small_share else 128
        count = self.options.batch * (128 // size) ** 2
        batch = self.sampler.batch(self.step, count, size)
        self.optimizer.zero_grad(set_to_none=True)
        losses = self.losses(batch, plain=random.random() < PLAIN_SHARE)
        total = sum(weight * loss for weight, loss in losses.values())
        total.backward()
        self.average_gradients()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.update_average()
        self.step += 1
        self.seen += count * self.world
        return {name: float(loss.detach()) for name, (_, loss) in losses.items()}

    def losses(self, batch: Batch, plain: bool) -> dict[str, tuple[float, Tensor]]:
        """Each term of the objective with its weight."""
        options, model = self.options, self.model
        pictures = batch.pictures.to(self.device)
        semantics = batch.semantics.to(self.device)
        pyramid_shape = shape(pictures.shape[-1] // model.configuration.patch)
        pools = {} if plain or options.unguided else model.pools(semantics)
        with torch.autocast(self.device.type, torch.bfloat16):
            z = model.latent(pictures, semantics)
        found = quantize(z, model.codebook.codes(), pyramid_shape, pools, options.residual)
        guided = 0 if options.unguided else len(model.configuration.guided.pools)
        commitment, mirrored = quantization_losses(z, found.estimates, found.visits, guided)
        depths = self.depths(len(pictures), pyramid_shape.depth)
        estimate, labels = truncated(z, found, pyramid_shape, depths)
        with torch.autocast(self.device.type, torch.bfloat16):
            decoded = model.decoder(estimate, labels)
            deep = (depths >= pyramid_shape.depth - 1).nonzero().squeeze(1)
            perceptual = self.lpips(decoded[deep], pictures[deep]).float().mean()
        return {
            "pixels": (1.0, pixel_loss(decoded, pictures)),
            "perceptual": (options.perceptual, perceptual),
            "commitment": (options.commitment, commitment),
            "mirrored": (options.mirrored, mirrored),
        }

    def depths(self, count: int, deepest: int) -> Tensor:
        """A random depth for each picture, at least one of them the deepest."""
        random = np.random.default_rng((self.options.seed, self.step, self.rank, 1))
        shares = np.array(DEPTH_SHARES[-deepest:])
        drawn = random.choice(np.arange(1, deepest + 1), count, p=shares / shares.sum())
        drawn[0] = deepest
        return torch.from_numpy(drawn)

    def average_gradients(self) -> None:
        if self.world == 1:
            return
        gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
        flat = torch.cat([g.reshape(-1) for g in gradients]) / self.world
        distributed.all_reduce(flat)
        for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients])):
            gradient.copy_(part.view_as(gradient))

    @torch.no_grad()
    def update_average(self) -> None:
        """The exponential moving average of the weights, which is what is kept."""
        share = min(self.options.average, (1 + self.step) / (10 + self.step))
        for name, tensor in self.model.learned().items():
            self.average[name].lerp_(tensor, 1 - share)

    # What is written

    def report(self, sums: list[dict[str, float]], began: float) -> None:
        if self.rank != 0 or not sums:
            return
        row = {name: f"{np.mean([s[name] for s in sums]):.4f}" for name in sums[0]}
        row = {
            "step": self.step,
            "pictures": self.seen,
            "minutes": f"{(time.monotonic() - began) / 60:.1f}",
            "rate": f"{self.optimizer.param_groups[0]['lr']:.2e}",
            **row,
        }
        path = self.options.run / "log.csv"
        new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, row)
            if new:
                writer.writeheader()
            writer.writerow(row)
        print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        if self.rank != 0:
            return
        state = {
            "model": self.model.learned(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seen": self.seen,
        }
        unfinished = self.checkpoint.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint)

    def resume(self) -> None:
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"], strict=False)
        self.optimizer.load_state_dict(state["optimizer"])
        self.average, self.step, self.seen = state["average"], state["step"], state["seen"]


def truncated(z: Tensor, found: Quantized, pyramid_shape, depths: Tensor) -> tuple[Tensor, Tensor]:
    """Each picture's estimates and labels at its own depth, straight through to z."""
    estimates, labels = [], []
    for row, depth in enumerate(depths.tolist()):
        source, label = (torch.from_numpy(t).to(z.device) for t in pyramid_shape.fill(depth))
        through = z[row] + (found.estimates[depth - 1][row] - z[row]).detach()
        estimates.append(through[source])
        labels.append(label)
    return torch.stack(estimates), torch.stack(labels)


def optimizer_for(model: SPAE, rate: float) -> torch.optim.Optimizer:
    trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    slow = [p for n, p in trained if ".linear." in n or n == "codebook.projection"]
    fast = [p for n, p in trained if not (".linear." in n or n == "codebook.projection")]
    groups = [{"params": fast, "share": 1.0}, {"params": slow, "share": LINEAR_RATE}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.99), weight_decay=1e-4)


def new_model(options: Options) -> SPAE:
    """A model with its frozen files, started as the options say."""
    torch.manual_seed(options.seed)
    words = (options.model / "vocabulary.txt").read_text().split()
    configuration: Configuration = {"small": small, "base": base}[options.size](len(words))
    model = SPAE(configuration, words)
    model.codebook.load_frozen(options.model / "codebook.safetensors")
    model.semantic_branch.load_frozen(options.model / "semantic.safetensors")
    if options.start == "linear":
        start(model, options.data)
    elif options.start != "random":
        model.load_state_dict(saved_weights(Path(options.start)), strict=False)
    return model


def saved_weights(path: Path) -> dict[str, Tensor]:
    """The weights of a model, or of its prototype."""
    tensors = load_file(path)
    if "P" in tensors:
        return prototype_weights(tensors)
    return {name: tensor.float() for name, tensor in tensors.items()}


def evaluate_and_export(trainer: Trainer) -> None:
    """Puts the averaged weights into the run's folder and prints their figures."""
    model = trainer.model
    model.load_state_dict(trainer.average, strict=False)
    pictures = EvaluationSet.load(
        trainer.options.data,
        "eval-bsds",
        model.semantic_branch,
        trainer.options.run / "cache",
        limit=60,
    )
    rows = psnr_by_depth(model.eval(), pictures)
    print("PSNR by depth, 60 pictures: " + " ".join(f"{v:.2f}" for v in rows), flush=True)
    model.save_weights(trainer.options.run)


def main() -> None:
    options = parsed()
    options.run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    if int(os.environ.get("WORLD_SIZE", 1)) > 1:
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    trainer = Trainer(options)
    trainer.run()
    if trainer.rank == 0:
        evaluate_and_export(trainer)
    if trainer.world > 1:
        distributed.destroy_process_group()


def parsed() -> Options:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder of training data")
    add("--model", type=Path, required=True, help="the folder of the frozen files")
    add(
        "--folder",
        dest="run",
        type=Path,
        required=True,
        help="the folder of the checkpoint and the log",
    )
    add("--minutes", type=float, help="the budget of this call")
    add("--steps", type=int, help="the same in steps")
    add("--size", choices=["small", "base"], default="small")
    add("--rate", type=float, default=1e-3, help="the highest learning rate")
    add("--batch", type=int, default=16, help="pictures of 128 px a step and process")
    add("--small-share", type=float, default=0.25, help="the share of steps on 64 px crops")
    add("--falling", type=float, default=0.6, help="the share of the budget with a falling rate")
    add("--perceptual", type=float, default=0.3, help="the weight of LPIPS")
    add("--begin", dest="start", default="linear", help="linear, random, or a weights file")
    add("--residual", action="store_true", help="control: residual quantization")
    add("--unguided", action="store_true", help="control: plain nearest word in every layer")
    add("--threads", type=int, default=1, help="threads a process")
    add("--seed", type=int, default=1)
    options = Options(**vars(parser.parse_args()))
    if (options.minutes is None) == (options.steps is None):
        parser.error("give --minutes or --steps")
    return options


if __name__ == "__main__":
    main()
