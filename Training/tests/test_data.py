"""Data sets of words: `make test-data` runs these with Ray and the program, where both are."""

import json
import signal
import subprocess
import sys
import tarfile
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

from data_runs import (  # noqa: E402
    PICTURES,
    PROGRAM,
    TRAINING,
    encode,
    needs_program,
    rows,
    run,
)
from picture_sets import synthetic, write_tars  # noqa: E402

from spae.data import DataError, bench  # noqa: E402
from spae.data import __main__ as command  # noqa: E402
from spae.data.engines import Answer, EngineChoice, NativeEngine  # noqa: E402
from spae.data.pictures import Picture  # noqa: E402
from spae.data.run import Entry, Job, Settings, check_strangers  # noqa: E402
from spae.data.shards import Search, found  # noqa: E402
from spae.data.tables import ShardFiles  # noqa: E402

ENCODER = """
import json, os, signal, sys
data = sys.stdin.buffer
while line := data.readline():
    fields = json.loads(line)
    contents = data.read(fields["length"])
    if contents == b"deadly":
        os.kill(os.getpid(), signal.SIGSEGV)
    if contents == b"end":
        sys.exit("no more")
    record = {"key": fields["key"], "model": "0"}
    if contents == b"bad":
        record["error"] = "bad"
    else:
        record |= {"width": 1, "height": 2, "layers": [[contents.decode()]]}
    print(json.dumps(record), flush=True)
"""


@pytest.fixture
def engine() -> NativeEngine:
    engine = NativeEngine([sys.executable, "-c", ENCODER])
    yield engine
    engine.close()


# The engine


def test_pictures_that_end_the_program_are_found_and_the_others_lose_nothing(engine):
    contents = [b"1", b"deadly", b"2", b"bad", *(b"%d" % n for n in range(50)), b"deadly", b"3"]
    pictures = [Picture(str(n), each) for n, each in enumerate(contents)]
    pictures.insert(2, Picture("lost", problem="was not there"))
    answers = list(engine.answers(iter(pictures)))
    assert [answer.key for answer in answers] == [picture.key for picture in pictures]
    wrong = {answer.key: answer.error for answer in answers if answer.error}
    ended = "the encoder was ended by signal 11"
    assert wrong == {"1": ended, "lost": "was not there", "3": "bad", "54": ended}
    assert answers[-1] == Answer("55", [["3"]], 1, 2)


def test_a_program_that_ends_by_itself_ends_the_run_with_its_words(engine):
    with pytest.raises(DataError, match="no more"):
        list(engine.answers([Picture("1", b"1"), Picture("2", b"end"), Picture("3", b"3")]))


def test_an_error_of_the_source_is_the_runs_and_no_end_of_it(engine):
    def pictures():
        yield Picture("1", b"1")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        list(engine.answers(pictures()))


# Writing


def files(folder: Path, **options) -> ShardFiles:
    settings = {"form": "parquet", "depth": 2, "model": "m", "text": True, **options}
    return ShardFiles(folder, "s", **settings)


ANSWERS = [Answer("a", [["x"], ["y"] * 4, ["z"] * 16], 3, 4), Answer("b", error="why")]


def test_a_shard_is_there_as_a_whole_or_not_at_all(tmp_path):
    shard = files(tmp_path)
    shard.add_all(ANSWERS)
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and not p.name.startswith(".part-")]
    names = ["errors/s.parquet", "manifest/s.keys", "text/s.jsonl", "words/s.parquet"]
    assert shard.publish() == names
    words = {"layer1": ["x"], "layer2": ["y"] * 4}
    size = {"width": 3, "height": 4}
    good = {"key": "a", **size, "model": "m", "error": None, **words, "film": None}
    bad = dict.fromkeys(good) | {"key": "b", "model": "m", "error": "why"}
    assert rows(tmp_path) == [good, bad]
    assert rows(tmp_path, "errors") == [{"key": "b", "shard": "s", "error": "why"}]
    text = (tmp_path / "text/s.jsonl").read_text()
    assert [json.loads(line) for line in text.splitlines()] == [{"key": "a", "text": "x\ny y y y"}]


def test_webdataset_holds_the_good_pictures_and_no_errors_table_without_errors(tmp_path):
    shard = files(tmp_path, form="webdataset", text=False)
    shard.add_all(ANSWERS[:1])
    assert shard.publish() == ["manifest/s.keys", "words/s.tar"]
    with tarfile.open(tmp_path / "words/s.tar") as file:
        (member,) = file
        record = json.loads(file.extractfile(member).read())
    size = {"width": 3, "height": 4}
    assert record == {"key": "a", **size, "model": "m", "layers": [["x"], ["y"] * 4]}


def test_what_is_discarded_leaves_nothing(tmp_path):
    shard = files(tmp_path)
    shard.add_all(ANSWERS)
    shard.discard()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


SETTINGS = Settings("native", "m", 6, "parquet", False)


