//! Elements of a page, made once and kept up to date by Leptos' signals.
//!
//! The widget is drawn with these instead of `view!`: there every closure and every shape of an element becomes a piece
//! of program of its own, about 1.5 KB for each, which a visitor on a bad line would wait for. Here all share one.

use std::any::Any;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, Event, Node};

use crate::texts::Texts;

/// An element that is being made. What is `live` follows the signals it reads until the owner it was made under is gone.
#[derive(Clone)]
pub struct El {
    node: Element,
}

pub fn el(tag: &str, class: &str) -> El {
    let node = document().create_element(tag).expect("our tags are valid");
    El { node }.class(class)
}

/// An element of a drawing.
pub fn svg(tag: &str, class: &str) -> El {
    let node = document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag).expect("our tags are valid");
    El { node }.class(class)
}

impl El {
    pub fn node(&self) -> &Element {
        &self.node
    }

    /// The node as what its tag makes it; the caller knows the tag.
    pub fn node_as<T: JsCast + Clone>(&self) -> T {
        self.node.unchecked_ref::<T>().clone()
    }

    fn class(self, class: &str) -> Self {
        if class.is_empty() { self } else { self.attr("class", class) }
    }

    pub fn attr(self, name: &str, value: &str) -> Self {
        set(&self.node, name, Some(value));
        self
    }

    /// The hook for tests.
    pub fn test(self, name: &str) -> Self {
        self.attr("data-test", name)
    }

    /// Plain text; never read as HTML.
    pub fn text(self, text: &str) -> Self {
        append(&self.node, &document().create_text_node(text));
        self
    }

    /// The sentence under a key of the texts; follows the language.
    pub fn say(self, key: &'static str) -> Self {
        let texts = Texts::here();
        self.live_text(move || texts.get(key))
    }

    pub fn live_text(self, text: impl Fn() -> String + 'static) -> Self {
        let node = document().create_text_node("");
        append(&self.node, &node);
        follow_text(Box::new(text), Box::new(move |text| node.set_data(text)));
        self
    }

    /// An attribute that is there while `value` gives one.
    pub fn live_attr(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        follow_attr(self.node.clone(), name, Box::new(value));
        self
    }

    /// An attribute whose value is the sentence under a key.
    pub fn say_attr(self, name: &'static str, key: &'static str) -> Self {
        let texts = Texts::here();
        self.live_attr(name, move || Some(texts.get(key)))
    }

    /// An attribute without a value that is there or not, such as `disabled`.
    pub fn flag(self, name: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        self.live_attr(name, move || is_on().then(String::new))
    }

    /// The class is there while `is_on`.
    pub fn live_class(self, class: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        follow_class(self.node.clone(), class, Box::new(is_on));
        self
    }

    pub fn child(self, child: El) -> Self {
        append(&self.node, &child.node);
        self
    }

    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    /// A place where one element may stand. `which` says in a number what is to stand there; only when the number is
    /// another one, `make` is asked for a new element, or none.
    pub fn slot(self, which: impl Fn() -> u32 + 'static, make: impl Fn() -> Option<El> + 'static) -> Self {
        follow_slot(&self.node, Box::new(which), Box::new(make));
        self
    }

    /// An element that is there while `is_there`.
    pub fn when(self, is_there: impl Fn() -> bool + 'static, make: impl Fn() -> El + 'static) -> Self {
        let is_there = std::rc::Rc::new(is_there);
        let which = is_there.clone();
        self.slot(move || u32::from(which()), move || untrack(|| is_there()).then(&make))
    }

    pub fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Self {
        listen(&self.node, event, Box::new(act));
        self
    }

    pub fn on_press(self, act: impl Fn() + 'static) -> Self {
        self.on("click", move |_| act())
    }

    /// For a `view!` of the console. Its wrapper takes no part in layout.
    pub fn into_leptos(self) -> impl IntoView {
        let host = NodeRef::<Div>::new();
        host.on_load(move |host| append(&host, &self.node));
        view! { <div class="am-host" node_ref=host></div> }
    }
}

/// Runs `work` now and whenever a signal that it read has changed, until the present owner is gone.
pub fn follow(work: impl FnMut() + 'static) {
    follow_boxed(Box::new(work));
}

fn follow_boxed(mut work: Box<dyn FnMut()>) {
    keep(RenderEffect::new(move |_| work()));
}

