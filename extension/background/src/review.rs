//! A staged block in plain words: every word is decoded from the very bytes that will be signed.

use walnut_base::{
    Account, AccountOwner, AdminOperation, Amount, Block, BlockHeight, ChainId, Message, Operation,
    ProposalContent, Round, SystemMessage, SystemOperation,
};
use walnut_client::StagedBlock;
use walnut_wallet::{
    address::shorten,
    messages::{
        AccountId, ApplicationKind, DecodedField, DecodedOperation, Effect, PartyName, Review, ReviewId,
        ReviewKind, Snapshot, UiError, Warning,
    },
};

use crate::{
    applications::{
        Kinds,
        effects::BlockApplications,
        tell::{self, Moved, capital, in_token},
    },
    money::tokens,
    time,
};

/// Share of a balance above which sending is "nearly all": nine tenths.
const NEARLY_ALL_TENTHS: u128 = 9;

/// What a review is made from.
pub(crate) struct Subject<'a> {
    pub(crate) id: ReviewId,
    pub(crate) account: AccountId,
    pub(crate) chain_name: String,
    pub(crate) staged: &'a StagedBlock,
    /// Balances before the block: the chain's own and the signer's.
    pub(crate) chain_before: Amount,
    pub(crate) signer_before: Amount,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) applications: &'a BlockApplications,
}

