"""The French of sentences that come from other rooms in English.

Errors, reading failures and remarks of the rule sets carry one English sentence, as command line
and JSON interface show it; it serves as the key here, `{}` standing for the values in it. A
sentence that is not listed is shown as it is.
"""
# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

import re
from functools import cache, lru_cache

_ASK_ANEW = "Demander au fournisseur de la produire à nouveau."
_HOSTILE = "Tenir le fichier pour hostile, sauf explication du fournisseur."

_EMBEDDED = "Embedded file "

_READING = {
    "The file is a signature and carries no document.": (
        "Le fichier est une signature et ne contient aucun document."
    ),
    "Take in the invoice it belongs to.": "Déposer la facture à laquelle elle se rapporte.",
    "The PDF is locked with a password.": "Le PDF est protégé par un mot de passe.",
    "The PDF opens with a password only.": "Le PDF ne s’ouvre qu’avec un mot de passe.",
    "The PDF is damaged and cannot be opened.": "Le PDF est endommagé et ne s’ouvre pas.",
    "The PDF is damaged beyond repair ({} bytes, no page could be found).": (
        "Le PDF est trop endommagé pour être réparé ({} octets, aucune page trouvée)."
    ),
    "The PDF has no text on its {} page(s): they are empty.": (
        "Le PDF ne porte aucun texte sur ses {} page(s) : elles sont vides."
    ),
    "The pages are pictures, and no program to recognise characters (OCR) is installed.": (
        "Les pages sont des images, et aucun programme de reconnaissance de caractères (OCR) "
        "n’est installé."
    ),
    "The pages are pictures, and Tesseract lacks the language data {}.": (
        "Les pages sont des images, et il manque à Tesseract les données de langue {}."
    ),
    "The pages are pictures, and no text could be recognised on them.": (
        "Les pages sont des images, et aucun texte n’a pu y être reconnu."
    ),
    "Recognising the pages took longer than a document may take.": (
        "La reconnaissance des pages a dépassé le temps permis."
    ),
    "The scan holds {} invoices, each read on its own pages ({}).": (
        "La numérisation contient {} factures, chacune lue sur ses propres pages ({})."
    ),
    "The picture cannot be opened: {}.": "L’image ne s’ouvre pas : {}.",
    "Page {} was not recognised ({}): look at it.": ("Page {} non reconnue ({}) : la regarder."),
    "The PDF carries no invoice XML, and its pages could not be read within the limits.": (
        "Le PDF ne contient pas de XML de facture, et ses pages n’ont pas pu être lues dans les "
        "limites permises."
    ),
    "The PDF carries no invoice XML, and reading its pages is not installed.": (
        "Le PDF ne contient pas de XML de facture, et la lecture des pages n’est pas installée."
    ),
    "Reading the PDF would take more memory or time than any invoice does.": (
        "Lire ce PDF prendrait plus de mémoire ou de temps qu’aucune facture."
    ),
    "{} of the PDF inflates beyond every reasonable size.": (
        "{} : une partie du PDF enfle au-delà de toute taille raisonnable."
    ),
    "The XML document is empty.": "Le document XML est vide.",
    "The XML is not well-formed: {}.": "Le XML est mal formé : {}.",
    "The XML is no invoice format known here; its root element is {}.": (
        "Ce XML n’est pas un format de facture connu ; son élément racine est {}."
    ),
    "The XML file has {} bytes, more than the {} that are read.": (
        "Le fichier XML fait {} octets, au-delà des {} qui sont lus."
    ),
    "The XML file declares entities, which no invoice standard allows.": (
        "Le fichier XML déclare des entités, ce qu’aucune norme de facture ne permet."
    ),
    "The XML file passes a safety limit: {}.": (
        "Le fichier XML dépasse une limite de sûreté : {}."
    ),
    "The file is empty.": "Le fichier est vide.",
    "The file is a web page.": "Le fichier est une page web.",
    "The file is an e-mail message.": "Le fichier est un courriel.",
    "The file is a zip archive.": "Le fichier est une archive zip.",
    "The file is an archive of a kind that is not opened here (7z, rar, tar, gzip).": (
        "Le fichier est une archive d’un genre qui n’est pas ouvert ici (7z, rar, tar, gzip)."
    ),
    "The file is a message saved by Outlook (.msg).": (
        "Le fichier est un message enregistré par Outlook (.msg)."
    ),
    "The PDF is damaged, the invoice XML in it too.": (
        "Le PDF est endommagé, et le XML de facture qu’il contient aussi."
    ),
    "The XML is an envelope around {} documents; which of them is meant is not said.": (
        "Le XML est une enveloppe autour de {} documents ; rien ne dit lequel est le bon."
    ),
    "more than {} files in one archive": "Plus de {} fichiers dans une archive.",
    "the e-mail message passes a safety limit: {}": (
        "Le courriel dépasse une limite de sûreté : {}"
    ),
    "the zip archive is packed in a way that is not read (neither stored nor deflated)": (
        "L’archive zip est comprimée d’une façon qui n’est pas lue."
    ),
    "The file is an office document.": "Le fichier est un document bureautique.",
    "The file is a picture.": "Le fichier est une image.",
    "The file is plain text, no invoice format.": (
        "Le fichier est du texte simple, pas un format de facture."
    ),
    "The file is of no known type; it may be damaged or encrypted.": (
        "Le fichier est d’un type inconnu ; il est peut-être endommagé ou chiffré."
    ),
    "the zip archive is damaged: {}": "L’archive zip est endommagée : {}",
    "the zip archive cannot be unpacked: {}": "L’archive zip ne peut pas être ouverte : {}",
    "the zip archive is protected by a password": "L’archive zip est protégée par un mot de passe.",
    "the archive would unpack to {} bytes": "L’archive ferait {} octets une fois ouverte.",
    "{} is packed suspiciously tightly": "{} est comprimé de façon suspecte.",
    "{} unpacks to more than {} bytes": "{} dépasse {} octets une fois ouvert.",
    "{} files in one archive; {} are allowed": "{} fichiers dans une archive ; {} sont permis.",
    "more than {} attachments in one message": "Plus de {} pièces jointes dans un courriel.",
    "the e-mail message is malformed: {}": "Le courriel est mal formé : {}",
    "archives or messages are packed into one another more than three deep": (
        "Des archives ou courriels sont emboîtés sur plus de trois niveaux."
    ),
    "the file has {} MB, more than is read": "Le fichier fait {} Mo, plus que ce qui est lu.",
    "Reading the file needed more memory than a document may have.": (
        "La lecture du fichier demandait plus de mémoire qu’un document ne peut en avoir."
    ),
    "Reading the file took longer than a document may take.": (
        "La lecture du fichier a dépassé le temps permis."
    ),
    "Reading the file brought the reader down ({}).": (
        "La lecture du fichier a fait tomber le lecteur ({})."
    ),
    "MEG stumbled over this file: {}": "MEG a trébuché sur ce fichier : {}",
}

