"""The forms of the questionnaire: one for each page, asking only what the policy asks for."""

from __future__ import annotations

from typing import Any, ClassVar

from webapp.domain.filings import answering, eligibility, items
from webapp.domain.filings.items import PLATES
from webapp.domain.pledges.policy import NOT_ASKED, OPTIONAL, Policy
from webapp.ui import fields, forms, locales
from webapp.ui.items import ID_TYPES, LABELS, REGIONS, RELATIONS, choices, country_choices
from webapp.ui.presenters import SIZE_CLASSES, VEHICLE_USES
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import countries, documents

_DATE = _l("年-月-日，例如2031-05-20")


class QuestionForm(forms.Form):
    """A page of the questionnaire. `page` is its name in filings.items."""

    page = ""

    def ask_by(self, policy: Policy, unit_class: str, use: str | None = None) -> None:
        """Drop what is not asked and mark what is optional."""
        for field in list(self):
            if field.name not in items.BY_NAME:
                continue
            level = policy.level(field.name, unit_class, use)
            if level == NOT_ASKED:
                del self[field.name]
            else:
                field.optional = field.optional or level == OPTIONAL

    def typed(self) -> dict[str, Any]:
        """What was typed, by item."""
        return {field.name: field.data for field in self if field.name in items.BY_NAME}


class PersonForm(QuestionForm):
    page = items.PERSON
    id_type = fields.RadioField(LABELS["id_type"], choices=choices(ID_TYPES))
    full_name = fields.TextField(
        LABELS["full_name"], hint=_l("照證件填寫，繁簡不用轉換"), autocomplete="name", maxlength=300
    )
    latin_name = fields.TextField(LABELS["latin_name"], hint=_l("證件上有才填，例如CHAN KA MAN"), maxlength=300)
    id_country = fields.SelectField(LABELS["id_country"], choices=[(code, code) for code in countries.ALPHA2])
    id_number = fields.TextField(LABELS["id_number"], width="half", maxlength=60)
    id_expiry = fields.DateField(LABELS["id_expiry"], hint=_DATE)
    id_long_term = fields.CheckboxField(LABELS["id_long_term"])
    birth_date = fields.DateField(LABELS["birth_date"], hint=_l("年-月-日，例如1985-03-02"), autocomplete="bday")

    _HINTS: ClassVar[dict[str, Any]] = {
        "cn_id": _l("18位，最後一位可能是X"),
        "hmt_residence": _l("18位，印在居住證正面"),
        "home_return": _l("英文字母和8個數字，例如H12345678。後面有兩位換證次數的也可一併填寫"),
        "tw_permit": _l("8個數字"),
        "mo_bir": _l("8個數字，例如1234567(8)，括號可以不填"),
        "hk_id": _l("例如A123456(3)，括號可以不填"),
        "foreign_pr": _l("18位，或舊證的3個字母和12個數字"),
        "passport": _l("字母和數字，印在護照的資料頁"),
    }

    def fit(self, id_type: str) -> None:
        """Ask for what this document type needs, and no more."""
        self.id_number.hint = self._HINTS.get(id_type, "")
        self.id_country.choices = country_choices() if id_type == "passport" else []
        if id_type != "passport":
            del self.id_country
        if id_type in items.WITHOUT_EXPIRY:
            for name in ("id_expiry", "id_long_term"):
                if name in self:
                    del self[name]
        if id_type == "foreign_pr":
            self.birth_date.hint = _l("只有15位的舊證要填，例如1985-03-02")
            self.birth_date.optional = True
        elif documents.carries_birth_date(id_type):
            del self.birth_date


