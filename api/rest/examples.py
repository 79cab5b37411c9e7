"""Examples for the OpenAPI description; a test holds each against its shape."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

ID = "019378a0-5c1e-7f3a-9b44-0d6d5c8f21aa"
_SHA256 = "3f0c1b7e8a52d94e6c07a1b2f8d3e4950617283940a5b6c7d8e9f0a1b2c3d4e5"

INVOICE: Example = {
    "guideline": "urn:cen.eu:en16931:2017",
    "business_process": "B1",
    "number": "FA-2026-0417",
    "type_code": "380",
    "issue_date": "2026-03-12",
    "due_date": "2026-04-11",
    "currency": "EUR",
    "buyer_reference": "SERV-TECH",
    "contract_reference": None,
    "order_reference": "BC-2026-0098",
    "sales_order_reference": None,
    "receiving_advice_reference": None,
    "despatch_advice_reference": None,
    "preceding_invoices": [],
    "notes": [],
    "seller": {
        "name": "Papeterie du Val",
        "legal_id": "552100554",
        "legal_id_scheme": "0002",
        "vat_id": "FR96552100554",
        "tax_number": None,
        "country": "FR",
    },
    "buyer": {
        "name": "Commune de Saint-Aubin",
        "legal_id": "213505013",
        "legal_id_scheme": "0002",
        "vat_id": None,
        "tax_number": None,
        "country": "FR",
    },
    "payee_iban": "FR7630006000011234567890189",
    "payment_terms": "30 jours",
    "totals": {
        "lines": "1040.00",
        "allowances": None,
        "charges": None,
        "tax_exclusive": "1040.00",
        "tax": "208.00",
        "tax_inclusive": "1248.00",
        "prepaid": None,
        "rounding": None,
        "payable": "1248.00",
    },
    "vat_breakdown": [
        {
            "category": "S",
            "rate": "20.00",
            "taxable": "1040.00",
            "tax": "208.00",
            "exemption_code": None,
        }
    ],
    "allowances_charges": [],
    "lines": [
        {
            "id": "1",
            "name": "Ramette papier A4 80 g",
            "description": None,
            "seller_item_id": "PAP-A4-80",
            "buyer_item_id": None,
            "quantity": "200",
            "unit": "C62",
            "net_price": "5.20",
            "price_base_quantity": None,
            "net_amount": "1040.00",
            "vat_category": "S",
            "vat_rate": "20.00",
            "order_reference": None,
            "order_line_reference": "1",
        }
    ],
}

READING: Example = {
    "file": "FA-2026-0417.xml",
    "sha256": _SHA256,
    "kind": "invoice",
    "readable": True,
    "error": None,
    "source": "cii",
    "invoice": INVOICE,
    "evidence": {
        "number": {
            "from": "xml",
            "where": "/CrossIndustryInvoice/ExchangedDocument/ID",
            "confidence": 1.0,
        }
    },
}

VALIDATION: Example = {
    "valid": True,
    "rule_sets": [{"name": "EN 16931 CII", "version": "1.3.15", "status": "passed", "why": None}],
    "findings": [],
}

VALIDATED: Example = {"file": "FA-2026-0417.xml", "sha256": _SHA256, **VALIDATION}

DOCUMENT: Example = {
    "file": "FA-2026-0417.xml",
    "sha256": _SHA256,
    "document_id": ID,
    "status": "blocked",
    "duplicate_of": None,
    "kind": "invoice",
    "invoice": INVOICE,
    "validation": VALIDATION,
    "match": {
        "orders": ["BC-2026-0098"],
        "contract": None,
        "lot": None,
        "commitment": "2026/E/0412",
        "score": 1.0,
        "explanation": "BT-13 names the order.",
        "lines": [
            {
                "invoice_line": "1",
                "order_id": "BC-2026-0098",
                "order_line": "1",
                "quantity": "200",
                "net_amount": "1040.00",
                "score": 1.0,
            }
        ],
    },
    "discrepancies": [
        {
            "code": "PRICE_ABOVE_ORDER",
            "severity": "block",
            "invoice_line": "1",
            "order_id": "BC-2026-0098",
            "order_line": "1",
            "field": "net_price",
            "expected": "4.90",
            "found": "5.20",
            "delta": "0.30",
            "tolerance": "0.049",
            "message": "The unit price is above the order's.",
            "reason_code": "PU_ERR",
        }
    ],
    "decision": {
        "outcome": "block",
        "payable_now": "0.00",
        "held": "1248.00",
        "policy_version": "2026-1",
        "explanation": "One blocking discrepancy.",
        "waterfall": [
            {"step": "asked", "amount": "1248.00"},
            {"step": "held", "amount": "-1248.00"},
            {"step": "payable", "amount": "0.00"},
        ],
        "chain": [
            {
                "kind": "commitment",
                "id": "ENG-2026-014",
                "lot": None,
                "basis": "gross",
                "ceiling": "6000.00",
                "before": "1200.00",
                "this": "1248.00",
                "left": "3552.00",
            }
        ],
    },
    "payment": {
        "clock_starts": "2026-03-13",
        "deadline": "2026-04-12",
        "days_left": 30,
        "buyer_kind": "local",
    },
    "archive": {
        "key": f"main/o/sha256/3f/0c/{_SHA256}",
        "size": 6120,
        "ledger_index": 41,
    },
}

SHOWN: Example = {
    **DOCUMENT,
    "received_at": "2026-03-13T07:12:04+00:00",
    "history": [
        {
            "type": "received",
            "at": "2026-03-13T07:12:04Z",
            "actor": "watch",
            "position": 41,
            "payload": {"file": "FA-2026-0417.xml", "size": 6120},
        },
        {
            "type": "decided",
            "at": "2026-03-13T07:12:05Z",
            "actor": "engine",
            "position": 45,
            "payload": {"outcome": "block"},
        },
    ],
}

PAGE: Example = {
    "documents": [
        {
            "document_id": ID,
            "file_name": "FA-2026-0417.xml",
            "received_at": "2026-03-13T07:12:04+00:00",
            "status": "blocked",
            "kind": "invoice",
            "number": "FA-2026-0417",
            "supplier": "Papeterie du Val",
            "issue_date": "2026-03-12",
            "gross": "1248.00",
            "currency": "EUR",
            "outcome": "block",
            "codes": ["PRICE_ABOVE_ORDER"],
        }
    ],
    "next": None,
    "counts": {"blocked": 1},
}

FOUND: Example = {
    "total": 1,
    "took_ms": 1.2,
    "facets": {
        "supplier": [{"value": "Papeterie du Val", "count": 1}],
        "status": [{"value": "blocked", "count": 1}],
        "year": [{"value": "2026", "count": 1}],
        "code": [{"value": "PRICE_ABOVE_ORDER", "count": 1}],
    },
    "hits": [
        {
            "document_id": ID,
            "score": 3.7,
            "number": "FA-2026-0417",
            "supplier": "Papeterie du Val",
            "issue_date": "2026-03-12",
            "gross": "1248.00",
            "status": "blocked",
            "sha256": _SHA256,
            "snippets": ["<mark>Ramette</mark> papier A4 80 g"],
        }
    ],
}

VERIFIED: Example = {
    "document_id": ID,
    "ok": True,
    "checks": [
        {"check": "object", "status": "passed"},
        {"check": "manifests", "status": "passed"},
        {"check": "log", "status": "passed"},
        {"check": "checkpoint", "status": "passed"},
    ],
    "problems": [],
}

_CHECKPOINT = (
    "meg.local/main\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— meg.local/main 4FIqIg==\n"
)
_HASH = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ="
PROOF: Example = {
    "document_id": ID,
    "event": "received",
    "version": 1,
    "position": 0,
    "entry": "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62",
    "size": 5,
    "path": [_HASH],
    "tlog_proof": f"c2sp.org/tlog-proof@v1\nindex 0\n{_HASH}\n\n{_CHECKPOINT}",
}

CONSISTENCY: Example = {
    "first": {"size": 5, "checkpoint": _CHECKPOINT},
    "second": {"size": 5, "checkpoint": _CHECKPOINT},
    "path": [],
}

COMPARED: Example = {
    "checkpoint": {"size": 5, "root": "0a" * 32},
    "log": {"size": 5, "root": "0a" * 32, "note": _CHECKPOINT},
    "ok": True,
    "path": [],
    "problems": [],
}

LOG_KEY: Example = {
    "key_id": "e0522a22",
    "verifier_key": "meg.local/main+e0522a22+ARpc7W2pC4E1VDpB8nHP3PkTjbMfPpfdWbGQJcWp3Vmm",
    "fingerprint": "7f" * 32,
    "status": "current",
    "from": 0,
    "to": None,
    "void_from": None,
    "reason": None,
    "since": None,
    "until": None,
    "rotated_by": None,
    "private_key": "in use",
    "statement": None,
}

CHANGED: Example = {"token": "1742-88", "changed": True}

CORRECTION_ID = "019378a0-2222-7000-8000-000000000001"

CORRECTION: dict[str, Any] = {
    "correction_id": CORRECTION_ID,
    "document_id": ID,
    "supplier": "Papeterie Horizon SARL",
    "field": "number",
    "before": None,
    "after": "F-2026-118",
    "at": "2026-03-13T07:20:11+00:00",
    "by": "anne",
    "reason": "Lu sous « Pièce comptable ».",
    "label": "piece comptable",
    "learned": True,
    "applied_to": 3,
    "forgotten_at": None,
    "forgotten_by": None,
}

FORGOTTEN: dict[str, Any] = CORRECTION | {
    "forgotten_at": "2026-04-01T09:00:00+00:00",
    "forgotten_by": "anne",
}

CHOICE: dict[str, Any] = {
    "order_id": "BC 2026-31",
    "supplier_id": "F1",
    "order_date": "2026-02-01",
    "status": "open",
    "score": 0.98,
    "quoted": True,
}

ACCESS: dict[str, Any] = {
    "number": 42,
    "at": "2026-03-13T07:20:11.000000Z",
    "who": "anne",
    "channel": "cli",
    "client": None,
    "what": "downloaded",
    "document_id": ID,
    "detail": {"file": "facture-2026-118.pdf", "sha256": "ab" * 32},
    "batch": "cd" * 32,
}

ACCESSES: dict[str, Any] = {"accesses": [ACCESS], "next": None}

ELIMINATION_LISTED: Example = {
    "number": 1,
    "state": "approved",
    "regime": "public",
    "sha256": "7d5b2d1f0c1f3a54a0d8a9d7f1e5ab2e2f4c86d1f9a3b0c75e6d4f8a1b2c3d4e",
    "proposed_at": "2037-01-12T08:15:00.000000Z",
    "proposed_by": "anne",
    "visa_at": "2037-02-03T10:02:00.000000Z",
    "visa_by": "bruno",
    "visa_reference": "AD69-2037-117",
    "reason": None,
    "counts": {"proposed": 1},
}

_ELIMINATED: Example = {
    "document_id": ID,
    "kind": "invoice",
    "received_on": "2026-03-13",
    "keep_until": "2036-12-31",
    "size": 3675,
    "sha256": "04e6e61943bc422c33da4c82da903f27106283b853a78a206456b38bfd2ba785",
}

ELIMINATION: Example = ELIMINATION_LISTED | {
    "bordereau": {
        "schema": "meg-elimination/1",
        "number": 1,
        "tenant": "main",
        "regime": "public",
        "basis": ["Code du patrimoine, art. L212-2 et R212-14 : visa des archives départementales"],
        "terms": {"voucher_years": 10, "other_years": 10, "keep_with": "contract"},
        "proposed_at": "2037-01-12T08:15:00.000000Z",
        "proposed_by": "anne",
        "count": 1,
        "bytes": 3675,
        "first_received_on": "2026-03-13",
        "last_received_on": "2026-03-13",
        "documents": [_ELIMINATED],
    },
    "visa": {
        "elimination": 1,
        "decision": "granted",
        "at": "2037-02-03T10:02:00.000000Z",
        "by": "bruno",
        "reference": "AD69-2037-117",
        "reason": None,
        "struck": [],
        "file": None,
        "proposal": ELIMINATION_LISTED["sha256"],
    },
    "certificates": [],
    "documents": [
        _ELIMINATED
        | {
            "state": "proposed",
            "code": None,
            "reason": None,
            "file": "facture-2026-118.pdf",
            "supplier": "Papeterie Horizon SARL",
            "invoice_number": "F-2026-118",
        }
    ],
}
