"""Data sets made for tests: real or synthetic pictures, some of them damaged, in shards."""

import io
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path

import numpy as np
from PIL import Image

DAMAGED = 100  # one picture in so many


def synthetic(seed: int) -> Iterator[bytes]:
    """Endless small pictures, each another one."""
    random = np.random.default_rng(seed)
    for number in count():
        small = Image.fromarray(random.integers(0, 256, (4, 4, 3), np.uint8), "RGB")
        side = int(random.integers(40, 90))
        file = io.BytesIO()
        form = ("PNG", "JPEG", "WEBP")[number % 3]
        small.resize((side, side + 8), Image.Resampling.BICUBIC).save(file, form)
        yield file.getvalue()


def zipped(folder: Path) -> Iterator[bytes]:
    """The pictures of a folder's zips, over and over."""
    archives = [zipfile.ZipFile(path) for path in sorted(folder.glob("train-mini*.zip"))]
    names = [(archive, n) for archive in archives for n in archive.namelist() if "." in n]
    for archive, name in cycle(names):
        yield archive.read(name)


def damaged(contents: bytes, number: int) -> bytes:
    """Nothing, text, half a picture, or noise behind a picture's first bytes."""
    noise = np.random.default_rng(number).bytes(500)
    kinds = (b"", b"not a picture", contents[: len(contents) // 2], contents[:12] + noise)
    return kinds[number // DAMAGED % len(kinds)]


def pictures(source: Iterator[bytes], total: int) -> Iterator[tuple[str, bytes, bool]]:
    """A key, the bytes, and whether they are damaged."""
    for number, contents in zip(range(total), source):
        bad = number % DAMAGED == DAMAGED // 2
        yield f"{number:06}", damaged(contents, number) if bad else contents, bad


def write_tars(folder: Path, source: Iterator[bytes], total: int, shards: int) -> set[str]:
    """Writes the pictures as WebDataset tars; the keys of those that are damaged."""
    folder.mkdir(parents=True, exist_ok=True)
    each, bad_keys = -(-total // shards), set()
    made = pictures(source, total)
    for shard in range(shards):
        with tarfile.open(folder / f"pictures-{shard:04}.tar", "w") as tar:
            for key, contents, bad in (picture for _, picture in zip(range(each), made)):
                if bad:
                    bad_keys.add(key)
                member = tarfile.TarInfo(f"{key}.jpg")
                member.size = len(contents)
                tar.addfile(member, io.BytesIO(contents))
    return bad_keys
