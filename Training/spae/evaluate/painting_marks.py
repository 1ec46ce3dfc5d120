"""What a painting edit did to a picture, in numbers.

Pictures are [3, N, N] in [-1, 1], regions [N, N] of booleans.
"""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

from spae.cielab import lab
from spae.evaluate.reconstruction import luma

SHIFTED = 10  # CIE76 by which a pixel must differ to count as painted
SIGMA = 4  # of the Gaussian that is taken off luminance, in pixels: what is left is detail
FLAT = 1e-6  # the variance of luminance below which there is no detail


def cells_region(cells: Iterable[tuple[int, int]], layer: int, size: int) -> Tensor:
    """The pixels of some cells (row, column, from 1) of a layer."""
    side = size >> (layer - 1)
    region = torch.zeros(size, size, dtype=torch.bool)
    for row, column in cells:
        region[(row - 1) * side : row * side, (column - 1) * side : column * side] = True
    return region


def outline_region(points: list[tuple[float, float]], size: int) -> Tensor:
    """The pixels whose centres are inside a polygon of x, y in shares of the side."""
    at = (torch.arange(size) + 0.5) / size
    x, y = at[None, :], at[:, None]
    inside = torch.zeros(size, size, dtype=torch.bool)
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1]):
        if y0 != y1:
            crosses = (y >= min(y0, y1)) & (y < max(y0, y1))
            inside ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside


def cells_of(region: Tensor, layer: int) -> list[tuple[int, int]]:
    """The cells of a layer, (row, column) from 1, of which a region covers half or more."""
    side = 1 << (layer - 1)
    shares = F.adaptive_avg_pool2d(region[None].float(), side)[0]
    return [(row + 1, column + 1) for row, column in (shares >= 0.5).nonzero().tolist()]


def mean_colour(picture: Tensor, region: Tensor) -> Tensor:
    """The CIELAB colour of a region's mean, [3]."""
    return lab(picture[:, region].mean(1))


def shift(before: Tensor, after: Tensor, region: Tensor) -> Tensor:
    """How far a region's mean colour has gone, in CIELAB, [3]."""
    return mean_colour(after, region) - mean_colour(before, region)


def pixels_shifted(before: Tensor, after: Tensor) -> Tensor:
    """Which pixels an edit painted, [N, N]."""
    before, after = (lab(own.permute(1, 2, 0)) for own in (before, after))
    return (after - before).square().sum(-1).sqrt() > SHIFTED


def painted_shares(painted: Tensor, region: Tensor) -> tuple[float, float]:
    """The share of a region that is painted, and the share of the painted pixels outside of it.

    The second is nan where nothing is painted.
    """
    count, inside = int(painted.sum()), int((painted & region).sum())
    return inside / int(region.sum()), (count - inside) / count if count else float("nan")


def detail(picture: Tensor) -> Tensor:
    """Luminance less a Gaussian of it: what is finer than about 8 pixels, [N, N]."""
    radius = 4 * SIGMA
    taps = torch.exp(-((torch.arange(2 * radius + 1.0) - radius) ** 2) / (2 * SIGMA**2))
    taps = taps / taps.sum()
    light = luma(picture[None])
    blurred = F.pad(light, [radius] * 4, mode="reflect")
    blurred = F.conv2d(F.conv2d(blurred, taps[None, None, None]), taps[None, None, :, None])
    return (light - blurred)[0, 0]


def detail_kept(before: Tensor, after: Tensor, region: Tensor) -> float:
    """The correlation of a region's detail before and after; nan where there was none before.

    Detail that is gone afterwards correlates by 0.
    """
    a, b = (detail(own)[region].double() for own in (before, after))
    a, b = a - a.mean(), b - b.mean()
    if a.square().mean() < FLAT:
        return float("nan")
    return float((a * b).sum() / (a.square().sum() * b.square().sum()).sqrt().clamp(min=FLAT))
