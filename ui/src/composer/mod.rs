//! Where somebody writes. A textarea without a name and outside any form, so that the browser remembers nothing of it.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use crate::button::{Weight, button};
use crate::element::{El, el, follow};
use crate::texts::Texts;

/// Rows that the field grows to before it scrolls.
const MOST_ROWS: u32 = 5;

/// What is being written. It is the caller's, so that erasing everything erases it too.
#[derive(Clone)]
pub struct Draft {
    /// Followed where it is read inside [`follow`].
    pub read: Rc<dyn Fn() -> String>,
    pub write: Rc<dyn Fn(String)>,
    /// The browser may check the spelling; some send what is typed to their maker for it.
    pub spells: Rc<dyn Fn() -> bool>,
}

/// [`composer`] for a `view!`.
#[component]
pub fn Composer(
    draft: RwSignal<String>,
    on_send: Callback<String>,
    /// Told at each change of the draft; never with its text.
    #[prop(optional)]
    on_typing: Option<Callback<()>>,
) -> impl IntoView {
    let typing = move || on_typing.into_iter().for_each(|told| told.run(()));
    let draft = Draft {
        read: Rc::new(move || draft.get()),
        write: Rc::new(move |text| draft.set(text)),
        spells: Rc::new(|| false),
    };
    composer(draft, move |text| on_send.run(text), typing).into_leptos()
}

/// Empty text is never sent.
pub fn composer(draft: Draft, on_send: impl Fn(String) + 'static, on_typing: impl Fn() + 'static) -> El {
    let written = draft.clone();
    let send = Rc::new(move || {
        let text = untrack(|| (written.read)()).trim().to_owned();
        if !text.is_empty() {
            (written.write)(String::new());
            on_send(text);
        }
    });
    let field = field(draft, send.clone(), on_typing);
    let area: HtmlTextAreaElement = field.node_as();
    // The focus goes back to keep a phone's keyboard open for the next message. A field that is gone needs none.
    let press = move || {
        send();
        area.focus().unwrap_or_default();
    };
    let button = button("composer.send", Weight::Primary, "send", press);
    el("div", "am-composer").child(field).child(button)
}

fn field(draft: Draft, send: Rc<dyn Fn()>, on_typing: impl Fn() + 'static) -> El {
    // An empty field has no first letter to go by; its placeholder is in the language of the screen.
    let texts = Texts::here();
    let (read, spells) = (draft.read.clone(), draft.spells.clone());
    let direction = move || if read().is_empty() { texts.direction() } else { "auto" };
    let field = el("textarea", "am-composer__field")
        .attr("autocomplete", "off")
        .attr("autocorrect", "off")
        .live_attr("spellcheck", move || Some(String::from(if spells() { "true" } else { "false" })))
        .attr("writingsuggestions", "false")
        .attr("translate", "no")
        .say_attr("aria-label", "composer.label")
        .say_attr("placeholder", "composer.placeholder")
        .live_attr("dir", move || Some(direction().to_owned()))
        .test("composer-text");
    let area: HtmlTextAreaElement = field.node_as();
    follow_draft(draft.read, area.clone());
    let write = draft.write;
    field
        .on("input", move |_| {
            write(area.value());
            on_typing();
        })
        .on("keydown", move |ev| {
            if sends(ev.unchecked_ref()) {
                ev.prevent_default();
                send();
            }
        })
}

/// Its own typing is not written back, which would move the cursor. Measured after each change, whoever changed it.
fn follow_draft(read: Rc<dyn Fn() -> String>, area: HtmlTextAreaElement) {
    follow(move || {
        let text = read();
        if area.value() != text {
            area.set_value(&text);
        }
        fit_rows(&area);
    });
}

/// Enter sends where a real keyboard is likely; on a phone it makes a new line, and while an input method is choosing
/// characters it belongs to the input method (Safari reports that only as key code 229).
fn sends(ev: &KeyboardEvent) -> bool {
    ev.key() == "Enter" && !ev.shift_key() && !ev.is_composing() && ev.key_code() != 229 && has_fine_pointer()
}

fn has_fine_pointer() -> bool {
    let query = window().match_media("(hover: hover) and (pointer: fine)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

fn fit_rows(area: &HtmlTextAreaElement) {
    let mut rows = 1;
    area.set_rows(rows);
    while rows < MOST_ROWS && area.scroll_height() > area.client_height() {
        rows += 1;
        area.set_rows(rows);
    }
}
