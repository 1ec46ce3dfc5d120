#!/usr/bin/env bash
# Looks at the explorer's picture in real terminals, without a display: is it the decoded picture?
# Usage: Tests/terminals/terminals.sh PROGRAM [xterm|xterm-plain|xterm-large|mlterm|kitty|foot|tmux|screen]...
#   KEEP=folder  keeps the screenshots and the terminals' answers there
# The terminals run under Xvfb; foot needs Wayland, so weston runs there as a window. A screenshot of
# the picture's box has to be as near to the decoded picture as 30 dB, wherever the layout puts it.
set -Eeuo pipefail
trap 'echo "terminals: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- xterm xterm-plain xterm-large mlterm kitty foot tmux screen
# Each has a display of its own.
if [ $# -gt 1 ]; then
  for terminal in "$@"; do "$0" "$program" "$terminal"; done
  exit
fi
terminal=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
mark=30
work=$(mktemp -d)
processes=()
cleanup() {
  for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
  [ -z "${KEEP:-}" ] || { mkdir -p "$KEEP"; cp "$work"/*.png "$work"/*.log "$work"/*.answers "$KEEP" 2>/dev/null || true; }
  rm -rf "$work"
}
trap cleanup EXIT
fail() { echo "terminals: $*" >&2; exit 1; }
for tool in Xvfb xdotool import compare; do
  command -v $tool >/dev/null || fail "$tool is needed: apt install xvfb xdotool imagemagick"
done

cd "$work"
cp "$root/Assets/pictures/cat.png" .
"$program" encode cat.png -o cat.spae
"$program" decode cat.spae -o decoded.png
export XDG_STATE_HOME=$work/state LANG=C.UTF-8 LIBGL_ALWAYS_SOFTWARE=1 XDG_RUNTIME_DIR=$work
unset TMUX COLORTERM

# A display of its own, by a number that is free.
mkfifo display
Xvfb -displayfd 3 -screen 0 2000x1500x24 3>display >/dev/null 2>&1 &
processes+=($!)
read -r number <display
export DISPLAY=:$number

# Waits up to thirty seconds until a condition holds.
until_so() {
  local what=$1
  shift
  local end=$((SECONDS + 30))
  while [ $SECONDS -lt $end ]; do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  import -window root "$terminal-failed.png" || true
  fail "$terminal: $what"
}

start_weston() {
  [ ! -S "$XDG_RUNTIME_DIR/spae" ] || return 0
  weston --backend=x11-backend.so --use-pixman --shell=kiosk-shell.so --no-config \
    --socket=spae --width=560 --height=560 >weston.log 2>&1 &
  processes+=($!)
  until_so "no Wayland" test -S "$XDG_RUNTIME_DIR/spae"
}

# Starts a terminal with the explorer in it; the inner shell tells the name of its line.
start() {
  [ "$terminal" != foot ] || start_weston
  case $terminal in
    xterm)
      xterm -ti vt340 -b 0 -bw 0 +sb -geometry 58x28+0+0 -fa 'DejaVu Sans Mono' -fs 11 \
        -e ./inside ;;
    xterm-plain) xterm -e ./inside ;;
    # So large that its picture has more than the 1,000 pixels a side that xterm takes at once.
    xterm-large)
      xterm -ti vt340 -b 0 -bw 0 +sb -geometry 320x110+0+0 -e ./inside ;;
    mlterm)
      mlterm --sb=false --border=0 --geometry=58x28+0+0 -e ./inside ;;
    kitty)
      kitty --config NONE -o initial_window_width=58c -o initial_window_height=28c \
        -o remember_window_size=no -o window_padding_width=0 -o window_margin_width=0 \
        -o placement_strategy=top-left -o window_border_width=0 -o hide_window_decorations=yes \
        -o font_family='DejaVu Sans Mono' -o linux_display_server=x11 -o update_check_interval=0 ./inside ;;
    tmux) tmux -L "spae-terminals-$$" -f /dev/null new-session -d -x 80 -y 24 ./inside ;;
    screen) TERM=xterm-256color SCREENDIR=$work/screens screen -c /dev/null -d -m ./inside ;;
    foot)
      WAYLAND_DISPLAY=spae foot --config=/dev/null -o pad=0x0 -o font='DejaVu Sans Mono:size=11' \
        ./inside ;;
  esac >"$terminal.log" 2>&1 &
  processes+=($!)
}
# What runs in the terminal.
inside() {
  printf '#!/bin/sh\ntty >name\n%s\n' "$*" >inside
  chmod +x inside
}

# Rows and columns of the terminal.
cells() { stty size -F "$(cat name)"; }

# The columns that the words of layers 1 to 3 want, whole: those they have where the picture would take
# all but 34 of a hundred.
words=$("$program" explore cat.png --history none --save-screen - --screen-size 100x40 | sed -n 2p |
  grep -o '^[^┐]*┐' | tr -d '\n' | wc -m)

# Where the layout puts the picture, in pixels: "width height left top"; from rows and columns of
# characters, and those of the window in pixels.
box() {
  local size
  size=$(xdotool getwindowgeometry --shell "$window" | sed -n 's/^\(WIDTH\|HEIGHT\)=//p' | xargs)
  awk -v size="$size" -v words="$words" '{
    split(size, pixels, " ")
    rows = $1; columns = $2
    width = int(pixels[1] / columns); height = int(pixels[2] / rows); aspect = height / width
    frame = columns
    if (columns >= 64) {
      frame = int((rows - 5) * aspect + 0.5) + 2
      if (frame > columns - words) frame = columns - words
    }
    room_rows = rows - 5; room_columns = frame - 2
    high = int(room_columns / aspect); if (high > room_rows) high = room_rows
    wide = int(high * aspect + 0.5); if (wide > room_columns) wide = room_columns
    top = 2 + int((room_rows - high) / 2)
    left = columns - frame + 1 + int((room_columns - wide) / 2)
    print wide * width, high * height, left * width, top * height
  }' < <(cells)
}

# Where `show --layers 1 --width 170` puts the picture: beside the words, below the title.
show_box() {
  local size words
  size=$(xdotool getwindowgeometry --shell "$window" | sed -n 's/^\(WIDTH\|HEIGHT\)=//p' | xargs)
  words=$("$program" show cat.spae --layers 1 --graphics none | tail -n +3 | wc -L)
  awk -v size="$size" -v words="$words" '{
    split(size, pixels, " ")
    width = int(pixels[1] / $2); height = int(pixels[2] / $1)
    print 170 * width, 170 * width, (words + 3) * width, 2 * height
  }' < <(cells)
}

# PSNR between the screenshot of the box and the decoded picture; the line of dashes that frames the
# cursor's cell, here the whole picture, is left out.
psnr() {
  read -r width height left top < <("${2:-box}")
  import -window root -crop "${width}x$height+$left+$top" +repage "$terminal-$1.png"
  convert decoded.png -filter Catrom -resize "${width}x$height!" wanted.png
  local edge=6
  convert "$terminal-$1.png" -shave ${edge}x$edge shown-inside.png
  convert wanted.png -shave ${edge}x$edge wanted-inside.png
  { compare -metric PSNR shown-inside.png wanted-inside.png null: 2>&1 || true; } | cut -d' ' -f1
}
is_near() { figure=$(psnr "$@"); awk -v a="$figure" -v b=$mark 'BEGIN { exit !(a == "inf" || a >= b) }'; }
is_far() { ! is_near "$1"; }
seen() {
  until_so "$1: the picture is not there" is_near "$@"
  echo "terminals: $terminal: $1: $figure dB"
}
keys() { xdotool key --clearmodifiers --delay 40 "$@"; }
window() { { xdotool search --onlyvisible --class . 2>/dev/null || true; } | head -1; }
# The history is opened after the terminal was asked what it can do.
has_begun() { [ -s name ] && [ -s state/spae/history.db ] && [ -n "$(window)" ]; }

# Gives the window another size in pixels, or where that cannot be the font, and waits until the
# terminal has taken it.
resize() {
  local before
  before=$(cells)
  if [ "$terminal" = foot ]; then keys $3 $3 $3; else xdotool windowsize "$window" "$1" "$2"; fi
  until_so "it does not take another size" has_other_size "$before"
}
has_other_size() { [ "$(cells)" != "$1" ]; }

# Whether the words wear the colours of their pixels: eight colours are few, and twenty-four bits many.
# The colours of letters' edges are of few pixels each.
is_colourful() {
  import -window root "$terminal-words.png"
  local colours
  colours=$(convert "$terminal-words.png" -format %c histogram:info: | awk '$1 + 0 >= 400' | wc -l)
  [ "$colours" -ge 16 ]
}

# Starts the terminal, and waits until the explorer has begun in it.
open_explorer() {
  rm -rf name state
  inside "exec '$program' explore cat.png 2>errors"
  start
  until_so "it does not begin" has_begun
  window=$(window)
  xdotool mousemove 2 2 windowfocus "$window" 2>/dev/null || true
}

# The version that the terminal says.
version() {
  case $terminal in
    xterm*) xterm -version | tr -dc 0-9 ;;
    tmux) tmux -V | cut -d' ' -f2 ;;
    screen) screen --version | sed 's/.*version \([0-9.]*\).*/\1/' ;;
    mlterm) mlterm --version | head -1 | cut -d' ' -f3 ;;
    kitty) kitty --version | cut -d' ' -f2 ;;
    foot) foot --version | cut -d' ' -f3 ;;
  esac
}

