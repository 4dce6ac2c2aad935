//! The methods of `rpc.v1.ValidatorNode` that clients call.

/// One method: its HTTP path and the name error texts use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// `/rpc.v1.ValidatorNode/<Name>`
    pub path: &'static str,
    /// The name in snake case.
    pub name: &'static str,
}

macro_rules! methods {
    ($($constant:ident $camel:literal $snake:literal,)*) => {
        impl Method {
            $(
                #[doc = concat!("`", $camel, "`")]
                pub const $constant: Self =
                    Self { path: concat!("/rpc.v1.ValidatorNode/", $camel), name: $snake };
            )*

            /// Every method, for tests against the descriptor.
            pub const ALL: &'static [Self] = &[$(Self::$constant),*];
        }
    };
}

methods! {
    HANDLE_BLOCK_PROPOSAL "HandleBlockProposal" "handle_block_proposal",
    HANDLE_LITE_CERTIFICATE "HandleLiteCertificate" "handle_lite_certificate",
    HANDLE_CONFIRMED_CERTIFICATE "HandleConfirmedCertificate" "handle_confirmed_certificate",
    HANDLE_VALIDATED_CERTIFICATE "HandleValidatedCertificate" "handle_validated_certificate",
    HANDLE_TIMEOUT_CERTIFICATE "HandleTimeoutCertificate" "handle_timeout_certificate",
    HANDLE_CHAIN_INFO_QUERY "HandleChainInfoQuery" "handle_chain_info_query",
    SUBSCRIBE "Subscribe" "subscribe",
    GET_VERSION_INFO "GetVersionInfo" "get_version_info",
    GET_NETWORK_DESCRIPTION "GetNetworkDescription" "get_network_description",
    DOWNLOAD_BLOB "DownloadBlob" "download_blob",
    DOWNLOAD_BLOBS "DownloadBlobs" "download_blobs",
    DOWNLOAD_PENDING_BLOB "DownloadPendingBlob" "download_pending_blob",
    HANDLE_PENDING_BLOB "HandlePendingBlob" "handle_pending_blob",
    UPLOAD_BLOB "UploadBlob" "upload_blob",
    DOWNLOAD_CERTIFICATE "DownloadCertificate" "download_certificate",
    DOWNLOAD_CERTIFICATES "DownloadCertificates" "download_certificates",
    DOWNLOAD_CERTIFICATES_BY_HEIGHTS "DownloadCertificatesByHeights" "download_certificates_by_heights",
    DOWNLOAD_RAW_CERTIFICATES_BY_HEIGHTS "DownloadRawCertificatesByHeights" "download_raw_certificates_by_heights",
    BLOB_LAST_USED_BY "BlobLastUsedBy" "blob_last_used_by",
    MISSING_BLOB_IDS "MissingBlobIds" "missing_blob_ids",
    BLOB_LAST_USED_BY_CERTIFICATE "BlobLastUsedByCertificate" "blob_last_used_by_certificate",
    PREVIOUS_EVENT_BLOCKS "PreviousEventBlocks" "previous_event_blocks",
    EVENT_BLOCK_HEIGHTS "EventBlockHeights" "event_block_heights",
}
