"""The text of a film, as the engine's FilmText writes it; `man 5 spae` describes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from spae.model.films import FilmFrame
from spae.model.pyramid import Grid, Pyramid

END = "end\n"


@dataclass(frozen=True)
class FilmHeader:
    """Whose words, of which clip, how large and how fast."""

    model: str
    identity: str  # of the model
    source: str  # the name of the clip's file
    width: int  # of the clip
    height: int
    grid: Grid
    rate: Fraction  # frames a second


def film_text(header: FilmHeader, film: Iterable[FilmFrame], words: list[str]) -> Iterator[str]:
    """The parts of a film's text: the header, and each frame. `END` comes behind them."""
    yield header_text(header, words)
    for number, frame in enumerate(film, 1):
        yield "\n".join(frame_lines(frame, number, words)) + "\n\n"


def header_text(header: FilmHeader, words: list[str]) -> str:
    grid = header.grid
    vocabulary = hashlib.sha256("\n".join(words).encode()).hexdigest()
    lines = [
        "spae film 1",
        f"model {header.model} {header.identity}",
        f"vocabulary {vocabulary}",
        f"source {quoted(header.source)} {header.width}x{header.height}",
        f"grid {grid.rows if grid.rows == grid.columns else f'{grid.columns}x{grid.rows}'}",
        f"rate {rate_text(header.rate)}",
    ]
    return "\n".join(lines) + "\n\n"


def frame_lines(frame: FilmFrame, number: int, words: list[str]) -> list[str]:
    if frame.is_key:
        steady = [f"steady {frame.levels}"] if frame.levels else []
        return [f"frame {number} key", *steady, *layer_lines(frame.pyramid, words)]
    pyramid, shape = frame.pyramid, frame.pyramid.shape
    lines = [f"frame {number}"]
    for index in frame.changed.tolist():
        layer = next(l for l in range(1, shape.depth + 1) if index < shape.word_count(l))
        first, columns = shape.word_count(layer - 1), shape.layers[layer - 1].columns
        row, column = divmod(index - first, columns)
        lines.append(f"{layer}:{row + 1},{column + 1} {words[pyramid.words[index]]}")
    return lines


def layer_lines(pyramid: Pyramid, words: list[str]) -> Iterator[str]:
    """All words, layer after layer, in columns."""
    for layer in range(1, pyramid.shape.depth + 1):
        yield ""
        yield f"layer {layer}"
        rows = [[words[n] for n in row] for row in pyramid.layer(layer).tolist()]
        widths = [max(map(len, column)) for column in zip(*rows)]
        for row in rows:
            padded = [word.ljust(width) for word, width in zip(row[:-1], widths)]
            yield "  ".join([*padded, row[-1]])


def quoted(name: str) -> str:
    """A name within quotes; escaped is what could break a line, or move a terminal's cursor."""
    return '"' + "".join(map(escaped, name)) + '"'


def escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    code = ord(character)
    is_hidden = code < 0x20 or 0x7F <= code <= 0x9F or 0x10FF80 <= code
    is_hidden = is_hidden or 0x2028 <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return f"\\u{{{code:x}}}" if is_hidden else character


def rate_text(rate: Fraction) -> str:
    """`25`, `29.97`, or a fraction where that is no number of two digits after the point."""
    if rate.denominator == 1:
        return str(rate.numerator)
    if 100 % rate.denominator or rate.numerator > 10_000_000:
        return f"{rate.numerator}/{rate.denominator}"
    whole, rest = divmod(rate.numerator * (100 // rate.denominator), 100)
    return f"{whole}.{rest:02}".rstrip("0")
