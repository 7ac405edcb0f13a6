"""Speech acts by verb, speaker and addressee, out of invented sentences: one for each rule and for
each error that rules made on texts they had not seen."""

import pytest

from engagements.reading.reader import read_text

LEAD = (
    "Ngày 1/2/2024, Bộ trưởng Bộ Y tế Lê Văn Mẫu làm việc với UBND tỉnh Kon Tum. "
    "Cùng dự có ông Trần Văn Thử, Chủ tịch UBND tỉnh Kon Tum.\n"
)
KINDS = {"request": "R", "commitment": "C", "recommendation": "A"}


def read(text, names):
    """[(kind, quotation)] of the acts after the lead."""
    reading = read_text(LEAD + text, names)
    return [
        (KINDS[proposal.kind], proposal.quote)
        for proposal in reading.proposals
        if proposal.kind in KINDS and proposal.paragraph > 1
    ]


ASKS = [
    pytest.param(
        "Ông Trần Văn Thử kiến nghị Bộ xây 3 trạm y tế; cấp 2 máy siêu âm cho huyện.",
        [("R", "kiến nghị Bộ xây 3 trạm y tế"), ("R", "cấp 2 máy siêu âm cho huyện")],
        id="list with a semicolon",
    ),
    pytest.param(
        "Tỉnh đề nghị Bộ: (1) đầu tư 3 cống ngăn mặn; (2) cho đóng, mở cảng cá loại hai.",
        [("R", "đầu tư 3 cống ngăn mặn"), ("R", "cho đóng, mở cảng cá loại hai")],
        id="numbers part a list, and no comma does",
    ),
    pytest.param(
        "Ông Trần Văn Thử mong Bộ quan tâm, sớm cho chủ trương về tuyến đường.",
        [("R", "mong Bộ quan tâm, sớm cho chủ trương về tuyến đường")],
        id="soft verbs open one request",
    ),
    pytest.param(
        "Ông Trần Văn Thử nêu 2 kiến nghị. Một là, sớm duyệt quy hoạch bệnh viện. "
        "Hai là, bố trí vốn làm đường.",
        [("R", "sớm duyệt quy hoạch bệnh viện"), ("R", "bố trí vốn làm đường")],
        id="ordinals over sentences",
    ),
    pytest.param(
        "Ông Trần Văn Thử đề nghị Bộ quan tâm một số nội dung:\n"
        "- Bố trí vốn làm 120 km đường;\n- Sửa quy định về định mức khoán.",
        [("R", "Bố trí vốn làm 120 km đường"), ("R", "Sửa quy định về định mức khoán")],
        id="list over paragraphs",
    ),
    pytest.param(
        "“Chúng tôi mong Bộ bố trí vốn xây 32 trạm. Dân chờ lâu rồi”, ông Trần Văn Thử nói.",
        [("R", "mong Bộ bố trí vốn xây 32 trạm")],
        id="quotation whose speaker stands at its end",
    ),
    pytest.param(
        "Ông Trần Văn Thử nói nhà công vụ đã cũ, rất cần được bố trí nguồn riêng.",
        [("R", "rất cần được bố trí nguồn riêng")],
        id="passive want",
    ),
    pytest.param(
        "Sở Y tế đã đề xuất UBND tỉnh dành 12 tỷ đồng mua máy.", [], id="inside the house"
    ),
    pytest.param("Ông Trần Văn Thử đề nghị các phường gửi hồ sơ thiệt hại.", [], id="to one's own"),
    pytest.param(
        "Bộ trưởng ghi nhận các kiến nghị, đề xuất của tỉnh.", [], id="requests only named"
    ),
    pytest.param(
        "Đối với đề xuất của tỉnh về việc cấp máy cho 20.000 hộ nghèo, Bộ trưởng giải thích.",
        [("R", "đề xuất của tỉnh về việc cấp máy cho 20.000 hộ nghèo")],
        id="a request told by its answer",
    ),
    pytest.param(
        "Tỉnh đề nghị Bộ cấp máy cho 20.000 hộ nghèo.\n"
        "Đối với đề xuất của tỉnh về việc cấp máy cho hộ nghèo, Bộ trưởng giải thích.",
        [("R", "đề nghị Bộ cấp máy cho 20.000 hộ nghèo")],
        id="a request named again",
    ),
    pytest.param(
        "Ông Trần Văn Thử nêu khó khăn. Tỉnh gửi gắm tới Bộ hai nội dung: xây 20 trạm phát sóng;"
        " cấp máy cho hộ nghèo.",
        [("R", "xây 20 trạm phát sóng"), ("R", "cấp máy cho hộ nghèo")],
        id="counted before a colon",
    ),
    pytest.param(
        "Ông Trần Văn Thử đề xuất Bộ trưởng hai nhóm việc. Trước hết, cho tỉnh mở mỏ cát."
        " Thứ hai, bù giá cho cao tốc.",
        [("R", "cho tỉnh mở mỏ cát"), ("R", "bù giá cho cao tốc")],
        id="counted in a sentence before",
    ),
    pytest.param(
        "Ông Trần Văn Thử nói về cát. Tỉnh nhờ Bộ làm việc với các tỉnh bạn.",
        [("R", "nhờ Bộ làm việc với các tỉnh bạn")],
        id="asked as a favour",
    ),
    pytest.param(
        "Ông Trần Văn Thử nói nhờ Bộ hỗ trợ, tỉnh đã có trạm.", [], id="thanks to the ministry"
    ),
]
PROMISES = [
    pytest.param("Bộ trưởng cam kết Bộ sẽ xây 20 trạm.", "Bộ trưởng cam kết Bộ sẽ xây 20 trạm"),
    pytest.param("Bộ trưởng cho biết sẽ cử đoàn khảo sát.", "sẽ cử đoàn khảo sát", id="no subject"),
    pytest.param(
        "Hướng dẫn sẽ được Bộ ban hành trong tháng 3, Bộ trưởng nói.",
        "Hướng dẫn sẽ được Bộ ban hành trong tháng 3",
        id="passive",
    ),
    pytest.param("Bộ trưởng đồng ý cấp 40 tấn giống lúa.", ..., id="agreement"),
    pytest.param(
        "Bộ trưởng giao Cục Mẫu làm thủ tục trước ngày 05/4/2024.",
        "giao Cục Mẫu làm thủ tục trước ngày 05/4/2024",
        id="assignment",
    ),
    pytest.param("Bộ trưởng khẳng định Bộ sẵn sàng hỗ trợ tỉnh.", ..., id="offer"),
    pytest.param("Hai bên thống nhất họp lại trong quý III/2024.", ..., id="both"),
    pytest.param("Bộ trưởng nói nếu đủ vốn thì Bộ sẽ xây trạm.", None, id="condition"),
    pytest.param("Bộ trưởng tin tưởng tỉnh sẽ phát triển.", None, id="trust"),
    pytest.param("Ông Trần Văn Thử cam kết giải ngân hết vốn.", None, id="the province's own"),
    pytest.param("Tỉnh sẽ dành 15 tỷ đồng làm đường.", None, id="the province's “sẽ”"),
    pytest.param("Bộ trưởng nói Bộ chưa thể hứa thời điểm.", None, id="refusal"),
    pytest.param(
        "Bộ trưởng thông tin, thuốc sẽ về tới kho trước ngày 15/9/2024.",
        ...,
        id="a thing by a day",
    ),
    pytest.param("Bộ trưởng thông tin, thuốc sẽ là nguồn lực.", None, id="a thing of no day"),
    pytest.param(
        "Bộ trưởng cho biết Bộ dự kiến ban hành thông tư trong tháng 10/2024.",
        "dự kiến ban hành thông tư trong tháng 10/2024",
        id="planned by a day",
    ),
    pytest.param(
        "Bộ trưởng cho biết dự kiến ban hành thông tư mới.", None, id="planned for no day"
    ),
    pytest.param(
        "Bộ trưởng cho biết ngay khi có nghị định, Bộ sẽ tập huấn cho tỉnh.",
        "Bộ sẽ tập huấn cho tỉnh",
        id="a time is no condition",
    ),
    pytest.param("Dịp này, Bộ sẽ tặng 200 suất quà.", None, id="gift"),
]
ADVICE = [
    pytest.param(
        "Bộ trưởng đề nghị tỉnh bố trí đất sạch và miễn phí thuê đất cho trạm.",
        ["đề nghị tỉnh bố trí đất sạch và miễn phí thuê đất cho trạm"],
        id="“và” is one piece of advice",
    ),
    pytest.param(
        "Bộ trưởng nói tỉnh nên bắt đầu từ vài xã, cũng như để dân góp vốn, chú trọng giữ người.",
        ["tỉnh nên bắt đầu từ vài xã, cũng như để dân góp vốn, chú trọng giữ người"],
        id="one modal for a list",
    ),
    pytest.param(
        "Bộ trưởng yêu cầu tỉnh hoàn thành đề án, gửi Bộ trước 31/12/2024; không cấp phép mới.",
        ["yêu cầu tỉnh hoàn thành đề án, gửi Bộ trước 31/12/2024", "không cấp phép mới"],
        id="sending is the end of a task",
    ),
    pytest.param("“Phải coi sóng như điện”, ông Lê Văn Mẫu nói.", ["Phải coi sóng như điện"]),
    pytest.param("Bộ trưởng nói doanh nghiệp phải xuống tận bờ ao.", [], id="general truth"),
    pytest.param("“Bà con chỉ cần một chiếc điện thoại”, Bộ trưởng nói.", [], id="the people"),
    pytest.param("Bộ trưởng nói việc này cần Quốc hội cho ý kiến.", [], id="others' task"),
    pytest.param(
        "Bộ trưởng phân tích, giải pháp tốt nhất chính là triển khai đại học số.",
        ["triển khai đại học số"],
        id="the best way",
    ),
]


