"""What is recovered from damaged and disguised PDFs: MEG beside the libraries alone.

    python benchmarks/bench_recovery.py [--json]

Runs the robustness set of `tests/mutated_pdfs.py`: for every file whose invoice must come out
whole, whether MEG, pypdf, pikepdf and factur-x find XML that reads as the very invoice of the
undamaged file. Each attempt has a process of its own with 1.5 GB and 60 seconds.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import multiprocessing
import resource
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import facturx
import pikepdf
import pypdf

from domain.records import invoice_record
from ingest.isolation import ExaminerPool
from ingest.reader import read
from tests.mutated_pdfs import CASES, INVOICE, XML

logging.disable(logging.CRITICAL)
_SECONDS = 60


def by_pikepdf(data: bytes) -> list[bytes]:
    """Attachments as pikepdf gives them."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [bytes(file.get_file().read_bytes()) for file in pdf.attachments.values()]


def by_pypdf(data: bytes) -> list[bytes]:
    """Attachments as pypdf gives them."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    return [content for contents in reader.attachments.values() for content in contents]


def by_facturx(data: bytes) -> list[bytes]:
    """The XML that factur-x takes for the invoice."""
    _, xml = facturx.get_xml_from_pdf(data, check_xsd=False)
    return [xml] if xml else []


MEANS: dict[str, Callable[[bytes], list[bytes]]] = {
    "pikepdf": by_pikepdf,
    "pypdf": by_pypdf,
    "factur-x": by_facturx,
}


def _attempt(means: str, data: bytes, answer: multiprocessing.SimpleQueue[bool]) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (1536 << 20, 1536 << 20))
    try:
        answer.put(XML in MEANS[means](data))
    except Exception:  # noqa: BLE001 - whatever a library raises, it did not find the invoice
        answer.put(False)  # noqa: FBT003


def recovers(means: str, data: bytes) -> bool:
    """Whether a library alone finds the very XML that was embedded."""
    answer: multiprocessing.SimpleQueue[bool] = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=_attempt, args=(means, data, answer))
    process.start()
    process.join(_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
    return not answer.empty() and answer.get()


def main() -> None:
    """Try every means on every file, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    pristine = read(XML, "x.xml").invoice
    assert pristine is not None
    want = invoice_record(pristine)
    totals = dict.fromkeys(("meg", *MEANS), 0)
    cases = [case for case in CASES if case.expected == INVOICE]
    with ExaminerPool(1, validate=False) as pool:
        for case in cases:
            data = case.make()
            reading = pool.submit(data, "f.pdf").result().reading
            found = {"meg": reading.invoice is not None and invoice_record(reading.invoice) == want}
            found |= {means: recovers(means, data) for means in MEANS}
            for means, yes in found.items():
                totals[means] += yes
            if as_json:
                print(json.dumps({"case": case.name, **found}))
            elif not all(found.values()):
                marks = "  ".join(f"{m} {'yes' if yes else '-':<3}" for m, yes in found.items())
                print(f"{case.name:<45} {marks}")
    print(json.dumps({"files": len(cases), **totals}))


if __name__ == "__main__":
    main()
