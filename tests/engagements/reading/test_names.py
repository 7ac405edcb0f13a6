"""The gazetteer: provinces and ministries as people spell them."""

from datetime import date

import pytest

from engagements.reading.store import load_names
from engagements.reading.text import tone
from provinces.models import Official, Organization, Province
from tests.factories import make_province

NN = "bo-nong-nghiep-va-phat-trien-nong-thon"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Bộ Nông nghiệp và PTNT", NN),
        ("Bộ NN và PTNT", NN),
        ("Bộ NN & PTNT", NN),
        ("BỘ NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN", NN),
        ("Bộ VH, TT&DL", "bo-van-hoa-the-thao-va-du-lich"),
        ("Bộ Văn hoá Thể thao và Du lịch", "bo-van-hoa-the-thao-va-du-lich"),
        ("Bộ Giao thông Vận tải", "bo-giao-thong-van-tai"),
        ("Bộ KH-CN", "bo-khoa-hoc-va-cong-nghe"),
        ("Bộ trưởng Xây dựng Nguyễn Văn Mẫu", "bo-xay-dung"),
        ("Thống đốc Ngân hàng Nhà nước", "ngan-hang-nha-nuoc-viet-nam"),
        ("Bộ máy của tỉnh", None),
        ("cán bộ y tế", None),
    ],
)
def test_ministry_as_it_is_spelled(names, text, slug):
    found = [mention.key for mention in names.ministries_in(tone(text))]
    assert found == ([slug] if slug else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Thừa Thiên – Huế", "Thừa Thiên Huế"),
        ("TỈNH YÊN BÁI", "Yên Bái"),
        ("Đắc Nông", "Đắk Nông"),
        ("TP. HCM", "Hồ Chí Minh"),
        ("Khánh Hoà", "Khánh Hòa"),
        ("BR-VT", "Bà Rịa - Vũng Tàu"),
    ],
)
def test_province_as_it_is_spelled(names, text, name):
    assert [mention.key for mention in names.provinces_in(tone(text))] == [name]


@pytest.mark.parametrize(
    ("name", "on", "slug"),
    [
        ("Lâm Đồng", date(2025, 6, 30), "lam-dong-2025"),
        ("Lâm Đồng", date(2025, 7, 1), "lam-dong"),
        ("Lâm Đồng", None, "lam-dong"),
        ("Đắk Nông", date(2025, 7, 1), None),
        ("Huế", date(2023, 4, 21), "thua-thien-hue"),
        ("Thừa Thiên Huế", date(2026, 1, 1), "hue"),
    ],
)
def test_unit_of_that_day(names, name, on, slug):
    unit = names.unit(name, on)
    assert (unit and unit.slug) == slug


@pytest.mark.django_db
def test_names_of_the_register():
    province = make_province(slug="tinh-mau", name="Tỉnh Mẫu", aliases="Mẫu Cũ\nMẫu Xưa")
    ministry = Organization.objects.create(
        slug="bo-mau", name="Bộ Mẫu và Thử", kind="ministry", aliases="M&T"
    )
    Official.objects.create(slug="nguyen-van-mau", full_name="Nguyễn Văn Mẫu")
    names = load_names()
    assert Province.objects.count() == len(names.units)
    assert names.provinces_in("ở Mẫu Xưa")[0].key == province.name
    assert names.ministries_in("Bộ M&T")[0].key == ministry.slug
    assert names.officials_by_name["nguyễn văn mẫu"][0].slug == "nguyen-van-mau"
