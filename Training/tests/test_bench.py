import json

import pytest
import torch

from bench.details import layers_section, memory_section, size_section
from bench.graphs import FixedLinearDecoder, FixedSemanticSkip, GroupedProduct
from bench.report import REASONS, UNEXPLAINED, as_json, lost, page, table, time
from bench.rows import (
    FOLDER,
    IN_FLOATS,
    STREAM,
    WITH_BYTES,
    Faster,
    Row,
    Within,
    bulk_rows,
    comparisons,
    engine_rows,
    explore_rows,
    graphics_rows,
    history_rows,
    mixed,
)
from spae.model.decoder import ConditionalLinearDecoder
from spae.model.encoder import SemanticSkip
from spae.model.pyramid import CLASSES, shape

HISTORY = {
    "commit": {"medianMilliseconds": 0.4, "p99Milliseconds": 20.0},
    "undo": {"medianMilliseconds": 0.3},
    "sync": {"medianMilliseconds": 0.2},
    "revisions": 2000,
    "open": {"medianMilliseconds": 3.0},
}
FLOOR = Row("history: commit, median", 0.4, "4 KiB and fdatasync", 0.2)


def medians(ours: float, theirs: float) -> dict[tuple, float]:
    """Every task at one time for us and one for the peers."""
    tasks = {task for _, own, peers in comparisons() for task in (own, *(p for p, _ in peers))}
    return {task: ours if task[0] == "spae" else theirs for task in tasks}


@pytest.mark.parametrize(
    ("ours", "theirs", "mark", "reached", "is_lost"),
    [
        (2.0, 3.0, Faster(1.5), True, False),
        (2.0, 2.9, Faster(1.5), False, True),
        (2.0, 2.9, None, None, False),
        (2.0, 1.9, None, None, True),
        (2.0, None, Faster(1.5), None, False),
        (0.9, 0.5, Within(1), True, False),
        (1.0, 9.0, Within(1), False, True),
        (1.0, None, Within(1), False, True),
        (1.0, None, None, None, False),
    ],
)
def test_a_row_reaches_its_mark_or_is_lost(ours, theirs, mark, reached, is_lost):
    row = Row("work", ours, "peer", theirs, mark)
    assert (row.reached, row.lost) == (reached, is_lost)


def test_all_marks_of_the_engine_are_reached_by_one_fast_enough_and_missed_by_a_slow_one():
    fast, slow = (list(engine_rows(medians(ours, 1.0))) for ours in (0.001, 3.0))
    assert all(row.reached is not False and not row.lost for row in fast)
    beside_others = [
        row for row in slow if not (row.peer.startswith("SPAE") or row.peer.endswith("1 thread"))
    ]
    assert all(row.reached is not True and row.lost for row in beside_others)
    assert len({(row.work, row.peer) for row in fast}) == len(fast)


def test_a_model_in_bytes_is_compared_with_itself_in_float32():
    def works(times: dict[tuple, float]) -> set[str]:
        return {row.work for row in engine_rows(times)}

    times = medians(1.0, 1.0)
    without = {task: time for task, time in times.items() if task[1] != IN_FLOATS}
    assert works(times) - works(without) == {f"{IN_FLOATS}, 2 threads", f"{IN_FLOATS}, 1 thread"}


def test_two_threads_are_to_gain_more_than_a_peers():
    times = medians(1.0, 1.0)
    times[("onnxruntime", "encode 128 px", 1, False)] = 1.5
    times[("spae", "encode 128 px", 1, False)] = 1.4
    rows = {row.work: row for row in engine_rows(times)}
    assert rows["encode 128 px by onnxruntime, 2 threads"].ratio == 1.5
    assert rows["encode 128 px by SPAE, 2 threads"].lost


def test_our_encode_with_a_peers_classifier_has_its_time_in_place_of_ours():
    tasks = {
        ("spae", "encode 128 px"): 20.0,
        ("spae", "encode 128 px, float32"): 25.0,
        ("spae", WITH_BYTES): 5.0,
        ("onnxruntime", WITH_BYTES): 8.0,
    }
    times = {(*task, n, False): time for task, time in tasks.items() for n in (1, 2)}
    assert mixed(times) == {("mixed", "encode 128 px", n, False): 23.0 for n in (1, 2)}


