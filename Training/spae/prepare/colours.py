"""Words have the colours they name: the table of colours, and what the model paints of it.

A picture in which one word fills the layers 1 ... depth should have that word's colour.
`spae.train.palette` is the term of the objective that says so, `spae.train.colour_start` the start.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from spae.cielab import lab
from spae.model.network import SPAE
from spae.model.pyramid import PyramidShape
from spae.model.quantizer import upsampled

TABLE = Path(__file__).parents[1] / "tables" / "colours.tsv"
TYPED = TABLE.with_name("typed-words.txt")
KINDS = ("name", "thing", "held-out")
TRAINED = ("name", "thing")
DEPTHS = (1, 2, 3)  # that one word fills
NAMES_SHARE = 1 / 4  # of a batch of words: names of colours; the others are things
GUESSES = 2500  # words that the table lacks whose colours are guessed: those near its words
NEARNESS = 2.0  # how fast what one word tells of another falls with their distance in meaning
DOUBT = 0.03  # in the table's colours, as a share of a colour's variance


@dataclass(frozen=True)
class Colours:
    """Words of a vocabulary with the colours they should have."""

    words: np.ndarray  # [n] indices into the vocabulary
    colours: Tensor  # [n, 3] in [-1, 1]
    kinds: np.ndarray  # [n] of KINDS

    def of(self, *kinds: str) -> "Colours":
        """Those of some kinds."""
        rows = np.flatnonzero(np.isin(self.kinds, kinds))
        return self.rows(rows)

    def rows(self, rows: np.ndarray) -> "Colours":
        return Colours(self.words[rows], self.colours[rows], self.kinds[rows])

    def batch(self, count: int, random: np.random.Generator) -> "Colours":
        """`count` different words to train on, NAMES_SHARE of them names of colours."""
        names, things = (np.flatnonzero(self.kinds == kind) for kind in TRAINED)
        named = min(len(names), max(round(NAMES_SHARE * count), count - len(things)))
        chosen = [
            random.choice(rows, min(number, len(rows)), replace=False)
            for rows, number in ((names, named), (things, count - named))
        ]
        return self.rows(np.concatenate(chosen))

    def __len__(self) -> int:
        return len(self.words)


def colours_of(vocabulary: list[str], table: Path | None = None) -> Colours:
    """The rows of the table whose words are in a vocabulary."""
    index = {word: i for i, word in enumerate(vocabulary)}
    rows = [row for row in table_rows(table) if row[0] in index]
    colours = torch.tensor([row[2] for row in rows], dtype=torch.float32).reshape(-1, 3)
    return Colours(
        np.array([index[row[0]] for row in rows], np.int64),
        colours / 127.5 - 1,
        np.array([row[1] for row in rows], dtype="U8"),
    )


@torch.no_grad()
def guesses(model: SPAE, trained: Colours, count: int = GUESSES) -> Colours:
    """The colours of words that the table lacks, by what its words mean that are trained on.

    Kernel regression on the words' text vectors, for the `count` words that it is surest of. They
    hold the words of the table that are trained on to what generalises; a word that is held out
    is neither guessed nor guessed from.
    """
    text = model.codebook.text.double().cpu()
    text = torch.nn.functional.normalize(text - text.mean(0), dim=1)
    known, colours = text[trained.words], trained.colours.double()

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return torch.exp(NEARNESS * (a @ b.T - 1))

    within = kernel(known, known) + DOUBT * torch.eye(len(known)).to(known)
    weights = torch.linalg.solve(within, kernel(known, text)).T  # [V, n]
    usual = colours.median(0).values
    guessed = (usual + weights @ (colours - usual)).clamp(-1, 1).float()
    sureness = (weights * kernel(text, known)).sum(1)
    in_table = colours_of(model.words).words
    sureness[torch.from_numpy(in_table)] = -torch.inf
    words = sureness.argsort(descending=True)[: min(count, len(text) - len(in_table))].numpy()
    return Colours(words, guessed[words], np.full(len(words), "guess"))


def table_rows(table: Path | None = None) -> list[tuple[str, str, tuple[int, int, int]]]:
    """Word, kind and colour of every row; a row that is none is named."""
    table, rows = table or TABLE, []
    for number, line in enumerate(table.read_text().splitlines(), 1):
        if line.startswith("#"):
            continue
        try:
            word, kind, red, green, blue, _ = line.split("\t")
            colour = (int(red), int(green), int(blue))
            if kind not in KINDS or not all(0 <= value <= 255 for value in colour):
                raise ValueError
        except ValueError:
            raise ValueError(
                f"{table}:{number}: expected a word, one of {', '.join(KINDS)}, three numbers "
                f"from 0 to 255 and a source, separated by tabs, not {line!r}"
            ) from None
        rows.append((word, kind, colour))
    return rows


def typed_words() -> set[str]:
    """The words of the table that people type most."""
    lines = TYPED.read_text().splitlines()
    return {word for line in lines if not line.startswith("#") for word in line.split()}


def filled_with(
    model: SPAE, words: Tensor, shape: PyramidShape, depth: int
) -> tuple[Tensor, Tensor]:
    """What the decoder gets if one word fills all of layers 1 ... depth, and the cells' classes.

    [n] -> [n, cell, latent] and [cell].
    """
    return filled_with_codes(model.codebook.codes()[words], shape, depth)


def filled_with_codes(codes: Tensor, shape: PyramidShape, depth: int) -> tuple[Tensor, Tensor]:
    """The same of words' codes, [n, latent]."""
    upsampling = shape.upsampling(depth)
    cells = np.unique(np.concatenate([shape.visited(layer) for layer in range(1, depth + 1)]))
    cells = torch.from_numpy(cells).to(codes.device)
    estimates = codes.new_zeros(len(codes), shape.grid.cells, codes.shape[1])
    estimates = estimates.index_add(1, cells, codes[:, None].expand(-1, len(cells), -1))
    return upsampled(estimates, upsampling), torch.from_numpy(upsampling.cell_class).to(
        codes.device
    )


def pictures_of(model: SPAE, words: Tensor, shape: PyramidShape, depth: int) -> Tensor:
    """What the decoder makes of one word in all of layers 1 ... depth, [n] -> [n, 3, N, N]."""
    return model.decoder(*filled_with(model, words, shape, depth))


def pictures_of_codes(model: SPAE, codes: Tensor, shape: PyramidShape, depth: int) -> Tensor:
    """The same of words' codes, [n, latent]."""
    return model.decoder(*filled_with_codes(codes, shape, depth))


@torch.no_grad()
def mean_colours(
    model: SPAE, words: Tensor, shape: PyramidShape, depth: int, batch: int = 64
) -> Tensor:
    """The mean colour of each word's picture in [-1, 1], [n] -> [n, 3]."""
    return torch.cat(
        [
            pictures_of(model, part, shape, depth).clamp(-1, 1).mean((2, 3))
            for part in words.split(batch)
        ]
    )


def distances(model: SPAE, colours: Colours, shape: PyramidShape, depth: int) -> Tensor:
    """CIE76 of each word's picture to the word's colour, [n]."""
    found = mean_colours(model, torch.from_numpy(colours.words), shape, depth)
    return (lab(found) - lab(colours.colours)).square().sum(-1).sqrt()
