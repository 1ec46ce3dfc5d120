"""How likely each part of a picture belongs to each class that the segmentation branch knows."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from spae.model.colour_shares import LEAST, by_colour
from spae.model.evidence import Boxes
from spae.model.guided_filter import guided
from spae.model.picture_change import enlarged, luminance, means
from spae.model.pyramid import Grid, PyramidShape

LEAST_SHARE = 0.2  # of a position's region, that a class must fill to be there
BEGIN, WHOLE = np.float32(0.4), np.float32(0.6)  # the shares from which a pixel belongs to a class

FILL_BEGIN, FILL_WHOLE = np.float32(0.5), np.float32(0.7)  # the same of what is filled
TURNS = 3  # how often the colours of what is filled are learned
SOFT = 1  # pixels over which its rim fades

# A thing that is no class of the segmentation
IN_BOX, IN_CELLS = np.float32(0.4), np.float32(0.2)  # the share of it in a box, or in its cells
LEAST_SCORE = 0.4  # of a box
LEAST_HELD = 0.6  # of a word's positions, that a box holds of which another class is said
GREATEST_OVERLAP = 0.45  # two boxes of one class that have more in common are one thing
WHOLE_PICTURE = 0.9  # a box of more tells nothing


@dataclass
class Outlines:
    shares: np.ndarray  # [row, column, class], for a quarter of the pixels that the branch sees
    words: list[list[int]]  # that name each class, the best first
    things: list[int]  # the classes that hold what the branch does not tell apart
    boxes: Boxes | None = None  # things that the detection branch found, each once
    box_words: list[list[int]] | None = None  # that name each class of boxes, the best first
    kinds: dict[int, list[int]] = field(default_factory=dict)  # the classes of which a word is a kind

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
        kinds = all_named or self.kinds.get(word, [])
        named = [number for number in kinds if shares[number] >= LEAST_SHARE]
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
        edges = self._edges(own, picture, 1, LEAST)
        return ((edges - BEGIN) / (WHOLE - BEGIN)).clip(0, 1)

    def fill_mask(
        self, own: np.ndarray, picture: np.ndarray, rim: int, least: float = LEAST
    ) -> np.ndarray:
        """The same of what is filled, less by `rim` pixels: words spread a change beyond it.

        The colours of both sides are learned by turns from what the last one took for them; none brings
        a share from below `least`.
        """
        edges = self._edges(own, picture, TURNS, least)
        inside = ((edges - FILL_BEGIN) / (FILL_WHOLE - FILL_BEGIN)).clip(0, 1)
        return means(receded(inside, rim)[..., None], SOFT)[..., 0]

    def _edges(self, own: np.ndarray, picture: np.ndarray, turns: int, least: float) -> np.ndarray:
        size = Grid(*picture.shape[:2])
        radius, light = max(1, min(size) // 64), luminance(picture)
        before = edges = enlarged(own, size)
        for _ in range(turns):
            found = by_colour(before, picture, edges.clip(0, 1), least)
            edges = guided(found, light, radius, epsilon=1e-3)
        return edges

    def thing_shares(
        self, edges: np.ndarray, seeds: Collection[tuple[slice, slice]]
    ) -> np.ndarray:
        """How much of each part may be of a thing in some boxes or else in the parts of seeds."""
        size = Grid(*self.shares.shape[:2])
        if len(edges):
            inside = Boxes(edges, np.zeros(len(edges)), np.ones(len(edges))).mask(size)
            # The branch may have seen it without a name for it.
            seen = np.maximum(self.share_of(self.things), IN_BOX)
            return np.where(inside, seen, np.float32(0))
        own = np.zeros(size, np.float32)
        for rows, columns in seeds:
            own[rows, columns] = IN_CELLS
        return own

    def boxes_of(
        self, words: Collection[int], positions: Collection[tuple[slice, slice]], is_main: bool
    ) -> np.ndarray:
        """The boxes, [n, 4], of a thing that some words say at some parts.

        Those whose class they name; or, of the picture's main thing, the surest that holds its parts.
        """
        if self.boxes is None or not len(self.boxes.scores):
            return np.zeros((0, 4), np.float32)
        boxes = self.boxes
        named = [bool(set(words) & set(self.box_words[number])) for number in boxes.classes]
        if any(named):
            return boxes[np.array(named)].edges
        if not is_main:
            return boxes.edges[:0]
        inside = np.zeros(self.shares.shape[:2], bool)
        for rows, columns in positions:
            inside[rows, columns] = True
        held = np.array([self._held(edges, inside) for edges in boxes.edges])
        fitting = (held >= LEAST_HELD) & (boxes.areas < WHOLE_PICTURE)
        return boxes.edges[np.flatnonzero(fitting)[:1]]

    def _held(self, edges: np.ndarray, inside: np.ndarray) -> float:
        """The share of some parts, [row, column], that a box holds."""
        box = Boxes(edges[None], np.zeros(1), np.ones(1)).mask(Grid(*inside.shape))
        return float((box & inside).sum() / max(1, inside.sum()))

    def classes_of(
        self, word: int, alike: Collection[int], words: np.ndarray, shape: PyramidShape, layer: int
    ) -> list[int]:
        """The classes of a picture that a word means, by the words of a layer.

        Those that it names, where a position is made of them; and those akin to them, such as a
        field to grass, that fill a position whose word is alike. A palace that the upper words
        name is a building.
        """
        own = shape.layer_of(words, layer).tolist()
        shares = np.stack([self.shares_at(layer, at, shape) for at in range(len(own))])
        is_alike = np.array([word in alike for word in own])
        named, upper = self.named(word), words[: shape.word_count(layer)].tolist()
        if not named and not set(alike).isdisjoint(upper):
            named = self.kinds.get(word, [])
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


def distinct(boxes: Boxes) -> Boxes:
    """Each thing once, the surest first."""
    kept: list[int] = []
    for at in np.argsort(-boxes.scores, kind="stable"):
        same = [own for own in kept if boxes.classes[own] == boxes.classes[at]]
        if all(overlap(boxes.edges[own], boxes.edges[at]) <= GREATEST_OVERLAP for own in same):
            kept.append(int(at))
    return boxes[np.array(kept, int)]


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """The area that two boxes have in common, as a share of that of both."""
    common = (np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])).clip(0).prod()
    both = (a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - common
    return float(common / max(both, 1e-6))


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


def receded(mask: np.ndarray, count: int) -> np.ndarray:
    """The least of each pixel, [row, column], and those up to `count` beside or above it."""
    for axis in (1, 0):
        around = np.pad(mask.swapaxes(0, axis), [(count, count), (0, 0)], mode="edge")
        lines = [around[at : at + mask.shape[axis]] for at in range(2 * count + 1)]
        mask = np.minimum.reduce(lines).swapaxes(0, axis)
    return mask


def part(index: int, length: int, count: int) -> slice:
    first = index * length // count
    return slice(first, max(first + 1, (index + 1) * length // count))
