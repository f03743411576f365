//! Any sequence of connections, losses, accepts, messages and kills of the relay: in the end nobody is lost and nothing
//! is doubled.

use std::collections::BTreeSet;

use amparo_protocol::wire::{ClientMsg, Presence, encode};
use proptest::prelude::*;

use crate::support::stage::Stage;

const VISITORS: usize = 3;
const COUNSELORS: usize = 2;

#[derive(Clone, Debug)]
enum Step {
    LoseVisitor(usize),
    ReturnVisitor(usize),
    LoseCounselor(usize),
    ReturnCounselor(usize),
    ReloadCounselor(usize),
    Accept(usize),
    Write(usize),
    Answer(usize),
    Kill,
    Pass(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..VISITORS).prop_map(Step::LoseVisitor),
        (0..VISITORS).prop_map(Step::ReturnVisitor),
        (0..COUNSELORS).prop_map(Step::LoseCounselor),
        (0..COUNSELORS).prop_map(Step::ReturnCounselor),
        (0..COUNSELORS).prop_map(Step::ReloadCounselor),
        (0..COUNSELORS).prop_map(Step::Accept),
        (0..COUNSELORS).prop_map(Step::Accept),
        (0..VISITORS).prop_map(Step::Write),
        (0..VISITORS).prop_map(Step::Write),
        (0..COUNSELORS).prop_map(Step::Answer),
        (0..COUNSELORS).prop_map(Step::Answer),
        Just(Step::Kill),
        (1u64..15).prop_map(Step::Pass),
    ];
    proptest::collection::vec(step, 1..40)
}

fn take(stage: &mut Stage, step: &Step) {
    match *step {
        Step::LoseVisitor(visitor) => stage.visitor_is_lost(visitor),
        Step::ReturnVisitor(visitor) if stage.visitors[visitor].session.is_none() => stage.visitor_returns(visitor),
        Step::LoseCounselor(counselor) => stage.counselor_is_lost(counselor),
        Step::ReturnCounselor(counselor) if stage.counselors[counselor].session.is_none() => {
            stage.counselor_connects(counselor);
        }
        Step::ReloadCounselor(counselor) => stage.counselor_reloads(counselor),
        Step::Accept(counselor) => {
            let offered = stage.counselors[counselor].person.offers.first().copied();
            if let Some(conversation) = offered {
                stage.counselor_says(counselor, encode(&ClientMsg::Accept { conversation }));
            }
        }
        Step::Write(visitor) if stage.visitors[visitor].person.is_talking() => stage.visitor_writes(visitor),
        Step::Answer(counselor) => {
            let person = &stage.counselors[counselor].person;
            let talking = person.conversations.keys().copied().find(|id| person.is_talking(*id));
            if let Some(conversation) = talking {
                stage.counselor_writes(counselor, conversation);
            }
        }
        Step::Kill => stage.relay_is_killed(),
        Step::Pass(secs) => stage.pass(secs),
        _ => {}
    }
}

/// No two counselors who are connected talk in one conversation. One who is not has heard nothing of what came after.
fn is_consistent(stage: &Stage) -> Result<(), TestCaseError> {
    let mut talking = BTreeSet::new();
    for counselor in stage.counselors.iter().filter(|counselor| counselor.session.is_some()) {
        for id in counselor.person.conversations.keys().filter(|id| counselor.person.is_talking(**id)) {
            prop_assert!(talking.insert(*id), "one counselor for each conversation");
        }
    }
    Ok(())
}

/// As many as a quick run has time for, or what the long run asks for.
fn histories() -> u32 {
    std::env::var("AMPARO_HISTORIES").map_or(48, |asked| asked.parse().expect("a number of histories"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(histories()))]

    #[test]
    fn in_the_end_everybody_is_served_and_nothing_is_lost(steps in steps()) {
        let mut stage = Stage::new();
        for _ in 0..COUNSELORS {
            stage.counselor_comes();
        }
        for _ in 0..VISITORS {
            stage.visitor_enters();
        }
        for step in &steps {
            take(&mut stage, step);
            is_consistent(&stage)?;
        }
        // The storm is over: everybody comes back, and who waits is served.
        for round in 0..6 {
            for visitor in 0..VISITORS {
                take(&mut stage, &Step::ReturnVisitor(visitor));
            }
            for counselor in 0..COUNSELORS {
                take(&mut stage, &Step::ReturnCounselor(counselor));
                stage.counselors[counselor].person.presence = Presence::Available;
                stage.counselor_says(counselor, encode(&ClientMsg::Presence(Presence::Available)));
            }
            stage.pass(if round == 0 { 45 } else { 2 });
            for counselor in 0..COUNSELORS {
                take(&mut stage, &Step::Accept(counselor));
            }
        }
        let talking = stage.visitors.iter().filter(|visitor| visitor.person.is_talking()).count();
        // A member whose visitor comes back late, when the next one was taken, has two.
        prop_assert!(talking >= COUNSELORS, "nobody is idle while somebody waits");
        prop_assert_eq!(stage.relay.line().waiting_count() + talking, VISITORS, "nobody is lost");
        for visitor in 0..VISITORS {
            prop_assert_eq!(stage.visitors[visitor].refused, None);
            let conversation = stage.conversation(visitor);
            let with: Vec<usize> =
                (0..COUNSELORS).filter(|at| stage.counselors[*at].person.is_talking(conversation)).collect();
            prop_assert_eq!(with.len(), usize::from(stage.visitors[visitor].person.is_talking()), "one each");
            for counselor in with {
                let before = stage.counselors[counselor].person.conversations[&conversation].kept.received.len();
                stage.visitor_writes(visitor);
                let kept = &stage.counselors[counselor].person.conversations[&conversation].kept;
                prop_assert_eq!(kept.received.len(), before + 1);
                let distinct: BTreeSet<_> = kept.received.iter().collect();
                prop_assert_eq!(distinct.len(), kept.received.len());
            }
        }
    }
}
