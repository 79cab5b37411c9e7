"""Numbers that look right because their check digits are; none was looked up anywhere.

The French accounts carry bank code 99990 and up, which no bank has.
"""

from __future__ import annotations

from stdnum import luhn
from stdnum.iso7064 import mod_11_10

_IBAN_LETTERS = {"F": "15", "R": "27", "D": "13", "E": "14"}


def siren(eight_digits: str) -> str:
    """A company number: eight digits and the Luhn digit."""
    return eight_digits + luhn.calc_check_digit(eight_digits)


def siret(of_siren: str, site: int) -> str:
    """A site number: company number, four digits, the Luhn digit."""
    body = f"{of_siren}{site:04}"
    return body + luhn.calc_check_digit(body)


def french_vat(of_siren: str) -> str:
    """A French VAT number: key and company number."""
    return f"FR{(12 + 3 * (int(of_siren) % 97)) % 97:02}{of_siren}"


def german_vat(eight_digits: str) -> str:
    """A German VAT number: eight digits and the ISO 7064 digit."""
    return f"DE{eight_digits}{mod_11_10.calc_check_digit(eight_digits)}"


def french_iban(bank: int, branch: int, account: int) -> str:
    """A French account: bank, branch, number, RIB key, in an IBAN."""
    key = 97 - (89 * bank + 15 * branch + 3 * account) % 97
    return _iban("FR", f"{bank:05}{branch:05}{account:011}{key:02}")


def german_iban(bank: int, account: int) -> str:
    """A German account: bank and number, in an IBAN."""
    return _iban("DE", f"{bank:08}{account:010}")


def _iban(country: str, body: str) -> str:
    digits = body + "".join(_IBAN_LETTERS[letter] for letter in country) + "00"
    return f"{country}{98 - int(digits) % 97:02}{body}"


def spaced(code: str, size: int = 4) -> str:
    """A code in groups, as a page prints it."""
    return " ".join(code[at : at + size] for at in range(0, len(code), size))


def spaced_siren(number: str) -> str:
    """A SIREN or SIRET in threes, the site number whole."""
    return f"{spaced(number[:9], 3)} {number[9:]}".strip()
