use super::*;

/// Secret, id, time, body, signature: published with the libraries of the standard.
const SIGNED: [(&str, &str, i64, &str, &str); 2] = [
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        r#"{"test": 2432232314}"#,
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
    (
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        1_649_367_553,
        r#"{"email":"test@example.com","username":"test_user"}"#,
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ),
];

/// The two halves of a pair; its private one is the bytes 0 to 31.
const PRIVATE: &str = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const PUBLIC: &str = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
/// Both in one, as some libraries write the private half.
const BOTH: &str =
    "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
/// What the pair signs of the first message, made with another implementation.
const BY_PAIR: &str =
    "v1a,yoUrgEkc12aGqm0n4Sydmdz55xJfTz4AsAgieHFjmkR7LJtqVCZOQYzvvHjI5kAey+r4iaBGxTFRrl2iBQxtDQ==";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Checks the first message with these headers, received when it was sent.
fn check(secret: &str, signatures: &str) -> Result<(), Rejected> {
    let (_, id, time, body, _) = SIGNED[0];
    check_at(secret, [id, &time.to_string(), signatures], body, at(time))
}

fn check_at(secret: &str, values: [&str; 3], body: &str, received_at: Timestamp) -> Result<(), Rejected> {
    let header = |name: &str| [ID, TIMESTAMP, SIGNATURE].iter().position(|known| *known == name);
    verify(secret.as_bytes(), body.as_bytes(), |name| Some(values[header(name)?]), received_at)
}

#[test]
fn signatures_of_others_are_believed() {
    for (secret, id, time, body, signature) in SIGNED {
        let sending = Sending { id, at: at(time) };
        let headers = sign(secret.as_bytes(), body.as_bytes(), &sending).unwrap();
        let time = time.to_string();
        let expected = [(ID, id), (TIMESTAMP, &time), (SIGNATURE, signature)];
        assert_eq!(headers, expected.map(|(name, value)| (name, value.to_owned())));
        let bare = secret.strip_prefix("whsec_").unwrap();
        for secret in [secret, bare] {
            assert_eq!(check_at(secret, [id, &time, signature], body, sending.at), Ok(()), "{secret}");
        }
    }
    let (_, id, time, body, _) = SIGNED[0];
    for secret in [PRIVATE, BOTH] {
        let headers = sign(secret.as_bytes(), body.as_bytes(), &Sending { id, at: at(time) }).unwrap();
        assert_eq!(headers[2], (SIGNATURE, BY_PAIR.to_owned()));
    }
    for secret in [PUBLIC, PRIVATE, BOTH] {
        assert_eq!(check(secret, BY_PAIR), Ok(()), "{secret}");
    }
}

#[test]
fn one_signature_that_holds_suffices() {
    let (shared, _, _, _, right) = SIGNED[0];
    let wrong = SIGNED[1].4;
    let listed = |signatures: &[&str]| signatures.join(" ");
    let many = listed(&[wrong; MANY + 1]);
    // secret, signatures, outcome
    let table = [
        (shared, listed(&[wrong, right]), Ok(())), // the sender changes its secret
        (shared, listed(&[BY_PAIR, right]), Ok(())),
        (PUBLIC, listed(&[right, BY_PAIR]), Ok(())),
        (shared, listed(&["v2,AAAA", right]), Ok(())), // what is not known yet
        (shared, listed(&["", right, ""]), Ok(())),
        (shared, listed(&[wrong, wrong]), Err(Rejected::Mismatch)),
        (shared, BY_PAIR.to_owned(), Err(Rejected::Mismatch)), // another kind of key
        (PUBLIC, right.to_owned(), Err(Rejected::Mismatch)),
        (shared, listed(&[&many, right]), Err(Rejected::Mismatch)), // a list without end
        (shared, listed(&["v2,AAAA"]), Err(Rejected::NoSignature)),
        (shared, format!("{right},{right}"), Err(Rejected::NoSignature)), // two headers, joined by a gateway
        (shared, right.replace("v1,", "v1a,"), Err(Rejected::NoSignature)), // too short for its kind
        (shared, right.trim_end_matches('=').to_owned(), Err(Rejected::NoSignature)),
        (shared, String::new(), Err(Rejected::NoSignature)),
    ];
    for (secret, signatures, outcome) in table {
        assert_eq!(check(secret, &signatures), outcome, "{signatures}");
    }
}

#[test]
fn a_public_key_is_no_shared_secret() {
    // Whoever knows the public half could sign with it, were it taken for the other kind of secret.
    let (_, id, time, body, _) = SIGNED[0];
    let bytes = PUBLIC.strip_prefix("whpk_").unwrap();
    let forged = sign(bytes.as_bytes(), body.as_bytes(), &Sending { id, at: at(time) }).unwrap().remove(2).1;
    assert_eq!(check(bytes, &forged), Ok(()));
    assert_eq!(check(PUBLIC, &forged), Err(Rejected::Mismatch));
}

