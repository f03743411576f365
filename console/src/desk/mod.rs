//! The console's one state: where in the program somebody is, who is signed in, and the live connection of their shift.
//!
//! Never: drawing, and nothing that outlives the page. Keys and texts are in this struct's memory and nowhere else.

use std::collections::HashMap;

use amparo_client::counselor::Counselor;
use amparo_client::crypto::shift::ShiftKeys;
use amparo_client::view::{Connection, ConversationState, CounselorView, ShownConversation, ShownOffer};
use amparo_protocol::api::{Me, roles};
use amparo_protocol::desk::DeskSettings;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::ConversationId;
use amparo_protocol::rota::OwnDuty;
use amparo_protocol::wire::{self, Presence, ServerMsg};
use amparo_ui::clock::{self, Interval, Timeout};
use amparo_ui::transport::{Transport, TransportEvents};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::Keys;
use crate::api::Failure;
use crate::browser;
use crate::cool_down::CoolDown;
use crate::duty::Duty;
use crate::idle::Idle;
use crate::outgoing::Outgoing;
use crate::reading::Reading;
use crate::shift;
use crate::slots::{Slot, Slots};

mod attention;
mod ending;
mod own_duty;
pub mod place;
mod saying;
mod together;

use place::{Part, Place};

#[derive(Clone, Copy)]
pub struct Desk {
    pub place: RwSignal<Place>,
    pub part: RwSignal<Part>,
    pub me: RwSignal<Option<Me>>,
    /// `None` for members who take no conversations, and until the shift has begun.
    pub view: RwSignal<Option<CounselorView>>,
    /// The conversation in front.
    pub open: RwSignal<Option<ConversationId>>,
    pub slots: RwSignal<Slots>,
    pub reading: RwSignal<Reading>,
    pub duty: RwSignal<Duty>,
    /// Moves on about once a second.
    pub now_ms: RwSignal<u64>,
    pub idle: RwSignal<Idle>,
    /// The page is behind others or put away: nothing that was written is drawn.
    pub is_hidden: RwSignal<bool>,
    /// What the organisation puts beside every conversation.
    pub helps: RwSignal<DeskSettings>,
    /// Written and not gone yet: for two seconds it can be taken back.
    pub outgoing: RwSignal<Outgoing>,
    pub cool_down: RwSignal<CoolDown>,
    /// What the rota and the house's records say about this member.
    pub own_duty: RwSignal<OwnDuty>,
    own_duty_at_ms: StoredValue<u64>,
    /// Somebody tries whether they would hear an offer.
    pub is_trial: RwSignal<bool>,
    pub is_demo: RwSignal<bool>,
    /// When the list of members was signed, as far as this page has seen it.
    pub roster_issued_secs: RwSignal<Option<u64>>,
    /// What is being written, per conversation; changing the room does not lose it.
    drafts: StoredValue<HashMap<ConversationId, ArcRwSignal<String>>>,
    /// Only in the demonstration: an administrator's page looks for somebody to approve.
    pub demo_looking: StoredValue<Option<Interval>, LocalStorage>,
    tries: StoredValue<u8>,
    keys: StoredValue<Option<Keys>, LocalStorage>,
    live: StoredValue<Option<Live>, LocalStorage>,
}

/// One shift's connection.
struct Live {
    counselor: Counselor,
    transport: Transport,
    _tick: Interval,
}

const TICK_MS: u32 = 1_000;
/// How often fresh keys are tried before a refusal is believed.
const TRIES_MAX: u8 = 5;

