"""SPAE: a picture becomes a pyramid of words, and the words become the picture again.

model = spae.SPAE.load("Assets/models/small")
pyramid = model.encode(image)               # a PIL image
picture = model.decode(pyramid, depth=6)    # a PIL image
"""

from spae.model import SPAE
from spae.pyramid import Pyramid, PyramidShape

__all__ = ["SPAE", "Pyramid", "PyramidShape"]
