//! The words of a table of findings: in English those of machine formats, which never change.

use super::labels::{heading, label};
use crate::engine::check::findings::{Finding, Input, Level};
use crate::present::model::Phrase;

/// The word for a level.
pub(super) fn level(finding: &Finding) -> Phrase {
    let zh = match finding.level {
        Level::Ok => "正常",
        Level::Note => "提示",
        Level::Warning => "警告",
        Level::Error => "错误",
    };
    Phrase::new(finding.level.name(), zh)
}

/// The word for a section.
pub(super) fn section(finding: &Finding) -> Phrase {
    let zh = heading(finding.section, finding.input).zh;
    let zh = zh.split('：').next().unwrap_or_default().to_owned();
    Phrase::new(finding.section.name(), zh)
}

/// The word for an input.
pub(super) fn input(finding: &Finding) -> Phrase {
    let zh = match finding.input {
        Input::Orders => "订单",
        Input::Sessions => "观看",
        Input::Refunds => "售后",
        Input::Lives => "场次表",
        Input::Rooms => "直播场次",
        Input::Both => "两者",
    };
    Phrase::new(finding.input.name(), zh)
}

/// The word for a check.
pub(super) fn check(finding: &Finding) -> Phrase {
    let zh = match &finding.file {
        // The file has a column of its own.
        Some(file) if label(finding).zh == *file => "文件".to_owned(),
        _ => label(finding).zh,
    };
    Phrase::new(finding.check.name(), zh)
}
