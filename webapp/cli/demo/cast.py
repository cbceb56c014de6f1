"""The people, cars and units of the demo. All invented; numbers are computed, plates are made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from webapp.values.document_numbers import hk_check_digit

PASSWORD = "demo-Pass-2026"  # noqa: S105 - refused outside the demo

COMMITTEE, ENTERPRISE, DUTY = "committee", "enterprise", "duty"
#: Where lists are kept true: a roster, a campaign, another manager; and a unit whose data are certified again.
HARBOUR, ACADEMY = "harbour", "academy"


@dataclass(frozen=True)
class UnitRole:
    """A unit of the demo; `fate` is what the platform did with it."""

    key: str
    unit_class: str
    name: str
    registration: tuple[str, str]  # place, number
    address: str
    manager: str
    email: str
    fate: str = "certified"
    code: str | None = None
    phone: str = "0756 000 0000"


def credit_code(body: str) -> str:
    return body + uscc.calc_check_digit(body)


UNITS = (
    UnitRole(
        COMMITTEE, "resident", "海韻社區居民委員會", ("cn", credit_code("54440400MJ0000001")),
        "橫琴海韻路18號海韻社區服務中心", "示範專人周婉儀", "committee@demo.test", code="DEMQ0001",
        phone="0756 000 0101",
    ),
    UnitRole(
        ENTERPRISE, "enterprise", "琴澳示範科技有限公司", ("cn", credit_code("91440400MA0000002")),
        "橫琴環島東路1000號創新方2座801室", "示範專人梁子軒", "enterprise@demo.test", code="DEMQ0002",
    ),
    UnitRole(
        DUTY, "duty", "濠江示範運輸有限公司", ("mo", "SO-99001"),
        "澳門示範大馬路100號5樓", "示範專人馮家輝", "duty@demo.test",
    ),
    UnitRole(
        "quay", "resident", "蓮峰社區居民委員會", ("cn", credit_code("54440400MJ0000004")),
        "橫琴蓮峰街6號社區服務站", "示範專人羅美玲", "quay@demo.test", phone="0756 000 0102",
    ),
    UnitRole(
        "bureau", "organ", "合作區示範事務中心", ("cn", credit_code("12440400MB0000005")),
        "橫琴港澳大道868號", "示範專人許志明", "bureau@demo.test", fate="pending",
    ),
    UnitRole(
        "society", "social", "琴島示範志願服務協會", ("cn", credit_code("51440400MJ0000006")),
        "橫琴琴政路588號", "示範專人杜曉晴", "society@demo.test", fate="returned",
    ),
    UnitRole(
        "depot", "other", "橫琴示範物業管理有限公司", ("cn", credit_code("91440400MA0000007")),
        "橫琴寶中路3號", "示範專人蘇永康", "depot@demo.test", fate="suspended",
    ),
    UnitRole(
        "stall", "enterprise", "示範商貿（橫琴）有限公司", ("cn", credit_code("91440400MA0000008")),
        "橫琴華金街58號", "示範專人鄧麗芬", "stall@demo.test", fate="refused",
    ),
    UnitRole(
        HARBOUR, "enterprise", "橫琴示範物流有限公司", ("cn", credit_code("91440400MA0000009")),
        "橫琴港口路77號", "示範專人莫家寶", "harbour@demo.test",
    ),
    UnitRole(
        ACADEMY, "social", "琴澳示範培訓中心", ("cn", credit_code("52440400MJ0000010")),
        "橫琴濠江路30號", "示範專人岑詠心", "academy@demo.test",
    ),
)  # fmt: skip

#: Of a gate that may ask for every channel.
LANE_KEY = "demo-lane-key"

PLATFORM_STAFF = (
    ("platform@demo.test", "示範名單管理員甲", "platform_officer"),
    ("platform2@demo.test", "示範名單管理員乙", "platform_officer"),
    ("supervisor@demo.test", "示範指導單位人員", "supervisor"),
    ("sysadmin@demo.test", "示範系統管理員", "system_admin"),
    ("secadmin@demo.test", "示範安全管理員", "security_admin"),
    ("auditor@demo.test", "示範審計管理員", "audit_admin"),
    ("lane@demo.test", "示範查驗員", "lane_officer"),
)


@dataclass(frozen=True)
class Car:
    plate: str
    size: str = "small"
    more: tuple[str, ...] = ()
    model: str = "比亞迪海豚"
    use: str = "own"
    vin: str = ""
    owner: str = ""  # name of the owner, when the driver is not


@dataclass(frozen=True)
class Role:
    """A person of the demo and how far his filing has come (`fate`, see story.py)."""

    name: str
    id_type: str
    unit: str
    fate: str
    cars: tuple[Car, ...]
    latin: str = ""
    country: str = ""
    relation: str = ""
    changes: dict[str, Any] = field(default_factory=dict)


def number(id_type: str, serial: int) -> str:
    """A well-formed number for the n-th person of the cast."""
    birth = f"{1958 + serial % 45}{1 + serial % 12:02}{1 + serial % 27:02}"
    if id_type in ("cn_id", "hmt_residence", "foreign_pr"):
        place = {"cn_id": "440402", "hmt_residence": "820000", "foreign_pr": "944620"}[id_type]
        body = f"{place}{birth}{100 + serial:03}"
        return body + mod_11_2.calc_check_digit(body)
    if id_type == "mo_bir":
        return f"{(1, 5, 7)[serial % 3]}{200000 + serial * 37}({serial % 10})"
    if id_type == "hk_id":
        body = f"{'AKRZ'[serial % 4]}{300000 + serial * 41}"
        return f"{body}({hk_check_digit(body)})"
    if id_type == "home_return":
        return f"{'HM'[serial % 2]}{40000000 + serial * 53}"
    if id_type == "tw_permit":
        return f"{50000000 + serial * 59}"
    return f"CB{600000 + serial * 61}"


def own(plate: str, **more: Any) -> tuple[Car, ...]:
    return (Car(plate, **more),)


def of_unit(plate: str, **more: Any) -> tuple[Car, ...]:
    return (Car(plate, use="unit", **more),)


C, E, D = COMMITTEE, ENTERPRISE, DUTY

CAST: tuple[Role, ...] = (
    # In force: residents of the committee.
    Role("陳嘉敏", "mo_bir", C, "listed", own("粵C·D12345", more=("MX-12-34",)), latin="CHAN KA MAN"),
    Role("歐陽志華", "cn_id", C, "listed", own("粵C·8F6N2")),
    Role("阿依古麗·買買提", "cn_id", C, "listed", own("粵C·3KB19", model="豐田卡羅拉"), relation="resident_permit"),
    Role("吳鳳儀", "cn_id", C, "listed", own("粵C·F38160")),
    Role("João Pedro da Conceição Rodrigues", "mo_bir", C, "listed", own("粵Z·8K26澳", more=("MR-45-67",)),
         latin="JOAO PEDRO RODRIGUES"),
    Role("𠮷田正雄", "passport", C, "listed", own("粵C·6R2Q8", model="本田思域"), latin="YOSHIDA MASAO", country="JP",
         relation="resident_permit"),
    Role("黃㛃恩", "cn_id", C, "listed", own("粵C·A91D7")),
    Role("周䶮", "cn_id", C, "listed", own("粵C·D70418", model="小鵬G6")),
    Role("林𬱖", "cn_id", C, "listed", own("粵C·5T8M3")),
    Role("何偉傑", "home_return", C, "listed", own("粵Z·H512港", more=("PK 1234",)), latin="HO WAI KIT",
         relation="resident_permit"),
    Role("張秀英", "cn_id", C, "listed", own("粵C·2J6P9")),
    Role("李桂芳", "cn_id", C, "listed", own("粵C·K0827")),
    # Two drivers of one car: owner first, the second one in the same unit and in another.
    Role("鄭國強", "cn_id", C, "listed", own("粵C·7H2Q5")),
    Role("梁美寶", "cn_id", C, "second", own("粵C·7H2Q5", owner="鄭國強")),
    Role("馬俊彥", "cn_id", C, "listed", own("粵C·D55820", model="特斯拉Model 3")),
    Role("馬詠詩", "cn_id", E, "second", own("粵C·D55820", owner="馬俊彥")),
    Role("António Maria Lopes", "mo_bir", C, "listed", own("粵Z·3M71澳", more=("MQ-20-88",)), latin="ANTONIO LOPES"),
    Role("Beatriz Lopes Xavier", "mo_bir", D, "second", own("粵Z·3M71澳", more=("MQ-20-88",),
         owner="António Maria Lopes"), latin="BEATRIZ XAVIER"),
    # In force: staff of the enterprise, own cars and the unit's.
    Role("張偉強", "cn_id", E, "listed", own("粵C·B4T60")),
    Role("鍾子晴", "cn_id", E, "listed", own("粵C·D33907")),
    Role("曾慶生", "cn_id", E, "listed", own("粵B·9Z8Y7")),
    Role("仇念慈", "hmt_residence", E, "listed", own("粵C·L6620")),
    Role("Peter Michael Thompson", "passport", E, "listed", own("粵C·N8M15"),
         latin="PETER MICHAEL THOMPSON", country="GB"),
    Role("Marie Hoffmann", "foreign_pr", E, "listed", own("粵C·D82641"), latin="MARIE HOFFMANN"),
    Role("蔡文雄", "tw_permit", E, "listed", own("粵C·Q7R21"), latin="TSAI WEN HSIUNG"),
    Role("劉德福", "cn_id", E, "listed", of_unit("粵C·X2210", size="medium", model="豐田考斯特"),
         relation="unit_driver"),
    Role("鄧永昌", "cn_id", E, "listed", of_unit("粵C·X2210", size="medium", model="豐田考斯特"),
         relation="unit_driver"),
    Role("高志森", "cn_id", E, "listed", of_unit("粵C·X3305", model="別克GL8"), relation="unit_driver"),
    Role("譚耀宗", "hk_id", E, "listed", own("粵C·Z1478"), latin="TAM YIU CHUNG"),
    Role("余佩珊", "mo_bir", E, "listed", own("粵C·D19236", more=("MT-33-09",)), latin="U PUI SAN"),
    # In force: the transport unit's drivers.
    Role("馮大文", "mo_bir", D, "listed", of_unit("粵Z·6T18澳", size="large", more=("MS-66-01",), model="金龍客車"),
         latin="FONG TAI MAN", relation="unit_driver"),
    Role("謝國明", "mo_bir", D, "listed", of_unit("粵Z·6T18澳", size="large", more=("MS-66-01",), model="金龍客車"),
         latin="CHE KUOK MENG", relation="unit_driver"),
    # Held or ended.
    Role("蘇惠玲", "cn_id", C, "removal_requested", own("粵C·G3041")),
    Role("方錦添", "cn_id", E, "removal_requested", own("粵C·D60772")),
    Role("葉國榮", "cn_id", E, "left_unit", own("粵C·H5529")),
    Role("湯惠芬", "cn_id", C, "left_unit", own("粵C·J8K31")),
    Role("區永泰", "cn_id", C, "deceased", own("粵C·M6M02")),
    Role("冼志誠", "cn_id", E, "entered_in_error", own("粵C·P4T77")),
    # Verified, waiting to be uploaded.
    Role("羅景天", "cn_id", C, "verified", own("粵C·D44180")),
    Role("翟雅文", "cn_id", C, "verified", own("粵C·R9W26")),
    Role("單曉峰", "cn_id", C, "verified", own("粵C·S1V83")),
    Role("解婉婷", "cn_id", C, "verified", own("粵C·T5X40")),
    Role("Fernando Sales", "mo_bir", C, "verified", own("粵C·D78015", more=("MU-70-12",)), latin="FERNANDO SALES"),
    Role("盧寶珠", "cn_id", E, "verified", own("粵C·U2E68")),
    Role("黎振邦", "cn_id", E, "verified", own("粵C·V7C19")),
    Role("關少芬", "home_return", E, "verified", own("粵Z·K204港", more=("TV 88",)), latin="KWAN SIU FAN"),
    # Waiting for the unit.
    Role("潘志恆", "cn_id", C, "submitted", own("粵C·D20563")),
    Role("唐佩儀", "mo_bir", C, "submitted", own("MW-50-21"), latin="TONG PUI I"),
    Role("石婉華", "cn_id", C, "submitted", own("粵C·W3A92", vin="LSVAA49J132047372")),
    Role("張文清", "cn_id", C, "submitted", own("粵C·D61109"), relation="resident_permit"),
    Role("溫玉蓮", "cn_id", C, "submitted", own("粵C·Y8B54")),
    Role("尹啟賢", "cn_id", C, "submitted", own("粵C·1N7D6")),
    Role("江海洋", "cn_id", C, "submitted", (Car("粵C·4L2K8"), Car("粵C·D90817"))),
    Role("Ana Luísa Ferreira", "passport", C, "submitted", own("粵C·9P3F1"), latin="ANA LUISA FERREIRA", country="PT",
         relation="resident_permit"),
    Role("伍浩然", "cn_id", E, "submitted", own("粵C·D27734")),
    Role("莫詩雅", "cn_id", E, "submitted", own("粵C·3C8G5")),
    Role("辛永強", "cn_id", E, "submitted", of_unit("粵C·X9914", size="lorry", model="東風貨車"),
         relation="unit_driver"),
    Role("甘偉明", "cn_id", E, "submitted", own("粵C·6H1J7")),
    Role("賴淑貞", "cn_id", E, "waiting", own("粵C·B4T60", owner="張偉強")),
    Role("古德志", "cn_id", C, "waiting", own("粵C·2J6P9", owner="張秀英")),
    # Back with the person, or over.
    Role("康美琪", "cn_id", C, "returned", own("粵C·0D5S4")),
    Role("龍志遠", "cn_id", E, "returned", own("粵C·D48261")),
    Role("霍俊文", "cn_id", E, "refused", own("粵C·8V4U2")),
    Role("童樂怡", "cn_id", C, "refused", own("粵C·5Q9R3")),
    Role("丁小慧", "cn_id", C, "withdrawn", own("粵C·7M3T1")),
    Role("易子謙", "cn_id", E, "withdrawn", own("粵C·D36520")),
    # A unit that keeps its list true (managing.py). Numbers follow the place in this list: add at the end.
    Role("車慧雯", "cn_id", HARBOUR, "listed", own("粵C·E1A40")),
    Role("焦志遠", "cn_id", HARBOUR, "listed", own("粵C·D51172")),
    Role("竺曉彤", "mo_bir", HARBOUR, "listed", own("粵C·E7R09", more=("MX-81-20",)), latin="CHOK HIO TONG"),
    Role("郝建國", "cn_id", HARBOUR, "listed", own("粵C·E9K55", model="大眾朗逸")),
    Role("符秀蓮", "cn_id", HARBOUR, "listed", own("粵C·D66408")),
    Role("樊俊傑", "cn_id", HARBOUR, "listed", own("粵C·F2P13")),
    Role("臧麗華", "cn_id", HARBOUR, "submitted", own("粵C·F4T70")),
    Role("柯偉明", "home_return", HARBOUR, "submitted", own("粵C·D20917"), latin="O WAI MENG"),
)  # fmt: skip
