//! Versions and their compatibility.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::text::{ParseError, text_or_binary};

/// A release number. JSON and text: `0.15.23`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrateVersion {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number.
    pub patch: u32,
}

impl CrateVersion {
    /// Whether software of this version can be talked to by software of version `other`. Not symmetric: a newer patch is not
    /// compatible with an older one.
    pub const fn is_compatible_with(&self, other: &Self) -> bool {
        if self.major == 0 {
            self.minor == other.minor && self.patch <= other.patch
        } else {
            self.major == other.major && self.minor <= other.minor
        }
    }
}

text_or_binary!(CrateVersion, CrateVersionRepr);

#[derive(Serialize, Deserialize)]
#[serde(rename = "CrateVersion")]
struct CrateVersionRepr {
    major: u32,
    minor: u32,
    patch: u32,
}

impl From<&CrateVersion> for CrateVersionRepr {
    fn from(version: &CrateVersion) -> Self {
        let CrateVersion { major, minor, patch } = *version;
        Self { major, minor, patch }
    }
}

impl From<CrateVersionRepr> for CrateVersion {
    fn from(repr: CrateVersionRepr) -> Self {
        Self { major: repr.major, minor: repr.minor, patch: repr.patch }
    }
}

impl fmt::Display for CrateVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for CrateVersion {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || ParseError::Malformed("version");
        let mut numbers = text.split('.').map(|number| number.parse().map_err(|_| malformed()));
        let mut next = || numbers.next().unwrap_or_else(|| Err(malformed()));
        let version = Self { major: next()?, minor: next()?, patch: next()? };
        if numbers.next().is_some() {
            return Err(malformed());
        }
        Ok(version)
    }
}

/// What a node tells about its software.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionInfo {
    /// Release.
    pub crate_version: CrateVersion,
    /// Commit.
    pub git_commit: String,
    /// Whether there were changes beyond the commit.
    pub git_dirty: bool,
    /// Hash of the gRPC interface files.
    pub rpc_hash: String,
    /// Hash of the GraphQL interface files.
    pub graphql_hash: String,
    /// Hash of the interface files of applications.
    pub wit_hash: String,
}

impl VersionInfo {
    /// The release that this crate speaks: 0.15.23.
    pub fn reference() -> Self {
        Self {
            crate_version: CrateVersion { major: 0, minor: 15, patch: 23 },
            git_commit: "ad6ceee1fb278526ca5c8646515c5e6efe3cfbdb".to_owned(),
            git_dirty: false,
            rpc_hash: "K9p3m/MsIPZL32CYddAqlG6PHKprJvMjei5cIiqFgDY".to_owned(),
            graphql_hash: "RmwcE5swpH/HkjbetY/YyD6ebNQFS9oeU6ayEAvDjEQ".to_owned(),
            wit_hash: "0X+I4jeHCdpD2M0R+OVodI4pH+dF9rt0K/iHENVcnug".to_owned(),
        }
    }

    /// Whether a remote with this version can be talked to by a client with version `local`: same interfaces, or
    /// compatible releases (`linera-version/src/version_info/`).
    pub fn is_compatible_with(&self, local: &Self) -> bool {
        self.api_hashes() == local.api_hashes() || self.crate_version.is_compatible_with(&local.crate_version)
    }

    fn api_hashes(&self) -> [&str; 3] {
        [&self.rpc_hash, &self.graphql_hash, &self.wit_hash]
    }
}
