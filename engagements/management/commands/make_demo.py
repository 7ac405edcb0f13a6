"""A register of invented provinces, people and promises, in which every state can be seen."""

from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from engagements.edition.triggers import lifted
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
    Topic,
)
from engagements.models.figures import RemarkKind
from engagements.publication.loading import account
from engagements.publication.publishing import publish, withdraw
from engagements.words import FollowUpStatus, Strength
from provinces.models import (
    Official,
    Organization,
    OrganizationSuccession,
    Post,
    Province,
    Succession,
)
from provinces.vietnamese import slugify_vi

LONG = "Mẫu Có Tên Rất Dài Để Xem Những Chỗ Hẹp Nhất Của Trang Có Xuống Dòng Đẹp Không"
SAID = "Đây là lời ví dụ, không phải lời của ai"

# How a follow-up stands: status, due day and completion in days from today (None: not given).
STANDINGS = (
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
NEWS = {
    "unknown": "Chưa rõ việc này đi đến đâu.",
    "not_started": "Việc chưa bắt đầu: còn chờ một văn bản ví dụ.",
    "in_progress": "Việc đang được làm theo kế hoạch ví dụ.",
    "partly_done": "Đã xong phần thứ nhất trong hai phần.",
    "done": "Việc đã xong và được bàn giao.",
    "paused": "Việc tạm dừng để chờ ngân sách ví dụ.",
    "dropped": "Hai bên thống nhất không làm việc này nữa.",
    "transferred": "Việc đã chuyển cho cơ quan khác theo dõi.",
}


class Command(BaseCommand):
    help = "Makes the invented register anew, relative to today. Only for DEMO=1."

    def handle(self, *args, verbosity, **options):
        if not (settings.DEMO and settings.DEBUG):
            raise CommandError("Invented data goes only where DEMO and DEBUG are on.")
        refuse_a_real_register()
        with transaction.atomic():
            empty()
            demo = Demo(timezone.localdate())
            demo.make()
        if verbosity:
            self.stdout.write(f"Invented: {demo.published} records published.")


def refuse_a_real_register():
    own = settings.VAR_DIR / "demo.sqlite3"
    if connection.vendor == "sqlite" and Path(connection.settings_dict["NAME"]) == own:
        return
    if Province.objects.exclude(name__startswith="Mẫu").exists():
        raise CommandError("This database holds a real register; nothing was changed.")


def empty():
    """Takes out every row of the register, of its history and of its editions; accounts stay."""
    models = [
        *apps.get_app_config("provinces").get_models(include_auto_created=True),
        *apps.get_app_config("engagements").get_models(include_auto_created=True),
        apps.get_model("admin", "LogEntry"),
    ]
    tables = {model._meta.db_table for model in models}
    connection.check_constraints()  # PostgreSQL empties no table with checks still waiting
    statements = connection.ops.sql_flush(no_style(), sorted(tables), reset_sequences=True)
    with lifted(connection):
        connection.ops.execute_sql_flush(statements)


class Demo:
    """Saves rows through the models, as an editor would, and publishes them as a second person."""

    def __init__(self, today):
        self.today = today
        self.author, self.publisher = account("vi-du-nhap"), account("vi-du-duyet")
        self.published = 0
        self.turn = 0

    def day(self, offset):
        return None if offset is None else self.today + timedelta(days=offset)

    def next(self, rows):
        """Each row in its turn, so that all are met."""
        self.turn += 1
        return rows[self.turn % len(rows)]

    def save(self, model, many=None, **values):
        one = model(**values)
        if hasattr(one, "created_by_id"):
            one.created_by = one.updated_by = self.author
        one._history_user = self.author
        one.full_clean()
        one.save()
        for name, others in (many or {}).items():
            getattr(one, name).set(others)
        return one

    def publish(self, record):
        publish(record, by=self.publisher)
        self.published += 1
        record.refresh_from_db()
        return record

    def edit(self, record, **values):
        for name, value in values.items():
            setattr(record, name, value)
        record.updated_by = record._history_user = self.author
        record.full_clean()
        record.save()

    def make(self):
        self.make_provinces()
        self.make_bodies()
        self.make_people()
        self.make_sources()
        self.make_meetings()
        self.make_requests()
        self.make_commitments()
        self.make_recommendations()
        self.make_what_is_not_followed()
        self.make_what_is_not_public()

    # -- who

    def make_provinces(self):
        merged_on, split_on = self.day(-500), self.day(-3000)
        act = "Nghị quyết ví dụ số 1"

        def unit(code, name, kind="province", **more):
            slug = more.pop("slug", None) or slugify_vi(name)
            return self.save(Province, code=code, name=name, kind=kind, slug=slug, **more)

        self.a = unit("M1", "Mẫu A", name_en="Sample A", aliases="Tỉnh Ví Dụ")
        self.b = unit("M2", "Mẫu B", kind="city", name_en="Sample B", note="Không có thật.")
        self.long = unit("M3", LONG, name_en="Sample with a very long name")
        self.empty = unit("M4", "Mẫu Trống", name_en="Empty Sample")
        self.merged = unit(
            "M5", "Mẫu Gộp", name_en="Merged Sample", established_on=merged_on, legal_act=act
        )
        self.old = unit("M5", "Mẫu Gộp", slug=f"mau-gop-{merged_on.year}", ceased_on=merged_on)
        self.other_old = unit("M6", "Mẫu Xưa", name_en="Former Sample", ceased_on=merged_on)
        for one in (self.old, self.other_old):
            self.save(
                Succession,
                predecessor=one,
                successor=self.merged,
                effective_on=merged_on,
                kind="merged",
                legal_act=act,
            )
        parted = unit("M7", "Mẫu Chia", ceased_on=split_on)
        for code, name in (("M8", "Mẫu Chia Bắc"), ("M9", "Mẫu Chia Nam")):
            part = unit(code, name, established_on=split_on)
            self.save(
                Succession, predecessor=parted, successor=part, effective_on=split_on, kind="split"
            )

    def make_bodies(self):
        def body(name, kind, **more):
            return self.save(Organization, name=name, kind=kind, slug=slugify_vi(name), **more)

        self.ministry = body("Bộ Ví Dụ", "ministry", name_en="Ministry of Examples")
        former = body("Bộ Thí Dụ", "ministry", short_name="BTD", ceased_on=self.day(-500))
        self.save(
            OrganizationSuccession,
            predecessor=former,
            successor=self.ministry,
            field="Mọi việc ví dụ",
            effective_on=self.day(-500),
        )
        self.unit = body("Cục Minh Họa", "ministry_unit", parent=self.ministry)
        self.school = body("Trường Mẫu", "school")
        self.company = body("Tổng công ty Giả Định", "enterprise", short_name="TCT Giả Định")
        self.committees = {
            one.pk: body(f"UBND tỉnh {one.name}", "peoples_committee", province=one)
            for one in (self.a, self.b, self.long, self.old)
        }

    def make_people(self):
        def person(name, slug, body, title):
            one = self.save(Official, full_name=name, slug=slug)
            self.save(Post, official=one, organization=body, title=title, proof="Ví dụ")
            return one

        self.minister = person("Nguyễn Văn Ví Dụ", "nguyen-van-vi-du", self.ministry, "Bộ trưởng")
        self.director = person("Trần Thị Minh Họa", "tran-thi-minh-hoa", self.unit, "Cục trưởng")
        self.chairs = {
            self.a.pk: person(
                "Lê Văn Giả Định", "le-van-gia-dinh", self.committees[self.a.pk], "Chủ tịch UBND"
            ),
            self.b.pk: person(
                "Lê Văn Giả Định", "le-van-gia-dinh-2", self.committees[self.b.pk], "Chủ tịch UBND"
            ),
            self.long.pk: person(
                "Phạm Thị Tưởng Tượng",
                "pham-thi-tuong-tuong",
                self.committees[self.long.pk],
                "Phó Chủ tịch thường trực UBND",
            ),
            self.old.pk: person(
                "Đỗ Văn Mẫu", "do-van-mau", self.committees[self.old.pk], "Chủ tịch UBND"
            ),
        }
        self.topics = [
            self.save(Topic, slug=slugify_vi(name), name=name, name_en=name_en)
            for name, name_en in (
                ("Hạ tầng mẫu", "Sample infrastructure"),
                ("Nhân lực mẫu", "Sample workforce"),
                ("Dữ liệu mẫu", "Sample data"),
                ("Lĩnh vực mẫu có tên dài hơn hẳn các lĩnh vực khác", "A longer sample topic"),
            )
        ]
        self.indicators = [
            self.save(Indicator, slug="chi-so-mau", name="Chỉ số mẫu", unit="%", better="higher"),
            self.save(Indicator, slug="hang-mau", name="Xếp hạng mẫu", unit="hạng", better="lower"),
        ]

    # -- what was said

    def make_sources(self):
        def source(title, type, rank, issued, **more):
            text = f"{title}.\n\n{SAID}.\n\nHết ví dụ."
            found = self.save(
                Source,
                title=title,
                type=type,
                rank=rank,
                issued_on=self.day(issued),
                text=text,
                **more,
            )
            return self.publish(found)

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
        return {"source": source, "paragraph": 2, "quote": SAID, **more}

    def meeting(self, slug, title, provinces, source, cited=(), **more):
        found = self.save(
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
        for one in provinces:
            if one.pk in self.chairs:
                body = self.committees[one.pk]
                sitting.append((self.chairs[one.pk], "Chủ tịch UBND", body, "province", "spoke"))
        if found.state_of_it == "held":
            for official, day_title, body, side, role in sitting:
                self.save(
                    Attendance,
                    meeting=found,
                    official=official,
                    title=day_title,
                    organization=body,
                    side=side,
                    role=role,
                    **self.evidence(source),
                )
        return self.publish(found)

    def make_meetings(self):
        held = {"state_of_it": "held"}
        self.met = {}
        self.met[self.old.pk] = self.meeting(
            f"{self.day(-700)}-mau-gop",
            "Bộ Ví Dụ làm việc với tỉnh Mẫu Gộp (trước khi gộp)",
            [self.old],
            self.minutes,
            cited=[self.act],
            held_on=self.day(-700),
            **held,
        )
        self.met[self.a.pk] = self.meeting(
            f"{self.day(-400)}-mau-a",
            "Bộ Ví Dụ làm việc với tỉnh Mẫu A",
            [self.a],
            self.minutes,
            held_on=self.day(-400),
            place="Hội trường ví dụ, tỉnh Mẫu A",
            initiated_by="province",
            summary="Buổi làm việc đầu tiên, hoàn toàn hư cấu.",
            **held,
        )
        self.met[self.b.pk] = self.meeting(
            f"{self.day(-100)}-mau-b",
            "Khảo sát thực địa tại thành phố Mẫu B",
            [self.b],
            self.agency,
            held_on=self.day(-100),
            format="field_visit",
            initiated_by="ministry",
            follows=self.met[self.a.pk],
            **held,
        )
        self.met[self.long.pk] = self.joint = self.meeting(
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
            **held,
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
        meeting = self.met[province.pk]
        if due is not None:
            more |= {"due_on": self.day(due), "due_text": f"trước {self.day(due):%d/%m/%Y}"}
        many = {"topics": [self.next(self.topics)]}
        if answers:
            many["answers"] = answers
        one = self.save(
            model,
            many=many,
            meeting=meeting,
            province=province,
            title=title,
            detail=more.pop("detail", "Nội dung ví dụ, viết ra để xem trang."),
            **self.evidence(source or meeting.source, inferred=more.pop("inferred", False)),
            **more,
        )
        return self.publish(one)

    def update(self, item, status, happened, voice="ministry", **more):
        basis = {"basis": "staff"}
        if "source" in more:
            basis = {"basis": "source", **self.evidence(more.pop("source"))}
        one = self.save(
            StatusUpdate,
            status=status,
            happened_on=self.day(happened),
            voice=voice,
            text=more.pop("text", NEWS[status]),
            **{str(item.kind): item},
            **basis,
            **more,
        )
        return self.publish(one)

    def stand(self, item, status, completed):
        """Gives the item its status through a published update, as staff do."""
        if status != FollowUpStatus.UNKNOWN:
            voice = self.next(("ministry", "province", "independent"))
            source = self.next(({}, {"source": self.press}, {"source": self.letter}))
            self.update(
                item, status, completed or -2, voice, completed_on=self.day(completed), **source
            )

    def places(self):
        return (self.a, self.b, self.long, self.old)

    def make_requests(self):
        """Every answer: the promised, offered and advised ones come with what answers them."""
        self.requests = {}
        for answer in ("promised", "offered", "advised", "explained", "declined", "unanswered"):
            self.requests[answer] = []
            for place in self.places():
                self.turn += 1
                title = f"Kiến nghị ví dụ: hỗ trợ {THINGS[self.turn % len(THINGS)]}"[:200]
                one = self.follow_up(
                    ProvinceRequest,
                    title,
                    place,
                    raised_by=self.chairs[place.pk] if self.turn % 3 else None,
                    raised_by_text="" if self.turn % 3 else "lãnh đạo tỉnh",
                    addressed_to=self.ministry,
                    inferred=self.turn % 5 == 0,
                )
                self.requests[answer].append(one)
                if answer in ("explained", "declined"):
                    text = "Bộ đã giải thích." if answer == "explained" else "Bộ không nhận."
                    self.update(one, "unknown", -10, answer=answer, text=text, source=self.letter)

    def make_commitments(self):
        """Every standing; every strength; a long story; a moved deadline."""
        strengths = [*Strength]
        for number, (status, due, completed) in enumerate(STANDINGS * 2):
            place = self.places()[number % 4]
            strength = strengths[number // 2 % 4]
            firm = strength in (Strength.EXPLICIT, Strength.JOINT)
            asked = self.requests["promised" if firm else "offered"][number % 4]
            one = self.follow_up(
                Commitment,
                f"Cam kết ví dụ {number + 1}: {THINGS[number % len(THINGS)]}"[:200],
                place,
                due=due,
                answers=[asked],
                strength=strength,
                lead=(self.unit, self.company, None, self.school)[number % 4],
                raised_by=self.minister,
                completion_criteria="Có biên bản bàn giao." if number % 2 else "",
                last_checked_on=self.day(-1) if number % 3 else None,
            )
            self.stand(one, status, completed)
        story = self.follow_up(
            Commitment,
            "Cam kết ví dụ có nhiều cập nhật",
            self.a,
            due=-90,
            strength=Strength.JOINT,
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
        for number, (status, due, completed) in enumerate(STANDINGS):
            place = self.places()[number % 4]
            one = self.follow_up(
                Recommendation,
                f"Khuyến nghị ví dụ {number + 1}: tỉnh tự làm {THINGS[number % len(THINGS)]}"[:200],
                place,
                due=due,
                answers=[self.requests["advised"][number % 4]],
                lead=self.committees[place.pk],
                raised_by=self.minister,
            )
            self.stand(one, status, completed)

    def make_what_is_not_followed(self):
        for number, type in enumerate(RemarkKind):
            place = self.places()[number % 4]
            remark = self.save(
                Remark,
                meeting=self.met[place.pk],
                province=place,
                type=type,
                text=f"Ghi nhận ví dụ: {type.label}.",
                said_by=self.chairs[place.pk] if number % 2 else None,
                said_by_text="" if number % 2 else "một đại biểu",
                **self.evidence(self.met[place.pk].source),
            )
            self.publish(remark)
        year = self.today.year
        for number, (value, qualifier, is_target) in enumerate(
            (("12.5", "hơn", False), ("1234567.5", "", False), ("3", "", False), ("80", "", True))
        ):
            place = self.places()[number % 4]
            indicator = self.indicators[number == 2]
            figure = self.save(
                Figure,
                indicator=indicator,
                meeting=self.met[place.pk],
                province=place,
                period=str(year + 4 if is_target else year - 2),
                period_from=year + 4 if is_target else year - 2,
                period_to=year + 4 if is_target else year - 2,
                value=value,
                qualifier=qualifier,
                unit=indicator.unit,
                is_target=is_target,
                **self.evidence(self.met[place.pk].source),
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
