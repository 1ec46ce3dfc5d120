#!/usr/bin/env bash
# Paints with words from the shell, by pipe and by keys: what follows, what stays, and what goes wrong.
# Usage: Tests/edit.sh PROGRAM
set -Eeuo pipefail
trap 'echo "edit: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
cp "$root/Assets/pictures/cat.png" .

fail() { echo "edit: $*" >&2; exit 1; }
has() { grep "$@" >/dev/null; }

# What it says goes into a file.
edit() { "$program" edit "$@" 2>told || fail "$* ends with $? ($(cat told))"; }

# Runs spae edit, which must end with a status and say a thing on standard error.
refused() {
  local status=$1 words=$2 got=0
  shift 2
  "$program" edit "$@" >out 2>err || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $* ($(cat err))"
  grep -q -- "$words" err || fail "'$words' is not in: $(cat err)"
}

differ() { "$program" compare "$1" "$2" | tail -1 | cut -d ' ' -f 1; }
size() { "$program" info "$1" >/dev/null; head -c 24 "$1" | od -An -t u1 -j 16 | tr -s ' '; }

# A word of each upper layer is put, and others follow; --exact changes one.
"$program" encode cat.png --fit stretch -o cat.spae
edit cat.spae '2:1,2 = sunset' -o painted.spae
has '^2 (1,2) .* -> sunset$' <told || fail "the edit is not told: $(cat told)"
sed -n '/^layer 2/,/^layer 3/p' painted.spae | has sunset || fail "the word is not there"
[ "$(differ cat.spae painted.spae)" -gt 20 ] || fail "nothing follows"
edit cat.spae '2:1,2 = sunset' --exact -o exact.spae
[ "$(differ cat.spae exact.spae)" = 1 ] || fail "an exact edit changes $(differ cat.spae exact.spae)"
edit cat.spae '6:1,2 = sunset' -o low.spae
[ "$(differ cat.spae low.spae)" = 1 ] || fail "an edit of the lowest layer paints"
edit cat.spae '2:1,2 = sunset' -o - | cmp - painted.spae || fail "- writes other words"
edit cat.spae '2:1,2 = sunset' --threads 1 -o one.spae
cmp one.spae painted.spae || fail "one thread finds other words"

# A word wherever it stands, and what was done as JSON.
word=$(sed -n '/^layer 1/{n;p}' cat.spae)
edit cat.png "$word -> snow" --json -o snow.spae >said
has '"edited":\[{' <said || fail "no JSON: $(cat said)"
edit cat.png "$word -> snow" --layer 1 -o top.spae
[ "$(sed -n '/^layer 1/{n;p}' top.spae)" = snow ] || fail "the top word stays"

# A word that becomes itself changes nothing, and it says so.
edit cat.spae "$word -> $word" -o same.spae
has "'$word -> $word': nothing changes" <told || fail "that nothing changes is not told: $(cat told)"
[ "$(differ cat.spae same.spae)" = 0 ] || fail "$word -> $word changes words"
edit cat.spae "1:1,1 = $word" -o same.spae --force
has 'nothing changes' <told || fail "a word put where it is is not told: $(cat told)"

# The box of this cat is the whole picture, and tells nothing: the cells that say so are painted.
edit cat.png 'cat -> snow' -o thing.png
cmp -s thing.png cat.png && fail "a cat becomes snow, and no pixel of it"
has 'edited, 0 steered' <told && fail "no word follows a cat that becomes snow"

# Pictures: the photograph at its own size, or the picture of the words.
edit cat.png '1:1,1 = red' -o red.png
[ "$(size red.png)" = "$(size cat.png)" ] || fail "the photograph has another size"
cmp -s red.png cat.png && fail "the photograph stays as it was"
edit cat.png '1:1,1 = red' --words-only -o words.png
edit cat.png '1:1,1 = red' -o red.spae
"$program" decode red.spae -o decoded.png
cmp words.png decoded.png || fail "--words-only is another picture than decode gives"
edit cat.spae '1:1,1 = red' -o of-words.jpg
head -c 2 of-words.jpg | od -An -t x1 | has 'ff d8' || fail "no JPEG"

