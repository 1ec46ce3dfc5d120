"""Where a clip is cut, by its pictures alone.

Each block of a small grey copy is looked for in the copy before, a few pixels around its place. What
is not found there is new. Blocks are compared without their means: a change of the light is no cut.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from spae.images import resized
from spae.model.pyramid import Grid

SIDE = 64  # pixels of the small copy along the shorter side
BLOCK = 8
REACH = 6


class ShotDetector:
    def __init__(self) -> None:
        self.last: np.ndarray | None = None

    def novelty(self, frame: Image.Image) -> float:
        """The share of a frame, from 0 to 1, that the frame before does not explain."""
        copy, last = grey_copy(frame), self.last
        self.last = copy
        if last is None or last.shape != copy.shape:
            return 1.0
        blocks = sliding_window_view(copy, (BLOCK, BLOCK))[::BLOCK, ::BLOCK]
        others = sliding_window_view(last, (BLOCK, BLOCK))
        means = others.sum((2, 3)) // BLOCK**2
        new = every = 0
        for row, column in np.ndindex(blocks.shape[:2]):
            block = blocks[row, column]
            mean = block.sum() // BLOCK**2
            texture = int(np.abs(block - mean).sum())
            top, left = row * BLOCK, column * BLOCK
            near = (
                slice(max(0, top - REACH), min(copy.shape[0] - BLOCK, top + REACH) + 1),
                slice(max(0, left - REACH), min(copy.shape[1] - BLOCK, left + REACH) + 1),
            )
            shifts = (mean - means[near])[..., None, None]
            nearest = int(np.abs(block - others[near] - shifts).sum((2, 3)).min())
            every += texture
            new += min(texture, nearest)
        return new / every if every else 0.0


def grey_copy(frame: Image.Image) -> np.ndarray:
    """A small copy in grey, from 0 to 8 * 255, [row, column]."""
    short = min(frame.size)
    width, height = (max(BLOCK, (SIDE * length + short // 2) // short) for length in frame.size)
    small = np.asarray(resized(frame, Grid(height, width)), np.int64)
    return 2 * small[..., 0] + 5 * small[..., 1] + small[..., 2]
