//! Who may call the owner's API: its routes with their roles, the settings of access, and the identity of a caller, by Cloudflare
//! Access, by a JSON Web Token or by an API token. Decides; `service` does the I/O.

mod algorithm;
mod cross_site;
mod failures;
mod identity;
mod jwks;
mod jwt;
mod role;
mod routes;
mod settings;
mod token;

pub use algorithm::Algorithm;
pub use cross_site::is_cross_site;
pub use failures::{FAILURES_WINDOW_MS, Failures, MAX_FAILURES};
pub use identity::{Identity, Via};
pub use jwks::{JWKS_TIMEOUT_MS, Jwk, Jwks, Lookup, MAX_JWKS_BYTES};
pub use jwt::{Jwt, MAX_JWT_BYTES};
pub use role::Role;
pub use routes::ApiRoute;
pub use settings::{AccessSettings, InvalidList, JwtSettings, Roles};
pub use token::ApiToken;
