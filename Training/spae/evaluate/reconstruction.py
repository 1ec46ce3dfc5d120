"""How near the words' pictures come to the originals, beside JPEG and WebP of equal bytes."""

import io
import math
from functools import partial

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from spae.evaluate.figures import Row, Value, by_layer
from spae.images import to_image, to_tensor
from spae.model.network import SPAE
from spae.model.pyramid import PyramidShape
from spae.train.datasets import EvaluationSet
from spae.train.losses import LPIPS

LUMA = (0.299, 0.587, 0.114)
WEBP_HEADERS = 30  # RIFF 12, chunk 8, VP8 frame 10
LEAST_FITTING = 0.9  # the share of pictures from which a codec gets a figure


# A picture beside its original


def psnr(a: Tensor, b: Tensor) -> Tensor:
    """Of pictures in [-1, 1], in dB, one a picture."""
    return 10 * torch.log10(4 / (a - b).square().mean((1, 2, 3)).clamp(min=1e-10))


def luma(pictures: Tensor) -> Tensor:
    """BT.601, of pictures in [-1, 1], from 0 to 255, [batch, 1, N, N]."""
    weights = pictures.new_tensor(LUMA)[None, :, None, None]
    return (pictures * weights).sum(1, keepdim=True) * 127.5 + 127.5


def ssim(a: Tensor, b: Tensor) -> Tensor:
    """Structural similarity (Wang et al., 2004) of luma, one a picture."""
    taps = torch.exp(-((torch.arange(11, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
    window = (taps / taps.sum()).outer(taps / taps.sum())[None, None]
    mean = partial(F.conv2d, weight=window)
    a, b = luma(a).double(), luma(b).double()
    mean_a, mean_b, c1, c2 = mean(a), mean(b), (0.01 * 255) ** 2, (0.03 * 255) ** 2
    var_a, var_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    covariance = mean(a * b) - mean_a * mean_b
    numerator = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    return (numerator / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean((1, 2, 3))


@torch.no_grad()
def distances(lpips: LPIPS, a: Tensor, b: Tensor, batch: int = 20) -> Tensor:
    return torch.cat([lpips(x, y) for x, y in zip(a.split(batch), b.split(batch), strict=True)])


# The words' pictures


@torch.no_grad()
def decoded(
    model: SPAE, words: Tensor, pyramid_shape: PyramidShape, depth: int, batch: int = 20
) -> Tensor:
    """The pictures that the first layers of words give, [n, 3, N, N]."""
    parts = words.split(batch)
    return torch.cat([model.decode_words(part, pyramid_shape, depth) for part in parts])


def psnr_by_depth(model: SPAE, pictures: EvaluationSet) -> list[float]:
    words = model.words_of(pictures.pictures, pictures.semantics)
    pyramid_shape = model.shape(pictures.pictures.shape[-1])
    return [
        float(psnr(decoded(model, words, pyramid_shape, depth), pictures.pictures).mean())
        for depth in range(1, pyramid_shape.depth + 1)
    ]


# Rows of the table


def budgets(vocabulary: int, pyramid_shape: PyramidShape) -> list[float]:
    """The bytes of the words at each depth."""
    bits = math.ceil(math.log2(vocabulary))
    return [pyramid_shape.word_count(d) * bits / 8 for d in range(1, pyramid_shape.depth + 1)]


def reconstruction_rows(
    model: SPAE, pictures: EvaluationSet, words: Tensor, lpips: LPIPS
) -> list[Row]:
    pyramid_shape = model.shape(pictures.pictures.shape[-1])
    depths, sizes = range(1, pyramid_shape.depth + 1), budgets(len(model.words), pyramid_shape)
    views = [decoded(model, words, pyramid_shape, depth) for depth in depths]
    levels = [psnr(view, pictures.pictures) for view in views]
    improved = [Value.over((b > a).float(), 100) for a, b in zip(levels, levels[1:])]
    counts = [Value(pyramid_shape.word_count(depth)) for depth in depths]
    row = partial(Row, "eval-bsds")
    return [
        row("words", by_layer(counts), 0),
        row("bytes", by_layer([Value(size) for size in sizes]), 0),
        *similarity_rows("", views, pictures.pictures, lpips),
        *codec_rows("JPEG", pictures.pictures, sizes, lpips),
        *codec_rows("WebP", pictures.pictures, sizes, lpips),
        row("improves %", by_layer(improved, 2), 1),
    ]


def similarity_rows(
    prefix: str, views: list[Tensor | None], originals: Tensor, lpips: LPIPS
) -> list[Row]:
    measures = {"PSNR dB": (psnr, 2), "SSIM": (ssim, 3), "LPIPS": (partial(distances, lpips), 3)}
    return [
        Row(
            "eval-bsds",
            prefix + name,
            by_layer([None if v is None else Value.over(measure(v, originals)) for v in views]),
            digits,
        )
        for name, (measure, digits) in measures.items()
    ]


def codec_rows(codec: str, originals: Tensor, sizes: list[float], lpips: LPIPS) -> list[Row]:
    images = [to_image(picture) for picture in originals]
    views: list[Tensor | None] = []
    shares = []
    for size in sizes:
        found = [best_within(image, codec, size) for image in images]
        fits = torch.tensor([fit for _, fit in found]).float()
        shares.append(Value.over(fits, 100))
        enough = fits.mean() >= LEAST_FITTING
        views.append(torch.stack([to_tensor(image) for image, _ in found]) if enough else None)
    return [
        Row("eval-bsds", f"{codec} fits %", by_layer(shares), 1),
        *similarity_rows(f"{codec} ", views, originals, lpips),
    ]


def compressed(image: Image.Image, codec: str, quality: int) -> bytes:
    file = io.BytesIO()
    options = {"optimize": True} if codec == "JPEG" else {"method": 6}
    image.save(file, codec, quality=quality, **options)
    return file.getvalue()


def payload(file: bytes, codec: str) -> int:
    """The bytes of a file that hold the picture itself."""
    if codec == "WebP":
        return len(file) - WEBP_HEADERS
    scan = file.index(b"\xff\xda")
    header = int.from_bytes(file[scan + 2 : scan + 4], "big")
    return len(file) - (scan + 2 + header) - 2  # the end marker


def best_within(image: Image.Image, codec: str, size: float) -> tuple[Image.Image, bool]:
    """The picture at the highest quality whose payload is within the size, or at the lowest."""
    low, high = 0, 100
    while low < high:
        middle = (low + high + 1) // 2
        if payload(compressed(image, codec, middle), codec) <= size:
            low = middle
        else:
            high = middle - 1
    file = compressed(image, codec, low)
    return Image.open(io.BytesIO(file)).convert("RGB"), payload(file, codec) <= size
