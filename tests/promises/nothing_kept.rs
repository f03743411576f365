//! After a conversation the relay's folder and log hold none of its words, no address and no browser's name.

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::traces::{files_below, holders, size_below};
use amparo_tests::world::World;

const WORDS: [&str; 4] = ["zimtstern", "he-comes-at-seven", "blaue tuer", "قرنفلة"];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_said_and_nobody_who_said_it_is_found_on_the_relay() {
    let settings = Settings::of(Engine::Chromium);
    let (mut world, ana) = World::set_up_by_ana(settings).await;
    ana.is_available().await;
    let visitor = world.visitor_in_the_queue(settings).await;
    ana.accepts().await;
    visitor.is_talking().await;
    let size_before = size_below(&world.relay.data());
    for word in WORDS {
        visitor.talk().says(word).await;
        ana.talk().sees(word).await;
        ana.talk().says(&format!("{word}?")).await;
        visitor.talk().sees(&format!("{word}?")).await;
    }
    for round in 0..2 {
        let long = format!("{round} {}", "zimtstern ".repeat(120));
        visitor.talk().says(long.trim()).await;
        visitor.talk().sees_all_delivered().await;
    }
    let grown_bytes = size_below(&world.relay.data()).saturating_sub(size_before);
    assert!(grown_bytes < 4096, "two messages of 4 KiB and more left {grown_bytes} bytes on disk");
    let user_agent = visitor.page().script("return navigator.userAgent", vec![]).await.expect("the page answers");
    let user_agent = user_agent.as_str().expect("it is text").to_owned();

    let traces =
        [&WORDS[..], &[user_agent.as_str(), "HeadlessChrome", "Mozilla/5.0", "127.0.0.1", "/advice-on-housing"]]
            .concat();
    // While it is going on, with the write-ahead log open, and once more after the power went.
    for is_on in [true, false] {
        if !is_on {
            ana.ends().await;
            visitor.frame().sees_screen(&["ended"]).await;
            world.relay.loses_power();
        }
        let files = files_below(&world.relay.data());
        let database = files.iter().any(|file| file.extension().is_some_and(|extension| extension == "db"));
        assert!(database, "the scan sees the database: {files:?}");
        // The site's allowed origin is set by the administrator and stored; it is the only address there.
        let found = holders(&files, &traces, &world.host.origin());
        assert!(found.is_empty(), "on disk: {found:?}");
        assert_log_is_silent(&world.relay.log(), &traces);
    }
}

/// Its own address is in the log's first lines; nobody else's may be.
fn assert_log_is_silent(log: &str, traces: &[&str]) {
    assert!(!log.is_empty(), "the relay's output was caught");
    let own = ["listening", "set-up", "ssh"];
    for line in log.lines().filter(|line| !own.iter().any(|word| line.contains(word))) {
        for trace in traces {
            assert!(!line.contains(trace), "in the log: {line}");
        }
    }
}