_NEXT_STEPS = {
    "Ask the sender for the invoice without a password.": (
        "Demander à l’expéditeur la facture sans mot de passe."
    ),
    "Ask the supplier for the invoice without password protection.": (
        "Demander au fournisseur la facture sans mot de passe."
    ),
    "Ask the sender to send the invoice again.": "Demander à l’expéditeur de renvoyer la facture.",
    "The transfer was probably cut; ask the supplier to send the invoice again.": (
        "Le transfert a sans doute été coupé ; demander au fournisseur de renvoyer la facture."
    ),
    "Look at the document; ask the sender to send the invoice again.": (
        "Regarder le document ; demander à l’expéditeur de renvoyer la facture."
    ),
    "Install it: {}. What waits is then read. If there is no such package, the name in "
    "`recognition.languages` is none of Tesseract's.": (
        "À installer : {}. Ce qui attend sera alors lu. Si ce paquet n’existe pas, le nom dans "
        "`recognition.languages` n’est pas un nom de Tesseract."
    ),
    "Install it: {}. What waits is then read.": ("À installer : {}. Ce qui attend sera alors lu."),
    "Look at the document: it may be blank, handwritten or too faint. Scan it again at 300 dpi.": (
        "Regarder le document : il est peut-être vierge, manuscrit ou trop pâle. Le numériser de "
        "nouveau à 300 ppp."
    ),
    "Raise recognition.seconds, or look at the document: it may be damaged or hostile.": (
        "Augmenter recognition.seconds, ou regarder le document : il est peut-être endommagé ou "
        "hostile."
    ),
    "Scan the page again, to PDF if the scanner can.": (
        "Numériser la page de nouveau, en PDF si le numériseur le permet."
    ),
    "Ask the supplier for a Factur-X invoice, or key the invoice by hand.": (
        "Demander au fournisseur une facture Factur-X, ou la saisir à la main."
    ),
    "Install MEG whole, or ask the supplier for a Factur-X invoice.": (
        "Installer MEG en entier, ou demander au fournisseur une facture Factur-X."
    ),
    "Treat the file as hostile unless the supplier can explain it.": _HOSTILE,
    "Treat the file as hostile unless the supplier can explain it; ask for it without DOCTYPE.": (
        "Tenir le fichier pour hostile, sauf explication du fournisseur ; le demander sans DOCTYPE."
    ),
    "Treat the file as hostile unless the supplier can explain it; ask for a smaller one.": (
        "Tenir le fichier pour hostile, sauf explication du fournisseur ; en demander un plus "
        "petit."
    ),
    "Ask the supplier for a Factur-X, UBL or CII invoice (EN 16931).": (
        "Demander au fournisseur une facture Factur-X, UBL ou CII (EN 16931)."
    ),
    "Ask the supplier to correct the file in their invoicing software and to send it again.": (
        "Demander au fournisseur de corriger le fichier dans son logiciel et de le renvoyer."
    ),
    "It may be a login page saved by mistake; download the invoice itself.": (
        "C’est peut-être une page de connexion enregistrée par erreur ; télécharger la facture "
        "elle-même."
    ),
    "Ask the supplier for a Factur-X, UBL or CII invoice.": (
        "Demander au fournisseur une facture Factur-X, UBL ou CII."
    ),
    "Ask the supplier for a Factur-X, UBL or CII invoice, or at least for a PDF.": (
        "Demander au fournisseur une facture Factur-X, UBL ou CII, ou au moins un PDF."
    ),
    "Ask the supplier to send large attachments apart from the invoice.": (
        "Demander au fournisseur d’envoyer les pièces volumineuses à part de la facture."
    ),
    "Ask the supplier to send the invoice again as PDF or XML.": (
        "Demander au fournisseur de renvoyer la facture en PDF ou en XML."
    ),
    "Scan the invoice to PDF, or ask the supplier for an electronic invoice.": (
        "Numériser la facture en PDF, ou demander une facture électronique au fournisseur."
    ),
    "Take in the invoice attached to it, or drop the message into the drop folder.": (
        "Prendre la facture jointe, ou déposer le courriel dans le dossier surveillé."
    ),
    "Take in the invoices inside it, or drop the archive into the drop folder.": (
        "Prendre les factures qu’elle contient, ou déposer l’archive dans le dossier surveillé."
    ),
    "The file is damaged or hostile; ask the supplier to produce it anew.": (
        f"Le fichier est endommagé ou hostile. {_ASK_ANEW}"
    ),
    "Ask the sender for the archive again, or for its files one by one.": (
        "Redemander l’archive à l’expéditeur, ou ses fichiers un par un."
    ),
    "Ask the sender for a zip archive, or for the invoices one by one.": (
        "Demander à l’expéditeur une archive zip, ou les factures une par une."
    ),
    "Ask the sender for an ordinary zip archive, or for the files one by one.": (
        "Demander à l’expéditeur une archive zip ordinaire, ou les fichiers un par un."
    ),
    "Ask the sender for the documents one by one.": (
        "Demander les documents un par un à l’expéditeur."
    ),
    "Save it in the .eml format, or save its attachments into the drop folder.": (
        "L’enregistrer au format .eml, ou enregistrer ses pièces jointes dans le dossier surveillé."
    ),
    "Ask the sender for the files one by one.": "Demander les fichiers un par un à l’expéditeur.",
    "Ask the sender for the files without a password.": (
        "Demander les fichiers sans mot de passe à l’expéditeur."
    ),
    "Ask the sender for the files themselves.": "Demander les fichiers eux-mêmes à l’expéditeur.",
    "Ask the sender for smaller archives; the bounds are set under `limits`.": (
        "Demander des archives plus petites ; les bornes se règlent sous `limits`."
    ),
    "Open it in a mail program and save its attachments into the drop folder.": (
        "L’ouvrir dans une messagerie et enregistrer ses pièces jointes dans le dossier surveillé."
    ),
    "It is archived. Ask the sender for a smaller file, or raise limits.file_megabytes.": (
        "Il est archivé. Demander un fichier plus petit, ou relever limits.file_megabytes."
    ),
    "This is a bug in MEG: report it with the file. The file itself is kept.": (
        "C’est un défaut de MEG : le signaler avec le fichier. Le fichier lui-même est conservé."
    ),
}

