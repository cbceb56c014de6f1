"""Accounts, passwords, codes and links: every exit of every action."""

from datetime import timedelta

import pytest

from tests.builders.accounts import LOCALE, actor_of, platform_staff, visitor
from tests.builders.delivery import drain
from tests.builders.units import PASSWORD
from webapp import clock, crypto, database
from webapp.actors import system
from webapp.domain.accounts import actions, codes, links, passwords, policy, queries, rules, sessions
from webapp.domain.accounts.models import Account, OneTimeCode, SingleUseLink
from webapp.domain.audit.acts import Act, action
from webapp.domain.audit.models import Act as ActRow
from webapp.domain.notices.models import Delivery, Notice
from webapp.errors import Conflict, Invalid, NotFound, TooMany

NEW = "Quiet-Ferry-4821"


@action("test:create-account")
def create(act: Act, email: str, name: str, password: str) -> dict[str, str]:
    return {"account": actions.create_account(act, email, name, password).ref}


def faults(refusal: Exception) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in refusal.faults]


def test_account_is_sealed_and_its_password_hashed(db):
    ref = create(system("test"), "An.Lei@Staff.Example", " 安蕾 ", PASSWORD)["account"]

    account = queries.by_ref(ref)
    assert (queries.name_of(account), queries.email_of(account)) == ("安蕾", "An.Lei@staff.example")
    assert account.password_hash.startswith(f"$argon2id$v=19$m={db.password_memory * 1024},t=1,p=1$")
    assert passwords.matches(PASSWORD, account.password_hash)
    assert "安蕾".encode() not in bytes(account.name)
    assert b"staff" not in bytes(account.email).lower()


def test_new_account_is_refused_with_every_fault_at_once(db):
    with pytest.raises(Invalid) as caught:
        create(system("test"), "an.lei", " ", "short")

    assert faults(caught.value) == [
        ("email", "bad_format"),
        ("full_name", "missing"),
        ("password", "too_short"),
        ("password", "too_few_classes"),
    ]
    assert Account.select().count() == 0


@pytest.mark.parametrize("spelling", ["AN.LEI@staff.example", "ａｎ.lei@staff.example", "an.lei@STAFF。example"])
def test_one_mailbox_has_one_account(db, spelling):
    create(system("test"), "an.lei@staff.example", "安蕾", PASSWORD)

    with pytest.raises(Invalid) as caught:
        create(system("test"), spelling, "另一人", PASSWORD)

    assert faults(caught.value) == [("email", "email_taken")]


def test_changed_password_ends_every_session_and_tells_the_owner(db):
    account = platform_staff()
    tokens = [sessions.begin(actor_of(account), account) for _ in range(2)]

    actions.change_password(actor_of(account), account, PASSWORD, NEW, locale=LOCALE, key="key-of-form")

    assert [sessions.current(token) for token in tokens] == [None, None]
    assert passwords.matches(NEW, queries.by_ref(account.ref).password_hash)
    assert Notice.select().where(Notice.kind == "password-changed").count() == 1


def test_change_of_password_is_refused_with_every_fault(db):
    account = platform_staff(name="馮曉嵐")

    with pytest.raises(Invalid) as wrong:
        actions.change_password(actor_of(account), account, "wrong", "馮曉嵐-Aa1", locale=LOCALE, key="one-key")
    with pytest.raises(Invalid) as same:
        actions.change_password(actor_of(account), account, PASSWORD, PASSWORD, locale=LOCALE, key="two-key")

    assert faults(wrong.value) == [
        ("old_password", "wrong_password"),
        ("new_password", "too_short"),
        ("new_password", "contains_name"),
    ]
    assert faults(same.value) == [("new_password", "same_password")]


def test_guessing_the_old_password_is_limited(db):
    account = platform_staff()
    for number in range(10):
        with pytest.raises(Invalid):
            actions.change_password(actor_of(account), account, "wrong", NEW, locale=LOCALE, key=f"key-{number}")

    with pytest.raises(TooMany):
        actions.change_password(actor_of(account), account, PASSWORD, NEW, locale=LOCALE, key="key-last")


def ask_password(settings, email: str) -> None:
    """Ask for a link, and let the worker send it."""
    assert actions.ask_password(visitor(), email, LOCALE) == {}
    drain(settings)


def test_asking_for_a_password_writes_the_same_for_a_mailbox_nobody_has(db, monkeypatch):
    """What it does else is done later, so that no clock tells who has an account."""
    platform_staff(email="an.lei@staff.example")
    execute, sent = database.database.obj.execute_sql, []

    def heard(sql, *more, **kwargs):
        sent.append(sql.split(" WHERE ")[0])
        return execute(sql, *more, **kwargs)

    monkeypatch.setattr(database.database.obj, "execute_sql", heard)
    asked = []
    for email in ("an.lei@staff.example", "nobody@staff.example"):
        sent.clear()
        actions.ask_password(visitor(), email, LOCALE)
        asked.append(list(sent))

    assert asked[0] == asked[1]


