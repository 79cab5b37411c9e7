"""How fast the embedded index takes in and finds synthetic French invoices.

    python -m benchmarks.bench_search [--documents 20000] [--rounds 40] [--folder DIR] [--json]

Texts are made by this script from a fixed seed: nothing is downloaded. Engine times are of
`SearchIndex.search` with twenty hits loaded; service times add parsing and snippets.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from search import analyser
from search.backends.tantivy_index import TantivyIndex
from search.conditions import Between, all_of
from search.document import SearchDocument, entry_of
from search.index import Request, Sort
from search.plan import plan
from search.query import parse
from search.reindex import Source, reindex
from search.service import SearchService

SEED = 20260
_SYLLABLES = (
    "ba be bi bo bu ca ce ci co cu da de di do du fa fe fi fo ga gi go la le li lo lu ma me mi mo "
    "na ne ni no nu pa pe pi po pu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo "
    "tion ment age eur euse ique aire oir able".split()
)
_COMMON = (
    "de la le et les des en un une du pour par sur dans au avec est que qui plus total facture "
    "montant euros taux intérêt légal retard paiement échéance délai pénalités TVA TTC HT prix "
    "quantité unité désignation référence commande marché livraison fourniture bureau entretien "
    "nettoyage locaux travaux chauffage bâtiment électricité eau gaz maintenance prestation "
    "service papier ramettes enveloppes cartouches désinfectant repas cantine transport scolaire "
    "voirie enrobé peinture plomberie vérification extincteurs ascenseur informatique licence "
    "abonnement téléphonie formation assurance honoraires étude maîtrise œuvre".split()
)
_TYPES = ("SARL", "SAS", "SA", "EURL", "SCOP", "Ets")
_STATUSES = ("approved", "approved", "approved", "in_review", "blocked")
_CODES = ("PRICE_ABOVE_ORDER", "QUANTITY_ABOVE_RECEIVED", "IBAN_UNKNOWN", "RECEIPT_MISSING")

QUERIES = {
    "three words": ["entretien chauffage bâtiment", "nettoyage locaux désinfectant"],
    "phrase": ['"taux d\'intérêt légal"', '"délai de paiement"'],
    "prefix": ["désinfect*", "extincteur*"],
    "fuzzy": ["désinfectnt~", "extinteurs~"],
    "reference": ["BC2026-{n:05d}", "FAC-2026-{n:06d}"],
    "amount": ["1 {n:03d},50", "{n},25"],
}


class Words:
    """A vocabulary whose frequencies fall as those of a language do."""

    def __init__(self, chance: random.Random, size: int = 30_000) -> None:
        made = {"".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))) for _ in range(size)}
        self._rare = sorted(made)
        self._chance = chance

    def take(self, count: int) -> list[str]:
        """Some words, most of them common ones."""
        chance = self._chance
        size = len(self._rare)
        return [
            chance.choice(_COMMON)
            if chance.random() < 0.6  # noqa: PLR2004
            else self._rare[min(size - 1, int(size * chance.random() ** 3))]
            for _ in range(count)
        ]


def documents(count: int) -> Iterator[SearchDocument]:
    """Invoices that nobody sent."""
    chance = random.Random(SEED)  # noqa: S311 - a benchmark must repeat itself
    words = Words(chance)
    suppliers = [
        f"{chance.choice(_TYPES)} {' '.join(w.title() for w in words.take(2))} {n}"
        for n in range(2_000)
    ]
    start = date(2023, 1, 1)
    for n in range(count):
        supplier = suppliers[int(len(suppliers) * chance.random() ** 2)]
        issued = start + timedelta(days=chance.randrange(1_300))
        gross = Decimal(chance.randrange(1_000, 9_000_000)) / 100
        yield SearchDocument(
            document_id=f"{1_750_000_000_000 + n * 1_000:012x}"[:8] + f"-{n % 65536:04x}-7000-8000"
            f"-{n:012x}",
            sha256=f"{n:064x}",
            status=chance.choice(_STATUSES),
            file=f"facture-{n}.pdf",
            kind="invoice",
            received_at=datetime(2026, 1, 1, tzinfo=UTC),
            number=f"FAC-2026-{n:06d}",
            supplier=supplier,
            sirens=(f"{500_000_000 + n % 2000}",),
            orders=(f"BC2026-{n % 100_000:05d}",),
            issue_date=issued,
            gross=gross,
            currency="EUR",
            codes=(chance.choice(_CODES),) if chance.random() < 0.2 else (),  # noqa: PLR2004
            text=_text(chance, words, n, supplier, issued, gross),
        )


def _text(
    chance: random.Random, words: Words, n: int, supplier: str, issued: date, gross: Decimal
) -> str:
    lines = [
        f"{supplier}\nFacture n\u00b0 FAC-2026-{n:06d} du {issued:%d/%m/%Y}",
        f"Bon de commande BC2026-{n % 100_000:05d}",
        f"SIREN {500_000_000 + n % 2000} TVA FR{n % 97:02d}{500_000_000 + n % 2000}",
    ]
    for position in range(chance.randint(2, 14)):
        price = chance.randrange(100, 99_999) / 100
        wording = " ".join(words.take(chance.randint(4, 12)))
        lines.append(f"{position + 1} {wording} {chance.randint(1, 40)} {price:.2f} 20 %")
    lines.append(f"Total TTC {gross:,.2f}".replace(",", " ").replace(".", ",") + " \u20ac")
    if n % 3 == 0:
        lines.append("En cas de retard : taux d\u2019intérêt légal majoré, délai de paiement 30 j")
    lines.append(" ".join(words.take(chance.randint(20, 160))))
    lines.append("IBAN FR76 1820 6000 1234 5678 9012 345")
    return "\n".join(lines)


def timed(work: Callable[[int], object], rounds: int) -> tuple[float, float]:
    """Median and 99th percentile of some rounds, in milliseconds."""
    taken = []
    for n in range(rounds + 3):
        started = time.perf_counter()
        work(n)
        taken.append((time.perf_counter() - started) * 1000)
    taken = sorted(taken[3:])
    return statistics.median(taken), taken[min(len(taken) - 1, int(len(taken) * 0.99))]


def main() -> None:
    """Index, search, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--folder", type=Path)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="meg-bench-"))
    try:
        figures = measure(folder / "index", asked.documents, asked.rounds)
    finally:
        if asked.folder is None:
            shutil.rmtree(folder)
    if asked.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:34} {value}")


