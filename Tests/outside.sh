#!/usr/bin/env bash
# Text from outside: hostile names, settings, themes and answers through every command; names that are
# not UTF-8; both ends of lines; a standard output that cannot be written.
# Usage: Tests/outside.sh PROGRAM
set -Eeuo pipefail
trap 'echo "outside: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
mkdir -p config/spae/themes

fail() { echo "outside: $*" | cat -v >&2; exit 1; }
has() { grep -a "$@" >/dev/null; }

# What a terminal would obey: C0 but line ends and tabs, DEL, C1, and what turns text around.
controls='[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]'

# Runs a command, which may fail but not crash: what it says is text, and without controls.
clean() {
  local got=0
  "$program" "$@" >said 2>&1 </dev/null || got=$?
  [ "$got" -le 2 ] || fail "status $got: $*: $(tail -3 said)"
  LC_ALL=C grep -aqP "$controls" said && fail "controls are printed: $*: $(cat said)"
  iconv -f UTF-8 -t UTF-8 said >/dev/null || fail "bytes that are not UTF-8 are printed: $*"
}
# The same, and a thing must be said.
says() {
  local words=$1
  shift
  clean "$@"
  has -F -- "$words" said || fail "'$words' is not said: $*: $(cat said)"
}

escapes=$'\e[31mEVIL\e]0;TITLE\a\x7f\xc2\x9b32m\xe2\x80\xae'
shown='\u{1b}[31mEVIL\u{1b}]0;TITLE\u{7}\u{7f}\u{9b}32m\u{202e}'
name="a$escapes"$'\r\n\xe9'
said_name="a$shown"'\r\n\xe9'
nowhere="no$escapes"
cp "$pictures/cat.png" "$name.png"

# Every command, also one that is added, with names that do not exist.
below() {
  "$program" "$@" --help | awk '/^SUBCOMMANDS:/ { inside = 1; next } /^$/ { if (seen) exit }
    inside && /^  [a-z]/ { print $1; seen = 1 }'
}
commands=0
refuses() {
  local got=0 word=${@: -1}
  clean "$@"
  "$program" "$@" >/dev/null 2>&1 </dev/null || got=$?
  [ "$got" = 2 ] || fail "status $got for a name that begins with a dash: $*"
  [ "$word" != -dash.png ] || has -F 'written ./-dash.png, or behind --' said || fail "no remedy: $*: $(cat said)"
}
visit() {
  local inner command
  inner=$(below "$@")
  for command in $inner; do visit "$@" "$command"; done
  [ -z "$inner" ] || return 0
  commands=$((commands + 1))
  clean "$@" "$nowhere" "$nowhere/$name" "$nowhere"
  clean "$@" "--$nowhere"
  [ "$*" = "language status" ] || [ "$*" = "language start" ] || [ "$*" = "language stop" ] || clean "$@" "$nowhere"
  refuses "$@" -dash.png
  refuses "$@" "-$nowhere"
  if "$program" "$@" --help >/dev/full 2>said; then fail "a full disk is no error: $*"; fi
  has 'standard output: cannot be written' said || fail "a full disk is not told: $*"
}
visit
[ "$commands" -ge 30 ] || fail "$commands commands are known"

# Files of such names, and what is in them.
clean encode "$name.png" -o "$name.spae" --verbose
[ -s "$name.spae" ] || fail "a name that is not UTF-8 was not encoded: $(cat said)"
head -6 "$name.spae" | LC_ALL=C grep -aqP "$controls" && fail "a source's name is written raw"
for command in show info "info --json" "show --graphics none"; do clean $command "$name.spae"; done
says "$said_name.bmp: a picture's name ends" compare "$name.spae" "$name.spae" --image "$name.bmp"
says '0 of 597' compare "$name.spae" "$name.spae" --image "$name.jpg"
says 'EVIL' show "$root/Tests/Cases/escape-in-spae/evil.spae"
says '\u001b]0;TITLE' info --json "$root/Tests/Cases/escape-in-spae/evil.spae"
says 'sm\u{1b}[32mall' info "$root/Tests/Cases/escape-in-spae/evil4.spae"
clean decode "$name.spae"
[ -s "$name.decoded.png" ] || fail "nothing was decoded: $(cat said)"
says "$said_name.decoded.png: not replaced" decode "$name.spae" --depth 1
says "$said_name.spae: not replaced" encode "$pictures/dog.png" -o "$name.spae"
mkdir "$name"
clean encode "$name.png" "$pictures/dog.png" -o "$name"
[ -s "$name/$name.spae" ] || fail "nothing was encoded into a folder: $(cat said)"
says "$said_name.png" encode "$name.png" "./$name.png" -o "$name"
clean "$name.png"
clean explore "$root/Tests/Cases/escape-in-spae/evil4.spae"
printf 'set kitten\nname b%s\nsave\nquit\n' "$escapes" >typed
"$program" explore --plain "$name.png" <typed >said 2>&1 || true
LC_ALL=C grep -aqP "$controls" said && fail "the plain explorer prints controls: $(cat said)"
printf ':w %s.txt<CR>' "$nowhere" >keys
clean explore "$name.png" --keys keys --save-screen -

