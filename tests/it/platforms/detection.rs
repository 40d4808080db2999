//! Every header finds its profile, and no other; what fits nothing is told by what it is nearest to.

use std::sync::Arc;

use gmv::input::binding::Header;
use gmv::input::error::InputError;
use gmv::input::files::Source;
use gmv::input::profile::{Profile, RowKind};
use gmv::input::settings::Profiles;

use super::{Export, fails};
use crate::support::Work;

/// Every header, the kind of its rows, and its profile.
const HEADERS: [(&str, RowKind, &str); 15] = [
    ("douyin_orders_A_75", RowKind::Orders, "douyin-orders"),
    ("douyin_orders_B_74", RowKind::Orders, "douyin-orders"),
    ("kuaishou_orders_64", RowKind::Orders, "kuaishou-orders"),
    ("kuaishou_orders_61", RowKind::Orders, "kuaishou-orders"),
    ("wechat_shop_orders_57", RowKind::Orders, "wechat-orders"),
    ("wechat_shop_orders_64", RowKind::Orders, "wechat-orders"),
    ("taobao_ExportOrderList_41", RowKind::Orders, "taobao-orders"),
    ("tmall_suborders_partial_19", RowKind::Orders, "tmall-suborders"),
    ("tmall_order_report_7", RowKind::Orders, "tmall-report"),
    ("pinduoduo_orders_23", RowKind::Orders, "pinduoduo-orders"),
    ("youzan_orders_partial_14", RowKind::Orders, "youzan-orders"),
    ("tiktok_shop_orders_65", RowKind::Orders, "tiktok-orders"),
    ("douyin_aftersale_50", RowKind::Refunds, "douyin-aftersale"),
    ("douyin_compass_live_sessions_49", RowKind::Rooms, "douyin-compass"),
    ("feigua_live_10", RowKind::Rooms, "feigua-live"),
];

/// The profile whose columns are all in a header.
fn found(names: &[String], kind: RowKind) -> Result<Arc<Profile>, InputError> {
    let header = Header { names: names.to_vec() };
    let lacks = |profile: &Arc<Profile>| {
        let specs = profile.columns(kind).into_iter().flatten();
        let lacking = specs.filter(|(_, spec)| {
            let names = spec.names();
            let there = names.iter().filter(|name| header.has(name)).count();
            !names.is_empty() && (there == 0 || spec.needs_all() && there < names.len())
        });
        if lacking.count() == 0 { Vec::new() } else { vec!["a column"] }
    };
    let bind = |profile: &Arc<Profile>| Ok(Arc::clone(profile));
    let chosen = Profiles::load(None)?.choose(&Source::named("x.csv"), &header, kind, bind, lacks);
    match chosen {
        // Found, and without buyers.
        Err(InputError::NoBuyer { profile, .. }) => Ok(Arc::new(Profile::load(&profile)?)),
        other => other,
    }
}

#[test]
fn every_mapped_column_is_in_its_header_and_no_other_profile_fits() {
    for (header, kind, expected) in HEADERS {
        let names = Export::of(header).header;
        assert_eq!(found(&names, kind).unwrap().name, expected, "{header}");
        let turned: Vec<String> = names.iter().rev().map(|name| format!(" {name}\u{3000}")).collect();
        assert_eq!(found(&turned, kind).unwrap().name, expected, "{header}");
        let full: Vec<String> =
            names.iter().map(|name| name.replace('(', "（").replace(')', "）").replace(':', "：")).collect();
        assert_eq!(found(&full, kind).unwrap().name, expected, "{header}");
        let half: Vec<String> = names.iter().map(|name| name.replace('（', "(").replace('）', ")")).collect();
        assert_eq!(found(&half, kind).unwrap().name, expected, "{header}");
        let joined: Vec<String> = names.iter().cloned().chain(["备注2".to_owned(), String::new()]).collect();
        assert_eq!(found(&joined, kind).unwrap().name, expected, "{header}");
    }
}

