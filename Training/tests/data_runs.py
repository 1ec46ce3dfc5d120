"""Runs of spae.data for tests: the command, data sets as they are read, tars and what comes out."""

import io
import os
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from spae.data.pictures import Picture, Reading
from spae.data.shards import Search, found

TRAINING = Path(__file__).resolve().parent.parent
PROGRAM = Path(os.environ.get("SPAE_PROGRAM", TRAINING.parent / ".build/release/spae"))
PICTURES = TRAINING.parent / "Assets/pictures"
needs_program = pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")
USUAL = Reading()


def run(*arguments: object, **options) -> subprocess.CompletedProcess:
    call = [sys.executable, "-m", "spae.data", *map(os.fspath, map(plain, arguments))]
    return subprocess.run(call, cwd=TRAINING, capture_output=True, text=True, **options)


def plain(argument: object) -> object:
    return argument if isinstance(argument, Path) else str(argument)


def encode(source: Path, output: Path, *more: object) -> subprocess.CompletedProcess:
    return run("encode", source, output, "--program", PROGRAM, *more)


def rows(output: Path, table: str = "words") -> list[dict]:
    return [
        r for p in sorted((output / table).glob("*.parquet")) for r in pq.read_table(p).to_pylist()
    ]


def tar(path: Path, members: dict[str, bytes], mode: str = "w") -> bytes:
    with tarfile.open(path, mode) as file:
        for name, contents in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(contents)
            file.addfile(member, io.BytesIO(contents))
    return path.read_bytes()


def read(source: Path, reading: Reading = USUAL, **search) -> tuple[list[Picture], Counter]:
    """The pictures of a data set, and the (name, reason) of what is left out."""
    data = found(Search(source, reading, **search))
    left_out = Counter(data.left_out)

    def leave(name: str, reason: str) -> None:
        left_out[name, reason] += 1

    return [each for one in data.shards for each in one.pictures(reading, leave)], left_out


def keys(source: Path, reading: Reading = USUAL, **search) -> list[str]:
    return [picture.key for picture in read(source, reading, **search)[0]]
