//! A visitor opens the chat, enters the queue, and what she may say while she waits or talks.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ConversationId, Hash, Pass, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PASS_SECS;
use amparo_protocol::settings::SiteSettings;
use amparo_protocol::wire::{ClientMsg, Deposit, LineState, Opening, PeerState, ServerMsg, Spoken, Welcome};

use super::super::command::{Count, SessionId, Tell, What};
use super::super::facts::LineFacts;
use super::super::spoken;
use super::conversation::{Conversation, Seat};
use super::{IssuedPass, Line, PASSES_MAX};

/// A widget's connection.
pub struct VisitorSeat {
    pub site: SiteKey,
    /// An administrator looks at how a site would be; nobody can be called here.
    pub preview: Option<Box<SiteSettings>>,
    pub conversation: Option<ConversationId>,
    /// Of the screen; a conversation keeps the language in which it was entered.
    pub language: Language,
}

impl VisitorSeat {
    pub fn of(site: SiteKey, language: Language) -> Self {
        Self { site, preview: None, conversation: None, language }
    }
}

impl Line {
    pub(super) fn pass_issued(&mut self, now_ms: u64, pass: Pass, site: SiteKey, preview: Option<Box<SiteSettings>>) {
        while self.passes_by_age.len() >= PASSES_MAX {
            self.drop_oldest_pass();
        }
        self.passes.insert(pass, IssuedPass { site, preview, until_ms: now_ms + PASS_SECS * 1000 });
        self.passes_by_age.push_back(pass);
    }

    pub(super) fn drop_expired_passes(&mut self, now_ms: u64) {
        while let Some(oldest) = self.passes_by_age.front() {
            if self.passes.get(oldest).is_some_and(|pass| pass.until_ms > now_ms) {
                return;
            }
            self.drop_oldest_pass();
        }
    }

    fn drop_oldest_pass(&mut self) {
        if let Some(oldest) = self.passes_by_age.pop_front() {
            self.passes.remove(&oldest);
        }
    }

    pub(super) fn open(&mut self, now_ms: u64, session: SessionId, site: SiteKey, pass: Pass, language: Language) {
        let issued = self.passes.remove(&pass).filter(|issued| issued.site == site && issued.until_ms > now_ms);
        let is_preview = issued.as_ref().is_some_and(|issued| issued.preview.is_some());
        if !is_preview && !self.facts.sites.contains_key(&site) {
            return self.refuse(session, ErrorCode::UnknownSite);
        }
        let Some(IssuedPass { preview, .. }) = issued else { return self.refuse(session, ErrorCode::Pass) };
        self.visitors.insert(session, VisitorSeat { preview, ..VisitorSeat::of(site, language) });
        self.welcome(now_ms, session);
    }

    /// What the first screen needs. A site that was removed meanwhile still shows who is there, without numbers.
    pub(super) fn welcome(&mut self, now_ms: u64, session: SessionId) {
        let Some(seat) = self.visitors.get(&session) else { return };
        let facts = &self.facts;
        let spoken = self.spoken(now_ms, seat);
        let site = self.settings(seat);
        let welcome = Welcome {
            generation: self.generation,
            now_unix_secs: now_ms / 1000,
            organisation: facts.organisation.clone(),
            org_key: facts.org_key,
            roster: facts.newest_roster().1,
            emergency: site.map(|site| site.emergency.clone()).unwrap_or_default(),
            languages: facts.languages.clone(),
            demo: facts.demo || seat.preview.is_some(),
            deposit_secs: site.map_or(0, |site| site.deposit_secs),
            manner: spoken::manner(site),
            spoken,
        };
        let site = seat.site;
        self.tell(session, Tell::Site { site });
        self.send(session, ServerMsg::Welcome(Box::new(welcome)));
    }

    /// Her screen speaks another language now.
    pub(super) fn speak(&mut self, now_ms: u64, session: SessionId, language: Language) {
        let Some(seat) = self.visitors.get_mut(&session) else { return };
        seat.language = language;
        let spoken = self.spoken(now_ms, &self.visitors[&session]);
        self.send(session, ServerMsg::Spoken(Box::new(spoken)));
    }

    /// The organisation has changed what it says: every open chat hears it.
    pub(super) fn tell_spoken(&mut self, now_ms: u64) {
        let sessions: Vec<_> = self.visitors.keys().copied().collect();
        for session in sessions {
            let spoken = self.spoken(now_ms, &self.visitors[&session]);
            self.send(session, ServerMsg::Spoken(Box::new(spoken)));
        }
    }

    fn spoken(&self, now_ms: u64, seat: &VisitorSeat) -> Spoken {
        let LineFacts { line, schedule, .. } = &*self.facts;
        let opening = self.opening(now_ms, seat.site, seat.language);
        spoken::spoken(self.settings(seat), line, schedule, seat.language, opening, now_ms / 1000)
    }

    /// `None`: the site was removed meanwhile.
    fn settings<'a>(&'a self, seat: &'a VisitorSeat) -> Option<&'a SiteSettings> {
        seat.preview.as_deref().or_else(|| self.facts.sites.get(&seat.site))
    }