impl Desk {
    /// Makes it findable for every screen below the caller.
    pub fn provide() -> Self {
        let desk = Self {
            place: RwSignal::new(Place::Opening),
            part: RwSignal::new(Part::People),
            me: RwSignal::new(None),
            view: RwSignal::new(None),
            open: RwSignal::new(None),
            slots: RwSignal::new(Slots::default()),
            reading: RwSignal::new(Reading::default()),
            drafts: StoredValue::new(HashMap::new()),
            duty: RwSignal::new(Duty::default()),
            now_ms: RwSignal::new(clock::now_ms()),
            idle: RwSignal::new(Idle::new(clock::now_ms())),
            is_hidden: RwSignal::new(false),
            helps: RwSignal::new(DeskSettings::default()),
            outgoing: RwSignal::new(Outgoing::default()),
            cool_down: RwSignal::new(CoolDown::default()),
            own_duty: RwSignal::new(OwnDuty::default()),
            own_duty_at_ms: StoredValue::new(0),
            is_trial: RwSignal::new(false),
            is_demo: RwSignal::new(false),
            roster_issued_secs: RwSignal::new(None),
            demo_looking: StoredValue::new_local(None),
            tries: StoredValue::new(0),
            keys: StoredValue::new_local(None),
            live: StoredValue::new_local(None),
        };
        provide_context(desk);
        desk
    }

    pub fn here() -> Self {
        use_context().expect("the app provides its desk before it draws anything")
    }

    /// Somebody is signed in and their keys are open; what comes next depends on their approval.
    pub fn enter(&self, me: Me, keys: Keys) {
        self.is_demo.set(me.demo);
        self.idle.update(|idle| idle.unlock(clock::now_ms()));
        self.place.set(if me.approved { Place::Desk } else { Place::Approval });
        self.part.set(Part::People);
        self.me.set(Some(me));
        self.keys.set_value(Some(keys));
    }

    /// The relay knows something new about whoever is signed in: approved, other roles, given the organisation's key. Which
    /// organisation it is was decided when they signed in.
    pub fn know(&self, me: Me) {
        let org_key = self.me.with_untracked(|known| known.as_ref().map(|known| known.org_key));
        if org_key != Some(me.org_key) {
            return;
        }
        self.with_keys(|keys| keys.take_org_key(&me));
        self.me.maybe_update(|known| {
            let is_same = known.as_ref().is_some_and(|known| known.roles == me.roles && known.approved == me.approved);
            *known = Some(me);
            !is_same
        });
    }

    /// Ends the shift and forgets everything but the language.
    pub fn leave(&self, to: Place) {
        self.live.update_value(|live| {
            if let Some(mut live) = live.take() {
                live.counselor.erase();
                live.transport.close();
            }
        });
        self.demo_looking.set_value(None);
        self.keys.set_value(None);
        self.view.set(None);
        self.open.set(None);
        self.slots.set(Slots::default());
        self.reading.set(Reading::default());
        self.drafts.update_value(HashMap::clear);
        self.outgoing.set(Outgoing::default());
        self.cool_down.set(CoolDown::default());
        self.own_duty.set(OwnDuty::default());
        self.own_duty_at_ms.set_value(0);
        self.helps.set(DeskSettings::default());
        self.duty.set(Duty::default());
        self.me.set(None);
        self.place.set(to);
    }

    /// Begins the shift with keys that were just certified.
    pub fn begin_shift(&self, counselor: Counselor) {
        let desk = *self;
        let tick = Interval::new(TICK_MS, move || {
            desk.act(Counselor::on_tick);
            desk.count_again();
        });
        self.view.set(Some(counselor.view().clone()));
        self.live.set_value(Some(Live { counselor, transport: self.connect(), _tick: tick }));
    }

    /// Goes on with fresh keys. The relay learns of them when the connection is opened anew.
    pub fn renew_shift(&self, shift: ShiftKeys) {
        self.act(|counselor, now_ms| {
            counselor.renew_shift(shift);
            counselor.on_closed(now_ms);
        });
        let transport = self.connect();
        self.live.update_value(|live| match live {
            Some(live) => std::mem::replace(&mut live.transport, transport).close(),
            None => transport.close(),
        });
    }

    fn connect(&self) -> Transport {
        let desk = *self;
        let events = TransportEvents {
            on_open: Box::new(move || desk.act(Counselor::on_open)),
            on_bytes: Box::new(move |bytes| desk.on_bytes(&bytes)),
            on_closed: Box::new(move || desk.act(Counselor::on_closed)),
        };
        Transport::open(browser::origin(), events)
    }

