"""Fits the linear codec to its own quantizer, before the network learns what is missing.

Principal components are the best linear codec of a patch alone, and as long as nothing is
quantized. A patch is not alone: what its neighbours say need not be said twice. So the encoder's
linear decoder, the decoder's and the words' projection are fitted together, by descent on the
squared error of the picture after the words were chosen, with the eight patches around in sight.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.model.network import SPAE
from spae.model.quantizer import Quantized, upsampled
from spae.train.datasets import Batch
from spae.train.losses import quantization_losses

DEPTH_SHARES = (0.075, 0.075, 0.075, 0.075, 0.2, 0.5)  # of the loss, of depths 1 ... 6
RATE = 1e-3
WARM_UP = 20
COMMITMENT = 2.0  # of z to its words and of the words to z, over the components' sum
UPPER = 0.2  # of the gradient of a depth where cells are filled from above


def fit(
    model: SPAE,
    batches: Callable[[int], Batch],
    steps: int,
    average: Callable[[nn.Module], None],
) -> None:
    """`steps` of Adam on the linear paths, the picture at each depth weighed by its share.

    Then the decoder's network is told the spread of the components it will see.
    """
    linear = [model.encoder.linear, model.decoder.linear]
    trained = [p for path in linear for p in path.parameters()]
    trained += [p for p in model.codebook.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(trained, betas=(0.9, 0.99))
    for step in range(steps):
        falling = min(1.0, max(0.02, 2 * (1 - step / steps)))
        for group in optimizer.param_groups:
            group["lr"] = RATE * falling * min(1.0, (step + 1) / WARM_UP)
        model.zero_grad(set_to_none=True)
        loss(model, batches(step)).backward()
        average(model)
        optimizer.step()
    model.zero_grad(set_to_none=True)
    with torch.no_grad():
        z = latent(model, batches(steps)).flatten(0, 1)
        model.decoder.scale.copy_(z.var(0).rsqrt())


def loss(model: SPAE, batch: Batch) -> Tensor:
    """The squared error of a patch at every depth, and what keeps z and the words together."""
    configuration = model.configuration
    pictures = batch.pictures
    pyramid_shape = model.shape(pictures.shape[-1])
    z = latent(model, batch)
    found = model.quantized(z, pyramid_shape, model.candidates(batch.semantics, pictures=pictures))
    guided = len(configuration.guided.candidates) if configuration.guided else 0
    guided = min(guided, pyramid_shape.depth - 2)
    commitment, codebook_loss = quantization_losses(z, found.estimates, found.visits, guided)
    total = COMMITMENT * configuration.latent * (commitment + codebook_loss) / 2
    for depth, share in enumerate(DEPTH_SHARES[-pyramid_shape.depth :], 1):
        upsampling = pyramid_shape.upsampling(depth)
        cell_class = torch.from_numpy(upsampling.cell_class).to(z.device)
        through = upsampled(straight_through(z, found, depth), upsampling)
        patches = model.decoder.linear(through, cell_class.expand(len(z), -1))
        error = F.mse_loss(F.pixel_shuffle(patches, configuration.patch), pictures)
        total = total + share * configuration.patch_numbers * error
    return total


def latent(model: SPAE, batch: Batch) -> Tensor:
    return model.encoder.linear(F.pixel_unshuffle(batch.pictures, model.configuration.patch))


def straight_through(z: Tensor, found: Quantized, depth: int) -> Tensor:
    """The estimates at a depth, whose gradient reaches z and the words.

    Above the finest grid one cell stands for many. Whole, their errors would pull z away from its
    own patch.
    """
    estimate = found.estimates[depth - 1]
    moved = z - z.detach() + estimate - estimate.detach()
    own = bool(found.visits[depth - 1].min() > 0)
    return estimate.detach() + (moved if own else UPPER * moved)
