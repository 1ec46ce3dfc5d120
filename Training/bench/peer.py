"""Times the engine beside onnxruntime and PyTorch on the same network, in the same run.

    python -m bench.peer --model Assets/models/small --program .build/release/spae \\
        --picture Assets/pictures/cat.png

What is timed:
  decode   all words' means (estimates of 256 cells at depth 6) to a picture of 128 px. The engine's
           time also holds looking the words up; its peers' does not.
  encode   the engine: the whole way from the picture to 597 words. The peers: the encoder's network
           and the frozen semantic branch, each a graph of its own, without resizing and without the
           search for the nearest words; their sum is a lower bound of a peer's encode.

Every round times each of them once more, in turn, so that a busy machine is busy for all; a figure
is the median over the rounds of the median within a round.
"""

import argparse
import copy
import json
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from spae.decoder import LabelledLinearPath
from spae.encoder import positions
from spae.images import rgb, square_view, to_tensor
from spae.model import SPAE
from spae.pyramid import PyramidShape, shape
from spae.quantizer import estimates_of
from spae.semantic_branch import SameConvolution, same_padding

SIZE, ROUNDS, OPSET = 128, 6, 17
THREADS = (2, 1)


class GatheredLinearPath(nn.Module):
    """The decoder's labelled linear path for labels that never change: one matrix a cell."""

    def __init__(self, path: LabelledLinearPath, labels: Tensor):
        super().__init__()
        self.register_buffer("basis", path.basis.detach()[labels].contiguous())
        self.register_buffer("mean", path.mean.detach())

    def forward(self, estimate: Tensor, labels: Tensor) -> Tensor:
        return torch.einsum("bcl,cln->bcn", estimate, self.basis) + self.mean


class DecoderGraph(nn.Module):
    """Estimates of a picture's cells at full depth -> the picture."""

    def __init__(self, model: SPAE, labels: Tensor):
        super().__init__()
        self.decoder = copy.deepcopy(model.decoder)
        self.decoder.linear = GatheredLinearPath(model.decoder.linear, labels)
        self.register_buffer("labels", labels[None])

    def forward(self, estimates: Tensor) -> Tensor:
        return self.decoder(estimates, self.labels)


class EncoderGraph(nn.Module):
    """A picture and its semantics -> z, for a size that never changes."""

    def __init__(self, model: SPAE, pyramid_shape: PyramidShape):
        super().__init__()
        encoder = self.encoder = model.encoder
        kinds = torch.from_numpy(pyramid_shape.kinds)
        waves = positions(pyramid_shape.grid, encoder.frequencies, encoder.norm.gain)
        self.register_buffer("kinds", kinds)
        places = encoder.position(waves) + encoder.kind(kinds)
        self.register_buffer("places", places.detach())

    def forward(self, picture: Tensor, semantics: Tensor) -> Tensor:
        encoder = self.encoder
        x = encoder.stem(F.pixel_unshuffle(picture, 2))
        for stage in encoder.stages:
            x = stage.blocks(stage.down(x) if hasattr(stage, "down") else x)
        tokens = x.flatten(2).transpose(1, 2) + self.places + encoder.semantic(semantics)
        z = encoder.output(encoder.norm(encoder.attention(tokens)))
        patches = F.pixel_unshuffle(picture, encoder.patch).flatten(2).transpose(1, 2)
        return z + encoder.direct(semantics, self.kinds) + encoder.linear(patches)


class FixedConvolution(nn.Module):
    """A convolution with SAME padding for the size that it saw first."""

    def __init__(self, convolution: SameConvolution):
        super().__init__()
        self.convolution, self.padding = convolution, None

    def forward(self, x: Tensor) -> Tensor:
        own = self.convolution
        if self.padding is None:
            sides = [
                same_padding(length, own.kernel_size[0], own.stride[0])
                for length in (x.shape[-1], x.shape[-2])
            ]
            self.padding = sides[0] + sides[1]
        x = F.pad(x, self.padding) if any(self.padding) else x
        return F.conv2d(x, own.weight, own.bias, own.stride, groups=own.groups)


