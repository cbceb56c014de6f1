"""Sentences for questions at a channel and for those who may ask by API."""

from webapp.ui.words import lazy_gettext as _

SENTENCES = {
    "plate:too_long": _("車牌太長，最多%(maximum)s個字，請檢查後再輸入"),
    "client_name:missing": _("請填寫名稱，例如“十字門隧道1號閘”"),
    "client_name:too_long": _("名稱最多%(maximum)s個字"),
    "channels:choose": _("請選擇通道"),
    "per_minute:out_of_range": _("請填寫%(least)s至%(most)s之間的數字"),
    "lane_client_ended": _("這個接入已經停用。如再需要，請另外新增。"),
    "lane_key_ended": _("這條密鑰已經失效"),
    "lane_key_replaced": _("這條密鑰已經換成另一條"),
    "lane_key_shown": _("密鑰只顯示一次。如沒有記下，請再換一條新的。"),
}
