"""What the public check of a document says, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.documents import seal_checking
from webapp.documents.render import short_digest
from webapp.domain.filings import attesting
from webapp.domain.filings.attesting import Attested, Examined
from webapp.ui.presenters import long_date, long_time
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

KINDS: dict[str, Any] = {
    "personal_pledge": _l("個人信用承諾"),
    "unit_pledge": _l("單位信用承諾"),
    "annex": _l("單位信用承諾的附表"),
    "receipt": _l("申報回執"),
    "listing_confirmation": _l("備案確認"),
    "poster": _l("申報二維碼海報"),
    "desk_card": _l("申報二維碼桌卡"),
    "list_export": _l("匯出的備案名單"),
    "erasure_certificate": _l("個人資料刪除證明"),
    "data_copy": _l("個人資料的複本"),
}
#: Standing → look of the macro `answer`, words, what it means.
STANDINGS: dict[str, tuple[str, Any, Any]] = {
    attesting.ON_LIST: ("listed", _l("真確，現在有效"), _l("所述的登記在名單內。列入名單不等於免檢。")),
    attesting.HELD: ("suspended", _l("真確，登記現在暫停"), _l("暫停期間不能按名單通行。")),
    attesting.IN_MOTION: ("waiting", _l("真確，申報仍在辦理"), _l("還未列入名單，這份文件不代表可以通行。")),
    attesting.REPLACED: ("removed", _l("真確，但已由新的承諾取代"), _l("請看申報人最近簽署的一份。")),
    attesting.CONFIRMED_ANEW: (
        "removed",
        _l("真確，但已由新的備案確認取代"),
        _l("車牌或駕駛身份其後改了，這張寫着舊的。請看最新的一份。"),
    ),
    attesting.GONE: ("removed", _l("真確，但登記已移出名單"), _l("這份文件所述的登記不再有效。")),
    attesting.ENDED: ("removed", _l("真確，但申報已結束"), _l("申報沒有列入名單，不再辦理。")),
    attesting.UPLOAD_DONE: ("listed", _l("真確，名單已上傳"), _l("各人和車輛現在是否在名單內，要逐一查驗。")),
    attesting.UPLOAD_PREPARED: ("waiting", _l("真確，名單還未上傳"), _l("等待單位簽署或蓋章，還沒有生效。")),
    attesting.UPLOAD_ABANDONED: ("removed", _l("真確，但單位已放棄這次上傳"), _l("這份文件沒有生效。")),
    attesting.SHEET_PRINTED: ("waiting", _l("真確，但還未簽署交回"), _l("櫃枱列印供本人簽署的紙本，不是承諾書。")),
    attesting.SHEET_SIGNED: ("verified", _l("真確，本人已簽署交回"), _l("是否列入名單，請核對個人信用承諾。")),
    attesting.LIST_TAKEN: ("verified", _l("真確，由單位匯出"), _l("只說明匯出時的情況，現在是否在名單內要逐一查驗。")),
    attesting.ERASED: ("removed", _l("由本系統發出，資料已刪除"), _l("系統不再保存內容，只留內容摘要可供核對。")),
    attesting.BROKEN: ("removed", _l("存檔與簽署時不符"), _l("不能憑這份文件辦事。請把編號告訴我們。")),
    attesting.ERASURE_DONE: ("verified", _l("真確，個人資料已刪除"), _l("這份證明不載姓名、證件號碼和車牌。")),
    attesting.COPY_TAKEN: ("verified", _l("真確，由本人取得的複本"), _l("只說明製作時的情況。")),
    attesting.CODE_OPEN: ("listed", _l("真確，二維碼使用中"), _l("掃碼後請核對單位全名。")),
    attesting.CODE_CLOSED: ("suspended", _l("真確，但單位現在不接受申報"), _l("請向單位查詢。")),
    attesting.PAPER_OLD: (
        "removed",
        _l("真確，但已由新的取代"),
        _l("單位其後改了名稱，這張寫着舊名稱。二維碼未變，請向單位索取新的。"),
    ),
    attesting.CODE_OLD: ("removed", _l("真確，但二維碼已停用"), _l("請向單位索取新的二維碼。")),
}


#: Verdict on a file → heading, look of the macro `answer`, words, what to do.
FILES: dict[str, tuple[Any, str, Any, Any]] = {
    seal_checking.UNALTERED: (
        _l("檔案是真的"),
        "listed",
        _l("由本系統發出，沒有改動"),
        _l("整份檔案和發出時完全相同。"),
    ),
    seal_checking.ALTERED: (
        _l("檔案被改動過"),
        "refused",
        _l("不是本系統發出時的內容"),
        _l("檔案帶有本系統的電子簽章，但內容和簽章不符。請不要接受，向持有人索取由本系統下載的原檔。"),
    ),
    seal_checking.FOREIGN: (
        _l("認不出這個檔案"),
        "refused",
        _l("沒有本系統的電子簽章"),
        _l("拍照、掃描、另存或重新列印的檔案沒有電子簽章。請用原檔，或按頁腳的文件編號核對。"),
    ),
}


@dataclass(frozen=True)
class FileVerdict:
    heading: str
    look: str
    words: str
    meaning: str


def of_file(examined: Examined) -> FileVerdict:
    heading, look, words, meaning = FILES[examined.verdict]
    return FileVerdict(str(heading), look, str(words), str(meaning))


@dataclass(frozen=True)
class Verdict:
    """`rows` are names and values for the macro `facts`."""

    look: str
    words: str
    meaning: str
    rows: list[tuple[str, str]]
    compare: str  # what on the paper is to be held beside them


def tell(found: Attested) -> Verdict:
    look, words, meaning = STANDINGS[found.standing]
    rows = [(_("文件"), str(KINDS[found.kind])), (_("簽發"), long_time(found.issued_at))]
    if found.unit:
        rows.insert(1, (_("單位"), found.unit))
    if found.number:
        rows.append((_("編號"), found.number))
    if found.since is not None:
        rows.append((_SINCE.get(found.standing, _("日期")), long_date(found.since)))
    if found.covered is not None:
        rows.append((_("包括"), _("%(count)s份申報", count=found.covered)))
    if found.in_force is not None:
        rows.append((_("其中仍在名單"), _("%(count)s份", count=found.in_force)))
    if found.digest:
        rows.append((_("內容摘要"), short_digest(found.digest)))
    named = [(str(name), value) for name, value in rows]
    return Verdict(look, str(words), str(meaning), named, _to_compare(found))


def _to_compare(found: Attested) -> str:
    """What stands both here and on the paper."""
    if found.digest:
        return _("請對照手上文件的種類、單位、編號和頁腳的內容摘要。有一項不同，文件便可能被改過。")
    if found.number:
        return _("請對照手上文件的種類、單位和編號。有一項不同，文件便可能被改過。")
    return _("請對照手上文件的種類、單位和簽發時間。有一項不同，文件便可能被改過。")


_SINCE: dict[str, Any] = {
    attesting.ON_LIST: _l("列入"),
    attesting.GONE: _l("移出"),
    attesting.REPLACED: _l("取代日期"),
    attesting.CONFIRMED_ANEW: _l("取代日期"),
    attesting.UPLOAD_DONE: _l("上傳"),
    attesting.SHEET_SIGNED: _l("簽署"),
    attesting.ERASED: _l("刪除"),
}
