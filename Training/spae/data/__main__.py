"""python -m spae.data encode IN OUT; stats OUT; bench IN: see --help."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from spae.data import DataError
from spae.data.engines import EngineChoice
from spae.data.shards import FILES_IN_A_SHARD, Columns, found

HERE = Path(__file__).resolve()
INSTALL = "pip install 'pyarrow>=20' 'ray[data]==2.60.0' (or './Training[data]')"


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spae.data", description="Turns data sets of pictures into data sets of words."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add_encode(commands.add_parser("encode", help="shards of pictures to shards of words"))
    add_stats(commands.add_parser("stats", help="which words stand in which layer"))
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
    add("--key-column", metavar="NAME", help="of Parquet files")
    add("--image-column", metavar="NAME", help="of Parquet files: bytes, or {bytes, path}")
    add(
        "--files-in-a-shard", type=int, default=FILES_IN_A_SHARD, metavar="N",
        help="where the pictures are loose files",
    )  # fmt: skip
    add_engine(parser)


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
    from spae.data.run import Job, Settings, parted
    from spae.data.tables import remove_parts

    engine = EngineChoice(
        options.engine, absolute(options.program), absolute(options.model), options.threads
    )
    shards = found(options.input, options.files_in_a_shard)
    settings = Settings(
        options.engine, engine.identity(), options.depth, options.format, options.text
    )
    output = options.output.absolute()
    Settings.agreed(output, settings)
    remove_parts(output)
    done, missing = parted(output, shards)
    columns = Columns(options.key_column, options.image_column)
    started = time.monotonic()
    fresh = []
    for entry in entries(Job(str(output), settings, engine, columns), missing, options):
        fresh.append(entry)
        show(len(done) + len(fresh), len(shards), sum(e.pictures for e in fresh), started)
    remove_parts(output)
    return summary(options, done, fresh, time.monotonic() - started)


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


def summary(options: argparse.Namespace, done: list, fresh: list, seconds: float) -> int:
    pictures = sum(entry.pictures for entry in done + fresh)
    bad = sum(entry.errors for entry in done + fresh)
    earlier = f" ({len(done)} of them done before)" if done else ""
    print(f"{options.output}: {pictures} pictures in {len(done + fresh)} shards{earlier}")
    new = sum(entry.pictures for entry in fresh)
    if new:
        print(f"{new} encoded in {seconds:.1f} s, {new / seconds:.1f} a second")
    if bad:
        where = options.output / "errors"
        what = "1 bad picture" if bad == 1 else f"{bad} bad pictures"
        print(f"{what}, with the reason in {where}", file=sys.stderr)
    return 1 if bad > options.max_errors else 0


# bench


def bench(options: argparse.Namespace) -> int:
    from spae.data.bench import report

    options.program, options.model = absolute(options.program), absolute(options.model)
    return report(options)


# all


def main() -> int:
    options = parser().parse_args()
    try:
        if options.command == "encode":
            return encode(options)
        if options.command == "bench":
            return bench(options)
        from spae.data.stats import report

        return report(options.output, options.top)
    except ModuleNotFoundError as error:
        print(f"spae.data: {error.name} is missing: {INSTALL}", file=sys.stderr)
        return 1
    except (DataError, OSError) as error:
        print(f"spae.data: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("spae.data: stopped; give the same command again to go on", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
