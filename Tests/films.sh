#!/usr/bin/env bash
# Films in and out of the real program: clips of every kind, damaged ones, refused files, ffmpeg.
# Usage: Tests/films.sh PROGRAM
set -Eeuo pipefail
trap 'echo "films: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
export SPAE_MODEL=$root/Assets/models/small
kinds=$root/Tests/SPAEPixelsTests/Fixtures/kinds

fail() { echo "films: $*" >&2; exit 1; }
has() { grep "$@" >/dev/null; }
encode() { "$program" encode --size 64 "$@"; }

# A command that must fail with a status and say something.
refused() {
  local status=$1 words=$2 got=0
  shift 2
  "$@" >out 2>err || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $* $(cat err)"
  has -F -- "$words" err || fail "'$words' is not in: $(cat err)"
}
frames() { "$program" info --json "$1" | grep -o '"frames" *: *[0-9]*' | grep -o '[0-9]*$'; }

# A grey frame of 64x48: above the one brightness, below the other.
grey() { head -c 1536 /dev/zero | tr '\0' "\\$1"; }
frame() { printf 'FRAME\n'; grey "$1"; grey "$2"; }
clip() {
  printf 'YUV4MPEG2 W64 H48 %s Ip Cmono\n' "${1:-F10:1}"
  frame 040 300; frame 040 300; frame 100 300; frame 240 060
}
clip >clip.y4m
size=3078  # the bytes of a frame

# y4m from a file and by a pipe, to words and back.
encode clip.y4m -o clip.spae 2>err
has 'clip.y4m: 4 frames' err || fail "the report is missing: $(cat err)"
[ "$(frames clip.spae)" = 4 ] || fail "not four frames"

# Text and JSON lines of the same film.
encode clip.y4m -o lines.json 2>err
has '^{"film":1' lines.json || fail "a .json is no JSON: $(head -1 lines.json)"
"$program" convert lines.json -o text.spae | has '^text.spae: 4 frames of lines.json$' || fail "convert says: $(cat err)"
cmp -s text.spae clip.spae || fail "JSON lines become another text"
"$program" convert clip.spae -o again.json >out
cmp -s again.json lines.json || fail "text becomes other JSON lines"
"$program" convert - -o - <clip.spae | cmp -s - lines.json || fail "a pipe gives no JSON lines of text"
"$program" convert - -o - <lines.json | cmp -s - clip.spae || fail "a pipe gives no text of JSON lines"
"$program" convert clip.spae -o - | "$program" convert - -o piped.spae >out && rm piped.spae
for field in rate grid; do
  sed "1s/\"$field\":[^,]*,//" lines.json >bad.json
  for command in info 'convert -o other.spae' 'explore --plain'; do
    refused 1 "bad.json: line 1, column 1: not the JSON of a film: $field is missing; the first line" \
      "$program" $command bad.json </dev/null
  done
done
refused 1 'clip.spae: a film keeps its words; -o NAME.json or -o NAME.spae' "$program" convert clip.spae
refused 1 'leave out --source and --fit' "$program" convert clip.spae --fit crop -o other.json
echo other >taken.spae
refused 1 'taken.spae' "$program" convert lines.json -o taken.spae
"$program" help help | has '^OVERVIEW' || fail "there is no help of help"
head -1 clip.spae | has -x 'spae film 1' || fail "no film: $(head -1 clip.spae)"
has -x 'rate 10' clip.spae || fail "the rate is lost"
encode - <clip.y4m >piped.spae
diff <(grep -v ^source clip.spae) <(grep -v ^source piped.spae) || fail "a pipe gives other words"
encode clip.y4m --format json -o clip.json
[ "$(frames clip.json)" = 4 ] || fail "JSON lines hold another film"
encode clip.y4m --fps 5 -o half.spae
[ "$(frames half.spae)" = 2 ] || fail "--fps is not obeyed"
encode clip.y4m --from 0.1 --to 0:00.3 -o part.spae
[ "$(frames part.spae)" = 2 ] || fail "--from and --to are not obeyed"

for kind in y4m gif webp; do
  "$program" decode clip.spae -o film.$kind
  encode --film film.$kind --size 64 -o again.$kind.spae
  [ "$(frames again.$kind.spae)" = 4 ] || fail "$kind: not four frames"
