"""Who may do what at the staff's desk, as data that test_roles.py walks; docs/roles.md shows it.

    python -m tests.engagements.desk.roles > docs/roles.md

A right is told by the letters of those who have it. What stands in no row, nobody may do. A new
page of the desk needs one line in PAGES; a new table one in TABLES.
"""

WHO = {
    "V": "Xem nội bộ",
    "E": "Biên tập của cơ quan",
    "O": "Biên tập cơ quan khác",
    "N": "Biên tập chưa gắn cơ quan",
    "P": "Duyệt",
    "W": "Duyệt đã sửa bản ghi",
    "K": "Quản trị",
    "S": "Siêu quản trị",
}
# They have no row of their own: nothing of what stands here is theirs.
SHUT_OUT = {
    "anonymous": "người chưa đăng nhập",
    "disabled": "tài khoản đã khóa",
    "roleless": "tài khoản chưa có vai trò",
}
EVERY = "VEONPWKS"
WRITERS = "EONS"  # who has what Biên tập has, whatever their desk

STATES = {
    "draft": "bản nháp",
    "review": "chờ duyệt",
    "public": "đã công bố",
    "edited": "có bản sửa chờ duyệt",
    "withdrawn": "đã rút",
}


def each(letters, *states):
    """The same letters in these states, nobody in the others."""
    return dict.fromkeys(states or STATES, letters)


RECORD = {
    "view": each(EVERY),
    "add": "EOS",  # O for the body of their own desk
    "change": each("EPWS"),
    "delete": each("ES", "draft", "review"),
    "submit": each("EPWS", "draft"),
    "publish": each("PS", "draft", "review", "edited"),
    "send back": each("PWS", "review", "edited"),
    "withdraw": each("PWS", "public", "edited"),
    "export": EVERY,
    "import": WRITERS,
}
FOLLOWED = RECORD | {"letter": each("ES")}
# Of nobody's desk until something rests on it: whoever has no desk may enter one too.
SHARED = RECORD | {"add": WRITERS}

# The names that the public reads at once: new, or named by something published.
NAME = {
    "view": {"new": EVERY, "named": EVERY},
    "add": "EONPWKS",
    "change": {"new": "EONPWKS", "named": "KS"},
    "delete": {"new": "KS", "named": ""},
    "export": EVERY,
    "import": WRITERS,
    "merge": "KS",
}
LIST = {"view": EVERY, "add": "KS", "change": "KS", "delete": "KS"}
# Added by an editor it is a proposal, on which somebody else decides.
INDICATOR = {
    "view": EVERY,
    "add": "EONKS",
    "change": {"new": "KS", "own": "EONKS", "accepted": "KS"},
    "delete": "KS",
    "accept": {"new": "KS", "own": ""},
}
READ = {"view": EVERY}

