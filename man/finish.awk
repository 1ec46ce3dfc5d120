# Finishes a generated manual page: paragraphs are parted as mdoc wants it, lines to type stay lines,
# options and arguments have the values and defaults that the help gives them, the exit statuses are
# said, and no page is named that is not there.
# Usage: awk -v help=FILE -f finish.awk PAGE, where FILE is what COMMAND --help prints

BEGIN {
  while (help != "" && (getline line < help) > 0) {
    if (line !~ /^                    /) note_choice()
    if (line ~ /^  [-<]/) { option = line; sub(/^ +(-., )?(--|<)/, "", option); sub(/[> ].*/, "", option) }
    sub(/^ +/, "", line)
    summary = summary " " line
  }
  note_choice()
}

# Keeps "(values: a, b; default: a)", with which an option's summary in the help ends.
function note_choice() {
  if (option != "" && match(summary, /\((values|default): [^()]*\)$/)) {
    text = substr(summary, RSTART + 1, RLENGTH - 2)
    sub(/^values/, "Values", text)
    sub(/(^|; )default/, text ~ /^V/ ? ". Default" : "Default", text)
    choices[option] = text "."
  }
  option = summary = ""
}

function is_example(line) { return line ~ /^(spae|find|ls) / }

# A quote at a line's beginning would be a request of roff.
/^'/ { $0 = "\\&" $0 }
/^$/ { parted = 1; next }
/^\.Bd/ { kept = 1 }
/^\.Ed/ { kept = 0 }
kept || /^\.Ed/ { print; next }
/^\.Xr spae\.help / { next }
/^\.Ex -std/ {
  print "0 on success, 1 where something failed, which is named on standard error, and 2 for wrong usage."
  next
}
is_example($0) && !typed { print ".Bd -literal -offset indent"; typed = 1; parted = 0 }
typed && !is_example($0) { print ".Ed"; typed = 0; if ($0 !~ /^\./) print ".Pp"; parted = 0 }
parted && $0 !~ /^\./ { print ".Pp" }
choice != "" { $0 = /^\./ ? choice "\n" $0 : $0 " " choice; choice = "" }
{ parted = 0; print }
/^\.It Fl / && match($0, / -[a-z-]+/) { choice = choices[substr($0, RSTART + 2, RLENGTH - 2)] }
/^\.It Ar / { name = substr($0, 8); sub(/\.\.\.$/, "", name); choice = choices[name] }
