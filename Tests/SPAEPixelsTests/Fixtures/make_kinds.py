"""Makes a small picture of every kind, and what each shows (reference.py), with Pillow 13.

    apt-get install libjpeg-turbo-progs libheif-examples
    python make_kinds.py

The pictures are in kinds/; kinds.json holds, by file, the size and the RGB in base64. PNG files of
every depth and kind are written here bit by bit, since no library writes them all.
"""

import base64
import io
import itertools
import json
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from reference import CHANNELS, PASSES, laid_on_white, picture

HERE = Path(__file__).parent
KINDS = HERE / "kinds"
random = np.random.default_rng(7)


def save(name: str, contents: bytes) -> None:
    (KINDS / name).write_bytes(contents)


# PNG


DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
NAMES = {0: "grey", 2: "rgb", 3: "palette", 4: "grey-alpha", 6: "rgb-alpha"}


def chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png(samples: np.ndarray, depth: int, colour: int, interlaced: bool, *extra: bytes) -> bytes:
    """A file of the samples, [height, width, channels]; each row has another filter."""
    height, width, _ = samples.shape
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    passes = PASSES if interlaced else ((0, 0, 1, 1),)
    data = b"".join(
        filtered(samples[top::down, left::across], depth) for left, top, across, down in passes
    )
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            *extra,
            chunk(b"IDAT", zlib.compress(data, 9)),
            chunk(b"IEND", b""),
        )
    )