# Tables of the desk (app_model): (title, rights).
TABLES = {
    "engagements_source": ("Nguồn", SHARED | {"read letter": "EOS"}),
    "engagements_meeting": ("Buổi làm việc", RECORD | {"publish session": each("PS", "draft")}),
    "engagements_reading": ("Bản đọc văn bản", {"view": "EOS", "add": "EOS", "change": "EOS"}),
    "engagements_provincerequest": ("Kiến nghị", FOLLOWED),
    "engagements_commitment": ("Cam kết", FOLLOWED),
    "engagements_recommendation": ("Khuyến nghị", FOLLOWED),
    "engagements_statusupdate": (
        "Cập nhật",
        RECORD | {"change": each("EPWS", "draft", "review"), "send back": each("PWS", "review")},
    ),
    "engagements_remark": ("Ghi nhận", RECORD),
    "engagements_figure": ("Số liệu", SHARED),
    "engagements_attendance": (
        "Thành phần (sửa trong biểu mẫu buổi làm việc)",
        {"view": EVERY, "delete": "EPWS"},
    ),
    "engagements_answering": (
        "Điều được trả lời (sửa trong biểu mẫu của nội dung trả lời)",
        {"view": EVERY, "delete": "EPWS"},
    ),
    "engagements_takenupitem": ("Nội dung xem lại", {"view": EVERY}),
    "provinces_official": ("Cán bộ", NAME),
    "provinces_organization": ("Cơ quan", NAME),
    "provinces_post": (
        "Chức vụ",
        {key: right for key, right in NAME.items() if key != "merge"}
        | {"delete": {"new": "KS", "named": "KS"}},
    ),
    "provinces_province": ("Tỉnh, thành phố", LIST),
    "provinces_succession": ("Kế thừa tỉnh, thành phố", LIST),
    "provinces_organizationsuccession": ("Kế thừa cơ quan", LIST),
    "engagements_topic": ("Lĩnh vực", LIST),
    "engagements_indicator": ("Chỉ số (Biên tập thêm mới là đề xuất)", INDICATOR),
    "provinces_officer": ("Cơ quan của tài khoản", dict.fromkeys(LIST, "KS")),
    "auth_user": ("Tài khoản", {"view": "KS", "add": "KS", "change": "KS"}),
    "auth_group": ("Vai trò", {"view": "KS", "add": "S", "change": "S", "delete": "S"}),
    "engagements_edition": ("Bản công bố", READ),
    "engagements_editionlink": ("Liên kết của bản công bố", {"view": "S"}),
    "engagements_codecounter": ("Bộ đếm mã", {"view": "S"}),
    "engagements_linkcheck": ("Kiểm tra liên kết", READ),
    "engagements_digest": ("Thư hằng tuần", READ),
    "engagements_tip": (
        "Tin báo của người đọc",
        {"view": "EONPWKS", "change": "EONPWKS", "delete": "KS"},
    ),
    "engagements_subscription": ("Số người theo dõi", {"view": "PWKS"}),
    "engagements_workbook": (
        "Tệp Excel do người khác nhập (tệp của mình thì ai cũng xem được)",
        {"list": "EONKS", "view": "KS"},
    ),
    "engagements_webhook": ("Webhook", dict.fromkeys(LIST, "KS")),
    "engagements_merge": ("Hợp nhất", {"view": "KS", "take back": "KS"}),
}

# Pages of a table, by the end of their name: the right that opens them, the one to send there.
NOTHING = "nothing"  # whatever is sent there is refused
PAGES = {
    "changelist": ("list", "list"),  # as the rows themselves, unless the table says otherwise
    "add": ("add", "add"),
    "change": ("view", "change"),
    "delete": ("delete", "delete"),
    "history": ("view", "view"),
    "simple_history": ("view", NOTHING),
    "restore": ("change", NOTHING),
    "review": ("view", "view"),  # each step that is sent is asked for by itself
    "preview": ("view", NOTHING),
    "session": ("view", "view"),
    "export": ("export", NOTHING),
    "empty": ("import", NOTHING),
    "import": ("import", "import"),
    "import_preview": ("import", "import"),
    "merge": ("merge", "merge"),
    "take_back": ("take back", "take back"),
    "accept": ("accept", "accept"),
    "password_change": ("change", "change"),
    "file": ("view", NOTHING),
    "scan": ("view", NOTHING),
    "text": ("view", NOTHING),
    "seat": ("seat", NOTHING),
    "next": ("add", "add"),
    "taken_up": ("view", "change"),
    "letter": ("letter", "letter"),
    "read_letter": ("read letter", "read letter"),
    "results": ("read letter", "read letter"),
    "rules": ("view", NOTHING),
    "current_leads": ("follow", "follow"),
    "report": ("view", NOTHING),
    "reminder": ("view", NOTHING),
}
# The session's form asks it for the post that somebody held: who may enter or change a session.
TABLES["engagements_meeting"][1]["seat"] = "EONPWS"
# Proposals of who follows an item are seen by who may change such items; set for one's own desk's.
for table in ("provincerequest", "commitment", "recommendation"):
    TABLES[f"engagements_{table}"][1]["follow"] = "EONPWS"

# Pages of no table: who opens them. R is an account of the staff without any role.
SITE = {
    "index": EVERY + "R",
    "login": EVERY + "R",
    "logout": "",  # takes what is sent alone, from everybody
    "password_change": EVERY + "R",
    "password_change_done": EVERY + "R",
    "autocomplete": EVERY,
    "jsi18n": EVERY + "R",
    "view_on_site": EVERY + "R",
    "app_list": EVERY,
}

# -- docs/roles.md