impl Subject<'_> {
    /// The review.
    pub(crate) fn review(&self) -> Result<Review, UiError> {
        let block: &Block = &self.staged.block;
        let header = &block.header;
        let signer = header.authenticated_signer.unwrap_or(AccountOwner::CHAIN);
        let (fee, balance_before, balance_after) = self.fee(signer);
        let proposed = self.staged.proposed();
        let block_json =
            serde_json::to_string_pretty(&proposed).map_err(|error| UiError::internal(error.to_string()))?;
        // The round is chosen when the block is proposed; what is shown is the digest for the first multi-leader round.
        let content = ProposalContent { block: proposed, round: Round::MultiLeader(0), outcome: None };
        let operations = block.operations().map(|operation| self.decode(operation)).collect::<Vec<_>>();
        let is_send = block
            .operations()
            .any(|operation| transfer_of(operation).is_some() || self.token_transfer_of(operation).is_some());
        let kind = match (is_send, operations.is_empty()) {
            (true, _) => ReviewKind::Send,
            (false, true) => ReviewKind::Receive,
            (false, false) => ReviewKind::Operations,
        };
        Ok(Review {
            id: self.id,
            kind,
            origin: None,
            chain_id: header.chain_id,
            chain_name: self.chain_name.clone(),
            height: header.height,
            account: self.account,
            signer,
            sentence: self.sentence(block),
            received: self.received(block),
            effects: self.effects(block, signer),
            warnings: self.warnings(block, balance_before),
            operations,
            fee,
            balance_before,
            balance_after,
            fuel: self.staged.resources.wasm_fuel,
            block_json,
            digest: walnut_base::CryptoHash::new(&content),
            created_at: time::now(),
        })
    }

    /// The fee, and the balance that was chosen to pay with before and after.
    pub(crate) fn fee(&self, signer: AccountOwner) -> (Amount, Amount, Amount) {
        let block: &Block = &self.staged.block;
        let chain_id = block.header.chain_id;
        let signer_after = self.staged.signer_balance.unwrap_or_default();
        let before = self.chain_before.saturating_add(self.signer_before);
        let after = self.staged.chain_balance.saturating_add(signer_after);
        let is_ours = |owner: AccountOwner| owner.is_chain() || owner == signer;
        let mut came = Amount::ZERO;
        let mut left = Amount::ZERO;
        for incoming in block.incoming_bundles() {
            for posted in incoming.bundle.messages.iter() {
                if let Message::System(SystemMessage::Credit { target, amount, .. }) = &posted.message
                    && is_ours(*target)
                {
                    came = came.saturating_add(*amount);
                }
            }
        }
        let mut source = AccountOwner::CHAIN;
        for (owner, recipient, amount) in block.operations().filter_map(transfer_of) {
            source = owner;
            left = left.saturating_add(amount);
            if recipient.chain_id == chain_id && is_ours(recipient.owner) {
                came = came.saturating_add(amount);
            }
        }
        let fee = before.saturating_add(came).saturating_sub(left).saturating_sub(after);
        // Applications may move tokens, too: that is among the effects, not in the fee.
        let fee = self.applications.fee_max.map_or(fee, |max| fee.min(max));
        match source.is_chain() {
            true => (fee, self.chain_before, self.staged.chain_balance),
            false => (fee, self.signer_before, signer_after),
        }
    }

    fn sentence(&self, block: &Block) -> String {
        let mut parts = Vec::new();
        for (owner, recipient, amount) in block.operations().filter_map(transfer_of) {
            let from = match owner.is_chain() {
                true => format!("*{}*", self.chain_name),
                false => format!("your balance on *{}*", self.chain_name),
            };
            parts.push(format!("You send {} from {from} to {}.", tokens(amount), self.party(recipient)));
        }
        for operation in block.operations().filter(|operation| transfer_of(operation).is_none()) {
            parts.push(match self.token_transfer_of(operation) {
                Some(Moved { token, amount, source, target }) => format!(
                    "You send {} from {} on *{}* to {}.",
                    in_token(amount, &token.symbol),
                    self.owner(source),
                    self.chain_name,
                    self.party(target)
                ),
                None => format!("{}.", self.describe(operation)),
            });
        }
        let received = block.incoming_bundles().count();
        if received > 0 {
            let bundles = if received == 1 {
                "1 waiting bundle".to_owned()
            } else {
                format!("{received} waiting bundles")
            };
            let also = if parts.is_empty() { "You receive" } else { "The block also receives" };
            parts.push(format!("{also} {bundles} on *{}*.", self.chain_name));
        }
        parts.join(" ")
    }

    /// The transfer of a token that an operation is.
    fn token_transfer_of(&self, operation: &Operation) -> Option<Moved> {
        let Operation::User { application_id, bytes } = operation else { return None };
        tell::transfer_of(&self.applications.kinds, *application_id, bytes)
    }

    fn describe(&self, operation: &Operation) -> String {
        match operation {
            Operation::User { application_id, bytes } => {
                tell::operation(&self.applications.kinds, *application_id, bytes, &|account| {
                    self.plain_party(account)
                })
            }
            Operation::System(system) => match &**system {
                SystemOperation::ChangeOwnership { super_owners, owners, .. } => {
                    describe_owners(super_owners, owners, &|owner| self.owner(owner).replace('*', ""))
                }
                _ => describe_operation(operation, &self.applications.kinds),
            },
        }
    }

    /// A party without marks.
    fn plain_party(&self, account: Account) -> String {
        self.party(account).replace('*', "")
    }

    /// An owner by name, if it is one of the wallet's.
    fn owner(&self, owner: AccountOwner) -> String {
        match self.snapshot.accounts.iter().find(|account| account.owner == owner) {
            Some(account) => format!("*{}*", account.name),
            None if owner.is_chain() => "the chain itself".to_owned(),
            None => format!("owner *{}*", shorten(&owner.to_string())),
        }
    }

    fn party(&self, account: Account) -> String {
        let known = walnut_wallet::address::KnownAddresses {
            chains: &self.snapshot.chains,
            accounts: &self.snapshot.accounts,
            book: &self.snapshot.address_book,
        };
        match known.name_of(account.chain_id, account.owner) {
            PartyName::Mine(name) | PartyName::Book(name) => format!("*{name}*"),
            PartyName::New if account.owner.is_chain() => {
                format!("chain *{}*", shorten(&account.chain_id.to_string()))
            }
            PartyName::New => format!(
                "owner *{}* on chain *{}*",
                shorten(&account.owner.to_string()),
                shorten(&account.chain_id.to_string())
            ),
        }
    }

    fn received(&self, block: &Block) -> Vec<String> {
        let mut received = Vec::new();
        for incoming in block.incoming_bundles() {
            for posted in incoming.bundle.messages.iter() {
                let from = self.plain_party(Account::chain(incoming.origin));
                received.push(match &posted.message {
                    Message::System(SystemMessage::Credit { amount, .. }) => {
                        format!("{} from {from}", tokens(*amount))
                    }
                    Message::System(SystemMessage::Withdraw { amount, .. }) => {
                        format!("A claim of {} from {from}", tokens(*amount))
                    }
                    Message::User { application_id, bytes } => {
                        let what = tell::message(&self.applications.kinds, *application_id, bytes);
                        format!("{} from {from}", capital(&what))
                    }
                });
            }
        }
        received
    }

    fn effects(&self, block: &Block, signer: AccountOwner) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.chain_before != self.staged.chain_balance {
            effects.push(Effect::Balance {
                owner: AccountOwner::CHAIN,
                name: self.chain_name.clone(),
                token: None,
                before: self.chain_before,
                after: self.staged.chain_balance,
            });
        }
        let signer_after = self.staged.signer_balance.unwrap_or_default();
        if self.signer_before != signer_after {
            let name = format!("Your balance on {}", self.chain_name);
            effects.push(Effect::Balance {
                owner: signer,
                name,
                token: None,
                before: self.signer_before,
                after: signer_after,
            });
        }
        effects.extend(self.applications.changes.iter().map(|change| Effect::Balance {
            owner: change.owner,
            name: format!("{} on {}", self.owner(change.owner).replace('*', ""), self.chain_name),
            token: Some(change.token.clone()),
            before: change.before,
            after: change.after,
        }));
        for message in block.body.messages.iter().flatten() {
            let summary = match &message.message {
                Message::System(SystemMessage::Credit { amount, .. }) => {
                    format!("brings {}", tokens(*amount))
                }
                Message::System(SystemMessage::Withdraw { amount, .. }) => {
                    format!("claims {}", tokens(*amount))
                }
                Message::User { application_id, bytes } => {
                    let what = tell::message(&self.applications.kinds, *application_id, bytes);
                    let kind = self.applications.kinds.get(application_id);
                    let brings =
                        if matches!(kind, Some(ApplicationKind::Fungible { .. })) { "brings " } else { "" };
                    format!("{brings}{what}")
                }
            };
            let name = self.plain_party(Account::chain(message.destination));
            effects.push(Effect::Message { destination: message.destination, name: Some(name), summary });
        }
        for event in block.body.events.iter().flatten() {
            effects.push(Effect::Other { summary: tell::event(&self.applications.kinds, event) });
        }
        for blob in block.body.blobs.iter().flatten() {
            effects.push(Effect::Other { summary: format!("Creates {}", blob.id()) });
        }
        effects
    }

    fn warnings(&self, block: &Block, balance_before: Amount) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let known = walnut_wallet::address::KnownAddresses {
            chains: &self.snapshot.chains,
            accounts: &self.snapshot.accounts,
            book: &self.snapshot.address_book,
        };
        let native =
            block.operations().filter_map(transfer_of).map(|sent| (sent.1, sent.2, balance_before, true));
        let tokens =
            block.operations().filter_map(|operation| self.token_transfer_of(operation)).map(|moved| {
                let changes = &self.applications.changes;
                let change =
                    changes.iter().find(|change| change.token == moved.token && change.owner == moved.source);
                (moved.target, moved.amount, change.map_or(Amount::MAX, |change| change.before), false)
            });
        for (recipient, amount, balance_before, is_native) in native.chain(tokens) {
            let name = known.name_of(recipient.chain_id, recipient.owner);
            let was_sent_to = self.snapshot.activity.iter().any(|item| {
                matches!(&item.kind, walnut_wallet::activity::ActivityKind::Sent { recipient_chain, .. }
                    if *recipient_chain == recipient.chain_id)
            });
            match name {
                PartyName::Mine(_) => warnings.push(Warning::OwnAddress),
                PartyName::New if !was_sent_to => warnings.push(Warning::NewRecipient),
                PartyName::New | PartyName::Book(_) => {}
            }
            // Tokens of applications always belong to owners: nothing to wonder about.
            if is_native
                && !recipient.owner.is_chain()
                && known.name_of(recipient.chain_id, AccountOwner::CHAIN) == PartyName::New
            {
                warnings.push(Warning::OwnerOnForeignChain);
            }
            if amount.to_attos() / NEARLY_ALL_TENTHS > balance_before.to_attos() / 10 {
                warnings.push(Warning::NearlyAll);
            }
        }
        if block.operations().any(|operation| !self.decode(operation).is_decoded) {
            warnings.push(Warning::Undecoded);
        }
        if block.operations().any(is_irreversible) {
            warnings.push(Warning::Irreversible);
        }
        warnings
    }

    fn decode(&self, operation: &Operation) -> DecodedOperation {
        let (name, is_decoded, fields) = match operation {
            Operation::System(system) => {
                let value = serde_json::to_value(system).unwrap_or_default();
                (system_name(&value), true, fields_of(&value))
            }
            Operation::User { application_id, bytes } => {
                let name = |account| self.plain_party(account);
                return tell::decode(&self.applications.kinds, *application_id, bytes, &name);
            }
        };
        DecodedOperation { name, summary: self.describe(operation), fields, is_decoded }
    }
}

