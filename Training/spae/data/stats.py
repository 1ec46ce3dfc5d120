"""Which words occur in which layer of an encoded data set, as a table, as TSV and as a drawing."""

import json
import math
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from spae.data import DataError, say
from spae.data.names import printable
from spae.data.tables import PART, write_atomically
from spae.train.curves import INK, PALE, line, text

LEFT, TOP, WIDTH, HEIGHT = 60, 40, 560, 360
COLOURS = ("#b91c1c", "#c2410c", "#a16207", "#15803d", "#1d4ed8", "#7e22ce")


def report(folder: Path, top: int) -> int:
    """Prints the table, and writes OUT/stats/words.tsv and OUT/stats/words.svg."""
    layers, pictures = counted(folder)
    say(f"{pictures} pictures with words")
    say("layer     words  distinct  bits/word  most frequent")
    for number, counts in enumerate(layers, 1):
        best = ", ".join(f"{word} {share(n, counts):.1%}" for word, n in ranked(counts)[:top])
        facts = f"{counts.total():9}  {len(counts):8}  {entropy(counts):9.2f}"
        say(f"{number:5} {facts}  {best}")
    write_atomically(folder / "stats" / "words.tsv", tsv(layers))
    write_atomically(folder / "stats" / "words.svg", drawn(layers))
    written = ", ".join(printable(folder / "stats" / f"words.{end}") for end in ("tsv", "svg"))
    say(f"written: {written}")
    return 0


def counted(folder: Path) -> tuple[list[Counter], int]:
    """How often each word stands in each layer, and in how many pictures."""
    layers: list[Counter] = []
    pictures = 0
    for words in pyramids(folder):
        pictures += 1
        while len(layers) < len(words):
            layers.append(Counter())
        for counts, layer in zip(layers, words):
            counts.update(layer)
    if not pictures:
        raise DataError(f"{printable(folder)}: no words; is it what encode wrote?")
    return layers, pictures


def pyramids(folder: Path) -> Iterator[list[list[str]]]:
    """The words of each good picture, layer after layer, from either form of the shards."""
    for path in sorted((folder / "words").rglob("*")):
        if path.name.startswith(PART):
            continue
        if path.suffix == ".parquet":
            yield from table_pyramids(path)
        elif path.suffix == ".tar":
            yield from tar_pyramids(path)


def table_pyramids(path: Path) -> Iterator[list[list[str]]]:
    with path.open("rb") as opened, pq.ParquetFile(opened) as file:
        columns = [name for name in file.schema_arrow.names if name.startswith("layer")]
        for batch in file.iter_batches(100, columns=columns):
            for row in batch.to_pylist():
                if row["layer1"] is not None:
                    yield [row[name] for name in columns]


def tar_pyramids(path: Path) -> Iterator[list[list[str]]]:
    return (record["layers"] for record in records(path) if "layers" in record)


def records(path: Path) -> Iterator[dict]:
    """What is written of each good picture or clip in a tar of words."""
    with tarfile.open(path, "r|") as tar:
        for member in tar:
            if member.name.endswith(".json"):  # beside it may be a film
                yield json.loads(tar.extractfile(member).read())


def ranked(counts: Counter) -> list[tuple[str, int]]:
    """The most frequent first, and equals by the alphabet."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def share(count: int, counts: Counter) -> float:
    return count / counts.total()


def entropy(counts: Counter) -> float:
    """The bits that a word of this layer tells, if it is drawn as often as it was found."""
    total = counts.total()
    return -sum(n / total * math.log2(n / total) for n in counts.values()) + 0.0


def tsv(layers: list[Counter]) -> str:
    rows = ["layer\tword\tcount"]
    for number, counts in enumerate(layers, 1):
        rows += [f"{number}\t{word}\t{count}" for word, count in ranked(counts)]
    return "\n".join(rows) + "\n"


def drawn(layers: list[Counter]) -> str:
    """Each layer's words by rank, their share of the layer upwards; both axes are logarithmic."""
    most = math.log10(max(2, *(len(counts) for counts in layers)))
    least = min(math.log10(min(c.values()) / c.total()) for c in layers)
    right, below = LEFT + WIDTH, TOP + HEIGHT

    def across(rank: float) -> float:
        return LEFT + WIDTH * math.log10(rank) / most

    def up(part: float) -> float:
        return TOP + HEIGHT * math.log10(part) / min(least, -1e-9)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right + 90} {below + 50}" '
        f'width="{right + 90}" height="{below + 50}" font-family="sans-serif">',
        f'<rect width="{right + 90}" height="{below + 50}" fill="#ffffff"/>',
        text(LEFT, TOP - 16, "share of a layer's words, by rank", "start", INK, 13),
    ]
    for power in range(0, math.floor(-least) + 1):
        y = up(10.0**-power)
        parts += [line([LEFT, right], [y, y], "#e4e4e7", 1)]
        parts += [text(LEFT - 6, y + 4, f"{100 * 10.0**-power:g} %", "end")]
    for power in range(0, math.floor(most) + 1):
        parts.append(text(across(10**power), below + 18, f"{10**power}", "middle", PALE))
    for number, counts in enumerate(layers, 1):
        colour = COLOURS[(number - 1) % len(COLOURS)]
        values = [count / counts.total() for _, count in ranked(counts)]
        ranks = shown_ranks(len(values))
        points = [across(r) for r in ranks], [up(values[r - 1]) for r in ranks]
        parts.append(line(*points, colour, 2))
        parts.append(text(right + 14, TOP + 16 * number, f"layer {number}", "start", colour, 12))
    return "\n".join([*parts, "</svg>", ""])


def shown_ranks(count: int) -> list[int]:
    """Ranks from first to last that lie evenly on a logarithmic axis."""
    steps = {round(count ** (step / 100)) for step in range(101)}
    return sorted(steps | {1, count})
