"""The training objective (SPAE, section 3.3) and the perceptual metric."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from spae.model.quantizer import Candidates

SLICES = ((0, 2), (2, 5), (5, 8), (8, 10), (10, 11), (11, 12), (12, 13))
SQUEEZE = {
    3: (64, 16, 64),
    4: (128, 16, 64),
    6: (128, 32, 128),
    7: (256, 32, 128),
    9: (256, 48, 192),
    10: (384, 48, 192),
    11: (384, 64, 256),
    12: (512, 64, 256),
}
SHIFT = (-0.030, -0.088, -0.188)
SCALE = (0.458, 0.448, 0.450)
LEAST_ERROR = 0.002  # 33 dB in [-1, 1]: a picture that is nearly right teaches little


class Fire(nn.Module):
    def __init__(self, width: int, squeezed: int, expanded: int):
        super().__init__()
        self.squeeze = nn.Conv2d(width, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.squeeze(x))
        return torch.cat([F.relu(self.expand1x1(x)), F.relu(self.expand3x3(x))], 1)


class LPIPS(nn.Module):
    """Learned perceptual distance, version 0.1, on SqueezeNet 1.1 (Zhang et al., CVPR 2018)."""

    def __init__(self, weights: Path):
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, 64, 3, stride=2), nn.ReLU()]
        for i in range(2, 13):
            pooled = nn.MaxPool2d(3, 2, ceil_mode=True)
            layers.append(Fire(*SQUEEZE[i]) if i in SQUEEZE else pooled)
        self.features = nn.Sequential(*layers)
        tensors = {n: t.float() for n, t in load_file(weights).items() if "classifier" not in n}
        heads = [tensors.pop(f"lin{i}.model.1.weight") for i in range(len(SLICES))]
        self.load_state_dict(tensors)
        for i, head in enumerate(heads):
            self.register_buffer(f"head{i}", head)
        self.register_buffer("shift", torch.tensor(SHIFT)[:, None, None])
        self.register_buffer("scale", torch.tensor(SCALE)[:, None, None])
        self.requires_grad_(False)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Two batches of pictures in [-1, 1] -> a distance each."""
        a, b = ((x - self.shift) / self.scale for x in (a, b))
        total = torch.zeros(len(a), device=a.device)
        for i, (start, end) in enumerate(SLICES):
            a, b = self.features[start:end](a), self.features[start:end](b)
            difference = (_unit(a) - _unit(b)).square()
            total = total + F.conv2d(difference, getattr(self, f"head{i}").to(a.dtype)).mean(
                (1, 2, 3)
            )
        return total


def _unit(x: Tensor) -> Tensor:
    return x / (x.square().sum(1, keepdim=True).sqrt() + 1e-10)


def pixel_loss(pictures: Tensor, originals: Tensor) -> Tensor:
    """The mean logarithm of the pictures' squared errors: their PSNR, but for a factor.

    A picture that comes out well counts as much as one that does not, at every depth.
    """
    errors = (pictures.float() - originals).square().mean((1, 2, 3))
    return (errors + LEAST_ERROR).log().mean()


def semantic_loss(
    targets: list[Tensor], codes: Tensor, candidates_by_layer: dict[int, Candidates]
) -> Tensor:
    """The paper's way to words that mean something (section 3.3), at a constant weight.

    Minus log of the mass that softmax(-|z_l - e|^2) puts on the position's candidates, the mean
    over the layers that have any. Only z is moved: no gradient reaches the codes.
    """
    codes = codes.detach()
    total = codes.new_zeros(())
    for layer, candidates in candidates_by_layer.items():
        target = targets[layer - 1].float()
        # |target|^2 is the same for every word, and leaves the softmax as it is.
        logits = 2 * target @ codes.T - codes.square().sum(1)
        total = (
            total + (logits.logsumexp(-1) - logits.gather(2, candidates.words).logsumexp(-1)).mean()
        )
    return total / len(candidates_by_layer)


def quantization_losses(
    z: Tensor, estimates: list[Tensor], visits: list[Tensor], free: int
) -> tuple[Tensor, Tensor]:
    """The commitment loss (z to its words) and the codebook loss (words to z).

    They are means over all but the first `free` layers.

    Those layers' words need not be near z, which they would drag along: they mean what the position
    shows, or were chosen for many cells.
    """
    commitment, codebook_loss = z.new_zeros(()), z.new_zeros(())
    layers = range(free, len(estimates))
    for layer in layers:
        own = visits[layer] > 0
        commitment = commitment + F.mse_loss(z[:, own], estimates[layer][:, own].detach())
        codebook_loss = codebook_loss + F.mse_loss(estimates[layer][:, own], z[:, own].detach())
    return commitment / len(layers), codebook_loss / len(layers)
