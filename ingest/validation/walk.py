"""The same rules, on a shorter walk through the invoice.

A compiled schematron walks the whole invoice once for each of its patterns, twice counting a walk
in the default mode that gives nothing, and reads through a code list for each code. This rewrites
how a stylesheet finds the elements its rules are about and the codes it looks up, and nothing else:
rules, identifiers, flags, texts and locations stay as they are, and so does which rule of a pattern
claims an element.

- The report keeps only assertions that failed and reports that succeeded.
- A pattern is applied straight to the elements its rules can match, by name, instead of to all
  nodes by recursion. Both orders are document order, so the findings come in the same order.
- A pattern that does not have the usual form (every rule matches elements, and ends by going on to
  the children) is left as it is.
- A code is looked up in its list by key instead of one entry after the other.

That both walks give the same findings is held by a test over the whole corpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

_XSL: Final = "{http://www.w3.org/1999/XSL/Transform}"
_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
_PATTERN_MODE: Final = re.compile(r"M\d+")
_ELEMENT_STEP: Final = re.compile(r"(?:[\w.-]+:)?(?:[\w.-]+|\*)")
_CHILDREN: Final = frozenset({"*", "@*|*", "*|comment()|processing-instruction()"})
_LOOK_UP: Final = re.compile(
    r"(document\('[^']+'\))/codedb/cl\[@id=(\d+)\]/enumeration\[@value=(\$\w+)\]"
)
_KEY: Final = "code-of-list"
_MANY_NAMES: Final = 40
"""Beyond that many names, one pass over all elements costs less than the union."""

_Template = etree._Element  # noqa: SLF001  # lxml has no public name for its element type


def shortened(path: Path) -> str:
    """The stylesheet at `path`, with its walks shortened; relative references still hold."""
    sheet = etree.parse(str(path)).getroot()
    sheet.set(_BASE, path.as_uri())
    _remove_all(sheet, f"{_SVRL}fired-rule")
    main = next(t for t in sheet.findall(f"{_XSL}template") if _is_main(t))
    _remove_all(main, f"{_SVRL}active-pattern")
    _remove_all(main, f"{_SVRL}ns-prefix-in-attribute-values")
    for call in main.findall(f".//{_XSL}apply-templates[@mode]"):
        _shorten(sheet, call)
    _look_up_by_key(sheet)
    text: str = etree.tostring(sheet, encoding="unicode")
    return text


def _is_main(template: _Template) -> bool:
    return template.get("match") == "/" and template.get("mode") is None


def _remove_all(root: _Template, tag: str) -> None:
    for element in list(root.iter(tag)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _shorten(sheet: _Template, call: _Template) -> None:
    """Send one pattern straight to its elements, where its form allows that."""
    mode = call.get("mode", "")
    if not _PATTERN_MODE.fullmatch(mode):
        return
    templates = [t for t in sheet.findall(f"{_XSL}template") if t.get("mode") == mode]
    rules = [t for t in templates if not t.get("priority", "").startswith("-")]
    names = {name for rule in rules for name in _matched_names(rule)}
    if not all(_goes_on_to_children(rule, mode) for rule in rules) or not all(
        _ELEMENT_STEP.fullmatch(name) for name in names
    ):
        return
    for rule in rules:
        rule.remove(rule[-1])
    for template in templates:
        if template not in rules:
            sheet.remove(template)
    # What no rule claims gives nothing; without this the built-in template would go on down.
    etree.SubElement(sheet, f"{_XSL}template", match="node()|@*", mode=mode, priority="-2")
    everything = len(names) > _MANY_NAMES or "*" in names
    call.set("select", "//*" if everything else "|".join(f"//{name}" for name in sorted(names)))


def _look_up_by_key(sheet: _Template) -> None:
    """Find codes of the lists beside a Factur-X stylesheet through an index."""
    found = False
    for condition in sheet.iter(f"{_XSL}when"):
        test = condition.get("test", "")
        keyed, times = _LOOK_UP.subn(rf"key('{_KEY}', concat('\2|', \3), \1)", test)
        if times:
            condition.set("test", keyed)
            found = True
    if found:
        key = etree.SubElement(sheet, f"{_XSL}key", name=_KEY, match="enumeration")
        key.set("use", "concat(../@id, '|', @value)")


def _goes_on_to_children(rule: _Template, mode: str) -> bool:
    calls = rule.findall(f"{_XSL}apply-templates")
    return (
        len(calls) == 1
        and calls[0] is rule[-1]
        and calls[0].get("mode") == mode
        and calls[0].get("select") in _CHILDREN
    )


def _matched_names(rule: _Template) -> Iterator[str]:
    """The last step of each alternative of the rule's match pattern, without its conditions."""
    bare = _without_conditions(rule.get("match", ""))
    for alternative in bare.split("|"):
        yield alternative.rpartition("/")[2].strip()


def _without_conditions(pattern: str) -> str:
    """The pattern without what stands in brackets or quotes."""
    kept: list[str] = []
    depth, quote = 0, ""
    for character in pattern:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
        elif depth == 0:
            kept.append(character)
    return "".join(kept)
