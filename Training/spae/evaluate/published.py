"""A model's identity, and the folders of published models.

A published model's folder holds the SHA-256 sums of its files in `SHA256SUMS`, as `sha256sum`
writes them; the SHA-256 of that text is the model's identity. It may hold links to files of another
model's folder in place of equal ones.
"""

import hashlib
import json
from pathlib import Path

FILES = (
    "config.json",
    "weights.safetensors",
    "codebook.safetensors",
    "semantic.safetensors",
    "vocabulary.txt",
)
BRANCHES = ("segmentation", "detection")  # their files count when the configuration names them
SUMS = "SHA256SUMS"


def sums(folder: Path) -> str:
    """The SHA-256 of each of a model's files, a line each, in the order in which they count."""
    named = json.loads((folder / "config.json").read_text())
    branches = [f"{name}.safetensors" for name in BRANCHES if name in named]
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in [*FILES, *branches]
        if (folder / name).exists()
    ]
    return "".join(lines)


def identity(folder: Path) -> str:
    """A model's identity: the SHA-256 of its files' SHA-256 sums, a line each, in this order."""
    return hashlib.sha256(sums(folder).encode()).hexdigest()


def check(folder: Path) -> None:
    """Raises ValueError where a published model's file is not the one that was published."""
    if not (folder / SUMS).exists():
        return
    published, found = (folder / SUMS).read_text(), sums(folder)
    if found == published:
        return
    other = sorted(set(published.splitlines()) - set(found.splitlines()))
    name = other[0].split()[-1] if other else SUMS
    path = folder / name
    link = f", a link to {path.readlink()}" if path.is_symlink() else ""
    raise ValueError(f"{path}{link}: not the file that this model was published with, see {SUMS}")


def folder_of(identity_or_prefix: str, models: str | Path) -> Path:
    """The folder in `models` of the model with an identity, such as a `.spae` file names."""
    folders = sorted(path.parent for path in Path(models).glob("*/config.json"))
    for folder in folders:
        if _named_identity(folder).startswith(identity_or_prefix):
            return folder
    for folder in folders:
        former = json.loads((folder / "config.json").read_text()).get("former_identities", [])
        if any(name.startswith(identity_or_prefix) for name in former):
            return folder
    raise LookupError(f"{models}: no model with the identity {identity_or_prefix}")


def _named_identity(folder: Path) -> str:
    """The identity by the sums where they are there: loading the model checks them."""
    path = folder / SUMS
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else identity(folder)