#[test]
fn the_header_alone_is_enough_for_the_command_line() {
    for (header, kind, expected) in HEADERS.into_iter().filter(|(_, kind, _)| *kind == RowKind::Orders) {
        let names = Export::of(header).header;
        for (text, form) in [
            (names.join(","), ","),
            (names.join("\t") + "\r\n", "tab"),
            (format!("\u{feff}{}\n", names.join(";")), ";"),
            (format!("\"{}\"\n", names.join("\",\"")), ","),
        ] {
            let work = Work::with(&[("orders.csv", &text)]);
            let run = super::decompose(&work, "--attribution all --set buyer_id=");
            let form = if form == "tab" { form.to_owned() } else { format!("`{form}`") };
            let said = format!("orders: orders.csv (UTF-8, {form}, profile {expected}");
            assert!(run.err.contains(&said), "{said}\n{} {kind:?}", run.err);
        }
    }
}

#[test]
fn two_profiles_that_fit_are_named() {
    let names = [Export::of("pinduoduo_orders_23").header, Export::of("kuaishou_orders_64").header].concat();
    let mut seen = std::collections::BTreeSet::new();
    let names: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| seen.insert(name.to_owned())).collect();
    let work = Work::with(&[("orders.csv", &names.join(","))]);
    let err = fails(&work, "--attribution all --set buyer_id=");
    let message = "orders.csv: the header fits the profiles kuaishou-orders and pinduoduo-orders; name one with --profile";
    assert!(err.contains(message), "{err}");
    super::decompose(&work, "--attribution all --set buyer_id= --profile kuaishou-orders");
}

#[test]
fn a_header_that_nothing_fits_is_told_by_the_nearest_profile() {
    for (header, gone, other, expected) in [
        (
            "douyin_orders_A_75",
            "订单应付金额",
            "订单应付金额1",
            "missing column `amount` (订单应付金额) (profile douyin-orders)",
        ),
        (
            "tiktok_shop_orders_65",
            "Paid Time",
            "Paid Time (local)",
            "missing column `paid_at` (Paid Time) (profile tiktok-orders)",
        ),
        (
            "taobao_ExportOrderList_41",
            "买家会员名",
            "买家会员",
            "missing column `buyer_id` (买家会员名) (profile taobao-orders)",
        ),
        (
            "wechat_shop_orders_57",
            "商品属性",
            "商品属性值",
            "missing column `line_id` (商品属性) (profile wechat-orders)",
        ),
    ] {
        let mut export = Export::of(header);
        let at = export.column(gone);
        export.header[at] = other.to_owned();
        let err = fails(&export.work(), "--attribution all");
        assert!(err.contains(expected), "{expected}\n{err}");
        assert!(err.contains(&format!("`{other}` looks like `{gone}`")), "{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
    let work = Work::with(&[("orders.csv", "x,y,z\n")]);
    assert!(fails(&work, "--attribution all").contains("(profile canonical)"));
}

#[test]
fn a_file_of_another_kind_of_rows_is_told_where_it_belongs() {
    for (header, kind, profile) in HEADERS.into_iter().filter(|(_, kind, _)| *kind != RowKind::Orders) {
        let err = fails(&Export::of(header).work(), "--attribution all");
        let kind = kind.name();
        let message = format!(
            "orders.csv:1: the header is that of {kind} (profile {profile}), not of orders: give the file with --{kind}"
        );
        assert!(err.contains(&message), "{err}");
    }
    // `ingest` takes neither rooms nor after-sales: the text names a command that does.
    for (kind, command) in [
        (RowKind::Rooms, "--rooms (gmv decompose --rooms FILE)\n"),
        (RowKind::Refunds, "--refunds (gmv decompose --orders FILE --refunds FILE)\n"),
    ] {
        let (header, ..) = HEADERS.into_iter().find(|(_, of, _)| *of == kind).unwrap();
        let work = Export::of(header).work();
        for words in [
            &["ingest", "--store", "shop", "--orders", "orders.csv"][..],
            &["check", "--orders", "orders.csv"],
        ] {
            let err = work.run(words).err;
            assert!(err.ends_with(&format!("give the file with {command}")), "{err}");
        }
    }
    let work = Work::with(&[("orders.csv", crate::shop::SESSIONS), ("s.csv", crate::shop::ORDERS)]);
    assert!(fails(&work, "--attribution all").contains("not of orders: give the file with --sessions"));
    work.write("orders.csv", crate::shop::ORDERS);
    assert!(
        fails(&work, "--sessions s.csv")
            .contains("s.csv:1: the header is that of orders (profile canonical), not of sessions")
    );
}
