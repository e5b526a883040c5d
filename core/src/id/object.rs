//! The names of objects that hold the rows of one owner.

use super::NetworkId;

/// The Account object of an X user under an app.
pub fn account_object(network_id: &NetworkId, x_user_id: &str) -> String {
    format!("{network_id}/{x_user_id}")
}
