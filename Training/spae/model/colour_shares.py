"""How much of a pixel belongs to something, after a look at its colour.

An outline at a few pixels a part misses thin things: legs in the grass, a mast before the sky.
Their colours are rarely those of what is around them.
"""

import numpy as np

LEVELS = 16  # of each channel, within which colours are the same
LEAST = 0.02  # the share of each of the two that no colour takes away
EVEN = 0.05  # of the colours of each, that is taken to be spread over all colours
MOST = 50.0  # times a colour may speak for the one rather than for the other


def by_colour(
    shares: np.ndarray,
    picture: np.ndarray,
    learned: np.ndarray | None = None,
    least: float = LEAST,
) -> np.ndarray:
    """Shares [row, column] by Bayes' rule, from the colours of what is inside and of the rest.

    `picture` is [row, column, channel] in bytes. Where nearly all or nearly nothing is inside,
    the colours say nothing. The colours are those of the shares themselves or of others, `learned`;
    no colour brings a share from below `least`.
    """
    levels = (picture // (256 // LEVELS)).astype(np.int64)
    colours = (levels[..., 0] * LEVELS + levels[..., 1]) * LEVELS + levels[..., 2]
    before = shares.astype(np.float64)
    known = before if learned is None else learned.astype(np.float64)
    inside, outside = (histogram(colours, own) for own in (known, 1 - known))
    if inside is None or outside is None:
        return shares
    ratio = (inside / outside).clip(1 / MOST, MOST)[colours]
    before = before.clip(least, 1 - LEAST)
    return (before * ratio / (before * ratio + (1 - before))).astype(np.float32)


def histogram(colours: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
    """How likely each colour is, [colour], smoothed over its neighbours; None of no pixels."""
    count = LEVELS**3
    found = np.bincount(colours.ravel(), weights.ravel(), count).reshape((LEVELS,) * 3)
    total = found.sum()
    if total < 1:
        return None
    for axis in range(3):
        own = np.pad(found.swapaxes(0, axis), [(1, 1), (0, 0), (0, 0)], mode="edge")
        found = (own[:-2] / 4 + own[1:-1] / 2 + own[2:] / 4).swapaxes(0, axis)
    return (found / total).ravel() + EVEN / count
