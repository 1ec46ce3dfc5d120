#!/usr/bin/env bash
# Edits the words in real editors, in a real terminal (tmux): vi and nano have it, and give it back.
# Usage: Tests/editor.sh PROGRAM [EDITOR]...
#   ROUNDS=20  how often each editor changes a word
set -Eeuo pipefail
trap 'echo "editor: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- vi nano
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
. "$(dirname "$0")/explorer-screen.sh"

# The shell runs again and was told that its job is stopped.
is_stopped() { screen_has 'Stopped' && [ "$(terminal display -p '#{pane_current_command}')" = bash ]; }
settings() {
  rm -f settings
  typed "clear; stty -g >settings.part; mv settings.part settings"
  keys Enter
  until_so "the shell does not answer" test -s settings
}
# Quits; what programs wrote on the shell's screen is no matter.
quit() {
  keys "$@"
  until_so "it does not end" eval '[ -z "$(program)" ]'
  typed clear
  keys Enter
  left
}
# A process of the explorer's job by its name.
of_job() { pgrep -s "$(cat shell)" -x "$1" | tail -1; }
editor_runs() { [ -n "$(of_job "$1")" ]; }
kept() { ls tmp/spae-*.spae 2>/dev/null | wc -l; }
picture() { screen | sed -n 3,26p | cut -c52-; }
picture_differs() { [ "$(picture)" != "$1" ]; }
edit() {
  keys e
  shows "^ *layer 1$"
  until_so "$1 does not run" editor_runs "$1"
}

# Change the word of layer 1, save, leave: as each editor has it.
vi_changes() {
  typed "/^layer 1"
  keys Enter j 0
  typed "C$1"
  shows "^$1$"
  keys Escape
  typed ":wq"
  keys Enter
}
vi_stops() { keys C-z; }
vi_leaves() { typed ":q!"; keys Enter; }
vi_begins_to_change() { typed "Gox"; shows "^x$"; }
nano_changes() {
  keys C-w
  shows "Search"
  typed "layer 1"
  keys Enter Down Home C-k
  typed "$1"
  keys Enter
  shows "^$1$"
  keys C-o
  shows "File Name to Write"
  keys Enter
  shows "Wrote"
  keys C-x
}
nano_stops() { keys C-t; shows "Command to execute"; keys C-z; }
nano_leaves() { keys C-x; }
nano_begins_to_change() { typed "x"; shows "^xspae 1$"; }

nothing_to_leave() { keys Escape; screen_has "nothing to leave"; }
# A long reason opens as a whole, a short one does not; an Escape that is left over takes a k along.
close_popup() {
  until_so "the reason cannot be closed" nothing_to_leave
  keys k
  shows "k changes nothing|k>: no such key|first row"
}

begin_terminal
settings
mv settings before
"$program" encode cat.png -o before.spae

