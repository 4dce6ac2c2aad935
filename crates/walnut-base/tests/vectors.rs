//! Values, hashes and signatures recorded with the published crates of release 0.15.23.

use std::collections::BTreeMap;

use hex_literal::hex;
use serde::Serialize;
use walnut_base::{
    Account, AccountOwner, AccountPublicKey, AccountSecretKey, AccountSignature, Amount,
    ApplicationDescription, ApplicationPermissions, BcsHashable, Blob, BlobId, BlobType, Block,
    BlockExecutionOutcome, BlockHeight, BlockProposal, CertificateError, CertificateKind, ChainDescription,
    ChainId, ChainInfo, ChainInfoResponse, ChainManagerInfo, ChainOrigin, ChainOwnership, Committee,
    ConfirmedBlock, ConfirmedBlockCertificate, CryptoHash, CryptoHashVec, Ed25519PublicKey, Ed25519SecretKey,
    Epoch, EvmSecretKey, GenesisConfig, InitialChainConfig, LeaderDistribution, LiteVote, ModuleId,
    NodeError, OperationResult, ProposalContent, ProposedBlock, Reason, ResourceControlPolicy, Round,
    Secp256k1SecretKey, SystemOperation, Timeout, Timestamp, Transaction, ValidatorSecretKey, ValidatorState,
    VmRuntime, Vote, VoteValue,
    block::{PreviousEventBlocksMap, PreviousMessageBlocksMap},
    crypto::TestingPrng,
    encoding,
    vote::LiteValue,
};

fn hash(text: &str) -> CryptoHash {
    text.parse().expect("a hash")
}

fn filled(byte: u8) -> CryptoHash {
    [byte; 32].into()
}

fn secp256k1(byte: u8) -> Secp256k1SecretKey {
    Secp256k1SecretKey::from_bytes(&[byte; 32]).expect("a valid key")
}

fn ed25519_public(byte: u8) -> AccountPublicKey {
    AccountPublicKey::Ed25519(Ed25519PublicKey::from_bytes([byte; 32]))
}

fn reserved_chain_description() -> ChainDescription {
    ChainDescription {
        origin: ChainOrigin::Root(0),
        timestamp: Timestamp::EPOCH,
        config: InitialChainConfig {
            ownership: ChainOwnership::single(AccountOwner::CHAIN),
            epoch: Epoch::ZERO,
            min_active_epoch: Epoch::ZERO,
            max_active_epoch: Epoch::ZERO,
            balance: Amount::ZERO,
            application_permissions: ApplicationPermissions::default(),
        },
    }
}

#[test]
fn v1_chain_description() {
    let description = reserved_chain_description();
    let bytes = hex!(
        "00000000000000000000000000000100006400000000000000050000000000809698000000000040420f0000000000ffffffffffffffff"
        "00000000000000000000000000000000000000000000000000000000000000000000"
    );
    assert_eq!(encoding::to_bcs(&description), bytes);
    assert_eq!(
        description.id(),
        ChainId(hash("0b87a7cba23cf0d634a1f8eace084acb8fa110b8017db71a7f1bb159e4c752dd"))
    );
    assert!(CryptoHash::new(&description).to_string().starts_with("771a1c90"));
}

