//! A bad network between browsers and the relay: a TCP proxy on loopback whose behaviour is changed while connections are
//! open. It has a thread of its own, so that it goes on while its owner waits for something.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until, timeout};

/// A sealed message has more than a thousand bytes: most ends come in the middle of one.
const BYTES_TO_THE_END: Range<u64> = 0..4_000;
/// A tenth of a second of the narrow connection.
const PIECE_BYTES: usize = 1_600;
const NARROW_BYTES_PER_SEC: f64 = 16_000.0;
/// One by one, then a pause: timers know nothing shorter than a thousandth of a second.
const TRICKLE_BYTES: usize = 8;
const TRICKLE_BYTES_PER_SEC: f64 = 6_000.0;
/// What a busy machine holds up is made up for.
const MAKES_UP: Duration = Duration::from_millis(100);
const CLOSES_WITHIN: Duration = Duration::from_secs(1);

/// What a connection does with what comes, in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    Whole,
    /// Both sides are closed in an orderly way, after a few more bytes.
    Cut,
    /// The same with a reset: nobody says goodbye.
    Reset,
    /// Everything is taken and nothing passed on, not even an end; for ever, as by a router that has forgotten the
    /// connection.
    HalfOpen,
    /// One byte at a time.
    Trickle,
    /// 16,000 bytes a second.
    Narrow,
}

/// It ends when it is dropped, with all its connections.
pub struct Proxy {
    pub port: u16,
    orders: watch::Sender<Order>,
    opened: Arc<AtomicUsize>,
}

#[derive(Clone, Copy)]
struct Order {
    number: u64,
    behaviour: Behaviour,
    /// Where new connections lead.
    relay: SocketAddr,
}

type Orders = watch::Receiver<Order>;

impl Proxy {
    pub fn start(relay: SocketAddr) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("the loopback interface has a free port");
        listener.set_nonblocking(true).expect("a listener need not block");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let (orders, received) = watch::channel(Order { number: 0, behaviour: Behaviour::Whole, relay });
        let opened = Arc::new(AtomicUsize::new(0));
        let counter = opened.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a thread may have a runtime").block_on(run(listener, received, counter));
        });
        Self { port, orders, opened }
    }

    /// For connections that are open and for new ones. Said again, it cuts and resets again.
    pub fn behaves(&self, behaviour: Behaviour) {
        self.orders.send_modify(|order| *order = Order { number: order.number + 1, behaviour, ..*order });
    }

    pub fn leads_to(&self, relay: SocketAddr) {
        self.orders.send_modify(|order| order.relay = relay);
    }

    /// How many connections browsers have opened until now.
    pub fn opened(&self) -> usize {
        self.opened.load(Ordering::Relaxed)
    }
}

/// Not random, so that two runs are alike; spread, so that every place is hit.
pub fn spread(number: u64, over: Range<u64>) -> u64 {
    over.start + number.wrapping_mul(2_654_435_761) % (over.end - over.start)
}

impl Behaviour {
    /// How much is read, and how much of it written, at a time.
    fn most_bytes(self) -> (usize, usize) {
        if self == Self::Trickle { (TRICKLE_BYTES, 1) } else { (PIECE_BYTES, PIECE_BYTES) }
    }

    fn time_for(self, bytes: usize) -> Option<Duration> {
        let bytes_per_sec = match self {
            Self::Trickle => TRICKLE_BYTES_PER_SEC,
            Self::Narrow => NARROW_BYTES_PER_SEC,
            _ => return None,
        };
        Some(Duration::from_secs_f64(bytes as f64 / bytes_per_sec))
    }
}

impl Order {
    /// How many bytes one direction of a connection still passes on.
    fn bytes_to_the_end(self, direction: u64) -> usize {
        match self.behaviour {
            // Of the same connection both directions and every order end elsewhere.
            Behaviour::Cut | Behaviour::Reset => spread(self.number * 1_009 + direction, BYTES_TO_THE_END) as usize,
            _ => usize::MAX,
        }
    }
}

