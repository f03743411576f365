//! An administrator looks at a site that is not saved: the chat opens as it would, and calls nobody.

use amparo_protocol::language::Language;
use amparo_protocol::settings::SiteSettings;
use amparo_protocol::wire::{LineState, ServerMsg, Welcome};

use crate::support::house;
use crate::support::person::Visitor;
use crate::support::stage::Stage;

fn opens_a_preview(stage: &mut Stage) -> usize {
    let visitor = stage.visitor_opens();
    stage.visitor_is_lost(visitor);
    stage.visitors[visitor].person.seen.clear();
    let settings = SiteSettings::new("As it would be", Vec::new(), "911");
    let pass = stage.relay.issue_preview_pass(stage.now_ms, house::SITE, settings);
    stage.visitor_connects_with(visitor, Visitor::hello(pass));
    visitor
}

fn welcome(stage: &Stage, visitor: usize) -> &Welcome {
    let welcomes = stage.visitors[visitor].person.seen.iter().find_map(|msg| match msg {
        ServerMsg::Welcome(welcome) => Some(welcome),
        _ => None,
    });
    welcomes.expect("she is welcomed")
}

#[test]
fn a_preview_says_what_was_set_and_that_nobody_answers() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    let visitor = opens_a_preview(&mut stage);
    let welcome = welcome(&stage, visitor);
    assert_eq!((welcome.emergency.as_str(), welcome.demo), ("911", true));
    assert_eq!(welcome.spoken.line.state, LineState::Available, "as it would be");
}

#[test]
fn whoever_enters_from_a_preview_calls_nobody() {
    let mut stage = Stage::new();
    stage.counselor_comes();
    let visitor = opens_a_preview(&mut stage);
    stage.visitor_says(visitor, Visitor::enter(Language::En));
    stage.pass(5);
    let told = stage.visitors[visitor]
        .person
        .seen
        .iter()
        .any(|msg| matches!(msg, ServerMsg::Line(opening) if opening.state == LineState::Closed));
    assert!(told, "her screen says that the line is closed");
    assert_eq!(stage.visitors[visitor].person.conversation, None);
    assert!(stage.counselors[0].person.offers.is_empty());
    let real = stage.visitor_enters();
    assert_eq!(stage.visitors[real].person.position, Some(1), "nobody was before her");
}
