#!/usr/bin/env bash
# Uses the real program as a person would: pictures to words, words to pictures, and what goes wrong.
# Usage: Tests/smoke.sh PROGRAM, with spae-bench beside it
set -Eeuo pipefail
trap 'echo "smoke: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
bench=$(dirname "$program")/spae-bench
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { echo "smoke: $*" >&2; exit 1; }

# grep that reads to the end: a program must not be stopped by a closed pipe.
has() { grep "$@" >/dev/null; }

# Runs a command that must end with a status and say a thing on standard error.
refused() {
  local status=$1 words=$2 got=0
  shift 2
  "$@" >out 2>err || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $*"
  grep -q -- "$words" err || fail "'$words' is not in: $(cat err)"
}

# Help is of commands that there are.
"$program" help language stop | has 'language stop' || fail "no help of a command's command"
refused 2 'captoin: no command of spae; the nearest is caption' "$program" help captoin
refused 2 'stap: no command of language; the nearest is stop' "$program" help language stap
refused 2 'stop: no command of caption; it has none' "$program" help caption stop
refused 2 'encod: no command, and no such file; the nearest command is encode' "$program" encod "$pictures/cat.png"
refused 1 'nowhere.png: no such file' "$program" nowhere.png
refused 2 'qqqqqqqq: no command of spae; there are explore, ' "$program" help qqqqqqqq
# A mistyped option is named, not what its value or its absence makes of the rest.
refused 2 'depth: there is no such option of encode; --help lists' "$program" encode cat.png --depth 3
refused 2 'detph: there is no such option of decode; the nearest is --depth$' \
  "$program" decode cat.spae -o cat.png --detph 3
refused 2 'lke: there is no such option of draw; the nearest is --like$' \
  "$program" draw --lke=labels --label goose -o goose.png
refused 2 "Unknown option '--dpeth'. Did you mean '--depth'" "$program" show cat.spae --dpeth 3
refused 2 'several pictures need -o FOLDER' "$program" encode cat.png dog.png --size 128 --meaning=1

