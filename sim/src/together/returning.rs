//! Lines break, the relay is killed, somebody reloads: in the middle of a transfer, or with two members.

use super::*;

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
fn a_call_outlives_a_reload_of_the_one_who_calls() {
    let (mut world, id) = talking(24);
    asks(&mut world, ANA, id, Ask::CallSupervisor);
    world.reload_desk(ANA);
    later(&mut world, 5);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").call, Some(Some(1)));
    asks(&mut world, SARA, id, Ask::Join);
    assert_eq!(readers(&world), ["Ana", "Sara"]);
    assert_eq!(shown(&world.desks[ANA], id).expect("hers").call, None);
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
