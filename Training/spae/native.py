"""The engine as a library: encode and decode by libspae.so, in this process, without PyTorch.

    model = native.Model("Assets/models/small")
    words = model.encode(pixels)             # uint8 [height, width, 3] -> int32 [597]
    picture = model.decode(words, depth=6)   # -> uint8 [128, 128, 3]
    session = model.session(words)
    area = session.apply(changed)            # (left, top, width, height) of what has changed

A picture that is encoded whole gives a pyramid of another shape, which the size of the decoded
picture says, (width, height):

    words = model.encode(pixels, fit="whole")
    size = native.encoded_size(pixels, fit="whole")      # (192, 128)
    picture = model.decode(words, size=size)             # -> uint8 [128, 192, 3]

Other threads of Python run while the library works. The library is looked for in $SPAE_LIBRARY (a
file), in the project's own tree (`make library`), and where the system looks for libraries.
"""

import ctypes
import os
from ctypes import POINTER, byref, c_char_p, c_float, c_int32, c_size_t, c_uint8, c_void_p
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SONAME = "libspae.so.0"
IN_TREE = Path(__file__).parents[2] / ".build-library" / SONAME
FITS = ("crop", "pad", "stretch", "whole")  # as spae.h numbers them

Pixels = NDArray[np.uint8]  # [height, width, 3]
Words = NDArray[np.int32]  # [words], layer after layer, row after row
Size = tuple[int, int]  # width and height of a decoded picture


class SPAEError(Exception):
    """What the library could not do, in its own words."""


class Area(NamedTuple):
    """A rectangle of pixels; width 0: empty."""

    left: int
    top: int
    width: int
    height: int


class _Area(ctypes.Structure):
    _fields_ = [(name, c_int32) for name in Area._fields]


class _Encoding(ctypes.Structure):
    _fields_ = [("size", c_int32), ("fit", c_int32), ("semantic_weight", c_float)]


def _signatures() -> dict[str, tuple]:
    """The result and the arguments of each function of spae.h that is used here."""
    words, pixels, handle = POINTER(c_int32), POINTER(c_uint8), c_void_p
    return {
        "spae_version": (c_char_p,),
        "spae_error": (c_char_p,),
        "spae_model_open": (c_int32, c_char_p, c_int32, POINTER(handle)),
        "spae_model_close": (None, handle),
        "spae_model_identity": (c_char_p, handle),
        "spae_model_word_count": (c_int32, handle),
        "spae_model_word": (c_char_p, handle, c_int32),
        "spae_model_word_number": (c_int32, handle, c_char_p),
        "spae_layer_count": (c_int32, c_int32, c_int32),
        "spae_layer_size": (c_int32, c_int32, c_int32, c_int32, POINTER(c_int32), POINTER(c_int32)),
        "spae_encoded_size": (
            c_int32, c_int32, c_int32, POINTER(_Encoding), POINTER(c_int32), POINTER(c_int32),
        ),
        "spae_picture_read": (
            c_int32, c_char_p, POINTER(pixels), POINTER(c_int32), POINTER(c_int32),
        ),
        "spae_pixels_free": (None, pixels),
        "spae_encode": (
            c_int32, handle, pixels, c_int32, c_int32, c_size_t, POINTER(_Encoding), words, c_size_t,
        ),
        "spae_decode": (
            c_int32, handle, words, c_size_t, c_int32, c_int32, c_int32, pixels, c_size_t,
        ),
        "spae_session_open": (
            c_int32, handle, words, c_size_t, c_int32, c_int32, c_int32, POINTER(handle),
        ),
        "spae_session_close": (None, handle),
        "spae_session_apply": (c_int32, handle, words, c_size_t, c_int32, POINTER(_Area)),
        "spae_session_size": (c_int32, handle, POINTER(c_int32), POINTER(c_int32)),
        "spae_session_picture": (c_int32, handle, pixels, c_size_t),
    }  # fmt: skip


