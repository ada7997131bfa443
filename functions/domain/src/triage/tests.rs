//! What texts of all sorts are taken for. All of them are invented.

use proptest::prelude::*;

use super::*;

/// What a reply does: `holds`, `private` or `plain`.
fn does(text: &str) -> &'static str {
    match answer(text) {
        Answer::Plain => "plain",
        Answer::Holding { .. } => "holds",
        Answer::AsksPrivate { .. } => "private",
    }
}

#[test]
fn replies_that_promise_to_come_back() {
    // text, why it holds
    #[rustfmt::skip]
    let table = [
        ("We're looking into it and will let you know.", "in so many words"),
        ("Hi Ann, we’re looking into this for you now. ^TS", "another apostrophe"),
        ("WE ARE LOOKING INTO THIS!", "loud"),
        ("@ann Thanks for flagging this. I've asked the shop and I'll get back to you asap. - Jo", "after other news"),
        ("We'll pass this to our team of drivers and come back to you later today.", "words between"),
        ("Sorry about that, Max. Our engineers are investigating and we'll post an update soon.", "others do the work"),
        ("Please bear with us while we find out what happened.", "asks for patience"),
        ("Apologies for the wait! A member of our team will be in touch shortly.", "somebody else will"),
        ("Our baggage team will contact you within 24 hours.", "somebody else, by a time"),
        ("Expect a call from us by Friday.", "without a will"),
        ("I've asked for a manager to call you.", "somebody was asked to"),
        ("Hi, thanks for the report. We are aware of it and working to fix it.", "under way"),
        ("We're on it!", "short"),
        ("We cannot say yet. I'll chase this up with the warehouse for you.", "a not in another sentence"),
        ("Let me check with my colleagues, one moment please.", "both"),
        ("Thanks for your patience while we look into this.", "thanks that ask"),
        ("Leave it with me, Sam.", "idiom"),
        ("We hope to get back to you by tomorrow.", "a hope is a promise to who hears it"),
        ("It has not been fixed yet, but our team is working on it.", "a not before fixed"),
        ("We'll update you once it's fixed.", "will be fixed"),
        ("We'll get this fixed for you.", "will be fixed"),
        ("Our team are working on a fix, it should be sorted by 6pm.", "will be sorted"),
        ("As soon as we know more we'll update you.", "when there is news"),
        ("Not sure right now, I'll find out and let you know!", "a not before it in the sentence"),
        ("We got your DM and will answer you there as soon as we can.", "by direct message, too"),
        ("Sorry for the delay! We'll DM you in a moment.", "the brand writes, not the customer"),
        ("We'll look into it. DM us if you need anything else!", "an invitation asks nothing"),
        ("Your call is 0123 - we're investigating.", "after a dash"),
        ("Looking into this now! https://acme.example/?q=dm", "what a link holds is not said"),
        ("Wir melden uns bei dir, sobald wir mehr wissen.", "German"),
        ("Hallo, wir PRÜFEN das und melden uns schnellstmöglich wieder.", "an umlaut in capitals"),
        ("Da frage ich mal bei den Kollegen nach.", "turned round"),
        ("Wir ku\u{308}mmern uns darum.", "an umlaut of two characters"),
        ("Das klären wir für dich, wir bitten um etwas Geduld.", "asks for patience"),
        ("Einen Moment bitte, ich schaue nach.", "both"),
        ("Die Technik ist dran und arbeitet mit Hochdruck an einer Lösung.", "others do the work"),
        ("Wir geben dir Bescheid, sobald es Neuigkeiten gibt.", "will tell"),
        ("Wir halten Sie auf dem Laufenden.", "formal"),
        ("Ein Kollege wird sich heute noch bei Ihnen melden.", "somebody else will"),
        ("Sie erhalten in Kürze eine Rückmeldung von uns.", "without a will"),
        ("Nous vérifions et revenons vers vous rapidement.", "French"),
        ("Merci de patienter, nos équipes travaillent au rétablissement.", "asks for patience"),
        ("On s'en occupe !", "elided"),
        ("Estamos revisando tu caso y te responderemos en breve.", "Spanish"),
        ("Nos pondremos en contacto contigo lo antes posible.", "will"),
    ];
    for (text, why) in table {
        assert_eq!(does(text), "holds", "{text:?}: {why}");
    }
}

