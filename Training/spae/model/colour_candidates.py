"""Names of colours as candidates, beside the words that the evidence gives.

Where a classifier recognises nothing (sky, wall, fog), the best of its words is arbitrary. A name
of a colour is right there whenever the region has that colour: each position of some layers has as
candidates those that come nearest to the mean colour of the region it covers.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from spae.cielab import lab
from spae.model.configuration import ColourCandidates
from spae.model.pyramid import Grid


def region_colours(pictures: Tensor, grid: int | Grid) -> Tensor:
    """The mean colour of each region of a grid, [batch, 3, height, width] -> [batch, cells, 3]."""
    return F.adaptive_avg_pool2d(pictures.float(), grid).flatten(2).transpose(1, 2)


def nearest_names(
    pictures: Tensor, grid: int | Grid, count: int, colours: ColourCandidates, words: list[str]
) -> Tensor:
    """The words whose colours are nearest to each region's, [batch, cells, count].

    The nearest first, by CIE76 to the colours that the configuration gives them. A name that the
    vocabulary lacks is an error.
    """
    index = {word: i for i, word in enumerate(words)}
    missing = [name for name, *_ in colours.names if name not in index]
    if missing:
        raise ValueError(f"guided.colours: not in the vocabulary: {', '.join(missing)}")
    known = torch.tensor([index[name] for name, *_ in colours.names], device=pictures.device)
    rgb = pictures.new_tensor([list(colour) for _, *colour in colours.names])
    regions, named = lab(region_colours(pictures, grid)), lab(rgb / 127.5 - 1)
    distances = (regions.unsqueeze(-2) - named).square().sum(-1)
    order = distances.sort(dim=-1, stable=True).indices[..., :count]
    return known[order]
