//! What the organisation sets is what the visitor sees: hours, numbers, a full line, a surge, WhatsApp, discretion.

use std::time::Duration;

use amparo_tests::counselor::EMERGENCY;
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::view::View;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

/// A surge notice is everywhere within a minute (requirement 66); here no page is loaded anew.
const TOLD_WITHIN: Duration = Duration::from_secs(10);

/// What the frame's style says about paper.
const PRINTED: &str = "
const rules = [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).filter(rule => rule.media?.mediaText === 'print');
return rules.flatMap(rule => [...rule.cssRules]).map(rule => `${rule.selectorText} ${rule.style.display}`).join(' ');";

const DIGITS: &str = "34600000000";

/// Whether this text stands in the document.
async fn reads(document: &View<'_>, text: &str) {
    until(&format!("reads {text:?}"), PATIENCE, async || {
        let words = document.script("return document.body.innerText;", vec![]).await?;
        let words = words.as_str().unwrap_or_default();
        if words.contains(text) { Ok(()) } else { Err(format!("it reads {words:?}")) }
    })
    .await;
}

/// As somebody types it on the page of hours: the day before yesterday from ten to eleven, and nothing else.
const ONE_PAST_HOUR: &str = "
const days = [...document.querySelectorAll('[data-test=span-day]')];
days.forEach((day, at) => { if (day.checked !== (at === (new Date().getDay() + 4) % 7)) day.click(); });
for (const [name, time] of [['span-from', '10:00'], ['span-to', '11:00']]) {
  const field = document.querySelector(`[data-test=${name}]`);
  field.value = time;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
return String(days.filter(day => day.checked).length);";

/// Nothing here goes around the console's own forms.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_into_the_settings_is_what_the_visitor_reads() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    ana.opens_site_page("site-phones").await;
    ana.desk().write("phone-number", "call us").await;
    ana.desk().press("save").await;
    until("a number that is none is marked", PATIENCE, async || {
        let said = ana.desk().text("field-problem").await;
        if said.is_empty() { Err("it says nothing".to_owned()) } else { Ok(()) }
    })
    .await;
    ana.desk().write("phone-number", "900 123 456").await;
    ana.desk().write("phone-note", "day and night").await;
    ana.saves().await;
    ana.opens_page("line").await;
    ana.desk().press("surge").await;
    ana.desk().sees_attribute("surge-state", "data-state", &["on"], PATIENCE).await;
    ana.desk().press("surge-own").await;
    ana.desk().write("surge-words", "Many write today.").await;
    ana.saves().await;

    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.page().press("launcher").await;
    visitor.frame().sees_screen(&["before"]).await;
    reads(&visitor.frame(), "Many write today.").await;

    ana.desk().press("line-hours").await;
    ana.desk().press("add-hours").await;
    assert_eq!(ana.desk().read(ONE_PAST_HOUR).await, "1");
    ana.saves().await;
    visitor.frame().sees_screen(&["closed"]).await;
    assert!(visitor.frame().is_shown("opens").await, "it says when");
    reads(&visitor.frame(), "900 123 456").await;
    reads(&visitor.frame(), "day and night").await;
}

/// Requirements 59, 60: closed by its hours, the chat names the next opening in the visitor's own time, the numbers and
/// WhatsApp, and takes no message.
#[tokio::test(flavor = "multi_thread")]
async fn outside_its_hours_the_line_says_when_it_opens_and_what_is_open_now() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    // One minute a week, on the day before yesterday: never now, and next in less than a week.
    ana.changes_line(
        "line.time_zone = 'UTC';
         const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
         const day = days[(new Date().getUTCDay() + 5) % 7];
         line.hours = [{ channel: 'web', language: null, day, from_minute: 600, to_minute: 601 }];",
    )
    .await;
    ana.changes_site(&format!(
        "site.whatsapp = {{ when: 'when-closed', numbers: [{{ digits: '{DIGITS}' }}] }};
         site.phones.push({{ number: '600 111 222', kind: 'sms' }}, {{ number: '900 100', kind: 'text-phone' }});"
    ))
    .await;
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.page().press("launcher").await;
    visitor.frame().sees_screen(&["closed"]).await;
    let opens = visitor.frame().text("opens").await;
    let weekday = visitor
        .page()
        .read(
            "const at = new Date(); at.setUTCDate(at.getUTCDate() + 5); at.setUTCHours(10, 0, 0, 0);
         return at.toLocaleString('en', { weekday: 'long' });",
        )
        .await;
    assert!(opens.contains(&weekday), "{opens:?} names {weekday}");
    assert!(visitor.frame().text("emergency").await.contains(EMERGENCY));
    assert!(!visitor.frame().is_shown("composer-text").await, "it takes no message");
    // Requirement 118: for whoever cannot hear or speak.
    let dialled = visitor
        .frame()
        .read("return [...document.querySelectorAll('.am-dial')].map(dial => dial.getAttribute('href')).join(' ')")
        .await;
    assert!(dialled.ends_with("sms:600111222 tel:900100"), "{dialled}");
    visitor.frame().unfold("whatsapp-card").await;
    let link = visitor.frame().find("whatsapp").await;
    let address = link.attr("href").await.expect("the browser answers").expect("it is a link");
    assert_eq!(address, format!("https://wa.me/{DIGITS}"), "digits only, no topic, no address of the page");
    let before = visitor.frame()
        .read(
        "const link = document.querySelector('[data-test=whatsapp]');
         const walk = document.createTreeWalker(link.closest('details'), NodeFilter.SHOW_TEXT);
         let words = '';
         for (let node = walk.nextNode(); node && !link.contains(node); node = walk.nextNode()) words += node.data + ' ';
         return words;",
        )
        .await;
    // Requirements 102 and 105.
    for warning in
        ["will see your phone number", "linked devices", "another name", "hide the previews", "delete the chat"]
    {
        assert!(before.contains(warning), "{warning:?} stands before the link");
    }
    assert!(!before.contains("disappear"), "messages that disappear are no protection");
}

