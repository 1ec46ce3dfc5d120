"""What a picture changes by, and where, in pixels."""

from dataclasses import dataclass

import numpy as np

from spae.model.pyramid import Grid

# How much of what the old words' colour misses of the picture's own is made up for. Without it what
# the words say of the difference is added; snow for a meadow of dark grass that was said to be
# bright green then turns pink. With all of it the region's mean is the new word's.
OWN_COLOUR = np.float32(0.75)

LEAST_CHANGE = 2  # of 255, the mean of a cell's pixels, below which its words stay
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
NOTHING = np.float32(1e-6)  # of coverage

# Words keep about two thirds of the detail that is painted over: so much more is asked for.
MORE_DETAIL = np.float32(0.5)
DETAIL_RADIUS = 4  # pixels, half of the window in whose mean there is no detail

# How far the mean luminance stays from black and white, in mean sizes of the detail around it: snow
# as white as can be would lose what lies under it.
ROOM = np.float32(1.5)

STAYING = np.float32(0.03)  # a smaller change is none to the eye
CARE = np.float32(1.5)  # times that the error of a pixel that stays counts


@dataclass
class PictureChange:
    """All arrays are float32; pictures are [row, column, channel] in [-1, 1]."""

    values: np.ndarray  # [row, column, channel]
    coverage: np.ndarray  # [row, column], how far the words that change cover a pixel, 0 to 1

    @classmethod
    def none(cls, size: Grid) -> "PictureChange":
        return cls(np.zeros((*size, 3), np.float32), np.zeros(size, np.float32))

    def flattened(self, radius: int) -> "PictureChange":
        """The change without the pattern that words have within their cells: colour alone."""
        return PictureChange(means(self.values, radius), self.coverage)

    def confine(self, mask: np.ndarray | None) -> None:
        """Weakens the change where a mask, [row, column], is less than 1."""
        if mask is not None:
            self.coverage = self.coverage * mask
            self.values = self.values * mask[..., None]

    def correct(self, old: np.ndarray, picture: np.ndarray, radius: int) -> None:
        """Makes up for a part of what the old words' picture misses of the picture's own colour.

        In the mean around each pixel: the new words' colour is to be seen where theirs was not.
        `picture` is [row, column, channel] in bytes.
        """
        own = picture.astype(np.float32) / np.float32(127.5) - np.float32(1)
        sums = smooth((old - own) * self.coverage[..., None], radius)
        weights = smooth(self.coverage[..., None], radius)[..., 0]
        seen = weights > NOTHING
        share = OWN_COLOUR * self.coverage[seen] / weights[seen]
        self.values[seen] += share[:, None] * sums[seen]

    def cover(self, other: "PictureChange") -> None:
        """Lays another change over this one, which shows as far as that one does not cover it."""
        share = 1 - other.coverage
        self.coverage = self.coverage * share + other.coverage
        self.values = self.values * share[..., None] + other.values

    def completed(self, mask: np.ndarray, radius: int) -> "PictureChange":
        """The change of what is within a mask, as if all of it were covered.

        What its words lack near their rims comes from the pixels around.
        """
        sums = smooth(self.values * mask[..., None], radius)
        weights = smooth((mask * self.coverage)[..., None], radius)[..., 0]
        change = PictureChange(np.zeros_like(self.values), np.zeros_like(self.coverage))
        seen = (mask > 0) & (weights > NOTHING)
        change.coverage[seen] = mask[seen]
        change.values[seen] = mask[seen][:, None] * sums[seen] / weights[seen][:, None]
        return change

    def added_to(self, picture: np.ndarray) -> np.ndarray:
        """A picture in bytes with the change added to it."""
        changed = picture.astype(np.float32) + np.float32(127.5) * self.values
        light = luminance(picture)[..., None]
        detail = light - means(light, DETAIL_RADIUS)
        changed += np.float32(255) * MORE_DETAIL * self.coverage[..., None] * detail
        changed += np.float32(255) * self.coverage[..., None] * room_for_detail(changed)
        return np.floor(changed + np.float32(0.5)).clip(0, 255).astype(np.uint8)

    def weights(self) -> np.ndarray:
        """How much the error of each pixel counts, [row, column]: more where it should stay."""
        stays = np.abs(self.values).max(-1) < STAYING
        return np.where(stays, CARE, np.float32(1))

    def cells(self, patch: int) -> set[int]:
        """The cells of `patch` pixels a side that change, by their flat index."""
        rows, columns = (length // patch for length in self.coverage.shape)
        parts = np.abs(self.values).reshape(rows, patch, columns, patch, 3)
        means = 127.5 * parts.sum((1, 3)).max(-1) / (patch * patch)
        return set(np.flatnonzero(means > LEAST_CHANGE).tolist())


def room_for_detail(picture: np.ndarray) -> np.ndarray:
    """What takes the mean luminance so far from black and white that detail is kept, 0 to 1.

    All channels, 0 to 255, change by it, so that colours stay: [row, column, 1].
    """
    light = luminance(picture)[..., None]
    own = means(light, DETAIL_RADIUS)
    least = (ROOM * means(np.abs(light - own), DETAIL_RADIUS)).clip(max=0.5)
    return own.clip(least, 1 - least) - own


def means(values: np.ndarray, radius: int) -> np.ndarray:
    """The same of [row, column, channel] where what is beyond the edge does not count."""
    return smooth(values, radius) / smooth(np.ones_like(values[..., :1]), radius)


def smooth(values: np.ndarray, radius: int) -> np.ndarray:
    """The mean around each of [row, column, channel], by a window that weakens towards its rim."""
    for _ in range(2):
        for axis in (1, 0):
            values = box_means(values.swapaxes(0, axis), radius).swapaxes(0, axis)
    return values


def luminance(picture: np.ndarray) -> np.ndarray:
    """Of [row, column, channel], 0 to 255, as 0 to 1."""
    red, green, blue = (picture.astype(np.float32) * LUMINANCE).transpose(2, 0, 1)
    return (red + green + blue) / np.float32(255)


def box_means(values: np.ndarray, radius: int) -> np.ndarray:
    """The means of 2 radius + 1 of the first axis; beyond the edge are zeros.

    The sum moves along, as the engine's does, so that both round alike.
    """
    result, total = np.empty_like(values), np.zeros_like(values[0])
    for index in range(-radius, len(values)):
        if index + radius < len(values):
            total = total + values[index + radius]
        if index > radius:
            total = total - values[index - radius - 1]
        if index >= 0:
            result[index] = total / np.float32(2 * radius + 1)
    return result


def enlarged(cells: np.ndarray, size: Grid) -> np.ndarray:
    """[row, column] at more pixels, by bilinear interpolation between the cells' middles."""
    (top, bottom, down), (left, right, across) = (
        samples(*lengths) for lengths in zip(cells.shape, size, strict=True)
    )
    rows = cells[:, left] * (1 - across) + cells[:, right] * across
    return rows[top] * (1 - down[:, None]) + rows[bottom] * down[:, None]


def samples(length: int, target: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The two cells of a line between which each pixel is, and the second one's share."""
    middle = (np.arange(target, dtype=np.float32) + np.float32(0.5)) * np.float32(length)
    at = (middle / np.float32(target) - np.float32(0.5)).clip(0, length - 1)
    first = at.astype(np.int64)
    return first, (first + 1).clip(max=length - 1), at - first.astype(np.float32)
