"""Films of clips by the model in PyTorch: the text that the program's `spae encode` writes."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from PIL import Image

from spae.clips import Clip, ClipError, opened
from spae.data.engines import MOST_LINE, Answer, too_long, unread
from spae.data.pictures import Picture, reason
from spae.evaluate.published import identity
from spae.model.film_text import END, FilmHeader, film_text
from spae.model.network import SPAE

ANIMATIONS = (b"GIF8", b"\x89PNG")  # and WebP: pictures, whatever their names


class TorchFilms:
    """Makes films with a model that is on the processor: rounding elsewhere changes words."""

    def __init__(self, folder: Path, model: SPAE, size: int):
        self.model, self.size, self.identity = model, size, identity(folder)

    def answer(self, picture: Picture) -> Answer:
        """A clip's film; of one that breaks off what is whole of it, and why."""
        if picture.problem is not None:
            return unread(picture)
        try:
            clip = opened(picture.path, Path(picture.name).suffix[1:])
            first = next(clip.frames)
        except (ClipError, OSError) as problem:
            return Answer(picture.key, error=reason(problem), is_clip=True)
        parts, length, error = [], 0, None
        try:
            for part in self.parts(picture.name, clip, first):
                parts.append(part)
                length += len(part)
                if length > MOST_LINE:
                    return too_long(picture)
        except (ClipError, OSError) as problem:
            error = reason(problem)
        film = "".join([*parts, END])
        return Answer(picture.key, None, *first.size, error, film, is_clip=True)

    def parts(self, name: str, clip: Clip, first: Image.Image) -> Iterator[str]:
        grid, label = self.model.shape(self.size).grid, name.rpartition("/")[2]
        model = self.model.configuration.name, self.identity
        header = FilmHeader(*model, label, *first.size, grid, clip.rate)
        film = self.model.encode_film(chain([first], clip.frames), self.size)
        return film_text(header, film, self.model.words)


def is_picture(picture: Picture) -> bool:
    """Whether it is one by its content, though its name may be a clip's."""
    if not picture.is_clip or picture.problem is not None:
        return not picture.is_clip
    try:
        with open(picture.path, "rb") as file:
            start = file.read(12)
    except OSError:
        return False
    return start.startswith(ANIMATIONS) or (start[:4] == b"RIFF" and start[8:] == b"WEBP")