def filtered(samples: np.ndarray, depth: int) -> bytes:
    if samples.size == 0:
        return b""
    step, above, lines = max(1, samples.shape[2] * depth // 8), None, []
    for number, row in enumerate(samples):
        line = packed(row.reshape(-1), depth)
        above = above or bytes(len(line))
        kind = number % 5 if depth >= 8 else 0
        lines.append(bytes([kind]) + differences(kind, line, above, step))
        above = line
    return b"".join(lines)


def packed(values: np.ndarray, depth: int) -> bytes:
    if depth == 16:
        return values.astype(">u2").tobytes()
    bits = values[:, None] >> np.arange(depth)[::-1] & 1
    return np.packbits(bits.astype(np.uint8)).tobytes()


def differences(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    result = bytearray()
    for i, value in enumerate(line):
        a, c = (line[i - step], above[i - step]) if i >= step else (0, 0)
        b, p = above[i], a + above[i] - c
        paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        result.append((value - (0, a, b, (a + b) // 2, paeth)[kind]) & 255)
    return bytes(result)


def key_of(samples: np.ndarray, depth: int) -> bytes:
    """What makes one sample transparent, and a twin whose upper byte alone is the same."""
    values = samples[1, 2]
    if depth == 16:
        samples[1, 3] = values ^ 1
    samples[4:6, 4:6] = values
    return chunk(b"tRNS", b"".join(struct.pack(">H", int(value)) for value in values))


def palette_of(colours: int) -> tuple[bytes, bytes]:
    table = random.integers(0, 256, (colours, 3), np.uint8).tobytes()
    alphas = random.integers(0, 256, (colours + 1) // 2, np.uint8).tobytes()
    return chunk(b"PLTE", table), chunk(b"tRNS", alphas)


def png_kinds() -> None:
    for colour, depths in DEPTHS.items():
        for depth, keyed in itertools.product(depths, (False, True)):
            if keyed and colour in (4, 6):
                continue
            colours = min(1 << depth, 40) if colour == 3 else 1 << depth
            samples = random.integers(0, colours, (11, 13, CHANNELS[colour]), np.uint32)
            extra: tuple[bytes, ...] = palette_of(colours) if colour == 3 else ()
            if colour == 3 and not keyed:
                extra = extra[:1]
            elif keyed and colour != 3:
                extra = (key_of(samples, depth),)
            for interlaced in (False, True):
                mark = ("-key" if keyed else "") + ("-interlaced" if interlaced else "")
                save(
                    f"{NAMES[colour]}-{depth}{mark}.png",
                    png(samples, depth, colour, interlaced, *extra),
                )
    for width, height in ((1, 1), (2, 3), (3, 2), (5, 1), (1, 5), (4, 4), (7, 9), (9, 7)):
        samples = random.integers(0, 256, (height, width, 3), np.uint32)
        save(f"size-{width}x{height}-interlaced.png", png(samples, 8, 2, True))
    # Colours that a browser would change: linear light, odd primaries, a profile that is none.
    samples = random.integers(0, 1 << 16, (5, 7, 1), np.uint32)
    primaries = struct.pack(">8I", *(31270, 32900, 30000, 60000, 64000, 33000, 15000, 6000))
    save(
        "gamma-16.png",
        png(
            samples,
            16,
            0,
            False,
            chunk(b"gAMA", struct.pack(">I", 100_000)),
            chunk(b"cHRM", primaries),
        ),
    )
    save(
        "profile.png",
        png(
            random.integers(0, 256, (5, 7, 3), np.uint32),
            8,
            2,
            False,
            chunk(b"iCCP", b"none\0\0" + zlib.compress(b"not a profile" * 20)),
        ),
    )


# JPEG


def photograph(height: int, width: int) -> np.ndarray:
    """Smooth, so that how colours are enlarged matters little."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 6, y * 8, 255 - x * 3 - y * 2], -1).clip(0, 255).astype(np.uint8)


def jpeg_kinds() -> None:
    source = io.BytesIO()
    Image.fromarray(photograph(29, 37)).save(source, "PPM")
    sides = [f"{h}x{v}" for h in range(1, 5) for v in range(1, 5)]
    several = (
        "1x2,1x1,1x1",
        "2x2,1x2,1x2",
        "2x2,2x1,2x1",
        "2x2,1x2,2x1",
        "1x1,2x1,2x1",
        "1x1,2x2,2x2",
        "2x1,1x1,2x1",
        "4x1,2x1,1x1",
        "2x4,1x2,2x1",
    )
    scans = KINDS / "scans.txt"
    scans.write_text("0; 1; 2;")  # one colour a scan, which allows more samples in a block
    for sampling in (*sides, *several):
        name = sampling.replace(",", "-")
        for mark, options in (("", ()), ("-scans", ("-scans", str(scans)))):
            made = cjpeg(source.getvalue(), "-sample", sampling, *options)
            if made and not (mark and (KINDS / f"sampling-{name}.jpg").exists()):
                save(f"sampling-{name}{mark}.jpg", made)
    scans.unlink()
    for name, options in {
        "progressive": ("-progressive", "-sample", "1x2"),
        "arithmetic": ("-arithmetic",),
        "restarts": ("-restart", "1"),
        "rgb": ("-rgb",),
        "grey": ("-grayscale",),
    }.items():
        save(f"{name}.jpg", cjpeg(source.getvalue(), *options))
    inks = Image.fromarray(photograph(29, 37)).convert("CMYK")
    for subsampling in (0, 1, 2):
        inks.save(KINDS / f"cmyk-{subsampling}.jpg", quality=90, subsampling=subsampling)
    # The same numbers as luma, colours and black: Adobe's marker ends in the kind of colours.
    contents = (KINDS / "cmyk-2.jpg").read_bytes()
    end = contents.index(b"Adobe") + 11
    save("ycck.jpg", contents[:end] + b"\x02" + contents[end + 1 :])


def cjpeg(source: bytes, *options: str) -> bytes:
    """Nothing where the encoder refuses."""
    command = ["cjpeg", "-quality", "90", "-optimize", *options]
    if "-arithmetic" in options:
        command.remove("-optimize")
    return subprocess.run(command, input=source, capture_output=True, check=False).stdout


# Orientation


XMP_HEAD = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
)


def xmp(turn: int, as_element: bool = False) -> bytes:
    space = 'xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    own = (
        f"<rdf:Description {space}><tiff:Orientation>{turn}</tiff:Orientation></rdf:Description>"
        if as_element
        else f'<rdf:Description {space} tiff:Orientation="{turn}"/>'
    )
    return f"{XMP_HEAD}{own}</rdf:RDF></x:xmpmeta>".encode()


def exif(turn: int, order: str = "<", is_long: bool = False, tag: int = 0x0112) -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(order + "I", turn) if is_long else struct.pack(order + "HH", turn, 0)
    entries = struct.pack(order + "HHI", 0x0100, 3, 1) + struct.pack(order + "HH", 9, 0)
    entries += struct.pack(order + "HHI", tag, 4 if is_long else 3, 1) + value
    return mark + struct.pack(order + "IH", 8, 2) + entries + bytes(4)


def profile(block: bytes) -> bytes:
    """As ImageMagick 6 writes EXIF into a PNG."""
    digits = (b"Exif\0\0" + block).hex()
    lines = "\n".join(digits[i : i + 72] for i in range(0, len(digits), 72))
    return f"\nexif\n{len(digits) // 2:8}\n{lines}\n".encode()


def with_segments(contents: bytes, *segments: bytes) -> bytes:
    packed = (b"\xff\xe1" + struct.pack(">H", len(each) + 2) + each for each in segments)
    return contents[:2] + b"".join(packed) + contents[2:]


def turned_kinds() -> None:
    image = Image.fromarray(photograph(6, 8))
    plain, samples = io.BytesIO(), np.asarray(image).astype(np.uint32)
    image.resize((16, 8)).save(plain, "JPEG", quality=95)
    adobe, head = b"http://ns.adobe.com/xap/1.0/\0", b"Exif\0\0"
    keyword = b"Raw profile type exif\0"
    for turn in range(1, 9):
        save(f"turned{turn}-xmp.jpg", with_segments(plain.getvalue(), adobe + xmp(turn)))
        for name, extra in {
            "xmp": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(turn)),
            "profile": chunk(b"zTXt", keyword + b"\0" + zlib.compress(profile(exif(turn)))),
        }.items():
            save(f"turned{turn}-{name}.png", png(samples, 8, 2, False, extra))
        image.save(KINDS / f"turned{turn}-xmp.webp", lossless=True, xmp=xmp(turn))
        tag = Image.Exif()
        tag[0x0112] = turn
        image.save(KINDS / f"turned{turn}.avif", quality=100, subsampling="4:4:4", exif=tag)
    for name, segments in {
        "big-endian": [head + exif(6, ">")],
        "long": [head + exif(6, "<", True)],
        "big-endian-long": [head + exif(6, ">", True)],
        "xmp-element": [adobe + xmp(6, True)],
        "exif-before-xmp": [adobe + xmp(3), head + exif(6)],
        "xmp-without-exif-tag": [head + exif(3, tag=0x0101), adobe + xmp(6)],
        "exif-in-two": [head + exif(6)[:20], head + exif(6)[20:]],
    }.items():
        save(f"turned6-{name}.jpg", with_segments(plain.getvalue(), *segments))
    for name, extra in {
        "big-endian-long": chunk(b"eXIf", exif(6, ">", True)),
        "with-head": chunk(b"eXIf", head + exif(6)),
        "text": chunk(b"tEXt", keyword + profile(exif(6))),
        "compressed-xmp": chunk(
            b"iTXt", b"XML:com.adobe.xmp\0\1\0en\0\0" + zlib.compress(xmp(6, True))
        ),
    }.items():
        save(f"turned6-{name}.png", png(samples, 16, 2, True, extra))
    whole = png(samples, 8, 2, False)
    save("turned6-after-pixels.png", whole[:-12] + chunk(b"eXIf", exif(6)) + whole[-12:])
    image.save(KINDS / "turned6-big-endian.webp", lossless=True, exif=exif(6, ">", True))


# Animations and GIF


def moving_kinds() -> None:
    frames = [Image.fromarray(np.roll(photograph(9, 14), 3 * n, 1)) for n in range(3)]
    first, rest = frames[0], frames[1:]
    first.save(KINDS / "animation.png", save_all=True, append_images=rest)
    first.save(KINDS / "default-apart.png", save_all=True, append_images=rest, default_image=True)
    first.save(KINDS / "animation.webp", save_all=True, append_images=rest, lossless=True)
    numbers = [frame.quantize(16) for frame in frames]
    numbers[0].save(KINDS / "animation.gif", save_all=True, append_images=numbers[1:])
    numbers[0].save(KINDS / "still.gif", interlace=False)
    numbers[0].save(KINDS / "interlaced.gif", interlace=True)
    numbers[0].save(KINDS / "transparent.gif", transparency=3)
    first.convert("L").save(KINDS / "grey.gif")
    first.convert("1").save(KINDS / "black.gif")
    for name, source, screen in (
        ("part", "still", (18, 12)),
        ("part-transparent", "transparent", (18, 12)),
        ("beyond", "still", (5, 4)),
        ("no-screen", "still", (0, 0)),
    ):
        contents = (KINDS / f"{source}.gif").read_bytes()
        save(f"{name}.gif", contents[:6] + struct.pack("<HH", *screen) + contents[10:])
    # A screen without colours: each number is a grey.
    contents = (KINDS / "still.gif").read_bytes()
    start = 13 + 3 * (2 << (contents[10] & 7))
    save(
        "no-palette.gif",
        contents[:10] + bytes([contents[10] & 0x7F]) + contents[11:13] + contents[start:],
    )


# What libheif reads


def heif_kinds() -> None:
    image = Image.fromarray(photograph(34, 46))
    alpha = Image.fromarray(np.dstack([photograph(34, 46), photograph(34, 46)[..., 0]]))
    image.save(KINDS / "plain.avif", quality=95, subsampling="4:4:4")
    alpha.save(KINDS / "alpha.avif", quality=95, subsampling="4:4:4")
    with_file = KINDS / "source.png"
    for name, source in (("plain", image), ("alpha", alpha)):
        source.save(with_file)
        subprocess.run(
            [
                "heif-enc",
                "-q",
                "95",
                "-p",
                "chroma=444",
                "-o",
                str(KINDS / f"{name}.heic"),
                str(with_file),
            ],
            check=True,
            capture_output=True,
        )
    with_file.unlink()


def expected(path: Path) -> dict:
    if path.suffix == ".heic":  # Pillow reads none: it is near what it was made of
        colours = photograph(34, 46)
        alpha = colours[..., 0] if path.stem == "alpha" else np.full(colours.shape[:2], 255)
        pixels = laid_on_white(colours, alpha)
    else:
        pixels = picture(path)
    return {
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "rgb": base64.b64encode(pixels.tobytes()).decode(),
    }


def main() -> None:
    shutil.rmtree(KINDS, ignore_errors=True)
    KINDS.mkdir()
    for make in (png_kinds, jpeg_kinds, turned_kinds, moving_kinds, heif_kinds):
        make()
    files = {path.name: expected(path) for path in sorted(KINDS.iterdir())}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in files.items())
    (HERE / "kinds.json").write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    main()
