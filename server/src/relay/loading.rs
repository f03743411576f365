//! What the owner task reads from the store, and the one thing it writes there about conversations: a number per day.
//!
//! Never: a message, a ticket or a place in the queue.

use std::collections::BTreeMap;

use amparo_protocol::api::{PublicationEntry, roles};
use amparo_protocol::desk::DeskSettings;
use amparo_protocol::language::Language;
use amparo_protocol::rota::Rota;
use amparo_protocol::settings::LineSettings;
use amparo_protocol::teams::Team;
use zeroize::Zeroizing;

use super::facts::{LineFacts, RosterFacts};
use super::hours::Schedule;
use super::rota::Turns;
use crate::app::Services;
use crate::clock::Time;
use crate::random::Random;
use crate::store::keys::TicketKey;
use crate::store::member::Member;
use crate::store::{Result, Store};

/// Former rosters that a running shift may name; each publication makes consoles certify anew within seconds.
const FORMER_ROSTERS: u64 = 4;
const DAY_SECS: u64 = 24 * 60 * 60;
/// The former ticket key still opens for this long.
const FORMER_KEY_SECS: u64 = 60 * 60;
const KEY_ID_BYTES: usize = 6;

pub async fn facts(services: &Services) -> Result<LineFacts> {
    let store = &services.store;
    let Some(organisation) = store.organisation().await? else { return Ok(LineFacts::default()) };
    let members = store.members().await?;
    let line = store.setting::<LineSettings>().await?.value;
    let desk = store.setting::<DeskSettings>().await?.value;
    let rota = store.setting::<Rota>().await?.value;
    let care = store.care().await?;
    Ok(LineFacts {
        organisation: organisation.name,
        org_key: organisation.org_key,
        demo: services.config.is_demo,
        rosters: rosters(store, &members).await?,
        sites: store.sites().await?.into_iter().map(|site| (site.key, site.settings)).collect(),
        teams: store.setting::<Vec<Team>>().await?.value,
        languages: languages(&members),
        languages_of: members.iter().map(|member| (member.id, member.languages.clone())).collect(),
        schedule: Schedule::new(line.clone()),
        turns: Turns::new(rota, &line.time_zone),
        line,
        cool_down_mins: desk.cool_down_mins,
        conversations_max: care.iter().map(|(member, care)| (*member, care.conversations_max)).collect(),
        valid_until: care.iter().filter_map(|(member, care)| Some((*member, care.valid_until?))).collect(),
    })
}

/// Newest first, never empty: a new one is made when the newest is a day old.
pub async fn ticket_keys(store: &Store, random: &Random, now: Time) -> Result<Vec<TicketKey>> {
    let mut keys = store.ticket_keys().await?;
    if keys.first().is_none_or(|newest| newest.made_at.plus_secs(DAY_SECS) <= now) {
        let id = amparo_protocol::id::to_base64(&random.bytes::<KEY_ID_BYTES>());
        let key = TicketKey { id, secret: Zeroizing::new(random.bytes()), made_at: now };
        store.add_ticket_key(&key).await?;
        keys.insert(0, key);
    }
    let oldest = now.minus_secs(DAY_SECS + FORMER_KEY_SECS);
    store.erase_ticket_keys_made_before(oldest).await?;
    keys.retain(|key| key.made_at >= oldest);
    Ok(keys)
}

async fn rosters(store: &Store, members: &[Member]) -> Result<BTreeMap<u64, RosterFacts>> {
    let mut rosters = BTreeMap::new();
    let Some(newest) = store.newest_roster().await? else { return Ok(rosters) };
    for seq in newest.seq.saturating_sub(FORMER_ROSTERS).max(1)..=newest.seq {
        if let Some(roster) = store.roster(seq).await? {
            let entries = entries(store, seq, members).await?;
            rosters.insert(seq, RosterFacts { roster: roster.roster, entries });
        }
    }
    Ok(rosters)
}

async fn entries(store: &Store, seq: u64, members: &[Member]) -> Result<Vec<PublicationEntry>> {
    let mut entries = Vec::new();
    for member in members {
        if let Some(entry) = store.roster_entry_of(seq, member.id).await? {
            entries.push(PublicationEntry {
                member: entry.member,
                roster_member: entry.roster_member,
                key_index: entry.key_index,
                badge: entry.badge,
                roles: entry.roles,
            });
        }
    }
    Ok(entries)
}

/// Every language that some counselor speaks, in the order of the language chooser.
fn languages(members: &[Member]) -> Vec<Language> {
    let is_counselor = |member: &&Member| member.approved_at.is_some() && member.roles & roles::COUNSELOR != 0;
    let spoken =
        |language: &Language| members.iter().filter(is_counselor).any(|member| member.languages.contains(language));
    Language::ALL.into_iter().filter(spoken).collect()
}

/// So many more in the counters of a day.
pub async fn count(services: &Services, day: i64, language: Language, what: &str, times: u64) {
    if let Err(cause) = services.store.count(day, language.tag(), "web", what, times).await {
        tracing::error!(%cause, "a counter of the day could not be written");
    }
}
