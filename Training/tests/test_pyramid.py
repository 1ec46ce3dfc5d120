import numpy as np
import pytest

from spae.pyramid import LABELS, Pyramid, PyramidShape, shape


def test_words_add_up_down_the_layers():
    assert [shape(16).word_count(d) for d in range(1, 7)] == [1, 5, 21, 85, 341, 597]
    assert shape(64).word_count() == 9557


def test_the_subsampler_visits_the_positions_of_the_paper():
    def axis(layer):
        return sorted(set(p % 16 + 1 for p in shape(16).visited(layer)))

    assert axis(1) == [9]
    assert axis(2) == [5, 13]
    assert axis(3) == [3, 7, 11, 15]
    assert axis(4) == list(range(2, 17, 2))


def test_layers_one_to_four_visit_disjoint_cells():
    visited = np.concatenate([shape(16).visited(layer) for layer in range(1, 5)])
    assert len(set(visited.tolist())) == len(visited) == 85


def test_85_cells_carry_three_words_and_171_two():
    visits = np.zeros(256, int)
    for layer in range(1, 7):
        visits[shape(16).visited(layer)] += 1
    assert sorted(np.bincount(visits).tolist()) == [0, 0, 85, 171]
    assert (visits == 3).sum() == 85


@pytest.mark.parametrize("grid", [0, 1, 3, 12, 100])
def test_a_grid_that_is_no_power_of_two_is_refused(grid):
    with pytest.raises(ValueError):
        PyramidShape(grid)


@pytest.mark.parametrize("grid", [8, 16, 64])
def test_the_fill_takes_a_cell_without_words_from_the_cell_that_contains_it(grid):
    pyramid_shape = shape(grid)
    for depth in range(1, pyramid_shape.depth + 1):
        source, label = pyramid_shape.fill(depth)
        own = np.concatenate([pyramid_shape.visited(layer) for layer in range(1, depth + 1)])
        assert (source[own] == own).all() and (label[own] % 4 > 0).all()
        filled = np.setdiff1d(np.arange(grid * grid), own)
        assert (label[filled] % 4 == 0).all() and label.max() < LABELS
        stride = pyramid_shape.stride(depth)
        for cell in filled[:: max(1, len(filled) // 50)]:
            place = np.array(divmod(cell, grid)) // stride
            assert (np.array(divmod(source[cell], grid)) // stride == place).all()


def test_a_wrong_number_of_words_is_refused():
    with pytest.raises(ValueError):
        Pyramid(shape(16), np.zeros(596))
