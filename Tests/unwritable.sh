#!/usr/bin/env bash
# Where nothing can be written: a history that can only be read, a limit on the size of files, a full
# disk, folders made in vain.
# Usage: Tests/unwritable.sh PROGRAM
set -Eeuo pipefail
trap 'echo "unwritable: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
pictures=$root/Assets/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache

fail() { echo "unwritable: $*" >&2; exit 1; }
has() { grep "$@" >/dev/null; }

# Runs a command that must end with a status and say a thing on standard error.
refused() {
  local status=$1 words=$2 got=0
  shift 2
  "$program" "$@" >out 2>err || got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $*: $(cat err)"
  has -- "$words" err || fail "'$words' is not in: $(cat err)"
}

"$program" encode "$pictures/cat.png" -o cat.spae
cp cat.spae first.spae
"$program" edit cat.spae '2:1,1 = dog' 2>said
cp cat.spae edited.spae

# All that only looks at a history; what writes says which file, why, and what helps.
looks() {
  local history=$1
  "$program" history list --history "$history" | has '2 of 2 .*cat.spae' || fail "list"
  "$program" history tree cat.spae --history "$history" | has 'cat -> dog' || fail "tree"
  "$program" history show cat.spae --history "$history" | has 'revision     2' || fail "show"
  "$program" history diff cat.spae 1 --history "$history" | has 'both come from 1' || fail "diff"
  "$program" history check --history "$history" | has '2 revisions of 1 pyramid: no prob' || fail "check"
  "$program" history prune --keep 1d --dry-run --history "$history" | has '^0 rev' || fail "dry run"
  "$program" history export --history "$history" | has '"verb":"2:1,1 = dog"' || fail "export"
  "$program" history restore cat.spae 1 -o - --history "$history" | cmp - first.spae || fail "restore"
  "$program" show --why cat.spae --source "$pictures/cat.png" --history "$history" |
    has 'typed' || fail "show --why does not know the edit"
  refused 1 "cat.spae: not restored: .*$history: .*-o OTHER" history restore cat.spae 1 --history "$history"
  cmp cat.spae edited.spae || fail "a file is replaced whose words no history keeps"
}

# A folder that can only be read, with all that was written, in the log alone as well.
cp -r state/spae sealed
cat >log.py <<'END'
import shutil, sqlite3, sys
path, copy = sys.argv[1:]
store = sqlite3.connect(path, isolation_level=None)
store.execute("PRAGMA wal_autocheckpoint = 0")
store.execute("UPDATE document SET label = 'in the log'")
for end in "", "-wal": shutil.copy(path + end, copy + end)
END
python3 log.py state/spae/history.db sealed/log.db
head -c 30000 sealed/history.db >sealed/damaged.db
cp "$root/Tests/SPAEHistoryTests/Fixtures/history-v1.db" sealed/v1.db
"$program" index "$pictures" >said
cp state/spae/index.db sealed
inside() {
  mount --bind sealed sealed 2>/dev/null && mount -o remount,ro,bind sealed || exit 77
  looks sealed/history.db
  "$program" history list --json --history sealed/log.db | has '"label":"in the log"' || fail "the log"
  "$program" history list --history sealed/v1.db | has '3 of 7' || fail "the first schema"
  "$program" history list --history sealed/none.db | has 'no history is kept in' || fail "no history"
  refused 1 'sealed/damaged.db: the history is damaged: .*copy' history list --history sealed/damaged.db
  for command in 'prune --keep 1d' 'check --salvage' 'import exported'; do
    refused 1 'sealed/history.db: the history cannot be written: read-only.*--history' \
      history $command --history sealed/history.db
  done
  # The index, too, is asked; what it lacks is indexed for now.
  export XDG_STATE_HOME=$work/sealed-state
  "$program" index --list | has '/pictures' || fail "index --list"
  "$program" find cat | has 'cat.png$' || fail "find"
  mkdir -p new
  cp "$pictures/dog.png" new
  "$program" find dog new 2>err | has 'new/dog.png$' || fail "find in a new folder"
  has 'pictures are indexed for now alone: .*index.db: the index cannot be written' err || fail "$(cat err)"
  "$program" explore new </dev/null | has 'dog.png' || fail "the gallery"
  "$program" edit first.spae '2:1,1 = dog' --bring -o brought.spae 2>err || fail "bring: $(cat err)"
  refused 1 'index.db: the index cannot be written' index new
  printf 'undo\ntree\nquit!\n' | "$program" explore --plain cat.spae >lines
  has 'edits are not kept.*read-only' lines || fail "the explorer does not say it: $(cat lines)"
  has '^undid 2:1,1 = dog' lines || fail "the explorer has no earlier states: $(cat lines)"
}
"$program" history export -o exported
mkdir sealed-state
ln -s ../sealed sealed-state/spae
export program root work pictures
export -f inside looks refused fail has
got=0
unshare -rm bash -Eeuo pipefail -c inside || got=$?
[ "$got" = 0 ] || [ "$got" = 77 ] || fail "a history that can only be read"
[ "$got" = 0 ] || echo "unwritable: left out, no file system can be mounted here"

