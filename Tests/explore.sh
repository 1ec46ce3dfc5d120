#!/usr/bin/env bash
# Uses the explorer as a person would, in a real terminal (tmux), by pipe and by script.
# Usage: Tests/explore.sh PROGRAM
set -Eeuo pipefail
trap 'echo "explore: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
. "$(dirname "$0")/explorer-screen.sh"

# Changes the word under the cursor through the picker, which previews it.
change() {
  keys i
  shows "┌ Change"
  typed "$1"
  shows "^│> $1"
  shows "^│ $1( |\$)"
  keys Enter
  shows "^│ $1 +layer .* was: "
}

killed() {
  local victim
  victim=$(program)
  kill -KILL "$victim"
  until_so "SIGKILL does not end it" is_gone "$victim"
  # Nothing could give the terminal back: a person types this blindly.
  typed "stty sane; printf '\\033[?1049l\\033[?25h\\033[?1002l\\033[?1006l\\033[?2004l'; clear"
  keys C-j
  left
}

words_differ() {
  "$program" compare "$1" "$2" | tail -1 | grep "^$3 of 597" >/dev/null || fail "$1: not $3 words differ"
}

begin_terminal
"$program" encode cat.png -o before.spae

# Three words at three layers, one of them taken back, saved.
open cat.png
shows "^ spae +cat.png .*layer 1/6 .*state 1/1"
shows "i changes a word"
change castle
keys 2 G
shows "layer 2/6"
change dog
keys 3 G
shows "layer 3/6"
keys l
change bird
shows "edited \* .*state 4/4"
keys u
shows "state 3/4"
done_says "three edits at three layers, one undone"

# A preview is shown in the picture, and Escape leaves no trace of it.
keys Escape
shows "^ i edit"
shows "SSIM"
# What is only to be known besides comes last.
shows "fits "
settled plain
keys i
typed queen
shows "^│ queen"
until_so "the preview does not reach the picture" \
  test "$(sed -n 5,28p plain | cut -c52-)" != "$(screen | sed -n 5,28p | cut -c52-)"
escape
until_so "Escape leaves a trace" screen_is plain
done_says "a preview leaves no trace"

typed ":w"
keys Enter
shows "saved cat.spae"
words_differ before.spae cat.spae 2
cp cat.spae saved.spae
keys u
shows "state 2/4"
typed ":w"
keys Enter
until_so "the own file is not written again" eval '! cmp -s cat.spae saved.spae'
words_differ before.spae cat.spae 1
keys C-r
shows "state 3/4"
keys Z Z
left
cmp cat.spae saved.spae || fail "ZZ does not save"
done_says "saved twice, and by ZZ"

# Sizes: as small as can be, too small, and back.
open cat.png
shows "goes on where cat.spae was saved"
screen_has "edited" && fail "saved words are called unsaved"
keys Escape
shows "^ i edit"
shows "SSIM"
# What is only to be known besides comes last.
shows "fits "
settled plain
terminal resize-window -x 40 -y 12
shows "^ cat.png +layer 1/6"
keys Tab
shows "┌ all layers"
keys BTab
shows "┌ Pyramid"
terminal resize-window -x 39 -y 11
shows "This terminal has 39 columns"
terminal resize-window -x 100 -y 30
until_so "it looks otherwise after resizes" screen_is plain
done_says "resized to 40x12 and back"

keys C-z
shows Stopped
typed "clear; fg"
keys Enter
until_so "it looks otherwise after Ctrl-Z and fg" screen_is plain
# Who is stopped is told of no other size.
keys C-z
shows Stopped
terminal resize-window -x 40 -y 12
typed "clear; fg"
keys Enter
shows "^ cat.png +layer 1/6"
terminal resize-window -x 100 -y 30
until_so "it looks otherwise after another size" screen_is plain
done_says "stopped and continued"

