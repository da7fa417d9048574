import re
from datetime import date

import pytest
from allauth.account.forms import LoginForm
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory

from habeas.web.forms import DayField, NamedFaults
from habeas.web.guide import EveryWidget, Filters


class Served(NamedFaults):
    on = DayField(label="Day of service")


class Perhaps(NamedFaults):
    on = DayField(label="Day", required=False)


def typed(day: str, month: str, year: str) -> dict[str, str]:
    return {"on_day": day, "on_month": month, "on_year": year}


def test_a_day_is_typed_in_three_parts() -> None:
    form = Served(typed("27", "3", "2027"))
    assert form.is_valid()
    assert form.cleaned_data["on"] == date(2027, 3, 27)


@pytest.mark.parametrize(
    "parts", [("31", "2", "2027"), ("3", "27", "2027"), ("x", "1", "2027"), ("1", "1", "0")]
)
def test_a_day_that_does_not_exist_is_refused_and_kept_as_typed(
    parts: tuple[str, str, str],
) -> None:
    form = Served(typed(*parts))
    assert form.errors["on"] == ["Enter a real date, such as 27 3 2027."]
    assert re.findall(r'value="([^"]*)"', str(form)) == list(parts)


def test_part_of_a_day_is_no_day() -> None:
    assert Served(typed("", "3", "2027")).errors["on"] == [
        "Enter a day, a month and a year: Day of service"
    ]
    assert not Perhaps(typed("1", "", "")).is_valid()


def test_a_day_that_may_be_left_out_is_none() -> None:
    form = Perhaps(typed("", "", ""))
    assert form.is_valid()
    assert form.cleaned_data["on"] is None


def test_every_field_that_lacks_an_answer_is_named_by_its_fault() -> None:
    form = EveryWidget({})
    for name, faults in form.errors.items():
        assert str(form[name].label) in faults[0]


def test_a_message_that_a_field_states_itself_is_kept() -> None:
    class _Stated(NamedFaults):
        reason = forms.CharField(error_messages={"required": "Say why the person is moved."})

    assert _Stated({}).errors["reason"] == ["Say why the person is moved."]


@pytest.mark.parametrize(
    "form",
    [EveryWidget(), EveryWidget({}), LoginForm(request=RequestFactory().get("/")), Filters()],
)
def test_every_input_has_a_label_and_what_describes_it_exists(form: forms.BaseForm) -> None:
    html = str(form)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    inputs = re.findall(r"<(?:input|select|textarea)\b(?![^>]*type=\"hidden\")[^>]*>", html)
    assert inputs
    for one in inputs:
        known = re.search(r'\sid="([^"]+)"', one)
        assert known
        assert f'for="{known[1]}"' in html
    described = " ".join(re.findall(r'aria-describedby="([^"]*)"', html)).split()
    assert set(described) <= set(ids)


def test_a_fault_is_beside_its_field_and_read_out_with_it() -> None:
    html = str(EveryWidget({"people": "three"}))
    said = re.search(r'<p class="govuk-error-message" id="id_people_error">(.*?)</p>', html)
    assert said
    assert "Error:</span> Enter a whole number." in said[1]
    field = re.search(r'<input[^>]*name="people"[^>]*>', html)
    assert field
    for part in ('value="three"', "govuk-input--error", 'aria-invalid="true"'):
        assert part in field[0]
    assert 'aria-describedby="id_people_error"' in field[0]


def test_every_link_of_the_error_summary_leads_to_an_element() -> None:
    form = EveryWidget({})
    page = render_to_string("components/error_summary.html", {"form": form})
    targets = re.findall(r'href="#([^"]+)"', page)
    assert len(targets) == len(form.errors)
    focusable = "|".join(re.findall(r"<(?:input|select|textarea)[^>]*>", str(form)))
    assert [one for one in targets if f'id="{one}"' not in focusable] == []


def test_the_browser_judges_nothing() -> None:
    html = str(EveryWidget())
    assert not re.search(r"<(?:input|select|textarea)[^>]*\s(?:required|min|max|step)\b", html)
    assert 'type="number"' not in html


def test_what_may_be_left_out_says_so_but_a_filter_need_not() -> None:
    assert "E-mail address of the office (optional)" in str(EveryWidget())
    assert "(optional)" not in str(Filters())


def test_a_password_is_never_given_back() -> None:
    assert "hunter2" not in str(EveryWidget({"secret": "hunter2"}))


def test_what_was_typed_never_becomes_markup() -> None:
    hostile = '"><script>x</script>'
    html = str(EveryWidget(dict.fromkeys(EveryWidget.base_fields, hostile)))
    assert "<script" not in html
