#!/usr/bin/env bash
# giflib 5.2.1's GifQuantizeBuffer merges colours that would all fit into the map.
#
# A picture of 200 colours and a map of 256 entries: one expects every colour to keep its place, for nothing
# has to be given up. The function first drops the lowest three bits of each channel, so that neighbours
# fall together: the map has 25 entries, no pixel keeps its colour, and some are off by 7 of 255. A writer of
# GIF that wants what fits to be exact has to count the colours itself, and call it only beyond 256.
#
# Seen: 25 entries, 0 of 200 pixels exact, off by up to 7. Exits 1 if that changes.
# Needs Debian 12, gcc and apt-get download.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq libgif-dev=5.2.1-2.5+deb12u1 libgif7=5.2.1-2.5+deb12u1 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
cat >colours.c <<'C'
#include <gif_lib.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 200 };

int main(void) {
  GifByteType red[COUNT], green[COUNT], blue[COUNT], entries[COUNT];
  GifColorType map[256] = {{0}};
  for (int i = 0; i < COUNT; i++) {
    red[i] = i;
    green[i] = 100;
    blue[i] = 255 - i;
  }
  int size = 256;
  if (GifQuantizeBuffer(COUNT, 1, &size, red, green, blue, entries, map) != GIF_OK) return 2;
  int exact = 0, worst = 0;
  for (int i = 0; i < COUNT; i++) {
    GifColorType got = map[entries[i]];
    int off = abs(got.Red - red[i]);
    if (abs(got.Blue - blue[i]) > off) off = abs(got.Blue - blue[i]);
    exact += off == 0 && got.Green == green[i];
    if (off > worst) worst = off;
  }
  printf("giflib %d.%d.%d: %d colours, %d entries, %d exact, off by up to %d\n", GIFLIB_MAJOR,
         GIFLIB_MINOR, GIFLIB_RELEASE, COUNT, size, exact, worst);
  return size == 25 && exact == 0 && worst == 7 ? 0 : 1;
}
C
library=$(dirname "$(find root -name 'libgif.so.7*' | head -1)")
gcc -Iroot/usr/include colours.c -o colours "$library"/libgif.so.7 -Wl,-rpath,"$folder/$library"
./colours