ACTIONS = {
    "list": "Xem danh sách (chỉ có tệp của mình)",
    "view": "Xem danh sách, biểu mẫu, lịch sử",
    "add": "Thêm mới",
    "change": "Sửa, khôi phục bản cũ",
    "delete": "Xóa",
    "submit": "Gửi duyệt",
    "publish": "Công bố",
    "publish session": "Công bố cả buổi làm việc",
    "send back": "Trả lại kèm ghi chú",
    "withdraw": "Rút khỏi trang công khai",
    "letter": "Nhập trả lời, kết quả bằng văn bản",
    "read letter": "Đọc văn bản trả lời nhiều mục",
    "export": "Xuất Excel",
    "import": "Nhập từ Excel",
    "merge": "Hợp nhất hai dòng",
    "take back": "Hoàn tác hợp nhất",
    "accept": "Chấp nhận, gộp vào chỉ số đã có",
}
NAMED = {"new": "chưa công khai", "named": "đã được nêu trong bản công bố"}
PROPOSED = {
    "new": "do người khác đề xuất, chờ chấp nhận",
    "own": "do chính mình đề xuất, chờ chấp nhận",
    "accepted": "đã công khai",
}


def rows(rights):
    """(action, states in words, letters), states with the same letters in one row."""
    for action, words in ACTIONS.items():
        right = rights.get(action, "")
        if isinstance(right, str):
            if right:
                yield words, "", right
            continue
        known = next(words for words in (STATES, NAMED, PROPOSED) if set(right) <= set(words))
        by_letters = {}
        for state in known:
            by_letters.setdefault(right.get(state, ""), []).append(known[state])
        for letters, states in by_letters.items():
            if letters:
                yield words, "" if len(states) == len(known) else ", ".join(states), letters


def table(rights):
    head = ["Việc", "Trạng thái", *WHO.values()]
    lines = ["| " + " | ".join(head) + " |", "| --- " * 2 + "| :-: " * len(WHO) + "|"]
    for action, state, letters in rows(rights):
        cells = ["✓" if letter in letters else "–" for letter in WHO]
        lines.append("| " + " | ".join([action, state or "mọi trạng thái", *cells]) + " |")
    return "\n".join(lines)


INTRODUCTION = f"""# Ai được làm gì trên bàn làm việc

Quyền nằm ở một nơi, `engagements/roles.py`: bảng `ROLES` nói mỗi vai trò làm việc với những bảng
nào, các hàm dưới bảng ấy nói với những dòng nào. Sau mỗi lần `manage.py migrate`, bốn vai trò có
đúng các quyền của `ROLES`: quyền thêm bằng tay vào một vai trò bị thu lại và được báo trên màn
hình lệnh, quyền bị bỏ thì trở lại, tài khoản nào thuộc vai trò nào vẫn giữ nguyên. Ai cần quyền
khác thì được xếp vào một vai trò có tên khác; vai trò ấy không bị đụng đến.

Tệp này không phải là quy định mà là kết quả mong đợi: nó được sinh ra từ
`tests/engagements/desk/roles.py`, và phép thử đi qua từng địa chỉ của bàn làm việc với từng vai
trò để so với bảng. Muốn đổi quyền thì đổi `engagements/roles.py`, rồi ghi điều mong đợi vào tệp
của phép thử và sinh lại tệp này; đừng sửa tay.

- **{WHO["E"]}**: cơ quan gắn với tài khoản là cơ quan chủ trì của bản ghi, hoặc cùng bộ với cơ quan
  ấy, hoặc đã kế thừa cơ quan ấy. **{WHO["O"]}** là cán bộ biên tập của bộ khác.
- **{WHO["W"]}**: cán bộ duyệt đã tự sửa bản ghi từ lần công bố trước. Ai đã viết thì không công bố,
  kể cả siêu quản trị.
- Không ai trong số sau được làm bất cứ việc gì dưới đây: {", ".join(SHUT_OUT.values())}.
- “Thêm mới” của {WHO["O"]} là thêm cho cơ quan của chính họ.
"""


def as_markdown():
    groups = {}
    for title, rights in TABLES.values():
        groups.setdefault(table(rights), []).append(title)
    parts = [INTRODUCTION.rstrip()]
    for text, titles in groups.items():
        parts += [f"## {', '.join(titles)}", text]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    print(as_markdown(), end="")
