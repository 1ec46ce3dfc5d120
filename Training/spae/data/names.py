"""Names of files and members: bytes where they come from, UTF-8 text in what is written."""

import re
from pathlib import PurePosixPath

from spae.picture_formats import PICTURE_SUFFIXES

# As in `spae`. Not .ts: most files called so are TypeScript.
CLIP_SUFFIXES = frozenset(
    f".{end}"
    for end in "mp4 m4v mov mkv webm avi wmv flv ogv mpg mpeg mts m2ts vob 3gp mxf y4m".split()
)
TARS = (".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
PARQUET = (".parquet", ".pq")
# What terminals obey, what ends a line, and what turns the direction of text around.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def text(name: str) -> str:
    r"""The name as UTF-8 text: its bytes that are not UTF-8 are written as `\xe9`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def printable(name: object) -> str:
    r"""The name as a person sees it: control characters too are escaped, as `\n` or `\u{1b}`."""
    return UNPRINTABLE.sub(lambda found: escape(found[0]), text(str(name)))


def escape(character: str) -> str:
    return SHORT_ESCAPES.get(character, f"\\u{{{ord(character):x}}}")


def kind_of(name: str) -> str | None:
    """Whether a name is that of a "tar", a "parquet" file, a "picture" or a "clip"."""
    lower = name.lower()
    if lower.endswith(TARS):
        return "tar"
    if lower.endswith(PARQUET):
        return "parquet"
    if suffix(lower) in PICTURE_SUFFIXES:
        return "picture"
    return "clip" if suffix(lower) in CLIP_SUFFIXES else None


def suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def stem(name: str) -> str:
    """The name of a tar or a Parquet file without its suffix."""
    ends = [each for each in (*TARS, *PARQUET) if name.lower().endswith(each)]
    return name[: -len(max(ends, key=len))] if ends else name


def key_of(name: str, keys: str) -> str:
    """The key of a tar's member: a/b.left.jpg is a/b by "sample", and a/b.left by "file"."""
    folder, slash, last = name.rpartition("/")
    base = last.partition(".")[0] if keys == "sample" else last.rpartition(".")[0]
    return text(f"{folder}{slash}{base}")
