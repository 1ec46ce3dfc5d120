#!/usr/bin/env bash
# Runs the examples in Swift, C and Python: the same words from each, and the same picture.
set -Eeuo pipefail
trap 'echo "examples: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."
library=$(realpath "$1") python=$(realpath -s "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
model=Assets/models/small picture=Tests/SPAEPixelsTests/Fixtures/colour.png  # 37x23

# The C example is built as its first lines say, against an installed library.
make --silent install-library PREFIX="$folder/usr" >"$folder/install.log" 2>&1 ||
  { tail "$folder/install.log"; exit 1; }
export PKG_CONFIG_PATH=$folder/usr/lib/pkgconfig
cc -Wall -Wextra -Werror examples/c/words.c -o "$folder/words" $(pkg-config --cflags --libs spae)
LD_LIBRARY_PATH=$folder/usr/lib "$folder/words" $model $picture "$folder/c.ppm" >"$folder/c.txt"

SPAE_LIBRARY=$folder/usr/lib/libspae.so.0 "$python" examples/python/words.py \
  $model $picture "$folder/python.png" >"$folder/python.txt"

swift build --quiet -c release --package-path examples/swift --scratch-path .build-examples
.build-examples/release/words $model $picture "$folder/swift.png" >"$folder/swift.txt"

[ -s "$folder/c.txt" ]
diff "$folder/c.txt" "$folder/python.txt"
diff "$folder/c.txt" "$folder/swift.txt"
"$python" - "$folder" <<'PYTHON'
import sys
import numpy
from PIL import Image
pictures = [numpy.array(Image.open(f"{sys.argv[1]}/{name}")) for name in ("c.ppm", "python.png", "swift.png")]
assert pictures[0].shape == (128, 208, 3) and all((p == pictures[0]).all() for p in pictures)
PYTHON
! LD_LIBRARY_PATH=$folder/usr/lib "$folder/words" /nowhere $picture "$folder/c.ppm" 2>"$folder/error.txt"
grep -q '/nowhere' "$folder/error.txt"
echo "3 passed, 0 failed"
