"""What it costs to validate one warm document, by profile, against the stylesheets run naively.

    python benchmarks/bench_validation.py CORPUS_DIR [--documents 20] [--rounds 5]

CORPUS_DIR holds manifest.jsonl as the developers' corpus does. For each profile, medians in
milliseconds of CPU time (the machine may be shared) of:

- naive: parse, then each stylesheet as published with its SVRL report read whole, schema compiled
  once; what a first working program does
- ours: `ingest.validation`, the same rule sets, with and without those that only inform
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.parsers.xml import XmlDocument
from ingest.reader import open_document
from ingest.validation import validate_document
from ingest.validation.applicability import CiiCore, Rules, Structure, uses_for
from ingest.validation.artefacts import Schema, Sheet, path_of
from ingest.validation.core_cii import SHEETS
from ingest.validation.facts import facts_of
from ingest.validation.saxon import processor

KINDS = {"cii_xml", "ubl_invoice", "ubl_creditnote", "orderx_xml"}


class Naive:
    """Stylesheets as published, one processor, compiled once; nothing else is done for speed."""

    def __init__(self) -> None:
        from saxonche import PySaxonProcessor

        self._engine: Any = PySaxonProcessor(license=False)
        self._compiler: Any = self._engine.new_xslt30_processor()
        self._sheets: dict[Sheet, Any] = {}
        self._schemas: dict[Schema, etree.XMLSchema] = {}

    def validate(self, document: XmlDocument) -> int:
        """Findings of all rule sets that apply."""
        text = etree.tostring(document.payload, encoding="unicode")
        found = 0
        for use in uses_for(facts_of(document.payload)):
            if isinstance(use, Structure):
                found += not self._schema(use.schema).validate(document.payload)
            elif isinstance(use, Rules):
                found += self._run(use.sheet, text)
            elif isinstance(use, CiiCore):
                found += sum(self._run(sheet, text) for sheet in SHEETS)
        return found

    def _run(self, sheet: Sheet, text: str) -> int:
        if sheet not in self._sheets:
            self._sheets[sheet] = self._compiler.compile_stylesheet(
                stylesheet_file=str(path_of(sheet))
            )
        node = self._engine.parse_xml(xml_text=text)
        report = self._sheets[sheet].transform_to_string(xdm_node=node)
        root = etree.fromstring(report.encode())
        return len(root.findall(".//{http://purl.oclc.org/dsdl/svrl}failed-assert"))

    def _schema(self, schema: Schema) -> etree.XMLSchema:
        if schema not in self._schemas:
            self._schemas[schema] = etree.XMLSchema(etree.parse(str(path_of(schema))))
        return self._schemas[schema]


def _documents(corpus: Path, most: int) -> dict[str, list[XmlDocument]]:
    """Documents that every rule set can be run on, by standard and guideline."""
    groups: dict[str, list[XmlDocument]] = defaultdict(list)
    for line in (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        oracle = row.get("oracle") or {}
        if row["kind"] not in KINDS or oracle.get("xsd") is not True:
            continue
        name = oracle.get("facturx_profile") if oracle.get("schematron_used") == "facturx" else None
        group = name or f"{row['kind']} {oracle.get('schematron_used') or ''}".strip()
        if len(groups[group]) < most:
            document = open_document((corpus / row["path"]).read_bytes(), row["path"]).document
            if document is not None:
                groups[group].append(document)
    return groups


def _median(
    work: Callable[[XmlDocument], object], documents: list[XmlDocument], rounds: int
) -> float:
    for document in documents:
        work(document)
    costs = []
    for _ in range(rounds):
        for document in documents:
            start = time.process_time()
            work(document)
            costs.append(1000 * (time.process_time() - start))
    return statistics.median(costs)


def main() -> None:
    """Print one line a profile."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--documents", type=int, default=20)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    naive, engine = Naive(), processor()
    print(f"{'documents':28} {'n':>3} {'naive':>8} {'ours':>8} {'deciding':>9} {'gain':>6}")
    for group, documents in sorted(_documents(given.corpus, given.documents).items()):
        slow = _median(naive.validate, documents, given.rounds)
        ours = _median(lambda d: validate_document(d, engine), documents, given.rounds)
        deciding = _median(
            lambda d: validate_document(d, engine, for_information=False), documents, given.rounds
        )
        print(
            f"{group:28} {len(documents):3} {slow:8.2f} {ours:8.2f} {deciding:9.2f}"
            f" {slow / ours:5.1f}x"
        )


if __name__ == "__main__":
    main()
