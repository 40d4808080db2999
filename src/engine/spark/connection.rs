//! A session on a server of Spark Connect.

use std::sync::Arc;

use spark_connect_core::{ChannelBuilder, RetryPolicy, SparkConnectClient, SparkError};
use spark_connect_proto::{
    AnalyzePlanRequest, ExecutePlanRequest, Plan, Relation, Sql, UserContext, analyze_plan_request,
    analyze_plan_response, data_type, plan, relation,
};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::address::{Address, TOKEN};
use super::execution::{self, Stopped};
use super::{ClusterError, Done, Patience, answers, failure};
use crate::engine::EngineError;
use crate::input::table::SmallTable;

/// What statements stand on: seconds are counted in UTC, a sum that does not fit is an error, backslashes in texts are escapes, and `${x}` in a
/// name is no setting.
const SETTINGS: [(&str, &str); 4] = [
    ("spark.sql.session.timeZone", "UTC"),
    ("spark.sql.ansi.enabled", "true"),
    ("spark.sql.parser.escapedStringLiterals", "false"),
    ("spark.sql.variable.substitute", "false"),
];

/// A session, which ends with its value.
pub struct Connection {
    address: Address,
    patience: Patience,
    runtime: Runtime,
    client: Arc<SparkConnectClient>,
    user: UserContext,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Connection({})", self.address)
    }
}

impl Connection {
    /// Opens a session, and sets what statements stand on.
    ///
    /// # Errors
    /// When nobody answers, or the server lets nobody in.
    pub fn open(address: &Address, patience: Patience) -> Result<Self, ClusterError> {
        let failed = |said: String| ClusterError::Failed { address: address.clone(), said };
        let has_token = address.parameter("token").is_some() || std::env::var_os(TOKEN).is_some();
        address.check_token(has_token).map_err(failed)?;
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("spark").enable_all().build();
        let runtime = runtime.map_err(|error| failed(format!("no thread for the connection: {error}")))?;
        let mut channel =
            ChannelBuilder::parse(&address.with_secrets()).map_err(|error| failure::of(address, &error))?;
        if channel.use_ssl() != address.is_encrypted() {
            return Err(failed("its parameters are not read as they are written".to_owned()));
        }
        if address.parameter("user_agent").is_none() {
            channel.set("user_agent", concat!("gmv/", env!("CARGO_PKG_VERSION")));
        }
        let connected = async { timeout(patience.reaching, SparkConnectClient::connect(&channel)).await };
        let connected = runtime.block_on(connected).map_err(|_| silent(address, patience))?;
        let mut client = connected.map_err(|error| failure::of(address, &error))?;
        client.set_retry_policy(RetryPolicy {
            max_retries: Some(2),
            initial_backoff_ms: 200,
            ..RetryPolicy::default()
        });
        let user = UserContext {
            user_id: client.user_id().unwrap_or_default().to_owned(),
            ..UserContext::default()
        };
        let own = Self { address: address.clone(), patience, runtime, client: Arc::new(client), user };
        for (key, value) in SETTINGS {
            own.soon(own.client.set_config(key, value))?;
        }
        Ok(own)
    }

    /// The server.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What is answered soon, or never.
    fn soon<T>(&self, answer: impl Future<Output = Result<T, SparkError>>) -> Result<T, ClusterError> {
        let limit = self.patience.reaching;
        match self.runtime.block_on(async { timeout(limit, answer).await }) {
            Ok(answered) => answered.map_err(|error| failure::of(&self.address, &error)),
            Err(_) => Err(silent(&self.address, self.patience)),
        }
    }

    fn plan(statement: &str) -> Plan {
        let sql = Sql { query: statement.to_owned(), ..Sql::default() };
        let relation = Relation { rel_type: Some(relation::RelType::Sql(sql)), ..Relation::default() };
        Plan { op_type: Some(plan::OpType::Root(relation)) }
    }

