//! A script that records the host page, as analytics and session replay do, gets no word and no pressed link.

use amparo_tests::counselor::EMERGENCY;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

/// Runs before the tag and keeps whatever a page can see of itself.
const RECORDER: &str = r#"<script>
window.recorded = [];
const keep = (what, value) => { try { recorded.push(what + ' ' + (typeof value === 'string' ? value : JSON.stringify(value))); } catch (_) {} };
for (const type of ['keydown', 'keyup', 'keypress', 'input', 'beforeinput', 'focusin', 'focusout', 'click', 'pointerdown', 'paste', 'copy', 'selectionchange', 'compositionupdate'])
  addEventListener(type, (event) => keep(type, [event.key, event.data, event.target?.outerHTML?.slice(0, 500), event.target?.value]), true);
addEventListener('message', (event) => keep('message', event.data), true);
const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (message, ...rest) { if (message?.t !== 'start' && message?.t !== 'texts') keep('port', message); return post.call(this, message, ...rest); };
const handler = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
Object.defineProperty(MessagePort.prototype, 'onmessage', { ...handler, set(handle) { handler.set.call(this, (event) => { keep('port message', event.data); return handle.call(this, event); }); } });
for (const name of ['fetch']) { const call = window[name]; window[name] = (...what) => { keep(name, what.map(String)); return call(...what); }; }
const beacon = navigator.sendBeacon; navigator.sendBeacon = function (...what) { keep('beacon', what.map(String)); return beacon.apply(this, what); };
new MutationObserver((changes) => changes.forEach((change) => keep('mutation', [...change.addedNodes].map((node) => node.outerHTML ?? node.textContent)))).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
new PerformanceObserver((list) => list.getEntries().forEach((entry) => keep('performance', entry.name))).observe({ entryTypes: ['resource', 'navigation', 'mark', 'measure'] });
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how);
  (window.roots ??= []).push(root);
  new MutationObserver((changes) => changes.forEach((change) => keep('shadow mutation', [...change.addedNodes].map((node) => node.outerHTML ?? node.textContent)))).observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  return root;
};
addEventListener('DOMContentLoaded', () => document.body.insertAdjacentHTML('afterbegin', '<input data-test="of-the-page" aria-label="Search">'));
</script>"#;

/// What was recorded, a line each.
const RECORDED: &str = "return recorded.join('\\n');";

/// What can be read at the end: storage, cookies, and whether a frame lets anybody look inside.
const LOOK_ROUND: &str = r"
const frames = (window.roots ?? []).flatMap((root) => [...root.querySelectorAll('iframe')]);
const inside = frames.map((frame) => { try { return String(frame.contentDocument?.body?.innerText) + String(frame.contentWindow.document.body.innerText); } catch (error) { return 'closed'; } });
return JSON.stringify({ inside, frames: frames.length, storage: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie });";

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_in_the_host_page_obtains_no_word_and_no_pressed_link() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    world.host.carries(&ana.tag, RECORDER);
    ana.is_available().await;
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    assert_it_records(&visitor).await;
    visitor.opens_the_chat().await;
    visitor.enters().await;
    ana.accepts().await;
    visitor.is_talking().await;
    visitor.talk().says("zimtstern").await;
    ana.talk().says("mondlicht").await;
    visitor.talk().sees("mondlicht").await;
    let recorded = visitor.page().read(RECORDED).await;
    assert!(recorded.contains("port message"), "what the frame says to the loader is recorded: {recorded}");
    for trace in ["zimtstern", "mondlicht", "zimt", "mond", "[\"z\"", "[\"m\""] {
        assert!(!recorded.contains(trace), "the recorder has {trace}: {recorded}");
    }
    let seen = visitor.page().read(LOOK_ROUND).await;
    assert!(seen.contains("\"frames\":1"), "the recorder has found the frame: {seen}");
    let closed = seen.contains("\"inside\":[\"closed\"]");
    assert!(closed, "nobody can look into the frame: {seen}");
    let nothing = seen.contains("\"storage\":{},\"session\":{},\"cookies\":\"\"");
    assert!(nothing, "nothing is stored while the page is shown: {seen}");

    visitor.page().script("recorded.length = 0", vec![]).await.expect("the host page answers");
    visitor.frame().press_link("emergency").await;
    let recorded = visitor.page().read(RECORDED).await;
    for trace in ["tel:", EMERGENCY, "emergency"] {
        assert!(!recorded.contains(trace), "the recorder has learned of {trace}: {recorded}");
    }
}

/// The same recorder does see every key and word in a field of the page itself: what it does not find in the frame is
/// not missed by its own fault.
async fn assert_it_records(visitor: &Visitor) {
    visitor.page().find("of-the-page").await.send_keys("quark").await.expect("a field takes text");
    let recorded = visitor.page().read(RECORDED).await;
    for trace in ["keydown [\"q\"", "\"quark\"", "of-the-page"] {
        assert!(recorded.contains(trace), "the recorder misses {trace}: {recorded}");
    }
    visitor.page().script("recorded.length = 0", vec![]).await.expect("the host page answers");
}
