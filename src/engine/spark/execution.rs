//! One statement on its way: its stream of answers, taken up again where it breaks off, and told to stop where nobody waits any more.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use spark_connect_core::{
    ExecutePlanResponseReattachableIterator, RetryPolicy, SparkConnectClient, SparkError,
};
use spark_connect_proto::execute_plan_response::{ArrowBatch, ExecutionProgress, ResponseType};
use spark_connect_proto::{ExecutePlanRequest, ExecutePlanResponse};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use super::{Done, Patience};

/// A server that says nothing for so long is asked whether it is still there.
const QUIET: Duration = Duration::from_secs(20);
/// So often a stream that broke off is taken up again without anything new in between.
const TRIES: u32 = 6;
/// How long a run that ends waits for the server to hear of it.
const FAREWELL: Duration = Duration::from_millis(700);

/// Why an execution ended without an answer.
pub enum Stopped {
    /// The server, or the way to it.
    Spark(SparkError),
    /// It took too long.
    TooLong,
    /// The server does not even say that it is still there.
    Silent,
}

impl From<SparkError> for Stopped {
    fn from(error: SparkError) -> Self {
        Self::Spark(error)
    }
}

/// What runs now, so that a signal can stop it.
struct Running {
    handle: Handle,
    client: Arc<SparkConnectClient>,
    operation: String,
}

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

/// Tells the server to stop what it does for this process, if it does anything; for a process that ends.
pub fn interrupt() {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(Running { handle, client, operation }) = running {
        let _ = handle.block_on(async { timeout(FAREWELL, client.interrupt_operation(&operation)).await });
    }
}

/// Runs a request to its end, and hands on its batches.
pub async fn run<E: From<Stopped>>(
    handle: &Handle,
    client: &Arc<SparkConnectClient>,
    request: ExecutePlanRequest,
    patience: Patience,
    progress: &dyn Fn(Done),
    take: &mut dyn FnMut(ArrowBatch) -> Result<(), E>,
) -> Result<(), E> {
    let execution = ExecutePlanResponseReattachableIterator::new(request);
    let operation = execution.operation_id().to_owned();
    let running =
        Running { handle: handle.clone(), client: Arc::clone(client), operation: operation.clone() };
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    let whole = async { follow(client, &execution, patience, progress, take).await };
    let ended = match timeout(patience.running, whole).await {
        Ok(ended) => ended,
        Err(_) => Err(Stopped::TooLong.into()),
    };
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = None;
    if ended.is_err() {
        let _ = timeout(FAREWELL, client.interrupt_operation(&operation)).await;
    }
    let release = execution.create_release_request(true).await;
    let _ = timeout(FAREWELL, client.release_execute(release)).await;
    ended
}

/// Follows the stream of an execution until the server says that it is complete: one that merely ends is taken up again, as is one that breaks.
async fn follow<E: From<Stopped>>(
    client: &SparkConnectClient,
    execution: &ExecutePlanResponseReattachableIterator,
    patience: Patience,
    progress: &dyn Fn(Done),
    take: &mut dyn FnMut(ArrowBatch) -> Result<(), E>,
) -> Result<(), E> {
    let policy = RetryPolicy::default();
    let mut stream = client.execute_plan(execution.request().clone()).await.map_err(Stopped::from)?;
    let mut tries = 0;
    loop {
        let broken = match watched(client, patience, stream.message()).await? {
            Ok(Some(response)) => {
                tries = 0;
                execution.set_last_response_id(&response).await;
                respond(response, progress, take)?;
                continue;
            }
            Ok(None) | Err(_) if execution.is_completed().await => return Ok(()),
            Ok(None) => None,
            Err(status) if policy.can_retry(&status) => Some(SparkError::from_grpc_status(status)),
            Err(status) => return Err(Stopped::from(SparkError::from_grpc_status(status)).into()),
        };
        tries += 1;
        if let Some(error) = broken.filter(|_| tries > TRIES) {
            return Err(Stopped::from(error).into());
        }
        sleep(Duration::from_millis(100 << tries.min(TRIES))).await;
        match client.reattach_execute(execution.create_reattach_request().await).await {
            Ok(again) => stream = again,
            Err(error) if tries <= TRIES && is_unavailable(&error) => {}
            Err(error) => return Err(Stopped::from(error).into()),
        }
    }
}

/// Code 14 of gRPC.
fn is_unavailable(error: &SparkError) -> bool {
    error.grpc_code == Some(14)
}

/// Waits for an answer, and asks a server that is quiet for long whether it is still there.
async fn watched<T>(
    client: &SparkConnectClient,
    patience: Patience,
    answer: impl Future<Output = T>,
) -> Result<T, Stopped> {
    let mut answer = pin!(answer);
    loop {
        if let Ok(answered) = timeout(QUIET, &mut answer).await {
            return Ok(answered);
        }
        let question = client.get_configs(&["spark.sql.ansi.enabled"]);
        match timeout(patience.reaching, question).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => return Err(Stopped::Silent),
        }
    }
}

fn respond<E>(
    response: ExecutePlanResponse,
    progress: &dyn Fn(Done),
    take: &mut dyn FnMut(ArrowBatch) -> Result<(), E>,
) -> Result<(), E> {
    match response.response_type {
        Some(ResponseType::ArrowBatch(batch)) => take(batch),
        Some(ResponseType::ExecutionProgress(found)) => {
            progress(done(&found));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn done(found: &ExecutionProgress) -> Done {
    let sum = |of: fn(&spark_connect_proto::execute_plan_response::execution_progress::StageInfo) -> i64| {
        found.stages.iter().map(|stage| of(stage).max(0).cast_unsigned()).sum()
    };
    Done {
        tasks: sum(|stage| stage.num_completed_tasks),
        of_tasks: sum(|stage| stage.num_tasks),
        bytes: sum(|stage| stage.input_bytes_read),
    }
}
