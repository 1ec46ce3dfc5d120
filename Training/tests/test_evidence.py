"""Which class names which position, and the words that its candidates then are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from spae.evaluate.meaning import people_words
from spae.model.codebook import Codebook
from spae.model.configuration import EFFICIENTNET_LITE2, Configuration, PersonGate, WholeGate
from spae.model.detection import DetectionBranch
from spae.model.evidence import Boxes, EvidenceMap, Named, Seen, boxes_of, positions, with_named
from spae.model.looks import LookOfClasses, cell_colours
from spae.model.pyramid import square
from spae.model.quantizer import Candidates
from spae.model.segmentation import SegmentationBranch
from spae.model.semantic_branch import SemanticBranch
from spae.prepare.branch_files import (
    TABLES,
    evidence_gates,
    mosaic_r4,
    reserved_words,
    seen_classes,
    yolox_nano,
)
from spae.prepare.frozen import excluded_words

MODEL = Path(__file__).parents[2] / "Assets" / "models" / "small"
VOCABULARY = (MODEL / "vocabulary.txt").read_text().split()
STUFF = [seen.name for seen in mosaic_r4().classes]
THINGS = [seen.name for seen in yolox_nano().classes]
REASONS = {"age", "belief", "family", "occupation", "origin", "rank", "role", "sex"}


@pytest.fixture(scope="module")
def evidence() -> EvidenceMap:
    shipped = evidence_gates()
    gates = replace(
        shipped,
        unsure=0.3,
        whole=WholeGate(area=0.06, unsure=0.1),
        stuff=tuple(replace(gate, certain=gate.least + 0.1) for gate in shipped.stuff),
    )
    return EvidenceMap(
        gates, SegmentationBranch(mosaic_r4()), DetectionBranch(yolox_nano()), VOCABULARY
    )


def boxes(*found: tuple[str, float, tuple[float, float, float, float]]) -> Boxes:
    edges = np.array([edges for *_, edges in found], np.float32).reshape(-1, 4)
    numbers = np.array([THINGS.index(name) for name, *_ in found], np.int64)
    return Boxes(edges, numbers, np.array([score for _, score, _ in found], np.float32))


def test_a_place_does_not_make_the_classifier_sure_of_a_cell():
    branch = SemanticBranch(replace(EFFICIENTNET_LITE2, places=(978,)), 2)
    answers = {
        "index": np.array([[978, 3]]),
        "prob": np.array([[0.75, 0.25]], np.float16),
        "cell_index": np.array([[[[978, 3], [3, 978]]]]),
        "cell_prob": np.array([[[[0.75, 0.125], [0.5, 0.25]]]], np.float16),
    }
    sure = branch.map(answers).sure
    assert sure.whole.tolist() == [0.75]
    assert sure.cells.tolist() == [[[0.125, 0.5]]]


def nothing() -> Seen:
    return Seen(
        np.zeros((len(STUFF), 4, 4), np.float32),
        np.zeros((4, 4), np.float32),
        boxes(),
        0.1,
        np.full((4, 4), 0.1),
    )


def names(found: list[Named | None]) -> list[str | None]:
    of = {"segmentation": STUFF, "detection": THINGS}
    return [own and of[own.branch][own.number] for own in found]


def share(name: str, value: float, rows=slice(None), columns=slice(None)) -> np.ndarray:
    stuff = np.zeros((len(STUFF), 4, 4), np.float32)
    stuff[STUFF.index(name), rows, columns] = value
    return stuff


def test_what_nobody_is_sure_of_stays_the_classifiers(evidence):
    assert all(own is None for layer in evidence.decided(nothing()) for own in layer)


def test_stuff_names_the_cells_and_quarters_that_it_fills(evidence):
    seen = replace(nothing(), stuff=share("sky", 0.65, slice(0, 2)))
    whole, quarters, cells = map(names, evidence.decided(seen))
    assert whole == [None] and quarters == ["sky", "sky", None, None]
    assert cells == ["sky"] * 8 + [None] * 8


def test_a_classifier_that_is_sure_goes_before_stuff_that_is_less_than_certain(evidence):
    cells = np.full((4, 4), 0.1)
    cells[0, 0] = 0.9
    for value, first in ((0.65, None), (0.75, "sky")):
        seen = replace(nothing(), stuff=share("sky", value), cells=cells)
        assert names(evidence.decided(seen)[2])[:2] == [first, "sky"]
        assert names(evidence.decided(seen)[1])[0] == first


def test_a_class_without_a_gate_names_nothing(evidence):
    assert "wall" not in {gate.name for gate in evidence.sizes.stuff}
    seen = replace(nothing(), stuff=share("wall", 1.0))
    assert set(names(evidence.decided(seen)[2])) == {None}


def test_people_name_their_cells_and_the_quarter_of_most_of_them_alone(evidence):
    people = np.zeros((4, 4), np.float32)
    people[1:, 2] = 0.4  # two cells of the lower quarter, one of the upper
    seen = replace(nothing(), people=people, whole=0.8)
    whole, quarters, cells = map(names, evidence.decided(seen))
    assert whole == [None]
    assert quarters == [None, None, None, "person"]
    assert [i for i, own in enumerate(cells) if own] == [6, 10, 14]


def test_people_name_the_whole_where_the_classifier_is_unsure_of_it(evidence):
    seen = replace(nothing(), people=np.full((4, 4), 0.2, np.float32), whole=0.2)
    whole, quarters, _ = map(names, evidence.decided(seen))
    assert whole == ["person"] and quarters == [None] * 4


def test_a_thing_names_where_it_is_unless_the_classifier_is_sure(evidence):
    dog = boxes(("dog", 0.9, (0.5, 0.5, 1, 1)))
    for best, named in ((0.1, "dog"), (0.5, None)):
        seen = replace(nothing(), things=dog, whole=best, cells=np.full((4, 4), best))
        whole, quarters, cells = map(names, evidence.decided(seen))
        assert whole == [named] and quarters == [None, None, None, named]
        assert cells[10:12] == [named] * 2 and cells[:8] == [None] * 8


def test_there_is_room_for_a_person_and_a_dog(evidence):
    people = np.zeros((4, 4), np.float32)
    people[:, 0] = 0.9
    seen = replace(nothing(), people=people, things=boxes(("dog", 0.9, (0.5, 0.5, 1, 1))))
    whole, quarters, _ = map(names, evidence.decided(seen))
    assert {"person", "dog"} <= {*whole, *quarters}


def test_stuff_names_the_whole_where_the_classifier_knows_nothing(evidence):
    for best, value, named in ((0.05, 0.65, "sky"), (0.2, 0.75, None), (0.05, 0.55, None)):
        seen = replace(nothing(), stuff=share("sky", value), whole=best)
        assert names(evidence.decided(seen)[0]) == [named]


# Looks


def colours(evidence: EvidenceMap, rgb: tuple[int, int, int], stuff: np.ndarray) -> np.ndarray:
    """The share of each look in each cell of a picture of one colour."""
    view = (torch.tensor(rgb, dtype=torch.float32) - 128).view(1, 3, 1, 1) / 127.5
    found = cell_colours(view.expand(1, 3, 32, 32), square(4))
    return np.stack([own.shares(stuff, found) for own in evidence.looks])


def looking(evidence: EvidenceMap, name: str, rgb: tuple[int, int, int], **seen) -> Named | None:
    """What names a cell of one class and one colour."""
    stuff = share(name, 0.9)
    whole = replace(nothing(), stuff=stuff, looks=colours(evidence, rgb, stuff), **seen)
    return evidence.decided(whole)[2][5]


@pytest.mark.parametrize(
    ("name", "rgb", "look"),
    (
        ("sky", (245, 130, 55), "sunset"),
        ("sky", (90, 140, 210), None),
        ("sky", (60, 75, 105), None),  # a dim blue sky
        ("sky", (10, 12, 25), "night"),
        ("tree", (200, 115, 45), "autumn"),
        ("tree", (60, 90, 40), None),
        ("grass", (180, 165, 105), None),  # dry
        ("earth", (244, 246, 250), "snow"),
        ("earth", (165, 150, 125), None),
        ("sea", (244, 246, 250), "foam"),
        ("building", (244, 246, 250), None),
    ),
)
def test_a_class_has_a_look_in_its_colours_alone(evidence, name, rgb, look):
    found = looking(evidence, name, rgb)
    words = [VOCABULARY[word] for word in evidence.words(found)]
    assert names([found]) == [name]
    assert (found.look is not None and evidence.looks[found.look].look.name) == (look or False)
    assert words[0] == (evidence.looks[found.look].look.words[0] if look else name)
    assert len(set(words)) == len(words) and name in words


def test_a_look_fits_up_to_its_radius_and_falls_to_nothing_at_twice_as_much(evidence):
    own = LookOfClasses(replace(evidence.looks[0].look, colours=((119, 119, 119),)), STUFF)
    grey = torch.tensor([own.colours[0].tolist()] * 16)
    found = {}
    for distance in (0, 0.9, 1.25, 1.5, 2, 3):
        moved = grey + torch.tensor([distance * own.look.radius, 0, 0])
        found[distance] = float(own.shares(share("sky", 0.8), moved)[0, 0])
    assert found == pytest.approx({0: 0.8, 0.9: 0.8, 1.25: 0.6, 1.5: 0.4, 2: 0, 3: 0}, abs=1e-4)


def test_a_look_names_nothing_where_a_box_does_or_the_classifier_is_sure(evidence):
    dog = boxes(("dog", 0.9, (0, 0, 1, 1)))
    red, sure = (245, 130, 55), np.full((4, 4), 0.6)
    unsure = replace(nothing(), cells=np.full((4, 4), 0.4)).cells
    assert looking(evidence, "sky", red, cells=unsure).look is not None
    found = looking(evidence, "wall", red, things=dog)
    assert found.branch == "detection" and found.look is None
    assert looking(evidence, "sky", red, cells=sure).look is None


def test_the_words_of_looks_are_of_the_vocabulary_and_guess_nothing():
    own = evidence_gates().looks
    words = {word for look in own for word in look.words}
    assert words <= set(VOCABULARY) and not words & set(reserved_words())
    assert {name for look in own for name in look.classes} <= set(STUFF)
    assert {"sunset", "night", "winter", "autumn", "summer"} <= words
    assert evidence_gates() == Configuration.load(MODEL / "config.json").evidence


# Pixels


def test_people_are_pixels_of_a_person_inside_a_box(evidence):
    shares = np.zeros((len(STUFF), 32, 32), np.float32)
    shares[STUFF.index("person")] = 1
    found = boxes(("person", 0.9, (0, 0, 0.5, 0.5)), ("person", 0.2, (0, 0, 1, 1)))
    people = evidence.seen(shares, found, 0, np.zeros((4, 4))).people
    assert people[:2, :2].min() == 1 and people.sum() == 4
    assert not evidence.seen(shares, boxes(), 0, np.zeros((4, 4))).people.any()


def test_few_pixels_of_people_are_none(evidence):
    shares = np.zeros((len(STUFF), 32, 32), np.float32)
    shares[STUFF.index("person"), :3, :3] = 1
    everywhere = boxes(("person", 0.9, (0, 0, 1, 1)))
    assert not evidence.seen(shares, everywhere, 0, np.zeros((4, 4))).people.any()
    assert evidence.sizes.person == PersonGate(box=0.3, area=0.01, cell=0.3)


def test_boxes_stay_inside_the_picture_and_need_their_score():
    cells = torch.zeros(3, 7)
    cells[0] = torch.tensor([0, 64, 64, 32, 0.9, 0.2, 0.8])
    cells[1] = torch.tensor([64, 64, 32, 32, 0.9, 0.1, 0.3])
    found = boxes_of(cells, square(128), 0.5)
    assert found.classes.tolist() == [1] and found.scores.tolist() == pytest.approx([0.72])
    assert found.edges.tolist() == [[0, 0.375, 0.25, 0.625]]


def test_a_box_covers_a_position_as_a_share_of_the_smaller():
    found = boxes(("dog", 1, (0, 0, 0.5, 0.5)), ("dog", 1, (0.2, 0.2, 0.3, 0.3)))
    assert found.cover(positions(3)[0]).tolist() == pytest.approx([1, 0.25])
    assert found.cover(positions(2)[0]).tolist() == pytest.approx([1, 1])
    assert [len(positions(layer)) for layer in (1, 2, 3)] == [1, 4, 16]


def test_named_positions_have_the_words_of_their_class():
    candidates = Candidates(torch.arange(12).view(2, 2, 3), torch.arange(12.0).view(2, 2, 3))
    words = {0: torch.tensor([20]), 1: torch.tensor([30, 31, 32, 33])}
    rows = [[None, Named("detection", 1, 1.0)], [Named("detection", 0, 1.0), None]]
    found = with_named(candidates, rows, lambda own: words[own.number], 0.5)
    assert found.words.tolist() == [
        [[0, 1, 2, 0], [30, 31, 32, 33]],
        [[20, 20, 20, 20], [9, 10, 11, 9]],
    ]
    assert found.penalty.tolist() == [
        [[0, 1, 2, 0], [0, 0.5, 1, 1.5]],
        [[0, 0, 0, 0], [9, 10, 11, 9]],
    ]
    assert candidates.words[1, 0].tolist() == [6, 7, 8]


# The words


@pytest.mark.parametrize("table", ("ade-words.tsv", "coco-words.tsv"))
def test_the_words_of_classes_are_of_the_vocabulary_and_guess_nothing(table):
    words = [word for seen in seen_classes(table) for word in seen.words]
    assert set(words) <= set(VOCABULARY)
    assert not set(words) & set(reserved_words())
    assert all(len(set(seen.words)) == len(seen.words) for seen in seen_classes(table))
    without = [seen.name for seen in seen_classes(table) if not seen.words]
    assert without == (["others"] if table == "ade-words.tsv" else [])


def test_reserved_words_say_what_they_would_guess():
    lines = (TABLES / "reserved-words.tsv").read_text().splitlines()
    rows = dict(line.split("\t") for line in lines if not line.startswith("#"))
    assert set(rows.values()) == REASONS
    assert set(rows) <= set(VOCABULARY) and not set(rows) & excluded_words()
    assert list(rows) == sorted(rows) == list(reserved_words())
    for word, reason in {
        "woman": "sex",
        "boys": "sex",
        "child": "age",
        "teenager": "age",
        "bride": "family",
        "villagers": "origin",
        "soldier": "occupation",
        "actress": "occupation",
        "queen": "rank",
    }.items():
        assert rows[word] == reason
    assert not set(rows) & set(people_words())
    assert {"person", "people", "figure"} <= set(people_words()) and "crowd" not in rows


def test_a_reserved_word_is_never_chosen(model, picture):
    def chosen(configuration):
        own = Codebook(configuration, model.words)
        for name in ("embedding", "text", "bias", "lemma", "projection"):
            getattr(own, name).data.copy_(getattr(model.codebook, name))
        own.hide_reserved()
        model.codebook = own
        return set(model.words[int(word)] for word in model.words_of(pictures, semantics)[0])

    view = model.semantic_branch.view(image_of(picture))
    pictures = torch.rand(1, 3, 64, 64) * 2 - 1
    semantics = model.semantic_branch(view[None])
    model.codebook.load_state_dict(model.codebook.state_dict())
    usual = chosen(model.configuration)
    reserved = tuple(sorted(usual))[: len(usual) // 2]
    assert len(reserved) > 3
    assert not chosen(replace(model.configuration, reserved=reserved)) & set(reserved)


def image_of(picture):
    from PIL import Image

    return Image.fromarray(picture)


def test_a_reserved_word_must_be_a_word(model):
    with pytest.raises(ValueError, match="zzzz"):
        Codebook(replace(model.configuration, reserved=("zzzz",)), model.words)
