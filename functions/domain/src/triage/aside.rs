//! What somebody writes under another customer's message: said to them, or for oneself.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::pattern::{Phrases, Vocabulary, Word, is_break};
use super::words::{folded, is_link};
use super::{asks, is_wordless};

/// What a comment to another customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aside {
    /// It tells the other customer what to do.
    Advice,
    /// It says nothing that could be answered.
    Remark,
    /// It asks something, or tells of the writer's own matter.
    Own,
    /// Any of these.
    Unsure,
}

impl Aside {
    /// Whether the writer wants nothing of the brand.
    #[must_use]
    pub fn wants_nothing(self) -> bool {
        match self {
            Aside::Advice | Aside::Remark => true,
            Aside::Own | Aside::Unsure => false,
        }
    }

    /// Whether the other customer may be helped by it.
    #[must_use]
    pub fn may_help(self) -> bool {
        match self {
            Aside::Advice | Aside::Unsure => true,
            Aside::Remark | Aside::Own => false,
        }
    }
}

/// Returns what a comment to another customer is, in English, German, French or Spanish.
///
/// [`Aside::Advice`] and [`Aside::Remark`] take proof that the writer wants nothing: no question mark and no question without one, nothing of the
/// writer's own ("mine", "still waiting"), nothing that could be the number of an order; and either words of
/// advice ("you can track it", "hast du schon versucht") or at most two words, none of which asks for anything.
#[must_use]
pub fn aside(text: Option<&str>) -> Aside {
    let text = text.unwrap_or_default();
    if is_wordless(Some(text)) {
        return Aside::Remark;
    }
    if asks(text) {
        return Aside::Own;
    }
    let folded = folded(text);
    let words: Vec<&str> = folded.split_terminator(' ').collect();
    let spoken = || words.iter().filter(|word| !is_break(word));
    let own = (0..words.len()).any(|at| is_own(words[at]) && !is_recommended(&words, at));
    if own || is_question(&words) || spoken().any(|word| is_number(word)) {
        return Aside::Own;
    }
    let numbers: Vec<Word> = words.iter().map(|word| KNOWN.vocabulary.number(word)).collect();
    let advises = (0..words.len()).any(|at| {
        let is_asked = at > 0 && TURNED_ROUND.contains(&words[at - 1]);
        !is_asked && KNOWN.advice.at(&numbers[at..], &KNOWN.vocabulary).next().is_some()
    });
    if advises {
        return Aside::Advice;
    }
    // Elsewhere than in Latin letters a whole sentence may be one word.
    let is_mere = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase()) && !WANTS.contains(word);
    let is_remark = spoken().count() <= MOST_WORDS && spoken().all(is_mere);
    if is_remark && !text.split_whitespace().any(is_link) { Aside::Remark } else { Aside::Unsure }
}

/// A remark has no more words than these.
const MOST_WORDS: usize = 2;
/// A number of so many digits may be that of an order.
const DIGITS: usize = 4;

struct Known {
    vocabulary: Vocabulary,
    advice: Phrases<()>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut vocabulary = Vocabulary::new();
    let advice = Phrases::new(ADVICE.iter().map(|pattern| (*pattern, ())), &mut vocabulary);
    Known { vocabulary, advice }
});

/// Whether a clause begins as questions do, "when will it come", or has a "can you". "When you log in" asks
/// nothing.
fn is_question(words: &[&str]) -> bool {
    let asks_to = |pair: &[&str]| matches!(pair, ["can" | "could" | "would" | "will", "you" | "u"]);
    let begins = words.split(|word| is_break(word)).any(|clause| match clause {
        ["do", "not", third, ..] => YOU.contains(third),
        [first, ..] if ASKS.contains(first) => true,
        [first, second, ..] => ASKS_OR_TELLS.contains(first) && !YOU.contains(second),
        [first] => ASKS_OR_TELLS.contains(first),
        [] => false,
    });
    begins || words.windows(2).any(asks_to)
}