# A pyramid's edits on the photograph that its words came from, and on no other.
"$program" encode cat.png -o whole.spae
edit cat.png '1:1,1 = red' -o at-once.png
edit whole.spae '1:1,1 = red' --source cat.png -o of-source.png
cmp at-once.png of-source.png || fail "a pyramid and its photograph give another picture"
refused 1 "dog.png: this is not the picture that the words came from: [0-9]* of 597 words agree with \
those of whole.spae; name cat.png (256x256)" \
  whole.spae '1:1,1 = red' --source "$root/Assets/pictures/dog.png" -o no.png
refused 1 'nowhere.png: no such file' whole.spae '1:1,1 = red' --source nowhere.png -o no.png
refused 1 'a picture is its own source' cat.png '1:1,1 = red' --source cat.png -o no.png
[ ! -e no.png ] || fail "a picture is written in spite of a mistake"

# A pyramid is painted as the photograph that is beside it, and goes on from what was painted before.
cp "$root/Assets/pictures/mountain.png" .
"$program" encode mountain.png -o mountain.spae
edit mountain.png 'grass -> snow' 'snow -> sand' -o once.spae
edit mountain.spae 'grass -> snow' -o first.spae
has 'painted by what' told && fail "the photograph beside it is not seen: $(cat told)"
edit mountain.png 'grass -> snow' -o of-photo.spae
[ "$(differ first.spae of-photo.spae)" = 0 ] || fail "a pyramid is painted otherwise than its photograph"
edit first.spae 'snow -> sand' -o second.spae
[ "$(differ second.spae once.spae)" = 0 ] || fail "a second run does not know what the first put"
edit second.spae 'sand -> grass' -o third.spae
edit mountain.png 'grass -> snow' 'snow -> sand' 'sand -> grass' -o three.spae
[ "$(differ third.spae three.spae)" = 0 ] || fail "a third run does not know what the first two put"
edit mountain.spae 'grass -> snow'
mv mountain.spae moved.spae
edit moved.spae 'snow -> sand'
[ "$(differ moved.spae once.spae)" = 0 ] || fail "a renamed pyramid does not know what was put"
cp moved.spae copy.spae
cp first.spae copied.spae
edit copied.spae 'snow -> sand'
[ "$(differ copied.spae once.spae)" = 0 ] || fail "a copy does not know what was put"
"$program" history tree copy.spae 2>err | has 'snow -> sand' || fail "no tree of a copy"
has 'copy.spae: its history is that of .*, which has the same words' err || fail "not told: $(cat err)"
"$program" history prune --keep 1d --dry-run copy.spae 2>err && fail "the history of another file is pruned"
edit copy.spae 'sand -> grass'
"$program" history tree moved.spae | has 'sand -> grass' && fail "a copy is edited in the other's history"
"$program" history tree copy.spae 2>err | has 'sand -> grass' || fail "a copy's edit is not in its history"
[ ! -s err ] || fail "a copy has no history of its own: $(cat err)"
edit moved.spae 'sand -> grass' --source mountain.png -o three.png
edit mountain.png 'grass -> snow' 'snow -> sand' 'sand -> grass' -o at-once.png --force
cmp three.png at-once.png || fail "on the photograph three runs give another picture"
mkdir elsewhere
"$program" encode mountain.png -o elsewhere/alone.spae
edit elsewhere/alone.spae 'grass -> snow' -o alone.spae
has 'alone.spae: painted by what the words show: mountain.png is not beside it; --source names' told ||
  fail "nobody is told that its photograph is not seen: $(cat told)"

