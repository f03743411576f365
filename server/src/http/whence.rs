//! Which bucket a request comes from: by the connection, and by what a proxy says if it is one of the settings'.
//!
//! Never: an address beyond this file and the accept loop.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use amparo_protocol::error::ErrorCode;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::app::App;
use crate::buckets::{Doing, Whence};

/// Put on every request by the accept loop.
#[derive(Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Where a request comes from, as far as that can be known.
#[derive(Clone, Copy)]
pub struct From(pub Option<Whence>);

impl From {
    /// Counts what is done, and refuses it when it is too much.
    pub fn may(self, app: &App, doing: Doing) -> Result<(), ErrorCode> {
        let may = app.buckets.may(self.0, doing, app.clock.now());
        if may { Ok(()) } else { Err(ErrorCode::TooManyAttempts) }
    }
}

impl FromRequestParts<App> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let Some(Peer(peer)) = parts.extensions.get::<Peer>().copied() else { return Ok(Self(None)) };
        let address = address(peer.to_canonical(), &parts.headers, &app.config.trusted_proxies);
        Ok(Self(app.buckets.whence(address, &app.random, app.clock.now())))
    }
}

/// The last address that is no proxy of ours: whoever writes the header himself only writes what stands before.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let said = forwarded_for(headers).or_else(|| forwarded(headers)).unwrap_or_default();
    let mut nearest = peer;
    for text in said.iter().rev() {
        // What is no address was not written by a proxy that we trust.
        let Some(next) = ip(text) else { return nearest };
        nearest = next;
        if !trusted.contains(&nearest) {
            break;
        }
    }
    nearest
}

fn forwarded_for(headers: &HeaderMap) -> Option<Vec<&str>> {
    list(headers, "x-forwarded-for")
}

/// RFC 7239.
fn forwarded(headers: &HeaderMap) -> Option<Vec<&str>> {
    let elements = list(headers, header::FORWARDED.as_str())?;
    let parameter = |element: &&'_ str| -> Option<usize> { element.to_ascii_lowercase().find("for=") };
    Some(
        elements
            .into_iter()
            .map(|element| parameter(&element).map_or("", |at| element[at + 4..].split(';').next().unwrap_or_default()))
            .collect(),
    )
}

/// `None` without the header.
fn list<'a>(headers: &'a HeaderMap, name: &str) -> Option<Vec<&'a str>> {
    let values: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).collect();
    (!values.is_empty()).then(|| values.into_iter().flat_map(|value| value.split(',')).map(str::trim).collect())
}

/// With or without a port, brackets and quotes.
fn ip(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let parsed = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, name: &'static str, said: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for said in said {
            headers.append(name, said.parse().unwrap());
        }
        let trusted = ["127.0.0.1".parse().unwrap(), "203.0.113.1".parse().unwrap()];
        address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_proxy_of_ours_is_believed_and_nobody_else() {
        let name = "x-forwarded-for";
        assert_eq!(seen("198.51.100.7", name, &["192.0.2.1"]), "198.51.100.7");
        assert_eq!(seen("127.0.0.1", name, &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(seen("127.0.0.1", name, &["192.0.2.9, 192.0.2.1"]), "192.0.2.1", "the first was made up");
        assert_eq!(seen("127.0.0.1", name, &["192.0.2.9", "192.0.2.1, 203.0.113.1"]), "192.0.2.1");
        assert_eq!(seen("127.0.0.1", name, &["192.0.2.1, rubbish"]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", name, &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(seen("127.0.0.1", name, &[]), "127.0.0.1");
    }

    #[test]
    fn the_standard_header_is_read_as_well() {
        let name = "forwarded";
        assert_eq!(seen("127.0.0.1", name, &["for=192.0.2.1;proto=https"]), "192.0.2.1");
        assert_eq!(seen("127.0.0.1", name, &["for=192.0.2.9, proto=https;For=\"[2001:db8::1]:80\""]), "2001:db8::1");
        assert_eq!(seen("127.0.0.1", name, &["for=unknown"]), "127.0.0.1");
        assert_eq!(seen("198.51.100.7", name, &["for=192.0.2.1"]), "198.51.100.7");
    }
}
