//! One request to an address, as a browser would make it, for the doctor.
//!
//! Never: used by the relay itself, which asks nobody anything.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const WITHIN: Duration = Duration::from_secs(15);
const PAGE_MAX_BYTES: usize = 4 * 1024 * 1024;
const REDIRECTS_MAX: usize = 5;

pub struct Fetched {
    /// Where the answer came from, after redirects.
    pub address: Uri,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Fetched {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// The page at this address, redirects followed.
pub async fn page(address: &str) -> Result<Fetched, String> {
    let mut address: Uri = address.parse().map_err(|_| "it is not an address".to_owned())?;
    for _ in 0..REDIRECTS_MAX {
        let fetched = within(request(&address, &[])).await?;
        let Some(next) = redirect(&fetched) else { return Ok(fetched) };
        address = next.ok_or("it redirects to nowhere")?;
    }
    Err("it redirects again and again".to_owned())
}

/// Whether a WebSocket gets through to this address.
pub async fn takes_websockets(address: &str) -> Result<bool, String> {
    let address: Uri = address.parse().map_err(|_| "it is not an address".to_owned())?;
    let asks = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "YW1wYXJvIGRvY3Rvcjo6OQ=="),
        ("origin", "null"),
    ];
    Ok(within(request(&address, &asks)).await?.status == StatusCode::SWITCHING_PROTOCOLS)
}

async fn within(fetch: impl Future<Output = Result<Fetched, String>>) -> Result<Fetched, String> {
    timeout(WITHIN, fetch).await.map_err(|_| "it does not answer in time".to_owned())?
}

async fn request(address: &Uri, more: &[(&str, &str)]) -> Result<Fetched, String> {
    let host = address.host().ok_or("it names no host")?;
    let is_tls = address.scheme_str() == Some("https");
    let port = address.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await;
    let stream = stream.map_err(|error| format!("it cannot be reached: {error}"))?;
    if !is_tls {
        return exchange(stream, address, more).await;
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|_| "its host has a strange name")?;
    let secured = TlsConnector::from(Arc::new(tls())).connect(name, stream).await;
    exchange(secured.map_err(|error| format!("its certificate is not accepted: {error}"))?, address, more).await
}

fn tls() -> ClientConfig {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}

async fn exchange<S>(stream: S, address: &Uri, more: &[(&str, &str)]) -> Result<Fetched, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let told = |error: hyper::Error| format!("it does not speak HTTP: {error}");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(told)?;
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    let authority = address.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::get(path).header(header::HOST, authority).header(header::ACCEPT, "text/html,*/*");
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|_| "it is not an address".to_owned())?;
    let answer = async move {
        let answer = sender.send_request(request).await.map_err(told)?;
        let (parts, body) = answer.into_parts();
        // What follows an upgrade is no page.
        let bytes = match parts.status {
            StatusCode::SWITCHING_PROTOCOLS => Bytes::new(),
            _ => Limited::new(body, PAGE_MAX_BYTES).collect().await.map_err(|_| "its page is cut")?.to_bytes(),
        };
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Fetched { address: address.clone(), status: parts.status, headers: parts.headers, body })
    };
    // The connection ends once the answer was read and nothing more can be asked.
    let (answer, _ended) = tokio::join!(answer, connection.with_upgrades());
    answer
}

/// `Some(None)` where the next address makes no sense.
fn redirect(fetched: &Fetched) -> Option<Option<Uri>> {
    if !fetched.status.is_redirection() {
        return None;
    }
    let next = fetched.header("location");
    let whole = match next.strip_prefix('/') {
        Some(_) => {
            let scheme = fetched.address.scheme_str().unwrap_or_default();
            let authority = fetched.address.authority().map_or("", |authority| authority.as_str());
            format!("{scheme}://{authority}{next}")
        }
        None => next.to_owned(),
    };
    Some(whole.parse().ok())
}
