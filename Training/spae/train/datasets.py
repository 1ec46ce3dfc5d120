"""Pictures to train and judge on: zips of WebP files, each with the teacher's answer beside it."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from spae.images import centre_square, to_tensor
from spae.model.teacher import SemanticMap, Teacher
from spae.picture_files import read

# The share of each set in a batch, by the size of the crop; small pictures serve small crops.
SHARES = {
    128: {
        "train-imagenette": 0.25,
        "train-caltech101": 0.25,
        "train-imagenet1k": 0.2,
        "train-bsds": 0.2,
        "train-scenes": 0.1,
    },
    64: {
        "train-imagenette": 0.15,
        "train-caltech101": 0.15,
        "train-imagenet1k": 0.15,
        "train-bsds": 0.15,
        "train-scenes": 0.1,
        "train-miniimagenet": 0.3,
    },
}
SMALLEST_ZOOM = 0.6  # the side of a crop is this share of the short side, or more


class PictureSet:
    """One zip of pictures, and what a teacher says of each of them."""

    def __init__(self, folder: Path, name: str):
        self.name, self.folder = name, folder
        self.archive = zipfile.ZipFile(folder / f"{name}.zip")
        self.names = [n for n in self.archive.namelist() if n.endswith(".webp")]
        self.teacher: Teacher | None = None
        self.table: dict[str, np.ndarray] = {}

    def image(self, row: int) -> Image.Image:
        return read(self.archive.read(self.names[row]))

    def load_table(self, teacher: Teacher, cache: Path) -> None:
        """Reads the teacher's answers; computes and caches them when the set has none."""
        name = teacher.table_name(self.name)
        path = self.folder / name if (self.folder / name).exists() else cache / name
        if not path.exists():
            cache.mkdir(parents=True, exist_ok=True)
            np.savez(path, **self._computed_table(teacher))
        self.teacher, self.table = teacher, dict(np.load(path))

    def map(self, rows: np.ndarray) -> SemanticMap:
        """What the teacher sees in some of the pictures."""
        return self.teacher.map({name: column[rows] for name, column in self.table.items()})

    def _computed_table(self, teacher: Teacher) -> dict[str, np.ndarray]:
        rows = [
            teacher.answers(teacher.view(self.image(row)).unsqueeze(0))
            for row in range(len(self.names))
        ]
        return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}


@dataclass
class Batch:
    pictures: Tensor  # [batch, 3, N, N] in [-1, 1]
    semantics: SemanticMap

    def to(self, device: torch.device) -> "Batch":
        return Batch(self.pictures.to(device), self.semantics.to(device))


class Sampler:
    """Random crops of all sets, with what the classifier saw in that part of the picture.

    Batch number k is the same whenever it is drawn, so that training resumes bit for bit.
    """

    def __init__(self, folder: Path, teacher: Teacher, cache: Path, seed: int):
        self.seed = seed
        names = sorted({name for shares in SHARES.values() for name in shares})
        self.sets = {n: PictureSet(folder, n) for n in names if (folder / f"{n}.zip").exists()}
        if not self.sets:
            raise FileNotFoundError(f"{folder} holds none of {', '.join(names)} (.zip)")
        for pictures in self.sets.values():
            pictures.load_table(teacher, cache)

    def batch(self, number: int, count: int, size: int) -> Batch:
        random = np.random.default_rng((self.seed, number))
        shares = {n: s for n, s in SHARES[size].items() if n in self.sets}
        weights = np.array(list(shares.values()))
        chosen = random.choice(list(shares), count, p=weights / weights.sum())
        samples = [self._sample(self.sets[name], size, random) for name in chosen]
        return Batch(
            torch.stack([picture for picture, _ in samples]),
            SemanticMap.joined([semantics for _, semantics in samples]),
        )

    def _sample(
        self, pictures: PictureSet, size: int, random: np.random.Generator
    ) -> tuple[Tensor, SemanticMap]:
        row = int(random.integers(len(pictures.names)))
        square = centre_square(pictures.image(row))
        side = square.width
        smallest = min(side, max(size, int(SMALLEST_ZOOM * side))) if size == 128 else size
        crop = (
            int(random.integers(min(smallest, side), side + 1)) if size == 128 else min(size, side)
        )
        left, top = (int(v) for v in random.integers(0, side - crop + 1, 2))
        box = (left, top, left + crop, top + crop)
        image = square.resize((size, size), Image.Resampling.BICUBIC, box)
        part = [v / side for v in (left, top, crop)]
        semantics, picture = pictures.map(np.array([row])).cropped(part), to_tensor(image)
        if random.random() < 0.5:
            return picture.flip(2), semantics.flipped()
        return picture, semantics


@dataclass
class EvaluationSet:
    """A whole set at one size, in order."""

    names: list[str]
    pictures: Tensor
    semantics: SemanticMap

    @classmethod
    def load(
        cls, folder: Path, name: str, teacher: Teacher, cache: Path, limit: int | None = None
    ) -> "EvaluationSet":
        pictures = PictureSet(folder, name)
        pictures.load_table(teacher, cache)
        rows = np.arange(len(pictures.names))[:limit]
        images = torch.stack([to_tensor(pictures.image(row)) for row in rows])
        return cls([pictures.names[r] for r in rows], images, pictures.map(rows))