"$program" encode "$pictures/cat.png" -o cat.spae
head -1 cat.spae | has -x 'spae 1' || fail "no version line"
[ "$(sed '1,5d' cat.spae | grep -v '^layer' | wc -w)" = 597 ] || fail "not 597 words"
"$program" encode "$pictures"/*.png -o all --quiet
[ "$(ls all | wc -l)" = "$(ls "$pictures" | wc -l)" ] || fail "not a pyramid for each picture"
"$program" encode - --format json <"$pictures/dog.png" >dog.json
"$program" decode cat.spae dog.json
"$program" decode cat.spae --depth 2 --scale 2 -o small.png
file_is_png() { head -c 4 "$1" | has PNG || fail "$1 is no PNG"; }
file_is_png cat.decoded.png; file_is_png dog.decoded.png; file_is_png small.png
"$program" show "$pictures/cat.png" | has '597 words' || fail "show says too little"
"$program" show cat.spae --graphics ascii --layers 1 >shown
[ "$(wc -l <shown)" -gt 20 ] || fail "no picture in ASCII"
for graphics in sixel kitty blocks quadrants halfblocks; do
  COLORTERM=truecolor TERM=xterm "$program" show cat.spae --graphics $graphics | has $'\e' ||
    fail "$graphics draws nothing"
done

for graphics in blocks quadrants halfblocks; do
  XDG_STATE_HOME=$work/graphics LANG=C.UTF-8 TERM=xterm-256color "$program" explore "$pictures/cat.png" \
    --graphics $graphics --save-screen - | has '[▀▄▌▐▘▝▖▗▚▞]' || fail "explore draws no $graphics"
done
refused 2 'a saved screen holds characters' "$program" explore cat.spae --graphics sixel --save-screen -

# A person changes one word; the comment stays, and only that word differs.
sed '0,/^layer 1$/s//# mine\nlayer 1/' cat.spae | awk 'p=="layer 1"{print "castle"; p=""; next}{p=$0; print}' >edited.spae
"$program" compare cat.spae edited.spae | tail -1 | has '^1 of 597' || fail "one word differs"
"$program" compare cat.spae edited.spae --json --image difference.png | has castle
"$program" words --near castle | has . || fail "castle has no neighbours"
[ "$("$program" words --like 'castl*' | wc -l)" -ge 1 ] || fail "no word like castl*"
"$program" info cat.spae | has '1 4 16 64 256 256' || fail "info says too little"
"$program" info --json | has '"hash"' || fail "no hash"
"$bench" decode "$pictures/cat.png" --runs 3 | has median || fail "no median"

"$bench" graphics "$pictures/cat.png" --runs 3 | has 'sixel 640 x 640' || fail "no sixels"
"$bench" explore "$pictures/cat.png" --edits 5 --terminal sixel | has p99 || fail "no keys are timed"
# A history of the pyramid: three revisions, read from lines of JSON, looked at, restored, pruned.
export XDG_STATE_HOME=$work/state
"$program" words >vocabulary
awk -v path="$(pwd -P)/cat.spae" '
  FNR == NR { number[$1] = NR - 1; next }
  /^vocabulary / { vocabulary = $2 }
  /^layer / { inside = 1; next }
  inside { for (i = 1; i <= NF; i++) words = words (words == "" ? "" : ",") number[$i]; if (!old) old = number[$1] "" }
  END {
    print "{\"format\":\"spae history\",\"version\":1}"
    printf "{\"created\":1,\"grid\":16,\"head\":3,\"label\":\"cat.png\",\"path\":\"%s\",", path
    printf "\"saved\":1,\"vocabulary\":\"%s\"}\n", vocabulary
    printf "{\"id\":1,\"time\":1000000,\"verb\":\"open\",\"words\":[%s]}\n", words
    for (id = 2; id <= 3; id++) {
      printf "{\"id\":%d,\"parent\":%d,\"time\":%d000000,\"verb\":\"replace\",", id, id - 1, id
      printf "\"changes\":[[0,%s,%d]]}\n", id == 2 ? old : new, number["castle"] + id
      new = number["castle"] + id
    }
  }' vocabulary cat.spae >exported.jsonl
"$program" history import exported.jsonl | has '^3 revisions of 1 pyramid were' || fail "import took too little"
"$program" history list | has "3 of 3  $(pwd -P)/cat.spae  file: 1" || fail "list says too little"
"$program" history export >again.jsonl
[ "$(wc -l <again.jsonl)" = 5 ] || fail "export writes too little"
"$program" history import again.jsonl | has '^0 revisions' || fail "the same was taken in twice"
"$program" history tree cat.spae | has '^3 .*\[head\]' || fail "no head in the tree"
"$program" history show cat.spae 2 | has '^1 (1,1)  .* -> ' || fail "show says too little"
"$program" history diff cat.spae 1 3 | has '^1 of 597 words differ; both come from 1$' ||
  fail "diff says too little"
cp cat.spae before.spae
"$program" history restore cat.spae 2
"$program" compare before.spae cat.spae | tail -1 | has '^1 of 597' || fail "nothing was restored"
"$program" history restore cat.spae 1
cmp before.spae cat.spae || fail "the first revision is not the file as it was"
"$program" history prune --keep 1d --dry-run | has ': 2; 2 stay' || fail "prune would keep too much"
"$program" history prune --keep 1d | has '^1 revision was removed' || fail "prune removed nothing"
"$program" history check | has '^2 revisions of 1 pyramid: no problems found' || fail "not whole"
head -c 20000 "$XDG_STATE_HOME/spae/history.db" >damaged.db
"$program" history list --history damaged.db 2>err >list
has 'revisions\? of . documents\? w[a-z]* saved' <err || fail "nobody is told of the damage: $(cat err)"
cp "$root/Assets/pictures/cat.png" history.png
refused 1 'not a history' "$program" history list --history history.png
cmp -s "$root/Assets/pictures/cat.png" history.png || fail "a picture is taken for a history"
ls damaged.db.damaged-1 >/dev/null || fail "the damaged history is gone"
"$bench" history --runs 10 --revisions 100 | has '^undo' || fail "no figures of the history"
refused 1 'knows no such document; it begins when spae opens or edits a file' \
  "$program" history tree dog.json
refused 1 'cannot be written' "$program" history list --history vocabulary/history.db
refused 2 'keep' "$program" history prune --keep long
# The explorer without a terminal: keys played, the screen written; lines read, words saved.
printf 'jikitten<CR>:w explored.spae<CR>' >keys
"$program" "$pictures/cat.png" --keys keys --save-screen screen --screen-size 80x24
has '^ saved explored.spae' <screen || fail "the explorer's screen does not tell: $(cat screen)"
sed -n '/^layer 2$/{n;p}' explored.spae | has '^kitten' || fail "the word was not changed"
printf 'cell 2 1 1\nset castle\nsave\nquit\n' | "$program" explore --plain explored.spae >plain
has '^castle, layer 2, row 1, column 1, was kitten' <plain || fail "plain says too little: $(cat plain)"
"$program" history tree explored.spae | has '\[head\]' || fail "the edit is not in the history"
printf 'set xqzzy\n' | refused 1 'not in the vocabulary' "$program" explore --plain explored.spae
"$program" "$pictures/cat.png" </dev/null | has '^1  ' || fail "no plain view without a terminal"
printf 'set kitten\nsave\nset castle\nsave\n' | "$program" explore --plain explored.spae ||
  fail "its own file was not written again"
: >said
mkfifo lines
"$program" explore --plain explored.spae <lines 2>told >said &
exec 3>lines
printf 'set dog\nsave\n' >&3
until has '^saved' <said; do sleep 0.05; done
printf '# mine\n' >>explored.spae
printf 'save\nquit!\n' >&3
exec 3>&-
wait $! && fail "a change from outside was written over"
has 'changed outside; save! explored.spae replaces it' <told || fail "nobody is told of the change: $(cat told)"
refused 2 'screen-size' "$program" explore "$pictures/cat.png" --screen-size 80

# A theme of one's own begins with a bundled one; what is wrong in it is named.
export XDG_CONFIG_HOME=$work/config
mkdir -p config/spae/themes
printf 'inherits = "dark"\npalette.cursor = "#ff8800"\n' >config/spae/themes/dark.toml
"$program" theme list | has '^okabe-ito-dark *dark$' || fail "the bundled themes are not found"
"$program" theme show dark | has 'cursor *#14171c *#ff8800' || fail "my theme is not taken"
"$program" theme show fjord | has 'cursor *#0f1a24 *#d5e4ee' || fail "my theme changes another"
"$program" theme check "$root"/Themes/*.toml | has 'mono.toml: a theme' || fail "a bad theme"
printf '[roles]\ncurser = "#ff8800"\n' >mine.toml
refused 1 "mine.toml: line 2, column 1: 'curser' is no role; the nearest is 'cursor'" \
  "$program" theme check mine.toml
refused 1 "did you mean 'dawn'" "$program" theme show dwan
printf '# mine\n' >nothing.toml
"$program" theme check nothing.toml | has 'gives no role a look of its own.*inherits = "dark"' ||
  fail "an empty theme is not told"
"$program" theme check "$root"/Themes/*.toml | has 'no role' && fail "a whole theme is called empty"

# A person's wishes, and what is wrong with them.
printf 'tint = false\nhistory = "none"\n' >config/spae/config.toml
"$program" history list | has 'no history is kept in none yet' || fail "the configuration is not read"
printf 'graphics = "pixels"\n' >config/spae/config.toml
refused 1 "config.toml: line 1, column 12: graphics is 'pixels'" "$program" "$pictures/cat.png"
printf '# mine\ntinted = true\n' >config/spae/config.toml
refused 1 "line 2, column 1: there is no key 'tinted'; did you mean tint" "$program" info
rm config/spae/config.toml

# Labels by the words of a few examples; what is wrong with their folders is said by name.
export XDG_CACHE_HOME=$work/cache
mkdir -p labels/animal labels/my_thing
cp "$pictures"/{cat,dog,raccoon}.png labels/animal
cp "$pictures"/{car,windmill,coffee}.png labels/my_thing
"$program" classify --examples labels "$pictures/moose.png" >told
has '^animal 0\.[5-9]' <told || fail "a moose is no animal: $(cat told)"
"$program" classify --examples labels --shots 1 --layers 2 --json "$pictures/moose.png" cat.spae |
  has '"label":"animal".*"label":"my thing"' || fail "no labels in JSON"
[ "$(ls cache/spae/pyramids/* | wc -l)" -ge 7 ] || fail "the pyramids are not kept"
for kept in cache/spae/pyramids/*/*; do echo 'cat xqzzy' >"$kept"; done
"$program" classify --examples labels "$pictures/moose.png" | cmp -s - told ||
  fail "damaged pyramids of the cache are taken"
