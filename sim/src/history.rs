//! What people have seen, and what of it must never have been: a message twice or out of order, "delivered" that nobody
//! read, "available" with nobody there, somebody else's words, two counselors in one conversation.

use std::collections::{BTreeMap, BTreeSet};

use amparo_client::view::{Content, MessageState, ShownConversation, ShownMessage};
use amparo_protocol::id::ConversationId;

use crate::people::{Seat, of_visitor, own, text, theirs};
use crate::world::World;

/// Design D8.
const AVAILABLE_AT_MOST_MS: u64 = 25_000;

/// A sentence that says what was wrong.
pub type Verdict = Result<(), String>;

#[derive(Default)]
pub struct History {
    /// Every text of somebody else that any counselor's screen has shown.
    read_by_counselors: BTreeSet<String>,
    read_by_visitors: BTreeSet<String>,
    /// Whose words a conversation holds.
    visitor_of: BTreeMap<ConversationId, String>,
}

impl History {
    pub fn check(&mut self, world: &World) -> Verdict {
        self.read(world)?;
        for seat in &world.seats {
            let messages = &seat.program.view().messages;
            once(messages)?;
            in_order(world, upto_gap(messages))?;
            delivered(messages, &self.read_by_counselors)?;
            if let Some(stranger) =
                messages.iter().filter_map(text).find(|text| is_a_visitors(text) && !text.starts_with(&seat.name))
            {
                return Err(format!("{} reads what another visitor wrote: {stranger}", seat.name));
            }
            self.no_lie_about_presence(world, seat)?;
        }
        for desk in &world.desks {
            for shown in &desk.program.view().conversations {
                once(&shown.messages)?;
                in_order(world, upto_gap(&shown.messages))?;
                delivered(&shown.messages, &self.read_by_visitors)?;
            }
        }
        world.crossed.check()
    }

    /// In the calm at the end: one counselor each, whom her screen names and who has read everything since they got the key.
    pub fn check_calm(&self, world: &World) -> Verdict {
        for seat in world.seats.iter().filter(|seat| seat.is_attended()) {
            let is_hers = |shown: &&ShownConversation| {
                shown.messages.iter().filter_map(of_visitor).any(|text| text.starts_with(&seat.name))
            };
            let with: Vec<_> = (world.desks.iter())
                .flat_map(|desk| desk.talking().filter(is_hers).map(move |shown| (desk.name, shown)))
                .collect();
            let [(name, shown)] = with[..] else {
                return Err(format!("{} counselors talk with {}", with.len(), seat.name));
            };
            let readers: Vec<&str> = seat.program.view().readers.iter().map(|badge| badge.pseudonym.as_str()).collect();
            if readers != [name] {
                return Err(format!("{name} talks with {}, and her screen names {readers:?}", seat.name));
            }
            both_have_read(seat, shown)?;
            in_order(world, &seat.program.view().messages)?;
            in_order(world, &shown.messages)?;
        }
        Ok(())
    }

    /// What was said last, when everybody was there, has arrived by itself.
    pub fn check_last_words(&self, world: &World) -> Verdict {
        for shown in world.desks.iter().flat_map(|desk| desk.talking()) {
            let last = shown.messages.iter().filter_map(own).next_back();
            if let Some((text, state)) = last.filter(|(_, state)| *state != MessageState::Delivered) {
                return Err(format!("{text} is {state:?} in the calm"));
            }
        }
        Ok(())
    }

    fn read(&mut self, world: &World) -> Verdict {
        self.read_by_counselors.extend(world.read_before.iter().cloned());
        for seat in &world.seats {
            self.read_by_visitors.extend(seat.program.view().messages.iter().filter_map(theirs).map(str::to_owned));
        }
        let shown = world
            .desks
            .iter()
            .flat_map(|desk| desk.program.view().conversations.iter().map(move |shown| (desk, shown)));
        for (desk, shown) in shown {
            for text in shown.messages.iter().filter_map(of_visitor) {
                let name = text.split_once(" says ").map_or(text, |(name, _)| name);
                if !world.named.contains(&(name.to_owned(), desk.name.to_owned())) {
                    return Err(format!("{} reads {text}, and was never named on that screen", desk.name));
                }
                let known = self.visitor_of.entry(shown.conversation).or_insert_with(|| name.to_owned());
                if known != name {
                    return Err(format!("a conversation of {known} shows what {name} wrote"));
                }
                self.read_by_counselors.insert(text.to_owned());
            }
        }
        Ok(())
    }

    fn no_lie_about_presence(&self, world: &World, seat: &Seat) -> Verdict {
        let age_ms = world.now_ms.saturating_sub(world.last_answer_ms);
        if seat.program.may_show_available(world.now_ms + seat.ahead_ms) && age_ms > AVAILABLE_AT_MOST_MS {
            return Err(format!("{} reads \"available\", and nobody has answered for {age_ms} ms", seat.name));
        }
        Ok(())
    }
}

fn is_a_visitors(text: &str) -> bool {
    text.starts_with("visitor ")
}

/// Everything that either wrote in this conversation is delivered, and stands on the other's screen.
fn both_have_read(seat: &Seat, shown: &ShownConversation) -> Verdict {
    let read: Vec<&str> = shown.messages.iter().filter_map(of_visitor).collect();
    let last = &seat.said[seat.said.len().saturating_sub(read.len())..];
    if read != last {
        return Err(format!("{}: {} of {} were read, with a hole", seat.name, read.len(), seat.said.len()));
    }
    let hers = &seat.program.view().messages;
    let undelivered = |(_, state): &(&str, MessageState)| *state != MessageState::Delivered;
    if let Some((text, state)) = hers.iter().chain(&shown.messages).filter_map(own).find(undelivered) {
        return Err(format!("{text} is {state:?} in the calm"));
    }
    let answers: BTreeSet<&str> = hers.iter().filter_map(theirs).collect();
    match shown.messages.iter().filter_map(own).find(|(text, _)| !answers.contains(text)) {
        Some((lost, _)) => Err(format!("{lost} is not on the screen of {}", seat.name)),
        None => Ok(()),
    }
}

fn once(messages: &[ShownMessage]) -> Verdict {
    let mut shown = BTreeSet::new();
    let twice = messages.iter().filter_map(text).find(|text| !shown.insert(*text));
    twice.map_or(Ok(()), |text| Err(format!("{text} is shown twice")))
}

/// Behind a gap the screen has said that something of before is missing: until it has come, it may come behind.
fn upto_gap(messages: &[ShownMessage]) -> &[ShownMessage] {
    let gap = messages.iter().position(|message| message.content == Content::Gap);
    &messages[..gap.unwrap_or(messages.len())]
}

/// But for what was sent again by a press: that stands where it was sent then.
fn in_order(world: &World, messages: &[ShownMessage]) -> Verdict {
    let is_again = |text: &&str| world.desks.iter().any(|desk| desk.again.contains(*text));
    let mut last = BTreeMap::new();
    for text in messages.iter().filter_map(text).filter(|text| !is_again(text)) {
        let (author, number) = text.split_once(" says ").unwrap_or((text, ""));
        if let Some(before) = last.insert(author, number)
            && before > number
        {
            return Err(format!("{author}: {number} is shown after {before}"));
        }
    }
    Ok(())
}

/// "Delivered" is said only of what a screen of the other side has shown.
fn delivered(messages: &[ShownMessage], read: &BTreeSet<String>) -> Verdict {
    for message in messages {
        if let Content::Own { text, state: MessageState::Delivered } = &message.content
            && !read.contains(text)
        {
            return Err(format!("{text} is called delivered, and nobody has read it"));
        }
    }
    Ok(())
}