# A limit on the size of files.
(ulimit -f 1; looks state/spae/history.db) || fail "a limit on the size of files"

# A folder that a command makes goes again, with those that it is in, if nothing comes into it.
python3 - >clip.y4m <<'END'
import random, sys
random.seed(1)
noise = lambda: b"FRAME\n" + bytes(random.choice((0, 255)) for _ in range(64 * 48))
sys.stdout.buffer.write(b"YUV4MPEG2 W64 H48 F10:1 Ip Cmono\n" + noise() + noise())
END
"$program" encode clip.y4m -o clip.spae 2>said
refused 1 'no frame is chosen' decode clip.spae --from 9 -o made/deep/frames/
[ ! -e made ] || fail "a folder is left behind that holds no frame"
mkdir mine
refused 1 'no frame is chosen' decode clip.spae --from 9 -o mine/
[ -d mine ] || fail "a folder is removed that was there before"
echo text >bad.png
refused 1 'bad.png' encode bad.png nowhere.png -o made/words
refused 1 'would both be written' encode bad.png ./bad.png -o made/words
[ ! -e made ] || fail "a folder is left behind that holds no words"
refused 1 'bad.png' encode bad.png "$pictures/cat.png" -o made/words
[ "$(ls made/words)" = cat.spae ] || fail "a folder of words is lost"

# Nothing is written, so that there is nothing to replace.
for wrong in 'edit cat.spae 1:1,1=snow -o -' 'decode cat.spae -o -' 'encode clip.y4m' 'convert cat.spae -o -' \
  'history export' 'history restore cat.spae 1 -o -' 'compare cat.spae first.spae' 'page cat.spae -o -' 'explore cat.spae'; do
  refused 2 '--force replaces a file, and none is written; leave it out' $wrong --force
done

# A full disk: every way of writing names the file, the reason and the remedy.
filled() {
  mount -t tmpfs -o size=4k none disk 2>/dev/null || exit 77
  local name
  for name in film.mp4 film.y4m film.gif film.webp frames/ film.mkv; do
    case $name in *.mp4 | *.mkv) command -v ffmpeg >/dev/null || continue ;; esac
    refused 1 "disk/$name.*no space left on device; free some, or name a file elsewhere" \
      decode clip.spae --scale 16 -o disk/$name
    has 'its last lines' err && fail "ffmpeg's own lines are printed: $(cat err)"
    rm -rf disk/frames
    [ -z "$(ls disk)" ] || fail "half a film is left: $(ls disk)"
  done
}
mkdir disk
export -f filled
got=0
unshare -rm bash -Eeuo pipefail -c filled || got=$?
[ "$got" = 0 ] || [ "$got" = 77 ] || fail "a full disk"
echo "unwritable: passed"
