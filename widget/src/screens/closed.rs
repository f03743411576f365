//! Nobody can be reached here now: a list of open doors, and the short code where a webmaster may need it.

use amparo_protocol::error::ErrorCode;
use amparo_ui::clock;
use amparo_ui::element::{El, el};
use amparo_ui::texts::{Texts, number};

use crate::chat::Chat;
use crate::doors::{doors, links};
use crate::screens::{page, sentence};

pub fn closed(chat: Chat) -> El {
    page("closed.heading")
        .when(move || not_spoken(chat).is_some(), move || el("p", "").test("not-spoken").live_text(who_is_spoken(chat)))
        .when(move || opens(chat).is_some(), move || el("p", "").test("opens").live_text(open_again(chat)))
        .child(sentence("closed.text"))
        .child(doors(chat, true))
        .child(links(chat))
}

fn opens(chat: Chat) -> Option<u64> {
    chat.view.with(|view| view.line().and_then(|line| line.opens_unix_secs))
}

fn open_again(chat: Chat) -> impl Fn() -> String {
    let texts = Texts::here();
    move || {
        let when = opens(chat).map(|opens| clock::moment(opens, texts.language())).unwrap_or_default();
        texts.fill("closed.opens", &[("when", &when)])
    }
}

/// What the counselors speak, where it is not what she has chosen.
fn not_spoken(chat: Chat) -> Option<String> {
    let chosen = chat.language.get();
    chat.view.with(|view| {
        let spoken = &view.welcome.as_ref()?.languages;
        let names = spoken.iter().map(|language| language.own_name()).collect::<Vec<_>>().join(", ");
        (!spoken.is_empty() && !spoken.contains(&chosen)).then_some(names)
    })
}

fn who_is_spoken(chat: Chat) -> impl Fn() -> String {
    let texts = Texts::here();
    move || texts.fill("closed.not-spoken", &[("languages", &not_spoken(chat).unwrap_or_default())])
}

pub fn full(chat: Chat) -> El {
    open_doors(chat, "full.heading", "full.text")
}

/// The relay was never reached; the connection keeps trying behind this screen.
pub fn unreachable(chat: Chat) -> El {
    open_doors(chat, "unreachable.heading", "unreachable.text")
}

pub fn refused(chat: Chat, code: ErrorCode) -> El {
    let texts = Texts::here();
    let text = match code {
        ErrorCode::Elsewhere => "refused.elsewhere",
        ErrorCode::TooManyAttempts => "refused.too-many",
        ErrorCode::Clock => "refused.clock",
        ErrorCode::Ticket | ErrorCode::Ended | ErrorCode::NothingToContinue => "refused.over",
        _ => "refused.text",
    };
    let short = number(code.close_code().into());
    let code = move || texts.fill("refused.code", &[("code", &short)]);
    open_doors(chat, "refused.heading", text).child(el("p", "am-code").test("code").live_text(code))
}

fn open_doors(chat: Chat, heading: &'static str, text: &'static str) -> El {
    page(heading).child(sentence(text)).child(doors(chat, true)).child(links(chat))
}
