#!/usr/bin/env bash
# Pillow 13.0.0 loses the transparent grey of PNG pictures with samples of 2 or 4 bits.
#
# A grey PNG can name one sample that is transparent, in its tRNS chunk, in the picture's own depth. Pillow
# scales the samples to 8 bits (4 bits: times 17) and compares them with the number as it stands in the
# chunk, which is not scaled: sample 5 of 15 becomes 85, and 85 is not 5. So nothing is transparent, or,
# where the number is 0, only black. Pictures of 1 and 8 bits are right. pypng 0.20220715.0 reads all four
# depths right. Who mixes pictures by alpha gets a grey surface where the file has none; a reader has to scale
# image.info["transparency"] before it converts.
#
# Seen (transparent samples, of which there is to be one): Pillow 1, 0, 0, 1; pypng 1, 1, 1, 1 with 1, 2, 4
# and 8 bits. Exits 1 if that changes.
# Needs Python 3 with venv, and PyPI.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pillow==13.0.0 pypng==0.20220715.0
cat >check.py <<'PY'
import io
import struct
import zlib

import png
from PIL import Image, __version__


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def grey(depth: int, transparent: int) -> bytes:
    """One row of all samples that the depth has, at most 16, one of them transparent."""
    count = min(16, 2**depth)
    bits = "".join(format(sample, f"0{depth}b") for sample in range(count))
    bits += "0" * (-len(bits) % 8)
    row = bytes(int(bits[start : start + 8], 2) for start in range(0, len(bits), 8))
    header = struct.pack(">IIBBBBB", count, 1, depth, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            chunk(b"IHDR", header),
            chunk(b"tRNS", struct.pack(">H", transparent)),
            chunk(b"IDAT", zlib.compress(b"\0" + row)),
            chunk(b"IEND", b""),
        ]
    )


depths, pillow, other = (1, 2, 4, 8), [], []
for depth in depths:
    picture = grey(depth, 1)
    alpha = Image.open(io.BytesIO(picture)).convert("RGBA").getchannel("A")
    pillow.append(alpha.tobytes().count(0))
    rows = png.Reader(bytes=picture).asRGBA8()[2]
    other.append(sum(list(row)[3::4].count(0) for row in rows))
print(f"bits {depths}: Pillow {__version__} finds {pillow} transparent, pypng {png.__version__} {other}")
raise SystemExit(0 if (pillow, other) == ([1, 0, 0, 1], [1, 1, 1, 1]) else 1)
PY
venv/bin/python check.py
