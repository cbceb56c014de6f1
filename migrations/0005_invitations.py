"""Invitations in both directions take the place of the owner's request; owners beside the owner."""

from peewee import SQL, BigAutoField, BigIntegerField, BlobField, BooleanField, Check, ForeignKeyField, Model, TextField

from webapp import crypto


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


def one_of(column, *words):
    return [Check(f"{column} IN ({', '.join(repr(word) for word in words)})")]


class Submission(Table):
    pass


class Vehicle(Table):
    pass


class Person(Table):
    pass


class Filing(Table):
    submission = ForeignKeyField(Submission, backref="+")
    person = ForeignKeyField(Person, backref="+")


class OwnerRequest(Table):
    ref = TextField(unique=True)
    filing = ForeignKeyField(Filing, on_delete="RESTRICT", backref="+", unique=True)
    vehicle = ForeignKeyField(Vehicle, on_delete="RESTRICT", backref="+")
    owner_tail_index = BlobField()
    state = TextField(constraints=one_of("state", "open", "accepted", "declined", "expired"))
    asked_at = BigIntegerField()
    until = BigIntegerField()
    answered_at = BigIntegerField(null=True)
    answered_by = ForeignKeyField(Person, on_delete="RESTRICT", backref="+", null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "owner_request"
        indexes = ((("vehicle", "state"), False),)


class Invitation(Table):
    ref = TextField(unique=True)
    token_hash = BlobField(unique=True)
    made_by = TextField(constraints=one_of("made_by", "owner", "second"))
    submission = ForeignKeyField(Submission, on_delete="RESTRICT", backref="+")
    vehicle = ForeignKeyField(Vehicle, on_delete="RESTRICT", backref="+")
    owner = ForeignKeyField(Person, on_delete="RESTRICT", backref="+", null=True)
    second = ForeignKeyField(Person, on_delete="RESTRICT", backref="+", null=True)
    filing = ForeignKeyField(Filing, on_delete="RESTRICT", backref="+", null=True)
    joint = BooleanField()
    state = TextField(constraints=one_of("state", "open", "accepted", "declined", "expired", "revoked"))
    made_at = BigIntegerField()
    until = BigIntegerField()
    reminded_at = BigIntegerField(null=True)
    ended_at = BigIntegerField(null=True)
    released_at = BigIntegerField(null=True)
    act_id = BigIntegerField()

    class Meta:
        indexes = ((("vehicle", "state"), False), (("state", "until"), False))


Invitation.add_index(
    Invitation.vehicle, Invitation.second, unique=True, where=SQL("state = 'open'"), name="invitation_once"
)
Invitation.add_index(
    Invitation.vehicle,
    Invitation.owner,
    unique=True,
    where=SQL("state = 'open' AND made_by = 'owner'"),
    name="invitation_once_by_owner",
)


class JointOwner(Table):
    vehicle = ForeignKeyField(Vehicle, on_delete="RESTRICT", backref="+")
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    act_id = BigIntegerField()

    class Meta:
        table_name = "joint_owner"
        indexes = ((("vehicle", "person"), True),)


MADE = [Invitation, JointOwner]
READ = [OwnerRequest, Filing, Submission, Vehicle, Person]


def up(migrator, db):
    with db.bind_ctx([*MADE, *READ], bind_refs=False, bind_backrefs=False):
        db.create_tables(MADE, safe=False)
        for row in OwnerRequest.select(OwnerRequest, Filing).join(Filing).order_by(OwnerRequest.id):
            Invitation.create(**_invitation(row))
        db.drop_tables([OwnerRequest], safe=False)


def _invitation(row):
    """The same question in the new table. Of several open ones of the same two, the oldest stays open."""
    pair = (Invitation.vehicle == row.vehicle_id) & (Invitation.second == row.filing.person_id)
    twice = row.state == "open" and Invitation.select().where(pair, Invitation.state == "open").exists()
    return {
        "ref": row.ref,
        "token_hash": crypto.token_hash(crypto.derive_token("invitation", row.ref)),
        "made_by": "second",
        "submission": row.filing.submission_id,
        "vehicle": row.vehicle_id,
        "owner": row.answered_by_id,
        "second": row.filing.person_id,
        "filing": row.filing_id,
        "joint": False,
        "state": "revoked" if twice else row.state,
        "made_at": row.asked_at,
        "until": row.until,
        "ended_at": row.answered_at,
        "act_id": row.act_id,
    }


def down(migrator, db):
    with db.bind_ctx([*MADE, *READ], bind_refs=False, bind_backrefs=False):
        db.create_tables([OwnerRequest], safe=False)
        db.drop_tables(MADE, safe=False)
