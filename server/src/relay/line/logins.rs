//! Logins that have ended: what they had open closes, and what had not yet said who it is closes when it does.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MemberId;
use amparo_protocol::limits::LOGIN_MAX_SECS;

use super::super::command::{LoginFacts, SessionId};
use super::Line;
use crate::store::login::LoginId;

/// No connection is longer without its first message.
const REMEMBERED_MS: u64 = 10 * 1000;
const LOGIN_MS: u64 = LOGIN_MAX_SECS * 1000;

#[derive(Clone, Copy)]
pub enum Which {
    Login(LoginId),
    /// All of this member, made before the moment at which they ended.
    AllOf(MemberId),
}

pub struct EndedLogins {
    which: Which,
    ended_at_ms: u64,
}

impl EndedLogins {
    fn are(&self, login: &LoginFacts) -> bool {
        match self.which {
            Which::Login(id) => login.id == id,
            Which::AllOf(member) => login.member == member && login.until_ms < self.ended_at_ms + LOGIN_MS,
        }
    }
}

impl Line {
    pub(super) fn logins_end(&mut self, now_ms: u64, which: Which) {
        self.close_counselors(now_ms, |seat| match which {
            Which::Login(id) => seat.login.id == id,
            Which::AllOf(member) => seat.login.member == member,
        });
        self.ended_logins.retain(|ended| ended.ended_at_ms + REMEMBERED_MS > now_ms);
        self.ended_logins.push(EndedLogins { which, ended_at_ms: now_ms });
    }

    /// `true`, and refused, where the login ended after the connection was opened with it.
    pub(super) fn refuses_login(&mut self, session: SessionId, login: &LoginFacts) -> bool {
        let has_ended = self.ended_logins.iter().any(|ended| ended.are(login));
        if has_ended {
            self.refuse(session, ErrorCode::SignIn);
        }
        has_ended
    }
}
