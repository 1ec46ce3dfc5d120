"""Begins the network with the hidden layers of an earlier model, beside a linear start.

They have learned what pictures look like, and serve another latent space sooner than random ones.
The layers that write into z and into the picture begin with zeros, as in any linear start.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file

NOT_HIDDEN = (
    "codebook.",
    "encoder.linear.",
    "encoder.output.",
    "encoder.direct.second.",
    "decoder.linear.",
    "decoder.output.",
    "decoder.scale",
)


@torch.no_grad()
def take_hidden_layers(model, weights: Path) -> None:
    """Copies what the earlier model's network hides; the rest of the model stays as it is."""
    hidden = {n: t.float() for n, t in load_file(weights).items() if not n.startswith(NOT_HIDDEN)}
    unknown = set(hidden) - set(model.learned())
    if unknown:
        raise ValueError(f"{weights}: no such layers in this size of model: {sorted(unknown)}")
    model.load_state_dict(hidden, strict=False)
