#!/usr/bin/env bash
# What --json prints: it parses, and the command's help names each of its fields.
# Usage: Tests/json.sh PROGRAM
set -Eeuo pipefail
trap 'echo "json: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
export SPAE_MODEL=$root/Assets/models/small

fail() { echo "json: $*" >&2; exit 1; }
fields='
import json, sys
def names(value):
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for each in value: yield from names(each)
print("\n".join(sorted(set(names(json.load(sys.stdin))))))'

# A command's name, how many words it has, and its arguments.
documented() {
  local words=$1
  shift
  "$program" "$@" --json 2>err >out || fail "$*: $(cat err)"
  local found help name
  found=$(python3 -c "$fields" <out) || fail "$*: no JSON: $(head -c 200 out)"
  help=$("$program" "${@:1:$words}" --help)
  for name in $found; do
    grep -qw -- "$name" <<<"$help" || fail "the help of ${*:1:$words} does not name '$name' of its JSON"
  done
}

"$program" encode --size 64 "$pictures/mountain.png" -o words.spae
cp words.spae edited.spae
documented 1 edit edited.spae 'sky -> sunset'
documented 1 compare words.spae edited.spae
documented 1 convert words.spae
documented 1 info words.spae
documented 1 info "$pictures/cat.png"
documented 1 words --near castle
documented 1 words --like 'cast*'
documented 1 ask --facts words.spae 'Is there a sky?'
documented 1 ask "$pictures/mountain.png" 'Is there a sky?'
documented 1 caption --facts "$pictures/cat.png"
documented 2 history list
documented 2 history show edited.spae
documented 2 history tree edited.spae
documented 2 history diff edited.spae 1 2
documented 2 history prune --keep 0s --dry-run
documented 2 history check
mkdir -p labels/{animal,thing}
cp "$pictures"/{cat,dog}.png labels/animal
cp "$pictures"/{car,coffee}.png labels/thing
: >labels/empty.png
documented 1 classify --examples labels "$pictures/moose.png"
mkdir -p many/{a,b}
cp "$pictures"/{cat,dog,moose,raccoon,parrot,goldfish}.png many/a
cp "$pictures"/{car,coffee,windmill,pagoda,beach,balloon}.png many/b
documented 2 evaluate few-shot many --ways 2 --depths 2 --episodes 2
documented 1 find cat labels
documented 1 find --like "$pictures/cat.png" labels
rm labels/empty.png
documented 1 index labels
documented 1 index --list
documented 1 index --forget labels

printf 'YUV4MPEG2 W4 H4 F10:1 C444\n' >clip.y4m
for _ in 1 2; do printf 'FRAME\n'; head -c 48 /dev/zero; done >>clip.y4m
"$program" encode --size 64 clip.y4m -o film.spae --quiet
documented 1 info film.spae
documented 1 compare clip.y4m film.spae
documented 1 convert film.spae -o film.json
echo "json: passed"
