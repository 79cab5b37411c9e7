"""Checks that every value of a reading stands where its evidence says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

from domain.invoice import Reading
from domain.records import reading_record


def faults(xml: bytes, reading: Reading) -> list[str]:
    """What is wrong between an XML document and the evidence of its reading."""
    record = reading_record(reading)
    values = dict(_leaves("", record["invoice"]))
    root = etree.fromstring(xml)
    found = [f"evidence without value: {path}" for path in record["evidence"] if path not in values]
    for path, value in values.items():
        seen = record["evidence"].get(path)
        if seen is None:
            found.append(f"value without evidence: {path} = {value}")
        elif not _stands_there(root, seen["where"], path, value):
            found.append(f"not there: {path} = {value} at {seen['where']}")
    return found


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else key, inner)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _leaves(f"{path}[{position}]", inner)
    elif value is not None:
        yield path, value


def _stands_there(root: etree._Element, xpath: str, path: str, value: Any) -> bool:
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix is not None}
    elements = root.xpath(xpath, namespaces=prefixes)
    if not isinstance(elements, list) or len(elements) != 1:
        return False
    element = elements[0]
    assert isinstance(element, etree._Element)
    stated = str(element.xpath("string()")).strip()  # a comment inside is no part of the text
    attributes = [str(text).strip() for text in element.attrib.values()]
    if path.endswith("is_charge") or value in (stated, *attributes):
        return True
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return re.sub(r"\D", "", stated)[:8] == str(value).replace("-", "")
    return Decimal(stated) == Decimal(value)
