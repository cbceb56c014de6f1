"""Second factors, recovery codes, old passwords; sessions that stop half-way; accounts with a last day. Frozen."""

from peewee import SQL, BigAutoField, BigIntegerField, BlobField, DateField, ForeignKeyField, Model, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class Account(Table):
    class Meta:
        table_name = "account"


class SecondFactor(Table):
    account = ForeignKeyField(Account, unique=True, on_delete="RESTRICT", backref="+")
    secret = BlobField()
    last_step = BigIntegerField()
    enrolled_at = BigIntegerField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "second_factor"


class RecoveryCode(Table):
    account = ForeignKeyField(Account, on_delete="RESTRICT", backref="+")
    code_hash = BlobField(unique=True)
    made_at = BigIntegerField()
    used_at = BigIntegerField(null=True)

    class Meta:
        table_name = "recovery_code"


class PastPassword(Table):
    account = ForeignKeyField(Account, on_delete="RESTRICT", backref="+")
    password_hash = TextField()
    replaced_at = BigIntegerField()

    class Meta:
        table_name = "past_password"


TABLES = [SecondFactor, RecoveryCode, PastPassword]
COLUMNS = [
    ("account", "password_at", BigIntegerField),
    ("account", "enabled_at", BigIntegerField),
    ("account", "ends_on", DateField),
    ("session", "proved_at", BigIntegerField),
    ("session", "offered", BlobField),
    ("single_use_link", "approved_at", BigIntegerField),
]
ADMINISTRATORS = "role IN ('system_admin', 'security_admin', 'audit_admin')"


class AccountRole(Table):
    account = ForeignKeyField(Account, on_delete="RESTRICT", backref="+")

    class Meta:
        table_name = "account_role"


ONE = AccountRole.index(
    AccountRole.account, unique=True, where=SQL(ADMINISTRATORS), name="account_role_one_administrator"
)


def up(migrator, db):
    migrator.migrate(*(migrator.add_column(table, name, field(null=True)) for table, name, field in COLUMNS))
    db.execute_sql("UPDATE account SET password_at = created_at")
    db.execute_sql("UPDATE single_use_link SET approved_at = created_at WHERE unit_id IS NULL")
    with db.bind_ctx([*TABLES, AccountRole], bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
        db.execute(ONE)


def down(migrator, db):
    with db.bind_ctx([*TABLES, AccountRole], bind_refs=False, bind_backrefs=False):
        db.execute_sql("DROP INDEX account_role_one_administrator")
        db.drop_tables(TABLES, safe=False)
    migrator.migrate(*(migrator.drop_column(table, name) for table, name, _field in COLUMNS))
