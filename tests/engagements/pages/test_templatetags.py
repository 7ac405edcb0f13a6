"""Template tags of pages: whitespace control, the row of a fact."""

import pytest
from django.template import Context, Template
from django.utils.translation import override


def rendered(source, **context):
    return Template("{% load pages %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("\n  a\n  {% if b %}, {{ b }}{% endif %}\n  .\n", "a, b.", id="optional-part"),
        pytest.param("\n  a\n  {% if c %}, {{ c }}{% endif %}\n  .\n", "a.", id="part-not-there"),
        pytest.param(
            "{% for x in xs %}\n  {{ x }}\n  {% if not forloop.last %}; {% endif %}\n{% endfor %}",
            "x; y",
            id="loop",
        ),
        pytest.param("\n  a\n  {{ ' ' }}<b>b</b>\n", "a <b>b</b>", id="space-at-the-beginning"),
        pytest.param("\n  a b\n  {{ text }}\n", "a b c\n d", id="values-stay-as-they-are"),
    ],
)
def test_line_breaks_of_one_line(source, expected):
    block = "{% oneline %}" + source + "{% endoneline %}"
    assert rendered(block, b="b", xs=["x", "y"], text=" c\n d") == expected


def test_row_of_a_fact():
    row = rendered("{% fact 'Đơn vị' css='topics' %}{{ text }}{% endfact %}", text="<b>")
    assert "<dt>Đơn vị</dt>" in row
    assert '<dd class="topics">&lt;b&gt;</dd>' in row


@pytest.mark.parametrize(("language", "cell"), [("en", '<dd lang="vi">'), ("vi", "<dd>")])
def test_row_of_a_fact_names_its_language_where_the_page_has_another(language, cell):
    source = "{% fact 'Note' is_vietnamese=True %}Ghi chú{% endfact %}"
    with override(language):
        assert f"{cell}Ghi chú</dd>" in rendered(source)


def test_squeezed_text():
    source = "{% filter squeeze %}\n  a\n  {{ text }}\n{% endfilter %}"
    assert rendered(source, text="b & c") == "a b &amp; c"
