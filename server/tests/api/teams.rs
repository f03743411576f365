//! The teams, as they are set, and what a member reads of them at their own desk.

use amparo_protocol::api::{SiteRow, roles};
use amparo_protocol::desk::{TrailEvent, TrailRow};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{MemberId, SiteKey};
use amparo_protocol::rota::OwnDuty;
use amparo_protocol::teams::{Team, TeamsPage, TeamsRow};
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp};
use crate::support::person::Person;

async fn site(app: &TestApp, ana: &Person) -> SiteKey {
    ana.get(app, "/api/sites").await.read::<Vec<SiteRow>>()[0].settings.key.expect("a site that is kept has a key")
}

fn legal(members: Vec<MemberId>, site: SiteKey) -> Team {
    Team { name: "Legal".to_owned(), members, sites: vec![site] }
}

#[rstest]
#[tokio::test]
async fn teams_are_set_by_a_supervisor_and_a_member_reads_their_own(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let eva = ana.brings_in(&app, &mut organisation, "eva", roles::SUPERVISOR).await;
    let lia = ana.brings_in(&app, &mut organisation, "lia", roles::COUNSELOR).await;
    let site = site(&app, &ana).await;
    let page: TeamsPage = eva.get(&app, "/api/teams").await.read();
    assert_eq!(page.row, TeamsRow { version: 0, teams: vec![] });
    assert_eq!(page.sites.iter().map(|known| known.key).collect::<Vec<_>>(), [site], "what a team can be given");

    let row = TeamsRow { version: 0, teams: vec![legal(vec![lia.member.unwrap()], site)] };
    assert_eq!(lia.post(&app, "/api/teams", &row).await.refusal(), ErrorCode::NotFound);
    let saved: TeamsRow = eva.post(&app, "/api/teams", &row).await.read();
    assert_eq!(saved, TeamsRow { version: 1, ..row.clone() });
    assert_eq!(eva.post(&app, "/api/teams", &row).await.refusal(), ErrorCode::Conflict);

    let own: OwnDuty = lia.get(&app, "/api/duty").await.read();
    assert_eq!((own.teams, own.is_left_out), (vec!["Legal".to_owned()], false));
    let own: OwnDuty = ana.get(&app, "/api/duty").await.read();
    assert_eq!((own.teams, own.is_left_out), (vec![], true), "the only site is another team's");
    let own: OwnDuty = eva.get(&app, "/api/duty").await.read();
    assert!(own.is_left_out, "supervisors take visitors too");
    let trail: Vec<TrailRow> = ana.get(&app, "/api/trail").await.read();
    assert!(trail.iter().any(|row| row.what == TrailEvent::TeamsChanged));
}

#[tokio::test]
async fn teams_without_people_without_a_name_or_of_what_is_not_there_are_refused() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let own = ana.member.unwrap();
    let right = legal(vec![own], site(&app, &ana).await);
    for wrong in [
        Team { name: String::new(), ..right.clone() },
        Team { name: "n".repeat(41), ..right.clone() },
        Team { members: vec![], ..right.clone() },
        Team { members: vec![own, own], ..right.clone() },
        Team { members: vec![MemberId([9; 16])], ..right.clone() },
        Team { sites: vec![SiteKey([9; 12])], ..right.clone() },
    ] {
        let row = TeamsRow { version: 0, teams: vec![wrong.clone()] };
        assert_eq!(ana.post(&app, "/api/teams", &row).await.refusal(), ErrorCode::Invalid, "{wrong:?}");
    }
    let many = TeamsRow { version: 0, teams: vec![right.clone(); 51] };
    assert_eq!(ana.post(&app, "/api/teams", &many).await.refusal(), ErrorCode::Invalid);
    let row = TeamsRow { version: 0, teams: vec![Team { sites: vec![], ..right }] };
    ana.post(&app, "/api/teams", &row).await.expect_done();
}

#[rstest]
#[tokio::test]
async fn a_member_who_is_removed_leaves_their_teams_and_an_empty_one_goes(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let lia = ana.brings_in(&app, &mut organisation, "lia", roles::COUNSELOR).await;
    let (lia, ana_id) = (lia.member.unwrap(), ana.member.unwrap());
    let site = site(&app, &ana).await;
    let teams = vec![legal(vec![lia, ana_id], site), Team { name: "Nights".to_owned(), ..legal(vec![lia], site) }];
    ana.post(&app, "/api/teams", &TeamsRow { version: 0, teams }).await.expect_done();
    let path = format!("/api/members/{}/remove", lia.to_text());
    ana.post(&app, &path, &serde_json::json!({})).await.expect_done();
    assert_eq!(ana.get(&app, "/api/teams").await.read::<TeamsPage>().row.teams, [legal(vec![ana_id], site)]);
}
