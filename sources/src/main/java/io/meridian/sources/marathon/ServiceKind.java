package io.meridian.sources.marathon;

/** Which of Marathon's two APIs answers for a service. */
enum ServiceKind {
    APP,
    POD,
    /** Not known yet: a reader asks both APIs, the app API first. */
    UNKNOWN
}
