//! Nothing of a conversation can be taken out of it: no transcript, search, export, archive or forwarding (requirements 27
//! and 74). What can be pressed is counted; whoever adds a button adds it here, and is asked whether it may be there.

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::view::View;
use amparo_tests::world::World;

/// The hooks of everything that can be pressed, followed or chosen; what has no hook is named by its words.
const PRESSABLE: &str = "
const all = [...document.querySelectorAll('button, a, summary, select, input, [role=button], [role=link]')];
const name = one => one.dataset.test ?? one.closest('[data-test]')?.dataset.test ?? one.textContent.trim();
return [...new Set(all.filter(one => one.checkVisibility()).map(name))].sort().join(' ');";

async fn pressable(document: View<'_>) -> String {
    document.read(PRESSABLE).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_said_can_be_sent_saved_searched_or_passed_on() {
    let settings = Settings::of(Engine::Chromium);
    let (_world, ana, visitor) = World::talking(settings, settings).await;
    visitor.talk().says("zimtstern").await;
    ana.talk().sees("zimtstern").await;
    ana.talk().says("mondlicht").await;
    visitor.talk().sees("mondlicht").await;
    visitor.talk().sees_all_delivered().await;
    let house = "being-heard board call counts";
    let desk = "language line lock-now members passkeys person phrase practice presence-available presence-away presence-break";
    assert_eq!(pressable(visitor.frame()).await, "choices emergency end hide language send who");
    assert_eq!(pressable(ana.desk()).await, format!("{house} end {desk} send sign-out sites to-people transfer"));
    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
    let house = "being-heard board clear counts";
    assert_eq!(pressable(visitor.frame()).await, "clear emergency hide language");
    assert_eq!(pressable(ana.desk()).await, format!("{house} {desk} rest-longer rest-over sign-out sites to-people"));
}
