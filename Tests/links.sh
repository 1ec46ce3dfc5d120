#!/usr/bin/env bash
# Every relative link of the documentation points to a file that exists; no network is used.
# The map of the code must also name the files where a key, a word's decode and a sixel live.
set -Eeuo pipefail
trap 'echo "links: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."

passed=0
failed=0
pass() { passed=$((passed + 1)); }
fail() { echo "links: $*" >&2; failed=$((failed + 1)); }

# The targets of a page's links, without titles; code blocks and spans may hold what only looks like a link.
targets() {
  awk '/^ *```/ { code = !code; next } !code' "$1" | sed 's/`[^`]*`//g' |
    grep -oE '\]\([^)]+\)' | sed -E 's/^\]\(//; s/\)$//; s/ .*//' || true
}

check_page() {
  local page=$1 target path
  if [ ! -s "$page" ]; then
    fail "$page is missing"
    return
  fi
  while IFS= read -r target; do
    case $target in '' | '#'* | *://* | mailto:*) continue ;; esac
    path=$(dirname "$page")/${target%%#*}
    if [ -e "$path" ]; then pass; else fail "$page: no file $target"; fi
  done < <(targets "$page")
}

for page in README.md CONTRIBUTING.md docs/*.md Training/README.md CHANGELOG.md; do
  check_page "$page"
done

for file in SPAEExplorer/Action.swift SPAEEngine/Networks/Decoder.swift SPAEGraphics/SixelEncoder.swift; do
  if [ -e "Sources/$file" ] && targets docs/architecture.md | grep -qxF "../Sources/$file"; then
    pass
  else
    fail "docs/architecture.md does not name Sources/$file"
  fi
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
