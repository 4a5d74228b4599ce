"""What Chinese says around estate names: how they end, what stands before them and after them.

Words of the language, not of one city: a city's own places, developers and suffixes come from its
registry (`gazetteer`). All words are in folded form (`folding.fold`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _either(words: Iterable[str]) -> str:
    """Return the pattern of any of these words, the longest that fits first."""
    return "|".join(sorted(words, key=len, reverse=True))


def _first(*words: Iterable[str]) -> frozenset[str]:
    """Return the first characters of words: where none stands, none of the words need be tried."""
    return frozenset(word[0] for some in words for word in some)


GENERIC_TAILS: Final = _words("""
    住宅小区 生活小区 安置小区 家属小区 回迁小区 别墅小区 安置区 安置房 小区 楼盘 项目 公寓楼 住宅区
    生活区 家属区 院区 家属楼
""")
"""Said after a name without being part of it: 丽发新城小区 is 丽发新城."""

SUFFIXES: Final = _words("""
    小区 花园 家园 公寓 公馆 嘉园 佳园 雅苑 花苑 佳苑 嘉苑 名苑 新苑 馨苑 学苑 文苑 景苑 桂苑 御苑 翠苑
    林苑 雅园 馨园 名园 锦园 御园 景园 丽园 华苑 秀苑 桃苑 新村 新城 星城 锦城 华城 名城 花城 鑫城
    国际城 世纪城 现代城 国际 花都 新都 名都 丽都 华庭 豪庭 雅庭 兰庭 名庭 都会 华府 御府 首府 名府 学府
    豪府 王府 墅 名邸 官邸 公邸 别墅 山庄 庄园 雅郡 水郡 紫郡 美郡 长郡 名郡 世家 人家 名家 家苑 雅居
    新居 名居 丽景 美景 水岸 外滩 海岸 半岛 蓝湾 水湾 御湾 丽湾 金湾 港湾 小镇 天下 天地 世界 时代 印象
    年华 春天 阳光 明珠 一品 壹品 一号 银座 广场 大厦 中心 宿舍 大院 南苑 北苑 东苑 西苑 南院 北院 庭院
    庭苑 公园里 绿洲 山水 经典 今典 原著 蓝岸 桃花源 之都 之城 之春 新天 佳居 美居 安居 美苑 秀园 康园
    福园 安置小区 安置区 公租房 廉租房 美地 香颐 雅颂 雅境 都汇 城邦 春城 学城 水城 东方 商业广场
""")
"""How estate names end."""

TAIL_CHARACTERS: Final = frozenset("园苑城府湾庭郡居邸墅里轩阁寓馆厦岸舍村院")
"""The last characters of estate names, where their use must say the rest."""

NUMERALS: Final = frozenset("0123456789一二三四五六七八九十")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
_BEFORE_USE: Final = _words("的 全体 广大 众 部分 所有 各 及")
_USES: Final = _words("""
    业主 住户 居民 物业 业委会 业主委员会 楼盘 开发商 开发公司 交房 房产证 产权证 车位 车库 地下车库 电梯
    小区 项目 购房 合同 房产 买房 维权 交付 房屋 房子 商品房 住宅 公寓 精装 毛坯 样板 售楼 营销中心
    安置房 新房
    楼栋 外墙 单元 顶层 配套 门面 商铺 底商 一楼 楼下 内 里面
""")
USE_AFTER: Final = re.compile(
    rf"(?:{_either(_BEFORE_USE)})*"
    rf"(?:{_either(_USES)}|[0-9a-z一二三四五六七八九十]+(?:[#号]?(?:栋|楼|单元|座)|期))"
)
"""What is said of the estate that a complaint is about."""
USE_AFTER_FIRST: Final = _first(_BEFORE_USE, _USES) | NUMERALS | _LETTERS

ABOUT_SELF: Final = _words("""
    我是 我们是 本人是 住 住在 家住 居住 居住在 入住 购买 购买了 购置 购置了 买 买了