# Names that begin with a dash: ./ or -- makes them names.
for dashed in -dash --dash -h -1; do
  cp "$pictures/cat.png" "./$dashed.png"
  clean encode "./$dashed.png" -o "./$dashed.spae"
  for command in show info explore "explore --plain" "history tree" "compare $pictures/dog.png" "decode --force" ""; do
    for file in "./$dashed.spae" "-- $dashed.spae"; do
      "$program" $command $file >said 2>&1 </dev/null || fail "$command $file: $(cat said)"
    done
  done
  has 'layer 1' "./$dashed.spae" && [ -s "./$dashed.decoded.png" ] || fail "nothing is written beside $dashed"
  "$program" encode -o "$name" -- "$dashed.png" || fail "-- is no end of options"
  refuses show "$dashed.png"
  has -F "written ./$dashed.png" said || fail "no remedy is named: $(cat said)"
done

# The history of such files.
says "$said_name" history list
says '\udce9.spae' history list --json
for command in show tree diff; do clean history $command "$name.spae" 1; done
clean history restore "$name.spae" 1
says "$said_name" history restore "$name.spae" "$nowhere"
"$program" history export "$name.spae" >exported
LC_ALL=C grep -aqP "$controls" exported && fail "an exported history holds controls"
"$program" history export "$name.spae" --history state/spae/history.db >again
clean history import exported --history new.db
"$program" history export "$name.spae" --history new.db | cmp -s - again ||
  fail "a name that is not UTF-8 does not come back from an export"
sed 's/"head":[0-9]*/"head":99/' exported >damaged
clean history import damaged --history other.db
says '0 revisions of 0 pyramids' history check --history "$name.db"
clean history prune --keep 1d --dry-run

# Settings and themes.
printf 'theme = "%s"\n' '\u001b[31m' >config/spae/config.toml
clean theme list
"$program" "$name.png" --keys keys --save-screen screen >said 2>&1 || true
printf '"a\\u001b[31m\\u202e" = 1\n' >config/spae/config.toml
says 'there is no key' "$name.png"
printf 'graphics = "b\\u009b31m"\n' >config/spae/config.toml
says 'graphics is' info
rm config/spae/config.toml
printf 'inherits = "dark"\n' >"config/spae/themes/$name.toml"
says "$said_name" theme list
says 'word' theme show "$name"
says "$said_name" theme check "config/spae/themes/$name.toml"
printf 'inherits = "%s"\n[roles]\n"\\u001b[31m" = "#zzz"\n' '\u001b[31m\u202e' >"$name.toml"
clean theme check "$name.toml"
clean theme show "./$name.toml"

