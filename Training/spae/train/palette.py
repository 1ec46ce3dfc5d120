"""The term of the objective that gives words the colours they name."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from spae.cielab import lab
from spae.model.network import SPAE
from spae.prepare.colours import DEPTHS, TRAINED, Colours, colours_of, filled_with, guesses

SIZE = 128  # pixels of the pictures that one word fills
DEPTH_SHARES = (0.4, 0.3, 0.3)  # of the steps, in which it fills 1, 2 or 3 layers
GUESS_SHARE = 0.5  # words with guessed colours for each with a known one, and their weight
EVENNESS = 0.1  # the weight of a picture's variance beside its mean colour's distance
SOFT = 10.0  # from this distance (CIE76) on, a distance counts as itself, below as its square


def palette(pictures: Tensor, colours: Tensor) -> Tensor:
    """How far pictures of one word each are from its colour, [n, 3, N, N] and [n, 3].

    The distance of the mean colour in CIELAB (over 50: about that of sRGB in [-1, 1]), as a square
    while it is small and as itself when it is large: a few words that cannot be had do not rule the
    others. And how uneven the picture is, and how far it leaves what a screen shows.
    """
    pictures = pictures.float()
    shown = pictures.clamp(-1, 1)
    mean = shown.mean((2, 3))
    squares = (lab(mean) - lab(colours)).square().sum(-1)
    distance = ((squares + SOFT**2).sqrt() - SOFT).mean() * SOFT / 50**2
    uneven = (shown - mean[:, :, None, None]).square().mean()
    return distance + EVENNESS * uneven + (pictures - shown).square().mean()


@dataclass(frozen=True)
class Palette:
    """The words that training paints with: the table's, and those whose colour is guessed."""

    known: Colours
    guessed: Colours

    @classmethod
    def of(cls, model: SPAE) -> "Palette":
        """Of a model's vocabulary, without the words that are held out.

        Raises a ValueError if the vocabulary has no word of the table.
        """
        known = colours_of(model.words).of(*TRAINED)
        if len(known) == 0:
            raise ValueError(
                "vocabulary.txt holds no word of tables/colours.tsv: "
                "train without --palette and --paint"
            )
        return cls(known, guesses(model, known))

    def loss(self, model: SPAE, count: int, random: np.random.Generator) -> Tensor:
        """How far `count` known words and some guessed ones are from their colours.

        In the decoded picture, and in the linear decoder's, by which the words of the first layers
        are chosen: a choice by colours that the network then changes costs .2 dB at depth 2.
        """
        depth = int(random.choice(DEPTHS, p=DEPTH_SHARES))
        known = self.known.batch(count, random)
        more = min(round(GUESS_SHARE * len(known)), len(self.guessed))
        guessed = self.guessed.rows(random.choice(len(self.guessed), more, replace=False))
        words = torch.from_numpy(np.concatenate([known.words, guessed.words]))
        words = words.to(model.codebook.embedding.device)
        estimate, cell_class = filled_with(model, words, model.shape(SIZE), depth)
        with torch.autocast(words.device.type, torch.bfloat16):
            decoded = model.decoder(estimate, cell_class)
        linear = F.pixel_shuffle(model.decoder.linear(estimate, cell_class), model.decoder.patch)
        total = estimate.new_zeros(())
        for pictures in (decoded, linear):
            total = total + palette(pictures[: len(known)], known.colours.to(words.device))
            if more:
                unsure = palette(pictures[len(known) :], guessed.colours.to(words.device))
                total = total + GUESS_SHARE * unsure
        return total