    pub(super) fn visitor_said(
        &mut self,
        now_ms: u64,
        session: SessionId,
        conversation: Option<ConversationId>,
        msg: ClientMsg,
    ) {
        match (msg, conversation) {
            (ClientMsg::Enter { language }, None) => self.enter(now_ms, session, language),
            (ClientMsg::StillHere, Some(id)) => self.queue.press(id, now_ms),
            (ClientMsg::InDanger, Some(id)) => self.in_danger(now_ms, id),
            (ClientMsg::Grant(grant), Some(id)) if grant.conversation == id => self.grant(id, grant),
            (ClientMsg::Refuse { claim, .. }, Some(id)) => self.refuse_claim(now_ms, id, claim),
            (ClientMsg::AskAnother, Some(id)) => self.ask_another(now_ms, id),
            (ClientMsg::Deposit(deposit), Some(id)) => self.deposit(id, deposit),
            (ClientMsg::EndToken { hash }, Some(id)) => self.keep_end_token(id, hash),
            (ClientMsg::Leaving, Some(id)) => self.leaving(id),
            // What crossed the end of the conversation on its way means nothing any more.
            _ => {}
        }
    }

    fn enter(&mut self, now_ms: u64, session: SessionId, language: Language) {
        let whence = self.whence(session);
        let behind_others = self.goes_behind(now_ms, whence);
        let Some(seat) = self.visitors.get(&session) else { return };
        if seat.preview.is_some() {
            let opening = Opening { state: LineState::Closed, opens_unix_secs: None };
            return self.send(session, ServerMsg::Line(opening));
        }
        let mut opening = self.opening(now_ms, seat.site, language);
        if behind_others && opening.state != LineState::Closed {
            opening = self.opening_behind(opening);
        }
        if matches!(opening.state, LineState::Closed | LineState::Full) {
            let count = if opening.state == LineState::Full { Count::Full } else { Count::Closed };
            self.publish(What::Counted { language, count });
            return self.send(session, ServerMsg::Line(opening));
        }
        let Some(seat) = self.visitors.get_mut(&session) else { return };
        let id = ConversationId(self.random.bytes());
        seat.conversation = Some(id);
        // Two who enter in the same millisecond keep their order in their tickets, too.
        self.last_joined_ms = now_ms.max(self.last_joined_ms + 1);
        let mut conversation = Conversation::new(id, seat.site, language, self.last_joined_ms, now_ms);
        conversation.visitor = Seat::taken(session, now_ms);
        (conversation.whence, conversation.behind_others) = (whence, behind_others);
        self.hold(conversation);
        self.take_place(now_ms, id);
        self.publish(What::Counted { language, count: Count::Entered });
        self.publish(What::LaneOpened { conversation: id, has_member: false });
        self.tell(session, Tell::Entered { conversation: id });
        let last = self.queue.position(id).expect("she has just entered the queue");
        self.tell_position(now_ms, id, last);
    }

    fn in_danger(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        if !conversation.front {
            conversation.front = true;
            conversation.told_position = None;
            if conversation.is_waiting() {
                self.take_place(now_ms, id);
            }
        }
    }

    fn deposit(&mut self, id: ConversationId, deposit: Deposit) {
        // What another conversation has left behind is not taken over; what has run out is: the page that came back too
        // late begins anew under the same half.
        let conversations = &self.conversations;
        let has_deposit =
            |owner: &ConversationId| conversations.get(owner).is_some_and(|other| other.deposit.is_some());
        let owner = self.handles.get(&deposit.handle);
        if owner.is_some_and(|owner| *owner != id && has_deposit(owner)) {
            return;
        }
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        if let Some(former) = conversation.deposit.take() {
            self.handles.remove(&former.handle);
        }
        self.handles.insert(deposit.handle, id);
        conversation.deposit = Some(deposit);
    }

    /// The page that came back too late begins anew under the same token: the latest conversation has it.
    fn keep_end_token(&mut self, id: ConversationId, hash: Hash) {
        self.forget_end_token(id);
        if let Some(conversation) = self.conversations.get_mut(&id) {
            conversation.end_token = Some(hash);
            self.end_tokens.insert(hash, id);
        }
    }

    fn leaving(&mut self, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        conversation.left = true;
        let counselors: Vec<SessionId> = conversation.counselors().collect();
        conversation.told_away = true;
        for counselor in counselors {
            self.send(counselor, ServerMsg::Peer { conversation: id, state: PeerState::Left });
        }
    }

    pub(super) fn visitor_answered(&mut self, now_ms: u64, session: SessionId, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        if conversation.visitor.session != Some(session) {
            return;
        }
        conversation.visitor.answered_ms = now_ms;
        if let Some(displacing) = conversation.displacing.take() {
            self.refuse(displacing.by, ErrorCode::Elsewhere);
        }
    }

    pub(super) fn visitor_gone(&mut self, now_ms: u64, session: SessionId, id: Option<ConversationId>) {
        for conversation in self.conversations.values_mut() {
            conversation.displacing.take_if(|displacing| displacing.by == session);
        }
        let Some(conversation) = id.and_then(|id| self.conversations.get_mut(&id)) else { return };
        if conversation.visitor.session == Some(session) {
            conversation.visitor = Seat::empty(now_ms);
            conversation.told_position = None;
            let id = conversation.id;
            self.tell_visitor_away(now_ms, id);
            self.displace_now(now_ms, id);
        }
    }
}