/// Source, recipient and amount of a transfer.
pub(crate) fn transfer_of(operation: &Operation) -> Option<(AccountOwner, Account, Amount)> {
    let Operation::System(operation) = operation else { return None };
    match &**operation {
        SystemOperation::Transfer { owner, recipient, amount } => Some((*owner, *recipient, *amount)),
        _ => None,
    }
}

/// An operation in a few words.
pub(crate) fn describe_operation(operation: &Operation, kinds: &Kinds) -> String {
    let chain = |chain_id: &ChainId| shorten(&chain_id.to_string());
    let system = match operation {
        Operation::System(system) => system,
        Operation::User { application_id, bytes } => {
            return tell::operation(kinds, *application_id, bytes, &|account| chain(&account.chain_id));
        }
    };
    match &**system {
        SystemOperation::Transfer { recipient, amount, .. } => {
            format!("Sends {} to {}", tokens(*amount), chain(&recipient.chain_id))
        }
        SystemOperation::Claim { target_id, amount, .. } => {
            format!("Claims {} on chain {}", tokens(*amount), chain(target_id))
        }
        SystemOperation::OpenChain(config) => format!("Opens a chain with {}", tokens(config.balance)),
        SystemOperation::CloseChain => "Closes this chain for good".to_owned(),
        SystemOperation::ChangeOwnership { super_owners, owners, .. } => {
            describe_owners(super_owners, owners, &|owner| shorten(&owner.to_string()))
        }
        SystemOperation::ChangeApplicationPermissions(_) => {
            "Changes what applications may do here".to_owned()
        }
        SystemOperation::PublishModule { .. } => "Publishes an application's code".to_owned(),
        SystemOperation::PublishDataBlob { .. } => "Publishes data".to_owned(),
        SystemOperation::VerifyBlob { .. } => "Checks that data exists".to_owned(),
        SystemOperation::CreateApplication { .. } => "Creates an application".to_owned(),
        SystemOperation::Admin(AdminOperation::PublishCommitteeBlob { .. }) => {
            "Publishes a committee".to_owned()
        }
        SystemOperation::Admin(AdminOperation::CreateCommittee { epoch, .. }) => {
            format!("Begins epoch {epoch}")
        }
        SystemOperation::Admin(AdminOperation::RemoveCommittee { epoch }) => format!("Revokes epoch {epoch}"),
        SystemOperation::ProcessNewEpoch(epoch) => format!("Takes note of epoch {epoch}"),
        SystemOperation::ProcessRemovedEpoch(epoch) => format!("Takes note that epoch {epoch} is revoked"),
        SystemOperation::UpdateStreams(updates) => format!("Takes in news of {} streams", updates.len()),
    }
}

