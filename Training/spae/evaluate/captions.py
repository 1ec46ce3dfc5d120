"""Whether captions name what photographs show, by the words of a model of pictures.

    python -m spae.evaluate.captions --program .build/release/spae --model MODEL --data DATA

tables/caption-subjects.tsv has 60 photographs and words for the main subject of each. A caption is right
if it has one of them. Each caption and the share that is right are printed.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from spae.evaluate.stuff import table_lines

ARCHIVE = "train-bsds"
PEOPLE = "person"


def subjects() -> dict[str, frozenset[str]]:
    """The words for the main subject of each photograph."""
    lines = {name: words.split() for name, words in table_lines("caption-subjects.tsv")}
    people = lines.pop(PEOPLE)
    return {
        name: frozenset(words + (people if PEOPLE in words else []))
        for name, words in lines.items()
    }


def names(caption: str, words: frozenset[str]) -> bool:
    """Whether a caption has one of the words."""
    return not words.isdisjoint(re.findall("[a-z]+", caption.lower()))


def caption(program: Path, picture: Path, options: list[str]) -> str:
    """What the program says of a picture."""
    command = [program, "caption", "--run-folder", "none", picture, *options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    wanted, right = subjects(), 0
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(options.data / f"{ARCHIVE}.zip") as pictures:
            entries = {Path(entry).stem: entry for entry in pictures.namelist()}
            for name, words in wanted.items():
                path = Path(folder, f"{name}.webp")
                path.write_bytes(pictures.read(entries[name]))
                text = caption(options.program, path, ["--model", str(options.model)])
                right += names(text, words)
                print(
                    f"{name:<10}{'right' if names(text, words) else 'wrong':<7}{text}", flush=True
                )
    print(f"{right} of {len(wanted)} name the main subject")


if __name__ == "__main__":
    main()
