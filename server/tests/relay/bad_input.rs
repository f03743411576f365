//! Whatever a connection sends: a closed code, never a panic, and nothing for the others.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ConversationId, DeviceId, Handle, Hash, Pass, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::{DEPOSIT_MAX_BYTES, PROTOCOL_VERSION};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Deposit, Grant, Hello, Presence, encode};
use proptest::prelude::*;
use rstest::rstest;

use crate::support::house;
use crate::support::person::{Counselor, Visitor, ack, message};
use crate::support::stage::Stage;

fn refused_hello(hello: Hello) -> Option<ErrorCode> {
    let mut stage = Stage::new();
    let session = stage.relay.connect(stage.now_ms, None);
    stage.relay.receive(stage.now_ms, session, &encode(&ClientMsg::Hello(hello)));
    stage.relay.refused(session)
}

#[test]
fn a_first_message_that_does_not_fit_is_refused_by_its_own_code() {
    let (site, pass) = (house::SITE, Pass([1; 32]));
    let (version, language) = (PROTOCOL_VERSION, Language::En);
    let counselor = Hello::Counselor { version, shift: Sealed(vec![]), resumes: vec![], ended: vec![] };
    let resume = amparo_protocol::wire::Resume { ticket: Sealed(vec![3; 90]), pending: None, have: vec![] };
    let cases = [
        (Hello::Visitor { version: 9, site, pass, language }, ErrorCode::Version),
        (Hello::Visitor { version, site, pass, language }, ErrorCode::Pass),
        (Hello::Visitor { version, site: SiteKey([1; 12]), pass, language }, ErrorCode::UnknownSite),
        (Hello::Continue { version, handle: Handle([1; 16]) }, ErrorCode::NothingToContinue),
        (Hello::Resume { version, resume, language }, ErrorCode::Ticket),
        (counselor, ErrorCode::SignIn),
    ];
    for (hello, code) in cases {
        assert_eq!(refused_hello(hello), Some(code));
    }
}

#[test]
fn a_pass_is_good_once_and_for_two_minutes() {
    let mut stage = Stage::new();
    let pass = stage.relay.issue_pass(stage.now_ms, house::SITE);
    let hellos = [stage.relay.connect(stage.now_ms, None), stage.relay.connect(stage.now_ms, None)];
    for session in hellos {
        stage.relay.receive(stage.now_ms, session, &Visitor::hello(pass));
    }
    assert_eq!(stage.relay.refused(hellos[0]), None);
    assert_eq!(stage.relay.refused(hellos[1]), Some(ErrorCode::Pass));
    let late = stage.relay.issue_pass(stage.now_ms, house::SITE);
    stage.pass(121);
    let session = stage.relay.connect(stage.now_ms, None);
    stage.relay.receive(stage.now_ms, session, &Visitor::hello(late));
    assert_eq!(stage.relay.refused(session), Some(ErrorCode::Pass));
}

#[test]
fn a_connection_that_says_nothing_is_closed_after_five_seconds() {
    let mut stage = Stage::new();
    let session = stage.relay.connect(stage.now_ms, None);
    stage.pass(4);
    assert_eq!(stage.relay.refused(session), None);
    stage.pass(2);
    assert_eq!(stage.relay.refused(session), Some(ErrorCode::TooSlow));
}

#[rstest]
#[case::of_another_conversation(message(ConversationId([9; 16]), 1, DeviceId([0; 8]), 1))]
#[case::in_a_counselors_name(Sealed(vec![]))]
#[case::of_an_odd_size(Sealed(vec![1; 1000]))]
fn a_message_whose_header_does_not_fit_is_refused(#[case] sealed: Sealed) {
    let (mut stage, conversation) = Stage::talking();
    let device = stage.counselors[0].person.device;
    let sealed = if sealed.0.is_empty() { message(conversation, 1, device, 1) } else { sealed };
    stage.visitor_says(0, encode(&ClientMsg::Send { conversation, message: sealed }));
    assert_eq!(stage.visitors[0].refused, Some(ErrorCode::Malformed));
    assert!(stage.counselors[0].person.conversations[&conversation].kept.received.is_empty());
}

