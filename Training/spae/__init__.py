"""SPAE: a picture becomes a pyramid of words, and the words become the picture again.

model = spae.SPAE.load("Assets/models/small")
pyramid = model.encode(image)               # a PIL image
picture = model.decode(pyramid, depth=6)    # a PIL image
winter = model.edit(pyramid, "grass -> snow", image)

`spae.data` encodes whole data sets.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spae.model.network import SPAE
    from spae.model.pyramid import Pyramid, PyramidShape

__all__ = ["SPAE", "Pyramid", "PyramidShape"]

_MODULES = {
    "SPAE": "spae.model.network",
    "Pyramid": "spae.model.pyramid",
    "PyramidShape": "spae.model.pyramid",
}


def __getattr__(name: str):
    """Imports what is asked for: a process that only feeds the engine does without PyTorch."""
    if name not in _MODULES:
        raise AttributeError(f"module 'spae' has no attribute '{name}'")
    return getattr(import_module(_MODULES[name]), name)
