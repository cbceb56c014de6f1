"""The form that names another person in charge of a unit, for its manager and for the platform."""

from __future__ import annotations

from webapp.domain.files import intake
from webapp.domain.files.intake import Accepted
from webapp.domain.units.handing_over import END, KEEP, Named
from webapp.errors import Invalid
from webapp.ui import fields, forms, sentences
from webapp.ui.words import lazy_gettext as _l

#: What a paper may be.
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"
MANAGERS = [
    (END, _l("原來的專人離開單位"), _l("新專人接受後，原來的專人即時不能再看到單位的資料")),
    (KEEP, _l("原來的專人留任"), _l("兩人都是單位專人")),
]


class NamedForm(forms.Form):
    manager_name = fields.TextField(_l("新專人姓名"), autocomplete="off", maxlength=120)
    manager_phone = fields.TelField(
        _l("新專人手提電話"), hint=_l("內地、澳門或香港號碼"), autocomplete="off", maxlength=40
    )
    email = fields.EmailField(
        _l("新專人電郵"), hint=_l("確認後會寄出只能用一次的加入連結"), autocomplete="off", maxlength=254
    )
    authorisation = fields.FileField(
        _l("授權信"),
        hint=_l("由法定代表人或負責人簽署。新專人就是負責人本人時不用。PDF、JPEG 或 PNG，8 MB 以內"),
        accept=ACCEPT,
        optional=True,
    )
    managers = fields.RadioField(_l("原來的專人"), choices=MANAGERS)
    note = fields.TextAreaField(_l("說明"), hint=_l("確認的人會看到"), optional=True, maxlength=1000)

    def named(self) -> Named:
        return Named(self.manager_name.data, self.manager_phone.data, self.email.data)


def sent_paper(form: forms.Form, name: str) -> Accepted | None:
    """The file of this field, or None; one that may not be kept is refused beside it."""
    sent = form[name].data
    if sent is None:
        return None
    try:
        return intake.check(sent.stream.read(intake.LARGEST + 1), sent.filename or "", name)
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return None


def found_beside(form: forms.Form, refused: Invalid) -> list[tuple[str | None, str, bool]]:
    """What `add_errors` takes, without a second sentence beside a file that was refused already."""
    told = {field.name for field in form if field.errors}
    return [line for line in sentences.found(refused) if line[0] not in told]
