//! Nobody can be reached here now: a list of open doors, and the short code where a webmaster may need it.

use amparo_protocol::error::ErrorCode;
use amparo_ui::element::{El, el};
use amparo_ui::texts::{Texts, number};

use crate::chat::Chat;
use crate::doors::doors;
use crate::screens::{page, sentence};

pub fn closed(chat: Chat) -> El {
    open_doors(chat, "closed.heading", "closed.text")
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
        ErrorCode::Ticket | ErrorCode::Ended | ErrorCode::NothingToContinue => "refused.over",
        _ => "refused.text",
    };
    let short = number(code.close_code().into());
    let code = move || texts.fill("refused.code", &[("code", &short)]);
    open_doors(chat, "refused.heading", text).child(el("p", "am-code").test("code").live_text(code))
}

fn open_doors(chat: Chat, heading: &'static str, text: &'static str) -> El {
    page(heading).child(sentence(text)).child(doors(chat, true))
}
