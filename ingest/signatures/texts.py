"""What each problem of a signature means, in plain French and English."""

from __future__ import annotations

from typing import Final

from domain.signature import SignatureProblem as Problem

TEXTS: Final = {
    Problem.CONTENT_CHANGED: (
        "Le contenu a été modifié après la signature : il n'est plus ce que le signataire a signé.",
        "The content was changed after it was signed: it is no longer what the signer signed.",
    ),
    Problem.FORGED: (
        "La signature n'a pas été faite avec la clé du certificat qu'elle présente.",
        "The signature was not made with the key of the certificate that it shows.",
    ),
    Problem.CHANGED_LATER: (
        "Le document a été modifié après la signature, d'une façon qu'elle n'autorise pas.",
        "The document was changed after it was signed, in a way that the signature does not allow.",
    ),
    Problem.PART_ONLY: (
        (
            "La signature ne porte que sur une partie du fichier : la facture qu'on lit n'est pas,"
            " ou pas entièrement, ce qui a été signé."
        ),
        (
            "The signature covers only a part of the file: the invoice that is read is not, or not"
            " wholly, what was signed."
        ),
    ),
    Problem.MALFORMED: (
        "La signature est mal formée : rien ne peut y être vérifié.",
        "The signature is malformed: nothing in it can be checked.",
    ),
    Problem.REVOKED: (
        (
            "Le certificat du signataire est révoqué, et rien ne prouve que la signature soit"
            " antérieure à la révocation."
        ),
        "The signer's certificate is revoked, and nothing proves that the signature is older.",
    ),
    Problem.FILLED_UNASKED: (
        (
            "Des champs de formulaire ont été remplis après la signature, sans que l'auteur l'ait"
            " prévu : ce que la page montre n'est pas tout signé."
        ),
        (
            "Form fields were filled in after the signature, without the author's leave: not all"
            " that the page shows was signed."
        ),
    ),
    Problem.FILLED_LATER: (
        "Des champs de formulaire ont été remplis après la signature, comme l'auteur l'a permis.",
        "Form fields were filled in after the signature, as its author allowed.",
    ),
    Problem.EXPIRED: (
        (
            "Le certificat n'était pas en cours de validité au moment où la signature est jugée, et"
            " aucun horodatage de confiance ne prouve qu'elle a été faite à temps."
        ),
        (
            "The certificate was not in force when the signature is judged, and no trusted"
            " timestamp proves that it was made in time."
        ),
    ),
    Problem.SIGNER_UNKNOWN: (
        "Signature intacte ; son signataire n'est rattaché à aucune autorité de confiance.",
        "Intact; the signer leads to no trusted authority.",
    ),
    Problem.NO_ROOTS: (
        "Signature intacte ; signataire non vérifié : aucune autorité de confiance n'est réglée.",
        "Intact; signer not verified: no trusted authorities are set.",
    ),
    Problem.REVOCATION_UNKNOWN: (
        (
            "La révocation du certificat n'a pas pu être vérifiée : rien dans le fichier ni dans le"
            " dossier des racines n'en dit l'état."
        ),
        (
            "Whether the certificate is revoked could not be checked: nothing in the file or in the"
            " folder of roots tells."
        ),
    ),
    Problem.WEAK_ALGORITHM: (
        "La signature utilise un algorithme qui n'est plus sûr.",
        "The signature uses an algorithm that is no longer safe.",
    ),
    Problem.NOT_CHECKED: (
        "La signature n'a pas pu être vérifiée.",
        "The signature could not be checked.",
    ),
    Problem.UNFIT_CERTIFICATE: (
        "Le certificat ou sa chaîne ne convient pas à une signature de document.",
        "The certificate, or its chain, is not fit for signing documents.",
    ),
    Problem.BAD_TIMESTAMP: (
        "L'horodatage de la signature n'est pas intact : il ne prouve aucune date.",
        "The timestamp of the signature is not intact: it proves no date.",
    ),
}
"""French and English, by problem."""
