"""The first shape of the database. Frozen: it shares nothing with the models of today."""

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    Check,
    DateField,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


class Table(Model):
    id = BigAutoField()

    class Meta:
        legacy_table_names = False


def one_of(column, *words):
    return [Check(f"{column} IN ({', '.join(repr(word) for word in words)})")]


class Act(Table):
    actor_kind = TextField()
    actor_ref = TextField()
    account_id = BigIntegerField(null=True)
    unit_id = BigIntegerField(null=True)
    verb = TextField()
    key = TextField()
    outcome = TextField(constraints=one_of("outcome", "done", "refused"))
    codes = TextField(null=True)
    result = TextField(null=True)
    request_id = TextField()
    session_ref = TextField()
    address = TextField()
    at = BigIntegerField()

    class Meta:
        table_name = "act"
        indexes = ((("account_id", "id"), False), (("unit_id", "id"), False), (("verb", "id"), False))


Act.add_index(
    Act.actor_kind, Act.actor_ref, Act.verb, Act.key, unique=True, where=SQL("outcome = 'done'"), name="act_once"
)

Act.add_index(Act.at, name="act_at")


class AuditLine(Table):
    act = ForeignKeyField(Act, on_delete="RESTRICT", backref="+")
    at = BigIntegerField()
    tag = TextField()
    object_ref = TextField()
    unit_id = BigIntegerField(null=True)
    fields = TextField(null=True)

    class Meta:
        table_name = "audit_line"
        indexes = ((("object_ref", "id"), False), (("tag", "id"), False))


class Sequence(Table):
    stream = TextField(constraints=one_of("stream", "audit", "list"))
    number = BigIntegerField()
    source_id = BigIntegerField()

    class Meta:
        table_name = "sequence"
        indexes = ((("stream", "number"), True), (("stream", "source_id"), True))


class StoredFile(Table):
    ref = TextField(unique=True)
    kind = TextField(
        constraints=one_of("kind", "proof", "authorisation", "signature", "sealed_paper", "document", "import")
    )
    media_type = TextField()
    size = BigIntegerField()
    digest = TextField()
    name = BlobField(null=True)
    unit_id = BigIntegerField(null=True)
    act_id = BigIntegerField(null=True)
    created_at = BigIntegerField()

    class Meta:
        table_name = "stored_file"


class IssuedDocument(Table):
    code = TextField(unique=True)
    kind = TextField(
        constraints=one_of(
            "kind", "personal_pledge", "unit_pledge", "annex", "receipt", "listing_confirmation", "poster", "desk_card"
        )
    )
    subject = TextField()
    locale = TextField()
    file = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+", null=True)
    pages = IntegerField()
    unit_id = BigIntegerField(null=True)
    issued_at = BigIntegerField()

    class Meta:
        table_name = "issued_document"
        indexes = ((("kind", "subject", "locale"), True),)


class Account(Table):
    ref = TextField(unique=True)
    email_index = BlobField(unique=True)
    email = BlobField()
    name = BlobField()
    password_hash = TextField()
    state = TextField(constraints=one_of("state", "active", "disabled"))
    language = TextField(null=True)
    failures = IntegerField()
    locked_until = BigIntegerField(null=True)
    created_at = BigIntegerField()
    signed_in_at = BigIntegerField(null=True)
    version = IntegerField()

    class Meta:
        table_name = "account"


class AccountRole(Table):
    account = ForeignKeyField(Account, on_delete="RESTRICT", backref="+")
    role = TextField(
        constraints=one_of(
            "role", "platform_officer", "system_admin", "security_admin", "audit_admin", "supervisor", "lane_officer"
        )
    )
    act_id = BigIntegerField(null=True)

    class Meta:
        table_name = "account_role"
        indexes = ((("account", "role"), True),)


