"""Fits the words' projection to the words' colours after training, and nothing else.

    python -m spae.train.colour_fit --data DATA --model Assets/models/small \\
        --program .build/release/spae --output weights.safetensors

Training leaves a word far from its colour where the language model finds it like words of other
colours: all colours matter alike there, and a far one no more than a near one. This step gives the
words of the table their colours by Gauss-Newton: of every word it knows how its picture's mean
colour follows from its code, and solves for the projection (576 x 16 numbers) at once. Words that
people type (tables/typed-words.txt) and names of colours count more than others.

What is held: the codes of the vocabulary, by how often the lower layers use them, so that detail
keeps its words; and the colours of the words of the upper layers that are in no table, each by the
mean colour of the regions of photographs that have it.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from spae.cielab import lab
from spae.images import centre_square, rgb, to_tensor
from spae.model.network import SPAE
from spae.prepare.colours import (
    DEPTHS,
    TRAINED,
    Colours,
    colours_of,
    guesses,
    pictures_of_codes,
    typed_words,
)
from spae.train.datasets import PictureSet

UPPER = 1 + 4 + 16  # words of layers 1 to 3
PICTURES = {
    "train-bsds": 300,
    "train-scenes": 300,
    "train-imagenet1k": 300,
    "train-imagenette": 250,
    "train-caltech101": 150,
}
SIZE, SMALL = 128, 64  # pixels of a word's picture: at depth 1, and at others, which differ little
ITERATIONS = 4
HOLD = 3.5  # of the codes, beside the mean square of what a code does for the colours
HOLD_UPPER = 2.0  # the same of the words of the upper layers, beside those of the lower
USED_WEIGHT = 1000.0  # of all regions of a layer together, beside 1 of a thing
NAME_WEIGHT = 4.0  # of a name of a colour, to 1 of a thing
TYPED_WEIGHT = 8.0  # of a thing that people type
GUESSES, GUESS_WEIGHT = 600, 0.05  # words whose colours are guessed, and each one's weight
SOFT = 6.0  # CIE76 from which on a distance counts as itself, below as its square
DAMPING = 1e-4  # of the whole system, for the directions that nothing decides
LEAST_USE = 2  # regions that a word must have for their mean colour to be its own
BATCH = 96  # words a pass


@dataclass(frozen=True)
class Photographs:
    """Pictures in [-1, 1], [n, 3, N, N], and their words, [n, words]."""

    pictures: Tensor
    words: Tensor

    def layer(self, number: int) -> Tensor:
        """The words of one of the upper layers, [n, positions]."""
        return self.words[:, :UPPER].split([1, 4, 16], 1)[number - 1]

    @property
    def lower(self) -> Tensor:
        """The words of all layers below these."""
        return self.words[:, UPPER:]


@dataclass(frozen=True)
class Goal:
    """Words, the colours they should have at some depths, and how much each of them counts."""

    words: Tensor  # [n]
    colours: Tensor  # [n, 3] in [-1, 1]
    weights: Tensor  # [n]
    depths: tuple[int, ...]


def fit(
    model: SPAE,
    goals: list[Goal],
    held: Tensor,
    iterations: int = ITERATIONS,
    hold: float = HOLD,
) -> None:
    """Moves the projection so that the goals' words near their colours.

    `held` [embedding, embedding] says what a change of the projection costs.
    """
    projection = model.codebook.projection
    start = projection.detach().clone()
    for _ in range(iterations):
        matrix, wanted = system(model, goals)
        mean = float(matrix.diagonal().mean())
        strength = hold * mean / float(held.diagonal().mean())
        latent, rows = projection.shape[1], projection.shape[0]
        blocks = matrix.view(latent, rows, latent, rows)
        for own in range(latent):
            blocks[own, :, own] += strength * held
        wanted = wanted - strength * held @ (projection.detach() - start)
        matrix.diagonal().add_(DAMPING * mean)
        change = torch.cholesky_solve(wanted.T.reshape(-1, 1), torch.linalg.cholesky(matrix))
        with torch.no_grad():
            projection.add_(change.view(latent, rows).T)


def system(model: SPAE, goals: list[Goal]) -> tuple[Tensor, Tensor]:
    """The Gauss-Newton system of the projection, with its numbers in the order [latent, embedding].

    [latent x embedding, latent x embedding] and [embedding, latent].
    """
    embedding = model.codebook.embedding
    rows, latent = model.codebook.projection.shape
    matrix = torch.zeros(latent, rows, latent, rows)
    wanted = torch.zeros(rows, latent)
    for goal in goals:
        own = embedding[goal.words]
        squares, pulls = pulls_of(model, goal)
        wanted += own.T @ pulls
        for a in range(latent):
            for b in range(a, latent):
                matrix[a, :, b] += own.T @ (squares[:, a, b, None] * own)
    for a in range(latent):
        for b in range(a):
            matrix[a, :, b] = matrix[b, :, a].T
    return matrix.view(latent * rows, latent * rows), wanted


def pulls_of(model: SPAE, goal: Goal) -> tuple[Tensor, Tensor]:
    """Of each word's code what its colour asks: J'WJ [n, latent, latent], J'Wr [n, latent]."""
    latent, target = model.codebook.projection.shape[1], lab(goal.colours)
    squares = torch.zeros(len(goal.words), latent, latent)
    pulls = torch.zeros(len(goal.words), latent)
    for depth in goal.depths:
        for at in torch.arange(len(goal.words)).split(BATCH):
            slopes, found = slopes_of(model, goal.words[at], depth)
            missing = target[at] - found
            distance = missing.square().sum(1)
            weights = goal.weights[at] / (1 + distance / SOFT**2).sqrt() / len(goal.depths)
            squares[at] += torch.einsum("n,nki,nkj->nij", weights, slopes, slopes)
            pulls[at] += torch.einsum("n,nki,nk->ni", weights, slopes, missing)
    return squares, pulls


