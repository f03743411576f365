//! The ordinary course: open, wait, talk, end.

use amparo_client::crypto::deposit::{HostHalf, end_token_hash};
use amparo_client::view::{Content, ConversationState, MessageState, Phase};
use amparo_client::visitor::{Visitor, VisitorConfig};
use amparo_protocol::id::ConversationId;
use amparo_protocol::limits::TEXT_MAX_BYTES;
use amparo_protocol::wire::{ClientMsg, EndReason, Hello, PeerState, Presence, Release, ServerMsg};

use crate::world::{NOON_MS, Who, World, config, notice, own_text};

#[test]
fn what_is_typed_while_waiting_leaves_only_when_ana_holds_the_key() {
    let mut world = World::waiting(1);
    world.mary_says("is anybody there?");
    world.settle();
    assert_eq!(world.mary_state("is anybody there?"), MessageState::Unread);
    assert_eq!(world.relay.ring_bytes(), 0, "nothing has left her browser");
    world.accepts("Ana");
    assert_eq!(world.reads("Ana"), ["is anybody there?"]);
    assert_eq!(world.mary_state("is anybody there?"), MessageState::Delivered);
    assert_eq!(world.mary.view().readers[0].pseudonym, "Ana");
}

#[test]
fn ten_messages_each_way_are_read_in_order_and_delivered() {
    let mut world = World::talking(2);
    let mut said = Vec::new();
    for number in 0..10 {
        said.push(format!("message {number}"));
        world.mary_says(&said[number]);
        world.says("Ana", &said[number]);
        world.settle();
    }
    assert_eq!(world.reads("Ana"), said);
    assert_eq!(world.mary_reads(), said);
    assert!(said.iter().all(|text| world.mary_state(text) == MessageState::Delivered));
    assert!(said.iter().all(|text| world.state("Ana", text) == MessageState::Delivered));
    assert!(!world.crossed.windows(8).any(|bytes| bytes == b"message "), "no word crossed a line unsealed");
}

#[test]
fn a_long_text_is_split_and_an_empty_one_is_nothing() {
    let mut world = World::talking(3);
    let long = "hallo wörld ".repeat(3 * TEXT_MAX_BYTES / 13);
    world.mary_says(&long);
    world.mary_says(" \n ");
    world.settle();
    let pieces = world.reads("Ana");
    assert!(pieces.len() >= 3 && pieces.iter().all(|piece| piece.len() <= TEXT_MAX_BYTES));
    assert_eq!(pieces.concat(), long);
}

#[test]
fn ana_is_first_and_omar_is_told() {
    let mut world = World::waiting(4);
    world.tick(1);
    world.settle();
    let now_ms = world.now_ms;
    for name in ["Ana", "Omar"] {
        let desk = world.desk(name);
        let offer = desk.counselor.view().offers[0].conversation;
        desk.counselor.accept(now_ms, offer);
    }
    world.settle();
    assert!(world.is_talking("Ana"));
    let omar = world.desk("Omar").counselor.view();
    assert!(omar.conversations.is_empty() && omar.offers.is_empty() && omar.last_offer_gone.is_some());
}

#[test]
fn ana_ends_and_marys_screen_clears_after_a_minute() {
    let mut world = World::talking(5);
    world.mary_says("thank you");
    world.settle();
    world.ends("Ana");
    world.settle();
    assert!(matches!(world.mary.view().phase, Phase::Ended { reason: EndReason::Counselor, .. }));
    assert!(!world.mary.view().messages.is_empty(), "she may read on for a minute");
    world.tick(60);
    assert!(world.mary.view().messages.is_empty());
    let conversation = world.conversation();
    world.desk("Ana").counselor.clear(conversation);
    assert!(world.desk("Ana").counselor.view().conversations.is_empty());
}

#[test]
fn what_goes_on_is_not_cleared_from_the_desk_with_what_has_ended() {
    let mut world = World::talking(12);
    let conversation = world.conversation();
    world.desk("Ana").counselor.clear(conversation);
    assert!(world.is_talking("Ana"));
    world.ends("Ana");
    world.settle();
    world.desk("Ana").counselor.clear(ConversationId([9; 16]));
    assert!(matches!(world.conversation_of("Ana").expect("there").state, ConversationState::Ended(_)));
}

#[test]
fn signing_out_erases_every_conversation_from_anas_browser() {
    let mut world = World::talking(24);
    world.mary_says("he is coming");
    world.settle();
    world.desk("Ana").counselor.erase();
    assert!(world.desk("Ana").counselor.view().conversations.is_empty());
    world.desk("Ana").counselor.on_open(NOON_MS);
    let sent = world.desk("Ana").counselor.outbox();
    let resumes_none = |hello: &Hello| matches!(hello, Hello::Counselor { resumes, .. } if resumes.is_empty());
    assert!(matches!(&sent[..], [ClientMsg::Hello(hello)] if resumes_none(hello)), "{sent:?}");
}