def test_forgotten_password_is_set_by_a_link_that_works_once(db):
    account = platform_staff(email="an.lei@staff.example")
    old = sessions.begin(actor_of(account), account)
    Account.update(failures=5, locked_until=clock.now() + policy.current().lock).execute()

    ask_password(db, "AN.LEI@staff.example")
    token = links.token(SingleUseLink.get(SingleUseLink.purpose == "password").ref)
    actions.set_password(visitor(), token, NEW, LOCALE)

    fresh = queries.by_ref(account.ref)
    assert passwords.matches(NEW, fresh.password_hash)
    assert fresh.locked_until is None
    assert sessions.current(old) is None
    with pytest.raises(NotFound) as caught:
        actions.set_password(visitor(), token, "Another-Ferry-99", LOCALE)
    assert caught.value.code == "link_used"


def test_unknown_mailbox_is_answered_alike_and_gets_no_letter(db):
    ask_password(db, "nobody@staff.example")

    assert SingleUseLink.select().count() == 0
    assert Delivery.select().count() == 0
    assert ActRow.get(ActRow.verb == "account:ask-password").outcome == "done"


def test_only_the_newest_password_link_works_and_not_for_long(db):
    platform_staff(email="an.lei@staff.example")
    for _ in range(2):
        ask_password(db, "an.lei@staff.example")
    first, second = SingleUseLink.select().where(SingleUseLink.purpose == "password").order_by(SingleUseLink.id)

    with pytest.raises(NotFound) as replaced:
        actions.set_password(visitor(), links.token(first.ref), NEW, LOCALE)
    with clock.travel(rules.PASSWORD_LINK_LIFE), pytest.raises(NotFound) as expired:
        actions.set_password(visitor(), links.token(second.ref), NEW, LOCALE)
    with pytest.raises(NotFound) as unknown:
        actions.set_password(visitor(), "no-such-token", NEW, LOCALE)
    with pytest.raises(Invalid) as weak:
        actions.set_password(visitor(), links.token(second.ref), "weak", LOCALE)

    assert [caught.value.code for caught in (replaced, expired, unknown)] == [
        "link_used",
        "link_expired",
        "link_unknown",
    ]
    assert faults(weak.value)[0] == ("password", "too_short")
    actions.set_password(visitor(), links.token(second.ref), NEW, LOCALE)


def test_link_of_another_purpose_sets_no_password(db):
    platform_staff(email="an.lei@staff.example")
    token = links.token(SingleUseLink.get(SingleUseLink.purpose == "invitation").ref)

    with pytest.raises(NotFound):
        actions.set_password(visitor(), token, NEW, LOCALE)


def test_language_is_kept_with_the_account(db):
    account = platform_staff()

    actions.choose_language(actor_of(account), account.id, "zh_Hans_CN")

    assert queries.by_ref(account.ref).language == "zh_Hans_CN"


def test_two_uses_of_a_link_at_once_leave_one(db):
    platform_staff(email="an.lei@staff.example")
    ask_password(db, "an.lei@staff.example")
    link = SingleUseLink.get(SingleUseLink.purpose == "password")

    @action("test:use-link")
    def use(act: Act) -> dict[str, str]:
        links.use(act, link)
        return {}

    use(system("test"))
    with pytest.raises(Conflict) as caught:
        use(system("test"))
    assert caught.value.code == "link_used"


def test_code_proves_the_address_it_was_sent_to(db):
    ref = codes.issue("phone", "+8613800138000", locale=LOCALE, actor=visitor())
    figures = codes.shown(ref)

    assert len(figures) == 6
    codes.prove(ref, "phone", "+8613800138000", f" {figures[:3]} {figures[3:]} ", field="phone_code", actor=visitor())
    codes.prove(ref, "phone", "+8613800138000", figures, field="phone_code", actor=visitor())  # a double click
    assert figures.encode() not in bytes(OneTimeCode.get().code)
    delivery = Delivery.get()
    assert (delivery.channel, delivery.locale) == ("sms", LOCALE)
    sealed = crypto.unseal(delivery.params, "delivery", "params", delivery.ref)
    assert sealed == {"code": figures, "minutes": 10}


@pytest.mark.parametrize(
    ("purpose", "address"),
    [("phone", "+8613800138001"), ("status", "+8613800138000"), ("email", "an.lei@staff.example")],
)
def test_code_proves_nothing_else(db, purpose, address):
    ref = codes.issue("phone", "+8613800138000", locale=LOCALE, actor=visitor())

    with pytest.raises(Invalid) as caught:
        codes.prove(ref, purpose, address, codes.shown(ref), field="phone_code", actor=visitor())

    assert faults(caught.value) == [("phone_code", "code_expired")]