#[test]
fn replies_that_ask_to_write_in_private() {
    // text, why it asks
    #[rustfmt::skip]
    let table = [
        ("Please DM us your order number.", "in so many words"),
        ("Could you send us a DM with your postcode, please?", "as a question"),
        ("please dm the full name on the account", "to nobody in particular"),
        ("Sorry to hear this. Drop us a message and we'll look into it.", "what is promised waits for the message"),
        ("Please DM us your details and we will get back to you.", "what is promised waits for the message"),
        ("We're looking into it. Could you DM us your number meanwhile?", "the customer is next all the same"),
        ("DM us with your number so we can look into this.", "nothing else is promised"),
        ("Let us know in DM.", "the place alone"),
        ("Which phone is it? Tell us more in a direct message.", "asks in public, wants it in private"),
        ("Please follow us and DM your code.", "both steps"),
        ("If that does not help DM us your full name.", "the not is about something else"),
        ("If you haven't already, please DM us.", "the not is about something else"),
        ("Why not DM us your number?", "a not that asks"),
        ("Can you pop us over a DM with your address? Thanks - Jo", "words between"),
        ("We'd love to help, send us a private message with your number.", "another word for it"),
        ("Please email us at help@acme.example with a photo.", "private, too"),
        ("Please drop us an e-mail.", "with a hyphen"),
        ("Please reach out to us via direct message.", "the place alone"),
        ("Please send your number via DM so that we can call you.", "what it is for"),
        ("We've followed you so you can DM us now.", "the way is open"),
        ("Would you mind sending us a DM with some details?", "polite"),
        ("Please respond to our DM so we can go on.", "there is a dialogue already"),
        ("We have not heard back from you. Do you still need help? Just DM us.", "a not in another sentence"),
        ("Ｐｌｅａｓｅ ＤＭ ｕｓ", "wide letters"),
        ("Please D\u{200b}M \u{200f}us.", "characters that nobody sees"),
        ("Schreib uns bitte eine PN mit deiner Kundennummer.", "German"),
        ("Schreiben Sie uns eine Nachricht.", "formal"),
        ("Bitte schicken Sie uns Ihre Nummer per Direktnachricht.", "the place at the end"),
        ("Kannst du uns bitte eine DM schicken?", "the verb at the end"),
        ("Magst du uns deine Nummer per PN senden? Dann schauen wir uns das an.", "what is promised waits"),
        ("Pouvez-vous nous envoyer un message privé avec votre numéro ?", "French"),
        ("Merci de nous transmettre votre numéro en MP.", "the place alone"),
        ("Envíanos un mensaje privado con tu número de pedido.", "Spanish"),
        ("¿Nos puedes enviar tus datos por mensaje directo?", "the place alone"),
    ];
    for (text, why) in table {
        assert_eq!(does(text), "private", "{text:?}: {why}");
    }
}

