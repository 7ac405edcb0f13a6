"""Parties of the demo register: provinces, organizations, people, topics and indicators."""

from engagements.models import Indicator, Topic
from provinces.models import (
    Official,
    Organization,
    OrganizationSuccession,
    Post,
    Province,
    Succession,
)
from provinces.vietnamese import slugify_vi

from .saving import DemoRows

LONG_NAME = "Mẫu Có Tên Rất Dài Để Xem Những Chỗ Hẹp Nhất Của Trang Có Xuống Dòng Đẹp Không"


class DemoParties(DemoRows):
    """Who talks to whom about what, in every shape that pages have to bear."""

    def make_provinces(self):
        merged_on, split_on = self.day(-500), self.day(-300)
        act = "Nghị quyết ví dụ số 1"

        def unit(code, name, kind="province", **more):
            slug = more.pop("slug", None) or slugify_vi(name)
            return self.save(Province, code=code, name=name, kind=kind, slug=slug, **more)

        self.a = unit("M1", "Mẫu A", name_en="Sample A", aliases="Tỉnh Ví Dụ")
        self.b = unit("M2", "Mẫu B", kind="city", name_en="Sample B", note="Không có thật.")
        self.long = unit("M3", LONG_NAME, name_en="Sample with a very long name")
        self.empty = unit("M4", "Mẫu Trống", name_en="Empty Sample")
        self.merged = unit(
            "M5", "Mẫu Gộp", name_en="Merged Sample", established_on=merged_on, legal_act=act
        )
        self.old = unit("M5", "Mẫu Gộp", slug=f"mau-gop-{merged_on.year}", ceased_on=merged_on)
        self.other_old = unit("M6", "Mẫu Xưa", name_en="Former Sample", ceased_on=merged_on)
        for former in (self.old, self.other_old):
            self.save(
                Succession,
                predecessor=former,
                successor=self.merged,
                effective_on=merged_on,
                kind="merged",
                legal_act=act,
            )
        self.parted = unit("M7", "Mẫu Chia", ceased_on=split_on)
        for code, name in (("M8", "Mẫu Chia Bắc"), ("M9", "Mẫu Chia Nam")):
            part = unit(code, name, established_on=split_on, legal_act="Nghị quyết ví dụ số 2")
            self.save(
                Succession,
                predecessor=self.parted,
                successor=part,
                effective_on=split_on,
                kind="split",
                legal_act="Nghị quyết ví dụ số 2",
            )

    def make_organizations(self):
        def organization(name, kind, **more):
            more.setdefault("slug", slugify_vi(name))
            return self.save(Organization, name=name, kind=kind, **more)

        self.ministry = organization(
            "Bộ Ví Dụ", "ministry", name_en="Ministry of Examples", is_reference=True
        )
        self.former = organization(
            "Bộ Thí Dụ", "ministry", short_name="BTD", ceased_on=self.day(-500), is_reference=True
        )
        self.save(
            OrganizationSuccession,
            predecessor=self.former,
            successor=self.ministry,
            field="Mọi việc ví dụ",
            is_principal=True,
            effective_on=self.day(-500),
            legal_act="Nghị định ví dụ số 3",
        )
        self.unit = organization("Cục Minh Họa", "ministry_unit", parent=self.ministry)
        self.school = organization("Trường Mẫu", "school")
        self.company = organization(
            "Tổng công ty Giả Định", "enterprise", short_name="TCT Giả Định"
        )
        self.committees = {
            unit.pk: organization(
                f"UBND {unit.name}",
                "peoples_committee",
                province=unit,
                slug=f"ubnd-{unit.slug}",
                is_reference=True,
            )
            for unit in (self.a, self.b, self.long, self.old, self.merged)
        }

    def make_people(self):
        def person(name, slug, organization, title):
            official = self.save(Official, full_name=name, slug=slug)
            self.save(
                Post, official=official, organization=organization, title=title, proof="Ví dụ"
            )
            return official

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
