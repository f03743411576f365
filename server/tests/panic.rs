//! A panic tells where it happened and never what it was about: its message may quote what somebody said. A file of its
//! own, because a process has one panic hook.

use std::io::Write;
use std::sync::{Arc, Mutex};

use amparo_server::cli::panics;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics with it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_says_where_and_never_what() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).init();
    panics::say_only_where();
    let ended = std::thread::spawn(|| panic!("she wrote: {}", "he comes at seven")).join();
    assert!(ended.is_err());
    let told = String::from_utf8_lossy(&log.0.lock().expect("nobody panics with it")).into_owned();
    assert!(told.contains("the program has a fault") && told.contains("tests/panic.rs:"), "{told}");
    assert!(!told.contains("seven") && !told.contains("wrote"), "{told}");
}
