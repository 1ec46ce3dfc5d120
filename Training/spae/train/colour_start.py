"""Bends the words' projection so that they give their colours, before any training.

A picture of one word has a mean colour that is all but affine in the word's code (R2 .99), at each
depth in another way, and the code is linear in the projection. So the projection that gives the
words of the table their colours, and moves the codes of all other words as little as can be, is a
ridge regression. It generalises: things that the language model finds alike get alike colours.
"""

import torch
from torch import Tensor

from spae.model.network import SPAE
from spae.prepare.colours import DEPTHS, Colours, pictures_of

STRENGTH = 0.4  # of what holds the codes of all words where they are
NAMES_WEIGHT = 4.0  # of a name of a colour beside a thing
DAMPING = 0.02  # of a code's change where it does little for the colours
SAMPLES = 192  # words whose pictures show how colour follows from the code
SIZE = 128  # pixels of those pictures


@torch.no_grad()
def bend(model: SPAE, colours: Colours, strength: float = STRENGTH) -> None:
    """Moves the codes of some words by the least that gives them their colours at every depth."""
    codebook = model.codebook
    slope, offset = colour_map(model)
    words = torch.from_numpy(colours.words).to(slope.device)
    wanted = colours.colours.to(slope).repeat(1, len(DEPTHS))
    missing = wanted - (codebook.codes()[words].double() @ slope + offset)
    named = torch.from_numpy(colours.kinds == "name").to(slope.device)
    weights = torch.where(named, NAMES_WEIGHT, 1.0).to(slope)
    change = missing @ damped_inverse(slope)
    moved = ridge(codebook.embedding.double(), words, change, weights, strength)
    codebook.projection.add_(moved.to(codebook.projection))


def damped_inverse(slope: Tensor) -> Tensor:
    """[latent, n] -> [n, latent]: the least change of a code for a change of its colours."""
    square = slope.T @ slope
    least = DAMPING * torch.linalg.matrix_norm(square, 2)
    return torch.linalg.solve(square + least * torch.eye(len(square)).to(square), slope.T)


def ridge(
    embedding: Tensor, words: Tensor, change: Tensor, weights: Tensor, strength: float
) -> Tensor:
    """The change of the projection [embedding, latent] that moves the codes of words by `change`.

    [V, embedding], [n], [n, latent], [n]: the weighted squares of what is missing, and `strength`
    times the mean square by which the codes of the whole vocabulary move, are least together.
    """
    own = embedding[words]
    every = embedding.T @ embedding / len(embedding)
    least = 1e-6 * torch.eye(embedding.shape[1]).to(embedding)
    left = own.T @ (weights[:, None] * own) + strength * weights.sum() * every + least
    return torch.linalg.solve(left, own.T @ (weights[:, None] * change))


def colour_map(model: SPAE) -> tuple[Tensor, Tensor]:
    """The mean colours of a word's pictures from its code, [latent, 3 x depths] and [3 x depths].

    By least squares over some words of the vocabulary, each alone at each depth that it may fill.
    """
    codes, shape = model.codebook.codes(), model.shape(SIZE)
    spread = torch.linspace(0, len(codes) - 1, min(SAMPLES, len(codes))).long().to(codes.device)
    known = torch.cat([codes[spread], codes.new_ones(len(spread), 1)], 1).double()

    def means(depth: int) -> Tensor:
        parts = (pictures_of(model, part, shape, depth) for part in spread.split(64))
        return torch.cat([part.mean((2, 3)) for part in parts])

    found = torch.cat([means(depth) for depth in DEPTHS], 1)
    solution = torch.linalg.pinv(known) @ found.double()
    return solution[:-1], solution[-1]