_ERRORS = {
    "document {} is {}, not read off pages": (
        "Ce document est un fichier {1}, rien n’en a été lu sur une page."
    ),
    "document {} was judged anew": "Ce document a été jugé de nouveau entre-temps.",
    "document {} was replaced by a corrected invoice": (
        "Cette facture a été remplacée par une facture rectificative."
    ),
    "document {} asks for no unknown account": "Ce document ne demande aucun compte inconnu.",
    "document {} has no attachment {}": "Ce document n’a pas de pièce jointe {1}.",
    "no searchable PDF was made of document {}": (
        "Aucun PDF cherchable n’a été fait de ce document."
    ),
    "document {} has no report on signatures": "Ce document n’a pas de rapport de signature.",
    "no correction {}": "Aucune correction ne porte cet identifiant.",
    "the account on document {} is not validated": (
        "Le compte bancaire de cette facture n’est pas validé."
    ),
    "{} has wrong check digits": "La clé de contrôle du compte {} est fausse.",
    "{} was validated by {}": "Le compte {} a déjà été validé par {}.",
    "{} was rejected by {}": "Le compte {} a déjà été rejeté par {}.",
    "{} vouched for this account already": "{} a déjà répondu de ce compte.",
    "an opinion on an account needs a reason: how it was checked": (
        "Un avis sur un compte demande un motif : comment il a été vérifié."
    ),
    "a correction or a link needs a reason": "Une correction ou un lien demande un motif.",
    "{} is no action; known: {}": "{} n’est pas une décision ; il y a : {}",
    "no field to correct, or too many of them": "Aucune donnée à corriger, ou trop.",
    "{} is no field that can be corrected": "{} n’est pas une donnée qui se corrige.",
    "{} is none of {}": "{} n’est aucune de : {}",
    "the invoice has {} lines, none is {}": "La facture a {} lignes, aucune n’est {}.",
    "{}: the heading of the column is missing": "{} : l’intitulé de la colonne manque.",
    "nothing was read as {}": "Rien n’a été lu sous cet intitulé ({}).",
    "unknown: {}": "Introuvable : {}.",
    "no order, contract or commitment was named": (
        "Aucune commande, aucun marché, aucun engagement n’a été nommé."
    ),
    "{}: {} is not an account with right check digits": (
        "{} : {} n’est pas un compte bancaire (IBAN), sa clé de contrôle est fausse."
    ),
    "the account {} on the page has right check digits": (
        "Le compte {} a été bien lu sur la page : une personne seule ne le change pas."
    ),
    "An IBAN: two letters, two check digits and up to 30 more, as printed on the invoice.": (
        "Un IBAN commence par deux lettres et deux chiffres de contrôle, comme FR76 ; le recopier "
        "tel qu’il est imprimé."
    ),
    "If the account is the supplier's, two people vouch for it: `meg account vouch`.": (
        "Si le compte est bien celui du fournisseur, deux personnes en répondent : "
        "`meg account vouch`."
    ),
    "{}: {} is not a number, such as {} or {}": "{} : {} n’est pas un nombre comme {} ou {}.",
    "{}: {} is not a number of at most {} digits": (
        "{} : {} n’est pas un nombre d’au plus {} chiffres."
    ),
    "{}: {} is not a date, such as {} or {}": "{} : {} n’est pas une date comme {} ou {}.",
    "{}: {} is not a date between {} and {}": "{} : {} n’est pas une date entre {} et {}.",
    "{}: {} is not a day that exists, written {} or {}": (
        "{} : {} n’est pas un jour qui existe, écrit {} ou {}."
    ),
    "{}: {} is not text without control characters, of at most 100,000 characters": (
        "{} : {} n’est pas un texte d’au plus 100 000 caractères, sans caractère de commande."
    ),
    "Page {} cannot be drawn.": "La page {} ne peut pas être dessinée.",
    "Page {} took too long to draw.": "Dessiner la page {} a pris trop longtemps.",
    "This document has no pages: it is no PDF.": "Ce document n’a pas de page.",
    "This PDF cannot be opened.": "Ce PDF ne s’ouvre pas.",
    "Too many pages are being drawn.": "Trop de pages sont demandées à la fois.",
    "Download the original and open it with a program that you trust.": (
        "Télécharger l’original et l’ouvrir avec un programme de confiance."
    ),
    "Only scans have a searchable PDF, only signed files a report on their signatures.": (
        "Seule une numérisation a un PDF cherchable, seul un fichier signé un rapport de signature."
    ),
    "The attachments of a document are listed by `meg show`; the original holds them all.": (
        "La page du document donne la liste des pièces jointes ; l’original les contient toutes."
    ),
    "Two people vouch for the account first (`meg account vouch`); then it is judged again.": (
        "Deux personnes répondent d’abord du compte (`meg account vouch`) ; la facture est alors "
        "jugée de nouveau."
    ),
    "Another person approves it, or the supplier is taken into the supplier file.": (
        "Une autre personne l’approuve, ou le fournisseur est ajouté au fichier."
    ),
    "Release it first: it is judged again, and shows what speaks against it now.": (
        "La libérer d’abord : elle est jugée de nouveau et montre ce qui s’y oppose à présent."
    ),
    "Look at what it has now; approve it again if it is to be paid all the same.": (
        "Voir ce qu’elle présente à présent ; l’approuver de nouveau si elle doit être payée quand "
        "même."
    ),
    "Say why in a sentence: it is kept with the decision.": (
        "Dire pourquoi en une phrase : elle est conservée avec la décision."
    ),
    "Only invoices that were judged can be judged again; see `meg show`.": (
        "Seule une facture qui a été jugée peut l’être de nouveau."
    ),
    "Name it as `meg show --json` does: number, issue_date, totals.tax_exclusive, "
    "seller.vat_id, lines[0].quantity; or a column: column:quantity.": (
        "Choisir la donnée dans la liste de la page."
    ),
    "Dates as 2026-03-12 or 12/03/2026, amounts as 5200.00 or 5 200,00; empty for none.": (
        "Dates : 2026-03-12 ou 12/03/2026 ; montants : 5200.00 ou 5 200,00 ; vide s’il n’y en a "
        "pas."
    ),
    "The XML of an invoice is its sender's own word: dispute it, or refuse it and ask for a "
    "corrected invoice. Only what was read off pages can be corrected.": (
        "Le XML d’une facture est la parole de son émetteur : la mettre en litige, ou la refuser "
        "et demander une facture rectificative. Seul ce qui a été lu sur une page se corrige."
    ),
    "Write the heading as it stands over the column, or correct the cells one by one.": (
        "Écrire l’intitulé tel qu’il est imprimé, ou corriger les cases une à une."
    ),
    "`meg corrections list` shows what was learned.": (
        "La page « Corrections apprises » montre ce qui a été appris."
    ),
    "Look at it again, then repeat the correction if it is still needed.": (
        "Regarder le document, puis refaire la correction s’il le faut encore."
    ),
    "Name an order, a contract or a commitment that was imported, by its exact id.": (
        "Nommer une commande, un marché ou un engagement importé, par son identifiant exact."
    ),
    "Only an account in quarantine, of a known supplier, can be vouched for or rejected.": (
        "Seul un compte en quarantaine, d’un fournisseur connu, peut être validé ou rejeté."
    ),
    "Have another person check the account by other means than the invoice, and vouch.": (
        "Faire vérifier le compte par une autre personne, autrement que par la facture."
    ),
    "Find the id with `meg search`, or in the list of the web page.": (
        "Retrouver l’identifiant par la recherche, ou dans la liste."
    ),
    "Only invoices that were judged can be approved, refused, disputed, held or released.": (
        "Seule une facture qui a été jugée peut être approuvée, refusée, mise en litige, mise en "
        "attente ou libérée."
    ),
    "{}: recorded {}, found {}": (
        "{} : les octets conservés ne sont plus ceux qui ont été reçus (empreinte inscrite {}, "
        "trouvée {})."
    ),
    "{}: nothing is stored under this key": "{} : rien n’est conservé sous cette clé.",
    "a decision needs a reason": "Une décision demande un motif.",
    "{} corrected the seller of {}": "{0} a corrigé le fournisseur de ce document.",
    "document {} now has {}": "Ce document présente à présent : {1}.",
    "document {} is no longer as it was shown": (
        "Ce document n’est plus tel qu’affiché : une décision ou un contrôle est intervenu "
        "entre-temps. Rien n’a été enregistré."
    ),
    "Look at it as it is now, then decide again if it is still needed.": (
        "Le regarder tel qu’il est à présent (l’historique dit ce qui a changé), puis décider de "
        "nouveau s’il le faut encore."
    ),
    "document {} is {}": "Ce document ne se prête pas à une décision (état : {1}).",
    "Check the database URL, the rights on its folder and the space left on its disk.": (
        "Vérifier l’adresse de la base, les droits sur son dossier et la place sur son disque."
    ),
    "Run `meg reindex`: it builds the index again from what is archived.": (
        "Lancer `meg reindex` : l’index est refait à partir de l’archive."
    ),
    "See /api/v1/openapi.json for what can be asked.": (
        "Voir /api/v1/openapi.json pour ce qui peut être demandé."
    ),
    "Send fewer files at once, or put them into the drop folder, which has no such limit.": (
        "Envoyer moins de fichiers à la fois, ou les mettre dans le dossier surveillé, qui n’a pas "
        "cette limite."
    ),
    "Start from the home page, or see /api/v1/openapi.json.": "Repartir de la page d’accueil.",
    "Send the form from MEG's own page.": "Envoyer le formulaire depuis la page de MEG.",
    "A request that changes something came from {}.": (
        "Une demande de modification est venue d’un autre site ({})."
    ),
    "Try again in a few seconds.": "Réessayer dans quelques secondes.",
    "Try again; if it happens again, report it with the time it happened.": (
        "Réessayer ; si cela se reproduit, le signaler avec l’heure."
    ),
}

