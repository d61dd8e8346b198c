//! The table of problem types: the whole LG catalogue, and the problems of this service without a code in it.
//!
//! Codes, statuses, names, descriptions and resolutions are those of the reference in
//! `tests/fixtures/lead-gen.txt`; a test compares the table with it line by line. Where the reference has no code for
//! a problem, the `FORM_*` name is the code.

use super::class::OutcomeClass;

macro_rules! catalogue {
    ($($(#[$doc:meta])* $variant:ident: $code:literal, $status:literal, $class:ident, $name:literal, $message:literal, $resolution:literal;)+) => {
        /// A kind of problem a caller may receive.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemType {
            $($(#[$doc])* $variant,)+
        }

        impl ProblemType {
            /// Every problem type, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable code clients match on, e.g. `LG_1102`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status of the response.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// The stable name, e.g. `FORM_VALIDATION_FAILED`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What the code means for a lead when a core responds with it.
            pub fn class(self) -> OutcomeClass {
                match self { $(Self::$variant => OutcomeClass::$class,)+ }
            }

            /// What happened, in one sentence that is safe to show.
            pub fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)+ }
            }

            /// What the caller can do about it.
            pub fn resolution(self) -> &'static str {
                match self { $(Self::$variant => $resolution,)+ }
            }
        }
    };
}

