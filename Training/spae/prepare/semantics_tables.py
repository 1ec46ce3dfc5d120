"""What words mean to the semantic branch: the tables behind score(word) = text . t - bias.

A word's value for a class starts as the cosine of their MiniLM sentence embeddings (all forms of a
word share one embedding) and is then made right and specific:
  - less HUB of the word's mean over all classes, and CROWD of its mean over its best CROWD_CLASSES
    (words that fit everything a little, or a whole kind of things well: mammals, garments);
  - plus NAMES times what word-facts.tsv says: a name of the class is worth its information, so that
    a sure classifier yields `elephant` and an unsure one the name that its candidates share;
  - less ABSTRACT for words that mean no physical thing, RARE per e-fold of rarity, INFLECTED for
    other forms than a word's first, and GENERAL for names of very many classes.
`text` is then the ridge regression of these values on the classes' embeddings. The values hold the
penalties, so `bias` is zero and the order of words does not depend on how much of the probability
the likeliest classes hold: they need no renormalising.
"""

from pathlib import Path

import numpy as np

HUB, CROWD, CROWD_CLASSES = 0.5, 0.6, 60
NAMES = 0.35
ABSTRACT, RARE, INFLECTED, GENERAL = 0.12, 0.025, 0.03, 0.1
COMMON_TOKEN = 3000  # tokens are numbered from the commonest; up to this one nothing is rare
RIDGE = 0.1
FACTS = Path(__file__).parents[1] / "tables" / "word-facts.tsv"

Facts = dict[str, tuple[float, float, str]]


def read_facts(path: Path = FACTS) -> Facts:
    """word -> (physical, general, classes), see word_facts.py."""
    rows = (line.split("\t") for line in path.read_text().splitlines() if line[0] != "#")
    return {word: (float(physical), float(general), at) for word, physical, general, at in rows}


def lemma_names(data: Path, words: list[str]) -> list[str]:
    rows = (line.split("\t") for line in (data / "concept-words.tsv").read_text().splitlines())
    lemma = {row[0]: row[1] for row in rows}
    return [lemma[word] for word in words]


def first_of(names: list[str]) -> np.ndarray:
    """For each name the index of its first appearance, int32."""
    first: dict[str, int] = {}
    return np.array([first.setdefault(name, i) for i, name in enumerate(names)], np.int32)


def shared_by_forms(text: np.ndarray, lemma: np.ndarray) -> np.ndarray:
    """The mean embedding of all forms of a word, of length 1, for each of them."""
    total = np.zeros_like(text)
    np.add.at(total, lemma, text)
    shared = total[lemma]
    return shared / np.linalg.norm(shared, axis=1, keepdims=True)


def spread(ranges: str, count: int) -> np.ndarray:
    """`0-397:0.13 400:1` -> one value for each class."""
    value = np.zeros(count, np.float32)
    for part in ranges.split():
        span, amount = part.split(":")
        first, _, last = span.partition("-")
        value[int(first) : int(last or first) + 1] = float(amount)
    return value


def naming(
    facts: Facts, words: list[str], lemmas: list[str], count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the facts say of words or their lemmas: names [V, classes], physical, general [V]."""
    unknown = (0.0, 0.0, "")
    names = np.zeros((len(words), count), np.float32)
    physical, general = np.zeros((2, len(words)), np.float32)
    for i, (word, lemma) in enumerate(zip(words, lemmas, strict=True)):
        own, base = facts.get(word, unknown), facts.get(lemma, unknown)
        a, b = spread(own[2], count), spread(base[2], count)
        names[i] = np.where((a > 0) | (b > 0), np.maximum(a, b), np.minimum(a, b))
        physical[i], general[i] = max(own[0], base[0]), max(own[1], base[1])
    return names, physical, general


def class_values(
    text: np.ndarray,
    token: np.ndarray,
    words: list[str],
    lemmas: list[str],
    class_text: np.ndarray,
    facts: Facts,
) -> np.ndarray:
    """How well each word says each class, [V, classes]."""
    values = shared_by_forms(text, first_of(lemmas)) @ class_text.T
    values -= HUB * values.mean(1, keepdims=True)
    crowd = np.partition(values, -CROWD_CLASSES, axis=1)[:, -CROWD_CLASSES:]
    values -= CROWD * crowd.mean(1, keepdims=True)
    names, physical, general = naming(facts, words, lemmas, len(class_text))
    values += NAMES * names
    rarity = np.maximum(np.log(token / COMMON_TOKEN), 0)
    inflected = np.array([word != lemma for word, lemma in zip(words, lemmas, strict=True)])
    penalty = ABSTRACT * (1 - np.minimum(1, 2 * physical)) + RARE * rarity
    return values - (penalty + INFLECTED * inflected + GENERAL * general)[:, None]


def regression(values: np.ndarray, class_text: np.ndarray) -> np.ndarray:
    """`text` [V, 384] for which text . class_text is nearest to the values."""
    gram = class_text.T @ class_text + RIDGE * np.eye(class_text.shape[1], dtype=np.float32)
    return np.ascontiguousarray(np.linalg.solve(gram, class_text.T @ values.T).T)


def semantic_tables(data: Path, words: list[str]) -> dict[str, np.ndarray]:
    """`text` [V, 384], `bias` [V], `lemma` [V] and `class_text` [classes, 384]."""
    data = Path(data)
    table = np.load(data / "codebook-smollm2.npz")
    row = {str(word): i for i, word in enumerate(table["word"])}
    rows = [row[word] for word in words]
    text, token = table["text"][rows].astype(np.float32), table["token"][rows].astype(np.float32)
    class_text = np.load(data / "teacher-class-text.npz")["embedding"]
    lemmas, exact = lemma_names(data, words), class_text.astype(np.float32)
    values = class_values(text, token, words, lemmas, exact, read_facts())
    return {
        "text": regression(values, exact).astype(np.float16),
        "bias": np.zeros(len(words), np.float32),
        "lemma": first_of(lemmas),
        "class_text": class_text,
    }
