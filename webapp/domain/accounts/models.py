"""Staff accounts, their platform roles, sessions as rows, one-time codes and single-use links."""

from peewee import BigIntegerField, BlobField, IntegerField, TextField

from webapp.database import InstantField, Reference, Row, WordField

ACTIVE, DISABLED = "active", "disabled"
PLATFORM_ROLES = (
    "platform_officer",
    "system_admin",
    "security_admin",
    "audit_admin",
    "supervisor",
    "lane_officer",
)
CODE_PURPOSES = ("email", "phone", "status")
LINK_PURPOSES = ("invitation", "password")


class Account(Row):
    ref = TextField(unique=True)
    email_index = BlobField(unique=True)
    email = BlobField()  # sealed
    name = BlobField()  # sealed
    password_hash = TextField()
    state = WordField((ACTIVE, DISABLED))
    language = TextField(null=True)
    failures = IntegerField(default=0)
    locked_until = InstantField(null=True)
    created_at = InstantField()
    signed_in_at = InstantField(null=True)
    version = IntegerField(default=1)


class AccountRole(Row):
    account = Reference(Account)
    role = WordField(PLATFORM_ROLES)
    act_id = BigIntegerField(null=True)

    class Meta:
        table_name = "account_role"
        indexes = ((("account", "role"), True),)


class Session(Row):
    ref = TextField(unique=True)
    token_hash = BlobField(unique=True)
    account = Reference(Account)
    unit_id = BigIntegerField(null=True)  # the unit the person works for at the moment
    address = TextField()
    started_at = InstantField()
    seen_at = InstantField()
    ended_at = InstantField(null=True)

    class Meta:
        indexes = ((("account", "ended_at"), False),)


class OneTimeCode(Row):
    """A six-figure code on its way to a phone or mailbox; holding it proves the address."""

    ref = TextField(unique=True)
    purpose = WordField(CODE_PURPOSES)
    address_index = BlobField()
    code = BlobField()  # sealed: the worker sends it, the demo shows it
    tries_left = IntegerField()
    expires_at = InstantField()
    used_at = InstantField(null=True)
    created_at = InstantField()

    class Meta:
        table_name = "one_time_code"
        indexes = (
            (("purpose", "address_index", "id"), False),
            (("expires_at",), False),
        )


class SingleUseLink(Row):
    """An invitation of staff or a new password, by a link that works once and expires."""

    ref = TextField(unique=True)
    purpose = WordField(LINK_PURPOSES)
    token_hash = BlobField(unique=True)
    email_index = BlobField()
    email = BlobField()  # sealed
    role = TextField(null=True)
    unit_id = BigIntegerField(null=True)
    act_id = BigIntegerField(null=True)
    created_at = InstantField()
    expires_at = InstantField()
    used_at = InstantField(null=True)

    class Meta:
        table_name = "single_use_link"
        indexes = ((("email_index",), False), (("unit_id",), False))
