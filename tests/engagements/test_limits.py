"""Throttles: whose address counts, how often, and the one answer 429."""

import re

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.http import HttpResponse

from engagements.limits import (
    CUSTOMER,
    HOUR,
    AnswerThrottle,
    FormThrottle,
    client_address,
    network,
    too_many,
    too_many_files,
)


@pytest.fixture(autouse=True)
def no_counts_left_over():
    caches["limits"].clear()
    cache.clear()
    yield
    caches["limits"].clear()


@pytest.mark.parametrize(
    ("proxies", "passed", "address"),
    [
        pytest.param(0, "198.51.100.1", "127.0.0.1", id="no-proxy-of-ours"),
        pytest.param(1, "", "127.0.0.1", id="proxy-that-says-nothing"),
        pytest.param(1, " , ", "127.0.0.1", id="proxy-that-says-less"),
        pytest.param(1, "10.0.0.1, 198.51.100.1", "198.51.100.1", id="forged-before-ours"),
        pytest.param(2, "10.0.0.1, 198.51.100.1, 192.0.2.1", "198.51.100.1", id="two-of-ours"),
        pytest.param(3, "198.51.100.1", "198.51.100.1", id="fewer-than-ours"),
    ],
)
def test_the_client_is_who_our_own_proxies_name(rf, settings, proxies, passed, address):
    settings.NUM_PROXIES = proxies
    assert client_address(rf.get("/", headers={"X-Forwarded-For": passed})) == address


@pytest.mark.parametrize(
    ("address", "cut"),
    [
        ("203.0.113.77", "203.0.113.77/32"),
        ("::ffff:203.0.113.77", "203.0.113.77/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_answers_and_files_are_counted_for_one_customer(address, cut):
    assert network(address, CUSTOMER) == cut


def test_addresses_of_ipv4_are_counted_apart_however_they_are_written(rf, settings):
    settings.API_RATES = {"answers": "1/min", "files": None}
    asked = [
        AnswerThrottle().allow_request(rf.get("/", REMOTE_ADDR=address), None)
        for address in ("::ffff:203.0.113.1", "203.0.113.1", "::ffff:203.0.113.2")
    ]
    assert asked == [True, False, True]


def test_a_form_is_taken_so_often_an_hour_from_one_network(rf):
    throttle = FormThrottle("form", 2)
    here = [rf.post("/", REMOTE_ADDR=f"203.0.113.{number}") for number in range(3)]
    assert [throttle.allow_request(request) for request in here] == [True, True, False]
    assert throttle.allow_request(rf.post("/", REMOTE_ADDR="203.0.114.1"))
    assert FormThrottle("form-khac", 2).allow_request(here[0])


def test_the_cache_says_of_nobody_that_they_asked(monkeypatch):
    keys = []
    monkeypatch.setattr(cache, "add", lambda key, *_rest: not keys.append(key))
    FormThrottle("form", 2).allow("nguoi@example.vn")
    assert len(keys) == 1
    assert "nguoi" not in keys[0]


def test_a_429_says_when_to_ask_again(rf, settings):
    response = too_many(HttpResponse("…", status=400), FormThrottle("form", 1))
    assert (response.status_code, response["Retry-After"]) == (429, str(HOUR))
    settings.API_RATES = {"answers": "1/min", "files": None}
    throttle = AnswerThrottle()
    assert throttle.allow_request(rf.get("/"), None)
    assert 0 < int(too_many(HttpResponse(), throttle)["Retry-After"]) <= 60


def test_without_a_rate_nobody_waits(rf, settings):
    settings.API_RATES = {"answers": None, "files": None}
    assert [too_many_files(rf.get("/"), AnswerThrottle()) for _time in range(5)] == [None] * 5


def test_limits_are_kept_in_one_place():
    """A module may name a throttle or describe a 429; none counts or answers by itself."""
    own = re.compile(r"status=429|META.*REMOTE_ADDR|FORWARDED_FOR|import .*RateThrottle")
    offenders = [
        str(path.relative_to(settings.BASE_DIR))
        for path in (settings.BASE_DIR / "engagements").rglob("*.py")
        if path.name != "limits.py" and own.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []
