"""What stands at each position of the upper layers, by whichever frozen branch is surest.

The classifier knows ImageNet's thousand classes, and none for people, sky, grass or roads. The
segmentation branch knows those by pixel, and takes animals for people; the detection branch knows
people and other things by box. Where one of the two is sure enough, a position's candidates are the
words of its class, and the classifier's elsewhere. Nothing of it reaches the encoder.

A position is a cell of the map (layer 3), which is 4 x 4 of a square, a quarter of the picture
(layer 2) or the whole (layer 1); of other pictures it is the region of a layer's position. It is
named by
  people  the pixels that the segmentation takes for a person inside a box of one: in the cells that
          they fill, and in the whole or else in the quarter that holds most of them, so that other
          positions have room for what else there is;
  stuff   sky, grass ...: by the gate of its class, see `StuffGate`;
  things  of boxes, where the classifier is unsure;
  looks   of stuff in some colours, such as a red sky: in place of that stuff, or of the classifier
          where it is not too sure, see `Look`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from spae.model.configuration import Evidence
from spae.model.detection import DetectionBranch
from spae.model.looks import LookOfClasses, cell_colours
from spae.model.pyramid import Grid, PyramidShape, shape, window
from spae.model.quantizer import Candidates
from spae.model.segmentation import SegmentationBranch
from spae.model.semantic_branch import MAP_LAYER

PERSON = "person"
SAMPLE = 2  # every second row and column of the segmentation
SQUARE = shape(16)  # whose first layers those of all squares are


@dataclass(frozen=True)
class Named:
    """The class that names a position, the branch that saw it, and how sure it was, 0 to 1."""

    branch: str
    number: int
    sureness: float
    look: int | None = None  # what the class looks like there


@dataclass(frozen=True)
class Position:
    """The region of a layer's position, in the map's cells."""

    rows: slice
    columns: slice
    grid: Grid

    def of(self, cells: np.ndarray) -> np.ndarray:
        """Its part of [..., row, column]."""
        return cells[..., self.rows, self.columns]

    @property
    def edges(self) -> np.ndarray:
        """Left, top, right and bottom in shares of the picture's sides."""
        left, right = (at / self.grid.columns for at in (self.columns.start, self.columns.stop))
        top, bottom = (at / self.grid.rows for at in (self.rows.start, self.rows.stop))
        return np.array([left, top, right, bottom])

    @property
    def area(self) -> float:
        return float((self.edges[2:] - self.edges[:2]).prod())


def positions(layer: int, shape: PyramidShape = SQUARE) -> list[Position]:
    """The positions of one of the first layers, row after row."""
    size, grid = shape.layers[layer - 1], shape.layers[MAP_LAYER - 1]
    rows, columns = (
        [window(part, count, length) for part in range(count)] for count, length in zip(size, grid)
    )
    return [Position(row, column, grid) for row in rows for column in columns]


@dataclass
class Boxes:
    """Things that were found."""

    edges: np.ndarray  # [n, 4], inside the picture, in shares of its sides
    classes: np.ndarray  # [n]
    scores: np.ndarray  # [n]

    @property
    def areas(self) -> np.ndarray:
        return (self.edges[:, 2:] - self.edges[:, :2]).prod(1)

    def areas_in(self, position: Position) -> np.ndarray:
        """The common area of each with a position."""
        low = np.maximum(self.edges[:, :2], position.edges[:2])
        high = np.minimum(self.edges[:, 2:], position.edges[2:])
        return (high - low).clip(0).prod(1)

    def cover(self, position: Position) -> np.ndarray:
        """The same as a share of the smaller of the two."""
        return self.areas_in(position) / np.minimum(self.areas, position.area).clip(1e-6)

    def mask(self, size: Grid) -> np.ndarray:
        """Which pixels of a grid, by their centres, are inside of one, [row, column]."""
        y, x = ((np.arange(length) + 0.5) / length for length in size)
        left, top, right, bottom = (own[:, None] for own in self.edges.T)
        columns, rows = (left <= x) & (x < right), (top <= y) & (y < bottom)
        return (rows[:, :, None] & columns[:, None, :]).any(0)

    def __getitem__(self, kept: np.ndarray) -> "Boxes":
        return Boxes(self.edges[kept], self.classes[kept], self.scores[kept])


def boxes_of(cells: Tensor, size: Grid, least: float) -> Boxes:
    """The boxes of a detection's cells, [cells, 5 + classes] in pixels, that score enough."""
    scores, classes = (cells[:, 4:5] * cells[:, 5:]).max(1)
    kept = scores >= least
    cells, scores, classes = cells[kept], scores[kept], classes[kept]
    half = cells[:, 2:4] / 2
    sides = cells.new_tensor([size.columns, size.rows] * 2)
    edges = torch.cat([cells[:, :2] - half, cells[:, :2] + half], 1) / sides
    return Boxes(edges.clamp(0, 1).numpy(), classes.numpy(), scores.numpy())


