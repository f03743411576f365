//! Not alone, told with the real programs and the real relay: transfer, a called supervisor, and what becomes of both when
//! lines break, the relay is killed or somebody is away. After every story each key is counted: who was not granted it
//! cannot read what was written in it.

use amparo_client::view::{Content, ConversationState, Phase, ShownMessage, Transfer};
use amparo_protocol::colleague::{Ask, TransferGone};
use amparo_protocol::id::ConversationId;
use amparo_protocol::wire::{Back, EndReason, JoinReason, Presence, Release};

use crate::people::{Desk, text};
use crate::world::{Fault, Who, World};

const ANA: usize = 0;
const OMAR: usize = 1;
const SARA: usize = 2;

/// Mary talks with Ana; Omar and Sara, who supervises, are at their desks and free.
fn talking(seed: u64) -> (World, ConversationId) {
    let mut world = World::of(seed, &["Ana", "Omar", "Sara"], 1, Fault::None);
    world.everybody().into_iter().for_each(|who| world.connect(who));
    world.settle();
    world.desks[ANA].program.set_presence(Presence::Available);
    world.settle();
    let now_ms = world.now_ms;
    world.seats[0].program.enter(now_ms);
    later(&mut world, 1);
    let offer = world.desks[ANA].program.view().offers.first().expect("she waits").conversation;
    world.desks[ANA].program.accept(now_ms, offer);
    later(&mut world, 1);
    for desk in [OMAR, SARA] {
        world.desks[desk].program.set_presence(Presence::Available);
    }
    later(&mut world, 1);
    mary_says(&mut world, "to Ana alone");
    assert_eq!(readers(&world), ["Ana"]);
    assert_eq!(reads(&world.desks[ANA]), ["to Ana alone"]);
    (world, offer)
}

/// Seconds pass, and everything under way arrives.
fn later(world: &mut World, secs: u64) {
    world.settle();
    for _ in 0..secs {
        world.pass(1);
        world.settle();
    }
}

fn mary_says(world: &mut World, text: &str) {
    let now_ms = world.now_ms;
    world.seats[0].program.say(now_ms, text);
    later(world, 1);
}

fn says(world: &mut World, desk: usize, id: ConversationId, text: &str) {
    let now_ms = world.now_ms;
    world.desks[desk].program.say(now_ms, id, text);
    later(world, 1);
}

fn asks(world: &mut World, desk: usize, id: ConversationId, ask: Ask) {
    let now_ms = world.now_ms;
    world.desks[desk].program.ask(now_ms, id, ask);
    later(world, 1);
}

/// Ana asks Omar, and it rings there.
fn ana_asks_omar(world: &mut World, id: ConversationId) {
    asks(world, ANA, id, Ask::WhoIsFree);
    let Transfer::Choosing(free) = shown(&world.desks[ANA], id).expect("hers").transfer.clone() else {
        panic!("a list")
    };
    assert_eq!(free.iter().map(|one| &one.badge.pseudonym[..]).collect::<Vec<_>>(), ["Omar", "Sara"]);
    assert_eq!(free.iter().map(|one| one.is_supervisor).collect::<Vec<_>>(), [false, true]);
    asks(world, ANA, id, Ask::TransferTo(free[0].member));
    let requests = &world.desks[OMAR].program.view().requests;
    assert_eq!(requests[0].by.pseudonym, "Ana");
}

fn sara_joins(world: &mut World, id: ConversationId) {
    asks(world, ANA, id, Ask::CallSupervisor);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").call, Some(Some(1)));
    assert_eq!(world.desks[SARA].program.view().calls[0].by.pseudonym, "Ana");
    assert_eq!(world.desks[OMAR].program.view().calls, [], "only supervisors are rung");
    asks(world, SARA, id, Ask::Join);
    assert_eq!(readers(world), ["Ana", "Sara"]);
}

fn shown(desk: &Desk, id: ConversationId) -> Option<&amparo_client::view::ShownConversation> {
    desk.program.view().conversations.iter().find(|shown| shown.conversation == id)
}

fn state(world: &World, desk: usize, id: ConversationId) -> Option<ConversationState> {
    shown(&world.desks[desk], id).map(|shown| shown.state)
}

fn colleagues(world: &World, desk: usize, id: ConversationId) -> Vec<&str> {
    shown(&world.desks[desk], id).expect("there").colleagues.iter().map(|badge| &badge.pseudonym[..]).collect()
}

fn readers(world: &World) -> Vec<&str> {
    world.seats[0].program.view().readers.iter().map(|badge| &badge.pseudonym[..]).collect()
}

