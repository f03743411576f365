//! Connections that cost nothing to hold: silent, dribbling a head, dribbling a body. Each ends by itself, and two
//! thousand of them do not keep anybody else waiting.

use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::wire::Wire;
use crate::support::served::Served;

/// A head that grows by a byte now and then ends after ten seconds; a body after twenty.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dribbled_head_and_body_end_by_themselves() {
    let served = Served::start().await;
    let address = served.address;
    let slow = |beginning: &'static str| async move {
        let mut wire = Wire::open(address).await;
        wire.sends(beginning.as_bytes()).await;
        let began = Instant::now();
        let dribble = async {
            let (mut reading, mut writing) = wire.split();
            let write = async {
                loop {
                    sleep(Duration::from_millis(500)).await;
                    writing.sends(b"x").await;
                }
            };
            tokio::select! {
                ended = reading.ends() => ended,
                () = write => unreachable!("runs for ever"),
            }
        };
        dribble.await;
        began.elapsed()
    };
    let head = slow("GET /healthz HTTP/1.1\r\nX: ");
    let body = slow("POST /api/end HTTP/1.1\r\nHost: relay\r\nContent-Length: 4000\r\n\r\n");
    let (head, body) = tokio::join!(head, body);
    assert!(head < Duration::from_secs(13), "{head:?}");
    assert!(body < Duration::from_secs(23), "{body:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_silent_connections_keep_nobody_waiting() {
    let served = Served::start().await;
    let address = served.address;
    let mut silent = Vec::new();
    allow_many_files();
    for number in 0..2_000 {
        let Ok(stream) = TcpStream::connect(address).await else { break };
        // Half of them begin to say something.
        if number % 2 == 0 {
            stream.try_write(b"GET / HT").unwrap();
        }
        silent.push(stream);
    }
    assert_eq!(silent.len(), 2_000, "the limit of open files is too low to say anything");
    let mut times = Vec::new();
    for _ in 0..100 {
        let began = Instant::now();
        let mut wire = Wire::open(address).await;
        wire.sends(b"GET /healthz HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n").await;
        assert!(wire.reads_all().await.starts_with("HTTP/1.1 200"));
        times.push(began.elapsed());
    }
    times.sort();
    assert!(times[98] < Duration::from_millis(100), "p99 {:?} with {} silent", times[98], silent.len());
}

/// Both ends of each connection are in this process.
fn allow_many_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).expect("up to its maximum anybody may");
}
