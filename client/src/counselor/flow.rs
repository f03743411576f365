//! What the relay says to a counselor's client, one message at a time.

use amparo_protocol::colleague::Ask;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::ConversationId;
use amparo_protocol::language::Language;
use amparo_protocol::limits::OFFER_SECS;
use amparo_protocol::wire::{ClientMsg, OfferGone, Presence, ServerMsg};

use crate::counselor::attending::Attending;
use crate::counselor::claim::Claim;
use crate::counselor::{Counselor, means, open};
use crate::view::{Connection, ShownOffer, Whose};

impl Counselor {
    pub(super) fn take(&mut self, now_ms: u64, msg: ServerMsg) {
        match msg {
            ServerMsg::Beat { beat, .. } => self.out.push(ClientMsg::Pong { beat }),
            ServerMsg::Ready { presence, .. } => self.on_ready(presence),
            ServerMsg::Refused { code } => self.on_refused(code),
            ServerMsg::Presence(presence) => self.on_presence(presence),
            ServerMsg::RosterChanged { seq } => self.view.roster_changed = Some(seq),
            ServerMsg::Offer { conversation, language, waited_secs } => {
                self.on_offer(now_ms, conversation, language, waited_secs);
            }
            ServerMsg::OfferGone { conversation, why } => self.on_offer_gone(conversation, why),
            ServerMsg::Claimed { conversation, claim, reason, language, ticket } => {
                self.view.offers.retain(|offer| offer.conversation != conversation);
                self.view.calls.retain(|call| call.conversation != conversation);
                self.on_claimed(conversation, language, Claim { claim, reason, ticket });
            }
            ServerMsg::Colleague { conversation, news } => self.on_news(now_ms, conversation, news),
            other => self.take_in_conversation(now_ms, other),
        }
        self.end_what_is_due(now_ms);
    }

    fn take_in_conversation(&mut self, now_ms: u64, msg: ServerMsg) {
        let Some(conversation) = conversation_of(&msg) else { return };
        let Some(attending) = open(&mut self.attending, conversation) else {
            return if matches!(msg, ServerMsg::CounselorResumed { .. }) {
                self.step_out(conversation)
            };
        };
        let mut means = means(&self.shifts, &mut self.random, &mut self.out);
        match msg {
            ServerMsg::Grant(grant) => {
                attending.on_grant(now_ms, &grant, &mut means);
                self.spent.extend(attending.opened.iter().map(|opened| opened.claim.claim));
            }
            ServerMsg::ClaimLapsed { claim, .. } => attending.on_claim_lapsed(now_ms, claim),
            ServerMsg::Released { why, .. } => attending.on_released(now_ms, why),
            ServerMsg::CounselorResumed { held, ticket, .. } => attending.on_resumed(now_ms, &held, ticket, &mut means),
            ServerMsg::Deliver { message, .. } => attending.on_deliver(now_ms, message),
            ServerMsg::Ack { ack, .. } => attending.conversation.take_ack(&ack),
            ServerMsg::Want { have, held, .. } => attending.on_want(&have, &held, &mut means),
            ServerMsg::Peer { state, .. } => attending.on_peer(state),
            ServerMsg::Ticket { ticket, .. } => attending.on_ticket(ticket),
            ServerMsg::IdleWarning { .. } => attending.idle_warning = true,
            ServerMsg::Ended { reason, .. } => attending.on_ended(now_ms, reason),
            _ => {}
        }
    }

    /// The relay takes this device for one that talks with this visitor, and it holds no key of hers: it was ended here, or
    /// given back, and the relay was lost in between. Nobody must be left in a conversation that no screen shows.
    fn step_out(&mut self, conversation: ConversationId) {
        match self.ended.iter().find(|ended| ended.conversation == conversation).map(|ended| ended.reason) {
            Some(reason) => self.push(ClientMsg::End { conversation, reason }),
            None => [Ask::Leave, Ask::GiveBack]
                .into_iter()
                .for_each(|ask| self.push(ClientMsg::Colleague { conversation, ask })),
        }
    }

    fn on_ready(&mut self, presence: Presence) {
        self.is_ready = true;
        self.view.connection = Connection::Open;
        self.view.offers.clear();
        self.view.presence = presence;
        if let Some(wanted) = self.wanted.filter(|wanted| *wanted != presence) {
            self.set_presence(wanted);
        }
    }

    fn on_refused(&mut self, code: ErrorCode) {
        self.view.connection = match code {
            ErrorCode::Restarting | ErrorCode::TooSlow | ErrorCode::Internal | ErrorCode::TooManyAttempts => {
                Connection::Lost
            }
            code => Connection::Refused(code),
        };
    }

    /// Who was made away by the relay comes back only by pressing.
    fn on_presence(&mut self, presence: Presence) {
        self.view.presence = presence;
        self.wanted = Some(presence).filter(|presence| *presence != Presence::Away);
    }

    fn on_offer(&mut self, now_ms: u64, conversation: ConversationId, language: Language, waited_secs: u32) {
        self.view.offers.retain(|offer| offer.conversation != conversation);
        self.view.offers.push(ShownOffer {
            conversation,
            language,
            waiting_since_ms: now_ms.saturating_sub(u64::from(waited_secs) * 1000),
            until_ms: now_ms + OFFER_SECS * 1000,
            whose: Whose::default(),
        });
    }

    fn on_offer_gone(&mut self, conversation: ConversationId, why: OfferGone) {
        self.view.offers.retain(|offer| offer.conversation != conversation);
        self.view.last_offer_gone = Some((conversation, why));
    }

    /// A claim of a conversation that is open here is a rejoin; of one that lapsed, a new beginning.
    fn on_claimed(&mut self, conversation: ConversationId, language: Language, claim: Claim) {
        if let Some(attending) = open(&mut self.attending, conversation) {
            return attending.on_claimed(claim);
        }
        if self.spent.contains(&claim.claim) {
            return;
        }
        self.ended.retain(|ended| ended.conversation != conversation);
        self.attending.iter_mut().filter(|former| former.id == conversation).for_each(Attending::erase);
        self.attending.retain(|former| former.id != conversation);
        let Some(org) = self.shifts.last().map(|shift| shift.org) else { return };
        self.attending.push(Attending::new(org, conversation, language, claim));
    }
}

fn conversation_of(msg: &ServerMsg) -> Option<ConversationId> {
    match msg {
        ServerMsg::Grant(grant) => Some(grant.conversation),
        ServerMsg::ClaimLapsed { conversation, .. }
        | ServerMsg::CounselorResumed { conversation, .. }
        | ServerMsg::Deliver { conversation, .. }
        | ServerMsg::Ack { conversation, .. }
        | ServerMsg::Want { conversation, .. }
        | ServerMsg::Peer { conversation, .. }
        | ServerMsg::Ticket { conversation, .. }
        | ServerMsg::IdleWarning { conversation }
        | ServerMsg::Released { conversation, .. }
        | ServerMsg::Ended { conversation, .. } => Some(*conversation),
        _ => None,
    }
}
