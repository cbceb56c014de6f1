"""Sentences for what the checks of `webapp.values` find: each says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.ui.words import gettext
from webapp.ui.words import lazy_gettext as _

_ID_TYPES = {
    "cn_id": _("居民身份證"),
    "hmt_residence": _("港澳台居民居住證"),
    "foreign_pr": _("外國人永久居留身份證"),
}
_REGIONS = {"86": _("內地"), "853": _("澳門"), "852": _("香港")}

SENTENCES: dict[str, Any] = {
    # any field
    "missing": _("請填寫這一項"),
    "too_short": _("太短，至少要有%(minimum)s個字"),
    "too_long": _("太長，最多%(maximum)s個字"),
    "wrong_length": _("應有%(expected)s位，現在有%(given)s位"),
    "bad_format": _("寫法不對，請照證件上的寫法填寫"),
    "bad_characters": _("這裏不能有“%(characters)s”，請照證件填寫"),
    # documents
    "unknown_type": _("請選擇證件類別"),
    "wrong_type": _("這是%(id_type)s的號碼。請改選證件類別，或檢查號碼"),
    "old_cn_id": _("15位身份證號碼已停用，請填寫18位號碼"),
    "check_digit": _("最後一位與前面的數字不符，請逐位對照證件"),
    "check_digit_missing": _("還要填寫括號內的最後一位，例如A123456(3)"),
    "bad_first_digit": _("第一個數字應是%(allowed)s，請對照證件"),
    "unknown_province": _("沒有以%(division)s開頭的地區，請檢查最前的數字"),
    "unknown_division": _("沒有找到代碼%(division)s的地區。請對照證件，沒有錯便可繼續"),
    "country_missing": _("請選擇簽發護照的國家或地區"),
    "unknown_country": _("沒有找到簽發國家或地區%(country)s，請檢查"),
    "unusual_passport": _("這個國家或地區的護照號碼通常不是這樣。請對照護照，沒有錯便可繼續"),
    # people
    "no_letters": _("請填寫姓名，要有文字"),
    "not_latin": _("這一項要用拉丁字母，不能有“%(characters)s”"),
    "long_name": _("超過%(maximum)s個字。如證件上的姓名確是這樣，便可繼續"),
    "private_use_character": _("姓名裏有一個沒有公開編碼的字，可能印不出來。請改用輸入法的字，或確認後繼續"),
    "birth_date_impossible": _("沒有這個出生日期，請檢查"),
    "birth_date_future": _("出生日期還沒有到，請檢查"),
    "under_age": _("駕駛員要年滿%(minimum)s歲"),
    "over_70": _("%(age)s歲的駕駛員每年要體檢，駕駛證才有效。已體檢便可繼續"),
    # plates
    "letter_i_or_o": _("車牌的這個位置沒有字母I和O，請改為數字1和0"),
    "province_letter": _("省份簡稱後面應是一個字母，例如粵C，沒有I"),
    "province_missing": _("好像欠了省份簡稱，例如粵。如車牌確是這樣，便可繼續"),
    "cross_border_form": _("粵港、粵澳兩地車牌是粵Z、四位字母或數字，再加港或澳，例如粵Z·8K26澳"),
    "mv_not_issued": _("澳門沒有MV開頭的車牌，請檢查"),
    "read_as_macao": _(
        "澳門和香港都可能有這個車牌，現在當作澳門車牌%(plate)s。如是香港車牌，請在前面加“港”字；不是便可繼續"
    ),
    "macao_only": _("只填了澳門車牌。二線通道認內地車牌，如有請一併填寫；沒有便可繼續"),
    "hong_kong_only": _("只填了香港車牌。二線通道認內地車牌，如有請一併填寫；沒有便可繼續"),
    "unusual_plate": _("這種車牌很少見。請對照行駛證，沒有錯便可繼續"),
    # vehicles
    "odd_vin": _("車輛識別代號的第9位與其他各位不符。請對照行駛證，沒有錯便可繼續"),
    "other_chassis_number": _("一般車輛識別代號有17位。如行駛證上確是這樣，便可繼續"),
    "vin_letters": _("車輛識別代號沒有字母I、O和Q，請改為數字1和0"),
    # licences
    "unknown_class": _("內地、澳門和香港的駕駛證都沒有%(licence_class)s這種準駕車型。請對照駕駛證，沒有錯便可繼續"),
    # telephones
    "unknown_region": _("請選擇電話所屬地區"),
    "other_region": _("這是%(region)s的電話號碼，請改選地區"),
    "not_mobile": _("這不是手提電話號碼，請填寫能收短訊的號碼"),
    "unknown_range": _("這個號段較新或少見。請檢查，沒有錯便可繼續"),
    # e-mail
    "bad_domain": _("@後面的網域不對，例如name@example.com"),
    # passwords
    "too_few_classes": _("密碼要有大寫、小寫字母、數字、符號之中至少%(minimum)s種"),
    "too_few_different": _("密碼要有至少%(minimum)s個不同的字"),
    "contains_name": _("密碼裏不要有自己的姓名"),
    "contains_email": _("密碼裏不要有電郵地址"),
    "common_password": _("這個密碼太常見，請另選一個"),
    # dates
    "bad_date": _("請照年-月-日填寫，例如2031-05-20"),
    "expired": _("已過有效期。請先換領新證，再填寫新的有效期"),
    "expires_today": _("今天是最後一天有效。請盡快換領，現在可以繼續"),
    "expires_soon": _("還有%(days)s天便到期。請記得換領，現在可以繼續"),
    "too_far": _("超過%(years)s年，請檢查年份。長期有效的，請選“長期有效”"),
    # organisations
    "unknown_place": _("請選擇登記地"),
    # where a field has its own words
    "full_name:missing": _("請填寫姓名"),
    "full_name:too_short": _("姓名至少要有%(minimum)s個字"),
    "full_name:too_long": _("姓名最多%(maximum)s個字"),
    "full_name:bad_characters": _("姓名裏不能有“%(characters)s”"),
    "latin_name:missing": _("請填寫證件上的外文姓名"),
    "id_type:missing": _("請選擇證件類別"),
    "id_number:missing": _("請填寫證件號碼"),
    "id_number:bad_format": _("證件號碼的寫法不對，請對照證件"),
    "id_number:bad_characters": _("證件號碼裏不能有“%(characters)s”"),
    "id_number:wrong_length": _("證件號碼應有%(expected)s位，現在有%(given)s位"),
    "id_expiry:missing": _("請填寫證件有效期，或選“長期有效”"),
    "birth_date:missing": _("請填寫出生日期"),
    "phone_region:missing": _("請選擇電話所屬地區"),
    "phone:missing": _("請填寫手提電話"),
    "phone:wrong_length": _("手提電話應有%(expected)s位，現在有%(given)s位"),
    "phone:bad_characters": _("電話號碼只要數字，不能有“%(characters)s”"),
    "email:missing": _("請填寫電郵地址"),
    "email:bad_format": _("請填寫完整的電郵地址，例如name@example.com"),
    "unit_relation:missing": _("請選擇你與單位的關係"),
    "staff_number:missing": _("請填寫職員編號"),
    "address:missing": _("請填寫住址"),
    "residence_permit_number:missing": _("請填寫居住證號碼"),
    "residence_permit_number:too_short": _("居住證號碼至少有%(minimum)s位"),
    "residence_permit_expiry:missing": _("請填寫居住證有效期"),
    "residence_permit_expiry:expired": _("居住證已過有效期。請先續期，再填寫新的有效期"),
    "licence_number:missing": _("請填寫駕駛證號碼"),
    "licence_number:too_short": _("駕駛證號碼至少有%(minimum)s位"),
    "licence_class:missing": _("請填寫準駕車型，例如C1"),
    "licence_class:bad_format": _("請照駕駛證填寫準駕車型的代號，例如C1、A2D；澳門的例如B，香港的例如1"),
    "licence_expiry:missing": _("請填寫駕駛證有效期，或選“長期有效”"),
    "licence_expiry:expired": _("駕駛證已過有效期。請先換領新證，再填寫新的有效期"),
    "vehicle_use:missing": _("請選擇車輛屬於誰"),
    "plate:missing": _("請填寫車牌號碼"),
    "plate:wrong_length": _("車牌應有%(expected)s位（連省份簡稱），現在有%(given)s位，請對照行駛證"),
    "plate:bad_characters": _("這裏不能有“%(characters)s”，請對照行駛證"),
    "second_plate:bad_characters": _("這裏不能有“%(characters)s”，請對照行駛證"),
    "third_plate:bad_characters": _("這裏不能有“%(characters)s”，請對照行駛證"),
    "vin:bad_characters": _("這裏不能有“%(characters)s”，請對照行駛證"),
    "plate:bad_format": _("車牌的寫法不對，請對照行駛證"),
    "second_plate:missing": _("請填寫另一個車牌"),
    "second_plate:wrong_length": _("車牌應有%(expected)s位（連省份簡稱），現在有%(given)s位，請對照行駛證"),
    "second_plate:bad_format": _("車牌的寫法不對，請對照行駛證"),
    "third_plate:wrong_length": _("車牌應有%(expected)s位（連省份簡稱），現在有%(given)s位，請對照行駛證"),
    "third_plate:bad_format": _("車牌的寫法不對，請對照行駛證"),
    "size_class:missing": _("請選擇車型"),
    "brand_model:missing": _("請填寫品牌型號"),
    "colour:missing": _("請填寫車身顏色"),
    "vin:missing": _("請填寫車輛識別代號"),
    "vin:bad_format": _("車輛識別代號要有數字，請對照行駛證"),
    "is_owner:missing": _("請選擇你是不是車主"),
    "owner_name:missing": _("請填寫車主姓名"),
    "owner_id_tail:missing": _("請填寫車主證件號碼的最後四位"),
}


def readable(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as a reader says them: lists of lengths, document types, regions and waits in words."""
    said = dict(params)
    for name in ("expected", "allowed"):
        if name in said:
            said[name] = gettext("或").join(str(said[name]).split(","))
    if "id_type" in said:
        said["id_type"] = str(_ID_TYPES.get(said["id_type"], said["id_type"]))
    if "region" in said:
        said["region"] = str(_REGIONS.get(said["region"], said["region"]))
    if "seconds" in said:
        said["wait"] = _wait(said["seconds"])
    return said


def _wait(seconds: int) -> str:
    """How long, never less than it is: seconds up to two minutes, then minutes."""
    if seconds <= 120:
        return gettext("%(n)s秒", n=seconds)
    return gettext("%(n)s分鐘", n=-(-seconds // 60))