@pytest.mark.parametrize(("text", "acts"), ASKS)
def test_requests(names, text, acts):
    assert [act for act in read(text, names) if act[0] == "R"] == acts


@pytest.mark.parametrize(("text", "quote"), PROMISES)
def test_commitments(names, text, quote):
    quotes = [told for kind, told in read(text, names) if kind == "C"]
    if quote is ...:
        assert len(quotes) == 1
    else:
        assert quotes == ([quote] if quote else [])


@pytest.mark.parametrize(("text", "quotes"), ADVICE)
def test_recommendations(names, text, quotes):
    assert [told for kind, told in read(text, names) if kind == "A"] == quotes


def test_orders_of_a_conclusion_go_to_units_and_to_the_province(names):
    text = (
        "Bộ trưởng Lê Văn Mẫu kết luận như sau:\n"
        "1. Về kiến nghị xây cầu mới: Vụ Kế hoạch rà soát, trả lời tỉnh trước ngày 15/7/2024.\n"
        "2. UBND tỉnh khẩn trương giải phóng mặt bằng, bàn giao 9 km; tăng cường kiểm tra xe.\n"
        "3. Không cấp phép mới cho cơ sở băm dăm.\n"
        "Bộ Y tế thông báo để các đơn vị biết, thực hiện."
    )
    assert read(text, names) == [
        ("R", "kiến nghị xây cầu mới"),
        ("C", "Vụ Kế hoạch rà soát, trả lời tỉnh trước ngày 15/7/2024"),
        ("A", "UBND tỉnh khẩn trương giải phóng mặt bằng, bàn giao 9 km"),
        ("A", "tăng cường kiểm tra xe"),
        ("A", "Không cấp phép mới cho cơ sở băm dăm"),
    ]


