//! Pages that help while a visitor waits.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{HelpLink, SiteSettings};
use leptos::prelude::*;

use super::address;
use crate::field::{Field, every};

/// The relay takes no more.
pub const LINKS_MAX: usize = 10;

#[derive(Clone, Copy)]
pub struct LinksDraft {
    pub rows: RwSignal<Vec<LinkDraft>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkDraft {
    pub title: Field,
    pub address: Field,
    pub languages: RwSignal<Vec<Language>>,
}

impl LinkDraft {
    fn of(link: &HelpLink) -> Self {
        let languages = RwSignal::new(link.languages.clone());
        Self { title: Field::new(&link.title), address: Field::new(&link.address), languages }
    }

    pub fn fresh() -> Self {
        Self::of(&HelpLink { title: String::new(), address: String::new(), languages: Vec::new() })
    }

    fn read(self) -> Option<HelpLink> {
        let title = self.title.line(1..=80, "problem.link-title");
        let address = self.address.read(address::https, "problem.https");
        Some(HelpLink { title: title?, address: address?, languages: self.languages.get_untracked() })
    }
}

impl LinksDraft {
    pub fn of(settings: &SiteSettings) -> Self {
        Self { rows: RwSignal::new(settings.links.iter().map(LinkDraft::of).collect()) }
    }

    pub fn read(self, former: SiteSettings) -> Option<SiteSettings> {
        let links = every(self.rows.get_untracked().into_iter().map(LinkDraft::read))?;
        Some(SiteSettings { links, ..former })
    }
}