catalogue! {
    /// The requested lead was not found.
    LeadNotFound: "LG_1000", 404, Blocked, "LEAD_NOT_FOUND",
        "The requested lead was not found",
        "Verify the lead ID exists for this tenant";
    /// A lead with this email already exists.
    LeadAlreadyExists: "LG_1001", 409, Duplicate, "LEAD_ALREADY_EXISTS",
        "A lead with this email already exists",
        "Use the existing lead or merge duplicates";
    /// Invalid lead status transition.
    LeadInvalidStatus: "LG_1002", 400, Refused, "LEAD_INVALID_STATUS",
        "Invalid lead status transition",
        "Check allowed status transitions in API docs";
    /// Lead conversion to deal failed.
    LeadConversionFailed: "LG_1003", 400, Refused, "LEAD_CONVERSION_FAILED",
        "Lead conversion to deal failed",
        "Ensure lead has required fields for conversion";
    /// The requested form was not found.
    FormNotFound: "LG_1100", 404, Blocked, "FORM_NOT_FOUND",
        "The requested form was not found",
        "Verify the form ID exists for this tenant";
    /// Form is already published.
    FormAlreadyPublished: "LG_1101", 409, Blocked, "FORM_ALREADY_PUBLISHED",
        "Form is already published",
        "Unpublish before making changes or create a new version";
    /// Form submission validation failed.
    FormValidationFailed: "LG_1102", 400, Invalid, "FORM_VALIDATION_FAILED",
        "Form submission validation failed",
        "Check required fields and field types";
    /// Invalid embed configuration.
    FormEmbedInvalid: "LG_1103", 400, Blocked, "FORM_EMBED_INVALID",
        "Invalid embed configuration",
        "Check allowed domains and embed settings";
    /// The requested deal was not found.
    DealNotFound: "LG_1200", 404, Blocked, "DEAL_NOT_FOUND",
        "The requested deal was not found",
        "Verify the deal ID exists for this tenant";
    /// The requested pipeline was not found.
    PipelineNotFound: "LG_1201", 404, Blocked, "PIPELINE_NOT_FOUND",
        "The requested pipeline was not found",
        "Verify the pipeline ID exists for this tenant";
    /// CRM connection already configured.
    CrmConnectionExists: "LG_1202", 409, Blocked, "CRM_CONNECTION_EXISTS",
        "CRM connection already configured",
        "Disconnect existing CRM before adding a new one";
    /// CRM synchronization failed.
    CrmSyncFailed: "LG_1203", 502, Unavailable, "CRM_SYNC_FAILED",
        "CRM synchronization failed",
        "Check CRM credentials and retry";
    /// Lead enrichment from third-party failed.
    EnrichmentFailed: "LG_1300", 502, Unavailable, "ENRICHMENT_FAILED",
        "Lead enrichment from third-party failed",
        "Retry; enrichment provider may be temporarily unavailable";
    /// Insufficient AI credits for scoring.
    InsufficientAiCredits: "LG_1301", 402, Blocked, "INSUFFICIENT_AI_CREDITS",
        "Insufficient AI credits for scoring",
        "Purchase additional AI credits via wallet-svc";
    /// Invalid scoring configuration.
    ScoringConfigInvalid: "LG_1302", 400, Blocked, "SCORING_CONFIG_INVALID",
        "Invalid scoring configuration",
        "Check scoring rule weights and thresholds";
    /// Authentication required.
    Unauthorized: "LG_1400", 401, Blocked, "UNAUTHORIZED",
        "Authentication required",
        "Provide a valid JWT token in Authorization header";
    /// Insufficient permissions.
    Forbidden: "LG_1401", 403, Blocked, "FORBIDDEN",
        "Insufficient permissions",
        "Request required role from admin";
    /// Invalid or expired authentication token.
    InvalidToken: "LG_1402", 401, Blocked, "INVALID_TOKEN",
        "Invalid or expired authentication token",
        "Obtain a fresh JWT token via auth-svc";
    /// The requested nurture sequence was not found.
    SequenceNotFound: "LG_1500", 404, Blocked, "SEQUENCE_NOT_FOUND",
        "The requested nurture sequence was not found",
        "Verify the sequence ID exists for this tenant";
    /// Nurture sequence is already active.
    SequenceAlreadyActive: "LG_1501", 400, Blocked, "SEQUENCE_ALREADY_ACTIVE",
        "Nurture sequence is already active",
        "Pause the sequence before modifying";
    /// The requested webhook was not found.
    WebhookNotFound: "LG_1502", 404, Blocked, "WEBHOOK_NOT_FOUND",
        "The requested webhook was not found",
        "Verify the webhook ID exists";
    /// Webhook delivery failed.
    WebhookDeliveryFailed: "LG_1503", 400, Blocked, "WEBHOOK_DELIVERY_FAILED",
        "Webhook delivery failed",
        "Check webhook URL accessibility and response status";
    /// Bulk import operation failed.
    BulkImportFailed: "LG_1600", 400, Refused, "BULK_IMPORT_FAILED",
        "Bulk import operation failed",
        "Check CSV/JSON format and required fields";
    /// Export limit exceeded for current tier.
    ExportLimitExceeded: "LG_1601", 400, Blocked, "EXPORT_LIMIT_EXCEEDED",
        "Export limit exceeded for current tier",
        "Upgrade subscription or reduce export scope";
    /// Internal server error.
    InternalServerError: "LG_1900", 500, Unavailable, "INTERNAL_SERVER_ERROR",
        "Internal server error",
        "Retry; if persistent, contact support with request_id";
    /// Service temporarily unavailable.
    ServiceUnavailable: "LG_1901", 503, Unavailable, "SERVICE_UNAVAILABLE",
        "Service temporarily unavailable",
        "Retry with exponential backoff";
    /// Rate limit exceeded.
    RateLimitExceeded: "LG_1902", 429, Throttled, "RATE_LIMIT_EXCEEDED",
        "Rate limit exceeded",
        "Wait and retry after the rate limit window resets";
    /// The idempotency key belongs to another submission.
    IdempotencyKeyReused: "FORM_IDEMPOTENCY_KEY_REUSED", 422, Refused, "FORM_IDEMPOTENCY_KEY_REUSED",
        "Another submission was sent with this idempotency key",
        "Send what is new with a new key";
    /// The draft of a form, or the note of a lead, is another one than the caller knows.
    DraftChanged: "FORM_DRAFT_CHANGED", 412, Blocked, "FORM_DRAFT_CHANGED",
        "It was changed after it was read",
        "Read it again, then make the change";
    /// The submission needs a proof of work first.
    ChallengeRequired: "FORM_CHALLENGE_REQUIRED", 428, Blocked, "FORM_CHALLENGE_REQUIRED",
        "The submission looks like that of a program",
        "Solve the challenge in the details and send the submission again, with the solution as _proof";
    /// No route has this path.
    RouteNotFound: "FORM_ROUTE_NOT_FOUND", 404, Blocked, "FORM_ROUTE_NOT_FOUND",
        "There is nothing at this address",
        "Check the path against the routes in the README";
    /// The route exists, but not for this method.
    MethodNotAllowed: "FORM_METHOD_NOT_ALLOWED", 405, Blocked, "FORM_METHOD_NOT_ALLOWED",
        "This address does not take that method",
        "Use one of the methods in the Allow header";
    /// The body is larger than a submission may be.
    BodyTooLarge: "FORM_BODY_TOO_LARGE", 413, Refused, "FORM_BODY_TOO_LARGE",
        "The submission is too large",
        "Send at most as many bytes as limit_bytes says";
    /// The format of the body is not supported.
    MediaTypeUnsupported: "FORM_MEDIA_TYPE_UNSUPPORTED", 415, Blocked, "FORM_MEDIA_TYPE_UNSUPPORTED",
        "The submission is in a format that is not read",
        "Send JSON, urlencoded or multipart form data in UTF-8, not compressed";
}

