//! One conversation from the first press to the cleared screens, across page changes and a reload of the console.

use std::time::Duration;

use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

const WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_over_page_changes_and_a_reload_and_ends_on_empty_screens() {
    let settings = Settings::of(Engine::Chromium);
    let (_world, ana, visitor) = World::talking(settings, settings).await;
    let mut said = Vec::new();
    for number in 1..=10 {
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

    visitor.changes_page("/advice-on-housing").await;
    visitor.changes_page("/opening-times").await;
    visitor.continues().await;
    visitor.talk().sees_exactly(&said, WITHIN).await;
    visitor.talk().says("still here").await;
    ana.talk().sees("still here").await;
    visitor.talk().sees_delivered("still here").await;
    said.push("still here".to_owned());

    ana.reloads().await;
    visitor.changes_page("/").await;
    visitor.continues().await;
    ana.gives_password().await;
    ana.is_talking().await;
    ana.talk().sees_exactly(&said, WITHIN).await;
    ana.talk().says("I am back").await;
    visitor.talk().sees("I am back").await;
    said.push("I am back".to_owned());
    visitor.talk().sees_exactly(&said, WITHIN).await;

    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
    visitor.talk().sees_exactly(&said, PATIENCE).await;
    visitor.frame().press("clear").await;
    visitor.talk().sees_nothing_said(PATIENCE).await;
    ana.desk().press("clear").await;
    ana.talk().sees_nothing_said(PATIENCE).await;
}
