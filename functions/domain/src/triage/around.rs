//! What stands around a phrase and changes what it means.

/// Words that turn what follows them into its opposite.
#[rustfmt::skip]
pub(super) const NEGATIONS: &[&str] = &[
    "not", "never", "nor", "without", "unable", "instead", "than", "avoid", "nicht", "kein", "keine",
    "keinen", "nie", "ohne", "statt", "pas", "sans", "jamais", "inutile", "sin", "nunca", "nadie",
];

/// Words that may stand between a negation and what it negates: "no need to".
#[rustfmt::skip]
pub(super) const BETWEEN: &[&str] = &[
    "need", "needs", "needed", "have", "having", "to", "want", "be", "able", "required", "necessary", "you",
    "us", "me", "a", "an", "of", "send", "sending", "just", "even", "must", "also", "via", "by", "in", "per",
    "uns", "zu", "eine", "mehr", "notig", "de", "nous", "vous", "besoin", "que", "nos", "hace", "falta", "es",
    "necesario",
];

/// Words that say that a message was written, or that the brand will write it.
#[rustfmt::skip]
pub(super) const WRITTEN: &[&str] = &[
    "sent", "replied", "responded", "answered", "messaged", "received", "got", "see", "seen", "saw",
    "mentioned", "discussed", "explained", "advised", "spoke", "spoken", "chatted", "thanks", "thank", "thx",
    "will", "shall", "continued", "already", "haben", "habe", "hat", "hatten", "werden", "wird", "erhalten",
    "bekommen", "danke", "vielen", "avons", "ai", "repondu", "hemos", "he", "respondido", "gracias", "check",
    "schau", "schauen",
];

/// Words at which a new thought begins within a clause.
#[rustfmt::skip]
pub(super) const ANEW: &[&str] = &[
    "please", "pls", "plz", "kindly", "bitte", "can", "could", "but", "let", "tell",
];

/// Words that leave open whether it is solved.
#[rustfmt::skip]
pub(super) const OPEN: &[&str] = &[
    "once", "until", "till", "when", "if", "soon", "whether", "after", "before", "to", "will", "hope",
    "hopefully", "not", "never", "why", "sobald", "bis", "wenn", "ob", "quand", "cuando", "nicht", "no",
];

/// Makes an invitation for later out of a request. As [patterns](super::pattern).
#[rustfmt::skip]
pub(super) const OFFERS: &[&str] = &[
    "if … else/questions/again/changes", "if you need/require/want/have/ever ~ further/more/any/additional",
    "if you have ~ problems/issues/trouble/concerns/queries", "should you … else/further/any/again",
    "any time", "anytime", "whenever you", "in future", "in the future", "bei weiteren/fragen/ruckfragen",
    "falls/wenn … weitere/fragen/nochmal/wieder", "si … autre/autres/questions/otra/dudas",
];

/// What the customer has to do first, said before a promise. As [patterns](super::pattern).
#[rustfmt::skip]
pub(super) const CONDITIONS: &[&str] = &[
    "let us/me know", "if you/your/it/this/that/so/not/there/they/possible",
    "once/when/unless/until/after you/your", "as soon as you", "can/could/would you/u",
    "send/give/tell/drop/show us/me", "fill out/in", "complete/click/use the/this/our",
    "please/pls/plz ~ send/share/provide/confirm/tell/give/try/check/reply/respond/include/contact/call/email/message/follow/visit",
    "schick/schicke/schicken/schreib/schreibe/schreiben/send/sende/senden/nenn/nenne/nennen/teil/teile/teilen ~ uns/mir",
    "wenn/falls du/sie/ihr/es/das", "kannst/konnen/konntest/konnten/magst/mogen du/sie", "dann",
    "si vous/tu/nos/puedes/puede", "envoyez/donnez/indiquez/precisez nous", "pouvez/pourriez vous", "de nous",
    "envianos/indicanos/facilitanos/dinos/diganos", "puedes/podrias/puede/podria",
];

/// Says that it is over. As [patterns](super::pattern).
#[rustfmt::skip]
pub(super) const RESOLVED: &[&str] = &[
    "is/are/was/were/been/have/has/now/got ~ fixed/resolved/solved/sorted/restored/refunded/rectified/corrected/reinstated",
    "fixed it/this/that", "should now ~ be", "should ~ be … now",
    "is/are/was/were ~ back up/online/to/working", "is/are ~ working again/now/normally/fine",
    "up and running", "all sorted/set/fixed",
    "ist/sind/wurde/wurden/haben/habe/jetzt/nun … behoben/gelost/erledigt/geklart/repariert/erstattet",
    "funktioniert/funktionieren/lauft/laufen/geht ~ wieder",
    "est/sont/ete/avons ~ resolu/resolue/regle/reglee/corrige/corrigee/retabli/retablie/rembourse/remboursee",
    "esta/ha/han/sido/hemos ~ resuelto/resuelta/solucionado/solucionada/corregido/arreglado/reembolsado",
];
