import numpy as np
import pytest
import torch

from spae.model.configuration import (
    Attention,
    Block,
    Configuration,
    DecoderSizes,
    EncoderSizes,
    Guided,
    MobileBlock,
    Semantic,
    Stage,
)
from spae.model.network import SPAE

WORDS = [a + b + c for a in "bcdfg" for b in "aeiou" for c in "lmnpr"]


def tiny_configuration() -> Configuration:
    stages = tuple(Stage(width, (Block((3, 1)),)) for width in (8, 8, 16))
    return Configuration(
        name="tiny",
        vocabulary=len(WORDS),
        embedding=24,
        text=16,
        guided=Guided((2, 3, 4), 0.3),
        semantic=Semantic(
            input=64,
            classes=10,
            grid=4,
            whole_top=4,
            cell_top=2,
            scale=8.0,
            stem=8,
            head=16,
            blocks=(MobileBlock(3, 2, 1, 8), MobileBlock(5, 1, 2, 8)),
        ),
        encoder=EncoderSizes(stages, Attention(blocks=1, heads=1, expansion=2), 4, 8),
        decoder=DecoderSizes(tuple(reversed(stages))),
    )


@pytest.fixture
def model() -> SPAE:
    """A tiny model with random weights everywhere."""
    torch.manual_seed(0)
    model = SPAE(tiny_configuration(), WORDS)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    model.codebook.embedding.normal_()
    model.codebook.text.normal_()
    model.codebook.lemma.copy_(torch.arange(len(WORDS)) // 2 * 2)
    model.semantic_branch.class_text.normal_()
    return model.eval()


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (72, 80, 3), np.uint8)
