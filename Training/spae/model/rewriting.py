"""Chooses the words of some cells again, so that the decoded picture comes near another one.

One primitive serves every edit that paints: what differs is the picture that is aimed at. Each
layer is quantized in latent space and refined, as for a new picture; but only free words change.
What the others contribute to the streaming average is subtracted from the latent, so that the free
words of a cell make up for those that it holds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from spae.images import framed, rgb, to_tensor
from spae.model.evidence import Named
from spae.model.outlines import LEAST_SCORE, Outlines, distinct
from spae.model.pyramid import Pyramid, PyramidShape
from spae.model.quantizer import Candidates, nearest, nearest_candidate
from spae.model.refinement import Refinement
from spae.model.teacher import SemanticMap

if TYPE_CHECKING:
    from spae.model.network import SPAE

KINDS = Path(__file__).parents[1] / "tables" / "class-kinds.tsv"


@dataclass
class PictureEvidence:
    """What the frozen branches say of a picture: which words fit where, and where what ends.

    Many edits of one picture share it.
    """

    semantics: SemanticMap | None
    named: list[list[Named | None]] | None  # of each of the upper layers, each position
    outlines: Outlines | None

    def without_outlines(self) -> PictureEvidence:
        return PictureEvidence(self.semantics, self.named, None)


@torch.no_grad()
def evidence_in(
    model: SPAE, image: Image.Image, shape: PyramidShape, fit: str = "crop"
) -> PictureEvidence:
    """Looks at a picture of any size that becomes, framed, a pyramid of a shape."""
    image = framed(rgb(image), fit)
    semantics = model.semantics(image, shape)
    named = model.named([image], semantics, shape)
    return PictureEvidence(semantics, named and named[0], outlines_in(model, image, shape))


def outlines_in(model: SPAE, image: Image.Image, shape: PyramidShape) -> Outlines | None:
    if model.evidence is None:
        return None
    branch, known = model.segmentation_branch, model.evidence
    shares = branch(branch.view(image, shape)[None])[0].softmax(0).permute(1, 2, 0)
    words = [own.tolist() for own in known.class_words["segmentation"]]
    things = [number for number, own in enumerate(words) if not own or number == known.person_stuff]
    boxes = distinct(known.boxes(image, shape, LEAST_SCORE))
    thing_words = [own.tolist() for own in known.class_words["detection"]]
    return Outlines(shares.contiguous().numpy(), words, things, boxes, thing_words, kinds_of(model))


def kinds_of(model: SPAE) -> dict[int, list[int]]:
    """The classes of the segmentation of which each word is a kind."""
    names = [seen.name for seen in model.evidence.segmentation.sizes.classes]
    index = {word: number for number, word in enumerate(model.words)}
    found = {}
    for line in KINDS.read_text().splitlines():
        if line.startswith("#"):
            continue
        classes, words = (own.split() for own in line.split("\t"))
        numbers = [names.index(name) for name in classes if name in names]
        found |= {index[word]: numbers for word in words if word in index}
    return found


def free_words(
    shape: PyramidShape, cells: Collection[int], holding: Collection[int], words: Collection[int]
) -> list[Tensor]:
    """The positions of each layer that may change, [place] of booleans.

    Those of some cells, but for the layers and the flat indices of words that are held.
    """
    inside, held = np.zeros(shape.grid.cells, bool), np.zeros(shape.word_count(), bool)
    inside[list(cells)], held[list(words)] = True, True
    return [
        torch.from_numpy(
            inside[shape.visited(layer)] & ~shape.layer_of(held, layer) & (layer not in holding)
        )
        for layer in range(1, shape.depth + 1)
    ]


@torch.no_grad()
def rewritten(
    model: SPAE,
    pyramid: Pyramid,
    picture: Image.Image,
    free: Sequence[Tensor],
    evidence: PictureEvidence,
    typed: Sequence[int] = (),
    weights: np.ndarray | None = None,
) -> Pyramid:
    """The pyramid with its free words refined; `typed` words fit everywhere.

    `weights`, [row, column], is how much the error of each pixel counts.
    """
    shape = pyramid.shape
    expected = shape.grid.scaled(model.configuration.patch)
    if picture.size != (expected.columns, expected.rows):
        raise ValueError(
            f"the picture to aim at has {picture.width} x {picture.height} pixels, the decoded one"
            f" has {expected.columns} x {expected.rows}"
        )
    if not any(own.any() for own in free):
        return pyramid
    target, semantics = to_tensor(picture).unsqueeze(0), evidence.semantics
    named = None if evidence.named is None else [evidence.named]
    candidates = model.candidates(semantics, pictures=target, named=named)
    candidates = {layer: preceded(own, typed) for layer, own in candidates.items()}
    # The engine may round a target's pixel otherwise: whole numbers would make much of it.
    z = model.latent(target, semantics, in_floats=True)
    words = torch.from_numpy(pyramid.words).long().unsqueeze(0)
    rewriting = Rewriting(model, shape, target, free, candidates)
    if weights is not None:
        rewriting.refinement.weights = torch.from_numpy(weights)[None, None]
    found = rewriting.words(z, words)
    return Pyramid(shape, found[0].numpy())


def preceded(candidates: Candidates, typed: Sequence[int]) -> Candidates:
    """The same words after others, which have no penalty."""
    first = torch.tensor(list(typed), dtype=candidates.words.dtype)
    first = first.expand(*candidates.words.shape[:-1], len(typed))
    words = torch.cat([first, candidates.words], -1)
    return Candidates(
        words, torch.cat([torch.zeros_like(first).to(candidates.penalty), candidates.penalty], -1)
    )


class Rewriting:
    """What a rewriting may change, and what each position may become."""

    def __init__(
        self,
        model: SPAE,
        shape: PyramidShape,
        target: Tensor,
        free: Sequence[Tensor],
        candidates: dict[int, Candidates],
    ):
        self.model, self.shape, self.target = model, shape, target
        self.free, self.candidates = free, candidates
        self.codes, self.reserved = model.codebook.codes(), model.codebook.reserved
        search = model.configuration.search
        linear = model.decoder.linear
        self.refinement = Refinement(self.codes, shape, linear, search, self.reserved)

    def words(self, z: Tensor, old: Tensor) -> Tensor:
        """The words that come near a latent z and then the picture, [1, n]."""
        total, visits = torch.zeros_like(z), torch.zeros(z.shape[1])
        energy, words = z.square().sum(2).mean(1), old[:, :0]
        for layer in range(1, self.shape.depth + 1):
            own = self.shape.layer_of(old, layer).clone()
            cells, free = torch.from_numpy(self.shape.visited(layer)), self.free[layer - 1]
            if free.any():
                at = cells[free]
                targets = (visits[at] + 1)[:, None] * z[:, at] - total[:, at]
                own[:, free] = self._nearest(targets, layer, energy)
                own = self._refined(torch.cat([words, own], 1), layer, free)
            words = torch.cat([words, own], 1)
            total = total.index_add(1, cells, self.codes[own])
            visits = visits.index_add(0, cells, torch.ones(len(cells)))
        return self._refined_again(words)

    def _nearest(self, targets: Tensor, layer: int, energy: Tensor) -> Tensor:
        if layer not in self.candidates:
            return nearest(targets, self.codes, reserved=self.reserved)
        own = self.candidates[layer][:, self.free[layer - 1]]
        if self.reserved is not None:
            penalty = own.penalty.masked_fill(self.reserved[own.words], torch.inf)
            own = Candidates(own.words, penalty)
        return nearest_candidate(targets, self.codes, own, energy)

    def _refined(self, words: Tensor, layer: int, free: Tensor, guided: bool = True) -> Tensor:
        """The words of a layer, refined at its free positions."""
        candidates = self.candidates.get(layer) if guided else None

        def decode(words: Tensor, depth: int) -> Tensor:
            return self.model.decode_refined(words, self.shape, depth)

        found = self.refinement.refine(words, layer, self.target, decode, candidates, free)
        return self.shape.layer_of(found, layer)

    def _refined_again(self, words: Tensor) -> Tensor:
        """The words with those of the last layer but one refined too, after the last one's.

        Both visit every cell, so that with the two in each other's place the picture is the same.
        """
        depth, free = self.shape.depth, self.free[self.shape.depth - 2]
        if not free.any():
            return words
        first, last = self.shape.word_count(depth - 2), self.shape.word_count(depth - 1)
        above, middle, lowest = words[:, :first], words[:, first:last], words[:, last:]
        swapped = torch.cat([above, lowest, middle], 1)
        middle = self._refined(swapped, depth, free, guided=False)
        return torch.cat([above, middle, lowest], 1)
