//! The validator's side: a service over base types, its public listener, and the generated services for its inside.

mod adapter;
mod health;
mod public;
mod service;

pub use adapter::Adapter;
pub use health::serve_health;
pub use public::{ServeError, cors_layer, grpc_web_layer, serve, validator_node_server};
pub use service::{ServiceError, ValidatorService};

/// The generated services of all listeners, for validators that run as several processes.
pub mod generated {
    pub use crate::proto::{
        notifier_service_server::{NotifierService, NotifierServiceServer},
        validator_node_server::{ValidatorNode, ValidatorNodeServer},
        validator_worker_server::{ValidatorWorker, ValidatorWorkerServer},
    };
}