@pytest.mark.parametrize(
    "other, words",
    [
        ({"depth": 3}, "depth 6, not 3"),
        ({"model": "n"}, "model m, not n"),
        ({"keys": "file"}, "keys sample, not file"),
        ({"image_column": "b"}, "image_column None, not b"),
        ({"key_column": "k"}, "key_column None, not k"),
        ({"picture_root": "/"}, "picture_root None, not /"),
        ({"clips": False}, "clips True, not False"),
    ],
)
def test_a_run_goes_on_only_as_it_was_begun(tmp_path, other, words):
    Settings.agreed(tmp_path, SETTINGS)
    Settings.agreed(tmp_path, SETTINGS)
    with pytest.raises(DataError, match=words):
        Settings.agreed(tmp_path, replace(SETTINGS, **other))


def test_a_folder_that_is_no_runs_is_refused(tmp_path):
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(DataError, match="damaged"):
        Settings.agreed(tmp_path, SETTINGS)
    (tmp_path / "other" / "mine").mkdir(parents=True)
    with pytest.raises(DataError, match="not empty"):
        Settings.agreed(tmp_path / "other", SETTINGS)


def test_words_of_another_data_set_are_not_mixed_with_those_of_this(tmp_path):
    (tmp_path / "manifest" / "sub").mkdir(parents=True)
    for name in ("a", "b", "sub/c"):
        (tmp_path / "manifest" / f"{name}.json").touch()
    check_strangers(tmp_path, {"a", "b", "sub/c", "d"})
    with pytest.raises(DataError, match=r"words of 2 shards .*\(b, sub/c\)"):
        check_strangers(tmp_path, {"a", "d"})


# The whole


@pytest.fixture
def shards(tmp_path) -> Path:
    write_tars(tmp_path / "in", synthetic(1), 60, 5)
    return tmp_path / "in"


@needs_program
def test_workers_of_ray_write_what_one_process_writes(tmp_path, shards):
    pytest.importorskip("ray")
    alone = encode(shards, tmp_path / "alone", "--workers", 0, "--text", "--max-errors", 1)
    assert alone.returncode == 0, alone.stderr
    ours = encode(shards, tmp_path / "ours", "--workers", 2, "--text")
    assert ours.returncode == 1 and "1 bad picture," in ours.stderr, ours.stderr
    assert ours.stdout.startswith(f"{tmp_path / 'ours'}: 60 pictures in 5 shards\n")
    for path in sorted((tmp_path / "alone").rglob("*.*")):
        twin = tmp_path / "ours" / path.relative_to(tmp_path / "alone")
        assert path.is_dir() or path.read_bytes() == twin.read_bytes(), path
    assert [row["key"] for row in rows(tmp_path / "ours", "errors")] == ["000050"]
    assert len({row["key"] for row in rows(tmp_path / "ours")}) == 60


FAILING = """#!/bin/sh
case $1 in
info) echo '{"hash": "0", "folder": "/"}' ;;
*) echo "spae: the weights are of another model" >&2; exit 1 ;;
esac
"""


@pytest.mark.parametrize("workers", [0, 1])
def test_the_cause_of_a_workers_error_is_what_is_told(tmp_path, workers):
    if workers:
        pytest.importorskip("ray")
    program = tmp_path / "failing"
    program.write_text(FAILING)
    program.chmod(0o755)
    given = "--program", program, "--workers", workers
    answer = run("encode", PICTURES, tmp_path / "out", *given)
    assert answer.returncode == 1
    assert answer.stderr == "spae.data: spae: the weights are of another model\n"
    assert not list((tmp_path / "out").rglob(".part-*"))


def test_a_worker_of_ray_answers_with_its_failure_whatever_it_is(tmp_path):
    cluster = pytest.importorskip("spae.data.cluster")

    class Broken:
        def answers(self, pictures):
            raise KeyError("surprise")

    (tmp_path / "a.jpg").touch()
    [shard] = found(Search(tmp_path)).shards
    choice = EngineChoice("native", "", "")
    worker = cluster.ShardWorker(Job(str(tmp_path / "out"), SETTINGS, choice))
    worker.engine = Broken()
    [outcome] = worker({"shard": [shard.to_json()]})["outcome"]
    with pytest.raises(DataError, match=r"(?s)KeyError: 'surprise'.*test_data.py"):
        cluster.entry(json.loads(outcome))


@needs_program
def test_a_killed_run_goes_on_and_does_no_finished_shard_again(tmp_path, shards):
    output = tmp_path / "out"
    call = ["encode", shards, output, "--program", PROGRAM, "--workers", 0, "--max-errors", 9]
    process = subprocess.Popen(
        [sys.executable, "-m", "spae.data", *map(str, call)], cwd=TRAINING, stdout=subprocess.PIPE
    )
    while not list(output.glob("manifest/*.json")) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = {path: path.stat().st_mtime_ns for path in output.glob("words/[!.]*")}
    again = run(*call)
    assert again.returncode == 0 and "done before" in again.stdout, again.stdout + again.stderr
    assert all(path.stat().st_mtime_ns == time for path, time in done.items())
    assert [row["key"] for row in rows(output)] == [f"{n:06}" for n in range(60)]
    assert not list(output.rglob(".part-*"))
    last = found(Search(shards)).shards[-1]
    Path(last.path).touch()
    changed = run(*call)
    assert "(4 of them done before)\n12 encoded" in changed.stdout, changed.stdout
    assert Entry.of(output, found(Search(shards)).shards[-1]).pictures == 12


