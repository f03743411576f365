//! Visitors of a site for minors meet only members whose checks are valid (requirement 99).

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_protocol::colleague::{Ask, News, TransferGone};
use amparo_protocol::settings::Date;
use amparo_protocol::wire::{ClientMsg, LineState, ServerMsg, encode};
use amparo_server::relay::facts::LineFacts;

use crate::support::house;
use crate::support::stage::Stage;

/// The stage begins on this day.
const TODAY: Date = Date { year: 2027, month: 1, day: 15 };
const YESTERDAY: Date = Date { day: 14, ..TODAY };

/// The site is for minors, and these members' checks are valid until then.
fn for_minors(stage: &mut Stage, valid_until: &[(u8, Date)]) {
    let mut facts = LineFacts::clone(&house::facts());
    facts.sites.get_mut(&house::SITE).expect("the house has a site").is_for_minors = true;
    facts.valid_until = valid_until.iter().map(|(number, date)| (house::member(*number), *date)).collect();
    facts.conversations_max = BTreeMap::from([(house::member(0), 5)]);
    stage.relay.facts_changed(stage.now_ms, Arc::new(facts));
    stage.settle();
}

fn line_state(stage: &Stage, visitor: usize) -> Option<LineState> {
    let told = stage.visitors[visitor].person.seen.iter().rev();
    told.filter_map(|msg| match msg {
        ServerMsg::Line(opening) => Some(opening.state),
        ServerMsg::Welcome(welcome) => Some(welcome.spoken.line.state),
        _ => None,
    })
    .next()
}

fn news(stage: &Stage, counselor: usize, wanted: impl Fn(&News) -> bool) -> bool {
    let mut seen = stage.counselors[counselor].person.seen.iter();
    seen.any(|msg| matches!(msg, ServerMsg::Colleague { news, .. } if wanted(news)))
}

#[test]
fn she_is_offered_to_whoever_may_attend_her_and_the_offer_says_why() {
    let mut stage = Stage::new();
    for_minors(&mut stage, &[(1, TODAY), (2, YESTERDAY)]);
    for _ in 0..3 {
        stage.counselor_comes();
    }
    stage.visitor_enters();
    stage.pass(5);
    let conversation = stage.conversation(0);
    let offered: Vec<bool> =
        stage.counselors.iter().map(|counselor| counselor.person.offers.contains(&conversation)).collect();
    assert_eq!(offered, [false, true, false], "not recorded, valid to the end of today, over");
    assert!(news(&stage, 1, |news| *news == News::ForMinors));
    stage.accepts(0, 0);
    assert!(!stage.visitors[0].person.is_talking(), "whoever was not offered her does not get her");
    stage.accepts(1, 0);
    assert!(stage.visitors[0].person.is_talking());
}

#[test]
fn without_anybody_who_may_she_reads_that_nobody_is_there_and_no_one_is_offered_her() {
    let mut stage = Stage::new();
    for_minors(&mut stage, &[(0, YESTERDAY)]);
    stage.counselor_comes();
    stage.visitor_opens();
    assert_eq!(line_state(&stage, 0), Some(LineState::Closed));
    assert!(stage.relay.hub().free_languages(stage.now_ms, house::SITE).is_empty());
    let another = amparo_protocol::id::SiteKey([9; 12]);
    assert!(!stage.relay.hub().free_languages(stage.now_ms, another).is_empty(), "to other sites somebody is free");
    stage.visitor_says(0, crate::support::person::Visitor::enter(amparo_protocol::language::Language::En));
    stage.pass(60);
    assert_eq!(stage.visitors[0].person.conversation, None);
    assert!(stage.counselors[0].person.offers.is_empty());
    // From now on their date is right: an open chat hears it.
    for_minors(&mut stage, &[(0, TODAY)]);
    stage.pass(1);
    assert_eq!(line_state(&stage, 0), Some(LineState::Available));
}

#[test]
fn at_the_end_of_the_last_day_she_is_taken_back_from_whoever_it_rings_at() {
    let mut stage = Stage::new();
    for_minors(&mut stage, &[(0, TODAY)]);
    stage.counselor_comes();
    // To twenty seconds before midnight.
    stage.pass(16 * 3600 - 11 - 20);
    stage.counselors[0].person.presence = amparo_protocol::wire::Presence::Available;
    stage.counselor_connects(0);
    stage.visitor_enters();
    stage.pass(5);
    assert!(stage.counselors[0].person.offers.contains(&stage.conversation(0)));
    stage.pass(17);
    assert!(stage.counselors[0].person.offers.is_empty(), "it is Saturday");
}

#[test]
fn a_site_that_becomes_one_for_minors_takes_its_waiting_visitor_back_from_others() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    stage.visitor_enters();
    stage.pass(2);
    assert!(!stage.counselors[0].person.offers.is_empty());
    for_minors(&mut stage, &[]);
    assert!(stage.counselors[0].person.offers.is_empty());
}

#[test]
fn a_transfer_reaches_only_whoever_may_attend_her() {
    let mut stage = Stage::new();
    for_minors(&mut stage, &[(0, TODAY), (2, TODAY)]);
    for _ in 0..3 {
        stage.counselor_comes();
    }
    stage.visitor_enters();
    stage.pass(1);
    stage.accepts(0, 0);
    let conversation = stage.conversation(0);
    let ask = |ask| encode(&ClientMsg::Colleague { conversation, ask });
    stage.counselor_says(0, ask(Ask::WhoIsFree));
    let is_two = |news: &News| matches!(news, News::Free(free) if free.iter().map(|one| one.member).eq([house::roster_member(2)]));
    assert!(news(&stage, 0, is_two), "{:?}", stage.counselors[0].person.seen.last());
    stage.counselor_says(0, ask(Ask::TransferTo(house::roster_member(1))));
    assert!(news(&stage, 0, |news| *news == News::TransferGone(TransferGone::NotFree)));
    stage.counselor_says(0, ask(Ask::TransferTo(house::roster_member(2))));
    assert!(news(&stage, 2, |news| *news == News::ForMinors));
}
