"""The business terms of EN 16931 (BT, BG) in the words of an accountant, French and English."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class TermName(NamedTuple):
    """What a business term or group is called."""

    fr: str
    en: str


_NAMES: Final = """
BT-1|numéro de facture|invoice number
BT-2|date de facture|invoice issue date
BT-3|type de document|invoice type code
BT-5|devise|currency
BT-6|devise de comptabilisation de la TVA|VAT accounting currency
BT-7|date d'exigibilité de la TVA|VAT point date
BT-8|code d'exigibilité de la TVA|VAT point date code
BT-9|date d'échéance|due date
BT-10|référence de l'acheteur (code service)|buyer reference
BT-11|référence du projet|project reference
BT-12|référence du marché|contract reference
BT-13|numéro de commande ou d'engagement|purchase order reference
BT-14|référence de l'ordre de vente|sales order reference
BT-15|avis de réception|receiving advice reference
BT-16|avis d'expédition|despatch advice reference
BT-17|référence de l'appel d'offres ou du lot|tender or lot reference
BT-18|identifiant de l'objet facturé|invoiced object identifier
BT-19|référence comptable de l'acheteur|buyer accounting reference
BT-20|conditions de paiement|payment terms
BT-21|code sujet de la note|note subject code
BT-22|note|note
BT-23|cadre de facturation|business process
BT-24|norme ou profil annoncé|specification identifier
BT-25|numéro de la facture antérieure|preceding invoice number
BT-26|date de la facture antérieure|preceding invoice date
BT-27|nom du vendeur|seller name
BT-28|nom commercial du vendeur|seller trading name
BT-29|identifiant du vendeur|seller identifier
BT-30|SIREN du vendeur|seller legal registration
BT-31|numéro de TVA du vendeur|seller VAT number
BT-32|numéro fiscal du vendeur|seller tax registration
BT-33|mentions légales du vendeur|seller additional legal information
BT-34|adresse électronique du vendeur|seller electronic address
BT-35|adresse du vendeur, ligne 1|seller address line 1
BT-36|adresse du vendeur, ligne 2|seller address line 2
BT-37|ville du vendeur|seller city
BT-38|code postal du vendeur|seller post code
BT-39|région du vendeur|seller country subdivision
BT-40|pays du vendeur|seller country
BT-41|contact du vendeur|seller contact point
BT-42|téléphone du vendeur|seller telephone
BT-43|courriel du vendeur|seller e-mail
BT-44|nom de l'acheteur|buyer name
BT-45|nom commercial de l'acheteur|buyer trading name
BT-46|identifiant de l'acheteur|buyer identifier
BT-47|SIREN de l'acheteur|buyer legal registration
BT-48|numéro de TVA de l'acheteur|buyer VAT number
BT-49|adresse électronique de l'acheteur|buyer electronic address
BT-50|adresse de l'acheteur, ligne 1|buyer address line 1
BT-51|adresse de l'acheteur, ligne 2|buyer address line 2
BT-52|ville de l'acheteur|buyer city
BT-53|code postal de l'acheteur|buyer post code
BT-54|région de l'acheteur|buyer country subdivision
BT-55|pays de l'acheteur|buyer country
BT-56|contact de l'acheteur|buyer contact point
BT-57|téléphone de l'acheteur|buyer telephone
BT-58|courriel de l'acheteur|buyer e-mail
BT-59|nom du bénéficiaire du paiement|payee name
BT-60|identifiant du bénéficiaire|payee identifier
BT-61|SIREN du bénéficiaire|payee legal registration
BT-62|nom du représentant fiscal|tax representative name
BT-63|numéro de TVA du représentant fiscal|tax representative VAT number
BT-64|adresse du représentant fiscal, ligne 1|tax representative address line 1
BT-65|adresse du représentant fiscal, ligne 2|tax representative address line 2
BT-66|ville du représentant fiscal|tax representative city
BT-67|code postal du représentant fiscal|tax representative post code
BT-68|région du représentant fiscal|tax representative country subdivision
BT-69|pays du représentant fiscal|tax representative country
BT-70|nom du destinataire de la livraison|deliver-to name
BT-71|lieu de livraison|deliver-to location
BT-72|date de livraison|delivery date
BT-73|début de période|period start
BT-74|fin de période|period end
BT-75|adresse de livraison, ligne 1|deliver-to address line 1
BT-76|adresse de livraison, ligne 2|deliver-to address line 2
BT-77|ville de livraison|deliver-to city
BT-78|code postal de livraison|deliver-to post code
BT-79|région de livraison|deliver-to country subdivision
BT-80|pays de livraison|deliver-to country
BT-81|moyen de paiement|payment means code
BT-82|libellé du moyen de paiement|payment means text
BT-83|référence de paiement|remittance information
BT-84|compte à créditer (IBAN)|account to be credited (IBAN)
BT-85|titulaire du compte|account name
BT-86|BIC|BIC
BT-87|numéro de carte de paiement|payment card number
BT-88|titulaire de la carte|card holder name
BT-89|référence du mandat de prélèvement|direct debit mandate
BT-90|identifiant du créancier|creditor identifier
BT-91|compte débité|debited account
BT-92|montant de la remise|document allowance amount
BT-93|base de la remise|document allowance base amount
BT-94|pourcentage de la remise|document allowance percentage
BT-95|catégorie de TVA de la remise|document allowance VAT category
BT-96|taux de TVA de la remise|document allowance VAT rate
BT-97|motif de la remise|document allowance reason
BT-98|code motif de la remise|document allowance reason code
BT-99|montant des frais|document charge amount
BT-100|base des frais|document charge base amount
BT-101|pourcentage des frais|document charge percentage
BT-102|catégorie de TVA des frais|document charge VAT category
BT-103|taux de TVA des frais|document charge VAT rate
BT-104|motif des frais|document charge reason
BT-105|code motif des frais|document charge reason code
BT-106|total des lignes|sum of line net amounts
BT-107|total des remises|sum of allowances
BT-108|total des frais|sum of charges
BT-109|total HT|total without VAT
BT-110|total de TVA|total VAT
BT-111|total de TVA dans la devise de comptabilisation|total VAT in accounting currency
BT-112|total TTC|total with VAT
BT-113|montant déjà payé|paid amount
BT-114|arrondi|rounding amount
BT-115|net à payer|amount due for payment
BT-116|base imposable d'un taux|taxable amount of a rate
BT-117|TVA d'un taux|tax amount of a rate
BT-118|catégorie de TVA|VAT category
BT-119|taux de TVA|VAT rate
BT-120|motif d'exonération|exemption reason
BT-121|code motif d'exonération|exemption reason code
BT-122|référence de la pièce jointe|supporting document reference
BT-123|description de la pièce jointe|supporting document description
BT-124|adresse web de la pièce jointe|external document location
BT-125|pièce jointe|attached document
BT-126|numéro de ligne|line identifier
BT-127|note de ligne|line note
BT-128|objet facturé à la ligne|line object identifier
BT-129|quantité facturée|invoiced quantity
BT-130|unité|unit of measure
BT-131|montant net de la ligne|line net amount
BT-132|ligne de commande|order line reference
BT-133|référence comptable de la ligne|line accounting reference
BT-134|début de période de la ligne|line period start
BT-135|fin de période de la ligne|line period end
BT-136|montant de la remise de ligne|line allowance amount
BT-137|base de la remise de ligne|line allowance base amount
BT-138|pourcentage de la remise de ligne|line allowance percentage
BT-139|motif de la remise de ligne|line allowance reason
BT-140|code motif de la remise de ligne|line allowance reason code
BT-141|montant des frais de ligne|line charge amount
BT-142|base des frais de ligne|line charge base amount
BT-143|pourcentage des frais de ligne|line charge percentage
BT-144|motif des frais de ligne|line charge reason
BT-145|code motif des frais de ligne|line charge reason code
BT-146|prix unitaire net|item net price
BT-147|remise sur le prix|price discount
BT-148|prix unitaire brut|item gross price
BT-149|quantité de base du prix|price base quantity
BT-150|unité de la quantité de base|price base quantity unit
BT-151|catégorie de TVA de la ligne|line VAT category
BT-152|taux de TVA de la ligne|line VAT rate
BT-153|désignation de l'article|item name
BT-154|description de l'article|item description
BT-155|référence vendeur de l'article|seller's item identifier
BT-156|référence acheteur de l'article|buyer's item identifier
BT-157|identifiant standard de l'article|item standard identifier
BT-158|classification de l'article|item classification
BT-159|pays d'origine de l'article|item country of origin
BT-160|nom d'attribut de l'article|item attribute name
BT-161|valeur d'attribut de l'article|item attribute value
BT-162|adresse du vendeur, ligne 3|seller address line 3
BT-163|adresse de l'acheteur, ligne 3|buyer address line 3
BT-164|adresse du représentant fiscal, ligne 3|tax representative address line 3
BT-165|adresse de livraison, ligne 3|deliver-to address line 3
BG-1|notes|notes
BG-2|contexte de la facture|process control
BG-3|référence à une facture antérieure|preceding invoice reference
BG-4|vendeur|seller
BG-5|adresse du vendeur|seller address
BG-6|contact du vendeur|seller contact
BG-7|acheteur|buyer
BG-8|adresse de l'acheteur|buyer address
BG-9|contact de l'acheteur|buyer contact
BG-10|bénéficiaire du paiement|payee
BG-11|représentant fiscal du vendeur|seller tax representative
BG-12|adresse du représentant fiscal|tax representative address
BG-13|livraison|delivery
BG-14|période de facturation|invoicing period
BG-15|adresse de livraison|deliver-to address
BG-16|paiement|payment instructions
BG-17|virement|credit transfer
BG-18|carte de paiement|payment card
BG-19|prélèvement|direct debit
BG-20|remise au pied de la facture|document level allowance
BG-21|frais au pied de la facture|document level charge
BG-22|totaux|document totals
BG-23|ventilation de TVA|VAT breakdown
BG-24|pièce jointe|supporting document
BG-25|ligne de facture|invoice line
BG-26|période de la ligne|line period
BG-27|remise de ligne|line allowance
BG-28|frais de ligne|line charge
BG-29|prix|price details
BG-30|TVA de la ligne|line VAT information
BG-31|article|item
BG-32|attributs de l'article|item attributes
"""

NAMES: Final = {
    number: TermName(fr, en)
    for number, fr, en in (row.split("|") for row in _NAMES.strip().splitlines())
}
_CITED: Final = re.compile(r"\bB[TG]-\d{1,3}\b(?!-?X)")


def terms_in(text: str) -> tuple[str, ...]:
    """The business terms a text cites, each once, in the order it cites them."""
    return tuple(dict.fromkeys(t for t in _CITED.findall(text) if t in NAMES))
