//! What counselors ask of their colleagues, on their desks: who is free, a transfer, a call for a supervisor.

use amparo_client::view::{CounselorView, ShownBadge, ShownColleague, Transfer, Whose};
use amparo_protocol::colleague::{Ask, Colleague, News, TransferGone};
use amparo_protocol::id::{ClaimId, ConversationId, RosterMemberId};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, JoinReason, ServerMsg};

use crate::world::{Who, World};

const ELSEWHERE: ConversationId = ConversationId([9; 16]);
const ANA: usize = 0;
const OMAR: usize = 1;

fn colleague(world: &World, name: &str) -> Colleague {
    let member = world.house.member(name);
    Colleague { member: member.id, badge: member.badge.clone(), is_supervisor: name == "Omar" }
}

fn badge(pseudonym: &str) -> ShownBadge {
    ShownBadge { pseudonym: pseudonym.to_owned(), avatar: 3 }
}

fn hears(world: &mut World, at: usize, conversation: ConversationId, news: News) {
    world.hand_over(Who::Counselor(at), ServerMsg::Colleague { conversation, news });
}

/// What Ana's browser then sends.
fn ana_asks(world: &mut World, ask: Ask) -> Vec<ClientMsg> {
    let (now_ms, conversation) = (world.now_ms, world.conversation());
    let ana = &mut world.desk("Ana").counselor;
    ana.ask(now_ms, conversation, ask);
    ana.outbox()
}

fn transfer(world: &World) -> Transfer {
    world.conversation_of("Ana").expect("at the desk").transfer.clone()
}

fn call(world: &World) -> Option<Option<u32>> {
    world.conversation_of("Ana").expect("at the desk").call
}

fn omars(world: &World) -> &CounselorView {
    world.desks[OMAR].counselor.view()
}

#[test]
fn who_is_free_is_listed_by_badge_and_the_chosen_one_is_named_while_it_rings() {
    let mut world = World::talking(110);
    let conversation = world.conversation();
    let sent = ana_asks(&mut world, Ask::WhoIsFree);
    assert_eq!(sent, [ClientMsg::Colleague { conversation, ask: Ask::WhoIsFree }]);
    assert_eq!(transfer(&world), Transfer::Looking);
    let free: Vec<Colleague> = ["Ana", "Omar"].map(|name| colleague(&world, name)).into();
    let omar = free[1].member;
    hears(&mut world, ANA, conversation, News::Free(free.clone()));
    let listed = |name: &str, colleague: &Colleague| ShownColleague {
        member: colleague.member,
        badge: badge(name),
        is_supervisor: colleague.is_supervisor,
    };
    assert_eq!(transfer(&world), Transfer::Choosing(vec![listed("Ana", &free[0]), listed("Omar", &free[1])]));
    ana_asks(&mut world, Ask::TransferTo(omar));
    assert_eq!(transfer(&world), Transfer::Asked(badge("Omar")));
}

#[test]
fn what_became_of_a_transfer_is_said_until_it_was_read() {
    let mut world = World::talking(111);
    let conversation = world.conversation();
    hears(&mut world, ANA, ELSEWHERE, News::TransferGone(TransferGone::NotFree));
    assert_eq!(transfer(&world), Transfer::None);
    hears(&mut world, ANA, conversation, News::TransferGone(TransferGone::Declined));
    assert_eq!(transfer(&world), Transfer::Gone(TransferGone::Declined));
    world.hang_up(Who::Counselor(ANA));
    assert_eq!(transfer(&world), Transfer::Gone(TransferGone::Declined), "a lost connection does not read it");
    let now_ms = world.now_ms;
    world.desk("Ana").counselor.forget_transfer(now_ms, conversation);
    assert_eq!(transfer(&world), Transfer::None);
}

#[test]
fn a_list_is_asked_for_anew_after_a_lost_connection() {
    let mut world = World::talking(112);
    ana_asks(&mut world, Ask::WhoIsFree);
    world.hang_up(Who::Counselor(ANA));
    assert_eq!(transfer(&world), Transfer::None);
}

#[test]
fn a_call_says_how_many_are_rung_and_is_repeated_to_a_relay_that_forgot_it() {
    let mut world = World::talking(113);
    let conversation = world.conversation();
    let repeated = |world: &mut World| {
        let resumed = ServerMsg::CounselorResumed { conversation, held: Vec::new(), ticket: Sealed(vec![1]) };
        world.hand_over(Who::Counselor(ANA), resumed);
        let sent = world.desk("Ana").counselor.outbox();
        sent.contains(&ClientMsg::Colleague { conversation, ask: Ask::CallSupervisor })
    };
    assert!(!repeated(&mut world));
    ana_asks(&mut world, Ask::CallSupervisor);
    assert_eq!(call(&world), Some(None));
    hears(&mut world, ANA, conversation, News::Ringing { supervisors: 2 });
    assert_eq!(call(&world), Some(Some(2)));
    assert!(repeated(&mut world));
    ana_asks(&mut world, Ask::CallOff);
    assert_eq!(call(&world), None);
    assert!(!repeated(&mut world));
    ana_asks(&mut world, Ask::CallSupervisor);
    hears(&mut world, ANA, ELSEWHERE, News::CallGone);
    assert_eq!(call(&world), Some(None));
    hears(&mut world, ANA, conversation, News::CallGone);
    assert_eq!(call(&world), None);
}

