//! Every route of the relay, and who may use it: exactly the cells of one table, for every role and none.

use amparo_protocol::api::roles;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MemberId;

use crate::support::app::{Sqlite, TestApp};
use crate::support::person::Person;

/// The routes themselves, so that a new one cannot be forgotten here.
const ROUTES: &str = include_str!("../../src/http/mod.rs");

/// Whom a route opens to. Each but the first includes those after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Opens {
    /// Without a login; the route has other guards, such as a pass or a secret.
    Everybody,
    Members,
    ApprovedMembers,
    Supervisors,
    Administrators,
}

use Opens::{Administrators, ApprovedMembers, Everybody, Members, Supervisors};

const TABLE: [(&str, &str, Opens); 65] = [
    ("get", "/", Everybody),
    ("get", "/api/availability", Everybody),
    ("get", "/api/board", Supervisors),
    ("get", "/api/care", Supervisors),
    ("get", "/api/counts", Supervisors),
    ("get", "/api/counts.csv", Supervisors),
    ("get", "/api/desk", ApprovedMembers),
    ("get", "/api/duty", ApprovedMembers),
    ("get", "/api/line", Supervisors),
    ("get", "/api/me", Members),
    ("get", "/api/members", Administrators),
    ("get", "/api/members/passkeys", Administrators),
    ("get", "/api/passkeys", Members),
    ("get", "/api/roster", Members),
    ("get", "/api/rota", Supervisors),
    ("get", "/api/teams", Supervisors),
    ("get", "/api/setup", Everybody),
    ("get", "/api/sites", Administrators),
    ("get", "/api/trail", Administrators),
    ("get", "/chat", Everybody),
    ("get", "/console", Everybody),
    ("get", "/console/", Everybody),
    ("get", "/console/{name}", Everybody),
    ("get", "/embed.js", Everybody),
    ("get", "/healthz", Everybody),
    // Guarded by a key that only the administrator who made it has.
    ("get", "/preview/{key}", Everybody),
    ("get", "/v/{version}/{name}", Everybody),
    ("get", "/ws", Everybody),
    ("post", "/api/abuse", ApprovedMembers),
    ("post", "/api/demo", Everybody),
    ("post", "/api/block", Supervisors),
    ("post", "/api/desk", Supervisors),
    ("post", "/api/end", Everybody),
    ("post", "/api/invitation/accept", Everybody),
    ("post", "/api/invitation/open", Everybody),
    ("post", "/api/invitation/start", Everybody),
    ("post", "/api/invitations", Administrators),
    ("post", "/api/keys", Members),
    ("post", "/api/line", Supervisors),
    ("post", "/api/members/{id}/care", Supervisors),
    ("post", "/api/members/{id}/end-logins", Administrators),
    ("post", "/api/members/{id}/languages", Administrators),
    ("post", "/api/members/{id}/remove-passkeys", Administrators),
    // After it there is nobody of this id.
    ("post", "/api/members/{id}/remove", Administrators),
    ("post", "/api/pass", Everybody),
    ("post", "/api/passkeys/finish", Members),
    ("post", "/api/passkeys/start", Members),
    ("post", "/api/passkeys/{id}/remove", Members),
    ("post", "/api/poll", Everybody),
    ("post", "/api/recovery/finish", Everybody),
    ("post", "/api/recovery/start", Everybody),
    ("post", "/api/roster", Administrators),
    ("post", "/api/rota", Supervisors),
    ("post", "/api/teams", Supervisors),
    ("post", "/api/setup/finish", Everybody),
    ("post", "/api/setup/open", Everybody),
    ("post", "/api/setup/start", Everybody),
    ("post", "/api/sign-in/finish", Everybody),
    ("post", "/api/sign-in/passkey", Everybody),
    ("post", "/api/sign-in/passkey/finish", Everybody),
    ("post", "/api/sign-in/start", Everybody),
    ("post", "/api/sites", Administrators),
    ("post", "/api/sites/check", Administrators),
    ("post", "/api/sites/preview", Administrators),
    // Last: whoever may use it has no login afterwards.
    ("post", "/api/sign-out", Members),
];

#[test]
fn every_route_stands_in_the_table() {
    let mut there: Vec<(&str, &str)> = Vec::new();
    for route in ROUTES.split(".route(\"").skip(1) {
        let (path, handlers) = route.split_once('"').expect("a path ends");
        let handlers = handlers.lines().next().unwrap_or_default();
        let methods = ["get", "post", "put", "patch", "delete"];
        there.extend(
            methods.into_iter().filter(|method| handlers.contains(&format!("{method}("))).map(|method| (method, path)),
        );
    }
    there.sort_unstable();
    let mut here: Vec<_> = TABLE.iter().map(|(method, path, _)| (*method, *path)).collect();
    here.sort_unstable();
    assert_eq!(there, here);
}

/// What the relay says to somebody who asks for a route with nothing in hand.
#[derive(Debug, PartialEq, Eq)]
enum Says {
    SignIn,
    /// The same to whoever may not know that it exists.
    NotThere,
    /// It got past the door: an answer, or a complaint about the empty body.
    Something,
}

async fn asked_by(person: &Person, app: &TestApp, method: &str, path: &str) -> Says {
    let answer = match method {
        "get" => person.get(app, path).await,
        _ => person.post(app, path, &serde_json::json!({})).await,
    };
    if answer.status.is_success() {
        return Says::Something;
    }
    match answer.refusal() {
        ErrorCode::SignIn => Says::SignIn,
        ErrorCode::NotFound => Says::NotThere,
        _ => Says::Something,
    }
}

#[tokio::test]
async fn each_route_answers_exactly_whom_it_is_for() {
    let (app, mut organisation, ana) = TestApp::set_up(Sqlite).await;
    let mut people = Vec::new();
    for (name, roles, reach) in [
        ("carla", roles::COUNSELOR, ApprovedMembers),
        ("sara", roles::SUPERVISOR, Supervisors),
        ("both", roles::COUNSELOR | roles::SUPERVISOR, Supervisors),
        ("adela", roles::ADMINISTRATOR, Administrators),
    ] {
        people.push((ana.brings_in(&app, &mut organisation, name, roles).await, reach));
    }
    let target = ana.brings_in(&app, &mut organisation, "target", roles::COUNSELOR).await.member.unwrap();
    let newcomers = ana.invites(&app, roles::ALL).await;
    let mut newcomer = Person::new("newcomer");
    newcomer.accepts(&app, &newcomers).await.expect_done();
    people.push((newcomer, Members));
    people.push((Person::new("nobody"), Everybody));

    for (person, reach) in &people {
        for (method, path, opens) in TABLE.iter().filter(|(_, _, opens)| *opens > Everybody) {
            let expected = match () {
                () if *reach == Everybody => Says::SignIn,
                () if reach < opens => Says::NotThere,
                () => Says::Something,
            };
            let said = asked_by(person, &app, method, &with_id(path, target)).await;
            assert_eq!(said, expected, "{} asks for {method} {path}", person.name);
        }
    }
}

fn with_id(path: &str, member: MemberId) -> String {
    path.replace("{id}", &member.to_text())
}
