"""The filter that holds the pixels of a film that stand still; the engine's SteadyFilter is the same.

    e = max over a pixel's channels of |D - S|
    w = min(256, max(96, 256 (e - n) / n)), rounded down
    S' = S + sign(D - S) ((|D - S| w + 128) / 256), rounded down

where D is what the frame's words decode to, S what the frame before shows, and n the film's number
of levels, all of 255. A key frame shows D.
"""

import numpy as np

LEAST = 96  # what a frame shows of a small change, in 256ths


def filtered(decoded: np.ndarray, shown: np.ndarray, levels: int) -> np.ndarray:
    """What a frame shows after another one, both [height, width, 3] of 8 bits; 0 levels: `decoded`."""
    if levels == 0:
        return decoded
    changes = decoded.astype(np.int64) - shown
    greatest = np.abs(changes).max(2, keepdims=True)
    weights = np.clip(256 * (greatest - levels) // levels, LEAST, 256)
    moves = np.sign(changes) * ((np.abs(changes) * weights + 128) // 256)
    return (shown + moves).astype(np.uint8)
