"""Our model with the networks that a former one has."""

import json
from pathlib import Path

# Frozen networks that came one after the other; the evidence map needs both.
LATER = ("segmentation", "detection")
EVIDENCE = "evidence"


def lacking(ours: Path, theirs: Path) -> list[str]:
    """The frozen networks of one model that another lacks."""
    own, other = (json.loads((model / "config.json").read_text()) for model in (ours, theirs))
    return [name for name in LATER if name in own and name not in other]


def without_later(model: Path, folder: Path) -> Path:
    """The same model without its later networks, in a new folder that links to its files."""
    configuration = json.loads((model / "config.json").read_text())
    for name in (*LATER, EVIDENCE):
        configuration.pop(name, None)
        (configuration.get("precision") or {}).pop(name, None)
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(configuration))
    for file in (*model.glob("*.safetensors"), model / "vocabulary.txt"):
        if file.stem not in LATER:
            (folder / file.name).symlink_to(file.resolve())
    return folder
