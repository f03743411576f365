//! One seed's story: a storm of everything that can happen, then a calm in which everything must be right.

use std::collections::BTreeSet;

use amparo_client::view::{ConversationState, Phase, ShownConversation, Transfer};
use amparo_protocol::colleague::Ask;
use amparo_protocol::id::ConversationId;
use amparo_protocol::wire::{EndReason, PeerState, Presence};

use crate::history::{History, Verdict};
use crate::world::{Fault, Who, World};

const VISITORS: usize = 3;
const STEPS: usize = 220;
/// Of the calm: long enough for every time limit of the relay to pass.
const CALM_ROUNDS: usize = 40;

/// How much happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    pub messages: usize,
    pub kills: usize,
    pub breaks: usize,
    /// Of colleagues.
    pub asked: usize,
}

/// Tells the story of a seed; the sentence says what was wrong in it.
pub fn tell(seed: u64) -> Result<Told, String> {
    tell_with(seed, Fault::None)
}

/// The same with a relay that is wrong on purpose, so that the checks can be checked.
pub fn tell_with(seed: u64, fault: Fault) -> Result<Told, String> {
    let mut story =
        Story { world: World::new(seed, VISITORS, fault), history: History::default(), told: Told::default() };
    story.run().map_err(|wrong| format!("seed {seed}: {wrong}"))?;
    Ok(story.told)
}

/// With a supervisor at a third desk: conversations are handed over, given back, helped in and left again.
pub fn tell_together(seed: u64) -> Result<Told, String> {
    let world = World::of(seed, &["Ana", "Omar", "Sara"], VISITORS, Fault::None);
    let mut story = Story { world, history: History::default(), told: Told::default() };
    story.run().map_err(|wrong| format!("seed {seed}, together: {wrong}"))?;
    Ok(story.told)
}

/// The same on a site for minors, where the first counselor's checks have run out.
pub fn tell_for_minors(seed: u64) -> Result<Told, String> {
    let world = World::for_minors(seed, &["Ana", "Omar", "Sara"], VISITORS, 0);
    let mut story = Story { world, history: History::default(), told: Told::default() };
    story.run().map_err(|wrong| format!("seed {seed}, for minors: {wrong}"))?;
    Ok(story.told)
}

/// Eight counselors who all accept at once, and the same three visitors.
pub fn tell_crowded(seed: u64) -> Result<Told, String> {
    let names = ["Ana", "Omar", "Sara", "Ines", "Luca", "Nadia", "Rui", "Zoe"];
    let world = World::of(seed, &names, VISITORS, Fault::None);
    let mut story = Story { world, history: History::default(), told: Told::default() };
    story.run().map_err(|wrong| format!("seed {seed}, crowded: {wrong}"))?;
    Ok(story.told)
}

struct Story {
    world: World,
    history: History,
    told: Told,
}

impl Story {
    fn run(&mut self) -> Verdict {
        self.everybody_is_here();
        for _ in 0..STEPS {
            self.step();
            self.history.check(&self.world)?;
            self.nobody_barred_attends()?;
        }
        self.calm()?;
        self.last_words()
    }

    /// Whatever happens: no offer, request, call or conversation reaches whoever may not attend these visitors.
    fn nobody_barred_attends(&self) -> Verdict {
        let Some(desk) = self.world.barred.map(|at| &self.world.desks[at]) else { return Ok(()) };
        let view = desk.program.view();
        let is_clear = view.offers.is_empty()
            && view.requests.is_empty()
            && view.calls.is_empty()
            && view.conversations.is_empty();
        if is_clear { Ok(()) } else { Err(format!("{} is asked for a minor", desk.name)) }
    }

    fn step(&mut self) {
        match self.world.random.below(50) {
            0..=19 => self.something_arrives(),
            20..=24 => self.a_visitor_says(),
            25..=28 => self.world.desks.iter_mut().for_each(|desk| desk.says(self.world.now_ms)),
            29..=31 => self.everybody_accepts(),
            32..=35 => {
                let who = self.world.anybody();
                self.world.connect(who);
            }
            36 => {
                let who = self.world.anybody();
                self.told.breaks += 1;
                self.world.hang_up(who);
            }
            37 => self.a_line_stalls(),
            38 if self.world.random.once_in(3) => {
                self.told.kills += 1;
                self.world.kill_relay();
            }
            39 if self.world.random.once_in(4) => {
                let at = self.world.random.below(self.world.desks.len());
                self.world.reload_desk(at);
            }
            40 if self.world.random.once_in(6) => self.somebody_ends(),
            44 if self.world.random.once_in(4) => {
                let (who, secs) = (self.world.anybody(), self.world.random.below(120) as u64);
                self.world.jump_ahead(who, secs);
            }
            45 => self.world.muddle(),
            41 if self.world.random.once_in(20) => {
                let secs = self.world.random.below(90) as u64;
                self.world.sleep(secs);
            }
            42 => self.world.settle(),
            43 => self.visitors_are_still_here(),
            46..=47 if self.world.desks.len() > 2 => self.colleagues_ask(),
            _ => {
                let secs = self.world.random.below(8) as u64;
                self.world.pass(secs);
            }
        }
        self.world.collect();
    }

