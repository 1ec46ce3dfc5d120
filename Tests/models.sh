#!/usr/bin/env bash
# Files of a former model keep their pictures when another model takes its place, and can be moved.
# Usage: Tests/models.sh PROGRAM
set -Eeuo pipefail
trap 'echo "models: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
export XDG_DATA_HOME=$work/data
unset SPAE_MODEL

fail() { echo "models: $*" >&2; exit 1; }
has() { grep "$@" >/dev/null; }
refused() {
  local status=$1 words=$2 got=0
  shift 2
  "$program" "$@" >out 2>err || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $*: $(cat err)"
  has -- "$words" <err || fail "'$words' is not in: $(cat err)"
}
identity() { "$program" info --json --model "$1" | sed 's/.*"hash":"\([0-9a-f]*\)".*/\1/'; }

# The published models are whole, and their sums are their identities.
first=e1193159c3aae804dd2e9d2326249ac57e6c951687aec7fd304ba4bacf3b7e61
for model in "$root"/Assets/models/small-[0-9]*/; do
  (cd "$model" && sha256sum --quiet -c SHA256SUMS) || fail "$model is not whole"
  [ "$(sha256sum <"$model/SHA256SUMS" | cut -d ' ' -f 1)" = "$(identity "$model")" ] ||
    fail "$model has another identity"
done
[ "$(identity small-2026-11)" = $first ] || fail "the first model has another identity"
second=a4d300a9d11ab4dfee0f4d16ce5fef3f95a0340c50679f8770599e60dc19fea6
[ "$(identity small-2026-11b)" = $second ] || fail "the second model has another identity"
third=28662dfc3de41bd5c04771d7a74c7fd57f820e89642e1517913a226ea80be914
[ "$(identity small-2026-11c)" = $third ] || fail "the third model has another identity"
fourth=7b2a0ca7c88fb7ebcef684a88b58872912630eb2a9d96796858ddb8530a84c72
[ "$(identity small-2026-11d)" = $fourth ] || fail "the fourth model has another identity"
fifth=f41fd7cad978c24a426d4a73eadf8705ad61bfa39e74bff0cb4ef14bdeb23c86
[ "$(identity small-2026-11e)" = $fifth ] || fail "the fifth model has another identity"

# As make install lays them out, twice: the links lead to the present model's files.
make -s -C "$root" install-models DESTDIR="$work" PREFIX=/installed
make -s -C "$root" install-models DESTDIR="$work" PREFIX=/installed
mkdir installed/bin
cp "$program" installed/bin/spae
[ -L installed/share/spae/models/small-2026-11/vocabulary.txt ] || fail "a link became a copy"
installed/bin/spae info --model small-2026-11 | has "$first" || fail "the installed model is another"