# A photograph's edits are its own, though another one has the same words, or its document was renamed.
mkdir twins
cp cat.png twins/a.png
cp cat.png twins/b.png
by_lines() { "$program" explore --plain "twins/$1.png" 2>err >said || fail "$1: $(cat err)"; }
printf 'set castle\nsave\nset lion\nquit!\n' | by_lines a
printf 'quit!\n' | by_lines b
mv twins/a.spae twins/c.spae
cp cat.png twins/d.png
printf 'quit!\n' | by_lines d
"$program" history tree twins/a.spae | has castle || fail "another photograph took its history"
"$program" history tree twins/a.png | has castle || fail "a photograph's history is not found by its name"
for name in b d; do
  "$program" history tree twins/$name.spae | has castle && fail "$name has the history of another photograph"
done
"$program" history tree twins/c.spae 2>err | has castle || fail "a renamed document has no history: $(cat err)"
# What is written anew begins its own history.
edit twins/a.png '1:1,1 = snow' -o twins/gone.spae
mv twins/gone.spae twins/kept.spae
edit twins/a.png '2:1,1 = sand' -o twins/new.spae
"$program" history tree twins/new.spae | has 'snow' && fail "a written file took the history of another"

# A file that was set back outside is shown as it is, and what was saved is not lost.
"$program" encode cat.png -o back.spae
cp back.spae before.spae
edit back.spae '2:1,1 = dog'
cp before.spae back.spae
printf 'quit\n' | "$program" explore --plain back.spae >said
"$program" history tree back.spae >said
has '^1 .*\[head\]' said || fail "a file that was set back is shown as it was saved: $(cat said)"
has '2:1,1 = dog' said || fail "a file that was set back lost its history"

# A renamed file's history is found by every command.
edit cat.spae '2:1,2 = sunset' -o old.spae
mv old.spae new.spae
"$program" history tree new.spae 2>err | has '2:1,2 = sunset' || fail "no tree of a renamed file"
has 'new.spae: its history is that of .*/old.spae, which is gone' err || fail "not told: $(cat err)"
"$program" history show new.spae 2 | has 'sunset' || fail "no revision of a renamed file"
"$program" history diff new.spae 1 2 | has 'both come from 1' || fail "no difference in a renamed file"
"$program" history export new.spae | has '"verb":"2:1,2 = sunset"' || fail "no export of a renamed file"
"$program" history prune --keep 1d --dry-run new.spae | has '^0 revisions would' || fail "no pruning of it"
"$program" history restore new.spae 1 >said
[ "$(differ new.spae cat.spae)" = 0 ] || fail "a renamed file is not restored"
"$program" history tree new.spae 2>err | has '\[file\]' || fail "its history does not follow it"
[ ! -s err ] || fail "its history is still elsewhere: $(cat err)"
# A long list of edits is known as a short one.
for number in $(seq 150); do echo "3:$((number % 4 + 1)),$((number % 4 + 1)) = snow"; done >long
edit cat.spae --edits long --exact -o long.spae
[ "$("$program" history show long.spae | grep -c '^3:.* = snow$')" = 150 ] || fail "a long list is cut"
printf '\xef\xbb\xbf1:1,1 = snow\n' >marked
edit cat.spae --edits marked -o marked.spae
refused 1 'edit 1, column 3: the rows 3-2 go backward; write 2-3' cat.spae '3:3-2,1 = snow' -o no.spae

# Edits of a file, of standard input, and in place: one revision, which can be taken back.
printf '# winter\n\n1:1,1 = snow  # all of it\n3:1-2,1-2 = red\n' >list
edit cat.spae --edits list -o a.spae
edit cat.spae --edits - -o b.spae <list
cmp a.spae b.spae || fail "standard input is read otherwise"
cp cat.spae place.spae
edit place.spae '1:1,1 = snow'
[ "$(sed -n '/^layer 1/{n;p}' place.spae)" = snow ] || fail "not edited in place"
"$program" history tree place.spae | has '1:1,1 = snow' || fail "the history does not tell the edit"
"$program" history restore place.spae 1 >said
cmp place.spae cat.spae || fail "the edit cannot be taken back"

