"""Staff accounts: platform roles, second factors, old passwords, sessions as rows, one-time codes, single-use links."""

from peewee import SQL, BigIntegerField, BlobField, DateField, IntegerField, TextField

from webapp.columns import InstantField, Reference, WordField
from webapp.database import Row

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
    password_at = InstantField(null=True)  # when its owner chose the password; NULL: he has to choose another
    enabled_at = InstantField(null=True)  # when it was last opened again
    ends_on = DateField(null=True)  # its last day


class AccountRole(Row):
    account = Reference(Account)
    role = WordField(PLATFORM_ROLES)
    act_id = BigIntegerField(null=True)

    class Meta:
        table_name = "account_role"
        indexes = ((("account", "role"), True),)


# Separation of duties: the three administrators are three accounts.
AccountRole.add_index(
    AccountRole.account,
    unique=True,
    where=SQL("role IN ('system_admin', 'security_admin', 'audit_admin')"),
    name="account_role_one_administrator",
)


class SecondFactor(Row):
    """The authenticator of an account (RFC 6238)."""

    account = Reference(Account, unique=True)
    secret = BlobField()  # sealed
    last_step = BigIntegerField()  # the half minute whose code was used last; no older one is taken again
    enrolled_at = InstantField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "second_factor"


class RecoveryCode(Row):
    """Opens the account once in place of the authenticator."""

    account = Reference(Account)
    code_hash = BlobField(unique=True)
    made_at = InstantField()
    used_at = InstantField(null=True)

    class Meta:
        table_name = "recovery_code"


class PastPassword(Row):
    """A password that was replaced and may not come back yet."""

    account = Reference(Account)
    password_hash = TextField()
    replaced_at = InstantField()

    class Meta:
        table_name = "past_password"


class AccountClass(Row):
    """A class of units whose figures a supervisor sees (design 3)."""

    account = Reference(Account)
    unit_class = WordField(("organ", "enterprise", "social", "resident", "duty", "other"))
    act_id = BigIntegerField()

    class Meta:
        table_name = "account_class"
        indexes = ((("account", "unit_class"), True),)


class Session(Row):
    ref = TextField(unique=True)
    token_hash = BlobField(unique=True)
    account = Reference(Account)
    unit_id = BigIntegerField(null=True)  # the unit the person works for at the moment
    address = TextField()
    started_at = InstantField()
    seen_at = InstantField()
    ended_at = InstantField(null=True)
    proved_at = InstantField(null=True)  # when the second factor was proved; NULL: the password alone
    offered = BlobField(null=True)  # sealed: the secret to enrol, or the recovery codes not yet put away

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
    approved_at = InstantField(null=True)  # platform invitations of an administrator work after another's yes

    class Meta:
        table_name = "single_use_link"
        indexes = ((("email_index",), False), (("unit_id",), False))
