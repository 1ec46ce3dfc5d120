"""New words for some positions of a pyramid, whose colours the picture takes on.

The target picture is the decoded one plus what the new words of the upper layers change when those
layers are decoded alone; where the evidence has outlines, the change follows them. Towards it the
words of the layers below are rewritten in the cells that change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from spae.model.outlines import LEAST_SHARE, Outlines, part
from spae.model.picture_change import PictureChange, enlarged
from spae.model.pyramid import Pyramid, PyramidShape
from spae.model.rewriting import PictureEvidence, free_words, rewritten
from spae.model.semantic_branch import MAP_LAYER

if TYPE_CHECKING:
    from spae.model.network import SPAE

PAINTED_SHARE = 0.1  # of where something may be, from which a fill paints it
FILLED_SHARE = 0.02  # of a region, from which a class that is to be filled counts as being there
TYPED = 4  # at most so many new words are candidates everywhere
ALIKE = 0.8  # `red` and `blue` are .75 alike, `mountain` and `mountains` .83
NEIGHBOURS = 8


@dataclass
class PutWords:
    """What earlier edits of a picture have put."""

    positions: set[int] = field(default_factory=set)  # flat indices of words
    filled: list[tuple[int, np.ndarray]] = field(default_factory=list)  # a word, and which pixels

    def masks(self, word: int) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Which pixels, 0 to 1, were filled last with a word, and which with another one."""
        own = others = None
        for filled, mask in self.filled:
            if filled == word:
                own, others = either(own, mask), without(others, mask)
            else:
                own, others = without(own, mask), either(others, mask)
        return own, others

    def alone_say(self, word: int, pyramid: Pyramid) -> bool:
        """Whether a word says what was filled with it, and is nowhere else in the upper layers."""
        upper = pyramid.words[: pyramid.shape.word_count(MAP_LAYER)]
        said = set(np.flatnonzero(upper == word).tolist())
        is_filled = any(filled == word for filled, _ in self.filled)
        return bool(said) and said <= self.positions and is_filled


def either(mask: np.ndarray | None, other: np.ndarray) -> np.ndarray:
    return other if mask is None else np.maximum(mask, other)


def without(mask: np.ndarray | None, other: np.ndarray) -> np.ndarray | None:
    return None if mask is None else mask * (1 - other)


def mask_share(mask: np.ndarray | None, at: int, shape: PyramidShape) -> float:
    """The mean of a mask in the region of a position that says what is where."""
    if mask is None:
        return 0
    size = shape.layers[MAP_LAYER - 1]
    places = zip(divmod(at, size.columns), mask.shape, size, strict=True)
    return float(mask[tuple(part(*own) for own in places)].mean())


@dataclass
class ClassFill:
    """Classes of the segmentation branch that become a word wherever they are."""

    numbers: list[int]
    word: int
    # Flat indices of words: of the classes that which hangs together with their positions; or all.
    seeds: set[int] | None = None
    put: np.ndarray | None = None  # pixels to which an earlier edit gave the old word
    kept: np.ndarray | None = None  # those to which one gave another word


@dataclass
class ThingFill:
    """A thing that no class of the segmentation branch is, and that becomes a word."""

    word: int
    boxes: np.ndarray  # [n, 4], in which it is; if there are none, it is in the cells of seeds
    seeds: set[int]  # flat indices of words
    put: np.ndarray | None = None  # as of classes
    kept: np.ndarray | None = None


@dataclass
class Steering:
    words: dict[int, int]  # the new words, by their flat index
    filled: ClassFill | ThingFill | None = None  # what changes beyond the positions themselves
    silent: set[int] = field(default_factory=set)  # flat indices that paint nothing themselves
    held: set[int] = field(default_factory=set)  # flat indices of other words that must stay

    def applied_to(self, pyramid: Pyramid) -> Pyramid:
        """The pyramid with the new words alone."""
        words = pyramid.words.copy()
        for index, word in self.words.items():
            words[index] = word
        return Pyramid(pyramid.shape, words)

    def loud(self) -> Steering:
        """The same without the new words that paint nothing."""
        words = {at: word for at, word in self.words.items() if at not in self.silent}
        return replace(self, words=words)

    def painted_layers(self, shape: PyramidShape) -> list[int]:
        """The layers of new words that others lie beneath, from the coarsest on."""
        layers = {layer_at(shape, index) for index in self.loud().words}
        if self.filled is not None:
            layers.add(MAP_LAYER)
        return sorted(layer for layer in layers if shape.stride(layer) > 1)


