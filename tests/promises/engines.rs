//! The same chat in every engine, with and without WebAssembly; the console in Chromium and in Firefox.

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

async fn two_people_talk(visitor: Engine, counselor: Engine) {
    let (_world, ana, visitor) = World::talking(Settings::of(visitor), Settings::of(counselor)).await;
    visitor.talk().says("can you hear me?").await;
    ana.talk().sees("can you hear me?").await;
    ana.talk().says("yes, I am here. نعم").await;
    visitor.talk().sees("yes, I am here. نعم").await;
    visitor.talk().sees_all_delivered().await;
    ana.talk().sees_all_delivered().await;
    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_with_firefox_talks_with_a_counselor_with_firefox() {
    two_people_talk(Engine::Firefox, Engine::Firefox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_with_webkit_talks() {
    two_people_talk(Engine::WebKit, Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_without_webassembly_talks() {
    two_people_talk(Engine::ChromiumWithoutWebAssembly, Engine::Chromium).await;
}
