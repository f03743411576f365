//! Plain HTTP for the harness itself: reads what the relay serves, as a webmaster with curl would.

use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The answer, or the reason why there was none.
pub async fn get(url: &str) -> Result<Answer, String> {
    send(Request::get(url).body(Body::empty()).map_err(|error| error.to_string())?).await
}

pub async fn send(request: Request<Body>) -> Result<Answer, String> {
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request).await.map_err(|error| error.to_string())?;
    let (status, content_type) = (answer.status().as_u16(), content_type(&answer));
    let body = answer.into_body().collect().await.map_err(|error| error.to_string())?;
    Ok(Answer { status, content_type, body: body.to_bytes().to_vec() })
}

fn content_type<B>(answer: &Response<B>) -> String {
    let value = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
    value.unwrap_or("application/octet-stream").to_owned()
}
