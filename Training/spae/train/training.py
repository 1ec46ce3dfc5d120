"""Trains a model: resumable, with a budget of minutes or steps.

    torchrun --nproc-per-node 2 -m spae.train --data DATA --model Assets/models/small \\
        --folder runs/small --minutes 120

The model's folder must hold the frozen files (python -m spae.prepare.frozen). A run folder keeps the
checkpoint and the log; the first call starts it, every later call resumes it.
"""

import copy
import csv
import os
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.distributed as distributed
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from spae.evaluate.reconstruction import psnr_by_depth
from spae.images import to_image
from spae.model.configuration import Configuration, Guided, Quantization, Search
from spae.model.network import SPAE, Names
from spae.model.pyramid import PyramidShape
from spae.model.quantizer import Quantized, upsampled
from spae.model.refinement import decoded_passes
from spae.train.adversarial import Adversary
from spae.train.colour_start import bend
from spae.train.datasets import Batch, EvaluationSet, Sampler
from spae.train.earlier_network import take_hidden_layers
from spae.train.linear_fit import fit
from spae.train.linear_start import start
from spae.train.losses import LPIPS, pixel_loss, quantization_losses, semantic_loss
from spae.train.options import Options, parsed
from spae.train.palette import Palette
from spae.train.random_start import random_start

DEPTH_SHARES = (0.1, 0.15, 0.2, 0.125, 0.175, 0.25)  # of the samples, at depths 1 ... 6
CHOICE = ("guided", "segmentation", "detection", "evidence", "reserved")
PLAIN_SHARE = 0.1  # steps without candidates, so that the decoder knows any word a person may type
# Learning rates as shares of the others': of the linear start's paths, and of the projection of the
# words, whose numbers are a hundred times as large.
LINEAR_RATE = 0.03
PROJECTION_RATE = 5.0
SAVE_MINUTES = 5  # between checkpoints, at most
SEMANTIC_CANDIDATES = Guided((20, 40, 80), 0.3)  # what the paper's semantic loss calls a right word