mkdir many
cp "$pictures"/{coffee,cat,car}.png many
"$program" classify --examples labels --json "$pictures/moose.png" >told
"$program" classify --examples labels --json --background many "$pictures/moose.png" >background
"$program" classify --examples labels --json --ground many "$pictures/moose.png" | cmp -s - background ||
  fail "--ground is no longer --background"
cmp -s told background && fail "a background changes nothing"
refused 2 'former name' "$program" classify --examples labels --background many --ground many cat.spae
"$program" encode --semantic-weight 0.25 --size 64 "$pictures/cat.png" >weighed.spae
"$program" encode --meaning 0.25 --size 64 "$pictures/cat.png" | cmp -s - weighed.spae ||
  fail "--meaning is no longer --semantic-weight"
"$program" encode --size 64 "$pictures/cat.png" | cmp -s - weighed.spae &&
  fail "a semantic weight changes nothing"
refused 2 'former name' "$program" encode --semantic-weight 1 --meaning 1 "$pictures/cat.png"
refused 2 'semantic-weight must' "$program" encode --semantic-weight=-1 "$pictures/cat.png"
# An option that another one leaves without an effect is refused.
refused 2 'background is for the centroids' \
  "$program" classify --examples labels --background many --by language-model cat.spae
refused 2 'layers chooses words' "$program" classify --examples labels --layers 1-2 \
  --by language-model --reads labels --method calibrated cat.spae
