//! Visitors of a site that a team serves are offered to its members; a colleague may take a conversation over all the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_protocol::colleague::{Ask, News};
use amparo_protocol::settings::Date;
use amparo_protocol::teams::Team;
use amparo_protocol::wire::{ClientMsg, LineState, ServerMsg, encode};
use amparo_server::relay::facts::LineFacts;

use crate::support::house;
use crate::support::stage::Stage;

fn team(name: &str, numbers: &[u8]) -> Team {
    let members = numbers.iter().map(|number| house::member(*number)).collect();
    Team { name: name.to_owned(), members, sites: vec![house::SITE] }
}

fn with_facts(stage: &mut Stage, change: impl FnOnce(&mut LineFacts)) {
    let mut facts = LineFacts::clone(&house::facts());
    change(&mut facts);
    stage.relay.facts_changed(stage.now_ms, Arc::new(facts));
    stage.settle();
}

fn served_by(stage: &mut Stage, teams: Vec<Team>) {
    with_facts(stage, |facts| facts.teams = teams);
}

fn offered(stage: &Stage, visitor: usize) -> Vec<bool> {
    let conversation = stage.conversation(visitor);
    stage.counselors.iter().map(|counselor| counselor.person.offers.contains(&conversation)).collect()
}

fn team_told(stage: &Stage, counselor: usize) -> Option<&str> {
    stage.counselors[counselor].person.seen.iter().rev().find_map(|msg| match msg {
        ServerMsg::Colleague { news: News::OfTeam(name), .. } => Some(name.as_str()),
        _ => None,
    })
}

fn line_state(stage: &Stage, visitor: usize) -> Option<LineState> {
    stage.visitors[visitor].person.seen.iter().rev().find_map(|msg| match msg {
        ServerMsg::Line(opening) => Some(opening.state),
        ServerMsg::Welcome(welcome) => Some(welcome.spoken.line.state),
        _ => None,
    })
}

#[test]
fn she_is_offered_to_the_members_of_her_sites_teams_and_the_offer_names_the_team() {
    let mut stage = Stage::new();
    served_by(&mut stage, vec![team("Legal", &[1]), team("Nights", &[2])]);
    for _ in 0..3 {
        stage.counselor_comes();
    }
    stage.visitor_enters();
    stage.pass(5);
    assert_eq!(offered(&stage, 0), [false, true, true]);
    assert_eq!(team_told(&stage, 1), Some("Legal"));
    stage.accepts(0, 0);
    assert!(!stage.visitors[0].person.is_talking(), "whoever was not offered her does not get her");
    stage.accepts(2, 0);
    assert!(stage.visitors[0].person.is_talking());
}

#[test]
fn somebody_is_there_only_when_the_team_is_and_an_open_chat_hears_of_a_change() {
    let mut stage = Stage::new();
    served_by(&mut stage, vec![team("Legal", &[1])]);
    stage.counselor_comes();
    stage.visitor_opens();
    assert_eq!(line_state(&stage, 0), Some(LineState::Closed));
    assert!(stage.relay.hub().free_languages(stage.now_ms, house::SITE).is_empty());
    served_by(&mut stage, vec![team("Legal", &[0, 1])]);
    stage.pass(1);
    assert_eq!(line_state(&stage, 0), Some(LineState::Available));
    assert!(!stage.relay.hub().free_languages(stage.now_ms, house::SITE).is_empty());
}

#[test]
fn an_offer_is_taken_back_from_whoever_leaves_the_team_and_a_conversation_goes_on() {
    let mut stage = Stage::new();
    served_by(&mut stage, vec![team("Legal", &[0, 1])]);
    for _ in 0..2 {
        stage.counselor_comes();
    }
    stage.visitor_enters();
    stage.pass(1);
    assert_eq!(offered(&stage, 0), [true, true]);
    served_by(&mut stage, vec![team("Legal", &[1])]);
    assert_eq!(offered(&stage, 0), [false, true]);
    stage.accepts(1, 0);
    served_by(&mut stage, vec![team("Legal", &[0])]);
    stage.pass(5);
    assert!(stage.visitors[0].person.is_talking());
}

#[test]
fn a_team_that_nobody_is_left_in_keeps_its_sites_visitors_from_nobody() {
    let mut stage = Stage::new();
    served_by(&mut stage, vec![team("Legal", &[200])]);
    stage.counselor_comes();
    stage.visitor_enters();
    stage.pass(1);
    assert_eq!(offered(&stage, 0), [true]);
}

#[test]
fn of_a_team_for_minors_only_those_with_valid_checks_are_offered_her() {
    let mut stage = Stage::new();
    with_facts(&mut stage, |facts| {
        facts.teams = vec![team("Youth", &[0, 1])];
        facts.sites.get_mut(&house::SITE).expect("the house has a site").is_for_minors = true;
        let until = Date { year: 2030, month: 1, day: 1 };
        facts.valid_until = BTreeMap::from([(house::member(1), until), (house::member(2), until)]);
    });
    for _ in 0..3 {
        stage.counselor_comes();
    }
    stage.visitor_enters();
    stage.pass(1);
    assert_eq!(offered(&stage, 0), [false, true, false], "no checks, both, not in the team");
}

#[test]
fn a_colleague_of_another_team_can_take_the_conversation_over() {
    let mut stage = Stage::new();
    served_by(&mut stage, vec![team("Legal", &[0])]);
    for _ in 0..2 {
        stage.counselor_comes();
    }
    stage.visitor_enters();
    stage.pass(1);
    stage.accepts(0, 0);
    let conversation = stage.conversation(0);
    let ask = Ask::TransferTo(house::roster_member(1));
    stage.counselor_says(0, encode(&ClientMsg::Colleague { conversation, ask }));
    assert_eq!(team_told(&stage, 1), Some("Legal"));
    stage.counselor_says(1, encode(&ClientMsg::Colleague { conversation, ask: Ask::AcceptTransfer }));
    stage.pass(2);
    let took =
        |msg: &ServerMsg| matches!(msg, ServerMsg::Claimed { conversation: other, .. } if *other == conversation);
    assert!(stage.counselors[1].person.seen.iter().any(took));
}