/// Requirements 63, 66: a full line says so at once; a surge is told to chats that are open already.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_line_says_so_and_a_surge_is_told_to_open_chats() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let first = Visitor::arrives(&world, "first", settings).await;
    first.opens_the_chat().await;
    ana.changes_line("line.surge = { is_on: true, texts: [{ language: 'en', text: 'Many write today.' }] };").await;
    until("the surge is told", TOLD_WITHIN, async || {
        let words = first.frame().script("return document.body.innerText;", vec![]).await?;
        if words.as_str().is_some_and(|words| words.contains("Many write today.")) {
            Ok(())
        } else {
            Err("not yet".to_owned())
        }
    })
    .await;
    first.enters().await;
    ana.desk().find("offer").await;
    ana.changes_line("line.waiting_max = 1;").await;
    let second = Visitor::arrives(&world, "second", settings).await;
    second.page().press("launcher").await;
    second.frame().sees_screen(&["full"]).await;
    assert!(second.frame().text("emergency").await.contains(EMERGENCY));
    // She who waits already is not sent away.
    ana.accepts().await;
    first.is_talking().await;
}

/// Requirements 21, 22, 24, 25, 26, 27, 54, 57: what stands on the screen, and what does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_discreet_screen_shows_three_messages_and_covers_them_when_nobody_looks() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    ana.changes_site("site.is_discreet = true; site.covers_when_hidden = true;").await;
    let visitor = world.visitor_in_the_queue(settings).await;
    ana.accepts().await;
    visitor.is_talking().await;
    for text in ["one", "two https://example.org/x", "three", "four"] {
        visitor.talk().says(text).await;
        ana.talk().sees(text).await;
    }
    let last_three = ["two https://example.org/x", "three", "four"].map(str::to_owned);
    visitor.talk().sees_exactly(&last_three, PATIENCE).await;
    let links =
        visitor.frame().read("return String(document.querySelectorAll('[data-test=messages] a').length);").await;
    assert_eq!(links, "0", "a link in a message is inert text");
    let field = visitor.frame()
        .read(
        "const field = document.querySelector('textarea');
         return [field.name, String(field.form), ...['autocomplete', 'spellcheck', 'autocorrect', 'writingsuggestions', 'translate'].map(name => field.getAttribute(name))].join(' ');",
        )
        .await;
    assert_eq!(field, " null off false off false no");

    visitor.frame().script("dispatchEvent(new Event('blur'));", vec![]).await.expect("the frame answers");
    visitor.frame().find("cover").await;
    assert!(!visitor.frame().is_shown("messages").await, "what was written is covered");
    visitor.frame().press("uncover").await;
    visitor.frame().find("messages").await;

    let printed = visitor.frame().read(PRINTED).await;
    assert_eq!(printed, "body none", "nothing of the conversation is printed");

    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
    visitor.frame().press("clear").await;
    visitor.frame().find("cleared").await;
    for what_can_be_cleared_and_what_cannot in
        ["You can remove that one entry", "may have a record that nobody can remove"]
    {
        reads(&visitor.frame(), what_can_be_cleared_and_what_cannot).await;
    }
}

/// Requirements 43, 44, 46, 48: before the first message.
#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_message_she_reads_who_answers_and_is_asked_whether_it_is_safe() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.opens_the_chat().await;
    let first = visitor
        .frame()
        .read(
            "const choices = document.querySelector('[data-test=language-choice]');
         const heading = document.querySelector('h2');
         return String(!!(choices.compareDocumentPosition(heading) & Node.DOCUMENT_POSITION_FOLLOWING));",
        )
        .await;
    assert_eq!(first, "true", "the language comes before anything else");
    for sentence in
        ["never a machine", "We keep nothing of what you write", "cannot send help there unless you tell us"]
    {
        reads(&visitor.frame(), sentence).await;
    }
    visitor.frame().press("enter").await;
    reads(&visitor.frame(), "Is it safe to write now?").await;
    for answer in ["safe", "unsure", "not-safe"] {
        visitor.frame().find(answer).await;
    }
    visitor.frame().press("not-safe").await;
    visitor.frame().sees_screen(&["unsafe"]).await;
    let order = visitor.frame()
        .read(
        "return [...document.querySelectorAll('[data-test=leave-page], [data-test=phone], [data-test=continue-anyway]')].map(element => element.dataset.test).join(' ');",
        )
        .await;
    assert!(
        order.starts_with("leave-page") && order.ends_with("continue-anyway"),
        "leaving first, going on last: {order}"
    );
    visitor.frame().press("continue-anyway").await;
    visitor.frame().sees_screen(&["waiting", "talking"]).await;
}
