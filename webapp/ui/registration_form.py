"""The form of a unit's particulars: first by whoever registers it, again by its manager when it was returned."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.domain.files.intake import Accepted
from webapp.domain.units.registration import FIELDS
from webapp.errors import Fault
from webapp.ui import fields, forms, presenters, sentences
from webapp.ui.named_form import ACCEPT, sent_paper
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class RegistrationForm(forms.VersionedForm):
    unit_name = fields.TextField(_l("單位全名"), hint=_l("與登記證明一致"), autocomplete="organization", maxlength=200)
    unit_class = fields.RadioField(
        _l("單位類別"),
        choices=[
            ("organ", presenters.UNIT_CLASSES["organ"], _l("合作區內的黨政機關、事業單位、法定機構和駐區單位")),
            ("enterprise", presenters.UNIT_CLASSES["enterprise"], _l("合作區內依法註冊登記的企業")),
            ("social", presenters.UNIT_CLASSES["social"], _l("合作區內的社會團體、民辦非企業單位和基金會")),
            ("resident", presenters.UNIT_CLASSES["resident"], _l("替橫琴戶籍居民和居住證持有人辦理")),
            ("duty", presenters.UNIT_CLASSES["duty"], _l("可以在合作區外")),
            ("other", presenters.UNIT_CLASSES["other"], _l("其他符合條件的單位，只限單位車輛")),
        ],
    )
    registration_place = fields.RadioField(_l("登記地"), choices=list(presenters.REGISTRATION_PLACES.items()))
    registration_number = fields.TextField(
        _l("登記號碼"),
        hint=_l("內地：18位統一社會信用代碼；澳門：商業登記或社團登記編號；香港：商業登記號碼"),
        maxlength=60,
    )
    branch_name = fields.TextField(
        _l("分支機構名稱"), hint=_l("由分支機構自己管理名單時才填寫"), optional=True, maxlength=200
    )
    address = fields.TextField(_l("單位地址"), autocomplete="street-address", maxlength=300)
    public_phone = fields.TelField(
        _l("對外電話"), hint=_l("印在二維碼海報上；居委會的電話會公開給居民"), optional=True, maxlength=60
    )
    public_hours = fields.TextField(
        _l("對外時間"), hint=_l("例如星期一至五09:00–17:30"), optional=True, maxlength=100, width="half"
    )
    legal_representative = fields.TextField(_l("法定代表人或負責人"), maxlength=120)
    manager_name = fields.TextField(
        _l("單位專人姓名"), hint=_l("指定負責驗核、上傳和管理名單的人"), autocomplete="name", maxlength=120
    )
    manager_phone = fields.TelField(_l("單位專人手提電話"), hint=_l("內地、澳門或香港號碼"), maxlength=40)
    email = fields.EmailField(_l("單位專人電郵"), hint=_l("用來登入和收通知，下一步會寄驗證碼"), maxlength=254)
    proof = fields.FileField(
        _l("登記證明"), hint=_l("營業執照、組織登記證或成立文件。PDF、JPEG 或 PNG，8 MB 以內"), accept=ACCEPT
    )
    authorisation = fields.FileField(
        _l("授權信"),
        hint=_l("專人不是法定代表人或負責人時，上傳由負責人簽署的信。PDF、JPEG 或 PNG，8 MB 以內"),
        accept=ACCEPT,
        optional=True,
    )

    def typed(self) -> dict[str, object]:
        """The fields as they were typed, with the warnings that were confirmed."""
        texts = {name: self[name].data for name in FIELDS}
        if "email" in self:
            texts["email"] = self["email"].data
        return texts | {"confirmed": sorted(self.confirmed)}

    def uploads(self) -> dict[str, Accepted]:
        """The files that were sent and may be kept; one that may not is refused beside its field."""
        accepted = {}
        for name in ("proof", "authorisation"):
            paper = sent_paper(self, name)
            if paper is not None:
                accepted[name] = paper
        return accepted

    def show_kept(self, name: str, called: str, octets: int) -> None:
        """Say beside a file field that its file is here already."""
        self[name].hint = _(
            "已上傳 %(name)s（%(size)s）。不用再選，除非要更換", name=called, size=presenters.size(octets)
        )

    def add_faults(self, faults: Iterable[Fault]) -> None:
        self.add_errors([(fault.field, sentences.of(fault), fault.warning) for fault in faults])
