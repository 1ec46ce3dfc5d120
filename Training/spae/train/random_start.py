"""A start from random weights in place of the best linear codec: a control."""

import torch

SPREAD = 1.0  # of the components of z and of the codes


@torch.no_grad()
def random_start(model) -> None:
    """Draws what a new model holds as zeros, at the scale that keeps the spread of its input."""
    latent, numbers = model.encoder.linear.weight.shape[:2]
    model.encoder.linear.weight.normal_(std=SPREAD / (9 * numbers) ** 0.5)
    model.decoder.linear.basis.normal_(std=1 / latent**0.5)
    model.encoder.output.reset_parameters()
    model.decoder.output.reset_parameters()
    if model.encoder.direct is not None:
        model.encoder.direct.second.reset_parameters()
    # The embeddings are of length 1, so a component of e(k) has the spread of the projection.
    embedding = model.codebook.embedding.shape[1]
    model.codebook.begin(torch.randn(embedding, latent) * SPREAD)
