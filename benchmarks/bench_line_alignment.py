"""Fifty invoice lines to fifty order lines, beside rapidfuzz's token_set matrix.

    python benchmarks/bench_line_alignment.py [--rounds 30]

Two kinds of invoices: lines that carry the order's item numbers, and lines without, every wording
changed a little. Prints medians of processor time in milliseconds: our pairing (which also weighs
prices, quantities, units and what is left to bill), and rapidfuzz's 50 x 50 score matrix alone,
before any assignment is made of it; then the share of lines that each gives to the order line they
were made from.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rapidfuzz import fuzz, process

from domain.invoice import InvoiceLine
from domain.order import Order, OrderLine
from matching.assignment import best_pairs
from matching.lines import OpenLine, pair_lines

LINES = 50
CASES = 20
THINGS = "vanne opercule joint bride pompe compteur clapet collier robinet coude".split()
STUFFS = "fonte acier inox laiton PVC".split()
SIZES = "DN40 DN60 DN80 DN100 DN125 DN150 DN200 DN250 DN300 DN350".split()


def make_case(seed: int, *, numbered: bool) -> tuple[list[InvoiceLine], Order, list[int]]:
    """Invoice lines in disorder, their order, and the order line each was made from."""
    chance = random.Random(seed)  # noqa: S311
    wordings = [f"{t} {s} {z}" for t in THINGS for s in STUFFS for z in SIZES]
    chosen = chance.sample(wordings, LINES)
    ordered = tuple(
        OrderLine(
            "BC1",
            str(i + 1),
            item_id=f"ART-{seed}-{i}" if numbered else None,
            description=wording.title(),
            quantity=Decimal(chance.randint(5, 40)),
            unit="C62",
            unit_price=Decimal(chance.randint(500, 90000)) / 100,
        )
        for i, wording in enumerate(chosen)
    )
    places = chance.sample(range(LINES), LINES)
    lines = [
        InvoiceLine(
            id=str(n + 1),
            name=f"{ordered[place].description} PN{chance.choice((10, 16))}",
            seller_item_id=ordered[place].item_id,
            quantity=Decimal(chance.randint(1, 5)),
            unit="C62",
            net_price=ordered[place].unit_price,
        )
        for n, place in enumerate(places)
    ]
    return lines, Order("BC1", lines=ordered), places


def ours(lines: list[InvoiceLine], order: Order) -> dict[int, int]:
    """Our pairing: positions of invoice lines to positions of order lines."""
    open_lines = [OpenLine(line, line.quantity or Decimal(0)) for line in order.lines]
    found = pair_lines(lines, (order,), open_lines).allocations
    return {a.position: int(a.line.line_id) - 1 for a in found}


def matrix(lines: list[InvoiceLine], order: Order) -> dict[tuple[int, int], float]:
    """The scores of rapidfuzz, every wording against every other."""
    scores = cdist_alone(lines, order)
    return {(i, j): float(scores[i][j]) for i in range(LINES) for j in range(LINES)}


def cdist_alone(lines: list[InvoiceLine], order: Order) -> Any:
    """What rapidfuzz takes by itself."""
    return process.cdist(
        [line.name for line in lines],
        [line.description for line in order.lines],
        scorer=fuzz.token_set_ratio,
    )


def median_ms(
    work: Callable[[list[InvoiceLine], Order], object],
    cases: list[tuple[list[InvoiceLine], Order, list[int]]],
    rounds: int,
) -> float:
    """The median processor time over all cases and rounds."""
    costs = []
    for _ in range(rounds):
        for lines, order, _ in cases:
            start = time.process_time()
            work(lines, order)
            costs.append(1000 * (time.process_time() - start))
    return statistics.median(costs)


def main() -> None:
    """Print one line a kind of invoice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    for name, numbered in (("item numbers", True), ("wordings only", False)):
        cases = [make_case(seed, numbered=numbered) for seed in range(CASES)]
        mine, theirs = median_ms(ours, cases, rounds), median_ms(cdist_alone, cases, rounds)
        right = agreed = 0
        for lines, order, places in cases:
            pairs, by_matrix = ours(lines, order), best_pairs(matrix(lines, order))
            right += sum(pairs.get(n) == place for n, place in enumerate(places))
            agreed += sum(by_matrix.get(n) == place for n, place in enumerate(places))
        every = CASES * LINES
        print(
            f"{name}: ours {mine:.2f} ms, rapidfuzz matrix alone {theirs:.2f} ms, ratio "
            f"{theirs / mine:.1f}; right: ours {100 * right / every:.1f} %, "
            f"by rapidfuzz's matrix {100 * agreed / every:.1f} %"
        )


if __name__ == "__main__":
    main()
