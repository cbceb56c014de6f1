"""Sentences about sheets that are imported: the file as a whole, and cells of its rows."""

from webapp.ui.words import lazy_gettext as _l

SENTENCES = {
    "file:missing": _l("請選擇要匯入的檔案"),
    "sheet_kind": _l("這不是 xlsx 或 CSV 檔案。請用範本填寫，存檔後再上傳"),
    "sheet_old": _l("這是舊式的 xls 檔案。請用試算表軟件另存為 xlsx 後再上傳"),
    "sheet_locked": _l("這個檔案設了密碼。請取消密碼，存檔後再上傳"),
    "sheet_broken": _l("這個檔案打不開，可能已損壞。請用範本重新填寫後再上傳"),
    "sheet_unpacks": _l("這個檔案解開後太大，不能匯入。請把內容複製到範本，存檔後再上傳"),
    "sheet_encoding": _l("認不出這個檔案的文字編碼。請另存為 xlsx，或“CSV UTF-8”，再上傳"),
    "sheet_too_many_rows": _l("檔案超過%(rows)s行。請分成幾個檔案上傳"),
    "roster:sheet_too_many_rows": _l(
        "名冊超過%(rows)s行。名冊要整份上傳，後一份會代替前一份，不能分開；請聯絡平台調高上限"
    ),
    "sheet_heads": _l("找不到這些欄名：%(heads)s。請用範本填寫，不要改動欄名"),
    "sheet_heads_nowhere": _l("看過工作表%(sheets)s，都沒有這些欄名：%(heads)s。請用範本填寫，不要改動欄名"),
    "sheet_head_twice": _l("“%(head)s”一欄出現了兩次，請刪去其中一欄"),
    "sheet_empty": _l("檔案內沒有資料。請在欄名下面開始填寫"),
    "row_number": _l("這一格被存成數字，開頭的0可能已經不見。請把這一格改為文字格式，再輸入一次"),
    "row_digits_lost": _l("號碼被存成數字，末三位已丟失。請把該欄設為文字格式，再輸入一次"),
    "row_formula": _l("這一格是公式。請直接輸入內容"),
    "row_error": _l("這一格顯示錯誤。請直接輸入內容"),
    "row_turned_date": _l("這一格被存成日期。請把這一格改為文字格式，再輸入一次"),
    "row_characters": _l("這一格有認不出的字。請用 xlsx 檔案，或改正後再上傳"),
    "row_whole_number": _l("這一格要填整數"),
}
