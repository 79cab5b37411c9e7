"""Reports as web pages: one file each, no script, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from archive.evidence.story import Block, Grid, Heading, Overview, Paragraph, instant

_PAGE = """\
<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>
body{{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%;margin:.6rem 0}}
th,td{{border:1px solid #999;padding:.25rem .5rem;text-align:left;\
vertical-align:top;overflow-wrap:anywhere}}
th{{background:#eee;overflow-wrap:normal}}
h1{{font-size:1.6rem}} h2{{font-size:1.2rem;margin-top:1.6rem}}
</style></head><body><h1>{title}</h1>
{body}
</body></html>
"""


def page(title: str, blocks: Iterable[Block]) -> str:
    """The report of one document."""
    return _PAGE.format(title=escape(title), body="\n".join(_block(b) for b in blocks))


def overview_page(rows: Sequence[Overview], at: datetime, actor: str, zone: ZoneInfo) -> str:
    """The first page of a package: what it holds, and how to verify it."""
    listed = "\n".join(
        f'<tr><td><a href="documents/{escape(r.document_id)}/report.html">{escape(r.title)}</a>'
        f' (<a href="documents/{escape(r.document_id)}/report.pdf">PDF</a>)</td>'
        + "".join(
            f"<td>{escape(text)}</td>" for text in (r.supplier, r.issue_date, r.gross, r.outcome)
        )
        + "</tr>"
        for r in rows
    )
    count = f"{len(rows)} document{'s' if len(rows) > 1 else ''}"
    body = (
        f"<p>{count}. Dossier établi le {instant(at, zone)} par {escape(actor)}.</p>"
        "<p>Pour vérifier, hors ligne : <code>python3 verify.py DOSSIER.zip --key CLE</code>. La"
        " clé du journal et le certificat racine de l'autorité d'horodatage doivent vous parvenir"
        " par une autre voie que ce dossier.</p>"
        "<table><thead><tr><th>Document</th><th>Fournisseur</th><th>Date</th><th>TTC</th>"
        f"<th>Résultat</th></tr></thead><tbody>\n{listed}\n</tbody></table>"
    )
    return _PAGE.format(title="Dossier de preuve", body=body)


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(block.text)}</h2>"
    if isinstance(block, Paragraph):
        return f"<p>{escape(block.text)}</p>"
    return _table(block)


def _table(grid: Grid) -> str:
    heads = ""
    if any(grid.heads):
        cells = "".join(f"<th scope=col>{escape(head)}</th>" for head in grid.heads)
        heads = f"<thead><tr>{cells}</tr></thead>"
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in grid.rows
    )
    return f"<table>{heads}<tbody>\n{rows}\n</tbody></table>"
