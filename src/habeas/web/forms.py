"""Forms in the design system: every Django form, ours or a library's, is written this way.

The server judges what was typed, names each field's fault and keeps the typing; so no browser
check stands before it: `required`, `min`, `max` and `step` are not sent. A number is typed as text,
which a wheel or an arrow key cannot change unseen.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from habeas.web import drawn

Widget = dict[str, object]
CLASSES = {
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "govuk-file-upload",
    "checkbox": "govuk-checkboxes__input",
    "radio": "govuk-radios__input",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "text": "govuk-input",
}
# Checks of the browser, and grey words in a field that are gone once somebody types.
NOT_SENT = ("required", "min", "max", "step", "minlength", "placeholder")
SHORT = ("number", "date", "datetime", "time", "tel")  # what is typed into them is short


class GovukRenderer(TemplatesSetting):
    """Renders fields with label, hint and error, and puts the system's classes on widgets."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def render(
        self,
        template_name: str,
        context: Mapping[str, object],
        request: HttpRequest | None = None,  # noqa: ARG002 - Django hands it in
    ) -> SafeString:
        """A template of a form; a widget is dressed first."""
        found = dict(context)
        widget = found.get("widget")
        if isinstance(widget, dict):
            found["widget"] = dressed(widget)
        return drawn.html(template_name, found)


def dressed(widget: Widget) -> Widget:
    """A widget's context with the classes of the design system; the one given is left alone."""
    kind = _kind(widget)
    given = widget.get("attrs")
    attrs = {**given} if isinstance(given, dict) else {}
    for name in NOT_SENT:
        attrs.pop(name, None)
    found: Widget = {**widget, "attrs": attrs}
    if kind == "number":
        whole = str(_of(given, "step") or "1").isdigit()
        attrs |= {"inputmode": "numeric" if whole else "decimal", "spellcheck": "false"}
        found["type"] = kind = "text"
    base = CLASSES.get(kind, "")
    if base:
        attrs["class"] = _classes(base, attrs, short=_template(widget) in SHORT)
    inner, groups = widget.get("subwidgets"), widget.get("optgroups")
    if isinstance(inner, list):
        found["subwidgets"] = [dressed(one) for one in inner]
    if isinstance(groups, list) and not base:  # radios and checkboxes; a select's options are plain
        found["optgroups"] = [
            (name, [dressed(one) for one in options], n) for name, options, n in groups
        ]
    return found


def _classes(base: str, attrs: Widget, *, short: bool) -> str:
    first = base.partition(" ")[0]
    marked = attrs.get("aria-invalid") and "__" not in first  # a box is marked by its group
    wrong = f"{first}--error" if marked else ""
    own = str(attrs.get("class") or "")
    width = "govuk-input--width-10" if short and "--width-" not in own else ""
    return " ".join(filter(None, [base, wrong, width, own]))


def _template(widget: Widget) -> str:
    return str(widget.get("template_name", "")).rpartition("/")[2].removesuffix(".html")


def _of(attrs: object, name: str) -> object:
    return attrs.get(name) if isinstance(attrs, dict) else None


def _kind(widget: Widget) -> str:
    """Which class a widget takes: its input type, or the template's name where it has none.

    `hidden` and groups of radios or checkboxes take none of their own.
    """
    template = _template(widget)
    if template in ("radio", "checkbox_select", "multiple_hidden", "day"):
        return ""
    kind = str(widget.get("type") or template)
    return "text" if kind in ("email", "url", "tel", "search", "date", "datetime", "time") else kind


class NamedFaults(forms.Form):
    """A form whose faults name their field; ours derive from it.

    A message that a field states itself is kept.
    """

    faults_name_fields = True

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # handed on as given
        for bound in self:
            _name_in(bound.field, str(bound.label))


class FilterForm(NamedFaults):
    """A form of filters: each may be left out, and none says so."""

    plain_labels = True


def _name_in(field: forms.Field, label: str) -> None:
    stated = forms.Field.default_error_messages | type(field).default_error_messages
    if field.error_messages.get("required") != stated["required"]:
        return
    if isinstance(field, DayField):
        said = gettext("Enter a day, a month and a year: %(label)s")
    elif isinstance(field, forms.FileField):
        said = gettext("Choose a file: %(label)s")
    elif isinstance(field, forms.BooleanField):
        said = gettext("Tick the box: %(label)s")
    elif isinstance(field, forms.ChoiceField):
        said = gettext("Choose an answer: %(label)s")
    else:
        said = gettext("Enter an answer: %(label)s")
    field.error_messages["required"] = said % {"label": label}


class DayInput(forms.MultiWidget):
    """Day, month and year in three fields, so that no order of them can be mistaken."""

    template_name = "forms/day.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput({"inputmode": "numeric", "class": f"govuk-input--width-{width}"})
            for name, width in (("day", 2), ("month", 2), ("year", 4))
        }
        super().__init__(parts, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        """The parts of a day; None has none."""
        return [value.day, value.month, value.year] if value else [None, None, None]


class DayField(forms.MultiValueField):
    """A civil day typed in three parts; None where it is optional and nothing was typed."""

    widget = DayInput
    default_error_messages = {  # noqa: RUF012 - Django's own way
        "required": _("Enter a day, a month and a year."),
        "incomplete": _("Enter a day, a month and a year."),
        "invalid": _("Enter a real date, such as 27 3 2027."),
    }

    def __init__(
        self, *, label: str | Promise = "", help_text: str | Promise = "", required: bool = True
    ) -> None:
        parts = tuple(forms.CharField(max_length=4) for _part in range(3))
        super().__init__(
            parts,
            require_all_fields=True,
            required=required,
            label=cast("str", label),  # a lazy one is as good
            help_text=cast("str", help_text),
        )

    def compress(self, data_list: list[str]) -> date | None:
        """The day of three parts.

        Raises:
            ValidationError: when there is no such day.
        """
        if not data_list:
            return None
        try:
            on, month, year = (int(part) for part in data_list)
            return date(year, month, on)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], "invalid") from error
