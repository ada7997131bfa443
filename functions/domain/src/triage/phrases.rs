//! What brands say when they promise to come back, ask to write in private, or have solved it.
//!
//! Each line has what a person is shown, and the [patterns](super::pattern) it is found by.

/// Says what is being done now.
#[rustfmt::skip]
pub(super) const UNDER_WAY: &[(&str, &[&str])] = &[
    ("looking into it", &["are/is/am/been/still/currently ~ looking/digging into", "looking into this/it/that",
        "being looked into", "are/is/am ~ taking a look"]),
    ("investigating", &["are/is/am/been/still/currently ~ investigating/reviewing", "being ~ investigated/reviewed/checked/handled/addressed/dealt",
        "under investigation/review"]),
    ("working on it", &["are/am/been/team/engineers/technicians ~ working on/to/with/hard/towards",
        "is ~ working to/hard/with", "is ~ working on it/this/that/a/the", "and/currently/still/actively working on/to"]),
    ("checking", &["are/is/am/still ~ checking with/on/this/that/it/the/your/into/for", "are/is/am ~ chasing"]),
    ("trying to find out", &["are/is/am ~ trying to find/fix/resolve/locate/reach/restore"]),
    ("doing everything", &["are/am/is ~ doing everything/all"]),
    ("waiting for news", &["are/am/is awaiting", "are/am/is ~ waiting for/on an/news/more/further/confirmation",
        "are/am/is ~ waiting for/on … confirm/respond/reply/response/update", "are/am/is ~ waiting to hear"]),
    ("on it", &["are/am on it/this", "are/am/is on the case"]),
    ("wird geprüft", &["wird/werden … gepruft/untersucht/bearbeitet", "in bearbeitung/prufung/klarung"]),
    ("arbeiten daran", &["arbeiten/arbeite/arbeitet … daran/dran/hochdruck/losung", "sind/bin/ist ~ dran"]),
    ("en cours", &["en cours de traitement/verification/resolution/analyse", "equipes/equipe … travaillent/travaille/mobilisees"]),
    ("lo estamos revisando", &["estamos/estoy/esta/estan ~ revisando/investigando/trabajando/verificando/consultando/gestionando/comprobando"]),
];