# Another model takes its place: the same frozen files, other weights.
first_folder=$root/Assets/models/small-2026-11
mkdir -p library/small
cp -rL "$first_folder" library/first
cp -L "$first_folder"/*.safetensors "$first_folder"/vocabulary.txt library/small
sed 's/f5565de794ff/000000000000/' "$first_folder/config.json" >library/small/config.json
for file in codebook.safetensors semantic.safetensors vocabulary.txt; do
  ln -sf ../small/$file library/first/$file
done
python3 - library/small/weights.safetensors <<'PYTHON'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
for at in range(8 + int.from_bytes(data[:8], "little"), len(data), 14):
    data[at] ^= 0x80
open(sys.argv[1], "wb").write(data)
PYTHON
cp "$pictures/cat.png" .
awk_castle() { awk 'p == "layer 1" { print "castle"; p = ""; next } { p = $0; print }' "$1"; }
"$program" encode cat.png --model library/first -o plain.spae
awk_castle plain.spae >cat.spae
"$program" encode cat.png --model library/first --format json -o cat.json
"$program" decode cat.spae --model library/first -o first.png

export SPAE_MODEL=$work/library/small
second=$(identity library/small)
[ "$second" != $first ] || fail "the models are the same"

# Every command that reads a pyramid reads it with its own model, and says so where it is asked.
"$program" decode cat.spae --verbose -o again.png 2>said
cmp first.png again.png || fail "the picture is another"
has 'cat.spae: model small e1193159c3aa, read with .*library/first' <said || fail "not said: $(cat said)"
"$program" decode plain.spae -o plain.png 2>said
"$program" decode cat.json -o json.png
cmp plain.png json.png || fail "JSON gives another picture"
[ ! -s said ] || fail "said unasked: $(cat said)"
"$program" info cat.spae | has "sha-256 *$first" || fail "info tells another model"
"$program" info | has "sha-256 *$second" || fail "info tells no chosen model"
"$program" compare plain.spae cat.spae | tail -1 | has '^1 of 597 words differ' || fail "compare"
"$program" compare plain.spae cat.png | has 'PSNR equal' || fail "compared by two models"
"$program" show cat.spae --verbose 2>&1 >/dev/null | has 'read with .*library/first' || fail "show"
"$program" words --model e1193159 --like 'cat' | has -x cat || fail "no model by its identity"
refused 1 'no model with that name or identity' words --model 0123456789

# One that is named reads other models' words; one that is nowhere is told with a remedy.
"$program" decode cat.spae --model library/small -o other.png 2>said
has 'warning: made by another model (small e1193159c3aa)' <said || fail "no warning: $(cat said)"
cmp -s first.png other.png && fail "--model does not win"
mkdir alone && cp -rL library/small alone/small
sed 's/^model small e119/model small 0000/' cat.spae >lost.spae
refused 1 "made by the model small 00003159c3aa, which is not in $work/library" decode lost.spae
refused 1 'spae convert lost.spae --source PICTURE' show lost.spae
mkdir -p data/spae/models
cp -rL library/first data/spae/models/mine
SPAE_MODEL=$work/alone/small "$program" decode cat.spae -o mine.png
cmp first.png mine.png || fail "a model in the user's folder is not found"

# The explorer: the title says which model, and undo leads back to its words and picture.
"$program" explore cat.spae --save-screen - | has 'small e1193159c3aa' || fail "the title does not tell"
"$program" explore cat.spae --save-screen - | has 'opened with the model that the file names' ||
  fail "the explorer does not tell"
cp cat.spae moved.spae
"$program" explore moved.spae --save-screen /dev/null
"$program" convert moved.spae --source cat.png -o moved.spae --force | has 'put in again' || fail "not moved"
"$program" explore moved.spae --save-screen - | has "of the model small; u goes back" ||
  fail "the change of models is not told"
printf 'u5Gzd:w old.spae<CR>:w old.png<CR>' >keys
"$program" explore moved.spae --keys keys --save-screen screen
has "^model small $first" <old.spae || fail "undone words name another model: $(head -2 old.spae)"
cmp cat.spae old.spae || fail "other words than before"
"$program" decode cat.spae --depth 5 -o fifth.png
cmp fifth.png old.png || fail "undone words give another picture"
has 'small e1193159c3aa' <screen || fail "the title names another model after undo: $(head -1 screen)"
"$program" history restore moved.spae 1 -o restored.spae
cmp cat.spae restored.spae || fail "history restore gives another file"

# Words of two models are not compared; caches lie apart.
mkdir -p labels/a labels/b
cp "$pictures"/{cat,dog}.png labels/a
cp "$pictures"/{car,windmill}.png labels/b
"$program" classify --examples labels "$pictures/moose.png" --quiet >/dev/null
"$program" classify --examples labels "$pictures/moose.png" --quiet --model first >/dev/null
[ "$(ls cache/spae/pyramids | sort | tr '\n' ' ')" = "$(printf '%s\n' $first $second | sort | tr '\n' ' ')" ] ||
  fail "the caches are not apart: $(ls cache/spae/pyramids)"
refused 1 "spae convert plain.spae moves it" classify --examples labels plain.spae

# The example of the manual is of a model that is there.
sed -n '/^A whole pyramid of/,/^\.Ed/p' "$root/man/spae.5" | sed '1,2d;$d' >example.spae
SPAE_MODEL=$root/Assets/models/small "$program" decode example.spae -o example.png ||
  fail "the manual's example has no picture"

# Moved from the picture beside it, with the edit; again without change; never over a file unasked.
rm cat.png
"$program" convert plain.spae | has 'from its decoded picture; nobody can tell' || fail "not decoded"
cp "$pictures/cat.png" .
"$program" convert cat.spae >said
has "^cat.converted.spae: small e1193159c3aa -> small ${second:0:12}, from cat.png; edits by hand: 1 put in again$" \
  <said || fail "said otherwise: $(cat said)"
"$program" convert cat.spae >/dev/null || fail "the same again is refused"
sed -n '/^layer 1$/{n;p}' cat.converted.spae | has -x castle || fail "the edit is lost"
refused 1 'plain.converted.spae: not replaced' convert plain.spae
refused 1 'cat.spae: not replaced' convert cat.spae -o cat.spae
refused 1 'of 597 words agree' convert plain.spae --source "$pictures/dog.png" -o dog.spae
refused 1 'a picture, not a pyramid' convert cat.png
head -c 30 cat.png >cut.png
refused 1 'cut.png: the PNG picture is damaged' convert cut.png
# Words of the present model that were cut are not called whole.
"$program" encode cat.png | head -c 3000 >cut.spae
refused 1 'the file ends there: it was cut short' convert cut.spae
refused 1 'nowhere.spae' convert nowhere.spae cat.spae
refused 2 'source' convert plain.spae cat.spae --source cat.png
refused 2 'standard output' convert cat.spae --json -o -
"$program" encode cat.png -o new.spae
"$program" convert plain.spae -o - | cmp - new.spae || fail "converted words are not encoded ones"
"$program" convert new.spae cat.json --json >said
has '"file":"new.spae","from":.*"result":"current"' <said || fail "JSON: $(cat said)"
has '"basis":"picture","carried":0,"file":"cat.json","fit":"crop"' <said || fail "JSON: $(cat said)"
[ -s cat.converted.json ] || fail "JSON became text"

# What was painted is painted again on the photograph, which the history's first words are of.
"$program" edit cat.png '1:1,1 = night' --model first -o dark.spae 2>said
"$program" show dark.spae --why --history none >said 2>&1 && fail "a photograph is known without a history"
has "'spae history import' here; --source names it" <said || fail "no remedy: $(cat said)"
refused 1 "'spae history export' there" convert dark.spae --history none --source cat.png -o no.spae
"$program" show dark.spae --why | has 'night  *typed by hand' || fail "why: $("$program" show dark.spae --why)"
"$program" convert dark.spae >said
has 'dark.converted.spae: .* from cat.png; edits by hand: [0-9]* put in again$' <said || fail "$(cat said)"
"$program" edit cat.png '1:1,1 = night' -o anew.spae 2>said
"$program" compare dark.converted.spae anew.spae | tail -1 | has '^0 of' || fail "painted otherwise"
"$program" page dark.spae -o dark.html 2>said
[ ! -s said ] || fail "the page has no photograph: $(cat said)"

# Painted words whose history is elsewhere: the photograph has nothing of the paint, and is not taken.
published() { SPAE_MODEL=$root/Assets/models/small "$program" "$@"; }
cp "$pictures/mountain.png" .
published edit --model small-2026-11c mountain.png 'grass -> snow' -o snow.spae --history none 2>said
cp snow.spae self.spae
published convert snow.spae --history none >said
has 'from its decoded picture; nobody can tell' <said || fail "paint is dropped: $(cat said)"
has "mountain.png is not used, .*'spae history import' here" <said || fail "no remedy: $(cat said)"
# So where the history here begins with painted words.
XDG_STATE_HOME=$work/fresh published explore snow.spae --save-screen /dev/null
XDG_STATE_HOME=$work/fresh published convert snow.spae >said || fail "$(cat said)"
has 'from its decoded picture; no edits' <said || fail "paint is dropped: $(cat said)"
published encode --model small-2026-11c mountain.png --semantic-weight 0 -o free.spae
published convert free.spae --history none | has 'from mountain.png' || fail "other options are paint"
# In place the history keeps the words before, or they stay.
refused 1 'self.spae: not replaced: .*/proc/nope' \
  convert self.spae -o ./self.spae --force --history /proc/nope/h.db --model "$root/Assets/models/small"
