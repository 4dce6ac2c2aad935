//! What a transaction does to the accounts of a chain.

use walnut_base::{
    Account, AccountOwner, ChainId, IncomingBundle, Message, MessageAction, Operation, OutgoingMessage,
    ResourceControlPolicy, SystemMessage, SystemOperation, Transaction,
};

use super::Chain;

/// Where a transaction sends tokens: destination, account, amount.
type Sent = Vec<(ChainId, AccountOwner, u128)>;

/// Moves the tokens of a transaction, and takes its fees; what it sends must be what its block says it sends.
pub(super) fn apply(
    chain: &mut Chain,
    chain_id: ChainId,
    signer: Option<AccountOwner>,
    transaction: &Transaction,
    messages: &[OutgoingMessage],
    policy: &ResourceControlPolicy,
) -> Result<(), String> {
    let mut sent = Sent::new();
    let mut fees = policy.message.to_attos() * messages.len() as u128;
    match transaction {
        Transaction::ExecuteOperation(Operation::System(operation)) => {
            operate(chain, chain_id, signer, operation, &mut sent)?;
            fees += policy.operation.to_attos();
        }
        Transaction::ExecuteOperation(_) => return Err("an operation of an application".into()),
        Transaction::ReceiveMessages(incoming) => receive(chain, chain_id, incoming, &mut sent)?,
    }
    pay(chain, signer, fees)?;
    let said = messages.iter().filter_map(|message| match &message.message {
        Message::System(SystemMessage::Credit { target, amount, .. }) => {
            Some((message.destination, *target, amount.to_attos()))
        }
        _ => None,
    });
    let said = said.collect::<Sent>();
    match said == sent {
        true => Ok(()),
        false => Err(format!("it sends {said:?} instead of {sent:?}")),
    }
}

fn operate(
    chain: &mut Chain,
    chain_id: ChainId,
    signer: Option<AccountOwner>,
    operation: &SystemOperation,
    sent: &mut Sent,
) -> Result<(), String> {
    let signer = signer.ok_or("nobody signed an operation")?;
    match operation {
        SystemOperation::Transfer { owner, recipient, amount } => {
            let may = match *owner {
                AccountOwner::CHAIN => chain.ownership.verify_owner(&signer),
                owner => owner == signer,
            };
            if !may {
                return Err(format!("{signer} spends what is not theirs"));
            }
            spend(chain, chain_id, *owner, *recipient, amount.to_attos(), sent)
        }
        SystemOperation::Claim { owner, target_id, recipient, amount } => {
            if *owner != signer {
                return Err(format!("{signer} claims what is not theirs"));
            }
            match *target_id == chain_id {
                true => spend(chain, chain_id, *owner, *recipient, amount.to_attos(), sent),
                false => Ok(()),
            }
        }
        SystemOperation::OpenChain(config) => take(chain, AccountOwner::CHAIN, config.balance.to_attos()),
        _ => Ok(()),
    }
}

fn receive(
    chain: &mut Chain,
    chain_id: ChainId,
    incoming: &IncomingBundle,
    sent: &mut Sent,
) -> Result<(), String> {
    for posted in incoming.messages() {
        let Message::System(message) = &posted.message else { continue };
        match (incoming.action, message) {
            (MessageAction::Accept, SystemMessage::Credit { target, amount, source }) => {
                let account = if posted.is_bouncing() { source } else { target };
                *chain.accounts.entry(*account).or_default() += amount.to_attos();
            }
            (MessageAction::Accept, SystemMessage::Withdraw { owner, amount, recipient }) => {
                spend(chain, chain_id, *owner, *recipient, amount.to_attos(), sent)?;
            }
            (MessageAction::Reject, SystemMessage::Credit { target, amount, .. }) if posted.is_tracked() => {
                sent.push((incoming.origin, *target, amount.to_attos()));
            }
            (MessageAction::Reject, SystemMessage::Credit { amount, .. }) => chain.burnt += amount.to_attos(),
            (MessageAction::Reject, _) => {}
        }
    }
    Ok(())
}

fn spend(
    chain: &mut Chain,
    chain_id: ChainId,
    payer: AccountOwner,
    recipient: Account,
    amount: u128,
    sent: &mut Sent,
) -> Result<(), String> {
    take(chain, payer, amount)?;
    match recipient.chain_id == chain_id {
        true => *chain.accounts.entry(recipient.owner).or_default() += amount,
        false => sent.push((recipient.chain_id, recipient.owner, amount)),
    }
    Ok(())
}

fn take(chain: &mut Chain, payer: AccountOwner, amount: u128) -> Result<(), String> {
    let balance = chain.accounts.entry(payer).or_default();
    *balance = balance.checked_sub(amount).ok_or_else(|| format!("{payer} spends more than it has"))?;
    Ok(())
}

/// The chain pays, and the signer what is too much for it.
fn pay(chain: &mut Chain, signer: Option<AccountOwner>, fees: u128) -> Result<(), String> {
    let own = chain.accounts.get(&AccountOwner::CHAIN).copied().unwrap_or_default();
    take(chain, AccountOwner::CHAIN, fees.min(own))?;
    if fees > own {
        take(chain, signer.ok_or("nobody pays")?, fees - own)?;
    }
    chain.burnt += fees;
    Ok(())
}