""")
ABOUT_MATTER: Final = _words("投诉 举报 反映 反应 关于 请问 咨询 解决 请求 恳请 质疑 希望 建议")
_ABOUT_USE: Final = (
    *ABOUT_SELF,
    *(word for word in ABOUT_MATTER if word not in ("质疑", "希望", "建议")),
    *_words("居住于 认购 认购了 租住 租住在 租在 位于 坐落于 强烈要求 呼吁"),
)
_LEADS: Final = {*ABOUT_SELF, *ABOUT_MATTER, *_ABOUT_USE}
LEAD: Final = re.compile(_either(_LEADS))
"""What leads up to the estate that a complaint is about."""
SPEAKS_OF: Final[Mapping[str, tuple[bool, bool, bool]]] = {
    lead: (
        any(word in lead for word in ABOUT_SELF),
        any(word in lead for word in ABOUT_MATTER),
        any(word in lead for word in _ABOUT_USE),
    )
    for lead in _LEADS
}
"""Of each lead whether it speaks of who writes, of what is asked, of an estate in any way."""

PLACE_WORDS: Final = _words("""
    小学 中学 学校 初中 高中 幼儿园 幼稚园 大学 学院 分校 校区 医院 卫生院 派出所 居委会 街道 村委会
    办事处 路 大道 街 巷 大桥 立交 隧道 地铁站 公交站 汽车站 加油站 站 公园 湿地 市场 酒店 宾馆 公司 集团
    房地产 置业 驾校 工业园 产业园 村 镇 水库
""")
"""After a name they make it another thing: 德润园小学 is a school."""

NAMED_AFTER: Final = re.compile(
    f"(?:{_either(PLACE_WORDS)}|[一二三四五六]小(?!区))"
    "(?<!大学(?=生))(?<!路(?=段))(?<!站(?=在|着))(?<!街(?=头|边))"
)
NAMED_AFTER_FIRST: Final = _first(PLACE_WORDS, "一二三四五六")
NEAR_AFTER: Final = re.compile(
    r"(?:小区|一期|二期)?[)”\"]?(?:的?(?:附近|旁边|旁|对面|周边|周围|隔壁|斜对面|正对面|路段|交汇|交叉口|十字路口"
    r"|路口|站|以[东南西北]|[东南西北][侧面边方门]|[东南西北]{2}[侧面边角]|后面|前面|门口|大门|外面|一带|这边|等地))"
)
NEAR_AFTER_FIRST: Final = frozenset('小一二)”"的附旁对周隔斜正路交十站以东南西北后前门大外这等')
NEAR_BEFORE: Final = frozenset(
    _words("""
    靠近 邻近 临近 毗邻 紧邻 紧靠 紧挨 附近 附近的 对面 对面的 对面是 旁边 旁边的 旁边是 距离 距 离 经过
    途经 途径 路过
    前往 开往 往 至 到 经 从 交汇处 交汇处的 例如 比如 像 如 除了 参照 隔壁 隔壁的 包括 周边 周边的
    周边有 周围 周围的
""")
)
"""After these a name says only where something is."""

BOUNDARIES: Final = frozenset(
    _words("""
    与 为 也 乡 买 了 于 从 他 们 但 住 你 侧 像 内 到 区 县 及 叫 号 名 向 含 和 商 因 在 处 外 她 如
    它 家 对 将 就 州 巷 市 往 或 把 方 旁 是 替 期 栋 楼 段 由 的 省 离 称 给 者 而 至 街 被 让 该 购
    距 跟 路 边 这 道 都 镇 面 一个 一直 三问 不是 业主 东侧 东边 严查 临近 为何 举报 书记 交付 今天
    今年 仍然 他们 以及 位于 住在 住户 住房 何时 你好 例如 依然 修建 入住 全体 公司 关于 关注 其中 其次
    再次 再问 几个 到底 制止 前往 包括 北侧 北边 区长 南侧 南边 去年 县长 反对 反应 反映 取名 取消 取缔
    另外 只有 叫做 各个 名为 名叫 周围 周边 呼吁 命名 咨询 四问 回迁 因为 园区 地产 多个 大型 大家 大道
    安置 家住 对于 对门 对面 导致 小区 就是 局长 居住 居民 属于 已经 市民 市长 希望 广大 建议 建设 建造
    开发 开往 强制 当时 影响 恳请 您好 我们 我是 房子 房屋 所有 打造 承建 投诉 抵制 拒绝 控诉 政府 新区
    新房 方便 旁边 昨天 最近 有关 本人 来自 某个 根据 楼盘 此外 每个 比如 毗邻 求助 片区 现在 由于 目前
    盼查 督促 社区 租住 究竟 紧挨 紧邻 紧靠 经过 继续 置业 老旧 而是 职工 街道 西侧 西边 要求 解决 认购
    请查 请求 请让 请问 质疑 购买 购置 距离 路口 路过 近期 还是 还有 这个 进入 途经 通过 造成 那个 邻近
    部分 都是 针对 销售 附近 隔壁 集团 靠近 项目 领导 首先 高档 为什么 举报人 二手房 交叉口 交汇处
    保障房 公寓房 公租房 别墅区 单位房 商品房 安置房 廉租房 开发区 指标房 福利房 经开区 经适房 限价房
    高新区 再次反映 十字路口 强烈要求 作为 身为 鉴于 听取 征求 召开 听证会
