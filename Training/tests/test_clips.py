"""Clips as PyTorch reads them: the pixels of y4m, rates, and the text of films."""

import io
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from spae import clips
from spae.clips import Clip, ClipError, opened, steady_rate
from spae.model.film_text import quoted, rate_text
from spae.y4m import frames, header, rate_of

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")


def pictures(contents: bytes) -> list[np.ndarray]:
    source = io.BytesIO(contents)
    return list(frames(source, header(source)))


# The pixels that the engine's tests of y4m expect.


@pytest.mark.parametrize(
    "sampling", ["420", "420jpeg", "420mpeg2", "420paldv", "411", "422", "444", "mono"]
)
def test_frames_in_every_sampling(sampling):
    head = header(io.BytesIO(f"YUV4MPEG2 W5 H3 F25:1 C{sampling}\n".encode()))
    rest = head.bytes_of_a_frame - 15
    made = b"".join(
        b"FRAME\n" + bytes([grey]) * 15 + bytes([128]) * rest for grey in (16, 235, 126)
    )
    found = list(frames(io.BytesIO(made), head))
    assert [frame[2, 4].tolist() for frame in found] == [[0] * 3, [255] * 3, [128] * 3]
    assert head.rate == 25 and found[0].shape == (3, 5, 3)


@pytest.mark.parametrize(
    "planes, colour",
    [
        ((81, 90, 240), (255, 0, 0)),
        ((145, 54, 34), (0, 255, 0)),
        ((41, 240, 110), (0, 0, 255)),
        ((210, 16, 146), (255, 255, 0)),
    ],
)
def test_the_colours_of_bt_601(planes, colour):
    [pixel] = pictures(b"YUV4MPEG2 W1 H1 F1:1 C444\nFRAME\n" + bytes(planes))
    assert np.abs(pixel[0, 0].astype(int) - colour).max() <= 2


@pytest.mark.parametrize(
    "sampling, rises",
    [
        ("420jpeg", [0, 24, 72, 72, 24, 0, 0, 0]),
        ("422", [0, 48, 96, 48, 0, 0, 0, 0]),
        ("420mpeg2", [0, 48, 96, 48, 0, 0, 0, 0]),
    ],
)
def test_colour_lies_where_its_samples_do(sampling, rises):
    rows = 1 if sampling == "422" else 2
    light, blue, red = bytes([126]) * 8 * rows, bytes([128]) * 4, bytes([128, 188, 128, 128])
    start = f"YUV4MPEG2 W8 H{rows} F25:1 C{sampling}\nFRAME\n".encode()
    [picture] = pictures(start + light + blue + red)
    red_of = picture[0, :, 0].astype(int) - picture[0, -1, 0]
    assert np.abs(red_of - rises).max() <= 1, red_of


@pytest.mark.parametrize(
    "contents, reason",
    [
        (b"YUV4MPEG2 W4 H4 F25:1", "does not end"),
        (b"YUV4MPEG2 H4 F25:1\n", r"no width \(W\)"),
        (b"YUV4MPEG2 W4 H0 F25:1\n", "'H0'"),
        (b"YUV4MPEG2 W4 H4 F0:0\n", "does not say its frame rate"),
        (b"YUV4MPEG2 W4 H4 F25:1 C420p10\n", "'420p10'"),
        (b"YUV4MPEG2 W99999 H1 F25:1\n", "at most 40000000 pixels"),
        (b"YUV4MPEG2 W4 H4 F25:1 Cmono\n", "has no frame"),
        (
            b"YUV4MPEG2 W4 H4 F25:1 Cmono\nFRAME\nabc",
            "in its first frame: the next frame has 3 of 16",
        ),
        (
            b"YUV4MPEG2 W1 H1 F25:1 Cmono\nFRAME\nxFRAMES\nx",
            "behind frame 1: no frame begins there",
        ),
    ],
)
def test_what_is_no_y4m_says_why(contents, reason):
    with pytest.raises(ClipError, match=reason):
        pictures(contents)


def test_rates():
    assert rate_of("30000/1001") == Fraction(30000, 1001) and rate_of("29.97") == Fraction(
        2997, 100
    )
    assert [rate_of(text) for text in ("", "0/0", "1/2/3", "-5", "2000000000", "x")] == [None] * 6
    assert steady_rate(Fraction(25), Fraction(25)) == 25
    assert steady_rate(Fraction(90000), Fraction(251, 10)) == 25
    assert steady_rate(None, Fraction(12)) == 12
    texts = [rate_text(Fraction(*rate)) for rate in ((25, 1), (2997, 100), (25, 2), (30000, 1001))]
    assert texts == ["25", "29.97", "12.5", "30000/1001"]


def test_names_within_quotes():
    assert quoted('a"b\\c\n\x1b') == '"a\\"b\\\\c\\u{a}\\u{1b}"'


# By ffmpeg


@needs_ffmpeg
def test_frames_by_ffmpeg_have_the_rate_of_the_clip_and_break_off_with_a_reason(tmp_path: Path):
    path = tmp_path / "-a:b.mkv"
    call = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=32x16:rate=25", "-t", "0.4"]
    subprocess.run([*call, "-c:v", "ffv1", f"file:{path}"], check=True, stdin=subprocess.DEVNULL)
    clip = opened(path)
    assert isinstance(clip, Clip) and clip.rate == 25
    assert [frame.size for frame in clip.frames] == [(32, 16)] * 10
    (tmp_path / "b.mp4").write_bytes(b"no clip at all")
    with pytest.raises(
        ClipError, match="^ffmpeg ended with status 1; its last lines: .*Invalid data"
    ):
        opened(tmp_path / "b.mp4")


def test_a_program_that_says_nothing_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(clips, "PATIENCE", 0.1)
    with pytest.raises(ClipError, match="^ffmpeg did nothing for 0.1 s and was ended$"):
        list(clips.frames(["sleep", "60"], "mp4"))


def test_without_ffmpeg_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "b.mp4").write_bytes(b"x")
    with pytest.raises(ClipError, match="apt install ffmpeg"):
        opened(tmp_path / "b.mp4")
