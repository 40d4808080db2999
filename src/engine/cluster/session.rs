//! A session on a cluster: where it is, the tables there with their columns, and the table of streamers, which is small.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::engine::EngineError;
use crate::engine::spark::{Address, ClusterError, Connection, Patience};
use crate::engine::sql::{Asked, Dialect, Rules, Table, TableColumns, rows_of};
use crate::input::settings::ReadSettings;
use crate::input::streamers::Streamers;
use crate::input::table::SmallTable;

/// Where a cluster is, how long it may take, and the tables there.
type Named = (Address, Patience, Tables);

/// The sessions that are open: all tables of a report are of one.
static OPEN: Mutex<Vec<(Named, Weak<Cluster>)>> = Mutex::new(Vec::new());

/// The tables, as they were named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// The orders.
    pub orders: Table,
    /// The sessions; `None` without any.
    pub sessions: Option<Table>,
    /// The streamers; `None` without a table of them.
    pub streamers: Option<Table>,
    /// The columns by which one row of an order is later than another.
    pub latest_by: Vec<String>,
}

/// A session on a cluster, and its tables with their columns.
#[derive(Debug)]
pub struct Cluster {
    pub(super) connection: Connection,
    orders: TableColumns,
    pub(super) sessions: Option<TableColumns>,
    streamers: Option<TableColumns>,
    latest_by: Vec<String>,
    /// What the table of streamers says.
    pub known: Streamers,
}

impl Cluster {
    /// A session; one that is open for the same tables is taken again.
    ///
    /// # Errors
    /// When the cluster gives no answer, or a table is not there.
    pub fn of(address: &Address, patience: Patience, tables: &Tables) -> Result<Arc<Self>, EngineError> {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let named = (address.clone(), patience, tables.clone());
        let known = open.iter().find(|(one, _)| *one == named).and_then(|(_, session)| session.upgrade());
        if let Some(session) = known {
            return Ok(session);
        }
        let session = Arc::new(Self::open(address, patience, tables)?);
        open.retain(|(_, session)| session.strong_count() > 0);
        open.push((named, Arc::downgrade(&session)));
        Ok(session)
    }

    /// Opens a session, asks which columns the tables have, and reads the table of streamers, which is small.
    fn open(address: &Address, patience: Patience, tables: &Tables) -> Result<Self, EngineError> {
        let connection = Connection::open(address, patience)?;
        let of = |option: &'static str, table: &Table| columns(&connection, option, table);
        let orders = of("--orders-table", &tables.orders)?;
        if let Some(missing) = tables.latest_by.iter().find(|name| !orders.columns.contains(name)) {
            let (columns, table) = (orders.columns.join(", "), orders.table.of(Dialect::Spark));
            let table = table.map_err(EngineError::Usage)?;
            return Err(EngineError::Usage(format!(
                "--latest-by {missing}: {table} has no such column; it has {columns}"
            )));
        }
        let sessions = tables.sessions.as_ref().map(|table| of("--sessions-table", table)).transpose()?;
        let streamers = tables.streamers.as_ref().map(|table| of("--streamers-table", table)).transpose()?;
        let known = streamers.as_ref().map(|table| known_streamers(&connection, table)).transpose()?;
        Ok(Self {
            connection,
            orders,
            sessions,
            streamers,
            latest_by: tables.latest_by.clone(),
            known: known.unwrap_or_default(),
        })
    }

    /// The question about these tables.
    #[must_use]
    pub fn asked(&self, read: &ReadSettings, rules: Rules) -> Asked {
        Asked {
            dialect: Dialect::Spark,
            orders: self.orders.clone(),
            sessions: self.sessions.clone(),
            streamers: self.streamers.clone(),
            tiers: None,
            latest_by: self.latest_by.clone(),
            read: read.clone(),
            rules,
        }
    }
}

fn columns(
    connection: &Connection,
    option: &'static str,
    table: &Table,
) -> Result<TableColumns, EngineError> {
    let name = table.of(Dialect::Spark).map_err(EngineError::Usage)?;
    match connection.columns(&rows_of(&name)) {
        Ok(columns) => Ok(TableColumns { table: table.clone(), columns }),
        Err(ClusterError::Failed { said, .. }) => {
            // What follows is what to try in Spark itself.
            let said = said.split(". ").next().unwrap_or_default().to_owned();
            Err(ClusterError::Table { option, table: name.to_string(), said }.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn known_streamers(connection: &Connection, table: &TableColumns) -> Result<Streamers, EngineError> {
    let mut all = SmallTable::default();
    let statement = table.texts(Dialect::Spark).map_err(EngineError::Usage)?;
    connection.run(&statement, &|_| {}, &mut |part| {
        all.name.clone_from(&part.name);
        all.header = part.header.clone();
        all.rows.extend(part.rows.iter().cloned());
        Ok(())
    })?;
    Ok(Streamers::from_table(&all)?)
}
