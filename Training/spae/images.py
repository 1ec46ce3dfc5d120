"""Pictures to tensors and back: RGB, squares, [-1, 1]."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor


def rgb(image: Image.Image) -> Image.Image:
    """The picture upright and without alpha, on white."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        image = Image.alpha_composite(ground, layer)
    return image.convert("RGB")


def centre_square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def square_view(image: Image.Image, size: int) -> Image.Image:
    """The centre square at `size` pixels, by antialiased bicubic resampling."""
    square = centre_square(image)
    if square.width == size:
        return square
    return square.resize((size, size), Image.Resampling.BICUBIC)


def to_tensor(image: Image.Image) -> Tensor:
    """RGB / 127.5 - 1, [3, height, width]."""
    pixels = torch.from_numpy(np.asarray(image, np.float32).copy())
    return (pixels / 127.5 - 1).permute(2, 0, 1)


def to_image(picture: Tensor) -> Image.Image:
    """The inverse, rounded and clamped."""
    pixels = ((picture.clamp(-1, 1) + 1) * 127.5).round().byte()
    return Image.fromarray(pixels.permute(1, 2, 0).cpu().numpy(), "RGB")
