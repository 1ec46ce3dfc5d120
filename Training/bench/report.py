"""The table of a run as Markdown and as JSON, and the page that says where we lose."""

import json

from bench.rows import Row

COLUMNS = ("work", "ours, ms", "peer", "peer, ms", "times as fast", "mark", "reached")
RIGHT = {"ours, ms", "peer, ms", "times as fast"}

SCOPE = (
    "Ours holds resizing, finding the words that fit and the search for the nearest, which the "
    "peers' sum leaves out."
)
FINE = (
    "This is the picture that is drawn once nobody types: up to 256 colours chosen for it, and "
    "error diffusion. While an edit waits the other one is drawn."
)
BLOCKS = (
    "Most of it is the reduction of the picture by the encoder's own bicubic filter, as half "
    "blocks show, which need little else; 16 colours are mixed two to a cell, which chafa does not "
    "do."
)
DISK = (
    "It returns when the disk has it; what the disk alone takes is the row of 4 KiB and fdatasync."
)

CACHES = (
    "Ours works in the second cache. While a neighbour takes of it a decode on one thread needs "
    "half as long again, the peer's little more; alone it needs a third less than the peer's."
)

BRANCHES = (
    "The mark is of an encode with one frozen branch. Two more have come since, and the peer's "
    "classifier is one of three networks that look at the picture."
)

# Why a mark is missed, by the row's work and peer; a row that is not here is called unexplained.
REASONS: dict[tuple[str, str], str] = {
    **{
        (f"encode 128 px, {threads}", "onnxruntime"): SCOPE for threads in ("2 threads", "1 thread")
    },
    (
        "full decode 128 px, 2 threads, another process on one core",
        "onnxruntime",
    ): "With one core taken, what counts is one thread's speed; see there.",
    ("full decode 128 px, 1 thread", "onnxruntime"): CACHES,
    ("encode 128 px, 2 threads", "onnxruntime, the classifier alone"): BRANCHES,
    **{
        (
            f"quadrants 80 x 40, {colours}",
            f"chafa -f symbols --symbols quad -c {option} -s 80x40",
        ): BLOCKS
        for colours, option in (
            ("all colours", "full"),
            ("256 colours", "256"),
            ("16 colours", "16"),
        )
    },
    ("sixel 640 x 640, fine", "img2sixel"): FINE,
    ("sixel 640 x 640, fine", "chafa -f sixel -s 80x80 --stretch"): FINE,
    ("history: commit, median", "git commit"): DISK,
    ("history: commit, 99th of 100", "git commit"): DISK,
    ("history: undo, median", ""): DISK,
    ("history: commit, median", "4 KiB and fdatasync"): (
        "Not a peer but the floor: the least that any store must do which keeps its word after a "
        "power cut."
    ),
}
UNEXPLAINED = "Not explained yet."

