"""A commit of this repository, built beside it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.program import Program

FOLDER = ".build-against"
LINES = 12  # of what a failed build said


class CommitError(Exception):
    """Why a commit cannot be measured, and what helps."""


@dataclass(frozen=True)
class Side:
    """One of the two programs that are measured, with the model that it came with."""

    commit: str
    program: Program


def own_side(root: Path, model: Path, picture: Path) -> Side:
    """The program of the working tree, which must be that of its last commit."""
    changed = git(root, "status", "--porcelain", "--untracked-files=no")
    names = [line[3:] for line in changed.splitlines() if line[3:] != "BENCHMARKS.md"]
    if names:
        raise CommitError(
            f"{root}: changed since the last commit: {', '.join(names[:5])}"
            f"{' ...' if len(names) > 5 else ''}; commit or stash it, so that the figures name "
            "what was measured"
        )
    return side(root, commit(root, "HEAD"), model, picture)


def former_side(root: Path, revision: str, model: Path, picture: Path) -> Side:
    """The program of a commit, built in a worktree of its own with the model it came with."""
    found, place = commit(root, revision), within(root, model)
    tree = worktree(root, found)
    if not (tree / place / "config.json").exists():
        raise CommitError(f"{found[:10]}: has no model in {place}; choose a commit that has one")
    products = ["spae", *(["spae-bench"] if has_bench(tree) else [])]
    for product in products:
        build(tree, product, found)
    return side(tree, found, tree / place, picture)


def within(root: Path, model: Path) -> Path:
    """Where a model is in the repository, and so in the other commit."""
    try:
        return model.resolve().relative_to(root.resolve())
    except ValueError as error:
        raise CommitError(
            f"{model}: is not in {root}; each commit is measured with its own model at that place"
        ) from error


def side(tree: Path, found: str, model: Path, picture: Path) -> Side:
    path = tree / ".build/release/spae"
    bench = () if has_bench(tree) else (str(path), "bench")
    return Side(found[:10], Program(path, model, picture, bench=bench))


def has_bench(tree: Path) -> bool:
    """Whether the measurements are a program of their own; once they were a command of spae."""
    return (tree / "Sources/spae-bench").is_dir()


def commit(root: Path, revision: str) -> str:
    """The hash of a commit."""
    try:
        return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options",
                   f"{revision}^{{commit}}").strip()  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise CommitError(
            f"{revision}: no commit of {root}; `git log --oneline` lists those it has, `git fetch` "
            "brings others"
        ) from error


def worktree(root: Path, found: str) -> Path:
    """The files of a commit, in a folder that is kept for the next time."""
    tree = root / FOLDER / found
    if (tree / ".git").exists():
        changed = git(tree, "status", "--porcelain", "--untracked-files=no")
        if changed or commit(tree, "HEAD") != found:
            raise CommitError(
                f"{tree}: is no longer commit {found[:10]}; remove it: "
                f"git worktree remove --force {tree}"
            )
        return tree
    shutil.rmtree(tree, ignore_errors=True)  # what a run left that was cut short
    git(root, "worktree", "prune")  # folders that `make clean` removed
    try:
        git(root, "worktree", "add", "--quiet", "--detach", str(tree), found)
    except subprocess.CalledProcessError as error:
        raise CommitError(f"{tree}: cannot be made: {last_lines(error.stderr)}") from error
    # The packages it was built with are not recorded in every commit; ours are known to build.
    pins = root / "Package.resolved"
    if pins.exists() and not (tree / pins.name).exists():
        shutil.copy(pins, tree)
    return tree


def build(tree: Path, product: str, found: str) -> None:
    command = ["swift", "build", "-c", "release", "--product", product]
    print(f"{found[:10]}: {' '.join(command)}", file=sys.stderr)
    try:
        done = subprocess.run(command, cwd=tree, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)  # fmt: skip
    except FileNotFoundError as error:
        raise CommitError("swift: not found; Swift 6.3 is needed: see swift.org/install") from error
    if done.returncode:
        raise CommitError(
            f"{found[:10]}: {product} does not build here; in {tree} `{' '.join(command)}` says:\n"
            f"{last_lines(done.stdout)}"
        )


def git(folder: Path, *arguments: str) -> str:
    """What git says of a folder."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except FileNotFoundError as error:
        raise CommitError("git: not found; a commit is fetched by it: apt install git") from error
    except subprocess.CalledProcessError as error:
        if "not a git repository" in error.stderr:
            raise CommitError(
                f"{folder}: no git repository; a commit can be measured in a clone only"
            ) from error
        raise


def last_lines(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-LINES:])
