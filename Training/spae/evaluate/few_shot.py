"""Few-shot classification by the words alone: the nearest centroid of their own embeddings."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from spae.evaluate.figures import Row, Value
from spae.images import square_view, to_tensor
from spae.model.codebook import permutation
from spae.model.network import SPAE
from spae.model.pyramid import PyramidShape
from spae.train.datasets import EvaluationSet, PictureSet

SIZE = 128
EPISODES, QUESTIONS = 1000, 15
SHOTS = (1, 3, 5)
SHUFFLE_SEED = 1
LAYER_WEIGHT = 0.5
"""What a word counts of what one of the layer above counts."""


def features(embedding: Tensor, words: Tensor, weights: Tensor | None = None) -> Tensor:
    """The weighted mean of the words' embeddings, [V, embedding], [n, words] -> [n, embedding]."""
    shares = torch.ones(words.shape[1]) if weights is None else weights
    shares = (shares / shares.sum()).to(embedding)[:, None]
    return torch.stack([(embedding[own] * shares).sum(0) for own in words.long()])


def without_first_direction(embedding: Tensor) -> Tensor:
    """The embeddings without the direction in which they differ most, [V, embedding].

    All-but-the-top (Mu and Viswanath, 2018). It says how common a word is (Spearman's correlation
    with the number of its token is .89), and holds a tenth of the variance of all words.
    """
    direction = torch.linalg.eigh((embedding.T @ embedding).double()).eigenvectors[:, -1]
    direction = direction.to(embedding)
    return embedding - (embedding @ direction)[:, None] * direction


def layer_weights(shape: PyramidShape, depth: int) -> Tensor:
    """What each word of the layers down to a depth counts, [words]."""
    counts = [
        shape.word_count(layer) - shape.word_count(layer - 1) for layer in range(1, depth + 1)
    ]
    return torch.cat([torch.full((n,), LAYER_WEIGHT**i) for i, n in enumerate(counts)])


def episodes(by_class: Tensor, ways: int, shots: int, count: int = EPISODES) -> Tensor:
    """The accuracy of each episode by the nearest centroid; by_class is [class, picture, width]."""
    random, found = np.random.default_rng(0), []
    questions = min(QUESTIONS, by_class.shape[1] - shots)
    for _ in range(count):
        classes = random.choice(len(by_class), ways, replace=False)
        rows = np.stack(
            [random.permutation(by_class.shape[1])[: shots + questions] for _ in range(ways)]
        )
        drawn = F.normalize(by_class[classes[:, None], rows], dim=-1)
        centroids = F.normalize(drawn[:, :shots].mean(1), dim=-1)
        answers = (drawn[:, shots:] @ centroids.T).argmax(-1)
        found.append((answers == torch.arange(ways)[:, None]).float().mean())
    return torch.stack(found)


def few_shot_rows(model: SPAE, by_class: Tensor, ground: Tensor) -> list[Row]:
    """Rows from the words of few-shot pictures, [class, picture, words], from 5 and 21 of them.

    `ground` holds the words of other pictures, [n, words]: their mean feature is taken off.
    """
    plain, shape = model.codebook.embedding, model.shape(SIZE)
    own, swapped = without_first_direction(plain), plain[permutation(len(plain), SHUFFLE_SEED)]

    def points(embedding: Tensor, depth: int, weights: Tensor | None = None) -> Tensor:
        count = shape.word_count(depth)
        return centred(embedding, by_class[..., :count], ground[:, :count], weights)

    rows = []
    for depth in (2, 3):
        for found, suffix in (
            (points(plain, depth), ""),
            (points(own, depth, layer_weights(shape, depth)), ", without the first direction"),
        ):
            count = shape.word_count(depth)
            for ways in (2, 5):
                rows += [accuracy_row(found, ways, shots, count, suffix) for shots in SHOTS]
    shuffled, count = points(swapped, 3), shape.word_count(3)
    return rows + [accuracy_row(shuffled, 5, shots, count, ", shuffled") for shots in SHOTS]


def centred(
    embedding: Tensor, by_class: Tensor, ground: Tensor, weights: Tensor | None = None
) -> Tensor:
    """The features of pictures less the mean one of the ground, [class, picture, embedding]."""
    points = features(embedding, by_class.flatten(0, 1), weights)
    points = points - features(embedding, ground, weights).mean(0)
    return points.unflatten(0, by_class.shape[:2])


def accuracy_row(points: Tensor, ways: int, shots: int, count: int, suffix: str = "") -> Row:
    value = Value.over(episodes(points, ways, shots), 100)
    name = f"{ways}-way {shots}-shot {count} words{suffix} %"
    return Row("fewshot-val", name, {"all": value}, 1)


def few_shot_words(model: SPAE, data: Path, cache: Path, each: int) -> Tensor:
    """The words of the first pictures of each class, [class, picture, words]."""
    pictures = PictureSet(data, "fewshot-val")
    pictures.load_table(model.semantic_branch, cache)
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(pictures.names):
        rows.setdefault(name.split("/")[0], []).append(row)
    by_class = (enlarged(model, pictures, own[:each]) for own in rows.values())
    return torch.stack([model.words_of(s.pictures, s.semantics) for s in by_class])


def enlarged(model: SPAE, pictures: PictureSet, rows: list[int]) -> EvaluationSet:
    """Some pictures of a set at the size the model is judged at."""
    views = [to_tensor(square_view(pictures.image(row), SIZE)) for row in rows]
    semantics = pictures.map(np.array(rows))
    return EvaluationSet([pictures.names[row] for row in rows], torch.stack(views), semantics)
