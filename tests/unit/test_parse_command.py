import json
from pathlib import Path

from click.testing import CliRunner

from api.cli.parse import parse
from tests.pdf_maker import in_name_tree

DATA = Path(__file__).parent.parent / "data"
CII = DATA / "cii_every_field.xml"
UBL = DATA / "ubl_every_field.xml"


def test_parse_writes_one_object_a_file_in_their_order(tmp_path: Path) -> None:
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(in_name_tree("factur-x.xml", CII.read_bytes()))

    result = CliRunner().invoke(parse, ["--json", str(pdf), str(UBL), str(pdf), str(CII)])

    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [r["file"] for r in records] == [str(pdf), str(UBL), str(pdf), str(CII)]
    assert [r["source"] for r in records] == ["cii", "ubl", "cii", "cii"]
    assert result.exit_code == 0


def test_parse_goes_on_after_a_file_it_cannot_have(tmp_path: Path) -> None:
    names = [str(tmp_path / "absent"), str(tmp_path), str(CII)]

    result = CliRunner().invoke(parse, ["--json", *names])

    records = [json.loads(line) for line in result.stdout.splitlines()]
    codes = [r["error"] and r["error"]["code"] for r in records]
    assert codes == ["ING-FILE-11", "ING-FILE-12", None]
    assert [r["readable"] for r in records] == [False, False, True]
    assert all(r["error"]["hint"] for r in records[:2])
    assert result.exit_code == 1


def test_parse_tells_people_the_essentials() -> None:
    result = CliRunner().invoke(parse, [str(CII)])

    assert "FA-2026-0815 of 2026-03-15" in result.stdout
    assert "payable 1200.00 EUR" in result.stdout