#[test]
fn what_was_sent_at_another_time_is_not_believed() {
    let (secret, id, time, body, signature) = SIGNED[0];
    // seconds between sending and receipt, outcome
    let table = [
        (0, Ok(())),
        (300, Ok(())),
        (-300, Ok(())),
        (301, Err(Rejected::Untimely)),
        (-301, Err(Rejected::Untimely)),
        (1_000_000_000, Err(Rejected::Untimely)),
    ];
    for (late, outcome) in table {
        let got = check_at(secret, [id, &time.to_string(), signature], body, at(time + late));
        assert_eq!(got, outcome, "{late} s");
    }
    // A newer time does not belong to the signature.
    let newer = (time + 60).to_string();
    assert_eq!(check_at(secret, [id, &newer, signature], body, at(time)), Err(Rejected::Mismatch));
}

#[test]
fn what_is_not_of_the_form_is_not_compared() {
    let (secret, id, time, body, signature) = SIGNED[0];
    let right = time.to_string();
    let long = "a".repeat(ID_LIMIT + 1);
    // id, time
    let table = [
        ("", right.as_str()),
        ("a.b", &right), // would move the border between id and time
        ("a b", &right),
        ("ä", &right),
        (long.as_str(), &right),
        (id, ""),
        (id, "+1614265330"),
        (id, " 1614265330"),
        (id, "1614265330.0"),
        (id, "-1"),
        (id, "9999999999999"),
        (id, "soon"),
    ];
    for (id, time) in table {
        let outcome = check_at(secret, [id, time, signature], body, at(1_614_265_330));
        assert_eq!(outcome, Err(Rejected::NoSignature), "{id:?} {time:?}");
    }
    for missing in [ID, TIMESTAMP, SIGNATURE] {
        let header = |name: &str| match name {
            name if name == missing => None,
            ID => Some(id),
            TIMESTAMP => Some(right.as_str()),
            SIGNATURE => Some(signature),
            _ => None,
        };
        let outcome = verify(secret.as_bytes(), body.as_bytes(), header, at(time));
        assert_eq!(outcome, Err(Rejected::NoSignature), "{missing}");
    }
}

#[test]
fn the_older_names_of_the_headers_are_read_too() {
    let (secret, id, time, body, signature) = SIGNED[0];
    let time = time.to_string();
    let header = |name: &str| match name {
        "svix-id" => Some(id),
        "svix-timestamp" => Some(time.as_str()),
        "svix-signature" => Some(signature),
        _ => None,
    };
    assert_eq!(verify(secret.as_bytes(), body.as_bytes(), header, at(1_614_265_330)), Ok(()));
    // Not one of each.
    let mixed = |name: &str| {
        if name == "svix-id" { None } else { header(name).or_else(|| (name == ID).then_some(id)) }
    };
    let outcome = verify(secret.as_bytes(), body.as_bytes(), mixed, at(1_614_265_330));
    assert_eq!(outcome, Err(Rejected::NoSignature));
}

#[test]
fn no_byte_can_be_changed() {
    let (shared, id, time, body, right) = SIGNED[0];
    let time_text = time.to_string();
    for (secret, signature) in [(shared, right), (PUBLIC, BY_PAIR)] {
        let parts = [id, time_text.as_str(), signature, body];
        for (part, text) in parts.iter().enumerate() {
            for at_byte in 0..text.len() {
                // A public-key check is slow in a build for tests.
                let flips: &[u8] = if secret == shared { &[1, 2, 4, 8, 16, 32, 64] } else { &[1] };
                for flip in flips {
                    let mut changed = parts.map(|part| part.as_bytes().to_vec());
                    changed[part][at_byte] ^= flip;
                    let changed = changed.map(|part| String::from_utf8(part).unwrap());
                    let [id, time_text, signature, body] = &changed;
                    let outcome = check_at(secret, [id, time_text, signature], body, at(time));
                    assert!(outcome.is_err(), "{changed:?}");
                }
            }
        }
    }
}

#[test]
fn secrets_are_of_the_standards_form() {
    let of = |bytes: usize| BASE64.encode(&vec![7; bytes]);
    let (short, long) = (format!("whsec_{}", of(23)), format!("whsec_{}", of(65)));
    let halves_that_differ = format!("whsk_{}", of(64));
    let no_point = format!("whpk_{}", BASE64.encode(&[2; 32]));
    let weak = format!(
        "whpk_{}",
        BASE64.encode(&{
            let mut identity = [0; 32];
            identity[0] = 1;
            identity
        })
    );
    for secret in [SIGNED[0].0, &SIGNED[0].0[6..], PRIVATE, BOTH, PUBLIC] {
        assert_eq!(usable(secret.as_bytes()), Ok(()), "{secret}");
    }
    for secret in [
        "",
        "whsec_",
        "whpk_",
        "whsk_",
        "whsec_no base64",
        &short,
        &long,
        &halves_that_differ,
        &no_point,
        &weak,
    ] {
        assert!(usable(secret.as_bytes()).is_err(), "{secret}");
        assert_eq!(check(secret, SIGNED[0].4), Err(Rejected::Mismatch), "{secret}");
        let sending = Sending { id: "msg_1", at: at(0) };
        assert!(sign(secret.as_bytes(), b"{}", &sending).is_err(), "{secret}");
    }
    let sending = Sending { id: "msg_1", at: at(0) };
    assert!(sign(PUBLIC.as_bytes(), b"{}", &sending).is_err(), "verifies only");
    assert!(sign(PRIVATE.as_bytes(), b"{}", &Sending { id: "a.b", ..sending }).is_err());
}
