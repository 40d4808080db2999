//! Where the rows are: a table by its name, or files by their path; read from what was typed, and written again with its parts quoted.

use std::str::FromStr;

use super::dialect::Dialect;
use super::text::{Sql, sql};

/// A table of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Table {
    /// By its name, whose parts are catalog, schema and table, or fewer.
    Named(Vec<String>),
    /// Files in a form (`parquet`, …), by their path.
    Files {
        /// The form.
        form: String,
        /// The path.
        path: String,
    },
}

/// Forms of files that both engines read by their path alone.
const FORMS: [&str; 1] = ["parquet"];
/// Forms of tables of files that Spark reads by their path.
const FORMS_OF_SPARK: [&str; 5] = ["parquet", "orc", "delta", "iceberg", "avro"];

/// Endings of files that are no tables: `orders.csv` is not the table `csv` of a schema `orders`.
const OTHERS: [&str; 7] = [".csv", ".csv.gz", ".csv.zst", ".tsv", ".txt", ".xlsx", ".json"];

impl FromStr for Table {
    type Err = String;

    /// Reads `orders`, `shop.orders`, a name with quoted parts, ``parquet.`PATH` ``, or a path of Parquet files, perhaps in quotation marks.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(path) =
            text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|path| !path.is_empty())
        {
            return Ok(Self::Files { form: "parquet".to_owned(), path: path.replace("''", "'") });
        }
        let other = OTHERS.iter().find(|ending| text.to_ascii_lowercase().ends_with(**ending));
        if let Some(ending) = other.filter(|_| !text.contains(['`', '"'])) {
            return Err(format!(
                "{text:?} ends in {ending}: engines read Parquet files by their path; make it a table there, or one of Parquet (gmv reads such exports itself)"
            ));
        }
        let is_path =
            !text.contains('`') && (text.contains('/') || text.to_ascii_lowercase().ends_with(".parquet"));
        if is_path {
            return Ok(Self::Files { form: "parquet".to_owned(), path: text.to_owned() });
        }
        let parts = parts(text).ok_or_else(|| {
            format!("{text:?} is no table: a name such as orders or `my shop`.orders, parquet.`PATH`, or a path of Parquet files")
        })?;
        match &parts[..] {
            [form, path]
                if FORMS_OF_SPARK.contains(&form.to_ascii_lowercase().as_str()) && path.contains('/') =>
            {
                Ok(Self::Files { form: form.to_ascii_lowercase(), path: path.clone() })
            }
            _ => Ok(Self::Named(parts)),
        }
    }
}

/// The parts of a name with points between them; quoted ones without their marks. `None` for anything that is no name.
fn parts(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = if let mark @ ('`' | '"') = rest.chars().next()? {
            quoted(&rest[1..], mark)?
        } else {
            let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
            let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        };
        if part.is_empty() || part.contains('\0') {
            return None;
        }
        parts.push(part);
        match after.strip_prefix('.') {
            Some(more) if parts.len() < 4 => rest = more,
            None if after.is_empty() => return Some(parts),
            _ => return None,
        }
    }
}

/// What stands before a closing mark, a doubled one being the mark itself, and what follows.
fn quoted(text: &str, mark: char) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = text;
    loop {
        let end = rest.find(mark)?;
        part.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix(mark) {
            Some(more) => {
                part.push(mark);
                rest = more;
            }
            None => return Some((part, rest)),
        }
    }
}

impl Table {
    /// As it is named in a statement.
    ///
    /// # Errors
    /// When the engine cannot read such files by their path.
    pub fn of(&self, dialect: Dialect) -> Result<Sql, String> {
        match (self, dialect) {
            (Self::Named(parts), _) => Ok(Sql::join(parts.iter().map(|part| dialect.name(part)), ".")),
            (Self::Files { form, path }, Dialect::Spark) => {
                let (form, path) = (dialect.name(form), dialect.name(path));
                Ok(sql!("{form}.{path}", form = form, path = path))
            }
            (Self::Files { form, path }, Dialect::DuckDb) if FORMS.contains(&form.as_str()) => {
                Ok(sql!("read_parquet({path})", path = dialect.text(path)))
            }
            (Self::Files { form, .. }, Dialect::DuckDb) => Err(format!(
                "DuckDB does not read {form} files by their path; make a view of them, and name that"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spark(text: &str) -> String {
        text.parse::<Table>().unwrap().of(Dialect::Spark).unwrap().to_string()
    }

    #[test]
    fn names_and_paths_are_quoted_again() {
        let duckdb =
            |text: &str| text.parse::<Table>().unwrap().of(Dialect::DuckDb).map(|sql| sql.to_string());
        assert_eq!(spark("shop.orders"), "`shop`.`orders`");
        assert_eq!(spark("`my ``shop`.\"a.b\""), "`my ``shop`.`a.b`");
        assert_eq!(duckdb("\"x\"\"y\".z").unwrap(), "\"x\"\"y\".\"z\"");
        assert_eq!(spark("parquet.`s3://b/o'x`"), "`parquet`.`s3://b/o'x`");
        assert_eq!(spark("/data/orders.parquet"), "`parquet`.`/data/orders.parquet`");
        assert_eq!(duckdb("/da'ta/*.parquet").unwrap(), "read_parquet('/da''ta/*.parquet')");
        assert_eq!(duckdb("'/o''x/a.parquet'").unwrap(), "read_parquet('/o''x/a.parquet')");
        assert_eq!(spark("订单.明细"), "`订单`.`明细`");
        assert!(duckdb("delta.`/t`").unwrap_err().contains("make a view"));
    }

    #[test]
    fn nothing_else_is_a_table() {
        for text in [
            "",
            ".",
            "a.",
            "a..b",
            "orders; DROP TABLE x",
            "a b",
            "orders.csv",
            "/data/orders.csv.gz",
            "a--",
            "`a",
            "a`b`",
            "(SELECT 1)",
            "a.b.c.d.e",
            "``",
        ] {
            assert!(text.parse::<Table>().is_err(), "{text}");
        }
        // What looks like a path is one, with all that is in it.
        assert_eq!(spark("x'/); DROP TABLE y"), "`parquet`.`x'/); DROP TABLE y`");
    }
}
