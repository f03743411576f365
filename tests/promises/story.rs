//! A whole day in little: an organisation from nothing, two counselors and a supervisor, visitors in three languages;
//! transfer with and without what was written before, a called supervisor who joins and leaves, a counselor's browser that
//! dies, an end for abuse, a turn of the rota that is over while its counselor talks. Every step is looked for on every
//! screen (requirements 84, 86, 87 and 93).

use std::time::Duration;

use amparo_tests::counselor::{Counselor, EMERGENCY};
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::view::View;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use serde_json::json;

/// All three speak English and Arabic, Omar Spanish too.
const ANA: Settings = Settings { engine: Engine::Chromium, language: "en", width: 1280, height: 900, dark: false };
const OMAR: Settings = Settings { language: "es", ..ANA };
const SARA: Settings = Settings { language: "ar", dark: true, ..ANA };
const PHONE: Settings = Settings { width: 390, height: 844, ..ANA };
const ASK_ANOTHER_WITHIN: Duration = Duration::from_secs(75);
/// To the next full minute that is not too near, and a little more.
const TURN_ENDS_WITHIN: Duration = Duration::from_secs(90);

/// Omar may take two at a time, and his turn began an hour ago and ends with a minute that begins in a quarter of one at
/// the earliest; the others' never end. As the forms do it.
const OMARS_TURN_ENDS: &str = "
const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const minute = (date) => date.getUTCHours() * 60 + date.getUTCMinutes();
const post = (path, body) => fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const turns = async () => {
  const line = await (await fetch('/api/line')).json();
  const members = await (await fetch('/api/care')).json();
  const { version } = await (await fetch('/api/rota')).json();
  const omar = members.find(row => row.pseudonym === 'Omar');
  const began = new Date(Date.now() - 3600e3);
  const ends = new Date(Math.ceil((Date.now() + 15e3) / 60e3) * 60e3);
  const his = { member: omar.member, day: days[began.getUTCDay()], from_minute: minute(began), to_minute: minute(ends) || 1440 };
  const others = members.filter(row => row !== omar).flatMap(({ member }) =>
    days.map(day => ({ member, day, from_minute: 0, to_minute: 1440 })));
  const done = [
    await post('/api/line', { ...line, settings: { ...line.settings, time_zone: 'UTC' } }),
    await post(`/api/members/${omar.member}/care`, { ...omar.care, conversations_max: 2 }),
    await post('/api/rota', { version, rota: { is_on: true, turns: [his, ...others] } }),
  ];
  return done.map(answer => answer.status);
};
return turns();";

async fn team() -> (World, Counselor, Counselor, Counselor) {
    let (world, ana) = World::with_ana(ANA).await;
    let for_omar = ana.invites().await;
    ana.desk().press("invite-supervisor").await;
    ana.desk().press("invite").await;
    let for_sara = until("another link is made", PATIENCE, async || {
        let link = ana.desk().text("invite-link").await;
        if link == for_omar { Err("it is the first".to_owned()) } else { Ok(link) }
    })
    .await;
    let (omar, sara) = tokio::join!(
        Counselor::accepts_invitation(&for_omar, "Omar", OMAR),
        Counselor::accepts_invitation(&for_sara, "Sara", SARA),
    );
    for newcomer in [&omar, &sara] {
        newcomer.desk().sees_screen(&["approval"]).await;
    }
    ana.opens_page("members").await;
    ana.desk().press("approve").await;
    until("both are approved", 2 * PATIENCE, async || {
        let both = "return document.querySelectorAll('[data-test=member-approved]').length === 3";
        if ana.desk().script(both, vec![]).await? == true {
            return Ok(());
        }
        if ana.desk().is_shown("approve").await {
            ana.desk().press("approve").await;
        }
        Err("not yet".to_owned())
    })
    .await;
    ana.returns_to_the_desk().await;
    for newcomer in [&omar, &sara] {
        newcomer.desk().find_within("presence", 2 * PATIENCE).await;
    }
    (world, ana, omar, sara)
}

/// The pages speak her language, and the chat follows them.
async fn comes(world: &World, tag: &str, name: &'static str, settings: Settings) -> Visitor {
    world.host.carries_in(settings.language, tag, "");
    let visitor = Visitor::arrives(world, name, settings).await;
    visitor.opens_the_chat().await;
    visitor.enters().await;
    visitor
}

/// The line over a conversation on the desk names, or does not name, this colleague.
async fn desk_names(desk: &Counselor, name: &str, is_named: bool) {
    until(&format!("{} reads who reads", desk.browser.name), PATIENCE, async || {
        let words = desk.desk().text("readers").await;
        if words.contains(name) == is_named { Ok(()) } else { Err(words) }
    })
    .await;
}