cmp snow.spae self.spae || fail "words are lost that no history keeps"
published convert self.spae -o self.spae --force >said
cmp snow.converted.spae self.spae || fail "converted otherwise"
published history restore self.spae 1 -o former.spae
cmp snow.spae former.spae || fail "the words before are nowhere"

# Many files of one former model are left out of a folder in one line.
mkdir former-ones
for name in a b c d e; do cp plain.spae former-ones/$name.spae; done
cp "$pictures/cat.png" former-ones
"$program" find cat former-ones >/dev/null 2>said
[ "$(wc -l <said)" = 1 ] || fail "said in another way: $(cat said)"
has "a.spae: .*left out, as are 4 other files for the same reason, which spae index former-ones names" <said ||
  fail "said in another way: $(cat said)"
[ "$("$program" index former-ones --quiet 2>&1 >/dev/null | wc -l)" = 5 ] || fail "index does not name each"
# What it advises ends that.
has "'spae convert FILE -o FILE --force' moves it to this model" <said || fail "no remedy: $(cat said)"
for name in a b c d e; do
  "$program" convert former-ones/$name.spae -o former-ones/$name.spae --force >/dev/null
done
"$program" find cat former-ones 2>said | has former-ones/e.spae || fail "a file that was moved is not found"
[ ! -s said ] || fail "moved files are left out: $(cat said)"

# The history tells what was edited where the picture is gone.
"$program" encode "$pictures/cat.png" --model first -o known.spae
printf 'edits exact\nset castle\nsave\nquit\n' | "$program" explore --plain known.spae >/dev/null
rm cat.png
"$program" convert known.spae | has 'from its decoded picture; edits by hand: 1 put in again' ||
  fail "the history's edit is lost"

# A shared file that became another is noticed.
printf 'zzz\n' >>library/small/vocabulary.txt
refused 1 'first/vocabulary.txt: not the file that this model was published with' \
  info --model library/first
echo "models: passed"
