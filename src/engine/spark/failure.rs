//! What a server or the way to it says went wrong, in one line.

use spark_connect_core::SparkError;

use super::{Address, ClusterError};

/// Codes of gRPC: nobody knows why, the call took too long, may not be made, cannot reach anybody, needs a name.
const UNKNOWN: i32 = 2;
const DEADLINE_EXCEEDED: i32 = 4;
const PERMISSION_DENIED: i32 = 7;
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;

/// What the client says of a connection that breaks before it is one.
const BROKEN: &str = "transport error";

/// More of what a server says is no line any more.
const LONGEST: usize = 400;

/// An error of the client as one of ours.
pub fn of(address: &Address, error: &SparkError) -> ClusterError {
    let (address, said) = (address.clone(), line(error));
    match error.grpc_code {
        Some(UNAVAILABLE | DEADLINE_EXCEEDED) => ClusterError::Unreachable { address, said },
        // The other side speaks another language, such as TLS.
        Some(UNKNOWN) if said == BROKEN => ClusterError::Unreachable { address, said },
        Some(UNAUTHENTICATED | PERMISSION_DENIED) => ClusterError::Refused { address, said },
        _ => ClusterError::Failed { address, said },
    }
}

/// What was said, in one line: what a statement itself raised, else the message of the server without its plan and its stack.
pub fn line(error: &SparkError) -> String {
    if let Some(raised) = raised(error) {
        return raised;
    }
    let message = if error.message.is_empty() { error.message() } else { error.message.clone() };
    let message = message.split("\n\nJVM stacktrace").next().unwrap_or_default();
    let first: Vec<&str> = message.lines().map(str::trim).take_while(|line| !is_plan(line)).collect();
    let text = first.join(" ");
    let text = text.split(" SQLSTATE: ").next().unwrap_or_default().trim();
    let words = ["[The service is currently unavailable] ", "[Unknown error] "];
    let text = words.iter().find_map(|words| text.strip_prefix(words)).unwrap_or(text);
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None if text.is_empty() => "it gave no reason".to_owned(),
        None => text.to_owned(),
    }
}

/// What `raise_error` in a statement said.
fn raised(error: &SparkError) -> Option<String> {
    if !error.error_class.starts_with("USER_RAISED_EXCEPTION") {
        return None;
    }
    let parameters: serde_json::Value = serde_json::from_str(error.params.get("messageParameters")?).ok()?;
    Some(parameters.get("errorMessage")?.as_str()?.to_owned())
}

/// Whether a line begins the plan, or the place in the statement, that Spark adds to its errors.
fn is_plan(line: &str) -> bool {
    line.starts_with("== ")
        || line.starts_with("'Project")
        || line.starts_with("+-")
        || line.starts_with(";'")
}