/// Whether a word tells of the writer's own matter.
fn is_own(word: &str) -> bool {
    // "ayudarme", "contéstenme", "llamarnos"
    let ends = ["arme", "erme", "irme", "enme", "arnos", "ernos", "irnos"];
    OWN.contains(&word) || ends.iter().any(|end| word.len() > end.len() && word.ends_with(end))
}

/// Whether the "me" at `at` only tells that the advice is good: "it helped me".
fn is_recommended(words: &[&str], at: usize) -> bool {
    matches!(&words[..=at], [.., "helped", "me"] | [.., "worked" | "works", "for", "me"])
        || matches!(&words[at..], ["mir", "geholfen", ..])
}

fn is_number(word: &str) -> bool {
    word.chars().filter(|c| c.is_numeric()).count() >= DIGITS
}

/// Words that tell of the writer's own matter.
#[rustfmt::skip]
pub(super) const OWN: &[&str] = &[
    "i", "im", "ive", "me", "my", "mine", "myself", "we", "us", "our", "ours", "same", "likewise", "ditto",
    "waiting", "waited", "still", "wanted", "wanna", "wondering", "paid", "stuck", "ich", "mir",
    "mich", "mein", "meine", "meinen", "meinem", "meiner", "meines",
    "meins", "wir", "uns", "unser", "unsere", "unseren", "unserem", "unserer", "dito", "ebenso", "genauso",
    "warte", "warten", "je", "j", "m", "moi", "mon", "ma", "mes", "mien", "mienne", "nous", "notre", "nos", "pareil",
    "idem", "attends", "attend", "yo", "mi", "mis", "mio", "mia", "mios", "mias", "conmigo", "nosotros",
    "nosotras", "nuestro", "nuestra", "nuestros", "nuestras", "tengo", "tenemos", "estoy", "estamos", "llevo",
    "llevamos", "espero", "esperando", "quiero", "queremos", "necesito", "necesitamos", "igual",
];

/// Words that, at the beginning of a clause, ask.
#[rustfmt::skip]
pub(super) const ASKS: &[&str] = &[
    "who", "whose", "why", "which", "any", "anyone", "anybody", "does", "do", "is", "are", "was", "were", "can",
    "could", "will", "would", "shall", "wer", "warum", "wieso", "weshalb", "wessen", "gibt", "kann", "kannst",
    "konnt", "konnen", "konnten", "konntet", "konntest", "wird", "werdet", "werden", "ist", "sind", "qui",
    "pourquoi", "combien", "quel", "quelle", "quels", "quelles", "est", "pouvez", "peux", "pourriez", "pourrais",
    "quien", "quienes", "porque", "por", "cuanto", "cuanta", "cual", "alguien", "hay",
];

/// Words that, at the beginning of a clause, ask unless "you" follows.
#[rustfmt::skip]
pub(super) const ASKS_OR_TELLS: &[&str] = &[
    "when", "where", "what", "how", "wann", "wo", "wohin", "woher", "wie", "welche", "welcher", "welches",
    "quand", "ou", "comment", "que", "cuando", "donde", "adonde", "como",
];

/// The other customer.
pub(super) const YOU: &[&str] = &["you", "u", "du", "ihr", "sie", "tu", "vous", "usted", "puedes"];

/// Words that make a question of the "you can" behind them.
#[rustfmt::skip]
pub(super) const TURNED_ROUND: &[&str] = &[
    "should", "do", "did", "does", "are", "thank", "thanks", "kann", "konnen", "konnten", "pouvez", "pourriez",
];

