"""The other teacher: CLIP as open_clip has it, for whoever has its package and weights.

CLIP looks at the whole square and at one crop, half as wide, around each of 4x4 positions. What it
sees there is itself the text vector; the words' own vectors are CLIP's for "a photo of a WORD".
It is opened only when a picture has no cached answer, so a machine that trains need not hold it.
"""

from functools import cached_property
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from spae.images import centre_square
from spae.model.configuration import Clip
from spae.model.pyramid import PyramidShape
from spae.model.teacher import MissingTeacher, SemanticMap

CROP = 0.5  # the side of a position's crop, as a share of the square's
HUB = 0.5  # of a word's mean score over classes, which is taken off its scores
PROMPTS = ("a photo of a {}.", "a photo of the {}.", "something like a {}.")
BATCH = 256


class OpenedClip:
    """A CLIP in use: its network, what it does to a picture first, and its tokens."""

    def __init__(self, sizes: Clip):
        try:
            import open_clip
        except ImportError:
            raise MissingTeacher(
                "the teacher clip needs the package open_clip_torch: pip install open_clip_torch"
            ) from None
        self.network, _, self.preprocess = open_clip.create_model_and_transforms(
            sizes.architecture, pretrained=sizes.weights
        )
        self.network.eval().requires_grad_(False)
        self.tokens = open_clip.get_tokenizer(sizes.architecture)

    @torch.no_grad()
    def of_texts(self, texts: list[str]) -> Tensor:
        """A vector of length 1 for each text, the mean over the prompts, [n, text]."""
        found = []
        for start in range(0, len(texts), BATCH):
            part = texts[start : start + BATCH]
            prompted = (self.tokens([p.format(text) for text in part]) for p in PROMPTS)
            vectors = [F.normalize(self.network.encode_text(t).float(), dim=-1) for t in prompted]
            found.append(F.normalize(sum(vectors), dim=-1))
        return torch.cat(found)

    @torch.no_grad()
    def of_pictures(self, pictures: Tensor) -> Tensor:
        """[n, 3, side, side] -> vectors of length 1, [n, text]."""
        return F.normalize(self.network.encode_image(pictures).float(), dim=-1)


class ClipTeacher(nn.Module):
    """CLIP behind the interface of `Teacher`."""

    def __init__(self, sizes: Clip, text: int):
        super().__init__()
        self.sizes, self.width = sizes, text
        self.register_buffer("class_text", torch.zeros(0, text))

    @cached_property
    def clip(self) -> OpenedClip:
        return OpenedClip(self.sizes)

    def load_frozen(self, path: Path) -> None:
        tensors = load_file(path)
        if set(tensors) != {"class_text"} or tensors["class_text"].shape[1] != self.width:
            raise MissingTeacher(
                f"{path} is not of CLIP {self.sizes.architecture}: make the model's frozen files "
                "with python -m spae.prepare.frozen --teacher clip"
            )
        self.class_text = tensors["class_text"].float()

    def view(self, image: Image.Image, shape: PyramidShape | None = None) -> Tensor:
        """The whole square and the crop of each position, [1 + positions, 3, side, side]."""
        if shape and shape.grid.rows != shape.grid.columns:
            raise ValueError("CLIP sees squares only: encode with fit crop, pad or stretch")
        square = centre_square(image)
        boxes = [
            tuple(round(share * square.width) for share in b) for b in boxes_of(self.sizes.grid)
        ]
        parts = [square] + [square.crop(box) for box in boxes]
        return torch.stack([self.clip.preprocess(part) for part in parts])

    def answers(self, view: Tensor, shape: PyramidShape | None = None) -> dict[str, np.ndarray]:
        """[batch, 1 + positions, 3, side, side] -> the vectors, in float16."""
        grid = self.sizes.grid
        vectors = self.clip.of_pictures(view.flatten(0, 1)).unflatten(0, view.shape[:2]).half()
        cells = vectors[:, 1:].unflatten(1, (grid, grid))
        return {"whole": vectors[:, 0].cpu().numpy(), "cells": cells.cpu().numpy()}

    def map(self, answers: dict[str, np.ndarray]) -> SemanticMap:
        whole, cells = (torch.from_numpy(answers[name]).float() for name in ("whole", "cells"))
        return SemanticMap(whole, cells)

    def forward(self, view: Tensor, shape: PyramidShape | None = None) -> SemanticMap:
        return self.map(self.answers(view))

    def table_name(self, set_name: str) -> str:
        return f"semantic-clip-{self.sizes.architecture}-{set_name}.npz"


def boxes_of(grid: int) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each position's crop in shares of the square, row by row."""
    starts = [min(max((i + 0.5) / grid - CROP / 2, 0), 1 - CROP) for i in range(grid)]
    return [(x, y, x + CROP, y + CROP) for y in starts for x in starts]


def clip_tables(sizes: Clip, words: list[str], classes: list[str]) -> dict[str, np.ndarray]:
    """`text` [V, text], `bias` [V] and `class_text` [classes, text] by CLIP alone."""
    clip = OpenedClip(sizes)
    text, class_text = clip.of_texts(words), clip.of_texts(classes)
    bias = HUB * (text @ class_text.T).mean(1)
    return {
        "text": text.half().numpy(),
        "bias": bias.numpy(),
        "class_text": class_text.half().numpy(),
    }
