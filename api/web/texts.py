"""Every word of the pages, in French and English; the words of discrepancies are in `wording`.

A text is looked up by key; a key that does not exist raises, so that a missing word is seen by the
tests and not by an accountant.
"""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

from collections.abc import Sequence

from api.web.formats import Language
from api.web.french import in_french

LANGUAGES: tuple[Language, ...] = ("fr", "en")

_TEXTS: dict[str, tuple[str, str]] = {
    # The frame of every page
    "product": ("Salle de contrôle des factures", "Invoice control room"),
    "skip": ("Aller au contenu", "Skip to content"),
    "nav": ("Navigation principale", "Main navigation"),
    "nav.inbox": ("Réception", "Inbox"),
    "nav.search": ("Recherche", "Search"),
    "nav.upload": ("Déposer", "Upload"),
    "other_language": ("English", "Français"),
    "no_login": (
        (
            "Aucune authentification n’est configurée et ce serveur est joignable depuis d’autres "
            "postes : placez-le derrière un mandataire qui identifie les personnes."
        ),
        (
            "No login is configured and this server can be reached from other machines: put it "
            "behind a proxy that identifies people."
        ),
    ),
    "footer.local": (
        "Serveur local, sans authentification.",
        "Local server, without login.",
    ),
    "footer.api": ("Interface JSON", "JSON interface"),
    "keys": ("Raccourcis clavier", "Keyboard shortcuts"),
    "keys.next": ("document suivant", "next document"),
    "keys.previous": ("document précédent", "previous document"),
    "keys.enter": ("Entrée", "Enter"),
    "keys.open": ("ouvrir", "open"),
    "keys.search": ("rechercher", "search"),
    "keys.back": ("retour à la liste", "back to the list"),
    "keys.original": ("télécharger l’original", "download the original"),
    "keys.verify": ("vérifier le document", "verify the document"),
    "keys.upload": ("déposer des fichiers", "upload files"),
    "keys.help": ("afficher ou masquer cette aide", "show or hide this help"),
    # Inbox
    "inbox.title": ("Réception", "Inbox"),
    "inbox.filters": ("Filtrer par état", "Filter by state"),
    "inbox.all": ("Tout", "All"),
    "inbox.state": ("État", "State"),
    "inbox.number": ("Facture", "Invoice"),
    "inbox.supplier": ("Fournisseur", "Supplier"),
    "inbox.date": ("Date", "Date"),
    "inbox.amount": ("Montant TTC", "Gross amount"),
    "inbox.reason": ("Verdict", "Verdict"),
    "inbox.received": ("Reçu", "Received"),
    "inbox.caption": (
        "Documents reçus, du plus récent au plus ancien",
        "Documents received, newest first",
    ),
    "inbox.older": ("Plus anciens", "Older"),
    "inbox.newest": ("Revenir aux plus récents", "Back to the newest"),
    "inbox.empty": ("Rien ici pour l’instant.", "Nothing here yet."),
    "inbox.empty_hint": (
        (
            "Déposez des factures dans le dossier surveillé, ou avec le bouton « Déposer » : elles "
            "apparaîtront ici d’elles-mêmes."
        ),
        (
            "Drop invoices into the watched folder, or use “Upload”: they will show up here by "
            "themselves."
        ),
    ),
    "inbox.empty_filter": (
        "Aucun document dans cet état.",
        "No document in this state.",
    ),
    "inbox.more": ("et {count} de plus", "and {count} more"),
    "inbox.parent": ("dans", "in"),
    "inbox.clean": ("Conforme, bon à payer", "Clean, ready to pay"),
    "inbox.clean_credit": ("Conforme, à déduire", "Clean, to be deducted"),
    "inbox.live": ("À jour en direct", "Updated live"),
    "inbox.stale": ("Connexion perdue, nouvel essai…", "Connection lost, trying again…"),
    "inbox.one_new": ("Un nouveau document.", "One new document."),
    "inbox.many_new": ("{count} nouveaux documents.", "{count} new documents."),
    "inbox.changed": ("La liste a changé.", "The list has changed."),
    # States
    "status.received": ("En cours", "In progress"),
    "status.waiting": ("En attente de lecture", "Waiting to be read"),
    "status.approved": ("Approuvée", "Approved"),
    "status.in_review": ("À vérifier", "To review"),
    "status.blocked": ("Bloquée", "Blocked"),
    "status.duplicate": ("Déjà reçue", "Duplicate"),
    "status.unreadable": ("Illisible", "Unreadable"),
    "status.not_invoice": ("Autre document", "Not an invoice"),
    "status.to_check": ("Commandes et réceptions à vérifier", "Orders and receipts to check"),
    "status.failed": ("Échec", "Failed"),
    "status.refused": ("Refusée", "Refused"),
    "status.disputed": ("En litige", "Disputed"),
    "status.on_hold": ("En attente", "On hold"),
    "status.replaced": ("Remplacée", "Replaced"),
    # What became of documents that have no verdict
    "became.received": ("Lecture et contrôles en cours…", "Being read and checked…"),
    "became.waiting": (
        "Conservé ; il sera lu dès que la reconnaissance de caractères sera installée.",
        "Kept; it will be read as soon as character recognition is installed.",
    ),
    "became.duplicate": (
        "Mêmes octets qu’un document déjà reçu : rien de plus à payer.",
        "Same bytes as a document already received: nothing more to pay.",
    ),
    "became.unreadable": (
        "Conservé, mais illisible : à redemander au fournisseur.",
        "Kept, but cannot be read: ask the supplier for it again.",
    ),
    "became.not_invoice": (
        "Conservé : ce n’est pas une facture.",
        "Kept: this is not an invoice.",
    ),
    "became.failed": (
        "Conservé, mais le traitement a échoué : il sera repris.",
        "Kept, but processing failed: it will be tried again.",
    ),
    "became.refused": ("Refusée.", "Refused."),
    "became.disputed": ("Litige ouvert avec le fournisseur.", "In dispute with the supplier."),
    "became.on_hold": ("Mise en attente.", "On hold."),
    "became.replaced": (
        "Remplacée par une facture rectificative.",
        "Replaced by a corrected invoice.",
    ),
    # Kinds
    "kind.invoice": ("Facture", "Invoice"),
    "kind.credit_note": ("Avoir", "Credit note"),
    "kind.order": ("Commande", "Order"),
    "kind.despatch_advice": ("Avis d’expédition", "Despatch advice"),
    "kind.receipt_advice": ("Avis de réception", "Receipt advice"),
    "kind.status_message": ("Message de statut", "Status message"),
    "kind.other": ("Document", "Document"),
    # Search
    "search.title": ("Recherche", "Search"),
    "search.label": ("Rechercher dans tous les documents", "Search all documents"),
    "search.placeholder": ("mots, « phrase », fournisseur…", "words, “phrase”, supplier…"),
    "search.go": ("Rechercher", "Search"),
    "search.found_none": ("Aucun document trouvé", "No document found"),
    "search.found_one": ("Un document trouvé", "One document found"),
    "search.found_many": ("{count} documents trouvés", "{count} documents found"),
    "search.shown": ("{count} premiers affichés", "first {count} shown"),
    "search.took": ("en {ms} ms", "in {ms} ms"),
    "search.facets": ("Affiner", "Narrow down"),
    "search.facet.supplier": ("Fournisseur", "Supplier"),
    "search.facet.status": ("État", "State"),
    "search.facet.year": ("Année", "Year"),
    "search.facet.code": ("Écart", "Discrepancy"),
    "search.bad": ("Cette requête ne se lit pas", "This query cannot be read"),
    "search.bad_place": ("Erreur au caractère {place}", "Error at character {place}"),
    "search.syntax": ("Comment chercher", "How to search"),
    "search.example.logic": ("(gaz OU fioul) SAUF avoir", "(gaz OR fioul) NOT avoir"),
    "search.example.fields": (
        "fournisseur:dupont statut:bloquée",
        "supplier:dupont status:blocked",
    ),
    "search.example.amount": ("montant:1000..5000", "amount:1000..5000"),
    "search.syntax.words": (
        "Tous les mots, avec ou sans accents",
        "All the words, with or without accents",
    ),
    "search.syntax.phrase": ("La phrase exacte", "The exact phrase"),
    "search.syntax.prefix": ("Ce qui commence ainsi", "What begins like this"),
    "search.syntax.fuzzy": ("À une faute de frappe près", "Give or take a typing error"),
    "search.syntax.logic": ("Combiner, exclure, grouper", "Combine, exclude, group"),
    "search.syntax.fields": (
        (
            "Dans un champ : fournisseur, numero, commande, contrat, siren, iban, statut "
            "(bloquée, approuvée, à_examiner…), anomalie"
        ),
        "In a field: supplier, number, order, contract, siren, iban, status, code",
    ),
    "search.syntax.amount": ("Montant TTC entre deux bornes", "Gross amount between two bounds"),
    "search.syntax.date": ("Date de facture entre deux bornes", "Invoice date between two bounds"),
    # Upload
    "upload.title": ("Déposer des factures", "Upload invoices"),
    "upload.label": ("Fichiers à déposer", "Files to upload"),
    "upload.what": (
        (
            "Factur-X, CII, UBL, ZUGFeRD, PDF simple ou numérisé, courriel, archive zip, "
            "fichier signé (.p7m). Chaque fichier est conservé et haché avant toute lecture."
        ),
        (
            "Factur-X, CII, UBL, ZUGFeRD, plain or scanned PDF, e-mail, zip, signed file (.p7m). "
            "Every file is stored and hashed before anything reads it."
        ),
    ),
    "upload.drop": ("ou glissez-les n’importe où sur la page", "or drag them anywhere on the page"),
    "upload.go": ("Déposer", "Upload"),
    "upload.none": ("Choisissez au moins un fichier.", "Choose at least one file."),
    "upload.done": ("Fichiers reçus", "Files received"),
    "upload.file": ("Fichier", "File"),
    "upload.became": ("Devenu", "Became"),
    "upload.again": ("Déposer d’autres fichiers", "Upload more files"),
    # Errors
    "error.title": ("Cela n’a pas marché", "That did not work"),
    "error.code": ("Code", "Code"),
    "error.home": ("Revenir à la réception", "Back to the inbox"),
    "error.ING-01": ("Aucun document ne porte cet identifiant.", "No document has this id."),
    "error.API-03": ("L’envoi est trop volumineux.", "What was sent is too large."),
    "error.API-04": (
        "Un paramètre manque ou n’est pas valable.",
        "A parameter is missing or wrong.",
    ),
    "error.API-05": ("Rien ne se trouve à cette adresse.", "Nothing is found at this address."),
    "error.DB-01": (
        "La base de données ne répond pas ; rien de ce qui a été reçu n’est perdu.",
        "The database does not answer; nothing that was received is lost.",
    ),
    "error.MEG-70": (
        "Une erreur imprévue s’est produite ; rien de ce qui a été reçu n’est perdu.",
        "Something unexpected happened; nothing that was received is lost.",
    ),
}


