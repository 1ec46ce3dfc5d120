#!/usr/bin/env bash
# PyTorch 2.13.0 rounds a number divided by a tensor twice, so a quarter of the quotients are wrong by a bit.
#
# `127 / tensor` is computed as the tensor's reciprocal times 127: the reciprocal is rounded to float32, and the
# product again. A division of two tensors, NumPy and C round once, as IEEE 754 asks of a division. So the same
# formula gives other bits in PyTorch than elsewhere, by how it is written: scales of quantized weights
# (`127 / largest`) differ from those of an engine in another language, and whole numbers that are rounded by them
# now and then by 1. torch.full_like(tensor, 127) / tensor gives the right quotients.
#
# Seen (127 over the whole numbers 1 to 20,000, float32): 4,910 quotients of `number / tensor` differ from NumPy's,
# none of `tensor / tensor`; all of them equal reciprocal times 127. Exits 1 if that changes.
# Needs Python 3.11 with venv, and PyPI (200 MB).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cat >check.py <<'PY'
import numpy as np
import torch

divisors = torch.arange(1, 20_001, dtype=torch.float32)
right = torch.from_numpy(np.float32(127) / divisors.numpy())
by_number, by_tensor = 127 / divisors, torch.full_like(divisors, 127) / divisors
wrong = int((by_number != right).sum()), int((by_tensor != right).sum())
twice = torch.equal(by_number, divisors.reciprocal() * 127)
print(f"torch {torch.__version__}, NumPy {np.__version__}, {len(right)} quotients:")
print(f"number / tensor differs in {wrong[0]}, tensor / tensor in {wrong[1]}; as by the reciprocal: {twice}")
raise SystemExit(0 if wrong == (4910, 0) and twice else 1)
PY
venv/bin/python check.py
