"""Few-shot classification by the words alone: the nearest centroid of their own embeddings."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from spae.data import EvaluationSet, PictureSet
from spae.figures import Row, Value
from spae.images import square_view, to_tensor
from spae.model import SPAE

SIZE = 128
EPISODES, QUESTIONS = 1000, 15


def features(model: SPAE, words: Tensor) -> Tensor:
    """The mean of the words' own embeddings, [n, words] -> [n, embedding]."""
    return torch.stack([model.codebook.embedding[own].mean(0) for own in words.long()])


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


def few_shot_rows(by_class: Tensor, centre: dict[int, Tensor], model: SPAE) -> list[Row]:
    """by_class holds words, [class, picture, words]; centre the mean feature of 5 and 21 words."""
    rows = []
    for count, mean in centre.items():
        points = features(model, by_class[..., :count].flatten(0, 1)) - mean
        points = points.unflatten(0, by_class.shape[:2])
        for ways in (2, 5):
            values = {
                f"{shots}-shot": Value.over(episodes(points, ways, shots), 100)
                for shots in (1, 3, 5)
            }
            rows += [
                Row("fewshot-val", f"{ways}-way {shots} {count} words %", {"all": value}, 1)
                for shots, value in values.items()
            ]
    return rows


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
    semantics = pictures.table.map(np.array(rows), model.semantic_branch)
    return EvaluationSet([pictures.names[row] for row in rows], torch.stack(views), semantics)
