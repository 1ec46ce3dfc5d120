"""The layers of the encoder and the decoder. Planes are [batch, channels, row, column]."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.model.configuration import Block, Stage

EPSILON = 1e-6


class ChannelNorm(nn.Module):
    """RMS norm over the channels of one pixel: it never looks at the whole plane."""

    def __init__(self, width: int):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.rsqrt(x.float().square().mean(1, keepdim=True) + EPSILON)
        return x * scale.to(x.dtype) * self.gain[:, None, None].to(x.dtype)


class ResidualBlock(nn.Module):
    """x + second(SiLU(first(norm(x))))."""

    def __init__(self, width: int, block: Block):
        super().__init__()
        inner = block.expansion * width
        first, second = block.kernels
        self.norm = ChannelNorm(width)
        self.first = nn.Conv2d(width, inner, first, padding=first // 2)
        self.second = nn.Conv2d(inner, width, second, padding=second // 2)
        nn.init.normal_(self.second.weight, std=0.1 / (inner * second * second) ** 0.5)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.silu(self.first(self.norm(x))))


class Blocks(nn.Module):
    """The residual blocks of one stage, behind the change of resolution that leads to it."""

    def __init__(self, stage: Stage, **change: nn.Module):
        super().__init__()
        for name, module in change.items():
            self.add_module(name, module)
        self.blocks = nn.Sequential(*(ResidualBlock(stage.width, b) for b in stage.blocks))


class TokenNorm(nn.Module):
    """The same norm for tokens, [batch, token, channel]."""

    def __init__(self, width: int):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.rsqrt(x.float().square().mean(-1, keepdim=True) + EPSILON)
        return x * scale.to(x.dtype) * self.gain.to(x.dtype)


class AttentionBlock(nn.Module):
    """Every token looks at every other: the top word must know the whole picture."""

    def __init__(self, width: int, heads: int, expansion: int):
        super().__init__()
        self.heads = heads
        self.norm1 = TokenNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.output = nn.Linear(width, width)
        self.norm2 = TokenNorm(width)
        self.mlp1 = nn.Linear(width, expansion * width)
        self.mlp2 = nn.Linear(expansion * width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, tokens, width = x.shape
        q, k, v = (
            self.qkv(self.norm1(x)).view(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        )
        seen = F.scaled_dot_product_attention(q, k, v)
        x = x + self.output(seen.transpose(1, 2).reshape(batch, tokens, width))
        return x + self.mlp2(F.silu(self.mlp1(self.norm2(x))))
