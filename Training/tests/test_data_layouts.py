"""Data sets as others write them: webdataset, Hugging Face's datasets, img2dataset, PyArrow."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
webdataset = pytest.importorskip("webdataset")
os.environ["HF_HUB_OFFLINE"] = "1"
datasets = pytest.importorskip("datasets")

from data_runs import PICTURES, encode, keys, needs_program, read, rows, tar  # noqa: E402
from PIL import Image  # noqa: E402

from spae.data.left_out import HIDDEN, LOOSE, METADATA, NO_PICTURES  # noqa: E402
from spae.data.pictures import Reading  # noqa: E402

NAMES = ("cat", "dog", "goldfish")


def jpeg(name: str) -> bytes:
    file = io.BytesIO()
    Image.open(PICTURES / f"{name}.png").convert("RGB").resize((64, 64)).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture(scope="module")
def jpegs() -> dict[str, bytes]:
    return {name: jpeg(name) for name in NAMES}


# webdataset


def samples(folder: Path) -> list[str]:
    """The keys of the samples with a picture, as webdataset has them."""
    shards = sorted(map(str, folder.glob("*.tar*")))
    read = webdataset.WebDataset(shards, shardshuffle=False, empty_check=False)
    ends = ("jpg", "png", "webp")
    return [sample["__key__"] for sample in read if any(name.endswith(ends) for name in sample)]


@pytest.mark.parametrize("pattern", ["%03d.tar", "%03d.tar.gz"])
def test_shards_of_webdataset_are_read_under_its_own_keys(tmp_path, jpegs, pattern):
    with webdataset.ShardWriter(str(tmp_path / pattern), maxcount=2, verbose=0) as sink:
        for name, contents in jpegs.items():
            facts = {"json": {"name": name}, "cls": 7, "txt": f"a {name}"}
            sink.write({"__key__": f"train/{name}.v1", "seg.png": contents, **facts})
    pictures, left_out = read(tmp_path)
    assert [picture.contents for picture in pictures] == list(jpegs.values())
    keys = [picture.key for picture in pictures]
    assert keys == samples(tmp_path) == [f"train/{name}" for name in NAMES]
    assert left_out.total() == 9


def test_any_tar_is_read_under_the_keys_that_webdataset_finds(tmp_path, jpegs):
    names = ["./a.jpg", "a/00000.left.jpg", "a.b/c.JPG", "a.b/d.x.y.png", "é.webp", "_x_.jpg"]
    names += [os.fsdecode(b"caf\xe9.jpg"), "k", "._n.jpg", "__meta__/m.jpg", "__m__", "t.txt"]
    tar(tmp_path / "a.tar", {name: jpegs["cat"] for name in names})
    theirs = [os.fsencode(key).decode(errors="backslashreplace") for key in samples(tmp_path)]
    assert keys(tmp_path) == theirs and len(theirs) == 7


# Hugging Face's datasets


@pytest.fixture
def hugging(tmp_path, jpegs) -> Path:
    """A folder with pictures and the Parquet files that `datasets` writes of them."""
    for name, contents in jpegs.items():
        (tmp_path / "pictures").mkdir(exist_ok=True)
        (tmp_path / "pictures" / f"{name}.jpg").write_bytes(contents)
    return tmp_path


def dataset(folder: Path, column: str = "image") -> datasets.Dataset:
    paths = [str(folder / "pictures" / f"{name}.jpg") for name in NAMES]
    made = datasets.Dataset.from_dict({"label": [0, 1, 2], column: paths})
    return made.cast_column(column, datasets.Image())


@pytest.mark.parametrize("column", ["image", "img"])
def test_parquet_of_datasets_holds_the_pictures(hugging, jpegs, column):
    loaded = dataset(hugging, column).cast_column(column, datasets.Image(decode=False))

    def filled(row: dict) -> dict:
        return {column: {"bytes": Path(row[column]["path"]).read_bytes(), "path": None}}

    (hugging / "set").mkdir()
    source = hugging / "set" / "train-0.parquet"
    loaded.map(filled).cast_column(column, datasets.Image()).to_parquet(source)
    assert all(cell["bytes"] for cell in pq.read_table(source)[column].to_pylist())
    pictures, _ = read(hugging / "set")
    assert [(picture.key, picture.contents) for picture in pictures] == [
        (f"train-0/{n:09}", contents) for n, contents in enumerate(jpegs.values())
    ]


def test_parquet_of_datasets_with_paths_alone_is_read_from_them(hugging, jpegs):
    (hugging / "set").mkdir()
    source = hugging / "set" / "t.parquet"
    dataset(hugging).to_parquet(source)
    pictures, _ = read(hugging / "set")
    assert [picture.contents for picture in pictures] == list(jpegs.values())
    pictures, _ = read(source, Reading(picture_root=str(hugging / "set")))
    assert all("outside of --picture-root" in picture.problem for picture in pictures)
    (hugging / "pictures").rename(hugging / "moved")
    pictures, _ = read(source)
    assert all("no such file" in picture.problem for picture in pictures)


def test_a_folder_of_pictures_with_a_table_that_describes_them_is_its_pictures(hugging):
    names = [f"{name}.jpg" for name in NAMES]
    facts = pa.table({"file_name": names, "text": list(NAMES)})
    pq.write_table(facts, hugging / "pictures" / "metadata.parquet")
    assert keys(hugging / "pictures") == names
    assert read(hugging / "pictures")[1] == {("metadata.parquet", NO_PICTURES): 1}


# img2dataset, by the layouts of its four writers


def described(key: str, status: str = "success") -> dict:
    sizes = dict.fromkeys(("width", "height", "original_width", "original_height"), 64)
    error = None if status == "success" else "HTTP Error 404: Not Found"
    facts = {"url": f"https://host/{key}.jpg", "caption": f"a {key}", "key": key}
    return {**facts, "status": status, "error_message": error, **sizes, "exif": "{}", "sha256": "0"}


@pytest.fixture
def downloaded(jpegs) -> dict[str, bytes | None]:
    """Keys with what was downloaded; the last one was not."""
    return dict(zip((f"00000000{n}" for n in range(4)), [*jpegs.values(), None]))


def img2dataset(folder: Path, form: str, downloaded: dict[str, bytes | None]) -> Path:
    facts = [
        described(key, "success" if contents else "failed_to_download")
        for key, contents in downloaded.items()
    ]
    (folder / "00000_stats.json").write_text(json.dumps({"count": 4, "successes": 3}))
    if form == "parquet":
        facts = [{**row, "jpg": downloaded[row["key"]], "txt": row["caption"]} for row in facts]
    pq.write_table(pa.Table.from_pylist(facts), folder / "00000.parquet")
    members = {}
    for row in facts:
        if (contents := downloaded[row["key"]]) is not None:
            ends = {"jpg": contents, "txt": b"a", "json": json.dumps(row, default=str).encode()}
            members |= {f"{row['key']}.{end}": each for end, each in ends.items()}
    if form == "webdataset":
        tar(folder / "00000.tar", members)
    if form == "files":
        (folder / "00000").mkdir()
        for name, contents in members.items():
            (folder / "00000" / name).write_bytes(contents)
    return folder


@pytest.mark.parametrize("form", ["webdataset", "files", "parquet"])
def test_the_output_of_img2dataset_is_read_as_it_is(tmp_path, downloaded, jpegs, form):
    pictures, left_out = read(img2dataset(tmp_path, form, downloaded))
    assert [picture.contents for picture in pictures[:3]] == list(jpegs.values())
    assert read(tmp_path, Reading(key_column="sha256"))[1] == left_out
    names = {name: reason for name, reason in left_out}
    assert names.pop("00000_stats.json") == "not a picture: .json"
    if form == "parquet":
        assert [picture.key for picture in pictures] == list(downloaded) and not names
        assert "neither bytes nor a path" in pictures[3].problem
    else:
        assert names.pop("00000.parquet") == NO_PICTURES
        assert len(pictures) == 3 and len(names) == 6
        beside = "00000/%s.jpg" if form == "files" else "%s"
        assert [picture.key for picture in pictures] == [beside % key for key in downloaded][:3]


# The whole, with the program


def zipped_by_macos(path: Path, jpegs: dict[str, bytes]) -> None:
    junk = b"\x00\x05\x16\x07" + bytes(60)
    members = {f"{name}.jpg": contents for name, contents in jpegs.items()}
    members |= {f"._{name}.jpg": junk for name in NAMES}
    tar(path, {**members, "__MACOSX/._cat.jpg": junk, os.fsdecode(b"caf\xe9.jpeg"): jpegs["cat"]})


@needs_program
def test_what_is_left_out_is_counted_and_named_at_the_end_and_in_the_manifest(tmp_path, jpegs):
    (tmp_path / "in").mkdir()
    zipped_by_macos(tmp_path / "in" / "mac.tar", jpegs)
    img2dataset(tmp_path / "in", "webdataset", {"cat": jpegs["cat"], "none": None})
    (tmp_path / "in" / "loose.jfif").write_bytes(jpegs["cat"])
    done = encode(tmp_path / "in", tmp_path / "out", "--workers", 0, "--depth", 1)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{tmp_path / 'out'}: 5 pictures in 2 shards\n")
    assert {row["key"]: row["layer1"] for row in rows(tmp_path / "out")}[r"caf\xe9"] == ["cat"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    counts = {reason: each["count"] for reason, each in manifest["left_out"].items()}
    expected = {HIDDEN: 3, METADATA: 1, LOOSE: 1, NO_PICTURES: 1}
    assert counts == {**expected, "not a picture: .json": 2, "not a picture: .txt": 1}
    for reason, count in counts.items():
        assert f"left out: {count} ({reason}): " in done.stderr
    named = pq.read_table(tmp_path / "out/left-out").to_pylist()
    assert len(named) == sum(counts.values())
    assert {"name": "._cat.jpg", "shard": "mac", "reason": HIDDEN} in named
    assert {"name": "loose.jfif", "shard": None, "reason": LOOSE} in named
    assert manifest["duplicates"] == [{"key": "cat", "pictures": 2, "shards": ["00000", "mac"]}]
    assert "duplicate keys: 1 keys stand for several pictures each: cat (2);" in done.stderr


@needs_program
def test_pictures_of_one_sample_have_one_key_and_are_told(tmp_path, jpegs):
    names = ("a/00000.left.jpg", "a/00000.right.jpg", "a/00001.left.jpg")
    tar(tmp_path / "a.tar", dict(zip(names, jpegs.values())))
    for form in "parquet", "webdataset":
        given = ("--workers", 0, "--depth", 1, "--format", form)
        done = encode(tmp_path / "a.tar", tmp_path / form, *given)
        assert done.returncode == 0 and "a/00000 (2); see" in done.stderr, done.stderr
    by_file = encode(tmp_path / "a.tar", tmp_path / "parquet", *given[:-2], "--keys", "file")
    assert by_file.returncode == 1 and "was begun with keys sample, not file" in by_file.stderr
    by_file = encode(tmp_path / "a.tar", tmp_path / "file", *given[:-2], "--keys", "file")
    assert "duplicate" not in by_file.stderr
    assert [row["key"] for row in rows(tmp_path / "file")] == [n[:-4] for n in names]


@needs_program
def test_a_name_that_is_not_utf8_may_be_anywhere(tmp_path, jpegs):
    folder = tmp_path / os.fsdecode(b"f\xfcr \x1b[31m")
    (folder / "in").mkdir(parents=True)
    tar(folder / "in" / os.fsdecode(b"\xe9.tar"), {os.fsdecode(b"\xe9.jpg"): jpegs["cat"]})
    dataset = pa.table({"image": [jpegs["dog"], b"no picture"]})
    pq.write_table(dataset, folder.parent / "t.parquet")
    (folder.parent / "t.parquet").rename(folder / "in" / os.fsdecode(b"\xfc.parquet"))
    done = encode(folder / "in", folder / "out", "--workers", 0, "--depth", 1)
    shown = str(tmp_path / r"f\xfcr \u{1b}[31m" / "out")
    assert done.stdout.startswith(f"{shown}: 3 pictures in 2 shards\n"), done.stderr
    assert done.returncode == 1 and "\x1b" not in done.stdout + done.stderr
    assert r"bad picture: \xfc/000000001: " in done.stderr
    command = [sys.executable, "-m", "spae.data", "stats", folder / "out"]
    answer = subprocess.run(command, capture_output=True, cwd=Path(__file__).parent.parent)
    assert answer.returncode == 0 and answer.stdout.startswith(b"2 pictures with words"), (
        answer.stderr
    )
