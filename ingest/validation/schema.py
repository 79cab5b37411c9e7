"""Structure: the official XML schemas, compiled once and kept.

Compiling the UBL schema takes a hundred times longer than checking an invoice against it. A schema
object keeps the errors of its last use, so that checks of several threads take turns.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from typing import Final, cast

from lxml import etree

from domain.validation import Finding, FindingSeverity
from ingest.parsers.xml import Element
from ingest.validation.artefacts import LABELS, ArtefactMissing, Schema, path_of
from ingest.validation.exchange import location_of

RULE: Final = "XSD"
_TURN: Final = threading.Lock()


def structure_findings(root: Element, schema: Schema) -> list[Finding]:
    """What the document's structure breaks of a schema; empty when it holds."""
    with _TURN:
        compiled = _compiled(schema)
        if compiled.validate(root):
            return []
        return list(_findings(compiled.error_log, LABELS[schema].name, root))


def component_findings(root: Element, schema: Schema) -> list[Finding]:
    """What the parts of a document break of a schema of components; the whole is not looked at."""
    with _TURN:
        compiled = _compiled(schema)
        found: list[Finding] = []
        for part in root.iterchildren("{*}*"):
            is_extension = str(part.tag).endswith("}UBLExtensions")
            if not is_extension and not compiled.validate(part):
                found.extend(_findings(compiled.error_log, LABELS[schema].name, part))
        return found


def _findings(log: etree._ListErrorLog, rule_set: str, root: Element) -> Iterator[Finding]:
    for entry in log:
        yield Finding(
            RULE,
            FindingSeverity.FATAL,
            f"line {entry.line}: {entry.message}",
            _place(root, entry.path),
            rule_set,
        )


def _place(root: Element, path: str | None) -> str | None:
    """The path of the element with the customary prefixes, whatever the document calls them."""
    if not path:
        return None
    try:
        found = root.getroottree().xpath(path, namespaces=_prefixes(root))
    except etree.XPathError:
        return location_of(root)
    elements = cast("list[Element]", found)
    return location_of(elements[0] if elements else root)


def _prefixes(root: Element) -> dict[str, str]:
    return {prefix: uri for prefix, uri in root.nsmap.items() if prefix}


@cache
def _compiled(schema: Schema) -> etree.XMLSchema:
    path = path_of(schema)
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    try:
        return etree.XMLSchema(etree.parse(str(path), parser))
    except (OSError, etree.LxmlError) as problem:
        raise ArtefactMissing(schema, str(problem)) from problem
