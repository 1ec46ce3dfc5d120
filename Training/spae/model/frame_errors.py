"""What is wrong with a decoded frame of a film, cell by cell."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from spae.model.pyramid import Grid

LEAST_ERROR = 4  # a frame without any error still has a penalty


@dataclass(frozen=True)
class FilmSettings:
    """How a clip becomes a film of words; the engine's FilmSettings says what each of them is."""

    tolerance: float = 10
    steadiness: float = 0.2
    judged_steadiness: float = 1
    stillness: int = 6
    beginning: float = 100
    passes: int = 2
    key_passes: int = 3
    frames_of_look: int = 12
    longest_run: int = 250
    cut: float = 0.78
    doubtful_cut: float = 0.68

    def scaled(self, error: float) -> "FilmSettings":
        """The settings for a frame after one of such a mean squared error."""
        scale = np.sqrt(np.float32(max(LEAST_ERROR, error))) / np.float32(10)
        return replace(
            self,
            tolerance=float(np.float32(self.tolerance) * scale),
            steadiness=float(np.float32(self.steadiness) * scale),
            judged_steadiness=float(np.float32(self.judged_steadiness) * scale),
        )

    @property
    def cell_error(self) -> float:
        """What a word costs, as a squared error of a cell's 192 colours from 0 to 255."""
        return self.tolerance * 192

    @property
    def penalty(self) -> float:
        """The same of pixels in [-1, 1]."""
        return self.cell_error / (127.5 * 127.5)


class FrameErrors:
    """The error of a frame against the clip, and at still pixels what changes of what is shown.

    All pictures are [height, width, 3] of 8 bits.
    """

    def __init__(
        self,
        source: np.ndarray,
        last: np.ndarray,
        shown: np.ndarray,
        grid: Grid,
        settings: FilmSettings,
    ):
        self.source, self.shown, self.grid, self.settings = source, shown, grid, settings
        moved = np.abs(source.astype(np.int32) - last.astype(np.int32))
        self.still = (moved <= settings.stillness).all(2).astype(np.float32)
        self.before = self._errors(shown, shown, 0)

    @property
    def target(self) -> np.ndarray:
        """What a frame shall come near, [height, width, 3] in [-1, 1]."""
        weight = np.float32(self.settings.steadiness) * self.still[..., None]
        mixed = self.source.astype(np.float32) + weight * self.shown.astype(np.float32)
        return mixed / (1 + weight) / np.float32(127.5) - 1

    @property
    def weights(self) -> np.ndarray:
        """How much an error counts at each pixel, [height, width]."""
        return 1 + np.float32(self.settings.steadiness) * self.still

    def cells_changed(self, seen: np.ndarray, least: float) -> set[int]:
        """The cells where the clip is other than a picture by some mean squared error."""
        return set(np.flatnonzero(self._errors(seen, seen, 0) > least * 192).tolist())

    def around(self, cells: Iterable[int]) -> set[int]:
        """Some cells, and those beside them."""
        return {other for cell in cells for other in self._neighbours(cell)}

    def gains(
        self, changed: Collection[int], decoded: np.ndarray, steadiness: float
    ) -> dict[int, float]:
        """By how much the words of some cells reduce the error, shared among those around."""
        gained = self.before - self._errors(decoded, self.shown, steadiness)
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

    def _errors(self, decoded: np.ndarray, shown: np.ndarray, steadiness: float) -> np.ndarray:
        """The error of each cell; a change of a still pixel counts `steadiness` times."""
        own = decoded.astype(np.float32)
        error = np.square(own - self.source).sum(2)
        error += np.float32(steadiness) * self.still * np.square(own - shown).sum(2)
        rows, columns = self.grid
        return error.reshape(rows, error.shape[0] // rows, columns, -1).sum((1, 3)).reshape(-1)
