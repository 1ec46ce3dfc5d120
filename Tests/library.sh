#!/usr/bin/env bash
# Indexes folders of pictures and finds in them: killed and resumed, changed files, any names.
# Usage: Tests/library.sh PROGRAM
set -Eeuo pipefail
trap 'echo "library: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
index=$work/state/spae/index.db

fail() { echo "library: $*" >&2; exit 1; }
well() { "$program" "$@" >out 2>err </dev/null || fail "$*: $(cat err)"; }
# A command that must end with a status and say a thing.
refused() {
  local status=$1 words=$2 got=0
  shift 2
  "$program" "$@" >out 2>err </dev/null || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $*: $(cat err)"
  grep -qF -- "$words" err || fail "'$words' is not said: $*: $(cat err)"
}
says() { grep -qF -- "$1" out || fail "'$1' is not in: $(cat out)"; }
rows() {
  python3 - "$index" <<'E'
import sqlite3, sys
print(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute("SELECT count(*) FROM picture").fetchone()[0])
E
}

# Thirty pictures of different content: what is behind a PNG's end changes the bytes alone.
mkdir photos
names=($(cd "$pictures" && ls *.png))
for number in $(seq 30); do
  { cat "$pictures/${names[$((number % ${#names[@]}))]}"; echo "$number"; } >"photos/$number.png"
done

# Killed in the middle, the same command goes on.
"$program" index photos --threads 1 --quiet >out 2>err &
until [ -s "$index" ] && [ "$(rows 2>/dev/null || echo 0)" -ge 8 ]; do
  kill -0 $! 2>/dev/null || fail "it ended before it was killed: $(cat out err)"
done
kill -9 $!
wait $! 2>/dev/null || true
before=$(rows)
[ "$before" -ge 8 ] && [ "$before" -lt 30 ] || fail "$before pictures were there after the kill"
well index photos
says "photos: 30 pictures, $((30 - before)) encoded"
well index photos
says "photos: 30 pictures, 0 encoded"
[ "$(stat -c %a "$index")" = 600 ] || fail "others can read the index"

# What changes, goes and moves; what cannot be read.
cp "$pictures/cat.png" photos/1.png
rm photos/2.png
mv photos/3.png photos/moved.png
echo 'no picture' >photos/bad.jpg
mkfifo photos/pipe.png
echo notes >photos/notes.txt
refused 1 'photos/bad.jpg: ' index photos
says 'photos: 29 pictures, 1 encoded, 1 recognised, 2 removed, 1 unreadable, 2 other files left out'
well find 'cat' photos
says 'photos/1.png'
grep -qF 'photos/bad.jpg' err || fail "what is left out is not named: $(cat err)"
rm photos/bad.jpg photos/pipe.png

# Names are bytes; what a terminal would obey is not printed.
mkdir odd
cp "$pictures/dog.png" "odd/$(printf 'line\nbreak.png')"
cp "$pictures/dog.png" "odd/$(printf '\033[31mred.png')"
cp "$pictures/dog.png" "odd/$(printf 'caf\351.png')"
cp "$pictures/dog.png" "odd/-n.png"
well find -0 dog odd
[ "$(tr -dc '\0' <out | wc -c)" = 4 ] || fail "not four paths: $(tr '\0' '|' <out)"
while IFS= read -r -d '' path; do [ -f "$path" ] || fail "no such file: $path"; done <out
well find dog odd
[ "$(wc -l <out)" = 4 ] || fail "not four lines: $(cat out)"
! grep -q $'\033' out || fail "an escape was printed"
well find --json dog odd
python3 - <<'E' || fail "wrong JSON: $(cat out)"
import json, os
found = json.load(open("out"))
assert len(found) == 4, found
for each in found:
    assert os.path.exists(os.fsencode(each["path"])), each
    assert 0 < each["score"] <= 1 and each["words"][0]["term"] == "dog"
    assert 1 <= each["words"][0]["layer"] <= 3 and each["words"][0]["row"] >= 1
E

# Questions.
well find --like "$pictures/dog.png" odd -n 1
[ "$(wc -l <out)" = 1 ] || fail "not one picture"
"$program" find --verbose 'a dog on the grass' photos odd >out 2>err || true
grep -qF 'looking for dog, grass; left out: a, on, the' err || fail "not said: $(cat err)"
well find dog
grep -q "^$work/odd" out || fail "the whole index: paths from the root: $(cat out)"
refused 1 "'grasx'" find grasx photos
refused 1 'no word to look for' find 'on the' photos
refused 1 'no such folder' find dog nowhere
refused 1 'not a folder' index photos/notes.txt
refused 1 'nowhere.png: no such file' find --like nowhere.png photos
refused 2 'name the words' find
refused 2 '-n must be' find dog photos -n 0
refused 2 'name a folder' index
mkdir empty
refused 1 'empty: no pictures' find dog empty

# Words as files; the list; and forgetting.
well encode "$pictures/dog.png" -o words/
well find dog words
says 'words/dog.spae'
well index --list
says "$work/photos"
well index --list --json
python3 -c 'import json; assert {e["pictures"] for e in json.load(open("out"))} == {29, 4, 0, 1}' ||
  fail "wrong list: $(cat out)"
well index --forget photos
says 'photos: 29 pictures forgotten'
refused 1 'photos: not indexed' index --forget photos
well index --list
! grep -qF "$work/photos" out || fail "photos is still listed"

# An index that is none, or cannot be written.
echo 'these are words and no database' >"$index"
rm -f "$index"-*
refused 1 "$index: the index is damaged" find dog photos
rm "$index"
XDG_STATE_HOME=/proc/nowhere refused 1 '; $XDG_STATE_HOME is where it may be' index photos
# An empty name is not the current folder.
refused 2 'name is empty' find dog ''
refused 2 'name is empty' index ''
refused 2 'name is empty' atlas '' -o at.html

echo "library: passed"
