"""Sealed values, blind indexes, files and limits."""

from datetime import timedelta

import pytest

from webapp import clock, crypto, database
from webapp.domain.files import actions as files
from webapp.domain.limits import actions as limits
from webapp.errors import TooMany
from webapp.settings import SettingsError, from_environment

NUMBER = "11010519491231002X"


def test_sealed_value_opens_only_where_it_belongs(db):
    sealed = crypto.seal({"id_number": NUMBER}, "answers", "sealed", "ref-1")

    assert crypto.unseal(sealed, "answers", "sealed", "ref-1") == {"id_number": NUMBER}
    for place in (("answers", "sealed", "ref-2"), ("answers", "card", "ref-1"), ("filing", "sealed", "ref-1")):
        with pytest.raises(crypto.Unreadable):
            crypto.unseal(sealed, *place)


@pytest.mark.parametrize("position", [0, 1, 5, 20, -1])
def test_altered_sealed_value_does_not_open(db, position):
    sealed = bytearray(crypto.seal(NUMBER, "t", "f", "r"))
    sealed[position] ^= 1

    with pytest.raises(crypto.Unreadable):
        crypto.unseal(bytes(sealed), "t", "f", "r")


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"\x01\x01" + b"0" * 12])
def test_rubbish_does_not_open(db, rubbish):
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(rubbish, "t", "f", "r")


def test_values_sealed_under_an_older_key_still_open_and_new_ones_take_the_newest(db):
    import base64
    from dataclasses import replace

    old = crypto.seal(NUMBER, "t", "f", "r")
    crypto.configure(replace(db, field_keys=(*db.field_keys, (2, b"n" * 32))))

    new = crypto.seal(NUMBER, "t", "f", "r")

    assert (old[1], new[1]) == (1, 2)
    assert [crypto.unseal(value, "t", "f", "r") for value in (old, new)] == [NUMBER, NUMBER]
    assert base64.b64encode(old) != base64.b64encode(new)


def test_blind_index_finds_equal_values_of_one_kind_only(db):
    assert crypto.index("document", NUMBER) == crypto.index("document", NUMBER)
    assert crypto.index("document", NUMBER) != crypto.index("plate", NUMBER)
    assert len(crypto.index("document", NUMBER)) == 16


def test_what_is_derived_has_128_bits(db):
    """Links, cookies of drafts, keys of gates: 26 signs of base32, of which the last has three bits."""
    tokens = {crypto.derive_token("single-use-link", str(number)) for number in range(300)}

    assert (len(tokens), {len(one) for one in tokens}) == (300, {26})
    assert [len(set(column)) for column in zip(*tokens, strict=True)] == [32] * 25 + [8]
    assert crypto.derive_token("draft-cookie", "1") not in tokens, "another purpose, another token"


def test_file_is_kept_sealed_and_comes_back(db):
    content = b"%PDF-1.7 " + b"x" * (3 << 20)

    with database.transaction():
        file = files.keep(None, "proof", "application/pdf", content, name="證明.pdf")

    on_disk = b"".join(path.read_bytes() for path in db.files_dir.rglob("*") if path.is_file())
    assert files.read(file) == content
    assert files.original_name(file) == "證明.pdf"
    assert b"%PDF" not in on_disk
    assert "證明".encode() not in on_disk


def test_file_whose_act_rolled_back_is_swept_after_a_day(db):
    with pytest.raises(ZeroDivisionError), database.transaction():
        files.keep(None, "proof", "application/pdf", b"x")
        raise ZeroDivisionError
    with database.transaction():
        kept = files.keep(None, "proof", "application/pdf", b"y")

    assert files.sweep_orphans() == 0
    with clock.travel(timedelta(hours=25)):
        assert files.sweep_orphans() == 1

    assert files.read(kept) == b"y"


def test_limit_refuses_after_its_size_and_refills_with_time(db):
    rule = limits.RULES["code-phone"]
    for _attempt in range(rule.size):
        limits.take("code-phone", "+85366000018")

    with pytest.raises(TooMany) as refused:
        limits.take("code-phone", "+85366000018")
    limits.take("code-phone", "+85366000019")

    assert 0 < refused.value.params["seconds"] <= rule.seconds // rule.size
    with clock.travel(timedelta(seconds=rule.seconds // rule.size + 1)):
        limits.take("code-phone", "+85366000018")


def test_production_names_every_missing_setting():
    with pytest.raises(SettingsError) as refused:
        from_environment({"WEBAPP_ENV": "production", "SECRET_KEY": "x"})

    assert str(refused.value) == (
        "production needs these settings: FIELD_KEYS, INDEX_KEY, AUDIT_KEY, DATABASE_URL, DATA_DIR, PUBLIC_URL,"
        " SMTP_URL, SMS_URL, BACKUP_KEY, BACKUP_DIR, SEAL_KEY, SEAL_CHAIN, PRIVACY_OFFICER"
    )