#[test]
fn replies_that_are_answers() {
    // text, why nothing else is in it
    #[rustfmt::skip]
    let table = [
        ("We looked into it: it's fixed.", "past"),
        ("We were investigating this, and it has been resolved. Bear with us if it's slow.", "solved"),
        ("Good news, this is now fixed. Thanks for bearing with us!", "thanks for what was"),
        ("The fault has been resolved, we'll update you if anything changes.", "solved"),
        ("We're working on it - update: it is back up and all sorted.", "solved since"),
        ("No need to DM us, all is well.", "no need"),
        ("You don't need to send us a DM.", "no need, contracted"),
        ("Don't worry, you will not have to DM us again.", "no need"),
        ("Please don't send card numbers via DM.", "a warning"),
        ("Call us instead of sending a DM.", "the other way"),
        ("We are unable to help by DM, visit a store.", "the other way"),
        ("We have replied to your DM.", "the brand wrote"),
        ("We've just sent you a DM.", "the brand wrote"),
        ("I've sent the details by private message.", "the brand wrote"),
        ("Thanks for sending us a DM, your parcel comes on Friday.", "the customer wrote"),
        ("As explained in DM, we can't change the date.", "the brand wrote"),
        ("DM us if you need anything else!", "an invitation"),
        ("If you have any other questions, feel free to send us a message.", "an invitation"),
        ("Did you DM us about this?", "asks whether, not for it"),
        ("Let us know your order number and we'll look into it.", "the customer is next, in public"),
        ("Could you send me the name of the shop so I can look into this?", "the customer is next, in public"),
        ("If it happens again, tell us and we'll investigate.", "only if"),
        ("Please fill out this form and we'll get in touch.", "the customer is next, elsewhere"),
        ("Happy to look into this, which train are you on?", "asks"),
        ("Did they say when they will get back to you?", "a question about a promise"),
        ("Are you looking into a new phone?", "another sense"),
        ("If you are looking into flights for June, see our fares.", "the customer looks"),
        ("We're sorry, we can't look into this any further.", "will not"),
        ("We will not be able to get back to you before Monday.", "will not"),
        ("I'll pass your feedback on to the team. Thanks!", "nothing comes back"),
        ("Thanks for letting us know!", "thanks"),
        ("You can track it at https://acme.example/dm?us=1", "what a link holds is not said"),
        ("Welcome on board! @DM_us is our partner.", "a handle"),
        ("Admiral is open.", "a part of a word"),
        ("The lift is working on platform 2.", "another sense"),
        ("Hi, the bag will be with you on Tuesday.", "another sense"),
        ("We stand by our product.", "another sense"),
        ("Please allow 3-5 days for the refund to show.", "a period, no promise to come back"),
        ("Das Problem ist behoben, danke für deine Geduld.", "solved"),
        ("Bitte melden Sie sich am Schalter.", "the customer is to"),
        ("Bitte prüfen Sie Ihre Angaben in der App.", "the customer is to"),
        ("Geben Sie uns bitte Bescheid, ob es klappt.", "the customer is to"),
        ("Wenn du uns die Nummer nennst, schauen wir nach.", "the customer is next, in public"),
        ("Wir haben dir per PN geantwortet.", "the brand wrote"),
        ("Bitte schicken Sie uns keine Nachricht.", "no need"),
        ("Nous vous avons répondu en MP.", "the brand wrote"),
        ("Tenez-nous au courant !", "the customer is to"),
        ("Ya está solucionado, gracias por tu paciencia.", "solved"),
        ("Póngase en contacto con la tienda.", "the customer is to"),
        ("", "nothing"),
    ];
    for (text, why) in table {
        assert_eq!(does(text), "plain", "{text:?}: {why}");
    }
}

#[test]
fn a_phrase_is_shown_to_people() {
    let shown = |text| match answer(text) {
        Answer::Holding { phrase } | Answer::AsksPrivate { phrase } => phrase,
        Answer::Plain => "",
    };
    assert_eq!(shown("We’ll get right back to you"), "get back to you");
    assert_eq!(shown("Wir kümmern uns"), "kümmern uns");
    assert_eq!(shown("Could you please DM us?"), "DM us");
}

