#!/usr/bin/env bash
# What made a word a candidate is told: by show --why, info and the explorer.
# Usage: Tests/origins.sh PROGRAM
set -Eeuo pipefail
trap 'echo "origins: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
fixtures=$root/Tests/SPAEEngineTests/Fixtures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
export XDG_DATA_HOME=$work/data

fail() { echo "origins: $*" >&2; exit 1; }
has() { grep "$@" >/dev/null; }
refused() {
  local status=$1 words=$2 got=0
  shift 2
  "$program" "$@" >out 2>err || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $*: $(cat err)"
  has -- "$words" <err || fail "'$words' is not in: $(cat err)"
}

# A model that uses all three branches.
mkdir -p models
cp -rL "$root/Assets/models/small" models/three
python3 - models/three/config.json "$fixtures/branches.json" <<'PYTHON'
import json, sys
own, branches = (json.load(open(path)) for path in sys.argv[1:])
json.dump(own | branches, open(sys.argv[1], "w"))
PYTHON
export SPAE_MODEL=$work/models/three
"$program" info | has 'branches *classifier (1000), segmentation (32), detection (80)' || fail "info"
"$program" info --json | has '"classes":80,"file":"detection.safetensors","input":256,"name":"detection"' ||
  fail "info --json lists no branches"

cp "$fixtures/astronaut.png" .
"$program" show --why astronaut.png >said
has '^2 (2,1) .* detection "person" \.[0-9][0-9]' <said || fail "no person: $(cat said)"
has '^3 (4,4) ' <said || fail "layer 3 is not told: $(cat said)"
has 'classifier \.[0-9][0-9]' <said || fail "no classifier: $(cat said)"
has 'typed by hand' <said && fail "nobody typed: $(cat said)"
[ "$(grep -c '^[123] ([0-9],[0-9])' said)" = 21 ] || fail "not 21 words: $(cat said)"
"$program" show --why astronaut.png --layers 2 | has '^1 (1,1)' && fail "--layers is ignored"

# A pyramid: by the picture beside it, or a named one; another is refused.
"$program" encode astronaut.png -o a.spae
"$program" show --why a.spae | sed 1,2d >again
sed 1,2d said | cmp - again || fail "the words of a file are told otherwise"
awk 'p == "layer 2" { $1 = "castle" } { print; p = $0 }' a.spae >edited.spae
"$program" show --why edited.spae | has '^2 (1,1)  castle  *typed by hand' || fail "an edit is not told"
mkdir away
mv astronaut.png away
refused 1 'only its picture can say why .* astronaut.png is not beside it; --source names it' \
  show --why a.spae
"$program" show --why a.spae --source away/astronaut.png | sed 1,2d | cmp - again || fail "--source"
refused 1 'words agree with those of a.spae\|its size is' show --why a.spae \
  --source "$root/Assets/pictures/cat.png"
refused 1 'tells of layers 1 to 3' show --why --layers 4 away/astronaut.png
refused 2 'with --why alone' show a.spae --source away/astronaut.png

# A picture whose name is not UTF-8, which a file keeps as `caf\xe9`, is found beside its words.
mkdir latin
latin=latin/$'caf\xe9'
cp away/astronaut.png "$latin.png"
"$program" encode "$latin.png" -o "$latin.spae"
has -x 'source "caf.*xe9.png" 256x256' "$latin.spae" || fail "the source: $(head -5 "$latin.spae")"
"$program" show --why "$latin.spae" | sed 1,2d | cmp - again || fail "a Latin-1 name is not found"
"$program" page "$latin.spae" -o latin.html
"$program" page "$latin.spae" --source "$latin.png" -o named.html
cmp latin.html named.html || fail "the page lacks its picture"
printf 'cell 2 2 1\nset castle\nsave\nquit\n' | "$program" explore --plain "$latin.spae" >said
has '^by: detection "person" \.' <said || fail "plain: $(cat said)"
"$program" history tree "$latin.spae" | has castle || fail "no history of it"
rm "$latin.png"
refused 1 'caf.*xe9.png is not beside it; --source names it' show --why "$latin.spae"

# The explorer: for a picture, and for a pyramid beside it; a typed word is one.
printf 'cell 2 2 1\nset castle\nundo\nquit!\n' | "$program" explore --plain away/astronaut.png >said
has '^by: detection "person" \.' <said || fail "plain: $(cat said)"
has '^by: typed by hand' <said || fail "plain: $(cat said)"
cp a.spae away
printf '2G' >keys
"$program" explore away/a.spae --keys keys --save-screen screen
has ' by: \(classifier\|detection\|segmentation\)' <screen || fail "the word pane: $(cat screen)"
"$program" explore a.spae --keys keys --save-screen other
has ' by: ' <other && fail "told without the picture: $(cat other)"
echo "origins: passed"
