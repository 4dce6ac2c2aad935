//! `server_N.json`: everything one validator knows about itself.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use walnut_base::{
    AccountPublicKey, NetworkAddress, NetworkProtocol, ValidatorPublicKey, ValidatorSecretKey,
};

/// How processes speak: `{"Grpc": "ClearText"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkKind {
    /// gRPC.
    Grpc(TlsKind),
    /// The simple protocol of local tests, which this validator does not speak.
    Simple(SimpleKind),
}

/// Whether gRPC is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TlsKind {
    /// No.
    ClearText,
    /// Yes.
    Tls,
}

/// The carrier of the simple protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SimpleKind {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// Where a validator is reached from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicNetwork {
    /// How.
    pub protocol: NetworkKind,
    /// Host name or IPv4 address.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl PublicNetwork {
    /// The address as committees hold it.
    pub fn address(&self) -> NetworkAddress {
        let protocol = match self.protocol {
            NetworkKind::Grpc(TlsKind::ClearText) => NetworkProtocol::Grpc,
            NetworkKind::Grpc(TlsKind::Tls) => NetworkProtocol::Grpcs,
            NetworkKind::Simple(SimpleKind::Tcp) => NetworkProtocol::Tcp,
            NetworkKind::Simple(SimpleKind::Udp) => NetworkProtocol::Udp,
        };
        NetworkAddress { protocol, host: self.host.clone(), port: self.port }
    }
}

/// What a validator tells the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorConfig {
    /// The key that signs votes.
    pub public_key: ValidatorPublicKey,
    /// The key of its account.
    pub account_key: AccountPublicKey,
    /// Where it is reached.
    pub network: PublicNetwork,
}

/// One shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardConfig {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Where it tells how it is doing.
    #[serde(default)]
    pub metrics_port: Option<u16>,
}

/// One front process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyConfig {
    /// Its host.
    pub host: String,
    /// Port for wallets.
    pub public_port: u16,
    /// Port for the validator's own processes.
    pub private_port: u16,
    /// Where it tells how it is doing.
    pub metrics_port: u16,
}

/// One process that passes blocks on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExporterConfig {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// The processes of one validator. This program is all of them in one; it uses the number of shards and the public port of
/// the first front.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InternalNetwork {
    /// The key that signs votes.
    pub public_key: ValidatorPublicKey,
    /// How they speak.
    pub protocol: NetworkKind,
    /// The shards.
    pub shards: Vec<ShardConfig>,
    /// The exporters.
    #[serde(default)]
    pub block_exporters: Vec<ExporterConfig>,
    /// The fronts.
    pub proxies: Vec<ProxyConfig>,
}

/// `server_N.json`.
#[derive(Serialize, Deserialize)]
pub struct ServerConfig {
    /// What others know.
    pub validator: ValidatorConfig,
    /// The secret half of the validator's key, 64 hexadecimal digits.
    #[serde(serialize_with = "write_secret", deserialize_with = "read_secret")]
    pub validator_secret: ValidatorSecretKey,
    /// Its processes.
    pub internal_network: InternalNetwork,
}

impl ServerConfig {
    /// A copy of the secret key, which is not `Clone` so that copies are made on purpose.
    pub fn secret(&self) -> ValidatorSecretKey {
        let bytes = self.validator_secret.to_secret_bytes();
        ValidatorSecretKey::from_bytes(&bytes).expect("the bytes of a key are a key")
    }

    /// The port for wallets.
    pub fn public_port(&self) -> u16 {
        self.internal_network.proxies.first().map_or(self.validator.network.port, |proxy| proxy.public_port)
    }
}

fn write_secret<S: Serializer>(key: &ValidatorSecretKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(key.to_secret_bytes().as_ref()))
}

fn read_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ValidatorSecretKey, D::Error> {
    let text = String::deserialize(deserializer)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(&text, &mut bytes)
        .map_err(|_| D::Error::custom("a secret key has 64 hexadecimal digits"))?;
    ValidatorSecretKey::from_bytes(&bytes).map_err(D::Error::custom)
}
