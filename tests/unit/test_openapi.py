"""The OpenAPI description is whole, and answers are what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from api.rest import examples, schemas
from tests.web_fake import FakeApplication, client_for

_SHAPES: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (schemas.InvoiceShape, examples.INVOICE),
    (schemas.ReadingShape, examples.READING),
    (schemas.ValidationShape, examples.VALIDATED),
    (schemas.DocumentShape, examples.DOCUMENT),
    (schemas.ShownShape, examples.SHOWN),
    (schemas.DocumentsPage, examples.PAGE),
    (schemas.Found, examples.FOUND),
    (schemas.Verified, examples.VERIFIED),
    (schemas.Change, examples.CHANGED),
    (schemas.ProofShape, examples.PROOF),
    (schemas.Consistency, examples.CONSISTENCY),
    (schemas.SignedSize, examples.CONSISTENCY["second"]),
    (schemas.Compared, examples.COMPARED),
    (schemas.LogKeyShape, examples.LOG_KEY),
    (schemas.CorrectionShape, examples.CORRECTION),
    (schemas.CorrectionShape, examples.FORGOTTEN),
    (schemas.ChoiceShape, examples.CHOICE),
    (schemas.EliminationShape, examples.ELIMINATION),
    (schemas.EliminationListed, examples.ELIMINATION_LISTED),
    (schemas.AccessShape, examples.ACCESS),
]


def _description() -> dict[str, Any]:
    described: dict[str, Any] = client_for(FakeApplication()).get("/api/v1/openapi.json").json()
    return described


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in _description()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_command_has_its_route() -> None:
    routes = {(method, path) for path, method, _ in _operations()}

    assert routes == {
        ("get", "/api/v1/documents"),
        ("post", "/api/v1/documents"),
        ("get", "/api/v1/documents/{document_id}"),
        ("get", "/api/v1/documents/{document_id}/original"),
        ("get", "/api/v1/documents/{document_id}/attachments/{number}"),
        ("get", "/api/v1/documents/{document_id}/pages/{number}.png"),
        ("get", "/api/v1/documents/{document_id}/searchable.pdf"),
        ("get", "/api/v1/documents/{document_id}/signature-report"),
        ("post", "/api/v1/documents/{document_id}/resolve"),
        ("get", "/api/v1/documents/{document_id}/choices"),
        ("get", "/api/v1/corrections"),
        ("get", "/api/v1/accesses"),
        ("post", "/api/v1/corrections/{correction_id}/forget"),
        ("get", "/api/v1/documents/{document_id}/verify"),
        ("post", "/api/v1/verify"),
        ("get", "/api/v1/documents/{document_id}/proofs"),
        ("get", "/api/v1/log/consistency"),
        ("get", "/api/v1/log/checkpoint"),
        ("post", "/api/v1/log/checkpoint"),
        ("get", "/api/v1/log/keys"),
        ("post", "/api/v1/evidence"),
        ("post", "/api/v1/parse"),
        ("post", "/api/v1/validate"),
        ("get", "/api/v1/search"),
        ("get", "/api/v1/eliminations"),
        ("get", "/api/v1/eliminations/{number}"),
        ("get", "/api/v1/changes"),
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("get", "/metrics"),
    }


def test_every_route_and_parameter_is_described() -> None:
    for path, method, operation in _operations():
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        assert operation["tags"], where
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), f"{where}: {parameter['name']}"
        for status, answer in operation["responses"].items():
            assert answer["description"], f"{where}: {status}"


def test_every_error_is_problem_details() -> None:
    described = _description()
    assert "HTTPValidationError" not in described["components"]["schemas"]
    assert set(schemas.Problem.model_fields) <= set(
        described["components"]["schemas"]["Problem"]["properties"]
    )
    for path, method, operation in _operations():
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert set(answer["content"]) == {"application/problem+json"}, f"{method} {path}"


def test_every_reference_leads_somewhere() -> None:
    described = _description()
    known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}

    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            for part in value.values():
                yield from references(part)
        elif isinstance(value, list):
            for part in value:
                yield from references(part)

    assert set(references(described)) <= known


@pytest.mark.parametrize(("shape", "example"), _SHAPES, ids=[s.__name__ for s, _ in _SHAPES])
def test_examples_have_the_shape_they_illustrate(
    shape: type[BaseModel], example: dict[str, Any]
) -> None:
    shape.model_validate(example, strict=True)


def test_answers_have_the_shape_they_are_described_with() -> None:
    application = FakeApplication()
    document_id = application.add()["document_id"]
    client = client_for(application)
    files = {"files": ("a.xml", b"<a/>")}
    document = f"/api/v1/documents/{document_id}"
    decision = {"action": "hold", "reason": "x"}

    answers: list[tuple[type[BaseModel], httpx.Response]] = [
        (schemas.DocumentsPage, client.get("/api/v1/documents")),
        (schemas.ShownShape, client.get(document)),
        (schemas.Ingested, client.post("/api/v1/documents", files=files)),
        (schemas.Readings, client.post("/api/v1/parse", files=files)),
        (schemas.Validations, client.post("/api/v1/validate", files=files)),
        (schemas.Found, client.get("/api/v1/search?q=a")),
        (schemas.DocumentShape, client.post(f"{document}/resolve", json=decision)),
        (schemas.Verified, client.get(f"{document}/verify")),
        (schemas.SignedSize, client.get("/api/v1/log/checkpoint")),
        (schemas.Compared, client.post("/api/v1/log/checkpoint", json={"checkpoint": "x"})),
        (schemas.LogKeysList, client.get("/api/v1/log/keys")),
        (schemas.Change, client.get("/api/v1/changes")),
        (schemas.Problem, client.get("/api/v1/documents/x")),
    ]

    for shape, answer in answers:
        assert answer.status_code < 500, answer.text
        shape.model_validate_json(answer.content, strict=True)
