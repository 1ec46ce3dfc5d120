"""Shares the shards of a run among workers: Ray Data's, here or on a cluster, or this process."""

import json
import logging
import os
import socket
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from spae.data import DataError, message
from spae.data.run import Entry, Job
from spae.data.shards import Shard

DEATHS = 20  # of workers at one shard, after which it is not tried again


class ShardWorker:
    """A Ray actor with an engine of its own that does one shard after another.

    What fails is an answer like any other: Ray would hide the cause of an exception behind words
    of its own, and log them where nobody looks.
    """

    def __init__(self, job: Job):
        self.job, self.engine = job, None

    def __call__(self, batch: dict) -> dict:
        shards = [Shard.from_json(text) for text in batch["shard"]]
        return {"outcome": [json.dumps(self.outcome(shard)) for shard in shards]}

    def outcome(self, shard: Shard) -> dict:
        try:
            self.engine = self.engine or self.job.engine.start()
            return {"entry": asdict(self.job.do(shard, self.engine))}
        except (DataError, OSError) as error:
            return {"failure": message(error)}
        except Exception as error:
            trace = "".join(traceback.format_exception(error))
            return {"failure": f"{shard.path}: {type(error).__name__}: {error}\n{trace}"}


def done_here(job: Job, shards: list[Shard]) -> Iterator[Entry]:
    """Does the shards in this process, without Ray."""
    engine = job.engine.start()
    for shard in shards:
        yield job.do(shard, engine)


def done_by_workers(
    job: Job, shards: list[Shard], workers: int | None, address: str | None
) -> Iterator[Entry]:
    """Does the shards on Ray, as many at a time as there are workers: by default one a core.

    A worker that dies is replaced, and its shard is done again; so are those of a node that goes.
    A shard that ends one worker after another ends the run.
    """
    ray = connected(address)
    graphics = job.engine.name == "torch" and ray.cluster_resources().get("GPU", 0) >= 1
    units = ray.cluster_resources().get("GPU" if graphics else "CPU", 1)
    fitting = max(1, int(units) // (1 if graphics else job.engine.threads))
    shared = pool(ray, min(workers or fitting, len(shards)), fitting)
    outcomes = outcomes_of(ray, job, shards, shared, graphics)
    try:
        for row in outcomes.iter_rows():
            yield entry(json.loads(row["outcome"]))
    except ray.exceptions.RayError as error:
        raise DataError(cause(ray, error)) from None
    finally:
        if address is None:
            ray.shutdown()


def outcomes_of(ray, job: Job, shards: list[Shard], compute, graphics: bool):
    """A row for each shard, when it is done."""
    rows = [{"shard": shard.to_json()} for shard in shards]
    with warnings.catch_warnings():
        # Ray 2.60 has no other way to say `max_task_retries`, and deprecates this one.
        warnings.simplefilter("ignore")
        return ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            ShardWorker,
            fn_constructor_args=(job,),
            batch_size=1,
            num_cpus=job.engine.threads,
            num_gpus=1 if graphics else None,
            max_task_retries=DEATHS,
            compute=compute,
        )


def entry(outcome: dict) -> Entry:
    """What a worker did; its failure is the run's."""
    if "failure" in outcome:
        raise DataError(outcome["failure"])
    return Entry(**outcome["entry"])


def pool(ray, workers: int, fitting: int):
    """All workers that fit begin at once, and the first one takes no shards from the others."""
    return ray.data.ActorPoolStrategy(
        min_size=min(workers, fitting), max_size=workers, max_tasks_in_flight_per_actor=2
    )


def connected(address: str | None):
    """Ray, quiet: started here and gone with this process, or that of a cluster."""
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray
    import ray.data

    if not ray.is_initialized():
        start(ray, address)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.execution_no_progress_timeout_s = -1  # a shard may take its time
    for name in ("ray", "ray.data", "ray.train", "ray.tune"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # errors are told once, by us
    return ray


@contextmanager
def silent_descriptor() -> Iterator[None]:
    """Nothing on standard error: what Ray's own core tells there goes to its log files too."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def check_address(address: str) -> None:
    """Ray itself would look for a cluster that is not there for many minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return  # "auto", or a name that Ray knows
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except OSError as error:
        raise DataError(f"no Ray cluster at {address}: {error.strerror or error}") from None


def start(ray, address: str | None) -> None:
    options = {"logging_level": logging.ERROR, "log_to_driver": False}
    try:
        if address is not None:
            check_address(address)
        with silent_descriptor():
            ray.init(
                address=address or "local",
                include_dashboard=None if address else False,
                **options,
            )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise DataError(f"no Ray at {address or 'this machine'}: {first_line(error)}") from None


def cause(ray, error: Exception) -> str:
    """What went wrong in Ray itself; what goes wrong in a worker is the worker's answer."""
    if isinstance(error, ray.exceptions.RayActorError):
        return (
            "a worker died again and again on the same shard; its memory may not suffice: give "
            f"fewer --workers, or --workers 0 to see how it ends ({first_line(error)})"
        )
    return first_line(getattr(error, "cause", None) or error)


def first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
