//! What a platform's account ids look like: somebody who copies the wrong one hears nothing, and nothing says so.

use super::{Account, Platform};

impl Account {
    /// Returns what the ids of accounts on its platform look like, unless this one looks so; absent too where
    /// nothing is known about them.
    ///
    /// A platform may change its ids: whoever asks should warn and not refuse.
    #[must_use]
    pub fn misshapen(&self) -> Option<&'static str> {
        let id = self.id.as_str();
        let (fits, form) = match self.platform {
            Platform::Facebook => {
                (is_number(id), "the Page ID, digits only, such as \"facebook:100200300400\"")
            }
            Platform::Instagram => (
                is_number(id),
                "the id of the professional account, digits only, such as \"instagram:17841400000000001\"",
            ),
            Platform::X => (is_number(id), "the user id, digits only, such as \"x:2244994945\""),
            Platform::Whatsapp => (
                is_number(id),
                "the phone number ID, digits only and not the number itself, such as \"whatsapp:106540352242922\"",
            ),
            Platform::Linkedin => (
                ["urn:li:organization:", "urn:li:organizationBrand:"]
                    .iter()
                    .any(|prefix| id.strip_prefix(prefix).is_some_and(is_number)),
                "the organization's URN, such as \"linkedin:urn:li:organization:5500001\"",
            ),
            Platform::Threads => (
                is_user_name(id),
                "the user id or, beside it, the user name without @, such as \"threads:17841400000000001\"",
            ),
            Platform::Telegram => (
                is_number(id),
                "the bot's id, the digits before the colon of its token, such as \"telegram:7100000001\"",
            ),
            Platform::Tiktok | Platform::Youtube | Platform::Google | Platform::Generic => return None,
        };
        (!fits).then_some(form)
    }
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it can be a name under which somebody writes on Threads, as on Instagram; ids are digits and pass too.
fn is_user_name(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_form_is_told_with_the_right_one() {
        // account, whether it looks as it should
        let table = [
            ("facebook:100200300400", true),
            ("facebook:acme", false),
            ("instagram:17841400000000001", true),
            ("instagram:@acme", false),
            ("x:2244994945", true),
            ("x:acme", false),
            ("whatsapp:106540352242922", true),
            ("whatsapp:+15550783881", false), // the number itself
            ("linkedin:urn:li:organization:5500001", true),
            ("linkedin:urn:li:organizationBrand:5500002", true),
            ("linkedin:5500001", false),
            ("linkedin:urn:li:person:AbC_123", false),
            ("linkedin:urn:li:organization:", false),
            ("threads:17841400000000001", true),
            ("threads:acme.shop_1", true),
            ("threads:@acme", false),
            ("telegram:7100000001", true),
            ("telegram:@acme_bot", false),
            ("generic:anything at all", true),
        ];
        for (text, fits) in table {
            let (platform, id) = text.split_once(':').unwrap();
            let account = Account { platform: platform.parse().unwrap(), id: id.to_owned() };
            let form = account.misshapen();
            assert_eq!(form.is_none(), fits, "{text}");
            assert!(form.is_none_or(|form| form.contains(&format!("\"{platform}:"))), "{text}");
        }
    }
}