/// Says what will be done.
#[rustfmt::skip]
pub(super) const PROMISES: &[(&str, &[&str])] = &[
    ("get back to you", &["will/shall/should … get/come/circle/report/getting/coming back to/with/asap/shortly/soon/once/when/as/within",
        "will/shall … get/come right/straight back", "aim/aiming/try/trying/hope/hoping/going/promise to ~ get back to you"]),
    ("be in touch", &["will/shall/should … in touch/contact", "will/shall/should … connect/connecting with you"]),
    ("let you know", &["will/shall … let you know/all", "going to ~ let you know"]),
    ("keep you updated", &["will/shall … update/notify/inform/advise you", "will/shall … keep you updated/posted/informed/advised/in/up",
        "will/shall … advise asap/as/once/shortly/soon/further"]),
    ("follow up", &["will/shall/going … follow/following up"]),
    ("contact you", &["will/shall/should … contact/call/ring/phone/email/message/dm/pm/contacting/calling/emailing/messaging you/your",
        "will/shall/should … reach/reaching out", "will/shall/should … hear from/back", "be with you ~ shortly/soon/asap/momentarily", "expect a/an … from us",
        "asked … to contact/call/ring you",
        "will/shall/should … send you a/an ~ email/mail/update/message/dm/reply/response"]),
    ("reply", &["will/shall/should … answer you/your", "will/shall/should … reply/respond to/as/within/shortly/soon/asap/you"]),
    ("someone will help", &["will/shall/should ~ assist/help you ~ shortly/soon/asap", "will … get/have someone/somebody/our/a/the … contact/call/reach/follow/look/check"]),
    ("look into it", &["will/shall … look/dig/looking into/at", "will … looked into/at", "will/shall … take/have/taking/having a ~ look",
        "going to ~ look/dig into"]),
    ("check", &["will/shall … check/checking with/on/this/that/it/for/and/if/whether/what/up/our/the/your",
        "will/shall … investigate/enquire/inquire/chase", "will/shall … see what/if/whether/why", "will/shall … ask our/the/my/them",
        "will/shall … speak/talk/liaise to/with our/the/my", "going to ~ check/investigate/chase"]),
    ("find out", &["will/shall/going … find out/what/why/where"]),
    ("get it fixed", &["will/shall … get/have … fixed/sorted/resolved/solved/corrected/rectified", "will/shall … fix/sort/resolve this/it/that/the",
        "will/shall … work on/to/with/towards"]),
    ("let me check", &["let me check/look/find/ask/see/investigate/take", "let us check/look/find"]),
    ("as soon as we know", &["soon as we/i/they … know/hear/learn/more/update/updates/news", "once/when we/i ~ know/hear ~ more/back/anything",
        "once/when we/i have more/an/any/news/further"]),
    ("more soon", &["more info/information/details/news ~ soon/shortly/follow", "update/updates ~ soon/shortly/follow"]),
    ("melden uns", &["melden uns/wir", "melde mich/ich", "meldet sich ~ bei", "uns/mich/sich … melden", "setzen uns … verbindung",
        "setzt sich … verbindung", "rufen/rufe dich/sie/euch ~ zuruck", "komme/kommen/kommt ~ auf dich/sie/euch"]),
    ("kümmern uns", &["kummern/kummere/kummert uns/mich/wir/ich/sich", "uns/mich … kummern"]),
    ("schauen uns das an", &["schauen/sehen/gucken uns/wir … an", "schaue/sehe/gucke mir/ich … an", "schauen/schaue wir/ich … nach",
        "wir/ich schauen/schaue … nach"]),
    ("prüfen das", &["wir prufen/klaren/untersuchen/recherchieren", "prufen/klaren/untersuchen wir", "ich prufe/klare",
        "prufe/klare ich", "pruft das/es/den/die", "wir/ich lassen/lasse … prufen/klaren", "wir/ich … abklaren/uberprufen"]),
    ("geben Bescheid", &["geben/gebe/sagen/sage wir/ich/dir/ihnen/euch … bescheid"]),
    ("auf dem Laufenden", &["halten/halte dich/sie/euch ~ auf dem laufenden", "halten/halte wir/ich … laufenden"]),
    ("fragen nach", &["wir/ich haken/hake/fragen/frage … nach", "haken/hake/fragen/frage wir/ich … nach"]),
    ("sobald wir mehr wissen", &["sobald wir/ich/uns … mehr/neuigkeiten/neue/neues/etwas/naheres/weitere/ruckmeldung"]),
    ("Rückmeldung", &["erhalten/erhaltst/erhaltet/bekommen/bekommst/bekommt … ruckmeldung/antwort"]),
    ("revenons vers vous", &["revenons/reviens/reviendrons/reviendrai/revient/reviendra/revenir … vers vous/toi"]),
    ("tenons informé", &["tenons/tiendrons/tiens/tiendrai … informe/informes/informee/courant"]),
    ("recontactons", &["vous/te recontactons/recontacterons/recontactera/contacterons/contactera/repondrons/rappelons/rappellerons/rappellera"]),
    ("nous vérifions", &["nous/on/je ~ verifions/verifie/regardons/regarde/renseignons/renseigne/enquetons", "en occupe/occupons"]),
    ("pondremos en contacto", &["pondremos/pondre/pondran/pondra/ponemos/pongo en contacto"]),
    ("responderemos", &["responderemos/contestaremos/contactaremos/avisaremos/informaremos/llamaremos",
        "te/le/os/les contactamos/respondemos/avisamos/avisare/informamos/llamamos", "respondemos/contactamos/contestamos … breve", "mantendremos/mantenemos … informado/informada/informados/tanto"]),
    ("lo revisamos", &["lo/la revisamos/reviso/consultamos/consulto/miramos/comprobamos/revisaremos/consultaremos/comprobaremos"]),
];

