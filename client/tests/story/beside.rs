//! Two members and the visitor: each word has its author, and nobody writes or acknowledges in another's name.

use amparo_client::conversation::{Conversation, FORMER_DEVICE, Holder, Side, VISITOR};
use amparo_client::crypto::ack::{open_ack, seal_ack};
use amparo_client::crypto::epoch::Epoch;
use amparo_client::crypto::seal::{Author, Body, seal_message};
use amparo_client::crypto::shift::ShiftKeys;
use amparo_client::table::Table;
use amparo_client::view::{Content, ShownBadge};
use amparo_protocol::id::{ConversationId, MessageId};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Have, Hello};

use crate::seeded::Seeded;
use crate::world::{NOON_MS, Who, World};

/// Omar's desk, Ana beside him; both hold the epoch's key.
struct Beside {
    ana: ShiftKeys,
    omar: ShiftKeys,
    epoch: Epoch,
    desk: Conversation,
}

impl Beside {
    fn new() -> Self {
        let house = World::new(80).house;
        let [ana, omar] = ["Ana", "Omar"].map(|name| house.shift(name, NOON_MS / 1000, &mut Seeded(name.len() as u64)));
        let mut desk = Conversation::new(Side::Counselor);
        desk.begin(ana.org, ConversationId([1; 16]));
        let epoch = desk.epochs_mut().expect("begun").make_next(&mut Seeded(2)).clone();
        desk.note_other(holder(&ana, "Ana"));
        desk.open_epoch(NOON_MS, 0, vec![holder(&omar, "Omar"), holder(&ana, "Ana")]);
        Self { ana, omar, epoch, desk }
    }

    fn by(&self, keys: &ShiftKeys, text: &str) -> Sealed {
        let author = Author::Counselor(keys);
        seal_message(&self.epoch, author, 0, MessageId([3; 16]), 0, &Body::Text(text.into()))
    }
}

#[test]
fn a_colleagues_words_are_shown_as_the_colleagues() {
    let mut beside = Beside::new();
    let words = beside.by(&beside.ana, "I am here too");
    assert!(beside.desk.take_in(NOON_MS, words));
    let shown: Vec<Content> = beside.desk.messages().into_iter().map(|message| message.content).collect();
    assert_eq!(shown, [Content::Theirs { text: "I am here too".into(), from: Some(badge("Ana")) }]);
}

#[test]
fn who_holds_the_same_key_cannot_write_in_a_colleagues_name() {
    let mut beside = Beside::new();
    let mut impostor = World::new(80).house.shift("Omar", NOON_MS / 1000, &mut Seeded(9));
    impostor.cert.device = beside.ana.device();
    let words = beside.by(&impostor, "call him back");
    assert!(!beside.desk.take_in(NOON_MS, words));
    assert_eq!(beside.desk.messages(), []);
}

/// What has counted for her goes on, whatever the relay says of the claim.
#[test]
fn a_colleagues_words_do_not_say_that_mary_has_confirmed_a_key() {
    let mut beside = Beside::new();
    let words = beside.by(&beside.ana, "I am here too");
    beside.desk.take_in(NOON_MS, words);
    assert!(!beside.desk.is_confirmed(0));
    let body = Body::Text("good".into());
    let marys = seal_message(&beside.epoch, Author::Visitor, 0, MessageId([4; 16]), 0, &body);
    assert!(beside.desk.take_in(NOON_MS, marys));
    assert!(beside.desk.is_confirmed(0) && !beside.desk.is_confirmed(1));
}

