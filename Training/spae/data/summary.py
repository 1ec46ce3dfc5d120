"""What a person reads at the end of a run: how much is done, what is bad, left out or double."""

import sys
from collections.abc import Iterator
from pathlib import Path

from spae.data import say
from spae.data.left_out import SHOWN, lines
from spae.data.manifest import MANIFEST, Manifest
from spae.data.names import printable
from spae.data.run import Entry


def report(output: Path, manifest: Manifest, done: list[Entry], fresh: list[Entry], seconds: float):
    """Prints how much is done, and on standard error whatever needs a look."""
    earlier = f" ({len(done)} of them done before)" if done else ""
    shards = f"{manifest.shards} shards" if manifest.shards != 1 else "1 shard"
    what = counted(manifest.pictures, manifest.clips)
    say(f"{printable(output)}: {what} in {shards}{earlier}")
    new = sum(entry.pictures + entry.clips for entry in fresh)
    if new:
        say(f"{new} encoded in {seconds:.1f} s, {new / seconds:.1f} a second")
    remarks = [*left_out(output, manifest), *duplicates(output, manifest)]
    for line in [*remarks, *bad(output, manifest, done + fresh)]:
        print(line, file=sys.stderr)


def counted(pictures: int, clips: int) -> str:
    films = f"{clips} clips" if clips != 1 else "1 clip"
    if clips and not pictures:
        return films
    alone = f"{pictures} pictures" if pictures != 1 else "1 picture"
    return f"{alone} and {films}" if clips else alone


def left_out(output: Path, manifest: Manifest) -> Iterator[str]:
    yield from lines(manifest.left_out)
    if any(found["count"] > SHOWN for found in manifest.left_out.values()):
        yield f"all names that are left out are in {printable(output / 'left-out')}"


def duplicates(output: Path, manifest: Manifest) -> Iterator[str]:
    if manifest.duplicate_keys:
        first = manifest.duplicates[:SHOWN]
        names = ", ".join(f"{printable(each.key)} ({each.pictures})" for each in first)
        more = ", ..." if manifest.duplicate_keys > len(first) else ""
        yield (
            f"duplicate keys: {manifest.duplicate_keys} keys stand for several pictures each: "
            f"{names}{more}; see {printable(output / MANIFEST)}. In tars, --keys file tells "
            "apart pictures of one sample"
        )


def bad(output: Path, manifest: Manifest, entries: list[Entry]) -> Iterator[str]:
    if not manifest.errors:
        return
    kind = "clip" if not manifest.pictures else "picture or clip" if manifest.clips else "picture"
    ordered = sorted(entries, key=lambda entry: entry.shard)
    first = [each for entry in ordered for each in entry.first_errors][:SHOWN]
    for key, error in first:
        yield f"bad {kind}: {printable(key)}: {printable(error)}"
    kinds = "pictures or clips" if " or " in kind else f"{kind}s"
    what = f"1 bad {kind}" if manifest.errors == 1 else f"{manifest.errors} bad {kinds}"
    yield f"{what}, with the reason in {printable(output / 'errors')}"
