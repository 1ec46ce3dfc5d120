"""Pictures of WebDataset tars, by webdataset's rules of what is a sample."""

import bz2
import gzip
import lzma
import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from spae.data.left_out import DIRECTORY, HIDDEN, METADATA, SPECIAL, Leave, unwanted
from spae.data.names import key_of, kind_of, text
from spae.data.pictures import MOST_BYTES, TOO_LONG, Picture, Reading, broken, copied_clip

END_OF_TAR = bytes(512)
META = re.compile(r"__[^/]*__($|/)|(.*/)?__MACOSX($|/)", re.DOTALL)
OPENERS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
OTHERS = {
    b"\x28\xb5\x2f\xfd": "compressed by zstd, which is not read; unpack it with zstd -d",
    b"PK\x03\x04": "a zip, which is not read; unpack it",
    b"7z\xbc\xaf": "a 7z archive, which is not read; unpack it",
}


def tar_pictures(path: Path, reading: Reading, leave: Leave) -> Iterator[Picture]:
    """The pictures of a tar; damage, or a kind of archive that is not read, is a bad picture."""
    count = 0
    name = text(path.name)
    try:
        if (other := starting(path, OTHERS)) is not None:
            yield Picture(f"{name}#0", problem=f"not a tar but {other}")
            return
        with opened(path) as file, tarfile.open(fileobj=file, mode="r:", encoding="utf-8") as tar:
            while (member := tar.next()) is not None:
                tar.members.clear()
                if (reason := reason_to_leave(member, reading)) is not None:
                    leave(member.name, reason)
                    continue
                yield picture(tar, member, reading.keys)
                count += 1
            check_end(file, tar.offset)
    except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        yield Picture(f"{name}#{count}", problem=broken("tar", count, error))


def starting(path: Path, kinds: dict[bytes, object]):
    """What the first bytes of a file say that it is, whatever its name says."""
    with path.open("rb") as file:
        start = file.read(8)
    return next((kind for magic, kind in kinds.items() if start.startswith(magic)), None)


def opened(path: Path):
    return (starting(path, OPENERS) or open)(path, "rb")


def reason_to_leave(member: tarfile.TarInfo, reading: Reading) -> str | None:
    """Why webdataset makes no picture of a member; none where it does."""
    last = member.name.rpartition("/")[2]
    if member.isdir():
        return DIRECTORY
    if not member.isreg():
        return SPECIAL
    if META.match(member.name):
        return METADATA
    if last.startswith("."):
        return HIDDEN
    return None if reading.takes(kind_of(last)) else unwanted(last)


def picture(tar: tarfile.TarFile, member: tarfile.TarInfo, keys: str) -> Picture:
    key = key_of(member.name, keys)
    if kind_of(member.name) == "clip":
        return clip(tar, member, key)
    if member.size > MOST_BYTES:
        return Picture(key, problem=TOO_LONG)
    contents = tar.extractfile(member).read()
    if len(contents) != member.size:
        raise tarfile.ReadError(f"unexpected end of data in {text(member.name)}")
    return Picture(key, contents)


def clip(tar: tarfile.TarFile, member: tarfile.TarInfo, key: str) -> Picture:
    copied = copied_clip(key, text(member.name), tar.extractfile(member))
    if copied.copy.tell() != member.size:
        raise tarfile.ReadError(f"unexpected end of data in {text(member.name)}")
    return copied


def check_end(file, offset: int) -> None:
    """A tar ends with zeros; tarfile takes damage between two members for its end."""
    file.seek(offset)
    if file.read(len(END_OF_TAR)) != END_OF_TAR:
        raise tarfile.ReadError(f"no member and no end at byte {offset}")