/// The loader keeps it, so that a closed page ends what the widget began.
#[test]
fn the_end_token_comes_from_the_half_that_the_page_keeps_and_the_relay_knows_its_hash() {
    let mut world = World::talking(13);
    let token = HostHalf::new(world.half).end_token();
    assert_eq!(world.mary.end_token(), Some(token));
    assert_eq!(world.relay.end_tokens.remove(&end_token_hash(&token)), Some(world.conversation()));
    world.mary_reloads();
    world.settle();
    assert_eq!(world.mary.end_token(), Some(token), "the next page has it too");
    assert!(world.relay.end_tokens.contains_key(&end_token_hash(&token)), "told again after a return");
}

/// `data-resume="off"`: the page leaves nothing sealed behind, and can still end what it began.
#[test]
fn a_page_that_nothing_goes_on_from_has_an_end_token_and_leaves_no_deposit() {
    let mut world = World::new(14);
    let tokens = [(); 2].map(|()| {
        let own = VisitorConfig { host_half: None, ..config(&world.house, world.half, false) };
        world.mary = Visitor::new(own, Box::new(world.random.fork()));
        world.mary.end_token()
    });
    assert_ne!(tokens[0], tokens[1], "each page draws its own");
    world.everybody_connects();
    world.mary.enter(world.now_ms);
    world.settle();
    let hash = world.mary.end_token().map(|token| end_token_hash(&token)).expect("its own");
    assert_eq!(world.relay.end_tokens.get(&hash), world.relay.conversations().first());
    assert!(matches!(world.mary.view().phase, Phase::Waiting { .. }));
    assert!(!world.relay.knows_visitor(), "no deposit");
}

#[test]
fn ana_ends_only_when_mary_has_her_last_words() {
    let mut world = World::talking(6);
    world.hang_up(Who::Mary);
    world.says("Ana", "call this number");
    world.ends("Ana");
    world.settle();
    assert!(matches!(world.conversation_of("Ana").expect("still there").state, ConversationState::Ending { .. }));
    world.connect(Who::Mary);
    world.settle();
    assert_eq!(world.mary_reads(), ["call this number"]);
    assert!(matches!(world.mary.view().phase, Phase::Ended { .. }));
}

#[test]
fn an_end_waits_ten_minutes_at_most() {
    let mut world = World::talking(7);
    world.hang_up(Who::Mary);
    world.says("Ana", "goodbye");
    world.ends("Ana");
    world.tick(600);
    assert!(matches!(world.conversation_of("Ana").expect("there").state, ConversationState::Ended(_)));
    assert_eq!(world.state("Ana", "goodbye"), MessageState::NotSent);
}

#[test]
fn after_the_end_nothing_more_is_said_or_entered() {
    let mut world = World::talking(19);
    let now_ms = world.now_ms;
    world.mary.end(now_ms);
    world.settle();
    world.mary_says("too late");
    world.mary.enter(now_ms);
    assert!(!world.mary.view().messages.iter().any(|message| own_text(message).is_some()));
    assert_eq!(world.mary.outbox(), []);
    assert!(!world.mary.needs_pass());
}

/// Two devices of one member: the former keeps its text and says that it lapsed. A colleague's is gone from it.
#[test]
fn what_a_colleague_took_over_is_gone_from_the_screen_and_what_ones_own_device_took_stays() {
    for (why, state, left) in [
        (Release::Transferred, ConversationState::Released(Release::Transferred), 0),
        (Release::Superseded, ConversationState::Lapsed, 1),
    ] {
        let mut world = World::talking(20);
        world.mary_says("one");
        world.settle();
        let conversation = world.conversation();
        world.hand_over(Who::Counselor(0), ServerMsg::Released { conversation, why });
        assert_eq!(world.conversation_of("Ana").expect("there").state, state);
        assert_eq!(world.screen_of("Ana").len(), left);
    }
}

#[test]
fn exit_erases_every_word_and_ends() {
    let mut world = World::talking(8);
    world.mary_says("he is coming");
    world.mary.erase();
    assert!(world.mary.view().messages.is_empty());
    assert_eq!(world.mary.end_token(), None);
    world.settle();
    assert!(matches!(world.conversation_of("Ana").expect("there").state, ConversationState::Ended(EndReason::Visitor)));
}

#[test]
fn what_nobody_had_when_mary_ends_is_shown_as_not_sent() {
    let mut world = World::waiting(9);
    world.mary_says("is anybody there?");
    world.settle();
    let now_ms = world.now_ms;
    world.mary.end(now_ms);
    assert_eq!(world.mary_state("is anybody there?"), MessageState::NotSent);
}

