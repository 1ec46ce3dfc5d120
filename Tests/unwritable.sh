#!/usr/bin/env bash
# Where nothing can be written: a history that can only be read, a limit on the size of files; nothing to
# be replaced.
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
  printf 'undo\ntree\nquit!\n' | XDG_STATE_HOME=$work/sealed-state "$program" explore --plain cat.spae >lines
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

# Nothing is written, so that there is nothing to replace.
for wrong in 'edit cat.spae 1:1,1=snow -o -' 'decode cat.spae -o -' 'encode first.png' 'convert cat.spae -o -' \
  'history export' 'history restore cat.spae 1 -o -' 'compare cat.spae first.spae' 'page cat.spae -o -' 'explore cat.spae'; do
  refused 2 '--force replaces a file, and none is written; leave it out' $wrong --force
done
echo "unwritable: passed"
