"""Difficulties that the province tells, or that are told of it; what is none, or is the
ministry's own."""

import pytest

from engagements.reading.reader import read_text
from engagements.words import RemarkKind

from .test_acts import LEAD


def difficulties(text, names):
    return [
        proposal.quote
        for proposal in read_text(LEAD + text, names).of_kind("remark")
        if proposal.payload["kind"] == RemarkKind.DIFFICULTY
    ]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Tỉnh gặp khó khăn về vốn đối ứng.", "Tỉnh gặp khó khăn về vốn đối ứng"),
        ("Tỉnh đang gặp nhiều khó khăn trong thu hút bác sĩ.", "trong thu hút bác sĩ"),
        ("Huyện còn thiếu thuốc nên dân lo lắng.", "Huyện còn thiếu thuốc"),
        ("Tỉnh chưa có kho lạnh nên vắc xin phải gửi đi.", "Tỉnh chưa có kho lạnh"),
        ("Vướng mắc lớn nhất hiện nay là thủ tục đấu thầu.", "thủ tục đấu thầu"),
        ("Hạn chế của ngành y tế tỉnh là trình độ cán bộ xã.", "trình độ cán bộ xã"),
        ("Tồn tại lớn nhất là công tác quản lý hồ sơ.", "công tác quản lý hồ sơ"),
        ("Việc phân cấp còn nhiều bất cập.", "Việc phân cấp còn nhiều bất cập"),
        (
            "Ông Trần Văn Thử nêu bất cập giữa hai nghị định về giá.",
            "Ông Trần Văn Thử nêu bất cập giữa hai nghị định về giá",
        ),
    ],
)
def test_what_is_hard(names, text, quote):
    assert difficulties(text, names) == [quote]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Bộ trưởng đề nghị tỉnh tháo gỡ khó khăn về vốn.", id="told to mend it"),
        pytest.param("Tỉnh không còn gặp khó khăn về vốn.", id="no longer"),
        pytest.param("Tỉnh không để xảy ra tồn tại, vướng mắc.", id="not let happen"),
        pytest.param("Tỉnh đã khắc phục các hạn chế, tồn tại.", id="mended"),
        pytest.param("Tỉnh đã hạn chế việc dùng thuốc kháng sinh.", id="a verb"),
        pytest.param("Nghị định mới tháo gỡ vướng mắc về giá thuốc.", id="mended by law"),
        pytest.param("Ông Trần Văn Thử đề nghị Bộ sửa những bất cập về giá.", id="asked for"),
        pytest.param("Bộ trưởng nói Bộ đang gặp khó khăn về biên chế.", id="the ministry's"),
        pytest.param("Bộ trưởng nói vướng mắc lớn nhất là thủ tục.", id="said by the ministry"),
    ],
)
def test_what_is_no_difficulty_of_the_province(names, text):
    assert difficulties(text, names) == []