_RULES = {
    "not yet in force on the issue date: fatal rules count as warnings": (
        "pas encore en vigueur à la date de la facture : ses règles fatales valent avertissement"
    ),
    "no official rule set is published for it; only the structure is checked": (
        "aucun jeu de règles officiel n’est publié ; seule la structure est contrôlée"
    ),
    "listed with the weight EN 16931 gives them; the verdict follows the rule set of the Factur-X "
    "profile, which flags no rule as fatal": (
        "cités avec le poids que leur donne EN 16931 ; le verdict suit le jeu de règles du profil "
        "Factur-X, qui ne déclare aucune règle fatale"
    ),
    "the document does not claim conformity with EN 16931; for information": (
        "le document ne se réclame pas d’EN 16931 ; pour information"
    ),
    "the French extension replaces these rules; for information": (
        "l’extension française remplace ces règles ; pour information"
    ),
    "seller and buyer are not both French": "vendeur et acheteur ne sont pas tous deux français",
    "the MINIMUM profile is no invoice in French law": (
        "le profil MINIMUM n’est pas une facture au sens du droit français"
    ),
    "there are no official rules here for this kind of document": (
        "pas de règles officielles pour ce genre de document"
    ),
    "not checked: no package ships the rules that it adds to EN 16931; the verdict is the one of "
    "EN 16931 alone": (
        "non contrôlé : aucun paquet ne fournit les règles qu’il ajoute à EN 16931 ; le verdict "
        "est celui d’EN 16931 seul"
    ),
    "no package ships the schema of this kind of UBL document, nor its Peppol rules: only the "
    "components that all UBL documents share are checked": (
        "aucun paquet ne fournit le schéma de ce genre de document UBL ni ses règles Peppol : "
        "seuls sont contrôlés les éléments communs à tous les documents UBL"
    ),
    "the message does not claim the French life cycle": (
        "le message ne se réclame pas du cycle de vie français"
    ),
    "not run, and not needed for the verdict: {}": "non exécuté, sans effet sur le verdict : {}",
    "The stylesheet stopped with an error: {}": "Le jeu de règles s’est arrêté sur une erreur : {}",
    "The official artefact {} cannot be read: {}": (
        "Le fichier officiel {} ne peut pas être lu : {}"
    ),
    "The XSLT engine cannot be loaded: {}": "Le moteur XSLT ne peut pas être chargé : {}",
    "the rules of the guideline {} are not at hand": "les règles du profil {} ne sont pas fournies",
}

