#!/usr/bin/env bash
# Holds public declarations to the library product: each is documented, and no other module has any.
# Usage: Tests/public.sh
set -Eeuo pipefail
trap 'echo "public: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/../Sources"

fail() { echo "public: $*" >&2; exit 1; }

# The public declarations below the given folders, as FILE:LINE: TEXT; attributes may stand before.
public() {
  find "$@" -name '*.swift' | sort | xargs awk '
    /^ *\/\/\// { documented = 1; next }
    /^ *@[A-Za-z@ ()"_]+$/ { next }
    /^ *(@[A-Za-z]+(\([^)]*\))? +)*((static|final|nonisolated) +)*public +/ &&
      !/public +import/ { printf "%s\t%s:%d: %s\n", documented ? "yes" : "no", FILENAME, FNR, $0 }
    { documented = 0 }'
}

offered=(SPAE SPAECInterface SPAEEngine SPAEPixels SPAEPyramid)
bare=$(public "${offered[@]}" | grep -P '^no\t' | cut -f2- || true)
[ -z "$bare" ] || fail "without a comment of its own:
$bare"
count=$(public "${offered[@]}" | wc -l)
[ "$count" -gt 100 ] || fail "only $count public declarations are seen"
[ "$count" -le 230 ] || fail "$count public declarations; 230 are the mark"

others=$(find . -mindepth 1 -maxdepth 1 -type d | sed 's|^\./||' |
  grep -vxF "$(printf '%s\n' "${offered[@]}")")
strange=$(public $others | cut -f2- || true)
[ -z "$strange" ] || fail "not offered by the library; use package:
$strange"
echo "public: $count declarations, each documented"
