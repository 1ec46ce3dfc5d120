"""The adversarial loss (SPAE, section 3.3): a patch discriminator, steadied by LeCam."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (32, 64, 128)
LECAM = 1e-4  # the weight of LeCam's term, the paper's
KEPT = 0.99  # of a moving mean at each step
RATE = 1e-4


class PatchDiscriminator(nn.Module):
    """Says of each patch of 38 pixels how real it looks (Isola et al., 2017), without norms."""

    def __init__(self):
        super().__init__()
        layers: list[nn.Module] = []
        for inner, outer in zip((3, *WIDTHS[:-1]), WIDTHS):
            layers += [nn.Conv2d(inner, outer, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(WIDTHS[-1], 1, 3, padding=1))

    def forward(self, pictures: Tensor) -> Tensor:
        """[batch, 3, N, N] in [-1, 1] -> one number for each 8 x 8 pixels, [batch, 1, N/8, N/8]."""
        return self.layers(pictures)


class Adversary:
    """The discriminator, its optimiser and the moving means of what it says."""

    def __init__(self, device: torch.device):
        self.discriminator = PatchDiscriminator().to(device)
        self.optimizer = torch.optim.AdamW(
            self.discriminator.parameters(), lr=RATE, betas=(0.5, 0.9)
        )  # fmt: skip
        self.real_mean = torch.zeros((), device=device)
        self.made_mean = torch.zeros((), device=device)

    def against(self, made: Tensor) -> Tensor:
        """What the decoder is to lessen: how unreal its pictures look."""
        self.discriminator.requires_grad_(False)
        loss = -self.discriminator(made).mean()
        self.discriminator.requires_grad_(True)
        return loss

    def backward(self, real: Tensor, made: Tensor) -> None:
        """The gradients of the discriminator's own loss: hinge, and LeCam (Tseng et al., 2021)."""
        self.optimizer.zero_grad(set_to_none=True)
        says_real = self.discriminator(real)
        says_made = self.discriminator(made.detach())
        hinge = F.relu(1 - says_real).mean() + F.relu(1 + says_made).mean()
        self.real_mean.lerp_(says_real.detach().mean(), 1 - KEPT)
        self.made_mean.lerp_(says_made.detach().mean(), 1 - KEPT)
        (hinge + LECAM * self.lecam(says_real, says_made)).backward()

    def lecam(self, says_real: Tensor, says_made: Tensor) -> Tensor:
        """Draws what is said of real pictures to the mean said of made ones, and the reverse."""
        return (
            (says_real - self.made_mean).square().mean()
            + (says_made - self.real_mean).square().mean()
        )  # fmt: skip

    def state(self) -> dict:
        return {
            "discriminator": self.discriminator.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "means": torch.stack([self.real_mean, self.made_mean]),
        }

    def load(self, state: dict) -> None:
        self.discriminator.load_state_dict(state["discriminator"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.real_mean, self.made_mean = state["means"].clone().unbind()