impl ProblemType {
    /// Whether formgate itself answers with it, to a visitor or to a caller of the API; the others come only from a core.
    pub fn is_ours(self) -> bool {
        !matches!(
            self,
            Self::LeadAlreadyExists
                | Self::LeadConversionFailed
                | Self::DealNotFound
                | Self::PipelineNotFound
                | Self::CrmConnectionExists
                | Self::CrmSyncFailed
                | Self::EnrichmentFailed
                | Self::InsufficientAiCredits
                | Self::ScoringConfigInvalid
                | Self::SequenceNotFound
                | Self::SequenceAlreadyActive
                | Self::WebhookNotFound
                | Self::WebhookDeliveryFailed
                | Self::BulkImportFailed
                | Self::InternalServerError
        )
    }

    /// The problem type of this name; dialects without a code of their own for it use the name as the code.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|problem_type| problem_type.name() == name)
    }

    /// The problem type with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|problem_type| problem_type.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = include_str!("../../tests/fixtures/lead-gen.txt");

    #[test]
    fn the_table_equals_the_reference() {
        let rows: Vec<Vec<&str>> = REFERENCE
            .lines()
            .filter(|line| line.starts_with("LG_") && line.contains(" | "))
            .map(|line| line.trim_end_matches(" |").split(" | ").collect())
            .collect();
        assert_eq!(rows.len(), 27, "codes in the reference");
        for row in rows {
            let problem_type = ProblemType::from_code(row[0]).expect(row[0]);
            let status = problem_type.status().to_string();
            let ours = [
                problem_type.code(),
                &status,
                problem_type.name(),
                problem_type.message(),
                problem_type.resolution(),
            ];
            assert_eq!(row, ours);
        }
    }

    #[test]
    fn these_codes_of_the_reference_are_ours() {
        let ours = ProblemType::ALL.iter().filter(|ours| ours.is_ours());
        let codes: Vec<&str> = ours.map(|ours| ours.code()).collect();
        let of_reference: Vec<&str> = codes
            .iter()
            .copied()
            .filter(|code| code.starts_with("LG_"))
            .collect();
        // Leads and forms; who may call; an export; the service.
        let expected = "LG_1000 LG_1002 LG_1100 LG_1101 LG_1102 LG_1103 LG_1400 LG_1401 LG_1402 LG_1601 LG_1901 LG_1902";
        assert_eq!(of_reference.join(" "), expected);
        // No core sends what has a code of ours.
        let all = ProblemType::ALL.len() - 27;
        assert_eq!(codes.len() - of_reference.len(), all);
    }

    #[test]
    fn every_code_finds_its_own_type() {
        for &problem_type in ProblemType::ALL {
            assert_eq!(
                ProblemType::from_code(problem_type.code()),
                Some(problem_type)
            );
            assert_eq!(
                ProblemType::from_name(problem_type.name()),
                Some(problem_type)
            );
            assert!((400..600).contains(&problem_type.status()));
        }
        assert_eq!(ProblemType::from_code("LG_0000"), None);
    }
}
