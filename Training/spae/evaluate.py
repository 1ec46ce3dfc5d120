"""Figures of a model, on pictures it was never trained on.

    python -m spae.evaluate --data DATA --model Assets/models/small

One table, and the same as figures.tsv and figures.json. A figure has one column for each depth or
layer, 1 to 6, or a single value under `all`; the files also hold the half width of its 95 %
interval over pictures or episodes.

On eval-bsds, 200 photographs of 128 px, a depth a column:
  words, bytes     words of the first layers, and their bytes at ceil(log2 V) bits a word
  PSNR, SSIM       dB, and similarity of luma (BT.601) in Gaussian 11 x 11 windows, sigma 1.5
  LPIPS            perceptual distance on SqueezeNet, less is better
  JPEG, WebP       the same of the best picture that codec gives in those bytes. Headers are not
                   counted: of a JPEG only the entropy-coded scan (its tables are free), of a WebP
                   all but the 30 bytes of the container and the frame's header. `fits` is the share
                   of pictures that go that low. The rest take the codec's smallest file, which is
                   larger than ours; where fewer than 90 % fit, there is no figure
  improves         share of pictures whose PSNR rises from the layer above to this one
  distinct words, largest share, perplexity
                   words that occur in a layer, the share of pictures that hold the commonest one
                   (of the cells, in layers of several), and 2 to the entropy of their use

On eval-imagenette, 491 pictures of ten classes, a layer a column:
  true class       share of pictures whose top word is among the 20 best of the TRUE class's text
  percentile       share of the vocabulary that fits a word's place worse, by the semantic map;
                   layers below the third ask the one of the map's 4 x 4 places that holds the cell
  among the 20     share of words that are among the 20 best of their place
  own place        the word fits its own place better than another place of the same picture: the
                   share of all pairs of places in which the two scores differ (chance: 50 %); and
                   of those pairs alone in which the other place has another word, since two places
                   of one word win and lose against each other
  lemmas           different lemmas in the five words of layers 1 and 2, on average

On fewshot-val, sixteen classes of mini-ImageNet:
  few-shot         accuracy of the nearest centroid of the words' own embeddings (the frozen ones of
                   the language model, averaged over the words, less the mean over eval-bsds)
                   over 1,000 episodes of 15 questions a class
  vocabulary used  share of the vocabulary that layers 5 and 6 use over all the pictures seen here

The classifier behind the semantic map has seen all of ImageNet's classes, ImageNette's and
mini-ImageNet's validation classes included. `true class` and `few-shot` say how much of what it
knows survives in words; they are not recognition of classes that the model has never met.
"""

import argparse
import io
import json
import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from spae.data import EvaluationSet, PictureSet
from spae.images import square_view, to_image, to_tensor
from spae.losses import LPIPS
from spae.model import SPAE
from spae.pyramid import PyramidShape, shape
from spae.quantizer import quantize
from spae.semantic_branch import SemanticMap

SIZE = 128
BEST = 20  # words of a text that count as its best
LUMA = (0.299, 0.587, 0.114)
WEBP_HEADERS = 30  # RIFF 12, chunk 8, VP8 frame 10
LEAST_FITTING = 0.9
EPISODES, QUESTIONS = 1000, 15
MAP_LAYER = 3  # the layer with one cell for each place of the semantic map


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


# What the model makes of a set


