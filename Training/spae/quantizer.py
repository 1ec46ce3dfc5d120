"""Streaming average quantization (SPAE, section 3.2), guided where the place's words are known."""

from dataclasses import dataclass

import torch
from torch import Tensor

from spae.pyramid import PyramidShape


@dataclass
class Quantized:
    """What the quantizer found, layer by layer."""

    words: Tensor  # [batch, words of the pyramid]
    targets: list[Tensor]  # what each layer's words should equal, [batch, place, latent]
    estimates: list[Tensor]  # after each layer: each cell's mean, [batch, cell, latent]
    visits: list[Tensor]  # after each layer: how many words each cell has, [cell]


def nearest(targets: Tensor, codes: Tensor) -> Tensor:
    """The index of the code nearest to each target, [batch, n, d] and [V, d] -> [batch, n]."""
    flat = targets.reshape(-1, targets.shape[-1])
    half_norms = codes.square().sum(1) / 2
    scores = torch.addmm(half_norms, flat, codes.T, beta=-1)
    return scores.argmax(1).view(targets.shape[:-1])


def nearest_in_pool(targets: Tensor, codes: Tensor, pool: Tensor) -> Tensor:
    """The same within each place's own pool of words, [batch, n, words]."""
    distances = (codes[pool] - targets.unsqueeze(2)).square().sum(-1)
    return pool.gather(2, distances.argmin(2, keepdim=True)).squeeze(2)


def quantize(
    z: Tensor, codes: Tensor, shape: PyramidShape, pools: dict[int, Tensor], residual: bool = False
) -> Quantized:
    """Chooses the words of every layer for z [batch, cell, latent].

    At a cell's n-th visit the target is n z minus the words so far, so that the mean of the n
    words comes near z. `residual` adds instead of averaging (the control: residual quantization).
    `pools` holds, for the layers that are guided, the words that each place may choose from.
    """
    total = torch.zeros_like(z)
    visits = torch.zeros(z.shape[1], device=z.device)
    found = Quantized([], [], [], [])
    for layer in range(1, shape.depth + 1):
        cells = torch.from_numpy(shape.visited(layer)).to(z.device)
        count = torch.ones_like(visits[cells]) if residual else visits[cells] + 1
        target = count[:, None] * z[:, cells] - total[:, cells].detach()
        pool = pools.get(layer)
        with torch.no_grad():
            words = nearest(target, codes) if pool is None else nearest_in_pool(target, codes, pool)
        total = total.index_add(1, cells, codes[words])
        visits = visits.index_add(0, cells, torch.ones_like(visits[cells]))
        found.words.append(words)
        found.targets.append(target)
        divisor = torch.ones_like(visits) if residual else visits.clamp(min=1)
        found.estimates.append(total / divisor[:, None])
        found.visits.append(visits)
    found.words = torch.cat(found.words, 1)
    return found


def estimates_of(
    words: Tensor, codes: Tensor, shape: PyramidShape, depth: int, residual: bool = False
) -> Tensor:
    """The mean (or sum) of each cell's words in layers 1 ... depth; zero where a cell has none."""
    total = codes.new_zeros(words.shape[0], shape.grid**2, codes.shape[1])
    visits = codes.new_zeros(shape.grid**2)
    for layer in range(1, depth + 1):
        cells = torch.from_numpy(shape.visited(layer)).to(codes.device)
        start = shape.word_count(layer - 1)
        own = words[:, start : start + len(cells)].long()
        total = total.index_add(1, cells, codes[own])
        visits = visits.index_add(0, cells, torch.ones_like(visits[cells]))
    return total if residual else total / visits.clamp(min=1)[:, None]
