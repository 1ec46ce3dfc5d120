"""Whether words paint: edits of photographs by the command line, and what they did.

    python -m spae.evaluate.painting --program .build/release/spae --model MODEL --data DATA

The edits are those of tables/edits.tsv: 80 of layers 1 to 3, 20 each of stuff, sky, season and
colour; and those of tables/outlines.tsv, with a region drawn by eye in each of 20 photographs. All
are of eval-bsds, and were chosen before any was tried. Each photograph is encoded, edited and
decoded by the program. One table, and the same as figures.tsv and figures.json with 95 % intervals
(1,000 bootstrap samples of the edits); painted.tsv has a line for each edit.

Of the edits, a layer a column, and under `all` those of all three; R is the region of the cells:
  shift error      the shift of R's mean colour in the picture of all layers, against its shift in
                   the picture of the layers down to the edit's, which says what the word means:
                   the distance between the two shifts (CIE76), median
  shift wanted     how far the mean colour moves in the latter, median: without it, the error of an
                   edit that does nothing would look small
  detail kept      correlation of R's luminance less a Gaussian of sigma 4, before and after
  fits after %     share of the edits whose word is among the 100 best words of the evidence map, at
                   half of its positions or more, once the edited picture is encoded again; of
                   colours, which are no evidence, it is not asked

Of the outlines, with the edit that a person would type (`grass -> snow`), and with the word put
into the cells of layer 3 of which the outline covers half or more:
  painted inside % share of the outline's pixels that differ by more than 10 (CIE76)
  painted outside %
                   share of the pixels that differ by more than 10 that are not in the outline
  detail kept      as above, in the outline
  edits done %     share of the edits that found their word in the picture. The others paint nothing
                   inside, and count in no other row
"""

import argparse
import csv
import math
import sys
import tempfile
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
from torch import Tensor

from spae.evaluate.figures import Row, Value, save, table
from spae.evaluate.meaning import FITTING, MAP_LAYER, SIZE, Judged, ranks
from spae.evaluate.painting_marks import (
    cells_of,
    cells_region,
    detail_kept,
    outline_region,
    painted_shares,
    pixels_shifted,
    shift,
)
from spae.evaluate.painting_program import (
    Edit,
    NotDone,
    Outline,
    Program,
    edit_texts,
    edits,
    outlines,
)
from spae.images import rgb, to_image
from spae.model.network import SPAE
from spae.picture_files import read
from spae.train.datasets import EvaluationSet

SET = "eval-bsds"
KINDS = ("stuff", "sky", "season", "colour")
EVIDENT = KINDS[:3]  # what a picture can show, as evidence, after it is painted
BY_WORD, BY_CELLS = "outline by word", "outline by cells"


# What the edits did


@dataclass
class Painted:
    """One edit; nan where a measure does not apply."""

    source: str  # a kind of edit, or how an outline was edited
    layer: int
    picture: str
    edit: str
    done: bool = False
    error: float = math.nan
    wanted: float = math.nan
    detail: float = math.nan
    fits: float = math.nan
    inside: float = math.nan
    outside: float = math.nan


@torch.no_grad()
def fits_after(model: SPAE, picture: Tensor, edit: Edit) -> float:
    """1 where the word fits half of its positions or more, by the evidence map of a picture."""
    image = to_image(picture)
    seen = EvaluationSet([edit.picture], picture[None], model.semantics(image))
    side, texts = 1 << (edit.layer - 1), seen.semantics.positions(edit.layer)
    everywhere = torch.arange(side * side)
    words = torch.full((1, side * side), model.words.index(edit.word))
    found = ranks(model, words, texts, everywhere)
    found = found.minimum(Judged.by(model, seen).class_ranks(model, words, edit.layer, everywhere))
    places = [(row - 1) * side + column - 1 for row, column in edit.cells]
    return float((found[0, places] < FITTING).float().mean() >= 0.5)


def edit_painted(program: Program, model: SPAE, photograph: Path, edit: Edit, name: str) -> Painted:
    """What an edit of cells did. An edit that the program refuses is an error."""
    texts = edit_texts(edit.layer, edit.cells, edit.word)
    before = program.encoded(photograph)
    try:
        after = program.edited(photograph, texts, name)
    except NotDone as refusal:
        raise SystemExit(f"{edit.picture}: {'; '.join(texts)}: {refusal}") from None
    (old, new), (old_above, new_above) = (
        [program.decoded(words, depth) for words in (before, after)] for depth in (None, edit.layer)
    )
    region = cells_region(edit.cells, edit.layer, old.shape[-1])
    meant = shift(old_above, new_above, region)
    return Painted(
        *(edit.kind, edit.layer, edit.picture, "; ".join(texts), True),
        error=float((shift(old, new, region) - meant).norm()),
        wanted=float(meant.norm()),
        detail=detail_kept(old, new, region),
        fits=fits_after(model, new, edit) if edit.kind in EVIDENT else math.nan,
    )


