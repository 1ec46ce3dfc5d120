import numpy as np
import pytest

from spae.model.pyramid import CLASSES, Grid, Pyramid, PyramidShape, grid_for, shape, square


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
        PyramidShape(square(grid))


@pytest.mark.parametrize("grid", [8, 16, 64])
def test_the_fill_takes_a_cell_without_words_from_the_cells_around_it(grid):
    pyramid_shape = shape(grid)
    for depth in range(1, pyramid_shape.depth + 1):
        upsampling, stride = pyramid_shape.upsampling(depth), pyramid_shape.stride(depth)
        own = np.concatenate([pyramid_shape.visited(layer) for layer in range(1, depth + 1)])
        assert (upsampling.source[own, 0] == own).all() and (upsampling.weight[own, 0] == 1).all()
        assert (upsampling.cell_class[own] % 4 > 0).all()
        upsampled = np.setdiff1d(np.arange(grid * grid), own)
        assert (
            upsampling.cell_class[upsampled] % 4 == 0
        ).all() and upsampling.cell_class.max() < CLASSES
        assert (upsampling.weight.sum(1) == 1).all() and (upsampling.weight >= 0).all()
        far = np.array(divmod(upsampling.source, grid)) // stride
        far = abs(far - np.array(divmod(np.arange(grid * grid), grid))[..., None] // stride)
        assert far[:, upsampling.weight > 0].max() <= (
            stride >= pyramid_shape.blended_stride and depth > 1
        )
        assert far[:, np.arange(grid * grid), upsampling.weight.argmax(1)].max() == 0


def test_a_plane_of_estimates_is_blended_into_a_plane():
    """What rises evenly from place to place rises evenly from cell to cell between them."""
    pyramid_shape, depth, stride = shape(32), 3, 8
    rising = np.arange(32) // stride * stride + (stride - 1) / 2  # at the middle of each place
    upsampling = pyramid_shape.upsampling(depth)
    taken = (rising[upsampling.source // 32] * upsampling.weight).sum(1).reshape(32, 32)
    upper = np.concatenate([pyramid_shape.visited(layer) for layer in range(1, depth + 1)])
    inside = np.isin(np.arange(32 * 32), upper, invert=True).reshape(32, 32)
    expected = np.clip(np.arange(32), rising[0], rising[-1])[:, None].repeat(32, 1)
    assert np.allclose(taken[inside], expected[inside])


def test_a_wrong_number_of_words_is_refused():
    with pytest.raises(ValueError):
        Pyramid(shape(16), np.zeros(596))


@pytest.mark.parametrize(
    ("width", "height", "grid", "words"),
    [
        (128, 128, (16, 16), [1, 4, 16, 64, 256, 256]),
        (192, 128, (16, 24), [2, 6, 24, 96, 384, 384]),
        (228, 128, (16, 28), [2, 8, 28, 112, 448, 448]),
        (512, 128, (16, 64), [4, 16, 64, 256, 1024, 1024]),
        (481, 321, (16, 24), [2, 6, 24, 96, 384, 384]),
        (4000, 3000, (16, 21), [1, 6, 20, 88, 336, 336]),
        (900, 100, (16, 64), [4, 16, 64, 256, 1024, 1024]),
    ],
)
def test_a_picture_that_is_no_square_has_as_many_more_words_as_it_is_longer(
    width, height, grid, words
):
    wide, tall = shape(grid_for(16, width, height)), shape(grid_for(16, height, width))
    assert wide.grid == grid and [layer.cells for layer in wide.layers] == words
    assert [layer[::-1] for layer in tall.layers] == list(wide.layers)
    for layer in range(1, wide.depth + 1):
        at = np.arange(wide.grid.cells).reshape(wide.grid)
        turned = np.isin(at, wide.visited(layer)).T
        assert (np.isin(at.reshape(tall.grid), tall.visited(layer)) == turned).all()


@pytest.mark.parametrize("grid", [Grid(16, 24), Grid(28, 16), Grid(8, 13), Grid(16, 64)])
def test_every_cell_takes_whole_estimates_at_every_depth(grid):
    pyramid_shape = shape(grid)
    for depth in range(1, pyramid_shape.depth + 1):
        upsampling = pyramid_shape.upsampling(depth)
        assert np.allclose(upsampling.weight.sum(1), 1) and (upsampling.weight >= 0).all()
        taken = upsampling.source[upsampling.weight > 0]
        own = [pyramid_shape.visited(layer) for layer in range(1, depth + 1)]
        assert np.isin(taken, np.concatenate(own)).all()


@pytest.mark.parametrize("grid", [Grid(8, 33), Grid(12, 16), Grid(16, 15), Grid(65, 16)])
def test_a_grid_that_no_picture_has_is_refused(grid):
    with pytest.raises(ValueError):
        PyramidShape(grid)
