//! Commands that make blocks.

use std::{fs, path::Path};

use serde_json::json;
use walnut_base::{AccountOwner, Operation, SystemOperation};
use walnut_client::{Draft, created_application};
use walnut_vm::{Module, ModuleKind};

use super::{CreateApplication, Execute, OnChain, PublishData, PublishModule, Transfer, made, tokens};
use crate::{
    error::CliError,
    folder::read_json,
    report::Report,
    wallet::{Wallet, committed, note},
};

pub(super) async fn process_inbox(wallet: &Wallet, args: &OnChain) -> Result<Report, CliError> {
    let chain = wallet.chain(args.chain)?;
    Box::pin(wallet.client().sync_all(chain.chain_id)).await?;
    let (certificates, waiting) = Box::pin(wallet.client().process_inbox(chain.chain_id, &note)).await?;
    if let Some(outcome) = waiting {
        committed(outcome)?;
    }
    let blocks = certificates.iter().map(|certificate| made(certificate, json!({}))).collect::<Vec<_>>();
    let text = match blocks.len() {
        0 => "Nothing was waiting.".to_owned(),
        1 => "1 block was made.".to_owned(),
        count => format!("{count} blocks were made."),
    };
    Ok(Report::new(text, json!({ "blocks": blocks })))
}

pub(super) async fn transfer(wallet: &Wallet, args: Transfer) -> Result<Report, CliError> {
    let chain = wallet.chain(args.on.chain)?;
    let owner = args.from.unwrap_or(AccountOwner::CHAIN);
    let operation = SystemOperation::Transfer { owner, recipient: args.to, amount: args.amount };
    let certificate = wallet.execute(chain.chain_id, Draft::from(vec![operation.into()])).await?;
    let sent = tokens(args.amount);
    Ok(Report::new(
        format!("{sent} sent in block {} at height {}.", certificate.hash(), certificate.height()),
        made(&certificate, json!({ "sent": sent, "to": args.to })),
    ))
}

pub(super) async fn execute(wallet: &Wallet, args: &Execute) -> Result<Report, CliError> {
    let chain = wallet.chain(args.on.chain)?;
    let operations: Vec<Operation> = read_json(&args.operations)?;
    if operations.is_empty() {
        return Err(CliError::NothingToDo(args.operations.clone()));
    }
    let certificate = wallet.execute(chain.chain_id, Draft::from(operations)).await?;
    let block = certificate.block();
    let created = block.created_blobs().keys().copied().collect::<Vec<_>>();
    Ok(Report::new(
        format!("Done in block {} at height {}.", certificate.hash(), certificate.height()),
        made(&certificate, json!({ "created": created })),
    ))
}

pub(super) async fn publish_module(wallet: &Wallet, args: &PublishModule) -> Result<Report, CliError> {
    let chain = wallet.chain(args.on.chain)?;
    let contract = module(ModuleKind::Contract, &args.contract)?;
    let service = module(ModuleKind::Service, &args.service)?;
    let (module_id, draft) = Draft::publish_module(&contract, &service)?;
    let certificate = wallet.execute(chain.chain_id, draft).await?;
    Ok(Report::new(module_id.to_string(), made(&certificate, json!({ "module": module_id }))))
}

/// A module that validators would run: what they refuse costs as much to publish.
fn module(kind: ModuleKind, path: &Path) -> Result<Vec<u8>, CliError> {
    let bytecode = fs::read(path).map_err(CliError::file(path))?;
    match Module::new(kind, &bytecode) {
        Ok(_) => Ok(bytecode),
        Err(error) => Err(CliError::Module { path: path.to_owned(), error }),
    }
}

pub(super) async fn publish_data(wallet: &Wallet, args: &PublishData) -> Result<Report, CliError> {
    let chain = wallet.chain(args.on.chain)?;
    let (blob_id, draft) = Draft::publish_data(fs::read(&args.file).map_err(CliError::file(&args.file))?);
    let certificate = wallet.execute(chain.chain_id, draft).await?;
    Ok(Report::new(blob_id.hash.to_string(), made(&certificate, json!({ "hash": blob_id.hash }))))
}

pub(super) async fn create_application(wallet: &Wallet, args: CreateApplication) -> Result<Report, CliError> {
    let chain = wallet.chain(args.on.chain)?;
    let draft = Draft::create_application(args.module_id, &args.parameters, &args.argument, args.requires)?;
    let certificate = wallet.execute(chain.chain_id, draft).await?;
    let application_id = created_application(certificate.block()).ok_or(CliError::NothingCreated)?;
    Ok(Report::new(application_id.to_string(), made(&certificate, json!({ "application": application_id }))))
}
