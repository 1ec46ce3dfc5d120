"""Pictures of Parquet files: columns chosen by type, keys as text, pictures by bytes or by path."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from spae.data import DataError
from spae.data.names import printable, stem, text
from spae.data.pictures import Picture, Reading, broken, file_picture

KEY_COLUMNS = ("key", "__key__", "id", "name", "path", "url")
ROWS_AT_ONCE = 16
BUFFER = 1 << 20  # bytes; without it a whole row group is read at once


@dataclass(frozen=True)
class Columns:
    """Those that are read; without a key column the place of the row is its key."""

    key: str | None
    image: str


class NoPictures(DataError):
    """A Parquet file has no column that could hold pictures."""


def parquet_pictures(path: Path, reading: Reading) -> Iterator[Picture]:
    """The picture of each row; damage to the file itself is a bad picture."""
    row = 0
    try:
        # By its descriptor: PyArrow takes no name that is not UTF-8.
        with path.open("rb") as opened, pq.ParquetFile(opened, buffer_size=BUFFER) as file:
            columns = chosen(path, file.schema_arrow, reading)
            names = [name for name in (columns.key, columns.image) if name is not None]
            for batch in file.iter_batches(ROWS_AT_ONCE, columns=names):
                for picture in pictures_of(batch, columns, path, reading, row):
                    yield picture
                    row += 1
    except (pa.ArrowException, OSError) as error:
        yield Picture(f"{text(path.name)}#{row}", problem=broken("Parquet file", row, error))


def pictures_of(
    batch: pa.RecordBatch, columns: Columns, path: Path, reading: Reading, first: int
) -> Iterator[Picture]:
    cells = cells_of(batch.column(columns.image))
    places = [f"{stem(text(path.name))}/{first + n:09}" for n in range(len(batch))]
    keys = places if columns.key is None else keys_of(batch.column(columns.key))
    for key, place, (contents, name) in zip(keys, places, cells):
        if key is None:
            yield Picture(place, problem=f"the key is null: column '{columns.key}'")
        elif contents is not None:
            yield Picture(key, contents)
        elif name is not None:
            yield named_picture(key, name, path, reading.picture_root)
        else:
            yield Picture(key, problem="the row holds no picture: neither bytes nor a path")


def keys_of(column: pa.Array) -> list[str | None]:
    if pa.types.is_integer(plain(column.type)):
        return [None if key is None else str(key) for key in column.to_pylist()]
    return [None if key is None else text(key) for key in texts(column)]


def cells_of(column: pa.Array) -> list[tuple[bytes | None, str | None]]:
    """The bytes and the path of each row."""
    if not pa.types.is_struct(column.type):
        return [(contents, None) for contents in decoded(column).to_pylist()]
    none = [None] * len(column)
    fields = dict(zip((field.name for field in column.type), column.flatten()))
    contents = decoded(fields["bytes"]).to_pylist()
    return list(zip(contents, texts(fields["path"]) if "path" in fields else none))


def texts(column: pa.Array) -> list[str | None]:
    """Texts or bytes as Python has names: what is not UTF-8 is kept."""
    raw = decoded(column).cast(pa.binary()).to_pylist()
    return [value if value is None else value.decode("utf-8", "surrogateescape") for value in raw]


def decoded(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


# Pictures by their path


def named_picture(key: str, name: str, path: Path, root: str | None) -> Picture:
    """The picture at a path: from the Parquet file's folder, or from `root` and never outside it.

    Hugging Face's `datasets` writes absolute paths, and reads whatever they name. So does this,
    where no root is given, but no pipes or devices.
    """
    if "://" in name:
        return Picture(key, problem=f"no bytes but an address, '{printable(name)}': download it")
    found = os.path.normpath(os.path.join(root or path.parent, name))
    if root is not None and not is_within(found, os.path.normpath(root)):
        return Picture(
            key, problem=f"no bytes but a path outside of --picture-root, '{printable(name)}'"
        )
    picture = file_picture(key, found)
    if picture.problem is None:
        return picture
    return Picture(
        key,
        problem=f"no bytes but a path, '{printable(found)}': {picture.problem}; --picture-root "
        "names the folder that holds such pictures",
    )


def is_within(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


# The columns


def columns_of(path: Path, reading: Reading) -> Columns | None:
    """Those of a file; none where it is damaged, which reading it will tell."""
    try:
        with path.open("rb") as opened:
            schema = pq.read_schema(opened)
    except (pa.ArrowException, OSError):
        return None
    return chosen(path, schema, reading)


def chosen(path: Path, schema: pa.Schema, reading: Reading) -> Columns:
    """The columns that hold the pictures and their keys, by name where asked, otherwise by type.

    Throws `NoPictures` where no column can hold them, and `DataError` where several can.
    """
    if reading.image_column is None:
        image = picture_column(path, schema, reading.key_column)
    else:
        image = named(path, schema, reading.image_column, NoPictures)
    check(path, schema.field(image), holds_pictures, "pictures are binary, or bytes and path")
    if reading.key_column is None:
        return Columns(usual_key(schema, image), image)
    key = named(path, schema, reading.key_column, DataError)
    check(path, schema.field(key), holds_keys, "keys are text, bytes or whole numbers")
    return Columns(key, image)


def named(path: Path, schema: pa.Schema, name: str, missing: type[DataError]) -> str:
    if name not in schema.names:
        raise missing(f"{printable(path)}: no column '{name}'; it has {described(schema)}")
    if schema.names.count(name) > 1:
        raise DataError(f"{printable(path)}: several columns are called '{name}'; rename them")
    return name


def check(path: Path, field: pa.Field, is_right: Callable, expected: str) -> None:
    if not is_right(field.type):
        name = printable(field.name)
        raise DataError(f"{printable(path)}: column '{name}' is {field.type}; {expected}")


def picture_column(path: Path, schema: pa.Schema, key: str | None) -> str:
    names = [
        field.name
        for field in schema
        if holds_pictures(field.type) and field.name not in (key, *KEY_COLUMNS)
    ]
    names = [name for name in names if name in declared_images(schema)] or names
    if len(names) == 1:
        return names[0]
    if names:
        raise DataError(
            f"{printable(path)}: several columns may hold the pictures; choose one with "
            f"--image-column: {', '.join(map(printable, names))}"
        )
    raise NoPictures(
        f"{printable(path)}: no column holds pictures (binary, or a struct of bytes and path); it "
        f"has {described(schema)}. Name one with --image-column if it is among them"
    )


def declared_images(schema: pa.Schema) -> set[str]:
    """The columns that Hugging Face's `datasets` declared as pictures; sounds look the same."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {name for name, each in features.items() if each.get("_type") == "Image"}
    except (KeyError, ValueError, TypeError, AttributeError):
        return set()


