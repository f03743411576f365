//! The drawings a member can choose for their badge: things, never faces, in the line of all our icons.

use leptos::prelude::*;

use crate::element::{El, svg};

/// Paths in a field of 24 by 24. The number of a drawing is signed into badges: the order never changes.
const DRAWINGS: [&str; 8] = [
    // leaf
    "M5 19C5 10 10 5 19 5c0 9-5 14-14 14zM5 19l8-8",
    // wave
    "M3 9c3-3 6-3 9 0s6 3 9 0M3 15c3-3 6-3 9 0s6 3 9 0",
    // mountain
    "M3 19l6-11 4 7 2-3 6 7zM7.500 11.500h3",
    // lamp
    "M8 4h8l3 9H5zM12 13v7M8 20h8",
    // bird
    "M4 12c3-5 9-6 12-2l4-1-2.500 3.500C17 17 11 19 7 15zM13.500 10.500v.1M7 15l-3 3",
    // sun
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600l1.400 1.400M17 17l1.400 1.400M5.600 18.400L7 17M17 7l1.400-1.400",
    // tree
    "M12 21v-7M12 4a5 5 0 0 0-4.500 7A4 4 0 0 0 9 14.500h6A4 4 0 0 0 16.500 11 5 5 0 0 0 12 4zM9 21h6",
    // cup
    "M5 9h11v6a5 5 0 0 1-5 5h-1a5 5 0 0 1-5-5zM16 11h2a2 2 0 0 1 0 4h-2M8 3v3M12 3v3",
];

/// How many drawings there are; badges hold a smaller number.
pub const COUNT: u8 = DRAWINGS.len() as u8;

/// One drawing. It says nothing that the words beside it do not: a screen reader passes it over.
#[component]
pub fn Avatar(#[prop(into)] number: Signal<u8>) -> impl IntoView {
    let path = move || DRAWINGS[usize::from(number.get() % COUNT)];
    view! {
        <svg class="am-avatar" viewBox="0 0 24 24" aria-hidden="true">
            <path d=path fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
    }
}

/// The same, for a page that is not drawn by `view!`.
pub fn avatar(number: u8) -> El {
    let path = svg("path", "")
        .attr("d", DRAWINGS[usize::from(number % COUNT)])
        .attr("fill", "none")
        .attr("stroke", "currentColor")
        .attr("stroke-width", "1.5")
        .attr("stroke-linecap", "round")
        .attr("stroke-linejoin", "round");
    svg("svg", "am-avatar").attr("viewBox", "0 0 24 24").attr("aria-hidden", "true").child(path)
}
