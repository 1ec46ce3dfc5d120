"""Figures of a model, on pictures it was never trained on.

    python -m spae.evaluate --data DATA --model Assets/models/small

One table, and the same as figures.tsv and figures.json. A figure has one column for each depth or
layer, 1 to 6, or a single value under `all`; the files also hold the ends of its 95 %
interval, from 1,000 bootstrap samples of the pictures or episodes.

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
  people named     share of the pictures of eval-bsds-people.txt of which one of the words down to a
                   layer says that people are there (person, people, figure ...), and of the others,
                   whose words say so falsely
  distinct words, largest share, perplexity
                   words that occur in a layer, the share of pictures that hold the commonest one
                   (of the cells, in layers of several), and 2 to the entropy of their use

On 100 photographs of train-scenes and train-imagenet1k, whose cells were labelled by eye
(tables/stuff-cells.tsv), layer 3:
  stuff named      share of the labelled cells whose word names what fills them (tables/
                   stuff-synonyms.tsv), and the same of the cells of sky, tree, grass, water, road
                   and earth each; left out where one of the two sets is not at hand. Training has
                   seen these photographs, but never their labels

On eval-imagenette, 491 pictures of ten classes, a layer a column:
  true class       share of pictures whose top word is among the 20 best of the TRUE class's text
  percentile       share of the vocabulary that fits a word's position worse, by the evidence map: where
                   a branch names a position, the words of its class are the best, in their order;
                   elsewhere, and after them, those of the classifier. Layers below the third ask the
                   one of the map's 4 x 4 positions that holds the cell
  among the 20     share of words that are among the 20 best of their position
  among the 100, or its colour
                   share of words that are among the 100 best of their position, or a name of a colour
                   within 20 (CIE76) of the mean colour of the region that the word covers
  own position     of positions that no branch names: the word fits its own position better than
                   another such position of the same picture by the classifier: the share of all
                   pairs of positions in which the two scores differ (chance: 50 %); and of those
                   pairs alone in which the other position has another word, since two positions
                   of one word win and lose against each other
  lemmas           different lemmas in the five words of layers 1 and 2, on average

On fewshot-val, sixteen classes of mini-ImageNet:
  few-shot         accuracy of the nearest centroid of the words' own embeddings (the frozen ones of
                   the language model, averaged over the words, less the mean over eval-bsds)
                   over 1,000 episodes of 15 questions a class; `shuffled` beside it: the same
                   words whose embeddings have been swapped, so that only equal words are alike
  vocabulary used  share of the vocabulary that layers 5 and 6 use over all the pictures seen here

Of the table of colours (tables/colours.tsv), pictures in which one word fills all layers down to
a depth, a depth a column:
  names, things    median distance (CIE76) of such a picture's mean colour to the word's colour, of
                   names of colours, and of things that usually have one colour; `held out` are 80
                   things that training has never seen, and `words that people type` those of
                   both that are typed most (tables/typed-words.txt)
  within 20        the share of the words whose colour is nearer than that

The classifier behind the semantic map has seen all of ImageNet's classes, ImageNette's and
mini-ImageNet's validation classes included. `true class` and `few-shot` say how much of what it
knows survives in words; they are not recognition of classes that the model has never met.
"""

import argparse
from pathlib import Path

from spae.evaluate.colour_figures import colour_rows
from spae.evaluate.few_shot import few_shot_rows, few_shot_words
from spae.evaluate.figures import Row, save, table
from spae.evaluate.meaning import SIZE, meaning_rows, people_rows, use_rows, vocabulary_row
from spae.evaluate.reconstruction import reconstruction_rows
from spae.evaluate.stuff import stuff_rows
from spae.model.network import SPAE
from spae.train.datasets import EvaluationSet
from spae.train.losses import LPIPS


def evaluate(model: SPAE, options: argparse.Namespace) -> list[Row]:
    data, cache, limit = options.data, options.output / "cache", options.limit
    lpips = LPIPS(data / "weights" / "squeezenet-lpips.safetensors")
    pyramid_shape = model.shape(SIZE)
    photographs, objects = (
        EvaluationSet.load(data, name, model.semantic_branch, cache, limit)
        for name in ("eval-bsds", "eval-imagenette")
    )
    words, object_words = (model.words_of(s.pictures, s.semantics) for s in (photographs, objects))
    shots = few_shot_words(model, data, cache, min(options.each, limit or options.each))
    every = [words, object_words, shots.flatten(0, 1)]
    rows = reconstruction_rows(model, photographs, words, lpips) + use_rows(words, pyramid_shape)
    if not pyramid_shape.flat:
        rows += people_rows(model, photographs.names, words, data)
        rows += stuff_rows(model, data, limit)
        rows += meaning_rows(model, objects, object_words, data)
        rows += few_shot_rows(model, shots, words)
        rows += colour_rows(model, pyramid_shape)
    return [*rows, vocabulary_row(every, pyramid_shape, len(model.words))]


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
