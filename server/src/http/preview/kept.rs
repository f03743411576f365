//! Sites that an administrator only looks at, in memory.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use amparo_protocol::id::SiteKey;

use crate::clock::Time;
use crate::store::site::Site;

const KEPT_SECS: u64 = 10 * 60;
/// Looking again takes another; the oldest goes.
const KEPT_MAX: usize = 16;

#[derive(Default)]
pub struct Previews(Mutex<VecDeque<Kept>>);

struct Kept {
    site: Site,
    until: Time,
}

impl Previews {
    pub fn keep(&self, site: Site, now: Time) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(Kept { site, until: now.plus_secs(KEPT_SECS) });
    }

    pub fn site(&self, key: SiteKey, now: Time) -> Option<Site> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.until > now);
        kept.iter().find(|kept| kept.site.key == key).map(|kept| kept.site.clone())
    }
}

#[cfg(test)]
mod tests {
    use amparo_protocol::settings::SiteSettings;

    use super::*;

    fn site(key: u8) -> Site {
        Site { key: SiteKey([key; 12]), settings: SiteSettings::new("Help", Vec::new(), "112") }
    }

    #[test]
    fn a_preview_is_gone_after_ten_minutes_and_the_oldest_makes_room() {
        let (previews, began) = (Previews::default(), Time(0));
        for key in 0..17 {
            previews.keep(site(key), began);
        }
        assert_eq!(previews.site(SiteKey([0; 12]), began), None);
        assert_eq!(previews.site(SiteKey([16; 12]), began.plus_secs(599)), Some(site(16)));
        assert_eq!(previews.site(SiteKey([16; 12]), began.plus_secs(600)), None);
    }
}
