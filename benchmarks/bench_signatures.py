"""What signatures cost: the test that every file pays, and the check that signed files pay.

    python -m benchmarks.bench_signatures [--rounds 20]

Times are CPU seconds of this process. Signed files are made by `tests/signed_maker.py`; the large
one carries an attachment of random bytes, and an update appended after its signature, so that the
difference analysis has something to compare.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ingest.signatures.marks import is_signed
from tests.page_maker import invoice_rows
from tests.pdf_maker import in_name_tree
from tests.printed_maker import drawn

_LARGE = 8 << 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    plain = drawn(invoice_rows())
    large = in_name_tree("piece.bin", os.urandom(_LARGE), compress_streams=False)
    xml = (Path("tests") / "data" / "ubl_every_field.xml").read_bytes()
    print("unsigned, the test of the bytes:")
    for name, data in (("PDF", plain), ("PDF with 8 MB", large), ("XML", xml)):
        took = _each(lambda data=data: is_signed(data), 200)
        print(f"  {name:<28} {len(data) / 1e6:8.2f} MB {took * 1e6:10.1f} µs")

    before, start = _resident(), time.process_time()
    from ingest.signatures.check import check_signatures
    from ingest.signatures.options import TrustOptions
    from tests import signed_maker as maker

    print(f"loading the libraries: {time.process_time() - start:.2f} s, {_resident() - before} MB")
    with tempfile.TemporaryDirectory() as folder:
        trust = TrustOptions(maker.roots_in(Path(folder)))
        signed, signed_large = maker.sign_pdf(plain), maker.sign_pdf(large)
        stamped = maker.sign_pdf(plain, stamped_at=maker.NOW)
        cases = {
            "PDF": signed,
            "PDF, timestamp": stamped,
            "PDF, two signatures": maker.sign_pdf(signed, field="Signature2"),
            "PDF with 8 MB": signed_large,
            "PDF with 8 MB, changed later": maker.replace_content(signed_large),
            "XML": maker.sign_xml(xml),
            "p7m of the XML": maker.sign_cms(xml),
            "p7m of 8 MB": maker.sign_cms(large),
        }
        print("signed, the check:")
        for name, data in cases.items():
            took = _each(lambda data=data: check_signatures(data, trust, maker.NOW), rounds)
            print(f"  {name:<28} {len(data) / 1e6:8.2f} MB {took * 1e3:10.1f} ms")
    print(f"most memory held: {_resident()} MB")


def _each(act: Callable[[], object], rounds: int) -> float:
    start = time.process_time()
    for _ in range(rounds):
        act()
    return (time.process_time() - start) / rounds


def _resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    main()