_QUERIES = {
    "The query is longer than {} characters.": "La requête dépasse {} caractères.",
    "The query has more than {} words.": "La requête compte plus de {} mots.",
    "The query is nested too deep.": "Trop de parenthèses emboîtées.",
    "This closing parenthesis was never opened.": "Cette parenthèse n’a jamais été ouverte.",
    "This parenthesis is never closed.": "Cette parenthèse n’est jamais fermée.",
    "Nothing to search stands after {}.": "Rien à chercher après {}.",
    "Nothing to search stands before this parenthesis.": (
        "Rien à chercher avant cette parenthèse."
    ),
    "Nothing to search stands before {}.": "Rien à chercher avant {}.",
    "{}: cannot stand inside {}:( ).": "{} : ne peut pas être dans {}:( ).",
    "{}: has no value.": "{} : n’a pas de valeur.",
    "{}: takes no fuzzy word.": "{} : ne prend pas de mot approché.",
    "{}: takes no «*».": "{} : ne prend pas d’astérisque.",
    "There is no field «{}:».": "Il n’y a pas de champ « {} : ».",
    "No {} is called «{}».": "Aucune valeur de {} ne s’appelle « {} ».",
    "These quotes hold nothing.": "Ces guillemets ne contiennent rien.",
    "These quotes are never closed.": "Ces guillemets ne sont jamais fermés.",
    "This quotation mark opens nothing.": "Ce guillemet n’ouvre rien.",
    "«{}» has no meaning inside quotes.": "« {} » n’a pas de sens entre guillemets.",
    "«{}» has no meaning after a phrase.": "« {} » n’a pas de sens après une phrase.",
    "«{}» may only stand at the end of a word.": "« {} » ne se met qu’à la fin d’un mot.",
    "«{}» is no operator here.": "« {} » n’est pas un opérateur ici.",
    "«{}» holds nothing that can be searched.": "« {} » ne contient rien qui se cherche.",
    "This holds nothing that can be searched.": "Rien ici ne se cherche.",
    "A fuzzy word may differ by 1 or 2 letters.": (
        "Un mot approché diffère d’une ou deux lettres."
    ),
    "No word is longer than {} characters.": "Aucun mot ne dépasse {} caractères.",
    "A range needs a field.": "Un intervalle demande un champ.",
    "This range has no bounds.": "Cet intervalle n’a pas de bornes.",
    "{} is more than {}.": "{} est plus grand que {}.",
    "{} is after {}.": "{} vient après {}.",
    "«{}» is no amount.": "« {} » n’est pas un montant.",
    "«{}» is no date.": "« {} » n’est pas une date.",
    "«{}» is no reference.": "« {} » n’est pas une référence.",
    "«{}» is no SIREN.": "« {} » n’est pas un SIREN.",
    "«{}» is no IBAN.": "« {} » n’est pas un IBAN.",
    "«{}» is no currency.": "« {} » n’est pas une devise.",
    "«{}» is no SHA-256.": "« {} » n’est pas un SHA-256.",
}