def usual_key(schema: pa.Schema, image: str) -> str | None:
    usual = (name for name in KEY_COLUMNS if schema.names.count(name) == 1 and name != image)
    return next((name for name in usual if holds_keys(schema.field(name).type)), None)


def plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def is_binary(kind: pa.DataType) -> bool:
    types = pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view
    return any(is_type(plain(kind)) for is_type in types)


def is_text(kind: pa.DataType) -> bool:
    types = pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view
    return any(is_type(plain(kind)) for is_type in types)


def holds_keys(kind: pa.DataType) -> bool:
    return is_text(kind) or is_binary(kind) or pa.types.is_integer(plain(kind))


def holds_pictures(kind: pa.DataType) -> bool:
    """Binary, or a struct of bytes and perhaps a path; where all have paths, the bytes are null."""
    if not pa.types.is_struct(kind):
        return is_binary(kind)
    fields = {field.name: field.type for field in kind}
    path = fields.get("path", pa.null())
    if not (is_text(path) or pa.types.is_null(path)) or "bytes" not in fields:
        return False
    return is_binary(fields["bytes"]) or (pa.types.is_null(fields["bytes"]) and is_text(path))


def described(schema: pa.Schema) -> str:
    return ", ".join(f"{printable(field.name)} ({field.type})" for field in schema)
