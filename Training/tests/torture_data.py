"""Kills workers and takes a node away while a cluster encodes, and misses no picture.

    python tests/torture_data.py --pictures 20000 --shards 40 --program ../.build/release/spae

Two nodes of Ray on this machine encode the same shards as one process alone. Meanwhile a worker is
killed three times and a node is removed once. The words must be the same, byte for byte after
sorting, and every damaged picture must be named with its reason.
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
from picture_sets import synthetic, write_tars, zipped

TRAINING = Path(__file__).resolve().parent.parent
KILLS_AT, REMOVAL_AT = (0.15, 0.35, 0.55), 0.7  # as shares of the shards that are done


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--pictures", type=int, default=20_000)
    add("--shards", type=int, default=40)
    add("--data", type=Path, help="a folder with zips of pictures; without it they are made up")
    add("--program", type=Path, required=True)
    add("--model", type=Path, help="a model's folder, such as one small enough to be quick")
    add("--folder", type=Path, required=True, help="where shards and words are written")
    return parser.parse_args()


def encode(source: Path, output: Path, options: argparse.Namespace, *more: str):
    command = [sys.executable, "-m", "spae.data", "encode", source, output, *more]
    allowed = ["--program", options.program.resolve(), "--max-errors", str(options.pictures)]
    named = ["--model", options.model.resolve()] if options.model else []
    return subprocess.Popen([str(part) for part in command + allowed + named], cwd=TRAINING)


def finished(output: Path) -> int:
    return len([path for path in output.glob("manifest/*.json") if path.name[0] != "."])


def workers_of(node) -> list[int]:
    """The processes of a node that are at work on shards."""
    raylets = {str(each.process.pid) for each in node.all_processes["raylet"]}
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            name = (entry / "cmdline").read_bytes()
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if b"ShardWorker" in name and parent in raylets:
            found.append(int(entry.name))
    return found


class Damage:
    """What is done to a cluster while it works."""

    def __init__(self, cluster, node, shards: int):
        self.cluster, self.node = cluster, node
        self.kills = [max(1, int(share * shards)) for share in KILLS_AT]
        self.removal = int(REMOVAL_AT * shards)
        self.done: list[str] = []

    def go_on(self, finished: int) -> None:
        if self.kills and finished >= self.kills[0]:
            # The node that stays is struck first, then the one that goes, then the first again.
            node = self.node if len(self.kills) == 2 and self.node else self.cluster.head_node
            if workers := workers_of(node):
                self.kills.pop(0)
                os.kill(workers[0], signal.SIGKILL)
                self.tell(f"worker {workers[0]} killed after {finished} shards")
        elif not self.kills and self.node and finished >= self.removal:
            self.cluster.remove_node(self.node, allow_graceful=False)
            self.node = None
            self.tell(f"node removed after {finished} shards")

    def tell(self, what: str) -> None:
        self.done.append(what)
        print(what, flush=True)


def on_cluster(source: Path, output: Path, options: argparse.Namespace) -> float:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    damage = Damage(cluster, cluster.add_node(num_cpus=1), options.shards)
    started = time.monotonic()
    try:
        run = encode(source, output, options, "--address", cluster.address)
        while run.poll() is None:
            damage.go_on(finished(output))
            time.sleep(0.05)
    finally:
        cluster.shutdown()
    assert run.returncode == 0, f"the run ended with {run.returncode}"
    assert len(damage.done) == 4, f"only this was done to it: {damage.done}"
    return time.monotonic() - started


def rows(output: Path, table: str) -> list[dict]:
    return [row for p in sorted(output.glob(f"{table}/*.parquet")) for row in read(p)]


def read(path: Path) -> list[dict]:
    return pq.read_table(path).to_pylist()


def lines(output: Path) -> list[bytes]:
    """Every picture as a line of JSON, sorted, by its hash."""
    found = []
    for path in output.glob("words/*.parquet"):
        found += [hashlib.sha256(json.dumps(row).encode()).digest() for row in read(path)]
    return sorted(found)


def compare(cluster: Path, single: Path, bad: set[str], total: int) -> None:
    ours, theirs = lines(cluster), lines(single)
    assert len(ours) == total, f"{len(ours)} rows for {total} pictures"
    assert ours == theirs, "the cluster's words are not those of one process"
    same = [p.read_bytes() == (single / p.relative_to(cluster)).read_bytes()
            for p in cluster.glob("words/*.parquet")]  # fmt: skip
    errors = rows(cluster, "errors")
    assert {row["key"] for row in errors} == bad and len(errors) == len(bad), "other bad pictures"
    assert all(row["error"] for row in errors), "an error without a reason"
    reasons = sorted({row["error"].split(":")[0].split(";")[0] for row in errors})
    print(f"{total} pictures: none lost, none twice, the same words; {len(bad)} damaged, all named")
    print(f"{sum(same)} of {len(same)} files are the same byte for byte; reasons: {reasons}")


def main() -> None:
    options = arguments()
    work = options.folder
    shutil.rmtree(work, ignore_errors=True)
    source = zipped(options.data) if options.data else synthetic(1)
    bad = write_tars(work / "in", source, options.pictures, options.shards)
    alone = encode(work / "in", work / "single", options, "--workers", "0")
    try:
        seconds = on_cluster(work / "in", work / "cluster", options)
        print(f"two nodes: {seconds:.0f} s, beside the one process", flush=True)
        assert alone.wait() == 0
    finally:
        alone.kill()
    compare(work / "cluster", work / "single", bad, options.pictures)


if __name__ == "__main__":
    main()