def slopes_of(model: SPAE, words: Tensor, depth: int) -> tuple[Tensor, Tensor]:
    """How each word's colour follows from its code, [n, 3, latent], and the colour, [n, 3]."""
    codes = (model.codebook.embedding[words] @ model.codebook.projection.detach()).requires_grad_()
    shape = model.shape(SIZE if depth == 1 else SMALL)
    pictures = pictures_of_codes(model, codes, shape, depth)
    colours = lab(pictures.clamp(-1, 1).mean((2, 3)))
    slopes = [
        torch.autograd.grad(colours[:, channel].sum(), codes, retain_graph=channel < 2)[0]
        for channel in range(3)
    ]
    return torch.stack(slopes, 1), colours.detach()


# What is to be reached, and what is held


def goals_of(model: SPAE, photographs: Photographs) -> list[Goal]:
    table = colours_of(model.words)
    known = table.of(*TRAINED)
    guessed = guesses(model, known, GUESSES)
    doubt = torch.full((len(guessed),), GUESS_WEIGHT)
    return [
        Goal(torch.from_numpy(known.words), known.colours, weights_of(model, known), DEPTHS),
        Goal(torch.from_numpy(guessed.words), guessed.colours, doubt, DEPTHS[-1:]),
        *(used(photographs, layer, table, len(model.words)) for layer in DEPTHS),
    ]


def weights_of(model: SPAE, known: Colours) -> Tensor:
    typed = typed_words()
    names = torch.tensor([kind == "name" for kind in known.kinds])
    others = torch.tensor([model.words[word] in typed for word in known.words])
    return torch.where(names, NAME_WEIGHT, torch.where(others, TYPED_WEIGHT, 1.0))


def used(photographs: Photographs, layer: int, table: Colours, vocabulary: int) -> Goal:
    """The words of an upper layer that are in no table, with the colours of their regions."""
    words = photographs.layer(layer).reshape(-1)
    regions = F.adaptive_avg_pool2d(photographs.pictures, 1 << (layer - 1))
    colours = regions.flatten(2).transpose(1, 2).reshape(-1, 3)
    count = torch.bincount(words, minlength=vocabulary)
    total = torch.zeros(vocabulary, 3).index_add(0, words, colours)
    kept = count >= LEAST_USE
    kept[torch.from_numpy(table.words)] = False
    own = kept.nonzero().squeeze(1)
    weights = USED_WEIGHT * count[own] / count.sum()
    return Goal(own, total[own] / count[own, None], weights, (layer,))


def holding(model: SPAE, photographs: Photographs) -> Tensor:
    """What a change of the codes costs, by how often the layers use them, as a square form."""
    embedding = model.codebook.embedding
    lower = usage([photographs.lower], len(embedding))
    upper = usage([photographs.layer(layer) for layer in DEPTHS], len(embedding))
    cost = 0.5 / len(embedding) + 0.5 * lower + HOLD_UPPER * upper
    return embedding.T @ (cost[:, None] * embedding)


def usage(layers: list[Tensor], vocabulary: int) -> Tensor:
    """The share of each word in some layers that count alike, [V]."""
    counts = [torch.bincount(words.reshape(-1), minlength=vocabulary) for words in layers]
    return sum(count / count.sum() for count in counts) / len(counts)


# The photographs


def photographs_of(data: Path, model: SPAE, folder: Path, program: Path) -> Photographs:
    """Middle squares of training photographs, and the words that the program gives them."""
    with tempfile.TemporaryDirectory() as temporary:
        files, pictures = [], []
        for square in squares(data):
            files.append(Path(temporary) / f"{len(files)}.png")
            square.save(files[-1])
            pictures.append(to_tensor(square.resize((SIZE, SIZE), Image.Resampling.BICUBIC)))
        answers = encoded(program, folder, files)
    index = {word: number for number, word in enumerate(model.words)}
    words = [[index[word] for layer in answer["layers"] for word in layer] for answer in answers]
    return Photographs(torch.stack(pictures), torch.tensor(words))


def squares(data: Path) -> Iterator[Image.Image]:
    for name, count in PICTURES.items():
        pictures = PictureSet(data, name)
        step = max(1, len(pictures.names) // count)
        for row in range(0, len(pictures.names), step)[:count]:
            yield centre_square(rgb(pictures.image(row)))


def encoded(program: Path, model: Path, files: list[Path]) -> list[dict]:
    lines = "\n".join(json.dumps({"file": str(file)}) for file in files)
    command = [program, "encode", "--stream", "--model", model]
    answer = subprocess.run(command, input=lines, text=True, check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder of training data")
    add("--model", type=Path, required=True, help="the model that is fitted")
    add("--program", type=Path, required=True, help="spae, which gives photographs their words")
    add("--iterations", type=int, default=ITERATIONS)
    add("--output", type=Path, required=True, help="the weights that come of it")
    options = parser.parse_args()
    model = SPAE.load(options.model).requires_grad_(False)
    photographs = photographs_of(options.data, model, options.model, options.program)
    goals = goals_of(model, photographs)
    fit(model, goals, holding(model, photographs), options.iterations)
    tensors = {name: own.half().contiguous() for name, own in model.learned().items()}
    save_file(tensors, options.output)


if __name__ == "__main__":
    main()
