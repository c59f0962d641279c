package io.meridian.simulator.marathon.fault;

/** The answers that a fault applies to. */
public enum AnswerTarget {
    /** {@code /v2/events}. */
    ATTACH,
    /**
     * {@code /v2/apps}, {@code /v2/tasks}, {@code /v2/pods}, {@code /v2/pods/::status}, {@code
     * /v2/groups}.
     */
    LISTING,
    /** One app, pod or their tasks and versions. */
    SINGLE,
    /** Every GET but {@code /v2/events} and {@code /sim}. */
    READ;

    boolean matches(String method, String path) {
        if (!method.equals("GET") || path.startsWith("/sim")) {
            return false;
        }
        boolean attach = path.startsWith("/v2/events");
        boolean listing = path.matches("/v2/(apps|tasks|pods|groups)/?|/v2/pods/::status");
        boolean single = !listing && path.matches("/v2/(apps|pods)/.+");
        return switch (this) {
            case ATTACH -> attach;
            case LISTING -> listing;
            case SINGLE -> single;
            case READ -> !attach;
        };
    }
}