PAGE = """# Benchmarks

Our time beside a peer's, measured in one run on one machine. *Times as fast* is the peer's time
over ours: above 1 we are faster. A row has a mark where one was set before it was measured.

## How to repeat it

`make bench` builds the program, makes a virtual environment with onnxruntime, PyTorch and faiss,
runs everything and writes this page. chafa, img2sixel, git and vim are measured where they are
installed (`apt-get install chafa libsixel-bin git vim`). It takes some minutes; leave the machine
alone meanwhile. `make bench AGAINST=COMMIT` measures the program beside that of another commit, and
writes the section about it alone.

- Everybody runs the same network with the same weights, on the same number of threads. A decode is
  of all words at full depth. Ours also looks the words up; the peers begin with what was looked up.
- An encode of ours goes the whole way from the picture to the words. A peer's is the sum of the
  networks that run in it: the three frozen branches (classifier, segmentation, detection), the
  encoder and three times the decoder, by which the words of layers 4 and 6 are refined (6 twice).
  It holds no resizing and no search for words. Without these three decodes it is what one pass
  over the words takes a peer. The classifier alone is what nothing can encode without.
  What the classifier says of each of its 16 regions goes through the encoder's linear layers once
  here, and for each of 256 cells in a peer: that is 4 % of an encode's work, with the same result.
- Peers compute in float32. onnxruntime's own int8 of the classifier is its static quantization
  (QDQ, a scale for each output channel, ranges measured on this very picture); an encode of ours
  with it is ours less our classifier's time and with its. Ours with the model in float32 is
  `--precision float32`.
- What a second thread gains is the time on one thread over that on two, in the same rounds.
- Of files and of a stream it is the processor time of the whole program for 40 pictures less that
  for one, on one thread: what each further picture takes, reading and writing included.
- A changed word is any of all words, changed to any other, in some 200 changes that add up; the
  peer decodes the whole picture anew.
- The 600 latents of the search for the nearest word are a picture's. faiss is told to multiply
  matrices (`distance_compute_blas_threshold`), which is faster here than what it does by default.
- Another process on one core is one that never waits, held to the first core.
- Each round times everything once more in turn, so that a busy machine is busy for all; a time is
  the median over the rounds of the median in a round. Drawing, keys and history are measured once,
  after the rounds. Of drawing it is the processor's time, of a peer less what its program takes to
  start and to read.

## The table

{table}

## The machine

{machine}

## Where we lose

{lost}

{details}
"""


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    rules = ["--:" if column in RIGHT else "---" for column in COLUMNS]
    lines = [COLUMNS, rules, *map(cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    reached = {True: "yes", False: "**no**", None: ""}[row.reached]
    mark = str(row.mark or "")
    return row.work, time(row.ours), row.peer, time(row.theirs), ratio, mark, reached


def time(milliseconds: float | None) -> str:
    """Milliseconds with three digits that count, and nothing for what was not measured."""
    if milliseconds is None:
        return ""
    digits = 3 if milliseconds < 1 else 2 if milliseconds < 100 else 0
    return f"{milliseconds:.{digits}f}"


def lost(rows: list[Row]) -> str:
    """A line for each mark missed and each faster peer, with the reason where it is known."""
    lines = [f"- {sentence(row)} {reason(row)}" for row in rows if row.lost]
    return "\n".join(lines) or "Nowhere in this run: every mark is reached."


def sentence(row: Row) -> str:
    found = f"**{row.work}**: {time(row.ours)} ms"
    if row.ratio is not None:
        found += f", {row.peer} {time(row.theirs)} ms, {row.ratio:.2f} times as fast"
    return f"{found}; the mark is {row.mark}." if row.mark else f"{found}."


def reason(row: Row) -> str:
    return REASONS.get((row.work, row.peer), UNEXPLAINED)


def page(rows: list[Row], machine: dict[str, str], details: str) -> str:
    """The whole of BENCHMARKS.md."""
    about = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    return PAGE.format(table=table(rows), machine=about, lost=lost(rows), details=details)


def as_json(rows: list[Row], times: dict[tuple, float], machine: dict[str, str]) -> str:
    """The machine, the rows, and every median that was taken in rounds."""
    content = {
        "machine": machine,
        "rows": [row_content(row) for row in rows],
        "times": [
            {
                "who": who,
                "work": work,
                "threads": threads,
                "besideAnotherProcess": busy,
                "medianMilliseconds": round(value, 3),
            }
            for (who, work, threads, busy), value in times.items()
        ],
    }
    return json.dumps(content, indent=1) + "\n"


def row_content(row: Row) -> dict:
    return {
        "work": row.work,
        "milliseconds": round(row.ours, 4),
        "peer": row.peer or None,
        "peerMilliseconds": row.theirs and round(row.theirs, 4),
        "timesAsFast": row.ratio and round(row.ratio, 3),
        "mark": row.mark and str(row.mark),
        "reached": row.reached,
    }