class Trainer:
    """One process of a run; several average their gradients."""

    def __init__(self, options: Options):
        self.options = options
        self.rank = int(os.environ.get("RANK", 0))
        self.world = int(os.environ.get("WORLD_SIZE", 1))
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.step, self.seen = 0, 0
        self.model = new_model(options)
        # Crops and their semantics are made on the processor, wherever the network runs.
        self.observer = copy.deepcopy(self.model)
        teacher = self.observer.semantic_branch
        seed = options.seed + 1000 * self.rank
        self.sampler = Sampler(options.data, teacher, options.run / "cache", seed)
        self.model.to(self.device)
        self.palette = Palette.of(self.model) if options.palette or options.paint else None
        self.lpips = LPIPS(options.data / "weights" / "squeezenet-lpips.safetensors")
        self.lpips.to(self.device)
        linear_share = 1.0 if options.start == "random" else LINEAR_RATE
        self.optimizer = optimizer_for(self.model, options.rate, linear_share)
        self.adversary = Adversary(self.device) if options.adversarial else None
        if self.checkpoint.exists():
            self.resume()
            return
        if options.start == "linear":
            steps = options.linear_steps

            def batch(number: int) -> Batch:
                return self.batch(number, 128).to(self.device)

            fit(self.model, batch, steps, self.average_gradients)
        if options.paint:
            bend(self.model, self.palette.known)
        self.average = {n: t.clone() for n, t in self.model.learned().items()}
        if self.rank == 0:
            halves = {name: t.half().contiguous() for name, t in self.average.items()}
            save_file(halves, options.run / "start.safetensors")

    @property
    def checkpoint(self) -> Path:
        return self.options.run / "checkpoint.pt"

    # The loop

    def run(self) -> None:
        began, first_step = time.monotonic(), self.step
        last_report = last_save = began
        sums: list[dict[str, float]] = []
        while (progress := self.progress(began, first_step)) < 1:
            self.set_rate(progress, self.step - first_step)
            sums.append(self.train_step())
            if time.monotonic() - last_report > 60:
                self.report(sums, began)
                sums, last_report = [], time.monotonic()
            due = time.monotonic() - last_save > 60 * SAVE_MINUTES
            if due or self.step % self.options.evaluate_every == 0:
                self.save()
                last_save = time.monotonic()
        self.report(sums, began)
        self.save()

    def progress(self, began: float, first_step: int) -> float:
        """How much of this call's budget is spent, the same on every process."""
        if self.options.steps is not None:
            return (self.step - first_step) / self.options.steps if self.options.steps else 1.0
        spent = torch.tensor((time.monotonic() - began) / 60 / self.options.minutes)
        if self.world > 1:
            distributed.broadcast(spent, 0)
        return float(spent)

    def set_rate(self, progress: float, since: int) -> None:
        """Warm-up, constant, then falling to 2 % over the last part."""
        fall = max(0.0, (progress - (1 - self.options.falling)) / self.options.falling)
        rate = self.options.rate * min(1, (since + 1) / self.options.warm_up) * (1 - 0.98 * fall)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["share"]

    def train_step(self) -> dict[str, float]:
        random = np.random.default_rng((self.options.seed, self.step))  # the same everywhere
        batch = self.batch(self.step, 64 if random.random() < self.options.small_share else 128)
        self.optimizer.zero_grad(set_to_none=True)
        losses = self.losses(batch, plain=random.random() < PLAIN_SHARE)
        total = sum(weight * loss for weight, loss in losses.values())
        total.backward()
        self.average_gradients(self.model)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        if self.adversary is not None:
            self.adversary.optimizer.step()
        self.update_average()
        self.step += 1
        self.seen += len(batch.pictures) * self.world
        return {name: float(loss.detach()) for name, (_, loss) in losses.items()}

    def batch(self, number: int, size: int) -> Batch:
        """As many crops of a size as have the pixels of `batch` pictures of 128 px."""
        return self.sampler.batch(number, self.options.batch * (128 // size) ** 2, size)

    def losses(self, batch: Batch, plain: bool) -> dict[str, tuple[float, Tensor]]:
        """Each term of the objective with its weight."""
        options, model = self.options, self.model
        named = None if plain else self.named(batch)
        batch = batch.to(self.device)
        pictures, semantics = batch.pictures, batch.semantics
        pyramid_shape = model.shape(pictures.shape[-1])
        candidates_by_layer = (
            {} if plain else model.candidates(semantics, pictures=pictures, named=named)
        )
        depths = self.depths(len(pictures), pyramid_shape.depth)
        with torch.autocast(self.device.type, torch.bfloat16):
            z = model.latent(pictures, semantics)
        layers = refined_layers(model, pyramid_shape)
        refine = model.refining(pictures, pyramid_shape, candidates_by_layer, layers, depths)
        found = model.quantized(z, pyramid_shape, candidates_by_layer, refine)
        guided = len(model.configuration.guided.candidates) if model.configuration.guided else 0
        guided = min(guided, pyramid_shape.depth - 2)  # the finest grid is free
        free = max(guided, *layers) if layers else guided
        commitment, codebook_loss = quantization_losses(z, found.estimates, found.visits, free)
        search = model.configuration.search
        estimate, cell_classes = truncated(z, found, pyramid_shape, depths, layers, search)
        with torch.autocast(self.device.type, torch.bfloat16):
            decoded = model.decoder(estimate, cell_classes)
            deep = (depths >= pyramid_shape.depth - 1).nonzero().squeeze(1)
            perceptual = self.lpips(decoded[deep], pictures[deep]).float().mean()
        losses = {
            "pixels": (options.pixels, pixel_loss(decoded, pictures)),
            "linear": (options.pixels, self.linear_loss(estimate, cell_classes, pictures, depths)),
            "perceptual": (options.perceptual, perceptual),
            "commitment": (options.commitment, commitment),
            "codebook_loss": (options.codebook_loss, codebook_loss),
        }
        if options.palette:
            random = np.random.default_rng((options.seed, self.step, self.rank, 2))
            loss = self.palette.loss(model, options.palette_words, random)
            losses["palette"] = (options.palette, loss)
        if options.semantic:
            target = model.candidates(semantics, guided=SEMANTIC_CANDIDATES)
            loss = semantic_loss(found.targets, model.codebook.codes(), target)
            losses["semantic"] = (options.semantic, loss)
        if self.adversary is not None:
            loss = self.adversarial_loss(decoded[deep].float(), pictures[deep])
            losses["adversarial"] = (options.adversarial, loss)
        return losses

    def named(self, batch: Batch) -> Names | None:
        """What names the positions of crops, as in use. Crops of 64 px, four times as many, are
        left to the classifier: to look at them would cost as much as the step."""
        if self.model.evidence is None or batch.pictures.shape[-1] < 128:
            return None
        return self.observer.named(map(to_image, batch.pictures), batch.semantics)

    def linear_loss(
        self, estimate: Tensor, cell_classes: Tensor, pictures: Tensor, depths: Tensor
    ) -> Tensor:
        """The loss of the linear decoder's picture at the depths whose words are chosen by it."""
        pyramid_shape = self.model.shape(pictures.shape[-1])
        search = self.model.configuration.search
        passes = [decoded_passes(pyramid_shape, d, search) for d in depths.tolist()]
        rows = [i for i, count in enumerate(passes) if count is None]
        if not rows:
            return estimate.new_zeros(())
        patches = self.model.decoder.linear(estimate[rows], cell_classes[rows])
        found = F.pixel_shuffle(patches, self.model.configuration.patch)
        return pixel_loss(found, pictures[rows])

    def adversarial_loss(self, decoded: Tensor, pictures: Tensor) -> Tensor:
        """How unreal the pictures look to the discriminator, which then learns from them."""
        if self.step < self.options.adversarial_from:
            return decoded.new_zeros(())
        loss = self.adversary.against(decoded)
        self.adversary.backward(pictures, decoded)
        self.average_gradients(self.adversary.discriminator)
        return loss

    def depths(self, count: int, deepest: int) -> Tensor:
        """A random depth for each picture, at least one of them the deepest."""
        random = np.random.default_rng((self.options.seed, self.step, self.rank, 1))
        shares = np.array(DEPTH_SHARES[-deepest:])
        drawn = random.choice(np.arange(1, deepest + 1), count, p=shares / shares.sum())
        drawn[0] = deepest
        return torch.from_numpy(drawn)

    def average_gradients(self, module: nn.Module) -> None:
        if self.world == 1:
            return
        gradients = [p.grad for p in module.parameters() if p.grad is not None]
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
        if self.adversary is not None:
            state["adversary"] = self.adversary.state()
        unfinished = self.checkpoint.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint)

    def resume(self) -> None:
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"], strict=False)
        self.optimizer.load_state_dict(state["optimizer"])
        self.average, self.step, self.seen = state["average"], state["step"], state["seen"]
        if self.adversary is not None and "adversary" in state:
            self.adversary.load(state["adversary"])


def refined_layers(model: SPAE, pyramid_shape: PyramidShape) -> list[int]:
    """The layers whose words are refined in training, as in use.

    Those of the finest grid are not. Their choice trusts the linear decoder, which the network then
    learns to undo, and the choice to overdo: 0.4 dB were lost in fifty steps.
    """
    if model.configuration.quantization != Quantization():
        return []  # a control
    layers = range(1, pyramid_shape.depth + 1)
    return [layer for layer in layers if pyramid_shape.stride(layer) > 1]


def truncated(
    z: Tensor,
    found: Quantized,
    pyramid_shape: PyramidShape,
    depths: Tensor,
    refined_layers: Collection[int] = (),
    search: Search = Search(),
) -> tuple[Tensor, Tensor]:
    """Each picture's estimates and classes of cells at its own depth, straight through to z.

    What the words miss moves their codes, and z where they follow it. If they were refined by
    their decoded picture it moves neither: the codes would learn to exaggerate the refinement.
    """
    estimates, cell_classes = [], []
    for row, depth in enumerate(depths.tolist()):
        upsampling = pyramid_shape.upsampling(depth)
        estimate = found.estimates[depth - 1][row]
        if depth not in refined_layers:
            estimate = estimate + (z[row] - z[row].detach())
        elif decoded_passes(pyramid_shape, depth, search) is not None:
            estimate = estimate.detach()
        estimates.append(upsampled(estimate.unsqueeze(0), upsampling)[0])
        cell_classes.append(torch.from_numpy(upsampling.cell_class).to(z.device))
    return torch.stack(estimates), torch.stack(cell_classes)


def optimizer_for(model: SPAE, rate: float, linear_share: float) -> torch.optim.Optimizer:
    """The optimiser of every parameter, each moving at its share of the rate."""

    def share(name: str) -> float:
        if ".linear." in name:
            return linear_share
        return PROJECTION_RATE if name == "codebook.projection" else 1.0

    trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for n, p in trained if share(n) == each], "share": each}
        for each in sorted({share(n) for n, _ in trained})
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.99), weight_decay=1e-4)


