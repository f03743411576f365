//! The accept loop: a connection that stays silent is closed, the number of connections is bounded by what the system
//! allows, and all of them end with the relay.
//!
//! Never: an address beyond the request that it came with.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::app::Tasks;
use crate::http::whence::Peer;
use crate::stack;

const FIRST_BYTE: Duration = Duration::from_secs(5);
const HEADER: Duration = Duration::from_secs(10);
/// For the whole of a request, its body and the time that `/api/poll` waits included. A WebSocket is answered at once and
/// lives on.
const REQUEST: Duration = Duration::from_secs(20);
/// For all requests of a connection that does not become a WebSocket.
const CONNECTION: Duration = Duration::from_secs(120);
const GRACE: Duration = Duration::from_secs(5);
/// After accepting has failed, for want of file descriptors as a rule.
const PAUSE: Duration = Duration::from_millis(100);
/// Descriptors kept for the database, files and the log.
const DESCRIPTORS_KEPT: usize = 64;
const CONNECTIONS_MIN: usize = 64;
const REQUEST_BUFFER_BYTES: usize = 16 * 1024;

/// Serves connections until the tasks are asked to stop.
pub async fn serve(listener: TcpListener, router: Router, tasks: &Tasks) {
    let permits = Arc::new(Semaphore::new(connections_max()));
    while let Some(accepted) = tasks.stop.run_until_cancelled(accept(&listener, &permits)).await {
        tasks.spawn(stack::deep(connection(accepted, router.clone(), tasks.stop.clone())));
    }
}

/// The next connection; at the limit, the next one after another has closed.
async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> Counted {
    let permit = permits.clone().acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return Counted { stream, peer: Peer(peer.ip()), _permit: permit },
            Err(cause) => {
                if cause.kind() != io::ErrorKind::ConnectionAborted {
                    tracing::error!(%cause, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

async fn connection(accepted: Counted, router: Router, stop: CancellationToken) {
    // A failure here shows up as a failing connection right after.
    let _undelayed = accepted.stream.set_nodelay(true);
    let first = stop.run_until_cancelled(timeout(FIRST_BYTE, accepted.stream.readable())).await;
    if !matches!(first, Some(Ok(Ok(())))) {
        return;
    }
    let peer = accepted.peer;
    let service = service_fn(move |request| answer(router.clone(), request, peer));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .max_buf_size(REQUEST_BUFFER_BYTES)
        .serve_connection(TokioIo::new(accepted), service)
        .with_upgrades();
    let mut served = pin!(served);
    // How a connection ended, well or badly, is between the two ends.
    match stop.run_until_cancelled(timeout(CONNECTION, served.as_mut())).await {
        Some(Ok(_ended)) => return,
        // A request that has just begun still has its own time.
        Some(Err(_)) => {
            served.as_mut().graceful_shutdown();
            if let Some(Ok(_ended)) = stop.run_until_cancelled(timeout(REQUEST, served.as_mut())).await {
                return;
            }
        }
        None => served.as_mut().graceful_shutdown(),
    }
    let _ended = timeout(GRACE, served).await;
}

async fn answer(
    router: Router,
    mut request: hyper::Request<Incoming>,
    peer: Peer,
) -> Result<Response, std::convert::Infallible> {
    request.extensions_mut().insert(peer);
    let is_chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut response = match timeout(REQUEST, router.oneshot(request)).await {
        Ok(answered) => answered?,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    // A length beside chunks is a way to hide a second request in the first (RFC 9112, section 6.1): none is read.
    if is_chunked {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// As many as the system's limit of open files allows.
fn connections_max() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(Semaphore::MAX_PERMITS);
    limit.saturating_sub(DESCRIPTORS_KEPT).clamp(CONNECTIONS_MIN, Semaphore::MAX_PERMITS)
}

/// A connection that gives its place back when it is closed, WebSockets included.
struct Counted {
    stream: TcpStream,
    peer: Peer,
    _permit: OwnedSemaphorePermit,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
