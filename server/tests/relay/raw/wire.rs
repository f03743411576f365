//! A bare TCP connection to a relay: bytes out, in the pieces that a test wants, and whatever comes back.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::timeout;

use super::frame::{Frame, PING, PONG};

const DEADLINE: Duration = Duration::from_secs(20);

pub struct Wire(TcpStream);

/// A frame of the relay: opcode and payload.
pub type Heard = (u8, Vec<u8>);

impl Wire {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// Past the handshake.
    pub async fn websocket(address: SocketAddr) -> Self {
        let mut wire = Self::open(address).await;
        let request = "GET /ws HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: null\r\n\r\n";
        wire.sends(request.as_bytes()).await;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(DEADLINE, wire.0.read_u8()).await.expect("in time").unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 101") && head.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
        assert!(!head.contains("sec-websocket-extensions"), "nothing is negotiated: {head}");
        wire
    }

    /// A relay that has closed meanwhile is noticed by who reads next.
    pub async fn sends(&mut self, bytes: &[u8]) {
        let _closed = self.0.write_all(bytes).await;
    }

    pub async fn sends_in_pieces(&mut self, bytes: &[u8], size: usize) {
        for piece in bytes.chunks(size) {
            self.sends(piece).await;
            tokio::task::yield_now().await;
        }
    }

    /// No more comes from here; the relay may still answer.
    pub async fn says_no_more(&mut self) {
        let _closed = self.0.shutdown().await;
    }

    /// The next whole frame, checked for what no server may send; `None` when the relay has closed.
    pub async fn hears(&mut self) -> Option<Heard> {
        timeout(DEADLINE, self.frame()).await.expect("in time")
    }

    async fn frame(&mut self) -> Option<Heard> {
        let first = self.0.read_u8().await.ok()?;
        let second = self.0.read_u8().await.ok()?;
        assert_eq!(first & 0x70, 0, "no reserved bit");
        assert_eq!(second & 0x80, 0, "a server does not mask");
        let size = match second {
            126 => u64::from(self.0.read_u16().await.ok()?),
            127 => self.0.read_u64().await.ok()?,
            short => u64::from(short),
        };
        let opcode = first & 0x0f;
        assert!(opcode < 8 || size <= 125, "a control frame is short");
        let mut payload = vec![0; usize::try_from(size).unwrap()];
        self.0.read_exact(&mut payload).await.ok()?;
        Some((opcode, payload))
    }

    /// What was heard until the answer to a last ping, which is left out; `None` when the relay closed before.
    pub async fn hears_until_pong(&mut self) -> Option<Vec<Heard>> {
        const LAST: &[u8] = b"the last ping";
        self.sends(&super::frame::frame(PING, LAST).bytes()).await;
        let mut heard = Vec::new();
        loop {
            match self.hears().await? {
                (PONG, payload) if payload == LAST => return Some(heard),
                other => heard.push(other),
            }
        }
    }

    /// Everything until the relay closes.
    pub async fn hears_all(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Some(next) = self.hears().await {
            heard.push(next);
        }
        heard
    }

    /// As text, until the relay closes or has said nothing for a while.
    pub async fn reads_until_quiet(&mut self) -> String {
        const QUIET: Duration = Duration::from_millis(400);
        let mut text = Vec::new();
        let mut part = vec![0; 16 * 1024];
        while let Ok(Ok(size @ 1..)) = timeout(QUIET, self.0.read(&mut part)).await {
            text.extend(&part[..size]);
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// As text, until the relay closes.
    pub async fn reads_all(&mut self) -> String {
        let mut bytes = Vec::new();
        // A reset after the answer is a way to close.
        let _reset = timeout(DEADLINE + DEADLINE, self.0.read_to_end(&mut bytes)).await.expect("in time");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Wire {
    /// To read while something is written.
    pub fn split(&mut self) -> (Reading<'_>, Writing<'_>) {
        let (reading, writing) = self.0.split();
        (Reading(reading), Writing(writing))
    }
}

pub struct Reading<'a>(ReadHalf<'a>);

pub struct Writing<'a>(WriteHalf<'a>);

impl Reading<'_> {
    /// Returns once the relay has closed.
    pub async fn ends(&mut self) {
        let mut bytes = Vec::new();
        let _reset = timeout(DEADLINE + DEADLINE, self.0.read_to_end(&mut bytes)).await.expect("in time");
    }
}

impl Writing<'_> {
    pub async fn sends(&mut self, bytes: &[u8]) {
        let _closed = self.0.write_all(bytes).await;
    }
}

pub fn all(frames: &[Frame]) -> Vec<u8> {
    frames.iter().flat_map(Frame::bytes).collect()
}
