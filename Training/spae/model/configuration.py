"""Every size of a model, as `config.json` holds it."""

import json
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from types import UnionType
from typing import get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Block:
    """A residual block: two convolutions of these kernels, expansion x width between them."""

    kernels: tuple[int, int]
    expansion: int = 1


@dataclass(frozen=True)
class Stage:
    """The blocks that work at one resolution."""

    width: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Attention:
    blocks: int
    heads: int
    expansion: int


@dataclass(frozen=True)
class EncoderSizes:
    stages: tuple[Stage, ...]
    attention: Attention
    frequencies: int
    semantic_skip: int  # the hidden width of the path from the evidence straight to the latent


@dataclass(frozen=True)
class DecoderSizes:
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class MobileBlock:
    """An inverted bottleneck of the semantic branch."""

    kernel: int
    stride: int
    expansion: int
    output: int


@dataclass(frozen=True)
class Semantic:
    """The frozen classifier and what is kept of its answer."""

    input: int
    classes: int
    grid: int
    whole_top: int
    cell_top: int
    scale: float
    stem: int
    head: int
    blocks: tuple[MobileBlock, ...]
    # The classes that are places (seashore, valley), which stuff fills: they do not make the
    # classifier sure of what stands in a cell.
    places: tuple[int, ...] = ()


@dataclass(frozen=True)
class SegmentationBlock:
    """An inverted bottleneck of the segmentation branch, of its own inner width."""

    kernel: int
    stride: int
    dilation: int
    inner: int
    output: int


@dataclass(frozen=True)
class PooledGrids:
    """The features pooled to some grids, in equal parts for each of some kernels."""

    grids: tuple[int, ...]
    kernels: tuple[int, ...]
    width: int
    output: int


@dataclass(frozen=True)
class SegmentationDecoder:
    """The blocks whose filtered features bring back the detail, at an eighth and a quarter."""

    middle: int
    fine: int
    width: int


