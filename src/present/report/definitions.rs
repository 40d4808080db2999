//! What every metric of the page means.

use super::words::Words;

/// One metric.
pub struct Definition {
    /// Its name on the page.
    pub term: &'static str,
    /// The names of its columns.
    pub columns: &'static str,
    /// What it is.
    pub text: &'static str,
}

/// The definitions in the order of the page.
#[must_use]
pub fn definitions(words: Words) -> Vec<Definition> {
    let all = SUMS.iter().chain(CHANGES).chain(LOYALTY);
    all.map(|(columns, term, text)| Definition {
        term: words.say(term.0, term.1),
        columns,
        text: words.say(text.0, text.1),
    })
    .collect()
}

type Both = (&'static str, &'static str);

const SUMS: &[(&str, Both, Both)] = &[
    (
        "gmv",
        ("GMV", "GMV（成交额）"),
        ("Money of the counted orders that viewing explains.", "计入且归因于观看的订单金额。"),
    ),
    (
        "gmv_off_live, gmv_total",
        ("Off-live and total GMV", "非直播与总 GMV"),
        (
            "Off-live is money of counted orders that no viewing explains; total is both together.",
            "非直播为无法归因于观看的计入订单金额；总 GMV 为两者之和。",
        ),
    ),
    (
        "uv",
        ("Unique viewers (UV)", "观众数（UV）"),
        (
            "Distinct persons who watched; of all streamers together each counts once.",
            "观看过的去重人数；总计中每人只计一次。",
        ),
    ),
    (
        "watch_hours_per_viewer",
        ("Watch time per viewer", "人均观看时长"),
        (
            "Hours watched by UV; what a viewer watched twice at once counts once.",
            "观看时长 ÷ UV；同一观众同时观看的时间只计一次。",
        ),
    ),
    (
        "buyers_per_watch_hour",
        ("Buyers per watch hour", "单位时长转化"),
        ("Distinct buyers by hours watched.", "成交人数 ÷ 观看时长（小时）。"),
    ),
    ("aov", ("GMV per order (AOV)", "笔单价（AOV）"), ("GMV by orders.", "GMV ÷ 订单数。")),
    (
        "orders_per_buyer",
        ("Orders per buyer", "复购频次"),
        ("Orders by distinct buyers.", "订单数 ÷ 成交人数。"),
    ),
    (
        "",
        ("The formula", "公式"),
        (
            "GMV = UV × watch time per viewer × buyers per watch hour × GMV per order × orders per buyer, exactly.",
            "GMV = 观众数 × 人均观看时长 × 单位时长转化 × 笔单价 × 复购频次，精确成立。",
        ),
    ),
    (
        "domain",
        ("Private and public domain", "私域与公域"),
        (
            "Where a viewer came from: followers, fan groups and the shop's own channels are private, recommendations, search and paid traffic public. One domain for each viewer, group and period.",
            "观众的来源：关注、粉丝群及自有渠道为私域，推荐、搜索与付费流量为公域。每位观众在每组每周期只属于一个域。",
        ),
    ),
    (
        "buyer_type",
        ("New and returning", "新客与老客"),
        (
            "Returning is who had a counted order before the period began.",
            "周期开始前已有计入订单者为老客，其余为新客。",
        ),
    ),
];

const CHANGES: &[(&str, Both, Both)] = &[
    (
        "uv_effect … repurchase_effect",
        ("Effect of a factor", "因素影响"),
        (
            "What the change of this factor did to GMV, by additive LMDI (log means) unless the options say otherwise. The five effects add up to the change of GMV, to the cent.",
            "该因素的变化对 GMV 的影响，默认采用加法 LMDI（对数平均）。五个影响之和等于 GMV 变化，精确到分。",
        ),
    ),
    (
        "…_lo, …_hi",
        ("Interval", "区间"),
        (
            "From where to where the value lies, as far as chance between persons goes, at the level of the report.",
            "仅就人与人之间的随机性而言，数值所在的范围（置信水平见报告）。",
        ),
    ),
    (
        "…_beyond_sampling",
        ("Beyond chance", "超出偶然"),
        (
            "The interval does not hold zero. It knows chance between viewers, not shocks that a whole broadcast shares.",
            "区间不含零。只考虑观众之间的随机性，不含整场直播共有的冲击。",
        ),
    ),
    (
        "…_unusual, …_significant",
        ("Unusual, significant", "异常与显著"),
        (
            "Unusual is more than three times the scaled median deviation of the changes before; significant is beyond chance and unusual.",
            "超过以往变化的三倍标准化中位离差为异常；既超出偶然又异常为显著。",
        ),
    ),
    (
        "excess",
        ("Excess of a slice", "切片的超额"),
        (
            "Its change beyond what it would have been had it moved with the rest.",
            "其变化超出随其余部分变动的金额。",
        ),
    ),
    (
        "gain",
        ("Headroom", "提升空间"),
        (
            "GMV gained if one lever alone rose to what the peers reach (three quarters of them, or half, are below it). Gains of several levers multiply, and do not add up. Beyond noise: the interval of the lever lies below what the peers reach.",
            "仅某一抓手升至同侪水平（上四分位或中位数）时可增的 GMV；多个抓手的收益相乘而非相加。超出噪声：该抓手的区间低于同侪水平。",
        ),
    ),
];

const LOYALTY: &[(&str, Both, Both)] = &[
    (
        "repurchase_rate",
        ("Repurchase rate", "复购率"),
        (
            "Buyers with two orders or more in the period, of all its buyers.",
            "周期内下单两次及以上的买家占全部买家之比。",
        ),
    ),
    (
        "returning_rate, returning_gmv_share",
        ("Returning buyers, their GMV", "老客占比及其 GMV 占比"),
        (
            "The part of buyers, or of GMV, that is of persons who had bought before.",
            "此前已购买者在买家数、GMV 中的占比。",
        ),
    ),
    (
        "days_to_second_order_p50",
        ("Days until half had ordered again", "半数买家再次下单所需天数"),
        (
            "Of those whose first order lies in the period (Kaplan and Meier: who has not yet is counted as far as is known).",
            "针对首单在本周期的买家（Kaplan–Meier 法，尚未复购者计至已知时点）。",
        ),
    ),
    (
        "refund_rate_orders, refund_rate_gmv",
        ("Refund rates", "退款率"),
        (
            "The part of paid orders, and of paid money, that was refunded.",
            "已支付订单（金额）中被退款的占比。",
        ),
    ),
    (
        "retention",
        ("Cohort, retention", "首购周期与留存率"),
        (
            "A cohort is who ordered for the first time in a period; retention is the part of it that ordered again so many periods later.",
            "首单落在同一周期的买家为一个首购周期；留存率为其中在若干周期后再次下单的占比。",
        ),
    ),
    (
        "expected_orders, expected_gmv",
        ("To come from today's buyers", "现有买家的预期"),
        (
            "What is expected of those who have bought until now, by a model of how often and how much they buy; empty where it does not fit.",
            "依据购买频次与金额的模型，对现有买家未来购买的预期；模型不适用时为空。",
        ),
    ),
];