# A file that somebody changes meanwhile keeps what they wrote: the photograph comes by a pipe, which
# is opened when the words have been read.
cp whole.spae shared.spae
mkfifo pipe.png
"$program" edit shared.spae '1:1,1 = snow' --source pipe.png 2>err &
exec 3>pipe.png
sed '0,/^layer 1$/s//# mine\nlayer 1/' whole.spae >shared.spae
cp shared.spae mine.spae
cat cat.png >&3
exec 3>&-
wait $! && fail "a file that was changed meanwhile is replaced"
has 'changed meanwhile' err || fail "it is not told: $(cat err)"
cmp shared.spae mine.spae || fail "what was written meanwhile is lost"

# Of edits of one file at once, those that are called done are in the file, and the history's state of it.
cp whole.spae crowd.spae
for column in 1 2 3 4 5 6; do
  ("$program" edit crowd.spae "4:1,$column = castle" --exact >/dev/null 2>&1 && echo $column >>done.list || true) &
done
wait
castles() { sed -n '/^layer 4$/{n;p}' "$1" | tr ' ' '\n' | grep -c castle; }
[ -s done.list ] || fail "none of six edits at once is done"
[ "$(castles crowd.spae)" = "$(wc -l <done.list)" ] || fail "an edit that is called done is lost"
state=$("$program" history tree crowd.spae | sed -n '/\[file\]/s/^[^0-9]*\([0-9]*\).*/\1/p')
"$program" history restore crowd.spae "$state" -o stated.spae >/dev/null
cmp crowd.spae stated.spae || fail "the history calls another state the file's"

# Mistakes name their place, and nothing is written.
refused 1 "edit 2, column 9: 'snowq' is not in the vocabulary; nearest in spelling are" \
  cat.spae '1:1,1 = snow' '1:1,1 = snowq' -o no.spae
has 'in meaning are' err && has 'in colour' err || fail "no words of like meaning and colour"
printf '1:1,1 = snow\n\n9:1,1 = snow\n' >list
refused 1 'list: line 3, column 1: there is no layer 9; this pyramid has layers 1 to 6' \
  cat.spae --edits list -o no.spae
refused 1 'line 1, column 3: there is no row 3 in layer 2' cat.spae --edits - -o no.spae <<<'2:3,1 = snow'
refused 1 "there is no 'locomotive' in this picture; its upper words: " \
  cat.png 'locomotive -> snow' -o no.spae
refused 1 "in layer 2 of this picture" cat.png 'locomotive -> snow' --layer 2 -o no.spae
refused 1 'layer 7: this pyramid has layers 1 to 6' cat.png 'cat -> snow' --layer 7 -o no.spae
refused 1 'name a file for the words or the picture with -o' cat.png '1:1,1 = snow'
refused 1 'there is no edit in it' cat.png --edits /dev/null -o no.spae
refused 1 'the edits are no text' cat.png --edits cat.png -o no.spae
refused 1 'no such file' cat.png --edits nowhere -o no.spae
refused 1 'not replaced' cat.png '1:1,1 = snow' -o cat.spae
refused 2 'a name ends in' cat.png '1:1,1 = snow' -o no.txt
refused 2 'cannot be both' - '1:1,1 = snow' --edits - -o no.spae
[ ! -e no.spae ] || fail "something is written in spite of a mistake"

# In place, a file stays where the history cannot keep its words; another file is written all the same.
for directory in . "$work"; do
  cp cat.spae stays.spae
  refused 1 'stays.spae: not replaced: .*/proc/nope.*-o OTHER .*--history none' \
    stays.spae '1:1,1 = snow' -o "$directory/stays.spae" --force --history /proc/nope/h.db
  cmp cat.spae stays.spae || fail "words are lost that no history keeps"
done
limit() { (ulimit -f 30; refused "$@") }
limit 1 'stays.spae: not replaced: the history cannot keep its words' \
  stays.spae '1:1,1 = snow' --history few.db
