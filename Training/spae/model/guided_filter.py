"""Smoothing that keeps the edges of a guide (He, Sun and Tang, "Guided Image Filtering", 2013)."""

import numpy as np


def guided(values: np.ndarray, guide: np.ndarray, radius: int, epsilon: float) -> np.ndarray:
    """Values [row, column] smoothed within the edges of a guide of the same size, float32.

    In every square window the result is a linear function of the guide; a pixel takes the mean of
    the functions of the windows that hold it. A window at the edge holds fewer pixels. Below the
    variance `epsilon` of the guide an area is flat.
    """
    values, guide = values.astype(np.float64), guide.astype(np.float64)
    mean, own = window_means(values, radius), window_means(guide, radius)
    variance = window_means(guide * guide, radius) - own * own
    slope = (window_means(values * guide, radius) - mean * own) / (variance.clip(0) + epsilon)
    # The engine keeps the functions in 32 bits.
    rest = (mean - slope * own).astype(np.float32).astype(np.float64)
    slope = slope.astype(np.float32).astype(np.float64)
    return (window_means(slope, radius) * guide + window_means(rest, radius)).astype(np.float32)


def window_means(values: np.ndarray, radius: int) -> np.ndarray:
    """The mean of the window around each of [row, column], of the pixels that it holds."""
    for axis in (0, 1):
        at = np.arange(values.shape[axis])
        first, last = (at - radius).clip(0), (at + radius + 1).clip(max=len(at))
        sums = np.concatenate([np.zeros_like(values.take([0], axis)), values.cumsum(axis)], axis)
        counts = np.expand_dims(last - first, 1 - axis)
        values = (sums.take(last, axis) - sums.take(first, axis)) / counts
    return values
