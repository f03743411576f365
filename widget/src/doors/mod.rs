//! The other ways to help: phones, WhatsApp, pages that help. The same wherever one is needed.

mod numbers;
mod whatsapp;

use amparo_protocol::wire::Link;
use amparo_ui::element::{El, el};

use crate::chat::Chat;
pub use crate::doors::numbers::{dial, numbers};
use crate::doors::whatsapp::whatsapp;

/// Phones; and WhatsApp where nobody answers here (`instead`) or where the organisation wants it everywhere.
pub fn doors(chat: Chat, instead: bool) -> El {
    el("div", "am-doors")
        .slot(move || chat.ways.get(), move || Some(numbers(chat)))
        .slot(move || chat.ways.get(), move || whatsapp(chat, instead))
}

/// Pages of the organisation's choice. Each opens beside this one, so that a place in the queue is kept.
pub fn links(chat: Chat) -> El {
    el("div", "").slot(
        move || chat.ways.get(),
        move || {
            let links = chat.view.with(|view| view.spoken().map(|spoken| spoken.links.clone())).unwrap_or_default();
            (!links.is_empty()).then(|| {
                let list = el("ul", "am-doors__card").test("links").children(links.iter().map(page));
                el("div", "am-stack").child(el("p", "").say("links.heading")).child(list)
            })
        },
    )
}

fn page(link: &Link) -> El {
    el("li", "am-door").child(away(&link.address).attr("dir", "auto").text(&link.title))
}

/// A link that opens beside this page and tells the other side nothing about it.
fn away(address: &str) -> El {
    el("a", "am-door__link").attr("href", address).attr("target", "_blank").attr("rel", "noopener noreferrer")
}
