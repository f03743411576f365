//! A colleague takes a conversation over, or the visitor waits again.

use super::*;

#[test]
fn a_transfer_moves_when_the_colleague_has_accepted_and_takes_no_history_along() {
    let (mut world, id) = talking(1);
    ana_asks_omar(&mut world, id);
    assert_eq!(readers(&world), ["Ana"], "nothing has moved");
    asks(&mut world, OMAR, id, Ask::AcceptTransfer);
    assert_eq!(readers(&world), ["Omar"]);
    assert_eq!(state(&world, ANA, id), Some(ConversationState::Released(Release::Transferred)));
    assert_eq!(shown(&world.desks[ANA], id).expect("a word of it").messages, [], "she keeps no text");
    mary_says(&mut world, "to Omar alone");
    says(&mut world, OMAR, id, "I am Omar");
    assert_eq!(reads(&world.desks[OMAR]), ["to Omar alone"], "and nothing of before");
    assert_eq!(mary_reads(&world), [("Omar", "I am Omar")]);
    assert_eq!(reads(&world.desks[ANA]), [""; 0]);
}

#[test]
fn her_press_shares_what_was_written_and_tells_who_wrote_it() {
    let (mut world, id) = talking(2);
    says(&mut world, ANA, id, "I am Ana");
    ana_asks_omar(&mut world, id);
    asks(&mut world, OMAR, id, Ask::AcceptTransfer);
    assert_eq!(reads(&world.desks[OMAR]), [""; 0]);
    assert_eq!(world.seats[0].program.view().may_share_with.as_ref().expect("an offer").pseudonym, "Omar");
    let now_ms = world.now_ms;
    world.seats[0].program.share_history(now_ms);
    later(&mut world, 1);
    assert_eq!(reads(&world.desks[OMAR]), ["to Ana alone", "I am Ana"]);
    let omars = shown(&world.desks[OMAR], id).expect("his");
    assert!(omars.has_history);
    let by_ana = |message: &&ShownMessage| matches!(&message.content, Content::Theirs { from: Some(badge), .. } if badge.pseudonym == "Ana");
    assert_eq!(omars.messages.iter().filter(by_ana).count(), 1);
    assert_eq!(world.seats[0].program.view().may_share_with, None, "it is asked once");
}

#[test]
fn a_press_on_a_line_that_breaks_is_carried_out_when_it_is_back() {
    let (mut world, id) = talking(3);
    ana_asks_omar(&mut world, id);
    asks(&mut world, OMAR, id, Ask::AcceptTransfer);
    let now_ms = world.now_ms;
    world.hang_up(Who::Visitor(0));
    world.seats[0].program.share_history(now_ms);
    world.connect(Who::Visitor(0));
    later(&mut world, 5);
    assert_eq!(reads(&world.desks[OMAR]), ["to Ana alone"]);
}

#[test]
fn who_declines_or_does_not_answer_changes_nothing_and_is_told_kindly() {
    let (mut world, id) = talking(4);
    ana_asks_omar(&mut world, id);
    asks(&mut world, OMAR, id, Ask::DeclineTransfer);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").transfer, Transfer::Gone(TransferGone::Declined));
    ana_asks_omar(&mut world, id);
    later(&mut world, 31);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").transfer, Transfer::Gone(TransferGone::NotAnswered));
    assert_eq!(world.desks[OMAR].program.view().requests, []);
    assert_eq!(world.desks[OMAR].program.view().presence, Presence::Away);
    asks(&mut world, OMAR, id, Ask::AcceptTransfer);
    mary_says(&mut world, "still to Ana");
    assert_eq!(reads(&world.desks[ANA]), ["to Ana alone", "still to Ana"]);
    assert_eq!(readers(&world), ["Ana"]);
}

