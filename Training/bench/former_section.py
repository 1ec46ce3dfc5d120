"""The section of BENCHMARKS.md that sets the program beside another commit's."""

import re
from collections.abc import Iterable

from bench.former_rows import SAME, FormerRow
from bench.report import time

TITLE = "## Beside commit"
BEFORE = "## The machine"  # the section stands before this one
COLUMNS = ("work", "unit", "commit {ours}", "commit {theirs}", "times as much", "mark", "reached")
RULES = ("---", "---", "--:", "--:", "--:", "---", "---")

SECTION = """{title} {theirs}

`make bench AGAINST={theirs}` builds that commit in a worktree, measures both programs in turn,
{rounds}, each with the model that it came with, and writes this section alone. Encodes are
medians of wall-clock time; of files, of a stream and of `words --near` it is processor time.{same}
The marks were set for commit 86c6d04. The explorer is measured by `spae-bench explore`, by sixel,
with edits that change one word.

Processor: {processor}. The ratios differ from one processor to another.

{table}
"""
SAME_NOTE = """
Rows with *{name}* run our model without the frozen
networks that came later, so that both do the same work; the rows before them do more than the
commit did: that is why one may miss its mark where the other reaches it."""


def section(rows: Iterable[FormerRow], ours: str, theirs: str, rounds: int, processor: str) -> str:
    rows = list(rows)
    has_same = any(row.work.endswith(SAME) for row in rows)
    head = [column.format(ours=ours, theirs=theirs) for column in COLUMNS]
    table = [head, RULES, *map(cells, rows)]
    return SECTION.format(
        title=TITLE, theirs=theirs, rounds="in one round" if rounds == 1 else f"in {rounds} rounds",
        same=SAME_NOTE.format(name=SAME) if has_same else "", processor=processor,
        table="\n".join(f"| {' | '.join(line)} |" for line in table),
    )  # fmt: skip


def cells(row: FormerRow) -> tuple[str, ...]:
    reached = {True: "yes", False: "**no**", None: ""}[row.reached]
    figures = time(row.ours), time(row.theirs), f"{row.ratio:.2f}"
    return row.work, row.unit, *figures, str(row.mark or ""), reached


def with_section(page: str, text: str) -> str:
    """The page with another section in place of the one that it has."""
    rest = without_section(page)
    before, machine, after = rest.partition(f"{BEFORE}\n")
    return f"{before}{text}\n{machine}{after}" if machine else f"{rest.rstrip()}\n\n{text}"


def kept_section(page: str) -> str:
    """The section that a page has, or nothing."""
    found = pattern().search(page)
    return f"{found.group().rstrip()}\n" if found else ""


def without_section(page: str) -> str:
    return pattern().sub("", page)


def pattern() -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(TITLE)} .*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
