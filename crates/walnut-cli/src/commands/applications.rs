//! Commands about applications.

use serde_json::{Value, json};
use walnut_base::{ApplicationDescription, ApplicationId};
use walnut_client::{Draft, DraftError, GraphqlRequest, read_graphql_answer};

use super::{Call, Describe, OnChain, Query, made};
use crate::{error::CliError, report::Report, wallet::Wallet};

pub(super) async fn call(wallet: &Wallet, args: Call) -> Result<Report, CliError> {
    let chain = wallet.chain(args.on.chain)?;
    let (draft, data) = match (args.bcs, args.graphql) {
        (Some(bytes), _) => {
            let bytes = hex::decode(bytes.trim_start_matches("0x")).map_err(CliError::file("--bcs"))?;
            (Draft::call(args.application_id, bytes), Value::Null)
        }
        (None, mutation) => {
            // The service decides by the state that it sees.
            Box::pin(wallet.client().sync_all(chain.chain_id)).await?;
            let question = request(mutation.unwrap_or_default(), args.variables)?.bytes();
            let asked =
                wallet.client().query_application(chain.chain_id, args.application_id, None, &question);
            let outcome = Box::pin(asked).await?;
            let data = read_graphql_answer(&outcome.response)?;
            if outcome.operations.is_empty() {
                return Err(CliError::NothingScheduled);
            }
            (Draft::from(outcome.operations), data)
        }
    };
    let certificate = wallet.execute(chain.chain_id, draft).await?;
    // The calls come last in the block.
    let response = certificate.block().body.operation_results.last().map(|result| hex::encode(&result.0));
    let response = response.unwrap_or_default();
    let mut text = format!("Called in block {} at height {}.", certificate.hash(), certificate.height());
    if !response.is_empty() {
        text.push_str(&format!("\nResponse: {response}"));
    }
    Ok(Report::new(text, made(&certificate, json!({ "response": response, "data": data }))))
}

pub(super) async fn query(wallet: &Wallet, args: Query) -> Result<Report, CliError> {
    let chain_id = match args.chain {
        Some(chain_id) => chain_id,
        None => wallet.chain(None)?.chain_id,
    };
    wallet.client().ensure_description(chain_id).await?;
    let question = request(args.graphql, args.variables)?.bytes();
    let asked = wallet.client().query_application(chain_id, args.application_id, None, &question);
    let data = read_graphql_answer(&Box::pin(asked).await?.response)?;
    Ok(Report::new(format!("{data:#}"), data))
}

fn request(graphql: String, variables: Option<String>) -> Result<GraphqlRequest, CliError> {
    let request = GraphqlRequest::new(graphql);
    let Some(variables) = variables else { return Ok(request) };
    match serde_json::from_str::<serde_json::Map<String, Value>>(&variables) {
        Ok(variables) => Ok(request.with_variables(Value::Object(variables))),
        Err(error) => Err(DraftError::NotJson { what: "variables", reason: error.to_string() }.into()),
    }
}

pub(super) async fn applications(wallet: &Wallet, args: &OnChain) -> Result<Report, CliError> {
    let chain = wallet.chain(args.chain)?;
    let known = wallet.client().applications(chain.chain_id).await?;
    if known.is_empty() {
        return Ok(Report::new("The chain knows no application.", json!([])));
    }
    let described = known.iter().map(|known| described(known.application_id, &known.description));
    let (lines, values) = described.map(|report| (report.text, report.json)).unzip::<_, _, Vec<_>, Vec<_>>();
    Ok(Report::new(lines.join("\n"), values.into()))
}

pub(super) async fn describe(wallet: &Wallet, args: &Describe) -> Result<Report, CliError> {
    let description = wallet.client().application_description(args.application_id).await?;
    Ok(described(args.application_id, &description))
}

fn described(application_id: ApplicationId, description: &ApplicationDescription) -> Report {
    let ApplicationDescription {
        module_id,
        creator_chain_id,
        block_height,
        application_index,
        parameters,
        required_application_ids,
    } = description;
    // Parameters of the SDK are JSON; others are shown as they are.
    let parameters =
        serde_json::from_slice(parameters).unwrap_or_else(|_| Value::String(hex::encode(parameters)));
    let mut text = format!(
        "{application_id}\n  module {module_id}\n  created by {creator_chain_id} at height {block_height}\n  \
         parameters {parameters}"
    );
    for required in required_application_ids {
        text.push_str(&format!("\n  requires {required}"));
    }
    let json = json!({
        "application": application_id,
        "module": module_id,
        "creator": creator_chain_id,
        "height": block_height,
        "index": application_index,
        "parameters": parameters,
        "requires": required_application_ids,
    });
    Report::new(text, json)
}
