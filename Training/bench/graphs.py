"""The networks as graphs of a fixed size, as a peer would be given them, and what they are fed."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spae.images import square_view, to_tensor
from spae.model.decoder import ConditionalLinearDecoder
from spae.model.encoder import SemanticSkip, positions
from spae.model.network import SPAE
from spae.model.pyramid import KINDS, Grid, PyramidShape
from spae.model.quantizer import estimates_of, upsampled
from spae.model.segmentation import AdaptivePooling
from spae.model.semantic_branch import SameConvolution, same_padding
from spae.picture_files import read

OPSET = 17


class GroupedProduct(nn.Module):
    """A product with a matrix for each class, for cells whose classes never change."""

    def __init__(self, matrices: Tensor, cell_classes: Tensor):
        """Takes matrices [class, in, out] and the class of each cell [cell]."""
        super().__init__()
        present = cell_classes.unique()
        groups = [(cell_classes == cell_class).nonzero().squeeze(1) for cell_class in present]
        self.sizes = [len(group) for group in groups]
        order = torch.cat(groups)
        self.register_buffer("order", order)
        self.register_buffer("back", order.argsort())
        self.register_buffer("matrices", matrices.detach()[present].contiguous())

    def forward(self, x: Tensor) -> Tensor:
        """[1, cell, in] -> [1, cell, out]."""
        groups = x[0][self.order].split(self.sizes)
        products = [group @ matrix for group, matrix in zip(groups, self.matrices)]
        return torch.cat(products)[self.back][None]


class FixedLinearDecoder(nn.Module):
    """The linear decoder for classes of cells that never change, at full depth."""

    def __init__(self, path: ConditionalLinearDecoder, cell_classes: Tensor):
        super().__init__()
        self.product = GroupedProduct(path.basis, cell_classes)
        self.register_buffer("around", path.around.detach()[0])
        self.register_buffer("mean", path.mean.detach())

    def forward(self, estimate: Tensor, cell_classes: Tensor, grid: Grid | None = None) -> Tensor:
        batch, cells, latent = estimate.shape
        plane = (batch, -1, math.isqrt(cells), math.isqrt(cells))
        own = self.product(estimate).transpose(1, 2).reshape(plane)
        return own + F.conv2d(
            estimate.transpose(1, 2).reshape(plane), self.around, self.mean, padding=1
        )


class FixedSemanticSkip(nn.Module):
    """The encoder's semantic skip for kinds of cells that never change."""

    def __init__(self, path: SemanticSkip, kinds: Tensor):
        super().__init__()
        second = path.second
        matrices = second.weight.view(KINDS, -1, second.in_features).transpose(1, 2)
        self.first, self.product = path.first, GroupedProduct(matrices, kinds)
        self.register_buffer("bias", second.bias.detach().view(KINDS, -1)[kinds])

    def forward(self, semantics: Tensor) -> Tensor:
        return self.product(F.silu(self.first(semantics))) + self.bias


class DecoderGraph(nn.Module):
    """Estimates of a picture's cells at full depth -> the picture."""

    def __init__(self, model: SPAE, cell_classes: Tensor):
        super().__init__()
        self.decoder = copy.deepcopy(model.decoder)
        self.decoder.linear = FixedLinearDecoder(model.decoder.linear, cell_classes)
        self.register_buffer("cell_classes", cell_classes[None])

    def forward(self, estimates: Tensor) -> Tensor:
        return self.decoder(estimates, self.cell_classes)


class EncoderGraph(nn.Module):
    """A picture and its semantics -> z, for a size that never changes."""

    def __init__(self, model: SPAE, pyramid_shape: PyramidShape):
        super().__init__()
        encoder = self.encoder = model.encoder
        kinds = torch.from_numpy(pyramid_shape.kinds)
        waves = positions(pyramid_shape.grid, encoder.frequencies, encoder.norm.gain)
        self.direct = FixedSemanticSkip(encoder.direct, kinds)
        tokens = encoder.position(waves) + encoder.kind(kinds)
        self.register_buffer("positions", tokens.detach())

    def forward(self, picture: Tensor, semantics: Tensor) -> Tensor:
        encoder = self.encoder
        x = encoder.stem(F.pixel_unshuffle(picture, 2))
        for stage in encoder.stages:
            x = stage.blocks(stage.down(x) if hasattr(stage, "down") else x)
        tokens = x.flatten(2).transpose(1, 2) + self.positions + encoder.semantic(semantics)
        z = encoder.output(encoder.norm(encoder.attention(tokens)))
        linear = encoder.linear(F.pixel_unshuffle(picture, encoder.patch))
        return z + self.direct(semantics) + linear


