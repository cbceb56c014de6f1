"""Searches of the whole list, what was opened, and the tokens by which a name is found. Frozen.

Tokens of people who filed before are written by `flask search tokens`: that needs the keys, a migration has none.
"""

from peewee import BigAutoField, BigIntegerField, BlobField, Check, ForeignKeyField, Model, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


def one_of(column, *words):
    return [Check(f"{column} IN ({', '.join(repr(word) for word in words)})")]


class Person(Table):
    class Meta:
        table_name = "person"


class NameToken(Table):
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    token = BlobField()

    class Meta:
        table_name = "name_token"
        indexes = ((("token", "person"), True),)


class ListSearch(Table):
    ref = TextField(unique=True)
    account_id = BigIntegerField()
    kind = TextField(constraints=one_of("kind", "document", "plate", "name", "unit", "reference"))
    words = BlobField()
    reason = BlobField()
    made_at = BigIntegerField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "list_search"
        indexes = ((("account_id", "id"), False),)


class SearchOpening(Table):
    search = ForeignKeyField(ListSearch, on_delete="RESTRICT", backref="+")
    noun = TextField(constraints=one_of("noun", "entry", "filing"))
    object_ref = TextField()
    act_id = BigIntegerField()
    opened_at = BigIntegerField()

    class Meta:
        table_name = "search_opening"
        indexes = ((("search", "object_ref"), True),)


TABLES = [NameToken, ListSearch, SearchOpening]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
