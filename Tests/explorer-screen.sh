# What the scripts share that use the explorer in a real terminal. They set $work, $root and
# $program first; begin_terminal opens a shell of 100x30 cells, whose process is in the file "shell".
. "$(dirname "${BASH_SOURCE[0]}")/tmux.sh"
# The program may outlive its terminal by a moment.
trap 'terminal kill-server 2>/dev/null || true; rm -rf "$work" 2>/dev/null || { sleep 1; rm -rf "$work"; }' EXIT
cd "$work"
cp "$root/Assets/pictures/cat.png" .
# One word an edit, so that words can be counted; what paints has a script of its own.
mkdir -p .config/spae
echo 'edits = "exact"' >.config/spae/config.toml
export XDG_CONFIG_HOME=$work/.config

begin_terminal() {
  mkdir tmp
  terminal -f /dev/null new-session -d -x 100 -y 30 "env -i PATH='$PATH' HOME='$work' \
    XDG_STATE_HOME='$work/state' TERM=tmux-256color LANG=C.UTF-8 COLORTERM=truecolor PS1='$ ' \
    EDITOR='$work/editor' TMPDIR='$work/tmp' bash --norc --noprofile"
  typed "echo \$\$ >shell"
  keys Enter
  until_so "no shell" test -s shell
}

# What is on the screen, but for how long a picture took and for the blanks behind it.
screen() { terminal capture-pane -p | sed -E 's/ +[0-9.]+ ms//; s/[[:space:]│]+$//'; }
screen_has() { screen | grep -E -- "$1" >/dev/null; }
screen_lacks() { ! screen_has "$1"; }
screen_is() { screen | cmp -s - "$1"; }
shows() { until_so "the screen does not show: $1" screen_has "$1"; }
# The screen once nothing on it changes: a picture comes after the words it is of.
is_still() { screen >"$1" && sleep 0.5 && screen_is "$1"; }
settled() { until_so "the screen does not come to rest" is_still "$1"; }
done_says() { echo "$name: $*"; }

keys() { terminal send-keys "$@"; }
typed() { terminal send-keys -l "$1"; }
# Escape may begin a longer key: the next one has to wait for what it does.
escape() {
  keys Escape
  until_so "Escape leaves nothing" screen_lacks "^ (Enter|y save)|┌ (Change|Keys|History|Caption|No answer|Not done)"
}
program() { pgrep -P "$(cat shell)" | tail -1; }

# Opens a file, with the shell's screen empty before; $editor may name an editor.
open() {
  typed "clear; ${editor:+EDITOR='$editor' }'$program' explore $1 --graphics quadrants 2>>errors"
  keys Enter
  shows "┌ Pyramid"
  shows "SSIM|[0-9] ms|near: [a-z]"
}
left() { until_so "it does not end" screen_has '^\$ *$'; }
