//! Host calls whose answers come from outside the chain and are recorded in the block.

use walnut_base::{
    ApplicationId, ChainId, EventId, OracleResponse, StreamId, StreamName, TimeDelta, Timestamp, http,
};
use walnut_views::Store;

use super::{
    host::{ActionHost, HostError, Side},
    host_chain::check_stream_name,
};
use crate::ExecutionError;

impl<S: Store, A> ActionHost<'_, S, A> {
    /// The number of the multi-leader round the block is proposed in; in a replay the recorded one.
    pub fn validation_round(&mut self) -> Result<Option<u32>, HostError> {
        let round = match self.executor.transaction.next_replayed().or_fail()? {
            None => self.block.round,
            Some(OracleResponse::Round(round)) => round,
            Some(_) => return Err(HostError::Fail(ExecutionError::OracleResponseMismatch)),
        };
        self.executor.transaction.record(OracleResponse::Round(round));
        Ok(round)
    }

    /// Checks that a time has not come yet. A replay trusts the record.
    pub fn assert_before(&mut self, timestamp: Timestamp) -> Result<(), HostError> {
        let transaction = &mut self.executor.transaction;
        let local_time = transaction.local_time();
        if !transaction.is_replaying() && local_time >= timestamp {
            return Err(HostError::Trap(ExecutionError::AssertBefore { timestamp, local_time }));
        }
        transaction.record_known(OracleResponse::Assert).or_fail()
    }

    /// An event of a stream of the application, on any chain. Events of the current block are not readable.
    pub async fn read_event(
        &mut self,
        application_id: ApplicationId,
        chain_id: ChainId,
        stream_name: StreamName,
        index: u32,
    ) -> Result<Vec<u8>, HostError> {
        check_stream_name(&stream_name)?;
        let stream_id = StreamId { application_id: application_id.into(), stream_name };
        let event_id = EventId { chain_id, stream_id, index };
        let value = self.executor.event_oracle(event_id).await.or_fail()?;
        self.meter().track_bytes_read(value.len() as u64).or_trap()?;
        Ok(value)
    }

    /// Begins an HTTP request: permission, fee, and in a replay the recorded response. `None`: make the request, then
    /// call [`ActionHost::end_http_request`].
    pub fn begin_http_request(
        &mut self,
        application_id: ApplicationId,
    ) -> Result<Option<http::Response>, HostError> {
        if !self.permissions().can_make_http_requests(&application_id) {
            return Err(HostError::Trap(ExecutionError::UnauthorizedApplication(application_id)));
        }
        self.meter().track_http_request().or_trap()?;
        match self.executor.transaction.next_replayed().or_fail()? {
            None => Ok(None),
            Some(OracleResponse::Http(response)) => {
                self.executor.transaction.record(OracleResponse::Http(response.clone()));
                Ok(Some(response))
            }
            Some(_) => Err(HostError::Fail(ExecutionError::OracleResponseMismatch)),
        }
    }

    /// Records the response to an HTTP request that was really made.
    pub fn end_http_request(&mut self, response: http::Response) {
        self.executor.transaction.record(OracleResponse::Http(response));
    }

    /// Begins a question to a service: permission, fee, and the time that is left for it.
    pub fn begin_service_query(&mut self, application_id: ApplicationId) -> Result<ServiceQuery, HostError> {
        if !self.permissions().can_call_services(&application_id) {
            return Err(HostError::Trap(ExecutionError::UnauthorizedApplication(application_id)));
        }
        self.meter().track_service_oracle_call().or_trap()?;
        let time_left = self.meter().remaining_service_oracle_time().or_trap()?;
        match self.executor.transaction.next_replayed().or_fail()? {
            None => Ok(ServiceQuery::Ask { time_left }),
            Some(OracleResponse::Service(response)) => Ok(ServiceQuery::Replayed(response)),
            Some(_) => Err(HostError::Fail(ExecutionError::OracleResponseMismatch)),
        }
    }

    /// Ends a question to a service: records the answer, then checks the time it took (zero in a replay) and its
    /// length.
    pub fn end_service_query(&mut self, response: Vec<u8>, elapsed: TimeDelta) -> Result<Vec<u8>, HostError> {
        self.executor.transaction.record(OracleResponse::Service(response.clone()));
        self.meter().track_service_oracle_execution(elapsed).or_trap()?;
        self.meter().check_service_oracle_response(response.len()).or_trap()?;
        Ok(response)
    }
}

/// How a question to a service goes on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ServiceQuery {
    /// The service is to be run on the state as it is, within this time; it may not schedule operations.
    Ask {
        /// The time services may still take in this block.
        time_left: TimeDelta,
    },
    /// The certificate has the answer.
    Replayed(Vec<u8>),
}
