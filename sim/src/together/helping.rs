//! A called supervisor comes in, takes over, leaves.

use super::*;

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
fn the_second_member_ends_nothing_and_an_end_ends_it_for_all() {
    let (mut world, id) = talking(23);
    sara_joins(&mut world, id);
    let now_ms = world.now_ms;
    world.desks[ANA].program.end(now_ms, id, EndReason::Abuse);
    later(&mut world, 1);
    assert!(matches!(world.seats[0].program.view().phase, Phase::Ended { .. }));
    assert!(matches!(state(&world, SARA, id), Some(ConversationState::Ended(_))));
}
