"""Where pictures come from: WebDataset tars, Parquet files with the bytes, folders of files."""

import gzip
import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from spae.data import DataError

TARS = (".tar", ".tar.gz", ".tgz")
# The last three rows cannot be read by the encoder, which then says so of each: none is lost.
PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"}
KEY_COLUMNS = ("key", "__key__", "id", "name", "path", "url")
IMAGE_COLUMNS = ("image", "bytes", "jpg", "jpeg", "png", "webp", "content")
FILES_IN_A_SHARD = 1000
ROWS_AT_ONCE = 16
END_OF_TAR = bytes(512)


@dataclass(frozen=True)
class Picture:
    """A picture as it came, or why its bytes could not be had."""

    key: str
    contents: bytes = b""
    problem: str | None = None


@dataclass(frozen=True)
class Columns:
    """The columns of Parquet files; nothing is the first of the usual names that is there."""

    key: str | None = None
    image: str | None = None


@dataclass(frozen=True)
class Shard:
    """Pictures that are done together: `name` is what their words' file will be called."""

    name: str
    kind: str  # "tar", "parquet" or "files"
    path: str
    fingerprint: str  # another one: the shard has changed, and is done again
    files: tuple[str, ...] = ()  # below `path`

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Shard":
        fields = json.loads(text)
        return cls(**{**fields, "files": tuple(fields["files"])})

    def pictures(self, columns: Columns) -> Iterator[Picture]:
        """Every picture, in order; damage to the shard itself is a picture with a problem."""
        if self.kind == "tar":
            return tar_pictures(Path(self.path))
        if self.kind == "parquet":
            return parquet_pictures(Path(self.path), columns)
        return file_pictures(Path(self.path), self.files)


# Finding them


def found(source: Path, files_in_a_shard: int = FILES_IN_A_SHARD) -> list[Shard]:
    """The shards of a folder or of one file, in the order of their names.

    Where a folder holds tars or Parquet files these are its shards; loose pictures otherwise are,
    a thousand at a time.
    """
    if not source.exists():
        raise DataError(f"{source}: there is no such file or folder")
    folder, names = (source, listed(source)) if source.is_dir() else (source.parent, [source.name])
    shards = [shard(folder, name) for name in names if kind_of(name) in ("tar", "parquet")]
    if not shards:
        pictures = [name for name in names if kind_of(name) == "picture"]
        parts = range(0, len(pictures), files_in_a_shard)
        shards = [part(folder, pictures[i : i + files_in_a_shard], i) for i in parts]
    if not shards:
        expected = "tars (.tar, .tar.gz), Parquet files (.parquet) or pictures"
        raise DataError(f"{source}: holds no {expected}")
    check_names(shards)
    return shards


def listed(folder: Path) -> list[str]:
    """The paths of all files below a folder but the hidden ones, sorted."""
    names = []
    for place, folders, files in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = Path(place).relative_to(folder)
        names += [(below / name).as_posix() for name in files if not name.startswith(".")]
    return sorted(names)


def kind_of(name: str) -> str | None:
    lower = name.lower()
    if lower.endswith(TARS):
        return "tar"
    if lower.endswith(".parquet"):
        return "parquet"
    return "picture" if PurePosixPath(lower).suffix in PICTURES else None


def shard(folder: Path, name: str) -> Shard:
    status = (folder / name).stat()
    fingerprint = f"{status.st_size} bytes, {status.st_mtime_ns}"
    return Shard(stem(name), kind_of(name), str(folder.absolute() / name), fingerprint)


def part(folder: Path, files: list[str], first: int) -> Shard:
    text = "\n".join(f"{name} {(folder / name).stat().st_size}" for name in files)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    return Shard(f"{first:09}", "files", str(folder.absolute()), fingerprint, tuple(files))


