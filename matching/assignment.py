"""The assignment of rows to columns with the greatest total score (Hungarian method).

Rows and columns stay free when pairing them would not raise the total. Parts of the matrix that
share no admissible pair are solved apart, so that the usual document, where most lines have one
answer, costs next to nothing. A part larger than any honest invoice is paired by falling score
instead: the method's cost grows with the cube, and a document must not hold up those behind it.
"""

from __future__ import annotations

from collections.abc import Mapping

_FREE = 0.0
_LARGEST = 120


def best_pairs(scores: Mapping[tuple[int, int], float]) -> dict[int, int]:
    """Pair rows with columns; only pairs with a score above zero may be made."""
    admissible = {pair: score for pair, score in scores.items() if score > _FREE}
    pairs: dict[int, int] = {}
    for rows, columns in _parts(admissible):
        if len(rows) == 1 and len(columns) == 1:
            pairs[rows[0]] = columns[0]
        elif len(rows) > _LARGEST:
            pairs.update(_by_falling_score(set(rows), admissible))
        else:
            pairs.update(_solve(rows, columns, admissible))
    return pairs


def _parts(pairs: Mapping[tuple[int, int], float]) -> list[tuple[list[int], list[int]]]:
    """The connected parts: rows and columns that compete with each other."""
    columns_of: dict[int, list[int]] = {}
    rows_of: dict[int, list[int]] = {}
    for row, column in pairs:
        columns_of.setdefault(row, []).append(column)
        rows_of.setdefault(column, []).append(row)
    parts = []
    unseen = dict.fromkeys(sorted(columns_of))
    while unseen:
        rows, columns = {next(iter(unseen))}, set[int]()
        waiting = list(rows)
        while waiting:
            for column in columns_of[waiting.pop()]:
                if column not in columns:
                    columns.add(column)
                    fresh = [row for row in rows_of[column] if row not in rows]
                    rows.update(fresh)
                    waiting.extend(fresh)
        for row in rows:
            unseen.pop(row, None)
        parts.append((sorted(rows), sorted(columns)))
    return parts


def _by_falling_score(rows: set[int], scores: Mapping[tuple[int, int], float]) -> dict[int, int]:
    """Pair the best first."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    competing = ((score, pair) for pair, score in scores.items() if pair[0] in rows)
    for _, (row, column) in sorted(competing, key=lambda entry: (-entry[0], entry[1])):
        if row not in pairs and column not in taken:
            pairs[row] = column
            taken.add(column)
    return pairs


def _solve(
    rows: list[int], columns: list[int], scores: Mapping[tuple[int, int], float]
) -> dict[int, int]:
    """Shortest augmenting paths with potentials; a dummy column per row lets it stay free."""
    width = len(columns) + len(rows)
    cost = [
        [-scores.get((row, column), _FREE) for column in columns] + [_FREE] * len(rows)
        for row in rows
    ]
    row_of = [-1] * width
    row_price, column_price = [0.0] * len(rows), [0.0] * width
    for start in range(len(rows)):
        _augment(start, cost, row_of, row_price, column_price)
    return {
        rows[row]: columns[column]
        for column, row in enumerate(row_of[: len(columns)])
        if row >= 0 and (rows[row], columns[column]) in scores
    }


def _augment(
    start: int,
    cost: list[list[float]],
    row_of: list[int],
    row_price: list[float],
    column_price: list[float],
) -> None:
    """Give row `start` a column, moving other rows to their next best where that pays."""
    width = len(row_of)
    nearest, came_from, done = [float("inf")] * width, [-1] * width, [False] * width
    row, last = start, -1
    while row >= 0:
        step, following = float("inf"), -1
        for column in range(width):
            if done[column]:
                continue
            reduced = cost[row][column] - row_price[row] - column_price[column]
            if reduced < nearest[column]:
                nearest[column], came_from[column] = reduced, last
            if nearest[column] < step:
                step, following = nearest[column], column
        row_price[start] += step
        for column in range(width):
            if done[column]:
                row_price[row_of[column]] += step
                column_price[column] -= step
            else:
                nearest[column] -= step
        done[following], last = True, following
        row = row_of[following]
    while last >= 0:
        before = came_from[last]
        row_of[last] = row_of[before] if before >= 0 else start
        last = before