@dataclass
class Seen:
    """What the three branches say of one picture."""

    stuff: np.ndarray  # [class, row, column], the mean share of each class in each cell
    people: np.ndarray  # [row, column], the share of pixels of people
    things: Boxes  # without people
    whole: float  # the highest probability that the classifier gives a class ...
    cells: np.ndarray  # ... and, if it is no place, in each cell, [row, column]
    looks: np.ndarray | None = None  # [look, row, column], the share of each look in each cell


class EvidenceMap:
    """Decides what names each position."""

    def __init__(
        self,
        sizes: Evidence,
        segmentation: SegmentationBranch,
        detection: DetectionBranch,
        words: list[str],
    ):
        self.sizes, self.segmentation, self.detection = sizes, segmentation, detection
        stuff = [seen.name for seen in segmentation.sizes.classes]
        things = [seen.name for seen in detection.sizes.classes]
        self.person_stuff, self.person_thing = stuff.index(PERSON), things.index(PERSON)
        self.gates = [(stuff.index(gate.name), gate) for gate in sizes.stuff]
        self.looks = [LookOfClasses(look, stuff) for look in sizes.looks or ()]
        index = {word: number for number, word in enumerate(words)}
        self.class_words = {
            name: [torch.tensor([index[word] for word in seen.words]) for seen in classes]
            for name, classes in (
                ("segmentation", segmentation.sizes.classes),
                ("detection", detection.sizes.classes),
            )
        }
        self.look_words = [
            torch.tensor([index[word] for word in own.look.words]) for own in self.looks
        ]

    def words(self, named: Named) -> Tensor:
        """The words of a class, the best first; those of what it looks like go before them."""
        own = self.class_words[named.branch][named.number]
        if named.look is None:
            return own
        first = self.look_words[named.look]
        return torch.cat([first, own[~torch.isin(own, first)]])

    @torch.no_grad()
    def named(
        self,
        image: Image.Image,
        whole: float,
        cells: np.ndarray,
        shape: PyramidShape | None = None,
    ) -> list[list[Named | None]]:
        """What names each position of each layer, beside the classifier's best probabilities.

        Of a picture's middle square, or of all of a framed one with the shape of its pyramid.
        """
        device = next(self.segmentation.parameters()).device
        view = self.segmentation.view(image, shape)[None]
        logits = self.segmentation(view.to(device))[0].cpu()
        least = min(self.sizes.person.box, self.sizes.thing.box)
        boxes = self.boxes(image, shape, least)
        shares = logits[:, ::SAMPLE, ::SAMPLE].softmax(0).numpy()
        seen = self.seen(shares, boxes, whole, cells)
        if self.looks:
            colours = cell_colours(view, Grid(*cells.shape))
            seen.looks = np.stack([own.shares(seen.stuff, colours) for own in self.looks])
        return self.decided(seen, shape or SQUARE)

    @torch.no_grad()
    def boxes(self, image: Image.Image, shape: PyramidShape | None, least: float) -> Boxes:
        """What the detection branch finds with such a score or more."""
        device = next(self.detection.parameters()).device
        view = self.detection.view(image, shape).to(device)
        return boxes_of(self.detection(view[None])[0].cpu(), Grid(*view.shape[-2:]), least)

    def seen(self, shares: np.ndarray, boxes: Boxes, whole: float, cells: np.ndarray) -> Seen:
        """Of shares of the classes for each sample, [class, row, column]."""
        people, thing, grid = self.sizes.person, self.sizes.thing, Grid(*cells.shape)
        is_person = boxes.classes == self.person_thing
        inside = boxes[is_person & (boxes.scores >= people.box)].mask(Grid(*shares.shape[-2:]))
        pixels = cell_means(shares[self.person_stuff] * inside, grid)
        if pixels.mean() < people.area:
            pixels = np.zeros_like(pixels)
        things = boxes[~is_person & (boxes.scores >= thing.box) & (boxes.areas >= thing.area)]
        return Seen(cell_means(shares, grid), pixels, things, whole, cells)

    def decided(self, seen: Seen, shape: PyramidShape = SQUARE) -> list[list[Named | None]]:
        first, second, third = (positions(layer, shape) for layer in (1, 2, 3))
        wholes = [self._whole(seen, position) for position in first]
        most = None
        if seen.people.any() and not any(map(self._is_person, wholes)):
            most = max(second, key=lambda position: position.of(seen.people).sum())
        quarters = [self._quarter(seen, position, position == most) for position in second]
        cells = [self._cell(seen, position) for position in third]
        if seen.looks is None:
            return [wholes, quarters, cells]
        below = [
            [self._looking(seen, *own, own[0].of(seen.cells).max()) for own in layer]
            for layer in (zip(second, quarters), zip(third, cells))
        ]
        return [[self._looking(seen, *own, seen.whole) for own in zip(first, wholes)], *below]

    def _looking(
        self, seen: Seen, position: Position, named: Named | None, best: float
    ) -> Named | None:
        """What names a position where stuff may have a look: the one of the greatest share.

        Beside what names it by what the branches see alone, and the classifier's best probability.
        """
        if best >= self.sizes.looks_unsure or (named and named.branch == "detection"):
            return named
        found = None
        for number, own in enumerate(self.looks):
            share = float(position.of(seen.looks[number]).mean())
            if share >= own.look.least and (found is None or share > found.sureness):
                stuff = [position.of(seen.stuff[at]).mean() for at in own.classes]
                found = Named("segmentation", own.classes[np.argmax(stuff)], share, number)
        return found or named

    def _is_person(self, named: Named | None) -> bool:
        return named is not None and named == self._person(named.sureness)

    def _person(self, sureness: float) -> Named:
        return Named("detection", self.person_thing, float(sureness))

    def _whole(self, seen: Seen, position: Position) -> Named | None:
        """People or a thing, by area and sureness, or stuff, where the classifier is unsure."""
        gate, things, people = self.sizes.whole, seen.things, position.of(seen.people).mean()
        if seen.whole >= self.sizes.unsure:
            return None
        areas = things.areas_in(position) / position.area
        sizes = np.concatenate([[people], areas * things.scores])
        largest = sizes.argmax()
        if sizes[largest] >= gate.area:
            return self._person(people) if largest == 0 else self._found(things, largest - 1)
        return self._stuff(seen, position, True) if seen.whole < gate.unsure else None

    def _quarter(self, seen: Seen, position: Position, is_most: bool) -> Named | None:
        if is_most:
            return self._person(position.of(seen.people).mean())
        best = position.of(seen.cells).max()
        is_unsure = best < self.sizes.unsure
        return self._stuff(seen, position, is_unsure) or self._thing(seen, position, best)

    def _cell(self, seen: Seen, position: Position) -> Named | None:
        people, best = position.of(seen.people).mean(), position.of(seen.cells).max()
        if people >= self.sizes.person.cell:
            return self._person(people)
        bound = self.sizes.cell_unsure
        is_unsure = best < (self.sizes.unsure if bound is None else bound)
        return self._stuff(seen, position, is_unsure) or self._thing(seen, position, best)

    def _stuff(self, seen: Seen, position: Position, is_unsure: bool) -> Named | None:
        """The class of the greatest share that passes its gate, beside an unsure classifier."""
        found = None
        for number, gate in self.gates:
            share = float(position.of(seen.stuff[number]).mean())
            enough = share >= (gate.least if is_unsure else gate.certain)
            if enough and (found is None or share > found.sureness):
                found = Named("segmentation", number, share)
        return found

    def _thing(self, seen: Seen, position: Position, best: float) -> Named | None:
        """The surest thing that is here."""
        if best >= self.sizes.unsure:
            return None
        here = seen.things[seen.things.cover(position) >= self.sizes.thing.cover]
        if len(here.scores) == 0:
            return None
        return self._found(here, here.scores.argmax())

    def _found(self, things: Boxes, at: int) -> Named:
        return Named("detection", int(things.classes[at]), float(things.scores[at]))


