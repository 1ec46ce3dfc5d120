"""What spae.data reads of tars, Parquet files and folders, how it is called, what is left out."""

import bz2
import gzip
import io
import lzma
import os
import random
import tarfile
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

from data_runs import keys, read, tar  # noqa: E402

from spae.data import DataError  # noqa: E402
from spae.data.left_out import DIRECTORY, HIDDEN, LOOSE, METADATA, SPECIAL  # noqa: E402
from spae.data.names import printable, text  # noqa: E402
from spae.data.pictures import MOST_BYTES, Reading  # noqa: E402
from spae.data.shards import Search, Shard, found  # noqa: E402

# Names


@pytest.mark.parametrize(
    "name, kept, shown",
    [
        ("plain é.jpg", "plain é.jpg", "plain é.jpg"),
        (b"caf\xe9.jpg", r"caf\xe9.jpg", r"caf\xe9.jpg"),
        ("\x1b]0;owned\x07.jpg", "\x1b]0;owned\x07.jpg", r"\u{1b}]0;owned\u{7}.jpg"),
        ("a\nb\x9b\u202egpj", "a\nb\x9b\u202egpj", r"a\nb\u{9b}\u{202e}gpj"),
    ],
)
def test_names_are_bytes_that_become_text_and_are_shown_escaped(name, kept, shown):
    name = os.fsdecode(name)
    assert (text(name), printable(name)) == (kept, shown)


# Tars


@pytest.mark.parametrize(
    "name, pack",
    [
        ("a.tar", bytes),
        ("a.tar.gz", gzip.compress),
        ("b.tgz", gzip.compress),
        ("c.tar.bz2", bz2.compress),
        ("d.tar.xz", lzma.compress),
        ("gzip.tar", gzip.compress),
        ("xz.tar.gz", lzma.compress),
        ("plain.tgz", bytes),
    ],
)
def test_a_tar_is_read_by_its_contents_whatever_its_name_says(tmp_path, name, pack):
    members = {"x/1.jpg": b"1", "x/1.cls": b"7", "2.left.PNG": b"2", "3.gif": b"3"}
    (tmp_path / name).write_bytes(pack(tar(tmp_path / "packed", members)))
    (tmp_path / "packed").unlink()
    pictures, left_out = read(tmp_path)
    assert [(each.key, each.contents) for each in pictures] == [
        ("x/1", b"1"),
        ("2", b"2"),
        ("3", b"3"),
    ]
    assert left_out == {("x/1.cls", "not a picture: .cls"): 1}
    assert keys(tmp_path, Reading(keys="file")) == ["x/1", "2.left", "3"]


