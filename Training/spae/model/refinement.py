"""The refinement of a layer's words by the pixel error of the picture so far.

Streaming average quantization brings the words of each cell near the latent of that one cell. It
ignores the cells around it, and that a word of an upper layer fills many cells. So each layer is
decoded after quantization, and its words are refined. The linear decoder predicts how a word changes
the picture, and the network's part is taken as constant. Each word is replaced by the one of least
predicted error: a Gauss-Newton step over words. Half of a layer moves at a time, like the squares of
one colour on a chessboard; the other half then sees the remaining error. For the few words of the
first layers the linear decoder's picture replaces the decoded one; training keeps it close.

If a guided layer reduces the error of the layers above it by too little, it is refined again from the
same candidates with half of their penalties.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from spae.model.configuration import Search
from spae.model.decoder import ConditionalLinearDecoder
from spae.model.pyramid import CLASSES_A_STRIDE, PyramidShape
from spae.model.quantizer import (
    Candidates,
    estimates_of,
    nearest,
    nearest_candidate,
    upsampled,
    upsampled_transposed,
)

REACH = 2  # two cells this far apart, or less, write to a patch in common


def decoded_passes(shape: PyramidShape, layer: int, search: Search) -> int | None:
    """How often a layer is refined by its decoded picture; None: by the linear decoder's."""
    return dict(enumerate(search.decoded_passes)).get(shape.depth - layer)