@dataclass(frozen=True)
class SeenClass:
    """A class that a frozen branch knows, and the words that say it, the best first."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Segmentation:
    """The frozen network that says which of some classes each pixel is."""

    input: int
    stem: int
    blocks: tuple[SegmentationBlock, ...]
    head: int
    pyramid: PooledGrids
    decoder: SegmentationDecoder
    classes: tuple[SeenClass, ...]


@dataclass(frozen=True)
class DetectionStage:
    """A halving of the side, and its blocks."""

    width: int
    blocks: int


@dataclass(frozen=True)
class Detection:
    """The frozen network that draws boxes around things of some classes."""

    input: int
    stem: int
    stages: tuple[DetectionStage, ...]
    pools: tuple[int, ...]
    neck: int
    head: int
    classes: tuple[SeenClass, ...]


@dataclass(frozen=True)
class WholeGate:
    """When the whole picture is named: so much of it, and by stuff where the classifier is as
    unsure as this."""

    area: float
    unsure: float


@dataclass(frozen=True)
class PersonGate:
    """When people are named: boxes of such a score, so much of the picture, of a cell."""

    box: float
    area: float
    cell: float


@dataclass(frozen=True)
class ThingGate:
    """When things are named: boxes of such a score and area, so much of them at the position."""

    box: float
    area: float
    cover: float


@dataclass(frozen=True)
class StuffGate:
    """The mean share from which a class names a position where the classifier is unsure, and from
    which it does where the classifier is sure of something else, whose object is elsewhere."""

    name: str
    least: float
    certain: float


@dataclass(frozen=True)
class Look:
    """What some classes of the segmentation look like in some colours: a red sky is a sunset.

    Its share of a cell is that of the classes, times how well the cell's mean colour fits: 1 up to
    `radius` (CIE76) from the nearest of the colours, falling to 0 at twice as much.
    """

    name: str
    classes: tuple[str, ...]
    words: tuple[str, ...]  # the best first; they go before those of the class
    colours: tuple[tuple[int, int, int], ...]  # in sRGB
    radius: float
    least: float  # the mean share from which it names a position


@dataclass(frozen=True)
class Evidence:
    """When the segmentation and the detection branch name a position of the upper layers."""

    unsure: float  # below this best probability the classifier is
    whole: WholeGate
    person: PersonGate
    thing: ThingGate
    stuff: tuple[StuffGate, ...]
    step: float  # what each further word of a class scores less than the one before it
    cell_unsure: float | None = None  # `unsure` of a cell that stuff fills, if it is another
    # Looks name what no box does, where the classifier is less sure than this.
    looks_unsure: float | None = None
    looks: tuple[Look, ...] | None = None


@dataclass(frozen=True)
class Clip:
    """The other teacher: which CLIP of open_clip, and how it looks at a picture."""

    architecture: str = "ViT-B-32"
    weights: str = "openai"  # a name that open_clip knows, or a file
    grid: int = 4
    scale: float = 8.0


@dataclass(frozen=True)
class ColourCandidates:
    """Names of colours that are candidates too, where the picture has their colour."""

    counts: tuple[int, ...]  # of each layer: of a position, the nearest to its region's mean colour
    score: float  # of such a name, wherever it is a candidate
    names: tuple[tuple[str, int, int, int], ...]  # with their colours in sRGB


@dataclass(frozen=True)
class Guided:
    """How many candidate words each position of the first layers has, and how they are scored."""

    candidates: tuple[int, ...]  # of each guided layer: of a position
    whole_share: float  # the weight of the whole picture's evidence beside the position's own
    # Of each layer: the share of a word's mean score at the other positions that is subtracted.
    specificity: tuple[float, ...] = ()
    # Of each layer: the share of the picture's error that a word must save for each point that its
    # score is lower than the best candidate's.
    penalty: tuple[float, ...] = ()
    colours: ColourCandidates | None = None


@dataclass(frozen=True)
class Search:
    """The rules by which words are searched. Two models that differ here give different words."""

    revision: int = 1  # of the encoder's code: it grows when the same numbers give other words
    # Refinement passes by the decoded picture: of the last layer, the one above it, and so on.
    decoded_passes: tuple[int, ...] = (2, 0, 1)
    linear_passes: int = 2  # by the linear decoder's picture, of each layer above those
    step: float = 0.8  # of an unguided pass towards the linear decoder's least error
    least_gain: float = 0.04  # a guided layer must reduce the error by it: or halve its penalty
    halvings: int = 3  # of that penalty, at most
    specificity_factor: int = 2  # candidates scored for each one kept, where specificity counts
    lemma_factor: int = 2  # words ranked for each candidate kept: forms of one lemma are skipped
    lemma_extra: int = 16  # words ranked beyond those
    blended_stride: int = 4  # from which on a cell without words blends the positions around it

    def __post_init__(self):
        if not 1 <= self.revision <= REVISION:
            raise ValueError(
                f"search.revision is {self.revision}: this package knows revisions up to {REVISION}"
            )


@dataclass(frozen=True)
class ByteLayers:
    """The layers of bytes of a part that computes in whole numbers."""

    largest: tuple[float, ...]  # number that the input of each of them has as a byte


@dataclass(frozen=True)
class Precision:
    """Which parts compute in whole numbers; all others do in float32."""

    # The frozen classifier: a number for each block that expands, and one for the head.
    semantic: ByteLayers | None = None
    # The decoder, where it makes pictures by which words are refined: see WholeDecoder.
    refinement: ByteLayers | None = None
    # The segmentation branch up to its features: see WholeSegmentation.
    segmentation: ByteLayers | None = None
    # The encoder's convolutions up to the latent grid: see WholeEncoder.
    encoder: ByteLayers | None = None
    # The detection branch but for its stem: see WholeDetection.
    detection: ByteLayers | None = None


REVISION = 1  # of this package's search, the engine's too
FORMAT = 2  # of config.json


@dataclass(frozen=True)
class Quantization:
    """How a control departs from words that are averaged over a pyramid; the default does not."""

    residual: bool = False  # a cell's words add up
    shuffled: int | None = None  # the seed by which the words have swapped their embeddings
    learned: bool = False  # the codes are learned, and no word has an embedding
    flat: int = 0  # so many layers, all of the finest grid, in place of the pyramid


def repeated(count: int, kernel: int, stride: int, expansion: int, output: int):
    """`count` inverted bottlenecks, of which only the first has the stride."""
    return tuple(
        MobileBlock(kernel, stride if i == 0 else 1, expansion, output) for i in range(count)
    )


EFFICIENTNET_LITE2 = Semantic(
    input=260,
    classes=1000,
    grid=4,
    whole_top=24,
    cell_top=8,
    scale=8.0,
    stem=32,
    head=1280,
    blocks=(
        repeated(1, 3, 1, 1, 16)
        + repeated(3, 3, 2, 6, 24)
        + repeated(3, 5, 2, 6, 48)
        + repeated(4, 3, 2, 6, 88)
        + repeated(4, 5, 1, 6, 120)
        + repeated(5, 5, 2, 6, 208)
        + repeated(1, 3, 1, 6, 352)
    ),
    # Alp, cliff, geyser, lakeside, promontory, sandbar, seashore, valley and volcano.
    places=(970, 972, *range(974, 981)),
)


@dataclass(frozen=True)
class Configuration:
    """The blueprint of a model; weights and buffers are elsewhere."""

    name: str
    vocabulary: int
    encoder: EncoderSizes
    decoder: DecoderSizes
    guided: Guided | None = Guided((8, 48, 64), 0.0, (0.0, 0.25, 0.0), (7.0, 3.4, 3.2))
    semantic: Semantic | Clip | None = EFFICIENTNET_LITE2
    search: Search = Search()
    segmentation: Segmentation | None = None
    detection: Detection | None = None
    evidence: Evidence | None = None
    reserved: tuple[str, ...] | None = None  # words that people may type and no picture is given
    quantization: Quantization = Quantization()
    # Identities of this model in earlier forms, whose words and pictures are the same.
    former_identities: tuple[str, ...] = ()
    patch: int = 8
    latent: int = 16
    embedding: int = 576
    text: int = 384
    format: int = field(default=FORMAT)
    precision: Precision | None = None

    @property
    def patch_numbers(self) -> int:
        return 3 * self.patch * self.patch

    def save(self, path: Path) -> None:
        content = {key: value for key, value in asdict(self).items() if value is not None}
        if self.precision is not None:
            parts = content["precision"].items()
            content["precision"] = {part: own for part, own in parts if own is not None}
        if self.quantization == Quantization():
            del content["quantization"]
        if self.guided is not None and self.guided.colours is None:
            del content["guided"]["colours"]
        if "evidence" in content:
            own = content["evidence"].items()
            content["evidence"] = {key: value for key, value in own if value is not None}
        if "places" in content.get("semantic", {}) and not content["semantic"]["places"]:
            del content["semantic"]["places"]
        if not self.former_identities:
            del content["former_identities"]
        path.write_text(json.dumps(content, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Configuration":
        content = json.loads(path.read_text())
        if content.get("format") != FORMAT:
            raise ValueError(f"{path}: format {content.get('format')}; this reads format {FORMAT}")
        content["encoder"] = EncoderSizes(
            stages=_stages(content["encoder"]["stages"]),
            attention=Attention(**content["encoder"]["attention"]),
            frequencies=content["encoder"]["frequencies"],
            semantic_skip=content["encoder"]["semantic_skip"],
        )
        content["decoder"] = DecoderSizes(_stages(content["decoder"]["stages"]))
        guided, semantic = content.get("guided"), content.get("semantic")
        content["quantization"] = Quantization(**content.get("quantization", {}))
        content["guided"] = guided and _guided(guided)
        content["search"] = Search(**_with_tuples(content["search"]))
        content["former_identities"] = tuple(content.get("former_identities", ()))
        content["semantic"] = semantic and _teacher(semantic)
        for key, kind in BRANCHES.items():
            content[key] = content.get(key) and _sizes(kind, content[key])
        content["reserved"] = content.get("reserved") and tuple(content["reserved"])
        content["precision"] = content.get("precision") and _precision(content["precision"])
        return cls(**content)


# The optional sections of what the frozen branches beside the classifier see.
BRANCHES = {"segmentation": Segmentation, "detection": Detection, "evidence": Evidence}


def _guided(content: dict) -> Guided:
    guided, colours = _with_tuples(content), content.get("colours")
    if colours is not None:
        names = tuple(tuple(name) for name in colours["names"])
        guided["colours"] = ColourCandidates(tuple(colours["counts"]), colours["score"], names)
    return Guided(**guided)


def _with_tuples(content: dict) -> dict:
    lists = {key: tuple(value) for key, value in content.items() if isinstance(value, list)}
    return {**content, **lists}


def _sizes(kind, content):
    """A dataclass, or a tuple of them, from what JSON holds of it."""
    if get_origin(kind) is UnionType:
        kind = get_args(kind)[0]
    if get_origin(kind) is tuple:
        return tuple(_sizes(get_args(kind)[0], own) for own in content)
    if is_dataclass(kind):
        kinds = get_type_hints(kind)
        return kind(**{key: _sizes(kinds[key], own) for key, own in content.items()})
    return content


def _precision(content: dict) -> Precision:
    return Precision(**{part: ByteLayers(tuple(own["largest"])) for part, own in content.items()})


def _teacher(content: dict) -> Semantic | Clip:
    if "architecture" in content:
        return Clip(**content)
    blocks = tuple(MobileBlock(**block) for block in content["blocks"])
    return Semantic(**{**_with_tuples(content), "blocks": blocks})


def _stages(content: list[dict]) -> tuple[Stage, ...]:
    return tuple(
        Stage(s["width"], tuple(Block(tuple(b["kernels"]), b["expansion"]) for b in s["blocks"]))
        for s in content
    )


def sized(name: str, vocabulary: int, widths: tuple[int, int, int], attention: int, **changes):
    """A configuration of the published layout at other widths (at 64, 32 and 16 pixel grids)."""
    fine, middle, coarse = widths
    local, point = Block((3, 1)), Block((1, 1), 2)
    return Configuration(
        name=name,
        vocabulary=vocabulary,
        encoder=EncoderSizes(
            stages=(
                Stage(fine, (Block((3, 3)),)),
                Stage(middle, (Block((3, 3)),)),
                Stage(coarse, (Block((3, 3)), Block((3, 1)))),
            ),
            attention=Attention(blocks=attention, heads=max(1, coarse // 32), expansion=2),
            frequencies=4,
            semantic_skip=256,
        ),
        decoder=DecoderSizes(
            stages=(
                Stage(coarse, (local, point, local, point)),
                Stage(middle, (local, local)),
                Stage(fine, (local, local)),
            )
        ),
        **changes,
    )


def small(vocabulary: int, **changes) -> Configuration:
    """The size that trains on two cores."""
    return sized("small", vocabulary, (32, 64, 128), 2, **changes)


def base(vocabulary: int, **changes) -> Configuration:
    """The size that trains on a GPU."""
    return sized("base", vocabulary, (64, 128, 256), 4, **changes)
