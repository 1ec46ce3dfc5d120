"""Writes tables/word-facts.tsv: what WordNet 3.0 says about the words of a vocabulary.

    python -m spae.prepare.word_facts --data DATA --wordnet /usr/share/wordnet

A row is a word (or a lemma of words), and
  physical  the share of its tagged uses that mean a physical thing, 0 to 1;
  general   0, or for a word that names 20 classes or more: 1 - information of the name;
  classes   how well it names the classifier's classes, as ranges of class numbers with a value:
            the information of the sense, 1 - log(classes named) / log(classes), times SENSE;
            for animals, SIBLING of the information of what the class and the word have in common;
            below 0 where an animal's or a person's word cannot be meant.
Users need no WordNet: the table is kept beside the code.
"""

import argparse
import math
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

SENSE = (1.0, 0.8, 0.6, 0.4)  # a word's first, second, third and rarer senses
SIBLING = 0.3
COMMON = 0.3  # the least information of an ancestor that makes two animals kin
FLOOR = 0.4  # the most specific name of a class is worth this, however general
ELSEWHERE = -0.25  # an animal's word at another kind of animal
PERSON_AT_ANIMAL = -0.85
GENERAL = 20
SENSE_COUNT = 2  # the field of an index file
PHYSICAL_ENTITY, PROCESS, ANIMAL, PERSON = 1930, 29677, 15388, 7846
PEOPLE = {"human", "humans", "humanity", "mankind", "people", "peoples", "folk", "folks"}


class WordNet:
    """Nouns with their hypernyms, and how often each sense is meant."""

    def __init__(self, folder: Path):
        self.parents: dict[int, list[int]] = {}
        for fields in _rows(folder / "data.noun"):
            start = 4 + 2 * int(fields[3], 16)
            pointers = fields[start + 1 : start + 1 + 4 * int(fields[start])]
            self.parents[int(fields[0])] = [
                int(pointers[i + 1])
                for i in range(0, len(pointers), 4)
                if pointers[i] in ("@", "@i")
            ]
        self.senses = {
            fields[0]: [int(x) for x in fields[-int(fields[SENSE_COUNT]) :]]
            for fields in _rows(folder / "index.noun")
        }
        self.tagged: dict[str, Counter[int]] = defaultdict(Counter)
        self.other_uses: Counter[str] = Counter()
        for line in (folder / "cntlist.rev").read_text().splitlines():
            key, sense, uses = line.split()
            lemma, rest = key.split("%")
            if rest[0] == "1":
                self.tagged[lemma][int(sense)] = int(uses)
            else:
                self.other_uses[lemma] += int(uses)
        self.not_only_noun = {
            fields[0]
            for kind in ("verb", "adj", "adv")
            for fields in _rows(folder / f"index.{kind}")
        }
        self._above: dict[int, frozenset[int]] = {}

    def above(self, synset: int) -> frozenset[int]:
        """The synset and everything it is a kind of."""
        if synset not in self._above:
            kinds = [self.above(parent) for parent in self.parents[synset]]
            self._above[synset] = frozenset({synset}).union(*kinds)
        return self._above[synset]

    def physical(self, word: str) -> float:
        total, physical = self.other_uses[word] + 0.5 * (word in self.not_only_noun), 0.0
        for number, synset in enumerate(self.senses.get(word, []), 1):
            uses = self.tagged[word][number] + (1 / number if number <= 3 else 0.1)
            total += uses
            kinds = self.above(synset)
            physical += uses * (PHYSICAL_ENTITY in kinds and PROCESS not in kinds)
        return physical / total if total else 0.0


def _rows(path: Path):
    return (line.split(" | ")[0].split() for line in path.open() if not line.startswith("  "))


