"""How likely each part of a picture belongs to each class that the segmentation branch knows."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from spae.model.colour_shares import by_colour
from spae.model.guided_filter import guided
from spae.model.picture_change import enlarged, luminance
from spae.model.pyramid import Grid, PyramidShape

LEAST_SHARE = 0.2  # of a position's region, that a class must fill to be there
BEGIN, WHOLE = np.float32(0.4), np.float32(0.6)  # the shares from which a pixel belongs to a class


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
        return self.shares[self.parts(layer, position, shape)].mean((0, 1))

    def parts(self, layer: int, position: int, shape: PyramidShape) -> tuple[slice, slice]:
        """The rows and columns of parts in the region of a layer's position."""
        size = shape.layers[layer - 1]
        rows, columns = (
            part(index, length, count)
            for index, length, count in zip(
                divmod(position, size.columns), self.shares.shape, size, strict=False
            )
        )
        return rows, columns

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

    def share_of(
        self, numbers: Collection[int], seeds: Collection[tuple[slice, slice]] | None = None
    ) -> np.ndarray:
        """The share of some classes in each part, [row, column].

        With `seeds`, rows and columns of parts, only what hangs together with one of them.
        """
        own = np.zeros(self.shares.shape[:2], np.float32)
        for number in numbers:
            own = own + self.shares[..., number]
        return own if seeds is None else connected(own, seeds)

    def mask(self, own: np.ndarray, picture: np.ndarray) -> np.ndarray:
        """Which pixels of a picture belong to what has such shares, 0 to 1, [row, column].

        The outlines follow the edges of the picture, [row, column, channel] in bytes.
        """
        size = Grid(*picture.shape[:2])
        radius = max(1, min(size) // 64)
        own = by_colour(enlarged(own, size), picture)
        edges = guided(own, luminance(picture), radius, epsilon=1e-3)
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


def connected(shares: np.ndarray, seeds: Collection[tuple[slice, slice]]) -> np.ndarray:
    """Shares [row, column] where parts of half or more hang together with such a part of a seed.

    Parts of less stay where they touch one of those.
    """
    inside = np.zeros(shares.shape, bool)
    for rows, columns in seeds:
        inside[rows, columns] = True
    half = shares >= 0.5
    found, grown = np.zeros_like(half), inside & half
    while (grown != found).any():
        found, grown = grown, spread(grown) & half
    return np.where(spread(found), shares, np.float32(0))


def spread(parts: np.ndarray) -> np.ndarray:
    """Parts [row, column] and those above, below and beside them."""
    around = np.pad(parts, 1)
    own = around[1:-1, 1:-1] | around[:-2, 1:-1] | around[2:, 1:-1]
    return own | around[1:-1, :-2] | around[1:-1, 2:]


def part(index: int, length: int, count: int) -> slice:
    first = index * length // count
    return slice(first, max(first + 1, (index + 1) * length // count))