/// What others wrote, on a desk.
fn reads(desk: &Desk) -> Vec<&str> {
    desk.program.view().conversations.iter().flat_map(|shown| &shown.messages).filter_map(theirs).collect()
}

fn theirs(message: &ShownMessage) -> Option<&str> {
    text(message).filter(|_| matches!(message.content, Content::Theirs { .. }))
}

fn mary_reads(world: &World) -> Vec<(&str, &str)> {
    let from = |message: &'_ ShownMessage| match &message.content {
        Content::Theirs { from, .. } => from.as_ref().map(|badge| badge.pseudonym.clone()),
        _ => None,
    };
    let messages = &world.seats[0].program.view().messages;
    let names = ["Ana", "Omar", "Sara"];
    messages
        .iter()
        .filter_map(|message| {
            let from = from(message)?;
            let name = names.into_iter().find(|name| *name == from)?;
            Some((name, text(message)?))
        })
        .collect()
}

fn who_comes(world: &World) -> Option<(&str, JoinReason)> {
    let coming = world.seats[0].program.view().coming.as_ref()?;
    Some((&coming.badge.pseudonym, coming.reason))
}

fn kill_and_return(world: &mut World) {
    world.kill_relay();
    later(world, 1);
    world.everybody().into_iter().for_each(|who| world.connect(who));
    later(world, 1);
}

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
fn a_restart_of_the_relay_in_the_middle_of_a_transfer_is_survived() {
    for (seed, order) in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0], [2, 0, 1]].into_iter().enumerate() {
        let (mut world, id) = talking(70 + seed as u64);
        ana_asks_omar(&mut world, id);
        let now_ms = world.now_ms;
        world.desks[OMAR].program.ask(now_ms, id, Ask::AcceptTransfer);
        world.collect();
        let omar = world.line_of(Who::Counselor(OMAR)).expect("connected");
        let mary = world.line_of(Who::Visitor(0)).expect("connected");
        world.deliver(omar, true);
        // She has sealed the key, and it is lost with the relay.
        while world.seats[0].program.view().coming.is_none() {
            world.deliver(mary, false);
        }
        // He knows that he is wanted.
        while state(&world, OMAR, id).is_none() {
            world.deliver(omar, false);
        }
        world.kill_relay();
        let everybody = [Who::Visitor(0), Who::Counselor(ANA), Who::Counselor(OMAR)];
        for next in order {
            world.connect(everybody[next]);
            later(&mut world, 1);
        }
        world.connect(Who::Counselor(SARA));
        later(&mut world, 5);
        assert_eq!(readers(&world), ["Omar"], "order {order:?}");
        mary_says(&mut world, "to Omar alone");
        assert_eq!(reads(&world.desks[OMAR]), ["to Omar alone"], "order {order:?}");
        assert!(!reads(&world.desks[ANA]).contains(&"to Omar alone"), "order {order:?}");
    }
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
fn a_called_supervisor_comes_in_everybody_is_named_and_each_word_has_its_author() {
    let (mut world, id) = talking(10);
    sara_joins(&mut world, id);
    assert_eq!(colleagues(&world, ANA, id), ["Sara"]);
    assert_eq!(colleagues(&world, SARA, id), ["Ana"]);
    assert!(shown(&world.desks[SARA], id).expect("hers").is_beside);
    assert_eq!(world.desks[SARA].program.view().calls, []);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").call, None);
    mary_says(&mut world, "to both");
    says(&mut world, ANA, id, "I am Ana");
    says(&mut world, SARA, id, "I am Sara");
    assert_eq!(reads(&world.desks[ANA]), ["to Ana alone", "to both", "I am Sara"]);
    assert_eq!(reads(&world.desks[SARA]), ["to both", "I am Ana"], "nothing of before she came");
    assert_eq!(mary_reads(&world), [("Ana", "I am Ana"), ("Sara", "I am Sara")]);
    assert_eq!(world.seats[0].program.view().may_share_with, None);
}

#[test]
fn whoever_leaves_reads_nothing_from_then_on_and_the_screens_say_so() {
    let (mut world, id) = talking(11);
    sara_joins(&mut world, id);
    asks(&mut world, SARA, id, Ask::Leave);
    assert_eq!(readers(&world), ["Ana"]);
    assert_eq!(colleagues(&world, ANA, id), [""; 0]);
    assert_eq!(state(&world, SARA, id), Some(ConversationState::Released(Release::Left)));
    mary_says(&mut world, "to Ana again");
    says(&mut world, ANA, id, "alone again");
    assert_eq!(reads(&world.desks[ANA]), ["to Ana alone", "to Ana again"]);
    assert_eq!(reads(&world.desks[SARA]), [""; 0]);
    assert_eq!(mary_reads(&world).last(), Some(&("Ana", "alone again")));
}

