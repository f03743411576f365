//! On a site for minors only those are asked whose checks are valid, and their desks say so.

use super::*;

#[test]
fn offers_requests_and_calls_say_that_she_comes_from_a_site_for_minors() {
    let mut world = World::for_minors(1, &["Ana", "Omar", "Sara"], 1, OMAR);
    world.everybody().into_iter().for_each(|who| world.connect(who));
    for desk in [ANA, OMAR, SARA] {
        world.desks[desk].program.set_presence(Presence::Available);
    }
    later(&mut world, 1);
    let now_ms = world.now_ms;
    world.seats[0].program.enter(now_ms);
    later(&mut world, 1);
    let offers = |world: &World, desk: usize| -> Vec<bool> {
        world.desks[desk].program.view().offers.iter().map(|offer| offer.whose.for_minors).collect()
    };
    assert_eq!((offers(&world, ANA), offers(&world, OMAR), offers(&world, SARA)), (vec![true], vec![], vec![true]));
    let id = world.desks[ANA].program.view().offers[0].conversation;
    world.desks[ANA].program.accept(now_ms, id);
    later(&mut world, 1);
    asks(&mut world, ANA, id, Ask::CallSupervisor);
    assert!(world.desks[SARA].program.view().calls[0].whose.for_minors);
    asks(&mut world, ANA, id, Ask::CallOff);
    asks(&mut world, ANA, id, Ask::WhoIsFree);
    let Transfer::Choosing(free) = shown(&world.desks[ANA], id).expect("hers").transfer.clone() else {
        panic!("a list")
    };
    assert_eq!(free.iter().map(|one| &one.badge.pseudonym[..]).collect::<Vec<_>>(), ["Sara"]);
    asks(&mut world, ANA, id, Ask::TransferTo(free[0].member));
    assert!(world.desks[SARA].program.view().requests[0].whose.for_minors);
}