class Classes:
    """The classifier's classes under every kind of thing."""

    def __init__(self, wordnet: WordNet, synsets: list[int]):
        self.count, self.of = len(synsets), defaultdict(list)
        for number, synset in enumerate(synsets):
            for kind in wordnet.above(synset):
                self.of[kind].append(number)
        self.is_animal = np.zeros(self.count, bool)
        self.is_animal[self.of[ANIMAL]] = True

    def information(self, kind: int) -> float:
        return 1 - math.log(len(self.of[kind])) / math.log(self.count)


def class_values(wordnet: WordNet, classes: Classes, word: str) -> tuple[np.ndarray, np.ndarray]:
    """How well a word names each class, and the information of its names alone."""
    value, named = np.zeros(classes.count), np.zeros(classes.count)
    for number, synset in enumerate(wordnet.senses.get(word, [])):
        weight = SENSE[min(number, len(SENSE) - 1)]
        for kind in wordnet.above(synset) if number < 2 else {synset}:
            if kind not in classes.of:
                continue
            at, information = np.array(classes.of[kind]), classes.information(kind)
            if kind == synset:
                value[at] = np.maximum(value[at], weight * information)
                if number < 2:
                    named[at] = np.maximum(named[at], information)
            elif information >= COMMON:
                at = at[classes.is_animal[at]]
                value[at] = np.maximum(value[at], weight * SIBLING * information)
    return value, named


def facts(wordnet: WordNet, classes: Classes, words: list[str]) -> list[str]:
    found = {word: class_values(wordnet, classes, word) for word in words}
    best = np.max([named for _, named in found.values()], axis=0)
    rows = []
    for word, (value, named) in found.items():
        first = wordnet.above(wordnet.senses[word][0]) if word in wordnet.senses else frozenset()
        most_specific = (named > 0) & (named >= best - 1e-6)
        value[most_specific] = np.maximum(value[most_specific], FLOOR)
        animals = classes.is_animal
        person = PERSON in first and not named[animals].any()
        if word in PEOPLE:
            value[animals] = PERSON_AT_ANIMAL
        elif person or ANIMAL in first:
            value[animals & (value == 0)] = PERSON_AT_ANIMAL if person else ELSEWHERE
        count = int((named > 0).sum())
        general = math.log(count) / math.log(classes.count) if count >= GENERAL else 0.0
        physical = wordnet.physical(word)
        if physical >= 0.005 or general or value.any():
            rows.append(f"{word}\t{physical:.2f}\t{general:.2f}\t{ranges(value)}")
    return rows


def ranges(value: np.ndarray) -> str:
    """`0-397:0.13 400:1`: runs of one value; nothing where it is 0."""
    value = np.round(value, 2)
    edges = np.flatnonzero(np.diff(value)) + 1
    parts = []
    for first, end in zip([0, *edges], [*edges, len(value)], strict=True):
        if value[first]:
            span = f"{first}" if end == first + 1 else f"{first}-{end - 1}"
            parts.append(f"{span}:{value[first]:g}")
    return " ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of training data")
    parser.add_argument("--wordnet", type=Path, required=True, help="WordNet 3.0's dict folder")
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).parents[1] / "tables" / "word-facts.tsv"
    )
    arguments = parser.parse_args()
    wordnet = WordNet(arguments.wordnet)
    lines = (arguments.data / "imagenet-classes.tsv").read_text().splitlines()
    classes = Classes(wordnet, [int(line.split("\t")[1][1:]) for line in lines])
    lemma = dict(
        line.split("\t")[:2]
        for line in (arguments.data / "concept-words.tsv").read_text().splitlines()
    )
    shipped = [str(word) for word in np.load(arguments.data / "codebook-smollm2.npz")["word"]]
    words = sorted(set(shipped) | {lemma[word] for word in shipped})
    header = "# word\tphysical\tgeneral\tclasses (see word_facts.py)\n"
    arguments.output.write_text(
        header + "".join(f"{row}\n" for row in facts(wordnet, classes, words))
    )


if __name__ == "__main__":
    main()
