package io.meridian.sources.marathon;

/** Which of Marathon's two APIs answers for a service. */
enum ServiceKind {
    APP,
    POD,
    /** Not heard yet: the app API is asked first. */
    UNKNOWN
}
