"""How near the words' pictures come to the colours of the table, as rows of figures."""

from functools import partial

import numpy as np

from spae.evaluate.figures import Row, Value, by_layer
from spae.model.network import SPAE
from spae.model.pyramid import PyramidShape
from spae.prepare.colours import DEPTHS, KINDS, colours_of, distances, typed_words

NEAR = 20  # CIE76: a colour that a person calls by the same name
TITLES = {"name": "names", "thing": "things", "held-out": "things held out"}


def colour_rows(model: SPAE, pyramid_shape: PyramidShape) -> list[Row]:
    """The median distance of each kind of word, and the share of words that are near.

    None where a vocabulary has no word of the kind.
    """
    known, typed, rows = colours_of(model.words), typed_words(), []
    sets = {TITLES[kind]: known.of(kind) for kind in KINDS}
    of_typed = [model.words[word] in typed for word in known.words]
    sets["words that people type"] = known.rows(np.flatnonzero(of_typed))
    for title, own in sets.items():
        if len(own) == 0:
            continue
        found = [distances(model, own, pyramid_shape, depth) for depth in DEPTHS]
        row = partial(Row, "colours")
        medians = [Value.median_over(each) for each in found]
        near = [Value.over((each < NEAR).float(), 100) for each in found]
        rows.append(row(f"{title} CIE76", by_layer(medians), 1))
        rows.append(row(f"{title} within {NEAR} %", by_layer(near), 1))
    return rows
