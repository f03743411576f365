//! What the house records about members beside their accounts: how many conversations at a time, and until when their
//! checks and training are valid.

use std::collections::BTreeMap;

use amparo_protocol::desk::MemberCare;
use amparo_protocol::id::MemberId;

use super::row::{Columns, json, small, to_json};
use super::{Result, Store};

impl Store {
    /// Of every member for whom something was recorded; the defaults hold for the others.
    pub async fn care(&self) -> Result<BTreeMap<MemberId, MemberCare>> {
        let rows =
            sqlx::query("select member, conversations_max, valid_until from member_care").fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let valid_until = row.text_or_none("valid_until")?.map(|text| json(&text)).transpose()?;
                let conversations_max = small(row.number("conversations_max")?)?;
                Ok((row.id("member")?, MemberCare { conversations_max, valid_until }))
            })
            .collect()
    }

    pub async fn set_care(&self, member: MemberId, care: MemberCare) -> Result<()> {
        sqlx::query(
            "insert into member_care (member, conversations_max, valid_until) values ($1, $2, $3) \
             on conflict (member) do update set conversations_max = excluded.conversations_max, \
             valid_until = excluded.valid_until",
        )
        .bind(member.to_text())
        .bind(i64::from(care.conversations_max))
        .bind(care.valid_until.map(|date| to_json(&date)))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
