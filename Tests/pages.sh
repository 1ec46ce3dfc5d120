#!/usr/bin/env bash
# Writes the pages and opens them in a real Chromium: words, frames, keys, no network, no complaint.
# Usage: Tests/pages.sh PROGRAM
set -Eeuo pipefail
trap 'echo "pages: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config

fail() { echo "pages: $*" >&2; exit 1; }
well() { "$program" "$@" >out 2>err </dev/null || fail "$*: $(cat err)"; }
# A command that must end with a status and say a thing.
refused() {
  local status=$1 words=$2 got=0
  shift 2
  "$program" "$@" >out 2>err </dev/null || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $*: $(cat err)"
  grep -qF -- "$words" err || fail "'$words' is not said: $*: $(cat err)"
}

# One picture, with its words beside for comparison.
cp "$pictures/sunflower.png" .
well encode sunflower.png -o sunflower.spae
well page sunflower.png -o picture.html
# An edited pyramid finds its source beside it.
well edit sunflower.png '3:1,2 = castle' --exact -o edited.spae --history none
well page edited.spae -o edited.html
# Without the source the pyramid stands alone.
mkdir alone
cp edited.spae alone
well page alone/edited.spae -o alone.html
# Wide, of several, and with names that are HTML, escapes and no UTF-8.
well decode sunflower.spae -o square.png
python3 - <<'P'
import struct, zlib
def png(name, width, height):
    rows = b"".join(b"\0" + bytes(c for x in range(width) for c in (x * 255 // width, y * 255 // height, 90))
                    for y in range(height))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                           + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
png("wide.png", 300, 190)
P
odd=$'<script>window.bad=1<!--\e[31m.png'
cp "$pictures/dog.png" "$odd"
cp "$pictures/cat.png" "$(printf 'caf\351.png')"
well page "$odd" "$(printf 'caf\351.png')" wide.png --quality 80 -o several.html
well encode wide.png -o wide.spae

# Nothing of a picture's metadata: a JPEG with EXIF that names camera, owner and place.
well decode sunflower.spae -o plain.jpg
python3 - <<'P'
plain = open("plain.jpg", "rb").read()
exif = b"Exif\0\0MM\0*\0\0\0\x08\0\0" + b"SecretCamera SecretOwner 48.8583N"
segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
open("exif.jpg", "wb").write(plain[:2] + segment + plain[2:])
P
grep -q Secret exif.jpg
well page exif.jpg -o exif.html
! grep -qa Secret exif.html || fail "EXIF is in the page"

# A folder, and one within it.
mkdir -p photos/within
cp "$pictures"/*.png photos
cp "$odd" exif.jpg photos
mv photos/car.png photos/within
cp wide.spae photos
well atlas photos -o atlas.html
! grep -qa Secret atlas.html || fail "EXIF is in the atlas"
mkdir words
for picture in photos/*.png photos/*.jpg photos/within/*.png; do
  well encode "$picture" -o "words/$(basename "$picture" | tr -dc 'a-z.').spae"
done
cp wide.spae words

# What cannot be done is said.
refused 1 'picture.html: not replaced: it exists; --force replaces it' page sunflower.png -o picture.html
well page sunflower.png -o picture.html --force
refused 2 "a page's name ends in .html" page sunflower.png -o picture.png
refused 2 '--quality must be 1 to 100' page sunflower.png -o x.html --quality 0
refused 2 '--source names the picture of one pyramid' page a.spae b.spae --source c.png -o x.html
refused 1 'missing.png' page missing.png -o x.html
refused 1 'sunflower.png: a picture, which needs no --source' page sunflower.png --source square.png -o x.html
echo 'no picture' >bad.jpg
refused 1 'bad.jpg: ' page sunflower.png bad.jpg -o x.html
refused 1 'nowhere/x.html' page sunflower.png -o nowhere/x.html
mkdir empty
refused 1 'empty: no pictures' atlas empty -o x.html
refused 1 'no such folder' atlas nowhere -o x.html
refused 1 'atlas.html: not replaced: it exists' atlas photos -o atlas.html
refused 2 "a page's name ends in .html" atlas photos -o atlas
[ ! -e x.html ] || fail "a page was written in spite of an error"
# The same words give the same page.
well page sunflower.png -o again.html
cmp picture.html again.html || fail "the page is another the second time"
well page sunflower.png -o -
cmp out picture.html || fail "standard output has another page"

if ! command -v chromium >/dev/null; then
  echo "pages: Chromium is not installed (apt-get install chromium): the pages were not opened"
  exit 0
fi
python3 "$root/Tests/pages/check.py" "$work" "$root/docs/demo.html"
