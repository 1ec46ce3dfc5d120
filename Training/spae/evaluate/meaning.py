"""Whether words say what their positions show, and how evenly the vocabulary is used."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from spae.cielab import lab
from spae.evaluate.figures import Row, Value, by_layer
from spae.images import to_image
from spae.model.colour_candidates import region_colours
from spae.model.network import SPAE, Names
from spae.model.pyramid import PyramidShape
from spae.prepare.branch_files import seen_classes
from spae.prepare.colours import colours_of
from spae.train.datasets import EvaluationSet

BEST = 20  # words of a text that count as its best
FITTING = 100  # words of a position that count as fitting it
NEAR = 20  # CIE76 of a name of a colour to its region's mean colour, to fit it
SIZE = 128  # pixels of the pictures that are judged
MAP_LAYER = 3  # the layer with one cell for each position of the semantic map


def use_rows(words: Tensor, pyramid_shape: PyramidShape) -> list[Row]:
    """How evenly each layer uses the vocabulary."""
    distinct, largest, perplexity = [], [], []
    for layer in range(1, pyramid_shape.depth + 1):
        counts = pyramid_shape.layer_of(words, layer).unique(return_counts=True)[1]
        shares = counts / counts.sum()
        distinct.append(Value(len(counts)))
        largest.append(Value(100 * float(shares.max())))
        perplexity.append(Value(2 ** -float((shares * shares.log2()).sum())))
    return [
        Row("eval-bsds", "distinct words", by_layer(distinct), 0),
        Row("eval-bsds", "largest share %", by_layer(largest), 1),
        Row("eval-bsds", "perplexity", by_layer(perplexity), 0),
    ]


def vocabulary_row(every: list[Tensor], pyramid_shape: PyramidShape, vocabulary: int) -> Row:
    words = torch.cat(every)
    deepest = range(max(1, pyramid_shape.depth - 1), pyramid_shape.depth + 1)
    used = [
        len(pyramid_shape.layer_of(words, layer).unique()) / vocabulary * 100 for layer in deepest
    ]
    name = f"vocabulary used %, {len(words)} pictures"
    return Row("all sets", name, by_layer([Value(share) for share in used], deepest.start), 1)


def class_indices(data: Path) -> dict[str, int]:
    """The index of each class by its WordNet id."""
    lines = (data / "imagenet-classes.tsv").read_text().splitlines()
    return {line.split("\t")[1]: int(line.split("\t")[0]) for line in lines}


@torch.no_grad()
def true_class_hits(model: SPAE, top: Tensor, classes: Tensor) -> Tensor:
    """Whether each top word, [n], is among the best words of the picture's class, [n]."""
    best = model.codebook.scores(model.semantic_branch.class_text[classes]).topk(BEST, -1).indices
    return (best == top.unsqueeze(-1)).any(-1)


def people_words() -> tuple[str, ...]:
    """The words that say that people are in a picture, and no more about them."""
    return next(seen.words for seen in seen_classes("coco-words.tsv") if seen.name == "person")


def people_rows(model: SPAE, names: list[str], words: Tensor, data: Path) -> list[Row]:
    """How many pictures say that they show people, of those that do and of those that do not."""
    listed = data / "eval-bsds-people.txt"
    if not listed.exists():
        return []
    shown = torch.tensor([name in listed.read_text().split() for name in names])
    people = [word in people_words() for word in model.words]
    said = torch.tensor(people)[words.long()]
    pyramid_shape, rows = model.shape(SIZE), []
    for title, kept in (("people named %", shown), ("people named falsely %", ~shown)):
        depths = [
            said[kept, : pyramid_shape.word_count(depth)].any(1).float()
            for depth in range(1, MAP_LAYER + 1)
        ]
        values = [Value.over(own, 100) if len(own) else None for own in depths]
        rows.append(Row("eval-bsds", title, by_layer(values), 1))
    return rows


def positions_of(layer: int, pyramid_shape: PyramidShape, grid: int) -> Tensor:
    """The position of the semantic map that each cell of a layer asks, [cells]."""
    side = pyramid_shape.layers[layer - 1].rows
    if layer <= MAP_LAYER:
        return torch.arange(side * side)
    axis = torch.arange(side) * grid // side
    return (axis[:, None] * grid + axis[None, :]).flatten()


@torch.no_grad()
def ranks(model: SPAE, words: Tensor, texts: Tensor, positions: Tensor) -> Tensor:
    """How many words fit each word's position better, [n, cells]; texts are [n, position, text]."""
    found = []
    for own, text in zip(words, texts):
        scores = model.codebook.scores(text)
        ascending = scores.sort(-1).values[positions]
        mine = scores[positions, own].unsqueeze(-1)
        above = torch.searchsorted(ascending, mine.contiguous(), right=True).squeeze(-1)
        found.append(scores.shape[-1] - above)
    return torch.stack(found)


@torch.no_grad()
def own_place_wins(
    model: SPAE,
    words: Tensor,
    texts: Tensor,
    differing: bool = False,
    counted_positions: Tensor | None = None,
) -> Tensor:
    """For each picture the share of pairs (own position, another) that the own one wins, nan if none.

    `differing` counts only the pairs whose words differ, `counted_positions`, [n, position], those of
    some positions.
    """
    fits = torch.einsum("npc,noc->npo", model.codebook.text[words], texts)
    own = torch.diagonal(fits, dim1=1, dim2=2).unsqueeze(-1)
    counted = fits != own
    if differing:
        counted &= words.unsqueeze(-1) != words.unsqueeze(-2)
    if counted_positions is not None:
        counted &= counted_positions.unsqueeze(-1) & counted_positions.unsqueeze(-2)
    pairs = counted.sum((1, 2))
    return ((own > fits) & counted).sum((1, 2)) / pairs.where(pairs > 0, torch.nan)