/// Words that ask for something where there are no others.
#[rustfmt::skip]
pub(super) const WANTS: &[&str] = &[
    "help", "please", "pls", "plz", "need", "needed", "want", "refund", "answer", "reply", "respond", "call",
    "cancel", "contact", "dm", "pm", "update", "news", "no", "not", "never", "nothing", "here", "too", "also",
    "lost", "missing", "broken", "down", "again", "now", "today", "since", "how", "when", "where", "what",
    "hello", "hi", "hey",
    "hilfe", "bitte", "antwort", "antworten", "antwortet", "erstattung", "kundigung", "kundigen", "storno",
    "stornieren", "nicht", "nichts", "nie", "kein", "keine", "auch", "hier", "kaputt", "weg", "verloren", "fehlt",
    "wieder", "jetzt", "heute", "seit", "wann", "wo", "wie", "was", "hallo", "aide", "svp", "stp", "plait",
    "reponse", "repondez", "remboursement", "remboursez", "annuler", "annulez", "pas", "rien", "jamais", "aussi",
    "ici", "panne", "perdu", "depuis", "quand", "ou", "comment", "bonjour", "ayuda", "ayudenme", "ayudadme",
    "favor", "respuesta", "respondan", "contesten", "reembolso", "cancelar", "cancelen", "nada",
    "nunca", "tambien", "aqui", "perdido", "roto", "desde", "cuando", "donde", "como", "hola",
];

/// Tells another customer what to do. As [patterns](super::pattern).
#[rustfmt::skip]
pub(super) const ADVICE: &[&str] = &[
    "you/u ~ can/could/should/must/might/may/ought", "you/u need/have/want/got to",
    "you/u will ~ need/have/find/see/get", "you/u would ~ be/need/have/find/get", "you/u are better",
    "you/u do not need/have", "have/did you/u ~ tried/try/looked/checked/check/called/call/contacted/asked/ask/rung",
    "if you/u ~ call/ring/contact/email/message/ask/go/look/try/log/check",
    "when/once you/u ~ call/contact/get/log/open", "make sure", "your/ur ~ best/bank", "hope you/u",
    "try ~ turning/restarting/resetting/calling/ringing/contacting/emailing/logging/asking/using/the/this/it/their/a",
    "check ~ your/ur/their/the", "see ~ your/ur/their", "look at/on/in/up", "google it",
    "call/ring/contact/email/phone/message/ask/tweet them/their", "do not worry",
    "just/simply go/call/ring/email/message/restart/reset/ask/use/wait",
    "du ~ kannst/konntest/musst/solltest/brauchst/darfst", "kannst/konntest/musst/solltest/brauchst du",
    "sie ~ konnen/konnten/mussen/sollten/brauchen/durfen",
    "da/dort/hier/dann/dazu/dafur ~ konnen/konnten/mussen/sollten sie",
    "hast du ~ versucht/probiert/geschaut/geguckt/angerufen/gefragt/gepruft/schon/mal",
    "haben sie ~ versucht/probiert/geschaut/angerufen/gefragt/gepruft", "wende/wenden ~ dich/sich an",
    "versuch/versuche/versuchs/probier/probiere/probiers ~ mal/doch/es/den/die/das",
    "schau/schaue/guck/gucke ~ mal/doch/auf/in/unter/bei/hier", "ruf/rufe ~ mal/doch/da/dort/an/bei",
    "frag/frage ~ mal/doch/da/dort/bei/nach", "geh/gehe ~ mal/doch/zu/zum/zur/auf/in",
    "tu ~ peux/dois/devrais/pourrais", "vous ~ pouvez/devez/devriez/pourriez", "il ~ faut",
    "as tu ~ essaye/regarde/appele/verifie", "avez vous ~ essaye/regarde/appele/verifie",
    "essaie/essaye/essayez ~ de/avec/le/la", "regarde/regardez ~ sur/dans/le/la/les",
    "appelle/appelez ~ le/la/les", "va/allez sur/dans/voir",
    "tu/usted ~ puedes/debes/deberias/podrias/puede/debe/deberia/podria",
    "puedes/podrias ~ llamar/rastrear/seguir/ver/mirar/consultar/probar/intentar/reclamar/ir/comprobar/contactar",
    "tienes/tiene que", "debes/deberias", "has ~ probado/intentado/llamado/mirado/comprobado",
    "prueba/pruebe ~ a/con/de", "intenta/intente", "llama/llame al/a", "mira/mire ~ en/la/el",
];
