"""How likely each part of a picture belongs to each class that the segmentation branch knows."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from spae.model.guided_filter import guided
from spae.model.picture_change import enlarged
from spae.model.pyramid import Grid, PyramidShape

LEAST_SHARE = 0.2  # of a position's region, that a class must fill to be there
BEGIN, WHOLE = np.float32(0.4), np.float32(0.6)  # the shares from which a pixel belongs to a class
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


@dataclass
class Outlines:
    shares: np.ndarray  # [row, column, class], for a quarter of the pixels that the branch sees
    words: list[list[int]]  # that name each class, the best first
    things: list[int]  # the classes that hold what the branch does not tell apart

    def named(self, word: int) -> list[int]:
        """The classes that a word names, the one that it names best first."""
        found = [number for number, words in enumerate(self.words) if word in words]
        return sorted(found, key=lambda number: (self.words[number].index(word), number))

    def shares_at(self, layer: int, position: int, shape: PyramidShape) -> np.ndarray:
        """The mean share of each class in the region of a layer's position, [class]."""
        size = shape.layers[layer - 1]
        rows, columns = (
            part(index, length, count)
            for index, length, count in zip(
                divmod(position, size.columns), self.shares.shape, size, strict=False
            )
        )
        return self.shares[rows, columns].mean((0, 1))

    def meant(self, layer: int, position: int, word: int, shape: PyramidShape) -> list[int] | None:
        """The classes that an edit of a word at a position means; None where they cannot be told.

        Those that the word names, if enough of them is there; those of things for a word that
        names no class; or else what fills most of the position's region.
        """
        shares, all_named = self.shares_at(layer, position, shape), self.named(word)
        named = [number for number in all_named if shares[number] >= LEAST_SHARE]
        if named:
            return named
        if not all_named and shares[self.things].sum() >= LEAST_SHARE:
            return self.things
        filling = np.flatnonzero(shares >= 0.5).tolist()
        return filling[:1] or None

    def mask(self, numbers: Collection[int], picture: np.ndarray) -> np.ndarray:
        """Which pixels of a picture belong to some classes, 0 to 1, [row, column].

        The outlines follow the edges of the picture, [row, column, channel] in bytes.
        """
        size = Grid(*picture.shape[:2])
        own = np.zeros(self.shares.shape[:2], np.float32)
        for number in numbers:
            own = own + self.shares[..., number]
        radius = max(1, min(size) // 64)
        edges = guided(enlarged(own, size), luminance(picture), radius, epsilon=1e-3)
        return ((edges - BEGIN) / (WHOLE - BEGIN)).clip(0, 1)

    def classes_of(
        self, word: int, alike: Collection[int], words: np.ndarray, shape: PyramidShape, layer: int
    ) -> list[int]:
        """The classes of a picture that a word means, by the words of a layer.

        Those that it names, where a position is made of them; and those akin to them, such as a
        field to grass, that fill a position whose word is alike.
        """
        own = shape.layer_of(words, layer).tolist()
        shares = np.stack([self.shares_at(layer, at, shape) for at in range(len(own))])
        is_alike = np.array([word in alike for word in own])
        named = self.named(word)
        there = [number for number in named if (shares[:, number] >= LEAST_SHARE).any()]
        akin = [
            number
            for number, words_of in enumerate(self.words)
            if number not in named
            and any(set(self.words[other]) & set(words_of) for other in named)
            and (is_alike & (shares[:, number] >= 0.5)).any()
        ]
        return there + akin

    def positions(self, numbers: list[int], layer: int, shape: PyramidShape) -> list[int]:
        """The positions of a layer that some classes fill by half, or the one they fill most."""
        if not numbers:
            return []
        count = shape.layers[layer - 1].cells
        shares = [self.shares_at(layer, at, shape)[numbers].sum() for at in range(count)]
        return [at for at, share in enumerate(shares) if share >= 0.5] or [int(np.argmax(shares))]


def part(index: int, length: int, count: int) -> slice:
    first = index * length // count
    return slice(first, max(first + 1, (index + 1) * length // count))


def luminance(picture: np.ndarray) -> np.ndarray:
    """Of [row, column, channel] in bytes, 0 to 1."""
    red, green, blue = (picture.astype(np.float32) * LUMINANCE).transpose(2, 0, 1)
    return (red + green + blue) / np.float32(255)
