"""Officials with titles and sides, out of invented lines."""

import pytest

from engagements.reading.people import people_of
from engagements.reading.reader import give_roles
from engagements.reading.text import Document


def read(text, names):
    people = people_of(Document(text.splitlines()), names)
    return [(person.name, person.title, str(person.side)) for person in people]


def roles(text, names):
    document = Document(text.splitlines())
    people = people_of(document, names)
    give_roles(document, people)
    return {person.name: str(person.role) for person in people}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        pytest.param(
            "Bộ trưởng Bộ Y tế Nguyễn Văn Mẫu làm việc với tỉnh.",
            [("Nguyễn Văn Mẫu", "Bộ trưởng Bộ Y tế", "ministry")],
            id="title before",
        ),
        pytest.param(
            "Bộ trưởng Xây dựng Trần Văn Thử dự.",
            [("Trần Văn Thử", "Bộ trưởng Xây dựng", "ministry")],
            id="field without “Bộ”",
        ),
        pytest.param(
            "Cùng dự có ông Lê Thị Mẫu - Phó Bí thư Tỉnh ủy, Chủ tịch UBND tỉnh.",
            [("Lê Thị Mẫu", "Phó Bí thư Tỉnh ủy, Chủ tịch UBND tỉnh", "province")],
            id="titles after a dash",
        ),
        pytest.param(
            "Các phó chủ tịch UBND tỉnh Kon Tum Y Mẫu Hlo, Trương Thử và Bùi Mẫu cùng dự.",
            [
                ("Y Mẫu Hlo", "phó chủ tịch UBND tỉnh Kon Tum", "province"),
                ("Trương Thử", "phó chủ tịch UBND tỉnh Kon Tum", "province"),
                ("Bùi Mẫu", "phó chủ tịch UBND tỉnh Kon Tum", "province"),
            ],
            id="several share a title",
        ),
        pytest.param(
            "Cục trưởng Cục Thử nghiệm, kiểm tra (Bộ Y tế) Diệp Bá Mẫu cho biết.",
            [("Diệp Bá Mẫu", "Cục trưởng Cục Thử nghiệm, kiểm tra", "ministry")],
            id="comma and brackets in the office",
        ),
        pytest.param(
            "Có bà Quỵnh Ngọc Mẫu, Phó Chủ tịch UBND tỉnh; ông K’Brêl Thử, Giám đốc Sở Y tế.",
            [
                ("Quỵnh Ngọc Mẫu", "Phó Chủ tịch UBND tỉnh", "province"),
                ("K’Brêl Thử", "Giám đốc Sở Y tế", "province"),
            ],
            id="family names that no list has",
        ),
        pytest.param(
            "Bí thư Huyện ủy Kim Sơn Nguyễn Văn Mẫu nêu ý kiến.",
            [("Nguyễn Văn Mẫu", "Bí thư Huyện ủy Kim Sơn", "province")],
            id="name behind a place",
        ),
        pytest.param(
            "Bí thư Tỉnh ủy Nguyễn Hòa Bình phát biểu.",
            [("Nguyễn Hòa Bình", "Bí thư Tỉnh ủy", "province")],
            id="given name that is a province's",
        ),
        pytest.param(
            "Phó Thủ tướng Chính phủ Ứng Văn Mẫu chủ trì.",
            [("Ứng Văn Mẫu", "Phó Thủ tướng Chính phủ", "other")],
            id="above both sides",
        ),
        pytest.param(
            "Ông Vàng A Mẫu, Trưởng đoàn đại biểu Quốc hội tỉnh, hỏi.",
            [("Vàng A Mẫu", "Trưởng đoàn đại biểu Quốc hội tỉnh", "other")],
            id="deputy of the National Assembly",
        ),
        pytest.param(
            "Bà Nguyễn Thị Mẫu, Bí thư Tỉnh ủy, Trưởng Đoàn đại biểu Quốc hội tỉnh, nói.",
            [
                (
                    "Nguyễn Thị Mẫu",
                    "Bí thư Tỉnh ủy, Trưởng Đoàn đại biểu Quốc hội tỉnh",
                    "province",
                )
            ],
            id="deputy with an office of the province",
        ),
        pytest.param(
            "Ông Doãn Văn Mẫu, Chủ tịch Hiệp hội Gỗ An Phú, cho biết.",
            [("Doãn Văn Mẫu", "Chủ tịch Hiệp hội Gỗ An Phú", "other")],
            id="body that ends like a name",
        ),
        pytest.param("Thực hiện chỉ đạo của Thủ tướng Phạm Văn Mẫu.", [], id="not present"),
        pytest.param("Quang cảnh buổi làm việc. Ảnh: Quách Mộc Mẫu", [], id="photographer"),
        pytest.param("Đường Nguyễn Văn Mẫu nối hai xã.", [], id="street"),
    ],
)
def test_people_of_a_line(names, text, people):
    assert read(text, names) == people


def test_minutes_tell_the_side_of_a_list(names):
    text = (
        "1. Bộ Nông nghiệp và PTNT\n- Ông Hồ Văn Mẫu, Chánh Văn phòng - Chủ trì\n"
        "2. UBND tỉnh Trà Vinh\n- Ông Thạch Sa Mẫu, Chánh Văn phòng"
    )
    assert read(text, names) == [
        ("Hồ Văn Mẫu", "Chánh Văn phòng", "ministry"),
        ("Thạch Sa Mẫu", "Chánh Văn phòng", "province"),
    ]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        pytest.param("Bộ trưởng Nguyễn Văn Mẫu nhấn mạnh hai việc.", "spoke", id="full name"),
        pytest.param("Bộ trưởng Mẫu nhấn mạnh hai việc.", "spoke", id="given name"),
        pytest.param("Ông Mẫu nói.", "spoke", id="given name, nothing behind the verb"),
        pytest.param("Bộ trưởng Mẫu chủ trì buổi làm việc.", "chair", id="given name that chairs"),
        pytest.param("Bộ trưởng Mẫu Sơn nhấn mạnh hai việc.", "attended", id="another name"),
        pytest.param("Bộ trưởng Mẫu cùng đi. Tỉnh nhấn mạnh hai việc.", "attended", id="another"),
    ],
)
def test_role_of_somebody_who_is_named_later(names, text, role):
    lead = "Bộ trưởng Bộ Y tế Nguyễn Văn Mẫu làm việc với tỉnh Kon Tum."
    assert roles(f"{lead}\n{text}", names)["Nguyễn Văn Mẫu"] == role


def test_given_name_of_two_is_nobodys(names):
    text = (
        "Dự họp có Bộ trưởng Nguyễn Văn Mẫu và Thứ trưởng Lê Thị Mẫu.\n"
        "Thứ trưởng Mẫu nhấn mạnh hai việc."
    )
    assert set(roles(text, names).values()) == {"attended"}
