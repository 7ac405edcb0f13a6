"""Demo register: invented provinces, people and promises, in which every state can be seen."""

from django.utils import timezone

from engagements.models import (
    Attendance,
    Commitment,
    Figure,
    Indicator,
    Meeting,
    ProvinceRequest,
    Recommendation,
    Remark,
    Source,
    State,
    StatusUpdate,
)
from engagements.models.answering import set_answered
from engagements.publication.publishing import withdraw
from engagements.words import Answer, FollowUpStatus, MadeBy, RemarkKind, Response, Strength

from .parties import DemoParties

QUOTE = "Đây là lời ví dụ, không phải lời của ai"

# Where a follow-up is: status, due day and completion in days from today (None: not given).
STATUSES = (
    ("unknown", None, None),
    ("unknown", 90, None),
    ("unknown", 12, None),
    ("unknown", -45, None),
    ("not_started", 200, None),
    ("not_started", 30, None),
    ("not_started", -1, None),
    ("in_progress", None, None),
    ("in_progress", 31, None),
    ("in_progress", 0, None),
    ("in_progress", -210, None),
    ("partly_done", 5, None),
    ("partly_done", -20, None),
    ("done", -10, -15),
    ("done", -40, -5),
    ("done", -40, None),
    ("done", None, -7),
    ("done", 60, -3),
    ("paused", -15, None),
    ("dropped", 40, None),
    ("transferred", None, None),
)
THINGS = (
    "trung tâm dữ liệu dùng thử",
    "cầu nối dữ liệu giữa hai cơ quan không có thật",
    "lớp tập huấn cho cán bộ của một xã tưởng tượng",
    "phòng thí nghiệm mẫu",
    "tuyến cáp quang vẽ trên giấy, chạy qua bảy xã, ba thị trấn và một khu công nghiệp chỉ có "
    "trong ví dụ này, để xem một tên gọi thật dài đứng trong bảng thì trông ra sao",
    "sàn giao dịch thử",
    "quỹ ví dụ",
)
UPDATE_TEXTS = {
    "unknown": "Chưa rõ việc này đi đến đâu.",
    "not_started": "Việc chưa bắt đầu: còn chờ một văn bản ví dụ.",
    "in_progress": "Việc đang được làm theo kế hoạch ví dụ.",
    "partly_done": "Đã xong phần thứ nhất trong hai phần.",
    "done": "Việc đã xong và được bàn giao.",
    "paused": "Việc tạm dừng để chờ ngân sách ví dụ.",
    "dropped": "Hai bên thống nhất không làm việc này nữa.",
    "transferred": "Việc đã chuyển cho cơ quan khác theo dõi.",
}
RESPONSE_WORDS = {
    Response.TAKEN_UP: "được tỉnh làm theo",
    Response.IN_PART: "được tỉnh làm theo một phần",
    Response.NOT_TAKEN_UP: "mà tỉnh không làm theo",
}