def test_code_takes_full_width_figures_and_refuses_others(db):
    ref = codes.issue("email", "An.Lei@staff.example", locale=LOCALE, actor=visitor())
    wide = codes.shown(ref).translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)})

    for typed in ("", "abc", "²²²²²²", "12345", wide[:5]):
        with pytest.raises(Invalid) as caught:
            codes.prove(ref, "email", "an.lei@STAFF.example".lower(), typed, field="code", actor=visitor())
        assert caught.value.code in ("code_wrong", "code_expired")
    fresh = codes.issue("email", "an.lei@staff.example", locale=LOCALE, actor=visitor())
    wide = codes.shown(fresh).translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)})
    codes.prove(fresh, "email", "AN.LEI@staff.example", wide, field="code", actor=visitor())


def test_five_wrong_figures_use_a_code_up(db):
    ref = codes.issue("phone", "+8613800138000", locale=LOCALE, actor=visitor())
    right = codes.shown(ref)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    found = []

    for _ in range(5):
        with pytest.raises(Invalid) as caught:
            codes.prove(ref, "phone", "+8613800138000", wrong, field="phone_code", actor=visitor())
        found.append((caught.value.code, caught.value.params.get("left")))
    with pytest.raises(Invalid) as after:
        codes.prove(ref, "phone", "+8613800138000", right, field="phone_code", actor=visitor())

    assert found == [("code_wrong", 4), ("code_wrong", 3), ("code_wrong", 2), ("code_wrong", 1), ("code_expired", None)]
    assert after.value.code == "code_expired"


def test_a_code_sent_again_within_five_minutes_wins_no_time(db):
    ref = codes.issue("phone", "+8613800138000", locale=LOCALE, actor=visitor())
    proved = codes.prove(ref, "phone", "+8613800138000", codes.shown(ref), field="phone_code", actor=visitor())

    with clock.travel(rules.CODE_REPEAT / 2):
        again = codes.prove(ref, "phone", "+8613800138000", codes.shown(ref), field="phone_code", actor=visitor())

    assert again == proved


def test_code_lives_ten_minutes_and_a_used_one_five_more_clicks(db):
    ref = codes.issue("phone", "+8613800138000", locale=LOCALE, actor=visitor())
    used = codes.issue("phone", "+8613800138000", locale=LOCALE, actor=visitor())
    codes.prove(used, "phone", "+8613800138000", codes.shown(used), field="phone_code", actor=visitor())

    with clock.travel(rules.CODE_REPEAT), pytest.raises(Invalid) as replayed:
        codes.prove(used, "phone", "+8613800138000", codes.shown(used), field="phone_code", actor=visitor())
    with clock.travel(rules.CODE_LIFE), pytest.raises(Invalid) as expired:
        codes.prove(ref, "phone", "+8613800138000", codes.shown(ref), field="phone_code", actor=visitor())
    with pytest.raises(Invalid) as unknown:
        codes.prove("no-such-ref", "phone", "+8613800138000", "000000", field="phone_code", actor=visitor())

    assert {replayed.value.code, expired.value.code, unknown.value.code} == {"code_expired"}


def test_codes_to_one_phone_are_limited(db):
    for number in range(5):
        codes.issue("phone", "+8613800138000", locale=LOCALE, actor=visitor(f"192.0.2.{number}"))

    with pytest.raises(TooMany):
        codes.issue("status", "+8613800138000", locale=LOCALE, actor=visitor("192.0.2.9"))
    codes.issue("phone", "+8613800138009", locale=LOCALE, actor=visitor("192.0.2.9"))


def test_no_act_keeps_a_secret(db):
    account = platform_staff(email="an.lei@staff.example")
    sessions.begin(actor_of(account), account)
    ask_password(db, "an.lei@staff.example")
    code = codes.issue("email", "an.lei@staff.example", locale=LOCALE, actor=visitor())

    kept = " ".join(str(row.result) + str(row.codes) for row in ActRow.select())
    secrets = [codes.shown(code), "an.lei", PASSWORD, *(links.token(link.ref) for link in SingleUseLink.select())]
    assert [secret for secret in secrets if secret in kept] == []


def test_old_link_dies_with_the_changed_password(db):
    account = platform_staff(email="an.lei@staff.example")
    ask_password(db, "an.lei@staff.example")
    token = links.token(SingleUseLink.get(SingleUseLink.purpose == "password").ref)

    actions.change_password(actor_of(account), account, PASSWORD, NEW, locale=LOCALE, key="key-of-form")

    with clock.travel(timedelta(minutes=1)), pytest.raises(NotFound):
        actions.set_password(visitor(), token, "Another-Ferry-99", LOCALE)
