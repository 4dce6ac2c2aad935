//! What each site may do.
//!
//! * An origin is the browser's word and must be canonical: `https://host` with an optional port, or `http://` for this
//!   machine. Everything else is refused before it reaches a person.
//! * Reading and proposing are separate, and both are per chain. Nothing is granted to "all chains".
//! * Expired permissions count as none from that moment on, whether or not they have been cleaned away.

use serde::{Deserialize, Serialize};
use walnut_base::{ChainId, Timestamp};

use crate::messages::{AccountId, ConnectPermissions, ConnectedSite, SiteId, UiError, UiErrorCode};

/// Version of the stored form.
pub const GRANTS_VERSION: u32 = 1;

/// Sites kept.
pub const SITES_MAX: usize = 500;

/// Longest origin in bytes: scheme, a DNS name of 253, a port.
pub const ORIGIN_BYTES_MAX: usize = 270;

/// Permissions of all sites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    version: u32,
    next_id: u32,
    sites: Vec<ConnectedSite>,
}

/// Why a site may not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The origin is not `https://…` or local `http://…`, or not in canonical form.
    #[error("origin not accepted: {0}")]
    BadOrigin(
        /// What is wrong with it.
        &'static str,
    ),
    /// The site is not connected, or its permissions have expired.
    #[error("site not connected")]
    NotConnected,
    /// The person chose to ignore the site.
    #[error("site ignored")]
    Ignored,
    /// The site is connected but not for that chain.
    #[error("chain not granted")]
    ChainNotGranted,
    /// The site may read but not propose.
    #[error("may read, not propose")]
    MayNotPropose,
    /// No such site.
    #[error("no site {0:?}")]
    UnknownSite(SiteId),
    /// Too many sites.
    #[error("too many sites: at most {max}")]
    TooManySites {
        /// The limit.
        max: usize,
    },
    /// The stored permissions were written by a newer version.
    #[error("permissions of version {0}")]
    NewerVersion(u32),
}

impl From<GrantError> for UiError {
    fn from(error: GrantError) -> Self {
        let details = error.to_string();
        match error {
            GrantError::UnknownSite(_) => {
                Self::new(UiErrorCode::UnknownSite, "This site is not in the list any more.")
            }
            GrantError::TooManySites { .. } => {
                Self::new(UiErrorCode::TooMany, "The wallet remembers too many sites. Remove some first.")
            }
            _ => Self::new(UiErrorCode::SiteNotPermitted, "The wallet does not permit this site to do that."),
        }
        .with_details(details)
    }
}

impl Default for Grants {
    fn default() -> Self {
        Self { version: GRANTS_VERSION, next_id: 1, sites: Vec::new() }
    }
}

impl Grants {
    /// Refuses permissions of a newer version; call it after deserialising.
    pub fn check_version(self) -> Result<Self, GrantError> {
        if self.version > GRANTS_VERSION {
            return Err(GrantError::NewerVersion(self.version));
        }
        Ok(self)
    }

    /// Connects a site, or replaces its permissions.
    pub fn connect(
        &mut self,
        origin: &str,
        permissions: ConnectPermissions,
        now: Timestamp,
    ) -> Result<SiteId, GrantError> {
        self.put(origin, permissions, now, false)
    }

    /// The person does not want to hear of this site again.
    pub fn ignore(&mut self, origin: &str, now: Timestamp) -> Result<SiteId, GrantError> {
        let nothing = ConnectPermissions {
            accounts: Vec::new(),
            chains: Vec::new(),
            may_propose: false,
            expires_at: None,
        };
        self.put(origin, nothing, now, true)
    }

    /// All sites, latest connected last.
    pub fn sites(&self) -> &[ConnectedSite] {
        &self.sites
    }

    /// Forgets a site; it may ask again. Gives its origin, for refusing what waits.
    pub fn revoke(&mut self, id: SiteId) -> Result<String, GrantError> {
        let index = self.sites.iter().position(|site| site.id == id).ok_or(GrantError::UnknownSite(id))?;
        Ok(self.sites.remove(index).origin)
    }

    /// Forgets all sites. Gives their origins.
    pub fn revoke_all(&mut self) -> Vec<String> {
        self.sites.drain(..).map(|site| site.origin).collect()
    }

    /// A chain or account is gone: nobody keeps permissions for it.
    pub fn forget_chain(&mut self, chain_id: ChainId) {
        for site in &mut self.sites {
            site.permissions.chains.retain(|granted| *granted != chain_id);
        }
    }

