"""The labels of business documents, French first, German and English beside them.

Patterns are searched in folded text (`folding.fold_printed`), one alternative a line. A weight
says how far a label alone settles what stands beside it: `date` is weaker than `date de facture`.
"""

from __future__ import annotations

import re
from functools import cache

from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.header_vocabulary import HEADER
from ingest.parsers.pages.party_vocabulary import IDENTIFIERS, PARTIES
from ingest.parsers.pages.reference_vocabulary import REFERENCES
from ingest.parsers.pages.wording import alternatives, whole_words


@cache
def compiled() -> tuple[tuple[Concept, float, re.Pattern[str]], ...]:
    """The patterns as whole words, compiled at first use."""
    return tuple(
        (concept, weight, whole_words(alternatives(lines)))
        for concept, weight, lines in (*HEADER, *REFERENCES, *PARTIES, *IDENTIFIERS)
    )
