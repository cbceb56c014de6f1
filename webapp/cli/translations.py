"""`translations update` and `translations compile`: catalogues of the interface.

The source language is Traditional Chinese. Simplified Chinese is drafted by OpenCC with the words of the mainland
(WORDS), kept in the catalogue and reviewed there: a sentence that stands in the catalogue is never overwritten.
"""

from __future__ import annotations

from pathlib import Path

import click
import opencc
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask.cli import AppGroup

group = AppGroup("translations", help="Catalogues of the interface.")

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "webapp" / "translations"
SIMPLIFIED = "zh_Hans_CN"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}

#: Words that differ between Macao and the mainland by more than their characters, after conversion to Simplified.
WORDS = (
    ("手提电话", "手机"),
    ("短讯", "短信"),
    ("电邮地址", "电子邮箱地址"),
    ("电邮", "电子邮件"),
    ("连结", "链接"),
    ("档案", "文件"),
    ("帐号", "账号"),
    ("登入", "登录"),
    ("登出", "退出登录"),
    ("萤幕", "屏幕"),
    ("列印", "打印"),
    ("搜寻", "搜索"),
    ("程式", "程序"),
    ("资讯", "信息"),
    ("汇入", "导入"),
    ("汇出", "导出"),
    ("试算表", "电子表格"),
    ("栏名", "列名"),
    ("存档后", "保存后"),
    ("甚么", "什么"),
    ("讯息", "消息"),
    ("储存", "保存"),
    ("联络", "联系"),
    ("范本", "模板"),
    ("影印", "复印"),
    ("纸本", "纸质件"),
    ("柜枱", "柜台"),
    ("伺服器", "服务器"),
    ("覆核", "复核"),
    ("公众假期", "节假日"),
    ("帐户", "账号"),
    ("设定", "设置"),
    ("办妥", "办完"),
    ("现时", "目前"),
    ("这宗个案", "该个案"),
    ("好像欠了", "好像缺少"),
    ("查核", "核查"),
    ("即时", "立即"),
    ("交予", "提供给"),
)

_converter = opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """A draft of a sentence in Simplified Chinese."""
    draft = _converter.convert(text)
    for macao, mainland in WORDS:
        draft = draft.replace(macao, mainland)
    return draft


def extracted() -> Catalog:
    """Every sentence of the code and the templates."""
    found = Catalog()
    for folder, method, pattern in ((ROOT / "webapp", "python", "**.py"), (ROOT / "templates", "jinja2", "**.html")):
        rows = extract_from_dir(
            folder,
            method_map=[(pattern, method)],
            options_map={pattern: {"trimmed": "true"}} if method == "jinja2" else None,
            keywords=KEYWORDS,
        )
        for _file, _line, message, _comments, _context in rows:
            found.add(message)
    return found


def catalogue(locale: str) -> Catalog:
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=locale)
    with open(path, "rb") as handle:
        return read_po(handle, locale=locale)


@group.command("update")
def update() -> None:
    """Take up new sentences, draft their Simplified form, drop those no longer used."""
    source, known = extracted(), catalogue(SIMPLIFIED)
    renewed = Catalog(locale=SIMPLIFIED, fuzzy=False, charset="utf-8")
    drafted = 0
    for message in sorted(source, key=lambda message: str(message.id)):
        if not message.id:
            continue
        if not isinstance(message.id, str):
            raise click.ClickException(f"Chinese has no plural forms; say it once: {message.id[0]}")
        before = known.get(message.id)
        text = str(before.string) if before and before.string else ""
        drafted += not text
        renewed.add(message.id, text or simplified(message.id), flags=message.flags)
    path = FOLDER / SIMPLIFIED / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as handle:
        write_po(handle, renewed, omit_header=False, width=0)
    click.echo(f"{len(renewed)} sentences, {drafted} drafted anew")


@group.command("compile")
def compile_all() -> None:
    """Make the binary catalogues the server reads."""
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        with open(path, "rb") as source, open(path.with_suffix(".mo"), "wb") as target:
            write_mo(target, read_po(source, locale=path.parent.parent.name))