class Texts:
    """The texts in one language: `t("inbox.more", count=2)`."""

    def __init__(self, language: Language, *catalogues: dict[str, tuple[str, str]]) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)
        self._catalogues = (_TEXTS, *catalogues)

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its values in place."""
        for catalogue in self._catalogues:
            if key in catalogue:
                text = catalogue[key][self._place]
                return text.format(**values) if values else text
        raise KeyError(key)

    def told(self, sentence: str) -> str:
        """A sentence of another room, which speaks English, in the reader's language."""
        return in_french(sentence) if self.language == "fr" else sentence

    def get(self, key: str, default: str) -> str:
        """The text of a key that a document or another room may have made up, or the default."""
        return self(key) if any(key in c for c in self._catalogues) else default


def preferred_language(cookie: str | None, accepted: str | None) -> Language:
    """What the reader chose, else what the browser prefers, else French."""
    for language in LANGUAGES:
        if cookie == language:
            return language
    best: Language = "fr"
    best_weight = 0.0
    for weight, tag in _accepted(accepted or ""):
        for language in LANGUAGES:
            if tag.split("-")[0] == language and weight > best_weight:
                best, best_weight = language, weight
    return best


def _accepted(header: str) -> Sequence[tuple[float, str]]:
    """Language tags of an Accept-Language header with their weights (RFC 9110 §12.5.4)."""
    found = []
    for part in header[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        weight = parameter.strip().removeprefix("q=")
        try:
            found.append((float(weight) if weight else 1.0, tag.strip().lower()))
        except ValueError:
            continue
    return found