class ContactForm(QuestionForm):
    page = items.CONTACT
    phone_region = fields.SelectField(LABELS["phone_region"], choices=choices(REGIONS), autocomplete="tel-country-code")
    phone = fields.TelField(_l("號碼"), autocomplete="tel-national", inputmode="tel", maxlength=40)
    email = fields.EmailField(LABELS["email"], hint=_l("有填的話，進展會同時發到這裏"), maxlength=300)
    no_phone = fields.CheckboxField(_l("本人沒有手提電話"), hint=_l("由本人簽署紙本；通知留在單位櫃枱，由職員告訴他"))
    language = fields.RadioField(LABELS["language"], choices=choices(locales.NAMES))

    def fit(self, language: str, at_counter: bool = False) -> None:
        """Having no phone at all is for the counter alone."""
        if not at_counter:
            del self.no_phone
        self.language.choices = [(name, locales.NAMES[name]) for name in locales.offered()]
        self.language.data = self.language.data or language

    def typed(self) -> dict[str, Any]:
        return super().typed() | ({answering.NO_PHONE: self.no_phone.data} if "no_phone" in self else {})


class PhoneForm(QuestionForm):
    page = items.PHONE
    phone_code = fields.CodeField(LABELS["phone_code"], hint=_l("6個數字"))


class BelongingForm(QuestionForm):
    page = items.BELONGING
    unit_relation = fields.RadioField(LABELS["unit_relation"], choices=choices(RELATIONS))
    staff_number = fields.TextField(LABELS["staff_number"], width="half", maxlength=60)
    address = fields.TextField(
        LABELS["address"], hint=_l("你在合作區居住的地址"), autocomplete="street-address", maxlength=300
    )
    residence_permit_number = fields.TextField(LABELS["residence_permit_number"], width="half", maxlength=60)
    residence_permit_expiry = fields.DateField(LABELS["residence_permit_expiry"], hint=_DATE)

    def fit(self, relations: tuple[str, ...]) -> None:
        """These relations, and only the questions one of them meets."""
        self.unit_relation.choices = choices(RELATIONS, relations)
        lives_here = eligibility.RESIDENT_REGISTER in relations
        met = {"address": lives_here or eligibility.HOUSEHOLD in relations}
        for name in ("address", "residence_permit_number", "residence_permit_expiry"):
            if name in self and not met.get(name, lives_here):
                del self[name]


class LicenceForm(QuestionForm):
    page = items.LICENCE
    licence_number = fields.TextField(
        LABELS["licence_number"], hint=_l("內地駕駛證的號碼與身份證號碼相同"), width="half", maxlength=60
    )
    licence_class = fields.TextField(
        LABELS["licence_class"],
        hint=_l("照駕駛證填寫，例如C1、A2D；澳門的例如B，香港的例如1"),
        width="date",
        maxlength=40,
    )
    licence_expiry = fields.DateField(LABELS["licence_expiry"], hint=_DATE)
    licence_long_term = fields.CheckboxField(LABELS["licence_long_term"])


