#!/usr/bin/env bash
# Streams pictures through `spae encode --stream`: bad ones, broken input, slow readers, thousands.
# Usage: Tests/stream.sh PROGRAM [PICTURES]
set -Eeuo pipefail
trap 'echo "stream: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
count=${2:-2000}
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

fail() { echo "stream: $*" >&2; exit 1; }
has() { grep "$@" >/dev/null; }
stream() { "$program" encode --stream --size 64 "$@"; }
frame() { printf '{"key":"%s","length":%d}\n' "$1" "$(stat -c %s "$2")"; cat "$2"; }

# An input that breaks: status 1, the place and the reason, and answers to all before it.
broken() {
  local answers=$1 words=$2 got=0
  stream <input >out 2>err || got=$?
  [ "$got" = 1 ] || fail "status $got, expected 1: $(head -c 200 input)"
  has -F -- "$words" err || fail "'$words' is not in: $(cat err)"
  [ "$(wc -l <out)" = "$answers" ] || fail "$(wc -l <out) answers, expected $answers: $words"
}

# The same words as from files, whichever way the picture came.
"$program" encode "$pictures/cat.png" -o cat.spae
{
  echo "{\"file\":\"$pictures/cat.png\"}"
  echo
  echo "{\"key\":\"a \\\"cat\\\"\",\"base64\":\"$(base64 -w0 "$pictures/cat.png")\"}"
  frame bytes "$pictures/cat.png"
  printf '{"key":"last","file":"%s"}' "$pictures/cat.png"
} | "$program" encode --stream >answers
[ "$(wc -l <answers)" = 4 ] || fail "not four answers"
cut -d'"' -f4- answers | sed 's/.*"width"/"width"/' | sort -u | wc -l | has -x 1 ||
  fail "the way of a picture changes its words"
sed -n 2p answers | has -F '{"key":"a \"cat\"","width":256,"height":256,"model":"' ||
  fail "the answer is not as it should be: $(sed -n 2p answers | head -c 200)"
sed -n 4p answers | has '^{"key":"last",' || fail "the last line was lost"
sed -n '/^layer/d; 6,$p' cat.spae | tr -s ' \n' '\n\n' | grep . >file.words
sed -n '1s/.*"layers"://p' answers | grep -oE '"[^"]+"' | tr -d '"' >stream.words
cmp file.words stream.words || fail "a stream and a file give other words"

# A clip is answered with its film, in one line: the words of `spae encode`, whichever way it came.
clip() {
  printf 'YUV4MPEG2 W64 H64 F25:1 Cmono\n'
  for grey in 040 100 300; do printf 'FRAME\n'; head -c 4096 /dev/zero | tr '\0' "\\$grey"; done
}
clip >clip.y4m
"$program" encode --size 64 --fit crop clip.y4m -o clip.spae --quiet
"$program" encode --size 64 --fit crop clip.y4m --format json -o clip.json --quiet
"$program" decode clip.spae -o clip.gif
{ cat clip.y4m; printf 'FRAME\nno more'; } >broken.y4m
head -1 clip.y4m >none.y4m
{
  frame first "$pictures/cat.png"
  echo '{"file":"clip.y4m"}'
  frame a/clip.y4m clip.y4m
  echo '{"file":"broken.y4m"}'
  echo "{\"key\":\"letters\",\"name\":\"clip.y4m\",\"base64\":\"$(base64 -w0 clip.y4m)\"}"
  echo '{"file":"none.y4m"}'
  echo '{"file":"-"}'
  echo '{"file":"clip.gif"}'
  frame last "$pictures/cat.png"
} >clips
stream <clips >answers 2>err || fail "a clip ended the stream: $(cat err)"
sed 's/^{"key":"\([^"]*\)".*/\1/' answers | tr '\n' ' ' | has -x \
  'first clip.y4m a/clip.y4m broken.y4m letters none.y4m - clip.gif last ' ||
  fail "not in order: $(cut -c1-80 answers)"
for key in clip.y4m a/clip.y4m letters; do
  grep "^{\"key\":\"$key\",\"width\":64,\"height\":64,\"model\":\"[0-9a-f]*\",\"film\":\[{" answers |
    sed 's/^.*,"film":\[//; s/\]}$//' >film
  tr -d '\n' <film | cmp - <(paste -sd, clip.json | tr -d '\n') || fail "$key: not the film of a file"
done
grep '^{"key":"broken.y4m"' answers | has '"frame":3}.*{"end":3}\],"error":"the y4m film is cut short.*behind frame 3' ||
  fail "the whole frames of a broken clip are lost: $(grep broken answers | tail -c 300)"
grep '^{"key":"none.y4m"' answers | has '"error":"the y4m film has no frame"' || fail "no frames: $(grep none answers)"
grep '^{"key":"-"' answers | has '"error":"standard input brings the stream itself' || fail "- is read"
grep '^{"key":"clip.gif"' answers | has '"layers":' || fail "a GIF is a clip without --film"
stream --film --fps 50 --to 0.1 <clips >answers
grep '^{"key":"clip.gif"' answers | has '{"end":5}' || fail "a GIF is no clip with --film: $(grep gif answers | tail -c 200)"
grep '^{"key":"clip.y4m"' answers | has '{"end":5}' || fail "--fps and --to choose no frames"
grep '^{"key":"last"' answers | has '"layers":' || fail "a picture is lost with --film"
stream --format text <clips | sed -n 's/^{"key":"clip.y4m".*,"film":"\(.*\)"}$/\1/p' >film
printf "$(sed 's/\\u000a/\\n/g' film)" | cmp - clip.spae || fail "the text of a film is not that of its file"
stream --semantic-weight 0 <clips | grep '"clip.y4m"' | has '"error":"a film; --semantic-weight' || fail "a weight"

