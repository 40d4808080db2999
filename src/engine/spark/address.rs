//! Where a cluster is: `sc://HOST:PORT/;use_ssl=true;token=…`, as all clients of Spark Connect write it. Its token is never shown.

use std::fmt;
use std::str::FromStr;

/// The variable that holds the token where the address has none, as for other clients of Spark Connect.
pub const TOKEN: &str = "SPARK_CONNECT_AUTHENTICATE_TOKEN";
const PORT: u16 = 15002;
const SCHEME: &str = "sc://";

/// The address of a server of Spark Connect.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// The host; one of IPv6 in brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Its parameters, in their order.
    parameters: Vec<(String, String)>,
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{SCHEME}{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl FromStr for Address {
    type Err = String;

    /// Reads an address; nothing of its parameters is in an error, since one of them may be a token.
    fn from_str(text: &str) -> Result<Self, String> {
        const FORM: &str =
            "write sc://HOST:PORT, perhaps with parameters behind it: sc://HOST:PORT/;use_ssl=true";
        let rest =
            text.strip_prefix(SCHEME).ok_or_else(|| format!("it does not begin with {SCHEME}; {FORM}"))?;
        let (authority, behind) = rest.split_at(rest.find(['/', ';']).unwrap_or(rest.len()));
        let (host, port) =
            match authority.rsplit_once(':').filter(|(host, _)| !host.ends_with(':') && !is_open(host)) {
                Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)),
                None => (authority, Some(PORT)),
            };
        let port = port.ok_or_else(|| format!("its port is no number from 1 to 65535; {FORM}"))?;
        let is_host = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_valid = match bare {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(is_host),
        };
        if !is_valid {
            return Err(format!("its host is none; {FORM}"));
        }
        let address = Self { host: host.to_ascii_lowercase(), port, parameters: parameters(behind)? };
        address.check()?;
        Ok(address)
    }
}

/// Whether a bracket is opened and not closed, so that a colon is a part of an address of IPv6.
fn is_open(host: &str) -> bool {
    host.starts_with('[') && !host.ends_with(']')
}

fn parameters(text: &str) -> Result<Vec<(String, String)>, String> {
    let text = text.strip_prefix('/').unwrap_or(text);
    let Some(list) = text.strip_prefix(';') else {
        return if text.is_empty() {
            Ok(Vec::new())
        } else {
            Err("nothing but ;NAME=VALUE stands behind its port".to_owned())
        };
    };
    let pair = |(at, part): (usize, &str)| {
        let (name, value) = part
            .split_once('=')
            .filter(|(name, value)| !name.is_empty() && !value.contains('='))
            .ok_or_else(|| format!("its parameter {} is not NAME=VALUE", at + 1))?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let is_value = value.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"/?#".contains(&byte));
        match (is_name, is_value) {
            (true, true) => Ok((name.to_owned(), value.to_owned())),
            _ => Err(format!(
                "its parameter {} has a character that cannot stand there; write it as %XX",
                at + 1
            )),
        }
    };
    list.split(';').filter(|part| !part.is_empty()).enumerate().map(pair).collect()
}

impl Address {
    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether what is sent is encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.parameter("use_ssl").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Whether the server is on this machine.
    #[must_use]
    pub fn is_here(&self) -> bool {
        ["localhost", "127.0.0.1", "[::1]"].contains(&self.host.as_str())
    }

    /// The whole address, as clients take it; with its token.
    #[must_use]
    pub fn with_secrets(&self) -> String {
        let parameters: Vec<String> =
            self.parameters.iter().map(|(name, value)| format!(";{name}={value}")).collect();
        format!("{self}/{}", parameters.concat())
    }

    fn check(&self) -> Result<(), String> {
        let known = self
            .parameter("use_ssl")
            .is_none_or(|value| ["true", "false"].contains(&value.to_ascii_lowercase().as_str()));
        if !known {
            return Err("use_ssl is true or false".to_owned());
        }
        self.check_token(self.parameter("token").is_some())
    }

    /// Refuses to send a token that all on the way could read.
    ///
    /// # Errors
    /// When there is a token and what is sent is not encrypted.
    pub fn check_token(&self, has_token: bool) -> Result<(), String> {
        if has_token && !self.is_encrypted() && !self.is_here() {
            return Err(format!("a token would be sent to {} in the clear; add ;use_ssl=true", self.host));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Address>().unwrap_err()
    }

    #[test]
    fn addresses_and_their_parameters() {
        let plain: Address = "sc://Spark.example:15003".parse().unwrap();
        assert_eq!((plain.host.as_str(), plain.port, plain.is_encrypted()), ("spark.example", 15003, false));
        assert_eq!("sc://localhost".parse::<Address>().unwrap().port, 15002);
        let full: Address =
            "sc://[::1]:9/;use_ssl=TRUE;token=s3cr3t;user_id=me;x-team=a%20b".parse().unwrap();
        assert_eq!((full.host.as_str(), full.port, full.parameter("user_id")), ("[::1]", 9, Some("me")));
        assert_eq!(full.with_secrets(), "sc://[::1]:9/;use_ssl=TRUE;token=s3cr3t;user_id=me;x-team=a%20b");
        assert!(full.is_encrypted() && full.is_here());
    }

    #[test]
    fn a_token_is_never_shown_and_never_sent_in_the_clear() {
        let known: Address = "sc://h/;use_ssl=true;token=s3cr3t".parse().unwrap();
        assert!(!format!("{known} {known:?}").contains("s3cr3t"));
        assert!(error("sc://h/;token=s3cr3t").contains("use_ssl=true"));
        assert!("sc://127.0.0.1/;token=s3cr3t".parse::<Address>().is_ok());
        for text in [
            "sc://h:0/;token=s3cr3t",
            "sc://h/;token=s3cr3t=",
            "sc://h/x;token=s3cr3t",
            "sc://h/;use_ssl=no;token=s3cr3t",
            "h/;token=s3cr3t",
        ] {
            assert!(!error(text).contains("s3cr3t"), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "http://h",
            "sc://",
            "sc://:15",
            "sc://h:x",
            "sc://h:70000",
            "sc://a b",
            "sc://[::1",
            "sc://h/path",
            "sc://h/;a",
            "sc://h/;=b",
            "sc://h/;a=é",
            "sc://h/;user_id=a#b;use_ssl=true",
            "sc://h/;user_id=a?b;use_ssl=true",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