# Labels, and what is asked of language models and answered by them.
mkdir -p "labels/x$escapes" labels/y
cp "$pictures/cat.png" "labels/x$escapes/$name.png"
cp "$pictures/dog.png" labels/y
clean classify --examples labels "$name.png" "$pictures/dog.png"
has -F "$said_name" said || fail "a picture is not named: $(cat said)"
says '\u202e' classify --examples labels --json "$name.png"
echo broken >"labels/x$escapes/b$escapes.png"
says 'left out' classify --examples labels "$name.png"
rm "labels/x$escapes/b$escapes.png"
printf 'y\t%s\r\n\r\nx\tz, w\r\n' "why$escapes" >names
says "why$shown" classify --examples labels --names names "$name.png"
clean draw --like labels --label y --shots 1 --dry-run --show-prompt -o drawn.spae
has '^A photo of a y shows:$' said || fail "no prompt is shown: $(cat said)"
clean ask --dry-run --show-prompt "$name.png" "what$escapes?"
clean restore --task rotate --by majority "$name.png" -o "$nowhere.png"
clean evaluate few-shot labels --ways 2 --depths 2 --episodes 2
for mode in good bad; do
  python3 "$root/Tests/hostile_server.py" $mode >port &
  server=$!
  until [ -s port ]; do sleep 0.05; done
  endpoint="--endpoint http://127.0.0.1:$(cat port)"
  for command in caption "caption --json"; do clean $command $endpoint "$name.png"; done
  clean ask $endpoint --run-folder "run-$mode$escapes" "$name.png" 'what?'
  clean ask --replay "run-$mode$escapes" "$name.png" 'what?'
  clean classify --examples labels --by language-model $endpoint --run-folder none "$name.png"
  clean draw --like labels --label y --shots 1 $endpoint --run-folder none -o "drawn-$mode.spae"
  printf 'caption\nask what?\nquit!\n' >typed
  "$program" explore --plain $endpoint "$name.spae" <typed >said 2>&1 || true
  LC_ALL=C grep -aqP "$controls" said && fail "an answer is printed raw: $(cat said)"
  kill $server
  wait $server 2>/dev/null || true
  server=
  rm port
done

# A stream: names as bytes, or as Python writes them; answers escape them.
{
  printf '{"file":"caf\351.png"}\n{"file":"caf\\udce9.png"}\n{"key":"\302\233\177","file":"caf\\udce9.png"}\r\n'
  printf '{"file":"nowhere\351\\u0000.png"}\n'
} >input
cp "$pictures/cat.png" "$(printf 'caf\351.png')"
"$program" encode --stream --size 64 <input >answers
[ "$(grep -c '"layers"' answers)" = 3 ] || fail "not three pictures: $(cut -c1-200 answers)"
[ "$(grep -c '^{"key":"caf\\udce9.png"' answers)" = 2 ] || fail "other keys: $(cut -c1-60 answers)"
sed -n 3p answers | has -F '{"key":"\u009b\u007f"' || fail "a key is not escaped"
LC_ALL=C grep -aqP "$controls" answers && fail "a stream answers with controls"

# A home whose name is not UTF-8.
home=$work/$'h\xe9'
mkdir -p "$home/.config/spae"
printf 'theme = 5\n' >"$home/.config/spae/config.toml"
HOME=$home XDG_CONFIG_HOME= says 'h\xe9/.config/spae/config.toml: line 1' info
rm "$home/.config/spae/config.toml"
for state in "HOME=$home XDG_STATE_HOME=" "XDG_STATE_HOME=$home/state"; do
  printf 'set kitten\nquit!\n' >typed
  env $state "$program" explore --plain "$pictures/dog.png" <typed >said 2>&1 ||
    fail "no edit where the history's folder is not UTF-8: $(cat said)"
  env $state "$program" history list >said 2>&1
  has 'dog.spae' said || fail "no history in a folder that is not UTF-8: $(cat said)"
done
[ -s "$home/.local/state/spae/history.db" ] && [ -s "$home/state/spae/history.db" ] ||
  fail "the history is not where it was asked for: $(find . -name 'history.db*')"
history=$work/$'%41?\xe9\xff#b.db'
clean explore --plain --history "$history" "$pictures/dog.png"
[ -s "$history" ] || fail "no history of a name that is not UTF-8: $(cat said)"
says 'dog.spae' history list --history "$history"
printf 'nothing' | dd of="$history" bs=1 seek=4096 conv=notrunc status=none
says '%41?\xe9\xff#b.db.damaged-1' history list --history "$history"
[ -s "$history.damaged-1" ] || fail "a damaged history is not set aside: $(ls)"
HOME=$home XDG_CACHE_HOME= says 'y' classify --examples labels "$pictures/dog.png"
[ -d "$home/.cache/spae/pyramids" ] || fail "no cache in a home that is not UTF-8"