limit 1 'stays.spae: not replaced: the history cannot keep its words' stays.spae '1:1,1 = snow'
cmp cat.spae stays.spae || fail "words are lost where the history is cut"
edit stays.spae '1:1,1 = snow' --history none
cmp -s cat.spae stays.spae && fail "--history none does not edit"
edit cat.spae '1:1,1 = snow' -o other.spae --history /proc/nope/h.db
has 'the edit is not in the history' told || fail "not told: $(cat told)"
cmp other.spae stays.spae || fail "another file is not written"

# What a word says is brought from a picture: of the bundled ones, or of a folder.
edit cat.spae '2:1,1 = dog' --bring -o brought.spae
has "'dog' brought from .*dog.png" <told || fail "it is not told where it comes from: $(cat told)"
sed -n '/^layer 2/,/^layer 3/p' brought.spae | has '^dog ' || fail "the word is not put"
[ "$(differ cat.spae brought.spae)" -gt 100 ] || fail "nothing is brought"
edit mountain.png '2:2,1 = dog' --bring -o brought.png
"$program" encode brought.png -o seen.spae
sed -n '/^layer 2/,/^layer 4/p' seen.spae | has -w dog || fail "the dog that was brought is not seen on the photograph"
mkdir photos empty
cp "$root/Assets/pictures/car.png" photos
edit cat.spae '2:1,1 = car' --bring --library photos --json -o car.spae >said
has '"brought":\["[^"]*/photos/car.png"\]' <said || fail "$(cat said)"
mkdir -p config/spae
echo "library = \"$work/photos\"" >config/spae/config.toml
edit cat.spae '2:1,1 = car' --bring -o configured.spae
cmp car.spae configured.spae || fail "the configuration names another library"
rm config/spae/config.toml
refused 1 "the only picture of the library does not show 'dog'" \
  cat.spae '2:1,1 = dog' --bring --library photos -o no.spae
has 'with --library' err || fail "no remedy: $(cat err)"
refused 1 'empty: there is no picture in it' cat.spae '2:1,1 = dog' --bring --library empty -o no.spae
refused 1 'nowhere: no folder' cat.spae '2:1,1 = dog' --bring --library nowhere -o no.spae
refused 1 'cat.png: no folder' cat.spae '2:1,1 = dog' --bring --library cat.png -o no.spae
mkdir huge other
for number in $(seq 2001); do : >"huge/$number.png"; done
refused 1 "huge: 2001 of its pictures are not in the index.*; run 'spae index'" \
  cat.spae '2:1,1 = dog' --bring --library huge -o no.spae
"$program" encode cat.png --fit stretch --model "$root/Assets/models/small-2026-11" -o other/cat.spae
refused 1 "other: its only picture cannot be used; .*cat.spae: its words are those of the model" \
  cat.spae '2:1,1 = cat' --bring --library other -o no.spae
refused 1 'edit 2, column 1: the cells are no rectangle' \
  cat.spae '1:1,1 = dog' '3:1,1 4,4 = dog' --bring -o no.spae
refused 1 "there is no 'locomotive' in this picture" cat.png 'locomotive -> dog' --bring -o no.spae
refused 2 'give --exact or --bring' cat.spae '2:1,1 = dog' --bring --exact -o no.spae
refused 2 'needs --bring' cat.spae '2:1,1 = dog' --library photos -o no.spae
[ ! -e no.spae ] || fail "something is written in spite of a mistake"

