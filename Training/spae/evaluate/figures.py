"""Figures with their intervals, as one table and as files."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from torch import Tensor

RESAMPLES = 1000
CONFIDENCE = 0.95
LAYERS = ("1", "2", "3", "4", "5", "6")  # of a square of 128 pixels


@dataclass(frozen=True)
class Value:
    """A mean, or a median, with the ends of its 95 % interval, where it has one."""

    mean: float
    interval: tuple[float, float] | None = None

    @classmethod
    def over(cls, samples: Tensor, scale: float = 1.0) -> "Value":
        """The mean of one sample a picture or an episode, and its bootstrap interval."""
        numbers = samples.double().numpy() * scale
        return cls(float(numbers.mean()), _interval(resampling(len(numbers)) @ numbers))

    @classmethod
    def ratio_over(cls, parts: Tensor, wholes: Tensor, scale: float = 1.0) -> "Value":
        """The sum of the parts over that of the wholes, of one of each a picture.

        A sample of the bootstrap that draws no whole does not count.
        """
        parts, wholes = (own.double().numpy() for own in (parts, wholes))
        drawn = resampling(len(wholes))
        with np.errstate(invalid="ignore"):
            ratios = (drawn @ parts) / (drawn @ wholes) * scale
        share = float(parts.sum() / wholes.sum()) * scale
        return cls(share, _interval(ratios[~np.isnan(ratios)]))

    @classmethod
    def median_over(cls, samples: Tensor) -> "Value":
        """The median in place of the mean."""
        numbers = samples.double().numpy()
        drawn = np.random.default_rng(0).choice(numbers, (RESAMPLES, len(numbers)))
        return cls(float(np.median(numbers)), _interval(np.median(drawn, 1)))


def _interval(resampled: np.ndarray) -> tuple[float, float]:
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(resampled, [tail, 100 - tail])
    return float(low), float(high)


@lru_cache
def resampling(count: int) -> np.ndarray:
    """The share of each sample in RESAMPLES draws of `count` samples with replacement."""
    random = np.random.default_rng(0)
    return random.multinomial(count, np.full(count, 1 / count), RESAMPLES) / count


@dataclass(frozen=True)
class Row:
    """One figure: a value for each depth or layer (None: no figure), or one under `all`."""

    data: str
    name: str
    values: dict[str, Value | None]
    digits: int = 2


def by_layer(values: list[Value | None], first: int = 1) -> dict[str, Value | None]:
    return {str(layer): value for layer, value in enumerate(values, first)}


def table(rows: list[Row]) -> str:
    """The figures as aligned text, without intervals."""
    layers = {*LAYERS, *(column for row in rows for column in row.values)} - {"all"}
    columns = (*sorted(layers, key=int), "all")
    lines = [["set", "figure", *columns]]
    for row in rows:
        cells = [_cell(row.values.get(c), row.digits, c in row.values) for c in columns]
        lines.append([row.data, row.name, *cells])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            text.ljust(w) if i < 2 else text.rjust(w)
            for i, (text, w) in enumerate(zip(line, widths))
        ).rstrip()
        for line in lines
    )


def _cell(value: Value | None, digits: int, present: bool) -> str:
    if value is None:
        return "-" if present else ""
    return f"{value.mean:.{digits}f}"


def _numbers(value: Value | None) -> dict[str, float | None]:
    low, high = (value and value.interval) or (None, None)
    numbers = {"value": value and value.mean, "low": low, "high": high}
    return {name: number and round(number, 4) for name, number in numbers.items()}


def save(rows: list[Row], folder: Path) -> None:
    """figures.tsv and figures.json: every value with the ends of its interval."""
    content = [
        {"set": row.data, "figure": row.name, "column": column, **_numbers(value)}
        for row in rows
        for column, value in row.values.items()
    ]
    (folder / "figures.json").write_text(json.dumps(content, indent=1) + "\n")
    lines = [list(content[0])] + [["" if v is None else v for v in c.values()] for c in content]
    text = "".join("\t".join(map(str, line)) + "\n" for line in lines)
    (folder / "figures.tsv").write_text(text)
