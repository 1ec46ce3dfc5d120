"""Pictures to train and judge on: zips of WebP files, each with the teacher's answer beside it."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from spae.images import centre_square, rgb, to_tensor
from spae.semantic_branch import SemanticBranch, SemanticMap, likeliest

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


@dataclass
class SemanticTable:
    """The classifier's likeliest classes for every picture of a set."""

    index: np.ndarray  # [n, 24]
    prob: np.ndarray  # [n, 24] float16
    cell_index: np.ndarray  # [n, 4, 4, 8]
    cell_prob: np.ndarray  # [n, 4, 4, 8] float16

    def map(self, rows: np.ndarray, branch: SemanticBranch) -> SemanticMap:
        def text(index: np.ndarray, prob: np.ndarray) -> Tensor:
            classes = torch.from_numpy(index[rows].astype(np.int64))
            return branch.text(classes, torch.from_numpy(prob[rows]))

        return SemanticMap(text(self.index, self.prob), text(self.cell_index, self.cell_prob))


class PictureSet:
    """One zip of pictures and its semantic table."""

    def __init__(self, folder: Path, name: str):
        self.name = name
        self.archive = zipfile.ZipFile(folder / f"{name}.zip")
        self.names = [n for n in self.archive.namelist() if n.endswith(".webp")]
        self.table_path = folder / f"semantic-{name}.npz"
        self.table: SemanticTable | None = None

    def image(self, row: int) -> Image.Image:
        return rgb(Image.open(io.BytesIO(self.archive.read(self.names[row]))))

    def load_table(self, branch: SemanticBranch, cache: Path) -> None:
        """Reads the semantic table; computes and caches it when the set has none."""
        path = self.table_path if self.table_path.exists() else cache / self.table_path.name
        if not path.exists():
            cache.mkdir(parents=True, exist_ok=True)
            np.savez(path, **self._computed_table(branch))
        arrays = np.load(path)
        self.table = SemanticTable(
            *(arrays[k] for k in ("index", "prob", "cell_index", "cell_prob"))
        )

    @torch.no_grad()
    def _computed_table(self, branch: SemanticBranch) -> dict[str, np.ndarray]:
        sizes, grid, rows = branch.sizes, branch.sizes.grid, []
        for row in range(len(self.names)):
            whole, cells = branch.probabilities(branch.view(self.image(row)).unsqueeze(0))
            rows.append(
                (
                    *likeliest(whole[0], sizes.whole_top),
                    *likeliest(cells[0].view(grid, grid, -1), sizes.cell_top),
                )
            )
        columns = [torch.stack(column).numpy() for column in zip(*rows)]
        return dict(zip(("index", "prob", "cell_index", "cell_prob"), columns, strict=True))


@dataclass
class Batch:
    pictures: Tensor  # [batch, 3, N, N] in [-1, 1]
    semantics: SemanticMap


class Sampler:
    """Random crops of all sets, with what the classifier saw in that part of the picture.

    Batch number k is the same whenever it is drawn, so that training resumes bit for bit.
    """

    def __init__(self, folder: Path, branch: SemanticBranch, cache: Path, seed: int):
        self.branch, self.seed = branch, seed
        names = sorted({name for shares in SHARES.values() for name in shares})
        self.sets = {n: PictureSet(folder, n) for n in names if (folder / f"{n}.zip").exists()}
        if not self.sets:
            raise FileNotFoundError(f"{folder} holds none of {', '.join(names)} (.zip)")
        for pictures in self.sets.values():
            pictures.load_table(branch, cache)

    def batch(self, number: int, count: int, size: int) -> Batch:
        random = np.random.default_rng((self.seed, number))
        shares = {n: s for n, s in SHARES[size].items() if n in self.sets}
        weights = np.array(list(shares.values()))
        chosen = random.choice(list(shares), count, p=weights / weights.sum())
        samples = [self._sample(self.sets[name], size, random) for name in chosen]
        pictures, whole, cells = zip(*samples)
        return Batch(torch.stack(pictures), SemanticMap(torch.stack(whole), torch.stack(cells)))

    def _sample(self, pictures: PictureSet, size: int, random: np.random.Generator):
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
        semantics = pictures.table.map(np.array([row]), self.branch)
        cells = cropped(semantics.cells[0], [v / side for v in (left, top, crop)])
        picture = to_tensor(image)
        if random.random() < 0.5:
            picture, cells = picture.flip(2), cells.flip(1)
        return picture, semantics.whole[0], cells


def cropped(cells: Tensor, box: list[float]) -> Tensor:
    """The map of a part (left, top, side in shares) of a square, by bilinear interpolation."""
    left, top, side = box
    grid = cells.shape[0]

    def weights(start: float) -> Tensor:
        centres = (start + side * (torch.arange(grid) + 0.5) / grid) * grid - 0.5
        centres = centres.clamp(0, grid - 1)
        return (1 - (centres[:, None] - torch.arange(grid)[None, :]).abs()).clamp(min=0)

    return torch.einsum("yv,xu,vuc->yxc", weights(top), weights(left), cells)


@dataclass
class EvaluationSet:
    """A whole set at one size, in order."""

    names: list[str]
    pictures: Tensor
    semantics: SemanticMap

    @classmethod
    def load(
        cls, folder: Path, name: str, branch: SemanticBranch, cache: Path, limit: int | None = None
    ) -> "EvaluationSet":
        pictures = PictureSet(folder, name)
        pictures.load_table(branch, cache)
        rows = np.arange(len(pictures.names))[:limit]
        images = torch.stack([to_tensor(pictures.image(row)) for row in rows])
        return cls([pictures.names[r] for r in rows], images, pictures.table.map(rows, branch))
