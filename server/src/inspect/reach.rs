//! Where a request may go: anywhere for whoever sits at the machine; for the console only to public addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use amparo_protocol::finding::Unreached;
use axum::http::Uri;
use tokio::net::{TcpStream, lookup_host};

/// Who asks for the page, and so how far it may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The person at the machine, who could ask with any other program.
    Anywhere,
    /// An administrator in the console: the relay must not become their way into its own network.
    PublicOnly,
    /// The same, where the relay itself is for this machine only.
    SameHostOnly,
}

impl Reach {
    pub fn within(self) -> Duration {
        Duration::from_secs(if self == Self::Anywhere { 15 } else { 8 })
    }

    pub fn page_max_bytes(self) -> usize {
        if self == Self::Anywhere { 4 * 1024 * 1024 } else { 512 * 1024 }
    }

    /// Whether a page of this host may lead to that one.
    pub fn follows(self, from: &Uri, to: &Uri) -> bool {
        self == Self::Anywhere || from.host() == to.host()
    }

    /// The addresses are looked at as they are used: what a name means a moment later does not count.
    pub async fn connect(self, host: &str, port: u16) -> Result<TcpStream, Unreached> {
        let found = lookup_host((host, port)).await.map_err(|_| Unreached::NoAnswer)?;
        let addresses: Vec<SocketAddr> = found.collect();
        let allowed: Vec<SocketAddr> = addresses.iter().copied().filter(|address| self.allows(address.ip())).collect();
        if allowed.is_empty() {
            return Err(if addresses.is_empty() { Unreached::NoAnswer } else { Unreached::NotPublic });
        }
        TcpStream::connect(&allowed[..]).await.map_err(|_| Unreached::NoAnswer)
    }

    fn allows(self, address: IpAddr) -> bool {
        self != Self::PublicOnly || is_public(address)
    }
}

/// Neither this machine, nor a network of its own, nor an address that means something else than a machine.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_protocol = first == 192 && second == 0 && third == 0;
    let is_benchmark = first == 198 && (18..20).contains(&second);
    let is_reserved = first == 0 || first >= 240;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || is_shared
        || is_protocol
        || is_benchmark
        || is_reserved)
}

/// Global unicast is 2000::/3. Addresses that carry an IPv4 one are what that is; Teredo and 6to4 are nobody's website.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let [first, second, ..] = address.segments();
    let is_documentation = first == 0x2001 && second == 0xdb8 || first == 0x3fff;
    let is_tunnel = first == 0x2002 || first == 0x2001 && second < 0x200;
    first & 0xe000 == 0x2000 && !is_documentation && !is_tunnel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_and_its_networks_are_not_public() {
        let not_public = [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
        ];
        for address in not_public {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "2001:4860:4860::8888"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn the_console_follows_no_page_to_another_host() {
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        let (page, secured, other) = (uri("http://a.org/"), uri("https://a.org/x"), uri("https://b.org/"));
        assert!(Reach::PublicOnly.follows(&page, &secured) && !Reach::PublicOnly.follows(&page, &other));
        assert!(!Reach::SameHostOnly.follows(&page, &other) && Reach::Anywhere.follows(&page, &other));
    }
}
