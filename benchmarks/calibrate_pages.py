"""Measure how sure the page reader may be: the curves of `ingest/parsers/pages/calibration.py`.

    python benchmarks/calibrate_pages.py CORPUS [--sheets 80]

CORPUS is the developers' corpus of real invoices; as many sheets with held-out wordings are printed
by Chromium in each language. Both count alike. The groups of documents are parted in two halves:
curves are fitted on the one (bins of a twentieth, each drawn towards even odds by one value right
and one wrong, made rising by pooling neighbours) and checked on the other. Prints the curves and
the check. Run it with the curves in place emptied, or it measures what is left to correct.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from domain.records import reading_record
from ingest.parsers.pages.calibration import CURVES, calibrated, family_of
from ingest.parsers.pdf_text import read_pages
from tests.browser import chromium
from tests.corpus_scorer import load_scorer
from tests.invoice_samples import sample
from tests.invoice_sheets import sheet_of

BINS = 20
HIGHEST = 0.99


@dataclass(frozen=True, slots=True)
class Seen:
    """One value that was given, and whether it was right."""

    path: str
    score: float
    right: bool
    fits: bool
    weight: float = 1.0


def judged(row: dict[str, Any], record: dict[str, Any]) -> Iterator[Seen]:
    """Every value of a reading whose truth is known and visible."""
    scorer, gt, visible = load_scorer(), row["gt"], row["visible"]
    invoice, evidence = record.get("invoice") or {}, record.get("evidence") or {}
    fits = sha256(str(row["group"]).encode()).digest()[0] % 2 == 0
    asked = [(k, gt.get(k), path, scorer.get(invoice, path)) for k, path in scorer.FIELDS.items()]
    asked = [x for x in asked if visible.get(x[0])]
    three = (gt.get("lines") or [], visible.get("lines") or [], invoice.get("lines") or [])
    pairs = zip(*three, strict=False)
    for index, (want, shown, have) in enumerate(pairs):
        asked += [
            (k, want.get(k), f"lines[{index}].{f}", have.get(f))
            for k, f in scorer.LINE_FIELDS.items()
            if shown.get(k)
        ]
    for field, want, path, have in asked:
        if want in (None, "") or have in (None, "") or path not in evidence:
            continue
        right = scorer.same(field, want, have, loose=True)
        yield Seen(path, float(evidence[path]["confidence"]), right, fits)


def corpus_values(corpus: Path) -> Iterator[Seen]:
    """Values of the printed invoices of the corpus."""
    for line in (corpus / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] in {"plain_pdf", "plain_pdf_stripped"} and row.get("gt"):
            yield from judged(row, reading_record(read_pages((corpus / row["path"]).read_bytes())))


def sheet_values(count: int) -> Iterator[Seen]:
    """Values of sheets with held-out wordings."""
    with chromium() as browser:
        page = browser.new_page()
        for language in ("fr", "de", "en"):
            for seed in range(400, 400 + count):
                html, gt = sheet_of(sample(language, seed), seed, held_out=True)
                page.set_content(html)
                record = reading_record(read_pages(page.pdf(prefer_css_page_size=True)))
                lines: Any = gt["lines"]
                shown = dict.fromkeys(gt, True) | {"lines": [dict.fromkeys(x, True) for x in lines]}
                row = {"gt": gt, "visible": shown, "group": f"{language}{seed}"}
                yield from judged(row, record)


def alike(one: list[Seen], other: list[Seen]) -> list[tuple[Seen, float]]:
    """Both sources with the same weight in all."""
    share = len(other) / len(one)
    return [*((x, max(share, 1.0)) for x in one), *((x, max(1 / share, 1.0)) for x in other)]


def curve(values: list[tuple[Seen, float]]) -> list[tuple[float, float]]:
    """Rising shares of right values by score, pooled where they would fall."""
    bins: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for seen, weight in values:
        cell = bins[min(int(seen.score * BINS + 1e-9), BINS - 1)]
        cell[0] += weight
        cell[1] += weight * seen.right
    pools = [[[b], n, r] for b, (n, r) in sorted(bins.items())]
    merged: list[Any] = []
    for pool in pools:
        merged.append(pool)
        while len(merged) > 1 and _share(merged[-2]) >= _share(merged[-1]):
            last = merged.pop()
            merged[-1] = [merged[-1][0] + last[0], merged[-1][1] + last[1], merged[-1][2] + last[2]]
    return [
        (round((b + 0.5) / BINS, 3), round(min(_share(pool), HIGHEST), 2))
        for pool in merged
        for b in pool[0]
    ]


def _share(pool: list[Any]) -> float:
    return float((pool[2] + 1) / (pool[1] + 2))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sheets", type=int, default=80)
    arguments = parser.parse_args()
    in_place = bool(CURVES)
    values = alike(list(corpus_values(arguments.corpus)), list(sheet_values(arguments.sheets)))
    fitted = [v for v in values if v[0].fits]
    if not in_place:
        for family in sorted({family_of(v[0].path) or "" for v in fitted} - {""}):
            CURVES[family] = tuple(curve([v for v in fitted if family_of(v[0].path) == family]))
            print(f'    "{family}": {CURVES[family]},')
    table: dict[tuple[str, float], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for seen, weight in values:
        if seen.fits:
            continue
        sure = seen.score if in_place else calibrated(seen.path, seen.score)
        for family in (family_of(seen.path) or "other", "all"):
            cell = table[family, min(int(sure * 10 + 1e-9), 9) / 10]
            cell[0] += 1
            cell[1] += weight
            cell[2] += weight * seen.right
    for (family, band), (count, weight, right) in sorted(table.items()):
        print(f"{family:12} {band:.1f} values {count:6.0f} right {right / weight:.3f}")


if __name__ == "__main__":
    main()
