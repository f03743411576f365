//! Messages reach the other side once, in their sender's order, whatever happens to the connections.

use amparo_protocol::limits::RING_MAX_BYTES;

use crate::support::stage::Stage;

fn numbers(received: &[(u32, amparo_protocol::id::DeviceId, u64)]) -> Vec<u64> {
    received.iter().map(|(.., number)| *number).collect()
}

#[test]
fn ten_messages_each_way_arrive_in_order() {
    let (mut stage, conversation) = Stage::talking();
    for _ in 0..10 {
        stage.visitor_writes(0);
        stage.counselor_writes(0, conversation);
    }
    let counselor = &stage.counselors[0].person.conversations[&conversation];
    assert_eq!(numbers(&counselor.kept.received), (1..=10).collect::<Vec<_>>());
    assert_eq!(numbers(&stage.visitors[0].person.kept.received), (1..=10).collect::<Vec<_>>());
}

#[test]
fn what_was_written_while_the_counselor_was_away_arrives_on_return() {
    let (mut stage, conversation) = Stage::talking();
    stage.counselor_is_lost(0);
    for _ in 0..3 {
        stage.visitor_writes(0);
    }
    stage.counselor_connects(0);
    let counselor = &stage.counselors[0].person.conversations[&conversation];
    assert_eq!(numbers(&counselor.kept.received), [1, 2, 3]);
}

#[test]
fn what_no_longer_fits_in_the_relay_is_filled_by_the_peer() {
    let (mut stage, conversation) = Stage::talking();
    stage.counselor_is_lost(0);
    let more_than_fits = u64::try_from(RING_MAX_BYTES / 1127 + 40).expect("small");
    for _ in 0..more_than_fits {
        stage.visitor_writes(0);
    }
    assert!(stage.relay.hub().ring_bytes() <= RING_MAX_BYTES);
    stage.counselor_connects(0);
    let mut received = numbers(&stage.counselors[0].person.conversations[&conversation].kept.received);
    received.sort_unstable();
    assert_eq!(received, (1..=more_than_fits).collect::<Vec<_>>());
}

#[test]
fn a_message_sent_twice_arrives_once() {
    let (mut stage, conversation) = Stage::talking();
    let message = stage.visitors[0].person.says();
    stage.visitor_says(0, message.clone());
    stage.visitor_says(0, message);
    assert_eq!(stage.counselors[0].person.conversations[&conversation].kept.received.len(), 1);
}