class SemanticGraph(nn.Module):
    """The classifier's view -> class probabilities, of the whole picture and of its places."""

    def __init__(self, model: SPAE):
        super().__init__()
        self.branch = copy.deepcopy(model.semantic_branch)
        for name, module in list(self.branch.named_modules()):
            if isinstance(module, SameConvolution):
                self.branch.set_submodule(name, FixedConvolution(module))
        self.register_buffer("pooling", pooling(self.branch.sizes.input, self.branch.sizes.grid))
        self(torch.zeros(1, 3, self.branch.sizes.input, self.branch.sizes.input))

    def forward(self, view: Tensor) -> tuple[Tensor, Tensor]:
        branch = self.branch
        features = F.relu6(branch.stem(view))
        features = F.relu6(branch.head(branch.blocks(features))).flatten(2)
        whole = branch.classifier(features.mean(2))
        cells = branch.classifier((features @ self.pooling).transpose(1, 2))
        return whole.softmax(-1), cells.softmax(-1)


def pooling(size: int, grid: int) -> Tensor:
    """Adaptive average pooling of the last features as a matrix, [places, grid x grid]."""
    side = -(-size // 32)
    units = torch.eye(side * side).view(1, -1, side, side)
    return F.adaptive_avg_pool2d(units, grid)[0].flatten(1)


@dataclass
class Work:
    """A network of fixed size, what it is fed, and the code that it must agree with."""

    name: str
    network: nn.Module
    inputs: tuple[Tensor, ...]
    reference: Callable

    def exported(self, folder: Path) -> Path:
        path = folder / f"{self.name}.onnx"
        names = [f"input{i}" for i in range(len(self.inputs))]
        torch.onnx.export(
            self.network,
            self.inputs,
            str(path),
            input_names=names,
            opset_version=OPSET,
            dynamo=False,
        )
        return path


@torch.no_grad()
def works(model: SPAE, picture: Path) -> list[Work]:
    image = rgb(Image.open(picture))
    pyramid_shape = shape(SIZE // model.configuration.patch)
    words = torch.from_numpy(model.encode(image, SIZE).words)[None]
    source, labels = map(torch.from_numpy, pyramid_shape.fill(pyramid_shape.depth))
    estimates = estimates_of(words, model.codebook.codes(), pyramid_shape, pyramid_shape.depth)
    scale = model.configuration.semantic.scale
    semantics = model.semantics(image).tokens(pyramid_shape.grid, scale)
    pixels = to_tensor(square_view(image, SIZE))[None]
    view = model.semantic_branch.view(image)[None]
    return [
        Work(
            "decode",
            DecoderGraph(model, labels).eval(),
            (estimates[:, source],),
            lambda x: model.decoder(x, labels[None]),
        ),
        Work(
            "encoder", EncoderGraph(model, pyramid_shape).eval(), (pixels, semantics), model.encoder
        ),
        Work("branch", SemanticGraph(model).eval(), (view,), model.semantic_branch.probabilities),
    ]


# Timing


def session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])


