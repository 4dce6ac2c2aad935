//! What the machine itself allows: the bounds that no program can beat.

use std::{
    fmt,
    fs::File,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use serde::Serialize;
use walnut_base::{
    AccountSecretKey, CertificateKind, ChainId, Committee, CryptoHash, Ed25519SecretKey, LiteValue, LiteVote,
    ResourceControlPolicy, Round, ValidatorSecretKey, ValidatorState, VoteValue, check_signatures,
};

/// How long each of these is measured.
const TIME: Duration = Duration::from_millis(500);
/// Bytes of a durable write: about what a vote takes.
const WRITE_BYTES: usize = 4_096;

/// Raw figures, of one core where a core is what counts.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    cores: usize,
    load_average_at_start: String,
    /// Signatures of validators checked per second and core, by the `ecdsa` crate.
    pub(crate) vote_checks: f64,
    /// The same within certificates of three signatures, from tables.
    pub(crate) certificate_checks: f64,
    /// Signatures by validators per second and core.
    pub(crate) vote_signatures: f64,
    /// Signatures of Ed25519 owners checked per second and core.
    pub(crate) ed25519_checks: f64,
    /// Median round trip of one byte between two threads over loopback, in microseconds.
    pub(crate) loopback_us: f64,
    /// Median append of 4 KiB with `fdatasync`, in microseconds.
    pub(crate) durable_write_us: f64,
}

impl Machine {
    /// Measures; files go into the folder.
    pub(crate) fn measure(folder: &Path) -> Result<Self> {
        let load_average_at_start = load_average();
        let keys = (1..=4).map(validator_key).collect::<Result<Vec<_>>>()?;
        let value = LiteValue {
            value_hash: CryptoHash::from([7; 32]),
            chain_id: ChainId(CryptoHash::from([8; 32])),
            kind: CertificateKind::Confirmed,
        };
        let vote = LiteVote::new(value, Round::Fast, &keys[0]);
        let public_key = keys[0].public();
        let signed = VoteValue(value.value_hash, Round::Fast, value.kind);
        let vote_checks = per_second(|| vote.signature.check(&signed, &public_key).is_ok())?;
        let vote_signatures = per_second(|| LiteVote::new(value, Round::Fast, &keys[0]).round.is_fast())?;
        let committee = committee(&keys)?;
        let signatures = keys[..3].iter().map(|key| (key.public(), LiteVote::new(value, Round::Fast, key)));
        let mut signatures =
            signatures.map(|(validator, vote)| (validator, vote.signature)).collect::<Vec<_>>();
        signatures.sort_by_key(|(validator, _)| *validator);
        let certificate_checks = 3.0
            * per_second(|| {
                check_signatures(value.value_hash, value.kind, Round::Fast, &signatures, &committee).is_ok()
            })?;
        let owner = AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[3; 32]));
        let (digest, name) = (CryptoHash::from([9; 32]), "digest");
        let signature = owner.sign_prehash(digest);
        let ed25519_checks = per_second(|| signature.check_prehash(digest, name).is_ok())?;
        Ok(Self {
            cores: thread::available_parallelism().map_or(1, usize::from),
            load_average_at_start,
            vote_checks,
            certificate_checks,
            vote_signatures,
            ed25519_checks,
            loopback_us: loopback().context("loopback")?,
            durable_write_us: durable_write(folder).context("durable write")?,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{} cores, load average at the start: {}",
            self.cores, self.load_average_at_start
        )?;
        writeln!(
            formatter,
            "per core and second: {:.0} validator-signature checks, {:.0} from tables; {:.0} \
             validator signatures; {:.0} Ed25519 checks",
            self.vote_checks, self.certificate_checks, self.vote_signatures, self.ed25519_checks
        )?;
        write!(
            formatter,
            "loopback round trip: {:.0} µs; durable write of 4 KiB (fdatasync): {:.0} µs",
            self.loopback_us, self.durable_write_us
        )
    }
}

/// The load averages of the last 1, 5 and 15 minutes.
pub(crate) fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let words = text.split_whitespace().take(3).collect::<Vec<_>>();
    if words.is_empty() { "unknown".to_owned() } else { words.join(" ") }
}

fn validator_key(number: u8) -> Result<ValidatorSecretKey> {
    ValidatorSecretKey::from_bytes(&[number; 32]).context("a small number is a key")
}

fn committee(keys: &[ValidatorSecretKey]) -> Result<Committee> {
    let owner = AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[4; 32]));
    let members = keys.iter().map(|key| {
        let state = ValidatorState {
            network_address: "grpc:127.0.0.1:1".to_owned(),
            votes: 1,
            account_public_key: owner.public(),
        };
        (key.public(), state)
    });
    Ok(Committee::new(members.collect(), ResourceControlPolicy::no_fees())?)
}

/// How often per second; fails if the work fails once.
fn per_second(mut work: impl FnMut() -> bool) -> Result<f64> {
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < TIME {
        anyhow::ensure!(work(), "a signature that must be valid was refused");
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

fn loopback() -> Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let echo = thread::spawn(move || -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let mut byte = [0];
        while stream.read(&mut byte)? == 1 {
            stream.write_all(&byte)?;
        }
        Ok(())
    });
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let median = median_us(|| {
        stream.write_all(&[1])?;
        Ok(stream.read_exact(&mut [0])?)
    })?;
    drop(stream);
    echo.join().map_err(|_| anyhow::anyhow!("the echo panicked"))??;
    Ok(median)
}

fn durable_write(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("durable"))?;
    median_us(|| {
        file.write_all(&[1; WRITE_BYTES])?;
        Ok(file.sync_data()?)
    })
}

fn median_us(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    let mut times = Vec::new();
    while start.elapsed() < TIME {
        let before = Instant::now();
        work()?;
        times.push(before.elapsed());
    }
    Ok(median(&mut times).as_secs_f64() * 1e6)
}

/// The middle one; zero of none.
pub(crate) fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
