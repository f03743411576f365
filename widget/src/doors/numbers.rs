//! Numbers to call or to write to, each with what that leaves behind on the phone.

use amparo_protocol::wire::{Phone, PhoneKind};
use amparo_ui::clock;
use amparo_ui::element::{El, el};
use amparo_ui::texts::Texts;

use crate::chat::Chat;

pub fn numbers(chat: Chat) -> El {
    let list = el("ul", "am-doors__card").children(chat.phones().iter().map(row));
    el("div", "am-stack").child(list).when(move || opens(chat).is_some(), move || answered_again(chat))
}

fn opens(chat: Chat) -> Option<u64> {
    chat.view.with(|view| view.spoken().and_then(|spoken| spoken.phones_open_unix_secs))
}

fn answered_again(chat: Chat) -> El {
    let texts = Texts::here();
    let words = move || {
        let when = opens(chat).map(|opens| clock::moment(opens, texts.language())).unwrap_or_default();
        texts.fill("call.opens", &[("when", &when)])
    };
    el("p", "").test("phones-open").live_text(words)
}

fn row(phone: &Phone) -> El {
    let row = el("li", "am-door").test("phone");
    let row = match phone.kind {
        PhoneKind::Voice => row.child(dial(&phone.number)),
        PhoneKind::Sms => row.child(el("span", "").say("call.sms")).child(link("sms:", &phone.number)),
        PhoneKind::TextPhone => row.child(el("span", "").say("call.text-phone")).child(dial(&phone.number)),
    };
    let row = if phone.note.is_empty() { row } else { row.child(el("span", "").attr("dir", "auto").text(&phone.note)) };
    let trace = if phone.kind == PhoneKind::Sms { "call.sms-trace" } else { "call.trace" };
    row.child(el("span", "am-door__small").say(trace))
}

/// A number that can be pressed. Without a target: only so does a sandboxed frame hand it to the phone.
pub fn dial(number: &str) -> El {
    link("tel:", number)
}

fn link(scheme: &str, number: &str) -> El {
    el("a", "am-dial").attr("dir", "ltr").attr("href", &(String::from(scheme) + &dialled(number))).text(number)
}

/// Digits and a leading plus; what people write between them does not dial.
fn dialled(number: &str) -> String {
    let digits = number.char_indices().filter(|(at, sign)| sign.is_ascii_digit() || (*at == 0 && *sign == '+'));
    digits.map(|(_, sign)| sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_dials_by_its_digits() {
        assert_eq!(dialled("016"), "016");
        assert_eq!(dialled("+34 900 (116) 016"), "+34900116016");
        assert_eq!(dialled("900/11 60-16+"), "900116016");
    }
}
