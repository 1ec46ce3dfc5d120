"""The words of a layer, chosen once more by the error of the picture that all words so far give.

Streaming average quantization asks each cell's words to come near the latent at that one cell,
whatever the cells around it came to, and in an upper layer a word fills many cells. Once a layer is
chosen and decoded, the picture tells what its words missed. The decoder's linear path says how a
word changes the picture; what its network adds is taken to stay as it is. Each word becomes the one
that would leave the least error: a step of Gauss and Newton among words. Half of a layer moves at a
time, as the squares of one colour on a chessboard, and the other half sees what is left. For the
few words of the first layers the linear path's picture stands for the decoded one: training sees to
it that it is a good one.

A layer is to make the picture better. A guided one whose words leave nearly all of the error that
the layers above it left chooses once more from the same pools, for half the price.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from spae.configuration import Search
from spae.decoder import LabelledLinearPath
from spae.pyramid import LABELS_A_STRIDE, PyramidShape
from spae.quantizer import (
    Pool,
    estimates_of,
    filled,
    filled_transposed,
    nearest,
    nearest_in_pool,
)

REACH = 2  # two cells this far apart, or less, write to a patch in common


def decoded_passes(shape: PyramidShape, layer: int, search: Search) -> int | None:
    """How often a layer is refined by its decoded picture; None: by the linear decoder's."""
    return dict(enumerate(search.decoded_passes)).get(shape.depth - layer)


