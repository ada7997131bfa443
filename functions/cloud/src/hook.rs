//! The way out to people's own addresses: one POST by https, to the public internet and nowhere else.
//!
//! Nothing follows a redirect, nothing of an answer is read but its status, and whatever happens it is over after three
//! seconds. A name is resolved anew for every request, and addresses that are not of the public internet are left out:
//! a name in the configuration may point anywhere by now.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::hook::{Post, address};
use flow::ports::Unposted;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use crate::start::Cloud;

/// Everything about a request together: name, connection, TLS, answer. The function has ten seconds, and may have several
/// requests to make.
const LIMIT: Duration = Duration::from_secs(3);

/// The client that everything goes out by. It is kept outside of [`Cloud`]: what drops one would bring the client into
/// every function, and only one posts.
static PUBLIC: OnceLock<Client> = OnceLock::new();

/// The client that reaches the local stack.
#[cfg(debug_assertions)]
static LOCAL: OnceLock<Client> = OnceLock::new();

/// What is known of webhooks at start-up.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    /// Where the local stack wants every request instead. A release knows no such place.
    #[cfg(debug_assertions)]
    sink: Option<String>,
}

impl Hooks {
    #[cfg(debug_assertions)]
    pub(crate) fn from_env() -> Hooks {
        Hooks { sink: crate::config::optional("HOOK_SINK") }
    }

    #[cfg(not(debug_assertions))]
    pub(crate) fn from_env() -> Hooks {
        Hooks {}
    }

    /// Returns the client and the address for a request.
    fn way(&self, url: &str) -> Result<(&'static Client, Url), Unposted> {
        // Configurations are checked for this. But an address that is a number is never resolved, so it is looked at here.
        address::check(url).map_err(|flaw| Unposted::Unreached(flaw.words().into()))?;
        #[cfg(debug_assertions)]
        if let Some(sink) = &self.sink {
            let local = url.replacen("https:/", sink, 1);
            return Ok((client(&LOCAL, |builder| builder)?, parse(&local)?));
        }
        let public =
            |builder: reqwest::ClientBuilder| builder.https_only(true).dns_resolver(Arc::new(Public));
        Ok((client(&PUBLIC, public)?, parse(url)?))
    }
}

fn parse(url: &str) -> Result<Url, Unposted> {
    Url::parse(url).map_err(|error| Unposted::Unreached(error.into()))
}

/// Returns the client in `place`, which the first request builds: most sandboxes never post.
fn client(
    place: &'static OnceLock<Client>,
    with: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<&'static Client, Unposted> {
    if let Some(client) = place.get() {
        return Ok(client);
    }
    let unreached = |error: rustls::Error| Unposted::Unreached(error.into());
    // Mozilla's roots: a receiver may have its certificate from anybody.
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unreached)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .timeout(LIMIT)
        // A sandbox sleeps between invocations, and connections do not survive that.
        .pool_max_idle_per_host(0);
    let built = with(builder).build().map_err(|error| Unposted::Unreached(error.into()))?;
    Ok(place.get_or_init(|| built))
}

/// Resolves names as the system does, and leaves out what is not of the public internet.
#[derive(Debug)]
struct Public;

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public = public(found)?;
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// A name stands only for addresses that nothing may be posted to.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name has no address on the public internet")]
struct NotPublic;

fn public(found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
    let public: Vec<_> = found.filter(|found| address::is_public(found.ip())).collect();
    if public.is_empty() { Err(NotPublic) } else { Ok(public) }
}

async fn send(hooks: &Hooks, post: &Post) -> Result<(), Unposted> {
    let (client, url) = hooks.way(&post.url)?;
    let mut request = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("Heard/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &post.headers {
        request = request.header(*name, value);
    }
    let answer = request.body(post.body.clone()).send().await;
    // The address may be a secret by itself.
    let answer = answer.map_err(|error| Unposted::Unreached(error.without_url().into()))?;
    let status = answer.status();
    if status.is_success() { Ok(()) } else { Err(Unposted::Refused(status.as_u16())) }
}

impl flow::ports::Hooks for Cloud {
    async fn post(&self, post: &Post) -> Result<(), Unposted> {
        let hooks = self.hooks.as_ref();
        send(hooks.expect("a function that posts connects webhooks at start-up"), post).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(url: &str) -> Post {
        Post { url: url.to_owned(), headers: Vec::new(), body: "{}".to_owned() }
    }

    #[test]
    fn of_what_a_name_stands_for_only_the_public_is_left() {
        let addresses = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 443)).collect()
        };
        // what the name stands for, what is left of it
        let table: [(&[&str], &[&str]); 5] = [
            (&["93.184.216.34"], &["93.184.216.34"]),
            (&["10.0.0.1", "93.184.216.34", "::1"], &["93.184.216.34"]),
            (&["127.0.0.1"], &[]),
            (&["::ffff:169.254.169.254", "fd00:ec2::254"], &[]),
            (&[], &[]),
        ];
        for (found, left) in table {
            let got = public(addresses(found).into_iter());
            assert_eq!(got.unwrap_or_default(), addresses(left), "{found:?}");
        }
        assert_eq!(public(addresses(&["127.0.0.1"]).into_iter()), Err(NotPublic));
    }

    #[tokio::test]
    async fn a_name_that_points_inside_is_not_called() {
        let name: Name = "localhost".parse().unwrap();
        let error = Public.resolve(name).await.err().expect("it stands for this machine");
        assert_eq!(error.to_string(), NotPublic.to_string());
        // The same for a whole request: the name's looks, then an address that is never resolved.
        for url in
            ["https://localhost:1/", "https://127.0.0.1:1/", "https://[::1]:1/", "http://acme.example/"]
        {
            let unposted = send(&Hooks::default(), &post(url)).await.unwrap_err();
            assert!(matches!(unposted, Unposted::Unreached(_)), "{url}");
            assert!(!format!("{unposted:?}").contains(url), "{unposted:?}");
        }
    }

    #[test]
    fn the_client_can_be_built() {
        static PLACE: OnceLock<Client> = OnceLock::new();
        client(&PLACE, |builder| builder.https_only(true).dns_resolver(Arc::new(Public))).unwrap();
    }
}