done
"$program" decode clip.spae -o - | cmp - film.y4m || fail "standard output has another film"
"$program" decode - -o - <clip.spae | cmp - film.y4m || fail "standard input has another film"
"$program" decode clip.spae -o pictures/
[ "$(ls pictures | tr '\n' ' ')" = "000001.png 000002.png 000003.png 000004.png " ] ||
  fail "the folder holds $(ls pictures)"
"$program" decode clip.spae --frame 3 -o third.png
cmp third.png pictures/000003.png || fail "--frame takes another frame"
{ printf 'YUV4MPEG2 W64 H48 F10:1 Ip Cmono\n'; frame 040 300; } >first.y4m
"$program" decode clip.spae --side-by-side first.y4m -o short.y4m --quiet 2>err
has 'first.y4m has 1 frame for it: the last 3 frames of 4 are left out' err ||
  fail "nothing is said of a shorter clip: $(cat err)"
"$program" decode clip.spae --side-by-side clip.y4m -o side.y4m
head -1 side.y4m | has 'W176 H64' || fail "side by side: $(head -1 side.y4m)"
"$program" decode clip.spae --scale 2 --from 0.2 -o scaled.y4m
head -1 scaled.y4m | has 'W176 H128' || fail "scaled: $(head -1 scaled.y4m)"

# Comparing, showing.
"$program" compare clip.y4m clip.spae >out
has '^frame 4  .* dB  .* words$' out || fail "compare has no lines of frames: $(cat out)"
tail -1 out | has '^4 frames; PSNR .* words a frame; flicker' || fail "compare: $(tail -1 out)"
"$program" compare clip.spae clip.spae | tail -1 | has 'PSNR equal' || fail "a film differs from itself"
"$program" compare clip.y4m part.spae --json | has '"differsInLength" *: *true' || fail "no other length"
"$program" show clip.spae --frame 4 | has clip.y4m || fail "show does not name the clip"
"$program" info clip.spae | has '^frames  *4, 10 a second' || fail "info says nothing of frames"

# An animation is a picture, unless a film is wished for; that is said.
encode film.gif -o first.spae 2>err
has -F 'only the first frame of its animation is used; --film' err || fail "not said: $(cat err)"
head -1 first.spae | has film && fail "a picture became a film"

# Words are not edited into a film, as they would replace it; and a film without an end keeps its frames.
cp clip.spae film.spae
refused 1 'a film; -o NAME.spae takes the words of frame 1 with the edit, -o NAME.png its picture, and' \
  "$program" edit film.spae '1:1,1 = cat'
refused 1 'the words of frame 3 with the edit' \
  "$program" edit film.spae --frame 3 '1:1,1 = cat'
cmp -s clip.spae film.spae || fail "an edit wrote over a film"
"$program" edit film.spae '1:1,1 = cat' -o still.spae 2>err || fail "the first frame is not edited: $(cat err)"
"$program" edit film.spae '1:1,1 = cat' --frame 3 --exact -o third.spae 2>err || fail "no third frame: $(cat err)"
has 'a film; only its frame 3 is used' err || fail "the frame is not told: $(cat err)"
"$program" edit still.spae '1:1,1 = cat' --frame 2 -o no.spae 2>err && fail "a picture has a second frame"
refused 1 'no frame 9: it has 4 frames' "$program" edit film.spae '1:1,1 = cat' --frame 9 -o no.spae
refused 2 'frame counts from 1' "$program" edit film.spae '1:1,1 = cat' --frame 0 -o no.spae
"$program" edit film.spae '1:1,1 = cat' --frame 1 --exact -o frame1.spae 2>err || fail "$(cat err)"
cmp -s frame1.spae third.spae && fail "the third frame is the first"
grep -vx end clip.spae >open.spae
[ "$(frames open.spae)" = 3 ] || fail "a film without an end has $(frames open.spae) frames"
printf 'cell 4 1 1\nset pond\nsave\nquit!\n' | "$program" explore --plain --history none open.spae >out 2>&1 || true
has 'still being written, .*save! replaces it' out || fail "a film without an end is written over: $(cat out)"
for word in pond grass; do
  printf 'cell 4 1 1\nedits exact\nset %s\nsave!\nquit\n' "$word" |
    "$program" explore --plain --history none open.spae >out || fail "plain mode: $(cat out)"
  [ "$(frames open.spae)" -ge 3 ] || fail "saving lost a frame: $(frames open.spae) are left"
done

