//! What travels towards a visitor: exactly the fields of D10 and no other, and nothing that names a member.

use std::collections::BTreeSet;

use amparo_protocol::colleague::Ask;
use amparo_protocol::id::ConversationId;
use amparo_protocol::wire::{ClientMsg, ServerMsg, decode, encode};
use serde_json::Value;

use crate::support::house::{self, MEMBERS};
use crate::support::stage::Stage;

const MESSAGES: &str = "Ack Beat Deliver Ended Left Newcomer Resumed Talking Waiting Want Welcome";
/// `member` is the roster's id, random in each signing; `badge` holds pseudonym and avatar, `shift` the device's key.
const FIELDS: &str = "accent ack badge beat claim conversation covers_when_hidden demo deposit_secs emergency epoch \
    answered answered_ms_ago freshest_age_secs from generation have held is_discreet kind language languages line links manner \
    member membership message note now_unix_secs number offers_simple_words opens_unix_secs org_key \
    organisation peer_here phones phones_open_unix_secs position reason replaces roster sender shift \
    speaks_simple_words spoken state surge texts ticket upto whatsapp";

/// Everything the relay sent to one visitor: she waits, talks, is written to by a counselor who reloads, loses the line,
/// returns, a supervisor joins and leaves, and the counselor ends.
fn whole_story() -> Vec<Vec<u8>> {
    let mut stage = Stage::new();
    for _ in 0..MEMBERS {
        stage.counselor_comes();
    }
    stage.visitor_enters();
    stage.pass(5);
    stage.accepts(0, 0);
    let conversation = stage.conversation(0);
    stage.counselor_writes(0, conversation);
    stage.visitor_writes(0);
    stage.counselor_reloads(0);
    stage.pass(5);
    stage.counselor_writes(0, conversation);
    stage.visitor_is_lost(0);
    stage.counselor_writes(0, conversation);
    stage.visitor_returns(0);
    supervisor_joins_and_leaves(&mut stage, conversation);
    let end = stage.counselors[0].person.end(conversation);
    stage.counselor_says(0, end);
    stage.settle();
    stage.visitors.remove(0).heard
}

fn supervisor_joins_and_leaves(stage: &mut Stage, conversation: ConversationId) {
    let ask = |ask| encode(&ClientMsg::Colleague { conversation, ask });
    let supervisor = usize::from(house::SUPERVISOR);
    stage.counselor_says(0, ask(Ask::CallSupervisor));
    stage.counselor_says(supervisor, ask(Ask::Join));
    assert!(stage.counselors[supervisor].person.is_talking(conversation), "a second member");
    stage.counselor_writes(supervisor, conversation);
    stage.counselor_says(supervisor, ask(Ask::Leave));
    assert!(!stage.counselors[supervisor].person.is_talking(conversation));
}

/// Names of fields and of variants, wherever they stand.
fn names(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                into.insert(name.clone());
                names(value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, into)),
        _ => {}
    }
}

#[test]
fn a_visitor_is_sent_the_fields_that_are_listed_and_no_other() {
    let mut sent = BTreeSet::new();
    for bytes in whole_story() {
        let msg: ServerMsg = decode(&bytes).expect("the relay sends whole messages");
        names(&serde_json::to_value(&msg).expect("every message can be written down"), &mut sent);
    }
    let listed: BTreeSet<String> =
        [MESSAGES, FIELDS].iter().flat_map(|names| names.split(' ')).map(str::to_owned).collect();
    assert_eq!(sent, listed);
}

#[test]
fn no_id_of_a_member_travels_to_a_visitor() {
    let heard = whole_story();
    let is_sent = |id: &[u8]| heard.iter().any(|bytes| bytes.windows(id.len()).any(|part| part == id));
    for number in 0..MEMBERS {
        assert!(!is_sent(&house::member(number).0), "member {number}");
    }
    // The roster names them by ids of this signing only: what is looked for this way is found.
    assert!(is_sent(&house::roster_member(1).0));
}
