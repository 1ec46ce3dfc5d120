"""The rows of a comparison with another commit, and the marks that were set for them."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.former_tasks import BIG, FOLDER, KEYS, KEYS_LATE, NEAR, ONE, RESIDENT, STREAM, TWO
from bench.rows import Faster

SAME = "the networks that the commit has"


@dataclass(frozen=True)
class Share:
    """A mark: at most so much of what the commit takes."""

    part: float

    def __str__(self) -> str:
        return f"{self.part:g} of it"

    def reached(self, row: "FormerRow") -> bool:
        return row.ours <= self.part * row.theirs


@dataclass(frozen=True)
class AtMost:
    """A mark: no more than so many of the row's unit."""

    number: float

    def __str__(self) -> str:
        return f"at most {self.number:g}"

    def reached(self, row: "FormerRow") -> bool:
        return row.ours <= self.number


@dataclass(frozen=True)
class FormerRow:
    """What this program takes beside another commit's, in milliseconds or another unit."""

    work: str
    ours: float
    theirs: float
    mark: Faster | Share | AtMost | None = None
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        """How many times as much the other takes."""
        return self.theirs / self.ours

    @property
    def reached(self) -> bool | None:
        return self.mark and self.mark.reached(self)


ENCODES = {ONE: 1.33, TWO: 1.4, BIG: 1.4, FOLDER: 1.4, STREAM: 1.4}
OTHERS = {
    NEAR: (Share(0.65), "ms"),
    KEYS: (None, "ms"),
    KEYS_LATE: (Share(0.7), "ms"),
    RESIDENT: (AtMost(110), "MiB"),
}


def rows(found: dict[str, dict[str, float]]) -> Iterator[FormerRow]:
    """From medians by who (`ours`, `theirs`, `same` for ours with their networks) and work."""
    ours, theirs = found["ours"], found["theirs"]
    for work, times in ENCODES.items():
        yield FormerRow(work, ours[work], theirs[work], Faster(times))
        if "same" in found:
            same = found["same"][work]
            yield FormerRow(f"{work}, {SAME}", same, theirs[work], Faster(times))
    for work, (mark, unit) in OTHERS.items():
        yield FormerRow(work, ours[work], theirs[work], mark, unit)