/// Lives until the present owner is gone.
fn keep(what: impl Any) {
    StoredValue::new_local(Box::new(what) as Box<dyn Any>);
}

/// Hands a text on when it is another one.
fn follow_text(text: Box<dyn Fn() -> String>, show: Box<dyn Fn(&str)>) {
    let mut shown = String::new();
    follow(move || {
        let now = text();
        if now != shown {
            show(&now);
            shown = now;
        }
    });
}

fn follow_attr(node: Element, name: &'static str, value: Box<dyn Fn() -> Option<String>>) {
    let mut shown = None;
    follow(move || {
        let now = value();
        if now != shown {
            set(&node, name, now.as_deref());
            shown = now;
        }
    });
}

fn follow_class(node: Element, class: &'static str, is_on: Box<dyn Fn() -> bool>) {
    follow(move || {
        let list = node.class_list();
        let changed = if is_on() { list.add_1(class) } else { list.remove_1(class) };
        changed.expect("our class names are valid");
    });
}

fn follow_slot(parent: &Element, which: Box<dyn Fn() -> u32>, make: Box<dyn Fn() -> Option<El>>) {
    let mark = document().create_comment("");
    append(parent, &mark);
    // Made outside of the effect: what an effect makes itself is gone when it runs again.
    let owner = owner_here();
    let mut standing: Option<(u32, Option<El>, Owner)> = None;
    follow(move || {
        let now = which();
        if standing.as_ref().is_some_and(|(before, ..)| *before == now) {
            return;
        }
        if let Some((_, former, former_owner)) = standing.take() {
            former_owner.cleanup();
            former.into_iter().for_each(|former| former.node.remove());
        }
        let own = owner.child();
        let made = own.with(|| untrack(&make));
        if let Some(made) = &made {
            put_before(&made.node, &mark);
        }
        standing = Some((now, made, own));
    });
}

/// One element for each key, in the order of the keys; an element stays the same as long as its key is there.
pub struct Rows<K> {
    owner: Owner,
    rows: Vec<(K, El, Owner)>,
}

impl<K: Copy + PartialEq> Rows<K> {
    /// For rows that belong to the present owner.
    pub fn new() -> Self {
        Self { owner: owner_here(), rows: Vec::new() }
    }

    /// Makes what is missing, removes what is gone, and puts all in order. Keys are unique.
    pub fn show(&mut self, parent: &El, keys: &[K], mut make: impl FnMut(K) -> El) {
        let mut former = std::mem::take(&mut self.rows);
        for (at, key) in keys.iter().enumerate() {
            let known = former.iter().position(|(known, ..)| known == key).map(|known| former.remove(known));
            let row = known.unwrap_or_else(|| {
                let own = self.owner.child();
                let made = own.with(|| untrack(|| make(*key)));
                (*key, made, own)
            });
            // What already stands where it belongs is not touched: moving it would read it out again.
            let there = parent.node.children().item(at as u32);
            if there.as_ref() != Some(&row.1.node) {
                let there: Option<&Node> = there.as_deref();
                parent.node.insert_before(&row.1.node, there).expect("both are in this document");
            }
            self.rows.push(row);
        }
        for (_, gone, own) in former {
            own.cleanup();
            gone.node.remove();
        }
    }
}

impl<K: Copy + PartialEq> Default for Rows<K> {
    fn default() -> Self {
        Self::new()
    }
}

fn owner_here() -> Owner {
    Owner::current().expect("elements are made while an app is drawn")
}

fn listen(node: &Element, event: &str, act: Box<dyn FnMut(Event)>) {
    let listener = Closure::wrap(act);
    node.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref()).expect("a listener is a function");
    keep(listener);
}

fn set(node: &Element, name: &str, value: Option<&str>) {
    let done = match value {
        Some(value) => node.set_attribute(name, value),
        None => node.remove_attribute(name),
    };
    done.expect("our attribute names are valid");
}

fn append(parent: &Node, child: &Node) {
    parent.append_child(child).expect("a fresh node has no reason not to be taken");
}

fn put_before(node: &Node, mark: &Node) {
    let parent = mark.parent_node().expect("a mark stays where it was put");
    parent.insert_before(node, Some(mark)).expect("the mark is the parent's child");
}
