//! One request to an address, as a browser would make it: with an end to its time, its size and its redirects.
//!
//! Never: cookies, a script, or a second request of its own accord.

use std::sync::Arc;

use amparo_protocol::finding::Unreached;
use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::reach::Reach;

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

/// The page at this address, redirects followed as far as they may lead.
pub async fn page(address: &str, reach: Reach) -> Result<Fetched, Unreached> {
    let mut address: Uri = address.parse().map_err(|_| Unreached::NoAddress)?;
    for _ in 0..REDIRECTS_MAX {
        let fetched = within(reach, request(&address, &[], reach)).await?;
        let Some(next) = redirect(&fetched) else { return Ok(fetched) };
        let next = next.ok_or(Unreached::RedirectsNowhere)?;
        if !reach.follows(&address, &next) {
            return Err(Unreached::RedirectsElsewhere);
        }
        address = next;
    }
    Err(Unreached::RedirectsAgain)
}

/// Whether a WebSocket gets through to this address.
pub async fn takes_websockets(address: &str) -> Result<bool, Unreached> {
    let address: Uri = address.parse().map_err(|_| Unreached::NoAddress)?;
    let asks = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "YW1wYXJvIGRvY3Rvcjo6OQ=="),
        ("origin", "null"),
    ];
    let reach = Reach::Anywhere;
    Ok(within(reach, request(&address, &asks, reach)).await?.status == StatusCode::SWITCHING_PROTOCOLS)
}

async fn within(reach: Reach, fetch: impl Future<Output = Result<Fetched, Unreached>>) -> Result<Fetched, Unreached> {
    timeout(reach.within(), fetch).await.map_err(|_| Unreached::TooSlow)?
}

async fn request(address: &Uri, more: &[(&str, &str)], reach: Reach) -> Result<Fetched, Unreached> {
    let host = address.host().ok_or(Unreached::NoAddress)?;
    let is_tls = address.scheme_str() == Some("https");
    let port = address.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let bare_host = host.trim_matches(['[', ']']);
    let stream = reach.connect(bare_host, port).await?;
    if !is_tls {
        return exchange(stream, address, more, reach).await;
    }
    let name = ServerName::try_from(bare_host.to_owned()).map_err(|_| Unreached::NoAddress)?;
    let secured = TlsConnector::from(Arc::new(tls())).connect(name, stream).await;
    exchange(secured.map_err(|_| Unreached::Certificate)?, address, more, reach).await
}

fn tls() -> ClientConfig {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}

async fn exchange<S>(stream: S, address: &Uri, more: &[(&str, &str)], reach: Reach) -> Result<Fetched, Unreached>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Unreached::NoHttp)?;
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    let authority = address.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::get(path).header(header::HOST, authority).header(header::ACCEPT, "text/html,*/*");
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|_| Unreached::NoAddress)?;
    let answer = async move {
        let answer = sender.send_request(request).await.map_err(|_| Unreached::NoHttp)?;
        let (parts, body) = answer.into_parts();
        // What follows an upgrade is no page.
        let bytes = match parts.status {
            StatusCode::SWITCHING_PROTOCOLS => Bytes::new(),
            _ => {
                let whole = Limited::new(body, reach.page_max_bytes()).collect().await;
                whole.map_err(|_| Unreached::TooLarge)?.to_bytes()
            }
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
        Some(rest) if !rest.starts_with('/') => {
            let scheme = fetched.address.scheme_str().unwrap_or_default();
            let authority = fetched.address.authority().map_or("", |authority| authority.as_str());
            format!("{scheme}://{authority}{next}")
        }
        _ => next.to_owned(),
    };
    Some(whole.parse().ok())
}
