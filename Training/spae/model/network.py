"""The whole autoencoder, and its form on disk."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice, zip_longest
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from spae.evaluate.published import check
from spae.images import framed, resized, rgb, to_image, to_tensor
from spae.model.clip_teacher import ClipTeacher
from spae.model.codebook import Codebook
from spae.model.colour_candidates import nearest_names
from spae.model.configuration import Clip, ColourCandidates, Configuration, Guided, Quantization
from spae.model.decoder import Decoder
from spae.model.detection import DetectionBranch
from spae.model.encoder import Encoder
from spae.model.evidence import EvidenceMap, Named, with_named
from spae.model.films import FilmFrame, film_of
from spae.model.frame_errors import FilmSettings
from spae.model.painter import Painter
from spae.model.pyramid import Grid, Pyramid, PyramidShape, grid_for, shape, square
from spae.model.quantizer import Candidates, Quantized, Refine, estimates_of, quantize, upsampled
from spae.model.refinement import Refinement
from spae.model.rewriting import PictureEvidence, evidence_in, free_words, rewritten
from spae.model.segmentation import SegmentationBranch
from spae.model.semantic_branch import SemanticBranch
from spae.model.steering import Steering, steered
from spae.model.teacher import SemanticMap, Teacher
from spae.model.whole_decoder import WholeDecoder
from spae.model.whole_detection import WholeDetection
from spae.model.whole_encoder import WholeEncoder
from spae.model.whole_segmentation import WholeSegmentation
from spae.model.word_edits import EditError, read_edits

Names = list[list[list[Named | None]]]  # of each picture, each layer and each position


EVIDENCE_LAYERS = 3  # whose positions the evidence map tells apart


class SPAE(nn.Module):
    def __init__(self, configuration: Configuration, words: list[str]):
        super().__init__()
        self.configuration = configuration
        self.codebook = Codebook(configuration, words)
        self.encoder = Encoder(configuration)
        self.decoder = Decoder(configuration)
        self.semantic_branch = teacher_of(configuration)
        segmentation, detection = configuration.segmentation, configuration.detection
        self.segmentation_branch = segmentation and SegmentationBranch(segmentation)
        self.detection_branch = detection and DetectionBranch(detection)
        self.evidence = evidence_of(self)
        self.whole: WholeDecoder | None = None  # what refines words, where the model asks for it

    @property
    def words(self) -> list[str]:
        return self.codebook.words

    @classmethod
    def load(cls, folder: str | Path, frozen: str | Path | None = None) -> "SPAE":
        """The model of a folder, or of a run's folder beside the folder of the frozen files."""
        folder, frozen = Path(folder), Path(frozen or folder)
        check(folder)
        words = (frozen / "vocabulary.txt").read_text().split()
        model = cls(Configuration.load(folder / "config.json"), words)
        model.load_frozen(frozen)
        weights = {k: v.float() for k, v in load_file(folder / "weights.safetensors").items()}
        missing = set(model.learned()) ^ set(weights)
        if missing:
            raise ValueError(f"{folder}: weights.safetensors and config.json differ in {missing}")
        model.load_state_dict(weights, strict=False)
        model.use_whole_numbers()
        return model.eval()

    def use_whole_numbers(self) -> None:
        """Makes whole numbers of learned weights, where the configuration names them."""
        own = self.configuration.precision
        if own is not None and own.refinement is not None:
            self.whole = WholeDecoder(self.decoder, own.refinement.largest)
        if own is not None and own.encoder is not None:
            self.encoder.whole = WholeEncoder(self.encoder, own.encoder.largest)

    def in_float32(self) -> "SPAE":
        """This model, of which nothing computes in whole numbers any more."""
        self.whole = self.encoder.whole = None
        for branch in (self.semantic_branch, self.segmentation_branch, self.detection_branch):
            if hasattr(branch, "whole"):
                branch.whole = None
        if isinstance(self.semantic_branch, SemanticBranch):
            self.semantic_branch.precision = None
        return self

    def load_frozen(self, folder: Path) -> None:
        own = self.configuration.precision
        self.codebook.load_frozen(folder / "codebook.safetensors")
        if self.semantic_branch is not None:
            self.semantic_branch.load_frozen(folder / "semantic.safetensors")
        if self.segmentation_branch is not None:
            self.segmentation_branch.load_frozen(folder / "segmentation.safetensors")
            if own is not None and own.segmentation is not None:
                branch = self.segmentation_branch
                branch.whole = WholeSegmentation(branch, own.segmentation.largest)
        if self.detection_branch is not None:
            self.detection_branch.load_frozen(folder / "detection.safetensors")
            if own is not None and own.detection is not None:
                branch = self.detection_branch
                branch.whole = WholeDetection(branch, own.detection.largest)

    def learned(self) -> dict[str, Tensor]:
        """The tensors of weights.safetensors: everything but the frozen branches."""
        return {
            name: tensor
            for name, tensor in self.state_dict().items()
            if not name.split(".")[0].endswith("_branch")
        }

    def save_weights(self, folder: Path) -> None:
        self.configuration.save(folder / "config.json")
        halves = {name: t.half().contiguous() for name, t in self.learned().items()}
        save_file(halves, folder / "weights.safetensors")

    # Use

    def semantics(
        self, image: Image.Image, shape: PyramidShape | None = None
    ) -> SemanticMap | None:
        """What a picture's middle square shows, or all of a framed one with its pyramid's shape."""
        branch = self.semantic_branch
        return branch and branch(branch.view(image, shape).unsqueeze(0), shape)

    def named(
        self,
        images: Iterable[Image.Image],
        semantics: SemanticMap | None,
        shape: PyramidShape | None = None,
    ) -> Names | None:
        """What names each position of each layer of some pictures, if the model can tell."""
        if self.evidence is None or semantics is None or semantics.sure is None:
            return None
        sure = zip(images, semantics.sure.whole, semantics.sure.cells, strict=True)
        return [self.evidence.named(image, *best, shape) for image, *best in sure]

    def candidates(
        self,
        semantics: SemanticMap | None,
        semantic_weight: float = 1.0,
        guided: Guided | None = None,
        pictures: Tensor | None = None,
        named: Names | None = None,
    ) -> dict[int, Candidates]:
        """The words that each position of the guided layers may choose from.

        `semantic_weight` multiplies their number and divides their penalties. With their
        pictures, names of colours are among them, and the finest grid is left to the latent.
        Positions that are `named` have the words of their class.
        """
        guided = guided or self.configuration.guided
        if semantics is None or guided is None or semantic_weight == 0:
            return {}
        whole, layers = semantics.whole.unsqueeze(1) * guided.whole_share, len(guided.candidates)
        if pictures is not None:
            layers = min(layers, max(EVIDENCE_LAYERS, self.shape_of(pictures).depth - 2))
        settings = zip_longest(guided.candidates, guided.specificity, guided.penalty, fillvalue=0.0)
        candidates_by_layer = {}

        def size_of(layer: int) -> Grid | None:
            if pictures is None or self.configuration.quantization.flat:
                return None
            return self.shape_of(pictures).layers[layer - 1]

        for layer, (size, specificity, penalty) in islice(enumerate(settings, 1), layers):
            candidates_by_layer[layer] = self.codebook.candidates(
                whole + (1 - guided.whole_share) * semantics.positions(layer, size_of(layer)),
                max(1, round(size * semantic_weight)),
                specificity,
                penalty / semantic_weight,
                *self.colour_candidates(guided.colours, layer, pictures),
            )
            if named is not None and layer <= EVIDENCE_LAYERS:
                step = penalty / semantic_weight * self.evidence.sizes.step
                rows = [own[layer - 1] for own in named]
                candidates_by_layer[layer] = with_named(
                    candidates_by_layer[layer], rows, self.evidence.words, step
                )
        return candidates_by_layer

    def colour_candidates(
        self, colours: ColourCandidates | None, layer: int, pictures: Tensor | None
    ) -> tuple[Tensor | None, float]:
        """The names of colours for each position of a layer, if any, and what each scores."""
        count = dict(enumerate(colours.counts, 1)).get(layer, 0) if colours else 0
        if pictures is None or count == 0:
            return None, 0.0
        grid = self.shape_of(pictures).layers[layer - 1]
        return nearest_names(pictures, grid, count, colours, self.words), colours.score

    def shape(self, size: int, whole: tuple[int, int] | None = None) -> PyramidShape:
        """The pyramid of a square of `size` pixels.

        Or of a picture of a width and a height that is seen whole: its shorter side becomes those.
        """
        cells = size // self.configuration.patch
        return self._shape_over(grid_for(cells, *whole) if whole else square(cells))

    def shape_of(self, pictures: Tensor) -> PyramidShape:
        """The pyramid of pictures, [..., height, width]."""
        return self._shape_over(
            Grid(*(length // self.configuration.patch for length in pictures.shape[-2:]))
        )

    def _shape_over(self, grid: Grid) -> PyramidShape:
        own = self.configuration
        return shape(grid, own.quantization.flat, own.search.blended_stride)

    def quantized(
        self,
        z: Tensor,
        pyramid_shape: PyramidShape,
        candidates_by_layer: dict[int, Candidates],
        refine: Refine | None = None,
    ) -> Quantized:
        residual = self.configuration.quantization.residual
        codes, reserved = self.codebook.codes(), self.codebook.reserved
        return quantize(z, codes, pyramid_shape, candidates_by_layer, residual, refine, reserved)

    def refining(
        self,
        pictures: Tensor,
        shape: PyramidShape,
        candidates_by_layer: dict[int, Candidates],
        layers: Collection[int],
        depths: Tensor | None = None,
    ) -> Refine:
        """What refines the words of some layers by the picture they give.

        Pictures that are to be decoded at certain depths, [batch], need no layers below those.
        """
        codes, reserved = self.codebook.codes().detach(), self.codebook.reserved
        search = self.configuration.search
        refinement = Refinement(codes, shape, self.decoder.linear, search, reserved)

        def decode(words: Tensor, layer: int) -> Tensor:
            with torch.autocast(words.device.type, torch.bfloat16, enabled=self.training):
                return self.decode_refined(words, shape, layer)

        def refine(layer: int, words: Tensor) -> Tensor:
            own = shape.layer_of(words, layer)
            rows = torch.arange(len(words))
            if depths is not None:
                rows = (depths >= layer).nonzero().squeeze(1)
            if layer not in layers or len(rows) == 0:
                return own
            candidates = candidates_by_layer[layer][rows] if layer in candidates_by_layer else None
            chosen = refinement.refine(words[rows], layer, pictures[rows], decode, candidates)
            own[rows] = shape.layer_of(chosen, layer)
            return own

        return refine

    def latent(
        self, picture: Tensor, semantics: SemanticMap | None, in_floats: bool = False
    ) -> Tensor:
        """What is to become words; `in_floats` without any whole numbers."""
        grid = self.shape_of(picture).grid
        scale = self.configuration.semantic.scale if self.configuration.semantic else 1.0
        return self.encoder(picture, semantics and semantics.tokens(grid, scale), in_floats)

    @torch.no_grad()
    def encode(
        self, image: Image.Image, size: int = 128, semantic_weight: float = 1.0, fit: str = "crop"
    ) -> Pyramid:
        """A picture as words; `size` is the number of pixels that its shorter side becomes."""
        image = framed(rgb(image), fit)
        pyramid_shape = self.shape(size, image.size if fit == "whole" else None)
        pixels = pyramid_shape.grid.scaled(self.configuration.patch)
        picture = to_tensor(resized(image, pixels)).unsqueeze(0)
        semantics = self.semantics(image, pyramid_shape)
        named = self.named([image], semantics, pyramid_shape)
        words = self.choose_words(picture, semantics, semantic_weight, pyramid_shape, named)
        return Pyramid(pyramid_shape, words[0].numpy())

    def choose_words(
        self,
        pictures: Tensor,
        semantics: SemanticMap | None,
        semantic_weight: float,
        shape: PyramidShape,
        named: Names | None = None,
    ) -> Tensor:
        """The words of a batch of pictures, [n, 3, N, N] -> [n, words]."""
        z = self.latent(pictures, semantics)
        candidates_by_layer = self.candidates(
            semantics, semantic_weight, pictures=pictures, named=named
        )
        refine = None  # for the controls
        if self.configuration.quantization == Quantization():
            refine = self.refining(pictures, shape, candidates_by_layer, range(1, shape.depth + 1))
        return self.quantized(z, shape, candidates_by_layer, refine).words

    @torch.no_grad()
    def decode(self, pyramid: Pyramid, depth: int | None = None) -> Image.Image:
        """The picture that the first `depth` layers of words give."""
        words = torch.from_numpy(pyramid.words).unsqueeze(0)
        depth = depth or pyramid.shape.depth
        return to_image(self.decode_words(words, pyramid.shape, depth)[0])

    def encode_film(
        self,
        frames: Iterable[Image.Image],
        size: int = 128,
        fit: str = "crop",
        settings: FilmSettings = FilmSettings(),
    ) -> Iterator[FilmFrame]:
        """A clip as words, frame after frame: a first pyramid, and the words that change.

        They are those of `spae encode clip.mp4`, whose `fit` is "whole". All frames have one shape.
        """
        return film_of(self, frames, settings, size, fit)

    # Painting

    def evidence_in(
        self, image: Image.Image, shape: PyramidShape, fit: str = "crop"
    ) -> PictureEvidence:
        """What the frozen branches say of a picture that becomes, framed, a pyramid of a shape.

        It takes about as long as encoding; many edits of one picture share it.
        """
        return evidence_in(self, image, shape, fit)

    def rewrite(
        self,
        pyramid: Pyramid,
        picture: Image.Image,
        cells: Collection[int],
        holding: Collection[int] = (),
        words: Collection[int] = (),
        evidence: PictureEvidence | None = None,
    ) -> Pyramid:
        """Chooses the words of some cells again, so that the decoded picture comes near another.

        `cells` are flat indices of the latent grid. Words of the layers `holding`, of the other
        cells and of the flat indices `words` stay, and so does every pixel that no rewritten cell
        reaches. `picture` is as large as the decoded one. Without evidence the branches look at it.
        """
        shape = pyramid.shape
        evidence = evidence or self.evidence_in(picture, shape, "whole")
        free = free_words(shape, cells, holding, words)
        return rewritten(self, pyramid, picture, free, evidence)

    def steer(self, pyramid: Pyramid, steering: Steering, evidence: PictureEvidence) -> Pyramid:
        """Puts new words into a pyramid, and recolours what they cover as their colours say."""
        return steered(self, pyramid, steering, evidence)

    def edit(
        self,
        pyramid: Pyramid,
        edits: str | Iterable[str],
        image: Image.Image | None = None,
        fit: str = "crop",
        exact: bool = False,
        layer: int | None = None,
    ) -> Pyramid:
        """Paints with words: edits as `grass -> snow` or `2:1,2 = sunset`, one after another.

        `image` is the picture that the words came from, framed as it was encoded; without it the
        decoded one is looked at. With `exact` only the words named change. `layer` limits
        replacements to one layer. An edit that cannot be read or done raises EditError.
        """
        known = read_edits(edits, pyramid.shape, self.words)
        source, own_fit = (self.decode(pyramid), "whole") if image is None else (image, fit)
        evidence = self.evidence_in(source, pyramid.shape, own_fit)
        painter = Painter(self, pyramid, evidence)
        for position, (text, change) in enumerate(known, 1):
            if not painter.apply(change, exact, layer):
                there = ", ".join(painter.upper_words[:24])
                raise EditError(f"the picture has no such word; it has {there}", text, position)
        return painter.pyramid

    @torch.no_grad()
    def words_of(
        self,
        pictures: Tensor,
        semantics: SemanticMap,
        semantic_weight: float = 1.0,
        batch: int = 20,
    ) -> Tensor:
        """The words of many pictures, [n, 3, N, N] -> [n, words]."""
        pyramid_shape, found = self.shape(pictures.shape[-1]), []
        for start in range(0, len(pictures), batch):
            own, seen = pictures[start : start + batch], semantics[start : start + batch]
            named = self.named(map(to_image, own), seen)
            found.append(self.choose_words(own, seen, semantic_weight, pyramid_shape, named))
        return torch.cat(found)

    def decode_refined(self, words: Tensor, shape: PyramidShape, depth: int) -> Tensor:
        """The picture of words by which they are refined, [batch, 3, height, width]."""
        return self.decode_words(words, shape, depth, decoder=self.whole)

    def decode_words(
        self,
        words: Tensor,
        pyramid_shape: PyramidShape,
        depth: int,
        first: int = 1,
        decoder: nn.Module | None = None,
    ) -> Tensor:
        """Words [batch, n] of layers `first` ... depth -> pictures [batch, 3, height, width].

        They are in [-1, 1].
        """
        upsampling, codes = pyramid_shape.upsampling(depth, first), self.codebook.codes()
        residual = self.configuration.quantization.residual
        estimates = estimates_of(words, codes, pyramid_shape, depth, residual, first)
        cell_class = torch.from_numpy(upsampling.cell_class).to(words.device)
        latents = upsampled(estimates, upsampling)
        return (decoder or self.decoder)(latents, cell_class, pyramid_shape.grid).clamp(-1, 1)


def teacher_of(configuration: Configuration) -> Teacher | None:
    sizes = configuration.semantic
    if isinstance(sizes, Clip):
        return ClipTeacher(sizes, configuration.text)
    precision = configuration.precision and configuration.precision.semantic
    return sizes and SemanticBranch(sizes, configuration.text, precision)


def evidence_of(model: SPAE) -> EvidenceMap | None:
    sizes = model.configuration.evidence
    if sizes is None:
        return None
    if model.segmentation_branch is None or model.detection_branch is None:
        raise ValueError("config.json: evidence needs segmentation and detection")
    return EvidenceMap(sizes, model.segmentation_branch, model.detection_branch, model.words)
