"""What a broken rule means, in plain French for the accountant; the official text stays beside it.

The sixty or so rules seen most often. A rule that is not here has its official text only.
"""

from __future__ import annotations

from typing import Final

_TEXTS: Final = {
    "XSD": "La structure du fichier n'est pas celle du format annoncé : le logiciel du fournisseur "
    "a produit un fichier mal construit.",
    # Mentions obligatoires
    "BR-01": "La facture ne dit pas selon quelle norme elle est établie (BT-24).",
    "BR-02": "Le numéro de facture manque (BT-1).",
    "BR-03": "La date de facture manque (BT-2).",
    "BR-04": "Le type de document manque : facture, avoir… (BT-3).",
    "BR-05": "La devise de la facture manque (BT-5).",
    "BR-06": "Le nom du vendeur manque (BT-27).",
    "BR-07": "Le nom de l'acheteur manque (BT-44).",
    "BR-08": "L'adresse du vendeur manque (BG-5).",
    "BR-09": "Le pays du vendeur manque (BT-40).",
    "BR-10": "L'adresse de l'acheteur manque (BG-8).",
    "BR-11": "Le pays de l'acheteur manque (BT-55).",
    "BR-12": "La somme des montants nets des lignes manque (BT-106).",
    "BR-13": "Le total HT manque (BT-109).",
    "BR-14": "Le total TTC manque (BT-112).",
    "BR-15": "Le montant à payer manque (BT-115).",
    "BR-16": "La facture n'a aucune ligne (BG-25).",
    "BR-17": "Le bénéficiaire du paiement n'est pas le vendeur, mais son nom manque ou se confond "
    "avec celui du vendeur (BT-59).",
    "BR-21": "Une ligne n'a pas d'identifiant (BT-126).",
    "BR-22": "Une ligne n'a pas de quantité facturée (BT-129).",
    "BR-23": "Une quantité est sans unité (BT-130).",
    "BR-24": "Une ligne n'a pas de montant net (BT-131).",
    "BR-25": "Une ligne ne nomme pas l'article (BT-153).",
    "BR-26": "Une ligne n'a pas de prix unitaire net (BT-146).",
    "BR-27": "Un prix unitaire net est négatif (BT-146).",
    "BR-31": "Une remise au pied de la facture n'a pas de montant (BT-92).",
    "BR-32": "Une remise au pied de la facture n'a pas de catégorie de TVA (BT-95).",
    "BR-33": "Une remise au pied de la facture n'a pas de motif (BT-97 ou BT-98).",
    "BR-37": "Des frais au pied de la facture n'ont pas de catégorie de TVA (BT-102).",
    "BR-38": "Des frais au pied de la facture n'ont pas de motif (BT-104 ou BT-105).",
    "BR-45": "Une ligne de la ventilation de TVA n'a pas de base imposable (BT-116).",
    "BR-46": "Une ligne de la ventilation de TVA n'a pas de montant de TVA (BT-117).",
    "BR-47": "Une ligne de la ventilation de TVA n'a pas de catégorie (BT-118).",
    "BR-48": "Une ligne de la ventilation de TVA n'a pas de taux (BT-119).",
    "BR-49": "Le moyen de paiement n'est pas indiqué (BT-81).",
    "BR-50": "Un compte à créditer est annoncé sans son numéro (BT-84).",
    "BR-52": "Une pièce jointe n'a pas de référence (BT-122).",
    "BR-53": "Une devise de comptabilisation de la TVA est donnée sans le montant de TVA dans "
    "cette devise (BT-111).",
    "BR-55": "La référence à une facture antérieure est vide (BT-25).",
    "BR-56": "Le représentant fiscal n'a pas de numéro de TVA (BT-63).",
    "BR-57": "L'adresse de livraison n'a pas de pays (BT-80).",
    "BR-61": "La facture demande un virement mais ne donne pas de compte (IBAN, BT-84).",
    "BR-62": "L'adresse électronique du vendeur n'a pas d'identifiant de schéma (BT-34-1).",
    "BR-63": "L'adresse électronique de l'acheteur n'a pas d'identifiant de schéma (BT-49-1).",
    # Sommes
    "BR-CO-03": "La date d'exigibilité de la TVA et son code sont donnés ensemble : un seul est "
    "permis (BT-7, BT-8).",
    "BR-CO-04": "Une ligne n'a pas de catégorie de TVA (BT-151).",
    "BR-CO-09": "Un numéro de TVA ne commence pas par le code de son pays (FR, DE…).",
    "BR-CO-10": "La somme des lignes ne correspond pas au total des lignes (BT-106).",
    "BR-CO-11": "La somme des remises ne correspond pas au total des remises (BT-107).",
    "BR-CO-12": "La somme des frais ne correspond pas au total des frais (BT-108).",
    "BR-CO-13": "Le total HT n'est pas lignes moins remises plus frais (BT-109).",
    "BR-CO-14": "Le total de TVA n'est pas la somme de la ventilation par taux (BT-110).",
    "BR-CO-15": "Le total TTC n'est pas le total HT plus la TVA (BT-112).",
    "BR-CO-16": "Le montant à payer n'est pas le TTC moins l'acompte plus l'arrondi (BT-115).",
    "BR-CO-17": "Un montant de TVA n'est pas la base multipliée par le taux (BT-117).",
    "BR-CO-18": "La ventilation de la TVA manque (BG-23).",
    "BR-CO-25": "Le montant est à payer, mais ni échéance ni conditions de paiement ne sont "
    "données (BT-9, BT-20).",
    "BR-CO-26": "Le vendeur n'est pas identifiable : ni identifiant, ni SIREN, ni numéro de TVA.",
    # TVA par catégorie
    "BR-S-01": "Une ligne est au taux normal, mais la ventilation de TVA n'a pas ce taux.",
    "BR-S-02": "Une ligne est soumise à la TVA, mais le vendeur ne donne pas son numéro de TVA.",
    "BR-S-05": "Une ligne soumise à la TVA a un taux nul.",
    "BR-S-08": "La base d'un taux de TVA n'est pas la somme des lignes, remises et frais "
    "à ce taux.",
    "BR-S-09": "Le montant d'un taux de TVA n'est pas la base multipliée par ce taux.",
    "BR-S-10": "Un motif d'exonération accompagne une TVA qui est due.",
    "BR-E-01": "Une ligne est exonérée, mais la ventilation de TVA n'a pas de catégorie exonérée.",
    "BR-E-08": "La base exonérée n'est pas la somme des lignes exonérées.",
    "BR-E-10": "L'exonération de TVA n'a pas de motif (BT-120 ou BT-121).",
    "BR-Z-08": "La base à taux zéro n'est pas la somme des lignes à taux zéro.",
    "BR-AE-10": "L'autoliquidation n'est pas mentionnée comme motif (BT-120 ou BT-121).",
    "BR-IC-10": "La livraison intracommunautaire n'est pas mentionnée comme motif.",
    "BR-O-10": "Le motif de non-assujettissement à la TVA manque.",
    # Codes et décimales
    "BR-CL-01": "Le type de document n'est pas un code connu (BT-3).",
    "BR-CL-10": "Un identifiant utilise un schéma qui n'existe pas dans la liste ISO 6523.",
    "BR-CL-14": "Un code de pays n'existe pas.",
    "BR-CL-16": "Le code du moyen de paiement n'existe pas (BT-81).",
    "BR-CL-23": "Un code d'unité n'existe pas (BT-130).",
    "BR-CL-24": "Une pièce jointe est d'un type que la norme n'admet pas (BT-125).",
    "BR-DEC-12": "Le total HT a plus de deux décimales (BT-109).",
    "BR-DEC-14": "Le total TTC a plus de deux décimales (BT-112).",
    "BR-DEC-18": "Le montant à payer a plus de deux décimales (BT-115).",
    "BR-DEC-23": "Un montant de ligne a plus de deux décimales (BT-131).",
}