    /// Every input of the shift comes through here: act, send what that produced, show what changed.
    pub fn act(&self, act: impl FnOnce(&mut Counselor, u64)) {
        let now_ms = clock::now_ms();
        let changed = self.live.try_update_value(|live| {
            let live = live.as_mut()?;
            act(&mut live.counselor, now_ms);
            for message in live.counselor.outbox() {
                live.transport.send(wire::encode(&message));
            }
            let view = live.counselor.view();
            let is_same = self.view.with_untracked(|shown| shown.as_ref() == Some(view));
            (!is_same).then(|| view.clone())
        });
        if let Some(view) = changed.flatten() {
            self.show(view, now_ms);
        }
    }

    /// Reads or changes the keys; `None` when nobody is signed in.
    pub fn with_keys<T>(&self, look: impl FnOnce(&mut Keys) -> T) -> Option<T> {
        self.keys.try_update_value(|keys| keys.as_mut().map(look)).flatten()
    }

    pub fn has_role(&self, role: u8) -> bool {
        self.me.with(|me| me.as_ref().is_some_and(|me| me.roles & role != 0))
    }

    pub fn is_administrator(&self) -> bool {
        self.has_role(roles::ADMINISTRATOR)
    }

    /// Runs the line.
    pub fn is_supervisor(&self) -> bool {
        self.has_role(roles::SUPERVISOR | roles::ADMINISTRATOR)
    }

    /// Takes conversations: counselors and supervisors do.
    pub fn is_counselor(&self) -> bool {
        self.has_role(roles::COUNSELOR | roles::SUPERVISOR)
    }

    /// Something would be lost with this page.
    pub fn has_conversations(&self) -> bool {
        untrack(|| self.is_talking())
    }

    /// A visitor would be left alone.
    pub fn is_talking(&self) -> bool {
        self.view.with(|view| {
            view.as_ref().is_some_and(|view| view.conversations.iter().any(|conversation| !is_over(conversation.state)))
        })
    }

    /// The visitor who has waited longest of those offered now. A break silences the ring at once.
    pub fn offer(&self) -> Option<ShownOffer> {
        self.view.with(|view| {
            let view = view.as_ref().filter(|view| view.presence == Presence::Available)?;
            view.offers.first().cloned()
        })
    }

    pub fn is_ringing(&self) -> bool {
        self.offer().is_some()
    }

    /// An offer, or the trial of one.
    pub fn is_wanted(&self) -> bool {
        self.is_ringing() || self.is_trial.get() || self.request().is_some()
    }

    /// Somebody waits for an answer from here: a visitor, or a colleague who asks or calls. A call covers nothing, so the tab
    /// and the locked screen have to say it.
    pub fn is_asked_for(&self) -> bool {
        self.is_wanted() || self.has_calls()
    }

    pub fn conversation(&self, id: ConversationId) -> Memo<Option<ShownConversation>> {
        let view = self.view;
        Memo::new(move |_| {
            view.with(|view| view.as_ref()?.conversations.iter().find(|shown| shown.conversation == id).cloned())
        })
    }

    pub fn slot(&self, id: ConversationId) -> Slot {
        self.slots.with(|slots| slots.of(id)).unwrap_or(Slot(0))
    }

    pub fn bring_to_front(&self, id: ConversationId) {
        self.open.set(Some(id));
        self.reading.update(|reading| reading.bring_to_front(id));
        self.part.set(Part::Conversation);
    }

    pub fn go_to(&self, part: Part) {
        self.part.set(part);
        self.count_again();
    }

    /// How many messages of a visitor came while another conversation was in front.
    pub fn unread(&self, id: ConversationId) -> usize {
        self.reading.with(|reading| reading.unread(id))
    }

    pub fn unread_total(&self) -> usize {
        self.reading.with(Reading::total)
    }

    pub fn draft(&self, id: ConversationId) -> RwSignal<String> {
        let draft = self.drafts.try_update_value(|drafts| drafts.entry(id).or_default().clone());
        RwSignal::from(draft.expect("the desk lives as long as the page"))
    }