#[test]
fn a_transfer_whose_key_is_not_opened_is_void_after_thirty_seconds() {
    let (mut world, id) = talking(5);
    ana_asks_omar(&mut world, id);
    let now_ms = world.now_ms;
    world.desks[OMAR].program.ask(now_ms, id, Ask::AcceptTransfer);
    world.collect();
    let omar = world.line_of(Who::Counselor(OMAR)).expect("connected");
    world.deliver(omar, true);
    // Everything that he is sent from now on is lost.
    world.lines.get_mut(&omar).expect("his").stalled_until_ms = u64::MAX;
    later(&mut world, 1);
    assert_eq!(who_comes(&world), Some(("Omar", JoinReason::Transfer)));
    mary_says(&mut world, "while it waits");
    assert_eq!(reads(&world.desks[ANA]), ["to Ana alone", "while it waits"], "the present key counts");
    later(&mut world, 31);
    assert_eq!(who_comes(&world), None);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").transfer, Transfer::Gone(TransferGone::Void));
    mary_says(&mut world, "after it");
    assert_eq!(reads(&world.desks[ANA]), ["to Ana alone", "while it waits", "after it"]);
    assert_eq!(reads(&world.desks[OMAR]), [""; 0]);
}

#[test]
fn while_she_is_away_a_transfer_waits_for_her() {
    let (mut world, id) = talking(6);
    ana_asks_omar(&mut world, id);
    world.hang_up(Who::Visitor(0));
    asks(&mut world, OMAR, id, Ask::AcceptTransfer);
    later(&mut world, 90);
    assert_eq!(state(&world, OMAR, id), Some(ConversationState::WaitingForKey));
    assert_eq!(state(&world, ANA, id), Some(ConversationState::Talking));
    world.connect(Who::Visitor(0));
    later(&mut world, 5);
    assert_eq!(readers(&world), ["Omar"]);
    mary_says(&mut world, "to Omar alone");
    assert_eq!(reads(&world.desks[OMAR]), ["to Omar alone"]);
}

#[test]
fn the_former_counselors_line_is_gone_and_the_transfer_goes_on() {
    let (mut world, id) = talking(8);
    ana_asks_omar(&mut world, id);
    world.hang_up(Who::Counselor(ANA));
    asks(&mut world, OMAR, id, Ask::AcceptTransfer);
    assert_eq!(readers(&world), ["Omar"]);
    mary_says(&mut world, "to Omar alone");
    world.connect(Who::Counselor(ANA));
    later(&mut world, 5);
    assert!(!reads(&world.desks[ANA]).contains(&"to Omar alone"));
    assert_eq!(reads(&world.desks[OMAR]), ["to Omar alone"]);
}

#[test]
fn the_asked_colleagues_line_is_gone_and_the_asker_is_told() {
    let (mut world, id) = talking(9);
    ana_asks_omar(&mut world, id);
    world.hang_up(Who::Counselor(OMAR));
    later(&mut world, 1);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").transfer, Transfer::Gone(TransferGone::NotFree));
}

#[test]
fn given_back_she_waits_in_front_and_the_next_one_reads_only_what_she_shares() {
    let (mut world, id) = talking(22);
    asks(&mut world, ANA, id, Ask::GiveBack);
    let view = world.seats[0].program.view();
    assert!(matches!(view.phase, Phase::Waiting { position: 1, .. }));
    assert_eq!(view.back, Some(Back::Returned));
    assert_eq!(state(&world, ANA, id), Some(ConversationState::Released(Release::GivenBack)));
    world.desks[ANA].program.set_presence(Presence::Break);
    later(&mut world, 2);
    let now_ms = world.now_ms;
    world.desks[OMAR].program.accept(now_ms, id);
    later(&mut world, 2);
    assert_eq!(readers(&world), ["Omar"]);
    assert_eq!(reads(&world.desks[OMAR]), [""; 0]);
    world.seats[0].program.share_history(now_ms);
    later(&mut world, 1);
    assert_eq!(reads(&world.desks[OMAR]), ["to Ana alone"]);
}