    /// Somebody presses something of what their screen offers.
    fn colleagues_ask(&mut self) {
        let at = self.world.random.below(self.world.desks.len());
        let which = self.world.random.below(8);
        let now_ms = self.world.now_ms + self.world.desks[at].ahead_ms;
        let desk = &mut self.world.desks[at].program;
        let view = desk.view();
        if let Some(request) = view.requests.first().map(|request| request.conversation) {
            let ask = if which < 6 { Ask::AcceptTransfer } else { Ask::DeclineTransfer };
            return desk.ask(now_ms, request, ask);
        }
        if let Some(call) = view.calls.first().map(|call| call.conversation) {
            return desk.ask(now_ms, call, if which < 5 { Ask::Join } else { Ask::TakeOver });
        }
        let talking = view.conversations.iter().find(|shown| shown.state == ConversationState::Talking);
        let Some(shown) = talking else { return };
        let ask = match (&shown.transfer, shown.is_beside, shown.colleagues.is_empty()) {
            (Transfer::Choosing(free), ..) if !free.is_empty() => Ask::TransferTo(free[which % free.len()].member),
            (_, true, _) if which < 2 => Ask::TakeOver,
            (_, true, _) => Ask::Leave,
            (_, false, false) if which < 2 => Ask::Leave,
            _ if which < 3 => Ask::WhoIsFree,
            (_, false, true) if which < 6 => Ask::CallSupervisor,
            (_, false, true) if which == 7 => Ask::GiveBack,
            _ => Ask::CallOff,
        };
        let conversation = shown.conversation;
        self.told.asked += 1;
        desk.ask(now_ms, conversation, ask);
    }

    /// Helpers leave, so that in the calm everybody talks with one.
    fn helpers_leave(&mut self) {
        for desk in &mut self.world.desks {
            let now_ms = self.world.now_ms + desk.ahead_ms;
            let beside: Vec<_> =
                desk.talking().filter(|shown| shown.is_beside).map(|shown| shown.conversation).collect();
            beside.into_iter().for_each(|conversation| desk.program.ask(now_ms, conversation, Ask::Leave));
        }
    }

    fn something_arrives(&mut self) {
        for _ in 0..6 {
            let busy = self.world.busy();
            if !busy.is_empty() {
                let line = busy[self.world.random.below(busy.len())];
                let is_up = self.world.random.once_in(2);
                self.world.deliver(line, is_up);
            }
        }
    }

    fn a_visitor_says(&mut self) {
        let at = self.world.random.below(self.world.seats.len());
        if self.world.seats[at].is_in() {
            self.told.messages += 1;
            self.world.seats[at].says(self.world.now_ms);
        }
    }

    /// All at the same moment, whoever was offered the same visitor.
    fn everybody_accepts(&mut self) {
        for desk in &mut self.world.desks {
            if let Some(offer) = desk.program.view().offers.first().map(|offer| offer.conversation) {
                desk.program.accept(self.world.now_ms + desk.ahead_ms, offer);
            }
        }
    }

    fn visitors_are_still_here(&mut self) {
        for seat in &mut self.world.seats {
            if matches!(seat.program.view().phase, Phase::Waiting { still_there_until_ms: Some(_), .. }) {
                seat.program.still_here(self.world.now_ms + seat.ahead_ms);
            }
            seat.program.ask_another();
        }
    }

    /// For a while nothing arrives: a network that is away, a browser that does not read.
    fn a_line_stalls(&mut self) {
        let until_ms = self.world.now_ms + 1000 * self.world.random.below(40) as u64;
        let who = self.world.anybody();
        if let Some(line) = self.world.line_of(who).and_then(|id| self.world.lines.get_mut(&id)) {
            line.stalled_until_ms = until_ms;
        }
    }