class Session(Table):
    ref = TextField(unique=True)
    token_hash = BlobField(unique=True)
    account = ForeignKeyField(Account, on_delete="RESTRICT", backref="+")
    unit_id = BigIntegerField(null=True)
    address = TextField()
    started_at = BigIntegerField()
    seen_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "session"
        indexes = ((("account", "ended_at"), False),)


class OneTimeCode(Table):
    ref = TextField(unique=True)
    purpose = TextField(constraints=one_of("purpose", "email", "phone", "status"))
    address_index = BlobField()
    code = BlobField()
    tries_left = IntegerField()
    expires_at = BigIntegerField()
    used_at = BigIntegerField(null=True)
    created_at = BigIntegerField()

    class Meta:
        table_name = "one_time_code"
        indexes = ((("purpose", "address_index", "id"), False), (("expires_at",), False))


class SingleUseLink(Table):
    ref = TextField(unique=True)
    purpose = TextField(constraints=one_of("purpose", "invitation", "password"))
    token_hash = BlobField(unique=True)
    email_index = BlobField()
    email = BlobField()
    role = TextField(null=True)
    unit_id = BigIntegerField(null=True)
    act_id = BigIntegerField(null=True)
    created_at = BigIntegerField()
    expires_at = BigIntegerField()
    used_at = BigIntegerField(null=True)

    class Meta:
        table_name = "single_use_link"
        indexes = ((("email_index",), False), (("unit_id",), False))


class PledgeText(Table):
    kind = TextField(constraints=one_of("kind", "personal", "unit"))
    version = TextField()
    language = TextField()
    title = TextField()
    clauses = TextField()
    digest = TextField()
    signable = BooleanField()
    sample = BooleanField()
    effective_from = BigIntegerField()

    class Meta:
        table_name = "pledge_text"
        indexes = ((("kind", "version", "language"), True),)


class ItemPolicy(Table):
    version = IntegerField(unique=True)
    rules = TextField()
    effective_from = BigIntegerField()

    class Meta:
        table_name = "item_policy"


class Pledge(Table):
    ref = TextField(unique=True)
    kind = TextField(constraints=one_of("kind", "personal", "unit"))
    text = ForeignKeyField(PledgeText, on_delete="RESTRICT", backref="+")
    subject = TextField()
    content = BlobField()
    digest = TextField()
    method = TextField(constraints=one_of("method", "drawn", "typed", "sealed_paper"))
    drawing = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+", null=True)
    unit_id = BigIntegerField()
    act_id = BigIntegerField()
    signed_at = BigIntegerField()

    class Meta:
        table_name = "pledge"
        indexes = ((("subject", "id"), False),)


class Person(Table):
    ref = TextField(unique=True)
    created_at = BigIntegerField()

    class Meta:
        table_name = "person"


class PersonDocument(Table):
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    id_type = TextField()
    key_index = BlobField(unique=True)
    created_at = BigIntegerField()

    class Meta:
        table_name = "person_document"


class PersonPhone(Table):
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    phone_index = BlobField()
    phone = BlobField()
    proved_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "person_phone"


PersonPhone.add_index(PersonPhone.person, unique=True, where=SQL("ended_at IS NULL"), name="person_phone_one")

PersonPhone.add_index(PersonPhone.phone_index, where=SQL("ended_at IS NULL"), name="person_phone_people")


class Vehicle(Table):
    ref = TextField(unique=True)
    vehicle_use = TextField(constraints=one_of("vehicle_use", "own", "unit"))
    vin_index = BlobField(null=True, index=True)
    created_at = BigIntegerField()

    class Meta:
        table_name = "vehicle"


class Plate(Table):
    vehicle = ForeignKeyField(Vehicle, on_delete="RESTRICT", backref="+")
    plate_index = BlobField()
    created_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "plate"


Plate.add_index(Plate.plate_index, unique=True, where=SQL("ended_at IS NULL"), name="plate_once")


