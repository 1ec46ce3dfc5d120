"""Who is timed at what, and the rounds in which each has its turn.

Every round times each of them once more, in turn, so that a busy machine is busy for all; a figure
is the median over the rounds of the median within a round.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import faiss
import numpy as np
import onnxruntime
import torch

from bench.graphs import Work, decoder_work, encoder_works
from bench.pictures import views
from bench.program import Program
from bench.quantized import quantized
from bench.rows import FOLDER, IN_FLOATS, STREAM, WITH_BYTES, mixed
from spae.images import square_view, to_tensor
from spae.model.configuration import Configuration
from spae.model.network import SPAE
from spae.model.quantizer import nearest
from spae.picture_files import read

SIZE, LARGE, ROUNDS = 128, 512, 5
THREADS = (2, 1)
QUERIES, QUERY_SIZE = 600, 256  # a picture of 256 pixels has 1,024 latents
LARGE_SHARE = 0.3  # of the runs, for what takes long
EDITS_SHARE = 200 / 60  # of the runs, for what takes little

# The queries' numbers from which faiss multiplies matrices. Its own default of 128,000 is made for
# machines of many cores and takes up to nine times as long here.
FAISS_MATRICES_FROM = 20

# The networks of an encode, but the decoder; a model may lack the last two.
CLASSIFIER = "branch"
ENCODING = ("encoder", CLASSIFIER, "segmentation", "detection")

SPIN = "print(flush=True)\nwhile True: pass"


class Task(NamedTuple):
    """What was timed: by whom, at what, on how many threads, beside a busy process or not."""

    who: str
    work: str
    threads: int
    busy: bool = False


@dataclass(frozen=True)
class Contestant:
    """How a number of runs is timed, in milliseconds, and its share of all the runs."""

    milliseconds: Callable[[int], float]
    share: float = 1

    def beside_spinning(self) -> "Contestant":
        """The same while another process takes all it can of one core."""

        def timed(runs: int) -> float:
            with spinning():
                return self.milliseconds(runs)

        return Contestant(timed, self.share)


@contextlib.contextmanager
def spinning() -> Iterator[None]:
    """Another process that never waits, held to one core where that can be done."""
    process = subprocess.Popen([sys.executable, "-c", SPIN], stdout=subprocess.PIPE)
    try:
        process.stdout.read(1)
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
        yield
    finally:
        process.kill()
        process.communicate()


def median_milliseconds(call: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


# The engine and its peers


def in_engine(program: Program, work: str, size: int, threads: int) -> Callable[[int], float]:
    return lambda runs: program.figures(work, size, threads, runs)["medianMilliseconds"]


def session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])


def in_onnxruntime(work: Work, path: Path, threads: int) -> Callable[[int], float]:
    peer = session(path, threads)
    feed = {f"input{i}": tensor.numpy() for i, tensor in enumerate(work.inputs)}
    check(work, peer.run(None, feed))
    return lambda runs: median_milliseconds(lambda: peer.run(None, feed), runs)


def unchecked(work: Work, path: Path, threads: int) -> Callable[[int], float]:
    """The same of a graph in whole numbers, which gives other numbers than the package."""
    peer = session(path, threads)
    feed = {f"input{i}": tensor.numpy() for i, tensor in enumerate(work.inputs)}
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

    timed(1)
    return timed


@torch.no_grad()
def latents(model: SPAE, picture: Path) -> torch.Tensor:
    """The first latents of a picture, [query, latent]: what the nearest words are sought for."""
    image = read(picture)
    pixels = to_tensor(square_view(image, QUERY_SIZE))[None]
    return model.latent(pixels, model.semantics(image))[0, :QUERIES].contiguous()


@torch.no_grad()
def in_faiss(model: SPAE, queries: torch.Tensor) -> Callable[[int], Callable[[int], float]]:
    """The exact search of faiss among all words' codes, for a number of threads."""
    faiss.cvar.distance_compute_blas_threshold = FAISS_MATRICES_FROM
    codes = model.codebook.codes().contiguous()
    index = faiss.IndexFlatL2(codes.shape[1])
    index.add(codes.numpy())
    distances, _ = index.search(queries.numpy(), 1)
    expected = (queries - codes[nearest(queries[None], codes)[0]]).square().sum(1)
    np.testing.assert_allclose(expected.numpy(), distances[:, 0], rtol=1e-3, atol=1e-3)

    def on(threads: int) -> Callable[[int], float]:
        def timed(runs: int) -> float:
            faiss.omp_set_num_threads(threads)
            return median_milliseconds(lambda: index.search(queries.numpy(), 1), runs)

        return timed

    return on


# The rounds