/// A picture for people to judge, and nothing that axe objects to.
async fn is_looked_at(view: View<'_>, screen: &str) {
    let Settings { language, width, dark, .. } = view.browser.settings;
    let name = format!("{screen}-{language}-{width}{}", if dark { "-dark" } else { "" });
    view.browser.keeps_screen(&name).await;
    let found = view.axe_findings().await;
    assert!(found.is_empty(), "{name}: {found:#?}");
}

async fn hands_over(from: &Counselor, to: &Counselor) {
    from.desk().press("transfer").await;
    from.desk().find("transfer-list").await;
    let choose = "const name = arguments[0];
        const all = [...document.querySelectorAll('[data-test=colleague]')];
        const one = all.find(button => button.textContent.includes(name));
        one?.click();
        return !!one;";
    is_looked_at(from.desk(), "console-transfer").await;
    until("the colleague is in the list", PATIENCE, async || {
        let name = vec![json!(to.browser.name)];
        if from.desk().script(choose, name).await? == true { Ok(()) } else { Err("not yet".to_owned()) }
    })
    .await;
    from.desk().sees_attribute("transfer-state", "data-state", &["asked"], PATIENCE).await;
    to.desk().find("request").await;
    is_looked_at(to.desk(), "console-request").await;
    assert!(to.desk().text("request-by").await.contains(&from.browser.name));
    to.desk().press("request-accept").await;
    to.is_talking().await;
    from.desk().sees_attribute("conversation", "data-state", &["released"], PATIENCE).await;
    from.talk().sees_nothing_said(PATIENCE).await;
    from.desk().press("clear").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_alone_and_nobody_reads_along_unseen() {
    let (world, ana, omar, sara) = team().await;

    // Mary, in English, is handed from Ana to Omar, and shares what was written.
    ana.is_available().await;
    let mary = comes(&world, &ana.tag, "Mary", Settings { dark: true, ..PHONE }).await;
    ana.accepts().await;
    mary.is_talking().await;
    mary.talk().says("only for Ana").await;
    ana.talk().sees("only for Ana").await;
    mary.is_read_by(&["Ana"]).await;
    omar.is_available().await;
    hands_over(&ana, &omar).await;
    mary.is_read_by(&["Omar"]).await;
    mary.talk().says("only for Omar").await;
    omar.talk().sees_exactly(&["only for Omar".to_owned()], PATIENCE).await;
    is_looked_at(mary.frame(), "widget-taken-over").await;
    mary.frame().press("share").await;
    omar.talk().sees("only for Ana").await;
    mary.frame().sees_no("share-earlier").await;

    // Noor, in Arabic, with Ana; a supervisor is called, joins, leaves.
    ana.is_ready_again().await;
    let noor = comes(&world, &ana.tag, "Noor", Settings { language: "ar", ..PHONE }).await;
    ana.accepts().await;
    noor.is_talking().await;
    noor.talk().says("قبل سارة").await;
    ana.desk().press("call").await;
    ana.desk().sees_attribute("calling", "data-rung", &["1"], PATIENCE).await;
    is_looked_at(ana.desk(), "console-calling").await;
    sara.desk().find("call-for-me").await;
    is_looked_at(sara.desk(), "console-call").await;
    assert!(!omar.desk().is_shown("call-for-me").await, "only supervisors are called");
    sara.desk().press("join").await;
    sara.is_talking().await;
    noor.is_read_by(&["Ana", "Sara"]).await;
    desk_names(&ana, "Sara", true).await;
    desk_names(&sara, "Ana", true).await;
    sara.talk().says("أنا سارة").await;
    noor.talk().sees("أنا سارة").await;
    ana.talk().sees("أنا سارة").await;
    noor.talk().says("للجميع").await;
    sara.talk().sees_exactly(&["أنا سارة".to_owned(), "للجميع".to_owned()], PATIENCE).await;
    noor.frame().unfold("who").await;
    is_looked_at(noor.frame(), "widget-two-members").await;
    noor.frame().unfold("who").await;
    is_looked_at(ana.desk(), "console-two-members").await;
    is_looked_at(sara.desk(), "console-beside").await;
    sara.desk().press("leave").await;
    sara.desk().sees_attribute("conversation", "data-state", &["released"], PATIENCE).await;
    sara.desk().press("clear").await;
    noor.is_read_by(&["Ana"]).await;
    desk_names(&ana, "Sara", false).await;
    noor.talk().says("لآنا وحدها").await;
    ana.talk().sees("لآنا وحدها").await;

    // Ana's browser dies. Meanwhile Omar hands Mary to Sara, who gets nothing of before and ends for abuse.
    ana.browser.driver.kill_browser();
    sara.is_available().await;
    hands_over(&omar, &sara).await;
    mary.is_read_by(&["Sara"]).await;
    mary.frame().press("share-no").await;
    mary.talk().says("only for Sara").await;
    sara.talk().sees_exactly(&["only for Sara".to_owned()], PATIENCE).await;
    sara.desk().press("end").await;
    sara.desk().press("end-abuse").await;
    sara.desk().press("abuse-insults").await;
    mary.frame().sees_screen(&["ended"]).await;
    let read = mary.frame().text("screen").await.to_lowercase();
    assert!(!read.contains("abuse") && !read.contains("insult"), "as neutral as any other end: {read}");
    assert!(mary.frame().text("emergency").await.contains(EMERGENCY));
    assert!(!mary.frame().is_shown("composer-text").await, "nothing more can be written");
    is_looked_at(mary.frame(), "widget-ended-for-abuse").await;
    sara.desk().sees_attribute("conversation", "data-state", &["ended"], PATIENCE).await;
    sara.desk().find("remark-state").await;
    sara.desk().find("rest").await;
    assert!(!sara.desk().is_shown("composer-text").await, "nothing more can be written");
    is_looked_at(sara.desk(), "console-ended-for-abuse").await;
    sara.desk().press("clear").await;
    sara.talk().sees_nothing_said(PATIENCE).await;

    // Luz, in Spanish, with Omar; he cannot go on, and she waits in front.
    omar.is_ready_again().await;
    let luz = comes(&world, &ana.tag, "Luz", Settings { language: "es", ..PHONE }).await;
    omar.accepts().await;
    luz.is_talking().await;
    luz.talk().says("sólo para Omar").await;
    omar.talk().sees("sólo para Omar").await;
    omar.desk().press("transfer").await;
    omar.desk().press("give-back").await;
    luz.frame().sees_screen(&["waiting"]).await;
    luz.frame().find("back").await;
    is_looked_at(luz.frame(), "widget-back-in-queue").await;
    luz.waits_at(1).await;
    omar.desk().press("clear").await;
    omar.is_ready_again().await;
    omar.accepts().await;
    luz.is_talking().await;
    omar.talk().sees_nothing_said(Duration::from_secs(1)).await;
    let done = sara.desk().script(OMARS_TURN_ENDS, vec![]).await;
    assert_eq!(done, Ok(json!([200, 204, 200])), "a supervisor may set it");

    // Noor has read that the connection is gone, and asks for somebody else.
    noor.frame().sees_attribute("peer", "data-state", &["away", "may-ask"], ASK_ANOTHER_WITHIN).await;
    is_looked_at(noor.frame(), "widget-counselor-gone").await;
    noor.frame().sees_attribute("peer", "data-state", &["may-ask"], ASK_ANOTHER_WITHIN).await;
    noor.frame().press("ask-another").await;
    sara.is_ready_again().await;
    sara.accepts().await;
    noor.is_talking().await;
    noor.is_read_by(&["Sara"]).await;
    sara.talk().sees_nothing_said(Duration::from_secs(1)).await;
    noor.frame().press("share").await;
    sara.talk().sees("لآنا وحدها").await;
    sara.ends().await;
    noor.frame().sees_screen(&["ended"]).await;
    sara.desk().press("clear").await;
    sara.is_ready_again().await;

    // Omar's turn ends; what he began goes on, and who comes now, Tom, in English, is offered to Sara alone.
    omar.desk().sees_attribute("presence", "data-state", &["break"], TURN_ENDS_WITHIN).await;
    omar.talk().says("sigo aquí").await;
    luz.talk().sees("sigo aquí").await;
    luz.talk().says("gracias").await;
    omar.talk().sees("gracias").await;
    omar.desk().press("presence-available").await;
    omar.desk().sees_attribute("own-rota", "data-state", &["off"], PATIENCE).await;
    omar.desk().sees_attribute("presence", "data-state", &["break"], PATIENCE).await;
    is_looked_at(omar.desk(), "console-turn-is-over").await;
    let tom = comes(&world, &ana.tag, "Tom", PHONE).await;
    sara.desk().find_within("offer", 2 * PATIENCE).await;
    assert!(!omar.desk().is_shown("offer").await, "his turn is over");
    sara.accepts().await;
    tom.is_talking().await;
    tom.is_read_by(&["Sara"]).await;
    tom.talk().says("only for Sara, too").await;
    sara.talk().sees_exactly(&["only for Sara, too".to_owned()], PATIENCE).await;
    sara.ends().await;
    tom.frame().sees_screen(&["ended"]).await;
    omar.ends().await;
    luz.frame().sees_screen(&["ended"]).await;
}