#[test]
fn while_the_one_who_stays_is_away_the_screen_still_lists_who_has_left() {
    let (mut world, id) = talking(12);
    sara_joins(&mut world, id);
    world.hang_up(Who::Counselor(ANA));
    asks(&mut world, SARA, id, Ask::Leave);
    assert_eq!(readers(&world), ["Ana", "Sara"], "she holds the key in which Mary writes");
    world.connect(Who::Counselor(ANA));
    later(&mut world, 5);
    assert_eq!(readers(&world), ["Ana"]);
    mary_says(&mut world, "to Ana again");
    assert_eq!(reads(&world.desks[ANA]), ["to Ana alone", "to Ana again"]);
}

#[test]
fn a_supervisor_takes_over_with_or_without_having_joined() {
    for joins_first in [false, true] {
        let (mut world, id) = talking(13);
        if joins_first {
            sara_joins(&mut world, id);
        } else {
            asks(&mut world, ANA, id, Ask::CallSupervisor);
        }
        asks(&mut world, SARA, id, Ask::TakeOver);
        later(&mut world, 1);
        assert_eq!(readers(&world), ["Sara"]);
        assert_eq!(state(&world, ANA, id), Some(ConversationState::Released(Release::TakenOver)));
        assert!(!shown(&world.desks[SARA], id).expect("hers").is_beside);
        mary_says(&mut world, "to Sara alone");
        assert_eq!(reads(&world.desks[SARA]), ["to Sara alone"]);
        assert!(reads(&world.desks[ANA]).is_empty());
    }
}

#[test]
fn nobody_looks_into_a_conversation_without_being_called() {
    let (mut world, id) = talking(14);
    for (desk, ask) in [(SARA, Ask::Join), (SARA, Ask::TakeOver), (OMAR, Ask::Join), (OMAR, Ask::AcceptTransfer)] {
        asks(&mut world, desk, id, ask);
        assert_eq!(readers(&world), ["Ana"]);
        assert_eq!(who_comes(&world), None);
    }
    asks(&mut world, ANA, id, Ask::CallSupervisor);
    asks(&mut world, OMAR, id, Ask::Join);
    assert_eq!(readers(&world), ["Ana"], "a counselor is no supervisor");
    asks(&mut world, ANA, id, Ask::CallOff);
    assert_eq!(world.desks[SARA].program.view().calls, []);
    asks(&mut world, SARA, id, Ask::Join);
    assert_eq!(readers(&world), ["Ana"]);
}

#[test]
fn a_call_outlives_the_relay_and_rings_at_who_comes_later() {
    let (mut world, id) = talking(15);
    world.hang_up(Who::Counselor(SARA));
    asks(&mut world, ANA, id, Ask::CallSupervisor);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").call, Some(Some(0)), "an honest nobody");
    world.connect(Who::Counselor(SARA));
    later(&mut world, 1);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").call, Some(Some(1)));
    kill_and_return(&mut world);
    assert_eq!(world.desks[SARA].program.view().calls.len(), 1);
    asks(&mut world, SARA, id, Ask::Join);
    assert_eq!(readers(&world), ["Ana", "Sara"]);
}

#[test]
fn two_members_and_the_visitor_come_back_after_a_restart_in_any_order() {
    for (seed, order) in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0], [2, 0, 1]].into_iter().enumerate() {
        let (mut world, id) = talking(160 + seed as u64);
        sara_joins(&mut world, id);
        world.kill_relay();
        let everybody = [Who::Visitor(0), Who::Counselor(ANA), Who::Counselor(SARA)];
        for next in order {
            world.connect(everybody[next]);
            later(&mut world, 1);
        }
        later(&mut world, 2);
        mary_says(&mut world, "to both");
        says(&mut world, ANA, id, "I am Ana");
        says(&mut world, SARA, id, "I am Sara");
        assert_eq!(readers(&world), ["Ana", "Sara"], "order {order:?}");
        assert_eq!(reads(&world.desks[ANA]), ["to Ana alone", "to both", "I am Sara"], "order {order:?}");
        assert_eq!(reads(&world.desks[SARA]), ["to both", "I am Ana"], "order {order:?}");
        assert_eq!(mary_reads(&world), [("Ana", "I am Ana"), ("Sara", "I am Sara")], "order {order:?}");
    }
}

