//! A network that forgets a connection closes nothing: both browsers notice by the relay's silence, and nothing is lost.

use std::time::Duration;

use amparo_protocol::limits::RELAY_SILENT_SECS;
use amparo_tests::counselor::Counselor;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::proxy::{Blocks, Proxy};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

/// Noticed, connected and resumed.
const BACK_WITHIN: Duration = Duration::from_secs(RELAY_SILENT_SECS + 15);
/// The relay closes a connection that asks for nothing more (`server/src/accept.rs`).
const KEPT_FOR: Duration = Duration::from_secs(12);

/// The tag has these attributes too.
async fn talking_behind_a_proxy(attributes: &str) -> (Proxy, World, Counselor, Visitor) {
    let settings = Settings::of(Engine::Chromium);
    let proxy = Proxy::start(Blocks::Nothing).await;
    let world = World::behind(&proxy).await;
    let ana = Counselor::sets_up(&world, "Ana", settings).await;
    world.host.carries(&ana.tag.replacen("<script ", &format!("<script {attributes} "), 1), "");
    ana.is_available().await;
    let visitor = world.visitor_in_the_queue(settings).await;
    ana.accepts().await;
    visitor.is_talking().await;
    visitor.talk().says("before").await;
    ana.talk().sees("before").await;
    (proxy, world, ana, visitor)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_the_line_is_silent_arrives_when_both_browsers_have_noticed() {
    let (proxy, _world, ana, visitor) = talking_behind_a_proxy("").await;
    proxy.forgets_connections();
    visitor.talk().says("is anybody there?").await;
    ana.talk().says("I am here.").await;
    ana.talk().sees_within("is anybody there?", BACK_WITHIN).await;
    visitor.talk().sees_within("I am here.", BACK_WITHIN).await;
    for talk in [visitor.talk(), ana.talk()] {
        talk.sees_all_delivered().await;
    }
}

/// A page that keeps nothing for the next one has an end token of its own. Its request needs a connection of its own
/// too, which it gets once the relay has closed those that the browser still kept from before.
#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_while_the_line_is_silent_has_left_also_where_the_site_keeps_nothing() {
    for leaves_by_exit in [true, false] {
        let (proxy, world, ana, visitor) = talking_behind_a_proxy("data-resume=\"off\"").await;
        world.host.put("/elsewhere", "text/html; charset=utf-8", "<!doctype html><title>Elsewhere</title>");
        tokio::time::sleep(KEPT_FOR).await;
        proxy.forgets_connections();
        if leaves_by_exit {
            visitor.page().press_to_leave("exit").await;
        } else {
            visitor.browser.goto(&format!("{}/elsewhere", world.host.origin())).await;
        }
        ana.desk().sees_attribute("conversation", "data-state", &["ended"], BACK_WITHIN).await;
    }
}