def layer_at(shape: PyramidShape, index: int) -> int:
    """The layer of a word's flat index."""
    return next(own for own in range(1, shape.depth + 1) if index < shape.word_count(own))


# Steering


def steered(
    model: SPAE, pyramid: Pyramid, steering: Steering, evidence: PictureEvidence
) -> Pyramid:
    """Puts new words into a pyramid, and recolours what they cover as their colours say.

    Upper layers and all cells that do not change stay. Words of the lowest layers are put as they
    are.
    """
    shape, edited = pyramid.shape, steering.applied_to(pyramid)
    check_words(model, pyramid)
    check_words(model, edited)
    layers = steering.painted_layers(shape)
    if not layers:
        return edited
    before = np.asarray(model.decode(pyramid))
    change = Painting(model, pyramid, before, evidence.outlines).change(steering.loud())
    free = free_words(
        *(shape, change.cells(model.configuration.patch), range(1, layers[-1] + 1)),
        words=steering.held | set(steering.words),
    )
    typed = set(steering.words.values())
    if steering.filled is not None:
        typed.add(steering.filled.word)
    picture = Image.fromarray(change.added_to(before))
    return rewritten(
        *(model, edited, picture, free, evidence, sorted(typed)[:TYPED]), weights=change.weights()
    )


def check_words(model: SPAE, pyramid: Pyramid) -> None:
    """Refuses words that the vocabulary lacks."""
    wrong = pyramid.words[(pyramid.words < 0) | (pyramid.words >= len(model.words))]
    if len(wrong):
        count = len(model.words)
        raise ValueError(f"there is no word {wrong[0]}; the vocabulary has {count} words")