def with_named(
    candidates: Candidates,
    named: list[list[Named | None]],
    words: Callable[[Named], Tensor],
    step: float,
) -> Candidates:
    """The candidates of a layer, those of positions that are named being the words of their class.

    `named` is a list of positions for each picture. The penalty of each further word of a class
    is greater by `step` than that of the one before it. A row is filled up with its first
    candidate.
    """
    found = {
        (picture, position): words(own)
        for picture, row in enumerate(named)
        for position, own in enumerate(row)
        if own is not None
    }
    width = max([candidates.words.shape[2], *(len(own) for own in found.values())])
    candidates = Candidates(widened(candidates.words, width), widened(candidates.penalty, width))
    for at, own in found.items():
        rank = torch.arange(width)
        rank[len(own) :] = 0
        candidates.words[at], candidates.penalty[at] = own[rank], step * rank
    return candidates


def widened(rows: Tensor, width: int) -> Tensor:
    """A copy of [..., n] that is so wide, filled up with the first of each row."""
    first = rows[..., :1].expand(*rows.shape[:-1], width - rows.shape[-1])
    return torch.cat([rows, first], -1)


def cell_means(pixels: np.ndarray, grid: Grid) -> np.ndarray:
    """The mean of the pixels whose cell each is, [..., height, width] -> [..., row, column]."""
    for axis, count in zip((-2, -1), grid):
        length = pixels.shape[axis]
        first = -(-np.arange(count) * length // count)  # where each part begins
        sizes = np.diff([*first, length]).astype(pixels.dtype)
        pixels = np.add.reduceat(pixels, first, axis)
        pixels = pixels / (sizes if axis == -1 else sizes[:, None])
    return pixels