@needs_program
def test_stats_count_the_words_of_each_layer(tmp_path, shards):
    for form in ("parquet", "webdataset"):
        output = tmp_path / form
        given = "--workers", 0, "--depth", 2, "--max-errors", 1, "--format", form
        assert encode(shards, output, *given).returncode == 0
        answer = run("stats", output)
        assert answer.returncode == 0, answer.stderr
        lines = answer.stdout.splitlines()
        assert lines[0] == "59 pictures with words"
        assert [line.split()[:2] for line in lines[2:4]] == [["1", "59"], ["2", "236"]]
        table = (output / "stats/words.tsv").read_text().splitlines()[1:]
        assert sum(int(line.split("\t")[2]) for line in table) == 59 * 5
        assert (output / "stats/words.svg").read_text().count("<polyline") >= 2


@needs_program
def test_pytorch_finds_nearly_the_same_words(tmp_path):
    model = TRAINING.parent / "Assets/models/small"
    assert encode(PICTURES, tmp_path / "native", "--workers", 0).returncode == 0
    torch = encode(
        PICTURES, tmp_path / "torch", "--workers", 0, "--engine", "torch", "--model", model
    )
    assert torch.returncode == 0, torch.stderr
    names = [f"layer{n}" for n in range(1, 7)]
    pairs = [
        (a, b)
        for ours, theirs in zip(rows(tmp_path / "native"), rows(tmp_path / "torch"))
        for name in names
        for a, b in zip(ours[name], theirs[name])
    ]
    assert len(pairs) == 14 * 597
    assert sum(a == b for a, b in pairs) > 0.99 * len(pairs)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("encode", "nowhere", "out", "--program", "nothing"), "nowhere: there is no such file"),
        (("encode", ".", "out", "--program", "nothing"), "nothing: cannot be run"),
        (("encode", ".", "out", "--engine", "torch"), "needs the model's folder"),
        (("stats", "."), "no words; is it what encode wrote?"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(b"")
    monkeypatch.setattr(sys, "argv", ["spae.data", *arguments])
    assert command.main() == 1
    answer = capsys.readouterr().err
    assert words in answer and answer.count("\n") == 1


def test_ray_that_is_missing_is_told_with_what_installs_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "a.png").write_bytes(b"")
    call = ["spae.data", "encode", str(tmp_path), str(tmp_path / "out"), "--program", str(PROGRAM)]
    monkeypatch.setattr(sys, "argv", call)
    assert command.main() == 1
    assert "pip install" in capsys.readouterr().err or not PROGRAM.exists()


# The bench


def test_the_work_of_children_that_nobody_waits_for_is_counted():
    work = "import time\nwhile time.process_time() < 1: pass\nprint(flush=True)"
    start = "subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=subprocess.PIPE)"
    parent = f"import os, subprocess, sys; {start}.stdout.read(1); os._exit(0)"
    cost = bench.timed(bench.Call([sys.executable, "-c", parent, work]))
    assert cost.cpu > 0.5, "the parent alone needs less"


def test_starting_is_left_out_of_rates_and_a_run_of_mere_starting_has_none():
    rate = bench.Rate.between(bench.Cost(1, 2), bench.Cost(3, 6), 8)
    assert rate == bench.Rate(4, 2)
    with pytest.raises(DataError, match="more --pictures"):
        bench.Rate.between(bench.Cost(3, 2), bench.Cost(3, 6), 8)


@needs_program
def test_everybody_whom_the_bench_times_can_do_the_pictures(tmp_path):
    pytest.importorskip("ray")
    options = Namespace(input=PICTURES, program=str(PROGRAM), model=None, memory=10)
    folder = bench.copied(bench.pictures(PICTURES), tmp_path / "in", 2)
    names = bench.calls(options, folder, tmp_path)
    assert all(bench.fresh(options, folder, tmp_path, name).cpu > 0 for name in names)
    assert [count for count, _ in bench.resident(options)] == [1, 5, 10]


def test_the_table_and_its_marks_are_beside_the_program_on_files():
    names = bench.FILES, "stream", "stream 2", "one", "two", "loader"
    rates = {name: bench.Rate(n, n) for n, name in enumerate(names, 1)}
    assert [line.split()[-1] for line in bench.table(rates)][1:3] == ["1.00x", "2.00x"]
    assert list(bench.marks(rates)) == [
        "stream per core, beside files: 2.00x, reaches 0.95x",
        "two workers beside one: 1.25x, misses 1.8x",
        "two workers beside DataLoader: 0.83x, misses 2x",
    ]