class Answers(Table):
    ref = TextField(unique=True)
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    policy_version = IntegerField()
    sealed = BlobField()
    act_id = BigIntegerField()
    created_at = BigIntegerField()

    class Meta:
        table_name = "answers"


class Unit(Table):
    ref = TextField(unique=True)
    unit_class = TextField(
        constraints=one_of("unit_class", "organ", "enterprise", "social", "resident", "duty", "other")
    )
    name = TextField()
    name_fold = TextField()
    registration_place = TextField(constraints=one_of("registration_place", "cn", "mo", "hk"))
    registration_number = TextField()
    branch_name = TextField()
    branch_key = TextField()
    address = TextField()
    public_phone = TextField()
    public_hours = TextField()
    details = BlobField()
    proof = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+")
    authorisation = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+", null=True)
    state = TextField(
        constraints=one_of(
            "state", "pending", "returned", "certified", "suspended", "refused", "withdrawn", "deregistered"
        )
    )
    daily_ceiling = IntegerField()
    registered_at = BigIntegerField()
    certified_at = BigIntegerField(null=True)
    act_id = BigIntegerField(null=True)
    version = IntegerField()

    class Meta:
        table_name = "unit"
        indexes = ((("state", "id"), False), (("unit_class", "state"), False))


Unit.add_index(
    Unit.registration_place,
    Unit.registration_number,
    Unit.branch_key,
    unique=True,
    where=SQL("state IN ('pending', 'returned', 'certified', 'suspended')"),
    name="unit_once",
)


class UnitStep(Table):
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    act_id = BigIntegerField()
    at = BigIntegerField()
    action = TextField()
    state = TextField(
        constraints=one_of(
            "state", "pending", "returned", "certified", "suspended", "refused", "withdrawn", "deregistered"
        )
    )
    reasons = TextField(null=True)
    note = BlobField(null=True)

    class Meta:
        table_name = "unit_step"


class Membership(Table):
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    account = ForeignKeyField(Account, on_delete="RESTRICT", backref="+")
    role = TextField(constraints=one_of("role", "manager", "verifier"))
    act_id = BigIntegerField(null=True)
    started_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "membership"


Membership.add_index(
    Membership.unit, Membership.account, unique=True, where=SQL("ended_at IS NULL"), name="membership_once"
)


class EnrolmentCode(Table):
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    code = TextField(unique=True)
    version = IntegerField()
    state = TextField(constraints=one_of("state", "active", "rotated", "revoked"))
    act_id = BigIntegerField(null=True)
    created_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "enrolment_code"


EnrolmentCode.add_index(
    EnrolmentCode.unit, unique=True, where=SQL("state = 'active'"), name="enrolment_code_one_active"
)


class CodeUse(Table):
    code = ForeignKeyField(EnrolmentCode, on_delete="RESTRICT", backref="+")
    day = DateField()
    begun = IntegerField()

    class Meta:
        table_name = "code_use"
        indexes = ((("code", "day"), True),)


class RegistrationDraft(Table):
    ref = TextField(unique=True)
    secret_hash = BlobField()
    answers = BlobField()
    proof = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+", null=True)
    authorisation = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+", null=True)
    code_ref = TextField(null=True)
    unit_ref = TextField(null=True)
    created_at = BigIntegerField()
    expires_at = BigIntegerField(index=True)

    class Meta:
        table_name = "registration_draft"


class RegisterVehicle(Table):
    ref = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    plate_index = BlobField()
    plate = BlobField()
    size_class = TextField(constraints=one_of("size_class", "small", "medium", "large", "lorry"))
    brand_model = TextField()
    entered_on = DateField()
    act_id = BigIntegerField(null=True)
    ended_at = BigIntegerField(null=True)

    class Meta:
        table_name = "register_vehicle"
        indexes = ((("unit", "id"), False),)


RegisterVehicle.add_index(
    RegisterVehicle.plate_index, unique=True, where=SQL("ended_at IS NULL"), name="register_vehicle_once"
)


