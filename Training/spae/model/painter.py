"""Edits a pyramid, one edit after another: each paints on what those before it left."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from spae.model.pyramid import Pyramid
from spae.model.rewriting import PictureEvidence
from spae.model.steering import Painting, PutWords, Steering, matching, steered, steering_of
from spae.model.word_edits import Change, Put, Replace

if TYPE_CHECKING:
    from spae.model.network import SPAE


class Painter:
    """Words that an edit has put stay when a later one paints over them."""

    def __init__(self, model: SPAE, pyramid: Pyramid, evidence: PictureEvidence):
        self.model, self.pyramid, self.evidence = model, pyramid, evidence
        self.first = pyramid
        self.put = PutWords()

    def apply(self, change: Change, exact: bool = False, layer: int | None = None) -> bool:
        """Does an edit; False where the picture has nothing of what it would replace.

        With `exact` only the words named change; `layer` limits a replacement to one. A word that
        becomes itself changes nothing.
        """
        steering = self._steering(change, exact, layer)
        if steering is None:
            return False
        if isinstance(change, Replace) and change.old == change.new:
            return True
        steering.held = set(self.put.positions)
        if exact:
            self.pyramid = steering.applied_to(self.pyramid)
        else:
            self._note_fill(steering)
            self.pyramid = steered(self.model, self.pyramid, steering, self.evidence)
        self.put.positions |= set(steering.words)
        return True

    def _note_fill(self, steering: Steering) -> None:
        """Takes note of the pixels that an edit fills with a word."""
        filled = steering.filled
        if filled is None:
            return
        before = np.asarray(self.model.decode(self.pyramid))
        mask = Painting(self.model, self.pyramid, before, self.evidence.outlines).mask(filled)
        self.put.filled.append((filled.word, mask))

    def _steering(self, change: Change, exact: bool, layer: int | None) -> Steering | None:
        shape, words = self.pyramid.shape, self.pyramid.words
        if isinstance(change, Put):
            first = [shape.word_count(own - 1) for own, _ in change.cells]
            places = (at + position for at, (_, position) in zip(first, change.cells))
            return Steering({place: change.word for place in places})
        if not exact:
            old, new = change.old, change.new
            return matching(self.model, self.pyramid, old, new, self.evidence, layer, self.put)
        found = {}
        for own in [layer] if layer else range(1, shape.depth + 1):
            at = np.flatnonzero(shape.layer_of(words, own) == change.old)
            found |= steering_of(shape, own, at, change.new).words
        return Steering(found) if found else None

    @property
    def upper_words(self) -> list[str]:
        """What an edit could replace: the words of the upper layers, the commonest first."""
        own = self.pyramid.words[: self.pyramid.shape.word_count(3)].tolist()
        return [self.model.words[word] for word, _ in Counter(own).most_common()]
