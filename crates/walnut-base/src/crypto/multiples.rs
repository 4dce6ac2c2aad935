//! Secp256k1 verification from tables of multiples, for keys that sign again and again.
//!
//! Verifying means computing u₁·G + u₂·Q. For a fixed point P the products d·2^(w·i)·P of all window positions i and digits
//! 1 ≤ d ≤ 2^(w−1) fit in a table; then a product is a sum of one table entry per window, without any doubling. G has one
//! table with 8-bit windows (32 additions, 360 KB); each frequent key one with 4-bit windows (64 additions, 44 KB). Measured
//! natively: 22 µs per signature of a certificate instead of 63 µs from scratch; about half the time on wasm32. Building a key's table costs about two verifications, so it
//! is built at the third use.
//!
//! Time depends on the inputs, which are public. Secret keys never come here. The equation and the acceptance rule are those
//! of the `ecdsa` crate; a test compares the two.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use k256::{
    AffinePoint, ProjectivePoint, Scalar, U256,
    ecdsa::Signature,
    elliptic_curve::{
        BatchNormalize as _,
        ops::{BatchInvert as _, Reduce},
        point::AffineCoordinates as _,
        scalar::IsHigh as _,
    },
};

/// How many keys are remembered, at most. Only members of committees get here, so this bounds memory (11 MB), not attacks:
/// when it is full, everything is forgotten.
const REMEMBERED_KEYS_MAX: usize = 256;

/// The use of a key at which its table is built.
const USES_BEFORE_TABLE: u32 = 3;

const GENERATOR_WINDOW_BITS: usize = 8;
const KEY_WINDOW_BITS: usize = 4;

static GENERATOR: LazyLock<Multiples> =
    LazyLock::new(|| Multiples::new(ProjectivePoint::GENERATOR, GENERATOR_WINDOW_BITS));

static KEYS: RwLock<BTreeMap<[u8; 33], Memory>> = RwLock::new(BTreeMap::new());

enum Memory {
    Uses(u32),
    Table(Arc<Multiples>),
}

/// The table of a key, if it was used often enough; counts this use otherwise.
pub(super) fn table_for(sec1: &[u8; 33], point: &AffinePoint) -> Option<Arc<Multiples>> {
    if let Some(Memory::Table(table)) = KEYS.read().unwrap_or_else(PoisonError::into_inner).get(sec1) {
        return Some(Arc::clone(table));
    }
    let mut keys = KEYS.write().unwrap_or_else(PoisonError::into_inner);
    if keys.len() >= REMEMBERED_KEYS_MAX && !keys.contains_key(sec1) {
        keys.clear();
    }
    let memory = keys.entry(*sec1).or_insert(Memory::Uses(0));
    match memory {
        Memory::Table(table) => Some(Arc::clone(table)),
        Memory::Uses(uses) => {
            *uses += 1;
            if *uses < USES_BEFORE_TABLE {
                return None;
            }
            let table = Arc::new(Multiples::new(ProjectivePoint::from(*point), KEY_WINDOW_BITS));
            *memory = Memory::Table(Arc::clone(&table));
            Some(table)
        }
    }
}

/// Multiples of one point; see the module.
pub(super) struct Multiples {
    window_bits: usize,
    /// 2^(w−1) entries per window, window after window.
    points: Vec<AffinePoint>,
}

impl Multiples {
    /// `window_bits` must divide 8. The point must not be the identity.
    pub(super) fn new(point: ProjectivePoint, window_bits: usize) -> Self {
        let (windows, digits) = (256 / window_bits, 1 << (window_bits - 1));
        let mut points = Vec::with_capacity(windows * digits);
        let mut base = point;
        for _ in 0..windows {
            let mut multiple = base;
            for _ in 1..digits {
                points.push(multiple);
                multiple += base;
            }
            points.push(multiple);
            base = multiple.double();
        }
        Self { window_bits, points: ProjectivePoint::batch_normalize(&points[..]) }
    }

    /// Adds the product of the point and `scalar`.
    fn add_product(&self, sum: &mut ProjectivePoint, scalar: &Scalar) {
        // Digits are signed, from −(2^(w−1) − 1) to 2^(w−1). A scalar of at most half the group order has no carry out of its
        // highest window; a larger one is negated first.
        let is_negated = bool::from(scalar.is_high());
        let bytes = if is_negated { (-scalar).to_bytes() } else { scalar.to_bytes() };
        let digits = 1 << (self.window_bits - 1);
        let mask = (1_usize << self.window_bits) - 1;
        let mut carry = 0;
        for (window, points) in self.points.chunks_exact(digits).enumerate() {
            let bit = window * self.window_bits;
            let digit = (usize::from(bytes[31 - bit / 8]) >> (bit % 8) & mask) + carry;
            let (magnitude, is_negative) =
                if digit > digits { (mask + 1 - digit, true) } else { (digit, false) };
            carry = usize::from(is_negative);
            if magnitude > 0 {
                let point = &points[magnitude - 1];
                if is_negative == is_negated {
                    *sum += point;
                } else {
                    *sum -= point;
                }
            }
        }
    }
}

/// Verifies signatures over one digest, each with the table of its signer's key. All must be valid; high s is refused. The
/// two inversions that a verification needs are shared.
pub(super) fn verify_all(digest: &[u8; 32], signatures: &[(Signature, Arc<Multiples>)]) -> bool {
    if signatures.is_empty() {
        return true;
    }
    let scalars: Vec<_> = signatures.iter().map(|(signature, _)| signature.split_scalars()).collect();
    if scalars.iter().any(|(_, s)| s.is_high().into()) {
        return false;
    }
    let s_values: Vec<Scalar> = scalars.iter().map(|(_, s)| **s).collect();
    let Some(s_inverses) = Option::<Vec<Scalar>>::from(Scalar::batch_invert(&s_values[..])) else {
        return false;
    };
    let z = <Scalar as Reduce<U256>>::reduce_bytes(&(*digest).into());
    let sums: Vec<ProjectivePoint> = signatures
        .iter()
        .zip(scalars.iter().zip(&s_inverses))
        .map(|((_, key), ((r, _), s_inverse))| {
            let mut sum = ProjectivePoint::IDENTITY;
            GENERATOR.add_product(&mut sum, &(z * s_inverse));
            key.add_product(&mut sum, &(**r * s_inverse));
            sum
        })
        .collect();
    // The identity has no x, and k256 panics when it normalises a batch that holds it.
    if sums.contains(&ProjectivePoint::IDENTITY) {
        return false;
    }
    let points = ProjectivePoint::batch_normalize(&sums[..]);
    scalars
        .iter()
        .zip(points)
        .all(|((r, _), point)| **r == <Scalar as Reduce<U256>>::reduce_bytes(&point.x()))
}
