#!/usr/bin/env bash
# Goes through a folder of pictures as a person would, in a real terminal (tmux), by pipe and by script.
# Usage: Tests/gallery.sh PROGRAM
set -Eeuo pipefail
trap 'echo "gallery: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
. "$(dirname "$0")/explorer-screen.sh"

# Twelve pictures of different content in two folders, and what people's folders hold besides.
mkdir -p photos/trip
for number in $(seq 10 21); do
  names=("$root"/Assets/pictures/*.png)
  place=photos
  [ "$number" -lt 18 ] || place=photos/trip
  { cat "${names[$((number % ${#names[@]}))]}"; echo "$number"; } >"$place/$number.png"
done
cp "$root/Assets/pictures/cat.png" "photos/30 my cat.png"
cp "$root/Assets/pictures/dog.png" "photos/$(printf '31 caf\351.png')"
echo 'no picture' >photos/bad.jpg
echo notes >photos/notes.txt
mkdir empty shut
cp cat.png shut
# Whoever is root reads everything.
chmod 0 shut
isRoot=$([ "$(id -u)" = 0 ] && echo yes || true)

patience=30
browse() {
  typed "clear; '$program' $1 --graphics quadrants 2>>errors"
  keys Enter
}
at() { shows "^ $1/[0-9]+  $2"; }

begin_terminal
browse photos
patience=60 shows "^ spae +photos +14 pictures +by name +1 unreadable +quadrants"
shows "^ Enter open"
at 1 '10.png'
done_says "a folder with an unreadable file"

# Motions, with numbers; what is selected is framed.
keys l
at 2 '11.png'
keys 3 G
at 3 '12.png'
keys j
keys g g
at 1 '10.png'
keys G
at 14 'trip/21.png'
keys k
screen_has '└\[' || fail "the selected picture has no frame"
typed ":9"
keys Enter
at 9 '30 my cat.png'
keys l
at 10 '31 caf\\xe9.png'
done_says "motions, and odd names"

# Search by meaning, back; sorted by likeness.
typed "/kitten"
keys Enter
shows "'kitten', the best first"
shows "^ 1/[0-9]+ .* cat "
keys Escape
shows "by name"
at 10 '31 caf'
typed "/grasx"
keys Enter
shows "'grasx' is not in the vocabulary"
typed ":9"
keys Enter
at 9 '30 my cat.png'
typed "*"
shows "by likeness"
at 1 '30 my cat.png'
keys Escape
shows "by name"
done_says "search, and likeness"

typed "!"
shows "1 file that cannot be read"
shows "bad.jpg: "
keys q
shows "^ Enter open|^ [0-9]+/14"
done_says "what is unreadable"

# Into a picture, on, back, and to the gallery again; edits come back.
typed ":9"
keys Enter
at 9 '30 my cat.png'
keys Enter
shows "^ spae +9/14 +30 my cat.png .*state 1/1"
shows "SSIM"
change() {
  keys i
  shows "┌ Change"
  typed "$1"
  shows "^│> $1"
  keys Enter
  shows "state 2/2"
}
change castle
keys C-n
shows "^ spae +10/14 +31 caf"
shows "30 my cat.png: its edits are not saved"
typed ":N"
keys Enter
shows "^ spae +9/14 +30 my cat.png .*state 2/2"
shows "1 changed word came back"
typed ":w"
keys Enter
shows "saved .*30 my cat.spae"
[ -f "photos/30 my cat.spae" ] || fail "the words are not beside the picture"
rm "photos/30 my cat.spae"
keys g f
at 9 '30 my cat.png'
typed ":e cat.png"
keys Enter
shows "^ spae +cat.png"
keys C-n
shows "only this file was opened"
keys g f
at 9 '30 my cat.png'
keys q
left
done_says "into pictures and back"

# Words of a folder that was opened before are there at once; a changed file is encoded again.
cp "$root/Assets/pictures/dog.png" photos/10.png
rm photos/11.png
browse photos
shows "^ spae +photos +13 pictures"
shows "^ Enter open"
keys Enter
shows "^ spae +1/13 +10.png"
keys q
left
done_says "a changed folder"

# One file shows its folder by gf; several are a list; nothing named is the current folder.
browse photos/12.png
shows "^ spae +12.png"
keys C-n
shows "only this file was opened"
keys g f
shows "^ spae +photos +13 pictures"
at 2 '12.png'
keys q
left
browse "photos/13.png photos/trip/18.png cat.png"
shows "^ spae +1/3 +13.png"
keys 2 C-n
shows "^ spae +3/3 +cat.png"
keys C-n
shows "this is the last of 3 pictures"
keys g f
shows "^ spae +3 files +3 pictures"
at 3 'cat.png'
keys q
left
browse ""
shows "^ spae +\. +[0-9]+ pictures"
keys q
left
browse empty
shows "No pictures here"
keys q
left
done_says "one file, a list, the current folder, an empty folder"

# Resized, stopped and continued.
browse photos
shows "^ Enter open"
terminal resize-window -x 40 -y 12
at 1 '10.png'
terminal resize-window -x 100 -y 30
shows "^ Enter open"
keys C-z
shows Stopped
typed "clear; fg"
keys Enter
shows "^ spae +photos +13 pictures"
keys q
left
done_says "resized, stopped and continued"

# Killed while it encodes, it goes on from there.
mkdir many
for number in $(seq 30); do
  { cat cat.png; echo "many $number"; } >"many/$number.png"
done
browse many
shows "^ spae +many +30 pictures .*encoding"
kill -KILL "$(program)"
until_so "SIGKILL does not end it" screen_has Killed
typed "stty sane; printf '\\033[?1049l\\033[?25h\\033[?1002l\\033[?1006l\\033[?2004l'; clear"
keys C-j
left
browse many
patience=60 shows "^ spae +many +30 pictures +by name +quadrants"
screen_has '\.\.\.' && fail "some are not encoded"
keys q
left
done_says "killed while it encodes"

# Without a terminal: a list, lines, and keys.
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
refused() {
  local words=$1
  shift
  ! "$program" "$@" >out 2>err </dev/null || fail "not refused: $*"
  grep -qF -- "$words" err || fail "'$words' is not said: $(cat err)"
}
! "$program" photos >list 2>err </dev/null || fail "an unreadable file is not told"
[ "$(wc -l <list)" = 13 ] || fail "not 13 lines: $(cat list)"
grep -q '^ 1  10.png  [a-z]' list || fail "no words: $(cat list)"
grep -q 'bad.jpg: ' err || fail "not told: $(cat err)"
printf '%s\n' 'find kitten' 'go 1' 'open' 'cell 1 1 1' 'next' 'gallery' 'sort date' 'errors' 'quit' |
  "$program" photos --plain >out 2>err || fail "plain: $(cat out err)"
grep -q '^photos: 13 pictures, 1 unreadable' out || fail "no summary: $(cat out)"
grep -qE '^1/[0-9]+  (.*my cat|17)\.png  128x128' out || fail "not opened: $(cat out)"
grep -q 'layer 1, row 1, column 1' out || fail "no word: $(cat out)"
printf '%s\n' nosuch quit | "$program" photos --plain >out 2>err && fail "nosuch is a command"
grep -q 'nosuch is no command' err || fail "not said: $(cat err)"
printf '3G<CR>' >keys
"$program" photos --keys keys --save-screen - >out 2>err </dev/null || fail "keys: $(cat err)"
grep -q '^ spae  3/13  ' out || fail "the keys open nothing: $(head -3 out)"
printf '3Ggg' >keys
"$program" photos --keys keys --save-screen - --screen-size 80x24 >out 2>err </dev/null
[ "$(grep -c '[-+*#%]' out)" -gt 5 ] || fail "no thumbnails: $(cat out)"
refused 'nowhere: ' nowhere
[ -n "$isRoot" ] || refused 'shut: the folder cannot be listed' shut
# Lines that wait on standard input are the caller's: without --plain nobody reads them.
printf 'photos\nphotos/10.png\n' | while read -r path; do "$program" explore "$path"; done >out 2>err ||
  fail "what the caller reads is taken: $(cat err)"
[ "$(grep -c '10.png' out)" = 2 ] || fail "not both were printed: $(cat out)"
"$program" explore - <"$root/Assets/pictures/cat.png" >out || fail "a picture by standard input is refused"
(cd empty && refused 'this folder has no pictures' explore)
"$program" index --forget photos >out
grep -q '13 pictures forgotten' out || fail "not forgotten: $(cat out)"
grep -a -q 'my cat' "$work/state/spae/index.db" && fail "the index still names a file"
done_says "lists, lines and scripts; forgotten"
chmod 755 shut
echo "gallery: passed"
