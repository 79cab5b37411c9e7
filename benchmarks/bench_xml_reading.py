"""How fast invoices are read: XML to typed model, and the XML out of a PDF.

    python benchmarks/bench_xml_reading.py FOLDER [--rounds 7]

FOLDER is searched for .xml and .pdf files. Prints one JSON object: documents a second of processor
time on one core, for each the best of all rounds, since other work on the machine only ever makes
it slower. Beside each figure stand the peers on the same files in the same run: lxml parsing alone,
factur-x and drafthorse to their own models (of the documents each of them accepts; drafthorse knows
CII only), and the attachments by pikepdf and pypdf without any of our guards.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import facturx
import pikepdf
import pypdf
from drafthorse.models.document import Document
from lxml import etree

from ingest.detect import FileType, file_type
from ingest.parsers.facturx_pdf import open_pdf
from ingest.reader import open_document, read

logging.getLogger("pypdf").setLevel(logging.CRITICAL)
logging.getLogger("factur-x").setLevel(logging.CRITICAL)


def best_times(work: Callable[[bytes], Any], files: list[bytes], rounds: int) -> list[float]:
    """The shortest time each file took."""
    best = [float("inf")] * len(files)
    for _ in range(rounds):
        for position, data in enumerate(files):
            start = time.process_time()
            work(data)
            best[position] = min(best[position], time.process_time() - start)
    return best


def figures(work: Callable[[bytes], Any], files: list[bytes], rounds: int) -> dict[str, int]:
    """Documents a second: over all files, and for the typical one."""
    times = best_times(work, files, rounds)
    return {
        "all": round(len(times) / sum(times)),
        "typical": round(1 / statistics.median(times)),
    }


def by_facturx(data: bytes) -> object:
    """The dictionary that factur-x makes of an invoice, its optional checks left out."""
    return facturx.parse_ubl_cii_xml(data, check_xsd=False)


def by_drafthorse(data: bytes) -> object:
    """The model that drafthorse makes of a CII invoice."""
    return Document.parse(data, strict=False)


def accepted(work: Callable[[bytes], Any], files: list[bytes]) -> list[bytes]:
    """The files a peer can read at all."""
    good = []
    for data in files:
        try:
            work(data)
        except Exception:  # noqa: BLE001, S112  # peers raise anything; such a file is not theirs
            continue
        good.append(data)
    return good


def beside(peer: Callable[[bytes], Any], files: list[bytes], rounds: int) -> dict[str, float]:
    """A peer and ours on the files that the peer accepts."""
    files = accepted(peer, files)
    theirs = figures(peer, files, rounds)["typical"]
    ours = figures(lambda data: read(data, "x.xml"), files, rounds)["typical"]
    return {"accepted": len(files), "peer": theirs, "ours": ours, "ratio": round(ours / theirs, 1)}


def by_pikepdf(data: bytes) -> list[bytes]:
    """Attachments as pikepdf gives them."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [bytes(file.get_file().read_bytes()) for file in pdf.attachments.values()]


def by_pypdf(data: bytes) -> list[bytes]:
    """Attachments as pypdf gives them."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    return [content for contents in reader.attachments.values() for content in contents]


def main() -> None:
    """Read the folder's invoices, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    xml: list[bytes] = []
    pdf: list[bytes] = []
    for path in sorted(asked.folder.rglob("*.*")):
        data = path.read_bytes() if path.suffix.lower() in {".xml", ".pdf"} else b""
        opened = open_document(data, path.name) if data else None
        if opened is None or opened.document is None or opened.document.syntax is None:
            continue
        xml.append(opened.xml or b"")
        if file_type(data) is FileType.PDF:
            pdf.append(data)
    rounds = asked.rounds
    result = {
        "xml_documents": len(xml),
        "typical_bytes": round(statistics.median(map(len, xml))),
        "lxml_parse_alone": figures(etree.fromstring, xml, rounds),
        "read": figures(lambda data: read(data, "x.xml"), xml, rounds),
        "read_and_write_evidence": figures(
            lambda data: len(read(data, "x.xml").evidence), xml, rounds
        ),
        "facturx_to_dictionary": beside(by_facturx, xml, min(rounds, 2)),
        "drafthorse_to_model": beside(by_drafthorse, xml, min(rounds, 2)),
        "pdf_documents": len(pdf),
    }
    if pdf:
        result |= {
            "open_pdf": figures(open_pdf, pdf, rounds),
            "pikepdf_attachments": figures(by_pikepdf, pdf, rounds),
            "pypdf_attachments": figures(by_pypdf, pdf, rounds),
        }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
