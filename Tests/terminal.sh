#!/usr/bin/env bash
# Uses a full-screen program in a real terminal (tmux): whatever ends it, the terminal is as before.
# Usage: Tests/terminal.sh COMMAND [ARGUMENT...]
#   QUIT=keys     what ends it, as tmux names keys; default: :q! Enter
#   DRAWN=regex   what its screen shows at any size; default: a frame
# The command may name its size by COLUMNS and LINES only; it must not need the keyboard to begin.
set -Eeuo pipefail
trap 'echo "terminal: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
[ $# -gt 0 ] || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
quit=${QUIT:-:q! Enter}
drawn=${DRAWN:-┌}
line=$(printf '%q ' "$@")
work=$(mktemp -d)
. "$(dirname "$0")/tmux.sh"
trap 'terminal kill-server 2>/dev/null || true; rm -rf "$work"' EXIT

screen_has() { terminal capture-pane -p | grep -E -- "$1" >/dev/null; }
flag_is() { [ "$(terminal display -p "#{$1}")" = "$2" ]; }
# The shell tells of its jobs when it is asked.
job_is() {
  shell "jobs >$work/jobs"
  grep -q "$1" "$work/jobs"
}

# Types a line for the shell that is under the program.
shell() { terminal send-keys -l "$1"; terminal send-keys Enter; }

answered() { [ -s "$work/$1" ]; }

# What the shell sees of the terminal's settings.
settings() {
  rm -f "$work/settings"
  shell "stty -g >$work/settings.part; mv $work/settings.part $work/settings"
  until_so "the shell does not answer after: $1" answered settings
}

program() { pgrep -P "$(cat "$work/shell")" | tail -1; }

begin() {
  shell "$line 2>$work/errors"
  until_so "nothing is drawn" screen_has "$drawn"
  until_so "not on the alternate screen" flag_is alternate_on 1
  until_so "the mouse is not asked for" flag_is mouse_any_flag 1
}

# After the program: the shell's own screen, cursor, mouse and settings.
restored() {
  until_so "after $1: still on the alternate screen" flag_is alternate_on 0
  until_so "after $1: no cursor" flag_is cursor_flag 1
  until_so "after $1: the mouse is still reported" flag_is mouse_any_flag 0
  until_so "after $1: the keypad is left in another mode" flag_is keypad_flag 0
  settings "$1"
  cmp -s "$work/settings" "$work/before" || fail "after $1: stty differs"
  echo "terminal: restored after $1"
}

# No start-up file must change the prompt or the settings.
terminal -f /dev/null new-session -d -x 100 -y 30 'env -i PATH="$PATH" HOME="$HOME" \
  TERM=tmux-256color LANG=C.UTF-8 COLORTERM=truecolor PS1="$ " bash --norc --noprofile'
shell "echo \$\$ >$work/shell"
until_so "no shell" answered shell
settings begin
mv "$work/settings" "$work/before"

begin
# shellcheck disable=SC2086 # a list of keys
terminal send-keys $quit
restored "its own command ($quit)"

for signal in TERM INT HUP SEGV BUS ILL FPE TRAP ABRT; do
  begin
  victim=$(program)
  kill -s "$signal" "$victim"
  until_so "SIG$signal does not end it" is_gone "$victim"
  restored "SIG$signal"
done

# Ctrl-Z and fg: the shell's terminal in between, everything drawn again.
begin
victim=$(program)
terminal send-keys C-z
until_so "Ctrl-Z does not stop it" screen_has Stopped
restored Ctrl-Z
shell fg
until_so "after fg: not on the alternate screen" flag_is alternate_on 1
until_so "after fg: nothing is drawn" screen_has "$drawn"
until_so "after fg: no mouse" flag_is mouse_any_flag 1

# Stopped from outside, also by the signal that cannot be caught.
kill -s TSTP "$victim"
restored SIGTSTP
shell fg
until_so "after SIGTSTP: nothing is drawn" screen_has "$drawn"
kill -s STOP "$victim"
until_so "SIGSTOP does not stop it" flag_is pane_current_command bash
shell fg
until_so "after SIGSTOP: nothing is drawn" screen_has "$drawn"

# Continued in the background it stops again; and a stopped one can be ended.
terminal send-keys C-z
until_so "Ctrl-Z does not stop it" flag_is pane_current_command bash
shell 'clear; bg'
until_so "in the background it does not stop" job_is Stopped
shell fg
until_so "after bg and fg: nothing is drawn" screen_has "$drawn"
terminal send-keys C-z
until_so "Ctrl-Z does not stop it" flag_is pane_current_command bash
shell 'kill %1'
until_so "kill does not end a stopped one" is_gone "$victim"
restored "kill while it was stopped"
begin
victim=$(program)

# Resizes, the last of them small.
for size in 140x40 200x60 81x25 40x12; do
  terminal resize-window -x "${size%x*}" -y "${size#*x}"
  until_so "nothing is drawn at $size" screen_has "$drawn"
done
is_gone "$victim" && fail "a resize ended it"
kill -s TERM "$victim"
restored "resizes and SIGTERM"

# A terminal that goes away ends the program.
terminal resize-window -x 100 -y 30
begin
victim=$(program)
terminal kill-server
until_so "it outlives its terminal" is_gone "$victim"
echo "terminal: passed"
