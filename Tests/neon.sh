#!/usr/bin/env bash
# The kernels for ARM (NEON, with and without dot products) give what plain C gives, there and here.
# They are compiled by Swift's clang for aarch64 and run by qemu; without either this is skipped.
# Usage: Tests/neon.sh
set -Eeuo pipefail
trap 'echo "neon: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."

skip() { echo "neon: skipped: $*"; exit 0; }

swift=$(readlink -f "$(command -v swift || true)")
clang=${CLANG:-${swift%/*}/clang}
command -v "$clang" >/dev/null || skip "no clang beside swift (the kernels use its vectors)"
command -v qemu-aarch64-static >/dev/null || skip "no qemu-aarch64-static (qemu-user-static)"
sysroot=/usr/aarch64-linux-gnu
[ -e "$sysroot/lib/libc.so.6" ] || skip "no $sysroot (libc6-dev-arm64-cross)"
command -v aarch64-linux-gnu-ld >/dev/null || skip "no linker for aarch64 (binutils-aarch64-linux-gnu)"
gcc=$(ls -d /usr/lib/gcc-cross/aarch64-linux-gnu/* 2>/dev/null | sort -V | tail -1)
[ -n "$gcc" ] || skip "no libgcc for aarch64 (libgcc-12-dev-arm64-cross)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources="Tests/neon/kernels.c Sources/CKernels/kernels.c"
flags="-O2 -Wall -Werror -Wno-psabi -ISources/CKernels/include"
"$clang" $flags $sources -lm -o "$work/here"
"$clang" --target=aarch64-linux-gnu --gcc-install-dir="$gcc" --ld-path="$(command -v aarch64-linux-gnu-ld)" \
  -isystem "$sysroot/include" $flags $sources -static -lm -o "$work/there"

"$work/here" >"$work/here.txt" 2>"$work/here.err" || { cat "$work/here.err" >&2; exit 1; }
for cpu in max cortex-a53; do # with dot products, and without
  qemu-aarch64-static -cpu "$cpu" "$work/there" >"$work/there.txt" 2>"$work/there.err" ||
    { echo "neon: $cpu:" >&2; cat "$work/there.err" >&2; exit 1; }
  diff "$work/here.txt" "$work/there.txt" >&2 ||
    { echo "neon: $cpu: plain C differs from that of this processor" >&2; exit 1; }
  echo "neon: $cpu: $(tail -1 "$work/there.err"), $(wc -l <"$work/there.txt") kernels exact"
done
