"""Sentences of sanctions: refusals of officers' acts, faults of a form or of a row of a file, and what people read."""

from webapp.ui.words import lazy_gettext as _l

SENTENCES = {
    # acts
    "sanction_state": _l("這項列入的狀態已經改變，現在不能做這一步。請看最新內容"),
    "sanction_known": _l("同一決定、同一號碼已經提出過，個案%(number)s"),
    "near_undecided": _l("還有%(count)s個相近的人未判斷，請逐一選擇“同一人”或“不是同一人”"),
    "nothing_to_propose": _l("沒有可以提出的列入，全部已經提出過"),
    "batch_empty": _l("這批列入沒有可以這樣處理的項目，請看最新內容"),
    "batch_state": _l("這個檔案還未讀完，或已經處理，請看最新內容"),
    "own_proposal": _l("你自己提出的，要由另一位名單管理員決定"),
    "not_your_proposal": _l("只有提出的人可以撤回；你可以否決"),
    "needs_account": _l("這一步要由已登入的名單管理員處理"),
    "strike_open": _l("已經有人建議撤銷，等待另一位名單管理員"),
    "strike_not_open": _l("現在沒有撤銷的建議，請看最新內容"),
    "sanction_note_needed": _l("請寫下理由"),
    "repaired_on:missing": _l("請填寫修復的日期"),
    "repaired_before": _l("修復日期不能早於確認列入的日期"),
    "repaired_after_term": _l("這項列入到%(until)s期滿，修復日期不能更後"),
    "code_barred": _l("單位被列入嚴重失信主體名單，不能使用申報二維碼。請聯絡名單管理平台"),
    # what a form or a row lacks
    "authority:missing": _l("請填寫列入機關"),
    "decision_number:missing": _l("請填寫決定編號"),
    "decided_on:missing": _l("請填寫決定日期"),
    "decided_later": _l("決定日期不能在今日之後"),
    "ground:missing": _l("請填寫列入原因"),
    "term_over": _l("期限已經過去，不用再列入"),
    "appeal_route:missing": _l("請填寫申訴途徑，當事人會看到"),
    "contact:missing": _l("請填寫聯絡方法，當事人會看到"),
    "no_number_named": _l("姓名不能作為列入的依據。請填寫證件號碼、車牌或單位登記號碼"),
    "id_type:choose": _l("請填寫證件類別"),
    "second_id_type:choose": _l("請填寫另一證件的類別"),
    "too_many_plates": _l("一項列入最多%(maximum)s個車牌"),
    "row_repeats": _l("與第%(before)s行相同"),
    "decision:choose": _l("請選擇“同一人”或“不是同一人”"),
    "officer:unknown": _l("沒有這位名單管理員"),
    # what people read
    "sanctioned": _l(
        "你被列入嚴重失信主體名單，現在不能申報。個案%(number)s，列入機關：%(authority)s。申訴：%(appeal_route)s。查詢：%(contact)s"
    ),
    "filing:not_accepted": _l("這份申報不能接受。請帶證件到單位或名單管理平台查詢"),
    "upload:sanctioned": _l("不能列入，請向名單管理平台查詢"),
    "fallen:sanctioned": _l("這份申報不能接受，請帶證件到單位查詢"),
}

#: Why striking a sanction could not bring an entry back, besides the reasons of an upload.
KEPT_OUT = {
    "unit_closed": _l("單位現在不是已認證的單位"),
    "left_meanwhile": _l("其後已由單位移出或離開單位"),
    "other_sanction": _l("另有一項列入仍然有效"),
}