refused 2 'timeout is for a language model' "$program" restore --task shift --by last --timeout 9 cat.png
refused 2 'temperature is for an answer' "$program" caption --facts --temperature 1 cat.spae
refused 2 'dry-run is for an answer' "$program" ask --facts --dry-run cat.spae 'What is it?'
refused 2 'endpoint belongs to --language-model' \
  "$program" evaluate few-shot --endpoint http://127.0.0.1:1 labels
refused 2 'are for the centroids' \
  "$program" evaluate few-shot --language-model --results r --episodes 9 labels
refused 2 'count is of --near' "$program" words --count 3
refused 2 'belongs to --save-screen' "$program" explore --screen-size 80x24 "$pictures/cat.png"
refused 2 'keys are for the screen' "$program" explore --plain --keys keys "$pictures/cat.png"
refused 2 'graphics is for the screen' "$program" explore --plain --graphics ascii "$pictures/cat.png"
refused 2 'theme is for a terminal' "$program" explore --theme light --save-screen - "$pictures/cat.png"
refused 2 'keys need a terminal' "$program" explore --keys keys "$pictures/cat.png"
refused 2 'of use with --why' "$program" show --history none cat.spae
refused 1 'a pyramid has its own size; leave out --size' "$program" show --size 256 cat.spae
refused 1 'a pyramid has its own size' "$program" page --fit crop -o no.html cat.spae
refused 1 'a pyramid has its own size' "$program" edit --size 64 cat.spae '1:1,1 = dog' -o no.spae
refused 1 'a pyramid has its own size' "$program" explore --plain --size 64 cat.spae
refused 1 'both are pyramids' "$program" compare --size 64 cat.spae cat.spae
refused 1 'no film; leave out --fps' "$program" compare --fps 5 cat.spae cat.spae
refused 1 'a picture; leave out --fps' "$program" encode --fps 5 "$pictures/cat.png"
refused 1 'a model.s folder; leave out --model' \
  "$program" info --model small "$root/Assets/models/small"
