"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

from db import metadata as types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "amendments",
        sa.Column("contract_id", sa.String(length=255), nullable=False),
        sa.Column("lot", sa.String(length=255), nullable=False),
        sa.Column("amendment_id", sa.String(length=255), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("amount_delta", types.ExactDecimal(), nullable=True),
        sa.Column("new_end_date", sa.Date(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("contract_id", "lot", "amendment_id", name=op.f("pk_amendments")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "balances",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("part", sa.String(length=255), nullable=False),
        sa.Column("quantity", types.ExactDecimal(), nullable=False),
        sa.Column("net", types.ExactDecimal(), nullable=False),
        sa.Column("gross", types.ExactDecimal(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "part", name=op.f("pk_balances")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "billed_documents",
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("supplier_key", sa.String(length=255), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("number_key", sa.String(length=255), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=True),
        sa.Column("type_code", sa.String(length=16), nullable=True),
        sa.Column("net", types.ExactDecimal(), nullable=False),
        sa.Column("gross", types.ExactDecimal(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("ibans", sa.JSON(), nullable=False),
        sa.Column("contract_id", sa.String(length=255), nullable=True),
        sa.Column("lot", sa.String(length=255), nullable=True),
        sa.Column("commitment_id", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_billed_documents")),
    )
    op.create_index(
        op.f("ix_billed_documents_supplier_key_gross_cents_issue_date"),
        "billed_documents",
        ["supplier_key", "gross_cents", "issue_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_billed_documents_supplier_key_number_key"),
        "billed_documents",
        ["supplier_key", "number_key"],
        unique=False,
    )
    op.create_table(
        "budget_lines",
        sa.Column("budget_line_id", sa.String(length=255), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=True),
        sa.Column("fiscal_year", sa.Integer(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("chapter", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("function", sa.Text(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("credits_open", types.ExactDecimal(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("budget_line_id", name=op.f("pk_budget_lines")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "commitments",
        sa.Column("commitment_id", sa.String(length=255), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=True),
        sa.Column("fiscal_year", sa.Integer(), nullable=True),
        sa.Column("budget_line_id", sa.Text(), nullable=True),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("lot", sa.Text(), nullable=True),
        sa.Column("supplier_id", sa.Text(), nullable=True),
        sa.Column("amount_net", types.ExactDecimal(), nullable=True),
        sa.Column("amount_gross", types.ExactDecimal(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_commitments")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_commitments_budget_line_id"), "commitments", ["budget_line_id"], unique=False
    )
    op.create_index(
        op.f("ix_commitments_contract_id"), "commitments", ["contract_id"], unique=False
    )
    op.create_index(
        op.f("ix_commitments_supplier_id"), "commitments", ["supplier_id"], unique=False
    )
    op.create_table(
        "consumption",
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("part", sa.String(length=255), nullable=False),
        sa.Column("quantity", types.ExactDecimal(), nullable=False),
        sa.Column("net", types.ExactDecimal(), nullable=False),
        sa.Column("gross", types.ExactDecimal(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "kind", "id", "part", name=op.f("pk_consumption")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_consumption_kind_id_document_id"),
        "consumption",
        ["kind", "id", "document_id"],
        unique=False,
    )
    op.create_table(
        "contract_prices",
        sa.Column("contract_id", sa.String(length=255), nullable=False),
        sa.Column("lot", sa.String(length=255), nullable=False),
        sa.Column("item_id", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("unit_price", types.ExactDecimal(), nullable=True),
        sa.Column("vat_rate", types.ExactDecimal(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("contract_id", "lot", "item_id", name=op.f("pk_contract_prices")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contracts",
        sa.Column("contract_id", sa.String(length=255), nullable=False),
        sa.Column("lot", sa.String(length=255), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column("supplier_id", sa.Text(), nullable=True),
        sa.Column("co_suppliers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("subcontractors", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("amount_min", types.ExactDecimal(), nullable=True),
        sa.Column("amount_max", types.ExactDecimal(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("renewals", sa.Text(), nullable=True),
        sa.Column("payment_days", sa.Integer(), nullable=True),
        sa.Column("retention_rate", types.ExactDecimal(), nullable=True),
        sa.Column("price_revision", sa.Text(), nullable=True),
        sa.Column("cpv", sa.Text(), nullable=True),
        sa.Column("family", sa.Text(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("contract_id", "lot", name=op.f("pk_contracts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_contracts_supplier_id"), "contracts", ["supplier_id"], unique=False)
    op.create_table(
        "credits",
        sa.Column("credited_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("gross", types.ExactDecimal(), nullable=False),
        sa.PrimaryKeyConstraint("credited_id", "document_id", name=op.f("pk_credits")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_credits_document_id"), "credits", ["document_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("ledger_index", sa.BigInteger(), nullable=False),
        sa.Column("received_at", types.Instant(timezone=True), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.String(length=36), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("duplicate_of", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("supplier", sa.Text(), nullable=True),
        sa.Column("issue_date", sa.String(length=10), nullable=True),
        sa.Column("gross", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(length=8), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_documents")),
        sa.UniqueConstraint("ledger_index", name=op.f("uq_documents_ledger_index")),
    )
    op.create_index(op.f("ix_documents_parent_id"), "documents", ["parent_id"], unique=False)
    op.create_index(op.f("ix_documents_sha256"), "documents", ["sha256"], unique=False)
    op.create_index(
        "ix_documents_status_ledger_index", "documents", ["status", "ledger_index"], unique=False
    )
    op.create_table(
        "entities",
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("siren", sa.Text(), nullable=True),
        sa.Column("siret", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_entities")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_entities_siren"), "entities", ["siren"], unique=False)
    op.create_table(
        "events",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("entry", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_events")),
    )
    op.create_index("ix_events_document_id", "events", ["document_id"], unique=False)
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "manifests",
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("written", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "version", name=op.f("pk_manifests")),
    )
    op.create_index(
        "ix_manifests_pending",
        "manifests",
        ["document_id"],
        unique=False,
        sqlite_where=sa.text("written = 0"),
        postgresql_where=sa.text("NOT written"),
    )
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.String(length=255), nullable=False),
        sa.Column("line_id", sa.String(length=255), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("quantity", types.ExactDecimal(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("unit_price", types.ExactDecimal(), nullable=True),
        sa.Column("vat_rate", types.ExactDecimal(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("order_id", "line_id", name=op.f("pk_order_lines")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(length=255), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=True),
        sa.Column("supplier_id", sa.Text(), nullable=True),
        sa.Column("contract_id", sa.Text(), nullable=True),
        sa.Column("lot", sa.Text(), nullable=True),
        sa.Column("commitment_id", sa.Text(), nullable=True),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("service_code", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_orders_commitment_id"), "orders", ["commitment_id"], unique=False)
    op.create_index(op.f("ix_orders_contract_id"), "orders", ["contract_id"], unique=False)
    op.create_index(
        op.f("ix_orders_supplier_id_status_order_date"),
        "orders",
        ["supplier_id", "status", "order_date"],
        unique=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("due", types.Instant(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_task_due", "outbox", ["task", "due"], unique=False)
    op.create_index("uq_outbox_task_key", "outbox", ["task", "key"], unique=True)
    op.create_table(
        "receipts",
        sa.Column("order_id", sa.String(length=255), nullable=False),
        sa.Column("line_id", sa.String(length=255), nullable=False),
        sa.Column("receipt_id", sa.String(length=255), nullable=False),
        sa.Column("quantity", types.ExactDecimal(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("certified_by", sa.Text(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("order_id", "line_id", "receipt_id", name=op.f("pk_receipts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reference_keys",
        sa.Column("normalised", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("normalised", "kind", "id", name=op.f("pk_reference_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "results",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("judged_at", types.Instant(timezone=True), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("validation", sa.JSON(), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_results")),
    )
    op.create_table(
        "supplier_keys",
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("supplier_id", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("value", "kind", "supplier_id", name=op.f("pk_supplier_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_supplier_keys_supplier_id"), "supplier_keys", ["supplier_id"], unique=False
    )
    op.create_table(
        "suppliers",
        sa.Column("supplier_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("aliases", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("siren", sa.Text(), nullable=True),
        sa.Column("siret", sa.Text(), nullable=True),
        sa.Column("vat_id", sa.Text(), nullable=True),
        sa.Column("ibans", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("supplier_id", name=op.f("pk_suppliers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "verdict_inputs",
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("policy_version", sa.String(length=64), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "inputs_digest", name=op.f("pk_verdict_inputs")),
    )


def downgrade() -> None:
    """Never: migrations go forward only."""
    raise RuntimeError("migrations go forward only")
