#!/usr/bin/env bash
# No command replaces a picture, or any file that it did not make, without --force.
# Usage: Tests/overwrite.sh PROGRAM
set -Eeuo pipefail
trap 'echo "overwrite: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config

fail() { echo "overwrite: $*" >&2; exit 1; }

# A command that must end with a status, say a thing, and leave a file as it is.
kept() {
  local status=$1 words=$2 file=$3 before got=0
  shift 3
  before=$(stat -c '%i %Y' "$file" 2>/dev/null || readlink "$file")$(cksum "$file" 2>/dev/null || true)
  "$program" "$@" >out 2>err </dev/null || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $*: $(cat err)"
  [ -z "$words" ] || grep -q -- "$words" err || fail "'$words' is not said: $*: $(cat err)"
  [ "$before" = "$(stat -c '%i %Y' "$file" 2>/dev/null || readlink "$file")$(cksum "$file" 2>/dev/null || true)" ] ||
    fail "$file was touched: $*"
}
# A command that must go well.
well() { "$program" "$@" >out 2>err </dev/null || fail "$*: $(cat err)"; }
is() { head -c 12 "$1" | LC_ALL=C grep -aq "$2" || fail "$1 is no $2"; }

cp "$pictures"/{dog,cat}.png .
well encode dog.png cat.png -o words
echo 'notes' >notes.txt

# The original of a pyramid stays; a picture goes beside it.
well encode dog.png -o dog.spae
well decode dog.spae
cmp -s dog.png "$pictures/dog.png" || fail "decode has replaced the original"
is dog.decoded.png PNG
kept 0 '' dog.decoded.png decode dog.spae
kept 1 'dog.decoded.png: not replaced.*--force' dog.decoded.png decode dog.spae --depth 2
well decode dog.spae --depth 2 --force
kept 1 'dog.png: not replaced' dog.png decode dog.spae -o dog.png
kept 1 'notes.txt: not replaced' notes.txt encode cat.png -o notes.txt
kept 2 'picture.s name' dog.png encode cat.png -o dog.png
kept 2 'picture.s name' dog.png encode cat.png -o dog.png --force
kept 2 'ends in one of' notes.txt decode dog.spae -o notes.txt --force
well decode dog.spae -o dog.jpg
is dog.jpg JFIF
well decode dog.spae -o dog.WEBP
is dog.WEBP RIFF
well decode dog.spae -o /dev/null
well encode dog.png -o /dev/null

# A run over many pictures can be repeated; edited words and comments stay.
kept 0 '' words/dog.spae encode dog.png cat.png -o words
sed -i '0,/^layer 1$/s//# mine\nlayer 1/' words/cat.spae
kept 0 '' words/cat.spae encode dog.png cat.png -o words
kept 1 'cat.spae: not replaced: somebody wrote comments' words/cat.spae encode cat.png --size 64 -o words
kept 1 'the words of another picture, cat.png' words/cat.spae encode dog.png -o words/cat.spae
awk '/^layer 1$/ { print; getline; print "castle"; next } { print }' words/dog.spae >edited
mv edited words/dog.spae
kept 1 'dog.spae: not replaced: its words are others' words/dog.spae encode dog.png cat.png -o words
kept 1 'dog.spae: not replaced: its words are others' words/dog.spae encode dog.png --size 64 -o words
well encode dog.png -o words --force
cmp -s words/dog.spae dog.spae || fail "--force did not replace"
# Nobody has edited what the same picture gave by other options.
wide=$root/Tests/SPAEPixelsTests/Fixtures/colour.png
for format in text json; do
  for options in "--size 64" "--fit crop" "--fit pad" "--size 64 --fit stretch" "--semantic-weight 0" "--size 256" ""; do
    "$program" encode "$wide" --format $format $options >fresh
    well encode "$wide" --format $format $options -o options.file
    cmp -s fresh options.file || fail "words of other options are not replaced: $options"
  done
  sed -i 's/\["[a-z]*"/["castle"/; /^layer 1$/{n;s/^[a-z]*/castle/}' options.file
  kept 1 'its words are others' options.file encode "$wide" --format $format --size 64 -o options.file
  rm options.file