def measure(folder: Path, count: int, rounds: int) -> dict[str, object]:
    """All figures."""
    sample = list(documents(min(count, 3_000)))
    started = time.process_time()
    tokens = sum(len(analyser.terms(d.text).stems) for d in sample)
    analysing = time.process_time() - started
    started = time.process_time()
    for document in sample:
        entry_of(document)
    entries = time.process_time() - started
    index = TantivyIndex(folder)
    started = time.perf_counter()
    generating = time.process_time()
    for _ in documents(min(count, 3_000)):
        pass
    making = (time.process_time() - generating) / min(count, 3_000) * count
    started = time.perf_counter()
    reindex(index, lambda: Source(documents(count), count), processes=os.cpu_count() or 1)
    seconds = time.perf_counter() - started
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    figures: dict[str, object] = {
        "documents": count,
        "tokens a document": round(tokens / len(sample)),
        "analyser tokens/s (CPU)": round(tokens / analysing),
        "entries/s (CPU)": round(len(sample) / entries),
        "index seconds, texts made too": round(seconds, 1),
        "index docs/s, less making texts": round(count / max(0.001, seconds - making)),
        "index MB": round(size / 1e6, 1),
        "peak RSS MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    return figures | _query_figures(index, rounds) | _update_figures(index, rounds)


def _query_figures(index: TantivyIndex, rounds: int) -> dict[str, object]:
    service = SearchService(index)
    figures: dict[str, object] = {}
    for name, texts in QUERIES.items():

        def engine(n: int, texts: list[str] = texts) -> object:
            text = texts[n % len(texts)].format(n=100 + n)
            return index.search(Request(plan(parse(text)).condition))

        def whole(n: int, texts: list[str] = texts) -> object:
            return service.search(texts[n % len(texts)].format(n=100 + n), facet_values=0)

        figures[f"{name}: engine p50/p99 ms"] = _shown(timed(engine, rounds))
        figures[f"{name}: with snippets"] = _shown(timed(whole, rounds))
    words = plan(parse("entretien chauffage")).condition

    def facets(_n: int) -> object:
        return index.search(Request(words, limit=0, facet_values=20))

    def dated(n: int) -> object:
        low = 20_230_101 + n % 12 * 100
        condition = all_of([words, Between("issued", low, low + 10_000)])
        return index.search(Request(condition, sort=Sort.NEWEST))

    figures["facets of two words: engine"] = _shown(timed(facets, rounds))
    figures["words, dates, sorted: engine"] = _shown(timed(dated, rounds))
    figures["everything, with facets"] = _shown(timed(lambda _n: service.search(""), rounds))
    return figures


def _update_figures(index: TantivyIndex, rounds: int) -> dict[str, object]:
    service = SearchService(index)
    one = list(documents(64))
    single = timed(lambda n: service.index_documents([one[n % 64]]), min(rounds, 20))
    batch = timed(lambda _n: service.index_documents(one), min(rounds, 10))

    def cold(_n: int) -> object:
        return SearchService(TantivyIndex(index.folder)).search("chauffage", limit=1)

    return {
        "durable update of 1: ms": _shown(single),
        "durable update of 64: ms": _shown(batch),
        "open and search: ms": _shown(timed(cold, min(rounds, 20))),
    }


def _shown(figures: tuple[float, float]) -> str:
    return f"{figures[0]:.2f} / {figures[1]:.2f}"


if __name__ == "__main__":
    main()