@dataclass
class Judged:
    """Pictures, what the classifier sees at each position, and what a branch names there."""

    pictures: EvaluationSet
    names: Names | None

    @classmethod
    def by(cls, model: SPAE, pictures: EvaluationSet) -> "Judged":
        images = map(to_image, pictures.pictures)
        return cls(pictures, model.named(images, pictures.semantics))

    def unnamed(self, layer: int) -> Tensor:
        """The positions of a layer that are left to the classifier, [n, position]."""
        semantics = self.pictures.semantics
        if self.names is None:
            return torch.ones(semantics.positions(layer).shape[:2], dtype=torch.bool)
        return torch.tensor([[own is None for own in row[layer - 1]] for row in self.names])

    def class_ranks(self, model: SPAE, words: Tensor, layer: int, positions: Tensor) -> Tensor:
        """The rank of each word among those of the class that names its position, [n, cells].

        The vocabulary's size where none does, or where the word is not of the class.
        """
        found = torch.full(words.shape, len(model.words))
        for picture, row in enumerate(self.names or []):
            for cell, position in enumerate(positions.tolist()):
                named = row[layer - 1][position]
                if named is not None:
                    own = model.evidence.words(named).tolist()
                    word = int(words[picture, cell])
                    found[picture, cell] = own.index(word) if word in own else len(model.words)
        return found


def own_place_row(model: SPAE, judged: Judged, words: Tensor, differing: bool) -> Row:
    pictures = judged.pictures
    pyramid_shape, values = model.shape(pictures.pictures.shape[-1]), []
    for layer in (2, 3):
        own = pyramid_shape.layer_of(words, layer)
        wins = own_place_wins(
            model, own, pictures.semantics.positions(layer), differing, judged.unnamed(layer)
        )
        values.append(Value.over(wins[~wins.isnan()], 100))
    name = "own position %" + (", of another word" if differing else "")
    return Row("eval-imagenette", name, by_layer(values, 2), 1)


def different_lemmas(model: SPAE, words: Tensor) -> Tensor:
    """The number of different lemmas in each row of words."""
    ordered = model.codebook.lemma[words.long()].sort(-1).values
    return 1 + (ordered[:, 1:] != ordered[:, :-1]).sum(-1)


def meaning_rows(model: SPAE, pictures: EvaluationSet, words: Tensor, data: Path) -> list[Row]:
    pyramid_shape, index = model.shape(pictures.pictures.shape[-1]), class_indices(data)
    classes = torch.tensor([index[name.split("/")[0]] for name in pictures.names])
    hits = true_class_hits(model, pyramid_shape.layer_of(words, 1)[:, 0], classes)
    lemmas = different_lemmas(model, words[:, : pyramid_shape.word_count(2)])
    row, judged = partial(Row, "eval-imagenette"), Judged.by(model, pictures)
    return [
        row("true class %", {"1": Value.over(hits.float(), 100)}, 1),
        *rank_rows(model, judged, words, pyramid_shape),
        own_place_row(model, judged, words, differing=False),
        own_place_row(model, judged, words, differing=True),
        row("lemmas", {"all": Value.over(lemmas)}),
    ]


def names_its_colour(model: SPAE, pictures: Tensor, words: Tensor, side: int) -> Tensor:
    """Whether each word of a layer is a name of a colour and near its region's, [n, cells]."""
    names = colours_of(model.words).of("name")
    colours = torch.full((len(model.words), 3), torch.nan)
    colours[torch.from_numpy(names.words)] = lab(names.colours)
    regions = lab(region_colours(pictures, side))
    return (colours[words] - regions).square().sum(-1).sqrt() < NEAR  # nan: no name of a colour


def rank_rows(model: SPAE, judged: Judged, words: Tensor, pyramid_shape: PyramidShape) -> list[Row]:
    pictures, percentiles, best, fitting = judged.pictures, [], [], []
    for layer in range(1, pyramid_shape.depth + 1):
        own, seen = pyramid_shape.layer_of(words, layer), min(layer, MAP_LAYER)
        positions = positions_of(layer, pyramid_shape, pictures.semantics.cells.shape[1])
        by_classifier = ranks(model, own, pictures.semantics.positions(seen), positions)
        rank = by_classifier.minimum(judged.class_ranks(model, own, seen, positions)).float()
        side = pyramid_shape.layers[layer - 1].rows
        named = names_its_colour(model, pictures.pictures, own, side)
        percentiles.append(Value.over((1 - rank / (len(model.words) - 1)).mean(1), 100))
        best.append(Value.over((rank < BEST).float().mean(1), 100))
        fitting.append(Value.over(((rank < FITTING) | named).float().mean(1), 100))
    return [
        Row("eval-imagenette", "percentile", by_layer(percentiles), 1),
        Row("eval-imagenette", f"among the {BEST} %", by_layer(best), 1),
        Row("eval-imagenette", f"among the {FITTING}, or its colour %", by_layer(fitting), 1),
    ]
