"""What a check found, as machine codes; the sentences belong to the interface."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: code -> meaning for developers. The names in braces are exactly the params a finding of that code carries.
CODES: dict[str, str] = {
    # any field
    "missing": "nothing was given",
    "too_short": "fewer than {minimum} characters",
    "too_long": "more than {maximum} characters",
    "wrong_length": "{given} characters where only {expected} (comma-separated lengths) are possible",
    "bad_format": "the length is possible but the layout is not",
    "bad_characters": "{characters} cannot occur here",
    # documents
    "unknown_type": "not one of the document types",
    "wrong_type": "this is the number of another document type, {id_type}",
    "old_cn_id": "the 15-digit resident number, no longer valid since 2013",
    "check_digit": "the check digit does not fit the rest",
    "check_digit_missing": "all there but the last, bracketed check digit",
    "bad_first_digit": "the first digit must be one of {allowed}",
    "unknown_province": "no province has the code {division}",
    "unknown_division": "warning: no county known, now or formerly, has the code {division}",
    "country_missing": "a passport needs its issuing country",
    "unknown_country": "no issuing country {country} (a warning where it is read out of a number)",
    "unusual_passport": "warning: not the layout this country's passports have",
    # people
    "no_letters": "a name without a letter",
    "not_latin": "{characters} are not Latin letters",
    "long_name": "warning: a name of more than {maximum} characters",
    "private_use_character": "warning: a character without a public code, which may not print",
    "birth_date_impossible": "no such day, or longer ago than anybody lives",
    "birth_date_future": "a birth date after today",
    "under_age": "younger than {minimum} years",
    "over_70": "warning: {age} years old; from 70 a licence needs a yearly medical",
    # plates
    "letter_i_or_o": "the letters I, O (and Q in Hong Kong) are not used at this place",
    "province_letter": "a letter other than I must follow the province character",
    "province_missing": "warning: a mainland plate without its province character, or a rare plate",
    "cross_border_form": "a cross-border plate is 粤Z, four characters, then 港 or 澳",
    "mv_not_issued": "Macao never issued the letters MV",
    "read_as_macao": "warning: Macao and Hong Kong both have this plate; it is taken for Macao's {plate}",
    "macao_only": "warning: a Macao plate with no mainland plate beside it",
    "hong_kong_only": "warning: a Hong Kong plate with no mainland plate beside it",
    "unusual_plate": "warning: possible, but of a rare kind",
    # vehicles
    "odd_vin": "warning: position 9 is not the check digit",
    "other_chassis_number": "warning: not a 17-character VIN",
    "vin_letters": "the letters I, O, Q are not used in a VIN",
    # licences
    "unknown_class": "warning: no licence of the mainland, Macao or Hong Kong has the class {licence_class}",
    # telephones
    "unknown_region": "not one of the regions 86, 853, 852",
    "other_region": "the number carries the country code {region}",
    "not_mobile": "not a mobile number of the region",
    "unknown_range": "warning: a number range not known to be in use",
    # e-mail
    "bad_domain": "the part behind @ cannot be a mail domain",
    # passwords
    "too_few_classes": "fewer than {minimum} of capital letters, small letters, digits, other characters",
    "too_few_different": "fewer than {minimum} different characters",
    "contains_name": "contains the person's name",
    "contains_email": "contains the e-mail address",
    "common_password": "among the passwords tried first",
    # dates
    "bad_date": "not a date",
    "expired": "the document has expired",
    "expires_soon": "warning: the document expires in {days} days",
    "expires_today": "warning: today is the document's last day",
    "too_far": "more than {years} years ahead",
    # organisations
    "unknown_place": "not one of the places cn, mo, hk",
}


@dataclass(frozen=True)
class Finding:
    """One thing found: ``code`` from ``CODES``, the params it names, and whether one may confirm and go on."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    warning: bool = False


@dataclass(frozen=True)
class Checked:
    """The answer of a check.

    ``value`` is the normalised form, ``''`` as soon as there is an error. ``display`` is what was typed, without
    control characters and surrounding space.
    """

    value: str
    display: str
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if not found.warning)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.warning)

    @property
    def ok(self) -> bool:
        return not self.errors


def error(code: str, **params: str | int) -> Finding:
    """A finding that stops: the value is impossible."""
    return Finding(code, params)


def warn(code: str, **params: str | int) -> Finding:
    """A finding the person may confirm: the value is unusual."""
    return Finding(code, params, warning=True)


def checked(value: str, display: str, findings: Iterable[Finding]) -> Checked:
    """A ``Checked`` whose value is dropped when a finding is an error."""
    found = tuple(findings)
    usable = all(one.warning for one in found)
    return Checked(value if usable else "", display, found)