def networks(
    program: Program, work: str, graphs: list[Work], folder: Path
) -> Iterator[tuple[Task, Contestant]]:
    """The engine's whole work and each peer's graphs of it, for every number of threads."""
    paths = [graph.exported(folder) for graph in graphs]
    for threads in THREADS:
        yield (
            Task("spae", f"{work} {SIZE} px", threads),
            Contestant(in_engine(program, work, SIZE, threads)),
        )
        for graph, path in zip(graphs, paths):
            peer = in_onnxruntime(graph, path, threads)
            yield Task("onnxruntime", graph.name, threads), Contestant(peer)
            yield Task("PyTorch", graph.name, threads), Contestant(in_pytorch(graph, threads))
            if graph.name == CLASSIFIER:
                peer = unchecked(graph, quantized(graph, path), threads)
                yield Task("onnxruntime", WITH_BYTES, threads), Contestant(peer)


def large(
    program: Program, graph: Work, folder: Path, threads: int
) -> Iterator[tuple[Task, Contestant]]:
    """A decode of a large picture."""
    timed = {
        "spae": in_engine(program, "decode", LARGE, threads),
        "onnxruntime": in_onnxruntime(graph, graph.exported(folder), threads),
        "PyTorch": in_pytorch(graph, threads),
    }
    for who, call in timed.items():
        yield Task(who, graph.name, threads), Contestant(call, LARGE_SHARE)


def in_other_numbers(program: Program) -> dict[Task, Contestant]:
    """The engine's encode in float32, and its classifier in bytes, where the model computes in bytes."""
    if Configuration.load(program.model / "config.json").precision is None:
        return {}
    floats = replace(program, precision="float32")
    found: dict[Task, Contestant] = {}
    for threads in THREADS:
        encode = in_engine(floats, "encode", SIZE, threads)
        classify = in_engine(program, "classify", SIZE, threads)
        found[Task("spae", IN_FLOATS, threads)] = Contestant(encode)
        found[Task("spae", WITH_BYTES, threads)] = Contestant(classify)
    return found


def in_bulk(program: Program, folder: Path) -> dict[Task, Contestant]:
    """The processor time of a picture among many, on one thread."""
    pictures = views(read(program.picture), folder / "pictures")
    return {
        Task("spae", FOLDER, 1): Contestant(lambda runs: program.folder_milliseconds(pictures)),
        Task("spae", STREAM, 1): Contestant(lambda runs: program.stream_milliseconds(pictures)),
    }


def contestants(program: Program, folder: Path) -> dict[Task, Contestant]:
    """Everything that is timed in rounds."""
    model, picture, threads = SPAE.load(program.model), program.picture, THREADS[0]
    model = model.in_float32()  # as the peers compute
    decoder = decoder_work(model, picture, SIZE)
    found = dict(networks(program, "decode", [decoder], folder))
    for task in [task for task in found if task.threads == threads]:
        found[task._replace(busy=True)] = found[task].beside_spinning()
    found |= networks(program, "encode", encoder_works(model, picture, SIZE), folder)
    found |= in_other_numbers(program)
    found |= in_bulk(program, folder)
    found |= large(program, decoder_work(model, picture, LARGE), folder, threads)
    for size in (SIZE, LARGE):
        edits = in_engine(program, "edit", size, threads)
        found[Task("spae", f"edit {size} px", threads)] = Contestant(edits, EDITS_SHARE)
    search = in_faiss(model, latents(model, picture))
    for threads in THREADS:
        quantize = in_engine(program, "quantize", SIZE, threads)
        found[Task("spae", "quantize", threads)] = Contestant(quantize)
        found[Task("faiss", "quantize", threads)] = Contestant(search(threads))
    return found


def measured(program: Program, runs: int) -> dict[Task, float]:
    """The median of each contestant's rounds, taken in turn, in milliseconds."""
    count = min(ROUNDS, runs)
    with tempfile.TemporaryDirectory() as folder:
        timed = contestants(program, Path(folder))
        rounds = [
            {
                task: each.milliseconds(max(1, round(runs * each.share / count)))
                for task, each in timed.items()
            }
            for _ in range(count)
        ]
    medians = {task: statistics.median(times[task] for times in rounds) for task in timed}
    passes = Configuration.load(program.model / "config.json").search.decoded_passes
    medians |= sums(medians, passes)
    return medians | {Task(*task): time for task, time in mixed(medians).items()}


def sums(medians: dict[Task, float], passes: tuple[int, ...]) -> dict[Task, float]:
    """A peer's encode: all of the networks, one after the other.

    The decoder is one of them, several times: the words of the last layers are chosen by what it
    makes of the layers so far.
    """
    return {
        Task(who, f"encode {SIZE} px", threads): sum(
            medians[Task(who, network, threads)]
            for network in (*ENCODING, *sum(passes) * (f"decode {SIZE} px",))
            if Task(who, network, threads) in medians
        )
        for who in ("onnxruntime", "PyTorch")
        for threads in THREADS
    }
