//! Which teams a supervisor or an administrator may set.

use amparo_protocol::id::{MemberId, SiteKey};
use amparo_protocol::teams::Team;

use super::{Checked, is_distinct, line, require};

const TEAMS_MAX: usize = 50;
const NAME_MAX_CHARS: usize = 40;

/// Each of members and sites that are there, none twice, and nobody left out of a team without people.
pub fn teams(teams: &[Team], members: &[MemberId], sites: &[SiteKey]) -> Checked {
    require(teams.len() <= TEAMS_MAX)?;
    for team in teams {
        line(&team.name, 1, NAME_MAX_CHARS)?;
        let is_known = team.members.iter().all(|member| members.contains(member))
            && team.sites.iter().all(|site| sites.contains(site));
        require(!team.members.is_empty() && is_known && is_distinct(&team.members) && is_distinct(&team.sites))?;
    }
    Ok(())
}
