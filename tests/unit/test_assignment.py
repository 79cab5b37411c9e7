from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assignment import best_pairs

SCORES = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(-3, 20).map(float), max_size=18
)


def best_total(scores: dict[tuple[int, int], float]) -> float:
    """The greatest total over every way to pair, tried one by one."""
    best = 0.0
    for columns in itertools.permutations(range(10), 5):
        total = sum(max(0.0, scores.get((row, column), 0.0)) for row, column in enumerate(columns))
        best = max(best, total)
    return best


@settings(max_examples=40, deadline=None)
@given(SCORES)
def test_no_other_assignment_scores_more(scores: dict[tuple[int, int], float]) -> None:
    pairs = best_pairs(scores)

    assert len(set(pairs.values())) == len(pairs)
    assert all(scores[pair] > 0 for pair in pairs.items())
    assert abs(sum(scores[pair] for pair in pairs.items()) - best_total(scores)) < 1e-9


def test_a_line_gives_way_when_both_gain() -> None:
    scores = {(0, 0): 5.0, (0, 1): 4.0, (1, 0): 5.0}

    assert best_pairs(scores) == {0: 1, 1: 0}
