//! What a webmaster or an administrator may have written: the settings file, sites, hours, addresses.

use std::collections::BTreeMap;

use amparo_protocol::settings::{LineSettings, SiteSettings};
use amparo_server::config::{Config, Settings, normal_origin};
use amparo_server::relay::hours::Schedule;

pub fn settings(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    if let Ok(settings) = toml::from_str::<Settings>(text) {
        let _refused = Config::load(settings, &BTreeMap::new());
    }
    if let Some(origin) = normal_origin(text) {
        assert_eq!(normal_origin(&origin).as_deref(), Some(origin.as_str()), "one form");
    }
    if let Ok(settings) = serde_json::from_str::<LineSettings>(text) {
        let _schedule = Schedule::new(settings);
    }
    let _refused = serde_json::from_str::<SiteSettings>(text);
}
