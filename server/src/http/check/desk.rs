//! What a supervisor or an administrator may put beside the conversations.

use amparo_protocol::desk::{DeskSettings, MemberCare, Phrase, Referral};

use super::{Checked, NAME_MAX_CHARS, is_distinct, line, number, require};
use crate::relay::wall::is_date;

const PHRASES_MAX: usize = 500;
const REFERRALS_MAX: usize = 500;
const CODE_MAX_BYTES: usize = 20;
const PHRASE_MAX_CHARS: usize = 500;
const COOL_DOWN_MAX_MINS: u8 = 60;
const CONVERSATIONS: std::ops::RangeInclusive<u8> = 1..=5;

pub fn settings(settings: &DeskSettings) -> Checked {
    require(settings.cool_down_mins <= COOL_DOWN_MAX_MINS)?;
    require(settings.phrases.len() <= PHRASES_MAX && settings.referrals.len() <= REFERRALS_MAX)?;
    let codes: Vec<_> = settings.phrases.iter().map(|phrase| (phrase.language, phrase.code.as_str())).collect();
    require(is_distinct(&codes))?;
    settings.phrases.iter().try_for_each(phrase)?;
    settings.referrals.iter().try_for_each(referral)
}

pub fn care(care: &MemberCare) -> Checked {
    require(CONVERSATIONS.contains(&care.conversations_max) && care.valid_until.is_none_or(is_date))
}

fn phrase(phrase: &Phrase) -> Checked {
    let is_sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    require((1..=CODE_MAX_BYTES).contains(&phrase.code.len()) && phrase.code.bytes().all(is_sign))?;
    line(&phrase.text, 1, PHRASE_MAX_CHARS)
}

fn referral(referral: &Referral) -> Checked {
    line(&referral.name, 1, NAME_MAX_CHARS)?;
    number(&referral.number)?;
    line(&referral.area, 0, NAME_MAX_CHARS)?;
    require(is_distinct(&referral.languages) && is_date(referral.checked))
}