@dataclass
class Refinement:
    """What it takes to choose a layer of one shape again."""

    codes: Tensor  # [V, latent]
    shape: PyramidShape
    path: LabelledLinearPath
    search: Search = Search()
    reserved: Tensor | None = None  # words that are never chosen, [V]

    @torch.no_grad()
    def chosen_again(
        self,
        words: Tensor,
        layer: int,
        pictures: Tensor,
        decode: Callable[[Tensor, int], Tensor],
        pool: Pool | None = None,
    ) -> Tensor:
        """The words down to a layer, [batch, n], that layer's chosen anew as often as it is due.

        `decode` gives the picture of such words at that depth. `pool` is what each place may choose
        from, if not from all words.
        """
        above, count = words[:, : self.shape.word_count(layer - 1)], decoded_passes(self.shape, layer, self.search)

        def anew(words: Tensor, rows: Tensor, pool: Pool | None) -> Tensor:
            for _ in range(self.search.linear_passes if count is None else count):
                decoded = None if count is None else decode(words, layer)
                own = self.refined(words, layer, pictures[rows], decoded, pool)
                words = torch.cat([above[rows], own], 1)
            return words

        words = anew(words, torch.arange(len(words)), pool)
        if layer == 1 or count is not None or pool is None:
            return words
        most = (1 - self.search.least_gain) * self.linear_error(above, layer - 1, pictures)
        for _ in range(self.search.halvings):
            rows = (self.linear_error(words, layer, pictures) > most).nonzero().squeeze(1)
            if len(rows) == 0:
                break
            pool = pool.for_half_price()
            words[rows] = anew(words[rows], rows, pool[rows])
        return words

    @torch.no_grad()
    def refined(
        self,
        words: Tensor,
        layer: int,
        pictures: Tensor,
        decoded: Tensor | None,
        pool: Pool | None = None,
    ) -> Tensor:
        """The words of a layer, [batch, places], for pictures [batch, 3, N, N].

        `words` [batch, n] holds those of this layer and all above, and `decoded` is their picture;
        without it the linear path's stands for it.
        """
        shape, codes = self.shape, self.codes
        fill = shape.fill(layer)
        label = torch.from_numpy(fill.label).to(codes.device)
        cells = torch.from_numpy(shape.visited(layer)).to(codes.device)
        visits = (label[cells] % LABELS_A_STRIDE).unsqueeze(1)
        words, side = words.clone(), shape.sides[layer - 1]
        own = shape.layer_of(words, layer)  # a part of them
        kinds, matrices = normal_matrices(self.path, shape, layer)
        places = torch.arange(side * side, device=codes.device)
        colours = (places // side + places % side) % 2
        wanted, given = self._patches(pictures), self._linear_patches(words, layer)
        if decoded is not None:
            wanted = wanted - self._patches(decoded) + given
        error = (wanted - given).square().sum((1, 2, 3)) / len(places)  # of what a place is to fill
        for colour in (0, 1):
            if colour == 1:
                given = self._linear_patches(words, layer)
            gradient = self.path.transposed(wanted - given, label)
            gradient = filled_transposed(gradient, fill)[:, cells]
            for kind, matrix in enumerate(matrices):
                chosen = places[(colours == colour) & (kinds == kind)]
                if len(chosen) == 0:
                    continue
                step = visits[chosen] * gradient[:, chosen]
                old = codes[own[:, chosen]] @ matrix
                if pool is None:
                    own[:, chosen] = nearest(
                        old + self.search.step * step, codes, matrix, self.reserved
                    )
                else:
                    own[:, chosen] = nearest_in_pool(
                        old + step, codes, pool[:, chosen], error, matrix
                    )
        return own

    def linear_error(self, words: Tensor, depth: int, pictures: Tensor) -> Tensor:
        """The squared error of the linear path's picture of words down to some depth, [batch]."""
        missing = self._patches(pictures) - self._linear_patches(words, depth)
        return missing.square().sum((1, 2, 3))

    def _linear_patches(self, words: Tensor, depth: int) -> Tensor:
        """The linear path's picture of words down to some depth, [batch, numbers, grid, grid]."""
        fill = self.shape.fill(depth)
        label = torch.from_numpy(fill.label).to(self.codes.device)
        estimates = estimates_of(words, self.codes, self.shape, depth)
        return self.path(filled(estimates, fill), label)

    def _patches(self, pictures: Tensor) -> Tensor:
        return F.pixel_unshuffle(pictures, pictures.shape[-1] // self.shape.grid)


def normal_matrices(
    path: LabelledLinearPath, shape: PyramidShape, layer: int
) -> tuple[Tensor, Tensor]:
    """How the picture changes with the estimate of each place of a layer.

    A kind for each place, [places], and for each kind the matrix whose quadratic form is the
    squared change of all pixels by the linear path, [kind, latent, latent].
    """
    kinds, counts, labels = neighbours(shape, layer)
    kernels = torch.stack([path.kernel(label) for label in labels])
    kernels = kernels.transpose(1, 2).flatten(0, 1)  # [label x latent, numbers, 3, 3]
    both = F.conv2d(kernels, kernels, padding=REACH)  # of the second cell, and of the first
    both = both.unflatten(0, (len(labels), -1)).unflatten(2, (len(labels), -1))
    matrices = torch.einsum("kabyx,bjaiyx->kij", torch.from_numpy(counts).to(both), both)
    # The ridge keeps the words where a path of zeros has no say.
    ridge = 1e-6 * matrices.diagonal(dim1=1, dim2=2).mean() + 1e-9
    matrices = matrices + ridge * torch.eye(matrices.shape[-1]).to(matrices)
    return torch.from_numpy(kinds).to(both.device), matrices


@lru_cache
def neighbours(shape: PyramidShape, layer: int) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Which of the cells that take of a place write to a patch in common, by kind of place.

    Kinds [places]; for each kind the number of pairs of such cells, each as much as both take, by
    the labels of both and the way from one to the other, [kind, label, label, 5, 5]; and the
    labels. What a cell would write beyond the picture's edge counts too.
    """
    fill, square = shape.fill(layer), (shape.grid, shape.grid, -1)
    source, share = fill.source.reshape(square), fill.share.reshape(square)
    label = fill.label.reshape(square[:2])
    labels, which = np.unique(label, return_inverse=True)
    which = which.reshape(label.shape)
    place = np.full(shape.grid**2, -1)
    cells = shape.visited(layer)
    place[cells] = np.arange(len(cells))
    width = 2 * REACH + 1
    counts = np.zeros((len(cells), len(labels), len(labels), width, width))
    around = (REACH, REACH), (REACH, REACH)
    padded = np.pad(source, (*around, (0, 0)), constant_values=-1)
    shared, labelled = np.pad(share, (*around, (0, 0))), np.pad(which, around)
    several = range(source.shape[2])
    for y, x, one, other in product(range(width), range(width), several, several):
        window = (slice(y, y + shape.grid), slice(x, x + shape.grid))
        first, second = source[..., one], padded[window][..., other]
        pair = (first == second) & (place[first] >= 0)
        at = place[first[pair]], which[pair], labelled[window][pair], y, x
        np.add.at(counts, at, (share[..., one] * shared[window][..., other])[pair])
    kinds, index = np.unique(counts.reshape(len(cells), -1), axis=0, return_inverse=True)
    return index.reshape(-1), kinds.reshape(-1, *counts.shape[1:]), labels.tolist()