cp clip.spae painted.spae
printf 'cell 2 1 1\nset pond\nsave\nquit\n' | "$program" explore --plain painted.spae >out
"$program" history tree painted.spae >tree 2>err
[ ! -s err ] || fail "the history of a film: $(cat err)"
has 'and [0-9]* more' tree && [ "$(wc -c <tree)" -lt 2000 ] || fail "the tree lists every edit: $(cat tree)"
"$program" history show painted.spae | has '[0-9] edits\?$' || fail "show does not count the edits"

# Bad input: what is whole is kept, and the place is named.
head -c $((60 + 2 * size)) clip.y4m >cut.y4m
refused 1 'behind frame 2' encode cut.y4m -o cut.spae
has -F '2 whole frames are in cut.spae' err || fail "what was kept is not said: $(cat err)"
[ "$(frames cut.spae)" = 2 ] || fail "the whole frames are lost"
head -c 60 clip.y4m >one.y4m
refused 1 'in its first frame' encode one.y4m -o one.spae
[ ! -e one.spae ] || fail "a film of no frame was written"
# Where nothing can be written, no file stays, and a frame's file is named as it is.
full() { (ulimit -f 0; "$@" 2>&1 || true) | cat; }
full encode clip.y4m -o full.spae | has '^spae: full.spae: cannot be written: file too large' || fail "a full disk is not told"
[ ! -e full.spae ] || fail "an empty film stays where the disk is full"
full "$program" decode clip.spae -o full/ | has ': full/000001.png: cannot be written' || fail "a frame's file is named otherwise"
full "$program" decode clip.spae -o full.gif | has 'full.gif: .*file too large; raise the limit' ||
  fail "a limit on a GIF is told otherwise"
! command -v ffmpeg >/dev/null ||
  full "$program" decode clip.spae -o full.mp4 | has 'full.mp4: .*file too large; raise the limit' ||
  fail "a limit on a clip is told otherwise"
[ ! -e full.gif ] && [ ! -e full.mp4 ] || fail "a part of a clip stays"
head -1 clip.y4m >none.y4m
refused 1 'the y4m film has no frame' encode none.y4m -o one.spae
clip F0:0 >zero.y4m
refused 1 'say it with --fps' encode zero.y4m -o one.spae
encode zero.y4m --fps 10 -o zero.spae
[ "$(frames zero.spae)" = 4 ] || fail "--fps gives no rate"
# A clock of 100,000 ticks a second is no rate of pictures.
encode --film "$kinds/default-apart.png" -o ticks.spae 2>err
has '25 a second are taken' err || fail "the rate of a clock is not replaced: $(cat err)"
[ "$(frames ticks.spae)" = 3 ] || fail "a film by a fine clock has $(frames ticks.spae) frames"
for kind in gif webp; do
  head -c $(($(stat -c %s film.$kind) * 2 / 3)) film.$kind >cut.$kind
  refused 1 'cut short or damaged' encode --film cut.$kind -o cut.$kind.spae
done
printf 'YUV4MPEG2 W1 H1 F1:1 C444\nFRAME\n\200\200\200' >pixel.y4m
encode pixel.y4m -o pixel.spae
[ "$(frames pixel.spae)" = 1 ] || fail "one pixel is no film"
: >empty.mp4
refused 1 'the file is empty; expected a film' encode empty.mp4
refused 1 'the file is empty; expected a film' encode --film empty.mp4
refused 1 'no such file' encode nowhere.mp4
refused 1 'not a film: neither' encode --film "$root/LICENSE"
# A picture with one frame is no film, whatever its format.
"$program" decode pixel.spae -o one.gif
"$program" decode pixel.spae -o one.webp
cp "$root/Assets/pictures/cat.png" one.png
cp one.png one.apng
cp "$root/Tests/SPAEPixelsTests/Fixtures/colour.jpg" one.jpg
for kind in gif webp png apng jpg; do
  refused 1 "one.$kind: a picture with one frame, not a film; leave out --film" encode --film one.$kind -o no.spae
  refused 1 "one.$kind: a picture with one frame, not a film" \
    "$program" decode clip.spae --side-by-side one.$kind -o no.y4m
  printf '{"file":"one.%s"}\n' $kind | "$program" encode --stream --film | has '"layers":' ||
    fail "one.$kind is no picture in a stream"
