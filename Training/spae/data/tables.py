"""What is written of a shard: its words, its text, its errors; each file whole or absent."""

import hashlib
import io
import json
import os
import tarfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from spae.data.engines import Answer
from spae.data.left_out import LeftOut
from spae.data.names import text

PART = ".part-"  # begins the name of a file that is not yet whole
ROWS_AT_ONCE = 256
LENGTH_AT_ONCE = 16 << 20  # of the films that wait
FIRST_ERRORS = 3  # that the manifest repeats
ERRORS = pa.schema([("key", pa.string()), ("shard", pa.string()), ("error", pa.string())])
LEFT_OUT = pa.schema([("name", pa.string()), ("shard", pa.string()), ("reason", pa.string())])


def words_schema(depth: int) -> pa.Schema:
    """A picture's row: `layer1` is one word, `layer2` four, row after row; none where it is bad.

    A clip's row has its film as the text of a file; where a picture of the same key is beside it,
    one row has both.
    """
    layers = [(f"layer{n}", pa.list_(pa.string())) for n in range(1, depth + 1)]
    size = [("width", pa.int32()), ("height", pa.int32())]
    texts = [(name, pa.string()) for name in ("model", "error")]
    return pa.schema([("key", pa.string()), *size, *texts, *layers, ("film", pa.string())])


class Sink(Protocol):
    """A file of one shard that takes answers one by one."""

    def add(self, answer: Answer) -> None: ...

    def close(self) -> None: ...


class WordsTable:
    """Parquet: every picture, the bad ones with their error."""

    def __init__(self, path: Path, depth: int, model: str):
        self.depth, self.model = depth, model
        self.rows = Rows(path, words_schema(depth))

    def add(self, answer: Answer) -> None:
        layers = answer.layers[: self.depth] if answer.layers else [None] * self.depth
        size = {"width": answer.width, "height": answer.height}
        words = {f"layer{n}": words for n, words in enumerate(layers, 1)}
        facts = {"key": answer.key, **size, "model": self.model, "error": answer.error}
        self.rows.add({**facts, **words, "film": answer.film}, len(answer.film or ""))

    def close(self) -> None:
        self.rows.close()


class WordsTar:
    """WebDataset: a sample for each good picture, `NUMBER.json`; its key stands inside.

    A clip's film is `NUMBER.spae`, in the sample of the picture of the same key where there is one.
    """

    def __init__(self, path: Path, depth: int, model: str):
        self.depth, self.model, self.count = depth, model, 0
        self.tar = tarfile.open(path, "w")

    def add(self, answer: Answer) -> None:
        if answer.error is None:
            facts = {"key": answer.key, "width": answer.width, "height": answer.height}
            record = {**facts, "model": self.model}
            if answer.layers is not None:
                record["layers"] = answer.layers[: self.depth]
            self._put("json", json.dumps(record, ensure_ascii=False))
            if answer.film is not None:
                self._put("spae", answer.film)
        self.count += 1

    def _put(self, end: str, text: str) -> None:
        contents = text.encode()
        member = tarfile.TarInfo(f"{self.count:09}.{end}")
        member.size = len(contents)
        self.tar.addfile(member, io.BytesIO(contents))

    def close(self) -> None:
        self.tar.close()


class TextLines:
    """Lines for a language model's trainer, {"key", "text"}: in the text a line for each layer.

    A clip has {"key", "film"}, and one beside a picture of the same key has all three.
    """

    def __init__(self, path: Path, depth: int, model: str):
        self.depth, self.file = depth, path.open("w", encoding="utf-8")

    def add(self, answer: Answer) -> None:
        if answer.error is None:
            record = {"key": answer.key}
            if answer.layers is not None:
                words = (" ".join(words) for words in answer.layers[: self.depth])
                record["text"] = "\n".join(words)
            if answer.film is not None:
                record["film"] = answer.film
            self.file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self.file.close()


class ErrorsTable:
    """Parquet: the bad pictures alone, with the shard each stood in."""

    def __init__(self, path: Path, shard: str):
        self.shard, self.rows = shard, Rows(path, ERRORS)

    def add(self, answer: Answer) -> None:
        if answer.error is not None:
            self.rows.add({"key": answer.key, "shard": self.shard, "error": answer.error})

    def close(self) -> None:
        self.rows.close()


class LeftOutTable:
    """Parquet: what is not encoded, with the reason; the shard is null for whole files."""

    def __init__(self, path: Path, shard: str | None):
        self.shard, self.rows, self.total = shard, Rows(path, LEFT_OUT), LeftOut()

    def leave(self, name: str, reason: str) -> None:
        self.total.add(name, reason)
        self.rows.add({"name": text(name), "shard": self.shard, "reason": reason})

    def close(self) -> None:
        self.rows.close()


