"""A clip as a film of words: a first pyramid, and the words that change.

The first frame of a shot is encoded as a picture. After it a word stays unless another one reduces
the error of the decoded frame by more than a tolerance. docs/films.md has the rules; the engine's
FilmEncoder makes the same words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from spae.images import framed, resized, rgb, to_image, to_tensor
from spae.model.film_search import FilmSearch, Question
from spae.model.frame_errors import FilmSettings, FrameErrors
from spae.model.pyramid import Pyramid, PyramidShape
from spae.model.quantizer import Candidates
from spae.model.shots import ShotDetector
from spae.model.steady_filter import filtered
from spae.model.teacher import SemanticMap

if TYPE_CHECKING:
    from spae.model.network import SPAE
    from spae.model.whole_decoder import WholeDecoder

PATIENCE = 2  # the looks in a row that leave a word out before it goes
STUBBORNNESS = 8  # how many times as many it takes with each word of layer 1 that went
LEAST_LOST = 0.5  # the share of upper words that fit no longer, which makes a doubtful cut one

Found = dict[int, Candidates]


@dataclass
class FilmFrame:
    """A frame of a film: all its words, and whether it is a key frame, which has no frame before."""

    pyramid: Pyramid
    is_key: bool
    changed: np.ndarray  # the flat indices of the words that are not those of the frame before
    levels: int = 0  # of the filter that holds still pixels up to the next key frame; 0 is none


class UpperWords:
    """The words that name what a shot shows, and how often in a row each was wrong."""

    def __init__(self) -> None:
        self.misses: dict[int, int] = {}
        self.renamings: Counter[int] = Counter()  # of layer 1

    def renamed(self, pyramid: Pyramid, found: Found) -> dict[int, int]:
        """The words that go, by their flat indices, and what comes in their place."""
        unfit = unfit_words(pyramid, found)
        counts = {index: self.misses.get(index, 0) + 1 for index in unfit}
        self.misses = {i: count for i, count in counts.items() if count < self._patience(i)}
        renamed = {index: word for index, word in unfit.items() if index not in self.misses}
        self.renamings.update(i for i in renamed if i < pyramid.shape.word_count(1))
        return renamed

    def _patience(self, index: int) -> int:
        """Who watches wants one name for a shot: each that went makes the next one last longer."""
        return PATIENCE * STUBBORNNESS ** min(4, self.renamings[index])


def unfit_words(pyramid: Pyramid, found: Found) -> dict[int, int]:
    """The words that are no candidates of their positions, each with the best candidate."""
    unfit = {}
    for layer, candidates in found.items():
        first = pyramid.shape.word_count(layer - 1)
        for position, own in enumerate(candidates.words[0].tolist()):
            if pyramid.words[first + position] not in own:
                unfit[first + position] = own[0]
    return unfit


def lost(pyramid: Pyramid, found: Found) -> float:
    """The share of the words of layers 1 and 2 that fit no longer."""
    count = pyramid.shape.word_count(2)
    return sum(i < count for i in unfit_words(pyramid, found)) / count if found else 1.0


@dataclass
class Shot:
    """What is known of the shot that is being encoded."""

    pyramid: Pyramid
    decoded: np.ndarray  # the picture of its words, as it is tried, [height, width, 3]
    shown: np.ndarray  # what the last frame shows of it, as it is tried
    source: np.ndarray  # the last frame of the clip, as the pyramid's picture
    seen: np.ndarray  # each cell of the clip when its words were chosen last
    semantics: SemanticMap | None
    error: float = 0.0  # the mean squared error of the last frame
    levels: int = 0  # of the filter that holds still pixels
    names: UpperWords = field(default_factory=UpperWords)
    since_look: int = 0
    since_key: int = 0


class FilmEncoder:
    """Turns a clip into a film of words, frame after frame, in constant memory."""

    def __init__(
        self,
        model: SPAE,
        settings: FilmSettings = FilmSettings(),
        size: int = 128,
        fit: str = "crop",
    ):
        self.model, self.settings, self.size, self.fit = model, settings, size, fit
        self.detector = ShotDetector()
        self.shot: Shot | None = None
        self.search: FilmSearch | None = None

    @torch.no_grad()
    def encode(self, image: Image.Image) -> FilmFrame:
        """The next frame; all frames of a clip have one shape."""
        image = framed(rgb(image), self.fit)
        shape = self.model.shape(self.size, image.size if self.fit == "whole" else None)
        picture = resized(image, shape.grid.scaled(self.model.configuration.patch))
        novelty, source, shot = self.detector.novelty(picture), np.asarray(picture), self.shot
        if shot is not None and shot.pyramid.shape != shape:
            raise ValueError("a frame has another shape than the first one")
        if shot is None or novelty > self.settings.cut:
            return self._begin(image, source, shape)
        shot.since_look, shot.since_key = shot.since_look + 1, shot.since_key + 1
        found, semantics = None, None
        doubtful = novelty > self.settings.doubtful_cut
        if doubtful or shot.since_look >= self.settings.frames_of_look:
            found, semantics = self._candidates(image, source, shape)
        if doubtful and found is not None and lost(shot.pyramid, found) > LEAST_LOST:
            return self._begin(image, source, shape)
        old = shot.pyramid.words
        self._follow(source, found, semantics, shot)
        changed = np.flatnonzero(old != shot.pyramid.words)
        if shot.since_key >= self.settings.longest_run:
            return self._key_frame(changed, shot)
        shot.shown = filtered(shot.decoded, shot.shown, shot.levels)
        shot.error = mean_squared_error(shot.source, shot.shown)
        return FilmFrame(shot.pyramid, False, changed, shot.levels)

    def _key_frame(self, changed: np.ndarray, shot: Shot) -> FilmFrame:
        """A frame from which reading can begin."""
        shot.since_key, shot.shown = 0, shot.decoded
        shot.error = mean_squared_error(shot.source, shot.shown)
        shot.levels = self.settings.levels(shot.error)
        return FilmFrame(shot.pyramid, True, changed, shot.levels)

    # The first frame of a shot

    def _begin(self, image: Image.Image, source: np.ndarray, shape: PyramidShape) -> FilmFrame:
        model, picture = self.model, to_tensor(Image.fromarray(source)).unsqueeze(0)
        semantics = model.semantics(image, shape)
        named = model.named([image], semantics, shape)
        words = model.choose_words(picture, semantics, 1.0, shape, named)[0].numpy()
        if self.search is None or self.search.shape != shape:
            self.search = FilmSearch(model, shape)
        decoded = self._decoded(words)
        shot = Shot(Pyramid(shape, words), decoded, decoded, source, source.copy(), semantics)
        self._polish(shot)
        shot.decoded = shot.shown = self._tried(shot.pyramid.words)
        self.shot = shot
        return self._key_frame(np.arange(len(words)), shot)

    def _polish(self, shot: Shot) -> None:
        """Chooses the words of the last two layers again, as long as that helps."""
        source, grid = shot.source, shot.pyramid.shape.grid
        target = source.astype(np.float32) / np.float32(127.5) - 1
        question = Question(shot.pyramid.words, target, set(range(grid.cells)), 0.0)
        for _ in range(self.settings.key_passes):
            if not question.cells:
                return
            errors = FrameErrors(source, grid, shot.decoded, shot.decoded, 0)
            better = self.search.improved(shot.pyramid.words, question, shot.decoded)
            kept, decoded = self._kept(
                better, shot.pyramid.words, set(), 0.0, errors, self._decoded
            )
            if squared_error(source, decoded) >= squared_error(source, shot.decoded):
                return
            question.cells = errors.around(self._cells(shot.pyramid.words, kept))
            shot.pyramid, shot.decoded = Pyramid(shot.pyramid.shape, kept), decoded

    # The frames after it

    def _follow(
        self,
        source: np.ndarray,
        found: Found | None,
        semantics: SemanticMap | None,
        shot: Shot,
    ) -> None:
        """Changes the words that the next frame of a shot needs changed."""
        settings, last, shape = self.settings.scaled(shot.error), shot.source, shot.pyramid.shape
        errors = FrameErrors(source, shape.grid, shot.decoded, shot.shown, shot.levels)
        shot.source = source
        renamed = self._rename(found, semantics, shot)
        changed = errors.cells_changed(shot.seen, settings.tolerance / 4)
        if not changed and not renamed:
            return
        copy_cells(shot.seen, changed, source, shape.grid.columns, self.search.patch)
        standing = shot.pyramid.words
        cells = errors.around(changed | renamed)
        target = source.astype(np.float32) / np.float32(127.5) - 1
        question = Question(standing, target, cells, settings.penalty)
        beginning = errors.cells_changed(last, settings.beginning)
        words = self._begun(beginning & changed | renamed, shot)
        for _ in range(settings.passes):
            if not question.cells:
                break
            better = self.search.improved(words, question, self._tried(words))
            # Where nothing has moved, the same step would find the same words.
            question.cells &= errors.around(self._cells(words, better))
            words = better
        least = settings.cell_error / 2
        words, decoded = self._kept(words, standing, renamed, least, errors, self._tried)
        shot.pyramid, shot.decoded = Pyramid(shape, words), decoded

    def _rename(self, found: Found | None, semantics: SemanticMap | None, shot: Shot) -> set[int]:
        """Puts other words where upper ones fit no longer; gives the cells that they visit."""
        if found is None:
            return set()
        shot.since_look, shot.semantics = 0, semantics
        renamed = shot.names.renamed(shot.pyramid, found)
        words = shot.pyramid.words.copy()
        for index, word in renamed.items():
            words[index] = word
        shot.pyramid = Pyramid(shot.pyramid.shape, words)
        return self._cells_of(np.array(sorted(renamed), np.int64))

    def _begun(self, cells: set[int], shot: Shot) -> np.ndarray:
        """The words with those of some cells begun anew by the encoder."""
        if not cells:
            return shot.pyramid.words
        picture = to_tensor(Image.fromarray(shot.source)).unsqueeze(0)
        z = self.model.latent(picture, shot.semantics)[0]
        return self.search.begun(shot.pyramid.words, cells, z)

    def _tried(self, words: np.ndarray) -> np.ndarray:
        """The picture of words in whole numbers, if the model refines words so."""
        return self._decoded(words, self.model.whole)

    def _kept(
        self,
        new: np.ndarray,
        old: np.ndarray,
        renamed: set[int],
        least: float,
        errors: FrameErrors,
        decode: Callable[[np.ndarray], np.ndarray],
    ) -> tuple[np.ndarray, np.ndarray]:
        """The changed words without those of cells that gain too little, and their picture."""
        decoded = decode(new)
        changes: dict[int, list[int]] = {}
        for index in np.flatnonzero(old != new).tolist():
            changes.setdefault(int(self.visited[index]), []).append(index)
        gains, words = errors.gains(changes, decoded), new.copy()
        for cell, own in changes.items():
            if cell not in renamed and gains[cell] < len(own) * least:
                words[own] = old[own]
        return (new, decoded) if (words == new).all() else (words, decode(words))

    # What the words are

    def _candidates(
        self, image: Image.Image, source: np.ndarray, shape: PyramidShape
    ) -> tuple[Found, SemanticMap | None]:
        semantics = self.model.semantics(image, shape)
        picture = to_tensor(Image.fromarray(source)).unsqueeze(0)
        named = self.model.named([image], semantics, shape)
        return self.model.candidates(semantics, pictures=picture, named=named), semantics

    def _decoded(self, words: np.ndarray, whole: WholeDecoder | None = None) -> np.ndarray:
        shape = self.search.shape
        own = torch.from_numpy(words.astype(np.int64)).unsqueeze(0)
        view = self.model.decode_words(own, shape, shape.depth, decoder=whole)[0]
        return np.asarray(to_image(view))

    @property
    def visited(self) -> np.ndarray:
        """The latent cell of each word."""
        shape = self.search.shape
        return np.concatenate([shape.visited(layer) for layer in range(1, shape.depth + 1)])

    def _cells(self, old: np.ndarray, new: np.ndarray) -> set[int]:
        return self._cells_of(np.flatnonzero(old != new))

    def _cells_of(self, indices: np.ndarray) -> set[int]:
        return set(self.visited[indices].tolist())


def film_of(
    model: SPAE,
    frames: Iterable[Image.Image],
    settings: FilmSettings = FilmSettings(),
    size: int = 128,
    fit: str = "crop",
) -> Iterator[FilmFrame]:
    """The frames of a clip as words, each as soon as it is there."""
    encoder = FilmEncoder(model, settings, size, fit)
    for frame in frames:
        yield encoder.encode(frame)


@torch.no_grad()
def pictures_of(model: SPAE, film: Iterable[FilmFrame]) -> Iterator[Image.Image]:
    """What the frames of a film show, from a key frame on, as `spae decode` has it."""
    shown: np.ndarray | None = None
    for frame in film:
        decoded = np.asarray(model.decode(frame.pyramid))
        held = shown is not None and not frame.is_key
        shown = filtered(decoded, shown, frame.levels) if held else decoded
        yield Image.fromarray(shown)


def squared_error(a: np.ndarray, b: np.ndarray) -> int:
    return int(np.square(a.astype(np.int64) - b).sum())


def mean_squared_error(a: np.ndarray, b: np.ndarray) -> float:
    return squared_error(a, b) / a.size


def copy_cells(
    target: np.ndarray, cells: Iterable[int], source: np.ndarray, columns: int, patch: int
) -> None:
    """Takes some cells from another picture, of which a row has so many."""
    for cell in cells:
        top, left = cell // columns * patch, cell % columns * patch
        part = slice(top, top + patch), slice(left, left + patch)
        target[part] = source[part]