/// Requirement 53.
#[test]
fn what_mary_ends_is_gone_from_anas_screen_too() {
    let mut world = World::talking(8);
    world.mary_says("he is coming");
    world.says("Ana", "call this number");
    world.settle();
    assert_eq!(world.screen_of("Ana").len(), 2);
    let now_ms = world.now_ms;
    world.mary.end(now_ms);
    world.settle();
    let left = world.conversation_of("Ana").expect("there");
    assert_eq!(left.state, ConversationState::Ended(EndReason::Visitor));
    assert_eq!(left.messages, []);
}

#[test]
fn a_message_that_nobody_acknowledges_is_shown_as_not_sent_and_is_still_delivered_later() {
    let mut world = World::talking(9);
    world.hang_up(Who::Counselor(0));
    world.mary_says("are you there?");
    world.settle();
    assert_eq!(world.mary_state("are you there?"), MessageState::Sending);
    world.tick(20);
    assert_eq!(world.mary_state("are you there?"), MessageState::NotSent);
    world.connect(Who::Counselor(0));
    world.settle();
    assert_eq!(world.reads("Ana"), ["are you there?"]);
    assert_eq!(world.mary_state("are you there?"), MessageState::Delivered);
}

#[test]
fn send_again_sends_what_the_line_swallowed() {
    let mut world = World::talking(10);
    world.mary_says("one");
    world.mary_says("two");
    world.collect();
    let line = world.mary_line.expect("connected");
    world.lines.get_mut(&line).expect("there").up.clear();
    world.tick(20);
    let second = world.mary.view().messages.iter().find(|message| own_text(message).as_deref() == Some("two"));
    let (id, now_ms) = (second.expect("shown").id, world.now_ms);
    world.mary.send_again(now_ms, id);
    world.settle();
    assert_eq!(world.reads("Ana"), ["one", "two"]);
    assert_eq!(world.mary_state("two"), MessageState::Delivered);
}

#[test]
fn anas_press_sends_again_what_the_line_swallowed() {
    let mut world = World::talking(16);
    world.says("Ana", "uno");
    world.collect();
    let line = world.desks[0].line.expect("connected");
    world.lines.get_mut(&line).expect("there").up.clear();
    let now_ms = world.now_ms;
    let shown = world.conversation_of("Ana").expect("there");
    let written = shown.messages.iter().find(|message| own_text(message).is_some()).expect("shown");
    let (conversation, id) = (shown.conversation, written.id);
    world.desk("Ana").counselor.send_again(now_ms, conversation, id);
    world.settle();
    assert_eq!(world.mary_reads(), ["uno"]);
}

#[test]
fn anas_browser_gives_again_what_the_relay_does_not_hold() {
    let mut world = World::talking(17);
    world.says("Ana", "uno");
    world.settle();
    let conversation = world.conversation();
    let want = ServerMsg::Want { conversation, have: Vec::new(), held: Vec::new() };
    world.hand_over(Who::Counselor(0), want);
    let sent = world.desk("Ana").counselor.outbox();
    assert!(sent.iter().any(|msg| matches!(msg, ClientMsg::Refill { .. })), "{sent:?}");
}

#[test]
fn what_mary_misses_is_one_gap_after_five_seconds_and_none_while_her_line_is_lost() {
    for is_lost in [false, true] {
        let mut world = World::talking(18);
        ["uno", "dos"].iter().for_each(|text| world.says("Ana", text));
        world.collect();
        let line = world.desks[0].line.expect("connected");
        world.lines.get_mut(&line).expect("there").up.pop_front().expect("the first");
        world.settle();
        if is_lost {
            world.hang_up(Who::Mary);
        }
        world.tick(10);
        let read: &[&str] = if is_lost { &[] } else { &["dos"] };
        assert_eq!(world.mary_reads(), read);
    }
}

#[test]
fn that_ana_writes_is_said_once_in_five_seconds_and_only_on_a_line() {
    let mut world = World::talking(22);
    let conversation = world.conversation();
    let begins = world.now_ms;
    let typing = |world: &mut World, after_ms: u64| {
        let ana = &mut world.desk("Ana").counselor;
        ana.typing(begins + after_ms, conversation);
        ana.outbox() == [ClientMsg::Typing { conversation }]
    };
    let said = [0, 4_999, 5_000, 9_999].map(|after_ms| typing(&mut world, after_ms));
    assert_eq!(said, [true, false, true, false]);
    world.hang_up(Who::Counselor(0));
    assert!(!typing(&mut world, 20_000));
}

