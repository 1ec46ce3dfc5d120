"""Words of a film's frame, chosen again so that the decoded picture comes near a target.

The last two layers visit every cell, and both words of a cell have the same effect on its picture.
So the two are chosen together: a Gauss-Newton step by the linear decoder says what their codes should
sum up to, and pairs that come near it are found from several first words. Each word that differs from
the standing one must pay for itself. Half of the cells move at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from spae.model.decoder import ConditionalLinearDecoder
from spae.model.pyramid import PyramidShape
from spae.model.quantizer import estimates_of, nearest, upsampled
from spae.model.refinement import gram_matrices

if TYPE_CHECKING:
    from spae.model.network import SPAE

PROMISE = 3  # how many times its penalty the best codes must gain for a cell's words to be looked for


@dataclass
class Question:
    """What a search starts from and what its words cost."""

    standing: np.ndarray  # the words that cost nothing
    target: np.ndarray  # what the words shall come near, [height, width, 3] in [-1, 1]
    cells: set[int]  # whose words may change
    penalty: float  # by how much another word must reduce the squared error


class FilmSearch:
    """The search over the words of one shape."""

    def __init__(self, model: SPAE, shape: PyramidShape):
        self.codes, self.reserved = model.codebook.codes().detach(), model.codebook.reserved
        self.linear: ConditionalLinearDecoder = model.decoder.linear
        self.shape, self.patch = shape, model.configuration.patch
        self.step = model.configuration.search.step
        self.upsampling = shape.upsampling(shape.depth)
        self.cell_class = torch.from_numpy(self.upsampling.cell_class)
        self.kinds, self.matrices = gram_matrices(self.linear, shape, shape.depth)
        own = [shape.visited(layer) for layer in range(1, shape.depth + 1)]
        counts = np.bincount(np.concatenate(own), minlength=shape.grid.cells)
        self.visits = torch.from_numpy(counts.astype(np.float32))
        positions = torch.arange(shape.grid.cells)
        self.colours = (positions // shape.grid.columns + positions % shape.grid.columns) % 2
        last = shape.word_count(shape.depth - 1)
        self.first, self.second = last - shape.grid.cells, last

    def improved(self, words: np.ndarray, question: Question, decoded: np.ndarray) -> np.ndarray:
        """The words after one step towards the target; `decoded`, [height, width, 3], is theirs."""
        found = torch.from_numpy(words.astype(np.int64))
        linear = self._linear_patches(found)
        missing = question.target - (decoded.astype(np.float32) / np.float32(127.5) - 1)
        target = linear + self._patches(missing)
        for colour in (0, 1):
            free = [cell for cell in sorted(question.cells) if self.colours[cell] == colour]
            if not free:
                continue
            gradient = self.linear.transposed((target - linear)[None], self.cell_class)
            for kind in range(len(self.matrices)):
                cells = [cell for cell in free if self.kinds[cell] == kind]
                self._move(cells, found, question, gradient[0], kind)
            linear = self._linear_patches(found)
        return found.numpy().astype(np.int32)

    def begun(self, words: np.ndarray, cells: set[int], z: Tensor) -> np.ndarray:
        """The words of some cells begun anew, from a frame's latent, [cell, latent]."""
        found = torch.from_numpy(words.astype(np.int64))
        held = self._held(found)
        for colour in (0, 1):
            for kind, metric in enumerate(self.matrices):
                own = [
                    cell
                    for cell in sorted(cells)
                    if self.colours[cell] == colour and self.kinds[cell] == kind
                ]
                if not own:
                    continue
                goals = (self.visits[own][:, None] * z[own] - held[own]) @ metric
                self._put(own, self._pairs(own, goals, found, found, 0.0, metric), found)
        return found.numpy().astype(np.int32)

    # Cells

    def _move(
        self, cells: list[int], words: Tensor, question: Question, gradient: Tensor, kind: int
    ) -> None:
        """Moves the words of those cells of a kind that other words could improve by their cost."""
        if not cells:
            return
        index, metric = torch.tensor(cells), self.matrices[kind]
        standing = torch.from_numpy(question.standing.astype(np.int64))
        asked = gradient[index]
        gains = self.step * self.step * (asked * preimages(metric, asked)).sum(1)
        moved = (words[self.first + index] != standing[self.first + index]) | (
            words[self.second + index] != standing[self.second + index]
        )
        chosen = moved | (gains > PROMISE * question.penalty)
        if not chosen.any():
            return
        index, asked = index[chosen], asked[chosen]
        sums = self.codes[words[self.first + index]] + self.codes[words[self.second + index]]
        goals = sums @ metric + self.step * self.visits[index][:, None] * asked
        pairs = self._pairs(index.tolist(), goals, words, standing, question.penalty, metric)
        self._put(index.tolist(), pairs, words)

    # Pairs of words

    def _pairs(
        self,
        cells: list[int],
        goals: Tensor,
        words: Tensor,
        standing: Tensor,
        penalty: float,
        metric: Tensor,
    ) -> Tensor:
        """For each cell the pair that comes nearest to its goal after what its words cost, [n, 2]."""
        index = torch.tensor(cells)
        old = torch.stack([standing[self.first + index], standing[self.second + index]], 1)
        now = torch.stack([words[self.first + index], words[self.second + index]], 1)

        def partners(own: Tensor) -> Tensor:
            """The words that with others come nearest to the sum."""
            return nearest(goals - self.codes[own] @ metric, self.codes, metric, self.reserved)

        first, second = partners(old[:, 1]), partners(old[:, 0])
        half = nearest(goals / 2, self.codes, metric, self.reserved)
        choices = torch.stack(
            [
                now,
                old,
                torch.stack([first, old[:, 1]], 1),
                torch.stack([old[:, 0], second], 1),
                torch.stack([first, partners(first)], 1),
                torch.stack([partners(second), second], 1),
                torch.stack([half, partners(half)], 1),
            ],
            1,
        )  # [n, choice, 2]
        sums = self.codes[choices].sum(2)
        squares = ((sums @ metric) * sums).sum(2)
        scores = torch.einsum("nci,ni->nc", sums, goals) - squares / 2
        cost = penalty * self.visits[index].square() / 2
        scores = scores - cost[:, None] * (choices != old[:, None]).sum(2)
        best = scores.argmax(1)
        return choices[torch.arange(len(cells)), best]

    def _put(self, cells: list[int], pairs: Tensor, words: Tensor) -> None:
        index = torch.tensor(cells)
        words[self.first + index], words[self.second + index] = pairs[:, 0], pairs[:, 1]

    def _held(self, words: Tensor) -> Tensor:
        """The sum of the codes of each cell's other words, [cell, latent]."""
        total = torch.zeros(self.shape.grid.cells, self.codes.shape[1])
        for layer in range(1, self.shape.depth - 1):
            visited = torch.from_numpy(self.shape.visited(layer))
            own = self.shape.layer_of(words, layer)
            total.index_add_(0, visited, self.codes[own])
        return total

    # Pictures

    def _linear_patches(self, words: Tensor) -> Tensor:
        """The linear decoder's picture, [numbers, row, column]."""
        depth = self.shape.depth
        estimates = estimates_of(words[None], self.codes, self.shape, depth)
        estimates = upsampled(estimates, self.upsampling)
        return self.linear(estimates, self.cell_class, self.shape.grid)[0]

    def _patches(self, picture: np.ndarray) -> Tensor:
        """[height, width, 3] -> [numbers, row, column]."""
        planes = torch.from_numpy(np.ascontiguousarray(picture, np.float32)).permute(2, 0, 1)
        return F.pixel_unshuffle(planes[None], self.patch)[0]


def preimages(metric: Tensor, images: Tensor) -> Tensor:
    """The vectors whose images these are: [d, d] and [n, d] -> [n, d]."""
    return torch.cholesky_solve(images.T, torch.linalg.cholesky(metric)).T
