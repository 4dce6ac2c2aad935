//! Protobuf to base and back, native gRPC and browser gRPC-web.
