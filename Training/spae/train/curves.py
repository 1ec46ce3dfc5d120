"""Draws a run's losses over the pictures it saw, as an SVG for the model's card.

python -m spae.train.curves runs/small/log.csv Assets/models/small/curves.svg
"""

import argparse
import csv
import math
from dataclasses import dataclass
from pathlib import Path

NO_LOSSES = ("step", "pictures", "minutes", "rate")
WIDTH, HEIGHT, GAP, MARGIN = 260, 150, 56, 44
PAPER, INK, PALE, RAW, LINE = "#ffffff", "#18181b", "#71717a", "#bfdbfe", "#1d4ed8"
SMOOTHED_OVER = 9  # rows of the log that a point of the dark line is the mean of
TICKS_ACROSS = 6


@dataclass(frozen=True)
class Axis:
    """A range of round numbers that holds some values, and where they fall on `length` pixels."""

    low: float
    step: float
    count: int
    length: float

    @classmethod
    def over(cls, values: list[float], length: float, ticks: int = 4) -> "Axis":
        step = round_step((max(values) - min(values)) or abs(values[0]) or 1.0, ticks)
        low = math.floor(min(values) / step) * step
        count = max(1, math.ceil((max(values) - low) / step - 1e-9))
        return cls(low, step, count, length)

    @property
    def ticks(self) -> list[float]:
        return [self.low + i * self.step for i in range(self.count + 1)]

    def place(self, value: float) -> float:
        return (value - self.low) / (self.step * self.count) * self.length


def round_step(span: float, ticks: int) -> float:
    """1, 2 or 5 times a power of ten, so that at most so many of them make the span."""
    power = 10 ** math.floor(math.log10(span / ticks))
    return next(m * power for m in (1, 2, 5, 10) if m * power * ticks >= span * (1 - 1e-9))


def losses(rows: list[dict[str, str]]) -> dict[str, list[float]]:
    """Each loss's values; losses whose values are the same everywhere share one entry."""
    shared: dict[tuple[float, ...], list[str]] = {}
    for name in (column for column in rows[0] if column not in NO_LOSSES):
        shared.setdefault(tuple(float(row[name]) for row in rows), []).append(name)
    return {", ".join(names): list(values) for values, names in shared.items()}


def smoothed(values: list[float]) -> list[float]:
    """The mean of each value and those around it."""
    half = SMOOTHED_OVER // 2
    parts = [values[max(0, i - half) : i + half + 1] for i in range(len(values))]
    return [sum(part) / len(part) for part in parts]


def text(x: float, y: float, content: str, anchor: str, fill: str = PALE, size: int = 11) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" '
        f'font-size="{size}">{content}</text>'
    )


def line(x: list[float], y: list[float], colour: str, width: float) -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def panel(name: str, seen: list[float], values: list[float], left: float) -> list[str]:
    """One loss: its axes, what the log holds in pale and the mean around it in dark."""
    across, up = Axis.over([0.0, *seen], WIDTH, TICKS_ACROSS), Axis.over(values, HEIGHT)
    top = MARGIN
    x = [left + across.place(value) for value in seen]

    def heights(of: list[float]) -> list[float]:
        return [top + HEIGHT - up.place(value) for value in of]

    parts = [text(left, top - 14, name, "start", INK, 13)]
    for tick, y in zip(up.ticks, heights(up.ticks)):
        parts += [line([left, left + WIDTH], [y, y], "#e4e4e7", 1)]
        parts += [text(left - 6, y + 4, f"{tick:.3g}", "end")]
    for tick in across.ticks[::2]:
        parts += [text(left + across.place(tick), top + HEIGHT + 17, f"{tick / 1000:g}k", "middle")]
    parts += [line(x, heights(values), RAW, 1), line(x, heights(smoothed(values)), LINE, 2)]
    return parts


def drawn(rows: list[dict[str, str]]) -> str:
    """The whole drawing; a row is what `spae.train` writes to a run's log.csv."""
    if not rows:
        raise ValueError("the log holds no rows")
    seen = [float(row["pictures"]) for row in rows]
    found = losses(rows)
    width = MARGIN + len(found) * (WIDTH + GAP)
    height = 2 * MARGIN + HEIGHT + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
    ]
    for i, (name, values) in enumerate(found.items()):
        parts += panel(name, seen, values, MARGIN + i * (WIDTH + GAP))
    parts.append(text(MARGIN, height - 14, "crops seen", "start"))
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", type=Path, help="a run's log.csv")
    parser.add_argument("output", type=Path, help="the drawing, an SVG")
    arguments = parser.parse_args()
    with arguments.log.open(newline="") as file:
        arguments.output.write_text(drawn(list(csv.DictReader(file))))


if __name__ == "__main__":
    main()
