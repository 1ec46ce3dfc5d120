#!/usr/bin/env bash
# webdataset 1.0.2 makes a sample of what macOS puts beside the files of an archive.
#
# macOS adds `__MACOSX/._a.jpg` (AppleDouble: a resource fork, not a picture) to archives. webdataset
# skips `._a.jpg` at the top of an archive, but in a folder it makes a sample of it: the key is the
# folder alone ("__MACOSX/"), the field is "_a.jpg", and decode("pil") then fails on the whole pass,
# for the field ends in ".jpg". A reader that follows webdataset has to leave such members out itself.
#
# Seen: keys "a" and "__MACOSX/", and a decoding error. Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check webdataset==1.0.2 pillow==12.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
import tarfile

import webdataset
from PIL import Image

picture = io.BytesIO()
Image.new("RGB", (8, 8), "green").save(picture, "JPEG")
fork = b"\0\5\x16\7" + bytes(78)
with tarfile.open("s.tar", "w") as tar:
    for name, content in [("a.jpg", picture.getvalue()), ("._a.jpg", fork), ("__MACOSX/._a.jpg", fork)]:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))

samples = {s["__key__"]: sorted(k for k in s if k[:2] != "__") for s in webdataset.WebDataset("s.tar", shardshuffle=False)}
print("webdataset", webdataset.__version__, samples)
error = None
try:
    list(webdataset.WebDataset("s.tar", shardshuffle=False).decode("pil"))
except Exception as raised:
    error = type(raised).__name__
print("decode:", error)
sys.exit(0 if samples == {"a": ["jpg"], "__MACOSX/": ["_a.jpg"]} and error else 1)
PYTHON