class DemoRegister(DemoParties):
    """The whole of it, relative to the day on which it is made."""

    def make(self):
        self.make_provinces()
        self.make_organizations()
        self.make_people()
        self.make_sources()
        self.make_meetings()
        self.make_requests()
        self.make_commitments()
        self.make_recommendations()
        self.make_claims()
        self.make_items_before_a_split()
        self.make_what_is_not_followed()
        self.make_what_is_not_public()

    # -- what was said

    def make_sources(self):
        def source(title, type, rank, issued, **more):
            text = f"{title}.\n\n{QUOTE}.\n\nHết ví dụ."
            saved = self.save(
                Source,
                title=title,
                type=type,
                rank=rank,
                issued_on=self.day(issued),
                text=text,
                **more,
            )
            return self.publish(saved)

        self.notice = source(
            "Thông báo kết luận ví dụ", "conclusion_notice", 1, -95, number="01/TB-BVD"
        )
        self.minutes = source("Biên bản ví dụ", "minutes", 2, -100, publisher="Bộ Ví Dụ")
        self.agency = source("Tin của Bộ Ví Dụ", "ministry_news", 3, -99, publisher="Bộ Ví Dụ")
        self.press = source(
            "Bài báo ví dụ",
            "press_article",
            4,
            -19,
            publisher="Báo Ví Dụ",
            url="https://example.org/bai-bao-vi-du",
            archived_url="https://example.org/ban-luu",
            accessed_on=self.day(-18),
            note="Không rõ tác giả.",
        )
        self.letter = source("Công văn ví dụ", "official_letter", 1, -30, number="02/BVD-VP")
        self.act = source("Nghị quyết ví dụ", "legal_act", 1, -700, number="03/NQ-VD")
        self.rest = source("Tài liệu khác", "other", 5, None)

    def evidence(self, source, inferred=False):
        more = {"is_inferred": True, "inference": "Suy ra từ ngày họp."} if inferred else {}
        return {"source": source, "paragraph": 2, "quote": QUOTE, **more}

    def meeting(self, slug, title, provinces, source, cited=(), **more):
        meeting = self.save(
            Meeting,
            many={"provinces": provinces, "topics": self.topics[:2], "cited": cited},
            slug=slug,
            title=title,
            ministry=self.ministry,
            **self.evidence(source),
            **more,
        )
        sitting = [(self.minister, "Bộ trưởng", self.ministry, "ministry", "chair")]
        sitting.append((self.director, "Cục trưởng", self.unit, "ministry", "attended"))
        for province in provinces:
            if province.pk in self.chairs:
                committee = self.committees[province.pk]
                sitting.append(
                    (self.chairs[province.pk], "Chủ tịch UBND", committee, "province", "spoke")
                )
        if meeting.state_of_it == "held":
            for official, day_title, organization, side, role in sitting:
                self.save(
                    Attendance,
                    meeting=meeting,
                    official=official,
                    title=day_title,
                    organization=organization,
                    side=side,
                    role=role,
                    **self.evidence(source),
                )
        return self.publish(meeting)

    def make_meetings(self):
        as_held = {"state_of_it": "held"}
        self.meetings = {}
        self.meetings[self.old.pk] = self.meeting(
            f"{self.day(-700)}-mau-gop",
            "Bộ Ví Dụ làm việc với tỉnh Mẫu Gộp (trước khi gộp)",
            [self.old],
            self.minutes,
            cited=[self.act],
            held_on=self.day(-700),
            **as_held,
        )
        self.meetings[self.parted.pk] = self.meeting(
            f"{self.day(-340)}-mau-chia",
            "Bộ Ví Dụ làm việc với tỉnh Mẫu Chia (trước khi chia tách)",
            [self.parted],
            self.agency,
            held_on=self.day(-340),
            **as_held,
        )
        self.meetings[self.a.pk] = self.meeting(
            f"{self.day(-400)}-mau-a",
            "Bộ Ví Dụ làm việc với tỉnh Mẫu A",
            [self.a],
            self.minutes,
            held_on=self.day(-400),
            place="Hội trường ví dụ, tỉnh Mẫu A",
            initiated_by="province",
            summary="Buổi làm việc đầu tiên, hoàn toàn hư cấu.",
            **as_held,
        )
        self.meetings[self.b.pk] = self.meeting(
            f"{self.day(-100)}-mau-b",
            "Khảo sát thực địa tại thành phố Mẫu B",
            [self.b],
            self.agency,
            held_on=self.day(-100),
            format="field_visit",
            initiated_by="ministry",
            follows=self.meetings[self.a.pk],
            **as_held,
        )
        self.meetings[self.long.pk] = self.joint = self.meeting(
            f"{self.day(-20)}-hoi-nghi-vi-du",
            "Hội nghị ví dụ với nhiều tỉnh, có tên đủ dài để chiếm hai dòng trên màn hình rộng và "
            "năm sáu dòng trên điện thoại",
            [self.a, self.b, self.long],
            self.press,
            held_on=self.day(-20),
            format="conference",
            on_behalf_of="government",
            initiated_by="both",
            cited=[self.act, self.notice],
            **as_held,
        )
        self.meeting(
            f"{self.day(20)}-mau-a",
            "Buổi làm việc dự kiến với tỉnh Mẫu A",
            [self.a],
            self.notice,
            state_of_it="planned",
            planned_from=self.day(20),
            planned_to=self.day(50),
            planned_text="trong tháng tới",
            follows=self.joint,
        )
        self.meeting(
            f"{self.day(-60)}-mau-b",
            "Buổi làm việc đã hủy với thành phố Mẫu B",
            [self.b],
            self.letter,
            state_of_it="cancelled",
            planned_from=self.day(-60),
            planned_to=self.day(-55),
            planned_text="đầu tháng",
        )
        self.meeting(
            f"{self.day(-250)}-mau-a",
            "Trao đổi thư từ, không rõ có diễn ra không",
            [self.a],
            self.rest,
            state_of_it="unknown",
            planned_from=self.day(-250),
            planned_to=self.day(-220),
            planned_text="cuối năm",
            format="exchange",
        )

    def follow_up(self, model, title, province, due=None, answers=None, source=None, **more):
        meeting = self.meetings[province.pk]
        if due is not None:
            more |= {"due_on": self.day(due), "due_text": f"trước {self.day(due):%d/%m/%Y}"}
        item = self.save(
            model,
            many={"topics": [self.next(self.topics)]},
            meeting=meeting,
            province=province,
            title=title,
            detail=more.pop("detail", "Nội dung ví dụ, viết ra để xem trang."),
            **self.evidence(source or meeting.source, inferred=more.pop("inferred", False)),
            **more,
        )
        if answers:
            set_answered(item, answers, self.author)
        return self.publish(item)

    def update(self, item, status, happened, voice="ministry", **more):
        basis = {"basis": "staff"}
        if "source" in more:
            basis = {"basis": "source", **self.evidence(more.pop("source"))}
        saved = self.save(
            StatusUpdate,
            status=status,
            happened_on=self.day(happened),
            voice=voice,
            text=more.pop("text", UPDATE_TEXTS.get(status)),
            **{str(item.kind): item},
            **basis,
            **more,
        )
        return self.publish(saved)

    def set_status(self, item, status, completed):
        """Gives the item its status through a published update, as staff do."""
        if status != FollowUpStatus.UNKNOWN:
            voice = self.next(("ministry", "province", "independent"))
            source = self.next(({}, {"source": self.press}, {"source": self.letter}))
            self.update(
                item, status, completed or -2, voice, completed_on=self.day(completed), **source
            )

    def sample_provinces(self):
        return (self.a, self.b, self.long, self.old)

    def make_requests(self):
        """Every answer: the promised, offered and advised ones come with what answers them."""
        self.requests = {}
        for answer in Answer:
            self.requests[answer] = []
            for province in self.sample_provinces():
                self.turn += 1
                title = f"Kiến nghị ví dụ: hỗ trợ {THINGS[self.turn % len(THINGS)]}"[:200]
                request = self.follow_up(
                    ProvinceRequest,
                    title,
                    province,
                    raised_by=self.chairs[province.pk] if self.turn % 3 else None,
                    raised_by_text="" if self.turn % 3 else "lãnh đạo tỉnh",
                    addressed_to=self.former if province == self.old else self.ministry,
                    inferred=self.turn % 5 == 0,
                )
                self.requests[answer].append(request)
                if answer in ("explained", "passed_on", "declined"):
                    text = {
                        "explained": "Bộ đã giải thích.",
                        "passed_on": "Bộ đã chuyển đến đơn vị ví dụ.",
                        "declined": "Bộ không nhận.",
                    }[answer]
                    self.update(
                        request, "unknown", -10, answer=answer, text=text, source=self.letter
                    )

    def make_commitments(self):
        """Every status; every strength; a long story; a moved deadline."""
        strengths = [*Strength]
        for number, (status, due, completed) in enumerate(STATUSES * 2):
            province = self.sample_provinces()[number % 4]
            strength = strengths[number // 2 % 3]
            firm = strength == Strength.EXPLICIT
            asked = self.requests["promised" if firm else "offered"][number % 4]
            commitment = self.follow_up(
                Commitment,
                f"Cam kết ví dụ {number + 1}: {THINGS[number % len(THINGS)]}"[:200],
                province,
                due=due,
                answers=[asked],
                strength=strength,
                lead=(self.unit, self.company, None, self.school)[number % 4],
                raised_by=self.minister,
                completion_criteria="Có biên bản bàn giao." if number % 2 else "",
                last_checked_on=self.day(-1) if number % 3 else None,
            )
            self.set_status(commitment, status, completed)
        for due_text, is_ongoing in (("thường xuyên", True), ("cuối năm", False)):
            self.follow_up(
                Commitment,
                f"Cam kết ví dụ, {due_text}",
                self.a,
                due_text=due_text,
                is_ongoing=is_ongoing,
                strength=Strength.EXPLICIT,
                lead=self.unit,
            )
        story = self.follow_up(
            Commitment,
            "Cam kết ví dụ có nhiều cập nhật",
            self.a,
            due=-90,
            strength=Strength.EXPLICIT,
            made_by=MadeBy.JOINTLY,
            lead=self.unit,
            current_lead=self.company,
            raised_by=self.minister,
        )
        story.supporting.set([self.school])
        self.update(story, "not_started", -300, source=self.agency)
        self.update(story, "in_progress", -200, "province", text="Tỉnh báo đã giao đất ví dụ.")
        self.update(
            story,
            "in_progress",
            -120,
            source=self.letter,
            new_due_on=self.day(60),
            new_due_text="lùi hai quý",
            text="Hai bên lùi thời hạn.",
        )
        self.update(
            story,
            "partly_done",
            -15,
            "independent",
            source=self.press,
            text="Báo ghi nhận phần đầu đã chạy, phần sau chưa thấy. " * 4,
        )
        self.edit(story, detail="Nội dung đã được viết lại cho rõ hơn.")
        self.publish(story)

    def make_recommendations(self):
        for number, (status, due, completed) in enumerate(STATUSES):
            province = self.sample_provinces()[number % 4]
            recommendation = self.follow_up(
                Recommendation,
                f"Khuyến nghị ví dụ {number + 1}: tỉnh tự làm {THINGS[number % len(THINGS)]}"[:200],
                province,
                due=due,
                answers=[self.requests["advised"][number % 4]],
                lead=self.committees[province.pk],
                raised_by=self.minister,
            )
            self.set_status(recommendation, status, completed)
        for request in self.requests[Answer.POSSIBLY]:
            self.follow_up(
                Recommendation,
                "Khuyến nghị ví dụ, có thể trả lời một kiến nghị",
                request.province,
                answers=[request],
                raised_by=self.minister,
                inferred=True,
            )

    def make_claims(self):
        """What one side claims and the other denies or confirms; what became of advice."""
        for title, answer, text in (
            ("tỉnh nói chưa xong", "in_progress", "Tỉnh trả lời: phần việc ví dụ chưa xong."),
            ("tỉnh xác nhận đã xong", "done", "Tỉnh xác nhận việc ví dụ đã xong."),
        ):
            promise = self.follow_up(
                Commitment,
                f"Cam kết ví dụ bộ báo đã xong, {title}",
                self.b,
                due=-30,
                strength=Strength.EXPLICIT,
                lead=self.unit,
            )
            done = {"completed_on": self.day(-20)}
            self.update(promise, "done", -20, source=self.letter, **done)
            theirs = done if answer == "done" else {}
            self.update(promise, answer, -10, "province", source=self.press, text=text, **theirs)
        for response, words in RESPONSE_WORDS.items():
            advice = self.follow_up(Recommendation, f"Khuyến nghị ví dụ {words}", self.b, due=-5)
            text = "Tỉnh trả lời về khuyến nghị ví dụ, kèm lý do."
            self.update(
                advice, "", -3, "province", source=self.letter, response=response, text=text
            )

    def make_items_before_a_split(self):
        """Items of a unit that two carry on today: found with each, counted once."""
        asked = self.follow_up(
            ProvinceRequest,
            "Kiến nghị ví dụ của một tỉnh về sau được chia tách",
            self.parted,
            addressed_to=self.ministry,
        )
        self.follow_up(
            Commitment,
            "Cam kết ví dụ với một tỉnh về sau được chia tách",
            self.parted,
            due=100,
            strength=Strength.EXPLICIT,
            answers=[asked],
            lead=self.unit,
        )

    def make_what_is_not_followed(self):
        for number, type in enumerate(RemarkKind):
            province = self.sample_provinces()[number % 4]
            remark = self.save(
                Remark,
                meeting=self.meetings[province.pk],
                province=province,
                type=type,
                text=f"Ghi nhận ví dụ: {type.label}.",
                said_by=self.chairs[province.pk] if number % 2 else None,
                said_by_text="" if number % 2 else "một đại biểu",
                **self.evidence(self.meetings[province.pk].source),
            )
            self.publish(remark)
        year = self.today.year
        for number, (value, qualifier, is_target) in enumerate(
            (("12.5", "hơn", False), ("1234567.5", "", False), ("3", "", False), ("80", "", True))
        ):
            province = self.sample_provinces()[number % 4]
            indicator = self.indicators[number == 2]
            figure = self.save(
                Figure,
                indicator=indicator,
                meeting=self.meetings[province.pk],
                province=province,
                period=str(year + 4 if is_target else year - 2),
                period_from=year + 4 if is_target else year - 2,
                period_to=year + 4 if is_target else year - 2,
                value=value,
                qualifier=qualifier,
                unit=indicator.unit,
                is_target=is_target,
                **self.evidence(self.meetings[province.pk].source),
            )
            self.publish(figure)

    # -- what only staff see, and what is gone

    def make_what_is_not_public(self):
        gone = self.follow_up(
            Commitment, "Cam kết ví dụ đã rút", self.a, due=10, strength=Strength.OFFER
        )
        self.update(gone, "in_progress", -5)
        withdraw(gone, by=self.publisher)
        self.edit(
            self.requests["unanswered"][0],
            title="Kiến nghị ví dụ có sửa đổi chờ duyệt",
            detail="Sửa đổi này chưa ai ngoài cơ quan đọc được.",
        )
        common = {
            "meeting": self.joint,
            "province": self.b,
            "internal_note": "Ghi chú nội bộ ví dụ.",
            **self.evidence(self.press),
        }
        self.save(ProvinceRequest, title="Kiến nghị ví dụ còn là bản nháp", **common)
        proposed = self.save(
            Indicator,
            slug="chi-so-duoc-de-xuat",
            name="Chỉ số ví dụ được đề xuất",
            unit="trạm",
            proposed_by=self.author,
            proposed_at=timezone.now(),
        )
        self.save(Figure, indicator=proposed, value="120", unit="trạm", **common)
        self.save(
            Commitment,
            title="Cam kết ví dụ đang chờ duyệt",
            state=State.IN_REVIEW,
            strength=Strength.EXPLICIT,
            **common,
        )
        self.save(
            Recommendation,
            title="Khuyến nghị ví dụ bị trả lại",
            review_note="Thiếu thời hạn, đề nghị xem lại.",
            **common,
        )