def _loaded() -> ctypes.CDLL:
    named = os.environ.get("SPAE_LIBRARY")
    path = named or (str(IN_TREE) if IN_TREE.exists() else SONAME)
    try:
        library = ctypes.CDLL(path)  # which releases the GIL during a call
    except OSError as error:
        raise SPAEError(
            f"{error}; build it with 'make library', or name it in SPAE_LIBRARY"
        ) from None
    for name, (result, *arguments) in _signatures().items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_library: ctypes.CDLL | None = None


def _lib() -> ctypes.CDLL:
    """The library, loaded when it is first needed."""
    global _library
    if _library is None:
        _library = _loaded()
    return _library


def _check(status: int) -> None:
    if status != 0:
        raise SPAEError(_lib().spae_error().decode())


def version() -> str:
    """The version of the library."""
    return _lib().spae_version().decode()


def layer_grids(size: int | Size) -> list[tuple[int, int]]:
    """The rows and columns of words in each layer of a decoded picture: a square, or any."""
    width, height = (size, size) if isinstance(size, int) else size
    found, rows, columns = [], c_int32(), c_int32()
    for layer in range(1, max(1, _lib().spae_layer_count(width, height)) + 1):
        _check(_lib().spae_layer_size(width, height, layer, byref(rows), byref(columns)))
        found.append((rows.value, columns.value))
    return found


def layer_sizes(size: int | Size) -> list[int]:
    """The number of words in each layer of a decoded picture."""
    return [rows * columns for rows, columns in layer_grids(size)]


def encoded_size(pixels: Pixels, size: int = 128, fit: str = "crop") -> Size:
    """The size of the picture that a picture's words decode to, as `Model.encode` encodes it."""
    width, height, encoding = c_int32(), c_int32(), _encoding(size, fit)
    _check(
        _lib().spae_encoded_size(
            pixels.shape[1], pixels.shape[0], byref(encoding), byref(width), byref(height)
        )
    )
    return width.value, height.value


def _encoding(size: int, fit: str, semantic_weight: float = 1.0) -> _Encoding:
    if fit not in FITS:
        raise SPAEError(f"fit {fit}: {', '.join(FITS)}")
    return _Encoding(size, FITS.index(fit), semantic_weight)


def read_picture(path: str | os.PathLike) -> Pixels:
    """A picture's pixels, read and turned as the program does, on white."""
    pixels, width, height = POINTER(c_uint8)(), c_int32(), c_int32()
    name = os.fsencode(path)
    _check(_lib().spae_picture_read(name, byref(pixels), byref(width), byref(height)))
    try:
        return np.ctypeslib.as_array(pixels, (height.value, width.value, 3)).copy()
    finally:
        _lib().spae_pixels_free(pixels)


