"""Edits that paint: what they change, what they keep, and what they refuse."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from spae.model.colour_shares import by_colour
from spae.model.evidence import Boxes
from spae.model.guided_filter import guided, window_means
from spae.model.outlines import Outlines, distinct
from spae.model.picture_change import PictureChange, box_means, enlarged
from spae.model.pyramid import Grid, shape, square
from spae.model.steering import PutWords, Steering
from spae.model.word_edits import EditError, Put, Replace, read_edits

WORDS = ["grass", "snow", "sunset", "red"]


@pytest.fixture
def encoded(model, picture):
    image = Image.fromarray(picture)
    return model, model.encode(image, 64), image


# Rewriting


def corner(pyramid, side: int = 3) -> list[int]:
    return [row * pyramid.shape.grid.columns + at for row in range(side) for at in range(side)]


def changed(before, after) -> list[int]:
    return np.flatnonzero(before.words != after.words).tolist()


def test_a_rewritten_corner_comes_near_its_target_and_the_rest_stays(encoded):
    model, pyramid, _ = encoded
    before = model.decode(pyramid)
    target = ImageOps.invert(before)
    after = model.rewrite(pyramid, target, corner(pyramid), holding=[1, 2])
    assert changed(pyramid, after)
    for index in changed(pyramid, after):
        layer = next(own for own in range(1, 6) if index < pyramid.shape.word_count(own))
        place = index - pyramid.shape.word_count(layer - 1)
        assert layer > 2 and pyramid.shape.visited(layer)[place] in corner(pyramid)
    far = np.s_[48:, 48:]
    assert (np.asarray(model.decode(after))[far] == np.asarray(before)[far]).all()

    def error(picture) -> float:
        difference = np.asarray(picture, np.float32) - np.asarray(target, np.float32)
        return float((difference[:24, :24] ** 2).mean())

    assert error(model.decode(after)) < error(before)


def test_words_and_layers_that_are_held_stay(encoded):
    model, pyramid, _ = encoded
    target, held = ImageOps.invert(model.decode(pyramid)), range(100, 120)
    after = model.rewrite(pyramid, target, range(64), holding=[1, 4], words=held)
    layers = {
        next(own for own in range(1, 6) if index < pyramid.shape.word_count(own))
        for index in changed(pyramid, after)
    }
    assert layers <= {2, 3, 5} and 5 in layers
    assert not set(held) & set(changed(pyramid, after))


def test_without_cells_nothing_changes(encoded):
    model, pyramid, image = encoded
    same = model.rewrite(pyramid, image.resize((64, 64)), [])
    assert (same.words == pyramid.words).all()


def test_a_target_of_another_size_is_refused(encoded):
    model, pyramid, image = encoded
    with pytest.raises(ValueError, match="32 x 32 pixels, the decoded one has 64 x 64"):
        model.rewrite(pyramid, image.resize((32, 32)), [0])


# Steering


def test_an_edit_puts_its_word_and_holds_what_an_earlier_one_put(encoded):
    model, pyramid, image = encoded
    first, second = model.words[7], model.words[20]
    after = model.edit(pyramid, [f"2:1,1 = {first}", f"3:1,1-2 = {second}"], image)
    assert after.words[pyramid.shape.word_count(1)] == 7
    assert after.layer(3)[0, :2].tolist() == [20, 20]
    assert len(changed(pyramid, after)) > 3


def test_an_exact_edit_changes_one_word(encoded):
    model, pyramid, _ = encoded
    after = model.edit(pyramid, f"2:2,2 = {model.words[9]}", exact=True)
    assert changed(pyramid, after) in ([pyramid.shape.word_count(2) - 1], [])
    assert after.words[pyramid.shape.word_count(2) - 1] == 9


def test_a_replacement_takes_a_word_wherever_it_is(encoded):
    model, pyramid, image = encoded
    old = int(pyramid.words[pyramid.shape.word_count(2)])
    new = (old + 40) % len(model.words)
    after = model.edit(pyramid, f"{model.words[old]} -> {model.words[new]}", image)
    upper = pyramid.shape.word_count(3)
    assert old not in after.words[:upper]
    assert (after.words[:upper] == new).sum() >= (pyramid.words[:upper] == old).sum()


def test_the_lowest_layers_are_put_as_they_are(encoded):
    model, pyramid, _ = encoded
    first = pyramid.shape.word_count(4)
    after = model.edit(pyramid, f"5:1,1 = {model.words[3]}")
    assert changed(pyramid, after) in ([first], []) and after.words[first] == 3


def test_a_word_that_is_no_word_is_refused(encoded):
    model, pyramid, image = encoded
    evidence = model.evidence_in(image, pyramid.shape)
    with pytest.raises(ValueError, match="there is no word 9999"):
        model.steer(pyramid, Steering({0: 9999}), evidence)


def test_an_edit_of_what_is_not_there_says_what_is(model, picture):
    codebook, image = model.codebook, Image.fromarray(picture)
    codebook.embedding.div_(codebook.embedding.norm(dim=1, keepdim=True))
    pyramid = model.encode(image, 64)
    upper = codebook.lemma[pyramid.words[: pyramid.shape.word_count(3)]].tolist()
    absent = next(
        word
        for word in range(len(model.words))
        if int(codebook.lemma[word]) not in upper and codebook.neighbours(word, 1)[0] < 0.8
    )
    edits = [f"1:1,1 = {model.words[upper[0]]}", f"{model.words[absent]} -> {model.words[1]}"]
    with pytest.raises(EditError, match="edit 2, .*no such word; it has") as refused:
        model.edit(pyramid, edits, image)
    assert refused.value.place == 2


# What people write


def test_edits_are_read():
    text = "# all of it\ngrass -> Snow  # white\n\n 2:1,1-2 2,2 = sunset\n"
    assert read_edits(text, shape(16), WORDS) == [
        ("grass -> Snow", Replace(0, 1)),
        ("2:1,1-2 2,2 = sunset", Put(((2, 0), (2, 1), (2, 3)), 2)),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("grass", "expected 'OLD -> NEW'"),
        ("grass -> ", "expected 'OLD -> NEW'"),
        ("grass -> snow snow", "expected 'OLD -> NEW'"),
        ("2:1 = snow", "expected 'OLD -> NEW'"),
        ("grass -> snwo", "'snwo' is not in the vocabulary; nearest in spelling are snow"),
        ("9:1,1 = snow", "there is no layer 9; this pyramid has layers 1 to 6"),
        ("2:1,3 = snow", "there is no column 3 in layer 2, which has 1 to 2"),
        ("2:0,1 = snow", "there is no row 0 in layer 2"),
        ("3:3-2,1 = snow", "rows 3-2 end before they begin"),
    ],
)
def test_what_is_no_edit_is_named_with_its_place(line, problem):
    with pytest.raises(EditError) as refused:
        read_edits(["# nothing", line], shape(16), WORDS)
    assert problem in str(refused.value) and refused.value.place == 2


# Pictures


def test_outlines_take_the_class_that_a_word_names():
    shares = np.zeros((8, 8, 3), np.float32)
    shares[:4, :, 0], shares[4:, :, 1] = 1, 1
    outlines = Outlines(shares, [[5, 6], [7, 5], []], things=[2])
    assert outlines.named(5) == [0, 1] and outlines.named(9) == []
    assert outlines.meant(2, 0, 5, shape(16)) == [0]  # above
    assert outlines.meant(2, 2, 5, shape(16)) == [1]  # below
    assert outlines.meant(3, 0, 9, shape(16)) == [0]  # what fills it
    assert outlines.positions([1], 2, shape(16)) == [2, 3]
    assert outlines.positions([], 2, shape(16)) == []
    mask = outlines.mask(outlines.share_of([0]), np.zeros((64, 64, 3), np.uint8))
    assert mask[:24].min() == 1 and mask[40:].max() == 0


def test_a_kind_means_its_class_where_the_picture_says_it():
    shares = np.zeros((16, 16, 2), np.float32)
    shares[:8, :, 0] = shares[8:, :, 1] = 1
    outlines, own = Outlines(shares, [[5], [6]], things=[], kinds={7: [1]}), shape(16)
    words = np.zeros(own.word_count(), int)
    assert outlines.classes_of(7, {7}, words, own, 3) == []  # no word says it
    words[0] = 7
    assert outlines.classes_of(7, {7}, words, own, 3) == [1]
    assert outlines.meant(2, 2, 7, own) == [1]  # in the cell below


def test_of_two_things_of_a_class_only_the_one_at_the_seed_is_taken():
    shares = np.zeros((8, 8, 2), np.float32)
    shares[..., 1] = 1
    for left in (0, 5):
        shares[2:6, left : left + 2] = [0.9, 0.1]
    shares[1, 0] = [0.3, 0.7]  # the rim of the first
    outlines = Outlines(shares, [[], [5]], things=[0])
    own = outlines.share_of([0], [outlines.parts(2, 0, shape(16))])
    assert (own[:, 0] == shares[:, 0, 0]).all() and own[1, 0] == np.float32(0.3)
    assert own[:, 5:].max() == 0
    assert outlines.share_of([0], [outlines.parts(1, 0, shape(16))])[:, 5].max() > 0.8


def thing_outlines(*boxes: tuple[float, float, float, float]) -> Outlines:
    """Outlines that know nothing, with boxes of two classes by turns; the words of those are 5 and 6."""
    shares = np.zeros((16, 16, 2), np.float32)
    shares[..., 1] = 1
    count = len(boxes)
    found = Boxes(np.array(boxes, np.float32), np.arange(count) % 2, np.ones(count))
    return Outlines(shares, [[], [7]], [0], found, [[5], [6]])


def test_a_thing_is_in_the_boxes_that_its_word_names_or_in_the_one_that_holds_it():
    outlines = thing_outlines((0, 0, 0.5, 0.5), (0.5, 0, 1, 0.5))
    left, right = (outlines.parts(2, at, shape(16)) for at in (0, 1))
    assert outlines.boxes_of({6}, [left], False).tolist() == [[0.5, 0, 1, 0.5]]
    assert outlines.boxes_of({9}, [right], True).tolist() == [[0.5, 0, 1, 0.5]]
    assert len(outlines.boxes_of({9}, [right], False)) == 0  # a part of a thing, such as a beak
    assert len(outlines.boxes_of({9}, [outlines.parts(1, 0, shape(16))], True)) == 0


def test_what_was_filled_last_hides_what_was_filled_before():
    left, all_of_it = np.array([[1, 0]], np.float32), np.ones((1, 2), np.float32)
    own, others = PutWords(filled=[(5, all_of_it), (6, left)]).masks(5)
    assert own.tolist() == [[0, 1]] and others.tolist() == [[1, 0]]
    own, others = PutWords(filled=[(6, left), (5, all_of_it)]).masks(5)
    assert own.tolist() == [[1, 1]] and others.tolist() == [[0, 0]]
    assert PutWords().masks(5) == (None, None)


def test_of_boxes_of_one_class_that_overlap_the_surest_stays():
    edges = np.array([[0, 0, 0.5, 0.5], [0, 0, 0.5, 0.55], [0.5, 0.5, 1, 1]], np.float32)
    found = distinct(Boxes(edges, np.zeros(3, int), np.array([0.5, 0.9, 0.7])))
    assert found.scores.tolist() == [0.9, 0.7]
    assert len(distinct(Boxes(edges, np.array([0, 1, 0]), np.ones(3))).scores) == 3


@pytest.mark.parametrize("boxes", [[(0.1, 0.1, 0.9, 0.9)], []])
def test_a_thing_has_its_colour_in_its_box_or_in_its_cells(boxes):
    picture = np.full((64, 64, 3), (60, 160, 40), np.uint8)
    picture[20:44, 20:44] = (200, 30, 30)
    outlines = thing_outlines(*boxes)
    seeds = [(slice(5, 11), slice(5, 11))]
    shares = outlines.thing_shares(np.array(boxes, np.float32).reshape(-1, 4), seeds)
    mask = outlines.fill_mask(shares, picture, rim=2, least=0)
    assert mask[26:38, 26:38].min() > 0.9
    assert mask[20, 20:44].max() < 0.5  # the rim recedes
    outside = np.ones((64, 64), bool)
    outside[20:44, 20:44] = False
    assert mask[outside].max() < 1e-6


def test_a_leg_in_the_grass_is_no_grass_by_its_colour():
    picture = np.full((64, 64, 3), (60, 160, 40), np.uint8)
    picture[:32], picture[32:60, 20:23] = (120, 70, 30), (120, 70, 30)
    shares = np.full((64, 64), 0.1, np.float32)
    shares[32:] = 0.8
    after = by_colour(shares, picture)
    assert after[32:60, 20:23].max() < 0.5 and after[32:, 30:].min() > 0.9
    assert after[:32].max() < 0.1
    assert (by_colour(np.zeros_like(shares), picture) == 0).all()  # nothing is inside


def test_a_guided_filter_keeps_an_edge_and_flattens_noise():
    edge = np.repeat([0.0, 1.0], 16)[None].repeat(32, 0)
    noise = np.random.default_rng(0).normal(size=edge.shape) * 0.05
    smooth = guided(edge + noise, edge, radius=4, epsilon=1e-3)
    assert np.abs(smooth - edge).std() < 0.3 * noise.std()
    assert np.abs(smooth[:, 15] - edge[:, 15]).max() < 0.1
    assert np.allclose(window_means(np.ones((5, 7)), 3), 1)


def test_means_of_a_window_and_enlarged_cells():
    line = np.arange(6, dtype=np.float32)
    assert np.allclose(box_means(line, 1), [1 / 3, 1, 2, 3, 4, 3])
    cells = np.array([[0, 1], [2, 3]], np.float32)
    large = enlarged(cells, Grid(4, 4))
    assert large[0].tolist() == [0, 0.25, 0.75, 1] and large[:, 0].tolist() == [0, 0.5, 1.5, 2]


def test_a_change_covers_another_and_says_which_cells_change():
    change, over = PictureChange.none(square(32)), PictureChange.none(square(32))
    change.values[:], change.coverage[:] = 0.5, 1
    over.values[:16, :16], over.coverage[:16, :16] = -0.5, 1
    change.cover(over)
    assert change.cells(16) == {0, 1, 2, 3}
    assert change.added_to(np.full((32, 32, 3), 100, np.uint8))[4::20, 4::20, 0].tolist() == [
        [36, 164],
        [164, 164],
    ]
    assert (change.weights() == 1).all()
    change.confine(np.zeros((32, 32), np.float32))
    assert change.cells(16) == set() and (change.weights() == 1.5).all()


def test_a_change_is_colour_alone_and_the_detail_beneath_is_strengthened():
    change = PictureChange.none(square(32))
    change.values[:], change.coverage[:] = 0.1, 1
    change.values[::2] += 0.05
    flat = change.flattened(4).values[..., 0]
    assert flat.std() < 0.3 * change.values.std()
    picture = np.full((32, 32, 3), 100, np.uint8)
    picture[16:] = 120
    change.values[:] = 0
    after = change.added_to(picture)[:, 0, 0].astype(int)
    assert after[16] - after[15] > 20 and (after[[0, 31]] == [100, 120]).all()


def test_white_paint_leaves_room_for_detail_and_no_paint_changes_nothing():
    picture = np.full((32, 32, 3), 100, np.uint8)
    picture[::2] += 40
    picture[..., 2] += 10
    change = PictureChange.none(square(32))
    assert (change.added_to(picture) == picture).all()
    change.values[:], change.coverage[:] = 135 / 127.5, 1
    after = change.added_to(picture)[8:24, 8:24].astype(int)
    assert after.mean() > 200 and after.max() < 255
    assert (after[::2, :, 0] - after[1::2, :, 0] > 40).all()
    assert (after[..., 2] - after[..., 0] == 10).all()