class DriverSlot(Table):
    vehicle = ForeignKeyField(Vehicle, on_delete="RESTRICT", backref="+")
    slot = TextField(constraints=one_of("slot", "owner", "second"))
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    in_force = BooleanField()

    class Meta:
        table_name = "driver_slot"
        indexes = ((("vehicle", "slot"), True), (("vehicle", "person"), True))


class Entry(Table):
    ref = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    vehicle = ForeignKeyField(Vehicle, on_delete="RESTRICT", backref="+")
    slot = ForeignKeyField(DriverSlot, on_delete="SET NULL", backref="+", null=True)
    vehicle_use = TextField(constraints=one_of("vehicle_use", "own", "unit"))
    size_class = TextField(constraints=one_of("size_class", "small", "medium", "large", "lorry"))
    answers = ForeignKeyField(Answers, on_delete="RESTRICT", backref="+")
    position = IntegerField()
    pledge = ForeignKeyField(Pledge, on_delete="RESTRICT", backref="+")
    submission_ref = TextField()
    number = TextField()
    upload_ref = TextField()
    card = BlobField()
    state = TextField(constraints=one_of("state", "listed", "suspended", "removed"))
    cause = TextField(
        constraints=one_of(
            "cause",
            "sanctioned",
            "requested",
            "left_unit",
            "unit_deregistered",
            "not_confirmed",
            "basis_ended",
            "vehicle_retired",
            "entered_in_error",
            "deceased",
            "superseded",
        ),
        null=True,
    )
    listed_at = BigIntegerField()
    removed_at = BigIntegerField(null=True)
    act_id = BigIntegerField()
    version = IntegerField()

    class Meta:
        table_name = "entry"
        indexes = ((("unit", "state", "listed_at", "id"), False), (("submission_ref",), False), (("act_id",), False))


Entry.add_index(
    Entry.person, Entry.vehicle, Entry.unit, unique=True, where=SQL("state <> 'removed'"), name="entry_once"
)


class EntryHold(Table):
    entry = ForeignKeyField(Entry, on_delete="RESTRICT", backref="+")
    kind = TextField(
        constraints=one_of(
            "kind", "owner_missing", "licence_expired", "document_expired", "not_confirmed", "removal_requested"
        )
    )
    act_id = BigIntegerField()
    since = BigIntegerField()
    until = BigIntegerField(null=True)
    released_at = BigIntegerField(null=True)

    class Meta:
        table_name = "entry_hold"


EntryHold.add_index(
    EntryHold.entry, EntryHold.kind, unique=True, where=SQL("released_at IS NULL"), name="entry_hold_once"
)

EntryHold.add_index(EntryHold.until, where=SQL("released_at IS NULL"), name="entry_hold_due")


class EntryStep(Table):
    entry = ForeignKeyField(Entry, on_delete="RESTRICT", backref="+")
    act_id = BigIntegerField()
    at = BigIntegerField()
    change = TextField(constraints=one_of("change", "listed", "held", "released", "removed"))
    reason = TextField(null=True)

    class Meta:
        table_name = "entry_step"
        indexes = ((("act_id", "entry"), False),)


class Channel(Table):
    code = TextField(unique=True)
    position = IntegerField()
    names = TextField()
    opens = IntegerField()
    closes = IntegerField()
    size_classes = TextField()
    note = TextField(null=True)

    class Meta:
        table_name = "channel"


class Draft(Table):
    ref = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    code = ForeignKeyField(EnrolmentCode, on_delete="RESTRICT", backref="+", null=True)
    secret_hash = BlobField()
    resume_hash = BlobField(unique=True)
    answers = BlobField()
    language = TextField()
    corrects = BigIntegerField(null=True)
    created_at = BigIntegerField()
    created_on = DateField()
    expires_at = BigIntegerField(index=True)
    submission_ref = TextField(null=True)
    version = IntegerField()

    class Meta:
        table_name = "draft"
        indexes = ((("unit", "created_on"), False),)


