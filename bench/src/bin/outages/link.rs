//! A cable that is pulled: what is sent is lost, and nobody is told.

use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;
use std::time::Duration;

use amparo_bench::namespace::Namespace;
use tokio::time::sleep;

use super::{CALM, Outages, RESUMES_WITHIN, shown};

/// TCP mends the first; the second some notice before TCP has mended it; in the last all have noticed and try again and
/// again.
const DOWN_SECS: [u64; 3] = [4, 16, 35];

impl Outages {
    pub async fn link_is_down(&mut self) {
        let namespace = match Namespace::joined() {
            Ok(namespace) => namespace,
            Err(why) => return println!("a link that is down: skipped, no network namespace: {why}"),
        };
        self.moves_to(Namespace::HOST, namespace.around(&self.amparo)).await;
        for secs in DOWN_SECS {
            self.pull(&namespace, secs).await;
        }
        self.moves_to(Ipv4Addr::LOCALHOST.into(), Command::new(&self.amparo)).await;
    }

    async fn pull(&mut self, namespace: &Namespace, secs: u64) {
        let broken = namespace.breaks(true);
        sleep(Duration::from_secs(secs)).await;
        let open = self.talks.count_talking();
        let mended = namespace.breaks(false);
        self.expect(broken.and(mended).is_ok(), "the link cannot be taken down: nothing was tried");
        let took = self.talks.until_all_read(CALM).await;
        println!("the link is down for {secs} s: then {open} take it for open; all are back {}", shown(took));
        // Of a connection that is kept, TCP sends again what was lost when as much time has passed once more.
        let by_tcp = if open > 0 { Duration::from_secs(secs) } else { Duration::ZERO };
        let is_soon = took.is_some_and(|took| took <= RESUMES_WITHIN.max(by_tcp));
        self.expect(is_soon, "not everybody was back in time after the link was up again");
    }

    async fn moves_to(&mut self, host: IpAddr, command: Command) {
        self.relay.moves_to(host, command);
        self.proxy.leads_to(self.relay.address());
        let took = self.talks.until_all_read(CALM).await;
        self.expect(took.is_some(), "not everybody was back after the relay had moved");
    }
}
