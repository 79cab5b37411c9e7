"""What a broken rule means, in plain French for the accountant; the official text stays beside it.

`texts_english` says the same in English. Families of rules that differ in the field or the VAT
category alone are told by `rule_families`.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    "BR-18": "Le nom du représentant fiscal du vendeur manque (BT-62).",
    "BR-19": "L'adresse du représentant fiscal du vendeur manque (BG-12).",
    "BR-20": "Le pays du représentant fiscal du vendeur manque (BT-69).",
    "BR-21": "Une ligne n'a pas d'identifiant (BT-126).",
    "BR-22": "Une ligne n'a pas de quantité facturée (BT-129).",
    "BR-23": "Une quantité est sans unité (BT-130).",
    "BR-24": "Une ligne n'a pas de montant net (BT-131).",
    "BR-25": "Une ligne ne nomme pas l'article (BT-153).",
    "BR-26": "Une ligne n'a pas de prix unitaire net (BT-146).",
    "BR-27": "Un prix unitaire net est négatif (BT-146).",
    "BR-28": "Un prix unitaire brut est négatif (BT-148).",
    "BR-29": "La période de facturation finit avant de commencer (BT-73, BT-74).",
    "BR-30": "La période d'une ligne finit avant de commencer (BT-134, BT-135).",
    "BR-31": "Une remise au pied de la facture n'a pas de montant (BT-92).",
    "BR-32": "Une remise au pied de la facture n'a pas de catégorie de TVA (BT-95).",
    "BR-33": "Une remise au pied de la facture n'a pas de motif (BT-97 ou BT-98).",
    "BR-36": "Des frais au pied de la facture n'ont pas de montant (BT-99).",
    "BR-37": "Des frais au pied de la facture n'ont pas de catégorie de TVA (BT-102).",
    "BR-38": "Des frais au pied de la facture n'ont pas de motif (BT-104 ou BT-105).",
    "BR-41": "Une remise de ligne n'a pas de montant (BT-136).",
    "BR-42": "Une remise de ligne n'a pas de motif (BT-139 ou BT-140).",
    "BR-43": "Des frais de ligne n'ont pas de montant (BT-141).",
    "BR-44": "Des frais de ligne n'ont pas de motif (BT-144 ou BT-145).",
    "BR-45": "Une ligne de la ventilation de TVA n'a pas de base imposable (BT-116).",
    "BR-46": "Une ligne de la ventilation de TVA n'a pas de montant de TVA (BT-117).",
    "BR-47": "Une ligne de la ventilation de TVA n'a pas de catégorie (BT-118).",
    "BR-48": "Une ligne de la ventilation de TVA n'a pas de taux (BT-119).",
    "BR-49": "Le moyen de paiement n'est pas indiqué (BT-81).",
    "BR-50": "Un compte à créditer est annoncé sans son numéro (BT-84).",
    "BR-51": "Un numéro de carte de paiement figure en entier : seuls les premiers et derniers "
    "chiffres sont permis (BT-87).",
    "BR-52": "Une pièce jointe n'a pas de référence (BT-122).",
    "BR-53": "Une devise de comptabilisation de la TVA est donnée sans le montant de TVA dans "
    "cette devise (BT-111).",
    "BR-54": "Un attribut d'article n'a pas de nom ou pas de valeur (BT-160, BT-161).",
    "BR-55": "La référence à une facture antérieure est vide (BT-25).",
    "BR-56": "Le représentant fiscal n'a pas de numéro de TVA (BT-63).",
    "BR-57": "L'adresse de livraison n'a pas de pays (BT-80).",
    "BR-61": "La facture demande un virement mais ne donne pas de compte (IBAN, BT-84).",
    "BR-62": "L'adresse électronique du vendeur n'a pas d'identifiant de schéma (BT-34-1).",
    "BR-63": "L'adresse électronique de l'acheteur n'a pas d'identifiant de schéma (BT-49-1).",
    "BR-64": "L'identifiant standard d'un article (code-barres) ne dit pas de quel système il "
    "vient (BT-157).",
    "BR-65": "La classification d'un article ne dit pas de quelle nomenclature elle vient "
    "(BT-158).",
    # Sommes
    "BR-CO-03": "La date d'exigibilité de la TVA et son code sont donnés ensemble : un seul est "
    "permis (BT-7, BT-8).",
    "BR-CO-04": "Une ligne n'a pas de catégorie de TVA (BT-151).",
    "BR-CO-05": "Le motif et le code motif d'une remise ne disent pas la même chose "
    "(BT-97, BT-98).",
    "BR-CO-06": "Le motif et le code motif de frais ne disent pas la même chose (BT-104, BT-105).",
    "BR-CO-07": "Le motif et le code motif d'une remise de ligne ne disent pas la même chose "
    "(BT-139, BT-140).",
    "BR-CO-08": "Le motif et le code motif de frais de ligne ne disent pas la même chose "
    "(BT-144, BT-145).",
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
    "BR-CO-19": "Une période de facturation est annoncée sans début ni fin (BT-73, BT-74).",
    "BR-CO-20": "Une période de ligne est annoncée sans début ni fin (BT-134, BT-135).",
    "BR-CO-21": "Une remise au pied de la facture n'a pas de motif (BT-97 ou BT-98).",
    "BR-CO-22": "Des frais au pied de la facture n'ont pas de motif (BT-104 ou BT-105).",
    "BR-CO-23": "Une remise de ligne n'a pas de motif (BT-139 ou BT-140).",
    "BR-CO-24": "Des frais de ligne n'ont pas de motif (BT-144 ou BT-145).",
    "BR-CO-25": "Le montant est à payer, mais ni échéance ni conditions de paiement ne sont "
    "données (BT-9, BT-20).",
    "BR-CO-26": "Le vendeur n'est pas identifiable : ni identifiant, ni SIREN, ni numéro de TVA.",
    # TVA partagée, propre à l'Italie
    "BR-B-01": "La TVA partagée n'existe qu'entre parties italiennes.",
    "BR-B-02": "La TVA partagée (B) et le taux normal (S) sont mêlés.",
    # Codes et décimales
    "BR-CL-01": "Le type de document n'est pas un code connu (BT-3).",
    "BR-CL-03": "Une devise n'existe pas (code ISO 4217).",
    "BR-CL-04": "La devise de la facture n'existe pas (BT-5).",
    "BR-CL-05": "La devise de comptabilisation de la TVA n'existe pas (BT-6).",
    "BR-CL-06": "Le code d'exigibilité de la TVA n'est pas admis (BT-8).",
    "BR-CL-07": "L'identifiant de l'objet facturé utilise un système inconnu (BT-18).",
    "BR-CL-08": "Le code sujet d'une note n'est pas admis (BT-21).",
    "BR-CL-10": "Un identifiant utilise un schéma qui n'existe pas dans la liste ISO 6523.",
    "BR-CL-11": "Un identifiant légal (SIREN, SIRET…) utilise un schéma qui n'existe pas dans la "
    "liste ISO 6523.",
    "BR-CL-13": "La classification d'un article utilise une nomenclature inconnue (BT-158).",
    "BR-CL-14": "Un code de pays n'existe pas.",
    "BR-CL-15": "Le pays d'origine d'un article n'existe pas (BT-159).",
    "BR-CL-16": "Le code du moyen de paiement n'existe pas (BT-81).",
    "BR-CL-17": "Une catégorie de TVA n'existe pas (BT-118).",
    "BR-CL-18": "La catégorie de TVA d'une ligne n'existe pas (BT-151).",
    "BR-CL-19": "Le code motif d'une remise n'existe pas (BT-98 ou BT-140).",
    "BR-CL-20": "Le code motif de frais n'existe pas (BT-105 ou BT-145).",
    "BR-CL-21": "L'identifiant standard d'un article utilise un système inconnu (BT-157).",
    "BR-CL-22": "Le code motif d'exonération de TVA n'existe pas (BT-121).",
    "BR-CL-23": "Un code d'unité n'existe pas (BT-130).",
    "BR-CL-24": "Une pièce jointe est d'un type que la norme n'admet pas (BT-125).",
    "BR-CL-25": "Une adresse électronique utilise un système inconnu (BT-34 ou BT-49).",
    "BR-CL-26": "L'identifiant du lieu de livraison utilise un système inconnu (BT-71).",
    # Profils, structure
    "BR-CO-27": "Le compte à créditer est sans IBAN ni numéro de compte (BT-84).",
    "PEPPOL-EN16931-R008": "Un élément est présent mais vide : il vaudrait mieux l'omettre.",
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
    "BR-FR-24": "Un identifiant privé contient un caractère interdit.",
    "BR-FR-25": "Une adresse électronique dépasse 125 caractères.",
    "BR-FR-26": "Un identifiant privé dépasse 100 caractères.",
    "BR-FR-27": "Un attribut d'article n'a ni nom ni code.",
    "BR-FR-28": "Un attribut d'article n'a pas une valeur et une seule.",
    "BR-FR-29": "Un identifiant d'objet facturé (AFL ou AVV) est vide ou répété (BT-18).",
    "BR-FR-30": "Un identifiant d'objet facturé (AFL ou AVV) est vide ou répété à la ligne, ou "
    "plusieurs traitements sont donnés (BT-128, BT-21).",
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
    "BR-FR-CO-14": "Le vendeur est membre d'un assujetti unique, mais la note qui le dit manque "
    "(note TXD).",
    "BR-FR-CO-15": "Le vendeur est membre d'un assujetti unique, mais le numéro de TVA de celui-ci "
    "manque (BT-63).",
    "BR-FR-BD": "La facture à double sens (cadre S9, B9 ou M9) n'a pas la forme exigée.",
    "BR-FR-MV": "La facture à plusieurs vendeurs (cadre S8, B8 ou M8) n'a pas la forme exigée.",
    "BR-FR-DEC": "Un montant, un prix, une quantité ou un taux a trop de décimales.",
}


def explanation(rule: str) -> str | None:
    """What it means in French that this rule is broken; None where no text is written for it."""
    return told(rule, _TEXTS, _FRENCH)


def told(rule: str, texts: Mapping[str, str], french: Mapping[str, str]) -> str | None:
    """The text of a rule: its own, or the one of the French rule it is a part of."""
    if rule in texts:
        return texts[rule]
    stem = "-".join(rule.partition("_")[0].split("-")[:4])
    if stem in french:
        return french[stem]
    return french.get("-".join(stem.split("-")[:3]))
