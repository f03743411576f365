//! What a story needs before its first person appears: a relay and a host site, empty.

use crate::counselor::Counselor;
use crate::driver::{Engine, Settings};
use crate::host_site::{HostSite, OPEN_SHADOW_ROOTS};
use crate::prepared::Prepared;
use crate::proxy::Proxy;
use crate::relay::Relay;
use crate::visitor::Visitor;

pub struct World {
    pub relay: Relay,
    pub host: HostSite,
}

impl World {
    pub async fn start() -> Self {
        let (relay, host) = tokio::join!(Relay::start(), HostSite::start());
        Self { relay, host }
    }

    /// Between all browsers and the relay stands this proxy.
    pub async fn behind(proxy: &Proxy) -> Self {
        let (relay, host) = tokio::join!(Relay::start_behind(proxy.port, proxy.relay_port), HostSite::start());
        Self { relay, host }
    }

    /// As `with_ana`, on a data folder that has never known anything else.
    pub async fn set_up_by_ana(settings: Settings) -> (Self, Counselor) {
        let world = Self::start().await;
        let ana = Counselor::sets_up(&world, "Ana", settings).await;
        world.host.carries(&ana.tag, "");
        (world, ana)
    }

    /// Set up through the console by Ana, who is administrator and counselor; the host's pages carry the printed tag.
    pub async fn with_ana(settings: Settings) -> (Self, Counselor) {
        let (world, ana) = Self::before_ana_signs_in(settings).await;
        ana.signs_in().await;
        ana.owns_the_site(&world).await;
        (world, ana)
    }

    /// The same before she has signed in; until then no site is hers.
    pub async fn before_ana_signs_in(settings: Settings) -> (Self, Counselor) {
        let prepared = Prepared::of(settings.language).await;
        let (relay, host) = tokio::join!(Relay::start_as(&prepared.data), HostSite::start());
        let world = Self { relay, host };
        let ana = Counselor::comes_back(&world, &prepared, settings).await;
        (world, ana)
    }

    /// Ana and a visitor whose browser is set like this, in a conversation that has just begun.
    pub async fn talking(visitor: Settings, counselor: Settings) -> (Self, Counselor, Visitor) {
        let (world, ana) = Self::with_ana(counselor).await;
        ana.is_available().await;
        match visitor.engine {
            Engine::WebKit => world.host.carries(&ana.tag, OPEN_SHADOW_ROOTS),
            Engine::WebKitWithoutWebAssembly => {
                let head = format!("{}{OPEN_SHADOW_ROOTS}", no_webassembly(&world.relay.origin()));
                world.host.carries(&ana.tag, &head);
            }
            _ => {}
        }
        let visitor = world.visitor_in_the_queue(visitor).await;
        ana.accepts().await;
        visitor.is_talking().await;
        (world, ana, visitor)
    }

    pub async fn visitor_in_the_queue(&self, settings: Settings) -> Visitor {
        let visitor = Visitor::arrives(self, "visitor", settings).await;
        visitor.opens_the_chat().await;
        visitor.enters().await;
        visitor
    }
}

/// A content policy as many sites have it: scripts from the site itself, in the page and from the relay, and no
/// compiling of anything.
pub fn no_webassembly(relay: &str) -> String {
    let socket = relay.replacen("http", "ws", 1);
    format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self' 'unsafe-inline' {relay}; connect-src 'self' {relay} {socket}\">"
    )
}