# One French rule has an identifier for each field it looks at (BR-FR-03_BT-2): told by its stem.
_FRENCH: Final = {
    "BR-FR-01": "Le numéro de facture dépasse 35 caractères (BT-1).",
    "BR-FR-02": "Le numéro de facture contient un caractère interdit : seuls les lettres, chiffres "
    "et + - _ / sont admis (BT-1).",
    "BR-FR-03": "Une date n'existe pas, ou n'est pas entre 2000 et 2099.",
    "BR-FR-04": "Le type de document n'est pas admis en France (BT-3).",
    "BR-FR-05": "Il manque une mention légale : indemnité de 40 € (PMT), pénalités de retard (PMD) "
    "ou escompte (AAB).",
    "BR-FR-06": "Une mention légale (PMT, PMD ou AAB) est répétée.",
    "BR-FR-08": "Le cadre de facturation n'est pas un code admis (BT-23 : B1, S1, M1…).",
    "BR-FR-09": "Un SIRET n'a pas quatorze chiffres ou ne commence pas par le SIREN.",
    "BR-FR-10": "Le SIREN du vendeur manque ou n'a pas neuf chiffres (BT-30).",
    "BR-FR-11": "Le SIREN de l'acheteur manque ou n'a pas neuf chiffres (BT-47).",
    "BR-FR-12": "L'adresse électronique de l'acheteur manque (BT-49).",
    "BR-FR-13": "L'adresse électronique du vendeur manque (BT-34).",
    "BR-FR-15": "Une catégorie de TVA n'est pas admise en France.",
    "BR-FR-16": "Un taux de TVA n'est pas un taux français.",
    "BR-FR-17": "La description d'une pièce jointe n'est pas dans la liste admise (BT-123).",
    "BR-FR-18": "Plusieurs pièces jointes sont la représentation lisible : une seule est admise.",
    "BR-FR-20": "Le traitement associé à la facture n'est pas un code admis (note BAR).",
    "BR-FR-21": "L'adresse électronique de l'acheteur ne commence pas par son SIREN (BT-49).",
    "BR-FR-22": "Autofacture : l'adresse électronique du vendeur ne commence pas par son SIREN "
    "(BT-34).",
    "BR-FR-23": "Une adresse électronique contient un caractère interdit.",
    "BR-FR-25": "Une adresse électronique dépasse 125 caractères.",
    "BR-FR-31": "Le traitement associé à la facture est donné plusieurs fois (note BAR).",
    "BR-FR-32": "Un SIREN n'a pas neuf chiffres.",
    "BR-FR-CO-03": "L'avoir pour remise globale n'indique pas le contrat ou la période.",
    "BR-FR-CO-04": "La facture rectificative doit citer une facture antérieure, et une seule.",
    "BR-FR-CO-05": "L'avoir ne cite pas de facture antérieure (numéro et date, BT-25 et BT-26).",
    "BR-FR-CO-07": "L'échéance est antérieure à la date de facture.",
    "BR-FR-CO-08": "Le cadre de facturation ne convient pas à ce type de document.",
    "BR-FR-CO-09": "La facture est dite déjà payée, mais le montant payé n'est pas le total TTC.",
    "BR-FR-CO-10": "Un identifiant du vendeur est sans schéma (BT-29-1).",
    "BR-FR-CO-12": "La facture n'est pas en euros et ne donne pas la TVA en euros (BT-6, BT-111).",
    "BR-FR-DEC": "Un montant, un prix, une quantité ou un taux a trop de décimales.",
}


def explanation(rule: str) -> str | None:
    """What it means that this rule is broken, None where only the official text says."""
    if rule in _TEXTS:
        return _TEXTS[rule]
    stem = rule.partition("_")[0]
    return _FRENCH.get(stem) or (_FRENCH["BR-FR-DEC"] if stem.startswith("BR-FR-DEC") else None)