#[test]
fn phrases_are_written_as_words_are_folded() {
    let tables = [phrases::UNDER_WAY, phrases::PROMISES, phrases::PLEAS, phrases::REQUESTS, phrases::PLACES];
    let named = tables.into_iter().flatten().flat_map(|(_, patterns)| *patterns);
    let unnamed = [around::OFFERS, around::CONDITIONS, around::RESOLVED, aside::ADVICE];
    let around = [around::NEGATIONS, around::BETWEEN, around::WRITTEN, around::ANEW, around::OPEN];
    let aside =
        [aside::OWN, aside::ASKS, aside::ASKS_OR_TELLS, aside::YOU, aside::TURNED_ROUND, aside::WANTS];
    let lists = around.into_iter().chain(aside);
    let patterns = named.chain(unnamed.into_iter().flatten()).chain(lists.flatten());
    for pattern in patterns {
        assert!(!pattern.starts_with(['~', '…']) && !pattern.ends_with(['~', '…']), "{pattern:?}");
        for word in pattern.split([' ', '/']).filter(|word| !matches!(*word, "~" | "…")) {
            assert_eq!(words::folded(word), format!("{word} . "), "in {pattern:?}");
        }
    }
}

#[test]
fn parts_of_a_longer_reply() {
    // text, which part of how many, why
    #[rustfmt::skip]
    let table = [
        ("We're sorry, it leaves at 15:30. 1/2", Some((1, 2)), "at the end"),
        ("Very soon, we hope. 2/2 ^JR", Some((2, 2)), "signed"),
        ("Please send us a photo. Thanks - Lee 2/2", Some((2, 2)), "signed before"),
        ("The first one goes at nine 1/2 - Ann", Some((1, 2)), "signed with a name"),
        ("Tell us more. (1/2)", Some((1, 2)), "in brackets"),
        ("and go on from there (2 / 2).", Some((2, 2)), "with blanks"),
        ("There is more to say...(1/3)", Some((1, 3)), "close to the word before"),
        ("There is more to say [1 of 3]", Some((1, 3)), "in words"),
        ("Es geht weiter (2 von 3)", Some((2, 3)), "in German words"),
        ("See here 2/3 https://acme.example/a", Some((2, 3)), "before a link"),
        ("See here 1/2 👇", Some((1, 2)), "before a picture"),
        ("1/2 We are sorry about this.", Some((1, 2)), "at the beginning"),
        ("@ann @ben (2/2) and so we go.", Some((2, 2)), "after handles"),
        ("@ann 2/2 and so we go.", Some((2, 2)), "the last part goes on in lower case"),
        ("1/4: Hello", Some((1, 4)), "with a colon"),
        ("We're sorry. 1/2\u{200f}", Some((1, 2)), "a mark that nobody sees"),
        ("1/2", Some((1, 2)), "alone"),
        ("We are open 24/7", None, "always"),
        ("Ten out of ten! 10/10", None, "a rating"),
        ("It leaves on 2/3", None, "a date"),
        ("You waited an hour and 1/2", None, "half"),
        ("It takes 2 1/2", None, "half"),
        ("1/2 price today", None, "half"),
        ("2/3 of it are gone", None, "a share"),
        ("Between 1/2 and the rest, we chose.", None, "in the middle"),
        ("Sold in packs of 1/2/3", None, "more numbers"),
        ("3/2", None, "the third of two"),
        ("0/2", None, "none of two"),
        ("1/1", None, "the only one"),
        ("(1/2 we go on", None, "no closing bracket"),
        ("https://acme.example/1/2", None, "a link"),
        ("", None, "nothing"),
    ];
    for (text, part, why) in table {
        assert_eq!(is_part(text), part, "{text:?}: {why}");
    }
}

