"""A short way to write XML: nested nodes, empty ones left out."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree


class Node:
    """An element: prefixed name, text or children, attributes."""

    def __init__(self, name: str, *content: str | Node | None, **attributes: str) -> None:
        self.name = name
        self.texts = [part for part in content if isinstance(part, str)]
        self.children = [part for part in content if isinstance(part, Node)]
        self.attributes = attributes

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not "".join(self.texts) and all(child.empty for child in self.children)


def written(root: Node, namespaces: Mapping[str, str]) -> bytes:
    """The document as indented UTF-8."""
    element = _element(root, namespaces, None)
    etree.indent(element)
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8") + b"\n"


def _element(
    node: Node, namespaces: Mapping[str, str], parent: etree._Element | None
) -> etree._Element:
    prefix, _, local = node.name.rpartition(":")
    name = f"{{{namespaces[prefix]}}}{local}"
    if parent is None:
        element = etree.Element(name, nsmap=_nsmap(namespaces))  # type: ignore[arg-type]
    else:
        element = etree.SubElement(parent, name)
    for key, value in node.attributes.items():
        element.set(key, value)
    element.text = "".join(node.texts) or None
    for child in node.children:
        if not child.empty:
            _element(child, namespaces, element)
    return element


def _nsmap(namespaces: Mapping[str, str]) -> dict[str | None, str]:
    return {prefix or None: uri for prefix, uri in namespaces.items()}