@dataclass
class Painting:
    """What new words change of the picture of a pyramid."""

    model: SPAE
    pyramid: Pyramid
    before: np.ndarray  # [row, column, channel] in bytes
    outlines: Outlines | None

    def change(self, steering: Steering) -> PictureChange:
        shape = self.pyramid.shape
        change = PictureChange.none(shape.grid.scaled(self.model.configuration.patch))
        for layer in steering.painted_layers(shape):
            old = self._alone(layer, self.pyramid)
            own = self._layer_change(layer, old, steering.applied_to(self.pyramid))
            if self.outlines is not None:
                own.confine(self._confinement(steering, layer))
            own.correct(old, self.before, self._radius(layer))
            change.cover(own)
        if steering.filled is not None and self.outlines is not None:
            change.cover(self._fill(steering.filled))
        return change

    def _fill(self, filled: ClassFill | ThingFill) -> PictureChange:
        """What changes where classes become a word, whatever the words there are."""
        shape, outlines = self.pyramid.shape, self.outlines
        places = range(shape.layers[MAP_LAYER - 1].cells)
        shares = self._shares(filled)
        own = [
            at
            for at in places
            if shares[outlines.parts(MAP_LAYER, at, shape)].mean() >= FILLED_SHARE
            or mask_share(filled.put, at, shape) >= FILLED_SHARE
        ]
        everywhere = steering_of(shape, MAP_LAYER, own, filled.word).applied_to(self.pyramid)
        old, radius = self._alone(MAP_LAYER, self.pyramid), self._radius(MAP_LAYER)
        mask = self.mask(filled)
        change = self._layer_change(MAP_LAYER, old, everywhere).completed(mask, radius)
        change.correct(old, self.before, radius)
        return change

    def paints(self, filled: ClassFill | ThingFill) -> bool:
        """Whether a fill paints more than a little of where it may be.

        In a box of the whole picture, for one, the colours tell nothing, and nothing is filled.
        """
        possible = (self._shares(filled) >= LEAST_SHARE).mean()
        if filled.put is not None:
            possible = possible + filled.put.mean()
        return bool(self.mask(filled).mean() > PAINTED_SHARE * possible)

    def _layer_change(self, layer: int, before: np.ndarray, new: Pyramid) -> PictureChange:
        """What the words of one layer, decoded alone, change when others take their place."""
        shape, after = self.pyramid.shape, self._alone(layer, new)
        own = shape.layer_of(self.pyramid.words, layer) != shape.layer_of(new.words, layer)
        upsampling = shape.upsampling(layer, first=layer)
        changed = np.isin(upsampling.source, shape.visited(layer)[own])
        coverage = (upsampling.weight * changed).sum(1, dtype=np.float32).reshape(shape.grid)
        change = PictureChange(after - before, enlarged(coverage, self._size))
        return change.flattened(self.model.configuration.patch // 2)

    def _shares(self, filled: ClassFill | ThingFill) -> np.ndarray:
        """The share of what is filled in each part of the outlines, [row, column]."""
        seeds = None
        if filled.seeds is not None:
            shape = self.pyramid.shape
            seeds = [parts_at(self.outlines, index, shape) for index in sorted(filled.seeds)]
        if isinstance(filled, ThingFill):
            return self.outlines.thing_shares(filled.boxes, seeds)
        return self.outlines.share_of(filled.numbers, seeds)

    def mask(self, filled: ClassFill | ThingFill) -> np.ndarray:
        """Which pixels are filled, 0 to 1, [row, column]."""
        mask = self._mask_seen(filled)
        if filled.kept is not None:
            mask = mask * (1 - filled.kept)
        return mask if filled.put is None else np.maximum(mask, filled.put)

    def _mask_seen(self, filled: ClassFill | ThingFill) -> np.ndarray:
        """The same by what the frozen branches see."""
        shares, outlines = self._shares(filled), self.outlines
        if isinstance(filled, ThingFill):
            return outlines.fill_mask(shares, self.before, rim=2, least=0)
        # A sky that recedes by two leaves a light line before a tower.
        return outlines.fill_mask(shares, self.before, rim=1)

    @property
    def _size(self):
        return self.pyramid.shape.grid.scaled(self.model.configuration.patch)

    def _radius(self, layer: int) -> int:
        """Half of a position's side, in pixels."""
        return self.model.configuration.patch * self.pyramid.shape.stride(layer) // 2

    @torch.no_grad()
    def _alone(self, layer: int, pyramid: Pyramid) -> np.ndarray:
        """The picture of one layer's words alone, [row, column, channel] in [-1, 1].

        What shallower layers say of a few cells does not hide what it says of the rest.
        """
        words = torch.from_numpy(pyramid.words).unsqueeze(0)
        picture = self.model.decode_words(words, pyramid.shape, layer, first=layer)
        return picture[0].permute(1, 2, 0).contiguous().numpy()

    def _confinement(self, steering: Steering, layer: int) -> np.ndarray | None:
        """Which pixels the edits of a layer may reach: the outlines of the classes they mean."""
        if steering.filled is not None:
            return self.mask(steering.filled)
        shape, classes = self.pyramid.shape, set()
        for index in sorted(steering.words):
            if layer_at(shape, index) != layer:
                continue
            position, word = index - shape.word_count(layer - 1), int(self.pyramid.words[index])
            meant = self.outlines.meant(layer, position, word, shape)
            if meant is None:
                return None
            classes |= set(meant)
        return self.outlines.mask(self.outlines.share_of(sorted(classes)), self.before)


# Which words an edit means


def steering_of(shape: PyramidShape, layer: int, positions: Iterable[int], word: int) -> Steering:
    """Makes the same word of some positions of a layer."""
    first = shape.word_count(layer - 1)
    return Steering({first + int(at): word for at in positions})


def matching(
    model: SPAE,
    pyramid: Pyramid,
    old: int,
    new: int,
    evidence: PictureEvidence,
    layer: int | None = None,
    put: PutWords | None = None,
) -> Steering | None:
    """The edit that makes one word another wherever the picture has it; None where it has none.

    Of the upper layers those positions count whose word is the old one, a form or near synonym of
    it, or that the frozen branches name so; and with outlines all pixels of the classes that the
    old word names, unless those paint next to nothing. With `layer` only the words of that layer
    count. What earlier edits have put is the old word where it says so itself, and what they have
    filled with it; where nothing else says it, nothing else is meant.
    """
    shape, outlines, put = pyramid.shape, evidence.outlines, put or PutWords()
    alike, layers = words_alike(model, old, outlines), [layer] if layer else [1, 2, 3]
    is_put = put.alone_say(old, pyramid)
    if is_put:
        alike = {old}
    classes = []
    if outlines is not None and not is_put:
        classes = outlines.classes_of(old, alike, pyramid.words, shape, MAP_LAYER)
    found = {
        own: [
            at
            for at, word in enumerate(shape.layer_of(pyramid.words, own).tolist())
            if word == old
            or (
                shape.word_count(own - 1) + at not in put.positions
                and (word in alike or is_named(evidence, own, at, classes))
            )
        ]
        for own in layers
    }
    if not any(found.values()) and layer is None and outlines is not None:
        first, others = shape.word_count(MAP_LAYER - 1), put.masks(old)[1]
        own = [
            at
            for at in outlines.positions(classes, MAP_LAYER, shape)
            if first + at not in put.positions and mask_share(others, at, shape) < 0.5
        ]
        found = {MAP_LAYER: own}
    finest = max((own for own, positions in found.items() if positions), default=None)
    if finest is None:
        return None
    steering = Steering({})
    for own, positions in found.items():
        words = steering_of(shape, own, positions, new).words
        steering.words |= words
        # The coarser words say the same of a larger part, of which not all is meant.
        if own != finest:
            steering.silent |= set(words)
    filled = None
    if layer is None and (classes or is_put):
        filled = ClassFill(classes, new)
    elif layer is None and outlines is not None and outlines.named(old):
        filled = box_fill(outlines, steering.loud(), alike, new)
    elif layer is None and outlines is not None:
        is_main = any(layer_at(shape, index) == 1 for index in steering.words)
        filled = thing_fill(model, evidence, steering.loud(), shape, alike, new, is_main)
    if filled is not None:
        filled.put, filled.kept = put.masks(old)
        painting = Painting(model, pyramid, np.asarray(model.decode(pyramid)), outlines)
        steering.filled = filled if painting.paints(filled) else None
    return steering


def box_fill(
    outlines: Outlines, steering: Steering, alike: Collection[int], new: int
) -> ThingFill | None:
    """What becomes a word where none of the classes that it names is there.

    That is what is in the boxes that it names, such as a glass to drink from, and no window.
    """
    boxes = outlines.boxes_of(alike, [], is_main=False)
    return ThingFill(new, boxes, set(steering.words)) if len(boxes) else None


def thing_fill(
    model: SPAE,
    evidence: PictureEvidence,
    steering: Steering,
    shape: PyramidShape,
    alike: Collection[int],
    new: int,
    is_main: bool,
) -> ClassFill | ThingFill:
    """What becomes a word where things do that no class of the outlines is named for.

    Those in boxes; or else what the outlines take for things without telling them apart; or else
    what has the colours of the words' positions.
    """
    outlines, seeds = evidence.outlines, set(steering.words)
    parts = [parts_at(outlines, index, shape) for index in sorted(seeds)]
    boxes = outlines.boxes_of(alike, parts, is_main)
    if len(boxes) == 0 and has_plain_things(model, evidence):
        plain = things_at(seeds, outlines, shape)
        if plain:
            return ClassFill(outlines.things, new, plain)
    return ThingFill(new, boxes, seeds)


def parts_at(outlines: Outlines, index: int, shape: PyramidShape) -> tuple[slice, slice]:
    """The rows and columns of parts in the region of a word, by its flat index."""
    layer = layer_at(shape, index)
    return outlines.parts(layer, index - shape.word_count(layer - 1), shape)


def has_plain_things(model: SPAE, evidence: PictureEvidence) -> bool:
    """Whether what the outlines take for a thing is one: the branch takes people for things, too."""
    if model.evidence is None or evidence.outlines is None or evidence.named is None:
        return False
    named = (own for layer in evidence.named for own in layer if own is not None)
    person = model.evidence.person_thing
    return not any(own.branch == "detection" and own.number == person for own in named)


def things_at(indices: Iterable[int], outlines: Outlines, shape: PyramidShape) -> set[int]:
    """Of some words, by their flat index, those at whose positions the outlines know a thing."""
    found = set()
    for index in indices:
        layer = layer_at(shape, index)
        shares = outlines.shares_at(layer, index - shape.word_count(layer - 1), shape)
        if shares[outlines.things].sum() >= LEAST_SHARE:
            found.add(index)
    return found


def is_named(evidence: PictureEvidence, layer: int, position: int, classes: list[int]) -> bool:
    """Whether one of some classes of the segmentation names a position of the upper layers."""
    if evidence.named is None or layer > len(evidence.named):
        return False
    own = evidence.named[layer - 1][position]
    return own is not None and own.branch == "segmentation" and own.number in classes


def words_alike(model: SPAE, word: int, outlines: Outlines | None) -> set[int]:
    """A word, its forms, its nearest synonyms, and the words of the classes that it names best."""
    codebook = model.codebook
    forms = (codebook.lemma == codebook.lemma[word]).nonzero().squeeze(1).tolist()
    similarity, nearest = codebook.neighbours(word, NEIGHBOURS)
    words = {word, *forms, *nearest[similarity >= ALIKE].tolist()}
    for own in outlines.words if outlines is not None else []:
        if word in own[:2]:
            words |= set(own)
    return words
