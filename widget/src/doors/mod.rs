//! The other ways to help: phones, and the informed hand-off to WhatsApp. The same list wherever one is needed.

use amparo_protocol::wire::Phone;
use amparo_ui::element::{El, el};
use amparo_ui::texts::Texts;

use crate::chat::Chat;

/// Phones; and WhatsApp where nobody answers here (`instead`) or where the organisation wants it everywhere.
pub fn doors(chat: Chat, instead: bool) -> El {
    el("div", "am-doors")
        .slot(move || chat.welcomes(), move || Some(el("ul", "am-doors__card").children(chat.phones().iter().map(row))))
        .slot(move || chat.welcomes(), move || whatsapp(chat, instead))
}

/// A number with what a call leaves behind on the phone.
fn row(phone: &Phone) -> El {
    let row = el("li", "am-door").test("phone").child(dial(&phone.number));
    let row = if phone.note.is_empty() { row } else { row.child(el("span", "").attr("dir", "auto").text(&phone.note)) };
    row.child(el("span", "am-door__small").say("call.trace"))
}

/// A number that can be pressed. Without a target: only so does a sandboxed frame hand it to the phone.
pub fn dial(number: &str) -> El {
    el("a", "am-dial").attr("dir", "ltr").attr("href", &dial_address(number)).text(number)
}

/// The warning stands before the link, on the screen and for a screen reader.
fn whatsapp(chat: Chat, instead: bool) -> Option<El> {
    let (organisation, digits) = chat.view.with(|view| {
        let welcome = view.welcome.as_ref()?;
        let whatsapp = welcome.whatsapp.as_ref().filter(|whatsapp| instead || whatsapp.always)?;
        Some((welcome.organisation.clone(), whatsapp.digits.clone()))
    })?;
    let texts = Texts::here();
    let warning = move || texts.fill("whatsapp.warning", &[("organisation", &organisation)]);
    let link = el("a", "am-door__link")
        .attr("href", &(String::from("https://wa.me/") + &digits))
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .test("whatsapp")
        .say("whatsapp.open");
    Some(el("div", "am-doors__card am-door").child(el("p", "am-door__small").live_text(warning)).child(link))
}

/// Digits and a leading plus; what people write between them does not dial.
fn dial_address(number: &str) -> String {
    let digits = number.char_indices().filter(|(at, sign)| sign.is_ascii_digit() || (*at == 0 && *sign == '+'));
    String::from("tel:") + &digits.map(|(_, sign)| sign).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_dials_by_its_digits() {
        assert_eq!(dial_address("016"), "tel:016");
        assert_eq!(dial_address("+34 900 (116) 016"), "tel:+34900116016");
        assert_eq!(dial_address("900/11 60-16+"), "tel:900116016");
    }
}
