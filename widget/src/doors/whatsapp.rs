//! The hand-off to WhatsApp: what it leaves behind is read before the link can be pressed.
//!
//! Never: a word of the conversation, a topic, or anything about this visit in the address.

use amparo_protocol::wire::{QrCode, WhatsApp};
use amparo_ui::clock;
use amparo_ui::element::{El, el, svg};
use amparo_ui::texts::{Texts, number};

use crate::chat::Chat;
use crate::doors::away;
use crate::screens::sentence;

/// Light modules around the code that scanners need.
const QUIET_MODULES: u32 = 4;

pub fn whatsapp(chat: Chat, instead: bool) -> Option<El> {
    let whatsapp = chat.whatsapp().filter(|whatsapp| instead || whatsapp.always)?;
    let lines = el("ul", "am-lines").child(el("li", "").live_text(seen(chat)));
    let lines = lines.children(["whatsapp.stays", "whatsapp.name", "whatsapp.delete"].map(|key| el("li", "").say(key)));
    let number = el("span", "am-door__small").attr("dir", "ltr").text(&(String::from("+") + &whatsapp.digits));
    let link = away(&address(&whatsapp)).test("whatsapp").say("whatsapp.open");
    let card = el("details", "am-doors__card am-handoff")
        .test("whatsapp-card")
        .child(el("summary", "").say("whatsapp.summary"))
        .child(sentence("whatsapp.before"))
        .child(lines);
    let card = match whatsapp.opens_unix_secs {
        Some(opens) => card.child(el("p", "").live_text(answered_again(opens))),
        None => card,
    };
    let card = card.child(el("p", "am-door").child(link).child(number));
    Some(if whatsapp.qr.size == 0 { card } else { card.child(scan(&whatsapp.qr)) })
}

fn seen(chat: Chat) -> impl Fn() -> String {
    let texts = Texts::here();
    move || {
        let organisation = chat.view.with(|view| view.welcome.as_ref().map(|welcome| welcome.organisation.clone()));
        match organisation {
            Some(name) => texts.fill("whatsapp.seen", &[("organisation", &name)]),
            None => texts.get("whatsapp.seen-unnamed"),
        }
    }
}

fn answered_again(opens_unix_secs: u64) -> impl Fn() -> String {
    let texts = Texts::here();
    move || texts.fill("whatsapp.opens", &[("when", &clock::moment(opens_unix_secs, texts.language()))])
}

/// Digits, and at most a neutral greeting that the organisation has written.
fn address(whatsapp: &WhatsApp) -> String {
    let address = String::from("https://wa.me/") + &whatsapp.digits;
    if whatsapp.text.is_empty() {
        return address;
    }
    let text = js_sys::encode_uri_component(&whatsapp.text);
    address + "?text=" + &String::from(text)
}

/// For a computer: the same link as a picture for the phone's camera, drawn here.
fn scan(code: &QrCode) -> El {
    let side = number(u32::from(code.size) + 2 * QUIET_MODULES);
    let drawing = svg("svg", "am-handoff__code")
        .attr("viewBox", &(String::from("0 0 ") + &side + " " + &side))
        .attr("role", "img")
        .say_attr("aria-label", "whatsapp.scan")
        .test("whatsapp-code")
        .child(svg("path", "").attr("d", &dark_modules(code)));
    el("div", "am-handoff__scan").child(drawing).child(sentence("whatsapp.scan"))
}

fn dark_modules(code: &QrCode) -> String {
    let size = u32::from(code.size);
    let mut path = String::new();
    for at in 0..size * size {
        let byte = code.modules.get(at as usize / 8).copied().unwrap_or_default();
        if byte & (0x80 >> (at % 8)) != 0 {
            path =
                path + "M" + &number(at % size + QUIET_MODULES) + "," + &number(at / size + QUIET_MODULES) + "h1v1h-1z";
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dark_module_is_a_square_inside_the_quiet_zone() {
        let code = QrCode { size: 3, modules: vec![0b1000_0000, 0b1000_0000] };
        assert_eq!(dark_modules(&code), "M4,4h1v1h-1zM6,6h1v1h-1z");
        assert_eq!(dark_modules(&QrCode { size: 9, modules: Vec::new() }), "");
    }
}