    /// Removes an ended conversation with all its text.
    pub fn clear(&self, id: ConversationId) {
        self.drafts.update_value(|drafts| drop(drafts.remove(&id)));
        self.outgoing.update(|outgoing| drop(outgoing.cancel(id)));
        self.act(|counselor, _| counselor.clear(id));
    }

    fn on_bytes(&self, bytes: &[u8]) {
        // What cannot be read is not ours; a relay of another version says so in its first answer.
        if let Ok(message) = wire::decode::<ServerMsg>(bytes) {
            self.act(|counselor, now_ms| counselor.on_msg(now_ms, message));
            self.on_time();
        }
    }

    fn show(&self, view: CounselorView, now_ms: u64) {
        let present: Vec<_> = view.conversations.iter().map(|shown| shown.conversation).collect();
        self.slots.update(|slots| slots.update(&present));
        self.duty.update(|duty| duty.on_presence(view.presence, now_ms));
        self.begin_cool_down(&view, now_ms);
        self.follow(&present);
        self.count(&view);
        let (connection, roster) = (view.connection, view.roster_changed);
        let is_new_roster =
            roster.is_some() && roster != self.view.with_untracked(|view| view.as_ref()?.roster_changed);
        self.view.set(Some(view));
        match connection {
            Connection::Refused(code) => return self.on_refused(code),
            Connection::Open => self.tries.set_value(0),
            Connection::Connecting | Connection::Lost => {}
        }
        if is_new_roster {
            self.certify_anew();
        }
    }

    /// A conversation that is new comes to the front; when the one in front is gone, another takes its place.
    fn follow(&self, present: &[ConversationId]) {
        let before: Vec<_> = self.view.with_untracked(|view| {
            view.iter().flat_map(|view| &view.conversations).map(|shown| shown.conversation).collect()
        });
        if let Some(new) = present.iter().rfind(|id| !before.contains(id)) {
            self.open.set(Some(*new));
            self.part.set(Part::Conversation);
            self.load_helps();
        } else if self.open.get_untracked().is_some_and(|open| !present.contains(&open)) {
            self.open.set(present.first().copied());
            self.part.set(Part::People);
        }
    }

    /// The page came to the front, or the conversation did.
    fn count_again(&self) {
        if self.unread_untracked() > 0 {
            self.view.with_untracked(|view| view.iter().for_each(|view| self.count(view)));
        }
    }

    fn unread_untracked(&self) -> usize {
        self.reading.with_untracked(Reading::total)
    }

    fn count(&self, view: &CounselorView) {
        let is_seen = browser::is_visible() && (self.part.get_untracked() == Part::Conversation || browser::is_wide());
        let front = self.open.get_untracked().filter(|_| is_seen);
        self.reading.update(|reading| reading.update(&view.conversations, front));
    }

    fn certify_anew(&self) {
        let desk = *self;
        spawn_local(async move {
            // On a bad line the former keys go on until the relay says that they do not.
            let _ = shift::renew(desk).await;
        });
    }

    /// The relay refused for good. It may only not know the newest roster yet: fresh keys are tried a few times.
    fn on_refused(&self, code: ErrorCode) {
        let tries = self.tries.get_value();
        if code == ErrorCode::Invalid && tries < TRIES_MAX {
            self.tries.set_value(tries + 1);
            self.live.with_value(|live| live.iter().for_each(|live| live.transport.close()));
            let desk = *self;
            Timeout::new(TICK_MS, move || desk.certify_anew()).run_to_the_end();
            return;
        }
        self.leave(match code {
            ErrorCode::SignIn => Place::SignIn,
            code => Place::Stopped(Failure::Refused(code)),
        });
    }
}

/// Nothing can be written any more, and nothing is waited for.
pub fn is_over(state: ConversationState) -> bool {
    matches!(
        state,
        ConversationState::Ended(_)
            | ConversationState::Lapsed
            | ConversationState::Released(_)
            | ConversationState::Broken
    )
}
