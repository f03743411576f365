//! The console's line icons, drawn here. Each stands beside its words and says nothing by itself.

use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    People,
    Conversation,
    Help,
    House,
    Board,
    Counts,
    Line,
    Members,
    Sites,
    Available,
    Break,
    Away,
}

impl Sign {
    fn path(self) -> &'static str {
        match self {
            Self::People => {
                "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.500 19c0-3 2.500-5 5.500-5s5.500 2 5.500 5M16 6h5M16 11h5M17 16h4"
            }
            Self::Conversation => "M4 5h16v11H10l-4 4v-4H4z",
            Self::Help => "M6 4h12v16l-6-4-6 4z",
            Self::House => "M4 11l8-7 8 7M6 10v10h12V10M10 20v-6h4v6",
            Self::Board => "M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z",
            Self::Counts => "M4 20h16M6 20v-6M11 20V9M16 20V5",
            Self::Line => "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 7v5l3 2",
            Self::Members => {
                "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.500 19c0-3 2.500-5 5.500-5s5.500 2 5.500 5M16 11a2.500 2.500 0 1 0 0-5M17 14c2.500 0 4.500 2 4.500 5"
            }
            Self::Sites => "M3 5h18v14H3zM3 9h18M6 7h.1M8.500 7h.1",
            Self::Available => "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM8 12l3 3 5-6",
            Self::Break => "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM10 9v6M14 9v6",
            Self::Away => "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM8.500 12h7",
        }
    }
}

#[component]
pub fn Icon(sign: Sign) -> impl IntoView {
    view! {
        <svg class="am-icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=sign.path() fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
    }
}
