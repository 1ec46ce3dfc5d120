#!/usr/bin/env bash
# What the explorer says in a real terminal (tmux), and what is typed after a colon.
# Usage: Tests/messages.sh PROGRAM
set -Eeuo pipefail
trap 'echo "messages: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
. "$(dirname "$0")/explorer-screen.sh"

command_says() {
  typed ":$1"
  keys Enter
  shows "$2"
}

begin_terminal
"$program" encode cat.png -o before.spae

# What is too long for the line is read in full until the next key, and again in the list.
open "before.spae --history talk.db"
terminal resize-window -x 70 -y 24
command_says "set nonsense" "^ there is no setting 'nonsense': tint, inset and clipboard, or"
shows "depth=, theme=, graphics=$"
keys j
until_so "a message stays" screen_lacks "theme=, graphics="
shows "layer 2/6"
typed ":mes"
keys Tab Enter
shows "┌ Messages: "
shows "'nonsense': tint"
keys q
until_so "the list stays" screen_lacks "┌ Messages"
terminal resize-window -x 40 -y 24
keys '?'
shows "┌ Keys"
typed "half"
shows "^│ <C-d> <PageDown>$"
shows "^│ +half a page down$"
keys Escape
until_so "the help stays" screen_lacks "┌ Keys"
command_says "help :w" "larger if wished|replaces a file"
keys j
until_so "a message stays" screen_lacks "replaces a file"
terminal resize-window -x 100 -y 30
done_says "messages in full, a list of them, help in 40 columns"

# Edits and cells after a colon, which '.' repeats; states by their names.
command_says "2:1,2" "layer 2 \(1,2\)"
command_says "2:1,2 = castle" "state 2/2"
command_says "2:2,1" "layer 2 \(2,1\)"
keys .
shows "^│ castle +layer 2 \(2,1\)"
shows "state 3/3"
command_says "castle -> " "name the new word: :castle -> WORD"
command_says "castle -> lion; lion -> dog" "one edit a line: :castle -> lion, then :lion -> dog"
command_says "mark dawn" "this state is called 'dawn'$"
keys u
shows "state 2/3"
command_says "mark dawn" "called 'dawn'; until now that was the name of state 3"
keys C-r
shows "state 3/3"
command_says "compare dawn" "dB between them"
command_says "compare dusk" "no state is called 'dusk'; the tree lists the states' numbers and names"
command_says "compare" "all layers, 597"
command_says "mark the evening before the first snow of the year, with all the birds that left" "called 'the evening"
terminal resize-window -x 80 -y 24
shows "before.spae  layer 2/6.*state 3/3 the evening"
terminal resize-window -x 100 -y 30
keys Z Q
left
done_says "edits, cells and states by name"

# Files of two models, each with its own; one that is gone is left out, and said.
"$program" encode cat.png --model small-2026-11 -o first.spae
"$program" explore first.spae before.spae >lines || fail "files of two models cannot be listed"
grep -q '^1  first.spae  its words are those of the model small e1193159c3aa' lines ||
  fail "a file of another model is not listed: $(cat lines)"
cp before.spae gone.spae
typed "clear; '$program' explore first.spae gone.spae before.spae cat.png --history list.db --graphics quadrants 2>>errors"
keys Enter
shows "1/4  first.spae"
shows "SSIM|[0-9] ms|near: [a-z]"
rm gone.spae
keys 3 G y
shows "yanked '"
keys C-n
shows "before.spae"
shows "left out .*gone.spae: "
shows "near: [a-z]"
keys 2 G p
shows "state 2/2"
keys C-p
shows "first.spae .*1/1|first.spae .* state 1/1"
shows "near: [a-z]"
command_says "e first.spae before.spae" "1/2  first.spae"
keys C-n
shows "2/2  before.spae"
shows "near: [a-z]"
command_says "e nosuch.spae" "nosuch.spae"
# The person's own editor, after all that.
if command -v vi >/dev/null; then
  printf '#!/bin/sh\nexec vi -u NONE "$@"\n' >editor
  chmod +x editor
  keys e
  until_so "vi does not come" screen_has "^layer 1$"
  typed ":q!"
  keys Enter
  shows "┌ Pyramid"
  keys gg
  shows "layer 1/6"
fi
typed ":q!"
keys Enter
left
[ ! -s errors ] || fail "on standard error: $(cat errors)"
done_says "files of two models, a file that is gone, what was yanked"

# Of several files those that cannot be opened are left out and named; the others open.
mkdir lo
cp before.spae first.spae lo
sed -E 's/^model small .*/model alien feedfeed/' lo/first.spae >lo/alien.spae
echo 'no picture' >lo/bad.png
typed "clear; '$program' explore before.spae nosuch.png first.spae --history none 2>>errors"
keys Enter
shows "1/2  before.spae"
shows "left out nosuch.png: .*no such file"
command_says "messages" "- left out nosuch.png: .*no such file"
keys q
command_says "e lo/before.spae neither.png nor.png cat.png" "1/2  before.spae"
shows "left out neither.png: .*, and 1 file more"
command_says "e neither.png nor.png" "neither.png nor.png: "
shows "1/2  before.spae"
keys : q ! Enter
left
typed "clear; '$program' explore nosuch.png lo/bad.png before.spae --history none 2>>errors"
keys Enter
shows "2/2  before.spae"
shows "left out nosuch.png: .*, and 1 file more"
keys : q ! Enter
left
status=0
"$program" explore --plain nosuch.png nor.png >lines 2>err </dev/null || status=$?
[ $status = 1 ] || fail "files that are not there: status $status"
grep -q '^spae: nosuch.png: ' err && grep -q '^spae: nor.png: ' err || fail "not named: $(cat err)"
echo quit | "$program" explore --plain nosuch.png before.spae --history none >lines 2>err ||
  fail "a file that is not there refuses another: $(cat err)"
grep -q '^left out nosuch.png: ' lines || fail "not named in lines: $(cat lines err)"
# Whoever goes past one that is there is told each time, whether the index has found it out or not.
typed "clear; '$program' explore lo/before.spae lo/alien.spae lo/bad.png cat.png --history none 2>>errors"
keys Enter
shows "1/4  before.spae"
for round in 1 2; do
  keys C-n
  shows "4/4  cat.png"
  shows "left out .*alien.spae: made by the model alien"
  shows "and 1 file more"
  keys C-p
  shows "1/4  before.spae"
  shows "left out .*bad.png: "
done
keys C-n
shows "4/4  cat.png"
command_says "messages" "- left out "
screen_lacks "hjkl move|opening" || fail "hints and what is opened are listed as messages"
keys q : q ! Enter
left
done_says "files of a list that cannot be opened"

# Lines for a person: what is being opened is said at once.
typed "clear; '$program' explore --plain before.spae --history none"
keys Enter
shows "^opening before.spae \.\.\.$"
shows "^[a-z]+>"
typed "edit cat.png"
keys Enter
shows "^opening cat.png \.\.\.$"
shows "cat.png  128x128"
typed "foo"
keys Enter
shows "foo is no command"
typed "messages"
keys Enter
shows "^- foo is no command"
typed "2:1,2"
keys Enter
shows "layer 2, row 1, column 2"
typed "."
keys Enter
shows "nothing to repeat: no word was changed yet"
typed "compare 1"
keys Enter
shows "^state 1 and now: 0 words differ, the pictures are equal"
typed "quit!"
keys Enter
left
echo quit | "$program" explore --plain before.spae --history none >lines 2>err
[ ! -s err ] || fail "a script is told what is being opened: $(cat err)"
done_says "lines say what is being opened"
echo "messages: passed"
