//! One request and its answer.

use amparo_protocol::error::{ErrorBody, ErrorCode};
use amparo_server::http::whence::Peer;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt;

use super::app::{RELAY, TestApp};

pub struct Request<'a> {
    app: &'a TestApp,
    builder: axum::http::request::Builder,
    body: String,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl<'a> Request<'a> {
    pub fn new(app: &'a TestApp, method: &str, path: &str) -> Self {
        Self { app, builder: axum::http::Request::builder().method(method).uri(path), body: String::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Sent by the console's own page.
    pub fn by_console(self) -> Self {
        self.header("origin", RELAY).header("sec-fetch-site", "same-origin")
    }

    pub fn cookie(self, cookie: Option<&str>) -> Self {
        match cookie {
            Some(cookie) => self.header("cookie", cookie),
            None => self,
        }
    }

    pub fn json(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).unwrap();
        self.header("content-type", "application/json").text(&body)
    }

    pub fn text(mut self, body: &str) -> Self {
        self.body = body.to_owned();
        self
    }

    /// As the accept loop says where a connection comes from.
    pub fn from(mut self, address: [u8; 4]) -> Self {
        self.builder = self.builder.extension(Peer(address.into()));
        self
    }

    pub async fn send(self) -> Answer {
        let request = self.builder.body(Body::from(self.body)).unwrap();
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Answer {
    pub fn expect_done(self) -> Self {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text());
        self
    }

    pub fn read<T: DeserializeOwned>(self) -> T {
        let answer = self.expect_done();
        serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
    }

    /// The code of a refusal.
    #[track_caller]
    pub fn refusal(&self) -> ErrorCode {
        assert!(!self.status.is_success(), "was not refused: {}", self.text());
        serde_json::from_slice::<ErrorBody>(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text())).code
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The login cookie that the answer sets, as the browser sends it back.
    pub fn cookie(&self) -> Option<String> {
        let set = self.headers.get(header::SET_COOKIE)?.to_str().unwrap();
        Some(set.split(';').next().unwrap().to_owned())
    }
}
