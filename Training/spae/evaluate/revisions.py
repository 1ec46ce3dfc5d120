"""Whether wishes change the words that they should, by a language model.

    python -m spae.evaluate.revisions --program .build/release/spae --data DATA [-- OPTIONS]

tables/revise-wishes.tsv has forty wishes for four photographs of eval-bsds, and the words that each
allows. Options after -- go to `spae revise`, such as --endpoint URL. Each wish is printed with its
edits, a wrong one in brackets, and at the end the share of changed words that are right.
"""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from spae.evaluate.stuff import table_lines

ARCHIVE = "eval-bsds"


@dataclass(frozen=True)
class Wish:
    """A wish, and what it allows."""

    photograph: str
    kind: str
    text: str
    allowed: frozenset[str]
    subject: frozenset[str]
    # Whether the subject must "stay", is what the wish would "replace", or "any".
    rule: str

    def permits(self, old: str, new: str) -> bool:
        """Whether a word may become another."""
        if self.rule == "replace" and old not in self.subject:
            return False
        return new in self.allowed and not (self.rule == "stay" and old in self.subject)


def wishes() -> list[Wish]:
    """The table."""
    allowed, subjects, result = {}, {}, []
    for row, *fields in table_lines("revise-wishes.tsv"):
        if row == "allowed":
            allowed[fields[0]] = frozenset(fields[1].split())
        elif row == "subject":
            subjects[fields[0]] = frozenset(fields[1].split())
        else:
            photograph, kind, rule, text = fields
            result.append(Wish(photograph, kind, text, allowed[kind], subjects[photograph], rule))
    return result


def run(*command: object) -> subprocess.CompletedProcess:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def edits(program: Path, words: Path, wish: str, options: list[str]) -> list[tuple[str, str]]:
    """What `spae revise` would change; nothing where it says that the wish changes nothing."""
    done = run(program, "revise", words, wish, "--dry-run", "--run-folder", "none", *options)
    if done.returncode and "changes nothing here" not in done.stderr:
        sys.exit(done.stderr)
    pairs = (line.partition(" -> ") for line in done.stdout.splitlines())
    return [(old, new) for old, _, new in pairs]


def encoded(program: Path, data: Path, folder: Path, names: set[str]) -> dict[str, Path]:
    """The words of the photographs, each in a file."""
    paths = {}
    with zipfile.ZipFile(data / f"{ARCHIVE}.zip") as pictures:
        entries = {Path(entry).stem: entry for entry in pictures.namelist()}
        for name in names:
            picture = folder / f"{name}.webp"
            picture.write_bytes(pictures.read(entries[name]))
            paths[name] = folder / f"{name}.spae"
            done = run(program, "encode", "--fit", "whole", picture, "-o", paths[name])
            if done.returncode:
                sys.exit(done.stderr)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("options", nargs="*", help="options of spae revise, after --")
    options = parser.parse_args()
    right = changed = granted = 0
    table = wishes()
    with tempfile.TemporaryDirectory() as folder:
        names = {wish.photograph for wish in table}
        words = encoded(options.program, options.data, Path(folder), names)
        for wish in table:
            pairs = edits(options.program, words[wish.photograph], wish.text, options.options)
            good = [wish.permits(old, new) for old, new in pairs]
            changed, right = changed + len(good), right + sum(good)
            granted += any(good)
            marked = (
                f"{old} -> {new}" if fine else f"[{old} -> {new}]"
                for (old, new), fine in zip(pairs, good, strict=True)
            )
            print(f"{wish.photograph:<8}{wish.text:<40}{', '.join(marked)}", flush=True)
    share = right / changed if changed else 0
    print(f"{right} of {changed} changed words are right ({share:.0%})")
    print(f"{granted} of {len(table)} wishes have a right change")


if __name__ == "__main__":
    main()