done
[ ! -e no.spae ] && [ ! -e no.y4m ] || fail "a picture became a film"
refused 2 'above 0' encode clip.y4m --fps 0
refused 2 'a time is' encode clip.y4m --from later
refused 2 'must be behind' encode clip.y4m --from 3 --to 2
refused 1 'the film ends after 0.4 s' encode clip.y4m --from 3
refused 1 'there is no frame 9' "$program" decode clip.spae --frame 9 -o ninth.png
refused 1 'a picture, not a pyramid' "$program" decode "$root/Assets/pictures/cat.png"
refused 1 '--frame takes one frame' "$program" decode clip.spae -o one.png

# Ten hours by a pipe, of which the last two frames are taken: memory does not grow.
{
  printf 'YUV4MPEG2 W64 H48 F1:10 Cmono\n'
  frame 100 200 >frame
  for _ in {1..3600}; do cat frame; done
} >long.y4m
cat long.y4m | "$program" encode --size 64 --from 9:59:45 - >long.spae &
most=0
while kill -0 $! 2>/dev/null; do
  now=$(awk '/VmHWM/ { print $2 }' /proc/$!/status 2>/dev/null || true)
  [ "${now:-0}" -gt "$most" ] && most=$now
  sleep 0.05
done
wait $! || fail "ten hours are not read"
[ "$most" -lt 400000 ] || fail "ten hours take $most kB"
[ "$(frames long.spae)" = 2 ] || fail "the end of ten hours has $(frames long.spae) frames"

# Memory does not grow with a film: after 40 frames it is what it is after 240.
memory() { awk '/^VmRSS/ { print $2 }' "/proc/$coder/status"; }
mkfifo frames
"$program" encode --size 64 - <frames >grown.spae 2>/dev/null &
coder=$!
exec 3>frames
printf 'YUV4MPEG2 W64 H48 F10:1 Ip Cmono\n' >&3
for count in $(seq 240); do
  frame "$(printf %o $((64 + count * 7 % 128)))" "$(printf %o $((64 + count * 3 % 128)))" >&3
  [ "$count" != 60 ] || until [ "$(grep -c ^frame grown.spae)" -gt 40 ]; do sleep 0.1; done
  [ "$count" != 60 ] || early=$(memory)
done
until [ "$(grep -c ^frame grown.spae)" -gt 230 ]; do sleep 0.1; done
late=$(memory)
exec 3>&-
wait "$coder" || fail "a long film is not encoded"
[ "$late" -lt $((early + 2048)) ] || fail "memory grew from $early to $late kB"

# No file is replaced unasked, and a refused or failed one leaves nothing.
cp clip.y4m mine.spae
for path in mine.spae film.gif film.webp film.y4m; do
  before=$(md5sum $path)
  if [ $path = mine.spae ]; then
    refused 1 'not replaced: it is no film of words; --force' encode clip.y4m -o $path
  else
    refused 1 'not replaced: it exists; --force' "$program" decode clip.spae -o $path
  fi
  [ "$before" = "$(md5sum $path)" ] || fail "$path was changed"
done
refused 1 'holds pictures already' "$program" decode clip.spae -o pictures
"$program" decode clip.spae --force -o pictures
encode clip.y4m --force -o mine.spae
cmp mine.spae clip.spae || fail "--force does not replace"

# A run can be repeated: the same film stays, with comments, and one that was cut short becomes whole.
stays() {
  before=$(stat -c '%i %Y' mine.spae; cksum mine.spae)
  "$@"
  [ "$before" = "$(stat -c '%i %Y' mine.spae; cksum mine.spae)" ] || fail "mine.spae was touched: $*"
}
stays encode clip.y4m -o mine.spae
sed -i '/^frame 2$/i # mine' mine.spae
stays encode clip.y4m -o mine.spae
sed '/^end$/d' mine.spae >commented.spae
refused 1 'not replaced: somebody wrote comments into it' encode clip.y4m -o commented.spae
encode clip.y4m --to 0.2 -o behind.spae
echo '# a note' >>behind.spae
refused 1 'not replaced: somebody wrote comments into it' encode clip.y4m -o behind.spae
has -x '# a note' behind.spae || fail "a comment behind the end is lost"
printf 'cell 1 1 1\nedits exact\nset pond\nsave\nquit\n' | "$program" explore --plain --history none behind.spae >out
[ "$(tail -2 behind.spae)" = "$(printf 'end\n# a note')" ] || fail "saving loses what is behind the end: $(tail -3 behind.spae)"
"$program" convert behind.spae -o again.spae >out
cmp -s behind.spae again.spae || fail "convert loses what is behind the end"
for length in 250 5000 $(($(stat -c %s clip.spae) - 5)); do
  head -c "$length" clip.spae >part.spae
  encode clip.y4m -o part.spae
  cmp part.spae clip.spae || fail "a film that was cut at byte $length is not made whole"
