"""python -m spae.data encode IN OUT; stats OUT; bench IN: see --help."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from spae.data import DataError, message
from spae.data.engines import EngineChoice
from spae.data.names import printable
from spae.data.pictures import Reading
from spae.data.shards import FILES_IN_A_SHARD, Search, found

HERE = Path(__file__).resolve()
INSTALL = "pip install 'pyarrow>=20' 'ray[data]==2.60.0' (or './Training[data]')"


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spae.data",
        description="Turns data sets of pictures and clips into data sets of words.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add_encode(commands.add_parser("encode", help="shards of pictures to shards of words"))
    add_stats(commands.add_parser("stats", help="which words occur in which layer"))
    add_bench(commands.add_parser("bench", help="how fast this machine does it"))
    return parser


def add_encode(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Encodes IN into OUT. A run that was stopped or killed goes on when it is given again: "
        "shards that are done stay. Exit status 1 with more bad pictures than are allowed."
    )
    add = parser.add_argument
    add("input", metavar="IN", type=Path, help="a folder or file: tars, Parquet, or pictures")
    add("output", metavar="OUT", type=Path, help="a folder, seen by all machines of a cluster")
    add("--depth", type=int, choices=range(1, 7), default=6, help="how many layers are kept")
    add("--text", action="store_true", help="also lines of JSON for a language model's trainer")
    add("--format", choices=("parquet", "webdataset"), default="parquet", help="of the words")
    add("--max-errors", type=int, default=0, metavar="N", help="bad pictures that are allowed")
    add("--address", help="a Ray cluster's; without it Ray runs here, for this call")
    add("--workers", type=int, metavar="N", help="1 a core; 0 is this process alone, without Ray")
    add_reading(parser)
    add_engine(parser)


def add_reading(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--keys", choices=("sample", "file"), default="sample",
        help="of tars: webdataset's __key__, which ends at the first dot of the name, or the "
        "name to its last dot (%(default)s)",
    )  # fmt: skip
    add("--key-column", metavar="NAME", help="of Parquet files: text, bytes or whole numbers")
    add(
        "--image-column", metavar="NAME",
        help="of Parquet files: binary, or a struct of bytes and path; by default the only such",
    )  # fmt: skip
    add(
        "--picture-root", metavar="FOLDER", type=Path,
        help="where Parquet rows with a path and no bytes begin, and what they stay within; by "
        "default they begin at the Parquet file, and absolute paths are read as they are",
    )  # fmt: skip
    add(
        "--no-clips", action="store_true",
        help="leave out clips; otherwise films are made of them, of most with ffmpeg",
    )  # fmt: skip
    add("--loose", action="store_true", help="also loose pictures beside tars or Parquet files")
    add(
        "--files-in-a-shard", type=positive, default=FILES_IN_A_SHARD, metavar="N",
        help="where the pictures are loose files (%(default)s)",
    )  # fmt: skip


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not 1 or more")
    return number


def add_engine(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--engine", choices=("native", "torch"), default="native", help="the program, or PyTorch")
    add("--program", metavar="PATH", default=program(), help="the program spae (%(default)s)")
    add("--model", metavar="FOLDER", help="its folder; the program has its own")
    add("--threads", type=int, default=1, metavar="N", help="of each worker")


def add_stats(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("output", metavar="OUT", type=Path, help="what encode wrote")
    add("--top", type=int, default=8, metavar="N", help="the words shown of each layer")


def add_bench(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Times the program on files, its stream, spae.data and a PyTorch DataLoader on the same "
        "pictures, without what starting costs; then follows the stream's memory."
    )
    add = parser.add_argument
    add("input", metavar="IN", type=Path, help="a folder of pictures, used over and over")
    add("--pictures", type=int, default=400, metavar="N", help="of each run")
    add("--rounds", type=int, default=3, metavar="N", help="the table holds their medians")
    add("--memory", type=int, default=20_000, metavar="N", help="pictures; 0 leaves memory out")
    add("--program", metavar="PATH", default=program(), help="the program spae (%(default)s)")
    add("--model", metavar="FOLDER", help="its folder; the program has its own")


def program() -> str:
    """That of the tree this stands in, or the installed one."""
    built = HERE.parents[3] / ".build" / "release" / "spae"
    return str(built) if built.exists() else shutil.which("spae") or "spae"


def absolute(path: str | None) -> str | None:
    """A path that other machines and folders understand; a bare name is left to PATH."""
    return os.path.abspath(path) if path and os.sep in path else path


# encode


def encode(options: argparse.Namespace) -> int:
    from spae.data.manifest import MANIFEST, Manifest
    from spae.data.run import Job, Settings, parted
    from spae.data.summary import report
    from spae.data.tables import remove_parts

    engine = EngineChoice(
        options.engine, absolute(options.program), absolute(options.model), options.threads
    )
    reading = reading_of(options)
    output = options.output.absolute()
    source = found(Search(
        options.input, reading, options.files_in_a_shard, options.loose, output
    ))  # fmt: skip
    settings = Settings(
        options.engine, engine.identity(), options.depth, options.format, options.text,
        reading.keys, reading.key_column, reading.image_column, reading.picture_root, reading.clips,
    )  # fmt: skip
    Settings.agreed(output, settings)
    remove_parts(output)
    (output / MANIFEST).unlink(missing_ok=True)
    done, missing = parted(output, source.shards)
    started = time.monotonic()
    fresh = []
    for entry in entries(Job(str(output), settings, engine, reading), missing, options):
        fresh.append(entry)
        pictures = sum(entry.pictures + entry.clips for entry in fresh)
        show(len(done) + len(fresh), len(source.shards), pictures, started)
    remove_parts(output)
    manifest = Manifest.written(output, source, done + fresh)
    report(options.output, manifest, done, fresh, time.monotonic() - started)
    return status(options, manifest)


def status(options: argparse.Namespace, manifest) -> int:
    if not manifest.pictures + manifest.clips:
        raise DataError(f"{printable(options.input)}: holds no pictures that could be encoded")
    return 1 if manifest.errors > options.max_errors else 0


def reading_of(options: argparse.Namespace) -> Reading:
    root = options.picture_root
    if root is not None and not root.is_dir():
        raise DataError(f"--picture-root {printable(root)}: no such folder")
    columns = options.key_column, options.image_column
    return Reading(options.keys, *columns, root and str(root.absolute()), not options.no_clips)


def entries(job, shards: list, options: argparse.Namespace) -> Iterator:
    from spae.data.cluster import done_by_workers, done_here

    if not shards:
        return iter(())
    if options.workers == 0:
        return done_here(job, shards)
    return done_by_workers(job, shards, options.workers, options.address)


def show(done: int, total: int, pictures: int, started: float) -> None:
    """How far it is, where a person sees it."""
    if sys.stderr.isatty():
        rate = pictures / max(1e-9, time.monotonic() - started)
        end = "\n" if done == total else ""
        print(f"\r{done}/{total} shards, {rate:.0f} pictures/s ", end=end, file=sys.stderr)


# bench


def bench(options: argparse.Namespace) -> int:
    from spae.data.bench import report

    options.program, options.model = absolute(options.program), absolute(options.model)
    return report(options)


# all


def main() -> int:
    options = parser().parse_args()
    try:
        return performed(options)
    except ModuleNotFoundError as error:
        return complain(f"{error.name} is missing: {INSTALL}")
    except (DataError, OSError) as error:
        return complain(message(error))
    except KeyboardInterrupt:
        complain("stopped; give the same command again to go on")
        return 130


def performed(options: argparse.Namespace) -> int:
    if options.command == "encode":
        return encode(options)
    if options.command == "bench":
        return bench(options)
    from spae.data.stats import report

    return report(options.output, options.top)


def complain(what: str) -> int:
    print("\n".join(map(printable, f"spae.data: {what}".split("\n"))), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