#[test]
fn messages_without_words_and_questions() {
    // text, whether it has no words, whether it asks, why
    #[rustfmt::skip]
    let table = [
        ("", true, false, "nothing"),
        (" \u{200f}\n", true, false, "nothing to see"),
        ("👍🏽👩‍👩‍👧 🇫🇷 ❤️", true, false, "emoji of several characters"),
        ("1️⃣ 🅰️ ℹ️", true, false, "emoji made of digits and letters"),
        ("... !!! :-)", true, false, "punctuation"),
        (".@acme @Acme_Help: 🙏", true, false, "handles are addresses"),
        ("@acme https://t.co/a1b2c3", true, false, "how X writes a picture"),
        ("https://acme.example/order/1", false, false, "a link says something"),
        ("@acme https://acme.example/?q=1", false, false, "the link's own question mark"),
        ("@acme https://acme.example/q?", false, true, "the writer's"),
        ("ok", false, false, "a word"),
        ("5", false, false, "an answer to how many"),
        ("是", false, false, "a word of one character"),
        ("🙄 nice", false, false, "both"),
        ("?", false, true, "a question mark alone"),
        ("@acme ❓", false, true, "as a picture"),
        ("❔", false, true, "as a white picture"),
        ("？", false, true, "wide"),
        ("؟", false, true, "Arabic"),
        ("Τι ώρα ανοίγετε\u{37e}", false, true, "Greek"),
        ("Which one? Tell us.", false, true, "in the middle"),
        ("We open at nine; see you", false, false, "a semicolon"),
    ];
    for (text, wordless, question, why) in table {
        assert_eq!((is_wordless(Some(text)), asks(text)), (wordless, question), "{text:?}: {why}");
    }
    assert!(is_wordless(None), "a voice message");
}

#[test]
fn words_to_another_customer() {
    use Aside::{Advice, Own, Remark, Unsure};
    // text, what it is, why
    #[rustfmt::skip]
    let table = [
        ("You can track it on their site.", Advice, "in so many words"),
        ("@maria You’ll need to ring the depot, takes two days", Advice, "a small number"),
        ("have you tried turning it off and on", Advice, "a question to the other, without its mark"),
        ("Don't worry, it comes on Monday", Advice, "a do that asks nothing"),
        ("When you log in you can see where it is", Advice, "a when that asks nothing"),
        ("Look at the tracking page", Advice, "without a you"),
        ("If you call them before nine they answer", Advice, "with a condition"),
        ("You should be ashamed of yourselves!", Advice, "to the brand perhaps, and nothing to answer"),
        ("Du musst beim Depot anrufen", Advice, "German"),
        ("Da können Sie auf der Seite nachsehen", Advice, "formal, turned round"),
        ("Schau mal auf der Seite nach", Advice, "an imperative"),
        ("Tu peux suivre le colis sur le site", Advice, "French"),
        ("Il faut appeler le service client", Advice, "impersonal"),
        ("Puedes rastrearlo o puedes llamar al almacén", Advice, "Spanish"),
        ("Tienes que ir a la tienda", Advice, "must"),
        ("Try the tracking page, it helped me.", Advice, "the writer's own, and over"),
        ("Versuch es mal per Telefon, hat mir geholfen", Advice, "the writer's own, and over, in German"),
        ("You can try to help me, nobody does", Own, "the writer's own, not over"),
        ("Typical!", Remark, "a word"),
        ("So true 😂", Remark, "two words"),
        ("@ann @ben", Remark, "shows it to others"),
        ("👍", Remark, "no word at all"),
        ("Mine is lost too", Own, "the writer's own"),
        ("Same here", Own, "the same, their own"),
        ("You can imagine how long I wait", Own, "the writer's own, with advice"),
        ("You can see we're not the only ones, our parcel went too", Own, "contracted"),
        ("You should answer! Still waiting since Monday", Own, "who else waits"),
        ("You can track it, can't you?", Own, "a question"),
        ("Can you check the status of the parcel", Own, "a question without its mark"),
        ("Hi Acme, when will it arrive, you should know", Own, "a question in the second clause"),
        ("Maria can you check the page", Own, "turned round: to whom is not clear"),
        ("You should look at 48151623", Own, "the number of an order perhaps"),
        ("The shop in town has them", Unsure, "neither advice nor short"),
        ("They did that to my sister", Own, "a story of the writer's"),
        ("They did that to everybody here", Unsure, "a story"),
        ("Your app is down", Unsure, "to the brand"),
        ("Help please", Unsure, "asks"),
        ("Refund now!", Unsure, "asks"),
        ("Not working", Unsure, "reports"),
        ("Order 12", Unsure, "a digit"),
        ("Hilfe bitte", Unsure, "asks in German"),
        ("Du kannst mir glauben: mein Paket fehlt", Own, "the writer's own, in German"),
        ("Können Sie das bitte prüfen", Own, "asks the brand, formally"),
        ("Vous pouvez vérifier mon colis", Own, "the writer's own, in French"),
        ("Puedes ayudarme", Own, "the writer's own, at the end of a word"),
        ("我的包裹在哪里", Unsure, "a sentence that looks like a word"),
        ("Где посылка", Unsure, "letters that are not looked into"),
        ("https://acme.example/order/1", Unsure, "a link says something"),
    ];
    for (text, expected, why) in table {
        assert_eq!(aside(Some(text)), expected, "{text:?}: {why}");
    }
    assert_eq!(aside(None), Remark, "a picture");
}