def outline_painted(
    program: Program, photograph: Path, outline: Outline, texts: list[str], source: str, name: str
) -> Painted:
    """What an edit did to an outlined region; one that is refused painted nothing."""
    found = Painted(source, MAP_LAYER, outline.picture, "; ".join(texts), inside=0.0)
    before = program.decoded(program.encoded(photograph))
    try:
        after = program.decoded(program.edited(photograph, texts, name))
    except NotDone as refusal:
        print(f"{outline.picture}: {'; '.join(texts)}: {refusal}", file=sys.stderr)
        return found
    region = outline_region(outline.points, before.shape[-1])
    found.done, found.detail = True, detail_kept(before, after, region)
    found.inside, found.outside = painted_shares(pixels_shifted(before, after), region)
    return found


def all_painted(program: Program, model: SPAE, data: Path, limit: int | None) -> list[Painted]:
    archive, found = zipfile.ZipFile(data / f"{SET}.zip"), []

    def photograph(picture: str) -> Path:
        path = program.folder / f"{Path(picture).stem}.png"
        if not path.exists():
            rgb(read(archive.read(picture))).save(path)
        return path

    for kind in KINDS:
        for number, edit in enumerate([own for own in edits() if own.kind == kind][:limit]):
            own = photograph(edit.picture)
            found.append(edit_painted(program, model, own, edit, f"{kind}-{number}"))
    for number, outline in enumerate(outlines()[:limit]):
        own = photograph(outline.picture)
        cells = cells_of(outline_region(outline.points, SIZE), MAP_LAYER)
        for source, texts in (
            (BY_WORD, [outline.edit]),
            (BY_CELLS, edit_texts(MAP_LAYER, cells, outline.word)),
        ):
            name = f"outline-{number}-{source.split()[-1]}"
            found.append(outline_painted(program, own, outline, texts, source, name))
    return found


# The table


def values(painted: list[Painted], measure: str, median: bool, scale: float) -> dict[str, Value]:
    """A value for each layer and for all, over the edits to which a measure applies."""
    found = {}
    for column in ("1", "2", "3", "all"):
        numbers = [getattr(p, measure) for p in painted if column in (str(p.layer), "all")]
        samples = torch.tensor([float(own) for own in numbers if not math.isnan(own)])
        if len(samples) > 0:
            found[column] = Value.median_over(samples) if median else Value.over(samples, scale)
    return found


def edit_rows(painted: list[Painted]) -> list[Row]:
    measures = (
        ("shift error", "error", True, 1, 1),
        ("shift wanted", "wanted", True, 1, 1),
        ("detail kept", "detail", False, 1, 2),
        ("fits after %", "fits", False, 100, 1),
    )
    rows = []
    for title, measure, median, scale, digits in measures:
        for kinds in (KINDS, *((kind,) for kind in KINDS)):
            own = values([p for p in painted if p.source in kinds], measure, median, scale)
            if own:
                name = "all edits" if kinds == KINDS else kinds[0]
                rows.append(Row(SET, f"{name}: {title}", own, digits))
    return rows


def outline_rows(painted: list[Painted]) -> list[Row]:
    measures = (
        ("painted inside %", "inside", 100, 1),
        ("painted outside %", "outside", 100, 1),
        ("detail kept", "detail", 1, 2),
        ("edits done %", "done", 100, 1),
    )
    rows = []
    for source in (BY_WORD, BY_CELLS):
        for title, measure, scale, digits in measures:
            own = values([p for p in painted if p.source == source], measure, False, scale)
            if own:
                rows.append(Row(SET, f"{source}: {title}", {"all": own["all"]}, digits))
    return rows


def write_edits(painted: list[Painted], path: Path) -> None:
    with path.open("w", newline="") as file:
        names = [field.name for field in fields(Painted)]
        writer = csv.DictWriter(file, names, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        for own in map(asdict, painted):
            writer.writerow({k: round(v, 4) if type(v) is float else v for k, v in own.items()})


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--program", type=Path, required=True, help="spae, as built")
    add("--model", type=Path, required=True, help="the model's folder")
    add("--data", type=Path, required=True, help="the folder of evaluation data")
    add("--limit", type=int, help="at most this many edits of each kind, and outlines")
    add("--output", type=Path, default=Path("runs/painting"), help="the folder of the figures")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    options.output.mkdir(parents=True, exist_ok=True)
    model = SPAE.load(options.model)
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.program, options.model.resolve(), Path(folder))
        painted = all_painted(program, model, options.data, options.limit)
    rows = edit_rows(painted) + outline_rows(painted)
    print(table(rows))
    save(rows, options.output)
    write_edits(painted, options.output / "painted.tsv")


if __name__ == "__main__":
    main()