@dataclass
class Refinement:
    """What the refinement of the layers of one shape needs."""

    codes: Tensor  # [V, latent]
    shape: PyramidShape
    linear_decoder: ConditionalLinearDecoder
    search: Search = Search()
    reserved: Tensor | None = None  # words that are never chosen, [V]
    # How much the error of each pixel of a decoded picture counts, [1, 1, row, column].
    weights: Tensor | None = None

    @torch.no_grad()
    def refine(
        self,
        words: Tensor,
        layer: int,
        pictures: Tensor,
        decode: Callable[[Tensor, int], Tensor],
        candidates: Candidates | None = None,
        free: Tensor | None = None,
    ) -> Tensor:
        """The words down to a layer, [batch, n], after all passes of that layer's refinement.

        `decode` gives the picture of such words at that depth. `candidates` is what each position
        may choose from, if not from all words. With `free`, [positions] of booleans, only those
        positions change, and the penalty of their candidates stays as it is.
        """
        above, count = (
            words[:, : self.shape.word_count(layer - 1)],
            decoded_passes(self.shape, layer, self.search),
        )

        def anew(words: Tensor, rows: Tensor, candidates: Candidates | None) -> Tensor:
            for _ in range(self.search.linear_passes if count is None else count):
                decoded = None if count is None else decode(words, layer)
                own = self.refined(words, layer, pictures[rows], decoded, candidates, free)
                words = torch.cat([above[rows], own], 1)
            return words

        words = anew(words, torch.arange(len(words)), candidates)
        if layer == 1 or count is not None or candidates is None or free is not None:
            return words
        most = (1 - self.search.least_gain) * self.linear_error(above, layer - 1, pictures)
        for _ in range(self.search.halvings):
            rows = (self.linear_error(words, layer, pictures) > most).nonzero().squeeze(1)
            if len(rows) == 0:
                break
            candidates = candidates.with_half_penalty()
            words[rows] = anew(words[rows], rows, candidates[rows])
        return words

    @torch.no_grad()
    def refined(
        self,
        words: Tensor,
        layer: int,
        pictures: Tensor,
        decoded: Tensor | None,
        candidates: Candidates | None = None,
        free: Tensor | None = None,
    ) -> Tensor:
        """The words of a layer, [batch, positions], for pictures [batch, 3, N, N].

        `words` [batch, n] holds those of this layer and all above, and `decoded` is their picture;
        without it the linear decoder's is used. Only `free` positions, [positions], change, if given.
        """
        shape, codes = self.shape, self.codes
        upsampling = shape.upsampling(layer)
        cell_class = torch.from_numpy(upsampling.cell_class).to(codes.device)
        cells = torch.from_numpy(shape.visited(layer)).to(codes.device)
        visits = (cell_class[cells] % CLASSES_A_STRIDE).unsqueeze(1)
        words, size = words.clone(), shape.layers[layer - 1]
        own = shape.layer_of(words, layer)  # a part of them
        kinds, matrices = gram_matrices(self.linear_decoder, shape, layer)
        positions = torch.arange(size.cells, device=codes.device)
        colours = (positions // size.columns + positions % size.columns) % 2
        target, prediction = self._patches(pictures), self._linear_patches(words, layer)
        if decoded is not None:
            missing = pictures - decoded
            if self.weights is not None:
                missing = missing * self.weights
            target = self._patches(missing) + prediction
        error = (target - prediction).square().sum((1, 2, 3)) / len(positions)  # for each position
        for colour in (0, 1):
            if colour == 1:
                prediction = self._linear_patches(words, layer)
            gradient = self.linear_decoder.transposed(target - prediction, cell_class)
            gradient = upsampled_transposed(gradient, upsampling)[:, cells]
            for kind, matrix in enumerate(matrices):
                chosen = (colours == colour) & (kinds == kind)
                chosen = positions[chosen if free is None else chosen & free]
                if len(chosen) == 0:
                    continue
                step = visits[chosen] * gradient[:, chosen]
                old = codes[own[:, chosen]] @ matrix
                if candidates is None:
                    own[:, chosen] = nearest(
                        old + self.search.step * step, codes, matrix, self.reserved
                    )
                else:
                    own[:, chosen] = nearest_candidate(
                        old + step, codes, candidates[:, chosen], error, matrix
                    )
        return own

    def linear_error(self, words: Tensor, depth: int, pictures: Tensor) -> Tensor:
        """The squared error of the linear decoder's picture of words to a depth, [batch]."""
        missing = self._patches(pictures) - self._linear_patches(words, depth)
        return missing.square().sum((1, 2, 3))

    def _linear_patches(self, words: Tensor, depth: int) -> Tensor:
        """The linear decoder's picture of words to a depth, [batch, numbers, row, column]."""
        upsampling = self.shape.upsampling(depth)
        cell_class = torch.from_numpy(upsampling.cell_class).to(self.codes.device)
        estimates = estimates_of(words, self.codes, self.shape, depth)
        return self.linear_decoder(upsampled(estimates, upsampling), cell_class, self.shape.grid)

    def _patches(self, pictures: Tensor) -> Tensor:
        return F.pixel_unshuffle(pictures, pictures.shape[-1] // self.shape.grid.columns)


def gram_matrices(
    linear_decoder: ConditionalLinearDecoder, shape: PyramidShape, layer: int
) -> tuple[Tensor, Tensor]:
    """How the picture changes with the estimate of each position of a layer.

    A kind for each position, [positions], and for each kind the matrix whose quadratic form is the
    squared change of all pixels by the linear decoder, [kind, latent, latent].
    """
    kinds, counts, cell_classes = neighbours(shape, layer)
    kernels = torch.stack([linear_decoder.kernel(cell_class) for cell_class in cell_classes])
    kernels = kernels.transpose(1, 2).flatten(0, 1)  # [class x latent, numbers, 3, 3]
    both = F.conv2d(kernels, kernels, padding=REACH)  # of the second cell, and of the first
    both = both.unflatten(0, (len(cell_classes), -1)).unflatten(2, (len(cell_classes), -1))
    matrices = torch.einsum("kabyx,bjaiyx->kij", torch.from_numpy(counts).to(both), both)
    # The ridge keeps the words where a linear decoder of zeros predicts no change.
    ridge = 1e-6 * matrices.diagonal(dim1=1, dim2=2).mean() + 1e-9
    matrices = matrices + ridge * torch.eye(matrices.shape[-1]).to(matrices)
    return torch.from_numpy(kinds).to(both.device), matrices


@lru_cache
def neighbours(shape: PyramidShape, layer: int) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Which of the cells that take of a position write to a patch in common, by kind of position.

    Kinds [positions]; for each kind the number of pairs of such cells, each as much as both take, by
    the classes of both and the way from one to the other, [kind, class, class, 5, 5]; and the
    classes. Pixels beyond the picture's edge are counted too.
    """
    upsampling, grid = shape.upsampling(layer), shape.grid
    source, weight = upsampling.source.reshape(*grid, -1), upsampling.weight.reshape(*grid, -1)
    cell_class = upsampling.cell_class.reshape(grid)
    cell_classes, which = np.unique(cell_class, return_inverse=True)
    which = which.reshape(cell_class.shape)
    position = np.full(grid.cells, -1)
    cells = shape.visited(layer)
    position[cells] = np.arange(len(cells))
    width = 2 * REACH + 1
    counts = np.zeros((len(cells), len(cell_classes), len(cell_classes), width, width))
    around = (REACH, REACH), (REACH, REACH)
    padded = np.pad(source, (*around, (0, 0)), constant_values=-1)
    shared, classes = np.pad(weight, (*around, (0, 0))), np.pad(which, around)
    several = range(source.shape[2])
    for y, x, one, other in product(range(width), range(width), several, several):
        window = (slice(y, y + grid.rows), slice(x, x + grid.columns))
        first, second = source[..., one], padded[window][..., other]
        pair = (first == second) & (position[first] >= 0)
        at = position[first[pair]], which[pair], classes[window][pair], y, x
        np.add.at(counts, at, (weight[..., one] * shared[window][..., other])[pair])
    kinds, index = np.unique(counts.reshape(len(cells), -1), axis=0, return_inverse=True)
    return index.reshape(-1), kinds.reshape(-1, *counts.shape[1:]), cell_classes.tolist()
