//! The frame of every screen: title, language, the emergency number, and below it the screen itself.

use std::cell::Cell;

use amparo_protocol::language::Language;
use amparo_protocol::wire::{Accent, Colour};
use amparo_ui::button::{Weight, button};
use amparo_ui::element::{El, el, follow};
use amparo_ui::texts::{Texts, number};
use leptos::ev;
use leptos::prelude::{document, request_animation_frame, untrack, window_event_listener};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlElement, HtmlSelectElement};

use crate::chat::Chat;
use crate::choices::Choice;
use crate::doors::dial;
use crate::port::{Port, Start};
use crate::screens::Screen;

/// The whole widget.
pub fn app(start: Start, port: Port) -> El {
    let texts = Texts::provide(start.language, &start.texts);
    let title = start.title.clone();
    let chat = Chat::open(start, port, texts);
    let screen = move || chat.view.with(|view| Screen::of(view, chat.step.get(), chat.no_pass.get()));
    follow_language(texts, chat.start.standalone);
    follow_keyboard(chat);
    follow_accent(chat);
    let widget = el("div", "am-widget")
        .test("screen")
        .live_attr("data-screen", move || Some(chat.view.with(|view| screen().name(view.phase)).to_owned()))
        .child(head(chat, title, screen))
        .slot(move || chat.emergency().map_or(0, |number| 1 + number.len() as u32), move || emergency(chat))
        .when(move || chat.is_demonstration(), || el("p", "am-demo").test("demo").say("demo"))
        .child(main(chat, screen))
        .child(cover());
    follow_height(chat, widget.node_as());
    cover_when_away(chat);
    widget
}

fn head(chat: Chat, title: String, screen: impl Fn() -> Screen + 'static) -> El {
    let texts = Texts::here();
    let title = move || if title.is_empty() { texts.get("title") } else { title.clone() };
    let head = el("header", "am-head")
        .child(el("h1", "am-head__title").attr("dir", "auto").live_text(title))
        .when(move || screen() != Screen::Welcome, move || language_chooser(chat));
    if chat.start.standalone {
        return head;
    }
    head.child(button("hide", Weight::Plain, "hide", move || chat.close_panel()))
}

/// Draws another screen only when it is another one, and then lets a screen reader start at its heading.
fn main(chat: Chat, screen: impl Fn() -> Screen + Copy + 'static) -> El {
    let main = el("main", "am-main");
    let drawn = main.clone();
    let is_first = Cell::new(true);
    main.slot(
        move || screen().number(),
        move || {
            if !is_first.replace(false) {
                let drawn = drawn.clone();
                request_animation_frame(move || focus_heading(&drawn));
            }
            Some(screen().draw(chat))
        },
    )
}

fn focus_heading(main: &El) {
    // A screen without a heading leaves the focus where it is.
    if let Ok(Some(heading)) = main.node().query_selector("[tabindex='-1']") {
        let heading: &HtmlElement = heading.unchecked_ref();
        heading.focus().unwrap_or_default();
    }
}

/// On every screen, from the first moment.
fn emergency(chat: Chat) -> Option<El> {
    let number = chat.emergency()?;
    let line = el("aside", "am-emergency").test("emergency").child(el("span", "").say("emergency"));
    Some(line.child(dial(&number)).child(el("span", "am-emergency__trace").say("call.trace")))
}

/// Changes the sentences; in the queue or a conversation it changes nothing else.
fn language_chooser(chat: Chat) -> El {
    let options = Language::ALL.map(|language| {
        let option = el("option", "").attr("value", language.tag()).attr("lang", language.tag());
        let option = if language == chat.language.get_untracked() { option.attr("selected", "") } else { option };
        option.text(language.own_name())
    });
    let field = el("select", "am-language__field").test("language").children(options);
    let select: HtmlSelectElement = field.node_as();
    let choose =
        move |_| Language::from_tag(&select.value()).into_iter().for_each(|chosen| chat.choose_language(chosen));
    el("label", "am-language").child(el("span", "am-unseen").say("language")).child(field.on("change", choose))
}

/// Stands in place of the screen while it is covered.
fn cover() -> El {
    let show = button("cover.show", Weight::Secondary, "uncover", || set_covered(false));
    el("div", "am-cover").test("cover").child(show)
}

/// At once, before the system keeps a picture of the window; what is drawn by signals comes a moment later.
fn set_covered(is_covered: bool) {
    let body = document().body().expect("the frame's document has a body");
    let changed =
        if is_covered { body.set_attribute("data-covered", "") } else { body.remove_attribute("data-covered") };
    changed.expect("the name is valid");
}

/// Where she or the site wants it, what was written is covered as soon as the page is hidden or not in front.
fn cover_when_away(chat: Chat) {
    let cover = move || {
        let has_written = chat.view.with_untracked(|view| !view.messages.is_empty());
        let has_draft = chat.draft.with_untracked(|draft| !draft.is_empty());
        if (has_written || has_draft) && untrack(|| chat.is_on(Choice::Cover)) {
            set_covered(true);
        }
    };
    // For as long as the document lives.
    window_event_listener(ev::blur, move |_| cover());
    let hidden = Closure::<dyn Fn()>::new(move || {
        if document().hidden() {
            cover();
        }
    });
    let listened =
        document().add_event_listener_with_callback("visibilitychange", hidden.into_js_value().unchecked_ref());
    listened.expect("a listener is a function");
}

/// The organisation's colour in place of ours, in both schemes; the relay has made it readable.
fn follow_accent(chat: Chat) {
    follow(move || {
        let accent = chat.view.with(|view| view.welcome.as_ref().and_then(|welcome| welcome.manner.accent));
        let root: HtmlElement = document().document_element().expect("a document has a root element").unchecked_into();
        for (name, colour) in accent.into_iter().flat_map(|Accent { light, dark }| [(LIGHT, light), (DARK, dark)]) {
            root.style().set_property(name, &rgb(colour)).expect("the property exists");
        }
    });
}

const LIGHT: &str = "--am-own-light";
const DARK: &str = "--am-own-dark";

fn rgb(Colour { red, green, blue }: Colour) -> String {
    let parts = [red, green, blue].map(|part| number(part.into()));
    String::from("rgb(") + &parts.join(" ") + ")"
}

/// The document's language and direction, for fonts, screen readers and layout.
fn follow_language(texts: Texts, standalone: bool) {
    follow(move || {
        let root = document().document_element().expect("a document has a root element");
        for (name, value) in [("lang", texts.language().tag()), ("dir", texts.direction())] {
            root.set_attribute(name, value).expect("the names are fixed and valid");
        }
        // A frame's title is for screen readers; that of a page of its own stays as it is in the history.
        if !standalone {
            document().set_title(&texts.get("title"));
        }
    });
}

/// An on-screen keyboard covers part of the frame; the widget keeps to what is visible.
fn follow_height(chat: Chat, widget: HtmlElement) {
    follow(move || {
        let height = chat.height.get().map_or(String::new(), |height| number(height) + "px");
        widget.style().set_property("block-size", &height).expect("the property exists");
    });
}

fn follow_keyboard(chat: Chat) {
    // For as long as the document lives.
    window_event_listener(ev::keydown, move |ev| {
        let other_modifier = ev.alt_key() || ev.ctrl_key() || ev.meta_key();
        chat.on_key(|watch| watch.on_key_down(&ev.key(), other_modifier, ev.repeat()));
    });
    window_event_listener(ev::keyup, move |ev| chat.on_key(|watch| watch.on_key_up(&ev.key())));
}
