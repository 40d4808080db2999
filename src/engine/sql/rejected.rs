//! Rows that are rejected, in a statement: how many rows each table has, and in which column how many of them do not read.

use super::Query;
use super::question::{Asked, Question, SqlError};
use super::text::{Sql, Steps, sql};

/// The statement that gives for each table, and each column in which rows were rejected, how many: `input`, `rejected` (null of those that were
/// not), `rows`.
///
/// # Errors
/// When columns are missing, or what is asked cannot be said in the language.
pub fn rejected_statement(asked: Asked) -> Result<String, SqlError> {
    let question = Question::find(asked, Query::Sums)?;
    let mut steps = Steps::default();
    question.order_steps(&mut steps);
    let mut tables = vec![("orders", "order_row")];
    if let Some(sessions) = &question.sessions {
        question.session_steps(sessions, &mut steps);
        tables.push(("sessions", "session_row"));
    }
    let of_table = |(input, step): (&'static str, &'static str)| {
        sql!(
            "SELECT '{input}' AS input, rejected, count(*) AS rows\nFROM {step}\nGROUP BY rejected",
            input = input,
            step = step
        )
    };
    let all = Sql::join(tables.into_iter().map(of_table), "\nUNION ALL\n");
    Ok(format!("{}\n", steps.statement(&all)))
}
