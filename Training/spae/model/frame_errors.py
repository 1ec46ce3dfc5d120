"""What is wrong with a decoded frame of a film, cell by cell."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from spae.model.pyramid import Grid
from spae.model.steady_filter import filtered

LEAST_ERROR = 4  # a frame without any error still has a penalty
NOISY = 14  # the error of a pixel from which on the filter's levels are in proportion to it


@dataclass(frozen=True)
class FilmSettings:
    """How a clip becomes a film of words; the engine's FilmSettings says what each of them is."""

    tolerance: float = 14
    steadiness: float = 1.5
    beginning: float = 105
    passes: int = 2
    key_passes: int = 3
    frames_of_look: int = 12
    longest_run: int = 250
    cut: float = 0.78
    doubtful_cut: float = 0.68

    def scaled(self, error: float) -> "FilmSettings":
        """The settings for a frame after one of such a mean squared error."""
        scale = np.sqrt(np.float32(max(LEAST_ERROR, error))) / np.float32(10)
        return replace(self, tolerance=float(np.float32(self.tolerance) * scale))

    def levels(self, error: float) -> int:
        """Those of the filter of a shot whose first frame has such a mean squared error."""
        error = np.sqrt(np.float32(error))
        levels = np.float32(self.steadiness) * error * min(np.float32(1), error / np.float32(NOISY))
        return int(min(255, np.floor(levels + np.float32(0.5))))

    @property
    def cell_error(self) -> float:
        """What a word costs, as a squared error of a cell's 192 colours from 0 to 255."""
        return self.tolerance * 192

    @property
    def penalty(self) -> float:
        """The same of pixels in [-1, 1]."""
        return self.cell_error / (127.5 * 127.5)


class FrameErrors:
    """The error of a frame, as it is shown, against the clip.

    `decoded` is what the words before the frame decode to, and `shown` what the frame before shows. All
    pictures are [height, width, 3] of 8 bits.
    """

    def __init__(
        self, source: np.ndarray, grid: Grid, decoded: np.ndarray, shown: np.ndarray, levels: int
    ):
        self.source, self.grid, self.shown, self.levels = source, grid, shown, levels
        self.before = self._errors(filtered(decoded, shown, levels))

    def cells_changed(self, seen: np.ndarray, least: float) -> set[int]:
        """The cells where the clip is other than a picture by some mean squared error."""
        limit = np.float32(least) * np.float32(192)
        return set(np.flatnonzero(self._errors(seen) > limit).tolist())

    def around(self, cells: Iterable[int]) -> set[int]:
        """Some cells, and those beside them."""
        return {other for cell in cells for other in self._neighbours(cell)}

    def gains(self, changed: Collection[int], decoded: np.ndarray) -> dict[int, float]:
        """By how much the words of some cells reduce the error, shared among those around."""
        gained = self.before - self._errors(filtered(decoded, self.shown, self.levels))
        gains = dict.fromkeys(changed, 0.0)
        for cell in range(self.grid.cells):
            shares = {other: 4 if other == cell else 1 for other in self._neighbours(cell)}
            shares = {other: share for other, share in shares.items() if other in gains}
            for other, share in shares.items():
                gains[other] += share / sum(shares.values()) * float(gained[cell])
        return gains

    def _neighbours(self, cell: int) -> list[int]:
        row, column = divmod(cell, self.grid.columns)
        return [
            r * self.grid.columns + c
            for r in range(max(0, row - 1), min(self.grid.rows, row + 2))
            for c in range(max(0, column - 1), min(self.grid.columns, column + 2))
        ]

    def _errors(self, picture: np.ndarray) -> np.ndarray:
        """The squared error of each cell of a picture, [cell]."""
        error = np.square(picture.astype(np.int64) - self.source).sum(2)
        rows, columns = self.grid
        return error.reshape(rows, error.shape[0] // rows, columns, -1).sum((1, 3)).reshape(-1)