refused 1 'no film, and has no frame 3' "$program" edit --frame 3 cat.spae '1:1,1 = dog'
mkdir empty-folder
refused 1 'empty-folder: no pictures in it' \
  "$program" classify --examples labels --background empty-folder "$pictures/moose.png"
refused 1 'nowhere: no such folder; name one with pictures' \
  "$program" classify --examples labels --background nowhere "$pictures/moose.png"
refused 1 'nowhere: no such folder; name one with pictures' "$program" draw --like nowhere -o drawn.png
# Pictures at large stand in folders of any names, and beside them; labels stand in folders alone.
mkdir -p large-background/{Dog,dog,none}
cp "$pictures/coffee.png" large-background
cp "$pictures/cat.png" large-background/Dog
cp "$pictures/car.png" large-background/dog
"$program" classify --examples labels --background many "$pictures/moose.png" >background
"$program" classify --examples labels --background large-background "$pictures/moose.png" 2>err |
  cmp -s - background || fail "a background of pictures and folders is another one: $(cat err)"
cp "$pictures/cat.png" labels
"$program" classify --examples labels --json "$pictures/moose.png" 2>err | cmp -s - told || fail "a loose picture counts"
has '^spae: labels: 1 picture beside the folders of labels; left out$' err || fail "nothing is said of a loose picture: $(cat err)"
rm labels/cat.png
for option in '--endpoint http://127.0.0.1:9' '--show-prompt' '--dry-run' '--seed 2' '--replay x'; do
  refused 2 "${option%% *} is for a language model: it belongs to --by language-model" \
    "$program" classify --examples labels $option "$pictures/moose.png"
done
refused 1 'nowhere.png' "$program" classify --examples labels nowhere.png "$pictures/moose.png"
refused 1 'asks for 9' "$program" classify --examples labels --shots 9 "$pictures/moose.png"
refused 1 'no label folders' "$program" classify --examples labels/animal "$pictures/moose.png"
refused 1 'no such folder' "$program" classify --examples nowhere "$pictures/moose.png"
refused 2 'layers' "$program" classify --examples labels --layers 3-1 "$pictures/moose.png"
# As many layers as the pictures have: seven of 256 pixels a side.
mkdir -p large/animal large/thing
for name in cat dog; do
  "$program" encode --size 256 "$pictures/$name.png" -o large/animal/$name.spae
done
"$program" encode --size 256 "$pictures/car.png" -o large/thing/car.spae
"$program" encode --size 256 "$pictures/moose.png" -o moose256.spae
"$program" classify --examples large --layers 1-7 moose256.spae | has '^animal [01]' ||
  fail "seven layers are not read"
refused 1 'its layers are 1 to 7' "$program" classify --examples large --layers 1-8 moose256.spae
mkdir labels/MY_Thing
refused 1 'MY_Thing: no pictures' "$program" classify --examples labels "$pictures/moose.png"
cp "$pictures/car.png" labels/MY_Thing
refused 1 'the same label' "$program" classify --examples labels "$pictures/moose.png"
rm -r labels/MY_Thing
echo 'not a picture' >labels/animal/bad.png
"$program" classify --examples labels "$pictures/moose.png" 2>said | has '^animal' ||
  fail "one bad example spoils all"
has 'bad.png.*left out' <said || fail "a bad example is not named"
rm labels/animal/bad.png
"$program" evaluate few-shot labels --ways 2 --depths 3 --episodes 5 >said 2>&1 &&
  fail "five examples of three pictures were drawn"
has 'animal: 3 pictures of use' <said || fail "too few pictures are not said: $(cat said)"

# What a language model is asked to draw and to restore, without one.
"$program" draw --like labels --label ANIMAL --shots 2 --dry-run --show-prompt -o drawn.spae 2>&1 |
  has '^A photo of a animal shows:$' || fail "no prompt to draw by"