#[test]
fn v2_owners() {
    let counting: [u8; 32] = std::array::from_fn(|index| u8::try_from(index + 1).expect("at most 32"));
    let owner = |key: AccountPublicKey| key.owner().to_string();
    assert_eq!(
        owner(AccountPublicKey::Ed25519(Ed25519PublicKey::from_bytes(counting))),
        "0xeacee5344cbec9569e836f95029d476c700f4f5bc007c71c0752c73fba149043"
    );
    assert_eq!(
        owner(ed25519_public(1)),
        "0xf906de6d83d94a32cb7d6ac7cb0918893ae60814932bbc16aa61dfad4026c5b8"
    );
    let secret = Ed25519SecretKey::from_bytes(&[1; 32]);
    assert_eq!(
        secret.public().to_string(),
        "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"
    );
    assert_eq!(
        AccountSecretKey::Ed25519(secret).owner().to_string(),
        "0x9d2b00bd14806f3bbae9fd1483565a5b7bfe9c448dc53ffa3506e246d5e3aa3a"
    );
    assert_eq!(
        secp256k1(1).public().to_string(),
        "031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f"
    );
    assert_eq!(
        AccountSecretKey::Secp256k1(secp256k1(1)).owner().to_string(),
        "0xabf516a1f7f15e4878e79baa82cbeae7d35cc8dd886875658e0d5d94de7a40f0"
    );
    let evm = EvmSecretKey::from_bytes(&[1; 32]).expect("a valid key");
    assert_eq!(
        AccountSecretKey::EvmSecp256k1(evm).owner().to_string(),
        "0x1a642f0e3c3af545e7acbd38b07251b3990914f1"
    );
}

#[test]
fn v3_signatures() {
    let digest = filled(0x42);
    let keys = [
        (
            AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[1; 32])),
            "f7db92230bca941091b208b10328f68917d0d67cdf46a6f0a357da6d09ea608c6727a4b80efc39d3ee8869de8df4b8196499b895e441c428b950e44bbca6cf05",
        ),
        (
            AccountSecretKey::Secp256k1(secp256k1(1)),
            "351f7775548e4c561dd9726a9ce477c78f6854ab2db3815e69792463fa54f1fa46192778740b115adf0529c6d1730b22d5a0636ff8a0d3ea6d7e021a144c0f03",
        ),
        (
            AccountSecretKey::EvmSecp256k1(EvmSecretKey::from_bytes(&[1; 32]).expect("a valid key")),
            "9e347375e6950dafc3dd3e159cc23bd4600d355bd96035ce88c3ec518fa9dafc6887826bab83437b1032ecdd7fc5a97a361ebada8b2b43bef4e05db92f60c8031c",
        ),
    ];
    for (key, expected) in keys {
        let signature = key.sign_prehash(digest);
        let text = match &signature {
            AccountSignature::Ed25519 { signature, .. } => signature.to_string(),
            AccountSignature::Secp256k1 { signature, .. } => signature.to_string(),
            AccountSignature::EvmSecp256k1 { signature, .. } => signature.to_string(),
        };
        assert_eq!(text, expected);
        assert_eq!(signature.check_prehash(digest, "Test"), Ok(()));
        assert_eq!(signature.owner(), key.owner());
        assert!(signature.check_prehash(filled(0x43), "Test").is_err());
    }
}

#[test]
fn v4_data_blob() {
    let blob = Blob::new_data(b"hello".as_slice());
    assert_eq!(
        blob.id().to_string(),
        "Data:63a759ef44c1fb29f6887b7087d431066624e05d4c5bbbbbe2bc4f68f10bc443"
    );
    assert_eq!(encoding::to_bcs(&blob), hex!("000568656c6c6f"));
    assert_eq!(serde_json::to_string(&blob).expect("JSON"), "\"000568656c6c6f\"");
    assert_eq!(serde_json::from_str::<Blob>("\"000568656c6c6f\"").expect("a blob"), blob);
}

#[test]
fn v5_application() {
    let description = |vm_runtime| ApplicationDescription {
        module_id: ModuleId::new(filled(1), filled(2), vm_runtime),
        creator_chain_id: ChainId(filled(3)),
        block_height: BlockHeight(4),
        application_index: 5,
        parameters: b"null".to_vec(),
        required_application_ids: Vec::new(),
    };
    let wasm = description(VmRuntime::Wasm);
    assert_eq!(wasm.id().to_string(), "f299915cecf5cdf73eafd1bcb7a8934e0a027ddd28586ec9a182e1aed1f3257b");
    assert!(!wasm.id().is_evm());
    let evm = description(VmRuntime::Evm);
    let expected = "841071d1674d2481c6163dbe822fb7e5980ee287000000000000000000000000";
    assert_eq!(evm.id().to_string(), expected);
    assert!(evm.id().is_evm());
    assert_eq!(hex::encode(evm.id().evm_address()), expected[..40]);
    let decoded: Blob = encoding::from_bcs(&encoding::to_bcs(&evm.to_blob()), 1 << 10).expect("a blob");
    assert_eq!(decoded.id(), evm.id().description_blob_id());
    assert_ne!(CryptoHash::new(&decoded), decoded.id().hash);
}

