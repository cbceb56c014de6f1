"""Invented people and cars by number: values that are normalised and valid, and never the same twice."""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass

from stdnum.iso7064 import mod_11_2

from webapp.cli.synth.writing import pick
from webapp.values import people
from webapp.values.codes import ALPHABET, with_check
from webapp.values.document_numbers import hk_check_digit
from webapp.values.folding import fold

SURNAMES = (
    "陳李黃張林王吳劉蔡楊梁何鄭謝郭許馮鄧曾蕭程潘袁蘇葉呂魏蔣杜丁沈姜范江傅鍾盧汪戴崔任陸廖姚方"
    "金邱夏譚韋賈鄒石熊孟秦閻薛侯雷白龍段郝孔邵史毛常萬顧賴武康賀嚴尹錢施"
)
GIVEN = "志強家豪慧心美儀國榮子軒俊傑文華明德永康安寧嘉欣偉詩琪浩然雅婷思敏曉彤梓瑩澤楷穎淇悅朗"
POOL = 4000
TYPES = ("cn_id",) * 11 + ("mo_bir",) * 4 + ("home_return",) * 3 + ("hk_id", "passport")
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
SIZES = ("small",) * 17 + ("medium", "large", "lorry")


#: What `person` tells of somebody.
WHO = ("full_name", "id_type", "id_country", "id_number", "birth_date")


@dataclass(frozen=True)
class Name:
    full: str
    folded: str
    keys: str


@functools.cache
def names() -> tuple[Name, ...]:
    """So many names that many people share one, as in life, and none is folded twice."""
    chance = random.Random("names")
    made: dict[str, Name] = {}
    while len(made) < POOL:
        full = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2, 2))))
        made[full] = Name(full, fold(full), people.search_keys(full))
    return tuple(made.values())


def person(n: int, chance: random.Random) -> tuple[Name, dict[str, str]]:
    """Who number n is: his name, and what he declares about himself (filings.declaring)."""
    name, id_type = pick(chance, names()), pick(chance, TYPES)
    number, birth = document(id_type, n)
    return name, {
        "full_name": name.full,
        "id_type": id_type,
        "id_country": "PT" if id_type == "passport" else "",
        "id_number": number,
        "birth_date": birth,
    }


def document(id_type: str, n: int) -> tuple[str, str]:
    """The n-th number of this type and the birth date that goes with it."""
    day, order = n // 999 % 16_000, n % 999 + 1
    birth = (1955 + day // 336 % 48, 1 + day // 28 % 12, 1 + day % 28)
    iso = "{}-{:02d}-{:02d}".format(*birth)
    if id_type == "cn_id":
        body = "440499{}{:02d}{:02d}{:03d}".format(*birth, order)
        return body + mod_11_2.calc_check_digit(body), iso
    if id_type == "hk_id":
        body = f"{LETTERS[n // 1_000_000 % 23]}{n % 1_000_000:06d}"
        return body + hk_check_digit(body), iso
    lead = {"mo_bir": "", "home_return": "H", "passport": "E"}[id_type]
    return f"{lead}{50_000_000 + n}", iso


def licence(n: int) -> str:
    return f"4404{90_000_000 + n}"


def phone(n: int) -> str:
    return f"+86190{n:08d}"


def plates(n: int) -> list[str]:
    """One plate in most cases; each seventh car crosses to Macao, each 35th to Hong Kong as well."""
    place, rest = divmod(n, 230_000)
    made = [f"粤{'STPQNMLKJHGEFDBA'[place % 16]}{LETTERS[rest // 10_000]}{rest % 10_000:04d}"]
    if n % 7 == 0:
        made.append(f"{LETTERS[n // 230_000 % 23]}{LETTERS[n // 10_000 % 23]}{n % 10_000:04d}")
    if n % 35 == 0:
        high, low = divmod(n // 35, 900)
        made.append(f"{LETTERS[high // 23 % 23]}{LETTERS[high % 23]}{100 + low}")
    return made


def readable(prefix: str, n: int, seed: int) -> str:
    """The n-th of the references people read out, spread over all there are."""
    place = (n * 22_695_477_101 + seed * 2_750_159) % 2**35
    code = with_check("".join(ALPHABET[place >> shift & 31] for shift in range(30, -5, -5)))
    return f"{prefix}-{code[:4]}-{code[4:]}"
