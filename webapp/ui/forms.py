"""The base of every form: hidden key and version, refusals of the domain, warnings that can be confirmed.

A view reads the form, calls one action or rule, and hands back what was refused with `add_errors`; `refused` then says
whether the page is to be shown again with 422.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm

from webapp.ui import fields
from webapp.ui.sentences import general
from webapp.ui.words import gettext as _
from webapp.values.numbers import whole_number

#: What may be said of any field; alone it does not tell which.
_ANYWHERE = [general.SENTENCES[code] for code in ("required", "choose")]
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


def _new_key() -> str:
    return secrets.token_urlsafe(18)


def _named(label: str, message: Any) -> str:
    """A sentence behind the field it is about; a question ends with a sign of its own."""
    return f"{label}{message}" if label.endswith("？") else _("%(label)s：%(sentence)s", label=label, sentence=message)


class Form(FlaskForm):
    """Base form. `submission_key` is new on the first drawing and stays the same when the page is shown again."""

    submission_key = fields.HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.confirmed: set[str] = set()
        self.form_errors: list[Any] = []
        super().__init__(*args, **kwargs)
        if not _KEY.fullmatch(self.submission_key.data or ""):
            self.submission_key.data = _new_key()

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        sent = self.meta.wrap_formdata(self, formdata)
        names = list(sent) if sent else []
        # confirm_<field> boxes exist only on a page that warned, so they are not declared fields
        self.confirmed = {
            name.removeprefix("confirm_") for name in names if name.startswith("confirm_") and sent.get(name) == "yes"
        }

    def _visible(self, name: str | None) -> Any:
        field = self._fields.get(name or "")
        return None if getattr(field, "kind", "hidden") == "hidden" else field

    def refuse(self, field: str | None, message: Any) -> None:
        """Put `message` beside `field`; without such a field on this page it stands in the summary alone."""
        target = self._visible(field)
        if target is None:
            self.form_errors = [*self.form_errors, message]
        else:
            target.errors = [*target.errors, message]

    def warn(self, field: str, message: Any) -> None:
        """Put a warning beside `field` with a `confirm_<field>` box.

        A warning about a field of another page stands in the summary: it can be confirmed only where it was asked.
        """
        target = self._visible(field)
        if target is None:
            self.refuse(field, message)
        else:
            target.warnings = [*target.warnings, message]

    def add_errors(self, found: Iterable[tuple[str | None, Any, bool]]) -> None:
        """Take what the domain found: (field name or None, sentence, is it only a warning)."""
        for field, message, is_warning in found:
            if is_warning and field is not None:
                self.warn(field, message)
            else:
                self.refuse(field, message)

    @property
    def refused(self) -> bool:
        """Whether something must be put right before going on; a warning that was confirmed does not stop anybody."""
        return bool(self.summary())

    def summary(self) -> list[tuple[str, Any]]:
        """Lines of the error summary in the order of the page: (id of the control, or '' for the page; sentence).

        Where the page asks several things, a sentence that any of them may get, or that several got, names its field.
        """
        lines: list[tuple[str, Any]] = [("", message) for message in self.form_errors]
        said = Counter(message for field in self for message in set(field.errors))
        several = sum(self._visible(name) is not None for name in self._fields) > 1
        for field in self:
            for message in field.errors:
                named = several and field.label.text and (said[message] > 1 or message in _ANYWHERE)
                lines.append((field.id, _named(str(field.label.text), message) if named else message))
            if field.name not in self.confirmed:
                lines += [(f"confirm_{field.name}", message) for message in getattr(field, "warnings", ())]
        return lines

    @property
    def only_warned(self) -> bool:
        """Whether nothing has to be changed: what is unusual has but to be confirmed."""
        return not self.form_errors and not any(field.errors for field in self)


class VersionedForm(Form):
    """A form about a row that others may change meanwhile."""

    version = fields.HiddenField()

    @property
    def expected_version(self) -> int | None:
        """The version the page was drawn from, or None where it is missing or no number."""
        return whole_number(self.version.data, digits=9)
