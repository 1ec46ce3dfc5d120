"""The last layer's words, chosen once more by the error of the picture that all words give.

Streaming average quantization asks each cell's words to come near its latent, whatever the cells
around it came to. Once every word is chosen, the picture tells what they all missed. The decoder's
linear path says how a cell changes its own patch and the eight around; what its network adds is
taken to stay as it is. A quarter of the cells moves at a time, no two of them side by side, and the
next quarter sees what is left.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from spae.decoder import LabelledLinearPath
from spae.pyramid import LABELS_A_STRIDE, PyramidShape
from spae.quantizer import estimates_of, nearest

STEP = 0.8  # of the way to where the linear path would have the least error
QUARTERS = ((0, 0), (0, 1), (1, 0), (1, 1))


def correction(path: LabelledLinearPath, label: int) -> Tensor:
    """What a cell of a label should change by, as a convolution of the patches' errors.

    [latent, numbers, 3, 3]: the least squares solution for one cell among unchanged ones.
    """
    kernel = path.around[label // LABELS_A_STRIDE].double()  # [numbers, latent, 3, 3]
    kernel[:, :, 1, 1] += path.basis[label].T
    # A cell writes to the patch at an offset, and reads of the one at the opposite place.
    rows = kernel.flip(2, 3).transpose(0, 1).flatten(1)
    normal = rows @ rows.T
    # The ridge keeps a path of zeros solvable.
    ridge = 1e-6 * normal.diagonal().mean() + 1e-12
    solution = torch.linalg.solve(normal + ridge * torch.eye(len(normal)).to(normal), rows)
    return solution.float().unflatten(1, (kernel.shape[0], *kernel.shape[2:]))


@torch.no_grad()
def refined(
    words: Tensor,
    pictures: Tensor,
    decoded: Tensor,
    codes: Tensor,
    shape: PyramidShape,
    path: LabelledLinearPath,
) -> Tensor:
    """The words [batch, n] of pictures [batch, 3, N, N] that are decoded so far."""
    depth, grid = shape.depth, shape.grid
    labels = torch.from_numpy(shape.fill(depth)[1]).to(codes.device)
    visits = (labels % LABELS_A_STRIDE).view(grid, grid, 1)
    words = words.clone()
    own = shape.layer_of(words, depth).view(-1, grid, grid)  # a part of them
    errors = F.pixel_unshuffle(pictures - decoded, pictures.shape[-1] // grid)
    estimates = estimates_of(words, codes, shape, depth)
    expanded = labels.expand(len(words), -1)
    before = path(estimates, expanded)
    kernel = STEP * correction(path, int(labels.min()))
    for row, column in QUARTERS:
        left = errors + before - path(estimates, expanded)
        step = F.conv2d(left, kernel, padding=1)[:, :, row::2, column::2].permute(0, 2, 3, 1)
        old = codes[own[:, row::2, column::2]]
        count = visits[row::2, column::2]
        target = old + count * step
        own[:, row::2, column::2] = nearest(target.flatten(1, 2), codes).view(target.shape[:-1])
        estimates = estimates_of(words, codes, shape, depth)
    return words
