//! What a screen reader is told by live regions during one conversation, in its order; kept under `target/screens/` as
//! text. No screen reader was run.

use std::fs;

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::process::target_folder;
use amparo_tests::world::World;
use serde_json::Value;

/// Notes what is put into a live region while it stands there; a region that comes with its words is not read out by all.
const LISTEN: &str = "
const regions = '[role=status], [role=alert], [role=log], [aria-live]';
window.announced = [];
new MutationObserver(changes => {
  for (const { target, addedNodes, type } of changes) {
    const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
    const region = element && element.closest(regions);
    const words = type === 'characterData' ? target.data : [...addedNodes].map(node => node.textContent).join(' ');
    if (region && words.trim()) announced.push(`${region.getAttribute('role')}: ${words.trim().replace(/\\s+/g, ' ')}`);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });";

/// The minute at which something was said, and the colon after the role.
fn is_of_a_time(sign: char) -> bool {
    sign.is_ascii_digit() || sign == ':'
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_by_live_regions_once_and_in_order() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let visitor = amparo_tests::visitor::Visitor::arrives(&world, "visitor", settings).await;
    visitor.opens_the_chat().await;
    visitor.frame().script(LISTEN, vec![]).await.expect("the frame answers");
    visitor.enters().await;
    ana.accepts().await;
    visitor.is_talking().await;
    ana.talk().says("I am here. Take your time.").await;
    visitor.talk().sees("I am here. Take your time.").await;
    visitor.talk().says("Thank you.").await;
    visitor.talk().sees_all_delivered().await;
    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;

    let announced = visitor.frame().script("return announced", vec![]).await.expect("the frame answers");
    let announced: Vec<&str> = announced.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let folder = target_folder().join("screens");
    fs::create_dir_all(&folder).expect("target/ can be written");
    fs::write(folder.join("live-regions-en.txt"), announced.join("\n")).expect("target/ can be written");
    // Who is writing and the place in the queue come as fast as the machine is; what is said comes always, and once.
    let said = announced.iter().filter(|line| !line.starts_with("status: "));
    let said: Vec<String> = said.map(|line| line.replace(is_of_a_time, "")).collect();
    assert_eq!(
        said,
        [
            "log Ana is here and can read what you write now.",
            "log AnaI am here. Take your time.",
            "log Thank you.Sending",
            "null Delivered",
        ]
    );
}