class Submission(Table):
    ref = TextField(unique=True)
    number = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    phone_index = BlobField()
    email_index = BlobField(null=True)
    language = TextField()
    link_version = IntegerField()
    answers = ForeignKeyField(Answers, on_delete="RESTRICT", backref="+")
    pledge = ForeignKeyField(Pledge, on_delete="RESTRICT", backref="+")
    filed_at = BigIntegerField()
    act_id = BigIntegerField()

    class Meta:
        table_name = "submission"
        indexes = ((("person", "id"), False),)


class Filing(Table):
    ref = TextField(unique=True)
    submission = ForeignKeyField(Submission, on_delete="RESTRICT", backref="+")
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    vehicle = ForeignKeyField(Vehicle, on_delete="RESTRICT", backref="+", null=True)
    position = IntegerField()
    vehicle_use = TextField(constraints=one_of("vehicle_use", "own", "unit"))
    size_class = TextField(constraints=one_of("size_class", "small", "medium", "large", "lorry"), null=True)
    slot = TextField(constraints=one_of("slot", "owner", "second"), null=True)
    answers = ForeignKeyField(Answers, on_delete="RESTRICT", backref="+")
    pledge = ForeignKeyField(Pledge, on_delete="RESTRICT", backref="+")
    card = BlobField()
    warnings = TextField()
    waiting = BooleanField()
    disputed = BooleanField()
    fallen_reason = TextField(null=True)
    changes = ForeignKeyField(Entry, on_delete="RESTRICT", backref="+", null=True)
    state = TextField(
        constraints=one_of("state", "submitted", "returned", "verified", "uploaded", "refused", "withdrawn", "closed")
    )
    reasons = TextField(null=True)
    submitted_at = BigIntegerField()
    act_id = BigIntegerField()
    version = IntegerField()

    class Meta:
        table_name = "filing"
        indexes = (
            (("unit", "state", "submitted_at", "id", "waiting"), False),
            (("unit", "submitted_at", "id"), False),
            (("vehicle", "state"), False),
            (("act_id",), False),
        )


Filing.add_index(
    Filing.person,
    Filing.vehicle,
    Filing.unit,
    unique=True,
    where=SQL("state IN ('submitted', 'returned', 'verified')"),
    name="filing_once",
)

Filing.add_index(
    Filing.person,
    Filing.unit,
    unique=True,
    where=SQL("vehicle_id IS NULL AND state IN ('submitted', 'returned', 'verified')"),
    name="filing_once_unassigned",
)


class FilingStep(Table):
    filing = ForeignKeyField(Filing, on_delete="RESTRICT", backref="+")
    act_id = BigIntegerField()
    at = BigIntegerField()
    action = TextField()
    state = TextField(
        constraints=one_of("state", "submitted", "returned", "verified", "uploaded", "refused", "withdrawn", "closed")
    )
    reasons = TextField(null=True)
    note = BlobField(null=True)

    class Meta:
        table_name = "filing_step"
        indexes = ((("act_id", "filing"), False),)


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


class Upload(Table):
    ref = TextField(unique=True)
    number = TextField(unique=True)
    unit = ForeignKeyField(Unit, on_delete="RESTRICT", backref="+")
    state = TextField(constraints=one_of("state", "prepared", "done", "abandoned"))
    digest = TextField()
    covered = IntegerField()
    fallen = IntegerField()
    pledge = ForeignKeyField(Pledge, on_delete="RESTRICT", backref="+", null=True)
    prepared_at = BigIntegerField()
    uploaded_at = BigIntegerField(null=True)
    act_id = BigIntegerField()

    class Meta:
        table_name = "upload"
        indexes = ((("unit", "id"), False),)


