"""What must go goes, what must stay stays, and stripping twice is stripping once, whatever the text."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.privacy import strip_identity

MESSAGES = Path(__file__).parents[3] / "shared/data/tipdm2020c/messages_to_2019-09.csv"

GONE = [
    # phones
    ("我的电话是13812345678，请回复", "我的电话是‹phone›，请回复"),
    ("电话138 1234 5678或138-1234-5678", "电话‹phone›或‹phone›"),
    ("+86 138-1234-5678", "‹phone›"),
    ("008613812345678", "‹phone›"),
    ("１３８１２３４５６７８", "‹phone›"),
    ("1381234 5678、138 12345678", "‹phone›、‹phone›"),
    ("1 3 8 1 2 3 4 5 6 7 8", "‹phone›"),
    ("（0731）88888888，0731-8888 8888，073188888888", "‹phone›，‹phone›，‹phone›"),
    ("座机8888-8888，88888888", "座机‹phone›，‹phone›"),
    ("请打一三八一二三四五六七八", "请打‹phone›"),
    ("call (917) 555-1234 or 917.555.1234 or +1 917 555 1234", "call ‹phone› or ‹phone› or ‹phone›"),
    # identity numbers and cards
    ("身份证430102199001011234", "身份证‹id›"),
    ("43010219900101123X 430102 19900101 1234", "‹id› ‹id›"),
    ("老身份证430102900101123", "老身份证‹id›"),
    ("SSN 123-45-6789", "SSN ‹id›"),
    ("卡号6222 0212 3456 7890 123，6222021234567890123", "卡号‹card›，‹card›"),
    # addresses on the net, accounts, plates
    ("邮箱zhang.san+1@mail.example.com.cn。", "邮箱‹email›。"),
    ("微信号abc_123x，加微信 13812345678", "微信号‹account›，加微信 ‹account›"),
    ("QQ：123456，qq号 12345678", "QQ：‹account›，qq号 ‹account›"),
    ("WeChat: lisi_2019x", "WeChat: ‹account›"),
    ("湘A12345乱停，湘A·D12345也是", "‹plate›乱停，‹plate›也是"),
    # doors: the building stays
    ("3栋2单元501室漏水", "3栋‹door›漏水"),
    ("住5-2-1203", "住5-‹door›"),
    ("12号楼1204业主", "12号楼‹door›业主"),
    ("A座1204、9#2-301", "A座‹door›、9#‹door›"),
    ("二栋三单元五零一", "二栋‹door›"),
    ("8栋2单元5楼东户，3栋5楼502室", "8栋‹door›，3栋‹door›"),
    ("1204房，五零一室，301、302室", "‹door›，‹door›，‹door›"),
    ("2单元501被淹", "‹door›被淹"),
    ("12-1204业主", "12-‹door›业主"),
    ("I live in apt 5B, Unit #12, room 301", "I live in apt ‹door›, Unit #‹door›, room ‹door›"),
    # names
    ("我叫张三，住在这里", "我叫‹name›，住在这里"),
    ("我叫欧阳娜娜今年30岁", "我叫‹name›今年30岁"),
    ("姓名：李四；联系人：阿依古丽·买买提", "姓名：‹name›；联系人：‹name›"),
    ("联系人王五，本人赵六。", "联系人‹name›，本人‹name›。"),
    ("我是魅力之城3栋的业主张国庆。", "我是魅力之城3栋的业主‹name›。"),
    ("王先生反映，物业的李女士", "‹name›先生反映，物业的‹name›女士"),
    ("My name is John Smith. Mr. Jones", "My name is ‹name›. Mr. ‹name›"),
    ("我姓刘", "我姓‹name›"),
]

KEPT = [
    "芙蓉中路二段359号",
    "芙蓉南路368号波士山庄3栋楼下，地铁4号线",
    "2019年8月23日 20190823 2019-08-23 10:30 201908231030",
    "2018-2019年度 23-8-2019",
    "1000-2000元，共1000000元，12345678.5元，(4500000)万元",
    "300户，3栋120户，3栋2019年交房，5栋18层，8栋1000多平米",
    "阳光100国际新城、五矿万境K9县、北纬28度、公园1号",
    "12345热线，110，长政办发〔2019〕12号，浏住保售许字（2018—0015）号",
    "106国道，三室两厅，一百二十平米",
    "坐标112.9384729,28.2345678",
    "3栋2单元的电梯",
    "老先生们、女士们，相关同志，保安大爷",
    "本人于2018年购房，我是业主，我们高度关注",
    "我叫了物业，他们说方便。",
    "2000年的101路公交车，500房源，2019房价",
    "",
]


@pytest.mark.parametrize(("text", "stripped"), GONE)
def test_what_tells_who_or_where_goes(text: str, stripped: str) -> None:
    assert strip_identity(text) == stripped


@pytest.mark.parametrize("text", KEPT)
def test_what_tells_nobody_stays(text: str) -> None:
    assert strip_identity(text) == text


PIECES = st.sampled_from(
    [
        *(text for text, _ in GONE),
        *KEPT,
        *"0123456789",
        *" -—.·()（）:：,，。、\n",
        *"栋幢座楼室房号户单元期区年月日元张王李先生女士我叫是业主",
        *(
            "13812345678",
            "0731",
            "8888",
            "501",
            "2019",
            "19900101",
            "X",
            "@",
            "qq",
            "微信",
            "‹phone›",
            "›",
            "‹",
        ),
        *("\x00", "\ud800", "apt ", "A", "湘", "一", "零", "86", "+", "姓名", "本人", "联系人", "Mr. "),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)

MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
IDENTITY = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
LANDLINE = re.compile(r"(?<![\d.])0\d{2,3}-?[2-9]\d{7}(?![\d元万])")


@given(TEXTS)
@example("1 3 8 1 2 3 4 5 6 7 8 9")
def test_stripping_twice_is_stripping_once(text: str) -> None:
    once = strip_identity(text)
    assert strip_identity(once) == once


@given(TEXTS)
def test_no_phone_or_identity_number_is_left(text: str) -> None:
    stripped = strip_identity(text)
    for pattern in (MOBILE, IDENTITY, LANDLINE):
        assert not pattern.search(stripped), stripped


@given(st.text(alphabet="小区楼道灯坏了垃圾乱堆噪音扰民", max_size=40), TEXTS)
def test_a_sentence_without_such_things_is_left_as_it_is(sentence: str, text: str) -> None:
    assert strip_identity(f"{sentence}\n\n{text}").startswith(sentence)


@given(st.text())
def test_any_text_passes(text: str) -> None:
    strip_identity(text)


HOSTILE = [
    "1",
    "1 ",
    "1-",
    "13",
    "a@",
    "a.",
    "QQ1",
    "单元1",
    "1栋",
    "1、101、",
    "我是",
    "我是业主",
    "王",
    "先生",
    "一",
]
HOSTILE += [
    "湘A",
    "姓名：",
    "apt ",
    "(",
    "（0731）",
    "-",
    "1-1-",
    "Mr. ",
    "A",
    " ",
    "\ud800",
    "\x00",
    "二单元",
    "王先",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length_and_not_with_its_square(piece: str) -> None:
    short, long = (piece * (size // len(piece)) for size in (20_000, 1_000_000))
    start = time.perf_counter()
    strip_identity(short)
    middle = time.perf_counter()
    strip_identity(long)
    took, took_long = middle - start, time.perf_counter() - middle
    assert took_long < 250 * took + 0.5  # 50 times the text; squared would be 2,500 times


@pytest.mark.skipif(not MESSAGES.exists(), reason="the shared data are not beside the checkout")
def test_real_messages_lose_little() -> None:
    with MESSAGES.open(encoding="utf-8-sig", newline="") as file:
        texts = [row["body"] for row in csv.DictReader(file)]
    stripped = [strip_identity(text) for text in texts]
    changed = sum(before != after for before, after in zip(texts, stripped, strict=True))
    assert 0.02 < changed / len(texts) < 0.12
    assert not [text for text in stripped if MOBILE.search(text) or IDENTITY.search(text)]
    assert all(strip_identity(text) == text for text in stripped)