class VehicleForm(QuestionForm):
    page = items.VEHICLE
    vehicle_use = fields.RadioField(LABELS["vehicle_use"], choices=choices(VEHICLE_USES))
    unit_assigns = fields.CheckboxField(LABELS["unit_assigns"])
    plate = fields.TextField(LABELS["plate"], hint=_l("例如粵C·D12345。不用輸入點和空格"), width="plate", maxlength=40)
    second_plate = fields.TextField(
        LABELS["second_plate"], hint=_l("粵港、粵澳兩地車牌車輛，例如粵Z·8K26澳"), width="plate", maxlength=40
    )
    third_plate = fields.TextField(LABELS["third_plate"], width="plate", maxlength=40)
    size_class = fields.RadioField(LABELS["size_class"], choices=choices(SIZE_CLASSES))
    brand_model = fields.TextField(LABELS["brand_model"], hint=_l("例如比亞迪海豚"), maxlength=120)
    colour = fields.TextField(LABELS["colour"], width="half", maxlength=60)
    vin = fields.TextField(LABELS["vin"], hint=_l("17位，印在行駛證上"), width="half", maxlength=60)
    is_owner = fields.RadioField(
        LABELS["is_owner"], choices=[("yes", _l("是，我是車主")), ("no", _l("不是，我是第二名駕駛員"))]
    )
    owner_name = fields.TextField(LABELS["owner_name"], hint=_l("照行駛證填寫"), maxlength=300)
    owner_id_tail = fields.TextField(
        LABELS["owner_id_tail"], hint=_l("系統會請車主本人同意，不會顯示他的資料"), width="date", maxlength=12
    )

    joint_owner = fields.CheckboxField(LABELS["joint_owner"], hint=_l("行駛證上有兩位車主時才選"))

    # Drawn as two buttons: the one says yes, the other goes on.
    add_another = fields.RadioField("", choices=[("yes", ""), ("no", "")])

    def fit(self, uses: tuple[str, ...], relation: str) -> None:
        """The uses open to this person; only owners and second drivers are asked about the owner."""
        words = {
            "own": (_("自用車輛"), _("你、家人或朋友的車。最多兩名駕駛員，其中一名是車主")),
            "unit": (_("單位車輛"), _("登記在單位名下")),
        }
        self.vehicle_use.choices = [(use, *words[use]) for use in uses]
        if not self.vehicle_use.data and len(uses) == 1:
            self.vehicle_use.data = uses[0]
        sizes = {
            "small": (SIZE_CLASSES["small"], _("長6米以下，9座或以下")),
            "medium": (SIZE_CLASSES["medium"], _("長6米以下，10至19座")),
            "large": (SIZE_CLASSES["large"], _("長6米或以上，或20座或以上")),
            "lorry": (SIZE_CLASSES["lorry"], _("載貨的車，只能走部分通道")),
        }
        self.size_class.choices = [(code, *said) for code, said in sizes.items()]
        if relation == eligibility.HOUSEHOLD:
            self.is_owner.choices = self.is_owner.choices[1:]
            self.is_owner.data = self.is_owner.data or "no"
            del self.joint_owner  # as an owner he needs a unit of his own
        if "own" not in uses:
            for name in ("is_owner", "owner_name", "owner_id_tail", "joint_owner"):
                if name in self:
                    del self[name]
        if not any(eligibility.may_be_assigned(relation, use) for use in uses):
            del self.unit_assigns

    def leave_to_owner(self) -> None:
        """The owner invited: which car it is and who owns it is not for the invited person to change."""
        for name in (*PLATES, "vehicle_use", "unit_assigns", "is_owner", "owner_name", "owner_id_tail", "joint_owner"):
            if name in self:
                del self[name]


class SigningForm(forms.VersionedForm):
    """Consents one by one, never ticked beforehand, and one of two equal ways to sign."""

    text_digest = fields.HiddenField()  # of the pledge and of the privacy text that were shown, one behind the other
    consent_processing = fields.CheckboxField(_l("同意為備案處理我的個人信息"))
    consent_sharing = fields.CheckboxField(_l("同意交予海關和口岸部門作通道查驗"))
    pledge_agreed = fields.CheckboxField(_l("我已閱讀並作出以上承諾"))
    signature_method = fields.RadioField(
        _l("怎樣簽署？"), hint=_l("兩種方式效力相同，選一種"), choices=[("drawn", ""), ("typed", "")]
    )
    signed_name = fields.TextField(_l("姓名"), hint=_l("與證件相同"), autocomplete="off", maxlength=300)
    signature = fields.SignatureField()
    signature_strokes = fields.HiddenField()


class TabletForm(SigningForm):
    """On the clerk's tablet: the person draws, the clerk attests."""

    attested = fields.CheckboxField(_l("我已核對本人和證件，看着他閱讀承諾並親手簽名"))


class PaperForm(forms.VersionedForm):
    """The printed sheet comes back signed."""

    signed_sheet = fields.FileField(
        _l("本人已簽署的紙本"), hint=_l("掃描或拍照，PDF、JPEG 或 PNG，最大 8 MB"), accept=".pdf,.jpg,.jpeg,.png"
    )
    attested = fields.CheckboxField(_l("我已核對本人和證件，看着他閱讀並親手簽署紙本"))