# A number waits for its key as long as it takes, in sight.
keys 4 G
shows "layer 4 \(5,5\)"
keys 3
shows "^ G go to layer 3 .* 3$"
sleep 1
keys h
shows "layer 4 \(5,2\)"
keys 1
sleep 0.2
keys 2
sleep 0.2
keys 3
shows " 123$"
keys Escape
shows "^ i edit"
shows "layer 4 \(5,2\)"
typed ":!ls"
keys Enter
shows "no shell commands here"
typed ":1"
keys Enter
shows "layer 1/6"
done_says "a number before a key"

# Killed while a word is being chosen, and right after an accepted edit.
keys 2 G
shows "layer 2 \(2,2\)"
change snake
keys i
shows "┌ Change"
typed queen
shows "^│ queen"
killed
words_differ cat.spae saved.spae 0
open cat.png
shows "1 changed word came back that was not saved"
shows "edited \* .*state 5/5"
keys 3 G
shows "layer 3 \(3,3\)"
keys i
shows "┌ Change"
typed queen
shows "^│ queen"
keys Enter
until_so "the edit is not accepted" screen_has "state 6/6"
killed
open cat.png
shows "2 changed words came back that were not saved"
shows "edited \* .*state 6/6"
typed ":w"
keys Enter
shows "saved cat.spae"
words_differ before.spae cat.spae 3
done_says "killed twice, no accepted edit is lost"

# What is not saved and discarded does not come back, but the tree keeps it.
change whale
shows "edited \* .*state 7/7"
typed ":q!"
keys Enter
left
words_differ before.spae cat.spae 3
open cat.png
shows "goes on where cat.spae was saved"
screen_has "edited" && fail "discarded words come back"
shows "state 6/7"
keys C-r
shows "^│>1 \[whale\]"
keys q
shows "n discard and quit"
keys n
left
open cat.png
screen_has "whale" && fail "discarded words come back"
keys q
left
open "cat.png --history fresh.db --size 64"
shows "state 1/1"
change whale
typed ZQ
left
open "cat.png --history fresh.db --size 64"
screen_has "whale|came back" && fail "words that were never saved come back"
keys q
left
done_says "what is discarded stays discarded"

