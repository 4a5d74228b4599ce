"""Where people stand in a letter by their names. Pure; `privacy` alone uses it.

A Chinese name cannot be told from other words by its form, so a name is sought only where people put one:
after 我叫, 姓名：, 联系人, 本人, 我是……业主, and before 先生, 女士 and the like. Without a colon it must
begin with a surname; where a verb could follow as well (本人于……) it must also end at a mark or a line end.
"""

from __future__ import annotations

import re
from typing import Final

NAME_MARK: Final = "‹name›"

_SURNAME: Final = (
    "(?:欧阳|司马|上官|诸葛|皇甫|尉迟|慕容|司徒|夏侯|东方|公孙|令狐|宇文|长孙|端木"
    "|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧肖程曹袁邓许傅付沈曾彭吕苏卢蒋蔡贾丁魏薛"
    "叶阎闫余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱丘秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖"
    "龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦柳邢岳齐梅莫庄辛祝左涂谷祁舒耿牟卜詹关苗凌费纪"
    "靳盛童欧甄项曲游阳裴席屈鲍覃霍翁隋甘景柏柯阮桂闵柴冉房边喻匡粟佘瞿晏危殳蒲邬臧敖娄])"
)
_GIVEN: Final = "[\u4e00-\u9fff]"
_NOT_GIVEN: Final = "(?![的和与是在有了为向对让给跟被把请于就也都还不今现家住们说要能会可已到从因希委方])"
"""Words that follow a name or stand between two: 方的王先生 is not one name."""
_FULL: Final = f"{_SURNAME}(?:{_NOT_GIVEN}{_GIVEN}){{1,2}}"
_END: Final = r"(?=$|[\s,，.。;；:：、!！?？()（）\[\]【】\"“”/\d]|‹(?!name))"
_COLON: Final = r"\s{0,3}[:：]\s{0,3}"

_ROLE: Final = (
    "(?:姓名|联系人|联系方式|申请人|投诉人|反映人|反应人|举报人|来电人|来信人|当事人|受害人|业主|户主|住户|租户"
    "|业主代表|居民代表|署名|签名|落款|收件人|乘客|车主|家长|本人)"
)
_TITLES: Final = "先生|女士|小姐|太太|阿姨|大姐|大爷|大妈|大叔|奶奶|爷爷|婆婆"
_TITLE: Final = f"(?:{_TITLES})"

_STATED: Final = re.compile(
    "(?=[姓联申投反举来当受业户主住租居署签落收乘车家本我名真免])(?:"  # fails fast where no cue begins
    f"(?P<stated>{_ROLE}{_COLON}|姓名(?:是|为)?|我名叫|我叫(?:做)?|名叫|真名(?:是|叫)?)"
    f"(?:{_FULL}|(?<=[:： ])(?!{_TITLE}){_GIVEN}{{2,4}}(?:·{_GIVEN}{{1,8}})?{_END})"
    f"|(?P<weak>(?:联系人|申请人|投诉人|反映人|户主|本人(?:是|叫)?|我是|我系"
    f"|我是[^,，。;；!！?？\n]{{0,30}}?(?:业主|住户|居民|租户))){_FULL}{_END}"
    f"|(?P<surname>(?:我|本人|免贵)姓){_SURNAME})"
)
_TITLED: Final = re.compile(f"(?<![保\\d)）]){_SURNAME}(?:{_NOT_GIVEN}{_GIVEN}){{0,2}}(?={_TITLE})")
_TITLED_CUE: Final = re.compile(_TITLES)
_CUES: Final = (
    "我叫|我名|名叫|姓名|真名|我是|我系|我姓|人姓|免贵姓|本人|系人|请人|诉人|映人|应人|报人|电人|信人|事人|"
    "害人|件人|户主|户:|户：|主:|主：|代表:|代表：|署名|签名|落款|系方式|乘客|家长|" + _TITLES
)
NAME_CUES: Final = (*_CUES.split("|"),)
"""Of these one stands in every text with a name that `_STATED` or `_TITLED` finds."""
_CUE: Final = re.compile(_CUES)
_PLACE_END: Final = "(?![区园苑城府湾院楼栋村庭居寓])"
_CONTACTED: Final = re.compile(
    f"{_SURNAME}(?:{_NOT_GIVEN}{_PLACE_END}{_GIVEN}){{1,2}}"
    r"(?=\s?[(（]\s?(?:电话|手机|联系电话|身份证)?\s?[:：]?\s?‹(?:phone|id|number)›)"
)
"""业主吴国桂（‹phone›）: whom a number in brackets follows is a person; 东方小区（‹phone›） is a place."""
_CONTACT_CUE: Final = re.compile("[(（][^‹()（）]{0,8}‹(?:phone|id|number)›")
_ENGLISH: Final = re.compile(
    r"(?P<stated>(?<![A-Za-z])(?:[Mm]y name is|[Mm]y name's|[Nn]ame\s?:|[Cc]ontact\s?:|[Ss]igned,?"
    r"|(?:Mr|Mrs|Ms|Miss|Dr)\b\.?)\s{1,3})"
    r"[A-Z][a-zA-Z'’-]{1,24}(?: (?:[A-Z]\.|[A-Z][a-zA-Z'’-]{1,24})){0,2}"
)
_ENGLISH_CUE: Final = re.compile("name|Name|ontact|igned|Mr|Ms|Miss|Dr")


def mask_chinese_names(text: str, *, has_cue: bool) -> str:
    """Return the text with names replaced where their place in a Chinese sentence gives them away.

    Args:
        text: in which numbers have been masked.
        has_cue: whether one of `NAME_CUES` may stand in it.
    """
    if "‹" in text and _CONTACT_CUE.search(text):
        text = _CONTACTED.sub(NAME_MARK, text)
    if not has_cue or not _CUE.search(text):
        return text
    text = _STATED.sub(_keep_cue, text)
    return _TITLED.sub(NAME_MARK, text) if _TITLED_CUE.search(text) else text


def mask_english_names(text: str) -> str:
    """Return the text with names replaced where their place in an English sentence gives them away."""
    return _ENGLISH.sub(_keep_cue, text) if _ENGLISH_CUE.search(text) else text


def _keep_cue(match: re.Match[str]) -> str:
    return match[match.lastgroup or "stated"] + NAME_MARK
