"""The words documents use for codes, to be said in a document's own language: ``say(table[code])``."""


def _(text: str) -> str:
    """Mark ``text`` for extraction; it is translated where it is printed."""
    return text


DOCUMENT_KINDS = {
    "cn_id": _("居民身份證"),
    "hmt_residence": _("港澳台居民居住證"),
    "home_return": _("港澳居民來往內地通行證"),
    "tw_permit": _("台灣居民來往大陸通行證"),
    "mo_bir": _("澳門居民身份證"),
    "hk_id": _("香港身份證"),
    "foreign_pr": _("外國人永久居留身份證"),
    "passport": _("護照"),
}

# The annex has one line a person.
SHORT_DOCUMENT_KINDS = {
    "cn_id": _("居民身份證"),
    "hmt_residence": _("居住證"),
    "home_return": _("回鄉證"),
    "tw_permit": _("台胞證"),
    "mo_bir": _("澳門身份證"),
    "hk_id": _("香港身份證"),
    "foreign_pr": _("永久居留證"),
    "passport": _("護照"),
}

SIZE_CLASSES = {"small": _("小型"), "medium": _("中型"), "large": _("大型"), "lorry": _("貨車")}

# (use, role): an own-use vehicle has the slots owner and second, a unit vehicle none.
DRIVER_ROLES = {
    ("own", "owner"): _("自用，車主本人"),
    ("own", "second"): _("自用，第二名駕駛員"),
    ("own", "household"): _("自用，第二名駕駛員，車主的家人"),
    ("unit", ""): _("單位車輛"),
}

SHORT_DRIVER_ROLES = {
    ("own", "owner"): _("自用，車主"),
    ("own", "second"): _("自用，第二名"),
    ("own", "household"): _("自用，第二名，家人"),
    ("unit", ""): _("單位車輛"),
}

PERSONAL_SIGNATURES = {
    "drawn": _("手寫圖像，經短訊驗證碼確認"),
    "typed": _("輸入姓名，經短訊驗證碼確認"),
    "scanned": _("紙本親筆簽署，掃描存檔"),
}

UNIT_SIGNATURES = {
    "drawn": _("手寫圖像，由單位專人登入帳戶簽署"),
    "typed": _("輸入姓名，由單位專人登入帳戶確認"),
    "scanned": _("紙本簽署及蓋章，掃描存檔"),
}

# Of an exported list: why full numbers were needed, and how an entry stands.
EXPORT_PURPOSES = {
    "own_check": _("單位核對自己的人員"),
    "authority": _("主管部門要求"),
    "inspection": _("審計或檢查"),
    "correction": _("處理更正或異議"),
}
ENTRY_STATES = {"listed": _("名單內"), "suspended": _("暫停"), "removed": _("已移出")}

# What a certificate of erasure counts (domain.privacy.emptying).
ERASED = {
    "answers": _("填報的內容"),
    "pledges": _("信用承諾的內容"),
    "signatures": _("簽名圖像和筆跡"),
    "filing": _("申報列表的資料"),
    "entry": _("備案列表的資料"),
    "submissions": _("聯絡索引"),
    "drafts": _("草稿"),
    "documents": _("已簽發的文件"),
    "lines": _("單位附表內的一行"),
    "annexes": _("不含其資料、重新製作的附表"),
    "roster": _("單位名冊內的一行"),
    "deliveries": _("發出的訊息"),
    "notices": _("通知"),
    "evidence": _("交來的證據"),
    "cases": _("異議中的文字"),
    "sanctions": _("已結束的列入決定的資料"),
    "lane_checks": _("通道查驗的車牌"),
    "searches": _("查找紀錄中的字"),
    "identities": _("證件索引"),
    "phones": _("電話"),
    "tokens": _("姓名和執照的查找記號"),
    "joint_owners": _("共有車主的記錄"),
    "plates": _("車牌索引"),
    "files": _("檔案"),
    "requests": _("個人信息要求的文字"),
}

# Said in every language at once on a poster, so not through the catalogue: language tag, words.
SCAN_TO_FILE = (
    ("zh-Hant", "掃碼申報"),
    ("zh-Hans", "扫码申报"),
    ("pt", "Declaração por código QR"),
    ("en", "Scan to file"),
)

# Facts that whoever fills a document says in its language.
ALL_DAY = _("全日")
OFFICE_HOURS = _("工作日辦公時間")
