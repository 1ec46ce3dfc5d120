"""Whether captions name the class of photographs, or people, or a near relative in WordNet.

    python -m spae.evaluate.caption_classes --program .build/release/spae --data DATA \\
      --wordnet /usr/share/wordnet [--each N] [-- OPTIONS]

100 photographs of eval-imagenette, ten of each class, and 50 of eval-bsds that show people. A caption
is right if one of its words has a sense that is the class, or at most STEPS steps from it between
kinds of things: its kind, that one's kind, another of the same kind ... Options after -- go to
`spae caption`. WordNet is Debian's wordnet-base.
"""

import argparse
import re
import tempfile
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

from spae.evaluate.captions import PEOPLE, caption, subjects
from spae.prepare.word_facts import PERSON, WordNet

STEPS = 2
PEOPLE_COUNT = 50


class Relatives:
    """Synsets that are few steps from another."""

    def __init__(self, wordnet: WordNet):
        self.wordnet = wordnet
        self.kinds: dict[int, set[int]] = defaultdict(set)
        for synset, parents in wordnet.parents.items():
            for parent in parents:
                self.kinds[synset].add(parent)
                self.kinds[parent].add(synset)

    def near(self, synset: int) -> set[int]:
        found, rim = {synset}, {synset}
        for _ in range(STEPS):
            rim = {other for one in rim for other in self.kinds[one]} - found
            found |= rim
        return found

    def senses(self, word: str) -> set[int]:
        """Of a word, or of its singular."""
        forms = [word, word.removesuffix("s"), word.removesuffix("es")]
        return {sense for form in forms for sense in self.wordnet.senses.get(form, [])}

    def names(self, caption: str, synset: int) -> bool:
        """Whether a word of a caption, or two together, are near a synset."""
        words = re.findall("[a-z]+", caption.lower())
        pairs = [f"{a}_{b}" for a, b in zip(words, words[1:], strict=False)]
        near = self.near(synset)
        return any(not near.isdisjoint(self.senses(word)) for word in words + pairs)


def pictures(data: Path, each: int, people: int) -> list[tuple[str, str, int]]:
    """Archive, entry and synset of each photograph."""
    found, counts = [], Counter()
    with zipfile.ZipFile(data / "eval-imagenette.zip") as archive:
        for entry in archive.namelist():
            kind = entry.split("/")[0]
            if kind.startswith("n") and entry.endswith(".webp") and counts[kind] < each:
                counts[kind] += 1
                found.append(("eval-imagenette", entry, int(kind[1:])))
    lines = (data / "eval-bsds-people.txt").read_text().split()
    return sorted(found) + [("eval-bsds", entry, PERSON) for entry in lines[:people]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--people", type=int, default=PEOPLE_COUNT)
    parser.add_argument("options", nargs="*", help="options of spae caption, after --")
    options = parser.parse_args()
    relatives, human = Relatives(WordNet(options.wordnet)), subjects_of_people()
    right, counts = Counter(), Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, entry, synset in pictures(options.data, options.each, options.people):
            path = Path(folder, Path(entry).name)
            with zipfile.ZipFile(options.data / f"{name}.zip") as archive:
                path.write_bytes(archive.read(entry))
            text = caption(options.program, path, options.options)
            words = set(re.findall("[a-z]+", text.lower()))
            is_right = relatives.names(text, synset) or synset == PERSON and bool(words & human)
            right[name], counts[name] = right[name] + is_right, counts[name] + 1
            print(f"{entry:<36}{'right' if is_right else 'wrong':<7}{text}", flush=True)
    for name, count in counts.items():
        print(f"{name}: {right[name]} of {count}")
    share = sum(right.values()) / sum(counts.values())
    print(f"{sum(right.values())} of {sum(counts.values())} name the class or people ({share:.0%})")


def subjects_of_people() -> frozenset[str]:
    """The words for people that the table of subjects has."""
    return min((words for words in subjects().values() if PEOPLE in words), key=len)


if __name__ == "__main__":
    main()
