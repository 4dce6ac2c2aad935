//! Answers to what only contracts ask.

use walnut_base::{ApplicationId, StreamId, StreamName, TimeDelta};
use walnut_views::{Batch, Store, WriteOperation};
use walnut_vm::{Answer, EntryPoint, HostCall, Permitted};

use super::{
    Outside,
    action::{ActionRun, Next, Then},
    service::ServiceRun,
};
use crate::{
    ActionController, ActionHost, ActiveCommittee, ExecutionError, HostError, MessageContext,
    ResourceController, ServiceQuery, executor::Executor,
};

impl<S: Store, O: Outside> ActionRun<'_, '_, S, O> {
    /// Answers the contract on top.
    pub(super) async fn answer_contract(&mut self, call: HostCall) -> Result<Next, HostError> {
        let frame = self.frames.last().ok_or(HostError::Fail(ExecutionError::InternalError("no frame")))?;
        let (id, signer) = (frame.application_id, frame.signer);
        let host = &mut *self.host;
        let answer = match call {
            HostCall::AuthenticatedSigner => Answer::new(&signer),
            HostCall::AuthenticatedCallerId => Answer::new(&frame.caller_id),
            HostCall::MessageIsBouncing => {
                Answer::new(&self.message.map(|message: MessageContext| message.is_bouncing))
            }
            HostCall::MessageOriginChainId => Answer::new(&self.message.map(|message| message.origin)),
            HostCall::SendMessage(request) => Answer::new(&host.send_message(id, signer, request)?),
            HostCall::Transfer { source, destination, amount } => {
                Answer::new(&host.transfer(id, signer, source, destination, amount).await?)
            }
            HostCall::Claim { source, destination, amount } => {
                Answer::new(&host.claim(id, signer, source, destination, amount).await?)
            }
            HostCall::OpenChain { ownership, permissions, balance } => {
                Answer::new(&host.open_chain(ownership, permissions, balance).await?)
            }
            HostCall::CloseChain => Answer::new(&Permitted(host.close_chain(&id))),
            HostCall::ChangeOwnership(ownership) => {
                Answer::new(&Permitted(host.change_ownership(&id, ownership)))
            }
            HostCall::ChangeApplicationPermissions(permissions) => {
                Answer::new(&Permitted(host.change_application_permissions(&id, permissions)))
            }
            HostCall::CreateApplication { module_id, parameters, argument, required_application_ids } => {
                let created =
                    host.create_application(module_id, parameters, required_application_ids).await?;
                let frame = self.callee_frame(created, true, Then::Created(created))?;
                return Ok(Next::Enter(frame, EntryPoint::Instantiate(argument)));
            }
            HostCall::TryCallApplication { authenticated, callee_id, argument } => {
                let frame = self.callee_frame(callee_id, authenticated, Then::Return)?;
                return Ok(Next::Enter(frame, EntryPoint::ExecuteOperation(argument)));
            }
            HostCall::CreateDataBlob(bytes) => Answer::new(&host.create_data_blob(bytes)),
            HostCall::PublishModule { contract, service, vm_runtime } => {
                Answer::new(&host.publish_module(&contract, &service, vm_runtime)?)
            }
            HostCall::Emit(name, value) => Answer::new(&host.emit(id, name, value).await?),
            HostCall::ReadEvent(chain_id, name, index) => {
                Answer::new(&host.read_event(id, chain_id, name, index).await?)
            }
            HostCall::SubscribeToEvents(chain_id, publisher, name) => {
                let stream_id = stream(publisher, name);
                Answer::new(&host.subscribe_to_events(id, chain_id, stream_id).await?)
            }
            HostCall::UnsubscribeFromEvents(chain_id, publisher, name) => {
                let stream_id = stream(publisher, name);
                Answer::new(&host.unsubscribe_from_events(id, chain_id, stream_id).await?)
            }
            HostCall::QueryService(application_id, query) => {
                Answer::new(&self.query_service(id, application_id, &query).await?)
            }
            HostCall::ValidationRound => Answer::new(&host.validation_round()?),
            HostCall::WriteBatch(operations) => {
                Answer::new(&host.write_batch(&id, &batch(operations)).await?)
            }
            // Nothing else is linked to contracts.
            _ => return Err(HostError::Fail(ExecutionError::InternalError("a contract asks as a service"))),
        };
        Ok(Next::Answer(answer))
    }

    /// Asks a service as an oracle, on the state as it is. What the service marks as used stays marked, although the
    /// block does not record it; upstream does the same.
    async fn query_service(
        &mut self,
        caller_id: ApplicationId,
        application_id: ApplicationId,
        query: &[u8],
    ) -> Result<Vec<u8>, HostError> {
        let time_left = match self.host.begin_service_query(caller_id)? {
            ServiceQuery::Replayed(response) => {
                return self.host.end_service_query(response, TimeDelta::ZERO);
            }
            ServiceQuery::Ask { time_left } => time_left,
        };
        let start = self.applications.outside.elapsed();
        let response = self.ask_service(application_id, query, time_left).await.map_err(HostError::Fail)?;
        let elapsed = self.applications.outside.elapsed().saturating_sub(start);
        self.host.end_service_query(response, elapsed)
    }

    async fn ask_service(
        &mut self,
        application_id: ApplicationId,
        query: &[u8],
        time_left: TimeDelta,
    ) -> Result<Vec<u8>, ExecutionError> {
        let mut resources = ResourceController::new(ActiveCommittee::free(), None);
        let mut transaction = self.host.executor.transaction.for_service();
        let mut executor = Executor {
            env: self.host.executor.env,
            state: &mut *self.host.executor.state,
            resources: &mut resources,
            transaction: &mut transaction,
        };
        let loaded = executor.load_with_dependencies(application_id).await?;
        let mut host = ActionHost {
            executor,
            controller: ActionController::free(),
            application_id,
            block: self.host.block,
            loaded,
            refund_grant_to: None,
        };
        let deadline = self.applications.outside.elapsed().saturating_add(time_left);
        let memory = self.memory.clone();
        let run = ServiceRun::new(self.applications, &mut host, Some(deadline), memory).await?;
        let outcome = run.run(query).await?;
        if !outcome.operations.is_empty() {
            return Err(ExecutionError::ServiceOracleQueryOperations(outcome.operations));
        }
        Ok(outcome.response)
    }
}

fn stream(publisher: ApplicationId, stream_name: StreamName) -> StreamId {
    StreamId { application_id: publisher.into(), stream_name }
}

fn batch(operations: Vec<walnut_vm::WriteOperation>) -> Batch {
    let operations = operations.into_iter().map(|operation| match operation {
        walnut_vm::WriteOperation::Delete(key) => WriteOperation::Delete { key },
        walnut_vm::WriteOperation::DeletePrefix(key_prefix) => WriteOperation::DeletePrefix { key_prefix },
        walnut_vm::WriteOperation::Put(key, value) => WriteOperation::Put { key, value },
    });
    Batch { operations: operations.collect() }
}