#[test]
fn a_counselor_cannot_speak_or_acknowledge_for_the_visitor() {
    for forged in [true, false] {
        let (mut stage, conversation) = Stage::talking();
        let visitor = DeviceId::default();
        let msg = if forged {
            ClientMsg::Send { conversation, message: message(conversation, 1, visitor, 1) }
        } else {
            ClientMsg::Ack { conversation, ack: ack(conversation, visitor) }
        };
        stage.counselor_says(0, encode(&msg));
        assert_eq!(stage.counselors[0].refused, Some(ErrorCode::Malformed));
    }
}

#[test]
fn what_is_not_this_sides_to_say_is_refused() {
    let not_hers = [
        ClientMsg::Presence(Presence::Available),
        ClientMsg::Accept { conversation: ConversationId([1; 16]) },
        ClientMsg::Hello(Hello::Continue { version: PROTOCOL_VERSION, handle: Handle([1; 16]) }),
    ];
    for msg in not_hers {
        let (mut stage, _) = Stage::talking();
        stage.visitor_says(0, encode(&msg));
        assert_eq!(stage.visitors[0].refused, Some(ErrorCode::Unexpected));
    }
    let (mut stage, _) = Stage::talking();
    stage.counselor_says(0, encode(&ClientMsg::StillHere));
    assert_eq!(stage.counselors[0].refused, Some(ErrorCode::Unexpected));
}

#[test]
fn a_deposit_that_is_too_large_and_a_grant_that_is_none_are_refused() {
    let (mut stage, conversation) = Stage::talking();
    let sealed = Sealed(vec![0; DEPOSIT_MAX_BYTES + 1]);
    let deposit = Deposit { handle: Handle([1; 16]), relay_half: Hash([1; 32]), sealed };
    stage.visitor_says(0, encode(&ClientMsg::Deposit(deposit)));
    assert_eq!(stage.visitors[0].refused, Some(ErrorCode::TooLarge));
    stage.visitor_returns(0);
    let claim = amparo_protocol::id::ClaimId([1; 16]);
    let grant = Grant { conversation, claim, epoch: 1, roster_seq: 1, envelopes: vec![Sealed(vec![1; 140])] };
    stage.visitor_says(0, encode(&ClientMsg::Grant(grant)));
    assert_eq!(stage.visitors[0].refused, Some(ErrorCode::Invalid));
}

#[test]
fn a_shift_of_another_member_or_changed_in_one_bit_is_refused() {
    let stage = Stage::new();
    let counselor = Counselor::new(0, 1);
    let good = house::shift(0, counselor.device, stage.now_ms);
    let others = house::shift(1, counselor.device, stage.now_ms);
    let old = house::shift(0, counselor.device, stage.now_ms - 15 * 60 * 60 * 1000);
    let changed = (0..good.size_bytes() * 8).step_by(7).map(|bit| {
        let mut changed = good.clone();
        changed.0[bit / 8] ^= 1 << (bit % 8);
        changed
    });
    let mut stage = Stage::new();
    for shift in changed.chain([others, old]) {
        let session = stage.relay.connect(stage.now_ms, Some(house::login(0, stage.now_ms)));
        let hello = Hello::Counselor { version: PROTOCOL_VERSION, shift, resumes: vec![], ended: vec![] };
        stage.relay.receive(stage.now_ms, session, &encode(&ClientMsg::Hello(hello)));
        assert_eq!(stage.relay.refused(session), Some(ErrorCode::Invalid));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_is_refused_and_disturbs_nobody(garbage in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (mut stage, conversation) = Stage::talking();
        stage.visitor_enters();
        stage.visitor_says(1, garbage.clone());
        let session = stage.relay.connect(stage.now_ms, None);
        stage.relay.receive(stage.now_ms, session, &garbage);
        stage.visitor_writes(0);
        prop_assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 1);
    }
}
