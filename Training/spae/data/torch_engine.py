"""The model in PyTorch as an engine: on a graphics processor where there is one."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

import torch
from PIL import Image

from spae.data.engines import Answer
from spae.data.pictures import Picture, file_picture
from spae.data.torch_films import TorchFilms, is_picture
from spae.images import square_view, to_tensor
from spae.model.network import SPAE
from spae.picture_files import PictureError, read

SIZE = 128
BATCH = {"cpu": 8, "cuda": 128}


class TorchEngine:
    def __init__(self, folder: Path, threads: int = 1):
        torch.set_num_threads(threads)
        self.folder = folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = SPAE.load(folder).to(self.device)
        self.shape = self.model.shape(SIZE)

    @cached_property
    def films(self) -> TorchFilms:
        model = self.model if self.device.type == "cpu" else SPAE.load(self.folder)
        return TorchFilms(self.folder, model, SIZE)

    def answers(self, pictures: Iterable[Picture]) -> Iterator[Answer]:
        source = iter(pictures)
        while batch := list(islice(source, BATCH[self.device.type])):
            read = [opened(picture) if is_picture(picture) else None for picture in batch]
            words = iter(self.words([each for each in read if isinstance(each, Image.Image)]))
            for picture, each in zip(batch, read):
                if each is None:
                    yield self.films.answer(picture)
                elif isinstance(each, str):
                    yield Answer(picture.key, error=each, is_clip=picture.is_clip)
                else:
                    yield self.answer(picture, each, next(words))

    def answer(self, picture: Picture, image: Image.Image, words: list[list[str]]) -> Answer:
        return Answer(picture.key, words, *image.info["source size"], is_clip=picture.is_clip)

    @torch.no_grad()
    def words(self, images: list[Image.Image]) -> list[list[list[str]]]:
        """The words of pictures, layer after layer."""
        if not images:
            return []
        return self.words_of(*map(torch.stack, zip(*map(self.views, images))), images)

    def views(self, image: Image.Image) -> tuple[torch.Tensor, torch.Tensor]:
        """A picture as the model and as its semantic branch, if it has one, look at it."""
        branch = self.model.semantic_branch
        seen = branch.view(image) if branch else torch.empty(0)
        return to_tensor(square_view(image, SIZE)), seen

    def words_of(
        self,
        pictures: torch.Tensor,
        views: torch.Tensor,
        images: list[Image.Image] | None = None,
    ) -> list[list[list[str]]]:
        """The words of a batch. The two branches beside the classifier look at `images`."""
        model = self.model
        seen = model.semantic_branch and model.semantic_branch(views.to(self.device))
        named = model.named(images, seen) if images else None
        found = model.choose_words(pictures.to(self.device), seen, 1.0, self.shape, named)
        return [self._layers(row) for row in found.cpu()]

    def _layers(self, row: torch.Tensor) -> list[list[str]]:
        layers = range(1, self.shape.depth + 1)
        return [
            [self.model.words[n] for n in self.shape.layer_of(row, layer).tolist()]
            for layer in layers
        ]


def opened(picture: Picture) -> Image.Image | str:
    """The picture as RGB, or why it cannot be read."""
    if picture.problem is not None:
        return picture.problem
    if picture.path is not None:  # its name is a clip's
        picture = file_picture(picture.key, picture.path)
    try:
        image = read(picture.contents)
    except PictureError as error:
        return str(error)
    image.info["source size"] = image.size
    return image