done
sed -i 's/^model small ./model small 0/' words/dog.spae
well encode dog.png -o words
cmp -s words/dog.spae dog.spae || fail "the same words of another model were not replaced"
sed 's/$/\r/' dog.spae >dos.spae
kept 0 '' dos.spae encode dog.png -o dos.spae
well encode dog.png --format json -o dog.json
kept 0 '' dog.json encode dog.png --format json -o dog.json
kept 0 '' dog.json encode dog.png -o dog.json
kept 1 'no pyramid' dog.json encode dog.png --format text -o dog.json

# Links are followed and stay: one to nowhere makes what it leads to.
leads() { [ -L "$1" ] && [ -f "$2" ] && [ ! -L "$2" ] || fail "$1 is no link to the file $2: $(ls -l)"; }
mkdir linked
for force in '' --force; do
  ln -s linked/nowhere.png dangling.png
  ln -s "$work/dangling.png" chain.png
  ln -s linked/nowhere.spae dangling.spae
  well decode dog.spae -o chain.png $force
  leads chain.png linked/nowhere.png
  leads dangling.png linked/nowhere.png
  is chain.png PNG
  well encode dog.png -o dangling.spae $force
  leads dangling.spae linked/nowhere.spae
  kept 0 '' dangling.spae encode dog.png -o dangling.spae $force
  well decode dog.spae -o dangling.png --depth 2 --force
  leads dangling.png linked/nowhere.png
  rm linked/nowhere.png linked/nowhere.spae
  printf 'save dangling.spae\nsave dangling.png\nset castle\nsave! dangling.spae\nsave! chain.png\nquit!\n' |
    "$program" explore --plain dog.png --history none >/dev/null || fail "links are not saved to"
  leads dangling.spae linked/nowhere.spae
  leads chain.png linked/nowhere.png
  grep -q '^castle' dangling.spae || fail "a link is saved to once only"
  ln -sf linked/new.png words.spae
  kept 2 'leads to linked/new.png: words do not go' words.spae encode dog.png -o words.spae $force
  [ ! -e linked/new.png ] || fail "words are in a picture's name"
  rm -f linked/* *dangling* chain.png words.spae
  ln -s circle circle
  kept 1 'circle: cannot be written: too many levels of symbolic links' circle encode dog.png -o circle $force
  ln -s missing/a.spae lost.spae
  kept 1 'lost.spae: cannot be written: no such file or directory; make its folder first' lost.spae encode dog.png -o lost.spae $force
  rm circle lost.spae
done
ln -s notes.txt link.spae
kept 1 'not replaced' notes.txt encode dog.png -o link.spae
well encode dog.png -o link.spae --force
[ -L link.spae ] || fail "a link was replaced"
head -1 notes.txt | grep -qx 'spae 1' || fail "a link was not followed"

# The other commands that write files.
kept 1 'not replaced' cat.png compare dog.spae words/cat.spae --image cat.png
well compare dog.spae words/cat.spae --image difference.jpg
is difference.jpg JFIF
kept 1 'not replaced' cat.png restore --task shift --by last dog.png -o cat.png
kept 2 'a name ends in' notes.txt restore --task shift --by last dog.png -o notes.txt
mkdir -p labels/a
cp cat.png labels/a
kept 1 'not replaced' dog.spae draw --like labels --label a --shots 1 --dry-run -o dog.spae
printf 'set kitten\nsave\nquit\n' | "$program" explore --plain dog.spae >/dev/null
kept 1 'not replaced' notes.txt history export -o notes.txt
well history export -o exported.ndjson
kept 1 'not replaced' exported.ndjson history export -o exported.ndjson
well history export -o exported.ndjson --force
kept 1 'not replaced' words/cat.spae history restore dog.spae 1 -o words/cat.spae
kept 2 'picture.s name' cat.png history restore dog.spae 1 -o cat.png --force
well history restore dog.spae 1
: >keys
kept 1 'not replaced' notes.txt explore dog.spae --keys keys --save-screen notes.txt
well explore dog.spae --keys keys --save-screen screen.txt
kept 0 '' screen.txt explore dog.spae --keys keys --save-screen screen.txt

# Two that begin at once: one writes, the other is refused, and the file is whole.
for round in 1 2 3 4 5; do
  for picture in dog cat beach; do
    { "$program" encode "$pictures/$picture.png" --size 64 -o race.spae 2>/dev/null && echo $picture >>won; } &
  done
  wait
  [ "$(wc -l <won)" = 1 ] || fail "$(wc -l <won) programs wrote one new file"
  "$program" info race.spae >/dev/null || fail "the file is not whole"
  rm won race.spae
done
[ -z "$(ls -A | grep part || true)" ] || fail "temporary files stay: $(ls -A)"

# A picture is encoded whole; one that is cut says so, and how not to; each fit has its own history.
# The explorer saves beside the picture.
wide=$work/colour.png
cp "$root/Tests/SPAEPixelsTests/Fixtures/colour.png" "$wide"
cut='only the middle square of 37x23 is used; --fit whole'
"$program" encode "$wide" --size 64 --verbose 2>err >whole.spae
[ ! -s err ] || fail "a whole picture is called cut: $(cat err)"
grep -qx 'grid 13x8' whole.spae || fail "the grid is not that of the picture"
head -1 whole.spae | grep -qx 'spae 2' || fail "earlier programs would take it for a square's"
"$program" info whole.spae | grep -q '104x64' || fail "info does not know the size of a whole picture"
"$program" decode whole.spae -o whole.png
"$program" info whole.png | grep -q '104x64' || fail "a whole picture does not come back whole"
"$program" encode "$wide" --size 64 --format json -o whole.json
"$program" decode whole.json -o json.png
cmp whole.png json.png || fail "JSON holds another picture than text"
"$program" compare "$wide" whole.spae --size 64 | tail -1 | grep -q '^0 of' || fail "compare encodes otherwise"
if "$program" compare whole.spae "$wide" --size 64 --fit crop 2>err; then fail "a square is compared"; fi
grep -q 'grid of 13x8 cells' err || fail "compare does not say that the grids differ: $(cat err)"
"$program" encode "$wide" --fit crop --size 64 --verbose 2>err >/dev/null
grep -q -- "$cut" err || fail "encode --verbose does not say that it cuts: $(cat err)"
"$program" encode "$wide" --size 64 --fit pad --verbose 2>err >/dev/null
[ ! -s err ] || fail "a padded picture is called cut: $(cat err)"
echo "{\"file\":\"$wide\"}" | "$program" encode --stream --size 64 --verbose 2>err >/dev/null
grep -q -- "$cut" err || fail "a stream does not say that it cuts"
! "$program" info "$wide" | grep -q 'note' || fail "info says that a whole picture is cut"
"$program" explore "$wide" --keys keys --save-screen - | grep -q '208x128' ||
  fail "the explorer does not open a picture whole"
"$program" explore "$wide" --fit crop --keys keys --save-screen - |
  grep -q 'only the middle square of 37x23' || fail "the explorer does not say that it cuts"
for fit in whole crop pad stretch; do
  printf 'cell 1 1 1\nset kitten\nquit!\n' | "$program" explore --plain "$wide" --fit $fit >/dev/null
  "$program" encode "$wide" --fit $fit -o $fit.spae
done
"$program" history list >listed
[ "$(grep -c '/colour\(.crop\|.pad\|.stretch\)*\.spae' listed)" = 4 ] || fail "fits share a history: $(cat listed)"
printf 'save\nquit\n' | "$program" explore --plain "$wide" --fit pad >/dev/null
"$program" compare pad.spae colour.pad.spae | tail -1 | grep -q '^[01] of' || fail "a padded picture is another"
printf 'save\nquit\n' | "$program" explore --plain "$wide" --fit pad --size 64 >out 2>&1 || true
"$program" info colour.pad.spae | grep -q '1 4 16 64 256 256' || fail "another size replaced the words"
[ ! -e colour.spae ] || fail "a padded picture was saved as a whole one"
if "$program" explore "$wide" --size 100 2>err; then fail "a size of 100 is taken"; fi
echo "overwrite: passed"