async fn run(listener: std::net::TcpListener, mut orders: Orders, opened: Arc<AtomicUsize>) {
    let listener = TcpListener::from_std(listener).expect("it does not block");
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((browser, _)) = accepted {
                let number = opened.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(connect(browser, orders.clone(), number as u64));
            },
            changed = orders.changed() => if changed.is_err() {
                // Nobody is left who gives orders.
                return;
            },
        }
    }
}

async fn connect(mut browser: TcpStream, orders: Orders, number: u64) {
    let address = orders.borrow().relay;
    let Ok(mut relay) = TcpStream::connect(address).await else { return };
    // Else the system gathers single bytes. A connection that broke meanwhile takes no options, and shows it below.
    let _ = (browser.set_nodelay(true), relay.set_nodelay(true));
    let (from_browser, to_browser) = browser.split();
    let (from_relay, to_relay) = relay.split();
    let there = Direction::new(orders.clone(), number * 2).pass_on(from_browser, to_relay);
    let back = Direction::new(orders, number * 2 + 1).pass_on(from_relay, to_browser);
    match tokio::try_join!(there, back) {
        Ok(_) => {}
        Err(Behaviour::HalfOpen) => {
            tokio::join!(swallow(browser), swallow(relay));
        }
        Err(Behaviour::Cut) => {
            tokio::join!(close(browser), close(relay));
        }
        Err(_) => {
            let _ = (browser.set_zero_linger(), relay.set_zero_linger());
        }
    }
}

/// One of the two of a connection.
struct Direction {
    number: u64,
    orders: Orders,
    order: Order,
    bytes_left: usize,
    has_begun: bool,
    /// When more may come.
    next: Instant,
}

impl Direction {
    fn new(mut orders: Orders, number: u64) -> Self {
        let order = *orders.borrow_and_update();
        let bytes_left = order.bytes_to_the_end(number);
        Self { number, orders, order, bytes_left, has_begun: false, next: Instant::now() }
    }

    /// Until its sender has closed it; otherwise it answers how both end.
    async fn pass_on(mut self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Result<(), Behaviour> {
        let mut piece = [0; PIECE_BYTES];
        while self.order.behaviour != Behaviour::HalfOpen {
            let (read_most, write_most) = self.most_bytes();
            tokio::select! {
                biased;
                changed = self.orders.changed() => {
                    changed.map_err(|_| Behaviour::Reset)?;
                    self.obey();
                }
                read = from.read(&mut piece[..read_most]) => match read {
                    Ok(0) => return to.shutdown().await.map_err(|_| Behaviour::Reset),
                    Ok(read) => self.write(&mut to, &piece[..read], write_most).await?,
                    Err(_) => return Err(Behaviour::Reset),
                },
            }
        }
        Err(self.order.behaviour)
    }

    fn obey(&mut self) {
        self.order = *self.orders.borrow_and_update();
        self.bytes_left = self.order.bytes_to_the_end(self.number);
    }

    /// The library of our browsers takes a handshake in single bytes for an attack: it is one piece.
    fn most_bytes(&self) -> (usize, usize) {
        let behaviour = if self.has_begun { self.order.behaviour } else { Behaviour::Whole };
        behaviour.most_bytes()
    }

    async fn write(&mut self, to: &mut WriteHalf<'_>, piece: &[u8], most: usize) -> Result<(), Behaviour> {
        self.has_begun = true;
        let passed = piece.len().min(self.bytes_left);
        for bytes in piece[..passed].chunks(most) {
            to.write_all(bytes).await.map_err(|_| Behaviour::Reset)?;
            yield_now().await;
        }
        self.bytes_left -= passed;
        if self.bytes_left == 0 {
            return Err(self.order.behaviour);
        }
        if let Some(time) = self.order.behaviour.time_for(passed) {
            self.next = self.next.max(Instant::now() - MAKES_UP) + time;
            sleep_until(self.next).await;
        }
        Ok(())
    }
}

/// What is left unread would turn the end into a reset.
async fn close(mut side: TcpStream) {
    let _ = side.shutdown().await;
    let _ = timeout(CLOSES_WITHIN, swallow(side)).await;
}

/// Until the other end closes.
async fn swallow(mut side: TcpStream) {
    let mut piece = [0; PIECE_BYTES];
    while side.read(&mut piece).await.is_ok_and(|read| read > 0) {}
}
