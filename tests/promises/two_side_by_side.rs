//! Two conversations on one desk: each has its letter, its colour and its own draft, and nothing that is written for one
//! goes to the other (requirements 81 and 88).

use std::time::Duration;

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use serde_json::{Value, json};

/// The conversation in front: its letter, what is being written, what is held, and what was said.
const READ_FRONT: &str = "
const front = document.querySelector('[data-test=conversation]:not([hidden])');
const words = (one) => one?.textContent.trim() ?? '';
return [
  words(front.querySelector('.am-person__letter')),
  front.querySelector('[data-test=composer-text]').value,
  words(front.querySelector('[data-test=held] p')),
  [...front.querySelectorAll('[data-test=message-text]')].map(words),
];";

/// Of each conversation in the list: letter, colour of its edge, whether it is in front, whether something is unread.
const READ_PEOPLE: &str = "return [...document.querySelectorAll('[data-test=person]')].map(person => [
  person.querySelector('.am-person__letter').textContent, getComputedStyle(person).borderInlineStartColor,
  person.getAttribute('aria-current') === 'true', person.querySelector('.am-dot') !== null]);";

const BRING_TO_FRONT: &str = "
const people = [...document.querySelectorAll('[data-test=person]')];
people.find(person => person.querySelector('.am-person__letter').textContent === arguments[0]).click();";

/// As a supervisor does on the board, where hers is the only name.
async fn may_take_two(ana: &Counselor) {
    ana.opens_page("board").await;
    ana.desk().unfold("care").await;
    ana.desk().find("conversations-max").await.select_by_label("2").await.expect("it can be chosen");
    ana.saves().await;
    ana.returns_to_the_desk().await;
}

async fn comes(world: &World, name: &str) -> Visitor {
    let settings = Settings { width: 390, height: 844, ..Settings::of(Engine::Chromium) };
    let visitor = Visitor::arrives(world, name, settings).await;
    visitor.opens_the_chat().await;
    visitor.enters().await;
    visitor
}

/// Letter, draft, held, said.
async fn front_is(ana: &Counselor, letter: &str, draft: &str, held: &str, said: &[&str]) {
    let wanted = json!([letter, draft, held, said]);
    until("the conversation in front is as it should be", PATIENCE, async || {
        let front = ana.desk().script(READ_FRONT, vec![]).await?;
        if front == wanted { Ok(()) } else { Err(format!("{front} and not {wanted}")) }
    })
    .await;
}

async fn brings_to_front(ana: &Counselor, letter: &str) {
    ana.desk().script(BRING_TO_FRONT, vec![json!(letter)]).await.expect("the conversation is in the list");
}

async fn people(ana: &Counselor) -> Value {
    ana.desk().script(READ_PEOPLE, vec![]).await.expect("the page answers")
}

async fn title_is(ana: &Counselor, wanted: &str) {
    until("the tab tells", PATIENCE, async || {
        let title = ana.desk().script("return document.title", vec![]).await?;
        if title == wanted { Ok(()) } else { Err(title.to_string()) }
    })
    .await;
}

async fn says_only(visitor: &Visitor, texts: &[&str]) {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    visitor.talk().sees_exactly(&texts, PATIENCE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_written_for_one_visitor_goes_to_the_other() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    may_take_two(&ana).await;
    ana.is_available().await;
    let mary = comes(&world, "Mary").await;
    ana.accepts().await;
    mary.is_talking().await;
    mary.talk().says("Mary here").await;
    ana.talk().sees("Mary here").await;
    ana.desk().write("composer-text", "half a sentence for Mary").await;

    // The second visitor comes while Ana writes: her keys go to nobody until she chooses a field herself.
    let noor = comes(&world, "Noor").await;
    ana.desk().find("offer").await;
    ana.browser.types(" and more ").await;
    assert!(ana.desk().is_shown("offer").await, "a blank of her sentence accepts nobody");
    ana.desk().press("accept").await;
    noor.is_talking().await;
    front_is(&ana, "B", "", "", &[]).await;
    ana.browser.types("typed on").await;
    front_is(&ana, "B", "", "", &[]).await;
    let both = people(&ana).await;
    assert_eq!(json!([both[0][0], both[1][0], both[0][2], both[1][2]]), json!(["A", "B", false, true]));
    assert_ne!(both[0][1], both[1][1], "each has a colour of its own");
    for visitor in [&mary, &noor] {
        visitor.is_read_by(&["Ana"]).await;
    }

    // Sent, and Ana has changed to Mary before the two seconds are over: it goes to Noor, and only there.
    ana.desk().write("composer-text", "for Noor").await;
    ana.desk().press("send").await;
    brings_to_front(&ana, "A").await;
    front_is(&ana, "A", "half a sentence for Mary", "", &["Mary here"]).await;
    noor.talk().sees("for Noor").await;
    ana.desk().press("send").await;
    mary.talk().sees("half a sentence for Mary").await;
    says_only(&noor, &["for Noor"]).await;
    says_only(&mary, &["Mary here", "half a sentence for Mary"]).await;

    // Sent to the wrong one, seen after a look at the other, taken back.
    ana.desk().write("composer-text", "the wrong one").await;
    ana.desk().press("send").await;
    brings_to_front(&ana, "B").await;
    brings_to_front(&ana, "A").await;
    ana.desk().press("take-back").await;
    let for_mary = ["Mary here", "half a sentence for Mary"];
    front_is(&ana, "A", "the wrong one", "", &for_mary).await;
    brings_to_front(&ana, "B").await;
    front_is(&ana, "B", "", "", &["for Noor"]).await;

    // What Mary writes meanwhile is marked at her letter and in the tab, and not among Noor's words.
    mary.talk().says("still here").await;
    title_is(&ana, "(1) New message").await;
    let both = people(&ana).await;
    assert_eq!(json!([both[0][3], both[1][3]]), json!([true, false]), "it is Mary's that is unread");
    front_is(&ana, "B", "", "", &["for Noor"]).await;
    ana.browser.keeps_screen("console-two-at-once-en-1280").await;
    let findings = ana.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    brings_to_front(&ana, "A").await;
    title_is(&ana, "Desk").await;

    // One ends, the other goes on and keeps its letter.
    brings_to_front(&ana, "B").await;
    ana.ends().await;
    noor.frame().sees_screen(&["ended"]).await;
    ana.desk().press("clear").await;
    front_is(&ana, "A", "the wrong one", "", &[&for_mary[..], &["still here"]].concat()).await;
    ana.talk().says("only you now").await;
    mary.talk().sees("only you now").await;
    says_only(&noor, &["for Noor"]).await;
    let hers: Vec<String> =
        ["Mary here", "half a sentence for Mary", "still here", "only you now"].map(str::to_owned).into();
    mary.talk().sees_exactly(&hers, Duration::from_secs(4)).await;
}