#[test]
fn a_call_is_shown_once_by_the_callers_badge_until_it_is_over() {
    let mut world = World::talking(114);
    let called = |world: &World| News::Called { by: colleague(world, "Ana"), language: Language::Es };
    for conversation in [ELSEWHERE, world.conversation(), ELSEWHERE] {
        let called = called(&world);
        hears(&mut world, OMAR, conversation, called);
    }
    let [own, elsewhere] = &omars(&world).calls[..] else { panic!("two, and each once") };
    assert_eq!((own.conversation, elsewhere.conversation), (world.conversation(), ELSEWHERE));
    assert_eq!((&elsewhere.by, elsewhere.language), (&badge("Ana"), Language::Es));
    hears(&mut world, OMAR, ELSEWHERE, News::CallGone);
    let left: Vec<ConversationId> = omars(&world).calls.iter().map(|call| call.conversation).collect();
    assert_eq!(left, [world.conversation()]);
}

#[test]
fn what_was_accepted_is_called_and_offered_no_longer_and_the_others_stay() {
    let mut world = World::talking(118);
    let conversation = world.conversation();
    let language = Language::En;
    for of in [conversation, ELSEWHERE] {
        let by = colleague(&world, "Ana");
        hears(&mut world, OMAR, of, News::Called { by, language });
        world.hand_over(Who::Counselor(OMAR), ServerMsg::Offer { conversation: of, language, waited_secs: 0 });
    }
    let (claim, reason, ticket) = (ClaimId([6; 16]), JoinReason::Join, Sealed(vec![1]));
    world.hand_over(Who::Counselor(OMAR), ServerMsg::Claimed { conversation, claim, reason, language, ticket });
    let (calls, offers) = (&omars(&world).calls, &omars(&world).offers);
    assert_eq!(calls.iter().map(|call| call.conversation).collect::<Vec<_>>(), [ELSEWHERE]);
    assert_eq!(offers.iter().map(|offer| offer.conversation).collect::<Vec<_>>(), [ELSEWHERE]);
}

#[test]
fn a_second_conversation_leaves_the_first_as_it_was() {
    let mut world = World::talking(119);
    world.mary_says("one");
    world.settle();
    let (conversation, claim, ticket) = (ELSEWHERE, ClaimId([6; 16]), Sealed(vec![1]));
    let (language, reason) = (Language::En, JoinReason::Claim);
    world.hand_over(Who::Counselor(ANA), ServerMsg::Claimed { conversation, claim, reason, language, ticket });
    assert_eq!(world.reads("Ana"), ["one"]);
    assert_eq!(world.desks[ANA].counselor.view().conversations.len(), 2);
}

#[test]
fn whose_visitor_it_is_stands_at_that_offer_request_and_call_alone() {
    let mut world = World::new(115);
    let other = ConversationId([8; 16]);
    for conversation in [other, ELSEWHERE] {
        let by = || colleague(&world, "Ana");
        let language = Language::En;
        let news = [News::TransferAsked { by: by(), language }, News::Called { by: by(), language }];
        world.hand_over(Who::Counselor(OMAR), ServerMsg::Offer { conversation, language, waited_secs: 0 });
        news.into_iter().for_each(|news| hears(&mut world, OMAR, conversation, news));
    }
    hears(&mut world, OMAR, ELSEWHERE, News::ForMinors);
    hears(&mut world, OMAR, ELSEWHERE, News::OfTeam("North".to_owned()));
    let view = omars(&world);
    let shown: Vec<(ConversationId, &Whose)> = (view.offers.iter().map(|offer| (offer.conversation, &offer.whose)))
        .chain(view.requests.iter().map(|request| (request.conversation, &request.whose)))
        .chain(view.calls.iter().map(|call| (call.conversation, &call.whose)))
        .collect();
    let (norths, nobodys) = (Whose { for_minors: true, team: Some("North".to_owned()) }, Whose::default());
    assert_eq!(shown, [(other, &nobodys), (ELSEWHERE, &norths)].repeat(3));
}

#[test]
fn a_request_that_is_wanted_no_longer_is_gone_and_the_others_stay() {
    let mut world = World::talking(116);
    let other = ConversationId([8; 16]);
    for conversation in [ELSEWHERE, other, ELSEWHERE] {
        let by = colleague(&world, "Ana");
        hears(&mut world, OMAR, conversation, News::TransferAsked { by, language: Language::En });
    }
    let asked = |world: &World| -> Vec<ConversationId> {
        omars(world).requests.iter().map(|request| request.conversation).collect()
    };
    assert_eq!(asked(&world), [other, ELSEWHERE]);
    assert!(omars(&world).requests.iter().all(|request| request.by == badge("Ana")));
    hears(&mut world, OMAR, ELSEWHERE, News::TransferGone(TransferGone::Withdrawn));
    assert_eq!(asked(&world), [other]);
}

#[test]
fn a_badge_that_cannot_be_read_shows_no_name() {
    let mut world = World::new(117);
    let by = Colleague { member: RosterMemberId([1; 16]), badge: Sealed(vec![1; 9]), is_supervisor: false };
    hears(&mut world, OMAR, ELSEWHERE, News::Called { by, language: Language::En });
    assert_eq!(omars(&world).calls[0].by, ShownBadge::default());
}
