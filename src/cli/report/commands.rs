//! The command line of each table, resolved as if it had been typed.

use clap::Parser;

use super::Asked;
use crate::cli::given::Line;
use crate::cli::{
    Arguments, CheckOutput, Command, CompareSettings, DecomposeSettings, ExplainSettings, PlanSettings,
    RepurchaseSettings, SettingsError, UsageError,
};

/// A command of `gmv` resolves its line to settings.
macro_rules! asked {
    ($($function:ident $command:ident $settings:ty;)*) => {
        $(pub(super) fn $function(line: &Line) -> Result<Asked<$settings>, SettingsError> {
            let parsed = Arguments::try_parse_from(line.arguments());
            let parsed = parsed.map_err(|error| UsageError(format!("{}: {error}", line.text())))?;
            let Command::$command(arguments) = parsed.command else {
                return Err(UsageError(format!("{}: no such command", line.text())).into());
            };
            Ok(Asked { line: line.text(), settings: arguments.resolve()? })
        })*
    };
}

asked! {
    decompose Decompose DecomposeSettings;
    compare Compare CompareSettings;
    explain Explain ExplainSettings;
    repurchase Repurchase RepurchaseSettings;
    plan Plan PlanSettings;
    check Check CheckOutput;
}