[ ! -e drawn.spae ] || fail "something was drawn by nobody"
refused 1 'name what to draw' "$program" draw --like labels --dry-run -o drawn.spae
refused 1 "no label 'fish'" "$program" draw --like labels --label fish --dry-run -o drawn.spae
refused 2 'layers' "$program" draw --like labels --label animal --layers 2-3 -o drawn.spae
refused 1 'make its folder first' "$program" draw --like labels --label animal -o none/drawn.spae
refused 1 'make its folder first' "$program" restore --task inpaint "$pictures/cat.png" -o none/restored.png
refused 1 'none.png: ' "$program" restore --task inpaint none.png -o restored.png
refused 1 '3 pictures that can be read, and --shots asks for 9' \
  "$program" draw --like labels --label animal --shots 9 --dry-run -o drawn.spae
# A picture that cannot be read is left out, and where nobody asks for a number all others are shown.
mkdir few few/animal
cp labels/animal/*.png few/animal
echo 'not a picture' >few/animal/bad.png
draw_few() { "$program" draw --like few --label animal --dry-run --show-prompt -o drawn.spae "$@" 2>&1; }
draw_few >said
has 'bad.png.*left out' <said || has -v left <said || fail "a bad example is not named: $(cat said)"
[ "$(grep -c 'animal shows: ' said)" = 3 ] || fail "three examples are not shown: $(cat said)"
rm "$(ls few/animal/*.png | grep -v bad | head -1)"
draw_few >said
has 'bad.png.*left out' <said || fail "a bad example is not named: $(cat said)"
has 'few/animal: its 2 pictures are the examples; 3 are usual' <said || fail "few examples: $(cat said)"
[ "$(grep -c 'animal shows: ' said)" = 2 ] || fail "two examples are not shown: $(cat said)"
refused 1 '2 pictures that can be read, and --shots asks for 3' \
  "$program" draw --like few --label animal --shots 3 --dry-run -o drawn.spae
rm few/animal/[!b]*.png
refused 1 '0 pictures that can be read; put some in' \
  "$program" draw --like few --label animal --dry-run -o drawn.spae
for task in inpaint outpaint deblur rotate shift; do
  "$program" restore --task $task --by majority "$pictures/cat.png" -o restored-$task.png |
    has 'commonest words *[0-9]* of 21' || fail "no baselines to restore $task"
done
"$program" restore --task inpaint --by votes "$pictures"/{cat,dog,moose}.png >said 2>&1
has '^  without a model *[0-9]* of 63 ' <said || fail "three pictures are not summed: $(cat said)"
has '^ahead of the commonest words by' <said || fail "nothing is compared: $(cat said)"
refused 2 'takes one picture' "$program" restore --task inpaint --by last "$pictures"/{cat,dog}.png -o two.spae

# The bundled language model, where it is installed.
if "$program" language status >out 2>&1; then
  asked="--run-folder $work/run"
  "$program" draw --like labels --label animal --shots 2 -o drawn.spae $asked 2>said ||
    fail "nothing was drawn: $(cat said)"
  has 'animal: 21 words in [0-9]* answers; parts of ' <said || fail "what was drawn is not said: $(cat said)"
  refused 1 'drawn.spae: not replaced' "$program" draw --like labels --label animal -o drawn.spae
  "$program" draw --like labels --label animal --shots 2 -o again.spae --replay run 2>said
  cmp drawn.spae again.spae || fail "another pyramid was drawn again"
  "$program" decode drawn.spae -o drawn.png
  "$program" classify --examples labels --by language-model --layers 1-2 "$pictures/moose.png" \
    --run-folder none 2>/dev/null | has '^[a-z ]* 0[.]' || fail "the model does not classify"
  "$program" restore --task rotate "$pictures/cat.png" --run-folder none 2>/dev/null |
    has 'language model *[0-9]* of 21' || fail "the model does not restore"
  "$program" evaluate generation labels --shots 1 --each 3 --episodes 1 --run-folder none \
    2>/dev/null | has '^language model' || fail "what is drawn is not measured"
fi

echo 'not a picture' >text.png
mkdir folder
: >empty.png
head -c 5000 "$pictures/cat.png" >cut.png
refused 1 'text.png' "$program" encode text.png
refused 1 'empty' "$program" encode empty.png
refused 1 'directory' "$program" encode folder
refused 1 'damaged' "$program" encode cut.png
printf 'II*\0' >photo.tiff
refused 1 'TIFF files are not read; .*convert x.tiff x.png' "$program" encode photo.tiff
kinds=$root/Tests/SPAEPixelsTests/Fixtures/kinds
"$program" info "$kinds/animation.gif" | has 'note .*first frame' || fail "a frame is not told"
"$program" encode "$kinds/sampling-4x2.jpg" --quiet | has '^layer 6' || fail "4:1:0 is not read"
base64 -d <<<iVBORw0KGgoAAAANSUhEUgAAAAkAAAABCAAAAAApqduhAAAAEklEQVR4nGNgkDTyTqmdtv4EAAvCA4VVYAv9AAAAAElFTkSuQmCC >long.png
"$program" encode long.png 2>&1 >/dev/null | has 'only the middle 4x1 of 9x1' || fail "a cut is not said"
[ -z "$("$program" encode --fit crop long.png 2>&1 >/dev/null)" ] || fail "a cut asked for is said"
refused 1 'nowhere.png' "$program" encode nowhere.png "$pictures/cat.png" -o some
[ -s some/cat.spae ] || fail "the good picture was not done"
sed 's/^layer 2$/layer 2\nxqzzy/' cat.spae >wrong.spae
refused 1 'line' "$program" decode wrong.spae -o wrong.png
[ ! -e wrong.png ] || fail "a wrong pyramid was decoded"
sed 's/^vocabulary .*/vocabulary 00/; s/^model .*/model other 00/' cat.spae >other.spae
refused 1 'made by the model other 00, which is not in' "$program" decode other.spae -o wrong.png
refused 1 'another vocabulary' "$program" decode other.spae --model "$root/Assets/models/small" -o wrong.png
refused 1 'depth 9' "$program" decode cat.spae --depth 9
refused 2 'depth' "$program" decode cat.spae --depth 0
refused 2 'size' "$program" encode "$pictures/cat.png" --size 100
refused 1 'config.json' "$program" info --model folder
# A dash is standard output, and no file's name.
"$program" encode "$pictures/cat.png" -o - | cmp -s - cat.spae || fail "encode -o - is not standard output"
refused 2 'several pictures need -o FOLDER' "$program" encode "$pictures"/{cat,dog}.png -o -
cp cat.spae dashed.spae
"$program" edit dashed.spae '1:1,1 = dog' --exact 2>err || fail "edit: $(cat err)"
"$program" history restore dashed.spae 1 -o - | cmp -s - cat.spae || fail "history restore -o - is not standard output"
"$program" history export dashed.spae -o - | has 'dashed.spae' || fail "history export -o - is not standard output"
[ ! -e ./- ] || fail "there is a file that is called -"
: >empty.json
refused 1 'empty.json: the file is empty; expected an exported history' "$program" history import empty.json
refused 1 'folder: it is a directory' "$program" history import folder
refused 1 'nowhere: no such folder; if it was indexed' "$program" find cat nowhere
# A film's beginning.
printf '\0\0\0\30ftypisom' >clip.mp4
refused 1 'it looks like a film; use spae encode' "$program" show clip.mp4
# However narrow the terminal, options say what they are for.
COLUMNS=20 "$program" words --help | tr -s ' \n' ' ' | has 'nearest in meaning' ||
  fail "a narrow help lacks what options are for"
for columns in 40 59; do
  COLUMNS=$columns "$program" explore --help >said
  awk -v most=$columns 'length > most { exit 1 }' said || fail "the help is wider than $columns columns"
  grep -q '^  --graphics' said || fail "an option is not at the beginning of its line: $(cat said)"
done
# A terminal without a cursor, and a narrow one.
TERM=dumb script -qec "$program cat.spae" /dev/null </dev/null >said || true
has "the terminal 'dumb' writes line after line; --plain works there" said || fail "a dumb terminal is taken: $(cat said)"
script -qec "stty cols 30 rows 40; $program show --graphics ascii cat.spae" /dev/null </dev/null >said
sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g' said | awk 'NR > 2 && NR < 10 && length > 31 { exit 1 }' ||
  fail "a picture is wider than the terminal: $(cat said)"
SPAE_ISA=abacus refused 1 'abacus' "$program" info
echo "smoke: passed"
