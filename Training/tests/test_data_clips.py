"""Clips of data sets: what is read of them, and the films that come out."""

import io
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

from data_runs import PICTURES, PROGRAM, encode, needs_program, read, rows, run, tar  # noqa: E402

from spae.data import engines  # noqa: E402
from spae.data.engines import Answer, answer, whole_line  # noqa: E402
from spae.data.left_out import CLIP  # noqa: E402
from spae.data.pictures import Picture, Reading  # noqa: E402
from spae.data.tables import joined  # noqa: E402

CAT = (PICTURES / "cat.png").read_bytes()
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")


def clip(*greys: int, side: int = 64) -> bytes:
    """A y4m of so many grey frames."""
    frames = b"".join(b"FRAME\n" + bytes([grey]) * side**2 for grey in greys)
    return b"YUV4MPEG2 W%d H%d F25:1 Cmono\n" % (side, side) + frames


def moving(side: int = 128, count: int = 3) -> bytes:
    """A y4m of 4:2:0 in which a photograph passes by."""
    photo = Image.open(io.BytesIO(CAT)).convert("YCbCr")
    planes = []
    for left in range(0, 6 * count, 6):
        bands = photo.crop((left, 0, left + side, side)).split()
        light, *colours = (np.asarray(band) for band in bands)
        planes.append(b"".join(p.tobytes() for p in (light, *(c[::2, ::2] for c in colours))))
    head = b"YUV4MPEG2 W%d H%d F30000:1001 C420mpeg2 XCOLORRANGE=FULL\n" % (side, side)
    return head + b"".join(b"FRAME\n" + each for each in planes)


def share_of_equal_words(ours: str, theirs: str) -> float:
    """Of two films with equal headers and frames: of the words of the first frame."""
    (head, first), (other_head, other_first) = (t.split("frame 1 key") for t in (ours, theirs))
    assert head == other_head and ours.count("frame ") == theirs.count("frame ")
    pair = [text.partition("frame 2")[0].split() for text in (first, other_first)]
    assert len(pair[0]) == len(pair[1])
    return sum(a == b for a, b in zip(*pair)) / len(pair[0])


def film(path: Path, *options: str) -> str:
    """The text that the program itself makes of a clip."""
    call = [PROGRAM, "encode", "--fit", "crop", "--quiet", *options, path]
    return subprocess.run(call, capture_output=True, check=True, text=True).stdout


def frames(text: str) -> list[str]:
    """A film without its header, where the name of its source stands."""
    return text.partition("\nrate")[2].splitlines()


# Reading


def test_clips_of_tars_are_files_of_their_own_as_long_as_somebody_has_them(tmp_path):
    contents = clip(1, 2)
    tar(
        tmp_path / "a.tar", {"x/1.jpg": b"1", "x/1.json": b"{}", "x/1.y4m": contents, "2.MP4": b"2"}
    )
    pictures, left_out = read(tmp_path)
    assert [(each.key, each.is_clip) for each in pictures] == [
        ("x/1", False),
        ("x/1", True),
        ("2", True),
    ]
    assert [each.contents for each in pictures] == [b"1", b"", b""]
    assert Path(pictures[1].path).read_bytes() == contents
    assert left_out == {("x/1.json", "not a picture: .json"): 1}


def test_clips_are_left_out_by_name_where_nobody_wants_them(tmp_path):
    tar(tmp_path / "a.tar", {"1.jpg": b"1", "1.mkv": b"2"})
    (tmp_path / "sub").mkdir()
    pictures, left_out = read(tmp_path, Reading(clips=False))
    assert [each.key for each in pictures] == ["1"]
    assert left_out == {("1.mkv", CLIP): 1}
    (tmp_path / "a.tar").unlink()
    (tmp_path / "sub/b.mp4").write_bytes(b"2")
    (tmp_path / "c.png").write_bytes(b"1")
    assert read(tmp_path, Reading(clips=False))[1] == {("sub/b.mp4", CLIP): 1}
    assert [each.key for each in read(tmp_path)[0]] == ["c.png", "sub/b.mp4"]


