"""A letter of reply, and what its page sends."""

from django.urls import reverse

START = reverse("admin:engagements_source_read_letter")
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LETTER = """\
ỦY BAN NHÂN DÂN TỈNH BÌNH MINH
Số: 88/UBND-VX
Bình Minh, ngày 18 tháng 11 năm 2025
Kính gửi: Bộ Chủ Trì
Phúc đáp Công văn số 39/BCT-VP ngày 20/10/2025, Ủy ban nhân dân tỉnh báo cáo như sau:
1. Về cấp máy tính cho trường học ({commitment}): đã hoàn thành ngày 12/10/2025.
2. Về lập tổ công nghệ số ({advice}): đã có 29/34 thôn lập tổ, dự kiến xong trước ngày 30/6/2026.
3. Về sửa cầu Suối Lạnh ({request}): nội dung này thuộc thẩm quyền của Bộ Cầu Đường.
4. Về lắp đèn đường: đã hoàn thành.
Nơi nhận:
- Như trên.
"""
ALL = ("accept", "accept", "accept", "refuse")


def shown(client, letter):
    return client.post(START, {"text": letter}).context["reading"]


def boxes(form):
    """What a form would send as it is shown."""
    sent = {}
    for box in form:
        value = box.value()
        if value not in (None, ""):
            value = box.field.widget.format_value(value)
            value = value[0] if isinstance(value, list) and value else value
            if value not in (None, [], ""):
                sent[box.html_name] = value
    return sent


def filled(reading, decisions, **given):
    """The page as it is shown, with these decisions by row, in the order of the page."""
    sent = boxes(reading.key) | (boxes(reading.letter) if reading.letter else {})
    sent |= {"letter-title": "Công văn trả lời"} if reading.letter else {}
    for row, decision in zip(reading.rows, decisions, strict=True):
        sent |= boxes(row.decision) | boxes(row.update)
        name = row.decision["decision"].html_name
        sent.pop(name, None)
        if decision:
            sent[name] = decision
    return sent | given
