//! What a staged block does to tokens of applications, found out by asking their services before and after it; and what
//! its fee is at most.

use std::rc::Rc;

use walnut_base::{AccountOwner, Amount, ResourceControlPolicy};
use walnut_client::StagedBlock;
use walnut_execution::ResourceTracker;
use walnut_wallet::messages::{ApplicationKind, Token, UiError};

use super::{Kinds, tokens::owners};
use crate::{app::App, errors, session::Session};

/// A balance that the block changes.
#[derive(Clone, Debug)]
pub(crate) struct TokenChange {
    pub(crate) token: Token,
    pub(crate) owner: AccountOwner,
    pub(crate) before: Amount,
    pub(crate) after: Amount,
}

/// What a review says of applications.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockApplications {
    pub(crate) kinds: Kinds,
    pub(crate) changes: Vec<TokenChange>,
    /// The most that the block's fees can be. None: no application took part, and balances tell it exactly.
    pub(crate) fee_max: Option<Amount>,
}

impl Session {
    /// Looks at what a staged block does to applications.
    pub(crate) async fn look_at(
        &self,
        app: &Rc<App>,
        staged: &StagedBlock,
    ) -> Result<BlockApplications, UiError> {
        let block = staged.block.inner();
        let chain_id = block.header.chain_id;
        let kinds = self.kinds_in(block).await;
        if kinds.is_empty() {
            return Ok(BlockApplications::default());
        }
        let owners = owners(app);
        let mut changes = Vec::new();
        for (id, kind) in &kinds {
            let ApplicationKind::Fungible { symbol } = kind else { continue };
            // A service that fails says nothing about balances; the operations and messages are told all the same.
            let Ok(before) = self.token_balances(chain_id, *id, None, &owners).await else { continue };
            let after = self.token_balances(chain_id, *id, Some(staged.block.hash()), &owners).await;
            let Ok(after) = after else { continue };
            let token = Token { id: *id, symbol: symbol.clone() };
            changes.extend(owners.iter().zip(before.into_iter().zip(after)).filter_map(
                |(owner, (before, after))| {
                    let token = token.clone();
                    (before != after).then_some(TokenChange { token, owner: *owner, before, after })
                },
            ));
        }
        let committee = self.client.committee(block.header.epoch).await.map_err(errors::plain)?;
        let fee_max = Some(price(committee.policy(), &staged.resources));
        Ok(BlockApplications { kinds, changes, fee_max })
    }
}

/// What everything that was counted costs, grants included: more than the fee where somebody else paid for a part.
fn price(policy: &ResourceControlPolicy, used: &ResourceTracker) -> Amount {
    let times = |price: Amount, count: u64| price.try_mul(u128::from(count)).unwrap_or(Amount::MAX);
    [
        times(policy.wasm_fuel_unit, used.wasm_fuel),
        times(policy.evm_fuel_unit, used.evm_fuel),
        times(policy.read_operation, used.read_operations.into()),
        times(policy.write_operation, used.write_operations.into()),
        times(policy.byte_runtime, used.bytes_runtime.into()),
        times(policy.byte_read, used.bytes_read),
        times(policy.byte_written, used.bytes_written),
        times(policy.blob_read, used.blobs_read.into()),
        times(policy.blob_published, used.blobs_published.into()),
        times(policy.blob_byte_read, used.blob_bytes_read),
        times(policy.blob_byte_published, used.blob_bytes_published),
        times(policy.operation, used.operations.into()),
        times(policy.operation_byte, used.operation_bytes),
        times(policy.message, used.messages.into()),
        times(policy.message_byte, used.message_bytes),
        times(policy.service_as_oracle_query, used.service_oracle_queries.into()),
        times(policy.http_request, used.http_requests.into()),
        used.grants,
    ]
    .into_iter()
    .fold(Amount::ZERO, Amount::saturating_add)
}