/// Asks for patience.
#[rustfmt::skip]
pub(super) const PLEAS: &[(&str, &[&str])] = &[
    ("bear with us", &["bear/bare with us/me/them"]),
    ("give us a moment", &["give/allow me/us … moment/minute/minutes/min/mins/second/sec/time/while/hours/days",
        "one/a/just ~ moment/minute/second/sec please/while"]),
    ("hang tight", &["hang/sit tight", "hang/hold on while/please/a/just", "please stand/standby by/for/while", "stand by for/while",
        "watch this space", "stay tuned"]),
    ("be patient", &["be patient", "your ~ patience while/whilst/as"]),
    ("leave it with us", &["leave it/this/that with us/me"]),
    ("einen Moment", &["einen/nen/kleinen moment/augenblick", "moment geduld/bitte"]),
    ("um Geduld", &["um/bitte … geduld", "bitte … gedulden", "gedulden sie/dich/euch"]),
    ("merci de patienter", &["de patienter", "un instant", "un moment svp"]),
    ("un momento", &["un momento/momentito"]),
];

/// Asks the customer to write.
#[rustfmt::skip]
pub(super) const REQUESTS: &[(&str, &[&str])] = &[
    ("DM us", &["dm/pm/inbox us/me", "please/pls/plz/kindly dm/pm", "dm/pm your/ur/over/details/more", "dm/pm with your/the/details/more", "dm/pm them/those",
        "dming/pming us/me/your", "you ~ dm/pm the/your/a/any/me/us/with", "you can/may/could ~ dm/pm", "follow … dm", "so we/i/you can dm/pm"]),
    ("message us", &["message/messaging us/me", "send message", "private/direct message your/the"]),
    ("send us a message", &["send/sending/drop/dropping/shoot/pop/give/write/fire/ping/leave us/me … dm/pm/dms/message/msg/inbox/line/note",
        "send/sending/drop/shoot/pop/submit/write a/your ~ dm/pm/message/msg", "follow us/back … message"]),
    ("email us", &["email/mail us/me", "please/pls/plz/kindly email", "send/drop/write us/me an email/mail",
        "send/drop/write an email/mail"]),
    ("take this to DM", &["take/move/continue/discuss this/it … dm/dms/pm/private/privately/offline/message", "contact/message/reach us/me ~ privately"]),
    ("schreib uns", &["schreib/schreibe/schreiben/schreibt/schick/schicke/schicken/schickt/send/sende/senden/sendet/lass/lassen/hinterlasse ~ uns/mir … nachricht/pn/pm/dm/dn/privatnachricht/direktnachricht/mail/email",
        "uns/mir … nachricht/pn/pm/dm/dn/privatnachricht/direktnachricht/mail/email schicken/schreiben/senden/zukommen/schickst/schreibst/sendest/schreibt",
        "nachricht/pn/dm/dn an uns", "schreib/schreibe/schreiben ~ uns/mir ~ privat/direkt"]),
    ("envoyez-nous un message", &["envoyez/envoyer/envoie/ecrivez/ecris/adressez/laissez/contactez nous … message/mp/dm/prive/mail/email",
        "nous envoyer/ecrire/contacter/transmettre/adresser … message/mp/dm/prive/mail/email"]),
    ("escríbenos", &["envianos/enviarnos/envienos/mandanos/mandenos/escribenos/escribanos/escribirnos/contactanos … dm/md/mp/mensaje/mensajes/privado/correo"]),
];

/// Names the private place; what stands before it tells whether it asks.
#[rustfmt::skip]
pub(super) const PLACES: &[(&str, &[&str])] = &[
    ("in a DM", &["in/via/by/through/over/on/thru/using/for ~ dm/dms/pm/pms", "into ~ dm/dms/inbox", "our dms",
        "in/via/by/through/over/using ~ private/direct message/messages/msg/messaging", "via/through/on/over ~ messenger",
        "reply/respond to our/my ~ dm/dms/message"]),
    ("by email", &["us/me … via/by/through email/mail", "write to us", "write us"]),
    ("per Nachricht", &["per/als/uber ~ dm/pn/pm/dn/direktnachricht/privatnachricht/nachricht/messenger/mail/email",
        "via ~ pn/dn/direktnachricht/privatnachricht/nachricht"]),
    ("en message privé", &["en/par ~ mp/dm/prive/inbox", "en/par message prive/direct"]),
    ("por mensaje privado", &["por/via/un ~ dm/md/mp/privado/interno/inbox", "por/un/via mensaje privado/directo/interno"]),
];