# Asks the terminal what the program asks: it has to answer as the manual says, if it is of the version
# that the manual is about.
ask() {
  local wanted
  wanted=$(sed -n "s/^$terminal $(version)\t//p" "$root/Tests/terminals/answers.tsv")
  if [ -z "$wanted" ]; then
    echo "terminals: $terminal: version $(version) is not in the manual"
    return
  fi
  inside "exec python3 '$root/Tests/terminals/ask.py' '$work/$terminal.answers'"
  start
  until_so "it does not answer" test -s "$terminal.answers"
  diff <(echo "$wanted") "$terminal.answers" || fail "$terminal: answers otherwise than the manual says"
  echo "terminals: $terminal: answers as the manual says"
  # Weston's window stays.
  [ "$terminal" = foot ] || until_so "it stays" has_no_window
  rm -f name
}

# Looks at pictures that are larger than one sequence may be.
look_large() {
  open_explorer
  keys bracketright bracketright bracketright bracketright bracketright
  seen "larger than a sequence"
  keys G k l k l k l k l k l k l k l k l k l k l k l k l
  # The words of the last layer are wider; those of the first leave the picture its place.
  keys g g
  seen "larger than a sequence, after many moves"
  keys q
  until_so "it stays" has_no_window
  rm -f name
  inside "'$program' show cat.spae --layers 1 --width 170; sleep 60"
  start
  until_so "it does not begin" test -s name
  until_so "there is no window" has_window
  window=$(window)
  seen "by show" show_box
}
has_window() { [ -n "$(window)" ]; }
has_no_window() { [ -z "$(window)" ]; }