def _rows(pixels: np.ndarray) -> Pixels:
    """Pixels whose rows can be read in place; others are copied."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise SPAEError(f"pixels are uint8 [height, width, 3], not {pixels.dtype} {pixels.shape}")
    in_place = pixels.strides[1:] == (3, 1) and pixels.strides[0] >= 3 * pixels.shape[1]
    return pixels if in_place else np.ascontiguousarray(pixels)


def _words(words: np.ndarray) -> Words:
    words = np.asarray(words)
    if words.ndim != 1 or not np.issubdtype(words.dtype, np.integer):
        raise SPAEError(f"words are whole numbers [words], not {words.dtype} {words.shape}")
    numbers = np.ascontiguousarray(words, np.int32)
    if (numbers != words).any():  # a conversion takes numbers that are too large for other ones
        raise SPAEError(f"no word has the number {words[numbers != words][0]}")
    return numbers


def _pointer(array: np.ndarray, number: type):
    return array.ctypes.data_as(POINTER(number))


class Model:
    """A model in the engine. Several threads may use it at once."""

    def __init__(self, folder: str | os.PathLike, threads: int = 0):
        """Loads a model's folder; at most so many threads work at once, 0: one a processor."""
        self._handle = c_void_p()
        _check(_lib().spae_model_open(os.fsencode(folder), threads, byref(self._handle)))
        count = _lib().spae_model_word_count(self._handle)
        self.words = [_lib().spae_model_word(self._handle, i).decode() for i in range(count)]
        self.identity = _lib().spae_model_identity(self._handle).decode()

    def __del__(self):
        if getattr(self, "_handle", None):
            _lib().spae_model_close(self._handle)

    def number(self, word: str) -> int:
        """The number of a word; KeyError where the vocabulary lacks it."""
        number = _lib().spae_model_word_number(self._handle, word.encode())
        if number < 0:
            raise KeyError(word)
        return number

    def encode(
        self, pixels: Pixels, size: int = 128, fit: str = "crop", semantic_weight: float = 1.0
    ) -> Words:
        """A picture's words; `size`, of the shorter side, is 64, 128, 256 or 512, `fit` one of FITS."""
        pixels, encoding = _rows(pixels), _encoding(size, fit, semantic_weight)
        words = np.empty(sum(layer_sizes(encoded_size(pixels, size, fit))), np.int32)
        height, width, _ = pixels.shape
        _check(
            _lib().spae_encode(
                self._handle, _pointer(pixels, c_uint8), width, height, pixels.strides[0],
                byref(encoding), _pointer(words, c_int32), len(words),
            )
        )  # fmt: skip
        return words

    def decode(self, words: Words, depth: int = 0, size: Size | None = None) -> Pixels:
        """The picture that the first `depth` layers of words give; 0: all of them.

        Without a size it is the square of so many words.
        """
        words = _words(words)
        width, height = size or _square(len(words))
        layer_grids((width, height))  # refuses a size that no words decode to
        picture = np.empty((height, width, 3), np.uint8)
        _check(
            _lib().spae_decode(
                self._handle, _pointer(words, c_int32), len(words), width, height, depth,
                _pointer(picture, c_uint8), picture.size,
            )
        )  # fmt: skip
        return picture

    def session(self, words: Words, depth: int = 0, size: Size | None = None) -> "DecodeSession":
        """Keeps words decoded, so that a changed one costs only what it reaches."""
        return DecodeSession(self, words, depth, size)


def _square(count: int) -> Size:
    """The size of the square of so many words."""
    counts = {sum(layer_sizes(size)): size for size in (64, 128, 256, 512)}
    if count not in counts:
        raise SPAEError(
            f"{count} words: a square has {', '.join(map(str, counts))}; other pictures need a size"
        )
    return counts[count], counts[count]


class DecodeSession:
    """A pyramid that stays decoded."""

    def __init__(self, model: Model, words: Words, depth: int = 0, size: Size | None = None):
        self._model, self._handle, words = model, c_void_p(), _words(words)
        width, height = size or _square(len(words))
        _check(
            _lib().spae_session_open(
                model._handle, _pointer(words, c_int32), len(words), width, height, depth,
                byref(self._handle),
            )
        )  # fmt: skip

    def __del__(self):
        if getattr(self, "_handle", None):
            _lib().spae_session_close(self._handle)

    def apply(self, words: Words, depth: int = 0) -> Area:
        """Decodes words that differ from the last ones: outside of the area nothing has changed."""
        words, area = _words(words), _Area()
        _check(
            _lib().spae_session_apply(
                self._handle, _pointer(words, c_int32), len(words), depth, byref(area)
            )
        )
        return Area(*(getattr(area, name) for name in Area._fields))

    @property
    def picture(self) -> Pixels:
        """The picture as it is now."""
        width, height = c_int32(), c_int32()
        _check(_lib().spae_session_size(self._handle, byref(width), byref(height)))
        picture = np.empty((height.value, width.value, 3), np.uint8)
        _check(_lib().spae_session_picture(self._handle, _pointer(picture, c_uint8), picture.size))
        return picture
