//! The teams while they are changed: for each a name, and who of the members and which of the sites belong to it.

use amparo_protocol::desk::CareRow;
use amparo_protocol::id::{MemberId, SiteKey};
use amparo_protocol::teams::{SiteName, Team};
use leptos::prelude::*;

use crate::field::{Field, every};

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TeamDraft {
    pub name: Field,
    pub members: RwSignal<Vec<MemberId>>,
    pub sites: RwSignal<Vec<SiteKey>>,
    /// The key of the sentence about those chosen.
    pub problem: RwSignal<Option<&'static str>>,
}

impl TeamDraft {
    pub fn fresh() -> Self {
        Self::of(Team { name: String::new(), members: Vec::new(), sites: Vec::new() })
    }

    fn of(team: Team) -> Self {
        let Team { name, members, sites } = team;
        Self {
            name: Field::new(name),
            members: RwSignal::new(members),
            sites: RwSignal::new(sites),
            problem: RwSignal::new(None),
        }
    }

    /// Nobody would answer the visitors of a team without people.
    fn read(self) -> Option<Team> {
        let name = self.name.line(1..=40, "problem.team-name");
        let (members, sites) = (self.members.get_untracked(), self.sites.get_untracked());
        self.problem.set(members.is_empty().then_some("problem.team-members"));
        name.filter(|_| !members.is_empty()).map(|name| Team { name, members, sites })
    }
}

/// Only of members and sites that are there: what has gone is left out with the next save.
pub fn drafts(teams: Vec<Team>, members: &[CareRow], sites: &[SiteName]) -> Vec<TeamDraft> {
    let draft = |mut team: Team| {
        team.members.retain(|member| members.iter().any(|row| row.member == *member));
        team.sites.retain(|site| sites.iter().any(|known| known.key == *site));
        TeamDraft::of(team)
    };
    teams.into_iter().map(draft).collect()
}

pub fn read(drafts: Vec<TeamDraft>) -> Option<Vec<Team>> {
    every(drafts.into_iter().map(TeamDraft::read))
}

#[cfg(test)]
mod tests {
    use amparo_protocol::desk::MemberCare;

    use super::*;

    const ANA: MemberId = MemberId([1; 16]);
    const GONE: MemberId = MemberId([2; 16]);
    const SITE: SiteKey = SiteKey([3; 12]);

    fn team(members: Vec<MemberId>) -> Team {
        Team { name: "Legal".to_owned(), members, sites: vec![SITE] }
    }

    fn as_read(team: Team) -> Option<Vec<Team>> {
        let row = CareRow { member: ANA, pseudonym: "Ana".to_owned(), care: MemberCare::default() };
        read(drafts(vec![team], &[row], &[SiteName { key: SITE, name: "Help".to_owned() }]))
    }

    #[test]
    fn a_team_comes_back_as_it_was_without_whoever_has_gone() {
        let _owner = Owner::new_root(None);
        assert_eq!(as_read(team(vec![ANA, GONE])), Some(vec![team(vec![ANA])]));
    }

    #[test]
    fn a_team_without_people_or_without_a_name_says_so() {
        let _owner = Owner::new_root(None);
        assert_eq!(as_read(team(vec![GONE])), None);
        let draft = TeamDraft::fresh();
        assert_eq!(read(vec![draft]), None);
        assert_eq!(draft.name.problem.get_untracked(), Some("problem.team-name"));
        assert_eq!(draft.problem.get_untracked(), Some("problem.team-members"));
    }
}
