//! Where WebSockets are blocked a visitor is connected within ten seconds and talks as anywhere else (requirement 40).

use std::time::{Duration, Instant};

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::proxy::{Blocks, Proxy};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

const PROMISED: Duration = Duration::from_secs(10);
const WITHIN: Duration = Duration::from_secs(30);

async fn two_people_talk(visitor: Engine, blocks: Blocks) {
    let proxy = Proxy::start(blocks).await;
    let world = World::behind(&proxy).await;
    let ana = Counselor::sets_up(&world, "Ana", Settings::of(Engine::Chromium)).await;
    world.host.carries(&ana.tag, "");
    ana.is_available().await;
    let by_console = proxy.blocked();
    assert!(by_console > 0, "the console tried a socket first");

    let visitor = Visitor::arrives(&world, "visitor", Settings::of(visitor)).await;
    let opened = Instant::now();
    visitor.opens_the_chat().await;
    visitor.reads_available(PROMISED).await;
    assert!(opened.elapsed() < PROMISED, "connected {:?} after she opened the chat", opened.elapsed());
    assert!(proxy.blocked() > by_console, "the widget tried a socket first");
    visitor.enters().await;
    ana.accepts().await;
    visitor.is_talking().await;

    let mut said = Vec::new();
    for number in 1..=5 {
        let (question, answer) = (format!("question {number}"), format!("answer {number}"));
        visitor.talk().says(&question).await;
        ana.talk().sees(&question).await;
        ana.talk().says(&answer).await;
        visitor.talk().sees(&answer).await;
        said.extend([question, answer]);
    }
    for talk in [visitor.talk(), ana.talk()] {
        talk.sees_exactly(&said, PATIENCE).await;
        talk.sees_all_delivered().await;
    }

    visitor.browser.client.refresh().await.expect("the page is served");
    visitor.continues().await;
    visitor.talk().sees_exactly(&said, WITHIN).await;
    visitor.talk().says("still here").await;
    ana.talk().sees("still here").await;
    visitor.talk().sees_delivered("still here").await;
    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_talks_where_sockets_are_refused() {
    two_people_talk(Engine::Chromium, Blocks::Refuses).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_talks_where_sockets_are_never_answered() {
    two_people_talk(Engine::Chromium, Blocks::Hangs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_with_firefox_talks_where_sockets_are_never_answered() {
    two_people_talk(Engine::Firefox, Blocks::Hangs).await;
}