# Looks at the whole picture after all that may leave a hole in it or a ghost on it.
look() {
  open_explorer
  # kitty's and foot's environment says it, xterm's answers do, and mlterm's number.
  until_so "the words wear few colours" is_colourful
  # Every layer at the picture, which is alone on a narrow screen.
  keys Tab bracketright bracketright bracketright bracketright bracketright
  seen "after open"
  keys F1
  until_so "no popup comes over the picture" is_far popup
  keys Escape
  seen "after a popup"
  resize 900 700 ctrl+minus
  seen "after it became larger"
  keys Shift+Tab ctrl+d ctrl+d ctrl+d g g
  seen "after a scroll"
  # Each moves the frame of a small cell: a part of the picture is drawn over it.
  keys G k l k l k l k l k l k l k l k l k l k l k l k l
  seen "after many moves"
  keys g g
  resize 500 500 ctrl+plus
  keys Tab
  seen "after it became smaller"
}

case $terminal in
  foot) needed="foot weston" ;;
  xterm-*) needed=xterm ;;
  *) needed=$terminal ;;
esac
for tool in $needed; do
  command -v "$tool" >/dev/null || {
    echo "terminals: $terminal: skipped, $tool is not installed"
    exit
  }
done
case $terminal in
  xterm-large) look_large ;;
  xterm-plain | tmux | screen) ask ;;
  *)
    ask
    look
    ;;
esac
