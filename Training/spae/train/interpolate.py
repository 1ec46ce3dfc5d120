"""Weights between those that a run began with and those that it came to.

    python -m spae.train.interpolate START END --share 0.75 --output weights.safetensors

Both are of one kind of model, and END was trained from START. Between the two, what training
gained is mostly kept while what it lost comes back sooner (Wortsman et al., CVPR 2022).
"""

import argparse
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor


def between(start: dict[str, Tensor], end: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Each tensor `share` of the way from the start's to the end's, as float16."""
    different = {name for name in start.keys() | end.keys() if not _alike(start, end, name)}
    if different:
        raise ValueError(f"weights of different models: {', '.join(sorted(different))}")
    return {
        name: start[name].float().lerp(end[name].float(), share).half().contiguous()
        for name in start
    }


def _alike(start: dict[str, Tensor], end: dict[str, Tensor], name: str) -> bool:
    return name in start and name in end and start[name].shape == end[name].shape


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="spae.train.interpolate", description=__doc__.splitlines()[0]
    )
    parser.add_argument("start", type=Path, help="what training began with: RUN/start.safetensors")
    parser.add_argument("end", type=Path, help="what it came to: RUN/weights.safetensors")
    parser.add_argument("--share", type=float, required=True, help="0: the start, 1: the end")
    parser.add_argument("--output", type=Path, required=True, help="the file to write")
    arguments = parser.parse_args()
    if not 0 <= arguments.share <= 1:
        parser.error(f"--share is from 0 to 1, not {arguments.share}")
    try:
        tensors = between(load_file(arguments.start), load_file(arguments.end), arguments.share)
    except (OSError, ValueError) as error:
        parser.exit(1, f"spae.train.interpolate: {arguments.start}, {arguments.end}: {error}\n")
    save_file(tensors, arguments.output)


if __name__ == "__main__":
    main()
