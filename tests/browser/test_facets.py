"""The facets of a province in a browser: without a reload where scripts run, else by a form."""

import re

from playwright.sync_api import expect

PROVINCE = "/tinh/ninh-binh/"


def test_a_choice_changes_the_list_without_a_reload(page, faults):
    page.goto(PROVINCE)
    page.evaluate("window.stays = true")
    page.locator("#id_kind_commitment").check()
    expect(page).to_have_url(re.compile(r"/tinh/ninh-binh/\?kind=commitment$"))
    expect(page.locator("#lists ol.items > li")).to_have_count(3)
    expect(page.locator("#id_kind_commitment")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("3")
    page.locator("#id_q").fill("ứng dụng")
    page.locator("#id_q").press("Enter")
    expect(page).to_have_url(re.compile(r"kind=commitment"))
    expect(page).to_have_url(re.compile(r"q="))
    assert page.evaluate("window.stays") is True
    assert faults(page) == ""
    page.go_back()
    expect(page).to_have_url(re.compile(r"/tinh/ninh-binh/\?kind=commitment$"))
    expect(page.locator("#lists ol.items > li")).to_have_count(3)


def test_a_wrong_word_is_told_without_a_reload(page, watch):
    page.goto(PROVINCE)
    page.evaluate("window.stays = true")
    page.locator("#id_q").fill("một hai ba bốn năm sáu bảy tám chín")
    page.locator("#id_q").press("Enter")
    expect(page.locator("#lists [role=alert]")).to_be_visible()
    expect(page.locator("#id_q")).to_have_value("một hai ba bốn năm sáu bảy tám chín")
    assert page.evaluate("window.stays") is True
    watch.complaints = [one for one in watch.complaints if "Failed to load" not in one]


def test_the_form_does_it_where_no_script_runs(plain_page):
    page = plain_page
    page.goto(PROVINCE)
    page.locator("#id_kind_commitment").check()
    page.locator("details.filters button").click()
    expect(page).to_have_url(re.compile(r"/tinh/ninh-binh/\?kind=commitment#items$"))
    expect(page.locator("#lists ol.items > li")).to_have_count(3)


def test_a_reader_on_a_phone_keeps_the_filter_open(page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(PROVINCE)
    page.locator("details.filters > summary").click()
    page.locator("#id_kind_request").check()
    expect(page.locator("#asked")).to_contain_text("Kiến nghị")
    expect(page.locator("#id_kind_request")).to_be_visible()
    expect(page.locator("#lists ol.items > li")).to_have_count(6)
