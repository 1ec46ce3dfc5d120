# What the scripts that use a real terminal share. They set $work, a folder of their own, first.
name=$(basename "$0" .sh)
command -v tmux >/dev/null || { echo "$name: tmux is needed: apt install tmux" >&2; exit 1; }
socket=spae-$name-$$
terminal() { tmux -L "$socket" "$@"; }

fail() {
  echo "$name: $*" >&2
  terminal capture-pane -p >&2 2>/dev/null || true
  exit 1
}

# Waits until a condition holds: ten seconds, or as many as $patience says.
until_so() {
  local what=$1
  shift
  for _ in $(seq $((20 * ${patience:-10}))); do
    if "$@"; then return 0; fi
    sleep 0.05
  done
  fail "$what"
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }
