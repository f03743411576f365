//! What one attacker can do to everybody else: thousands of silent connections, chats opened without end, and a
//! conversation that is flooded, all from one address, while others talk. `bench-attack AMPARO [SILENT] [SECONDS] [WHICH]`,
//! where WHICH is one of `silent`, `opens`, `floods`; all three at once without it.
//!
//! Half of the others come from elsewhere, half from behind the attacker's address: the relay believes the address that a
//! proxy of this machine names. An attack that did too little to be one is a failure, as is too long a delay.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

mod attackers;
mod opens;
mod others;
mod silent;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use amparo_bench::house::House;
use amparo_bench::meter::Meter;
use amparo_bench::relay::Amparo;
use amparo_bench::{machine, pair};

use self::attackers::Attackers;
use self::others::Others;

const ATTACKER: &str = "198.51.100.66";
const ATTACKS: [&str; 3] = ["silent", "opens", "floods"];
const PEACE: Duration = Duration::from_secs(3);

/// What was asked for.
struct Asked {
    amparo: String,
    silent: u64,
    secs: u64,
    which: Option<String>,
}

impl Asked {
    fn wants(&self, attack: &str) -> bool {
        self.which.as_deref().is_none_or(|which| which == attack)
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let Some(asked) = asked() else {
        eprintln!("usage: bench-attack AMPARO [SILENT] [SECONDS] [silent | opens | floods]");
        std::process::exit(2);
    };
    machine::allow_many_files();
    let mut relay = Amparo::start_with(Path::new(&asked.amparo), &["--trusted-proxies", "127.0.0.1,::1"]);
    let house = Arc::new(House::set_up(&relay, others::COUNT + 1));
    let mut others = Others::open(&relay, &house).await;
    let flooded = pair::open(&relay, &house, &house.counselors[others::COUNT], ATTACKER).await;
    let mut wrong = others.exchange("in peace", PEACE).await;
    let attackers = Attackers::begin(&asked, &relay, &house, flooded);
    wrong.extend(others.exchange("under attack", Duration::from_secs(asked.secs)).await);
    wrong.extend(attackers.end(&asked, &Meter::of(relay.pid())).await);
    relay.stop();
    wrong.iter().for_each(|sentence| println!("{sentence}"));
    std::process::exit(i32::from(!wrong.is_empty()));
}

fn asked() -> Option<Asked> {
    let mut arguments = std::env::args().skip(1);
    let amparo = arguments.next()?;
    let mut number = |default: u64| arguments.next().map_or(Some(default), |text| text.parse().ok());
    let (silent, secs) = (number(2_000)?, number(10)?);
    let which = arguments.next();
    let is_known = which.as_ref().is_none_or(|which| ATTACKS.contains(&which.as_str()));
    is_known.then_some(Asked { amparo, silent, secs, which })
}