def median_milliseconds(call: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def in_onnxruntime(work: Work, path: Path, threads: int) -> Callable[[int], float]:
    peer = session(path, threads)
    feed = {f"input{i}": tensor.numpy() for i, tensor in enumerate(work.inputs)}
    check(work, peer.run(None, feed))
    return lambda runs: median_milliseconds(lambda: peer.run(None, feed), runs)


@torch.no_grad()
def check(work: Work, found: list[np.ndarray]) -> None:
    """The exported graph must give what the package gives."""
    expected = work.reference(*work.inputs)
    expected = expected if isinstance(expected, tuple) else (expected,)
    for a, b in zip(expected, found, strict=True):
        np.testing.assert_allclose(a.numpy(), b, rtol=0, atol=2e-3)


def in_pytorch(work: Work, threads: int) -> Callable[[int], float]:
    @torch.inference_mode()
    def timed(runs: int) -> float:
        torch.set_num_threads(threads)
        return median_milliseconds(lambda: work.network(*work.inputs), runs)

    return timed


def in_engine(options: argparse.Namespace, work: str, threads: int) -> Callable[[int], float]:
    def timed(runs: int) -> float:
        return engine(options, work, threads, runs)["medianMilliseconds"]

    return timed


def engine(options: argparse.Namespace, work: str, threads: int, runs: int) -> dict:
    command = [
        options.program,
        "bench",
        work,
        options.picture,
        "--model",
        options.model,
        "--size",
        SIZE,
        "--runs",
        runs,
        "--threads",
        threads,
        "--json",
    ]
    answer = subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def contestants(options: argparse.Namespace, folder: Path) -> dict[tuple, Callable[[int], float]]:
    """What is timed, by (who, work, threads)."""
    found: dict[tuple, Callable[[int], float]] = {}
    every = works(SPAE.load(options.model), options.picture)
    paths = {work.name: work.exported(folder) for work in every}
    for threads in THREADS:
        for work in ("decode", "encode"):
            found["spae", work, threads] = in_engine(options, work, threads)
        for work in every:
            path = paths[work.name]
            found["onnxruntime", work.name, threads] = in_onnxruntime(work, path, threads)
            found["PyTorch", work.name, threads] = in_pytorch(work, threads)
    return found


def measured(options: argparse.Namespace) -> dict[tuple, float]:
    """The median of each contestant's rounds, taken in turn."""
    count = min(ROUNDS, options.runs)
    runs = options.runs // count
    with tempfile.TemporaryDirectory() as folder:
        timed = contestants(options, Path(folder))
        for time_once in timed.values():
            time_once(1)
        rounds = [{key: time_once(runs) for key, time_once in timed.items()} for _ in range(count)]
    medians = {key: statistics.median(r[key] for r in rounds) for key in timed}
    for who, threads in [(who, t) for who in ("onnxruntime", "PyTorch") for t in THREADS]:
        parts = medians[who, "encoder", threads], medians[who, "branch", threads]
        medians[who, "encode", threads] = sum(parts)
    return medians


# The report


def ratios(medians: dict[tuple, float], threads: int) -> dict[str, float]:
    """The engine's time in its peers'; below 1 the engine is faster."""
    decode, encode = medians["spae", "decode", threads], medians["spae", "encode", threads]
    branch = medians["onnxruntime", "branch", threads]
    return {
        "decode / onnxruntime decode": decode / medians["onnxruntime", "decode", threads],
        "decode / PyTorch decode": decode / medians["PyTorch", "decode", threads],
        "encode / onnxruntime encode": encode / medians["onnxruntime", "encode", threads],
        "encode / PyTorch encode": encode / medians["PyTorch", "encode", threads],
        "encode / onnxruntime branch": encode / branch,
        "decode / onnxruntime branch": decode / branch,
    }


def machine(options: argparse.Namespace) -> dict[str, str]:
    models = (
        [
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ]
        if Path("/proc/cpuinfo").exists()
        else []
    )
    version = subprocess.run([options.program, "--version"], capture_output=True, text=True)
    return {
        "cpu": models[0] if models else platform.processor(),
        "cores": str(len(models) or "unknown"),
        "instructionSet": engine(options, "decode", 1, 1)["instructionSet"],
        "spae": version.stdout.strip(),
        "onnxruntime": onnxruntime.__version__,
        "PyTorch": torch.__version__,
    }


def report(medians: dict[tuple, float], about: dict[str, str]) -> str:
    lines = [f"{name:<16}{value}" for name, value in about.items()]
    lines += ["", f"{'medians, ms':<24}" + "".join(f"{f'{t} threads':>12}" for t in THREADS)]
    for work, who in sorted(dict.fromkeys((work, who) for who, work, _ in medians)):
        times = "".join(f"{medians[who, work, threads]:12.2f}" for threads in THREADS)
        lines.append(f"{work:<10}{who:<14}{times}")
    lines += ["", "spae in its peers' time (below 1: faster)"]
    for name in ratios(medians, THREADS[0]):
        shown = "".join(f"{ratios(medians, threads)[name]:12.2f}" for threads in THREADS)
        lines.append(f"{name:<32}"[:32] + shown[8:])
    return "\n".join(lines)


def as_json(medians: dict[tuple, float], about: dict[str, str]) -> str:
    times = [
        {"who": who, "work": work, "threads": threads, "medianMilliseconds": round(value, 3)}
        for (who, work, threads), value in medians.items()
    ]
    shares = {
        str(threads): {n: round(v, 3) for n, v in ratios(medians, threads).items()}
        for threads in THREADS
    }
    return json.dumps({"machine": about, "times": times, "ratiosByThreads": shares}, indent=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="the model's folder")
    parser.add_argument("--program", type=Path, required=True, help="the engine, spae")
    parser.add_argument("--picture", type=Path, required=True, help="the picture that is used")
    parser.add_argument("--runs", type=int, default=60, help="how often each is timed")
    parser.add_argument("--json", type=Path, help="writes the figures there, not to the output")
    options = parser.parse_args()
    medians, about = measured(options), machine(options)
    print(report(medians, about))
    text = as_json(medians, about) + "\n"
    if options.json:
        options.json.write_text(text)
    else:
        print(f"\n{text}", end="")


if __name__ == "__main__":
    main()