#[test]
fn v6_validator_order() {
    let starts = |keys: Vec<String>| keys.into_iter().map(|key| key[..6].to_owned()).collect::<Vec<_>>();
    let keys: BTreeMap<_, u8> = (1..=8).map(|byte| (secp256k1(byte).public(), byte)).collect();
    assert_eq!(
        starts(keys.keys().map(ToString::to_string).collect()),
        ["031b84", "034627", "024d4b", "02531f", "0362c0", "02989c", "03f006", "03f991"]
    );
    let bytes = encoding::to_bcs(&keys);
    let in_bcs = bytes[1..].chunks(34).map(hex::encode).collect();
    assert_eq!(
        starts(in_bcs),
        ["024d4b", "02531f", "02989c", "031b84", "034627", "0362c0", "03f006", "03f991"]
    );
    let decoded: BTreeMap<walnut_base::ValidatorPublicKey, u8> =
        encoding::from_bcs_canonical(&bytes, 1 << 10).expect("a map");
    assert_eq!(decoded, keys);
    let in_bincode = encoding::to_bincode(&keys);
    assert_eq!(hex::encode(&in_bincode[8..11]), "031b84");
}

#[derive(Serialize)]
struct TestString(&'static str);

impl BcsHashable for TestString {
    const NAME: &'static str = "TestString";
}

#[test]
fn v7_proposal_signed_by_metamask() {
    let content = ProposalContent {
        block: ProposedBlock {
            chain_id: ChainId(CryptoHash::new(&TestString("ChainId"))),
            epoch: Epoch(11),
            transactions: Vec::new(),
            height: BlockHeight(11),
            timestamp: Timestamp::from_micros(190_000_000),
            authenticated_signer: None,
            previous_block_hash: None,
        },
        round: Round::SingleLeader(11),
        outcome: None,
    };
    assert_eq!(
        encoding::to_bcs(&content),
        hex!(
            "81b13a97d9da39cb48fbff6316d02886ad353139e51763c5f5f459fbe1d061e70b000000000b00000000000000802b530b00000000"
            "0000020b00000000"
        )
    );
    assert_eq!(
        CryptoHash::new(&content),
        hash("a2dd300ea227cfbe963ac517ef680d0bee514d2a855a19d73f672d65a76bce06")
    );
    let secret =
        EvmSecretKey::from_bytes(&hex!("f77a21701522a03b01c111ad2d2cdaf2b8403b47507ee0aec3c2e52b765d7a66"))
            .expect("a valid key");
    let signature = AccountSecretKey::EvmSecp256k1(secret).sign(&content);
    let AccountSignature::EvmSecp256k1 { signature: evm, address } = &signature else {
        panic!("another scheme")
    };
    assert_eq!(
        evm.to_string(),
        "d69d31203f59be441fd02cdf68b2504cbcdd7215905c9b7dc3a7ccbf09afe145503c93b391810ce9edd6ee36b1e817b2d0e9dabdf4a098da8c2f670ef4198e8a1b"
    );
    assert_eq!(evm.check(&content, address), Ok(()));
    assert_eq!(signature.check(&content), Ok(()));
}

#[test]
fn v8_vote_digests() {
    let digest = |round| CryptoHash::new(&VoteValue(filled(0x42), round, CertificateKind::Confirmed));
    assert_eq!(
        digest(Round::MultiLeader(1)),
        hash("58ab943cb45783ca60fc88c961e1665df031ae4ad1f78a6002de6273cfae63c0")
    );
    assert_eq!(digest(Round::Fast), hash("3ac225f52a8e4d439a69364cb38b774850b07e6a44df6686d3efbc6c0a5a33c1"));
    let timeout = Timeout::new(ChainId(filled(0x42)), BlockHeight(3), Epoch(2));
    assert_eq!(
        CryptoHash::new(&timeout),
        hash("29c3e7022dd24e49b92a52db57dc7759468e8e38532a30ec6eef45e9a45d56ee")
    );
}

#[test]
fn v9_empty_hashes() {
    let empty = CryptoHash::new(&CryptoHashVec(Vec::new()));
    assert_eq!(empty, hash("fb2a0a1ff5e931b7825420b470569245067593294009721e593f14a96d952aa9"));
    assert_eq!(
        CryptoHash::new(&CryptoHashVec(vec![empty])),
        hash("a4aab195cf48a3d3cd112791faf165251afb2696cb50fb4ff9dddbd8cf3ab10f")
    );
    assert_eq!(
        CryptoHash::new(&PreviousMessageBlocksMap { inner: BTreeMap::new() }),
        hash("adf902bcd781a87bff71500d48594861bce9bd980d2d81e17cd601df0a3ef11e")
    );
    assert_eq!(
        CryptoHash::new(&PreviousEventBlocksMap { inner: BTreeMap::new() }),
        hash("06557411b9349f970bc7ee518408d1329e9769132dd6981938b0d2d46780a336")
    );
}

/// The genesis of V10: four validators, an admin chain and one more.
fn genesis() -> GenesisConfig {
    let validators = (1..=4_u8)
        .map(|byte| {
            let state = ValidatorState {
                network_address: format!("grpc:localhost:910{byte}"),
                votes: 100,
                account_public_key: ed25519_public(1),
            };
            (secp256k1(byte).public(), state)
        })
        .collect();
    let committee = Committee::new(validators, ResourceControlPolicy::testnet()).expect("400 votes");
    let mut genesis = GenesisConfig::new(committee, Timestamp::from_micros(1_000_000), "test-net".to_owned());
    genesis.add_root_chain(ed25519_public(1).owner(), Amount::from_tokens(10));
    genesis
        .add_root_chain(AccountPublicKey::Secp256k1(secp256k1(9).public()).owner(), Amount::from_tokens(5));
    genesis
}

#[test]
fn v10_genesis() {
    let genesis = genesis();
    let description = genesis.network_description().expect("an admin chain");
    assert_eq!(
        description.genesis_committee_blob_hash,
        hash("064b134127ed4a05c6d7db498cd52e792fbd19be86628f4235013dafb30736ae")
    );
    assert_eq!(
        description.genesis_config_hash,
        hash("5b29b28c90862bd9876f9b1753d62d57474e5b74397eac6cd1ac27750777e78f")
    );
    let chains: Vec<_> = genesis.chains.iter().map(|chain| chain.id().to_string()).collect();
    assert_eq!(
        chains,
        [
            "46a3b40c20607ffd2e458431c6ac31987fca474323621d702744ee55f67009c2",
            "6d8c7ef8f81fdee03d1e1f24a857a1a57dbf0474b08eb4fb8126c6b5c50d1d49"
        ]
    );
    assert_eq!(description.admin_chain_id.to_string(), chains[0]);
    let json = serde_json::to_string(&genesis).expect("JSON");
    assert_eq!(serde_json::from_str::<GenesisConfig>(&json).expect("a genesis"), genesis);
    let committee = &genesis.committee;
    assert_eq!(
        (committee.total_votes(), committee.quorum_threshold(), committee.validity_threshold()),
        (400, 267, 134)
    );
}

/// The block of V11: a transfer on the admin chain of V10.
fn block() -> Block {
    let genesis = genesis();
    let operation = SystemOperation::Transfer {
        owner: AccountOwner::CHAIN,
        recipient: Account::new(genesis.chains[1].id(), AccountOwner::Address20([7; 20])),
        amount: Amount::ONE,
    };
    let proposed = ProposedBlock {
        chain_id: genesis.chains[0].id(),
        epoch: Epoch::ZERO,
        transactions: vec![Transaction::ExecuteOperation(operation.into())],
        height: BlockHeight::ZERO,
        timestamp: genesis.timestamp,
        authenticated_signer: Some(ed25519_public(1).owner()),
        previous_block_hash: None,
    };
    let outcome = BlockExecutionOutcome {
        messages: vec![Vec::new()],
        oracle_responses: vec![Vec::new()],
        events: vec![Vec::new()],
        blobs: vec![Vec::new()],
        operation_results: vec![OperationResult::default()],
        ..BlockExecutionOutcome::default()
    };
    outcome.with(proposed)
}

#[test]
fn v11_block() {
    let block = block();
    let (proposed, _) = block.clone().into_proposal();
    assert_eq!(
        encoding::to_bcs(&proposed),
        hex!(
            "46a3b40c20607ffd2e458431c6ac31987fca474323621d702744ee55f67009c2000000000101000000006d8c7ef8f81fdee03d1e1f24"
            "a857a1a57dbf0474b08eb4fb8126c6b5c50d1d49020707070707070707070707070707070707070707000064a7b3b6e00d00000000"
            "00000000000000000000000040420f00000000000101f906de6d83d94a32cb7d6ac7cb0918893ae60814932bbc16aa61dfad4026c5"
            "b800"
        )
    );
    let bytes = hex!(
        "46a3b40c20607ffd2e458431c6ac31987fca474323621d702744ee55f67009c200000000000000000000000040420f0000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000101f906de6d83d94a32cb7d6ac7cb0918893ae60814932bbc"
        "16aa61dfad4026c5b80101000000006d8c7ef8f81fdee03d1e1f24a857a1a57dbf0474b08eb4fb8126c6b5c50d1d490207070707070707"
        "07070707070707070707070707000064a7b3b6e00d0000000000000000010000000100010001000100"
    );
    assert_eq!(encoding::to_bcs(&block), bytes);
    assert_eq!(bytes.len(), 206);
    assert_eq!(encoding::to_bincode(&block).len(), 315);
    assert_eq!(
        CryptoHash::new(&block),
        hash("88331e1d2d34a29844e8a9419bea31fa999c0bd269002e5d89d50d6c5a88c0e4")
    );
    assert_eq!(
        CryptoHash::new(&block.body.transactions[0]),
        hash("e209c576154676f52862d61476cb352bc25c6193313de1857060e043658ca3e5")
    );
    let sub_hashes = block.sub_hashes();
    assert_eq!(
        sub_hashes.transactions_hash,
        hash("c34d0a02a8dd6cf6840bbb09ae017a44ef262fc197420140fae3030dfc9cad57")
    );
    assert_eq!(
        sub_hashes.operation_results_hash,
        hash("d8f5bf193b3da2a462ccf5a848487cf5c22208ab59508dd5d5325cb8bc336a44")
    );
    assert_eq!(
        sub_hashes.messages_hash,
        hash("a4aab195cf48a3d3cd112791faf165251afb2696cb50fb4ff9dddbd8cf3ab10f")
    );
}

#[test]
fn v12_votes_and_certificate() {
    let confirmed = ConfirmedBlock::new(block());
    let expected = [
        (
            1,
            "82e74a6ec9289af5c7d7a9c56bef72d6b78ce7d9fe12310debc35246ed46e880085bd522067387126eeaa848e7b22e54b4322b0e838ae4ec2f407833e7e171c7",
        ),
        (
            2,
            "402d990ce40c90c8a0f5e5d4df57c84347e2569de11dad3d0441f2a60e9955c812c305bb3ba1c65dfe304d278e079f77a8b6e69f1bf865163d0c9f4b3b69647d",
        ),
        (
            4,
            "4603efcf42db16d4f54e21e40b22381b369fa0b0eaa1d21b2d00d5a438d77cc50d8d1a202f3daa50d89e30a04a8b6a61a08ce04c6ea6a76c7bd69be6cefa4cfc",
        ),
    ];
    let mut signatures = Vec::new();
    for (byte, expected) in expected {
        let secret = secp256k1(byte);
        let vote = Vote::new(confirmed.clone(), Round::MultiLeader(0), &secret);
        assert_eq!(vote.signature.to_string(), expected);
        assert_eq!(vote.lite().check(&secret.public()), Ok(()));
        assert_eq!(vote.lite(), LiteVote::new(LiteValue::new(&confirmed), Round::MultiLeader(0), &secret));
        signatures.push((secret.public(), vote.signature));
    }
    let certificate =
        ConfirmedBlockCertificate::new(confirmed.clone(), Round::MultiLeader(0), signatures.clone());
    let order: Vec<_> = certificate.signatures().iter().map(|(validator, _)| *validator).collect();
    assert_eq!(order, [1, 4, 2].map(|byte| secp256k1(byte).public()));
    let committee = genesis().committee;
    assert_eq!(certificate.check(&committee), Ok(&confirmed));

    signatures.pop();
    let too_few = ConfirmedBlockCertificate::new(confirmed, Round::MultiLeader(0), signatures);
    assert_eq!(
        too_few.check(&committee),
        Err(CertificateError::CertificateRequiresQuorum { votes: 200, required: 267 })
    );

    let mut bytes = encoding::to_bcs(&certificate);
    let first = bytes.len() - 3 * 97;
    let (left, right) = bytes[first..].split_at_mut(97);
    left.swap_with_slice(&mut right[..97]);
    let error =
        encoding::from_bcs::<ConfirmedBlockCertificate>(&bytes, 1 << 12).expect_err("unsorted signatures");
    assert!(error.to_string().contains("not strictly increasing"), "{error}");
}

#[test]
fn v13_fast_proposal_and_timeout() {
    let (block, _) = block().into_proposal();
    let timeout = Timeout::new(block.chain_id, BlockHeight::ZERO, Epoch::ZERO);
    assert_eq!(
        CryptoHash::new(&timeout),
        hash("c97cd134f16ccea5fb1e25ad981eca33126f052856682b13e2fb680e7d165486")
    );
    let secret = AccountSecretKey::Ed25519(Ed25519SecretKey::from_bytes(&[1; 32]));
    let proposal = BlockProposal::new_initial(Round::Fast, block, &secret);
    assert_eq!(
        CryptoHash::new(&proposal.content),
        hash("c0e1bb540269865dd573f14902b269e2fcb69b8048cc6439bf6df4455b21da22")
    );
    assert_eq!(proposal.check_signature(), Ok(()));
    assert_eq!(proposal.check_invariants(), Ok(()));
}

#[test]
fn v14_chain_info() {
    let description = genesis().chains.swap_remove(0);
    let info = ChainInfo {
        chain_id: description.id(),
        epoch: Epoch::ZERO,
        description: Some(description),
        manager: Box::new(ChainManagerInfo::default()),
        chain_balance: Amount::ONE,
        block_hash: None,
        timestamp: Timestamp::from_micros(1),
        next_block_height: BlockHeight::ZERO,
        state_hash: None,
        requested_owner_balance: None,
        requested_committees: None,
        requested_pending_message_bundles: Vec::new(),
        requested_sent_certificate_hashes: Vec::new(),
        count_received_log: 0,
        requested_received_log: Vec::new(),
    };
    assert_eq!(
        CryptoHash::new(&info),
        hash("7e867c69affda01efb8958f00b5ac5678239193a111283215db1a25614b77b2e")
    );
    let secret: ValidatorSecretKey = secp256k1(1);
    let response = ChainInfoResponse::new(info, Some(&secret));
    assert_eq!(
        response.signature.expect("signed").to_string(),
        "8504c350d02ddd7305622c6b6f41e1c6da90b011f2db8da2ab7b0f61fbbd541f0363fbdf8e5fbbc10d790e80044ff44aef21636cdef7279fd7b645cfbf6bb5e9"
    );
    assert_eq!(response.check(&secret.public()), Ok(()));
    let received: ChainInfoResponse =
        encoding::from_bincode(&encoding::to_bincode(&response), 1 << 12).expect("a response");
    assert_eq!(received.check(&secret.public()), Ok(()));
}

#[test]
fn v15_bincode() {
    let blobs = NodeError::BlobsNotFound(vec![BlobId::new(filled(5), BlobType::ChainDescription)]);
    let cases: [(Vec<u8>, Vec<u8>); 4] = [
        (
            encoding::to_bincode(&blobs),
            [&hex!("090000000100000000000000")[..], &[5; 32], &hex!("06000000")].concat(),
        ),
        (
            encoding::to_bincode(&NodeError::WrongRound(Round::SingleLeader(2))),
            hex!("060000000200000002000000").to_vec(),
        ),
        (
            encoding::to_bincode(&Reason::NewRound { height: BlockHeight(3), round: Round::MultiLeader(1) }),
            hex!("0200000003000000000000000100000001000000").to_vec(),
        ),
        (
            encoding::to_bincode(&Reason::NewEvents {
                height: BlockHeight(5),
                hash: filled(6),
                event_streams: Default::default(),
            }),
            [&hex!("040000000500000000000000")[..], &[6; 32], &[0; 8]].concat(),
        ),
    ];
    for (ours, recorded) in cases {
        assert_eq!(hex::encode(ours), hex::encode(recorded));
    }
}

#[test]
fn v16_leaders() {
    let cases: [(&[u64], u64, [usize; 12]); 6] = [
        (&[100; 4], 0, [2, 3, 3, 3, 3, 0, 2, 2, 3, 1, 3, 3]),
        (&[100; 4], 1, [2, 0, 2, 3, 3, 3, 1, 0, 2, 3, 0, 3]),
        (&[100; 4], 1000, [1, 3, 1, 1, 3, 0, 3, 2, 3, 2, 0, 0]),
        (&[100, 200, 300], 0, [1, 2, 2, 2, 2, 0, 2, 2, 2, 1, 2, 2]),
        (&[100, 200, 300], 7, [0, 2, 2, 0, 1, 0, 2, 1, 2, 2, 0, 2]),
        (&[1, 0, 5], 1, [2, 0, 2, 2, 2, 2, 2, 2, 2, 2, 0, 2]),
    ];
    for (weights, height, expected) in cases {
        let distribution = LeaderDistribution::new(weights).expect("someone can be drawn");
        let drawn: Vec<_> =
            (0..12).map(|round| distribution.leader_index(round, BlockHeight(height))).collect();
        assert_eq!(drawn, expected, "{weights:?} at height {height}");
    }
    assert_eq!(LeaderDistribution::new(&[0, 0]), None);
    assert_eq!(LeaderDistribution::new(&[]), None);
    assert_eq!(LeaderDistribution::new(&[u64::MAX / 2 + 1, 1]), None);
}

#[test]
fn keys_of_a_testing_seed() {
    use rand_core::RngCore as _;

    let mut rng = TestingPrng::seed_from_u64(37);
    let secret = Ed25519SecretKey::generate(&mut rng);
    assert_eq!(
        hex::encode(secret.to_secret_bytes().as_ref()),
        "dca1c40026fa3f8587486e21dbe2e2d324b2619cd55747ca28b265aa9965e242"
    );
    assert_eq!(
        secret.public().to_string(),
        "fcf518d56455283ace2bbc11c71e684eb58af81bc98b96a18129e825ce24ea84"
    );
    assert_eq!(rng.next_u64(), 3_825_171_570_508_255_433);
}