for editor in "$@"; do
  command -v "$editor" >/dev/null || fail "$editor is needed"
  # What the process is called: vi may be vim by another name.
  process=$editor
  kind=$editor
  case $editor in vi*) kind=vi ;; esac
  open "before.spae --history $editor.db"
  for round in $(seq "${ROUNDS:-20}"); do
    word=$([ $((round % 2)) = 1 ] && echo castle || echo lion)
    before=$(picture)
    edit "$process"
    # Ctrl-Z and fg within the editor.
    if [ $((round % 4)) = 1 ]; then
      "${kind}_stops"
      until_so "$editor does not stop" is_stopped
      typed "clear; fg"
      keys Enter
      shows "^ *layer 1$"
    fi
    "${kind}_changes" "$word"
    shows "^│>1 \[$word\]"
    shows "state $((round + 1))/$((round + 1))"
    until_so "the picture does not show the word of $editor" picture_differs "$before"
  done
  [ "$(kept)" = 0 ] || fail "$editor: a text is left: $(ls tmp)"
  done_says "$editor: $round rounds"

  # Nothing is changed, and the explorer itself stops and goes on.
  edit "$process"
  "${kind}_leaves"
  shows "nothing changed"
  keys C-z
  until_so "the explorer does not stop" is_stopped
  typed "clear; fg"
  keys Enter
  shows "^│>1 \[$word\]"

  # Killed in the middle of an edit, and told to end: the reason and the text are named.
  edit "$process"
  "${kind}_begins_to_change"
  kill -KILL "$(of_job "$process")"
  shows "signal 9 \(Killed\) ended the editor; text kept in $work/tmp/spae-"
  [ "$(kept)" = 1 ] || fail "$editor: the text of a killed editor is not kept"
  grep -q '^layer 1$' tmp/spae-*.spae || fail "$editor: the text that is kept is empty"
  close_popup
  keys l j
  shows "layer 2/6"
  keys k
  edit "$process"
  kill -TERM "$(of_job "$process")"
  shows "signal 15 \(Terminated\) ended the editor|ended with status 1; text kept in $work/tmp/spae-"
  close_popup
  rm tmp/*spae*
  done_says "$editor: killed, and told to end"

  # The whole program is told to end: the editor too, and the shell has its terminal.
  edit "$process"
  victim=$(program)
  kill -TERM "$victim"
  until_so "SIGTERM does not end the explorer" is_gone "$victim"
  until_so "nobody is told where the text is: $(cat errors)" grep -q '^spae: .*; text kept in ' errors
  [ -s "$(grep -o "$work/tmp/spae-[A-Za-z0-9]*.spae" errors)" ] || fail "$editor: no text is kept: $(cat errors)"
  grep -q "text kept in $work/tmp/spae-" state/spae/explorer.log || fail "the log does not name the text"
  rm errors
  until_so "$editor outlives the explorer" eval "! editor_runs '$process'"
  settings
  cmp -s settings before || fail "$editor: stty differs after SIGTERM"
  rm -f tmp/*spae*

  # Through a script, which Ctrl-Z stops as well.
  printf '#!/bin/sh\n"%s" explore before.spae --history script.db --graphics quadrants\n' \
    "$program" >script
  chmod +x script
  typed "clear; EDITOR='$editor' ./script"
  keys Enter
  shows "┌ Pyramid"
  edit "$process"
  "${kind}_stops"
  until_so "$editor does not stop in a script" is_stopped
  # In the background it stops again.
  typed "clear; bg; sleep 0.5; jobs"
  keys Enter
  shows "Stopped.*script"
  typed "clear; fg"
  keys Enter
  shows "^ *layer 1$"
  "${kind}_leaves"
  shows "nothing changed"
  keys q
  left
  settings
  cmp -s settings before || fail "$editor: stty differs"
  done_says "$editor: SIGTERM, and from a script"

  # As lines: on the terminal the editor has it, in a pipe it gets no line of the script.
  typed "clear; EDITOR='$editor' '$program' explore --plain before.spae --history none"
  keys Enter
  shows "^cat>"
  typed edit
  keys Enter
  shows "^ *layer 1$"
  "${kind}_changes" castle
  shows "^castle>"
  typed 'quit!'
  keys Enter
  left
  printf 'edit\nset castle\nquit!\n' |
    EDITOR=$editor TMPDIR=$work/tmp timeout 20 setsid "$program" explore --plain before.spae \
      --history none >lines 2>err && fail "$editor edits without a terminal"
  grep -q '^castle, layer 1' lines || fail "the line after edit is lost: $(cat lines err)"
  grep -q "the editor" err || fail "no reason why $editor cannot run: $(cat err)"
  rm -f tmp/*spae*
  typed "clear; EDITOR='$editor' '$program' explore --plain before.spae --history none"
  keys Enter
  shows "^cat>"
  typed edit
  keys Enter
  shows "^ *layer 1$"
  victim=$(program)
  kill -TERM "$victim"
  until_so "SIGTERM does not end the plain explorer" is_gone "$victim"
  shows "spae: .*; text kept in $work/tmp/spae-"
  rm -f tmp/*spae*
  done_says "$editor: lines, on a terminal and by pipe"
done

# Editors that are missing, no program, stop by themselves, or take the terminal for themselves.
editor=nosuch open "before.spae --history none"
keys e
shows "the editor 'nosuch' cannot be run: set VISUAL or EDITOR to another"
keys q
left
printf 'no program' >broken
editor=./broken open "before.spae --history none"
keys e
shows "the editor './broken' cannot be run"
quit q
[ "$(kept)" = 0 ] || fail "a text is kept that nobody edited"
cat >alone <<'END'
#!/bin/sh
kill -STOP $$
sed -i 's/^cat$/castle/' "$1"
END
chmod +x alone
editor=./alone open "before.spae --history none"
keys e
until_so "an editor that stops alone does not stop the explorer" is_stopped
typed "clear; fg"
keys Enter
shows "^│>1 \[castle\]"
keys e
until_so "an editor that stops alone does not stop the explorer" is_stopped
typed "clear; kill %1"
keys Enter
until_so "a stopped editor holds the explorer" eval '[ -z "$(program)" ]'
grep -q '^spae: .*; text kept in ' errors || fail "the end of a stopped job does not name the text: $(cat errors)"
rm errors
settings
cmp -s settings before || fail "stty differs after the end of a stopped job"
# An interactive shell takes the terminal for a group of its own; killed, it cannot give it back.
editor='bash --norc --noprofile -i -s' open "before.spae --history none"
both_shells() { [ "$(pgrep -s "$(cat shell)" -cx bash)" = 2 ]; }
keys e
until_so "no shell as an editor" both_shells
typed 'exit 3'
keys Enter
shows "the editor ended with status 3"
keys e
until_so "no shell as an editor" both_shells
kill -KILL "$(pgrep -s "$(cat shell)" -nx bash)"
shows "signal 9"
quit q
settings
cmp -s settings before || fail "stty differs after other editors"
done_says "editors that are missing or broken, stop alone, or are shells"
[ ! -s errors ] || fail "on standard error: $(cat errors)"

# A terminal that goes away takes both.
editor=$1 open "before.spae --history none"
process=$1
edit "$process"
victim=$(program)
process=$(of_job "$process")
terminal kill-server
until_so "the explorer outlives its terminal" is_gone "$victim"
until_so "$1 outlives its terminal" is_gone "$process"
echo "editor: passed"
