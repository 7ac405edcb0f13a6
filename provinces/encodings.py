"""Legacy encodings of Vietnamese (TCVN3, VNI, UTF-8 read as Latin-1): recognised and undone.

A text in one of them has no mark of it: it is known by its words, which are syllables once decoded
and none before. What is certain is decoded whole; what only looks like it is told, and left.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

TCVN3, VNI, UTF8 = "TCVN3 (ABC)", "VNI", "UTF-8"

# -- syllables

ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
RHYMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on
ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych
uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
y yêm yên yêng yêt yêu ak ăk ek ok uk
"""
SYLLABLE = re.compile(
    f"(?:{'|'.join(sorted(ONSETS.split(), key=len, reverse=True))})?(?:{'|'.join(RHYMES.split())})"
)
STOPPED = re.compile("(?:c|ch|k|p|t)$")
MARKS = "\u0300\u0301\u0303\u0309\u0323"  # of the five tones
OF_STOPPED = "\u0301\u0323"


LONGEST = 7  # letters of a syllable: nghiêng


def is_syllable(word):
    """Whether a word could be a Vietnamese one, by its letters and its tone."""
    return len(word) <= LONGEST and _is_syllable(word)


@lru_cache(maxsize=20_000)
def _is_syllable(word):
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in parts if mark in MARKS]
    bare = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in MARKS))
    if len(tones) > 1 or not SYLLABLE.fullmatch(bare):
        return False
    return not (tones and STOPPED.search(bare)) or tones[0] in OF_STOPPED


# -- tables

# From A1 to FE, as the fonts of TCVN 5712:1993 (.VnTime) have them; · for codes that they lack.
_TCVN3 = (
    "ĂÂÊÔƠƯĐăâêôơưđ······àảãáạ·ằẳẵắ·······ặầẩẫấậè·ẻẽéẹềểễếệìỉ···ĩíịò·ỏõóọồổỗốộờởỡớợù·ủũúụừửữứựỳỷỹýỵ"
)
FROM_TCVN3 = {chr(code): letter for code, letter in enumerate(_TCVN3, 0xA1) if letter != "·"}


def _vni_table():
    """{what VNI-Times writes: letter}: a letter is followed by its marks as a second one."""
    tones = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
    hats = {"â": "\u0302"}
    hats |= dict(zip("áàåãä", ("\u0302" + tone for tone in tones.values()), strict=True))
    bowls = {"ê": "\u0306"}
    bowls |= dict(zip("éèúüë", ("\u0306" + tone for tone in tones.values()), strict=True))
    single = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}
    table = single | {"î": "ỵ"}
    followed = {"a": tones | hats | bowls, "e": tones | hats, "o": tones | hats}
    for base, marks in (followed | dict.fromkeys("uyôö", tones)).items():
        for sign, mark in marks.items():
            letter = single.get(base, base)
            table[base + sign] = unicodedata.normalize("NFC", letter + mark)
    for written, letter in list(table.items()):
        table[written.upper()] = letter.upper()
        table[written[0].upper() + written[1:]] = letter.upper()
    return table


FROM_VNI = _vni_table()
VNI_LETTER = re.compile("|".join(sorted(FROM_VNI, key=len, reverse=True)))

# What a program shows of a byte that it takes for Windows-1252 or Latin-1: {character: byte}.
BYTE_OF = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    bytes([byte]).decode("cp1252"): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
FROM_C1 = {ord(chr(byte)): shown for shown, byte in BYTE_OF.items() if byte < 0xA0 < ord(shown)}


def _class(first, last):
    shown = (character for character, byte in BYTE_OF.items() if first <= byte <= last)
    return f"[{re.escape(''.join(shown))}]"