fn describe_owners(
    super_owners: &[AccountOwner],
    owners: &[(AccountOwner, u64)],
    name: &dyn Fn(AccountOwner) -> String,
) -> String {
    let all = super_owners.iter().chain(owners.iter().map(|(owner, _)| owner));
    let names = all.map(|owner| name(*owner)).collect::<Vec<_>>();
    format!("Changes who owns this chain and when they may propose. Owners: {}", names.join(", "))
}

fn is_irreversible(operation: &Operation) -> bool {
    let Operation::System(operation) = operation else { return false };
    matches!(**operation, SystemOperation::CloseChain | SystemOperation::ChangeOwnership { .. })
}

fn system_name(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(name) => name.clone(),
        serde_json::Value::Object(variant) => variant.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// The fields of an operation in order, as its JSON form names them.
fn fields_of(value: &serde_json::Value) -> Vec<DecodedField> {
    let inner = value.as_object().and_then(|variant| variant.values().next());
    let field = |label: &str, value: &serde_json::Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        DecodedField { label: label.replace('_', " "), value: text }
    };
    match inner {
        Some(serde_json::Value::Object(fields)) => {
            // An account is two fields: its chain and its owner.
            let parts = |(label, value): (&String, &serde_json::Value)| match value {
                serde_json::Value::Object(inner) => {
                    inner.iter().map(|(part, value)| field(&format!("{label} {part}"), value)).collect()
                }
                value => vec![field(label, value)],
            };
            fields.iter().flat_map(parts).collect()
        }
        Some(other) => vec![field("value", other)],
        None => Vec::new(),
    }
}

/// Whether a review still fits the chain.
pub(crate) fn is_stale(review: &Review, next_block_height: BlockHeight) -> bool {
    review.height != next_block_height
}