def test_pictures_among_many_have_no_peer():
    times = {("spae", work, 1, False): 30.0 for work in (FOLDER, STREAM)}
    for row in bulk_rows(times):
        assert (row.ours, row.ratio, row.lost) == (30.0, None, False)


def test_an_edit_is_set_beside_the_full_decode_of_its_size():
    times = medians(1.0, 5.0) | {("onnxruntime", "decode 512 px", 2, False): 61.0}
    rows = {row.work: row for row in engine_rows(times)}
    assert rows["one word changed, 512 px, 2 threads"].ratio == 61
    assert rows["one word changed, 128 px, 2 threads"].ratio == 5


def test_drawing_has_a_row_for_each_peer_and_one_where_there_is_none():
    peer = {"command": "chafa -f sixel", "medianMilliseconds": 40.0, "ratio": 4.0}
    work = {"work": "sixel", "medianMilliseconds": 10.0, "peers": [peer]}
    rows = list(graphics_rows([work, work | {"work": "kitty", "peers": []}]))
    assert rows == [
        Row("sixel", 10.0, "chafa -f sixel", 40.0, Faster(5)),
        Row("kitty", 10.0, "", None),
    ]


def test_the_explorer_is_held_to_frames():
    figures = {"terminal": "sixel", "medianMilliseconds": 6.1, "p99Milliseconds": 40.0}
    exact, paints = figures | {"paints": False}, figures | {"paints": True}
    assert [row.reached for row in explore_rows([exact, paints])] == [True, False, True, True]


def test_the_history_has_its_rows_without_git_and_vim():
    reached = [(row.work, row.peer, row.reached) for row in history_rows(HISTORY)]
    assert ("history: commit, median", "git commit", True) in reached
    assert ("history: commit, 99th of 100", "git commit", False) in reached
    assert ("history: opened, 2,000 revisions", "", None) in reached


def test_the_table_is_drawn_in_markdown():
    rows = [Row("encode", 12.5, "onnxruntime", 10.0, Faster(1)), Row("kitty", 0.25, "", None)]
    assert table(rows).splitlines() == [
        "| work | ours, ms | peer | peer, ms | times as fast | mark | reached |",
        "| --- | --: | --- | --: | --: | --- | --- |",
        "| encode | 12.50 | onnxruntime | 10.00 | 0.80 | 1 x | **no** |",
        "| kitty | 0.250 |  |  |  |  |  |",
    ]


@pytest.mark.parametrize(
    ("milliseconds", "shown"), [(None, ""), (0.0123, "0.012"), (9.996, "10.00"), (512.4, "512")]
)
def test_a_time_shows_the_digits_that_count(milliseconds, shown):
    assert time(milliseconds) == shown


def test_each_loss_is_told_with_its_reason_where_it_is_known():
    unknown = Row("encode", 12.0, "onnxruntime", 9.0, Faster(1))
    won = Row("decode", 9.0, "onnxruntime", 12.0, Faster(1))
    lines = lost([FLOOR, unknown, won]).splitlines()
    assert lines == [
        "- **history: commit, median**: 0.400 ms, 4 KiB and fdatasync 0.200 ms, 0.50 times as "
        f"fast. {REASONS[FLOOR.work, FLOOR.peer]}",
        "- **encode**: 12.00 ms, onnxruntime 9.00 ms, 0.75 times as fast; the mark is 1 x. "
        + UNEXPLAINED,
    ]
    assert lost([won]).startswith("Nowhere")


def test_every_reason_belongs_to_a_row_that_there_can_be():
    figures = HISTORY | {"gitCommit": HISTORY["commit"], "vimWriteMilliseconds": 5.0}
    rows = [*engine_rows(medians(1, 1)), *history_rows(figures)]
    known = {(row.work, row.peer) for row in rows}
    drawing = ("sixel", "quadrants", "half blocks", "kitty")
    assert all(key in known or key[0].startswith(drawing) for key in REASONS)