class UploadLine(Table):
    upload = ForeignKeyField(Upload, on_delete="RESTRICT", backref="+")
    position = IntegerField()
    filing = ForeignKeyField(Filing, on_delete="RESTRICT", backref="+")
    filing_version = IntegerField()
    line = BlobField()
    line_digest = TextField()
    fallen_reason = TextField(null=True)

    class Meta:
        table_name = "upload_line"
        indexes = ((("upload", "position"), True),)


class Job(Table):
    ref = TextField(unique=True)
    kind = TextField()
    queue = TextField(constraints=one_of("queue", "urgent", "records", "messages", "documents", "bulk"))
    subject = TextField()
    params = TextField(null=True)
    dedupe_key = TextField(null=True, unique=True)
    state = TextField(constraints=one_of("state", "queued", "running", "finished", "failed"))
    progress = BigIntegerField()
    total = BigIntegerField()
    cursor = BigIntegerField()
    attempts = IntegerField()
    not_before = BigIntegerField()
    lease_owner = TextField(null=True)
    lease_until = BigIntegerField(null=True)
    error = TextField(null=True)
    unit_id = BigIntegerField(null=True)
    act_id = BigIntegerField(null=True)
    created_at = BigIntegerField()
    finished_at = BigIntegerField(null=True)

    class Meta:
        table_name = "job"
        indexes = ((("kind", "subject"), False),)


Job.add_index(Job.queue, Job.not_before, where=SQL("state = 'queued'"), name="job_due")

Job.add_index(Job.queue, Job.lease_until, where=SQL("state = 'running'"), name="job_leased")


class Holiday(Table):
    day = DateField(unique=True)
    name = TextField()

    class Meta:
        table_name = "holiday"


class Bucket(Table):
    rule = TextField()
    subject = BlobField()
    tokens = DoubleField()
    filled_at = BigIntegerField()

    class Meta:
        table_name = "bucket"
        indexes = ((("rule", "subject"), True), (("filled_at",), False))


class Notice(Table):
    ref = TextField(unique=True)
    kind = TextField()
    audience = TextField(constraints=one_of("audience", "unit", "platform", "account", "submission", "address"))
    audience_ref = TextField()
    subject = TextField()
    params = TextField(null=True)
    dedupe_key = TextField(unique=True)
    act_id = BigIntegerField(null=True)
    created_at = BigIntegerField()
    read_at = BigIntegerField(null=True)

    class Meta:
        table_name = "notice"
        indexes = ((("audience", "audience_ref", "id"), False),)


Notice.add_index(Notice.audience, Notice.audience_ref, where=SQL("read_at IS NULL"), name="notice_unread")


class Delivery(Table):
    ref = TextField(unique=True)
    notice = ForeignKeyField(Notice, on_delete="RESTRICT", backref="+")
    channel = TextField(constraints=one_of("channel", "email", "sms"))
    address = BlobField()
    params = BlobField(null=True)
    locale = TextField()
    state = TextField(constraints=one_of("state", "queued", "sent", "failed"))
    attempts = IntegerField()
    created_at = BigIntegerField()
    sent_at = BigIntegerField(null=True)

    class Meta:
        table_name = "delivery"


TABLES = [
    Act,
    AuditLine,
    Sequence,
    StoredFile,
    IssuedDocument,
    Account,
    AccountRole,
    Session,
    OneTimeCode,
    SingleUseLink,
    PledgeText,
    ItemPolicy,
    Pledge,
    Person,
    PersonDocument,
    PersonPhone,
    Vehicle,
    Plate,
    Answers,
    Unit,
    UnitStep,
    Membership,
    EnrolmentCode,
    CodeUse,
    RegistrationDraft,
    RegisterVehicle,
    DriverSlot,
    Entry,
    EntryHold,
    EntryStep,
    Channel,
    Draft,
    Submission,
    Filing,
    FilingStep,
    OwnerRequest,
    Upload,
    UploadLine,
    Job,
    Holiday,
    Bucket,
    Notice,
    Delivery,
]


def up(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(migrator, db):
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
