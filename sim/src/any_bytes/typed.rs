//! What people type or paste: words for paper, recovery codes, invitation links, long texts, ids.

use amparo_client::crypto::text::split_text;
use amparo_client::house::invitation::InvitationSecret;
use amparo_client::house::org_key::OrgSecret;
use amparo_client::house::recovery::RecoveryCode;
use amparo_protocol::id::{ConversationId, OrgKey, SiteKey};
use amparo_protocol::language::Language;

pub fn typed(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let _refused = RecoveryCode::from_text(text);
    let _refused = OrgSecret::from_words(text, &OrgKey([7; 32]));
    let _refused = InvitationSecret::from_text(text);
    if let Some(site) = SiteKey::from_text(text) {
        assert_eq!(SiteKey::from_text(&site.to_text()), Some(site));
    }
    let _refused = ConversationId::from_text(text);
    let _refused = Language::from_tag(text);
    assert_eq!(split_text(text).concat(), text, "split, never cut");
}