def payloads(text, names, kind):
    return [p.payload for p in read_text(LEAD + text, names).proposals if p.kind == kind]


def test_commitment_says_how_firmly_and_who_owes_it(names):
    text = (
        "Bộ trưởng giao Cục Mẫu làm thủ tục trước ngày 05/4/2024.\n"
        "Hai bên sẽ ký chương trình phối hợp.\nBộ trưởng nói Bộ sẵn sàng hỗ trợ tỉnh."
    )
    assigned, joint, offer = payloads(text, names, "commitment")
    assert (assigned["is_assigned"], assigned["lead_text"]) == (True, "Cục Mẫu")
    assert (assigned["due_on"], assigned["due_text"]) == ("2024-04-05", "trước ngày 05/4/2024")
    assert (assigned["said_by"], assigned["side"]) == ("Lê Văn Mẫu", "ministry")
    assert (joint["made_by"], joint["strength"]) == ("jointly", "explicit")
    assert (offer["made_by"], offer["strength"]) == ("ministry", "offer")


def test_deadline_is_of_its_own_clause(names):
    text = "Bộ trưởng nói Bộ sẽ xây 20 trạm; tỉnh cần giao đất trước ngày 30/6/2024."
    assert payloads(text, names, "commitment")[0].get("due_on") is None
    assert payloads(text, names, "recommendation")[0]["due_on"] == "2024-06-30"


def test_answer_is_stated_where_the_sentence_names_the_request(names):
    text = (
        "Tỉnh đề nghị Bộ cấp 40 máy siêu âm.\n"
        "Về đề nghị cấp máy siêu âm, Bộ trưởng cho biết sẽ cấp 40 máy siêu âm.\n"
        "Bộ trưởng nói Bộ sẽ tổ chức lớp dùng máy siêu âm."
    )
    stated, inferred = (row["answers"][0] for row in payloads(text, names, "commitment"))
    assert (stated["paragraph"], stated["is_inferred"]) == (2, False)
    assert (inferred["paragraph"], inferred["is_inferred"]) == (2, True)


def test_what_concerns_two_provinces_is_of_both(names):
    text = (
        "Ngày 1/2/2024, Bộ trưởng Bộ Y tế Lê Văn Mẫu làm việc với hai tỉnh Kon Tum và Gia Lai.\n"
        "Bộ trưởng nói Bộ sẽ cử đoàn khảo sát.\nBộ trưởng đề nghị Gia Lai rà soát trạm y tế."
    )
    promise, advice = (
        p.payload["provinces"]
        for p in read_text(text, names).proposals
        if p.kind in ("commitment", "recommendation")
    )
    assert (sorted(promise), advice) == (["Gia Lai", "Kon Tum"], ["Gia Lai"])


def test_long_clause_is_quoted_at_its_core(names):
    text = (
        "Bộ trưởng giao Cục Quản lý Môi trường Y tế chủ trì, phối hợp với Sở Nông nghiệp và Phát "
        "triển nông thôn chọn 2 xã làm mô hình mẫu, báo cáo Bộ."
    )
    assert read(text, names) == [("C", "chọn 2 xã làm mô hình mẫu, báo cáo Bộ")]


def test_sentence_with_a_verb_that_became_nothing_is_kept_in_sight(names):
    reading = read_text(LEAD + "Ông Trần Văn Thử đề nghị các phường gửi hồ sơ.", names)
    assert [sentence.paragraph for sentence in reading.silent] == [2]