def stem(name: str) -> str:
    suffix = next((s for s in (*TARS[1:], ".tar", ".parquet") if name.lower().endswith(s)), "")
    return name.removesuffix(name[len(name) - len(suffix) :]) if suffix else name


def check_names(shards: list[Shard]) -> None:
    seen: dict[str, str] = {}
    for each in shards:
        other = seen.setdefault(each.name, each.path)
        if other != each.path:
            raise DataError(
                f"{other} and {each.path} would both be written as {each.name}; rename one"
            )


# Reading them


def file_pictures(folder: Path, files: tuple[str, ...]) -> Iterator[Picture]:
    for name in files:
        try:
            yield Picture(name, (folder / name).read_bytes())
        except OSError as error:
            yield Picture(name, problem=(error.strerror or str(error)).lower())


def tar_pictures(path: Path) -> Iterator[Picture]:
    """The pictures of a tar, keyed as WebDataset does: by the name up to its first dot."""
    count = 0
    try:
        with opened(path) as file, tarfile.open(fileobj=file, mode="r:") as tar:
            while (member := tar.next()) is not None:
                tar.members.clear()
                if member.isfile() and kind_of(member.name) == "picture":
                    contents = tar.extractfile(member).read()
                    if len(contents) != member.size:
                        raise tarfile.ReadError("unexpected end of data")
                    count += 1
                    yield Picture(key_of(member.name), contents)
            check_end(file, tar.offset)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        reason = f"the tar is damaged after {count} pictures: {error}"
        yield Picture(f"{path.name}#{count}", problem=reason)


def opened(path: Path):
    return gzip.open(path) if path.name.lower().endswith((".gz", ".tgz")) else path.open("rb")


def check_end(file, offset: int) -> None:
    """A tar ends with zeros; tarfile takes damage between two members for its end."""
    file.seek(offset)
    if file.read(len(END_OF_TAR)) != END_OF_TAR:
        raise tarfile.ReadError(f"no member and no end at byte {offset}")


def key_of(name: str) -> str:
    """a/b.jpg is a/b, and a/b.left.jpg is a/b.left."""
    folder, _, last = name.rpartition("/")
    base = last[: last.rindex(".")]
    return f"{folder}/{base}" if folder else base


def parquet_pictures(path: Path, columns: Columns) -> Iterator[Picture]:
    import pyarrow
    import pyarrow.parquet

    row = 0
    try:
        with pyarrow.parquet.ParquetFile(path, memory_map=True) as file:
            key, image = chosen(path, file.schema_arrow.names, columns)
            for batch in file.iter_batches(ROWS_AT_ONCE, columns=[c for c in (key, image) if c]):
                for record in batch.to_pylist():
                    name = f"{stem(path.name)}/{row:09}" if key is None else str(record[key])
                    yield parquet_picture(name, record[image])
                    row += 1
    except (pyarrow.ArrowException, OSError) as error:
        reason = f"the Parquet file is damaged after {row} pictures: {first_line(error)}"
        yield Picture(f"{path.name}#{row}", problem=reason)


def parquet_picture(key: str, value) -> Picture:
    """A cell of bytes, or of bytes and a path as Hugging Face's data sets have it."""
    contents = value.get("bytes") if isinstance(value, dict) else value
    if isinstance(contents, bytes):
        return Picture(key, contents)
    return Picture(key, problem="the cell holds no bytes")


def chosen(path: Path, names: list[str], columns: Columns) -> tuple[str | None, str]:
    for wanted in (columns.key, columns.image):
        if wanted is not None and wanted not in names:
            raise DataError(f"{path}: has no column '{wanted}', but {', '.join(names)}")
    key = columns.key or next((name for name in KEY_COLUMNS if name in names), None)
    image = columns.image or next((name for name in IMAGE_COLUMNS if name in names), None)
    if image is None:
        raise DataError(
            f"{path}: which column holds the pictures? name one with --image-column: "
            + ", ".join(names)
        )
    return key, image


def first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
