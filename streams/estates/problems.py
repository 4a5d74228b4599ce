"""The problem types, and the words that speak for each. Words of the language, not of one city."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PROBLEM_TYPES: Final = (
    "construction_quality",
    "demolition",
    "environment",
    "facilities",
    "noise",
    "not_housing",
    "other_housing",
    "owners_committee",
    "parking",
    "property_service",
    "safety_fire_elevator",
    "title_deed_or_delivery",
    "traffic",
)
"""The closed set of problem types, in alphabetical order."""

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "construction_quality": _words("""
        质量 渗水 漏水 渗漏 开裂 裂缝 沉降 精装 全装修 毛坯 质价不符 豆腐渣 外墙脱落 返水 反水 设计缺陷
        设计不合理 核价 造价 墙体 空鼓 偷工减料 甲醛 烟道设计 货不对板 下水堵塞 排水堵塞
    """),
    "demolition": _words("""
        拆迁 征收 征地 棚改 棚户区 拆除补偿 补偿 安置费 旧城改造 旧改 强拆 过渡费 被拆 返租 拆迁户
        安置房分配 城中村改造 有机更新
    """),
    "environment": _words("""
        油烟 垃圾 污染 异味 臭 废气 粉尘 扬尘 污水 焚烧 脏乱差 夜宵 烧烤 餐饮 饭店 餐馆 光污染 光源 排烟
        环境卫生 绿化 占道经营 化工 粪 蚊虫 白蚁 气味 渣土回填 养殖 辐射 化粪池
    """),
    "facilities": _words("""
        小学 幼儿园 中学 学区 学位 入学 就读 配套学校 公园 停水 水压 供水 自来水 水改 水表 停电 供电
        电表 燃气 天然气 变电站 高压线 路灯 医院 菜市场 配套设施 信号 宽带 充电桩 下水道 下水井 规划用地
        地块规划 活动中心 健身 图书馆 公厕 农贸市场 用水 用电 普惠
    """),
    "noise": _words("""
        噪音 噪声 扰民 施工到 通宵 夜间施工 半夜 凌晨 太吵 吵 广场舞 麻将 ktv 歌厅 酒吧 音响 喇叭 渣土车
        飙车 隔音 鸣笛 轰鸣 睡眠 休息 喧哗
    """),
    "not_housing": _words("""
        学院 大学 工资 社保 医保 公司 拖欠 诈骗 投资 驾校 培训 退费 教师 学生 补课 考试 招聘 户口 落户
        公务员 集资 贷款平台 p2p 补贴 养老 医疗 报名 学费 食品安全 消费 快递 旅游 就业 派出所 法院 判决
        村委 农民 产假 退休 编制 招商 传销 赌博 涉黄 身份证
    """),
    "other_housing": _words("""
        违建 违章 搭建 群租 住改商 规划变更 调规 采光 日照 限购 购房资格 公积金 首套房 二套 捂盘 烂尾
        停工 虚假宣传 欺诈 霸王条款 诚意金 认筹 服务费 购房合同 房价 公摊 架空层 私自 侵占 占用公共 圈占
        改建 加盖 廉租房 公租房 经适房 群租房 出租 二手房 商铺 门面
    """),
    "owners_committee": _words("""
        业委会 业主委员会 业主大会 自治 换届 备案业委会 筹备组
    """),
    "parking": _words("""
        停车 车位 停车场 停车费 车库 地下车位 人防车位 产权车位 乱停 僵尸车 停车难 停车收费 地锁
    """),
    "property_service": _words("""
        物业公司 物业费 物业管理 物业服务 物业不 物业太差 保安 更换物业 物业退场 物业收费 装修押金
        维修基金 维修资金 乱收费 物业不作为 解聘 交接
    """),
    "safety_fire_elevator": _words("""
        消防 电梯 安全隐患 火灾 起火 消防通道 高空抛物 高空坠物 坠物 加油站 连廊 逃生 煤气 护坡 防火
        盗窃 治安 打架 生命通道 漏电 塌方 栏杆
    """),
    "title_deed_or_delivery": _words("""
        房产证 不动产证 产权证 办证 两证 土地证 交房 延期交房 逾期 收房 捆绑 退房 退款 认购 认购金 预售
        网签 一房两证 两证合一 不动产 产权 购房款 验收 备案 退铺 退还 合同违约 首付
    """),
    "traffic": _words("""
        公交 地铁 红绿灯 拥堵 堵车 路口 斑马线 天桥 断头路 道路 马路 通车 线路 站台 停靠站 班次 高架
        匝道 隧道 城铁 铁路 高速 出行 修路 占道停车 违停 人行道 站点 拉通 绿灯 信号灯 单行 高铁 掉头
        护栏 减速带 出租车 电子眼 堵塞
    """),
}
"""Words that speak for each problem type."""

HOUSING_WORDS: Final = (
    "小区",
    "业主",
    "物业",
    "楼盘",
    "住户",
    "开发商",
    "居民",
    "住宅",
    "交房",
    "安置房",
    "购房",
    "楼下",
    "家里",
)
"""Words that say that homes are concerned."""

SOURCE_WORDS: Final[dict[str, str]] = {
    "noise": "noise",
    "噪音": "noise",
    "停车": "parking",
    "parking": "parking",
    "illegal parking": "parking",
    "blocked driveway": "parking",
    "电梯": "safety_fire_elevator",
    "消防": "safety_fire_elevator",
    "elevator": "safety_fire_elevator",
    "safety": "safety_fire_elevator",
    "heat/hot water": "facilities",
    "water system": "facilities",
    "street light": "facilities",
    "electric": "facilities",
    "plumbing": "construction_quality",
    "water leak": "construction_quality",
    "paint/plaster": "construction_quality",
    "general construction": "construction_quality",
    "unsanitary condition": "environment",
    "sanitation": "environment",
    "dirty": "environment",
    "sewer": "environment",
    "rodent": "environment",
    "air quality": "environment",
    "traffic": "traffic",
    "street condition": "traffic",
    "street sign": "traffic",
    "交通": "traffic",
    "物业": "property_service",
    "业委会": "owners_committee",
    "业主委员会": "owners_committee",
    "拆迁": "demolition",
    "征收": "demolition",
    "办证": "title_deed_or_delivery",
    "交房": "title_deed_or_delivery",
    "房屋质量": "construction_quality",
    "环境": "environment",
    "市政": "facilities",
    "公共设施": "facilities",
}
"""A word of the source's own category (lower case) -> problem type; the longest that is found decides."""
