"""Form fields: what a page asks for, and how each thing asked for is to be drawn.

A field carries its label, hint and the attributes a browser needs; `templates/macros/fields.html` draws it. Fields
never judge what was typed: the domain does, and its refusals come back through `forms.Form.refuse`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import wtforms
from werkzeug.datastructures import FileStorage


@dataclass(frozen=True)
class Choice:
    """One answer of a choice field: the value sent, its label, and a line below it if the label alone is not enough."""

    value: str
    label: Any
    hint: Any = ""


def _as_choices(choices: Iterable[Any]) -> list[Choice]:
    return [choice if isinstance(choice, Choice) else Choice(*choice) for choice in choices]


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_text(value: object) -> str:
    """Text as it was typed, with plain line ends and without the control characters that nobody types (no database
    takes NUL, no sheet or page the others); anything else becomes ''."""
    if not isinstance(value, str):
        return ""
    return _CONTROL.sub("", value.replace("\r\n", "\n"))


class Field(wtforms.Field):
    """A question: label, hint, and how to draw it.

    `width` is a length class of the style sheet: '' (full), 'code', 'date', 'plate', 'phone', 'half'.
    `optional` prints （如有） behind the label. `autofocus`: only where nothing is to be read first (a scanner types).
    `lang` marks what is typed as a language of its own.
    """

    kind = "text"
    widget = None
    data: Any

    def __init__(
        self,
        label: Any = "",
        *,
        hint: Any = "",
        width: str = "",
        autocomplete: str = "",
        inputmode: str = "",
        lang: str = "",
        maxlength: int | None = None,
        optional: bool = False,
        autofocus: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.autofocus = autofocus
        self.hint = hint
        self.width = width
        self.autocomplete = autocomplete
        self.inputmode = inputmode
        self.lang = lang
        self.maxlength = maxlength
        self.optional = optional
        self.warnings: list[str] = []

    def process_data(self, value: Any) -> None:
        self.data = "" if value is None else str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = clean_text(valuelist[0]) if valuelist else ""

    @property
    def described_by(self) -> str:
        """Ids of the hint, the warning and the error that belong to the control, for `aria-describedby`."""
        parts = [
            (self.hint, "hint"),
            (self.warnings, "warning"),
            (self.errors, "error"),
        ]
        return " ".join(f"{self.id}-{suffix}" for present, suffix in parts if present)


class TextField(Field):
    pass


class TelField(Field):
    kind = "tel"

    def __init__(
        self,
        label: Any = "",
        *,
        autocomplete: str = "tel",
        width: str = "phone",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, autocomplete=autocomplete, width=width, **kwargs)


class CodeField(Field):
    """Six digits that came to a phone, a mailbox or an authenticator."""

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(label, autocomplete="one-time-code", width="code", inputmode="numeric", maxlength=12, **kwargs)


class EmailField(Field):
    kind = "email"

    def __init__(self, label: Any = "", *, autocomplete: str = "email", **kwargs: Any) -> None:
        super().__init__(label, autocomplete=autocomplete, **kwargs)


class PasswordField(Field):
    """Never drawn with a value: what was typed is not sent back."""

    kind = "password"

    def __init__(self, label: Any = "", *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        super().__init__(label, autocomplete=autocomplete, **kwargs)


class SearchField(Field):
    kind = "search"


class TextAreaField(Field):
    kind = "textarea"

    def __init__(self, label: Any = "", *, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.rows = rows


class DateField(Field):
    """One text, YYYY-MM-DD, kept exactly as typed; `domain` and `values` read it."""

    kind = "text"

    def __init__(
        self,
        label: Any = "",
        *,
        width: str = "date",
        maxlength: int = 20,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, width=width, maxlength=maxlength, **kwargs)


class HiddenField(Field):
    kind = "hidden"


class SignatureField(Field):
    """A drawn signature: PNG as a `data:` address, or ''. Drawn by the macro `signature`, not by `field`."""

    kind = "signature"


class RadioField(Field):
    """One of a few answers. An answer that is not among them counts as none, so the domain asks for one."""

    kind = "radios"

    def __init__(self, label: Any = "", *, choices: Iterable[Any] = (), **kwargs: Any) -> None:
        self.choices = _as_choices(choices)
        super().__init__(label, **kwargs)

    @property
    def choices(self) -> list[Choice]:
        return self._choices

    @choices.setter
    def choices(self, choices: Iterable[Any]) -> None:
        self._choices = _as_choices(choices)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data not in {choice.value for choice in self.choices}:
            self.data = ""


class SelectField(RadioField):
    """One of many answers. `blank` is the first, empty line."""

    kind = "select"

    def __init__(self, label: Any = "", *, blank: Any = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.blank = blank


class CheckboxField(Field):
    """One yes. `data` is True or False; the value sent is `yes`."""

    kind = "checkbox"

    def process_data(self, value: Any) -> None:
        self.data = bool(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = any(clean_text(value) not in ("", "no", "false", "0") for value in valuelist)


class CheckboxesField(Field):
    """Several answers. `data` is a list without repeats; with `choices=None` any value is kept (rows of a list).

    An answer that is not among the choices counts as none; where the answers take the place of what holds (`instead`)
    it is kept, so that the domain refuses them all: left out, it would take away what nobody wanted to.
    """

    kind = "checkboxes"

    def __init__(
        self, label: Any = "", *, choices: Iterable[Any] | None = (), instead: bool = False, **kwargs: Any
    ) -> None:
        self.choices = None if choices is None else _as_choices(choices)
        self.instead = instead
        super().__init__(label, **kwargs)

    @property
    def choices(self) -> list[Choice] | None:
        return self._choices

    @choices.setter
    def choices(self, choices: Iterable[Any] | None) -> None:
        self._choices = None if choices is None else _as_choices(choices)

    def process_data(self, value: Any) -> None:
        self.data = [str(one) for one in value or ()]

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        values = dict.fromkeys(clean_text(value) for value in valuelist)
        known = None if self.choices is None or self.instead else {choice.value for choice in self.choices}
        self.data = [value for value in values if value and (known is None or value in known)]


class FileField(Field):
    """One file, or None. A text sent under its name is not a file."""

    kind = "file"

    def __init__(self, label: Any = "", *, accept: str = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.accept = accept

    def process_data(self, value: Any) -> None:
        self.data = None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        files = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        self.data = files[0] if files else None