#[test]
fn a_restart_while_the_key_is_sealed_to_a_supervisor_who_joins() {
    let (mut world, id) = talking(17);
    asks(&mut world, ANA, id, Ask::CallSupervisor);
    let now_ms = world.now_ms;
    world.desks[SARA].program.ask(now_ms, id, Ask::Join);
    world.collect();
    let sara = world.line_of(Who::Counselor(SARA)).expect("connected");
    let mary = world.line_of(Who::Visitor(0)).expect("connected");
    world.deliver(sara, true);
    while world.seats[0].program.view().coming.is_none() {
        world.deliver(mary, false);
    }
    while state(&world, SARA, id).is_none() {
        world.deliver(sara, false);
    }
    kill_and_return(&mut world);
    later(&mut world, 5);
    assert_eq!(readers(&world), ["Ana", "Sara"]);
    mary_says(&mut world, "to both");
    assert_eq!(reads(&world.desks[ANA]).last(), Some(&"to both"));
    assert_eq!(reads(&world.desks[SARA]), ["to both"]);
}

#[test]
fn a_lost_supervisor_comes_back_within_a_minute_or_has_left() {
    let (mut world, id) = talking(18);
    sara_joins(&mut world, id);
    world.hang_up(Who::Counselor(SARA));
    later(&mut world, 30);
    world.connect(Who::Counselor(SARA));
    later(&mut world, 5);
    mary_says(&mut world, "to both");
    assert_eq!(reads(&world.desks[SARA]), ["to both"]);
    world.hang_up(Who::Counselor(SARA));
    later(&mut world, 62);
    assert_eq!(readers(&world), ["Ana"]);
    mary_says(&mut world, "to Ana again");
    world.connect(Who::Counselor(SARA));
    later(&mut world, 5);
    assert!(!reads(&world.desks[SARA]).contains(&"to Ana again"));
    assert_eq!(readers(&world), ["Ana"]);
}

#[test]
fn the_first_member_is_lost_and_the_second_goes_on_alone() {
    let (mut world, id) = talking(19);
    sara_joins(&mut world, id);
    world.hang_up(Who::Counselor(ANA));
    later(&mut world, 62);
    assert_eq!(readers(&world), ["Sara"]);
    assert!(!shown(&world.desks[SARA], id).expect("hers").is_beside);
    mary_says(&mut world, "to Sara alone");
    assert_eq!(reads(&world.desks[SARA]), ["to Sara alone"]);
    world.connect(Who::Counselor(ANA));
    later(&mut world, 5);
    assert!(!reads(&world.desks[ANA]).contains(&"to Sara alone"));
}

#[test]
fn a_counselor_reloads_while_a_supervisor_is_there_and_nothing_is_mixed_up() {
    let (mut world, id) = talking(20);
    says(&mut world, ANA, id, "I am Ana");
    sara_joins(&mut world, id);
    says(&mut world, SARA, id, "I am Sara");
    world.reload_desk(ANA);
    later(&mut world, 5);
    assert_eq!(readers(&world), ["Sara", "Ana"]);
    assert_eq!(colleagues(&world, ANA, id), ["Sara"]);
    mary_says(&mut world, "to both");
    assert_eq!(reads(&world.desks[ANA]), ["to Ana alone", "I am Sara", "to both"]);
    assert_eq!(reads(&world.desks[SARA]).last(), Some(&"to both"));
}

#[test]
fn a_transfer_while_a_supervisor_stays() {
    let (mut world, id) = talking(21);
    sara_joins(&mut world, id);
    asks(&mut world, ANA, id, Ask::WhoIsFree);
    let Transfer::Choosing(free) = shown(&world.desks[ANA], id).expect("hers").transfer.clone() else {
        panic!("a list")
    };
    assert_eq!(free.len(), 1, "who takes part is not asked");
    asks(&mut world, ANA, id, Ask::TransferTo(free[0].member));
    asks(&mut world, OMAR, id, Ask::AcceptTransfer);
    later(&mut world, 1);
    assert_eq!(readers(&world), ["Sara", "Omar"]);
    mary_says(&mut world, "to Sara and Omar");
    assert_eq!(reads(&world.desks[OMAR]), ["to Sara and Omar"]);
    assert_eq!(reads(&world.desks[SARA]), ["to Sara and Omar"]);
    says(&mut world, SARA, id, "I am Sara");
    assert_eq!(reads(&world.desks[OMAR]).last(), Some(&"I am Sara"));
    assert!(reads(&world.desks[ANA]).is_empty());
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

#[test]
fn the_second_member_ends_nothing_and_an_end_ends_it_for_all() {
    let (mut world, id) = talking(23);
    sara_joins(&mut world, id);
    let now_ms = world.now_ms;
    world.desks[ANA].program.end(now_ms, id, EndReason::Abuse);
    later(&mut world, 1);
    assert!(matches!(world.seats[0].program.view().phase, Phase::Ended { .. }));
    assert!(matches!(state(&world, SARA, id), Some(ConversationState::Ended(_))));
}