@torch.no_grad()
def words_of(model, pictures, meaning: float = 1.0, batch: int = 20) -> Tensor:
    """The words of a whole evaluation set, [n, words]."""
    codes, found = model.codebook.codes(), []
    pyramid_shape = shape(pictures.pictures.shape[-1] // model.configuration.patch)
    for start in range(0, len(pictures.names), batch):
        semantics = pictures.semantics[start : start + batch]
        z = model.latent(pictures.pictures[start : start + batch], semantics)
        found.append(quantize(z, codes, pyramid_shape, model.pools(semantics, meaning)).words)
    return torch.cat(found)


@torch.no_grad()
def decoded(model, words: Tensor, pyramid_shape, depth: int, batch: int = 20) -> Tensor:
    parts = words.split(batch)
    return torch.cat([model.decode_words(part, pyramid_shape, depth) for part in parts])


def psnr_by_depth(model, pictures) -> list[float]:
    words = words_of(model, pictures)
    pyramid_shape = shape(pictures.pictures.shape[-1] // model.configuration.patch)
    return [
        float(psnr(decoded(model, words, pyramid_shape, depth), pictures.pictures).mean())
        for depth in range(1, pyramid_shape.depth + 1)
    ]


def layer_words(words: Tensor, pyramid_shape: PyramidShape, layer: int) -> Tensor:
    """The words of one layer, [n, cells]."""
    return words[:, pyramid_shape.word_count(layer - 1) : pyramid_shape.word_count(layer)].long()


# Rows of the table


@dataclass(frozen=True)
class Value:
    """A mean with the half width of its 95 % interval, where it has one."""

    mean: float
    interval: float | None = None

    @classmethod
    def over(cls, samples: Tensor, scale: float = 1.0) -> "Value":
        """The mean of one sample a picture or an episode."""
        samples = samples.double() * scale
        deviation = float(samples.std()) if len(samples) > 1 else 0.0
        return cls(float(samples.mean()), 1.96 * deviation / math.sqrt(len(samples)))


@dataclass(frozen=True)
class Row:
    """One figure: a value for each depth or layer (None: no figure), or one under `all`."""

    data: str
    name: str
    values: dict[str, Value | None]
    digits: int = 2


def by_layer(values: list[Value | None], first: int = 1) -> dict[str, Value | None]:
    return {str(layer): value for layer, value in enumerate(values, first)}


# Reconstruction


def budgets(vocabulary: int, pyramid_shape: PyramidShape) -> list[float]:
    """The bytes of the words at each depth."""
    bits = math.ceil(math.log2(vocabulary))
    return [pyramid_shape.word_count(d) * bits / 8 for d in range(1, pyramid_shape.depth + 1)]


def reconstruction(model: SPAE, pictures: EvaluationSet, words: Tensor, lpips: LPIPS) -> list[Row]:
    pyramid_shape = shape(SIZE // model.configuration.patch)
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
        Row("eval-bsds", prefix + name,
            by_layer([None if v is None else Value.over(measure(v, originals)) for v in views]),
            digits)
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


# Words


def use_rows(words: Tensor, pyramid_shape: PyramidShape) -> list[Row]:
    """How evenly each layer uses the vocabulary."""
    distinct, largest, perplexity = [], [], []
    for layer in range(1, pyramid_shape.depth + 1):
        counts = layer_words(words, pyramid_shape, layer).unique(return_counts=True)[1]
        shares = counts / counts.sum()
        distinct.append(Value(len(counts)))
        largest.append(Value(100 * float(shares.max())))
        perplexity.append(Value(2 ** -float((shares * shares.log2()).sum())))
    return [
        Row("eval-bsds", "distinct words", by_layer(distinct), 0),
        Row("eval-bsds", "largest share %", by_layer(largest), 1),
        Row("eval-bsds", "perplexity", by_layer(perplexity), 0),
    ]


def class_indices(data: Path) -> dict[str, int]:
    """The index of each class by its WordNet id."""
    lines = (data / "imagenet-classes.tsv").read_text().splitlines()
    return {line.split("\t")[1]: int(line.split("\t")[0]) for line in lines}


@torch.no_grad()
def true_class_hits(model: SPAE, top: Tensor, classes: Tensor) -> Tensor:
    """Whether each top word, [n], is among the best words of the picture's class, [n]."""
    best = model.codebook.scores(model.semantic_branch.class_text[classes]).topk(BEST, -1).indices
    return (best == top.unsqueeze(-1)).any(-1)


def places_of(layer: int, pyramid_shape: PyramidShape, grid: int) -> Tensor:
    """The place of the semantic map that each cell of a layer asks, [cells]."""
    side = pyramid_shape.sides[layer - 1]
    if layer <= MAP_LAYER:
        return torch.arange(side * side)
    axis = torch.arange(side) * grid // side
    return (axis[:, None] * grid + axis[None, :]).flatten()


@torch.no_grad()
def ranks(model: SPAE, words: Tensor, texts: Tensor, places: Tensor) -> Tensor:
    """How many words fit each word's place better, [n, cells]; texts are [n, place, text]."""
    found = []
    for own, text in zip(words, texts):
        scores = model.codebook.scores(text)
        ascending = scores.sort(-1).values[places]
        mine = scores[places, own].unsqueeze(-1)
        above = torch.searchsorted(ascending, mine.contiguous(), right=True).squeeze(-1)
        found.append(scores.shape[-1] - above)
    return torch.stack(found)


@torch.no_grad()
def own_place_wins(model: SPAE, words: Tensor, texts: Tensor, differing: bool = False) -> Tensor:
    """For each picture the share of pairs (own place, another) that the own one wins, nan if none.

    `differing` counts only the pairs whose words differ.
    """
    fits = torch.einsum("npc,noc->npo", model.codebook.text[words], texts)
    own = torch.diagonal(fits, dim1=1, dim2=2).unsqueeze(-1)
    counted = fits != own
    if differing:
        counted &= words.unsqueeze(-1) != words.unsqueeze(-2)
    pairs = counted.sum((1, 2))
    return ((own > fits) & counted).sum((1, 2)) / pairs.where(pairs > 0, torch.nan)


def own_place_row(model: SPAE, pictures: EvaluationSet, words: Tensor, differing: bool) -> Row:
    pyramid_shape, values = shape(SIZE // model.configuration.patch), []
    for layer in (2, 3):
        own = layer_words(words, pyramid_shape, layer)
        wins = own_place_wins(model, own, pictures.semantics.places(layer), differing)
        values.append(Value.over(wins[~wins.isnan()], 100))
    name = "own place %" + (", of another word" if differing else "")
    return Row("eval-imagenette", name, by_layer(values, 2), 1)


def different_lemmas(model: SPAE, words: Tensor) -> Tensor:
    """The number of different lemmas in each row of words."""
    ordered = model.codebook.lemma[words.long()].sort(-1).values
    return 1 + (ordered[:, 1:] != ordered[:, :-1]).sum(-1)


def meaning_rows(model: SPAE, pictures: EvaluationSet, words: Tensor, data: Path) -> list[Row]:
    pyramid_shape, index = shape(SIZE // model.configuration.patch), class_indices(data)
    classes = torch.tensor([index[name.split("/")[0]] for name in pictures.names])
    hits = true_class_hits(model, layer_words(words, pyramid_shape, 1)[:, 0], classes)
    lemmas = different_lemmas(model, words[:, : pyramid_shape.word_count(2)])
    row = partial(Row, "eval-imagenette")
    return [
        row("true class %", {"1": Value.over(hits.float(), 100)}, 1),
        *rank_rows(model, pictures.semantics, words, pyramid_shape),
        own_place_row(model, pictures, words, differing=False),
        own_place_row(model, pictures, words, differing=True),
        row("lemmas", {"all": Value.over(lemmas)}),
    ]


def rank_rows(
    model: SPAE, semantics: SemanticMap, words: Tensor, pyramid_shape: PyramidShape
) -> list[Row]:
    percentiles, best = [], []
    for layer in range(1, pyramid_shape.depth + 1):
        rank = ranks(
            model, layer_words(words, pyramid_shape, layer),
            semantics.places(min(layer, MAP_LAYER)),
            places_of(layer, pyramid_shape, semantics.cells.shape[1]),
        ).float()
        percentiles.append(Value.over((1 - rank / (len(model.words) - 1)).mean(1), 100))
        best.append(Value.over((rank < BEST).float().mean(1), 100))
    return [
        Row("eval-imagenette", "percentile", by_layer(percentiles), 1),
        Row("eval-imagenette", f"among the {BEST} %", by_layer(best), 1),
    ]


# Few shots


def features(model: SPAE, words: Tensor) -> Tensor:
    """The mean of the words' own embeddings, [n, words] -> [n, embedding]."""
    return torch.stack([model.codebook.embedding[own].mean(0) for own in words.long()])


def episodes(by_class: Tensor, ways: int, shots: int, count: int = EPISODES) -> Tensor:
    """The accuracy of each episode by the nearest centroid; by_class is [class, picture, width]."""
    random, found = np.random.default_rng(0), []
    questions = min(QUESTIONS, by_class.shape[1] - shots)
    for _ in range(count):
        classes = random.choice(len(by_class), ways, replace=False)
        rows = np.stack([random.permutation(by_class.shape[1])[: shots + questions]
                         for _ in range(ways)])
        drawn = F.normalize(by_class[classes[:, None], rows], dim=-1)
        centroids = F.normalize(drawn[:, :shots].mean(1), dim=-1)
        answers = (drawn[:, shots:] @ centroids.T).argmax(-1)
        found.append((answers == torch.arange(ways)[:, None]).float().mean())
    return torch.stack(found)


def few_shot_rows(by_class: Tensor, centre: dict[int, Tensor], model: SPAE) -> list[Row]:
    """by_class holds words, [class, picture, words]; centre the mean feature of 5 and 21 words."""
    rows = []
    for count, mean in centre.items():
        points = features(model, by_class[..., :count].flatten(0, 1)) - mean
        points = points.unflatten(0, by_class.shape[:2])
        for ways in (2, 5):
            values = {f"{shots}-shot": Value.over(episodes(points, ways, shots), 100)
                      for shots in (1, 3, 5)}
            rows += [Row("fewshot-val", f"{ways}-way {shots} {count} words %", {"all": value}, 1)
                     for shots, value in values.items()]
    return rows


def few_shot_words(model: SPAE, data: Path, cache: Path, each: int) -> Tensor:
    """The words of the first pictures of each class, [class, picture, words]."""
    pictures = PictureSet(data, "fewshot-val")
    pictures.load_table(model.semantic_branch, cache)
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(pictures.names):
        rows.setdefault(name.split("/")[0], []).append(row)
    return torch.stack([words_of(model, enlarged(model, pictures, own[:each]))
                        for own in rows.values()])


def enlarged(model: SPAE, pictures: PictureSet, rows: list[int]) -> EvaluationSet:
    """Some pictures of a set at the size the model is judged at."""
    views = [to_tensor(square_view(pictures.image(row), SIZE)) for row in rows]
    semantics = pictures.table.map(np.array(rows), model.semantic_branch)
    return EvaluationSet([pictures.names[row] for row in rows], torch.stack(views), semantics)


def vocabulary_row(every: list[Tensor], pyramid_shape: PyramidShape, vocabulary: int) -> Row:
    words = torch.cat(every)
    used = [len(layer_words(words, pyramid_shape, layer).unique()) / vocabulary * 100
            for layer in (5, 6)]
    name = f"vocabulary used %, {len(words)} pictures"
    return Row("all sets", name, by_layer([Value(share) for share in used], 5), 1)


# The whole


def evaluate(model: SPAE, options: argparse.Namespace) -> list[Row]:
    data, cache, limit = options.data, options.output / "cache", options.limit
    lpips = LPIPS(data / "weights" / "squeezenet-lpips.safetensors")
    pyramid_shape = shape(SIZE // model.configuration.patch)
    photographs, objects = (
        EvaluationSet.load(data, name, model.semantic_branch, cache, limit)
        for name in ("eval-bsds", "eval-imagenette")
    )
    words, object_words = words_of(model, photographs), words_of(model, objects)
    shots = few_shot_words(model, data, cache, min(options.each, limit or options.each))
    centre = {count: features(model, words[:, :count]).mean(0)
              for count in (pyramid_shape.word_count(2), pyramid_shape.word_count(3))}
    every = [words, object_words, shots.flatten(0, 1)]
    return [
        *reconstruction(model, photographs, words, lpips),
        *use_rows(words, pyramid_shape),
        *meaning_rows(model, objects, object_words, data),
        *few_shot_rows(shots, centre, model),
        vocabulary_row(every, pyramid_shape, len(model.words)),
    ]


def table(rows: list[Row]) -> str:
    """The figures as aligned text, means only."""
    columns = ["1", "2", "3", "4", "5", "6", "all"]
    lines = [["set", "figure", *columns]]
    for row in rows:
        cells = [_cell(row.values.get(c), row.digits, c in row.values) for c in columns]
        lines.append([row.data, row.name, *cells])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(text.ljust(w) if i < 2 else text.rjust(w)
                  for i, (text, w) in enumerate(zip(line, widths))).rstrip()
        for line in lines
    )


def _cell(value: Value | None, digits: int, present: bool) -> str:
    if value is None:
        return "-" if present else ""
    return f"{value.mean:.{digits}f}"


def save(rows: list[Row], folder: Path) -> None:
    """figures.tsv and figures.json: every value with its interval."""
    content = [
        {"set": row.data, "figure": row.name, "column": column,
         "value": value and round(value.mean, 4),
         "interval": None if value is None or value.interval is None else round(value.interval, 4)}
        for row in rows for column, value in row.values.items()
    ]
    (folder / "figures.json").write_text(json.dumps(content, indent=1) + "\n")
    lines = [list(content[0])] + [["" if v is None else v for v in c.values()] for c in content]
    text = "".join("\t".join(map(str, line)) + "\n" for line in lines)
    (folder / "figures.tsv").write_text(text)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder of evaluation data")
    add("--model", type=Path, required=True, help="the model's folder")
    add("--limit", type=int, help="at most this many pictures of each set (a class, for few-shot)")
    add("--each", type=int, default=60, help="few-shot pictures a class, 200 for all")
    add("--output", type=Path, default=Path("runs/evaluation"), help="the folder of the figures")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    options.output.mkdir(parents=True, exist_ok=True)
    rows = evaluate(SPAE.load(options.model), options)
    print(table(rows))
    save(rows, options.output)


if __name__ == "__main__":
    main()
