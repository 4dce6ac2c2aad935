//! What is signed and what never is.

use walnut_base::{BlockHeight, CryptoHash, Epoch, ProposalContent, ProposedBlock, Round, Timestamp};

use super::super::*;
use crate::{
    messages::{SignId, SignRequest, SignedEntry, UiError, UiErrorCode},
    test_values::{chain, hash, owner},
};

fn content(timestamp: u64, round: Round) -> ProposalContent {
    ProposalContent {
        block: ProposedBlock {
            chain_id: chain(1),
            epoch: Epoch(0),
            transactions: Vec::new(),
            height: BlockHeight(4),
            timestamp: Timestamp::from_micros(timestamp),
            authenticated_signer: None,
            previous_block_hash: Some(hash(3)),
        },
        round,
        outcome: None,
    }
}

fn request(content: &ProposalContent, signed: Vec<SignedEntry>) -> SignRequest {
    SignRequest {
        sign_id: SignId(1),
        owner: owner(1),
        content: bcs::to_bytes(content).unwrap(),
        digest: CryptoHash::new(content),
        signed,
    }
}

fn entry(content: &ProposalContent) -> SignedEntry {
    check_sign_request(&request(content, Vec::new()), &[]).unwrap().entry
}

#[test]
fn signs_a_proposal_and_names_it() {
    let content = content(1, Round::Fast);
    let checked = check_sign_request(&request(&content, Vec::new()), &[]).unwrap();
    assert_eq!(checked.digest, CryptoHash::new(&content));
    assert_eq!(
        (checked.entry.chain_id, checked.entry.height, checked.entry.round),
        (chain(1), BlockHeight(4), Round::Fast)
    );
}

#[test]
fn the_same_block_again_is_fine_in_any_round() {
    let first = content(1, Round::Fast);
    let known = vec![entry(&first)];
    assert_eq!(
        check_sign_request(&request(&first, known.clone()), &known).map(|checked| checked.entry),
        Ok(known[0].clone())
    );
    let retry = content(1, Round::MultiLeader(0));
    let checked = check_sign_request(&request(&retry, known.clone()), &[]).unwrap();
    assert_eq!(checked.entry.block, known[0].block, "a retry is the same block");
}

#[test]
fn never_two_blocks_for_one_place() {
    let (first, second) = (content(1, Round::Fast), content(2, Round::Fast));
    let (known, given) = (entry(&first), entry(&second));
    let conflict = SigningError::Conflict { known: known.block, given: given.block };
    // Whether the table or the vault's own memory knows it, and whoever signed it.
    let others = SignedEntry { owner: owner(9), ..known.clone() };
    for (signed, also_known) in
        [(vec![known.clone()], vec![]), (vec![], vec![known.clone()]), (vec![others], vec![])]
    {
        assert_eq!(check_sign_request(&request(&second, signed), &also_known), Err(conflict.clone()));
    }
    assert_eq!(UiError::from(conflict).code, UiErrorCode::ConflictingSignature);
    // Another round, height or chain is another place.
    let later = content(2, Round::MultiLeader(0));
    let mut higher = content(2, Round::Fast);
    higher.block.height = BlockHeight(5);
    let mut elsewhere = content(2, Round::Fast);
    elsewhere.block.chain_id = chain(2);
    for content in [later, higher, elsewhere] {
        assert!(check_sign_request(&request(&content, vec![known.clone()]), &[]).is_ok());
    }
}

#[test]
fn nothing_but_proposals() {
    let good = request(&content(1, Round::Fast), Vec::new());
    let with_bytes = |bytes: Vec<u8>| SignRequest { content: bytes, ..good.clone() };
    let mut trailing = good.content.clone();
    trailing.push(0);
    let truncated = good.content[..good.content.len() - 1].to_vec();
    for bytes in [Vec::new(), vec![0; 32], trailing, truncated, hash(1).as_bytes().to_vec()] {
        assert_eq!(check_sign_request(&with_bytes(bytes), &[]), Err(SigningError::NotAProposal));
    }
    let other = CryptoHash::new(&content(2, Round::Fast));
    assert_eq!(
        check_sign_request(&SignRequest { digest: other, ..good.clone() }, &[]),
        Err(SigningError::DigestMismatch { computed: good.digest, given: other })
    );
    let found = PROPOSAL_BYTES_MAX + 1;
    let error = SigningError::TooLong { found, max: PROPOSAL_BYTES_MAX };
    assert_eq!(check_sign_request(&with_bytes(vec![0; found]), &[]), Err(error.clone()));
    assert_eq!(UiError::from(error).code, UiErrorCode::SigningRefused);
}
