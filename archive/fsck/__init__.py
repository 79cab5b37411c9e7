"""The independent verifier: re-checks an archive from its files alone, with read access only.

It shares no code with what writes the archive: hashing, file layout, note format and manifest
format are spelled out a second time here, from the specifications (RFC 6962, C2SP tlog-tiles,
signed-note, tlog-checkpoint) and from docs/adr/0003 and 0005. A fault in the writer is then not
repeated by the checker.

What is checked, in this order:

1. Every checkpoint is what its name says and is signed with the log's key.
2. Every entry bundle and tile agrees with the others and leads to the signed roots, at every size
   that was ever signed: the log only grew.
3. Every manifest is in canonical form, and each of its events stands in the log.
4. Every object has the size, SHA-256 and SHA-512 that its manifest recorded.
5. Where the database's facts are given, they say the same.

What cannot be seen from here: a log whose newest part was removed together with its checkpoints,
unless the database or an earlier printed checkpoint is at hand; and bytes that were false before
they were received.
"""

from archive.fsck.documents import DocumentReport, Documents
from archive.fsck.facts import CheckpointFact, DocumentFacts, EventFact, ManifestFact
from archive.fsck.files import check_files
from archive.fsck.findings import Finding
from archive.fsck.inclusion import Inclusion
from archive.fsck.log import LogCheck, LogReport
from archive.fsck.reader import Reader

__all__ = [
    "CheckpointFact",
    "DocumentFacts",
    "DocumentReport",
    "Documents",
    "EventFact",
    "Finding",
    "Inclusion",
    "LogCheck",
    "LogReport",
    "ManifestFact",
    "Reader",
    "check_files",
]
