"""Kept counts of the record. Empty: the worker counts what there is by its numbers. Frozen."""

from peewee import BigAutoField, BigIntegerField, Check, DateField, IntegerField, Model, TextField


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


class ActFigure(Table):
    day = DateField()
    measure = TextField(constraints=[Check("measure IN ('deeds', 'readings')")])
    name = TextField()
    number = IntegerField()
    part = IntegerField()

    class Meta:
        table_name = "act_figure"
        indexes = ((("day", "measure", "name"), True),)


class RecordCounted(Table):
    number = BigIntegerField()

    class Meta:
        table_name = "record_counted"


TABLES = [ActFigure, RecordCounted]


def up(migrator, db):
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES, safe=False)
