//! Which addresses notices may be posted to: those of the public internet, by https.
//!
//! Whoever writes the configuration must not be able to make a function inside somebody's network call what only that
//! network may call. A name is checked here by its looks, and by [`is_public`] again whenever it was resolved: it may
//! point anywhere, and elsewhere the next time.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest address, in bytes.
const LENGTH: usize = 2000;
/// Longest name of a host, in bytes.
const NAME: usize = 253;

/// The endings of names that are of no public network.
const INSIDE: [&str; 7] = ["localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain"];

/// Why an address is not one that notices may be posted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It does not begin with `https://`.
    Scheme,
    /// Longer than 2,000 bytes.
    Length,
    /// A name or password stands before the host.
    Login,
    /// It is of a machine, or a network, that is not on the public internet.
    Inside,
    /// It is no address at all.
    Form,
}

impl Flaw {
    /// Returns what is wrong, to stand behind "the address".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Flaw::Scheme => "does not begin with https://",
            Flaw::Length => "is longer than 2000 bytes",
            Flaw::Login => "has a name or password before its host",
            Flaw::Inside => "is not of the public internet",
            Flaw::Form => "is none",
        }
    }
}

/// Checks that `url` is an address that notices may be posted to.
///
/// It is stricter than browsers are: what they mend or read in two ways (backslashes, blanks, numbers for hosts, `127.1`)
/// is no address here, so that nobody reads another host in it than we did.
///
/// # Errors
///
/// [`Flaw`], the first one found.
pub fn check(url: &str) -> Result<(), Flaw> {
    if url.len() > LENGTH {
        return Err(Flaw::Length);
    }
    let rest = url.strip_prefix("https://").ok_or(Flaw::Scheme)?;
    let is_plain = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>' | '^' | '`' | '{' | '|' | '}' | '#')
    };
    if !rest.chars().all(is_plain) {
        return Err(Flaw::Form);
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(Flaw::Login);
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let (host, port) = v6.split_once(']').ok_or(Flaw::Form)?;
            let host: Ipv6Addr = host.parse().map_err(|_| Flaw::Form)?;
            let port = match port {
                "" => None,
                port => Some(port.strip_prefix(':').ok_or(Flaw::Form)?),
            };
            (Err(IpAddr::V6(host)), port)
        }
        None => {
            let (host, port) =
                authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
            (host.parse::<Ipv4Addr>().map_or(Ok(host), |v4| Err(IpAddr::V4(v4))), port)
        }
    };
    let is_port = |port: &str| {
        port.len() <= 5
            && port.bytes().all(|b| b.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    if !port.is_none_or(is_port) {
        return Err(Flaw::Form);
    }
    match host {
        Ok(name) => check_name(&name.to_ascii_lowercase()),
        Err(ip) => is_public(ip).then_some(()).ok_or(Flaw::Inside),
    }
}

fn check_name(name: &str) -> Result<(), Flaw> {
    let is_label = |label: &str| {
        let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        plain && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    if INSIDE
        .iter()
        .any(|end| name.strip_suffix(end).is_some_and(|head| head.is_empty() || head.ends_with('.')))
    {
        return Err(Flaw::Inside);
    }
    // The last label of a name is letters. Where it is a number, resolvers read the whole as an IPv4 address.
    let (_, last) = name.rsplit_once('.').ok_or(Flaw::Form)?;
    let is_number = last.bytes().next().is_none_or(|first| first.is_ascii_digit());
    if name.len() > NAME || is_number || !name.split('.').all(is_label) {
        return Err(Flaw::Form);
    }
    Ok(())
}

/// Whether an IP address is one of the public internet: of none of the ranges that IANA keeps for special purposes.
///
/// An IPv4 address inside an IPv6 one (mapped, or behind NAT64) is judged as what it is.
///
/// **Source:** <https://www.iana.org/assignments/iana-ipv4-special-registry>,
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    // The first two bytes tell nearly all of it.
    let special = match (a, b) {
        // This network, own, loopback, several receivers, reserved and broadcast.
        (0 | 10 | 127 | 224..=255, _)
        // Behind a provider's NAT.
        | (100, 64..=127)
        // Link-local, and with it what clouds tell their machines about themselves.
        | (169, 254)
        | (172, 16..=31)
        | (192, 168)
        // Measurements.
        | (198, 18 | 19) => true,
        // IETF protocols, examples, relays of 6to4.
        (192, 0) => matches!(c, 0 | 2),
        (192, 88) => c == 99,
        (198, 51) => c == 100,
        (203, 0) => c == 113,
        _ => false,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, middle @ .., _, _] = ip.segments();
    let [.., one, two, three, four] = ip.octets();
    let v4 = Ipv4Addr::new(one, two, three, four);
    match (first, second) {
        // ::ffff:0:0/96, an IPv4 address in the clothes of the other kind.
        (0, 0) if middle == [0, 0, 0, 0xffff] => is_public_v4(v4),
        // 64:ff9b::/96: the way to IPv4 from a network that has none.
        (0x64, 0xff9b) if middle == [0; 4] => is_public_v4(v4),
        // IETF protocols with Teredo, examples, 6to4.
        (0x2001, 0..=0x1ff | 0xdb8) | (0x2002, _) | (0x3fff, 0..=0xfff) => false,
        // All that was ever given to anybody; the rest is own, link-local, several receivers, or nobody's.
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_taken() {
        // address, what is wrong with it
        let table = [
            ("https://hooks.acme.example/heard?x=1&y=%20", None),
            ("https://HOOKS.acme.example:8443", None),
            ("https://a_b.acme.example/", None),
            ("https://93.184.216.34/", None),
            ("https://[2606:2800:220:1::1]:443/", None),
            ("http://hooks.acme.example/", Some(Flaw::Scheme)),
            ("HTTPS://hooks.acme.example/", Some(Flaw::Scheme)),
            ("hooks.acme.example", Some(Flaw::Scheme)),
            ("", Some(Flaw::Scheme)),
            ("https://dana:pw@hooks.acme.example/", Some(Flaw::Login)),
            ("https://hooks.acme.example@10.0.0.1/", Some(Flaw::Login)),
            ("https://hooks.acme.example\\@10.0.0.1/", Some(Flaw::Form)), // two readers, two hosts
            ("https://hooks.acme.example/#x", Some(Flaw::Form)),
            ("https://hooks.acme.example/a b", Some(Flaw::Form)),
            ("https://hooks.acme.example/a\r\nX: y", Some(Flaw::Form)),
            ("https://höoks.example/", Some(Flaw::Form)),
            ("https://hooks.acme.example:0/", Some(Flaw::Form)),
            ("https://hooks.acme.example:99999/", Some(Flaw::Form)),
            ("https://hooks.acme.example:+443/", Some(Flaw::Form)),
            ("https://hooks.acme.example:/", Some(Flaw::Form)),
            ("https://hooks/", Some(Flaw::Form)),
            ("https://hooks.acme.example./", Some(Flaw::Form)),
            ("https://-a.example/", Some(Flaw::Form)),
            ("https://%31%30.0.0.1/", Some(Flaw::Form)),
            ("https://", Some(Flaw::Form)),
            ("https:///heard", Some(Flaw::Form)),
            ("https://?x", Some(Flaw::Form)),
            ("https://localhost/", Some(Flaw::Inside)),
            ("https://dana.localhost/", Some(Flaw::Inside)),
            ("https://printer.local/", Some(Flaw::Inside)),
            ("https://METADATA.google.internal/", Some(Flaw::Inside)),
            ("https://router.home.arpa/", Some(Flaw::Inside)),
            ("https://10.0.0.1/", Some(Flaw::Inside)),
            ("https://169.254.169.254/latest/", Some(Flaw::Inside)),
            ("https://[::1]/", Some(Flaw::Inside)),
            ("https://[::ffff:127.0.0.1]/", Some(Flaw::Inside)),
            ("https://[fd00:ec2::254]/", Some(Flaw::Inside)),
            ("https://[fe80::1%25eth0]/", Some(Flaw::Form)),
            ("https://[::1", Some(Flaw::Form)),
            ("https://[2606:2800:220:1::1]x/", Some(Flaw::Form)),
            ("https://127.1/", Some(Flaw::Form)), // a resolver makes 127.0.0.1 of it
            ("https://2130706433/", Some(Flaw::Form)),
            ("https://0x7f.0.0.1/", Some(Flaw::Form)),
            ("https://a.0x7f000001/", Some(Flaw::Form)),
            ("https://010.0.0.1/", Some(Flaw::Form)),
        ];
        for (url, flaw) in table {
            assert_eq!(check(url).err(), flaw, "{url}");
        }
        let long = format!("https://hooks.acme.example/{}", "a".repeat(2000));
        assert_eq!(check(&long), Err(Flaw::Length));
        let long = format!("https://{}example/", "a.".repeat(200));
        assert_eq!(check(&long), Err(Flaw::Form));
    }

    #[test]
    fn special_ranges_are_refused_from_their_first_address_to_their_last() {
        // first, last; their neighbours are public unless they belong to another range
        let ranges = [
            ("0.0.0.0", "0.255.255.255"),
            ("10.0.0.0", "10.255.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"),
            ("192.0.2.0", "192.0.2.255"),
            ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"),
            ("224.0.0.0", "255.255.255.255"),
        ];
        let number = |text: &str| u32::from(text.parse::<Ipv4Addr>().unwrap());
        let inside =
            |at: u32| ranges.iter().any(|(first, last)| (number(first)..=number(last)).contains(&at));
        for (first, last) in ranges {
            let (first, last) = (number(first), number(last));
            for at in
                [Some(first), Some(last), first.checked_sub(1), last.checked_add(1)].into_iter().flatten()
            {
                let v4 = Ipv4Addr::from(at);
                assert_eq!(is_public(IpAddr::V4(v4)), !inside(at), "{v4}");
                assert_eq!(is_public(IpAddr::V6(v4.to_ipv6_mapped())), !inside(at), "mapped {v4}");
                let [a, b, c, d] = v4.octets();
                let nat64 = format!("64:ff9b::{a:02x}{b:02x}:{c:02x}{d:02x}").parse().unwrap();
                assert_eq!(is_public(IpAddr::V6(nat64)), !inside(at), "behind NAT64 {v4}");
            }
        }
        // address, public
        let table = [
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::8.8.8.8", false), // compatible: nobody routes it
            ("64:ff9b:1::8.8.8.8", false),
            ("100::1", false),
            ("2000::1", true),
            ("2001::1", false), // Teredo
            ("2001:1ff:ffff::", false),
            ("2001:200::", true),
            ("2001:db8::1", false),
            ("2001:db9::1", true),
            ("2002:0a00:0001::1", false), // 6to4
            ("2606:4700:4700::1111", true),
            ("3fff::1", false),
            ("3fff:1000::1", true),
            ("3ffe::1", true),
            ("4000::1", false),
            ("5f00::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ];
        for (ip, public) in table {
            assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
        }
    }
}
