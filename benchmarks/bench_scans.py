"""How well scans are read: printed invoices of the corpus, scanned in ten ways.

    python benchmarks/bench_scans.py CORPUS [--cache FOLDER] [--conditions bw300,grey200]
        [--every 4] [--worst 20]

CORPUS is the developers' corpus. One document of each group (two of a layout at most, two pages at
most) is drawn and scanned under every condition, the same documents under each, and read by the way
a received scan goes. Values are compared as the corpus' own scorer compares them. What Tesseract
answered is kept in FOLDER under the hash of the image and the settings, so that a change of the
reader is measured without recognising again; seconds are those of the first time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image

from domain.records import reading_record
from ingest.detect import FileType
from ingest.parsers.pdf_text import read_pages
from ingest.recognition import tesseract
from ingest.recognition.options import RecognitionOptions
from ingest.recognition.scan import read_scan
from tests.corpus_scorer import load_scorer
from tests.scan_maker import Sheet, scan_of

CONDITIONS = {
    "bw300": Sheet(dpi=300, bilevel=True),
    "skew300": Sheet(dpi=300, skew=2.5, bilevel=True),
    "specks300": Sheet(dpi=300, specks=0.001, bilevel=True),
    "shaded300": Sheet(dpi=300, shaded=True),
    "turned270": Sheet(dpi=300, turned=270, bilevel=True),
    "grey200": Sheet(dpi=200),
    "jpeg200": Sheet(dpi=200, jpeg=40, blur=0.5),
    "skew200": Sheet(dpi=200, skew=-2.5, turned=180),
    "noise200": Sheet(dpi=200, noise=25, shaded=True),
    "grey150": Sheet(dpi=150, turned=90),
}
KINDS = {"plain_pdf", "plain_pdf_stripped", "facturx_pdf"}
OF_A_LAYOUT = 2
MOST_PAGES = 2


@dataclass(slots=True)
class Measured:
    """What was read of one document under one condition."""

    path: str
    condition: str
    verdicts: Counter[str]
    faults: list[str]
    values: list[tuple[str, float, bool]]
    seconds: list[float] = field(default_factory=list)


def chosen(corpus: Path) -> list[dict[str, Any]]:
    """One document of each group, two of each layout at most, in a fixed order."""
    rows = [json.loads(x) for x in (corpus / "manifest.jsonl").read_text("utf-8").splitlines()]
    fit = [
        row
        for row in rows
        if row["kind"] in KINDS
        and row.get("gt_source")
        and row.get("visible")
        and row["pdf"]["pages"] <= MOST_PAGES
    ]
    fit.sort(key=lambda row: sha256(row["path"].encode()).digest())
    groups: set[str] = set()
    layouts: Counter[str] = Counter()
    out = []
    for row in fit:
        if row["group"] not in groups and layouts[row["layout"]] < OF_A_LAYOUT:
            groups.add(row["group"])
            layouts[row["layout"]] += 1
            out.append(row)
    return out


def remembering(folder: Path, seconds: list[float]) -> Any:
    """Tesseract, asked only for what it was not asked before; its seconds go to a list."""
    asked = tesseract.run

    def run(image: Image.Image, to: Path, options: list[str], limit: float) -> None:
        parts = (image.tobytes(), repr((image.mode, image.size, options)).encode())
        kept = folder / sha256(b"".join(parts)).hexdigest()[:32]
        if not kept.is_dir():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            asked(image, to, options, limit)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            new = kept.with_suffix(f".{time.monotonic_ns()}")
            new.mkdir(parents=True)
            for file in to.glob("page.*"):
                if file.suffix != ".pnm":
                    (new / file.name).write_bytes(file.read_bytes())
            (new / "seconds").write_text(f"{spent:.3f}")
            new.replace(kept)
        for file in kept.glob("page.*"):
            (to / file.name).write_bytes(file.read_bytes())
        seconds.append(float((kept / "seconds").read_text()))

    return run


def scan(corpus: Path, row: dict[str, Any], condition: str, cache: Path) -> bytes:
    """The scan of a document, made once."""
    sheet = CONDITIONS[condition]
    kept = (
        cache
        / "scans"
        / f"{Path(row['path']).stem}-{sha256(repr(sheet).encode()).hexdigest()[:12]}.pdf"
    )
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(scan_of((corpus / row["path"]).read_bytes(), sheet))
    return kept.read_bytes()


def measured(corpus: Path, cache: Path, job: tuple[dict[str, Any], str]) -> Measured:
    """One document read under one condition, `digital` meaning as it is."""
    row, condition = job
    spent: list[float] = []
    if condition == "digital":
        reading = read_pages((corpus / row["path"]).read_bytes())
        seconds = []
    else:
        data = scan(corpus, row, condition, cache)
        plain, tesseract.run = tesseract.run, remembering(cache / "answers", spent)
        before = time.process_time()
        try:
            reading = read_scan(data, FileType.PDF, RecognitionOptions()).reading
        finally:
            tesseract.run = plain
        own = time.process_time() - before
        pages = row["pdf"]["pages"]
        seconds = [(own + sum(spent)) / pages]
    record = reading_record(reading)
    scorer = load_scorer()
    pairs = list(scorer.score_fields(row, record, loose=True))
    faults = [f"{name}:{verdict}" for name, verdict in pairs if verdict != "right"]
    return Measured(
        row["path"],
        condition,
        Counter(verdict for _, verdict in pairs),
        faults,
        list(values_given(row, record, scorer)),
        seconds,
    )


def values_given(
    row: dict[str, Any], record: dict[str, Any], scorer: Any
) -> Iterator[tuple[str, float, bool]]:
    """Every value given whose truth is visible: its path, its confidence, whether it is right."""
    gt, visible = row["gt"], row["visible"]
    invoice, evidence = record.get("invoice") or {}, record.get("evidence") or {}
    asked = [(k, gt.get(k), path, scorer.get(invoice, path)) for k, path in scorer.FIELDS.items()]
    asked = [x for x in asked if visible.get(x[0])]
    three = (gt.get("lines") or [], visible.get("lines") or [], invoice.get("lines") or [])
    for index, (want, shown, have) in enumerate(zip(*three, strict=False)):
        asked += [
            (k, want.get(k), f"lines[{index}].{f}", have.get(f))
            for k, f in scorer.LINE_FIELDS.items()
            if shown.get(k)
        ]
    for name, want, path, have in asked:
        if want not in (None, "") and have not in (None, "") and path in evidence:
            right = scorer.same(name, want, have, loose=True)
            yield path, float(evidence[path]["confidence"]), right


def report(results: list[Measured], worst: int) -> None:
    """Print shares by condition, the fields and documents that lose most, and by confidence."""
    print(f"{'condition':10} docs  right  wrong  missing  median s/page")
    by_condition: dict[str, list[Measured]] = defaultdict(list)
    for one in results:
        by_condition[one.condition].append(one)
        if one.condition != "digital":
            by_condition["all scans"].append(one)
    for condition, some in by_condition.items():
        sums = sum((one.verdicts for one in some), Counter[str]())
        total = sum(sums.values())
        wrong = sums["wrong"] + sums["invented"]
        spent = [s for one in some for s in one.seconds]
        print(
            f"{condition:10} {len(some):4} {sums['right'] / total:6.1%} {wrong / total:6.2%}"
            f" {sums['missing'] / total:8.1%} {statistics.median(spent or [0]):8.1f}"
        )
    print("stated  values  right")
    bands: dict[int, list[bool]] = defaultdict(list)
    for one in by_condition["all scans"]:
        for _, confidence, right in one.values:
            bands[min(int(confidence * 10 + 1e-9), 9)].append(right)
    for band, rights in sorted(bands.items()):
        print(f"{band / 10:.1f} {len(rights):8} {sum(rights) / len(rights):7.3f}")
    faults = Counter(f for one in by_condition["all scans"] for f in one.faults)
    print("\n".join(f"{n:5} {fault}" for fault, n in faults.most_common(worst)))
    lost: Counter[str] = Counter()
    for one in by_condition["all scans"]:
        lost[one.path] += len(one.faults)
    print("\n".join(f"{n:5} {path}" for path, n in lost.most_common(worst)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".scans"))
    parser.add_argument("--conditions", default=",".join(("digital", *CONDITIONS)))
    parser.add_argument("--only", default="", help="part of the path of the documents to read")
    parser.add_argument("--every", type=int, default=1, help="read only each so many-th document")
    parser.add_argument("--worst", type=int, default=0)
    arguments = parser.parse_args()
    os.environ.setdefault("MEG_SHARED", str(arguments.corpus.resolve().parent))
    rows = [row for row in chosen(arguments.corpus) if arguments.only in row["path"]]
    rows = rows[:: arguments.every]
    jobs = [(row, condition) for condition in arguments.conditions.split(",") for row in rows]
    with ProcessPoolExecutor(2) as pool:
        work = partial(measured, arguments.corpus, arguments.cache)
        results = list(pool.map(work, jobs, chunksize=2))
    report(results, arguments.worst)
    if arguments.only:
        for one in results:
            print(one.condition, one.path, *one.faults)


if __name__ == "__main__":
    main()
