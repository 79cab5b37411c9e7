"""Importing reference data: every form files come in, and every fault they may have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from db.engine import Database
from db.metadata import METADATA
from ingest.reference.report import FileReport, FileStatus, ImportReport, ProblemCode
from ingest.reference.service import import_paths
from matching.reference import load_contracts, load_orders, load_suppliers
from tests.support import shared_folder


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database("sqlite://")
    METADATA.create_all(database.engine)
    yield database
    database.close()


def _import(path: Path, database: Database, *, partial: bool = False) -> FileReport:
    report = import_paths([path], database, partial=partial)
    assert len(report.files) == 1
    return report.files[0]


def _write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def _codes(report: FileReport) -> list[ProblemCode]:
    return [problem.code for problem in report.problems]


@pytest.mark.parametrize(
    ("encoding", "separator", "price", "day", "end"),
    list(
        product(
            ["utf-8", "utf-8-sig", "cp1252", "utf-16"],
            [",", ";", "\t"],
            ["1234.50", "1234,50", "1 234,50", "1\u00a0234,50"],
            ["2026-03-18", "18/03/2026", "18/03/2026 09:15"],
            ["\n", "\r\n"],
        )
    ),
)
def test_reads_csv_however_it_was_saved(
    tmp_path: Path,
    database: Database,
    encoding: str,
    separator: str,
    price: str,
    day: str,
    end: str,
) -> None:
    def cell(text: str) -> str:
        return f'"{text}"' if separator in text else text

    lines = [["commande", "ligne", "désignation", "PU HT"], ["BC1", "1", 'Câble 3"', price]]
    text = end.join(separator.join(map(cell, row)) for row in lines) + end
    _write(tmp_path, "lignes_commande.csv", text, encoding)
    _write(
        tmp_path, "commandes.csv", f"n° commande{separator}date{end}BC1{separator}{day}", encoding
    )

    report = import_paths([tmp_path], database)

    assert report.complete
    with database.reading() as connection:
        order = load_orders(connection, ["BC1"])["BC1"]
    assert order.order_date == date(2026, 3, 18)
    assert order.lines[0].unit_price == Decimal("1234.50")
    assert order.lines[0].description == 'Câble 3"'


def test_importing_twice_changes_nothing(tmp_path: Path, database: Database) -> None:
    text = "supplier_id;name;ibans;note\nF1;Été;FR7610278487781897020573579;à revoir\n"
    path = _write(tmp_path, "suppliers.csv", text)
    first = _import(path, database).tables[0]

    again = _import(path, database).tables[0]

    assert (first.inserted, first.changed) == (1, 0)
    assert (again.inserted, again.changed, again.unchanged) == (0, 0, 1)


def test_keeps_unknown_columns_and_reads_pack_quantity(tmp_path: Path, database: Database) -> None:
    text = "order_id,line_id,colisage,couleur\nBC1,1,10,bleu\n"
    _write(tmp_path, "order_lines.csv", text)
    _write(tmp_path, "orders.csv", "order_id\nBC1\n")
    import_paths([tmp_path], database)

    with database.reading() as connection:
        line = load_orders(connection, ["BC1"])["BC1"].lines[0]
        extra = connection.exec_driver_sql("select extra from order_lines").scalar_one()

    assert line.pack_quantity == 10
    assert json.loads(extra)["couleur"] == "bleu"


def test_reads_the_advance_that_a_contract_grants(tmp_path: Path, database: Database) -> None:
    text = "contract_id;tauxAvance\nM1;0,2\nM2;20 %\nM3;0\nM4;\n"
    import_paths([_write(tmp_path, "contracts.csv", text)], database)

    with database.reading() as connection:
        found = load_contracts(connection, ["M1", "M2", "M3", "M4"])

    rates = [contract.advance_rate for _, contract in sorted(found.items())]
    assert rates == [Decimal("0.2"), Decimal("0.2"), Decimal(0), None]


def test_reads_cells_with_line_breaks_and_counts_rows_as_a_spreadsheet(
    tmp_path: Path, database: Database
) -> None:
    text = 'order_id;line_id;description;quantity\nBC1;1;"deux\nlignes";5\n\nBC1;2;x;beaucoup\n'
    report = _import(_write(tmp_path, "order_lines.csv", text), database)

    (problem,) = report.problems
    assert (problem.row, problem.column, problem.value) == (4, "quantity", "beaucoup")
    assert problem.expected is not None
    assert "number" in problem.expected


def test_a_title_above_the_header_is_passed_over(tmp_path: Path, database: Database) -> None:
    text = "Export du 18/03/2026;;\n;;\nCode fournisseur;Raison sociale;SIREN\nF1;Delorme;\n"

    report = _import(_write(tmp_path, "export.csv", text), database)

    assert report.tables[0].table == "suppliers"
    assert report.tables[0].inserted == 1


def test_the_hint_of_excel_on_the_separator_is_followed(tmp_path: Path, database: Database) -> None:
    text = "sep=,\r\norder_id,service_code\r\nBC1,A;B\r\n"

    report = _import(_write(tmp_path, "orders.csv", text), database)

    assert report.tables[0].inserted == 1


BAD_ROWS = [
    ("BC2;1;douze;20", ProblemCode.BAD_VALUE, "quantity"),
    ("BC2;1;12;vingt", ProblemCode.BAD_VALUE, "vat_rate"),
    ("BC2;1;12;200", ProblemCode.BAD_VALUE, "vat_rate"),
    (";1;12;20", ProblemCode.VALUE_MISSING, "order_id"),
    ("BC2;;12;20", ProblemCode.VALUE_MISSING, "line_id"),
    ("BC2;1;12;20;;5", ProblemCode.ROW_BROKEN, None),
    ('BC2;"1"x;12;20', ProblemCode.ROW_BROKEN, None),
    ("BC1;1;13;20", ProblemCode.KEY_TWICE, None),
    (f"{'x' * 300};1;12;20", ProblemCode.BAD_VALUE, "order_id"),
]


@pytest.mark.parametrize(("row", "code", "column"), BAD_ROWS)
def test_a_bad_row_refuses_the_file_and_is_told(
    tmp_path: Path, database: Database, row: str, code: ProblemCode, column: str | None
) -> None:
    text = f"order_id;line_id;quantity;vat_rate\nBC0;1;1;20\nBC1;1;12;20\n{row}\n"
    path = _write(tmp_path, "order_lines.csv", text)

    refused = _import(path, database)

    assert refused.status is FileStatus.REFUSED
    assert [(p.code, p.row, p.column) for p in refused.problems] == [(code, 4, column)]
    assert _count(database, "order_lines") == 0

    partial = _import(path, database, partial=True)

    assert partial.status is FileStatus.PARTIAL
    # Of two rows that contradict each other neither is known to be right.
    assert partial.tables[0].inserted == (1 if code is ProblemCode.KEY_TWICE else 2)
    assert _count(database, "order_lines") == partial.tables[0].inserted


def _count(database: Database, table: str) -> int:
    with database.reading() as connection:
        count: int = connection.exec_driver_sql(f"select count(*) from {table}").scalar_one()  # noqa: S608
    return count


def test_all_errors_are_told_at_once(tmp_path: Path, database: Database) -> None:
    text = "order_id;line_id;quantity;unit_price\nBC1;1;a;b\nBC1;2;c;1\n"

    report = _import(_write(tmp_path, "order_lines.csv", text), database)

    assert [(p.row, p.column) for p in report.problems] == [
        (2, "quantity"),
        (2, "unit_price"),
        (3, "quantity"),
    ]


def test_a_row_repeated_word_for_word_counts_once(tmp_path: Path, database: Database) -> None:
    text = "order_id;line_id;quantity\nBC1;1;12\nBC1;1;12\n"

    report = _import(_write(tmp_path, "order_lines.csv", text), database)

    assert report.status is FileStatus.IMPORTED
    assert report.tables[0].inserted == 1
    assert _codes(report) == [ProblemCode.ROW_REPEATED]


def test_a_quotation_mark_that_is_never_closed_is_told_at_its_row(
    tmp_path: Path, database: Database
) -> None:
    text = 'order_id;line_id;description\nBC1;1;ok\nBC1;2;"27 pouces\nBC1;3;ok\n'

    report = _import(_write(tmp_path, "order_lines.csv", text), database)

    (problem,) = report.problems
    assert (problem.code, problem.row) == (ProblemCode.ROW_BROKEN, 3)
    assert "never closed" in problem.message


def test_a_file_cut_off_in_its_last_row_is_refused(tmp_path: Path, database: Database) -> None:
    whole = "order_id;line_id;quantity\nBC1;1;12\nBC1;2"

    cut = _import(_write(tmp_path, "order_lines.csv", whole), database)
    ended = _import(_write(tmp_path, "order_lines.csv", whole + "\n"), database)

    assert (cut.status, _codes(cut)) == (FileStatus.REFUSED, [ProblemCode.ROW_BROKEN])
    assert ended.tables[0].inserted == 2


def test_a_missing_key_column_is_told_with_what_is_there(
    tmp_path: Path, database: Database
) -> None:
    text = "numro commande;statut\nBC1;ouverte\n"

    report = _import(_write(tmp_path, "commandes.csv", text), database, partial=True)

    (problem,) = report.problems
    assert report.status is FileStatus.REFUSED
    assert (problem.code, problem.expected) == (ProblemCode.COLUMN_MISSING, "order_id")
    assert "columns found: numro commande, statut" in problem.message
    assert "did you mean numro commande?" in problem.message


def test_columns_of_another_table_are_recognised_as_such(
    tmp_path: Path, database: Database
) -> None:
    text = "supplier_id;name;siren;ibans\nF1;X;;\n"

    report = _import(_write(tmp_path, "orders.csv", text), database)

    assert "look like the columns of suppliers" in report.problems[0].message


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("orders.csv", b"", ProblemCode.NOT_A_TABLE),
        ("orders.csv", b"\n\n \n", ProblemCode.NOTHING_IN_IT),
        ("orders.csv", bytes(range(256)) * 40, ProblemCode.NOT_A_TABLE),
        ("orders.csv", b"\xd0\xcf\x11\xe0" + bytes(600), ProblemCode.NOT_A_TABLE),
        ("orders.csv", b"order_id\nBC\x81\x8d\n", ProblemCode.NOT_A_TABLE),
        ("orders.xlsx", b"PK\x03\x04 broken", ProblemCode.NOT_A_TABLE),
        ("orders.json", b"{", ProblemCode.NOT_A_TABLE),
        ("orders.json", b"[1, 2]", ProblemCode.NOT_A_TABLE),
        ("orders.json", b'{"a": 1}', ProblemCode.NOT_A_TABLE),
        ("orders.json", b"[" * 100_000, ProblemCode.NOT_A_TABLE),
        ("divers.csv", b"a;b\n1;2\n", ProblemCode.TABLE_UNKNOWN),
        ("orders.csv", b"order_id;note;note\nBC1;a;b\n", ProblemCode.COLUMN_TWICE),
        ("orders.csv", b"order_id;order_id\nBC1;BC1\n", ProblemCode.COLUMN_TWICE),
    ],
)
def test_what_is_no_table_is_refused_and_said(
    tmp_path: Path, database: Database, name: str, content: bytes, code: ProblemCode
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    report = _import(path, database, partial=True)

    assert report.status is FileStatus.REFUSED
    assert _codes(report) == [code]


def test_a_header_alone_is_no_error(tmp_path: Path, database: Database) -> None:
    for name, text in (("amendments.csv", "contract_id;amendment_id\n"), ("orders.json", "[]")):
        report = _import(_write(tmp_path, name, text), database)

        assert (report.status, _codes(report)) == (
            FileStatus.IMPORTED,
            [ProblemCode.NOTHING_IN_IT],
        )


def test_files_and_folders_that_are_no_reference_data(tmp_path: Path, database: Database) -> None:
    (tmp_path / "x.csv").mkdir()
    _write(tmp_path, "photo.jpg", "…")
    _write(tmp_path, "README.md", "…")
    _write(tmp_path, "~$orders.xlsx", "…")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    _write(tmp_path, "orders.csv", "order_id\nBC1\n")

    report = import_paths([tmp_path], database)

    assert report.complete
    assert {Path(f.file).name: f.status.value for f in report.files} == {
        "orders.csv": "imported",
        "gone.csv": "ignored",
        "photo.jpg": "ignored",
        "x.csv": "ignored",
    }


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path, database: Database) -> None:
    path = _write(tmp_path, "orders.csv", "order_id\nBC1\n")

    report = _import(path / "inside.csv", database)

    assert (report.status, _codes(report)) == (FileStatus.REFUSED, [ProblemCode.FILE_UNREADABLE])


def test_one_refused_file_does_not_stop_the_next(tmp_path: Path, database: Database) -> None:
    _write(tmp_path, "orders.csv", "order_id;order_date\nBC1;demain\n")
    _write(tmp_path, "suppliers.csv", "supplier_id\nF1\n")

    report = import_paths([tmp_path], database)

    assert not report.complete
    assert report.totals().inserted == 1
    assert report.totals().refused == 1


def _workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_reads_a_workbook_sheet_by_sheet(tmp_path: Path, database: Database) -> None:
    path = _workbook(
        tmp_path / "export.xlsx",
        {
            "Mode d'emploi": [["Ce classeur est produit chaque nuit."]],
            "Commandes": [
                ["N° de commande", "Date", "Statut"],
                [4500002021, 46099, "ouverte"],
                [4500002022, datetime(2026, 3, 19), None],  # noqa: DTZ001 - a cell has no zone
            ],
            "Lignes": [
                ["Commande", "Poste", "Quantité", "PU HT", "TVA"],
                [4500002021, 10, 7.1, 0.1 + 0.2, 5.5],
            ],
        },
    )

    report = _import(path, database)

    assert [(t.table, t.inserted) for t in report.tables] == [("orders", 2), ("order_lines", 1)]
    with database.reading() as connection:
        orders = load_orders(connection, ["4500002021", "4500002022"])
    assert orders["4500002021"].order_date == date(2026, 3, 18)
    assert orders["4500002022"].order_date == date(2026, 3, 19)
    line = orders["4500002021"].lines[0]
    assert (line.line_id, line.quantity, line.unit_price) == ("10", Decimal("7.1"), Decimal("0.3"))


def test_a_percentage_cell_means_what_it_shows(tmp_path: Path, database: Database) -> None:
    path = tmp_path / "order_lines.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0].append(["order_id", "line_id", "vat_rate"])
    book.worksheets[0].append(["BC1", "1", 0.055])
    book.worksheets[0]["C2"].number_format = "0.0%"
    book.save(path)
    _import(path, database)
    _import(_write(tmp_path, "orders.csv", "order_id\nBC1\n"), database)

    with database.reading() as connection:
        line = load_orders(connection, ["BC1"])["BC1"].lines[0]

    assert line.vat_rate == Decimal("5.5")


def test_an_error_shown_by_a_spreadsheet_is_no_value(tmp_path: Path, database: Database) -> None:
    path = _workbook(
        tmp_path / "suppliers.xlsx", {"Feuil1": [["supplier_id", "name"], ["F1", "#N/A"]]}
    )

    report = _import(path, database)

    assert [(p.code, p.row, p.column) for p in report.problems] == [
        (ProblemCode.BAD_VALUE, 2, "name")
    ]


def test_reads_json_lists_and_objects_of_lists(tmp_path: Path, database: Database) -> None:
    content = {
        "contracts": [{"contract_id": "M1", "co_suppliers": ["F2"], "amount_max": 0.1}],
        "suppliers": [{"supplier_id": "F2", "ibans": ["FR76 1027 8487 7818 9702 0573 579"]}],
    }
    report = _import(_write(tmp_path, "tout.json", json.dumps(content)), database)
    listed = [{"supplier_id": "F3", "name": "Élan"}]
    _import(_write(tmp_path, "fournisseurs.json", json.dumps(listed)), database)

    assert report.status is FileStatus.IMPORTED
    with database.reading() as connection:
        contract = load_contracts(connection, ["M1"])["M1", ""]
        suppliers = load_suppliers(connection)
    assert (contract.co_suppliers, contract.amount_max) == (("F2",), Decimal("0.1"))
    assert suppliers["F2"].ibans == ("FR7610278487781897020573579",)
    assert suppliers["F3"].name == "Élan"


def test_wrong_check_digits_warn_and_refuse_nothing(tmp_path: Path, database: Database) -> None:
    text = (
        "supplier_id;siren;siret;vat_id;ibans\n"
        "F1;427651121;42765112000061;FR42427651120;FR7614505385592506188166049\n"
        "F2;427651120;42765112000060;FR41427651120;FR7614505385592506188166048\n"
    )

    report = _import(_write(tmp_path, "suppliers.csv", text), database)

    assert report.status is FileStatus.IMPORTED
    assert {(p.row, p.column) for p in report.problems} == {
        (2, "siren"),
        (2, "siret"),
        (2, "vat_id"),
        (2, "ibans"),
    }


def test_doubtful_numbers_warn(tmp_path: Path, database: Database) -> None:
    text = "order_id;line_id;quantity;unit_price;vat_rate\nBC1;1;1.234;12,50;0,2\n"

    report = _import(_write(tmp_path, "order_lines.csv", text), database)

    assert report.status is FileStatus.IMPORTED
    assert _codes(report) == [ProblemCode.DOUBTFUL_VALUE] * 2


def test_references_that_lead_nowhere_are_listed_at_the_end(
    tmp_path: Path, database: Database
) -> None:
    _write(tmp_path, "orders.csv", "order_id;supplier_id\nBC1;F1\nBC2;F9\n")
    _write(tmp_path, "suppliers.csv", "supplier_id\nF1\n")
    _write(tmp_path, "receipts.csv", "receipt_id;order_id;line_id;quantity\nR1;BC1;1;2\n")

    report = import_paths([tmp_path], database)

    assert report.complete
    assert [(w.column, w.message) for w in report.warnings] == [
        (
            "supplier_id",
            f"1 supplier_id of orders not found in suppliers: F9 (in {tmp_path / 'orders.csv'})",
        ),
        (
            "order_id, line_id",
            (
                "1 order_id and line_id of receipts not found in order_lines: BC1 1 "
                f"(in {tmp_path / 'receipts.csv'})"
            ),
        ),
    ]


def test_an_old_workbook_in_a_folder_is_answered_with_what_to_save_it_as(
    tmp_path: Path, database: Database
) -> None:
    (tmp_path / "suppliers.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))

    (file,) = import_paths([tmp_path], database).files

    assert "save it as .xlsx" in file.problems[0].message


def test_the_report_is_json(tmp_path: Path, database: Database) -> None:
    _write(tmp_path, "orders.csv", "order_id;order_date\nBC1;demain\n")

    records = list(import_paths([tmp_path], database).records())

    assert json.loads(json.dumps(records)) == records
    assert records[0]["problems"][0]["severity"] == "error"
    assert records[-1]["complete"] is False


@pytest.mark.shared
def test_every_scenario_imports_and_a_second_time_changes_nothing() -> None:
    folders = sorted(shared_folder().glob("scenarios/*/reference"))
    assert len(folders) > 100
    for folder in folders:
        database = Database("sqlite://")
        METADATA.create_all(database.engine)

        first = import_paths([folder], database)
        second = import_paths([folder], database)

        assert _errors(first) == []
        assert first.warnings == ()
        assert (second.totals().inserted, second.totals().changed) == (0, 0)
        assert second.totals().unchanged == first.totals().inserted
        database.close()


def _errors(report: ImportReport) -> list[str]:
    return [
        f"{file.file}: {problem.place}: {problem.message}"
        for file in report.files
        for problem in file.problems
        if problem.is_error
    ]


def test_columns_that_are_not_used_are_named(tmp_path: Path, database: Database) -> None:
    orders = "n° de commande;date;montant HT;couleur;\nBC1;18/03/2026;abc;rouge;\n"
    lines = "n° de commande;n° ligne;qté;colisage\nBC1;1;2;10\n"

    report = _import(_write(tmp_path, "commandes.csv", orders), database)
    known = _import(_write(tmp_path, "lignes_commande.csv", lines), database)

    (problem,) = report.problems
    assert report.status is FileStatus.IMPORTED
    assert (problem.code, problem.is_error) == (ProblemCode.COLUMNS_UNUSED, False)
    assert problem.message.endswith(": montant HT, couleur")
    assert known.problems == ()
