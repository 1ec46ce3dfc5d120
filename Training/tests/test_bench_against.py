import json
import subprocess
from pathlib import Path

import pytest

from bench import commit as commits
from bench.commit import CommitError, former_side, own_side
from bench.former_rows import SAME, AtMost, FormerRow, Share, rows
from bench.former_section import kept_section, section, with_section
from bench.former_tasks import (
    BIG,
    FOLDER,
    KEYS,
    KEYS_LATE,
    NEAR,
    ONE,
    RESIDENT,
    STREAM,
    TWO,
    medians,
    one_round,
)
from bench.networks import lacking, without_later
from bench.rows import Faster

ENCODES = (ONE, TWO, BIG, FOLDER, STREAM)
ALL = (*ENCODES, NEAR, KEYS, KEYS_LATE, RESIDENT)


def git(folder: Path, *arguments: str) -> str:
    who = "-c", "user.name=A", "-c", "user.email=a@example.org"
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of two commits: the first has `spae bench`, the second a program of its own."""
    root = tmp_path / "repository"
    model = root / "Assets/models/small"
    model.mkdir(parents=True)
    (model / "config.json").write_text("{}")
    (root / ".gitignore").write_text(".build-*/\nPackage.resolved\n")
    git(root.parent, "init", "--quiet", str(root))
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "first")
    (root / "Sources/spae-bench").mkdir(parents=True)
    (root / "Sources/spae-bench/Bench.swift").write_text("// measures\n")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "second")
    (root / "Package.resolved").write_text("pins")
    return root


@pytest.fixture
def swift(tmp_path: Path, monkeypatch) -> Path:
    """A compiler that notes what it is to build; what `fails` names does not build."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "swift").write_text(
        f"#!/bin/sh\necho \"$(basename $PWD) $*\" >>{tmp_path}/built\n"
        f'if [ -e {tmp_path}/fails ]; then echo "error: no such module"; exit 1; fi\n'
    )
    (folder / "swift").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return tmp_path


def test_a_former_commit_is_built_beside_with_the_model_and_the_bench_that_it_has(
    repository, swift
):
    first, model = git(repository, "rev-parse", "HEAD~1"), repository / "Assets/models/small"
    side = former_side(repository, "HEAD~1", model, Path("a.png"))
    tree = repository / ".build-against" / first
    assert side.commit == first[:10] and side.program.path == tree / ".build/release/spae"
    assert side.program.model == tree / "Assets/models/small"
    assert side.program.bench == (str(side.program.path), "bench")
    assert (tree / "Package.resolved").read_text() == "pins"
    former_side(repository, "HEAD", model, Path("a.png"))
    products = [line.split()[-1] for line in (swift / "built").read_text().splitlines()]
    assert products == ["spae", "spae", "spae-bench"]


def test_the_worktree_is_used_again_and_made_again_once_it_was_removed(repository, swift):
    model, found = repository / "Assets/models/small", git(repository, "rev-parse", "HEAD~1")
    for _ in range(2):
        former_side(repository, "HEAD~1", model, Path("a.png"))
    subprocess.run(["rm", "-rf", str(repository / ".build-against")], check=True)
    assert commits.worktree(repository, found).is_dir()


def test_what_cannot_be_measured_is_refused_with_what_helps(repository, swift):
    model, picture = repository / "Assets/models/small", Path("a.png")
    for revision in ("nowhere", "--all", "", "HEAD:Sources"):
        with pytest.raises(CommitError, match="no commit of .*git fetch"):
            former_side(repository, revision, model, picture)
    (swift / "fails").touch()
    with pytest.raises(CommitError, match="(?s)does not build here.*no such module"):
        former_side(repository, "HEAD", model, picture)
    (swift / "fails").unlink()
    tree = repository / ".build-against" / git(repository, "rev-parse", "HEAD")
    (tree / "Sources/spae-bench/Bench.swift").write_text("// changed\n")
    with pytest.raises(CommitError, match="no longer commit .*worktree remove --force"):
        former_side(repository, "HEAD", model, picture)
    with pytest.raises(CommitError, match="no git repository"):
        former_side(swift, "HEAD", model, picture)
    missing = repository / "Assets/models/other"
    with pytest.raises(CommitError, match="has no model in Assets/models/other"):
        former_side(repository, "HEAD~1", missing, picture)
    with pytest.raises(CommitError, match="is not in .*own model"):
        former_side(repository, "HEAD", swift, picture)


def test_our_own_tree_must_be_its_commit_but_for_the_page_and_new_files(repository):
    model, picture = repository / "Assets/models/small", Path("a.png")
    (repository / "new.txt").touch()
    assert own_side(repository, model, picture).program.bench == ()
    (model / "config.json").write_text('{"text": 1}')
    with pytest.raises(CommitError, match="Assets/models/small/config.json; commit or stash"):
        own_side(repository, model, picture)


