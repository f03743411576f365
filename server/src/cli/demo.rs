//! `amparo demo`: everything in memory, this machine only, with one-time links.

use std::net::{Ipv4Addr, SocketAddr};

use clap::Args;

use super::{Stop, prepare, serve, setup};
use crate::app::App;
use crate::config::Config;
use crate::demo::{self, Demo};
use crate::http;
use crate::store::Database;

#[derive(Args)]
pub struct Ports {
    /// Port of the relay
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    port: u16,
    /// Port of the demonstration's website; 0 takes a free one
    #[arg(long, default_value_t = 8081, value_name = "PORT")]
    site_port: u16,
}

pub async fn run(config: Config, ports: Ports) -> Result<(), Stop> {
    let relay = prepare::listener(loopback(ports.port)).await?;
    let website = prepare::listener(loopback(ports.site_port)).await?;
    let relay_port = relay.local_addr().map_err(prepare::failed)?.port();
    let site_port = website.local_addr().map_err(prepare::failed)?.port();
    let config = Config {
        listen: loopback(relay_port),
        public_url: format!("http://localhost:{relay_port}"),
        database: Database::SqliteMemory,
        is_demo: true,
        ..config
    };
    let services = prepare::services(config).await?;
    // Another host name than the relay's, so that the two share as little as two real websites do.
    let demo = Demo::new(&services.random, format!("http://127.0.0.1:{site_port}"));
    setup::put_token(&services.store, &services.clock, &demo.setup_token).await?;
    let app = App::start(services, Some(demo)).await.map_err(prepare::failed)?;
    serve::stop_on_signal(&app)?;
    print_addresses(&app);
    tokio::join!(
        crate::serve(&app, relay, http::router(app.clone())),
        crate::serve(&app, website, demo::site_router(app.clone())),
    );
    app.tasks.finish().await;
    Ok(())
}

fn print_addresses(app: &App) {
    let Some(demo) = &app.demo else { return };
    setup::say(&format!("site {}/", demo.site_origin));
    for (name, token) in demo.links() {
        setup::say(&format!("console {name} {}/console/#demo={token}", app.config.public_url));
    }
    setup::say("ready");
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
