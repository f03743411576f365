//! Bytes as no browser sends them: WebSocket frames and HTTP requests made by hand, on a bare TCP connection.

mod frame;
mod frames;
mod http;
mod http_slow;
mod wire;