def test_the_page_and_the_json_hold_rows_and_machine():
    task, machine = ("spae", "quantize", 2, False), {"cpu": "a fast one"}
    written = page([FLOOR], machine, "## Memory")
    assert (
        "## Where we lose" in written and "## Memory" in written and "- cpu: a fast one" in written
    )
    content = json.loads(as_json([FLOOR], {task: 1.5}, machine))
    assert content["machine"] == machine
    assert content["rows"][0]["timesAsFast"] == 0.5 and content["rows"][0]["reached"] is None
    assert content["times"][0]["medianMilliseconds"] == 1.5


def test_a_grouped_product_is_each_cell_times_the_matrix_of_its_label():
    cell_classes, x = torch.tensor([3, 0, 3, 1]), torch.randn(1, 4, 5)
    matrices = torch.randn(4, 5, 2)
    expected = torch.stack(
        [x[0, i] @ matrices[cell_class] for i, cell_class in enumerate(cell_classes)]
    )
    torch.testing.assert_close(GroupedProduct(matrices, cell_classes)(x)[0], expected)


@torch.no_grad()
def test_the_fixed_paths_give_what_the_models_own_give():
    pyramid_shape = shape(8)
    cell_classes = torch.from_numpy(pyramid_shape.upsampling(pyramid_shape.depth).cell_class)
    kinds, x = torch.from_numpy(pyramid_shape.kinds), torch.randn(1, 64, 6)
    linear, direct = ConditionalLinearDecoder(6, 12), SemanticSkip(3, 8, 4)
    for weights in (linear.basis, linear.around, direct.second.weight):
        torch.nn.init.normal_(weights)
    assert cell_classes.max() < CLASSES
    torch.testing.assert_close(
        FixedLinearDecoder(linear, cell_classes)(x, cell_classes[None]),
        linear(x, cell_classes[None]),
    )
    torch.testing.assert_close(FixedSemanticSkip(direct, kinds)(x), direct(x, kinds))


def test_a_layer_below_the_mark_is_told_with_what_its_sizes_cost():
    good = {"network": "encoder", "kind": "3 x 3", "inputs": 32, "outputs": 32, "width": 64}
    good |= {"milliseconds": 1.4, "gigaflops": 109.0, "shareOfPeak": 0.92}
    narrow = good | {"outputs": 12, "shareOfPeak": 0.43}
    single = good | {"kind": "1 x 1", "shareOfPeak": 0.3}
    section = layers_section({"peakGigaflops": 118.1, "layers": [good, narrow, single]})
    assert "| encoder, 3 x 3, 32 to 32, 64 px | 1.400 | 109.0 | 92% |" in section
    missed = section.split("Below it:")[1]
    assert "- encoder, 32 to 12, 64 px: 43%. Of 16 lanes it needs 12" in missed
    assert "32 to 32" not in missed
    assert "Every 3 x 3" in layers_section({"peakGigaflops": 118.1, "layers": [good, single]})


def test_a_size_is_told_for_each_megapixel():
    section = size_section({64: (10.0, 1.0), 512: (100.0, 50.0)})
    assert "| 64 px | 10.00 | 2441 | 1.00 | 244 |" in section
    assert "| 512 px | 100.00 | 381 | 50.00 | 191 |" in section


def test_memory_is_told_for_each_step_and_terminal():
    steps = {"load": 100, "encode": 140, "decode": 110, "edit": 120}
    memory = {f"{name}Kilobytes": 1024 * value for name, value in steps.items()} | {"size": 128}
    exact = {"terminal": "sixel", "paints": False, "residentKilobytes": [1024 * 150]}
    explore = [exact, exact | {"paints": True, "residentKilobytes": [1024 * 170]}]
    section = memory_section([memory], explore)
    assert "| encode, at most | 140 MiB |" in section and "| explore, sixel | 150 MiB |" in section
    assert "170 MiB" not in section