def new_model(options: Options) -> SPAE:
    """A model with its frozen files, started as the options say."""
    torch.manual_seed(options.seed)
    words = (options.model / "vocabulary.txt").read_text().split()
    with safe_open(options.model / "codebook.safetensors", "numpy") as codebook:
        text = codebook.get_slice("text").get_shape()[1]
    configuration = options.configuration(len(words), text)
    model = SPAE(with_choice(configuration, options.model / "config.json"), words)
    model.load_frozen(options.model)
    if options.start == "linear":
        start(model, options.data)
    elif options.start == "random":
        random_start(model)
    else:
        tensors = load_file(options.start)
        model.load_state_dict({n: t.float() for n, t in tensors.items()}, strict=False)
    if options.network is not None:
        take_hidden_layers(model, options.network)
    return model


def with_choice(configuration: Configuration, path: Path) -> Configuration:
    """With the frozen branches of a model, and its rules for the candidates, if it has any.

    A control, which chooses words by other rules, keeps its own.
    """
    if not path.exists() or configuration.guided is None:
        return configuration
    known = Configuration.load(path)
    return replace(configuration, **{name: getattr(known, name) for name in CHOICE})


def evaluate_and_export(trainer: Trainer) -> None:
    """Puts the averaged weights into the run's folder and prints their figures."""
    model = trainer.model.cpu()
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


def yield_to_others(autogroup: Path = Path("/proc/self/autogroup")) -> None:
    """Makes this process as nice to others as `nice` asked for.

    torchrun starts each worker in a session of its own. Where Linux shares the processor among
    sessions first (autogroup), niceness alone has no effect between them.
    """
    if os.nice(0) > 0 and autogroup.exists():
        autogroup.write_text(str(os.nice(0)))


def main() -> None:
    options = parsed()
    yield_to_others()
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


if __name__ == "__main__":
    main()