# The explorer paints by default, and says so; E and the settings make edits exact.
printf 'cell 2 2 2\nset sunset\nsave by-line.spae\nquit\n' | "$program" explore --plain cat.spae >said
has 'steered [0-9]* words' said || fail "it does not say what was steered: $(cat said)"
[ "$(differ cat.spae by-line.spae)" -gt 20 ] || fail "set does not paint"
printf '2Gisunset<CR>:w by-key.spae<CR>:q!<CR>\n' >keys
XDG_STATE_HOME=$work/keys "$program" explore cat.spae --keys keys --save-screen - >screen
"$program" compare by-key.spae by-line.spae | tail -1 | has '^0 of' || fail "keys paint otherwise"
printf 'E2Gisunset<CR>:w one-word.spae<CR>:q!<CR>\n' >keys
XDG_STATE_HOME=$work/exact "$program" explore cat.spae --keys keys --save-screen - >screen
[ "$(differ cat.spae one-word.spae)" = 1 ] || fail "E does not make edits exact"
mkdir -p config/spae
echo 'edits = "exact"' >config/spae/config.toml
printf 'cell 2 1 1\nset sunset\nsave set.spae\nquit\n' |
  XDG_STATE_HOME=$work/set "$program" explore --plain cat.spae >said
[ "$(differ cat.spae set.spae)" = 1 ] || fail "the setting does not make edits exact"
echo 'edits = "loud"' >config/spae/config.toml
"$program" explore --plain cat.spae </dev/null 2>err && fail "a wrong setting is taken"
has "edits is 'loud'; it can be paint, exact" err || fail "$(cat err)"
# A photograph from a named pipe, which can be read once.
export XDG_CONFIG_HOME=$work/none
mkfifo pipe
timeout 60 cat cat.png >pipe &
timeout 60 "$program" edit pipe 'cat -> gold' -o piped.png || fail "a named pipe is not read"
wait $!
"$program" edit cat.png 'cat -> gold' -o direct.png
cmp piped.png direct.png || fail "a photograph from a pipe is painted otherwise"

# Two explorers on one file: it opens with what was written last, whatever the other does after that.
export XDG_STATE_HOME=$work/two
"$program" encode cat.png --fit stretch -o shared.spae
mkfifo here there
# Types a line into an explorer, and waits until it has answered.
typed() {
  local answers=$1 pipe=$2 count
  shift 2
  count=$(grep -c "$1" "$answers" || true)
  printf '%s\n' "$2" >&"$pipe"
  for _ in $(seq 600); do
    [ "$(grep -c "$1" "$answers")" -gt "$count" ] && return
    sleep 0.1
  done
  fail "no '$1' after '$2': $(cat "$answers")"
}
"$program" explore --plain shared.spae <here >said-one 2>&1 &
exec 4>here
"$program" explore --plain shared.spae <there >said-other 2>&1 &
exec 5>there
typed said-one 4 'edits' 'edits exact'
typed said-other 5 'edits' 'edits exact'
typed said-one 4 castle 'set castle'
typed said-other 5 palace 'set palace'
typed said-other 5 '^saved' 'save! shared.spae'
typed said-one 4 'state 1' undo
printf 'quit!\n' >&4
printf 'quit!\n' >&5
exec 4>&- 5>&-
wait
[ "$(sed -n '/^layer 1/{n;p}' shared.spae)" = palace ] || fail "the file holds other words"
"$program" explore shared.spae --save-screen - >screen
has palace screen || fail "what was written last is not shown: $(cat screen)"
has 'came back' screen && fail "words of another window came back: $(cat screen)"
[ "$("$program" history tree shared.spae | grep -c ' castle\| palace')" = 2 ] || fail "a branch is lost"

# Pictures of one name in two folders, and a copy of one: each has words and a history of its own.
mkdir twin twin/other twin/copy
cp cat.png twin/
cp "$root/Assets/pictures/dog.png" twin/other/cat.png
cp cat.png twin/copy/
cd twin
printf 'Eicastle<CR>:w<CR>:q<CR>\n' >keys
"$program" explore cat.png --keys keys --save-screen - >screen
cp cat.spae first.spae
"$program" explore other/cat.png --keys keys --save-screen - >screen
cmp cat.spae first.spae || fail "a picture of the same name in another folder is written over"
[ -e other/cat.spae ] || fail "words are not beside their picture"
"$program" explore copy/cat.png --save-screen - >screen
has 'state 1/1' screen || fail "a copy has another picture's history: $(head -1 screen)"
cd ..

echo "edit: words paint, from the shell and in the explorer"
