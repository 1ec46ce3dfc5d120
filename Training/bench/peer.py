"""Times the engine beside named peers in one run, and says which marks are reached.

    python -m bench.peer --model Assets/models/small --program .build/release/spae \\
        --picture Assets/pictures/sunflower.png --markdown BENCHMARKS.md

Peers: onnxruntime and PyTorch on the same network, faiss for the nearest word, libsixel and
libchafa for drawing, git and vim for keeping what was done. What is timed how is told in report.py.
"""

import argparse
from pathlib import Path

from bench.contestants import measured
from bench.details import details
from bench.former_section import kept_section, with_section
from bench.machine import machine
from bench.program import Program
from bench.report import as_json, page, table
from bench.rows import (
    OPEN_REVISIONS,
    bulk_rows,
    engine_rows,
    explore_rows,
    graphics_rows,
    history_rows,
)

GRAPHICS_RUNS, HISTORY_RUNS = 20, 200
EDITS = 300


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="the model's folder")
    parser.add_argument("--program", type=Path, required=True, help="the engine, spae")
    parser.add_argument("--picture", type=Path, required=True, help="the picture that is used")
    parser.add_argument("--runs", type=int, default=60, help="how often each network is timed")
    parser.add_argument("--json", type=Path, help="writes the figures there, not to the output")
    parser.add_argument("--markdown", type=Path, help="writes the page BENCHMARKS.md there")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    program = Program(options.program, options.model, options.picture)
    times = measured(program, options.runs)
    explore = program.explore(EDITS)
    rows = [
        *engine_rows(times),
        *bulk_rows(times),
        *graphics_rows(program.graphics(GRAPHICS_RUNS)),
        *explore_rows(explore),
        *history_rows(program.history(HISTORY_RUNS, OPEN_REVISIONS)),
    ]
    about = machine(program)
    print(table(rows) + "\n\n" + "\n".join(f"{name}: {value}" for name, value in about.items()))
    text = as_json(rows, times, about)
    if options.json:
        options.json.write_text(text)
    else:
        print(f"\n{text}", end="")
    if options.markdown:
        standing = options.markdown.read_text() if options.markdown.exists() else ""
        written = page(rows, about, details(program, explore))
        if section := kept_section(standing):  # beside another commit; measured on its own
            written = with_section(written, section)
        options.markdown.write_text(written)


if __name__ == "__main__":
    main()