    fn somebody_ends(&mut self) {
        if self.world.random.once_in(2) {
            let at = self.world.random.below(self.world.seats.len());
            let seat = &mut self.world.seats[at];
            seat.program.end(self.world.now_ms + seat.ahead_ms);
        } else {
            let at = self.world.random.below(self.world.desks.len());
            let desk = &mut self.world.desks[at];
            let talking = desk.talking().map(|shown| shown.conversation).next();
            if let Some(conversation) = talking {
                desk.program.end(self.world.now_ms + desk.ahead_ms, conversation, EndReason::Counselor);
            }
        }
    }

    /// Who is done makes room for somebody new; everybody has a line and does what people do.
    fn everybody_is_here(&mut self) {
        for at in 0..self.world.seats.len() {
            if self.world.seats[at].is_over() {
                self.world.somebody_else_comes(at);
            }
        }
        for line in self.world.lines.values_mut() {
            line.stalled_until_ms = 0;
        }
        for who in self.world.everybody() {
            self.world.connect(who);
            if let Who::Counselor(at) = who {
                self.world.desks[at].program.set_presence(Presence::Available);
            }
        }
        self.world.settle();
        for seat in &mut self.world.seats {
            seat.program.enter(self.world.now_ms + seat.ahead_ms);
        }
        self.world.settle();
        self.visitors_are_still_here();
        self.world.settle();
    }

    fn calm(&mut self) -> Verdict {
        let mut before = None;
        for _ in 0..CALM_ROUNDS {
            self.everybody_is_here();
            self.history.check(&self.world)?;
            let pairs = self.pairs();
            if pairs.is_some() && pairs == before {
                return Ok(());
            }
            before = pairs;
            self.clear_ended();
            self.helpers_leave();
            for _ in 0..4 {
                self.world.pass(8);
                self.world.settle();
                // Well within the thirty seconds that a question and an offer stand.
                self.visitors_are_still_here();
                self.everybody_accepts();
                self.world.settle();
            }
        }
        let phases: Vec<Phase> = self.world.seats.iter().map(|seat| seat.program.view().phase).collect();
        let desks: Vec<usize> = self.world.desks.iter().map(|desk| desk.talking().count()).collect();
        Err(format!("no calm, but visitors {phases:?} and counselors in {desks:?} conversations"))
    }

    /// Which desk talks with whom, where it is calm: a counselor with each, nobody waits while one is idle, and every screen
    /// says that the other side is there.
    fn pairs(&self) -> Option<Vec<(usize, ConversationId)>> {
        let talking = self.world.seats.iter().filter(|seat| seat.is_attended()).count();
        let desks = self.world.desks.iter().enumerate();
        let shown: Vec<_> = desks
            .flat_map(|(at, desk)| desk.program.view().conversations.iter().map(move |shown| (at, shown)))
            .collect();
        let attended: BTreeSet<ConversationId> = shown.iter().map(|(_, shown)| shown.conversation).collect();
        let is_here =
            |shown: &ShownConversation| (shown.state, shown.peer) == (ConversationState::Talking, PeerState::Here);
        let is_calm = shown.iter().all(|(_, shown)| is_here(shown))
            && shown.len() == talking
            && attended.len() == talking
            && talking >= self.may_attend().min(self.world.seats.len());
        is_calm.then(|| shown.iter().map(|(at, shown)| (*at, shown.conversation)).collect())
    }

    fn may_attend(&self) -> usize {
        self.world.desks.len() - self.world.barred.iter().count()
    }

    fn clear_ended(&mut self) {
        for desk in &mut self.world.desks {
            let shown: Vec<_> =
                desk.program.view().conversations.iter().map(|shown| (shown.conversation, shown.state)).collect();
            for (conversation, state) in shown {
                if !matches!(state, amparo_client::view::ConversationState::Talking) {
                    desk.program.clear(conversation);
                }
            }
        }
    }

    /// After everything, a word each way is read; who has just noticed that a line is dead gets the time for a new one.
    fn last_words(&mut self) -> Verdict {
        for seat in &mut self.world.seats {
            if seat.program.view().phase == Phase::Talking {
                seat.says(self.world.now_ms);
            }
        }
        self.world.desks.iter_mut().for_each(|desk| desk.says(self.world.now_ms));
        for round in 0..16 {
            if round == 6 {
                self.history.check_last_words(&self.world)?;
            }
            // What was said in the calm needs no press.
            if round >= 6 {
                self.world.desks.iter_mut().for_each(|desk| desk.sends_again(self.world.now_ms));
            }
            self.everybody_is_here();
            self.world.pass(5);
            self.world.settle();
            self.history.check(&self.world)?;
        }
        self.history.check_calm(&self.world)
    }
}
