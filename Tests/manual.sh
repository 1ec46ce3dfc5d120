#!/usr/bin/env bash
# Holds the manual pages to the program: each command has a page, with the options it really has.
# Usage: Tests/manual.sh PROGRAM
set -Eeuo pipefail
trap 'echo "manual: line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
program=$(realpath "$1")
cd "$(dirname "$0")/../man"

fail() { echo "manual: $*; run make man" >&2; exit 1; }

# The long options of a command, by its help and by its page.
helped() { "$program" "$@" --help | grep -oE -- '(^|[ [(|])--[a-z-]+' | grep -oE -- '--.*' | sort -u; }
paged() { sed 's/\\//g' "$1" | grep -oE -- '^\.It Fl -[a-z-]+|^\.It .* -[a-z-]+|Fl -[a-z-]+' |
  grep -oE -- '-[a-z-]+$' | sed 's/^/-/' | sort -u; }
# The commands below a command.
below() {
  "$program" "$@" --help | awk '/^SUBCOMMANDS:/ { inside = 1; next } /^$/ { if (seen) exit }
    inside && /^  [a-z]/ { print $1; seen = 1 }'
}

check() {
  local page=spae${*:+.$(IFS=.; echo "$*")}.1
  [ -s "$page" ] || fail "$page is missing"
  local help paper
  help=$(helped "$@" | grep -vxE -- '--(version|help)' || true)
  paper=$(paged "$page" | grep -vxE -- '--(version|help)' || true)
  [ "$help" = "$paper" ] || fail "$page differs: $(diff <(echo "$help") <(echo "$paper") | grep '^[<>]' | tr '\n' ' ')"
  local command
  for command in $(below "$@"); do check "$@" "$command"; done
}

check
for page in spae.*.1; do
  name=${page%.1}
  "$program" $(echo "${name#spae.}" | tr . ' ') --help >/dev/null 2>&1 || fail "$page is of no command"
done
"$program" keys --man | cmp -s - spae-keys.7 || fail "spae-keys.7 is not what the key map says"
# Each option has its values and its default, which the help has in parentheses.
for page in spae.*1; do
  helped=$("$program" $(basename "$page" .1 | cut -d. -f2- -s | tr . ' ') --help | tr -s ' \n' ' ' |
    { grep -oE '\((values|default): [^()]*\)' || true; } | wc -l)
  paged=$(grep -cE '(^|[.] )(Values|Default): [^.]*[^ ]\.( Default: .*\.)?$' "$page" || true)
  [ "$paged" -ge "$helped" ] || fail "$page has $paged of the $helped values and defaults of the help"
done
# What the generator leaves and man/finish.awk mends.
! grep -n "^'" spae.*1 || fail "a line begins with a quote, which roff takes for a request"
! grep -nE '^$|^\.Ex|\.Xr spae\.help' spae.*1 || fail "pages are not finished"
for page in spae.*1; do
  awk '/^\.Bd/ { typed = 1 } /^\.Ed/ { typed = 0 } /^(spae|find|ls) / && !typed { exit 1 }' "$page" ||
    fail "$page: its examples run together"
done
# The terminals' answers, which make test-terminals asks of the real ones.
while IFS=$'\t' read -r terminal question answer; do
  line=$(printf '  %-21s %s' "$question" "$answer")
  grep -qxF -- "$line" spae-terminals.7 || { echo "manual: spae-terminals.7 lacks '$line' of $terminal" >&2; exit 1; }
done <../Tests/terminals/answers.tsv
echo "manual: passed"