    /// The site's permissions, if it has any now.
    pub fn permissions(&self, origin: &str, now: Timestamp) -> Result<&ConnectPermissions, GrantError> {
        let site = self.sites.iter().find(|site| site.origin == origin).ok_or(GrantError::NotConnected)?;
        if site.is_ignored {
            return Err(GrantError::Ignored);
        }
        if site.permissions.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(GrantError::NotConnected);
        }
        Ok(&site.permissions)
    }

    /// Accounts the site may see.
    pub fn accounts(&self, origin: &str, now: Timestamp) -> Result<&[AccountId], GrantError> {
        self.permissions(origin, now).map(|permissions| permissions.accounts.as_slice())
    }

    /// Whether the site may read the chain.
    pub fn check_read(&self, origin: &str, chain_id: ChainId, now: Timestamp) -> Result<(), GrantError> {
        if self.permissions(origin, now)?.chains.contains(&chain_id) {
            Ok(())
        } else {
            Err(GrantError::ChainNotGranted)
        }
    }

    /// Whether the site may propose blocks for the chain (each is still reviewed by the person).
    pub fn check_propose(&self, origin: &str, chain_id: ChainId, now: Timestamp) -> Result<(), GrantError> {
        self.check_read(origin, chain_id, now)?;
        if self.permissions(origin, now)?.may_propose { Ok(()) } else { Err(GrantError::MayNotPropose) }
    }

    /// The site has used its permissions.
    pub fn used(&mut self, origin: &str, now: Timestamp) {
        if let Some(site) = self.sites.iter_mut().find(|site| site.origin == origin) {
            site.last_used = Some(now);
        }
    }

    /// Removes expired sites. Gives their origins, for telling them.
    pub fn expire(&mut self, now: Timestamp) -> Vec<String> {
        let (expired, kept) = std::mem::take(&mut self.sites)
            .into_iter()
            .partition(|site: &ConnectedSite| site.permissions.expires_at.is_some_and(|at| at <= now));
        self.sites = kept;
        let expired: Vec<ConnectedSite> = expired;
        expired.into_iter().map(|site| site.origin).collect()
    }

    fn put(
        &mut self,
        origin: &str,
        permissions: ConnectPermissions,
        now: Timestamp,
        is_ignored: bool,
    ) -> Result<SiteId, GrantError> {
        check_origin(origin)?;
        if let Some(site) = self.sites.iter_mut().find(|site| site.origin == origin) {
            site.permissions = permissions;
            site.is_ignored = is_ignored;
            site.connected_at = now;
            return Ok(site.id);
        }
        if self.sites.len() >= SITES_MAX {
            return Err(GrantError::TooManySites { max: SITES_MAX });
        }
        let id = SiteId(self.next_id);
        self.next_id += 1;
        self.sites.push(ConnectedSite {
            id,
            origin: origin.to_owned(),
            permissions,
            connected_at: now,
            last_used: None,
            is_ignored,
        });
        Ok(id)
    }
}

/// Accepts `https://host[:port]`, and `http://` for `localhost`, `127.0.0.1` and `[::1]`; lower case, no path, no user,
/// no default port.
pub fn check_origin(origin: &str) -> Result<(), GrantError> {
    if origin.len() > ORIGIN_BYTES_MAX {
        return Err(GrantError::BadOrigin("too long"));
    }
    let (host, is_plain) = match (origin.strip_prefix("https://"), origin.strip_prefix("http://")) {
        (Some(host), _) => (host, false),
        (None, Some(host)) => (host, true),
        (None, None) => return Err(GrantError::BadOrigin("neither https nor local http")),
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let is_ipv6 = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).is_some_and(|digits| {
        !digits.is_empty() && digits.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f' | ':' | '.'))
    });
    if name.is_empty()
        || !(name.chars().all(is_name) || is_ipv6)
        || name.starts_with('.')
        || name.ends_with('.')
    {
        return Err(GrantError::BadOrigin("host not canonical"));
    }
    if let Some(port) = port {
        let default = if is_plain { 80 } else { 443 };
        match port.parse::<u16>() {
            Ok(number) if number != default && number.to_string() == port && number != 0 => {}
            _ => return Err(GrantError::BadOrigin("port not canonical")),
        }
    }
    if is_plain && !matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        return Err(GrantError::BadOrigin("http is only for this machine"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