""")
)
"""A name may begin right after these."""

NEVER_NAMES: Final = (
    frozenset(
        _words("""
    住 我 我们 你 你们 他 他们 本 该 各 每 某 老旧 新建 附近 周边 周围 隔壁 旁边 对面 所在 居住 居民 住宅
    安置 商品房 整个
    多个 几个 两个 三个 这个 那个 一个 同一 其他 其它 别的 高档 高端 大型 小型 普通 封闭 开放 开放式
    无物业 商住 成熟
    配套 城市 城镇 农村 单位 职工 家属 学校 政府 全市 全县 全区 全省 沿线 沿街 临街 入户 物业 业主
    开发商 开发 精装 精装修
    精品 优质 示范 文明 智慧 绿色 美丽 幸福 平安 和谐 园林 花园 别墅 洋房 高层 电梯 楼盘 公寓 拆迁 回迁
    保障 廉租 公租
    经济适用 经适 限价 定向 学区 重建 重建地 还建 棚改 改造 部分 的 在 是 了 和 与 及 对 向 从 到 有 无
    没有 不 把 被 让
    使 等 为 小 大 新 老 旧 东 南 西 北 期 栋 号 区 市 县 省 街道 社区 方便 影响 导致 出现 解决 建设
    保护 管理 服务 进入
    进出 破坏 维护 创建 打造 共建 返回 离开 回到
""")
    )
    | {numeral + unit for numeral in "0123456789一二三四五六七八九十两几多数" for unit in ("", "个")}
    | {word for word in BOUNDARIES if len(word) > 1}
)
"""What stands before 小区 and the like without being a name, one or several of them."""
NEVER_FIRST: Final = _first(NEVER_NAMES)

PHASE: Final = re.compile(
    r"[(]?(?:第?[一二三四五六七八九十0-9]+(?:[,、\-~至和到][一二三四五六七八九十0-9]+)*期|[a-z][0-9]{0,2}(?:地块|区|片)"
    r"|[一二三四五六七八九十0-9]{1,3}(?:区|片|村)(?![a-z一-鿿]{0,2}路)|[东南西北][区苑院](?!别))[)]?"
)
"""Phases and blocks, said after a name."""
PHASE_FIRST: Final = NUMERALS | _LETTERS | frozenset("(第东南西北")
PHASE_LAST: Final = frozenset(")期块区片村苑院")

BUILDING: Final = re.compile(
    r"[a-z]?[0-9一二三四五六七八九十]{1,3}(?:[\-、~至][a-z]?[0-9]{1,3})*[#号]?(?:栋|幢|座|号楼|单元)"
)
BUILDING_FIRST: Final = NUMERALS | _LETTERS
BUILDING_LAST: Final = frozenset("栋幢座楼元")

CLAUSE_END: Final = re.compile(r"[。!?;\n]")
HOUSING: Final = _words("小区 业主 物业 楼盘 住户 开发商 花园 家园 公寓 居民 住宅 交房 安置")
TRAFFIC: Final = _words("""
    公交 地铁 路口 红绿灯 信号灯 拥堵 堵车 交通 线路 站点 站 车站 斑马线 天桥 隧道 高架 断头路 拉通 道路
    通车 高速
    铁路 高铁 城铁 轻轨 客运 车次 班次
""")
SCHOOLING: Final = _words("小学 中学 幼儿园 学区 招生 入学 就读 学校 学位 教育 补课 老师 培训")
