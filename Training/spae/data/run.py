"""A run over a data set: what it was told to do, which shards are done, and how one is done."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from spae.data import DataError, message
from spae.data.engines import Engine, EngineChoice
from spae.data.names import printable
from spae.data.pictures import Reading
from spae.data.shards import Shard
from spae.data.tables import ShardFiles, write_atomically

SETTINGS = "run.json"


@dataclass(frozen=True)
class Settings:
    """What decides the words and their form: a folder holds one such set of shards."""

    engine: str
    model: str  # its hash
    depth: int
    format: str
    text: bool
    keys: str = "sample"
    key_column: str | None = None
    image_column: str | None = None
    picture_root: str | None = None
    clips: bool = True

    @classmethod
    def agreed(cls, folder: Path, wanted: "Settings") -> None:
        """Writes them where a run begins; refuses others where it goes on."""
        path = folder / SETTINGS
        if not path.exists():
            if folder.is_dir() and any(folder.iterdir()):
                raise DataError(
                    f"{printable(folder)}: not empty, and not a run's folder; name another one"
                )
            return write_atomically(path, json.dumps(asdict(wanted), indent=1) + "\n")
        try:
            begun = json.loads(path.read_text())
        except ValueError as error:
            raise DataError(
                f"{printable(path)}: damaged ({error}); remove {printable(folder)} to begin anew"
            ) from None
        different = [
            f"{name} {begun.get(name)}, not {value}"
            for name, value in asdict(wanted).items()
            if begun.get(name) != value
        ]
        if different:
            raise DataError(
                f"{printable(folder)}: was begun with {'; '.join(different)}; give the same, or "
                "another folder"
            )


@dataclass(frozen=True)
class Entry:
    """A shard that is done, as the manifest has it."""

    shard: str
    fingerprint: str
    pictures: int
    errors: int
    files: list[str] = field(default_factory=list)
    clips: int = 0
    left_out: dict[str, dict] = field(default_factory=dict)  # {reason: {"count", "names"}}
    first_errors: list[list[str]] = field(default_factory=list)  # [key, error]

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def of(cls, folder: Path, shard: Shard) -> "Entry | None":
        """The entry of a shard that is done, unchanged since, and still there."""
        path = entry_path(folder, shard.name)
        try:
            entry = cls(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        there = all((folder / name).exists() for name in entry.files)
        return entry if there and entry.fingerprint == shard.fingerprint else None


def entry_path(folder: Path, shard: str) -> Path:
    return folder / "manifest" / f"{shard}.json"


@dataclass(frozen=True)
class Job:
    """All that a worker needs to do any of the run's shards."""

    output: str
    settings: Settings
    engine: EngineChoice
    reading: Reading = Reading()

    def do(self, shard: Shard, engine: Engine) -> Entry:
        """Encodes a shard, publishes its files and then its entry; whoever dies before loses it.

        To do a shard twice writes the same bytes over the same names.
        """
        folder, settings = Path(self.output), self.settings
        files = ShardFiles(
            folder,
            shard.name,
            form=settings.format,
            depth=settings.depth,
            model=settings.model,
            text=settings.text,
        )
        try:
            pictures = shard.pictures(self.reading, files.left_out.leave)
            files.add_all(engine.answers(pictures))
            names = files.publish()
        except OSError as error:  # what cannot be read is a bad picture, so this is the output
            files.discard()
            raise DataError(f"{printable(folder)}: {shard.name}: {message(error)}") from error
        except BaseException:
            files.discard()
            raise
        entry = Entry(
            shard.name,
            shard.fingerprint,
            files.pictures,
            files.bad,
            names,
            files.clips,
            files.left_out.total.facts(),
            files.first_errors,
        )
        write_atomically(entry_path(folder, shard.name), entry.to_json())
        return entry


def parted(folder: Path, shards: Iterable[Shard]) -> tuple[list[Entry], list[Shard]]:
    """The shards that are done, and those to do; words of other shards are not mixed with them."""
    done, missing = [], []
    for shard in shards:
        entry = Entry.of(folder, shard)
        missing.append(shard) if entry is None else done.append(entry)
    check_strangers(folder, {shard.name for shard in shards})
    return done, missing


def check_strangers(folder: Path, shards: set[str]) -> None:
    entries = folder / "manifest"
    names = (path.relative_to(entries).as_posix() for path in entries.rglob("*.json"))
    strangers = sorted({name.removesuffix(".json") for name in names} - shards)
    if strangers:
        shown = ", ".join(map(printable, strangers[:3])) + (", ..." if strangers[3:] else "")
        raise DataError(
            f"{printable(folder)}: holds words of {len(strangers)} shards that this data set does "
            f"not have ({shown}); name another folder"
        )
