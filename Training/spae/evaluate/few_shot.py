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
from spae.train.datasets import EvaluationSet, PictureSet

SIZE = 128
EPISODES, QUESTIONS = 1000, 15
SHOTS = (1, 3, 5)
SHUFFLE_SEED = 1


def features(embedding: Tensor, words: Tensor) -> Tensor:
    """The mean of the words' embeddings, [V, embedding] and [n, words] -> [n, embedding]."""
    return torch.stack([embedding[own].mean(0) for own in words.long()])


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
    own, rows = model.codebook.embedding, []
    pyramid_shape = model.shape(SIZE)
    swapped = own[permutation(len(own), SHUFFLE_SEED)]
    for count in (pyramid_shape.word_count(2), pyramid_shape.word_count(3)):
        points = centred(own, by_class[..., :count], ground[:, :count])
        rows += [accuracy_row(points, ways, shots, count) for ways in (2, 5) for shots in SHOTS]
    points = centred(swapped, by_class[..., :count], ground[:, :count])
    return rows + [accuracy_row(points, 5, shots, count, ", shuffled") for shots in SHOTS]


def centred(embedding: Tensor, by_class: Tensor, ground: Tensor) -> Tensor:
    """The features of pictures less the mean one of the ground, [class, picture, embedding]."""
    points = features(embedding, by_class.flatten(0, 1)) - features(embedding, ground).mean(0)
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