def test_a_clip_that_a_tar_breaks_in_is_damage_of_the_tar(tmp_path):
    whole = tar(tmp_path / "a.tar", {"1.jpg": b"1", "2.y4m": clip(*range(20))})
    (tmp_path / "a.tar").write_bytes(whole[:9000])
    pictures, _ = read(tmp_path)
    assert [each.key for each in pictures] == ["1", "a.tar#1"]
    assert "damaged after 1 pictures: unexpected end of data" in pictures[1].problem


def test_a_clip_that_is_missing_or_no_file_is_a_bad_one(tmp_path):
    (tmp_path / "a.mp4").symlink_to("nowhere")
    [picture], _ = read(tmp_path)
    assert picture == Picture("a.mp4", problem="no such file or directory", is_clip=True)


# Answers


def test_a_picture_and_a_clip_of_one_key_are_one_answer():
    words, movie = [["x"]], "spae film 1\n"
    picture, clip = Answer("a", words, 3, 4), Answer("a", None, 5, 6, film=movie, is_clip=True)
    both = Answer("a", words, 3, 4, film=movie)
    other, bad = Answer("b", words, 1, 2), Answer("a", error="why", is_clip=True)
    assert list(joined([picture, clip, other])) == [both, other]
    assert list(joined([clip, picture])) == [both]
    assert list(joined([picture, clip, clip])) == [both, clip]
    assert list(joined([picture, picture, clip])) == [picture, both]
    for apart in ([picture, bad], [other, clip], [clip, clip], []):
        assert list(joined(apart)) == apart


def test_a_film_that_is_too_long_is_a_bad_one_and_the_next_line_is_whole(monkeypatch):
    monkeypatch.setattr(engines, "MOST_LINE", 100)
    record = {"key": "a", "width": 1, "height": 1, "model": "0", "film": "x" * 250}
    source = io.BytesIO(
        json.dumps(record).encode() + b"\n" + b'{"key":"b","model":"0","error":"e"}\n'
    )
    first = answer(whole_line(source), Picture("a", is_clip=True))
    assert first == Answer(
        "a", error="its film has more than 100 bytes; cut the clip into several", is_clip=True
    )
    assert answer(whole_line(source), Picture("b")) == Answer("b", error="e")
    assert whole_line(source) == b""


# The whole


@needs_program
@pytest.mark.parametrize("form", ["parquet", "webdataset"])
def test_clips_become_films_beside_the_words_of_pictures(tmp_path, form):
    (tmp_path / "in").mkdir()
    whole = clip(40, 40, 200)
    members = {"a.png": CAT, "a.y4m": whole, "b.y4m": whole[:-5], "c.y4m": whole, "d.txt": b""}
    tar(tmp_path / "in/s.tar", members)
    (tmp_path / "a.y4m").write_bytes(whole)
    output = tmp_path / "out"
    done = encode(tmp_path / "in", output, "--workers", 0, "--format", form, "--text")
    assert done.returncode == 1
    assert done.stdout.startswith(f"{output}: 1 picture and 3 clips in 1 shard\n4 encoded in")
    assert (
        "bad picture or clip: b: the y4m film is cut short or damaged behind frame 2" in done.stderr
    )
    assert "left out: 1 (not a picture: .txt): d.txt" in done.stderr
    expected = film(tmp_path / "a.y4m")
    lines = [json.loads(line) for line in (output / "text/s.jsonl").read_text().splitlines()]
    assert [line["key"] for line in lines] == ["a", "c"]
    assert "text" in lines[0] and "text" not in lines[1]
    assert lines[0]["film"] == expected
    manifest = json.loads((output / "manifest.json").read_text())
    counts = ("pictures", "clips", "errors", "duplicate_keys")
    assert [manifest[name] for name in counts] == [1, 3, 1, 0]
    if form == "parquet":
        first, broken, last = rows(output)
        assert first["film"] == expected and len(first["layer3"]) == 16 and first["width"] == 256
        assert (
            frames(broken["film"])[-3:] == ["frame 2", "", "end"] and "cut short" in broken["error"]
        )
        assert frames(last["film"]) == frames(expected) and last["layer1"] is None
        assert (last["width"], last["height"]) == (64, 64)
    else:
        with tarfile.open(output / "words/s.tar") as file:
            assert file.getnames() == [
                f"00000000{n}" for n in ("0.json", "0.spae", "2.json", "2.spae")
            ]
            assert file.extractfile("000000000.spae").read().decode() == expected
    stats = run("stats", output)
    assert stats.stdout.startswith("1 pictures with words\n"), stats.stderr


