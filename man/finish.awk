# Finishes a generated manual page: paragraphs are parted as mdoc wants it, lines to type stay lines,
# the exit statuses are said, and no page is named that is not there.
# Usage: awk -f finish.awk PAGE

function is_example(line) { return line ~ /^(spae|find|ls) / }

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
{ parted = 0; print }
