"""What a data set holds and nobody encodes: each name with its reason, and how many of each."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Protocol

from spae.data.names import kind_of, printable, suffix, text

HIDDEN = "hidden"
METADATA = "in a folder __...__"
DIRECTORY = "directory"
SPECIAL = "link or device"
LOOP = "link to a folder that holds it"
OUTPUT = "the output folder"
NO_SUFFIX = "no suffix"
CLIP = "clip; films are made without --no-clips"
LOOSE = "loose picture beside tars or Parquet files; --loose encodes it"
NO_PICTURES = "Parquet without a column of pictures"
CONTAINERS = {".zip", ".7z", ".rar", ".zst", ".lz4", ".tfrecord", ".arrow", ".beton", ".mds"}
SHOWN = 3  # names of each reason that a person sees


class Leave(Protocol):
    """Takes the name of what is left out, and the reason."""

    def __call__(self, name: str, reason: str) -> None: ...


class LeftOut:
    """Counts what is left out by its reason, and keeps the first names of each."""

    def __init__(self):
        self.counts: Counter[str] = Counter()
        self.names: dict[str, list[str]] = defaultdict(list)

    def add(self, name: str, reason: str) -> None:
        self.counts[reason] += 1
        if len(self.names[reason]) < SHOWN:
            self.names[reason].append(text(name))

    def facts(self) -> dict[str, dict]:
        """{reason: {"count", "names"}}, as the manifest has it."""
        return {
            reason: {"count": count, "names": self.names[reason]}
            for reason, count in sorted(self.counts.items())
        }


def merged(parts: Iterable[dict[str, dict]]) -> dict[str, dict]:
    """The facts of several parts of a data set as one."""
    total: dict[str, dict] = {}
    for part in parts:
        for reason, facts in part.items():
            found = total.setdefault(reason, {"count": 0, "names": []})
            found["count"] += facts["count"]
            found["names"] = [*found["names"], *facts["names"]][:SHOWN]
    return dict(sorted(total.items()))


def lines(facts: dict[str, dict]) -> Iterable[str]:
    for reason, found in facts.items():
        names = ", ".join(map(printable, found["names"]))
        more = ", ..." if found["count"] > len(found["names"]) else ""
        yield f"left out: {found['count']} ({reason}): {names}{more}"


def unwanted(name: str) -> str:
    """Why a file is left out whose name is not that of a picture."""
    end = suffix(name)
    if end in CONTAINERS:
        return f"kind of data set that is not read: {end}"
    if kind_of(name) == "clip":
        return CLIP
    if kind_of(name):
        return f"data set within a tar: {end}"
    # Numbers behind a dot are no suffixes: there would be as many reasons as names.
    return f"not a picture: {end}" if re.fullmatch(r"\.(?!\d+$)\w{1,9}", end) else NO_SUFFIX
