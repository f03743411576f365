//! What the console asks of the page around it: the fragment of the address, title, language, the warning before leaving.
//!
//! Never: storage of any kind. A reload asks for the password again.

use amparo_protocol::language::Language;
use amparo_protocol::settings::Date;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BeforeUnloadEvent, Document, HtmlElement, Window};

/// A one-time secret that arrived in the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fragment {
    SetUp(String),
    Invitation(String),
    Demo(String),
}

impl Fragment {
    fn parse(fragment: &str) -> Option<Self> {
        let (name, secret) = fragment.trim_start_matches('#').split_once('=')?;
        match name {
            "setup" => Some(Self::SetUp(secret.to_owned())),
            "invite" => Some(Self::Invitation(secret.to_owned())),
            "demo" => Some(Self::Demo(secret.to_owned())),
            _ => None,
        }
    }
}

/// Reads the secret out of the address and removes it at once, so that it stays in no history and on no screen.
pub fn take_fragment() -> Option<Fragment> {
    let location = window().location();
    let fragment = location.hash().ok()?;
    if fragment.is_empty() {
        return None;
    }
    let path = location.pathname().ok()?;
    let history = window().history().ok()?;
    history
        .replace_state_with_url(&JsValue::NULL, "", Some(&path))
        .expect("the new address is of this page's own origin");
    Fragment::parse(&fragment)
}

/// A link of this kind pasted into a page that is open already starts the page anew with it.
pub fn reload_on_new_fragment() {
    let listener = Closure::<dyn Fn()>::new(|| {
        let location = window().location();
        if location.hash().is_ok_and(|fragment| Fragment::parse(&fragment).is_some()) {
            let _ = location.reload();
        }
    });
    let added = window().add_event_listener_with_callback("hashchange", listener.as_ref().unchecked_ref());
    added.expect("a window takes listeners");
    listener.forget();
}

/// Asks before the page goes while `is_needed`.
pub fn warn_before_leaving(is_needed: impl Fn() -> bool + 'static) {
    let listener = Closure::<dyn Fn(BeforeUnloadEvent)>::new(move |event: BeforeUnloadEvent| {
        if is_needed() {
            event.prevent_default();
            // Chromium before 119 asks only when a value was set.
            event.set_return_value("stay");
        }
    });
    let added = window().add_event_listener_with_callback("beforeunload", listener.as_ref().unchecked_ref());
    added.expect("a window takes listeners");
    listener.forget();
}

/// Tells of every key, press and turn of the wheel, wherever it goes.
pub fn on_touch(tell: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn()>::new(tell);
    for name in ["keydown", "pointerdown", "wheel"] {
        let added = document().add_event_listener_with_callback_and_bool(name, listener.as_ref().unchecked_ref(), true);
        added.expect("a document takes listeners");
    }
    listener.forget();
}

/// Tells when the page is put behind others and when it comes back.
pub fn on_visibility(tell: impl Fn(bool) + 'static) {
    let listener = Closure::<dyn Fn()>::new(move || tell(is_visible()));
    let added = document().add_event_listener_with_callback("visibilitychange", listener.as_ref().unchecked_ref());
    added.expect("a document takes listeners");
    listener.forget();
}

/// The first of the browser's languages that the console is written in.
pub fn preferred_language() -> Language {
    let tags = window().navigator().languages();
    let tags = tags.iter().filter_map(|tag| tag.as_string());
    let mut known = tags.filter_map(|tag| Language::from_tag(&tag));
    known.next().unwrap_or(Language::En)
}

/// This browser's day.
pub fn today() -> Date {
    let now = js_sys::Date::new(&JsValue::from_f64(amparo_ui::clock::now_ms() as f64));
    Date { year: now.get_full_year() as i16, month: now.get_month() as i8 + 1, day: now.get_date() as i8 }
}

/// The time zones this browser knows, its own first, then the one that is set and the world's.
pub fn time_zones(set: &str) -> Vec<String> {
    let own = js_sys::Reflect::get(&js_sys::global(), &"Intl".into());
    let own_zone = own.as_ref().ok().and_then(own_time_zone);
    let listed = own.ok().and_then(|intl| supported_time_zones(&intl)).unwrap_or_default();
    let first = own_zone.into_iter().chain([set.to_owned(), "UTC".to_owned()]);
    let mut zones: Vec<String> = Vec::new();
    for zone in first.chain(listed) {
        if !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    zones
}

fn own_time_zone(intl: &JsValue) -> Option<String> {
    let format = call(intl, "DateTimeFormat", &[])?;
    let options = call(&format, "resolvedOptions", &[])?;
    js_sys::Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// `None` in browsers of before 2022.
fn supported_time_zones(intl: &JsValue) -> Option<Vec<String>> {
    let zones = call(intl, "supportedValuesOf", &["timeZone".into()])?;
    Some(js_sys::Array::from(&zones).iter().filter_map(|zone| zone.as_string()).collect())
}

/// A function of the browser that may be missing, and may throw.
pub fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function = js_sys::Reflect::get(object, &name.into()).ok()?;
    let function: &js_sys::Function = function.dyn_ref()?;
    function.apply(object, &arguments.iter().collect::<js_sys::Array>()).ok()
}

pub fn set_document_language(language: Language) {
    let Some(root) = document().document_element() else { return };
    let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
    for (name, value) in [("lang", language.tag()), ("dir", direction)] {
        root.set_attribute(name, value).expect("both are valid attribute names");
    }
}

/// The tab is the one in front.
pub fn is_visible() -> bool {
    !document().hidden()
}

/// The window is the one that keys go to.
pub fn has_focus() -> bool {
    document().has_focus().unwrap_or(true)
}

/// The three parts of the desk stand side by side; the style sheet draws the same line.
pub fn is_wide() -> bool {
    let query = window().match_media("(min-width: 62rem)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

pub fn set_title(title: &str) {
    document().set_title(title);
}

/// The picture in the tab.
pub fn set_icon(address: &str) {
    if let Ok(Some(link)) = document().query_selector("link[rel=icon]") {
        link.set_attribute("href", address).expect("the attribute has a valid name");
    }
}

/// Scheme, host and port of this page, which are the relay's.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The address of this console with a secret in its fragment, to be given to somebody.
pub fn link_with(name: &str, secret: &str) -> String {
    let location = window().location();
    format!("{}{}#{name}={secret}", location.origin().unwrap_or_default(), location.pathname().unwrap_or_default())
}

/// What has the focus now.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Something that is written into.
pub fn is_field(element: &HtmlElement) -> bool {
    let is_choice = element.get_attribute("type").is_some_and(|kind| ["radio", "checkbox"].contains(&kind.as_str()));
    ["TEXTAREA", "INPUT"].contains(&element.tag_name().as_str()) && !is_choice
}

/// Gives the focus back; an element that is gone needs none.
pub fn focus(element: Option<HtmlElement>) {
    element.into_iter().for_each(|element| element.focus().unwrap_or_default());
}

fn window() -> Window {
    web_sys::window().expect("screens are drawn in a document only")
}

fn document() -> Document {
    window().document().expect("screens are drawn in a document only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_one_of_three_secrets_or_nothing() {
        assert_eq!(Fragment::parse("#setup=abc"), Some(Fragment::SetUp("abc".into())));
        assert_eq!(Fragment::parse("#invite=a=b"), Some(Fragment::Invitation("a=b".into())));
        assert_eq!(Fragment::parse("#demo=x"), Some(Fragment::Demo("x".into())));
        assert_eq!(Fragment::parse("#other=x"), None);
        assert_eq!(Fragment::parse("#setup"), None);
    }
}
