"""XPaths that select an element in the document it stands in.

A step uses the prefix its namespace has at the root of the document, and `local-name()` where it
has none there, so that every path can be evaluated with the root's own prefixes. libxml2 writes
such paths itself, fast, as long as all namespaces are declared at the root; documents that declare
some further down, and large ones (libxml2 counts siblings anew for every path), take a slower way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.parsers.xml import Element, XmlDocument

_FEW: Final = 4000


def xpaths(document: XmlDocument, elements: Sequence[Element]) -> Iterator[str]:
    """The XPath of each element, in the order given."""
    root = document.root
    if not document.declares_at_root or len(elements) > _FEW:
        yield from map(_Paths(root).of, elements)
        return
    tree = root.getroottree()
    top = f"/*[local-name()='{root.tag.rpartition('}')[2]}']"
    slow: _Paths | None = None
    for element in elements:
        path = tree.getpath(element)
        if path.startswith("/*"):
            path = top + path[2:]
        if "/*" in path[1:]:  # an unprefixed step: libxml2 gives a position, people want a name
            slow = slow or _Paths(root)
            path = slow.of(element)
        yield path


class _Paths:
    """XPaths written step by step, each parent's children counted once."""

    def __init__(self, root: Element) -> None:
        self._prefixes = {uri: prefix for prefix, uri in root.nsmap.items() if prefix is not None}
        self._steps: dict[str, tuple[str, str]] = {}
        self._known: dict[Element, str] = {root: "/" + self._step(str(root.tag))[0]}

    def of(self, element: Element) -> str:
        """The path of one element."""
        path = self._known.get(element)
        if path is None:
            parent = element.getparent()
            assert parent is not None  # noqa: S101  # the root is known
            self._count(parent, self.of(parent))
            path = self._known[element]
        return path

    def _step(self, tag: str) -> tuple[str, str]:
        """The step of an element, and the step by local name that every namespace shares."""
        known = self._steps.get(tag)
        if known is None:
            namespace, _, name = tag.removeprefix("{").rpartition("}")
            loose, prefix = _any(name), self._prefixes.get(namespace)
            step = f"{prefix}:{name}" if prefix else loose if namespace else name
            known = self._steps[tag] = step, loose
        return known

    def _count(self, parent: Element, base: str) -> None:
        """Write the steps of all children; a step by local name counts every namespace's."""
        steps = [self._step(str(child.tag)) for child in parent]
        named = Counter(loose for _, loose in steps)
        passed: dict[str, int] = {}
        for child, (step, loose) in zip(parent, steps, strict=True):
            if named[loose] == 1:
                self._known[child] = f"{base}/{step}"
                continue
            for counted in {step, loose}:
                passed[counted] = passed.get(counted, 0) + 1
            self._known[child] = f"{base}/{step}[{passed[step]}]"


def _any(name: str) -> str:
    return f"*[local-name()='{name}']"
