"""Takes over the weights of an earlier prototype of the same network, under today's names."""

import re

from torch import Tensor

from spae.pyramid import KINDS

RULES = [
    (r"^P$", "codebook.projection"),
    (r"^enc\.lin_mu$", "encoder.linear.mean"),
    (r"^enc\.lin_V$", "encoder.linear.basis"),
    (r"^enc\.inp\.", "encoder.stem."),
    (r"^enc\.r([12])\.", lambda m: f"encoder.stages.{int(m[1]) - 1}.blocks.0."),
    (r"^enc\.r3\.(\d)\.", r"encoder.stages.2.blocks.\1."),
    (r"^enc\.d(\d)\.", r"encoder.stages.\1.down."),
    (r"^enc\.pos\.", "encoder.position."),
    (r"^enc\.lvl\.", "encoder.kind."),
    (r"^enc\.sin\.", "encoder.semantic."),
    (r"^enc\.sm\.0\.", "encoder.direct.first."),
    (r"^enc\.sm\.2\.", "encoder.direct.second."),
    (r"^enc\.att\.(\d)\.n\.weight$", r"encoder.attention.\1.norm1.gain"),
    (r"^enc\.att\.(\d)\.n2\.weight$", r"encoder.attention.\1.norm2.gain"),
    (r"^enc\.att\.(\d)\.o\.", r"encoder.attention.\1.output."),
    (r"^enc\.att\.(\d)\.a\.", r"encoder.attention.\1.mlp1."),
    (r"^enc\.att\.(\d)\.b\.", r"encoder.attention.\1.mlp2."),
    (r"^enc\.att\.", "encoder.attention."),
    (r"^enc\.n\.weight$", "encoder.norm.gain"),
    (r"^enc\.out\.", "encoder.output."),
    (r"^dec\.isd$", "decoder.scale"),
    (r"^dec\.inp\.", "decoder.input."),
    (r"^dec\.lab\.", "decoder.label."),
    (r"^dec\.lin_A$", "decoder.linear.basis"),
    (r"^dec\.lin_mu$", "decoder.linear.mean"),
    (r"^dec\.r3\.(\d)\.", r"decoder.stages.0.blocks.\1."),
    (r"^dec\.r2\.(\d)\.", r"decoder.stages.1.blocks.\1."),
    (r"^dec\.r1\.(\d)\.", r"decoder.stages.2.blocks.\1."),
    (r"^dec\.u(\d)\.", r"decoder.stages.\1.up."),
    (r"^dec\.n\.g$", "decoder.norm.gain"),
    (r"^dec\.out\.", "decoder.output."),
    (r"\.blocks\.(\d)\.n\.g$", r".blocks.\1.norm.gain"),
    (r"\.blocks\.(\d)\.a\.", r".blocks.\1.first."),
    (r"\.blocks\.(\d)\.b\.", r".blocks.\1.second."),
]


def renamed(name: str) -> str:
    for pattern, replacement in RULES:
        name = re.sub(pattern, replacement, name)
    return name


def prototype_weights(prototype: dict[str, Tensor]) -> dict[str, Tensor]:
    """The prototype's tensors under today's names; its sixth, unused kind of cell is dropped."""
    tensors = {renamed(name): tensor.float() for name, tensor in prototype.items()}
    for name in (
        "encoder.kind.weight",
        "encoder.direct.second.weight",
        "encoder.direct.second.bias",
    ):
        rows = len(tensors[name]) * KINDS // (KINDS + 1)
        tensors[name] = tensors[name][:rows].clone()
    return tensors
