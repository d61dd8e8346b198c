//! Who may call the owner's API: its routes with their roles, the settings of access, and the identity of a caller.

mod cross_site;
mod identity;
mod role;
mod routes;
mod settings;
mod token;

pub use cross_site::is_cross_site;
pub use identity::{Identity, Via};
pub use role::Role;
pub use routes::ApiRoute;
pub use settings::{AccessSettings, InvalidList, JwtSettings, Roles};
pub use token::ApiToken;