# A name's ending says what is written, and nothing is replaced unasked.
command_says() {
  typed ":$1"
  keys Enter
  shows "$2"
}
begins_with() { [ "$(head -c "${#2}" "$1" | tr -d '\0')" = "$2" ] || fail "$1 does not begin with $2"; }
mkdir names
printf 'a photograph' >names/van.jpg
ln -s van.jpg names/link.spae
mkfifo names/pipe.spae
open "before.spae --history names.db"
keys G
shows "all layers"
command_says "w names/cat.png" "saved names/cat.png: 128x128, all layers"
"$program" decode before.spae -o names/decoded.png
cmp names/cat.png names/decoded.png || fail "the picture is another one than decode gives"
command_says "w names/cat.webp" "saved names/cat.webp"
begins_with names/cat.webp RIFF
command_says "w names/cat.json" "saved names/cat.json"
begins_with names/cat.json '{"'
words_differ before.spae names/cat.json 0
for file in van.jpg van.JPEG van.spae; do cp names/van.jpg "names/$file" 2>/dev/null || true; done
for file in van.jpg van.JPEG van.spae; do
  command_says "w names/$file" "names/$file exists; :w! names/$file replaces it"
  cmp names/$file names/van.jpg || fail ":w replaces $name"
done
command_says "w! names/link.spae" "leads to a picture"
command_says "w! names/pipe.spae" "is no regular file"
command_says "w! names/van" "end it in .spae, .json \(words\)"
begins_with names/van.jpg 'a photograph'
command_says "w! names/van.jpg" "saved names/van.jpg: 128x128"
begins_with names/van.jpg $'\xff\xd8\xff'
command_says "w names/van.jpg" "saved names/van.jpg"
keys q
left
# Words in a picture's name are read, and saved elsewhere; JSON stays JSON.
cp names/cat.json names/words.png
cp names/cat.json names/words
open "names/words.png --history names.db"
change castle
command_says w "names/words.png is the name of a picture"
typed ZQ
left
open "names/words --history none"
shows "state 1/1 not kept"
change castle
command_says wq "^\\$ *$"
begins_with names/words '{"'
words_differ before.spae names/words 1
done_says "an ending says what is written, and nothing is replaced unasked"

# Without a folder for the history: it opens, and says so.
typed "clear; XDG_STATE_HOME=/proc/none '$program' explore before.spae --graphics quadrants"
keys Enter
shows "edits are not kept, as with --history none: /proc/none.*: no such file"
shows "state 1/1 not kept"
change castle
shows "state 2/2 not kept"
typed ZQ
left
echo quit | XDG_STATE_HOME=/proc/none "$program" explore --plain before.spae >lines
grep -q 'edits are not kept, as with --history none' lines || fail "nothing is said: $(cat lines)"
for state in "$work/plain" /proc/none; do
  printf 'near\ncell\nquit\n' | XDG_STATE_HOME=$state "$program" explore --plain before.spae >lines
  [ "$(grep -c '^near in meaning: [a-z]* [a-z]*' lines)" = 2 ] || fail "no neighbours before the first move: $(cat lines)"
done
printf 'set castle\nsave! lion.spae\nsave lion.spae\nset lion\nsave cat.png\nsave! cat.txt\nquit!\n' |
  "$program" explore --plain before.spae >lines 2>err && fail "a picture is replaced"
grep -qx 'cat.png exists; save! cat.png replaces it' err || fail "no remedy in plain words: $(cat err)"
grep -q ':w' lines err && fail "plain errors name keys: $(cat err)"
if echo quit | "$program" explore --plain before.spae --history /proc/none/h.db 2>err; then
  fail "a history that was asked for is forgotten"
fi
grep -q 'the history cannot be written' err || fail "no reason: $(cat err)"
done_says "without a folder for the history"

# A disk that fills up beneath the history: all goes on in memory, and a way out is named.
cat >fill <<'END'
mount -t tmpfs -o size=300k none "$2" 2>/dev/null || exit 77
"$1" words | head -200 | sed 's/^/set /' >many
printf 'undo\nundo\nredo\nearlier 100\ntree\ncell\nlater 100\nsave %s/x.spae\nsave full.spae\nquit\n' "$2" >>many
XDG_STATE_HOME=$2 "$1" explore --plain before.spae <many >lines 2>err
"$1" explore --plain before.spae --history "$2/new.db" </dev/null 2>>err
! "$1" encode cat.png -o "$2/a.spae" 2>>err
END
mkdir disk
got=0
unshare -rm sh fill "$program" "$work/disk" || got=$?
if [ "$got" = 77 ]; then
  done_says "left out, no file system can be mounted here: a full disk"
else
  [ "$(grep -c 'edits are no longer kept, save NAME saves them: .*no space is left' lines)" = 1 ] ||
    fail "the loss is not told, or told again: $(head -3 lines err)"
  grep -q '^o 201 ' lines || fail "the states of a full disk are lost: $(tail -5 lines)"
  grep -q '^saved full.spae' lines || fail "nothing can be saved: $(cat err)"
  [ "$(sed -n '/^layer 1$/{n;p}' full.spae)" = "$("$program" words | sed -n 199p)" ] || fail "edits are lost"
  grep -q 'x.spae: cannot be written: no space left.*name a file elsewhere' err || fail "no way out: $(cat err)"
  grep -q 'new.db: the history cannot be written.*none, with --history' err || fail "no way out: $(cat err)"
  grep -q 'a.spae: cannot be written: no space left.*elsewhere' err || fail "no way out: $(cat err)"
  done_says "a full disk"
fi

# A history that another process holds: edits wait in memory until they can be kept.
cat >hold.py <<'END'
import os, sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
open("held", "w").close()
# Nobody is left behind by a test that failed.
end = time.monotonic() + 120
while not os.path.exists("let go") and time.monotonic() < end: time.sleep(0.05)
END
# Opens words by a pipe, and makes two edits while the history is held.
open_held() {
  rm -f held "let go" lines
  cp before.spae held.spae
  mkfifo typed
  "$program" explore --plain held.spae --history held.db <typed >lines 2>err &
  explorer=$!
  exec 4>typed
  rm typed
  echo near >&4
  await 'near in meaning'
  python3 hold.py held.db 4>&- &
  holder=$!
  for attempt in $(seq 100); do [ -e held ] && break; sleep 0.1; done
  printf 'set castle\nset lion\nsave\nquit\n' >&4
  await 'quit! leaves without 2 edits: another program is writing'
  grep -q 'waits for another program that writes to the history' err || fail "no wait is told: $(cat err)"
  grep -q '1 edit is not kept yet: another program holds' lines || fail "not told: $(cat lines)"
  grep -q '^saved held.spae; 2 edits are not kept yet' lines || fail "not told: $(cat lines)"
}
await() {
  for attempt in $(seq 300); do grep -qs "$1" lines err && return; sleep 0.1; done
  fail "'$1' does not come: $(cat lines err)"
}
open_held
: >"let go"
wait $holder
echo undo >&4
await '2 edits that waited are in the history now'
printf 'set lion\nquit!\n' >&4
exec 4>&-
wait $explorer || true
"$program" history tree held.spae --history held.db >log
[ "$(grep -c 'castle' log)" -ge 1 ] && grep -q lion log || fail "edits are lost: $(cat log)"
open_held
exec 4>&-
wait $explorer && fail "edits that were never kept are no failure"
grep -q '2 edits are not kept yet, and ended with the explorer' err || fail "$(cat err)"
: >"let go"
wait $holder
rm -f held "let go"
cp before.spae shown.spae
typed "clear; '$program' explore shown.spae --history held.db --graphics quadrants 2>>errors"
keys Enter
shows "SSIM|[0-9] ms|near: [a-z]"
python3 hold.py held.db &
holder=$!
until_so "nobody holds the history" test -e held
keys 5 G x
shows "^ waits for another program that writes to the history, ten seconds at most$"
: >"let go"
wait $holder
shows "edited .*state 2/2  "
keys Z Q
left
done_says "while another process holds the history"
open cat.png

# The person's own editor.
cat >editor <<'END'
#!/bin/sh
awk 'p == "layer 1" {print "lion"; p = ""; next} {p = $0; print}' "$1" >"$1.new"
mv "$1.new" "$1"
END
chmod +x editor
keys e
shows "^│>1 \[lion\]"
shows "state 8/8"
printf '#!/bin/sh\nexit 3\n' >editor
keys e
shows "the editor ended with status 3"
shows "^│>1 \[lion\]"
printf '#!/bin/sh\nsed -i "s/lion/xqzzy/" "$1"\n' >editor
keys e
shows "xqzzy"
shows "state 8/8"
escape
keys q
shows "The words are not saved"
keys n
left
words_differ before.spae cat.spae 3
done_says "through an editor, and an editor that fails"

# A language model that nobody serves: the error is shown, and nothing is lost.
open "cat.png --history other.db --endpoint http://127.0.0.1:9"
change castle
typed ":caption"
keys Enter
shows "┌ No answer|no language model answers"
shows "127.0.0.1:9"
escape
shows "state 2/2"
keys F
shows "┌ No answer|no language model answers"
escape
shows "^│ castle +layer .* was: "
keys u
shows "state 1/2"
keys q
left
done_says "a language model that does not answer"

# The bundled one: keys go on while it starts and thinks.
if [ -x "$root/.venv-language/bin/python" ]; then
  open "cat.png --history model.db"
  keys 2 G
  shows "layer 2/6"
  shows "^ i edit"
  shows "SSIM"
  # What is only to be known besides comes last.
  shows "fits "
  settled plain
  typed ":caption"
  keys Enter
  shows "Esc cancels|┌ Caption"
  patience=120 shows "┌ Caption"
  keys q
  until_so "a caption leaves a trace" screen_is plain
  keys v
  keys l
  typed ":fill"
  keys Enter
  patience=60 shows "Tab other words, 1 of"
  keys Tab
  shows "Tab other words, 2 of"
  keys Escape
  until_so "Escape does not drop proposals" screen_lacks "Tab other words"
  shows "state 1/1"
  keys F
  patience=60 shows "Tab other words, 1 of"
  keys Enter
  shows "state 2/2"
  keys u
  shows "state 1/2"
  # A wish is seen before it is accepted; one that the model cannot read changes nothing.
  typed ":revise flurb the quux"
  keys Enter
  patience=60 shows "no word of the wish is known"
  keys Escape
  until_so "Escape leaves what was said" screen_lacks "no word of the wish is known"
  shows "state 1/2"
  typed ":revise at night"
  keys Enter
  patience=60 shows "Enter accept.*-> night"
  keys Escape
  until_so "Escape does not drop a wish" screen_lacks "Enter accept"
  shows "state 1/2"
  typed ":revise at night"
  keys Enter
  patience=60 shows "Enter accept.*-> night"
  keys Enter
  shows "state [23]/3"
  keys u
  shows "state 1/3"
  server=$(pgrep -P "$(program)" -f Assets/language/serve.py)
  keys q
  left
  until_so "the language model's server outlives the explorer" is_gone "$server"
  done_says "a caption and proposals of the bundled language model"
else
  done_says "no language model is installed: make language"
fi

[ ! -s errors ] || fail "on standard error: $(cat errors)"

# A part of the picture, the picture alone, and what is yanked in the clipboard.
open before.spae
keys +
shows "all layers, .* words, zoomed 2x"
keys z j
keys -
screen_lacks "zoomed" || until_so "it stays zoomed" screen_lacks "zoomed"
keys z f
until_so "words stand beside the picture that should be alone" screen_lacks "┌ Pyramid"
keys z f
shows "┌ Pyramid"
terminal set-option -s set-clipboard on
typed ":set clipboard"
keys Enter
shows "clipboard  edits="
keys y
shows "yanked 'cat'"
is_copied() { [ "$(terminal show-buffer 2>/dev/null)" = cat ]; }
until_so "the word is not in the clipboard" is_copied
keys Z Q
left
done_says "a part of the picture, the picture alone, a word in the clipboard"

# Keys that a person gives, and those that mean something else already.
mkdir -p own/spae
printf '[keys]\nundo = "U"\n' >own/spae/config.toml
printf 'ilion<CR>U' >script
XDG_CONFIG_HOME=$work/own XDG_STATE_HOME=$work/changed "$program" explore before.spae --graphics none \
  --keys script --save-screen - >seen
grep -q 'undid edit: 1 (1,1) cat > lion' seen || fail "U undoes nothing: $(cat seen)"
printf '[keys]\nundo = "x"\n' >own/spae/config.toml
XDG_CONFIG_HOME=$work/own "$program" explore before.spae --save-screen - >seen 2>&1 &&
  fail "a key that means two things is taken"
grep -q 'config.toml: line 2, column 1: keys.undo: x cannot be it: x is replace-by-mean' seen ||
  fail "a conflict is not told: $(cat seen)"
done_says "keys that a person changed"

# A list that scrolls beside a sixel picture: to scroll rows would take the picture along.
typed "clear; '$program' explore cat.png --graphics sixel 2>>errors"
keys Enter
shows "┌ Pyramid"
keys G
shows "all layers, 597"
keys "["
shows "layers 1-5, 341 words, pinned"
terminal pipe-pane "cat >$work/sent"
keys i
shows "┌ Change"
typed princess
shows "^│> princess"
escape
keys gg C-d C-d
shows "layer 5/6"
terminal pipe-pane
if LC_ALL=C grep -aqE $'\e\\[[0-9]+;[0-9]+r|\e\\[[0-9]*[STLM]' sent; then
  fail "rows were scrolled beside a picture"
fi
[ -s sent ] || fail "nothing was sent"
typed ZQ
left
done_says "no picture scrolls along"

# As lines by pipe: a screen reader, or a script.
export XDG_STATE_HOME=$work/by-pipe
printf '%s\n' 'cell 3 2 3' 'set castle' 'near' 'undo' 'redo' 'save by-pipe.spae' quit |
  "$program" explore --plain cat.spae >lines || fail "the plain explorer fails"
grep -q '^castle, layer 3, row 2, column 3, was ' lines || fail "set does not tell: $(cat lines)"
grep -q '^saved by-pipe.spae' lines || fail "save does not tell: $(cat lines)"
words_differ cat.spae by-pipe.spae 1
if printf 'set xqzzy\nquit\n' | "$program" explore --plain cat.spae >lines 2>err; then
  fail "a word outside the vocabulary is taken"
fi
grep -q "'xqzzy' is not in the vocabulary" err || fail "a wrong word is not named: $(cat err)"
done_says "lines by pipe"

# The same keys give the same screen.
printf '3Gllidog<CR>2jscastle<Down><CR>u5Gx?undo' >script
for run in 1 2; do
  XDG_STATE_HOME=$work/script-$run "$program" explore before.spae --graphics quadrants \
    --keys script --save-screen "screen-$run" --screen-size 90x28
done
cmp screen-1 screen-2 || fail "the same keys give another screen"
grep -q 'Keys: type to filter' screen-1 || fail "the keys are not played: $(cat screen-1)"
[ "$(wc -l <screen-1)" = 28 ] || fail "the screen has another size"
done_says "the same keys give the same screen"

# Keys without a terminal: an editor that needs none, numbers, names, and what is discarded.
cat >editor <<'END'
#!/bin/sh
sed -i 's/^cat$/lion/' "$1"
END
play() {
  printf '%s' "$1" >script
  XDG_STATE_HOME=$work/played EDITOR=$work/editor TMPDIR=$work/tmp "$program" explore before.spae \
    --graphics none --keys script --save-screen - --screen-size 90x28 >seen
  grep -Eq -- "$2" seen || fail "the keys $1 do not show $2: $(cat seen)"
}
play 'e' '^│>1 \[lion\]'
play ':3<CR>:w names/scripted.jpg<CR>' 'saved names/scripted.jpg: 128x128, all layers'
begins_with names/scripted.jpg $'\xff\xd8\xff'
play ':w! names/scripted<CR>' 'end it in .spae'
play '12' '^ G go to layer 12 .* 12$'
play 'ZQ' '^│>1 \[lion\]'
play '' '^│>1 \[cat\]'
done_says "keys without a terminal"

# Words of the bundled pictures, or of a folder, with what they say; another size.
brings() {
  printf '%s' "$1" >script
  XDG_STATE_HOME=$work/brought XDG_CACHE_HOME=$work/cache "$program" explore cat.png --graphics none \
    --history "$work/history-$RANDOM.db" ${3:+--library "$3"} --keys script --save-screen - --screen-size 120x40 >seen
  grep -Eq -- "$2" seen || fail "the keys $1 do not show $2: $(cat seen)"
}
brings '2Ggbdog' '^│ .* dog dog.png'
brings '2Ggbdog<CR>' 'brought [0-9]+ words from dog.png'
brings '2Ggbdog<CR>u' 'undid bring: 2 \(2,2\) [a-z]+ > dog, and [0-9]+ more'
brings '2Ggbdog<Esc>' 'state 1/1'
brings '2G:bring flower<CR>' 'brought [0-9]+ words from [a-z]+.png'
mkdir nothing
brings '2Ggb' 'there is no picture' nothing
brings '2G:bring dog<CR>' 'gone: no folder' gone
brings '2Gidog<CR>:size 256<CR>' '^ spae +cat.png +256x256 .*layer 2/7 .*state 2/2'
printf '%s\n' 'cell 2 1 1' 'bring dog' 'size 64' 'size 100' 'quit!' |
  XDG_CACHE_HOME=$work/cache "$program" explore --plain --history "$work/size.db" cat.png >lines 2>err || true
grep -Eq '^brought [0-9]+ words from ' lines || fail "bring does not tell: $(cat lines err)"
grep -q '64x64' lines || fail "size does not tell: $(cat lines err)"
grep -q "size is '100'" err || fail "a wrong size is not named: $(cat err)"
done_says "words from the library, and another size"
echo "explore: passed"
