//! Not alone in a conversation: colleagues who take it over, come in beside, or are called.
//!
//! Never: a word of the conversation in any of it.

use amparo_protocol::colleague::{Ask, Colleague, News};
use amparo_protocol::id::ConversationId;
use amparo_protocol::limits::OFFER_SECS;
use amparo_protocol::wire::{ClientMsg, JoinReason, Newcomer, Release};

use crate::conversation::Holder;
use crate::counselor::attending::{Attending, Means, Stage};
use crate::counselor::{Counselor, open};
use crate::crypto::admit::admit;
use crate::crypto::badge::Badge;
use crate::crypto::primitives::OrgId;
use crate::crypto::roster::Roster;
use crate::view::{ShownBadge, ShownCall, ShownColleague, ShownRequest, Transfer, Whose};

impl Counselor {
    /// What was pressed. A call is kept and said again after a lost connection; anything else is pressed again.
    pub fn ask(&mut self, now_ms: u64, conversation: ConversationId, ask: Ask) {
        if let Some(attending) = open(&mut self.attending, conversation) {
            attending.on_asking(ask);
        }
        match ask {
            Ask::AcceptTransfer | Ask::DeclineTransfer => {
                self.view.requests.retain(|request| request.conversation != conversation);
            }
            _ => {}
        }
        self.push(ClientMsg::Colleague { conversation, ask });
        self.draw(now_ms);
    }

    /// The list, or the sentence about what became of a transfer, was read.
    pub fn forget_transfer(&mut self, now_ms: u64, conversation: ConversationId) {
        if let Some(attending) = open(&mut self.attending, conversation) {
            attending.transfer = Transfer::None;
            self.draw(now_ms);
        }
    }

    pub(super) fn on_news(&mut self, now_ms: u64, conversation: ConversationId, news: News) {
        match news {
            News::TransferAsked { by, language } => {
                let until_ms = now_ms + OFFER_SECS * 1000;
                self.view.requests.retain(|request| request.conversation != conversation);
                self.view.requests.push(ShownRequest {
                    conversation,
                    by: shown(&by),
                    language,
                    until_ms,
                    whose: Whose::default(),
                });
            }
            News::Called { by, language } => {
                self.view.calls.retain(|call| call.conversation != conversation);
                self.view.calls.push(ShownCall { conversation, by: shown(&by), language, whose: Whose::default() });
            }
            News::CallGone => {
                self.view.calls.retain(|call| call.conversation != conversation);
                if let Some(attending) = open(&mut self.attending, conversation) {
                    attending.call = None;
                }
            }
            News::TransferGone(why) => {
                self.view.requests.retain(|request| request.conversation != conversation);
                if let Some(attending) = open(&mut self.attending, conversation) {
                    attending.transfer = Transfer::Gone(why);
                }
            }
            News::Free(free) => {
                if let Some(attending) = open(&mut self.attending, conversation) {
                    attending.transfer = Transfer::Choosing(free.iter().map(colleague).collect());
                }
            }
            News::Ringing { supervisors } => {
                if let Some(attending) = open(&mut self.attending, conversation) {
                    attending.call = Some(Some(supervisors));
                }
            }
            News::Beside(newcomer) => self.on_beside(now_ms, &newcomer),
            News::ForMinors => self.note_whose(conversation, |whose| whose.for_minors = true),
            News::OfTeam(name) => self.note_whose(conversation, |whose| whose.team = Some(name.clone())),
        }
    }

    /// Of what was just offered or asked for.
    fn note_whose(&mut self, conversation: ConversationId, note: impl Fn(&mut Whose)) {
        let view = &mut self.view;
        let offers = view.offers.iter_mut().filter(|offer| offer.conversation == conversation);
        offers.for_each(|offer| note(&mut offer.whose));
        let requests = view.requests.iter_mut().filter(|request| request.conversation == conversation);
        requests.for_each(|request| note(&mut request.whose));
        let calls = view.calls.iter_mut().filter(|call| call.conversation == conversation);
        calls.for_each(|call| note(&mut call.whose));
    }

    /// Checked as the visitor's client does: a colleague whom the organisation has not signed is none.
    fn on_beside(&mut self, now_ms: u64, newcomer: &Newcomer) {
        let Some(org) = self.shifts.last().map(|shift| shift.org) else { return };
        let key = Roster::key_named_in(&newcomer.roster).filter(|key| OrgId::of(key) == org);
        let Some(admitted) = key.and_then(|key| admit(newcomer, &key, 0, now_ms / 1000).ok()) else { return };
        let badge = ShownBadge { pseudonym: admitted.badge.pseudonym, avatar: admitted.badge.avatar };
        let is_own = self.shifts.iter().any(|shift| shift.device() == admitted.cert.device);
        if let Some(attending) = open(&mut self.attending, newcomer.conversation).filter(|_| !is_own) {
            attending.is_second = newcomer.reason != JoinReason::Join;
            let device = admitted.cert.device;
            attending.conversation.note_other(Holder { device, cert: Some(admitted.cert), badge: Some(badge) });
        }
    }
}

impl Attending {
    fn on_asking(&mut self, ask: Ask) {
        match ask {
            Ask::WhoIsFree => self.transfer = Transfer::Looking,
            Ask::TransferTo(member) => {
                let Transfer::Choosing(free) = &self.transfer else { return };
                let badge = free.iter().find(|colleague| colleague.member == member).map(|chosen| chosen.badge.clone());
                self.transfer = Transfer::Asked(badge.unwrap_or_default());
            }
            Ask::CallSupervisor => self.call = Some(None),
            Ask::CallOff => self.call = None,
            _ => {}
        }
    }

    /// A relay that was restarted has forgotten the call.
    pub(super) fn call_again(&mut self, means: &mut Means<'_>) {
        if self.call.is_some() {
            means.out.push(ClientMsg::Colleague { conversation: self.id, ask: Ask::CallSupervisor });
        }
    }

    /// Somebody else goes on. What was written goes from this screen.
    pub(super) fn on_released(&mut self, now_ms: u64, why: Release) {
        let stage = if why == Release::Superseded { Stage::Lapsed } else { Stage::Released(why) };
        self.close(now_ms, stage);
        if why != Release::Superseded {
            self.conversation.erase();
        }
    }
}

fn shown(colleague: &Colleague) -> ShownBadge {
    let badge = Badge::read_unproven(&colleague.badge);
    badge.map(|badge| ShownBadge { pseudonym: badge.pseudonym, avatar: badge.avatar }).unwrap_or_default()
}

fn colleague(colleague: &Colleague) -> ShownColleague {
    ShownColleague { member: colleague.member, badge: shown(colleague), is_supervisor: colleague.is_supervisor }
}