_QUERY_ADVICE = {
    "Shorten it.": "La raccourcir.",
    "Simplify it.": "La simplifier.",
    "Remove it.": "La supprimer.",
    "Add the missing «)».": "Ajouter la « ) » manquante.",
    "Add the missing quotation mark.": "Ajouter le guillemet manquant.",
    "Write letters or digits.": "Écrire des lettres ou des chiffres.",
    'Add a word, or write "{}" in quotes to search it as a word.': (
        'Ajouter un mot, ou écrire "{}" entre guillemets pour le chercher comme un mot.'
    ),
    'Write "{}" in quotes to search it as a word.': (
        'Écrire "{}" entre guillemets pour le chercher comme un mot.'
    ),
    "Put something to search between the parentheses, or remove them.": (
        "Mettre quelque chose entre les parenthèses, ou les supprimer."
    ),
    "Close the parenthesis of {}: first.": "Fermer d’abord la parenthèse de {} :",
    'Write the value right after the colon, as in {}:value or {}:"a value".': (
        'Écrire la valeur juste après les deux-points : {}:valeur ou {}:"une valeur".'
    ),
    "Write the phrase between them.": "Écrire la phrase entre eux.",
    'Use "…" or «…» around a phrase.': 'Entourer la phrase de "…" ou de «…».',
    "Take the word out of the quotes, or remove the sign.": (
        "Sortir le mot des guillemets, ou supprimer le signe."
    ),
    "Remove it, or search {} unquoted.": "Le supprimer, ou chercher {} sans guillemets.",
    "Write the beginning of the word, as in factur*.": (
        "Écrire le début du mot, comme dans factur*."
    ),
    "Write it as the last sign, as in dupont~.": "L’écrire en dernier, comme dans dupont~.",
    "Write ~, ~1 or ~2.": "Écrire ~, ~1 ou ~2.",
    "Write {}, or put the words in quotes.": "Écrire {}, ou mettre les mots entre guillemets.",
    "Write a whole word, or remove it.": "Écrire un mot entier, ou le supprimer.",
    "Write the value, or its beginning*.": "Écrire la valeur, ou son début*.",
    "Write a range: from..to.": "Écrire un intervalle : de..à.",
    "Write amount:1000..5000 or date:2026-01..2026-06, without blanks.": (
        "Écrire amount:1000..5000 ou date:2026-01..2026-06, sans espace."
    ),
    "Write at least one, as in {}.": "En écrire au moins une, comme dans {}.",
    "Write it as 1234.56 or 1234,56; quote it if it holds blanks.": (
        "L’écrire 1234.56 ou 1234,56 ; entre guillemets s’il contient des espaces."
    ),
    "Write a year, month or day: 2026, 2026-03, 2026-03-15 or 15/03/2026.": (
        "Écrire une année, un mois ou un jour : 2026, 2026-03, 2026-03-15 ou 15/03/2026."
    ),
    "Write 9 digits (SIREN) or 14 (SIRET), or its beginning with *.": (
        "Écrire 9 chiffres (SIREN) ou 14 (SIRET), ou le début suivi de *."
    ),
    "Write the whole IBAN, quoted if it holds blanks, or its beginning with *.": (
        "Écrire l’IBAN entier, entre guillemets s’il contient des espaces, ou le début suivi de *."
    ),
    "Write three letters: EUR.": "Écrire trois lettres : EUR.",
    "Write its {} hexadecimal digits, or its beginning with *.": (
        "Écrire ses {} chiffres hexadécimaux, ou le début suivi de *."
    ),
    'Known: {}. As plain text: "{}".': 'Connus : {}. Comme texte : "{}".',
    "Known: {}.": "Connus : {}.",
    "Write {}..{}.": "Écrire {}..{}.",
    'Words, "phrases", pref*, fuzzy~, AND OR NOT ( ), field:value; quote what is literal.': (
        'Mots, "phrases", déb*, approché~, ET OU SAUF ( ), champ:valeur ; entre guillemets ce qui '
        "est littéral."
    ),
}

_LONGEST = 2000


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    every = _READING | _NEXT_STEPS | _ERRORS | _RULES | _QUERIES | _QUERY_ADVICE
    return tuple(
        (re.compile("(.*)".join(map(re.escape, english.split("{}"))), re.DOTALL), french)
        for english, french in every.items()
    )


@lru_cache(maxsize=500)
def in_french(sentence: str) -> str:
    """The French of an English sentence, or the sentence itself."""
    if len(sentence) > _LONGEST:
        return sentence
    embedded = _embedded(sentence)
    if embedded is not None:
        return embedded
    for pattern, french in _patterns():
        found = pattern.fullmatch(sentence)
        if found:
            return french.format(*found.groups())
    return sentence


def _embedded(sentence: str) -> str | None:
    """The failure of a file inside another names it, then says what that file's own would say."""
    name, colon, failure = sentence.removeprefix(_EMBEDDED).partition(": ")
    if not sentence.startswith(_EMBEDDED) or not colon:
        return None
    return f"Fichier joint {name} : {in_french(failure)}"
