"""A map of tiles: where each unit of today stands, with Hoàng Sa and Trường Sa, always."""

COLUMNS, ROWS = 7, 17
WIDTH, HEIGHT = 62, 54
ISLANDS_WIDTH = 84  # their names are longer, and the sea is wide

# Column and row, counted from 1: nearer to the shape of the country than to its size.
PLACES = {
    "lai-chau": (1, 1), "lao-cai": (2, 1), "tuyen-quang": (3, 1), "cao-bang": (4, 1),
    "dien-bien": (1, 2), "son-la": (2, 2), "phu-tho": (3, 2), "thai-nguyen": (4, 2),
    "lang-son": (5, 2), "ha-noi": (3, 3), "bac-ninh": (4, 3), "hai-phong": (5, 3),
    "quang-ninh": (6, 3), "ninh-binh": (3, 4), "hung-yen": (4, 4), "thanh-hoa": (3, 5),
    "nghe-an": (3, 6), "ha-tinh": (3, 7), "quang-tri": (4, 8), "hue": (4, 9),
    "da-nang": (5, 10), "quang-ngai": (5, 11), "gia-lai": (5, 12), "dak-lak": (5, 13),
    "tay-ninh": (2, 14), "dong-nai": (3, 14), "lam-dong": (4, 14), "khanh-hoa": (5, 14),
    "an-giang": (1, 15), "dong-thap": (2, 15), "ho-chi-minh": (3, 15), "can-tho": (1, 16),
    "vinh-long": (2, 16), "ca-mau": (1, 17),
}  # fmt: skip
ISLANDS = {("QĐ.", "Hoàng Sa"): (7, 9), ("QĐ.", "Trường Sa"): (7, 14)}
SHORT = {"ho-chi-minh": ("TP.", "HCM")}
MANY = 10  # items from which a tile has the stronger shade


def _corner(column, row):
    return {"x": (column - 1) * WIDTH, "y": (row - 1) * HEIGHT}


def _lines(name):
    first, *rest = name.split()
    return (first, " ".join(rest)) if rest else (first,)


def tile_map(rows):
    """Tiles of the rows (a unit with its counts) that have a place, and those of the islands."""
    tiles = []
    for row in rows:
        slug = row["unit"].slug
        if slug in PLACES:
            amount = "many" if row["total"] >= MANY else "some" if row["total"] else "none"
            lines = SHORT.get(slug) or _lines(row["unit"].name)
            tiles.append(row | _corner(*PLACES[slug]) | {"lines": lines, "amount": amount})
    islands = [{"lines": lines} | _corner(*where) for lines, where in ISLANDS.items()]
    return {
        "tiles": tiles,
        "islands": islands,
        "width": (COLUMNS - 1) * WIDTH + ISLANDS_WIDTH,
        "height": ROWS * HEIGHT,
    }
