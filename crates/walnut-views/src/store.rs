//! Read access to one flat, ordered key space.

use std::{future::Future, rc::Rc, sync::Arc};

use crate::StoreError;

/// A key and its value.
pub type Entry = (Vec<u8>, Vec<u8>);

/// Read access to one flat key space, ordered by plain lexicographic byte order.
///
/// There is no way to write through it: the core hands out batches, the host commits them. Nothing here asks for
/// `Send`; the futures of a store in memory are ready at once.
///
/// A reader expects that the part of the key space it reads does not change during one call.
pub trait Store {
    /// The value under `key`. An existing empty value is `Some` of an empty vector.
    fn read(&self, key: &[u8]) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>>;

    /// The values under `keys`, in the order asked; duplicates are allowed.
    fn read_multi(&self, keys: &[Vec<u8>]) -> impl Future<Output = Result<Vec<Option<Vec<u8>>>, StoreError>>;

    /// All keys starting with `prefix`, ascending, with the prefix removed.
    fn scan_keys(&self, prefix: &[u8]) -> impl Future<Output = Result<Vec<Vec<u8>>, StoreError>>;

    /// All entries whose key starts with `prefix`, ascending, with the prefix removed from the keys.
    fn scan(&self, prefix: &[u8]) -> impl Future<Output = Result<Vec<Entry>, StoreError>>;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<S: Store + ?Sized> Store for $pointer {
            fn read(&self, key: &[u8]) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> {
                (**self).read(key)
            }

            fn read_multi(
                &self,
                keys: &[Vec<u8>],
            ) -> impl Future<Output = Result<Vec<Option<Vec<u8>>>, StoreError>> {
                (**self).read_multi(keys)
            }

            fn scan_keys(&self, prefix: &[u8]) -> impl Future<Output = Result<Vec<Vec<u8>>, StoreError>> {
                (**self).scan_keys(prefix)
            }

            fn scan(
                &self,
                prefix: &[u8],
            ) -> impl Future<Output = Result<Vec<Entry>, StoreError>> {
                (**self).scan(prefix)
            }
        }
    )*};
}

forward!(&S, Rc<S>, Arc<S>);

/// The smallest key greater than every key that starts with `prefix`; `None` when there is none (a prefix of
/// `0xff` bytes, or the empty prefix).
pub fn upper_bound(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != 0xff)?;
    let mut bound = prefix[..=last].to_vec();
    bound[last] += 1;
    Some(bound)
}

#[cfg(test)]
mod tests {
    use super::upper_bound;

    #[test]
    fn upper_bound_skips_trailing_ff() {
        assert_eq!(upper_bound(&[]), None);
        assert_eq!(upper_bound(&[0xff, 0xff]), None);
        assert_eq!(upper_bound(&[1, 2]), Some(vec![1, 3]));
        assert_eq!(upper_bound(&[1, 0xff, 0xff]), Some(vec![2]));
    }
}
