"""The words on screens: all translated, and compiled as they stand."""

import pytest
from django.utils.translation import gettext, ngettext, override

from tools import words


def test_every_word_is_translated_and_compiled():
    assert list(words.problems()) == []


def test_catalogue_holds_nothing_fuzzy_empty_or_gone():
    for domain in words.ADD_ONS:
        entries = words.catalogue(domain)
        assert set(entries) == set(words.wanted(domain))
        assert all(words.is_done(entry) for entry in entries.values())


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("No information yet", "Chưa có thông tin"),
        ("Not started", "Chưa thực hiện"),
        ("In progress", "Đang thực hiện"),
        ("Partly done", "Hoàn thành một phần"),
        ("Done", "Đã hoàn thành"),
        ("Paused", "Tạm dừng"),
        ("Not to be done", "Không thực hiện"),
        ("Transferred to another body", "Đã chuyển cơ quan khác"),
        ("No deadline", "Không có hạn"),
        ("In time", "Trong hạn"),
        ("Due soon", "Sắp đến hạn"),
        ("Overdue", "Quá hạn"),
        ("Past its day, no information", "Đã qua thời hạn, chưa có thông tin"),
        ("Done on time", "Hoàn thành đúng hạn"),
        ("Done late", "Hoàn thành quá hạn"),
        ("Done, day not known", "Đã hoàn thành, không rõ ngày"),
        # Django's own Vietnamese lacks these two; ours comes in.
        ("Hide counts", "Ẩn số lượng"),
        ("Enter a valid domain name.", "Hãy nhập tên miền hợp lệ."),
    ],
)
def test_word_in_both_languages(english, vietnamese):
    with override("vi"):
        assert gettext(english) == vietnamese
    with override("en"):
        assert gettext(english) == english


def test_plural_has_one_form():
    with override("vi"):
        assert ngettext("%(num)d day", "%(num)d days", 3) % {"num": 3} == "3 ngày"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('_("one " "word")', [(None, "one word", None)]),
        ('pgettext_lazy("of a post", "title")', [("of a post", "title", None)]),
        ('translation.ngettext("a day", "%d days", n)', [(None, "a day", "%d days")]),
        ("_(message)", []),
        ('print("no word")', []),
    ],
)
def test_words_found_in_code(code, found):
    assert list(words.in_python(code)) == found


def test_words_that_cannot_be_translated_are_refused():
    with pytest.raises(ValueError, match="f-string"):
        list(words.in_python('_(f"{count} days")'))


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('{% load i18n %}<p>{% translate "It’s (late)" %}</p>', [(None, "It’s (late)", None)]),
        ('{% translate "May" context "month" %}', [("month", "May", None)]),
        (
            "{% blocktranslate count n=n trimmed %}\n one day\n"
            "{% plural %}\n {{ n }} days\n{% endblocktranslate %}",
            [(None, "one day", "%(n)s days")],
        ),
        ('{{ value|default:_("none") }}', [(None, "none", None)]),
        ("<p>plain</p>", []),
    ],
)
def test_words_found_in_templates(template, found):
    assert list(words.in_template(template)) == found