class KeyHashes:
    """Eight bytes for each picture's key, by which duplicates are found."""

    def __init__(self, path: Path):
        self.file = path.open("wb")

    def add(self, answer: Answer) -> None:
        self.file.write(key_hash(answer.key))

    def close(self) -> None:
        self.file.close()


def key_hash(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=8).digest()


class Rows:
    """A Parquet file that keeps no more than some rows in memory, and of long ones fewer."""

    def __init__(self, path: Path, schema: pa.Schema):
        self.schema, self.waiting, self.length = schema, [], 0
        self.file = path.open("wb")  # PyArrow itself takes no name that is not UTF-8
        self.writer = pq.ParquetWriter(self.file, schema, compression="zstd")

    def add(self, row: dict, length: int = 0) -> None:
        self.waiting.append(row)
        self.length += length
        if len(self.waiting) == ROWS_AT_ONCE or self.length >= LENGTH_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self.waiting:
            self.writer.write_table(pa.Table.from_pylist(self.waiting, self.schema))
            self.waiting.clear()
            self.length = 0

    def close(self) -> None:
        self.flush()
        self.writer.close()
        self.file.close()


FORMATS = {"parquet": (WordsTable, ".parquet"), "webdataset": (WordsTar, ".tar")}


class ShardFiles:
    """The files of one shard: written under other names, and given their own when all are whole."""

    def __init__(self, folder: Path, shard: str, *, form: str, depth: int, model: str, text: bool):
        self.folder, self.written = folder, {}
        table, suffix = FORMATS[form]
        words = self._part(f"words/{shard}{suffix}")
        self.sinks: list[Sink] = [table(words, depth, model)]
        if text:
            self.sinks.append(TextLines(self._part(f"text/{shard}.jsonl"), depth, model))
        self.errors = f"errors/{shard}.parquet"
        self.sinks.append(ErrorsTable(self._part(self.errors), shard))
        self.sinks.append(KeyHashes(self._part(key_hashes(shard))))
        self.unused = f"left-out/shards/{shard}.parquet"
        self.left_out = LeftOutTable(self._part(self.unused), shard)
        self.pictures, self.clips, self.bad, self.first_errors = 0, 0, 0, []

    def _part(self, name: str) -> Path:
        self.written[name] = part_of(self.folder / name)
        return self.written[name]

    def add_all(self, answers: Iterable[Answer]) -> None:
        for answer in joined(map(self._counted, answers)):
            for sink in self.sinks:
                sink.add(answer)

    def _counted(self, answer: Answer) -> Answer:
        if answer.is_clip:
            self.clips += 1
        else:
            self.pictures += 1
        if answer.error is not None:
            self.bad += 1
            if len(self.first_errors) < FIRST_ERRORS:
                self.first_errors.append([answer.key, answer.error])
        return answer

    def publish(self) -> list[str]:
        """Gives the files their names, and says which they are; an empty table is not written."""
        self._close()
        for name, is_used in ((self.errors, self.bad), (self.unused, self.left_out.total.counts)):
            if not is_used:
                self.written.pop(name).unlink()
                (self.folder / name).unlink(missing_ok=True)
        for name, part in self.written.items():
            replace(part, self.folder / name)
        return sorted(self.written)

    def discard(self) -> None:
        with suppress(OSError, pa.ArrowException):  # what broke them may break this too
            self._close()
        for part in self.written.values():
            part.unlink(missing_ok=True)

    def _close(self) -> None:
        for sink in (*self.sinks, self.left_out):
            sink.close()


def joined(answers: Iterable[Answer]) -> Iterator[Answer]:
    """The answers in their order; a picture and a clip of one key, side by side, are one."""
    before: Answer | None = None
    for answer in answers:
        both = before and before.beside(answer)
        if before is not None and both is None:
            yield before
        before = both or answer
    if before is not None:
        yield before


def key_hashes(shard: str) -> str:
    return f"manifest/{shard}.keys"


def part_of(path: Path) -> Path:
    """Another name beside that of a file, for as long as it is not whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f"{PART}{uuid.uuid4().hex}")


def replace(part: Path, path: Path) -> None:
    """Renames a file that is on the disk."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def write_atomically(path: Path, text: str) -> None:
    part = part_of(path)
    part.write_text(text)
    replace(part, path)


def remove_parts(folder: Path) -> None:
    """Removes what killed runs left half written."""
    for part in folder.rglob(f"{PART}*"):
        part.unlink(missing_ok=True)
