"""What was refused is found among very many acts that were done. Frozen."""


def up(migrator, db):
    db.execute_sql("""CREATE INDEX "act_refused" ON "act" ("id") WHERE outcome = 'refused'""")


def down(migrator, db):
    db.execute_sql("DROP INDEX act_refused")
