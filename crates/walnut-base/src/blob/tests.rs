//! Blob names.

use super::{Blob, BlobContent};
use crate::{BlobType, CryptoHash, EncodingError, encoding};

#[test]
fn type_is_part_of_the_hash() {
    let data = Blob::new_data(b"x".as_slice());
    let contract = Blob::new_contract_bytecode(b"x".as_slice());
    assert_ne!(data.id().hash, contract.id().hash);
    assert_eq!(data.id().hash, CryptoHash::new(data.content()));
    assert_eq!(CryptoHash::new(&data), CryptoHash::new(data.content()));
}

#[test]
fn malformed_application_descriptions_are_refused_not_fatal() {
    let content = BlobContent::new(BlobType::ApplicationDescription, vec![1, 2, 3]);
    assert!(matches!(Blob::new(content.clone()), Err(EncodingError::Bcs(_))));
    let bytes = encoding::to_bcs(&content);
    assert_eq!(encoding::from_bcs::<BlobContent>(&bytes, 64), Ok(content));
    assert!(matches!(encoding::from_bcs::<Blob>(&bytes, 64), Err(EncodingError::Bcs(_))));
    assert!(matches!(
        encoding::from_bincode::<Blob>(&encoding::to_bincode(&bytes), 64),
        Err(EncodingError::Bincode(_))
    ));
}

#[test]
fn json_of_content_is_an_object() {
    let content = BlobContent::new(BlobType::Data, vec![1, 2]);
    let json = serde_json::to_string(&content).expect("JSON");
    assert_eq!(json, "{\"blob_type\":\"Data\",\"bytes\":[1,2]}");
    assert_eq!(serde_json::from_str::<BlobContent>(&json).expect("a content"), content);
}