    /// The columns of what a statement gives; nothing is run.
    ///
    /// # Errors
    /// When the server refuses it.
    pub fn columns(&self, statement: &str) -> Result<Vec<String>, ClusterError> {
        let schema = analyze_plan_request::Schema { plan: Some(Self::plan(statement)) };
        let request = AnalyzePlanRequest {
            session_id: self.client.session_id().to_owned(),
            user_context: Some(self.user.clone()),
            analyze: Some(analyze_plan_request::Analyze::Schema(schema)),
            ..AnalyzePlanRequest::default()
        };
        let response = self.soon(self.client.analyze_plan(request))?;
        let fields = match response.result {
            Some(analyze_plan_response::Result::Schema(schema)) => {
                match schema.schema.and_then(|schema| schema.kind) {
                    Some(data_type::Kind::Struct(found)) => Some(found.fields),
                    _ => None,
                }
            }
            _ => None,
        };
        let fields = fields.ok_or_else(|| self.not_whole("it names no columns"))?;
        Ok(fields.into_iter().map(|field| field.name).collect())
    }

    /// Runs a statement, says how far it is, and hands on its rows, batch by batch.
    ///
    /// # Errors
    /// When the server refuses it, fails or takes too long, when its answer is not whole, or when they are not taken.
    pub fn run(
        &self,
        statement: &str,
        progress: &dyn Fn(Done),
        take: &mut dyn FnMut(&SmallTable) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let request = ExecutePlanRequest {
            session_id: self.client.session_id().to_owned(),
            user_context: Some(self.user.clone()),
            plan: Some(Self::plan(statement)),
            ..ExecutePlanRequest::default()
        };
        let name = format!("the answer of {}", self.address);
        let mut rows = 0;
        let mut batches = 0;
        let mut batch = |batch: spark_connect_proto::execute_plan_response::ArrowBatch| {
            if batch.start_offset.is_some_and(|from| u64::try_from(from) != Ok(rows)) {
                return Err(Ended::Engine(self.not_whole("rows are missing between two parts").into()));
            }
            let table = answers::table(&name, rows, &batch.data)
                .map_err(|what| Ended::Engine(self.not_whole(&what).into()))?;
            if u64::try_from(batch.row_count) != Ok(table.rows.len() as u64) {
                return Err(Ended::Engine(
                    self.not_whole("a part has another number of rows than it says").into(),
                ));
            }
            rows += table.rows.len() as u64;
            batches += 1;
            take(&table).map_err(Ended::Engine)
        };
        let handle = self.runtime.handle().clone();
        let ended = self.runtime.block_on(execution::run(
            &handle,
            &self.client,
            request,
            self.patience,
            progress,
            &mut batch,
        ));
        match ended {
            Ok(()) if batches == 0 => Err(self.not_whole("it has not even a header").into()),
            Ok(()) => Ok(()),
            Err(Ended::Engine(error)) => Err(error),
            Err(Ended::Stopped(Stopped::Spark(error))) => Err(failure::of(&self.address, &error).into()),
            Err(Ended::Stopped(Stopped::Silent)) => Err(silent(&self.address, self.patience).into()),
            Err(Ended::Stopped(Stopped::TooLong)) => {
                Err(ClusterError::TooLong { address: self.address.clone(), limit: self.patience.running }
                    .into())
            }
        }
    }

    fn not_whole(&self, what: &str) -> ClusterError {
        ClusterError::NotWhole { address: self.address.clone(), what: what.to_owned() }
    }
}

/// Nobody answers any more, or has ever.
fn silent(address: &Address, patience: Patience) -> ClusterError {
    let said = format!("no answer within {} s", patience.reaching.as_secs());
    ClusterError::Unreachable { address: address.clone(), said }
}

/// How a statement ended that gave no answer.
enum Ended {
    Stopped(Stopped),
    Engine(EngineError),
}

impl From<Stopped> for Ended {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let farewell = self.client.release_session();
        let _ = self.runtime.block_on(async { timeout(std::time::Duration::from_secs(2), farewell).await });
    }
}
