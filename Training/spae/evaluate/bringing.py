"""Whether what an edit brings from other pictures is seen: `spae edit --bring` into a quarter.

    python -m spae.evaluate.bringing --program .build/release/spae --model MODEL --data DATA --library FOLDER

The trials are those of tables/brings.tsv: 60 photographs of eval-bsds, each with a quarter and a
word. The program brings the word from the pictures of FOLDER, which it indexes first, and the words
that it writes are decoded. A word is seen where it is among the 100 best words of the evidence map,
by the classifier or as a word of the class that another branch names, at one of the quarter's
positions of layer 3. The table has the share of the trials in which it is, in the photograph as its
words give it and after the edit, with 95 % intervals; bringing.tsv has a line for each trial. The
engine chooses among the pictures by the same frozen branches.
"""

import argparse
import csv
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from spae.evaluate.figures import Row, Value, save, table
from spae.evaluate.meaning import FITTING, MAP_LAYER, SIZE, Judged, ranks
from spae.evaluate.painting_program import NotDone, Program, pairs
from spae.evaluate.stuff import table_lines
from spae.images import rgb, to_image
from spae.model.network import SPAE
from spae.picture_files import read
from spae.train.datasets import EvaluationSet

SET = "eval-bsds"


@dataclass(frozen=True)
class Trial:
    picture: str
    quarter: tuple[int, int]  # row and column, from 1
    word: str

    @property
    def edit(self) -> str:
        return f"2:{self.quarter[0]},{self.quarter[1]} = {self.word}"

    @property
    def positions(self) -> list[int]:
        """Those of layer 3 in the quarter."""
        side = 1 << (MAP_LAYER - 1)
        top, left = (2 * (at - 1) for at in self.quarter)
        return [row * side + column for row in (top, top + 1) for column in (left, left + 1)]


def trials() -> list[Trial]:
    lines = table_lines("brings.tsv")
    return [Trial(picture, pairs(at, int)[0], word) for picture, at, word in lines]


@torch.no_grad()
def best_rank(model: SPAE, picture: Tensor, word: str, positions: list[int]) -> int:
    """How many words fit a picture better, at the position where the word fits best."""
    seen = EvaluationSet([""], picture[None], model.semantics(to_image(picture)))
    texts = seen.semantics.positions(MAP_LAYER)
    everywhere = torch.arange(texts.shape[1])
    words = torch.full((1, len(everywhere)), model.words.index(word))
    found = ranks(model, words, texts, everywhere)
    named = Judged.by(model, seen).class_ranks(model, words, MAP_LAYER, everywhere)
    return int(found.minimum(named)[0, positions].min())


@dataclass
class Brought:
    trial: Trial
    before: int  # ranks
    after: int
    refusal: str = ""


def brought(
    program: Program, model: SPAE, photograph: Path, trial: Trial, library: Path, size: int
) -> Brought:
    sizes = ("--size", size)
    before = program.decoded(program.encoded(photograph, *sizes))
    rank = best_rank(model, before, trial.word, trial.positions)
    options = ("--bring", "--force", "--library", library.resolve(), *sizes)
    try:
        words = program.edited(photograph, [trial.edit], f"{photograph.stem}-{size}", *options)
    except NotDone as refusal:
        return Brought(trial, rank, rank, str(refusal))
    after = program.decoded(words)
    return Brought(trial, rank, best_rank(model, after, trial.word, trial.positions))


def all_brought(
    program: Program, model: SPAE, options: argparse.Namespace, size: int
) -> list[Brought]:
    archive, found = zipfile.ZipFile(options.data / f"{SET}.zip"), []
    for trial in trials()[: options.limit]:
        photograph = program.folder / f"{Path(trial.picture).stem}.{size}.png"
        if not photograph.exists():
            rgb(read(archive.read(trial.picture))).save(photograph)
        found.append(brought(program, model, photograph, trial, options.library, size))
    return found


def rows(found: list[Brought], size: int) -> list[Row]:
    def seen(title: str, numbers: list[int]) -> Row:
        hits = torch.tensor(numbers) < FITTING
        return Row(SET, f"{size} px: {title}", {"all": Value.over(hits.float(), 100)}, 1)

    return [
        seen("word seen before %", [own.before for own in found]),
        seen("word seen after %", [own.after for own in found]),
    ]


def write_trials(found: dict[int, list[Brought]], path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["size", "picture", "edit", "before", "after", "refusal"])
        for size, own in found.items():
            for one in own:
                cells = one.trial.picture, one.trial.edit, one.before, one.after, one.refusal
                writer.writerow([size, *cells])


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--program", type=Path, required=True, help="spae, as built")
    add("--model", type=Path, required=True, help="the model's folder")
    add("--data", type=Path, required=True, help="the folder of evaluation data")
    add("--library", type=Path, required=True, help="the folder of pictures to bring from")
    add("--sizes", type=int, nargs="+", default=[SIZE, 2 * SIZE], help="the pictures' sizes")
    add("--limit", type=int, help="at most this many trials")
    add("--work", type=Path, help="a folder that keeps the index and the words, for another run")
    add("--output", type=Path, default=Path("runs/bringing"), help="the folder of the figures")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    options.output.mkdir(parents=True, exist_ok=True)
    model = SPAE.load(options.model)
    with tempfile.TemporaryDirectory() as folder:
        work = options.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        program = Program(options.program, options.model.resolve(), work)
        program.run("index", options.library, "--quiet")
        found = {size: all_brought(program, model, options, size) for size in options.sizes}
    all_rows = [row for size, own in found.items() for row in rows(own, size)]
    print(table(all_rows))
    save(all_rows, options.output)
    write_trials(found, options.output / "bringing.tsv")


if __name__ == "__main__":
    main()