#[test]
fn whether_mary_is_there_is_shown_as_the_relay_says_it() {
    let mut world = World::talking(23);
    let conversation = world.conversation();
    for state in [PeerState::Away { for_secs: 9 }, PeerState::Here] {
        world.hand_over(Who::Counselor(0), ServerMsg::Peer { conversation, state });
        assert_eq!(world.conversation_of("Ana").expect("there").peer, state);
    }
    let sent = world.desk("Ana").counselor.outbox();
    assert!(matches!(sent[..], [ClientMsg::Ack { .. }]), "who comes back is told what has come: {sent:?}");
}

#[test]
fn a_missing_message_is_one_gap_after_five_seconds_and_heals() {
    let mut world = World::talking(11);
    ["one", "two", "three"].iter().for_each(|text| world.mary_says(text));
    world.collect();
    let line = world.mary_line.expect("connected");
    let swallowed = world.lines.get_mut(&line).expect("there").up.pop_front().expect("the first");
    world.settle();
    assert_eq!(world.reads("Ana"), Vec::<String>::new());
    world.tick(5);
    assert_eq!(world.reads("Ana"), ["two", "three"]);
    assert_eq!(gaps(&world), 1);
    assert_ne!(world.mary_state("three"), MessageState::Delivered);
    world.lines.get_mut(&line).expect("there").up.push_back(swallowed);
    world.settle();
    assert_eq!(world.reads("Ana"), ["one", "two", "three"]);
    assert_eq!(gaps(&world), 0);
    assert_eq!(world.mary_state("three"), MessageState::Delivered);
}

#[test]
fn the_word_available_needs_a_fresh_answer_of_a_counselor() {
    let mut world = World::new(12);
    world.everybody_connects();
    let beat = |age| ServerMsg::Beat { beat: 1, freshest_age_secs: age, answered: 0, answered_ms_ago: 0 };
    world.hand_over(Who::Mary, beat(Some(10)));
    assert!(world.mary.may_show_available(NOON_MS + 14_000));
    assert!(!world.mary.may_show_available(NOON_MS + 14_001), "10 + 15 seconds are too old");
    world.hand_over(Who::Mary, beat(None));
    assert!(!world.mary.may_show_available(NOON_MS));
    world.hand_over(Who::Mary, beat(Some(0)));
    world.hang_up(Who::Mary);
    assert!(!world.mary.may_show_available(NOON_MS), "nothing is known without a connection");
}

#[test]
fn who_was_made_away_stays_away_until_they_press() {
    let mut world = World::new(14);
    world.everybody_connects();
    world.desk("Ana").counselor.set_presence(Presence::Available);
    world.settle();
    world.hand_over(Who::Counselor(0), ServerMsg::Presence(Presence::Away));
    world.hang_up(Who::Counselor(0));
    world.connect(Who::Counselor(0));
    world.settle();
    assert_ne!(world.desk("Ana").counselor.view().presence, Presence::Available);
}

#[test]
fn who_is_available_is_so_again_after_a_lost_line() {
    let mut world = World::new(21);
    world.everybody_connects();
    world.desk("Ana").counselor.set_presence(Presence::Available);
    world.settle();
    world.hand_over(Who::Counselor(0), ServerMsg::Presence(Presence::Available));
    world.hang_up(Who::Counselor(0));
    world.desk("Ana").counselor.on_open(NOON_MS);
    let ready = ServerMsg::Ready { generation: 1, presence: Presence::Break, now_unix_secs: NOON_MS / 1000 };
    world.hand_over(Who::Counselor(0), ready);
    assert_eq!(world.desk("Ana").counselor.view().presence, Presence::Available);
}

#[test]
fn mary_may_ask_for_somebody_else_when_ana_stays_away() {
    let mut world = World::talking(15);
    world.mary_says("first");
    world.settle();
    world.hang_up(Who::Counselor(0));
    world.tick(60);
    world.settle();
    assert_eq!(world.mary.view().peer, PeerState::MayAskAnother);
    world.mary_says("ana never read this");
    world.mary.ask_another();
    world.settle();
    assert!(matches!(world.mary.view().phase, Phase::Waiting { .. }));
    assert!(world.mary.view().readers.is_empty());
    world.mary_says("nor this");
    assert_eq!(world.mary_state("nor this"), MessageState::Unread);
    world.accepts("Omar");
    assert_eq!(world.reads("Omar"), ["ana never read this", "nor this"], "what Ana read is not shown to Omar");
    let names: Vec<String> = world.mary.view().messages.iter().filter_map(notice).collect();
    assert_eq!(names, ["+Ana", "-Ana", "+Omar"]);
}

fn gaps(world: &World) -> usize {
    let messages = &world.conversation_of("Ana").expect("there").messages;
    messages.iter().filter(|message| message.content == Content::Gap).count()
}