/// What cannot be opened was not read, whoever it is from.
#[test]
fn what_came_under_a_key_that_was_not_granted_is_not_acknowledged() {
    let beside = Beside::new();
    let mut desk = Conversation::new(Side::Counselor);
    desk.begin(beside.omar.org, ConversationId([1; 16]));
    let epochs = [1, 2].map(|seed| desk.epochs_mut().expect("begun").make_next(&mut Seeded(seed)).clone());
    desk.open_epoch(NOON_MS, 1, vec![holder(&beside.omar, "Omar")]);
    for (epoch, id) in epochs.iter().zip([3, 4]) {
        desk.take_in(NOON_MS, seal_message(epoch, Author::Visitor, 0, MessageId([id; 16]), 0, &Body::Text("x".into())));
    }
    let ack = desk.own_ack(Author::Counselor(&beside.omar), &mut Seeded(5)).expect("it writes in the second");
    let opened = open_ack(&epochs[1], &ack).expect("its own");
    assert_eq!(opened.have, [Have { epoch: 1, sender: VISITOR, upto: 0 }]);
}

#[test]
fn what_ones_own_device_has_not_written_is_not_put_into_its_mouth() {
    let mut beside = Beside::new();
    let words = beside.by(&beside.omar, "I wrote that?");
    assert!(!beside.desk.take_in(NOON_MS, words));
    assert_eq!(beside.desk.messages(), []);
}

/// After a page change it is not known which device held the key: it stands as the visitor's own sender.
#[test]
fn marys_own_acknowledgement_of_before_a_page_change_delivers_nothing() {
    let beside = Beside::new();
    let mut mary = Conversation::new(Side::Visitor);
    let mut granted = Table::default();
    granted.insert(0, vec![Holder { device: FORMER_DEVICE, cert: None, badge: None }]);
    mary.restore(beside.desk.epochs().expect("begun").clone(), granted, Some(0));
    mary.say(NOON_MS, "are you there?", &mut Seeded(3));
    assert_eq!(mary.seal_due(NOON_MS, Author::Visitor).len(), 1);
    let have = [Have { epoch: 0, sender: VISITOR, upto: u64::MAX }];
    mary.take_ack(&seal_ack(&beside.epoch, Author::Visitor, &have, &mut Seeded(4)));
    assert!(!mary.all_delivered());
}

/// Otherwise the relay would send everything again, and a long conversation would not fit into what it keeps.
#[test]
fn who_comes_back_says_what_is_held_already() {
    let mut world = World::talking(81);
    world.mary_says("one");
    world.says("Ana", "uno");
    world.settle();
    for who in [Who::Mary, Who::Counselor(0)] {
        world.hang_up(who);
        let now_ms = world.now_ms;
        let sent = match who {
            Who::Mary => {
                world.mary.on_open(now_ms, None);
                world.mary.outbox()
            }
            Who::Counselor(at) => {
                world.desks[at].counselor.on_open(now_ms);
                world.desks[at].counselor.outbox()
            }
        };
        let held = sent.iter().find_map(have_in).expect("comes back");
        assert_eq!(held.iter().map(|have| have.upto).collect::<Vec<_>>(), [0, 0], "one message of each");
    }
}

#[test]
fn a_screen_is_drawn_again_only_where_something_changed() {
    let mut beside = Beside::new();
    beside.desk.take_changed();
    assert!(!beside.desk.take_changed());
    let words = beside.by(&beside.ana, "now");
    beside.desk.take_in(NOON_MS, words.clone());
    assert!(beside.desk.take_changed());
    beside.desk.take_in(NOON_MS, words);
    assert!(!beside.desk.take_changed(), "it came twice and is shown once");
}

fn have_in(msg: &ClientMsg) -> Option<Vec<Have>> {
    match msg {
        ClientMsg::Hello(Hello::Resume { resume, .. }) => Some(resume.have.clone()),
        ClientMsg::Hello(Hello::Counselor { resumes, .. }) => Some(resumes.first()?.have.clone()),
        _ => None,
    }
}

fn holder(keys: &ShiftKeys, name: &str) -> Holder {
    Holder { device: keys.device(), cert: Some(keys.cert.clone()), badge: Some(badge(name)) }
}

fn badge(name: &str) -> ShownBadge {
    ShownBadge { pseudonym: name.to_owned(), avatar: 3 }
}