#[test]
fn the_same_text_twice() {
    // one, the other, whether they are the same, why
    let table = [
        ("Where is it?", "Where is it?", true, "every character"),
        ("Where is it?", " WHERE  is\nit? ", true, "white space and case"),
        ("Where is it?", "Whe\u{200b}re is it?\u{200f}", true, "characters that nobody sees"),
        ("Größe", "GRÖßE", true, "case beyond ASCII"),
        ("", " ", true, "nothing"),
        ("Where is it?", "Where is it", false, "a question mark less"),
        ("ab", "a b", false, "a word more"),
        ("Order 12", "Order 13", false, "another number"),
        ("👍", "👎", false, "another picture"),
    ];
    for (a, b, same, why) in table {
        assert_eq!((same_text(a, b), same_text(b, a)), (same, same), "{a:?} and {b:?}: {why}");
    }
}

/// Texts made of pieces that mean something to one function or another.
fn any_text() -> impl Strategy<Value = String> {
    let pieces = [
        "we'll",
        "we’re",
        "get back to you",
        "looking into it",
        "DM us",
        "please",
        "not",
        "no need to",
        "if",
        "else",
        "in a DM",
        "it's fixed",
        "let us know and",
        ".",
        ",",
        "?",
        "!",
        "❓",
        "(1/2)",
        "2/2",
        "^JR",
        "@ann",
        "@",
        "(",
        "https://t.co/a",
        "'",
        "Größe",
        "melden uns",
        "you can",
        "mine",
        "when",
        "e-mail",
        "👍",
        "1️⃣",
        "ＤＭ",
        "-",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..12).prop_map(|pieces| pieces.join(" "))
}

/// All that the functions say about a text.
fn all(text: &str) -> (Answer, Option<(u8, u8)>, bool, bool, Aside) {
    (answer(text), is_part(text), is_wordless(Some(text)), asks(text), aside(Some(text)))
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), other in "[ -~\u{200b}-\u{200f}’❓(/12)]{0,40}") {
        all(&text);
        all(&other);
        prop_assert!(same_text(&text, &text));
        prop_assert_eq!(same_text(&text, &other), same_text(&other, &text));
    }

    #[test]
    fn white_space_and_marks_change_nothing(text in any_text(), pad in "[ \t\u{a0}\u{200f}\u{2066}]{0,3}") {
        let padded = format!("{pad}{}{pad}", text.replace(' ', &format!("{pad} {pad}")));
        prop_assert_eq!(all(&padded), all(&text), "{:?}", padded);
        prop_assert!(same_text(&padded, &text));
    }

    #[test]
    fn case_changes_nothing(text in any_text()) {
        // The handles, links and parts of the pieces are the same in both cases.
        let (upper, lower) = (text.replace("ß", "ss").to_uppercase(), text.to_lowercase());
        prop_assert_eq!(answer(&upper), answer(&lower));
        prop_assert_eq!((is_part(&upper), asks(&upper)), (is_part(&lower), asks(&lower)));
    }

    #[test]
    fn a_part_is_one_of_several(text in "[(\\[]?[0-9] ?/ ?[0-9][)\\]]?( \\^AB)?") {
        if let Some((part, of)) = is_part(&text) {
            prop_assert!(1 <= part && part <= of && of >= 2, "{} of {}", part, of);
        }
    }
}
