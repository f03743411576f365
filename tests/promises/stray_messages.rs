//! What other scripts of the host page send to the loader and into the frame: a hundred thousand messages of any shape,
//! also those of the loader's own kinds, change nothing.

use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;
use serde_json::{Value, json};

const MESSAGES: u32 = 100_000;

/// The frame stands in a closed shadow root; its greeting tells the page's scripts which it is.
const FIND_THE_FRAME: &str = "<script>addEventListener('message', ({ data, source }) => data?.t === 'hello' && (window.frameOfTheChat ??= source))</script>";

/// Half of them go to the page's own window, where the loader listens for a greeting, half into the frame; some bring a
/// port along. The seed makes a failing run repeatable.
const SEND: &str = "
const [count] = arguments;
let seed = 42;
const next = below => (seed = (seed * 48271) % 2147483647) % below;
const pick = list => list[next(list.length)];
const kinds = ['hello', 'port', 'start', 'ready', 'fault', 'pass', 'texts', 'erase', 'leaving', 'viewport', 'shown', 'close',
  'exit', 'half', 'endtoken', 'state', 'unread', 'shift', 'shift-reset', 'speak', '__proto__', 'constructor', ''];
const values = [null, undefined, true, 0, -1, 1e300, NaN, '', 'en', 'talking', 'A'.repeat(43), '\\ud800', [], {}, new Date(0),
  new Map([[1, 2]]), new Uint8Array(3), { locale: 'ar', text: 'x' }];
const fields = ['pass', 'error', 'locale', 'text', 'height', 'shown', 'keep', 'token', 's', 'n', 'wasm', 'hostHalf', 'relay', 'site'];
const message = () => {
  if (next(8) === 0) return pick(values);
  const made = { t: next(10) ? pick(kinds) : pick(values) };
  for (let more = next(4); more; more--) made[pick(fields)] = pick(values);
  return made;
};
window.heard = 0;
addEventListener('message', ({ data }) => data === 'last' && window.heard++);
const sent = [window, window.frameOfTheChat];
for (let i = 0; i < count; i++) {
  const ports = next(200) ? [] : [new MessageChannel().port2];
  sent[i % 2].postMessage(message(), '*', ports);
}
window.postMessage('last', '*');";

/// What would change if any of it was taken for something.
const STATE: &str = "
return JSON.stringify([Amparo.status(), frames.length, sessionStorage.length, history.length, location.href,
  performance.getEntriesByType('resource').length]);";

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_stray_messages_change_nothing() {
    for engine in [Engine::Chromium, Engine::Firefox] {
        let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
        world.host.carries(&ana.tag, FIND_THE_FRAME);
        ana.is_available().await;
        let visitor = world.visitor_in_the_queue(Settings::of(engine)).await;
        ana.accepts().await;
        visitor.is_talking().await;
        visitor.talk().says("before").await;
        ana.talk().sees("before").await;
        let before = visitor.page().read(STATE).await;

        visitor.page().script(SEND, vec![json!(MESSAGES)]).await.expect("the page sends");
        until("the page has heard the last of them", 4 * PATIENCE, async || {
            match visitor.page().script("return window.heard", vec![]).await? {
                Value::Number(heard) if heard.as_u64() == Some(1) => Ok(()),
                heard => Err(format!("it has heard {heard}")),
            }
        })
        .await;

        assert_eq!(visitor.page().read(STATE).await, before);
        visitor.is_talking().await;
        visitor.talk().says("after").await;
        ana.talk().sees("after").await;
        ana.talk().says("I am still here.").await;
        visitor.talk().sees_exactly(&["before", "after", "I am still here."].map(str::to_owned), PATIENCE).await;
    }
}
