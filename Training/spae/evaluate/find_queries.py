"""Whether `spae find` finds what a person sees: queries over photographs labelled by eye.

    python -m spae.evaluate.find_queries --program .build/release/spae --model MODEL --data DATA

tables/find-queries.tsv has 20 queries and which of 400 photographs of BSDS500 show each. The
program indexes the photographs whole and searches them. Of each query the precision of the first
ten is printed: the share of the first ten answers that show it. Where fewer than ten photographs
show it, the first as many count. The mean over the queries stands in the last line.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from spae.evaluate.stuff import table_lines

FIRST = 10
ARCHIVES = {"eval-bsds": 200, "train-bsds": 200}  # how many of each, by name


@dataclass(frozen=True)
class Query:
    text: str
    shown: frozenset[str]  # ARCHIVE/NAME of the photographs that show it

    def precision(self, found: list[str]) -> float:
        """The share of the first answers that show it, from 0 to 1; one that is missing shows nothing."""
        asked = min(FIRST, len(self.shown))
        return sum(name in self.shown for name in found[:asked]) / asked


def queries() -> list[Query]:
    return [
        Query(text, frozenset(names.split())) for text, names in table_lines("find-queries.tsv")
    ]


def extract(data: Path, folder: Path) -> set[str]:
    """Writes the photographs as FOLDER/ARCHIVE/NAME.webp; gives their names."""
    names = set()
    for archive, count in ARCHIVES.items():
        (folder / archive).mkdir()
        with zipfile.ZipFile(data / f"{archive}.zip") as pictures:
            entries = sorted(entry for entry in pictures.namelist() if not entry.endswith("/"))
            for entry in entries[:count]:
                path = folder / archive / Path(entry).name
                path.write_bytes(pictures.read(entry))
                names.add(f"{archive}/{path.stem}")
    return names


def found(program: Path, model: Path, query: str, folder: Path, state: Path) -> list[str]:
    """The photographs that the program finds, the best first."""
    command = [
        program,
        "find",
        "--model",
        model,
        "--json",
        "--quiet",
        "-n",
        str(FIRST),
        query,
        folder,
    ]
    done = subprocess.run(
        command,
        env={**os.environ, "XDG_STATE_HOME": str(state)},
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode not in (0, 1):  # 1: nothing matches
        sys.exit(f"{program} find: exit status {done.returncode}")
    answers = json.loads(done.stdout or b"[]")
    paths = [Path(answer["path"]) for answer in answers]
    return [f"{path.parent.name}/{path.stem}" for path in paths]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    asked = queries()
    with tempfile.TemporaryDirectory() as temporary:
        folder, state = Path(temporary, "photographs"), Path(temporary, "state")
        folder.mkdir()
        names = extract(options.data, folder)
        unknown = {name for query in asked for name in query.shown} - names
        if unknown:
            sys.exit(f"find-queries.tsv: not among the photographs: {', '.join(sorted(unknown))}")
        precisions = []
        for query in asked:
            answers = found(options.program, options.model, query.text, folder, state)
            precisions.append(query.precision(answers))
            print(
                f"{query.text:<14}{len(query.shown):>4} show it{precisions[-1]:>7.2f}", flush=True
            )
    print(f"{'mean':<26}{sum(precisions) / len(precisions):>7.2f}")


if __name__ == "__main__":
    main()
