"""Colours as a person compares them: CIELAB under the white point D65."""

import torch
from torch import Tensor

# sRGB to CIE XYZ over the white point D65 (IEC 61966-2-1), and the CIELAB curve's corner.
XYZ = (
    (0.4339555, 0.3762143, 0.1898302),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0177576, 0.1094756, 0.8727668),
)
CORNER = 6 / 29


def lab(colours: Tensor) -> Tensor:
    """sRGB [..., 3] in [-1, 1] -> CIELAB, in which a distance is CIE76."""
    srgb = colours.clamp(-1, 1) / 2 + 0.5
    linear = torch.where(
        srgb <= 0.04045, srgb / 12.92, ((srgb.clamp(min=0.04045) + 0.055) / 1.055) ** 2.4
    )
    xyz = linear @ colours.new_tensor(XYZ).T
    root = xyz.clamp(min=CORNER**3) ** (1 / 3)
    f = torch.where(xyz > CORNER**3, root, xyz / (3 * CORNER**2) + 4 / 29)
    x, y, z = f.unbind(-1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)