def test_the_later_networks_are_left_out_of_a_copy_of_the_model(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    precision = {"semantic": {}, "segmentation": {}}
    own = {"text": 3, "segmentation": {}, "detection": {}, "evidence": {}, "precision": precision}
    for model, content in ((ours, own), (theirs, {"text": 3})):
        model.mkdir()
        (model / "config.json").write_text(json.dumps(content))
    for name in ("weights.safetensors", "detection.safetensors", "vocabulary.txt"):
        (ours / name).write_text(name)
    assert lacking(ours, theirs) == ["segmentation", "detection"]
    copy = without_later(ours, tmp_path / "copy")
    assert lacking(copy, theirs) == []
    kept = {"text": 3, "precision": {"semantic": {}}}
    assert json.loads((copy / "config.json").read_text()) == kept
    names = {"config.json", "weights.safetensors", "vocabulary.txt"}
    assert {file.name for file in copy.iterdir()} == names
    assert json.loads((ours / "config.json").read_text()) == own


def figures(ours: float, theirs: float) -> dict[str, dict[str, float]]:
    return {"ours": dict.fromkeys(ALL, ours), "theirs": dict.fromkeys(ALL, theirs)}


def test_every_mark_is_reached_by_a_fast_program_and_missed_by_one_that_is_as_it_was():
    fast, same = list(rows(figures(10.0, 30.0))), list(rows(figures(120.0, 120.0)))
    marked = [row.work for row in fast if row.mark]
    assert marked == [*ENCODES, NEAR, KEYS_LATE, RESIDENT]
    assert all(row.reached for row in fast if row.mark)
    assert not any(row.reached for row in same)
    assert [row.unit for row in fast if row.work == RESIDENT] == ["MiB"]


@pytest.mark.parametrize(
    ("ours", "mark", "reached"),
    [
        (6.5, Share(0.65), True),
        (6.6, Share(0.65), False),
        (110, AtMost(110), True),
        (110.1, AtMost(110), False),
        (7.0, Faster(1.4), True),
        (7.2, Faster(1.4), False),
    ],
)
def test_a_mark_is_a_share_a_number_or_times_as_fast(ours, mark, reached):
    assert FormerRow("work", ours, 10.0, mark).reached is reached


def test_encodes_have_a_second_row_where_the_commit_has_fewer_networks():
    found = figures(10.0, 12.0) | {"same": dict.fromkeys(ENCODES, 8.0)}
    by_name = {row.work: row for row in rows(found)}
    assert not by_name[FOLDER].reached and by_name[f"{FOLDER}, {SAME}"].reached
    assert len(by_name) == len(ALL) + len(ENCODES)


def test_a_figure_is_the_median_of_its_rounds():
    rounds = [{"ours": {ONE: value}} for value in (9.0, 1.0, 2.0)]
    assert medians(rounds) == {"ours": {ONE: 2.0}}


PAGE = "# Benchmarks\n\n## The table\n\n| a |\n\n## The machine\n\n- cpu\n\n## Memory\n"


def test_the_section_stands_in_the_page_once():
    old, new = (
        section(
            [FormerRow("work", 2.0, 3.0, Faster(1.4)), *extra], "aaa", "bbb", 5, "Z80, 1 core, avx2"
        )
        for extra in ([], [FormerRow(f"work, {SAME}", 1.0, 3.0)])
    )
    assert "| work | ms | 2.00 | 3.00 | 1.50 | 1.4 x | yes |" in old and "| commit aaa |" in old
    assert "\nProcessor: Z80, 1 core, avx2. " in old
    assert "came later" in new and "came later" not in old
    page = with_section(with_section(PAGE, old), new)
    assert page == with_section(PAGE, new) and page.count("## Beside commit bbb") == 1
    assert page.index("## Beside") < page.index("## The machine")
    assert with_section(PAGE, kept_section(page)) == page
    assert kept_section(PAGE) == "" and "## Beside" in with_section("# Other\n", new)


def test_all_programs_do_one_work_before_the_next():
    done = []

    def measure(work):
        return lambda program, _: done.append((work, program)) or {work: len(done)}

    both, all = {"ours": "a", "theirs": "b"}, {"ours": "a", "theirs": "b", "same": "c"}
    found = one_round([(all, (measure(1), measure(2))), (both, (measure(3),))], [])
    assert done == [(1, "a"), (1, "b"), (1, "c"), (2, "a"), (2, "b"), (2, "c"), (3, "a"), (3, "b")]
    assert found == {"ours": {1: 1, 2: 4, 3: 7}, "theirs": {1: 2, 2: 5, 3: 8}, "same": {1: 3, 2: 6}}
