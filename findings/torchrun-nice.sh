#!/usr/bin/env bash
# torchrun 2.13.0 starts each worker as the leader of a session of its own, so `nice torchrun` may not
# be nice to anybody.
#
# Where Linux shares the processor among sessions first (kernel.sched_autogroup_enabled = 1, as in
# Debian's kernels), niceness counts only within a session. A worker that inherits niceness 19 is alone
# in its session, and gets as much as any other busy session. What helps is to write the niceness to
# /proc/self/autogroup in each worker, as the recipe of this project does.
#
# Seen: two workers, niceness 19, each its own session, neither the session of torchrun; where there is
# an autogroup, its own niceness is 0. Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy
cat >"$folder/worker.py" <<'PYTHON'
import os
from pathlib import Path

group = Path("/proc/self/autogroup")
print(
    f"niceness {os.nice(0)}, own session {os.getsid(0) == os.getpid()},",
    f"autogroup {group.read_text().strip().split(' ', 1)[1] if group.exists() else 'none'}",
    flush=True,
)
PYTHON
"$folder/venv/bin/python" -c 'import torch; print("torch", torch.__version__)'
OMP_NUM_THREADS=1 nice -n 19 "$folder/venv/bin/torchrun" --nproc-per-node 2 "$folder/worker.py" \
  2>"$folder/errors" | tee "$folder/seen" || { cat "$folder/errors"; exit 1; }
[ "$(grep -cE '^niceness 19, own session True, autogroup (nice 0|none)$' "$folder/seen")" = 2 ]