@needs_program
def test_pytorch_makes_films_with_nearly_the_words_of_the_program(tmp_path):
    whole = moving()
    members = {"a.png": CAT, "a.y4m": whole, "b.y4m": whole[:-5], "c.avi": CAT, "d.mov": b""}
    tar(tmp_path / "s.tar", members)
    output, model = tmp_path / "out", PICTURES.parent / "models/small"
    done = encode(
        tmp_path / "s.tar", output, "--workers", 0, "--engine", "torch", "--model", model, "--text"
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith(f"{output}: 1 picture and 4 clips in 1 shard\n5 encoded in")
    assert "b: the y4m film is cut short or damaged behind frame 2" in done.stderr
    assert "d: the file is empty" in done.stderr
    both, cut, picture, empty = rows(output)
    (tmp_path / "a.y4m").write_bytes(whole)
    expected = film(tmp_path / "a.y4m")
    assert both["width"] == 256 and share_of_equal_words(both["film"], expected) > 0.98
    assert (
        cut["film"] == both["film"].replace('"a.y4m"', '"b.y4m"').partition("frame 3")[0] + "end\n"
    )
    assert picture["film"] is None and picture["layer1"] == both["layer1"]
    assert empty["film"] is None and empty["width"] is None


@needs_program
@needs_ffmpeg
def test_clips_that_ffmpeg_reads_become_films_from_tars_and_folders(tmp_path):
    (tmp_path / "in").mkdir()
    source, made = tmp_path / "a.y4m", tmp_path / "in/a.mp4"
    source.write_bytes(clip(40, 90, 200))
    call = ["ffmpeg", "-v", "error", "-i", source, "-pix_fmt", "yuv420p", made]
    subprocess.run(call, check=True, stdin=subprocess.DEVNULL)
    assert encode(tmp_path / "in", tmp_path / "loose", "--workers", 0).returncode == 0
    [row] = rows(tmp_path / "loose")
    assert row["key"] == "a.mp4" and row["film"] == film(made)
    tar(tmp_path / "s.tar", {"x/a.mp4": made.read_bytes(), "x/b.mp4": b"no clip"})
    done = encode(tmp_path / "s.tar", tmp_path / "packed", "--workers", 0)
    assert done.returncode == 1 and "bad clip: x/b: ffmpeg" in done.stderr, done.stderr
    assert done.stdout.startswith(f"{tmp_path / 'packed'}: 2 clips in 1 shard\n")
    good, bad = rows(tmp_path / "packed")
    assert frames(good["film"]) == frames(film(made)) and bad["film"] is None
    alone = encode(tmp_path / "s.tar", tmp_path / "none", "--workers", 0, "--no-clips")
    assert f"left out: 2 ({CLIP}): x/a.mp4, x/b.mp4" in alone.stderr


def test_no_copy_of_a_clip_stays_open(tmp_path):
    tar(tmp_path / "a.tar", {f"{n}.y4m": clip(n) for n in range(50)})
    before = len(os.listdir("/proc/self/fd"))
    pictures, _ = read(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before + 50
    del pictures
    assert len(os.listdir("/proc/self/fd")) == before