# Lines end in both ways.
"$program" encode "$pictures/cat.png" -o unix.spae
sed 's/$/\r/' unix.spae >dos.spae
"$program" compare unix.spae dos.spae | has '^0 of 597' || fail "a .spae with \\r\\n reads differently"
printf 'history = "none"\r\n# mine\r\ntint = false\r\n' >config/spae/config.toml
says 'no history is kept in none' history list
rm config/spae/config.toml
printf 'inherits = "dark"\r\n[palette]\r\ncursor = "#ff8800"\r\n' >dos.toml
says '#ff8800' theme show ./dos.toml
printf 'ji\r\n<Esc>\r\n# no keys\r\n' >keys
clean explore "$pictures/cat.png" --keys keys --save-screen -
printf 'cell 2 1 1\r\nquit\r\n' >typed
"$program" explore --plain "$pictures/cat.png" <typed >said 2>&1 || fail "\\r\\n is typed wrong: $(cat said)"
sed 's/$/\r/' exported >exported-dos
says 'were taken in' history import exported-dos --history dos.db

# A limit on the size of files is told as a full disk is, and nothing is lost.
limited() {
  local blocks=$1 words=$2 got=0
  shift 2
  (ulimit -f "$blocks"; "$program" "$@" 2>&1 </dev/null) | cat >said || got=$?
  [ "$got" = 1 ] || fail "status $got under a limit on files: $*: $(cat said)"
  has -- "$words" said || fail "'$words' is not said: $*: $(cat said)"
}
mkdir limits
cp unix.spae limits/a.spae
cp "$pictures/cat.png" limits/cat.png
large='file too large; raise the limit on the size of files (ulimit -f), or name a file elsewhere'
for command in "encode limits/cat.png -o limits/no.spae" "decode limits/a.spae -o limits/no.png" \
  "encode --format json limits/cat.png -o limits/no.json" "page limits/cat.png -o limits/no.html"; do
  limited 1 "limits/no.*: cannot be written: $large" $command
done
limited 0 'index cannot be written: the device or a limit on files refused' index limits --quiet
limited 0 'history cannot be written: the device or a limit on files refused' history import exported
sum=$(cksum <limits/a.spae)
limited 0 "limits/a.spae: cannot be written: $large" edit --exact limits/a.spae '1:1,1 = castle' --history none
limited 0 'limits/a.spae: not replaced: .*a limit on files' edit --exact limits/a.spae '1:1,1 = castle'
[ "$(cksum <limits/a.spae)" = "$sum" ] || fail "a file is damaged by a limit"
[ "$(ls -A limits | wc -l)" = 2 ] || fail "something stays behind: $(ls -A limits)"

# Standard output that is full, closed, or left by its reader.
full() {
  local got=0
  "$program" "$@" >/dev/full 2>said </dev/null || got=$?
  [ "$got" = 1 ] || fail "status $got where the disk is full: $*"
  has 'standard output: cannot be written: no space left' said || fail "nothing is told: $*: $(cat said)"
  got=0
  "$program" "$@" >&- 2>said </dev/null || got=$?
  [ "$got" = 1 ] || fail "status $got where standard output is closed: $*"
  has 'standard output: cannot be written' said || fail "nothing is told: $*: $(cat said)"
}
spae=unix.spae
"$program" explore --plain unix.spae </dev/null >/dev/null
printf 'near\nquit\n' >typed
for command in "show $spae" "show --graphics sixel $spae" "info" "info --json" "words" "words --near cat --json" \
  "keys" "keys --man" "theme list" "theme show" "theme check $root/Themes/light.toml" "--help" "--version" "" \
  "encode $spae/../$spae --help" "encode $pictures/cat.png" "decode $spae -o -" "compare $spae $spae" "compare $spae $spae --json" \
  "history list" "history list --json" "history tree $spae" "history show $spae" "history diff $spae 1" \
  "history export" "history check" "history prune --keep 1d" "history restore $spae 1" \
  "classify --examples labels $pictures/cat.png" "restore --task shift --by last $pictures/cat.png" \
  "explore $spae" \
  "explore --save-screen - $spae" "--generate-completion-script bash"; do
  full $command
done
got=0
"$program" explore --plain "$spae" <typed >/dev/full 2>said || got=$?
[ "$got" = 1 ] || fail "status $got where the plain explorer's disk is full"
for command in words "show $spae" "history export"; do
  "$program" $command 2>said | head -1 >/dev/null || true
  [ ! -s said ] || fail "a closed pipe is told: $(cat said)"
  (trap '' PIPE; "$program" $command 2>said | head -1 >/dev/null) || true
  [ ! -s said ] || fail "a closed pipe is told without SIGPIPE: $(cat said)"
done
echo "outside: passed ($commands commands)"
