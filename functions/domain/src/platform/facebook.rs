//! Facebook Pages and Messenger.
