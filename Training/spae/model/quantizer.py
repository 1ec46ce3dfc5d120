"""Streaming average quantization (SPAE, section 3.2), guided where the position's words are known."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from spae.model.pyramid import LatentUpsampling, PyramidShape

TARGETS = 32  # whose scores are looked at together
RUN = 64  # codes whose best score is found first


@dataclass
class Candidates:
    """The words that each position of a layer may choose from, and the penalty of each."""

    words: Tensor  # [batch, position, count], the best first
    penalty: Tensor  # the same; the share of the error that a word must save to be chosen

    def __getitem__(self, index) -> "Candidates":
        return Candidates(self.words[index], self.penalty[index])

    def with_half_penalty(self) -> "Candidates":
        return Candidates(self.words, self.penalty / 2)


@dataclass
class Quantized:
    """What the quantizer found, layer by layer."""

    words: Tensor  # [batch, words of the pyramid]
    targets: list[Tensor]  # what each layer's words should equal, [batch, position, latent]
    estimates: list[Tensor]  # after each layer: each cell's mean, [batch, cell, latent]
    visits: list[Tensor]  # after each layer: how many words each cell has, [cell]


def nearest(
    targets: Tensor, codes: Tensor, metric: Tensor | None = None, reserved: Tensor | None = None
) -> Tensor:
    """The index of the code nearest to each target, [batch, n, d] and [V, d] -> [batch, n].

    Words that are reserved, [V], are never it.

    In a metric, [d, d], targets are given as what it makes of them. A few of them at a time, whose
    scores a cache holds, and the best run of codes before the best code: several times as fast as
    one product and an argmax of its rows.
    """
    count, width = codes.shape
    runs = -(-count // RUN)
    # A score is target . code - |code|^2 / 2: one product, with one number more. No run is short.
    table = codes.new_zeros(runs * RUN, width + 1)
    table[:count, :width] = codes
    table[:count, width] = -half_squares(codes, metric)
    if reserved is not None:
        table[:count, width][reserved] = -torch.inf
    table[count:, width] = -torch.inf
    table = table.T.contiguous()
    flat = targets.reshape(-1, width)
    result = torch.empty(len(flat), dtype=torch.long, device=codes.device)
    for first in range(0, len(flat), TARGETS):
        part = F.pad(flat[first : first + TARGETS], (0, 1), value=1.0)
        scores = (part @ table).view(len(part), runs, RUN)
        run = scores.amax(2).argmax(1)
        own = scores[torch.arange(len(part), device=codes.device), run]
        result[first : first + TARGETS] = run * RUN + own.argmax(1)
    return result.view(targets.shape[:-1])


def nearest_candidate(
    targets: Tensor,
    codes: Tensor,
    candidates: Candidates,
    error: Tensor,
    metric: Tensor | None = None,
) -> Tensor:
    """The same among each position's candidates; penalties are shares of an error, [batch]."""
    own = codes[candidates.words]
    scores = (own @ targets.unsqueeze(-1)).squeeze(-1) - half_squares(own, metric)
    best = (scores - error[:, None, None] * candidates.penalty / 2).argmax(2, keepdim=True)
    return candidates.words.gather(2, best).squeeze(2)


def half_squares(codes: Tensor, metric: Tensor | None) -> Tensor:
    """|code|^2 / 2 of each code, [..., d] -> [...]."""
    return (codes * (codes if metric is None else codes @ metric)).sum(-1) / 2


Refine = Callable[[int, Tensor], Tensor]  # a layer and the words down to it -> the layer's words


def quantize(
    z: Tensor,
    codes: Tensor,
    shape: PyramidShape,
    candidates_by_layer: dict[int, Candidates],
    residual: bool = False,
    refine: Refine | None = None,
    reserved: Tensor | None = None,
) -> Quantized:
    """Chooses the words of every layer for z [batch, cell, latent].

    At a cell's n-th visit the target is n z minus the words so far, so that the mean of the n
    words comes near z. `residual` adds instead of averaging (the control: residual quantization).
    `candidates_by_layer` holds, for the guided layers, the words that each position may choose
    from. `refine` refines a layer before the next one is chosen. `reserved` words, [V], are never
    chosen.
    """
    total = torch.zeros_like(z)
    visits = torch.zeros(z.shape[1], device=z.device)
    result = Quantized(torch.empty(len(z), 0, dtype=torch.long, device=z.device), [], [], [])
    energy = z.detach().square().sum(2).mean(1)  # the error of a cell without words
    for layer in range(1, shape.depth + 1):
        cells = torch.from_numpy(shape.visited(layer)).to(z.device)
        count = torch.ones_like(visits[cells]) if residual else visits[cells] + 1
        target = count[:, None] * z[:, cells] - total[:, cells].detach()
        candidates = candidates_by_layer.get(layer)
        with torch.no_grad():
            if candidates is None:
                words = nearest(target, codes, reserved=reserved)
            else:
                words = nearest_candidate(target, codes, candidates, energy)
            if refine is not None:
                words = refine(layer, torch.cat([result.words, words], 1))
        total = total.index_add(1, cells, codes[words])
        visits = visits.index_add(0, cells, torch.ones_like(visits[cells]))
        result.words = torch.cat([result.words, words], 1)
        result.targets.append(target)
        divisor = torch.ones_like(visits) if residual else visits.clamp(min=1)
        result.estimates.append(total / divisor[:, None])
        result.visits.append(visits)
    return result


def estimates_of(
    words: Tensor,
    codes: Tensor,
    shape: PyramidShape,
    depth: int,
    residual: bool = False,
    first: int = 1,
) -> Tensor:
    """The mean (or sum) of each cell's words in layers first ... depth; zero where it has none."""
    total = codes.new_zeros(words.shape[0], shape.grid.cells, codes.shape[1])
    visits = codes.new_zeros(shape.grid.cells)
    for layer in range(first, depth + 1):
        cells = torch.from_numpy(shape.visited(layer)).to(codes.device)
        start = shape.word_count(layer - 1)
        own = words[:, start : start + len(cells)].long()
        total = total.index_add(1, cells, codes[own])
        visits = visits.index_add(0, cells, torch.ones_like(visits[cells]))
    return total if residual else total / visits.clamp(min=1)[:, None]


def upsampled(estimates: Tensor, upsampling: LatentUpsampling) -> Tensor:
    """What each cell takes of the estimates of all cells, [batch, cell, latent]."""
    source, weight = on_device(upsampling, estimates)
    if source.shape[1] == 1:
        return estimates[:, source[:, 0]]
    return (estimates[:, source] * weight.unsqueeze(-1)).sum(2)


def upsampled_transposed(gradient: Tensor, upsampling: LatentUpsampling) -> Tensor:
    """The gradient of the estimates of all cells from that of what each cell takes."""
    source, weight = on_device(upsampling, gradient)
    total = torch.zeros_like(gradient)
    for own, part in zip(source.T, weight.T):
        total.index_add_(1, own, part[:, None] * gradient)
    return total


def on_device(upsampling: LatentUpsampling, like: Tensor) -> tuple[Tensor, Tensor]:
    """The sources and weights on the device of another tensor."""
    return torch.from_numpy(upsampling.source).to(like.device), torch.from_numpy(
        upsampling.weight
    ).to(like)