_NEXT = _class(0x80, 0xBF)
UTF8_SEQUENCE = re.compile(
    f"{_class(0xC3, 0xDF)}{_NEXT}|\u00c2{_NEXT}|{_class(0xE0, 0xEF)}{_NEXT}{{2}}"
    f"|{_class(0xF0, 0xF4)}{_NEXT}{{3}}"
)
LOST_SPACE = re.compile("\u00c3 ")  # à, whose second byte was a space that does not break
LEADING_BYTES = re.compile("[\u00c2-\u00c6\u00e1\u00e2]")
LETTER = re.compile("[À-ÃÈ-ÊÌÍÐÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")
BEYOND_LATIN_1 = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")


# -- recognising

WORD = re.compile("(?:[^\\W\\d_]|[\u00a1-\u00bf\u00d7\u00f7])+")
SIGN_IN_WORD = re.compile(
    "§[^\\W\\d_]|[A-Za-z][\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf]"
)
SURE = 0.9  # of the words that are not ASCII


class Decoded(NamedTuple):
    """A text as it is meant; from which encoding, and whether it was certain enough to decode."""

    text: str
    encoding: str = ""
    is_certain: bool = True


def decoded(text):
    """The text without its legacy encoding, where that is certain."""
    if text.isascii():
        return Decoded(text)
    utf8 = _from_utf8(text)
    if utf8.encoding:
        return utf8
    words = {word for word in WORD.findall(text) if not word.isascii()}
    plain = {word for word in words if is_syllable(word)}
    guesses = []
    for encoding, decode in ((TCVN3, _from_tcvn3), (VNI, _from_vni)):
        read = {word for word in words if (new := decode(word)) != word and is_syllable(new)}
        strange = read - plain  # no syllables unless they are decoded
        if encoding == TCVN3 and not any(SIGN_IN_WORD.search(word) for word in strange):
            strange = set()
        guesses.append((len(strange), len(read), encoding, decode))
    (strange, read, encoding, decode), (_other, second, *_rest) = sorted(
        guesses, key=lambda guess: guess[:2], reverse=True
    )
    if strange < 2:
        return Decoded(text)
    as_it_is = len(plain) * 2 > len(words)
    if read >= SURE * len(words) and second < read and not as_it_is:
        return Decoded(WORD.sub(lambda word: _in_case(word[0], decode(word[0])), text), encoding)
    return Decoded(text, encoding, is_certain=False)


def _from_tcvn3(word):
    if any(ord(sign) > 0xFF for sign in word):
        return word
    return "".join(FROM_TCVN3.get(sign, sign) for sign in word)


def _from_vni(word):
    if any(ord(sign) > 0xFF for sign in word):
        return word
    return VNI_LETTER.sub(lambda letter: FROM_VNI[letter[0]], word)


def _in_case(written, word):
    """Capitals for a word whose plain letters are capitals: their fonts have the marks in small."""
    plain = [letter for letter in written if letter.isascii()]
    return word.upper() if len(plain) > 1 and all(map(str.isupper, plain)) else word


def _from_utf8(text):
    """The text of which some program took each byte for a letter; twice over, if need be."""
    if not UTF8_SEQUENCE.search(text):
        return Decoded(text)
    letters = []

    def read(sequence):
        try:
            new = bytes(BYTE_OF[sign] for sign in sequence[0]).decode()
        except UnicodeDecodeError:
            return sequence[0]
        if LETTER.fullmatch(new):
            letters.append((len(sequence[0]), new))
        return new

    new = UTF8_SEQUENCE.sub(read, text)
    is_strange = any(BEYOND_LATIN_1.match(letter) for _length, letter in letters)
    if not is_strange and len(letters) < 2:
        return Decoded(text)
    rest = UTF8_SEQUENCE.sub("", text)
    rest = LOST_SPACE.sub("", rest)
    if LETTER.search(rest) or LEADING_BYTES.search(rest):
        # Two encodings in one text, or a part of it was lost on the way.
        return Decoded(text, UTF8, is_certain=False) if is_strange else Decoded(text)
    new = LOST_SPACE.sub("à", new)
    again = _from_utf8(new)
    return again if again.encoding and again.is_certain else Decoded(new, UTF8)