class FixedConvolution(nn.Module):
    """A convolution with SAME padding for the size that it saw first."""

    def __init__(self, convolution: SameConvolution):
        super().__init__()
        self.convolution, self.padding = convolution, None

    def forward(self, x: Tensor) -> Tensor:
        own = self.convolution
        if self.padding is None:
            sides = [
                same_padding(length, own.kernel_size[0], own.stride[0], own.dilation[0])
                for length in (x.shape[-1], x.shape[-2])
            ]
            self.padding = sides[0] + sides[1]
        x = F.pad(x, self.padding) if any(self.padding) else x
        return F.conv2d(x, own.weight, own.bias, own.stride, 0, own.dilation, own.groups)


class FixedPooling(nn.Module):
    """An adaptive pooling to grids that divide the plane that it saw first."""

    def __init__(self) -> None:
        super().__init__()
        self.side = None

    def forward(self, x: Tensor, size: Grid) -> Tensor:
        if self.side is None:
            self.side = x.shape[-1]
        return F.avg_pool2d(x, self.side // int(size.rows))


def fixed(branch: nn.Module, view: Tensor) -> nn.Module:
    """A copy of a frozen branch for views of the size of this one."""
    branch = copy.deepcopy(branch)
    for name, module in list(branch.named_modules()):
        if isinstance(module, SameConvolution):
            branch.set_submodule(name, FixedConvolution(module))
        if isinstance(module, AdaptivePooling):
            branch.set_submodule(name, FixedPooling())
    branch(view)
    return branch


class SemanticGraph(nn.Module):
    """The classifier's view -> class probabilities, of the whole picture and of its regions."""

    def __init__(self, model: SPAE):
        super().__init__()
        sizes = model.semantic_branch.sizes
        self.branch = fixed(model.semantic_branch, torch.zeros(1, 3, sizes.input, sizes.input))
        self.register_buffer("pooling", pooling(sizes.input, sizes.grid))

    def forward(self, view: Tensor) -> tuple[Tensor, Tensor]:
        branch = self.branch
        features = F.relu6(branch.stem(view))
        features = F.relu6(branch.head(branch.blocks(features))).flatten(2)
        whole = branch.classifier(features.mean(2))
        cells = branch.classifier((features @ self.pooling).transpose(1, 2))
        return whole.softmax(-1), cells.softmax(-1)


def pooling(size: int, grid: int) -> Tensor:
    """Adaptive average pooling of the last features as a matrix, [pixels, grid x grid]."""
    side = -(-size // 32)
    units = torch.eye(side * side).view(1, -1, side, side)
    return F.adaptive_avg_pool2d(units, grid)[0].flatten(1)


@dataclass
class Work:
    """A network of fixed size, what it is fed, and the code that it must agree with."""

    name: str
    network: nn.Module
    inputs: tuple[Tensor, ...]
    reference: Callable

    def exported(self, folder: Path) -> Path:
        """The graph as a file in this folder."""
        path = folder / f"{self.name}.onnx"
        names = [f"input{i}" for i in range(len(self.inputs))]
        torch.onnx.export(
            self.network,
            self.inputs,
            str(path),
            input_names=names,
            opset_version=OPSET,
            dynamo=False,
        )
        return path


@torch.no_grad()
def decoder_work(model: SPAE, picture: Path, size: int) -> Work:
    """The words' means (estimates of all cells at full depth) to a picture."""
    pyramid = model.encode(read(picture), size)
    shape, words = pyramid.shape, torch.from_numpy(pyramid.words)[None]
    upsampling = shape.upsampling(shape.depth)
    cell_classes = torch.from_numpy(upsampling.cell_class)
    estimates = estimates_of(words, model.codebook.codes(), shape, shape.depth)
    return Work(
        f"decode {size} px",
        DecoderGraph(model, cell_classes).eval(),
        (upsampled(estimates, upsampling),),
        lambda x: model.decoder(x, cell_classes[None]),
    )


@torch.no_grad()
def encoder_works(model: SPAE, picture: Path, size: int) -> list[Work]:
    """The encoder's network and all frozen branches of the model: most of an encode."""
    image, shape = read(picture), model.shape(size)
    semantics = model.semantics(image).tokens(shape.grid, model.configuration.semantic.scale)
    pixels = to_tensor(square_view(image, size))[None]
    view = model.semantic_branch.view(image)[None]
    encoder, branch = EncoderGraph(model, shape).eval(), SemanticGraph(model).eval()
    works = [
        Work("encoder", encoder, (pixels, semantics), model.encoder),
        Work("branch", branch, (view,), model.semantic_branch.probabilities),
    ]
    frozen = {"segmentation": model.segmentation_branch, "detection": model.detection_branch}
    for name, branch in frozen.items():
        if branch is not None:
            view = branch.view(image)[None]
            works.append(Work(name, fixed(branch, view), (view,), branch))
    return works
