//! The transport: one `fetch` per call.

use std::{rc::Rc, time::Duration};

use bytes::Bytes;

use super::{
    exchange::{Answers, Exchange},
    timer,
};
use crate::{
    method::Method,
    status::{Code, Status},
    transport::Transport,
};

/// Reaches one validator with `fetch`.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// Without a trailing slash.
    base_url: Rc<str>,
}

impl Fetch {
    /// A transport for a URL without a trailing slash; does nothing yet.
    pub fn new(base_url: &str) -> Self {
        Self { base_url: base_url.into() }
    }

    fn url(&self, method: Method) -> String {
        format!("{}{}", self.base_url, method.path)
    }
}

impl Transport for Fetch {
    type Answers = Answers;

    async fn unary(&self, method: Method, request: Bytes, deadline: Duration) -> Result<Bytes, Status> {
        let mut exchange = Exchange::start(&self.url(method), &request, deadline).await?;
        let Some(answer) = exchange.next_message().await? else {
            return Err(Status::new(Code::Internal, "missing response message"));
        };
        match exchange.next_message().await? {
            None => Ok(answer),
            Some(_) => Err(Status::new(Code::Internal, "more than one response message")),
        }
    }

    async fn server_streaming(
        &self,
        method: Method,
        request: Bytes,
        deadline: Duration,
    ) -> Result<Answers, Status> {
        let exchange = Exchange::start(&self.url(method), &request, deadline).await?;
        Ok(Answers::new(exchange.without_deadline()))
    }

    async fn sleep(&self, duration: Duration) {
        timer::sleep(duration).await;
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a fraction below 1 times 2^53 fits"
    )]
    fn random(&self) -> u64 {
        (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64
    }
}
