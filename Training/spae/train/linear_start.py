"""The best linear codec, where the network starts: principal components, water-filled codes.

An 8x8 patch has 192 numbers; its first 16 principal components hold most of what is seen. z is
those components, and the words' embeddings are projected once so that their covariance is what
rate-distortion theory asks for (reverse water-filling at log2 V bits).
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from spae.images import centre_square, to_tensor
from spae.model.pyramid import CLASSES, CLASSES_A_STRIDE
from spae.train.datasets import PictureSet

PICTURES = 600
LEAST_SHARE = 0.02  # of theta: the variance of codes along components that get no bits


@torch.no_grad()
def start(model, data: Path) -> None:
    """Sets the linear paths and the projection of a new model from training pictures."""
    patches = sample_patches(data, model.configuration.patch)
    mean = patches.mean(0)
    spectrum, basis = principal_components(patches - mean, model.configuration.latent)
    bits = math.log2(len(model.words))
    variances = water_filled(spectrum, bits)
    model.encoder.linear.mean.copy_(mean)
    model.encoder.linear.weight[:, :, 1, 1].copy_(basis.T)
    model.decoder.linear.mean.copy_(mean)
    for cell_class in range(CLASSES):
        kept = model.configuration.latent if cell_class % CLASSES_A_STRIDE else 3
        model.decoder.linear.basis[cell_class, :kept].copy_(basis.T[:kept])
        model.decoder.linear.basis[cell_class, kept:].zero_()
    model.decoder.scale.copy_(spectrum.rsqrt())
    model.codebook.begin(projection(model.codebook.embedding, variances))


def sample_patches(data: Path, patch: int) -> Tensor:
    """Patches of training photographs, [n, 3 patch patch]."""
    pictures = PictureSet(data, "train-bsds")
    found = []
    for row in range(min(PICTURES, len(pictures.names))):
        image = to_tensor(centre_square(pictures.image(row)).resize((128, 128)))
        found.append(F.pixel_unshuffle(image.unsqueeze(0), patch).flatten(2)[0].T)
    return torch.cat(found)


def principal_components(centred: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The largest eigenvalues of the covariance and their vectors, [count] and [numbers, count]."""
    covariance = centred.T @ centred / len(centred)
    values, vectors = torch.linalg.eigh(covariance)
    return values.flip(0)[:count], vectors.flip(1)[:, :count]


def water_filled(spectrum: Tensor, bits: float) -> Tensor:
    """The variance of the codes along each component: lambda - theta where that gets bits."""
    low, high = 0.0, float(spectrum.max())
    for _ in range(100):
        theta = (low + high) / 2
        spent = float((0.5 * (spectrum / theta).log2()).clamp(min=0).sum())
        low, high = (theta, high) if spent > bits else (low, theta)
    return (spectrum - theta).clamp(min=LEAST_SHARE * theta)


def projection(embedding: Tensor, variances: Tensor) -> Tensor:
    """A projection that gives the embeddings a diagonal covariance of these variances."""
    covariance = embedding.T @ embedding / len(embedding)
    values, vectors = torch.linalg.eigh(covariance)
    count = len(variances)
    values, vectors = values.flip(0)[:count], vectors.flip(1)[:, :count]
    return vectors * (variances / values).sqrt()
