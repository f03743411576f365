//! Whatever either side writes is shown as the text that it is: no markup, no script, and no writing direction that
//! spreads to what stands beside it.

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

const HOSTILE: [&str; 7] = [
    "<img src=x onerror=\"window.amparoOwned='img'\">",
    "</p></section><script>window.amparoOwned='script'</script>",
    "javascript:window.amparoOwned='link'//",
    "{{constructor.constructor('window.amparoOwned=1')()}} ${window.amparoOwned=1}",
    "&lt;b&gt; &amp;#x202e; %3Csvg onload=1%3E",
    "\u{202e}txet desrever\u{2066}",
    "zero\u{200b}width\u{200d} and \u{feff}marks",
];

const OWNED: &str = "return String(window.amparoOwned) + document.querySelectorAll('img[src=x]').length";
/// Direction marks in one message leave the side of the next alone.
const SPREAD: &str = "return String([...document.querySelectorAll('[data-test=message]')]
    .filter(one => !['isolate', 'isolate-override', 'plaintext'].includes(getComputedStyle(one.querySelector('[dir]') || one).unicodeBidi))
    .length)";

#[tokio::test(flavor = "multi_thread")]
async fn what_anybody_writes_is_text_on_both_screens() {
    let settings = Settings::of(Engine::Chromium);
    let (_world, ana, visitor) = World::talking(settings, settings).await;
    for text in HOSTILE {
        visitor.talk().says(text).await;
        ana.talk().sees(text).await;
        let answer = format!("Ana: {text}");
        ana.talk().says(&answer).await;
        visitor.talk().sees(&answer).await;
    }
    for screen in [visitor.frame(), ana.desk()] {
        assert_eq!(screen.read(OWNED).await, "undefined0");
        assert_eq!(screen.read(SPREAD).await, "0");
    }
}
