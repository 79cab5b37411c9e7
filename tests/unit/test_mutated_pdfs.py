"""The robustness set: whatever was done to a good file, its invoice or a code comes out of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.records import invoice_record
from ingest.isolation import ExaminerPool
from ingest.reader import read
from tests.mutated_pdfs import CASES, INVOICE, PRINTED, XML, Case, carrying

PRISTINE = read(XML, "x.xml").invoice


@pytest.fixture(scope="module")
def pool() -> Iterator[ExaminerPool]:
    with ExaminerPool(1, validate=False) as examiners:
        yield examiners


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.heavy else [])
        for case in CASES
    ],
)
def test_a_mutated_pdf_gives_its_invoice_or_says_why_not(case: Case, pool: ExaminerPool) -> None:
    assert PRISTINE is not None

    reading = pool.submit(case.make(), "f.pdf").result().reading

    if case.expected == INVOICE:
        assert reading.error is None
        assert reading.invoice is not None
        assert invoice_record(reading.invoice) == invoice_record(PRISTINE)
    elif case.expected == PRINTED:
        assert reading.error is None
        assert "Merci de votre confiance" in reading.text
    else:
        assert reading.error is not None
        assert reading.error.code == case.expected
        assert reading.error.hint
    assert case.remark is None or case.remark in [remark.code for remark in reading.remarks]


def test_the_set_is_as_large_as_it_is_said_to_be() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 100


def test_every_attachment_is_listed_with_its_size(pool: ExaminerPool) -> None:
    files = [("factur-x.xml", XML), ("bordereau n° 1.csv", b"a;b"), ("plan.dwg", b"AC1032")]

    reading = pool.submit(carrying(*files), "f.pdf").result().reading

    assert {(a.name, a.size) for a in reading.attachments} >= {
        (name, len(data)) for name, data in files
    }