# Bad pictures are answered with the reason, and their neighbours as if they were not there.
printf 'not a picture' >text.png
: >empty.png
head -c 5000 "$pictures/cat.png" >cut.png
{
  frame first "$pictures/cat.png"
  frame text text.png
  frame empty empty.png
  frame cut cut.png
  echo '{"file":"nowhere.png"}'
  echo '{"key":"letters","base64":"%%%"}'
  printf '{"key":"long","length":134217729}\n'
  head -c 134217729 /dev/zero
  frame last "$pictures/cat.png"
} | stream >answers 2>err || fail "a bad picture ended the stream: $(cat err)"
sed 's/^{"key":"\([^"]*\)".*/\1/' answers | tr '\n' ' ' |
  has -x 'first text empty cut nowhere.png letters long last ' || fail "not in order: $(cut -c1-80 answers)"
[ "$(grep -c '"layers"' answers)" = 2 ] || fail "not two good pictures"
for words in text:'it looks like text' empty:'is empty' cut:damaged nowhere.png:'no such file' \
  letters:base64 long:'more than 134217728 bytes'; do
  grep "^{\"key\":\"${words%%:*}\"" answers | has "\"model\":\"[0-9a-f]\{64\}\",\"error\":\".*${words#*:}" ||
    fail "no reason: $(grep "^{\"key\":\"${words%%:*}\"" answers)"
done
stream </dev/null | wc -l | has -x 0 || fail "an answer to nothing"

# What breaks the input is told with its byte.
frame one "$pictures/cat.png" >good
place=$(stat -c %s good)
frame two "$pictures/cat.png" >two
{ cat good; head -c 1000 two; } >input
broken 1 "standard input, byte $((place + 1000)): the input ends after"
{ cat good; printf '{"key":"two","len'; } >input
broken 1 "standard input, byte $place: expected a line of JSON"
{ cat good; printf '{"key":"two","length":9223372036854775807}\nabc'; } >input
broken 1 "standard input, byte "
has -F 'the input ends after 3 of the 9223372036854775807 bytes' err || fail "no end: $(cat err)"
{ cat good good; cat "$pictures/cat.png" good; } >input
broken 2 "standard input, byte $((2 * place)): expected a line of JSON"
for line in '{"key":"two"}:expected one of' '{"key":"two","length":-1}:0 or more' '[]:expected a line' \
  '{"length":5}:needs a' '{"key":2,"file":"a"}:must be a text' '{"key":"a","length":1.5}:expected' \
  '{"key":"a","length":1e99}:expected' '{"key":"a","file":"a","base64":"a"}:expected one of'; do
  { cat good; echo "${line%:*}"; cat good; } >input
  broken 1 "standard input, byte $place: "
  has -F -- "${line##*:}" err || fail "'${line##*:}' is not in: $(cat err)"
done
if stream >/dev/full <good 2>err; then fail "a full disk is not told"; fi
has 'standard output: cannot be written' err || fail "a full disk is not told: $(cat err)"

# One question, one answer: a program that waits for each is not kept waiting.
mkfifo asked told
stream <asked >told &
exec 3>asked 4<told
for key in a b c; do
  frame $key "$pictures/dog.png" >&3
  read -r -t 60 -u 4 line || fail "no answer to $key while the input is open"
  [[ $line == "{\"key\":\"$key\""* ]] || fail "another answer than to $key"
done
exec 3>&-
wait $! || fail "the stream did not end well"
exec 4<&-

# Nobody reads: it stops taking pictures, and takes them up again. Then its memory stays what it is.
memory() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
cat "$pictures"/*.png >/dev/null
"$program" encode --stream --size 64 --threads 2 <asked >told &
coder=$!
exec 3>asked 4<told
: >sent
{
  for i in $(seq "$count"); do
    if [ $((i % 100)) = 50 ]; then frame "$i" text.png; else frame "$i" "$pictures/sunflower.png"; fi
    echo >>sent
  done
} >&3 &
exec 3>&-
seen=-1
while [ "$seen" != "$(stat -c %s sent)" ]; do seen=$(stat -c %s sent); sleep 3; done
[ "$seen" -lt 300 ] || fail "$seen pictures were taken while nobody read an answer"
number=0
while read -r -u 4 line; do
  number=$((number + 1))
  [[ $line == "{\"key\":\"$number\""* ]] || fail "answer $number is to another: ${line:0:60}"
  if [ $((number % 100)) = 50 ]; then [[ $line == *'"error"'* ]] || fail "$number is no picture"
  else [[ $line == *'"layers"'* ]] || fail "$number has no words"; fi
  [ "$number" != $((count / 5)) ] || early=$(memory $coder)
  [ "$number" != $((count * 9 / 10)) ] || late=$(memory $coder)
done
wait $coder || fail "the long stream did not end well"
[ "$number" = "$count" ] || fail "$number answers to $count pictures"
[ "$late" -lt $((early + 16384)) ] || fail "memory grew from $early to $late KiB"
echo "stream: passed ($count pictures, $seen taken while nobody read, $early and $late KiB)"
