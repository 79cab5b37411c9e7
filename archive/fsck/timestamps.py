"""RFC 3161 timestamps over checkpoints, checked from the files (docs/evidence.md)."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from archive.fsck.findings import Finding
from archive.fsck.reader import Reader, read

_FORM = "meg-timestamp/1\ncheckpoint {note}\nprevious {before}\n"


def check_timestamps(
    reader: Reader, folder: str, sizes: list[int], signed: Mapping[int, object], roots: bytes
) -> Iterator[Finding]:
    """Check that each is about its checkpoint and the one before it, and signed.

    Args:
        reader: the store.
        folder: the log's, such as `main/log`.
        sizes: those stamped, smallest first.
        signed: the sizes with a good checkpoint.
        roots: certificates that are believed; without them signatures are not checked.
    """
    before = "none"
    for size in sizes:
        key = f"{folder}/tsr/{size}.tsr"
        problems: list[Finding] = []
        note = read(reader, f"{folder}/checkpoint/{size}", "CHECKPOINT_MISSING", problems)
        answer = read(reader, key, "TIMESTAMP_MISSING", problems)
        yield from problems
        if note is not None and answer is not None:
            message = _FORM.format(note=hashlib.sha256(note).hexdigest(), before=before).encode()
            problem = _problem(answer, message, roots)
            if size not in signed:
                problem = "is about a checkpoint that is not in order"
            if problem is not None:
                yield Finding("TIMESTAMP_CHANGED", key, problem)
        if answer is not None:
            before = f"{size} {hashlib.sha256(answer).hexdigest()}"


def _problem(answer: bytes, message: bytes, roots: bytes) -> str | None:
    from asn1crypto import tsp  # type: ignore[import-untyped]

    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        if response["status"]["status"].native != "granted":
            return "was not granted"
        info = response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
        imprint, at = info["message_imprint"], info["gen_time"].native
        digest = hashlib.new(imprint["hash_algorithm"]["algorithm"].native, message).digest()
        if digest != imprint["hashed_message"].native:
            return "is not about this checkpoint and the timestamp before it"
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        return f"is no timestamp: {problem}"
    return _signature_problem(answer, message, roots, at) if roots else None


def _signature_problem(answer: bytes, message: bytes, roots: bytes, at: datetime) -> str | None:
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        trusted = VerifierBuilder(roots=load_pem_x509_certificates(roots)).build()
        trusted.verify_message(decode_timestamp_response(answer), message)
    except (VerificationError, ValueError) as problem:
        # rfc3161-client refuses certificates that are not in DER's order; openssl does not.
        return None if _openssl_agrees(answer, message, roots, at) else f"its signature: {problem}"
    return None


def _openssl_agrees(answer: bytes, message: bytes, roots: bytes, at: datetime) -> bool:
    program = shutil.which("openssl")
    if program is None:
        return False
    with tempfile.TemporaryDirectory(prefix="meg-fsck-") as name:
        folder = Path(name)
        for file, data in (("answer", answer), ("message", message), ("roots", roots)):
            (folder / file).write_bytes(data)
        words = f"ts -verify -in answer -data message -CAfile roots -attime {int(at.timestamp())}"
        command = [program, *words.split()]
        return not subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode  # noqa: S603