done
cp clip.json repeated.json
encode clip.y4m --format json -o repeated.json
cmp clip.json repeated.json || fail "JSON lines are not left as they are"
awk '/^layer 1$/ && !done { print; getline; print "castle"; done = 1; next } { print }' clip.spae >mine.spae
stays refused 1 'not replaced: its words are others in frame 1' encode clip.y4m -o mine.spae
cp clip.spae mine.spae
stays refused 1 'not replaced: it was made with another --size' encode clip.y4m --fps 5 -o mine.spae
stays refused 1 'not replaced: it has another --format' encode clip.y4m --format json -o mine.spae
stays refused 1 'not replaced: it has more than the 3 frames' encode clip.y4m --to 0.3 -o mine.spae
cp clip.y4m other.y4m
stays refused 1 'not replaced: it holds the film of another clip, clip.y4m' encode other.y4m -o mine.spae
encode clip.y4m --force -o mine.spae

# An empty file is no picture, and a header that is cut says so.
: >empty.spae
for command in info decode show convert 'explore --plain'; do
  refused 1 'empty.spae: the file is empty' "$program" $command empty.spae
done
refused 1 'empty.spae: the file is empty' "$program" compare clip.spae empty.spae
head -c 12 clip.spae >header.spae
refused 1 "line 2, column 1: expected 'model NAME SHA-256', but the file ends there: it was cut short" "$program" info header.spae
ls -A | has '[.]part$' && fail "temporary files stay: $(ls -A)"

# Without ffmpeg the remedy is named, before anything is written.
mkdir bin
refused 1 'install it with apt install ffmpeg' env PATH="$work/bin" "$program" decode clip.spae -o new.mp4
printf '....ftypisom' >foreign.mp4
refused 1 'install it with apt install ffmpeg' env PATH="$work/bin" "$program" encode foreign.mp4
refused 1 'name the file' "$program" encode - <foreign.mp4
[ ! -e new.mp4 ] || fail "a refused film is there"

if ! command -v ffmpeg >/dev/null; then
  echo "films: passed, but what needs ffmpeg, which is not installed"
  exit 0
fi
refused 1 'ffmpeg finds no film in it: it is none, or was cut short or damaged; its last lines: [' encode foreign.mp4
! has '0x' err || fail "an address is told: $(cat err)"
refused 1 'it looks like a film of words; use spae decode' encode clip.spae
for kind in mp4 mkv webm avi mov apng; do
  "$program" decode clip.spae -o film.$kind
  encode --film film.$kind -o again.$kind.spae
  [ "$(frames again.$kind.spae)" = 4 ] || fail "$kind: $(frames again.$kind.spae) frames, not four"
  has -x 'rate 10' again.$kind.spae || fail "$kind: the rate is lost"
done
"$program" decode clip.spae
[ -s clip.decoded.mp4 ] || fail "decode does not choose a name"
refused 1 'not replaced: it exists' "$program" decode clip.spae
# Whatever its name, a file is a file.
for name in ./-dash.mp4 http:x.mp4 'concat:a|b.mp4' 'a b;c.mp4'; do
  cp film.mp4 "$name"
  encode "$name" --to 0.1 >named.spae || fail "$name is not read"
done
refused 1 'no such file' encode http://localhost/film.mp4
head -c $(($(stat -c %s film.mkv) / 2)) film.mkv >cut.mkv
got=0
encode cut.mkv -o cut.mkv.spae 2>err || got=$?
[ $got = 0 ] || [ $got = 1 ] || fail "a cut film gives status $got"
[ -s err ] || fail "a cut film is read without a word"
# One that changes its size becomes as its beginning.
ffmpeg -v error -i film.mp4 -vf scale=96:64 -f mpegts large.ts
ffmpeg -v error -i film.mp4 -f mpegts small.ts
cat small.ts large.ts >both.ts
encode both.ts -o both.spae 2>err || fail "a film of two sizes is not read: $(cat err)"
[ "$(frames both.spae)" = 8 ] || fail "a film of two sizes has $(frames both.spae) frames"
echo "films: passed"
