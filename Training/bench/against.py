"""Times the program beside that of another commit, built in a worktree of its own.

    python -m bench.against 86c6d04 --model Assets/models/small \\
        --picture Assets/pictures/sunflower.png --markdown BENCHMARKS.md

Both do each work in turn, on the same pictures, each with the model that it came with. The page gets
a section, in place of the one that it has.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.commit import CommitError, Side, former_side, own_side
from bench.former_rows import rows
from bench.former_section import section, with_section
from bench.former_tasks import measured
from bench.machine import processor


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commit", help="any commit of this repository")
    parser.add_argument("--model", type=Path, required=True, help="the model's folder")
    parser.add_argument("--picture", type=Path, required=True, help="the picture that is used")
    parser.add_argument("--rounds", type=int, default=5, help="how often both have their turn")
    parser.add_argument("--markdown", type=Path, help="the page whose section is written anew")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    return options


def main() -> None:
    options = arguments()
    root = Path(__file__).resolve().parents[2]
    try:
        ours = own_side(root, options.model.resolve(), options.picture.resolve())
        theirs = former_side(root, options.commit, options.model, options.picture.resolve())
    except CommitError as error:
        sys.exit(f"bench: {error}")
    try:
        print(compared(ours, theirs, options))
    except subprocess.CalledProcessError as error:
        sys.exit(f"bench: {' '.join(error.cmd)}: ended with status {error.returncode}")


def compared(ours: Side, theirs: Side, options: argparse.Namespace) -> str:
    with tempfile.TemporaryDirectory() as folder:
        # Neither preferences nor a cache of words of whoever measures.
        for name in ("CONFIG", "CACHE", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = f"{folder}/{name}"
        found = measured(ours.program, theirs.program, options.rounds, Path(folder))
    about = processor(ours.program)
    text = section(rows(found), ours.commit, theirs.commit, options.rounds, about)
    if options.markdown:
        page = options.markdown.read_text() if options.markdown.exists() else ""
        options.markdown.write_text(with_section(page, text))
    return text


if __name__ == "__main__":
    main()