@pytest.mark.parametrize(
    "start, words", [(b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\x03\x04", "a zip"), (b"text", "damaged")]
)
def test_what_is_no_tar_is_one_bad_picture_that_says_what_it_is(tmp_path, start, words):
    (tmp_path / "a.tar").write_bytes(start + bytes(1000))
    [picture], _ = read(tmp_path)
    assert picture.key == "a.tar#0" and words in picture.problem


def test_a_tar_leaves_out_what_webdataset_skips_and_names_it(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as file:
        for name in ("a.jpg", "._a.jpg", "d/._b.jpg", "__MACOSX/._a.jpg", "__MACOSX/c.jpg"):
            add(file, name)
        for name in ("__meta__/d.jpg", "__e__.jpg", "__index__", "k", "n.12345", "in.tar"):
            add(file, name)
        add(file, "folder.jpg", type=tarfile.DIRTYPE)
        add(file, "link.jpg", type=tarfile.SYMTYPE, linkname="a.jpg")
    pictures, left_out = read(tmp_path)
    assert [picture.key for picture in pictures] == ["a", "__e__"]
    assert {(name, reason) for name, reason in left_out} == {
        ("._a.jpg", HIDDEN),
        ("d/._b.jpg", HIDDEN),
        ("__MACOSX/._a.jpg", METADATA),
        ("__MACOSX/c.jpg", METADATA),
        ("__meta__/d.jpg", METADATA),
        ("__index__", METADATA),
        ("k", "no suffix"),
        ("n.12345", "no suffix"),
        ("in.tar", "data set within a tar: .tar"),
        ("folder.jpg", DIRECTORY),
        ("link.jpg", SPECIAL),
    }


def add(file: tarfile.TarFile, name: str, **fields) -> None:
    member = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(member, field, value)
    member.size = 0 if fields else 1
    file.addfile(member, io.BytesIO(b"x" * member.size))


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_a_member_whose_name_is_not_utf8_is_read_and_its_key_is_escaped(tmp_path, form):
    with tarfile.open(tmp_path / "a.tar", "w", format=form, encoding="latin-1") as file:
        add(file, "café.jpg")
        add(file, "ok.jpg")
    expected = "café" if form == tarfile.PAX_FORMAT else r"caf\xe9"
    assert keys(tmp_path) == [expected, "ok"]


@pytest.mark.parametrize("length", [0, 300, 512, 700, 1024, 1300, 2000, 2048])
def test_a_tar_that_breaks_off_is_told_after_its_whole_pictures(tmp_path, length):
    whole = tar(tmp_path / "a.tar", {"1.jpg": b"x" * 10, "2.jpg": b"y" * 900})
    (tmp_path / "a.tar").write_bytes(whole[:length])
    pictures, _ = read(tmp_path)
    good = [picture.contents for picture in pictures if not picture.problem]
    assert good == [b"x" * 10][: length >= 522]
    assert pictures[-1].problem, "nobody is told"


def test_noise_between_two_members_is_not_the_end(tmp_path):
    whole = tar(tmp_path / "a.tar", {"1.jpg": b"x", "2.jpg": b"y"})
    (tmp_path / "a.tar").write_bytes(whole[:1024] + b"?" * 512 + whole[1536:])
    assert [picture.problem is None for picture in read(tmp_path)[0]] == [True, False]


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_damage_anywhere_is_told_and_never_ends_the_run(tmp_path, form, pack):
    with tarfile.open(tmp_path / "whole", "w", format=form) as file:
        for name in ("a" * 150 + ".jpg", "é.png", "b.jpg"):
            add(file, name)
    whole, noise = pack((tmp_path / "whole").read_bytes()), random.Random(1)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[noise.randrange(min(len(damaged), 5000))] = noise.randrange(256)
        (tmp_path / "a.tar").write_bytes(damaged)
        pictures, left_out = read(tmp_path / "a.tar")
        assert len(pictures) + left_out.total() == 3 or pictures[-1].problem


def test_a_picture_beyond_the_limit_is_bad_and_is_not_read(tmp_path):
    with (tmp_path / "a.jpg").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    [picture], _ = read(tmp_path)
    assert picture.contents == b"" and f"more than {MOST_BYTES} bytes" in picture.problem


# Parquet


def table(folder: Path, columns: dict | pa.Table) -> Path:
    made = columns if isinstance(columns, pa.Table) else pa.table(columns)
    pq.write_table(made, folder / "t.parquet")
    return folder


STRUCT = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


@pytest.mark.parametrize(
    "columns, reading",
    [
        ({"id": ["a", "b"], "jpg": [b"1", None]}, Reading()),
        ({"image": [{"bytes": b"1", "path": "p"}, {"bytes": None, "path": "q"}]}, Reading()),
        ({"image": ["p", "q"], "bytes": [b"1", None]}, Reading()),
        ({"img": pa.array([b"1", None], pa.large_binary())}, Reading()),
        ({"img": pa.array([b"1", None]).dictionary_encode(), "label": [1, 2]}, Reading()),
        ({"mine": ["a", "b"], "picture": [b"1", None]}, Reading(key_column="mine")),
        ({"one": [b"1", None], "other": [b"3", b"4"]}, Reading(image_column="one")),
        ({"key": [b"1", None], "other": [b"3", b"4"]}, Reading(image_column="key")),
        ({"thumb": [b"3", b"4"], "a.b": [b"1", None]}, Reading(image_column="a.b")),
    ],
)
def test_parquet_has_its_pictures_in_the_column_of_their_type_or_the_one_named(
    tmp_path, columns, reading
):
    pictures, _ = read(table(tmp_path, columns), reading)
    assert [picture.contents for picture in pictures] == [b"1", b""]
    assert [picture.problem is None for picture in pictures] == [True, False]


@pytest.mark.parametrize(
    "column, expected",
    [
        (["a", "é"], ["a", "é"]),
        ([b"k1", b"caf\xe9"], ["k1", r"caf\xe9"]),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
        (pa.array(["a", "b"], pa.large_string()), ["a", "b"]),
        (pa.array([b"caf\xe9", b"b"]).view(pa.string()), [r"caf\xe9", "b"]),
        ([7, 2**60], ["7", str(2**60)]),
        ([0.5, 1.5], ["t/000000000", "t/000000001"]),
    ],
)
def test_keys_of_parquet_are_text(tmp_path, column, expected):
    pictures, _ = read(table(tmp_path, {"key": column, "image": [b"1", b"2"]}))
    assert [(picture.key, picture.problem) for picture in pictures] == [
        (key, None) for key in expected
    ]


@pytest.mark.parametrize("column", [["a", None], [b"a", None], pa.array([1, None])])
def test_a_null_key_is_an_error_of_its_row(tmp_path, column):
    pictures, _ = read(table(tmp_path, {"key": column, "image": [b"1", b"2"]}))
    assert pictures[0].problem is None
    assert pictures[1].key == "t/000000001" and "the key is null" in pictures[1].problem


@pytest.mark.parametrize(
    "columns, reading, words",
    [
        ({"a": [1]}, Reading(), r"no column holds pictures .*a \(int64\)"),
        ({"a": [b"1"]}, Reading(image_column="b"), r"no column 'b'; it has a \(binary\)"),
        ({"a": [b"1"]}, Reading(key_column="b"), "no column 'b'"),
        ({"a": ["p"]}, Reading(image_column="a"), "column 'a' is string; pictures are binary"),
        ({"a": [b"1"], "b": [0.5]}, Reading(key_column="b"), "column 'b' is double; keys are"),
        ({"left": [b"1"], "right": [b"2"]}, Reading(), "--image-column: left, right"),
        ({"image": [{"bytes": b"1"}], "bytes": [b"2"]}, Reading(), "--image-column: image, bytes"),
    ],
)
def test_columns_that_do_not_say_which_they_are_are_named_with_the_option(
    tmp_path, columns, reading, words
):
    with pytest.raises(DataError, match=words):
        read(table(tmp_path, columns), reading)


def test_columns_of_one_name_are_no_keys_and_no_pictures(tmp_path):
    columns = pa.array(["a"]), pa.array([b"1"]), pa.array(["b"])
    table(tmp_path, pa.Table.from_arrays(columns, ["key", "image", "key"]))
    assert keys(tmp_path) == ["t/000000000"]
    with pytest.raises(DataError, match="several columns are called 'key'"):
        keys(tmp_path, Reading(key_column="key"))


def test_sounds_are_no_pictures_where_hugging_face_says_so(tmp_path):
    cells = pa.array([{"bytes": b"1", "path": None}], STRUCT)
    features = b'{"info": {"features": {"a": {"_type": "Audio"}, "b": {"_type": "Image"}}}}'
    made = pa.table({"a": cells, "b": cells})
    with pytest.raises(DataError, match="--image-column: a, b"):
        read(table(tmp_path, made))
    assert keys(table(tmp_path, made.replace_schema_metadata({b"huggingface": features})))


def test_a_row_with_a_path_and_no_bytes_is_read_from_it(tmp_path):
    folder = tmp_path / "set" / "data"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(b"a")
    (tmp_path / "b.jpg").write_bytes(b"b")
    os.mkfifo(folder / "pipe.jpg")
    paths = ["a.jpg", "../../b.jpg", str(folder / "a.jpg"), "pipe.jpg", "/dev/zero", "no.jpg"]
    paths += ["https://host/a.jpg", "a\0.jpg"]
    cells = [{"bytes": None, "path": path} for path in paths]
    source = table(folder, pa.table({"image": pa.array(cells, STRUCT)})) / "t.parquet"
    pictures, _ = read(source)
    assert [picture.contents for picture in pictures] == [b"a", b"b", b"a", *[b""] * 5]
    problems = [picture.problem or "" for picture in pictures]
    words = ["", "", "", "not a regular", "not a regular", "no such file", "an address", "null"]
    assert all(word in problem for word, problem in zip(words, problems)), problems
    pictures, _ = read(source, Reading(picture_root=str(folder)))
    assert [picture.contents for picture in pictures[:3]] == [b"a", b"", b"a"]
    assert "outside of --picture-root" in pictures[1].problem
    pictures, _ = read(source, Reading(picture_root=str(tmp_path)))
    assert [n for n, picture in enumerate(pictures) if picture.problem is None] == [2]


def test_rows_with_paths_alone_may_have_bytes_of_no_type(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"a")
    pictures, _ = read(table(tmp_path, {"picture": [{"bytes": None, "path": "a.jpg"}]}))
    assert [picture.contents for picture in pictures] == [b"a"]


def test_a_damaged_parquet_file_is_one_bad_picture(tmp_path):
    (tmp_path / "t.parquet").write_bytes(b"PAR1 no more")
    [picture], _ = read(tmp_path)
    assert "damaged after 0 pictures" in picture.problem


# Folders


def test_loose_pictures_are_parted_in_order_and_the_rest_is_named(tmp_path):
    names = ("b/2.PNG", "a.jpg", ".c.png", "b/1.webp", "notes.txt", "d.jfif", "e.jpe", ".g/h.jpg")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "gone.jpg").symlink_to("nowhere")
    (tmp_path / "b" / "up").symlink_to("..")
    (tmp_path / "out").mkdir()
    search = {"files_in_a_shard": 2, "output": tmp_path / "out"}
    shards = found(Search(tmp_path, **search)).shards
    assert [shard.files for shard in shards] == [
        ("a.jpg", "b/1.webp"),
        ("b/2.PNG", "d.jfif"),
        ("e.jpe", "gone.jpg"),
    ]
    pictures, left_out = read(tmp_path, **search)
    assert [picture.contents for picture in pictures[:-1]] == [
        picture.key.encode() for picture in pictures[:-1]
    ]
    assert "no such file" in pictures[-1].problem
    assert set(left_out) == {
        (".c.png", HIDDEN),
        (".g/", HIDDEN),
        ("notes.txt", "not a picture: .txt"),
        ("pipe.jpg", SPECIAL),
        ("b/up/", "link to a folder that holds it"),
        ("out/", "the output folder"),
    }


def test_files_whose_names_are_not_utf8_are_read_and_shown_escaped(tmp_path):
    name = os.fsdecode(b"caf\xe9")
    (tmp_path / f"{name}.jpg").write_bytes(b"1")
    (tmp_path / f"{name}.txt").write_bytes(b"1")
    pictures, _ = read(tmp_path)
    assert [(picture.key, picture.contents) for picture in pictures] == [(r"caf\xe9.jpg", b"1")]
    tar(tmp_path / f"{name}.tar", {"a.jpg": b"2"})
    pq.write_table(pa.table({"jpg": [b"3"]}), tmp_path / "t.parquet")
    (tmp_path / "t.parquet").rename(tmp_path / f"{name}2.parquet")
    shards = found(Search(tmp_path)).shards
    assert [shard.name for shard in shards] == [r"caf\xe9", r"caf\xe92"]
    assert all(Shard.from_json(shard.to_json()) == shard for shard in shards)
    assert keys(tmp_path) == ["a", r"caf\xe92/000000000"]


def test_loose_pictures_beside_shards_are_left_out_by_name_or_read_where_asked(tmp_path):
    tar(tmp_path / "a.tar", {"a.jpg": b"1"})
    (tmp_path / "b.jpg").write_bytes(b"2")
    (tmp_path / "c.tar.zst").write_bytes(b"3")
    pictures, left_out = read(tmp_path)
    assert [picture.key for picture in pictures] == ["a"]
    zst = ("c.tar.zst", "kind of data set that is not read: .zst")
    assert set(left_out) == {("b.jpg", LOOSE), zst}
    assert keys(tmp_path, is_loose=True) == ["a", "b.jpg"]


def test_what_is_no_data_set_is_refused_with_what_it_holds(tmp_path):
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.zip").touch()
    with pytest.raises(DataError, match=r"holds no tars .*\.zip\): b.zip.*\.txt\): a.txt"):
        found(Search(tmp_path))
    with pytest.raises(DataError, match="no such"):
        found(Search(tmp_path / "nowhere"))
    os.mkfifo(tmp_path / "pipe.tar")
    with pytest.raises(DataError, match="pipe.tar: not a regular file"):
        found(Search(tmp_path / "pipe.tar"))
    tar(tmp_path / "a.tar", {})
    pq.write_table(pa.table({"jpg": [b"1"]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="rename one"):
        found(Search(tmp_path))
