#!/usr/bin/env bash
# Plays, edits and saves a film as a person would, in a real terminal (tmux).
# Usage: Tests/films-explorer.sh PROGRAM
set -Eeuo pipefail
trap 'echo "films-explorer: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
. "$(dirname "$0")/explorer-screen.sh"

# A film of sixty frames, ten a second, with a cut at the thirty-first.
film() {
  sed -n '2,5p' cat.spae | sed '1i spae film 1'
  printf 'rate 10\n\n'
  for frame in $(seq 60); do
    case $frame in
      1 | 31) echo "frame $frame key" && sed '1,/^$/d' cat.spae ;;
      *) printf 'frame %d\n5:%d,3 dog\n' "$frame" $((frame % 16 + 1)) ;;
    esac
    echo
  done
  echo end
}

# Opens a film, whose title has frames.
open_film() {
  typed "clear; '$program' explore $1 --graphics quadrants 2>>errors"
  keys Enter
  shows "frame 1/"
  shows "┌ Pyramid"
}

begin_terminal
"$program" encode cat.png -o cat.spae
film >clip.spae
cp clip.spae before.spae

open_film clip.spae
shows "frame 1/60 +0:00.00"
shows "^ rests 0:00.00 ●.*┼.* 0:06.00$"
typed '>'
shows "frame 2/60 +0:00.10 +1 changed"
typed '5>'
shows "frame 7/60"
typed '<'
shows "frame 6/60"
typed '}'
shows "frame 31/60"
typed '}'
shows "no cut follows"
typed '{'
shows "frame 1/60"
done_says "frames and cuts"

keys Space
shows "^ plays"
shows "frame (1[0-9]|[2-6][0-9])/60"
keys Space
shows "^ rests"
shows "rests: [0-9]+ frames, [0-9]+ dropped"
typed ':speed 4'
keys Enter
shows "speed 4.00: 40.00 frames a second"
keys Space
shows "the film ended: [0-9]+ frames"
shows "frame 60/60"
done_says "plays, rests and ends"

# An edit holds to the end of the shot, and is there after a crash.
typed ':frame 40'
keys Enter
shows "frame 40/60"
typed ':1'
keys Enter
typed 'icastle'
shows "^│> castle"
keys Enter
shows "castle +layer 1 .* was: "
shows "edited \*.* state 2/2"
typed ':frame 39'
keys Enter
shows "frame 39/60"
shows "^│>1 +\[cat\]"
typed ':frame 60'
keys Enter
shows "castle +layer 1"
victim=$(program)
kill -KILL "$victim"
until_so "SIGKILL does not end it" is_gone "$victim"
typed "stty sane; printf '\\033[?1049l\\033[?25h\\033[?1002l\\033[?1006l\\033[?2004l'; clear"
keys C-j
left
cmp -s clip.spae before.spae || fail "an edit that was not saved is in the file"
open_film clip.spae
shows "1 edit came back"
typed ':frame 45'
keys Enter
shows "castle"
typed ':w'
keys Enter
shows "saved clip.spae"
typed ':w clip.gif'
keys Enter
shows "saved clip.gif: 60 frames of "
[ "$(head -c 6 clip.gif)" = GIF89a ] || fail "clip.gif is no GIF"
typed ':w clip.gif'
keys Enter
shows "clip.gif exists; :w! clip.gif replaces it"
typed 'u'
shows "state 1/2"
typed 'q'
shows "The words are not saved"
typed 'n'
left
[ "$(grep -c '1:1,1 castle' clip.spae)" = 1 ] || fail "the film has not one change to castle"
grep -A1 '^frame 40$' clip.spae | grep '1:1,1 castle' >/dev/null || fail "castle is not in frame 40"
[ "$(grep -c '^frame' clip.spae)" = 60 ] || fail "the film has not sixty frames"
done_says "an edit of twenty-one frames, a crash, and the file"

# Under another name it has its history: the edit that was saved is taken back there.
mv clip.spae moved.spae
open_film moved.spae
shows "the history of .*/clip.spae goes on here"
shows "state 2/2"
typed ':frame 45'
keys Enter
shows "castle"
typed 'u'
shows "state 1/2"
shows "^│>1 +\[cat\]"
typed ':w'
keys Enter
shows "saved moved.spae"
typed 'q'
left
"$program" compare before.spae moved.spae | tail -1 | grep '^60 frames; PSNR equal' >/dev/null ||
  fail "an edit that was taken back is in the file: $("$program" compare before.spae moved.spae | tail -1)"
done_says "a film that was renamed"

# A film that was cut short, one with a bad line, and a picture.
head -c $(($(wc -c <before.spae) - 60)) before.spae >short.spae
open_film short.spae
shows "it was cut short, or is still being written"
typed 'q'
left
sed 's/^5:9,3 dog/5:99,3 dog/' before.spae >bad.spae
open_film bad.spae
shows "the rows of layer 5 are 1 to 16"
typed 'q'
left
open cat.png
keys Space
shows "cat.png is no film"
typed 'q'
left
sed -n '1,5p' before.spae >empty.spae
"$program" explore empty.spae --plain </dev/null 2>error && fail "a film without frames is opened"
grep "^spae: empty.spae: " error >/dev/null || fail "$(cat error)"
done_says "bad files"

# Without a terminal: keys, and lines of text.
printf '>>\n<Space>\n\n\n' >keys
"$program" explore before.spae --keys keys --save-screen - >screen
grep 'frame 2[0-9]/60' screen >/dev/null || fail "a second of rest is not ten frames: $(head -1 screen)"
printf 'frame 31\nforward\nset castle\nundo\nquit\n' | "$program" explore before.spae --plain >lines
grep '^frame 31 of 60, 0:03.00, 597 words change' lines >/dev/null || fail "$(cat lines)"
grep '^frame 32 of 60' lines >/dev/null || fail "$(cat lines)"
done_says "by script and as lines"
echo "films-explorer: all well"
