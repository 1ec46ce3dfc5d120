from xml.etree import ElementTree

import pytest

from spae.train.curves import Axis, drawn, losses, round_step, smoothed

ROWS = [
    {"step": str(i), "pictures": str(100 * i), "rate": "1e-3", "pixels": str(1 / i),
     "commitment": "2", "mirrored": "2"}
    for i in range(1, 30)
]  # fmt: skip


def test_losses_of_the_same_values_share_a_panel():
    assert list(losses(ROWS)) == ["pixels", "commitment, mirrored"]


@pytest.mark.parametrize(
    ("span", "ticks", "step"), [(1, 4, 0.5), (0.8, 4, 0.2), (4, 4, 1), (113824, 6, 20000)]
)
def test_steps_are_round(span, ticks, step):
    assert round_step(span, ticks) == pytest.approx(step)


def test_an_axis_holds_its_values_and_one_value_alone():
    for values in ([0.13, 0.92], [3.0], [0.0], [-1.0, 1.0]):
        axis = Axis.over(values, 100)
        assert all(-1e-6 <= axis.place(value) <= 100 + 1e-6 for value in values)


def test_smoothing_keeps_a_straight_line():
    assert smoothed([2.0] * 20) == [2.0] * 20


def test_the_drawing_is_well_formed_and_within_its_frame():
    root = ElementTree.fromstring(drawn(ROWS))
    _, _, width, height = map(float, root.get("viewBox").split())
    lines = [e for e in root if e.tag.endswith("polyline")]
    points = [p.split(",") for line in lines for p in line.get("points").split()]
    assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in points)
    assert sum(len(line.get("points").split()) == len(ROWS) for line in lines) == 4


def test_a_log_without_rows_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        drawn([])
